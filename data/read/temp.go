package read

import (
	"io"
	"os"
	"path/filepath"

	"onemap/layers/fault"
)

// tempFolder is a folder of an open file's own, made when it is first needed.
type tempFolder struct{ base, dir string }

func (t *tempFolder) path() (string, error) {
	if t.dir == "" {
		dir, err := os.MkdirTemp(t.base, "onemap-read-")
		if err != nil {
			return "", fault.Wrap(err, fault.Unavailable, "the folder for unpacked files cannot be made")
		}
		t.dir = dir
	}
	return t.dir, nil
}

func (t *tempFolder) close() error {
	if t.dir == "" {
		return nil
	}
	return os.RemoveAll(t.dir)
}

// unpack writes a part into the folder under a name that is safe there, and returns its path.
func (t *tempFolder) unpack(p part, name string) (string, error) {
	dir, err := t.path()
	if err != nil {
		return "", err
	}
	in, err := p.open()
	if err != nil {
		return "", err
	}
	defer in.Close()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "%s cannot be unpacked", p.name)
	}
	out, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fault.Wrap(err, fault.Unavailable, "%s cannot be unpacked", p.name)
	}
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil && e != nil {
		err = fault.Wrap(e, fault.Unavailable, "%s cannot be unpacked: the disk may be full", p.name)
	}
	return file, fileError(err, p.name)
}
