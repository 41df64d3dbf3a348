package upload

import (
	"context"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"time"

	"onemap/layers/fault"
)

// turn is the one who adds to a file at the moment.
type turn struct {
	interrupt func() // makes the reader that is read from give up
	ended     chan struct{}
}

// patience is how long a newcomer waits for the one before to let go.
const patience = 10 * time.Second

// take takes the turn at a file. One who has it already is asked to give up: a client that
// comes anew has lost the connection of before, which the other side may not know yet. The
// error is Conflict when it does not let go in time.
func (s *Uploads) take(ctx context.Context, id string, interrupt func()) (release func(), err error) {
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		s.mu.Lock()
		before := s.active[id]
		if before == nil {
			mine := &turn{interrupt: interrupt, ended: make(chan struct{})}
			s.active[id] = mine
			s.mu.Unlock()
			return func() {
				s.mu.Lock()
				delete(s.active, id)
				s.mu.Unlock()
				close(mine.ended)
			}, nil
		}
		s.mu.Unlock()
		before.interrupt()
		select {
		case <-before.ended:
		case <-wait.Done():
			return nil, fault.New(fault.Conflict, "Another request is adding to this upload.")
		}
	}
}

// Interrupt makes all who add to files give up. What they have brought stays.
func (s *Uploads) Interrupt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.active {
		t.interrupt()
	}
}

// Checksum is what a part is to hash to.
type Checksum struct {
	Hash hash.Hash
	Sum  []byte
}

// ErrChecksum is the cause of the error of a part that does not have its checksum.
var ErrChecksum = errors.New("checksum differs")

// Append adds what r gives from an offset on, and returns how far the file has come, which
// is on disk then. interrupt makes a waiting read of r return. With a checksum the part
// counts only when it is whole and has it. The error is NotFound for an unknown upload,
// Conflict when the file does not end at the offset, TooLarge when r has more than was
// announced (what fits is kept), Invalid with ErrChecksum, and Cancelled when r broke off;
// the offset counts even so.
func (s *Uploads) Append(ctx context.Context, id string, offset int64, r io.Reader, interrupt func(), sum *Checksum) (int64, error) {
	release, err := s.take(ctx, id, interrupt)
	if err != nil {
		return offset, err
	}
	defer release()
	u, err := s.Upload(id)
	if err != nil {
		return offset, err
	}
	if u.Offset != offset {
		return u.Offset, &fault.Error{Code: fault.Conflict, Field: "Upload-Offset", Message: "The file ends elsewhere; ask where with HEAD and go on from there."}
	}
	if u.Hash != "" {
		return u.Offset, nil
	}
	f, err := os.OpenFile(s.part(id), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return offset, onDisk(err)
	}
	defer f.Close()
	in := &source{r: io.LimitReader(r, u.Length-offset)}
	out := io.Writer(f)
	if sum != nil {
		out = io.MultiWriter(f, sum.Hash)
	}
	n, err := io.CopyBuffer(onlyWriter{out}, in, make([]byte, 256<<10))
	switch {
	case err != nil && in.err == nil:
		err = onDisk(err)
	case err != nil:
		err = fault.Wrap(err, fault.Cancelled, "The upload broke off")
	default:
		err = s.rest(r, in, u)
	}
	if sum != nil && (err != nil || hex.EncodeToString(sum.Hash.Sum(nil)) != hex.EncodeToString(sum.Sum)) {
		if err == nil {
			err = fault.Wrap(ErrChecksum, fault.Invalid, "The part does not have the checksum that was said; send it again.")
		}
		if cut := errors.Join(f.Truncate(offset), f.Sync()); cut != nil {
			return offset, onDisk(cut)
		}
		return offset, err
	}
	if on := f.Sync(); on != nil {
		return offset, onDisk(on)
	}
	return offset + n, err
}

// rest refuses more bytes than were announced.
func (s *Uploads) rest(r io.Reader, in *source, u Upload) error {
	var one [1]byte
	if n, _ := io.ReadFull(r, one[:]); n > 0 {
		return fault.New(fault.TooLarge, "There are more bytes than the %d that were announced.", u.Length)
	}
	return nil
}

// source remembers that reading failed, and not writing.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// onlyWriter hides what else a writer can do, so that the buffer is used.
type onlyWriter struct{ io.Writer }
