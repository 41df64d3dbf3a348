package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"onemap/layers/fault"
)

// KeepPath stores a file or a folder of this machine. With the leading file of a set, such
// as a shapefile's .shp, the others of the set are kept that lie beside it; the hash is of all of them.
func (in *Intake) KeepPath(path string) (Kept, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Kept{}, fault.Wrap(err, fault.Invalid, "%s can't be read", filepath.Base(path))
	}
	k := Kept{Name: plainName(filepath.Base(path)), Size: info.Size()}
	set := []string{path}
	if !info.IsDir() {
		if set, k.Size, err = setOf(path); err != nil {
			return k, err
		}
	}
	if len(set) > 1 {
		k.Hash, err = hashSet(set)
	} else {
		k.Hash, err = hash(path)
	}
	if err != nil {
		return k, fault.Wrap(err, fault.Invalid, "%s can't be read", filepath.Base(path))
	}
	if in.has(k) {
		return k, nil
	}
	temp, err := os.MkdirTemp(in.folder, "incoming-*")
	if err != nil {
		return k, diskTrouble(err)
	}
	defer os.RemoveAll(temp)
	for _, part := range set {
		name := plainName(filepath.Base(part))
		if part == path {
			name = k.Name
		}
		if err := copyTree(part, filepath.Join(temp, name)); err != nil {
			return k, err
		}
	}
	return k, in.move(temp, k)
}

// companions are the endings of the files that belong to a leading file.
var companions = map[string][]string{
	".shp": {".dbf", ".shx", ".prj", ".cpg"},
	".dbf": {".cpg"},
	".tab": {".dat", ".map", ".id", ".ind"},
	".mif": {".mid"},
}

// setOf is a file with its companions, in the order of their names, and their size.
func setOf(path string) (files []string, size int64, err error) {
	ending := filepath.Ext(path)
	stem := strings.TrimSuffix(filepath.Base(path), ending)
	others := companions[strings.ToLower(ending)]
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, 0, fault.Wrap(err, fault.Invalid, "%s can't be read", filepath.Base(path))
	}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		same := e.Name() == filepath.Base(path)
		if !same && !(slices.Contains(others, strings.ToLower(ext)) && strings.EqualFold(strings.TrimSuffix(e.Name(), ext), stem)) {
			continue
		}
		info, err := os.Stat(filepath.Join(filepath.Dir(path), e.Name()))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		name := filepath.Join(filepath.Dir(path), e.Name())
		if same {
			name = path
		}
		files, size = append(files, name), size+info.Size()
	}
	return files, size, nil
}

// hash is the SHA-256 of a file, or of all files of a folder in the order of their names.
func hash(path string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return hashFile(h, name)
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// hashSet is the SHA-256 of files that belong together: of their endings and contents.
func hashSet(files []string) (string, error) {
	h := sha256.New()
	for _, name := range files {
		fmt.Fprintln(h, strings.ToLower(filepath.Ext(name)))
		if err := hashFile(h, name); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashFile(h io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}

func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return diskTrouble(err)
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return diskTrouble(err)
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return diskTroubleOrNil(os.MkdirAll(target, 0o700))
		case !d.Type().IsRegular():
			return nil
		}
		return copyFile(name, target)
	})
}

func copyFile(from, to string) error {
	r, err := os.Open(from)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "%s can't be read", filepath.Base(from))
	}
	defer r.Close()
	w, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return diskTrouble(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		w.Close()
		return diskTrouble(err)
	}
	return diskTroubleOrNil(errors.Join(w.Sync(), w.Close()))
}
