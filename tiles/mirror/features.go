package mirror

import (
	"context"
	"math"
	"sync"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// Features returns the features of a query of the present, from memory. A layer that is not
// in memory is read from PostGIS for this question only, one layer at a time. The error is
// Unsupported for a filter that memory can't decide, another time or a box.
func (m *Mirror) Features(ctx context.Context, q layers.Query) (layers.Features, error) {
	l := m.layers[q.View.ID]
	if l == nil || q.BBox != nil || q.Edition != 0 || q.Datetime == nil || !q.Datetime.IsNow() {
		return nil, fault.New(fault.Unsupported, "The memory holds the layers of the present only.")
	}
	v, boxes := l.current()
	if boxes != nil {
		m.touch(l, boxes, false)
	}
	if v == nil {
		var err error
		if v, err = m.passing(ctx, l); err != nil {
			return nil, err
		}
	}
	fit, ok := compile(q.Filters, v.parts)
	if !ok {
		return nil, fault.New(fault.Unsupported, "The filter asks for what is not in memory.")
	}
	return choose(v, fit), nil
}

// passing reads a layer that is not kept.
func (m *Mirror) passing(ctx context.Context, l *layerMirror) (*version, error) {
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Cancelled, "The request was given up")
	}
	b := newBuilder(l.layer)
	if _, err := m.truth.Load(ctx, l.layer, b.add); err != nil {
		return nil, err
	}
	v := &version{parts: []*part{{segment: b.finish()}}}
	l.see(v, l.clock())
	return v, nil
}

// features are chosen ones of a version.
type features struct {
	version *version
	chosen  []place // nil: all of the only part

	once    sync.Once
	numbers [][]uint32 // by part and place: the feature's number and one; 0: not chosen
}

// place is where a feature is: its part, and its place there.
type place struct{ part, at uint32 }

func choose(v *version, fit []matcher) *features {
	f := &features{version: v}
	if len(v.parts) == 1 && fit == nil && v.parts[0].off == nil {
		return f
	}
	f.chosen = []place{}
	for k, p := range v.parts {
		for block := range (p.len() + 63) / 64 {
			word := ^p.hidden(block)
			if fit != nil {
				word &= fit[k].block(block)
			}
			for i := uint32(block << blockBits); word != 0 && int(i) < p.len(); i, word = i+1, word>>1 {
				if word&1 != 0 {
					f.chosen = append(f.chosen, place{uint32(k), i})
				}
			}
		}
	}
	return f
}

func (f *features) Revision() uint64 { return f.version.number() }

func (f *features) Len() int {
	if f.chosen == nil {
		return f.version.parts[0].len()
	}
	return len(f.chosen)
}

func (f *features) of(i int) (*part, uint32) {
	if f.chosen == nil {
		return f.version.parts[0], uint32(i)
	}
	c := f.chosen[i]
	return f.version.parts[c.part], c.at
}

func (f *features) ID(i int) int64 {
	p, at := f.of(i)
	return p.ids[at]
}

func (f *features) Anchor(i int) (x, y uint32) {
	p, at := f.of(i)
	return p.anchor[at].X, p.anchor[at].Y
}

func (f *features) Box(i int) geo.WorldBox {
	p, at := f.of(i)
	return p.box(at)
}

func (f *features) Value(i int, field *layers.Field) any {
	p, at := f.of(i)
	if c := p.column(field); c != nil {
		return c.at(at)
	}
	return nil
}

// number is the place of a feature of a part among the chosen ones; -1 if it is not.
func (f *features) number(k int, at uint32) int {
	if f.chosen == nil {
		return int(at)
	}
	f.once.Do(func() {
		f.numbers = make([][]uint32, len(f.version.parts))
		for k, p := range f.version.parts {
			f.numbers[k] = make([]uint32, p.len())
		}
		for i, c := range f.chosen {
			f.numbers[c.part][c.at] = uint32(i) + 1
		}
	})
	return int(f.numbers[k][at]) - 1
}

func (f *features) Find(id int64) (int, bool) {
	for k, p := range f.version.parts {
		if at, found := p.find(id); found {
			if i := f.number(k, at); i >= 0 {
				return i, true
			}
		}
	}
	return 0, false
}

func (f *features) Numbers(field *layers.Field) []float64 {
	list := make([]float64, 0, f.Len())
	held := f.runs(func(p *part, each func(func(at uint32))) bool {
		c := p.column(field)
		if c == nil || textual(field.Type) {
			return false
		}
		dictionary := make([]float64, c.distinct())
		for code := range dictionary {
			dictionary[code] = float(c.entry(uint32(code)))
		}
		each(func(at uint32) {
			if c.raw != nil {
				list = append(list, float(c.at(at)))
			} else {
				list = append(list, dictionary[c.code(at)])
			}
		})
		return true
	})
	if !held {
		return nil
	}
	return list
}

func float(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	return math.NaN()
}

func (f *features) Codes(field *layers.Field) ([]uint32, []string) {
	list := make([]uint32, 0, f.Len())
	texts, known := []string{""}, map[string]uint32{"": 0}
	held := f.runs(func(p *part, each func(func(at uint32))) bool {
		c := p.column(field)
		if c == nil || !textual(field.Type) {
			return false
		}
		dictionary := make([]uint32, c.distinct())
		for code := range dictionary {
			text := c.text(uint32(code))
			n, seen := known[text]
			if !seen {
				n = uint32(len(texts))
				texts, known[text] = append(texts, text), n
			}
			dictionary[code] = n
		}
		each(func(at uint32) { list = append(list, dictionary[c.code(at)]) })
		return true
	})
	if !held {
		return nil, nil
	}
	return list, texts
}

// runs visits the chosen features part by part, in their order, until visit returns false.
func (f *features) runs(visit func(p *part, each func(func(at uint32))) bool) bool {
	if f.chosen == nil {
		p := f.version.parts[0]
		return visit(p, func(do func(uint32)) {
			for i := range uint32(p.len()) {
				do(i)
			}
		})
	}
	from := 0
	for k, p := range f.version.parts {
		to := from
		for to < len(f.chosen) && f.chosen[to].part == uint32(k) {
			to++
		}
		run := f.chosen[from:to]
		if !visit(p, func(do func(uint32)) {
			for _, c := range run {
				do(c.at)
			}
		}) {
			return false
		}
		from = to
	}
	return true
}

func (f *features) Search(box geo.WorldBox, yield func(i int) bool) {
	for k, p := range f.version.parts {
		if levels := p.tree.levels; len(levels) > 0 && !f.search(k, p, len(levels)-1, 0, box, yield) {
			return
		}
	}
}

func (f *features) search(k int, p *part, level, at int, box geo.WorldBox, yield func(i int) bool) bool {
	if !p.tree.levels[level][at].box.Intersects(box) {
		return true
	}
	if level > 0 {
		for child := at << fanBits; child < min((at+1)<<fanBits, len(p.tree.levels[level-1])); child++ {
			if !f.search(k, p, level-1, child, box, yield) {
				return false
			}
		}
		return true
	}
	from, to := span(0, at, p.len())
	for i := from; i < to; i++ {
		if !p.box(i).Intersects(box) {
			continue
		}
		if n := f.number(k, i); n >= 0 && !yield(n) {
			return false
		}
	}
	return true
}

func (f *features) Geometry(i int) orb.Geometry {
	p, at := f.of(i)
	g := p.layer.Geometry
	if g == layers.Point {
		return geo.LonLat(p.anchor[at].X, p.anchor[at].Y)
	}
	first, last := p.rings(at)
	if g.Dimension() == 1 {
		lines := make(orb.MultiLineString, 0, last-first)
		for r := first; r < last; r++ {
			lines = append(lines, orb.LineString(p.places(r, false)))
		}
		if g == layers.LineString {
			return lines[0]
		}
		return lines
	}
	var polygons orb.MultiPolygon
	for r := first; r < last; r++ {
		ring := orb.Ring(p.places(r, true))
		if has(p.inner, r) && len(polygons) > 0 {
			polygons[len(polygons)-1] = append(polygons[len(polygons)-1], ring)
		} else {
			polygons = append(polygons, orb.Polygon{ring})
		}
	}
	if g == layers.Polygon && len(polygons) == 1 {
		return polygons[0]
	}
	return polygons
}

// places are a ring's or line's vertices in degrees.
func (s *segment) places(r uint32, closed bool) []orb.Point {
	from, to := s.ring(r)
	points := make([]orb.Point, 0, to-from+1)
	for _, v := range s.vertices[from:to] {
		points = append(points, geo.LonLat(v.X, v.Y))
	}
	if closed {
		points = append(points, points[0])
	}
	return points
}
