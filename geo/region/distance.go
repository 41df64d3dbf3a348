package region

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// parts are a geometry's vertices and segments.
type parts struct {
	points []orb.Point
	lines  [][]orb.Point
	areas  []orb.Polygon
}

func partsOf(g orb.Geometry) (p parts) {
	switch g := g.(type) {
	case orb.Point:
		p.points = []orb.Point{g}
	case orb.LineString:
		p.lines = [][]orb.Point{g}
	case orb.MultiLineString:
		for _, l := range g {
			p.lines = append(p.lines, l)
		}
	case orb.Polygon:
		p.areas = []orb.Polygon{g}
		for _, ring := range g {
			p.lines = append(p.lines, ring)
		}
	case orb.MultiPolygon:
		p.areas = g
		for _, polygon := range g {
			for _, ring := range polygon {
				p.lines = append(p.lines, ring)
			}
		}
	}
	return p
}

// Metres is the shortest way from the region's shape, not its edge, to a geometry; 0 where
// they touch. Segments are straight in longitude and latitude.
func (r *Region) Metres(g orb.Geometry) geo.Metres {
	from, to, square := r.closest(g)
	if square == 0 {
		return 0
	}
	return geo.Distance(from, to)
}

// Touches reports whether some of the geometry is in the region.
func (r *Region) Touches(g orb.Geometry) bool {
	from, to, square := r.closest(g)
	if square == 0 || r.within == 0 {
		return square == 0
	}
	// The plane is good to some millionths near by; what is close to the limit is measured.
	if d, limit := math.Sqrt(square), float64(r.within); math.Abs(d-limit) > 1+1e-3*limit {
		return d < limit
	}
	return geo.Distance(from, to) <= r.within
}

// closest finds the two nearest places of the shape and a geometry, and the square of their
// distance in metres, about; 0 only where they touch.
func (r *Region) closest(g orb.Geometry) (from, to orb.Point, square float64) {
	if p, ok := g.(orb.Point); ok {
		from, square = r.closestTo(p, math.Inf(1))
		return from, p, square
	}
	o := partsOf(g)
	square = math.Inf(1)
	// The nearest places of two that don't touch include a vertex of one of them.
	for _, line := range o.lines {
		for _, p := range line {
			if q, s := r.closestTo(p, square); s < square {
				from, to, square = q, p, s
			}
			if square == 0 {
				return from, to, 0
			}
		}
	}
	own := func(p orb.Point) bool {
		if inAreas(o.areas, p) {
			from, to, square = p, p, 0
			return false
		}
		a := aroundOf(p)
		for _, line := range o.lines {
			for k := 1; k < len(line); k++ {
				if share, s := a.nearest(line[k-1], line[k]); s < square {
					from, to, square = p, between(line[k-1], line[k], share), s
				}
			}
		}
		return square > 0
	}
	for _, p := range r.points {
		if !own(p) {
			return from, to, 0
		}
	}
	box := g.Bound()
	east := eastOf(box)
	for run := range r.runsWithin(box, east, &square) {
		least := min(run.east, east)
		for _, p := range run.line {
			if squareApart(p.Bound(), box, least) < square && !own(p) {
				return from, to, 0
			}
		}
	}
	if square > 0 && r.meets(o.lines, box) {
		square = 0
	}
	return from, to, square
}

// closestTo is the place of the shape nearest to p, if it is nearer than the square says.
func (r *Region) closestTo(p orb.Point, than float64) (at orb.Point, square float64) {
	if r.holds(p) {
		return p, 0
	}
	square = than
	a := aroundOf(p)
	for _, q := range r.points {
		x, y := a.xy(q)
		if s := x*x + y*y; s < square {
			at, square = q, s
		}
	}
	for run := range r.runsWithin(p.Bound(), a.east, &square) {
		for k := 1; k < len(run.line); k++ {
			if share, s := a.nearest(run.line[k-1], run.line[k]); s < square {
				at, square = between(run.line[k-1], run.line[k], share), s
			}
		}
	}
	return at, square
}

// meets reports whether a line of the shape meets one of the lines, which are in a box.
func (r *Region) meets(lines [][]orb.Point, box orb.Bound) bool {
	for k := range r.runs {
		run := &r.runs[k]
		if !run.bound.Intersects(box) {
			continue
		}
		own := run.line
		for k := 1; k < len(own); k++ {
			for _, line := range lines {
				for j := 1; j < len(line); j++ {
					if cross(own[k-1], own[k], line[j-1], line[j]) {
						return true
					}
				}
			}
		}
	}
	return false
}

// Holds reports whether a place is in the region, its edge included.
func (r *Region) Holds(p orb.Point) bool {
	return r.box.Contains(p) && r.Touches(p)
}

func inAreas(areas []orb.Polygon, p orb.Point) bool {
	for _, a := range areas {
		if inArea(a, p) {
			return true
		}
	}
	return false
}

// inArea reports whether a place is in a polygon or on its edge.
func inArea(a orb.Polygon, p orb.Point) bool {
	in := false
	for _, ring := range a {
		odd, edge := beside(ring, p)
		if edge {
			return true
		}
		in = in != odd
	}
	return in
}

// beside reports whether an odd number of a line's segments is to the east of a place, and
// whether the place is on one of them.
func beside(line []orb.Point, p orb.Point) (odd, edge bool) {
	for k := 1; k < len(line); k++ {
		u, v := line[k-1], line[k]
		side := turn(u, v, p)
		if side == 0 && min(u[0], v[0]) <= p[0] && p[0] <= max(u[0], v[0]) && min(u[1], v[1]) <= p[1] && p[1] <= max(u[1], v[1]) {
			return false, true
		}
		if (u[1] > p[1]) != (v[1] > p[1]) && (side > 0) == (v[1] > u[1]) {
			odd = !odd
		}
	}
	return odd, false
}

// holds reports whether a place is in one of the shape's areas or on its edge.
func (r *Region) holds(p orb.Point) bool {
	for _, area := range r.areaRuns {
		in := false
		for _, run := range area {
			if p[1] < run.bound.Min[1] || p[1] > run.bound.Max[1] {
				continue
			}
			odd, edge := beside(run.line, p)
			if edge {
				return true
			}
			in = in != odd
		}
		if in {
			return true
		}
	}
	return false
}

// turn is more than 0 where c is to the left of the way from a to b.
func turn(a, b, c orb.Point) float64 {
	return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0])
}

// cross reports whether two segments share a place.
func cross(a, b, c, d orb.Point) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return turn(a, b, c)*turn(a, b, d) <= 0 && turn(c, d, a)*turn(c, d, b) <= 0
}
