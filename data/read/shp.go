package read

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"onemap/layers/fault"
)

// shpMagic is the file code that a .shp and .shx begin with, big-endian.
const shpMagic = 9994

// shp reads the records of a .shp one after the other (ESRI Shapefile Technical Description, July 1998).
type shp struct {
	name    string
	r       *bufio.Reader
	closer  io.Closer
	index   *shx // nil without a usable .shx
	kind    uint32
	size    int64 // of the content, by the header
	done    int64
	records int64 // read so far
	limit   int64
	content []byte // of the record that was read last
}

var shapeKinds = map[uint32]string{
	0: "Null", 1: "Point", 3: "PolyLine", 5: "Polygon", 8: "MultiPoint", 11: "PointZ", 13: "PolyLineZ", 15: "PolygonZ",
	18: "MultiPointZ", 21: "PointM", 23: "PolyLineM", 25: "PolygonM", 28: "MultiPointM", 31: "MultiPatch",
}

func openSHP(p part, limit int64) (*shp, error) {
	rc, err := p.open()
	if err != nil {
		return nil, err
	}
	s := &shp{name: p.name, r: bufio.NewReaderSize(rc, 256<<10), closer: rc, limit: limit}
	if err := s.header(p.size); err != nil {
		rc.Close()
		return nil, err
	}
	return s, nil
}

func (s *shp) header(size int64) error {
	head := make([]byte, 100)
	if _, err := io.ReadFull(s.r, head); err != nil {
		return s.broken(err, "its header")
	}
	if binary.BigEndian.Uint32(head) != shpMagic {
		return fault.New(fault.Invalid, "%s is not the .shp of a shapefile: its first bytes are others", s.name)
	}
	s.size = int64(binary.BigEndian.Uint32(head[24:])) * 2
	s.kind = binary.LittleEndian.Uint32(head[32:])
	s.done = 100
	if name, ok := shapeKinds[s.kind]; !ok || s.kind == 31 {
		if !ok {
			name = fmt.Sprint(s.kind)
		}
		return fault.New(fault.Unsupported, "%s has shapes of the kind %s, which are not read", s.name, name)
	}
	if s.size < 100 {
		return fault.New(fault.Invalid, "%s is damaged: its header says that it is %d bytes long", s.name, s.size)
	}
	if size >= 0 && s.size > size {
		return fault.New(fault.Invalid, "%s is cut off: its header promises %d bytes, it has %d", s.name, s.size, size)
	}
	return nil
}

func (s *shp) broken(err error, what string) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Invalid, "%s is cut off in %s", s.name, what)
	}
	return fileError(err, s.name)
}

// next reads the next record's content into s.content; io.EOF after the last. Records lie
// one behind the other; where what follows is no record, as after some editors, the index tells where it is.
func (s *shp) next() error {
	indexed := s.index.next()
	if s.done >= s.size {
		return io.EOF
	}
	n := s.records + 1
	length, err := s.peekHead(n)
	if err == nil && length < 0 && indexed > s.done && indexed < s.size {
		if _, err := s.r.Discard(int(indexed - s.done)); err != nil {
			return s.broken(err, fmt.Sprintf("the gap before record %d", n))
		}
		s.done = indexed
		length, err = s.peekHead(n)
	}
	switch {
	case err != nil:
		return err
	case length < 0:
		return fault.New(fault.Invalid, "%s is damaged: no record %d follows record %d", s.name, n, s.records)
	case length > s.limit:
		return fault.New(fault.TooLarge, "record %d of %s is %d bytes long; at most %d are read", n, s.name, length, s.limit)
	}
	if s.content, err = readGrowing(s.r, s.content[:0], 8+int(length)); err != nil {
		return s.broken(err, fmt.Sprintf("record %d", n))
	}
	s.content = s.content[8:]
	s.done += 8 + length
	s.records++
	return nil
}

// peekHead looks at the next eight bytes: the length of record n's content, or -1 if they do not begin it.
func (s *shp) peekHead(n int64) (int64, error) {
	head, err := s.r.Peek(8)
	if err != nil {
		return 0, s.broken(err, fmt.Sprintf("the head of record %d", n))
	}
	length := int64(binary.BigEndian.Uint32(head[4:])) * 2
	number := int64(binary.BigEndian.Uint32(head))
	if number != n && number != n-1 || length < 4 || s.done+8+length > s.size { // some writers count from 0
		return -1, nil
	}
	return length, nil
}

// readGrowing reads n bytes behind dst, growing it with what really comes, so that
// a false length costs no memory.
func readGrowing(r io.Reader, dst []byte, n int) ([]byte, error) {
	const step = 1 << 20
	for n > 0 {
		m := min(n, step)
		start := len(dst)
		if cap(dst)-start < m {
			dst = append(dst, make([]byte, m)...)
		} else {
			dst = dst[:start+m]
		}
		if _, err := io.ReadFull(r, dst[start:]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return dst[:start], err
		}
		n -= m
	}
	return dst, nil
}

// shx reads the offsets of a .shx one after the other. Nil is an index that is not there.
type shx struct {
	r      *bufio.Reader
	closer io.Closer
}

// openSHX opens an index; nil if it cannot be used, which is no fault, because records can be read without.
func openSHX(p part) *shx {
	rc, err := p.open()
	if err != nil {
		return nil
	}
	x := &shx{bufio.NewReader(rc), rc}
	head := make([]byte, 100)
	if _, err := io.ReadFull(x.r, head); err != nil || binary.BigEndian.Uint32(head) != shpMagic {
		rc.Close()
		return nil
	}
	return x
}

// next is the offset in bytes of the next record in the .shp; -1 where the index has ended.
func (x *shx) next() int64 {
	if x == nil {
		return -1
	}
	var entry [8]byte
	if _, err := io.ReadFull(x.r, entry[:]); err != nil {
		return -1
	}
	return int64(binary.BigEndian.Uint32(entry[:])) * 2
}
