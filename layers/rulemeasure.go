package layers

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// eachPoint calls f for every vertex.
func eachPoint(g orb.Geometry, f func(orb.Point)) {
	if p, ok := g.(orb.Point); ok {
		f(p)
		return
	}
	if m, ok := g.(orb.MultiPoint); ok {
		for _, p := range m {
			f(p)
		}
		return
	}
	eachLine(g, func(line []orb.Point, _ bool) {
		for _, p := range line {
			f(p)
		}
	})
}

// eachLine calls f for every line or ring that has a point.
func eachLine(g orb.Geometry, f func(line []orb.Point, ring bool)) {
	rings := func(p orb.Polygon) {
		for _, r := range p {
			if len(r) > 0 {
				f(r, true)
			}
		}
	}
	switch g := g.(type) {
	case orb.LineString:
		if len(g) > 0 {
			f(g, false)
		}
	case orb.MultiLineString:
		for _, line := range g {
			if len(line) > 0 {
				f(line, false)
			}
		}
	case orb.Polygon:
		rings(g)
	case orb.MultiPolygon:
		for _, p := range g {
			rings(p)
		}
	}
}

// scale is metres a degree of longitude and of latitude about a place, on the ellipsoid.
type scale struct{ x, y float64 }

var (
	semiMajor    = geo.CGCS2000Ellipsoid.SemiMajor
	flattening   = 1 / geo.CGCS2000Ellipsoid.InverseFlattening
	eccentricity = math.Sqrt(flattening * (2 - flattening)) // the first
)

func scaleAt(p orb.Point) scale {
	sin, cos := math.Sincos(p[1] * math.Pi / 180)
	w := 1 - eccentricity*eccentricity*sin*sin
	n := semiMajor / math.Sqrt(w)                // radius in the prime vertical
	m := n * (1 - eccentricity*eccentricity) / w // in the meridian
	return scale{n * cos * math.Pi / 180, m * math.Pi / 180}
}

// ring is the area and the length of a small ring.
func (m scale) ring(line []orb.Point) (area, around float64) {
	o := line[0]
	for i := 1; i < len(line); i++ {
		ax, ay := (line[i-1][0]-o[0])*m.x, (line[i-1][1]-o[1])*m.y
		bx, by := (line[i][0]-o[0])*m.x, (line[i][1]-o[1])*m.y
		area += ax*by - bx*ay
		around += math.Hypot(bx-ax, by-ay)
	}
	return math.Abs(area) / 2, around
}

// boundOf is the box of a geometry, as its Bound, which takes longer.
func boundOf(g orb.Geometry) orb.Bound {
	b := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	eachLine(g, func(line []orb.Point, _ bool) {
		for _, p := range line {
			b.Min[0], b.Min[1] = min(b.Min[0], p[0]), min(b.Min[1], p[1])
			b.Max[0], b.Max[1] = max(b.Max[0], p[0]), max(b.Max[1], p[1])
		}
	})
	return b
}

// small is the extent in degrees up to which a shape is measured in the plane about its
// middle, with an error under a millionth.
const small = 0.02

// areaOf is the area of polygons on the ellipsoid in m², holes left out.
func areaOf(g orb.Geometry) float64 {
	b := boundOf(g)
	local := b.Max[0]-b.Min[0] < small && b.Max[1]-b.Min[1] < small
	m := scaleAt(b.Center())
	sum := 0.0
	polygon := func(p orb.Polygon) {
		for i, r := range p {
			a := 0.0
			if local {
				a, _ = m.ring(r)
			} else {
				a = authalic(r)
			}
			if i > 0 {
				a = -a
			}
			sum += a
		}
	}
	switch g := g.(type) {
	case orb.Polygon:
		polygon(g)
	case orb.MultiPolygon:
		for _, p := range g {
			polygon(p)
		}
	}
	return sum
}

// authalic is the area of a ring in the cylindrical projection that keeps areas (Snyder,
// Map Projections: A Working Manual, eq. 3-12 and 10-14), where edges are straight.
func authalic(ring orb.Ring) float64 {
	const radian = math.Pi / 180
	e := eccentricity
	project := func(p orb.Point) (x, y float64) {
		sin := math.Sin(p[1] * radian)
		q := (1 - e*e) * (sin/(1-e*e*sin*sin) + math.Atanh(e*sin)/e)
		return semiMajor * (p[0] - ring[0][0]) * radian, semiMajor * q / 2
	}
	x0, y0 := project(ring[0])
	base := y0
	sum := 0.0
	for _, p := range ring[1:] {
		x1, y1 := project(p)
		sum += x0*(y1-base) - x1*(y0-base)
		x0, y0 = x1, y1
	}
	return math.Abs(sum) / 2
}

// lengthOf is the length of lines on the ellipsoid in metres. Steps under two kilometres
// are measured in the plane about their middle.
func lengthOf(g orb.Geometry) float64 {
	sum := 0.0
	eachLine(g, func(line []orb.Point, _ bool) {
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			if math.Abs(a[0]-b[0]) < small && math.Abs(a[1]-b[1]) < small {
				m := scaleAt(orb.Point{a[0], (a[1] + b[1]) / 2})
				sum += math.Hypot((b[0]-a[0])*m.x, (b[1]-a[1])*m.y)
			} else {
				sum += float64(geo.Distance(a, b))
			}
		}
	})
	return sum
}
