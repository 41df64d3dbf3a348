package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"onemap/layers/fault"
)

// lockPatience is how long to wait for a lock: longer than Attach holds one to look,
// shorter than a person notices.
const lockPatience = 500 * time.Millisecond

// lock is an exclusive flock on a file with our process id in it. The kernel lets go of
// it when the program dies, however it dies.
type lock struct{ f *os.File }

func (l *lock) release() { l.f.Close() }

// lock takes the lock file at path, which guards the folder called what.
func (c *Cluster) lock(ctx context.Context, path, what string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644)
	if err != nil {
		return onDisk(err, path, "The lock file %s can't be opened.", path)
	}
	for deadline := time.Now().Add(lockPatience); ; {
		err = flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			f.Close()
			return fault.Wrap(err, fault.Unavailable, "The folder %s can't be locked.", what)
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			pid := holder(f)
			f.Close()
			return fault.New(fault.Conflict,
				"Another onemap (process %s) is using %s. Stop it first, or choose another folder with --home.", pid, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	c.locks = append(c.locks, &lock{f})
	_, err = f.WriteAt(fmt.Appendf(nil, "%-20d\n", os.Getpid()), 0) // of one length: nothing of an earlier one stays
	if err != nil {
		return onDisk(err, path, "The lock file %s can't be written.", path)
	}
	return nil
}

// Attach returns the connection string of the cluster that another running program
// keeps in home, so that a second program can work on the same database.
//
// Errors: fault.NotFound when no program keeps one there; fault.Forbidden when this user
// may not look or connect.
func Attach(home string) (string, error) {
	none := fault.New(fault.NotFound, "No running onemap keeps a database in %s.", home)
	abs, err := filepath.Abs(home)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	var f *os.File
	if err == nil {
		f, err = os.Open(filepath.Join(abs, lockFile))
	}
	if errors.Is(err, os.ErrNotExist) {
		return "", none
	}
	if err != nil {
		return "", onDisk(err, home, "The folder %s can't be read.", home)
	}
	defer f.Close()
	switch err := flock(f, syscall.LOCK_SH|syscall.LOCK_NB); {
	case err == nil:
		return "", none
	case !errors.Is(err, syscall.EWOULDBLOCK):
		return "", fault.Wrap(err, fault.Unavailable, "The lock of %s can't be looked at.", home)
	}
	p, err := readRecord(abs)
	if err != nil {
		return "", err
	}
	if p.Socket == "" {
		return "", none
	}
	if err := syscall.Access(p.Socket, 1); err != nil { // 1: X_OK, to go into the folder
		return "", onDisk(err, p.Socket, "The database of %s can't be reached.", home)
	}
	return urlOf(p.Socket), nil
}

// holder returns the process id that a lock file names.
func holder(f *os.File) string {
	var b [32]byte
	n, _ := f.ReadAt(b[:], 0)
	if pid := strings.TrimSpace(string(b[:n])); pid != "" {
		return pid
	}
	return "unknown"
}

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
