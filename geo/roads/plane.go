package roads

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// radii gives the metres of a degree of longitude and of latitude at a latitude, on the
// ellipsoid of CGCS2000.
func radii(lat float64) (perLon, perLat float64) {
	f := 1 / geo.CGCS2000Ellipsoid.InverseFlattening
	e2 := f * (2 - f)
	s, c := math.Sincos(lat * math.Pi / 180)
	w := 1 - e2*s*s
	n := geo.CGCS2000Ellipsoid.SemiMajor / math.Sqrt(w)
	return n * c * math.Pi / 180, n * (1 - e2) / w * math.Pi / 180
}

// short is the largest difference in degrees for which length uses the middle latitude.
const short = 0.02

// length is the geodesic distance in metres. Pieces of up to 2 km, which nearly all are,
// use the radii of curvature at the middle latitude: off by less than 1e-7 of the length
// up to 70° of latitude, and forty times as quick.
func length(a, b orb.Point) float64 {
	dx, dy := b[0]-a[0], b[1]-a[1]
	if math.Abs(dx) > short || math.Abs(dy) > short || math.Abs(a[1]) > 70 {
		return float64(geo.Distance(a, b))
	}
	perLon, perLat := radii((a[1] + b[1]) / 2)
	return math.Hypot(dx*perLon, dy*perLat)
}

// plane is a flat map around a centre: metres east and north, with the radii at the centre.
type plane struct {
	centre         orb.Point
	perLon, perLat float64
}

func newPlane(centre orb.Point) plane {
	perLon, perLat := radii(centre[1])
	return plane{centre, perLon, perLat}
}

func (p plane) xy(q orb.Point) [2]float64 {
	return [2]float64{(q[0] - p.centre[0]) * p.perLon, (q[1] - p.centre[1]) * p.perLat}
}

// stretch gives the true metres of a metre of the plane, east and north, at a latitude.
func (p plane) stretch(lat float64) (x, y float64) {
	perLon, perLat := radii(lat)
	return perLon / p.perLon, perLat / p.perLat
}
