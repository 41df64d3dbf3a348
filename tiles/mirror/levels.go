package mirror

import (
	"math"
	"slices"

	"onemap/layers"
)

// manyVertices is the mean number of vertices a ring from which thinning them pays.
const manyVertices = 12

// maxLevel stands for vertices that are needed at no zoom for which there are tiles.
const maxLevel = 30

// levels says of each vertex of a segment from which zoom on it is needed, by the method
// of Douglas and Peucker (1973) with half a pixel of tolerance (512 to a tile). Borders
// that several polygons share are thinned once: rings are cut into arcs where borders
// meet, each arc is taken in one direction whoever's it is, and its ends always stay. So
// neighbours go on sharing their border at every zoom. It returns nil for points and for
// layers of small shapes.
func levels(s *segment) []uint8 {
	lines := s.layer.Geometry.Dimension() == 1
	if s.layer.Geometry == layers.Point || len(s.ringEnds) == 0 || !lines && len(s.vertices) < manyVertices*len(s.ringEnds) {
		return nil
	}
	t := thinner{vs: s.vertices, level: make([]uint8, len(s.vertices))}
	if lines {
		for r := range uint32(len(s.ringEnds)) {
			from, to := s.ring(r)
			t.arc(slices.Collect(run(from, to, 1)))
		}
		return t.level
	}
	meets := t.meetings(s)
	var arc []uint32
	for r := range uint32(len(s.ringEnds)) {
		from, to := s.ring(r)
		t.ring(from, to, meets, &arc)
	}
	return t.level
}

func run(from, to uint32, step int) func(func(uint32) bool) {
	return func(yield func(uint32) bool) {
		for i := from; i < to; i += uint32(step) {
			if !yield(i) {
				return
			}
		}
	}
}

type thinner struct {
	vs    []at
	level []uint8
	stack [][2]int
	back  []uint32
}

// meetings are the vertices where borders meet: those with more than two neighbours.
func (t *thinner) meetings(s *segment) map[at]bool {
	type pair struct {
		a, b at
		n    uint8
	}
	seen := make(map[at]pair, len(s.vertices))
	note := func(v, w at) {
		p := seen[v]
		switch {
		case p.n > 0 && p.a == w, p.n > 1 && p.b == w, p.n > 2:
			return
		case p.n == 0:
			p.a = w
		case p.n == 1:
			p.b = w
		}
		p.n++
		seen[v] = p
	}
	for r := range uint32(len(s.ringEnds)) {
		from, to := s.ring(r)
		for i := from; i < to; i++ {
			next := i + 1
			if next == to {
				next = from
			}
			note(s.vertices[i], s.vertices[next])
			note(s.vertices[next], s.vertices[i])
		}
	}
	meets := map[at]bool{}
	for v, p := range seen {
		if p.n > 2 {
			meets[v] = true
		}
	}
	return meets
}

// ring thins a ring arc by arc.
func (t *thinner) ring(from, to uint32, meets map[at]bool, arc *[]uint32) {
	n := to - from
	if n < 3 {
		return
	}
	// Begin at a meeting; else at the vertex that comes first in the plane.
	begin, found := from, false
	for i := from; i < to; i++ {
		if meets[t.vs[i]] {
			begin, found = i, true
			break
		}
		if less(t.vs[i], t.vs[begin]) {
			begin = i
		}
	}
	*arc = (*arc)[:0]
	for k := range n + 1 {
		i := from + (begin-from+k)%n
		*arc = append(*arc, i)
		if k > 0 && (k == n || found && meets[t.vs[i]]) {
			t.arc(*arc)
			*arc = append((*arc)[:0], i)
		}
	}
}

func less(a, b at) bool { return a.X < b.X || a.X == b.X && a.Y < b.Y }

// arc thins the vertices between the first and the last of a chain, in the direction that
// does not depend on whose chain it is.
func (t *thinner) arc(chain []uint32) {
	n := len(chain)
	if n < 3 {
		return
	}
	first, last := t.vs[chain[0]], t.vs[chain[n-1]]
	if less(last, first) || first == last && less(t.vs[chain[n-2]], t.vs[chain[1]]) {
		t.back = append(t.back[:0], chain...)
		slices.Reverse(t.back)
		chain = t.back
	}
	t.stack = append(t.stack[:0], [2]int{0, n - 1})
	// The ends' level is 0; a vertex is needed no earlier than the ones it lies between.
	floor := make([]uint8, 0, 64)
	floor = append(floor, 0)
	for len(t.stack) > 0 {
		top := len(t.stack) - 1
		p, least := t.stack[top], floor[top]
		t.stack, floor = t.stack[:top], floor[:top]
		if p[1]-p[0] < 2 {
			continue
		}
		far, dist := t.farthest(chain, p[0], p[1])
		level := max(least, levelOf(dist))
		t.level[chain[far]] = level
		t.stack = append(t.stack, [2]int{p[0], far}, [2]int{far, p[1]})
		floor = append(floor, level, level)
	}
}

// farthest is the vertex farthest from the segment between two others, and how far.
func (t *thinner) farthest(chain []uint32, p, q int) (far int, dist float64) {
	a, b := t.vs[chain[p]], t.vs[chain[q]]
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	length := dx*dx + dy*dy
	far, most := p+1, -1.0
	for k := p + 1; k < q; k++ {
		v := t.vs[chain[k]]
		x, y := float64(v.X)-float64(a.X), float64(v.Y)-float64(a.Y)
		u := 0.0
		if length > 0 {
			u = min(max((x*dx+y*dy)/length, 0), 1)
		}
		ex, ey := x-u*dx, y-u*dy
		if d := ex*ex + ey*ey; d > most {
			far, most = k, d
		}
	}
	return far, math.Sqrt(most)
}

// levelOf is the first zoom at which half a pixel, 2^(22-z) world units, is no more than d.
func levelOf(d float64) uint8 {
	if d < 1.0/(1<<8) {
		return maxLevel
	}
	return uint8(min(max(math.Ceil(22-math.Log2(d)), 0), maxLevel))
}
