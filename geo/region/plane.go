package region

import (
	"math"

	"github.com/paulmach/orb"
)

// plane measures on the ground around a latitude, in degrees: offsets in degrees become
// metres by the radii of curvature of the ellipsoid there. For two places some kilometres
// apart, with the latitude between them, the length is right to some millionths.
type plane struct{ lat float64 }

const (
	semiMajor = 6378137.0
	e2        = 0.00669438002290 // of CGCS2000
	degree    = math.Pi / 180
)

// east is the metres of a degree of longitude.
func (p plane) east() float64 {
	sin, cos := math.Sincos(p.lat * degree)
	return semiMajor / math.Sqrt(1-e2*sin*sin) * cos * degree
}

// north is the metres of a degree of latitude.
func (p plane) north() float64 {
	sin := math.Sin(p.lat * degree)
	w := 1 - e2*sin*sin
	return semiMajor * (1 - e2) / (w * math.Sqrt(w)) * degree
}

// around brings places into metres east and north of an origin, the latitude for a
// degree's length being the middle of both.
type around struct {
	origin             orb.Point
	north, east, slope float64 // slope: change of a degree of longitude a degree of latitude
}

func aroundOf(p orb.Point) around {
	const h = 0.01
	return around{
		p, plane{p[1]}.north(), plane{p[1]}.east(),
		(plane{p[1] + h}.east() - plane{p[1] - h}.east()) / (2 * h),
	}
}

func (a around) xy(p orb.Point) (x, y float64) {
	dy := p[1] - a.origin[1]
	return (p[0] - a.origin[0]) * (a.east + a.slope*dy/2), dy * a.north
}

// nearest is the place on the segment from p to q nearest to the origin, as a share of the
// way, and the square of its distance in metres.
func (a around) nearest(p, q orb.Point) (share, square float64) {
	px, py := a.xy(p)
	qx, qy := a.xy(q)
	dx, dy := qx-px, qy-py
	if length := dx*dx + dy*dy; length > 0 {
		share = min(max(-(px*dx+py*dy)/length, 0), 1)
	}
	x, y := px+share*dx, py+share*dy
	return share, x*x + y*y
}

func between(p, q orb.Point, share float64) orb.Point {
	return orb.Point{p[0] + share*(q[0]-p[0]), p[1] + share*(q[1]-p[1])}
}
