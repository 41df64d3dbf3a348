package cluster

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// Bounds of the server's log.
const (
	logBound = 8 << 20 // bytes; over it the log becomes postgres.log.1 and begins anew
	tailSize = 4 << 10 // bytes of the log that an error message looks at
)

// serverLog is the file that the server writes to as its standard error. The server
// holds it open for appending, so it is bounded by copying and truncating.
type serverLog struct{ f *os.File }

func openServerLog(path string) (*serverLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND|syscall.O_NOFOLLOW, 0o640)
	if err == nil {
		err = asOwnerOf(filepath.Dir(path))(f)
	}
	if err != nil {
		return nil, onDisk(err, path, "The file %s for the database server's messages can't be opened.", path)
	}
	l := &serverLog{f}
	return l, l.bound()
}

func (l *serverLog) close() { l.f.Close() }

// size returns the log's length, to be handed to tail later.
func (l *serverLog) size() int64 {
	n, _ := l.f.Seek(0, io.SeekEnd) // a regular file
	return n
}

// tail returns the end of what was written after the offset since, at most tailSize bytes.
func (l *serverLog) tail(since int64) string {
	end := l.size()
	if since > end { // begun anew meanwhile
		since = 0
	}
	since = max(since, end-tailSize)
	b := make([]byte, end-since)
	n, _ := l.f.ReadAt(b, since)
	return string(b[:n])
}

// bound moves the log aside when it has grown over its bound.
func (l *serverLog) bound() error {
	if l.size() <= logBound {
		return nil
	}
	path := l.f.Name() + ".1"
	old, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, 0o640)
	if err == nil {
		_, err = io.Copy(old, io.NewSectionReader(l.f, 0, l.size()))
		if cerr := old.Close(); err == nil {
			err = cerr
		}
	}
	if terr := l.f.Truncate(0); err == nil { // even when the copy failed: the bound holds
		err = terr
	}
	if err != nil {
		return onDisk(err, path, "The file %s can't be written.", path)
	}
	return nil
}
