package region

import (
	"math"
	"sort"

	"github.com/paulmach/orb"
)

// Relation says how much of a thing is in a region.
type Relation int

// The relations.
const (
	Outside Relation = iota
	Touched          // in part
	Inside           // as a whole
)

// Relate says how a geometry lies to the region, and which share of it is in it: of the
// area of polygons, the length of lines; 0 or 1 for points.
func (r *Region) Relate(g orb.Geometry) (Relation, float64) {
	if b := g.Bound(); !r.box.Intersects(b) || !r.Touches(g) {
		return Outside, 0
	}
	p, point := g.(orb.Point)
	if point {
		_ = p
		return Inside, 1
	}
	if r.whole(partsOf(g)) {
		return Inside, 1
	}
	return Touched, r.share(g)
}

// whole reports whether all of a geometry is in the region.
func (r *Region) whole(o parts) bool {
	for _, line := range o.lines {
		for _, p := range line {
			if !r.Holds(p) {
				return false
			}
		}
	}
	if len(r.points) == 1 && len(r.lines) == 0 {
		return true // a disc is convex
	}
	// All vertices are in it; then all is, unless an edge of the region runs through it.
	for _, area := range r.outline {
		for _, ring := range area {
			for k := 1; k < len(ring); k++ {
				for _, line := range o.lines {
					for j := 1; j < len(line); j++ {
						if proper(ring[k-1], ring[k], line[j-1], line[j]) {
							return false
						}
					}
				}
				if inAreasProper(o.areas, ring[k]) {
					return false
				}
			}
		}
	}
	return true
}

// proper reports whether two segments cross in a place that is an end of neither.
func proper(a, b, c, d orb.Point) bool {
	return turn(a, b, c)*turn(a, b, d) < 0 && turn(c, d, a)*turn(c, d, b) < 0
}

// inAreasProper reports whether a place is inside a polygon and not on its edge.
func inAreasProper(areas []orb.Polygon, p orb.Point) bool {
	for _, a := range areas {
		if !inArea(a, p) {
			continue
		}
		edge := false
		for _, ring := range a {
			for k := 1; k < len(ring); k++ {
				edge = edge || turn(ring[k-1], ring[k], p) == 0
			}
		}
		if !edge {
			return true
		}
	}
	return false
}

// share is how much of lines or polygons is within the outline.
func (r *Region) share(g orb.Geometry) float64 {
	o := partsOf(g)
	a := aroundOf(g.Bound().Center())
	if len(o.areas) == 0 {
		return r.shareOfLines(a, o.lines)
	}
	all, in := 0.0, 0.0
	for _, polygon := range o.areas {
		for k, ring := range polygon {
			own := a.ring(ring, k == 0)
			all += area(own)
			for _, area := range r.outline {
				for j, edge := range area {
					in += overlap(own, a.ring(edge, j == 0))
				}
			}
		}
	}
	if all <= 0 {
		return 0
	}
	return min(max(in/all, 0), 1)
}

type xy struct{ x, y float64 }

// ring is a ring in metres, without its last vertex: an outer one counter-clockwise, an
// inner one clockwise.
func (a around) ring(ring []orb.Point, outer bool) []xy {
	list := make([]xy, 0, len(ring))
	for _, p := range ring[:len(ring)-1] {
		x, y := a.xy(p)
		list = append(list, xy{x, y})
	}
	if (area(list) > 0) != outer {
		for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
			list[i], list[j] = list[j], list[i]
		}
	}
	return list
}

// area is a ring's, more than 0 counter-clockwise.
func area(ring []xy) float64 {
	sum := 0.0
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sum += p.x*q.y - q.x*p.y
	}
	return sum / 2
}

// overlap is the area that two rings share, with the sign of their turnings: the rings are
// sums of triangles with one corner at the origin, and the overlap of two such sums is the
// sum of the overlaps of the triangles.
func overlap(a, b []xy) float64 {
	sum := 0.0
	for i, p := range a {
		q := a[(i+1)%len(a)]
		for j, u := range b {
			v := b[(j+1)%len(b)]
			sum += triangles(p, q, u, v)
		}
	}
	return sum
}

// triangles is the signed overlap of the triangles of the origin with p, q and with u, v.
func triangles(p, q, u, v xy) float64 {
	first, second := p.x*q.y-q.x*p.y, u.x*v.y-v.x*u.y
	if first == 0 || second == 0 {
		return 0
	}
	sign := 1.0
	if first < 0 {
		p, q, sign = q, p, -sign
	}
	if second < 0 {
		u, v, sign = v, u, -sign
	}
	// Clip the first triangle by the three sides of the second, which turns to the left.
	var buffer [2][8]xy
	poly := append(buffer[0][:0], xy{}, p, q)
	for k, side := range [3][2]xy{{{}, u}, {u, v}, {v, {}}} {
		next := buffer[1-k%2][:0]
		for i, s := range poly {
			e := poly[(i+1)%len(poly)]
			ds, de := left(side[0], side[1], s), left(side[0], side[1], e)
			if ds >= 0 {
				next = append(next, s)
			}
			if (ds > 0 && de < 0) || (ds < 0 && de > 0) {
				t := ds / (ds - de)
				next = append(next, xy{s.x + t*(e.x-s.x), s.y + t*(e.y-s.y)})
			}
		}
		if poly = next; len(poly) < 3 {
			return 0
		}
	}
	return sign * math.Abs(area(poly))
}

func left(a, b, p xy) float64 { return (b.x-a.x)*(p.y-a.y) - (b.y-a.y)*(p.x-a.x) }

// shareOfLines is the share of the lines' length within the outline.
func (r *Region) shareOfLines(a around, lines [][]orb.Point) float64 {
	all, in := 0.0, 0.0
	for _, line := range lines {
		for k := 1; k < len(line); k++ {
			p, q := line[k-1], line[k]
			px, py := a.xy(p)
			qx, qy := a.xy(q)
			length := math.Hypot(qx-px, qy-py)
			all += length
			cuts := []float64{0, 1}
			for _, area := range r.outline {
				for _, ring := range area {
					for j := 1; j < len(ring); j++ {
						if at, ok := cut(p, q, ring[j-1], ring[j]); ok {
							cuts = append(cuts, at)
						}
					}
				}
			}
			sort.Float64s(cuts)
			for c := 1; c < len(cuts); c++ {
				if inAreas(r.outline, between(p, q, (cuts[c-1]+cuts[c])/2)) {
					in += length * (cuts[c] - cuts[c-1])
				}
			}
		}
	}
	if all == 0 {
		return 0
	}
	return in / all
}

// cut is where the segment from p to q meets the one from u to v, as a share of the way.
func cut(p, q, u, v orb.Point) (float64, bool) {
	dp, dq := turn(u, v, p), turn(u, v, q)
	if dp == dq || turn(p, q, u)*turn(p, q, v) > 0 {
		return 0, false
	}
	t := dp / (dp - dq)
	return t, t > 0 && t < 1
}

// crossing finds a place where rings of a polygon cross.
func crossing(a orb.Polygon) (orb.Point, bool) {
	type edge struct{ p, q orb.Point }
	var edges []edge
	for _, ring := range a {
		for k := 1; k < len(ring); k++ {
			edges = append(edges, edge{ring[k-1], ring[k]})
		}
	}
	// By their west ends, so that each is compared with those that begin before it ends.
	sort.Slice(edges, func(i, j int) bool {
		return min(edges[i].p[0], edges[i].q[0]) < min(edges[j].p[0], edges[j].q[0])
	})
	for i, e := range edges {
		east := max(e.p[0], e.q[0])
		for _, o := range edges[i+1:] {
			if min(o.p[0], o.q[0]) > east {
				break
			}
			if proper(e.p, e.q, o.p, o.q) {
				at, _ := cut(e.p, e.q, o.p, o.q)
				return between(e.p, e.q, at), true
			}
		}
	}
	return orb.Point{}, false
}
