package mirror

import (
	"math"
	"slices"
	"sort"

	"onemap/geo"
	"onemap/layers"
)

// at is a position in Web Mercator world coordinates (see geo.World).
type at struct{ X, Y uint32 }

// segment is a set of placed features of one layer that never changes. They stand in the
// order of the Hilbert curve through their anchors.
type segment struct {
	layer *layers.Layer

	ids    []int64
	byID   []uint32 // features by rising id
	anchor []at
	alone  []uint8 // first zoom at which a feature is drawn for itself and not gathered
	firm   []uint8 // first zoom from which a polygon's grid can't bend it; nil but for polygons

	// Geometry of lines and polygons: a feature's rings (or lines) are those before
	// ringsOf[i+1] and not before ringsOf[i]; nil: each has one. A ring's vertices end
	// at ringEnds. Outer rings run clockwise on the screen, inner ones the other way
	// round, and neither repeats its first vertex.
	ringsOf  []uint32
	ringEnds []uint32
	inner    []uint64 // bit set of inner rings; nil: none is
	vertices []at
	level    []uint8 // first zoom that needs a vertex; nil: all always

	// Valid time in microseconds of PostgreSQL's epoch, half-open; nil: always.
	from, to []int64

	columns []*column // in the order of Mirrored
	tree    tree

	programs *programs // filters compiled against the columns
}

// len is the number of features.
func (s *segment) len() int { return len(s.ids) }

// find returns the place of an id.
func (s *segment) find(id int64) (uint32, bool) {
	k := sort.Search(len(s.byID), func(k int) bool { return s.ids[s.byID[k]] >= id })
	if k < len(s.byID) && s.ids[s.byID[k]] == id {
		return s.byID[k], true
	}
	return 0, false
}

// rings are the numbers of a feature's rings or lines.
func (s *segment) rings(i uint32) (from, to uint32) {
	if s.ringsOf == nil {
		return i, i + 1
	}
	return s.ringsOf[i], s.ringsOf[i+1]
}

// ring is where a ring's vertices are.
func (s *segment) ring(r uint32) (from, to uint32) {
	if r == 0 {
		return 0, s.ringEnds[0]
	}
	return s.ringEnds[r-1], s.ringEnds[r]
}

// box is the box of a feature.
func (s *segment) box(i uint32) geo.WorldBox {
	if s.ringEnds == nil {
		a := s.anchor[i]
		return geo.WorldBox{MinX: a.X, MinY: a.Y, MaxX: a.X, MaxY: a.Y}
	}
	b := geo.WorldBox{MinX: math.MaxUint32, MinY: math.MaxUint32}
	first, last := s.rings(i)
	from, _ := s.ring(first)
	_, to := s.ring(last - 1)
	for _, v := range s.vertices[from:to] {
		b.MinX, b.MaxX = min(b.MinX, v.X), max(b.MaxX, v.X)
		b.MinY, b.MaxY = min(b.MinY, v.Y), max(b.MaxY, v.Y)
	}
	return b
}

// column returns the column of a field, or nil where the mirror does not keep it.
func (s *segment) column(f *layers.Field) *column {
	for _, c := range s.columns {
		if c.field == f {
			return c
		}
	}
	return nil
}

// ref is a feature of one of several segments.
type ref struct {
	key    uint64
	id     int64
	source uint32
	at     uint32
}

// merge makes one segment of those features of others that are kept.
func merge(l *layers.Layer, sources []*segment, keep func(source int, i uint32) bool) *segment {
	total := 0
	for _, s := range sources {
		total += s.len()
	}
	chosen := make([]ref, 0, total)
	for k, s := range sources {
		for i := range uint32(s.len()) {
			if keep == nil || keep(k, i) {
				a := s.anchor[i]
				chosen = append(chosen, ref{hilbert(a.X, a.Y), s.ids[i], uint32(k), i})
			}
		}
	}
	slices.SortFunc(chosen, func(a, b ref) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		case a.id < b.id:
			return -1
		}
		return 1
	})
	return gather(l, sources, chosen)
}

// gather makes a segment of chosen features of others, in the order given.
func gather(l *layers.Layer, sources []*segment, chosen []ref) *segment {
	n := len(chosen)
	s := &segment{layer: l, programs: &programs{}, ids: make([]int64, n), byID: make([]uint32, n), anchor: make([]at, n), alone: make([]uint8, n)}
	timed := false
	for _, o := range sources {
		timed = timed || o.from != nil
	}
	if timed {
		s.from, s.to = make([]int64, n), make([]int64, n)
	}
	for i, r := range chosen {
		o := sources[r.source]
		s.ids[i], s.byID[i], s.anchor[i], s.alone[i] = o.ids[r.at], uint32(i), o.anchor[r.at], o.alone[r.at]
		if timed {
			s.from[i], s.to[i] = math.MinInt64, math.MaxInt64
			if o.from != nil {
				s.from[i], s.to[i] = o.from[r.at], o.to[r.at]
			}
		}
	}
	slices.SortFunc(s.byID, func(a, b uint32) int {
		if s.ids[a] < s.ids[b] {
			return -1
		}
		return 1
	})
	if l.Geometry.Dimension() == 2 {
		s.firm = make([]uint8, n)
		for i, r := range chosen {
			s.firm[i] = sources[r.source].firm[r.at]
		}
	}
	if l.Geometry != layers.Point {
		s.gatherShapes(sources, chosen)
	}
	for k, f := range l.Mirrored() {
		columns := make([]*column, len(sources))
		for j, o := range sources {
			columns[j] = o.columns[k]
		}
		s.columns = append(s.columns, gathered(l, f, columns, chosen))
	}
	s.tree = plant(s)
	return s
}

func (s *segment) gatherShapes(sources []*segment, chosen []ref) {
	rings, vertices, single := 0, 0, true
	for _, r := range chosen {
		o := sources[r.source]
		first, last := o.rings(r.at)
		rings += int(last - first)
		single = single && last-first == 1
		from, _ := o.ring(first)
		_, to := o.ring(last - 1)
		vertices += int(to - from)
	}
	s.ringEnds, s.vertices = make([]uint32, 0, rings), make([]at, 0, vertices)
	if !single {
		s.ringsOf = make([]uint32, 1, len(chosen)+1)
	}
	holes := make([]uint64, (rings+63)/64)
	any := false
	for _, r := range chosen {
		o := sources[r.source]
		first, last := o.rings(r.at)
		for k := first; k < last; k++ {
			from, to := o.ring(k)
			if has(o.inner, k) {
				any = true
				holes[len(s.ringEnds)>>6] |= 1 << (len(s.ringEnds) & 63)
			}
			s.vertices = append(s.vertices, o.vertices[from:to]...)
			s.ringEnds = append(s.ringEnds, uint32(len(s.vertices)))
		}
		if !single {
			s.ringsOf = append(s.ringsOf, uint32(len(s.ringEnds)))
		}
	}
	if any {
		s.inner = holes
	}
	s.level = levels(s)
}

// bytes is the memory that a segment takes.
func (s *segment) bytes() int64 {
	n := 8*len(s.ids) + 4*len(s.byID) + 8*len(s.anchor) + len(s.alone) + len(s.firm) + 4*len(s.ringsOf) + 4*len(s.ringEnds) +
		8*len(s.inner) + 8*len(s.vertices) + len(s.level) + 8*len(s.from) + 8*len(s.to)
	for _, c := range s.columns {
		n += len(c.c8) + 2*len(c.c16) + 4*len(c.c32) + 8*len(c.nums) + len(c.texts) + 4*len(c.ends) +
			8*len(c.raw) + 8*len(c.none) + len(c.wire) + 4*len(c.wireEnds)
	}
	for level := range s.tree.levels {
		n += 56*len(s.tree.levels[level]) + 4*len(s.tree.counts[level])
	}
	return int64(n)
}
