package cluster

import (
	"os"
	"path/filepath"
	"syscall"
)

// replace writes a whole file at path: a new file beside it, given to its owner by own,
// synced, then renamed. A reader sees the old or the new one.
func replace(path string, content []byte, mode os.FileMode, own func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".")
	if err != nil {
		return onDisk(err, path, "The file %s can't be written.", path)
	}
	defer os.Remove(f.Name()) // fails after the rename, as it should
	_, err = f.Write(content)
	for _, step := range []func() error{
		func() error { return f.Chmod(mode) },
		func() error { return own(f) },
		f.Sync,
	} {
		if err == nil {
			err = step()
		}
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return onDisk(err, path, "The file %s can't be written.", path)
	}
	return nil
}

// asOwnerOf returns a function that gives a file to the owner of dir when the program runs
// as root, so that the owner can go on without root.
func asOwnerOf(dir string) func(*os.File) error {
	return func(f *os.File) error {
		var st syscall.Stat_t
		if os.Geteuid() != 0 || syscall.Stat(dir, &st) != nil || st.Uid == 0 {
			return nil
		}
		return f.Chown(int(st.Uid), int(st.Gid))
	}
}

// sync writes a folder's own entries to the disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
