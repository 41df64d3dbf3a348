package mirror

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"unsafe"

	"github.com/cespare/xxhash/v2"

	"onemap/layers"
)

// A snapshot file holds one layer as it was at a place in the change feed, so that a
// restart need not read it from PostGIS again: a magic word, a head in JSON, the arrays
// of the segment one after the other, each as its length and its bytes in the machine's
// order, and a checksum over all that. A file that is not whole, of another declaration,
// of another database or of another machine is thrown away.
const snapshotMagic = "onemap mirror 1\n"

// head is the head of a snapshot file.
type head struct {
	Schema   string `json:"schema"`   // of the declaration and this format
	Database string `json:"database"` // which database it is of
	Position string `json:"position"` // in the change feed
	Features int    `json:"features"`
	Order    uint16 `json:"order"` // 1 in the machine's byte order
}

var errSnapshot = errors.New("the snapshot is not whole")

// schemaOf names everything that decides what a segment's arrays mean.
func schemaOf(l *layers.Layer) string {
	h := sha256.New()
	fmt.Fprintln(h, snapshotMagic, l.ID, l.Geometry, l.MirrorSQL(false), unsafe.Sizeof(node{}))
	if l.Thin != nil {
		fmt.Fprintln(h, l.Thin.Until, l.Thin.Under)
	}
	for _, f := range l.Mirrored() {
		fmt.Fprintln(h, f.Name, f.Type, f.Tile != nil)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (m *Mirror) snapshotFile(id string) string { return filepath.Join(m.options.Dir, id+".mirror") }

// save writes the snapshot of a layer that is up, in place of the one before.
func (m *Mirror) save(id string) error {
	m.mu.Lock()
	position := m.position[id]
	v := m.layers[id].now.Load()
	up := m.state[id] == Up
	m.mu.Unlock()
	if m.options.Dir == "" || !up || v == nil || v == m.saved[id] {
		return nil
	}
	if err := os.MkdirAll(m.options.Dir, 0o700); err != nil {
		return err
	}
	s := v.parts
	one := mergeParts(m.layers[id].layer, s)
	if len(s) == 1 && s[0].dead == 0 {
		one = s[0].segment
	}
	file, err := os.CreateTemp(m.options.Dir, id+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // gone already when all went well
	h := head{Schema: schemaOf(m.layers[id].layer), Database: m.database, Position: position, Features: one.len(), Order: 1}
	if err := writeSnapshot(file, h, one); err != nil {
		file.Close()
		return err
	}
	if err := errors.Join(file.Sync(), file.Close(), os.Rename(file.Name(), m.snapshotFile(id))); err != nil {
		return err
	}
	m.saved[id] = v
	return nil
}

// restore takes a layer from its snapshot file. It reports false where there is none that
// can be used; one that is of no use is removed.
func (m *Mirror) restore(id string, been func(position string) bool) bool {
	if m.options.Dir == "" {
		return false
	}
	name := m.snapshotFile(id)
	file, err := os.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	l := m.layers[id].layer
	segment, h, err := readSnapshot(file, l, func(h head) bool {
		return h.Schema == schemaOf(l) && h.Database == m.database && h.Order == 1 && been(h.Position)
	})
	if err != nil {
		m.options.Log.Warn("a snapshot of a layer is of no use and is thrown away", "layer", id, "error", err)
		_ = os.Remove(name) // at worst it is looked at and refused again
		return false
	}
	if segment.bytes() > m.room(id) {
		return false
	}
	m.join(id, segment, h.Position)
	return true
}

func writeSnapshot(out io.Writer, h head, s *segment) error {
	sum := xxhash.New()
	buffered := bufio.NewWriterSize(io.MultiWriter(out, sum), 1<<20)
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	w := &arrayWriter{w: buffered}
	w.raw([]byte(snapshotMagic))
	w.bytes(text)
	s.arrays(w)
	if w.err == nil {
		w.err = buffered.Flush()
	}
	if w.err != nil {
		return w.err
	}
	return binary.Write(out, binary.LittleEndian, sum.Sum64())
}

func readSnapshot(file *os.File, l *layers.Layer, fits func(head) bool) (*segment, head, error) {
	var h head
	info, err := file.Stat()
	if err != nil {
		return nil, h, err
	}
	sum := xxhash.New()
	r := &arrayReader{r: bufio.NewReaderSize(file, 1<<20), sum: sum, left: info.Size() - 8}
	magic := make([]byte, len(snapshotMagic))
	r.fill(magic)
	if r.err != nil || string(magic) != snapshotMagic {
		return nil, h, errSnapshot
	}
	var text []byte
	r.bytes(&text)
	if r.err != nil || json.Unmarshal(text, &h) != nil {
		return nil, h, errSnapshot
	}
	if !fits(h) {
		return nil, h, errors.New("the snapshot is of another declaration or database")
	}
	s := &segment{layer: l, programs: &programs{}}
	for _, f := range l.Mirrored() {
		s.columns = append(s.columns, &newColumnBuilder(l, f).column)
	}
	s.arrays(r)
	var want uint64
	if r.err == nil && r.left == 0 {
		r.err = binary.Read(r.r, binary.LittleEndian, &want)
	}
	if r.err != nil || want != sum.Sum64() || s.len() != h.Features {
		return nil, h, errSnapshot
	}
	return s, h, nil
}

// arrays lets a visitor see every array of a segment, in one order.
func (s *segment) arrays(v visitor) {
	visit(v, &s.ids)
	visit(v, &s.byID)
	visit(v, &s.anchor)
	visit(v, &s.alone)
	visit(v, &s.firm)
	visit(v, &s.ringsOf)
	visit(v, &s.ringEnds)
	visit(v, &s.inner)
	visit(v, &s.vertices)
	visit(v, &s.level)
	visit(v, &s.from)
	visit(v, &s.to)
	for _, c := range s.columns {
		visit(v, &c.c8)
		visit(v, &c.c16)
		visit(v, &c.c32)
		visit(v, &c.nums)
		visit(v, &c.texts)
		visit(v, &c.ends)
		visit(v, &c.raw)
		visit(v, &c.none)
		visit(v, &c.wire)
		visit(v, &c.wireEnds)
	}
	shape := []int64{int64(len(s.tree.levels)), int64(s.tree.codes)}
	visit(v, &shape)
	if _, reading := v.(*arrayReader); reading && len(shape) == 2 && shape[0] >= 0 && shape[0] < 16 {
		s.tree.codes = int(shape[1])
		s.tree.levels, s.tree.counts = make([][]node, shape[0]), make([][]uint32, shape[0])
	}
	for k := range s.tree.levels {
		visit(v, &s.tree.levels[k])
		visit(v, &s.tree.counts[k])
	}
}

// visitor writes or reads the bytes of an array of count elements of some size; reading,
// make is called with the number of elements to have room made for them.
type visitor interface {
	array(size int, count int, bytes func() []byte, make func(count int))
}

// visit shows a visitor an array of numbers, or of structures of nothing but numbers. An
// empty array is nil after reading.
func visit[T any](v visitor, s *[]T) {
	var zero T
	size := int(unsafe.Sizeof(zero))
	v.array(size, len(*s), func() []byte {
		if len(*s) == 0 {
			return nil
		}
		return unsafe.Slice((*byte)(unsafe.Pointer(&(*s)[0])), len(*s)*size)
	}, func(count int) {
		*s = nil
		if count > 0 {
			*s = make([]T, count)
		}
	})
}

type arrayWriter struct {
	w   io.Writer
	err error
}

func (w *arrayWriter) raw(p []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(p)
	}
}

func (w *arrayWriter) bytes(p []byte) { visit(w, &p) }

func (w *arrayWriter) array(_ int, count int, bytes func() []byte, _ func(int)) {
	w.raw(binary.LittleEndian.AppendUint64(nil, uint64(count)))
	w.raw(bytes())
}

type arrayReader struct {
	r    io.Reader
	sum  hash.Hash64
	left int64 // bytes before the checksum
	err  error
}

func (r *arrayReader) fill(p []byte) {
	if r.err == nil && int64(len(p)) > r.left {
		r.err = errSnapshot
	}
	if r.err != nil {
		return
	}
	if _, r.err = io.ReadFull(r.r, p); r.err == nil {
		r.left -= int64(len(p))
		_, r.err = r.sum.Write(p)
	}
}

func (r *arrayReader) bytes(p *[]byte) { visit(r, p) }

func (r *arrayReader) array(size int, _ int, bytes func() []byte, make func(int)) {
	var word [8]byte
	r.fill(word[:])
	count := binary.LittleEndian.Uint64(word[:])
	if r.err != nil || count > uint64(r.left)/uint64(size) {
		if r.err == nil {
			r.err = errSnapshot
		}
		return
	}
	make(int(count))
	r.fill(bytes())
}
