package survey

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onemap/data"
	"onemap/layers/fault"
)

// Intake takes surveys from a file to an edition: the file is kept, understood, checked
// row by row with all its faults noted, staged, and published when it has been accepted.
// What it knows of a batch is in the database; the files are in a folder, by their hash.
type Intake struct {
	store  *data.Store
	folder string
}

// NewIntake keeps files in a folder, which is made when it is missing.
func NewIntake(store *data.Store, folder string) (*Intake, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The folder for uploads can't be made")
	}
	return &Intake{store: store, folder: folder}, nil
}

// Kept is a file that the intake keeps.
type Kept struct {
	Name string // as it was called
	Hash string // SHA-256 in hex
	Size int64
}

// Keep stores what a reader gives under a name. It is written beside and moved in place
// when it is complete and on disk; more than most bytes are refused as TooLarge.
func (in *Intake) Keep(r io.Reader, name string, most int64) (Kept, error) {
	name = plainName(name)
	f, err := os.CreateTemp(in.folder, "incoming-*")
	if err != nil {
		return Kept{}, diskTrouble(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, h), io.LimitReader(r, most+1))
	if err != nil {
		return Kept{}, diskTrouble(err)
	}
	if n > most {
		return Kept{}, fault.New(fault.TooLarge, "The file is larger than the %d MiB that are taken.", most>>20)
	}
	if err := f.Sync(); err != nil {
		return Kept{}, diskTrouble(err)
	}
	k := Kept{Name: name, Hash: hex.EncodeToString(h.Sum(nil)), Size: n}
	return k, in.settle(f.Name(), k)
}

// settle moves one complete file to its place.
func (in *Intake) settle(file string, k Kept) error {
	if in.has(k) {
		return nil
	}
	temp, err := os.MkdirTemp(in.folder, "incoming-*")
	if err != nil {
		return diskTrouble(err)
	}
	defer os.RemoveAll(temp)
	if err := os.Rename(file, filepath.Join(temp, k.Name)); err != nil {
		return diskTrouble(err)
	}
	return in.move(temp, k)
}

func (in *Intake) move(temp string, k Kept) error {
	err := os.Rename(temp, filepath.Join(in.folder, k.Hash))
	if err == nil {
		return nil
	}
	// The same bytes may have come before, under this name or another, or at this moment.
	if names, _ := os.ReadDir(filepath.Join(in.folder, k.Hash)); len(names) > 0 {
		return nil
	}
	return diskTrouble(err)
}

func (in *Intake) has(k Kept) bool {
	_, err := os.Stat(filepath.Join(in.folder, k.Hash, k.Name))
	return err == nil
}

// Path is where a batch's file lies. The error is NotFound when it is not kept any more.
func (in *Intake) Path(b data.Batch) (string, error) {
	path := filepath.Join(in.folder, b.FileHash, plainName(b.FileName))
	if _, err := os.Stat(path); err != nil {
		// The same bytes may have come under another name.
		names, _ := os.ReadDir(filepath.Join(in.folder, b.FileHash))
		if len(names) == 0 {
			return "", fault.New(fault.NotFound, "The file of batch %d is not kept any more; bring it again.", b.ID)
		}
		same := slices.IndexFunc(names, func(e os.DirEntry) bool { return strings.EqualFold(filepath.Ext(e.Name()), filepath.Ext(b.FileName)) })
		path = filepath.Join(in.folder, b.FileHash, names[max(same, 0)].Name())
	}
	return path, nil
}

// plainName is a file name without folders and control characters.
func plainName(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if name == "" || name == "." || name == ".." {
		return "file"
	}
	for len(name) > 200 {
		name = name[1:]
	}
	return strings.ToValidUTF8(name, "_")
}

func diskTrouble(err error) error {
	return fault.Wrap(err, fault.Unavailable, "The file can't be kept; the disk may be full")
}

func diskTroubleOrNil(err error) error {
	if err == nil {
		return nil
	}
	return diskTrouble(err)
}

// Bring notes a kept file as a batch of a layer. An empty source is the file's name, an
// empty scope the records of that source. The error is Invalid for a part of a county where
// the layer's records have no administrative code.
func (in *Intake) Bring(ctx context.Context, k Kept, layer, source string, scope data.Scope, o Options, who string) (data.Batch, error) {
	if source == "" {
		source = k.Name
	}
	o.Source = source
	if scope == "" {
		scope = data.ScopeSource(source)
	}
	if code, ok := strings.CutPrefix(string(scope), "area:"); ok {
		if l := in.store.Catalogue().Layer(layer); l != nil && l.Area == "" {
			return data.Batch{}, fault.In("area", "The records of the layer %s have no administrative code, so a file can't stand for one county's part of it. Leave the area out, or import for the whole layer.", layer)
		}
		if code == "" || strings.Trim(code, "0123456789") != "" || len(code) > 12 {
			return data.Batch{}, fault.In("area", "%.20q is no administrative code; it has two to twelve digits, such as 320681.", code)
		}
	}
	options, err := json.Marshal(o)
	if err != nil {
		return data.Batch{}, fault.Wrap(err, fault.Internal, "options of a batch")
	}
	return in.store.CreateBatch(ctx, data.Batch{
		Layer: layer, Source: source, Scope: scope, FileName: k.Name, FileHash: k.Hash, FileSize: k.Size, Options: options, CreatedBy: who,
	})
}
