package detect

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// plane turns degrees into metres around one place. Over a city its scale is right to a
// hundredth, which is enough to tell shifts of half a kilometre apart.
type plane struct {
	origin orb.Point
	perX   float64 // metres per degree
	perY   float64
}

func planeAt(p orb.Point) plane {
	east, north := metresPerDegree(p[1])
	return plane{p, east, north}
}

func (p plane) metres(q orb.Point) xy {
	return xy{(q[0] - p.origin[0]) * p.perX, (q[1] - p.origin[1]) * p.perY}
}

// xy is a place in a plane, in metres.
type xy [2]float64

func (a xy) minus(b xy) xy     { return xy{a[0] - b[0], a[1] - b[1]} }
func (a xy) plus(b xy) xy      { return xy{a[0] + b[0], a[1] + b[1]} }
func (a xy) length() float64   { return math.Sqrt(a[0]*a[0] + a[1]*a[1]) }
func (a xy) from(b xy) float64 { return a.minus(b).length() }
func (a xy) cell(m float64) [2]int32 {
	return [2]int32{int32(math.Floor(a[0] / m)), int32(math.Floor(a[1] / m))}
}

// metresPerDegree are the lengths of a degree of longitude and of latitude at a latitude.
func metresPerDegree(lat float64) (east, north float64) {
	e := geo.CGCS2000Ellipsoid
	f := 1 / e.InverseFlattening
	e2 := f * (2 - f)
	sin, cos := math.Sincos(lat * math.Pi / 180)
	w := math.Sqrt(1 - e2*sin*sin)
	return math.Pi / 180 * e.SemiMajor / w * cos, math.Pi / 180 * e.SemiMajor * (1 - e2) / (w * w * w)
}
