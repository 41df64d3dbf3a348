package write

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"onemap/layers"
	"onemap/layers/fault"
)

// spool keeps records on disk for formats whose head depends on all of them.
type spool struct {
	file *os.File
	out  *bufio.Writer
	buf  []byte
	n    int64
}

func (j *job) spool() (*spool, error) {
	f, err := j.temp("records")
	if err != nil {
		return nil, err
	}
	return &spool{file: f, out: bufio.NewWriterSize(f, 256<<10)}, nil
}

// add keeps an item: its id, geometry and columns, each with its length.
func (s *spool) add(it layers.Item) error {
	b := binary.AppendVarint(s.buf[:0], it.ID)
	b = appendPart(b, it.WKB)
	for _, raw := range it.Raw {
		b = appendPart(b, raw)
	}
	s.buf = b
	s.n++
	_, err := s.out.Write(b)
	return unwritable(err)
}

// appendPart appends length and bytes; a length of 0 is null, 1 is nothing.
func appendPart(b, part []byte) []byte {
	if part == nil {
		return append(b, 0)
	}
	b = binary.AppendUvarint(b, uint64(len(part))+1)
	return append(b, part...)
}

// each gives the items back in the order they came in; an item is valid within f only.
func (s *spool) each(v *layers.View, f func(layers.Item) error) error {
	if err := s.out.Flush(); err != nil {
		return unwritable(err)
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return unreadable(err)
	}
	in := bufio.NewReaderSize(s.file, 256<<10)
	it := layers.Item{View: v, Raw: make([][]byte, len(v.Columns()))}
	var memory []byte
	part := func() ([]byte, error) {
		size, err := binary.ReadUvarint(in)
		if err != nil || size == 0 {
			return nil, err
		}
		start := len(memory)
		memory = append(memory, make([]byte, size-1)...)
		_, err = io.ReadFull(in, memory[start:])
		return memory[start:], err
	}
	for range s.n {
		memory = memory[:0:cap(memory)]
		var err error
		if it.ID, err = binary.ReadVarint(in); err != nil {
			return unreadable(err)
		}
		if it.WKB, err = part(); err != nil {
			return unreadable(err)
		}
		for i := range it.Raw {
			if it.Raw[i], err = part(); err != nil {
				return unreadable(err)
			}
		}
		if err := f(it); err != nil {
			return err
		}
	}
	return nil
}

// unreadable is the error of a temporary file that does not give back what it was given.
func unreadable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "A temporary file can't be read")
}
