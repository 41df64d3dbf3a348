package sample

import (
	"math"

	"github.com/paulmach/orb"
)

// The plane is a flat map of the city: metres east and north of 120.9° E, 32° N, with
// the radii of CGCS2000 at 32°. Straight lines stay straight; lengths are right to 1 %
// everywhere in the city. Shapes that need true metres use a frame instead.
const (
	originLon = 120.9
	originLat = 32.0
)

var (
	perLon = metresPerLon(originLat)
	perLat = metresPerLat(originLat)
)

// metresPerLon is the length of a degree of longitude at a latitude on CGCS2000.
func metresPerLon(lat float64) float64 {
	const a, e2 = 6378137, 0.00669438002290
	phi := lat * math.Pi / 180
	return math.Pi / 180 * a * math.Cos(phi) / math.Sqrt(1-e2*math.Sin(phi)*math.Sin(phi))
}

// metresPerLat is the length of a degree of latitude at a latitude on CGCS2000.
func metresPerLat(lat float64) float64 {
	const a, e2 = 6378137, 0.00669438002290
	s := math.Sin(lat * math.Pi / 180)
	return math.Pi / 180 * a * (1 - e2) / math.Pow(1-e2*s*s, 1.5)
}

// xy is a place in the plane, metres.
type xy struct{ x, y float64 }

func (a xy) plus(b xy) xy               { return xy{a.x + b.x, a.y + b.y} }
func (a xy) minus(b xy) xy              { return xy{a.x - b.x, a.y - b.y} }
func (a xy) times(k float64) xy         { return xy{a.x * k, a.y * k} }
func (a xy) dot(b xy) float64           { return a.x*b.x + a.y*b.y }
func (a xy) cross(b xy) float64         { return a.x*b.y - a.y*b.x }
func (a xy) length() float64            { return math.Hypot(a.x, a.y) }
func (a xy) distance(b xy) float64      { return math.Hypot(a.x-b.x, a.y-b.y) }
func (a xy) towards(b xy, t float64) xy { return xy{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }

func (a xy) turned(angle float64) xy {
	s, c := math.Sincos(angle)
	return xy{a.x*c - a.y*s, a.x*s + a.y*c}
}

// lonLat gives degrees, rounded to 1e-7 (a centimetre).
func (a xy) lonLat() orb.Point {
	return orb.Point{round7(originLon + a.x/perLon), round7(originLat + a.y/perLat)}
}

func plane(p orb.Point) xy {
	return xy{(p[0] - originLon) * perLon, (p[1] - originLat) * perLat}
}

func at(lon, lat float64) xy { return plane(orb.Point{lon, lat}) }

func round7(v float64) float64 { return math.Round(v*1e7) / 1e7 }

// frame is a small flat map of true metres around a point, turned by an angle.
type frame struct {
	center         orb.Point
	perLon, perLat float64
	sin, cos       float64
}

func newFrame(center orb.Point, angle float64) frame {
	s, c := math.Sincos(angle)
	return frame{center, metresPerLon(center[1]), metresPerLat(center[1]), s, c}
}

// lonLat gives the degrees, rounded to 1e-7, of a place in the frame.
func (f frame) lonLat(x, y float64) orb.Point {
	return orb.Point{
		round7(f.center[0] + (x*f.cos-y*f.sin)/f.perLon),
		round7(f.center[1] + (x*f.sin+y*f.cos)/f.perLat),
	}
}

// rectangle is a closed anticlockwise ring of w by h metres whose middle is at x, y.
func (f frame) rectangle(x, y, w, h float64) orb.Ring {
	w, h = w/2, h/2
	a := f.lonLat(x-w, y-h)
	return orb.Ring{a, f.lonLat(x+w, y-h), f.lonLat(x+w, y+h), f.lonLat(x-w, y+h), a}
}

// around is a closed anticlockwise ring of n corners about a point; radius gives the
// distance in metres by angle.
func around(center orb.Point, n int, radius func(angle float64) float64) orb.Ring {
	f := newFrame(center, 0)
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		angle := 2 * math.Pi * float64(i) / float64(n)
		r := radius(angle)
		ring = append(ring, f.lonLat(r*math.Cos(angle), r*math.Sin(angle)))
	}
	return append(ring, ring[0])
}

// pathLength is the length in metres of a line of degrees, right to about 1e-5.
func pathLength(line orb.LineString) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		lat := (line[i][1] + line[i-1][1]) / 2
		sum += math.Hypot((line[i][0]-line[i-1][0])*metresPerLon(lat), (line[i][1]-line[i-1][1])*metresPerLat(lat))
	}
	return sum
}
