package mirror

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"onemap/geo"
	"onemap/layers"
)

// rowHead is how many columns a row has before the held fields: id, wx, wy, start and end
// of valid time, geometry (see layers.MirrorSQL).
const rowHead = 6

// builder collects rows into a segment.
type builder struct {
	layer   *layers.Layer
	segment segment
	columns []*columnBuilder
	single  bool // every feature has one ring
	holes   []uint64
	anyHole bool
	timed   bool
}

func newBuilder(l *layers.Layer) *builder {
	b := &builder{layer: l, segment: segment{layer: l, ringsOf: []uint32{0}}, single: true}
	for _, f := range l.Mirrored() {
		b.columns = append(b.columns, newColumnBuilder(l, f))
	}
	return b
}

// add takes one row, each column in PostgreSQL's binary format and nil for NULL.
func (b *builder) add(row [][]byte) error {
	if len(row) != rowHead+len(b.columns) {
		return fmt.Errorf("layer %s: a row has %d columns, not %d", b.layer.ID, len(row), rowHead+len(b.columns))
	}
	for _, whole := range row[:3] {
		if len(whole) != 8 {
			return fmt.Errorf("layer %s: a row without id or anchor", b.layer.ID)
		}
	}
	s := &b.segment
	id := int64(binary.BigEndian.Uint64(row[0]))
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if len(row[3]) == 8 {
		from, b.timed = int64(binary.BigEndian.Uint64(row[3])), true
	}
	if len(row[4]) == 8 {
		to, b.timed = int64(binary.BigEndian.Uint64(row[4])), true
	}
	extent := uint32(0)
	if b.layer.Geometry != layers.Point {
		first, begin := len(s.ringEnds), len(s.vertices)
		if err := b.shape(row[5]); err != nil {
			return fmt.Errorf("layer %s, record %d: %w", b.layer.ID, id, err)
		}
		if len(s.vertices) == begin {
			return fmt.Errorf("layer %s, record %d: an empty geometry", b.layer.ID, id)
		}
		b.single = b.single && len(s.ringEnds) == first+1
		s.ringsOf = append(s.ringsOf, uint32(len(s.ringEnds)))
		box := boxOf(s.vertices[begin:])
		extent = max(box.MaxX-box.MinX, box.MaxY-box.MinY)
		if b.layer.Geometry.Dimension() == 2 {
			firm := uint8(math.MaxUint8)
			if len(s.ringEnds) == first+1 {
				firm = firmAt(s.vertices[begin:])
			}
			s.firm = append(s.firm, firm)
		}
	}
	s.ids = append(s.ids, id)
	s.anchor = append(s.anchor, at{uint32(binary.BigEndian.Uint64(row[1])), uint32(binary.BigEndian.Uint64(row[2]))})
	s.alone = append(s.alone, aloneAt(b.layer, extent))
	s.from, s.to = append(s.from, from), append(s.to, to)
	for k, c := range b.columns {
		if err := c.add(row[rowHead+k]); err != nil {
			return fmt.Errorf("layer %s, record %d: %w", b.layer.ID, id, err)
		}
	}
	return nil
}

func boxOf(vs []at) geo.WorldBox {
	b := geo.WorldBox{MinX: math.MaxUint32, MinY: math.MaxUint32}
	for _, v := range vs {
		b.MinX, b.MaxX = min(b.MinX, v.X), max(b.MaxX, v.X)
		b.MinY, b.MaxY = min(b.MinY, v.Y), max(b.MaxY, v.Y)
	}
	return b
}

// firmVertices is how many vertices a ring may have that is looked at for being firm.
const firmVertices = 16

// firmAt is the first zoom from which rounding a ring's vertices to the tile's grid leaves
// it as it is: each moves by at most half a unit in x and y, so nothing can meet or turn
// that is farther apart than the root of two units. A unit is 2^(20-z) world units.
func firmAt(ring []at) uint8 {
	n := len(ring)
	if n < 3 || n > firmVertices {
		return math.MaxUint8
	}
	least := math.MaxFloat64
	for i, v := range ring {
		for k, a := range ring {
			next := (k + 1) % n
			if k == i || next == i {
				continue
			}
			b := ring[next]
			dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
			x, y := float64(v.X)-float64(a.X), float64(v.Y)-float64(a.Y)
			u := 0.0
			if length := dx*dx + dy*dy; length > 0 {
				u = min(max((x*dx+y*dy)/length, 0), 1)
			}
			ex, ey := x-u*dx, y-u*dy
			least = min(least, ex*ex+ey*ey)
		}
	}
	if least < 1 {
		return math.MaxUint8
	}
	return uint8(max(math.Ceil(20-math.Log2(math.Sqrt(least)/1.5)), 0))
}

// finish returns the segment of all rows, in its order.
func (b *builder) finish() *segment {
	s := b.segment
	if b.single {
		s.ringsOf = nil
	}
	if b.layer.Geometry == layers.Point {
		s.ringEnds = nil
	}
	if b.anyHole {
		for len(b.holes) < (len(s.ringEnds)+63)/64 {
			b.holes = append(b.holes, 0)
		}
		s.inner = b.holes
	}
	if !b.timed {
		s.from, s.to = nil, nil
	}
	for _, c := range b.columns {
		s.columns = append(s.columns, c.finish())
	}
	b.columns = nil
	return merge(b.layer, []*segment{&s}, nil)
}

// Kinds of EWKB geometries and the flags beside them (OGC 06-103r4, clause 8; PostGIS).
const (
	wkbPoint           = 1
	wkbLineString      = 2
	wkbPolygon         = 3
	wkbMultiLineString = 5
	wkbMultiPolygon    = 6

	ewkbZ    = 0x80000000
	ewkbM    = 0x40000000
	ewkbSRID = 0x20000000
)

var errShape = errors.New("the geometry is no well-known binary of lines or polygons")

// shape reads a line or polygon, or several, into world coordinates.
func (b *builder) shape(wkb []byte) error {
	r := wkbReader{src: wkb}
	b.read(&r, 0)
	if r.bad || len(r.src) != 0 {
		return errShape
	}
	return nil
}

func (b *builder) read(r *wkbReader, depth int) {
	kind := r.head()
	switch kind {
	case wkbLineString:
		b.ring(r, false, false)
	case wkbPolygon:
		for k := range r.count(4) {
			b.ring(r, true, k > 0)
		}
	case wkbMultiLineString, wkbMultiPolygon:
		if depth > 0 {
			r.bad = true
			return
		}
		for range r.count(9) {
			b.read(r, depth+1)
		}
	default:
		r.bad = true
	}
}

// ring reads a line, or a ring, which is turned to the way that segments keep it.
func (b *builder) ring(r *wkbReader, closed, inner bool) {
	s := &b.segment
	n := r.count(16)
	start := len(s.vertices)
	for range n {
		x, y := geo.World(r.float(), r.float())
		s.vertices = append(s.vertices, at{x, y})
	}
	if r.bad || n == 0 {
		s.vertices = s.vertices[:start]
		return
	}
	vs := s.vertices[start:]
	if closed {
		if len(vs) > 1 && vs[0] == vs[len(vs)-1] {
			vs = vs[:len(vs)-1]
			s.vertices = s.vertices[:start+len(vs)]
		}
		if clockwise(vs) == inner {
			for i, j := 0, len(vs)-1; i < j; i, j = i+1, j-1 {
				vs[i], vs[j] = vs[j], vs[i]
			}
		}
	}
	for len(b.holes) <= len(s.ringEnds)>>6 {
		b.holes = append(b.holes, 0)
	}
	if inner {
		b.anyHole = true
		b.holes[len(s.ringEnds)>>6] |= 1 << (len(s.ringEnds) & 63)
	}
	s.ringEnds = append(s.ringEnds, uint32(len(s.vertices)))
}

// clockwise reports whether a ring runs clockwise on the screen, where y goes down.
func clockwise(vs []at) bool {
	sum := 0.0
	o := vs[0]
	for i, a := range vs {
		b := vs[(i+1)%len(vs)]
		ax, ay := float64(a.X)-float64(o.X), float64(a.Y)-float64(o.Y)
		bx, by := float64(b.X)-float64(o.X), float64(b.Y)-float64(o.Y)
		sum += ax*by - bx*ay
	}
	return sum > 0
}

// wkbReader walks little- and big-endian EWKB of two dimensions; bad stays once set.
type wkbReader struct {
	src   []byte
	order binary.ByteOrder
	bad   bool
}

func (r *wkbReader) take(n int) []byte {
	if r.bad || len(r.src) < n {
		r.bad = true
		return make([]byte, n)
	}
	p := r.src[:n]
	r.src = r.src[n:]
	return p
}

func (r *wkbReader) head() uint32 {
	r.order = binary.LittleEndian
	if r.take(1)[0] == 0 {
		r.order = binary.BigEndian
	}
	kind := r.order.Uint32(r.take(4))
	if kind&ewkbSRID != 0 {
		r.take(4)
	}
	if kind&(ewkbZ|ewkbM) != 0 {
		r.bad = true
	}
	return kind &^ ewkbSRID
}

// count reads how many parts follow, each of at least least bytes.
func (r *wkbReader) count(least int) int {
	n := uint64(r.order.Uint32(r.take(4)))
	if r.bad || n*uint64(least) > uint64(len(r.src)) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *wkbReader) float() float64 {
	return math.Float64frombits(r.order.Uint64(r.take(8)))
}

// bytes is about the memory that a builder takes.
func (b *builder) bytes() int64 {
	n := b.segment.bytes()
	for _, c := range b.columns {
		n += int64(4*len(c.codes) + 8*len(c.nums) + len(c.texts) + 4*len(c.ends))
	}
	return n
}
