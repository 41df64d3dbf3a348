package layers

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Spatial relations in memory: exact, by signs of areas that are computed without error
// where rounding could decide, as PostGIS has them.

// InMemory is true for s_intersects and s_disjoint; for the other relations where the
// record is a point and the other side a literal that is no collection; for s_dwithin
// between points.
func (s *Spatial) InMemory() bool {
	if s.Op == Intersects || s.Op == Disjoint {
		return true
	}
	other, literal := s.Right.(Literal)
	place, placed := s.Left.(Place)
	if !literal || !placed || place.Kind != Point {
		return false
	}
	switch other.Of.(type) {
	case orb.Collection:
		return false
	case orb.Point, orb.MultiPoint:
		return true
	}
	return s.Op != Near
}

// Eval relates the geometries; Unknown where the record is unplaced.
func (s *Spatial) Eval(r Row) Truth {
	left, right := s.Left.Value(r), s.Right.Value(r)
	if left == nil || right == nil {
		return Unknown
	}
	a, b := shapesOf(left.(orb.Geometry)), shapesOf(right.(orb.Geometry))
	switch s.Op {
	case Intersects:
		return truth(a.meets(b))
	case Disjoint:
		return truth(!a.meets(b))
	case Near:
		for _, p := range b.points {
			if float64(geo.Distance(a.points[0], p)) <= s.Metres {
				return True
			}
		}
		return False
	}
	p := a.points[0]
	switch s.Op {
	case Within:
		return truth(b.locate(p) == interior)
	case Touches:
		return truth(b.locate(p) == boundary)
	case Contains, Equals:
		if len(b.lines)+len(b.areas) > 0 {
			return False
		}
		for _, q := range b.points {
			if p != q {
				return False
			}
		}
		return True
	}
	return False // a single point crosses and overlaps nothing
}

// shapes is a geometry by the dimension of its parts.
type shapes struct {
	points []orb.Point
	lines  []orb.LineString
	areas  []orb.Polygon
	bound  orb.Bound
}

func shapesOf(g orb.Geometry) shapes {
	p := shapes{bound: g.Bound()}
	p.add(g)
	return p
}

func (s *shapes) add(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		s.points = append(s.points, g)
	case orb.MultiPoint:
		s.points = append(s.points, g...)
	case orb.LineString:
		s.lines = append(s.lines, g)
	case orb.MultiLineString:
		s.lines = append(s.lines, g...)
	case orb.Polygon:
		s.areas = append(s.areas, g)
	case orb.MultiPolygon:
		s.areas = append(s.areas, g...)
	case orb.Bound:
		s.areas = append(s.areas, g.ToPolygon())
	case orb.Collection:
		for _, part := range g {
			s.add(part)
		}
	}
}

// place is where a point lies in relation to a geometry.
type place int

const (
	exterior place = iota
	boundary
	interior
)

// locate finds the place of a point. Ends of lines are boundary where an odd number meets.
func (s shapes) locate(p orb.Point) place {
	if !s.bound.Contains(p) {
		return exterior
	}
	at := exterior
	for _, a := range s.areas {
		at = max(at, inPolygon(p, a))
	}
	for _, q := range s.points {
		if p == q {
			return interior
		}
	}
	ends, on := 0, false
	for _, l := range s.lines {
		for i := 1; i < len(l); i++ {
			on = on || onSegment(p, l[i-1], l[i])
		}
		if p == l[0] {
			ends++
		}
		if p == l[len(l)-1] {
			ends++
		}
	}
	switch {
	case on && ends%2 == 1:
		return max(at, boundary)
	case on:
		return interior
	}
	return at
}

// meets reports whether two geometries have a point in common.
func (s shapes) meets(o shapes) bool {
	if !s.bound.Intersects(o.bound) {
		return false
	}
	return s.holdsOne(o) || o.holdsOne(s) || s.crosses(o)
}

// holdsOne reports whether a point of the other, or the first of one of its lines, is in this.
func (s shapes) holdsOne(o shapes) bool {
	for _, p := range o.points {
		if s.locate(p) != exterior {
			return true
		}
	}
	if len(s.areas) == 0 {
		return false
	}
	for _, l := range o.lines {
		if s.locate(l[0]) != exterior {
			return true
		}
	}
	for _, a := range o.areas {
		if s.locate(a[0][0]) != exterior {
			return true
		}
	}
	return false
}

// crosses reports whether a line or side meets a line or side of the other.
func (s shapes) crosses(o shapes) bool {
	found := false
	s.segments(func(a, b orb.Point) bool {
		box := orb.MultiPoint{a, b}.Bound()
		if !box.Intersects(o.bound) {
			return true
		}
		o.segments(func(c, d orb.Point) bool {
			found = segmentsMeet(a, b, c, d)
			return !found
		})
		return !found
	})
	return found
}

func (s shapes) segments(yield func(a, b orb.Point) bool) {
	each := func(line []orb.Point) bool {
		for i := 1; i < len(line); i++ {
			if !yield(line[i-1], line[i]) {
				return false
			}
		}
		return true
	}
	for _, l := range s.lines {
		if !each(l) {
			return
		}
	}
	for _, a := range s.areas {
		for _, ring := range a {
			if !each(ring) {
				return
			}
		}
	}
}

func inPolygon(p orb.Point, a orb.Polygon) place {
	at := exterior
	for i, ring := range a {
		in := inRing(p, ring)
		switch {
		case in == boundary:
			return boundary
		case i == 0 && in == exterior, i > 0 && in == interior:
			return exterior
		case i == 0:
			at = interior
		}
	}
	return at
}

// inRing counts the sides that a ray eastward from the point crosses.
func inRing(p orb.Point, ring orb.Ring) place {
	odd := false
	for i := 1; i < len(ring); i++ {
		a, b := ring[i-1], ring[i]
		if onSegment(p, a, b) {
			return boundary
		}
		if (a[1] > p[1]) == (b[1] > p[1]) {
			continue
		}
		if a[1] > b[1] {
			a, b = b, a
		}
		if turn(a, b, p) > 0 {
			odd = !odd
		}
	}
	if odd {
		return interior
	}
	return exterior
}

func onSegment(p, a, b orb.Point) bool {
	return min(a[0], b[0]) <= p[0] && p[0] <= max(a[0], b[0]) && min(a[1], b[1]) <= p[1] && p[1] <= max(a[1], b[1]) && turn(a, b, p) == 0
}

func segmentsMeet(a, b, c, d orb.Point) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return turn(a, b, c)*turn(a, b, d) <= 0 && turn(c, d, a)*turn(c, d, b) <= 0
}

// turn is 1 where c is to the left of the way from a to b, -1 to its right, 0 on it;
// exact (Shewchuk's error bound, then rational numbers).
func turn(a, b, c orb.Point) int {
	ax, ay, bx, by := a[0]-c[0], a[1]-c[1], b[0]-c[0], b[1]-c[1]
	left, right := float64(ax*by), float64(ay*bx)
	det := left - right
	bound := 3.3306690738754716e-16 * (math.Abs(left) + math.Abs(right))
	switch {
	case det > bound:
		return 1
	case det < -bound:
		return -1
	case (ax == 0 || by == 0) && (ay == 0 || bx == 0):
		return 0
	}
	rat := func(x, y float64) *big.Rat {
		d := new(big.Rat).SetFloat64(x)
		return d.Sub(d, new(big.Rat).SetFloat64(y))
	}
	l := new(big.Rat).Mul(rat(a[0], c[0]), rat(b[1], c[1]))
	return l.Cmp(new(big.Rat).Mul(rat(a[1], c[1]), rat(b[0], c[0])))
}
