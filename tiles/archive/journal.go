package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"os"

	"onemap/layers/fault"
)

// The journal of a baking stands beside its spool. Its first line is the Start in JSON; a
// record of fixed size follows for each tile whose bytes are safely in the spool.
const (
	recordSize = 8 + 8 + 4 + 16 + 4
	startLimit = 1 << 20 // bytes of the first line
)

// Start is what a baking begins with and what a later one needs to go on with it.
type Start struct {
	Key   string `json:"key"`   // what is baked: only a baking of the same goes on
	State string `json:"state"` // the caller's own, such as the position of a change feed
}

// digest is the hash of a tile's content, by which equal ones are known.
type digest [16]byte

// record is a tile that is in the spool.
type record struct {
	ID     uint64
	Offset uint64
	Length uint32
	Hash   digest
}

func (r record) append(b []byte) []byte {
	from := len(b)
	b = binary.LittleEndian.AppendUint64(b, r.ID)
	b = binary.LittleEndian.AppendUint64(b, r.Offset)
	b = binary.LittleEndian.AppendUint32(b, r.Length)
	b = append(b, r.Hash[:]...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
}

// parseRecord reads a record; false where it is not whole.
func parseRecord(b []byte) (r record, ok bool) {
	body := b[:recordSize-4]
	if binary.LittleEndian.Uint32(b[recordSize-4:]) != crc32.ChecksumIEEE(body) {
		return r, false
	}
	r.ID, r.Offset = binary.LittleEndian.Uint64(body), binary.LittleEndian.Uint64(body[8:])
	r.Length = binary.LittleEndian.Uint32(body[16:])
	copy(r.Hash[:], body[20:])
	return r, true
}

// beginJournal writes a new journal.
func beginJournal(name string, s Start) (*os.File, error) {
	line, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(append(line, '\n')); err == nil {
		err = f.Sync()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// readJournal opens a journal of the key and hands over its records until one is not
// whole, or take says that it does not fit; what is from there on is cut off. It returns
// nil where there is no journal, or one of another key.
func readJournal(name, key string, take func(record) bool) (*os.File, Start, error) {
	var s Start
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, s, nil
	}
	if err != nil {
		return nil, s, err
	}
	b := bufio.NewReaderSize(f, startLimit)
	line, err := b.ReadSlice('\n')
	if err != nil || json.Unmarshal(bytes.TrimSuffix(line, []byte("\n")), &s) != nil || s.Key != key {
		f.Close()
		return nil, s, nil
	}
	end := int64(len(line))
	for buf := make([]byte, recordSize); ; end += recordSize {
		if _, err = io.ReadFull(b, buf); err != nil {
			break
		}
		if r, ok := parseRecord(buf); !ok || !take(r) {
			break
		}
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, s, fault.Wrap(err, fault.Unavailable, "The journal of an earlier baking can't be read")
	}
	return f, s, nil
}
