package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"onemap/layers/fault"
)

// Adopt takes over a file that lies complete in a folder of the same disk, without a
// second copy where the disk can have one file under two names. The file stays; it may be
// removed afterwards, and Adopt may be called again for it. The error is NotFound when it
// is not there.
func (in *Intake) Adopt(path, name string) (Kept, error) {
	f, err := os.Open(path)
	if err != nil {
		return Kept{}, fault.Wrap(err, fault.NotFound, "The uploaded file is not there any more")
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil {
		return Kept{}, diskTrouble(err)
	}
	k := Kept{Name: plainName(name), Hash: hex.EncodeToString(h.Sum(nil)), Size: size}
	if in.has(k) {
		return k, nil
	}
	temp, err := os.MkdirTemp(in.folder, "incoming-*")
	if err != nil {
		return k, diskTrouble(err)
	}
	defer os.RemoveAll(temp)
	if os.Link(path, filepath.Join(temp, k.Name)) != nil {
		if err := copyFile(path, filepath.Join(temp, k.Name)); err != nil {
			return k, err
		}
	}
	err = os.Rename(temp, filepath.Join(in.folder, k.Hash))
	if _, there := os.Stat(filepath.Join(in.folder, k.Hash)); err != nil && there != nil {
		return k, diskTrouble(err)
	}
	return k, nil // where the same bytes are kept under another name, Path finds them by the hash
}

// PlainName is the name under which a file is kept: without folders and characters that
// no file system likes.
func PlainName(name string) string { return plainName(name) }

// Open says what keeps the survey from being checked: Conflict for a question that a
// person has to answer, Invalid for positions that can't be understood; nil when nothing does.
func (r Reading) Open() error { return r.err() }
