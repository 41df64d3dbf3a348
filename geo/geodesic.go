package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/tidwall/geodesic"
)

// cgcs2000Earth computes geodesics (Karney, Algorithms for geodesics, 2013) on the
// ellipsoid of CGCS2000. On that of WGS 84 the lengths differ by less than 1 mm in 10,000 km.
var cgcs2000Earth = geodesic.NewEllipsoid(CGCS2000Ellipsoid.SemiMajor, 1/CGCS2000Ellipsoid.InverseFlattening)

// Distance is the length of the shortest way on the ellipsoid between two points of
// longitude and latitude in degrees, right to nanometres. NaN gives NaN.
func Distance(a, b orb.Point) Metres {
	var s float64
	cgcs2000Earth.Inverse(a[1], a[0], b[1], b[0], &s, nil, nil)
	return Metres(s)
}

// Direction is the azimuth at a of the geodesic to b: 0 is north, 90 east, in (-180, 180].
func Direction(a, b orb.Point) Degrees {
	var azimuth float64
	cgcs2000Earth.Inverse(a[1], a[0], b[1], b[0], nil, &azimuth, nil)
	return Degrees(azimuth)
}

// Destination is the point at distance d from p along the geodesic that starts at the
// given azimuth (0 north, 90 east). Its longitude is within 180° of p's, so a shape
// drawn around p stays in one piece across the antimeridian.
func Destination(p orb.Point, azimuth Degrees, d Metres) orb.Point {
	var lat, lon float64
	cgcs2000Earth.Direct(p[1], p[0], float64(azimuth), float64(d), &lat, &lon, nil)
	lon += 360 * math.Round((p[0]-lon)/360)
	return orb.Point{lon, lat}
}

// Circle is the polygon of n corners, all at the given geodesic distance from the
// centre, as one closed anticlockwise ring starting north. Fewer than 4 corners are
// taken as 4. Its edges run inside the true circle by radius·(1-cos(180°/n)): 0.5 % with 32, 0.03 % with 128.
func Circle(center orb.Point, radius Metres, n int) orb.Polygon {
	n = max(n, 4)
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		ring = append(ring, Destination(center, Degrees(-360*float64(i)/float64(n)), radius))
	}
	return orb.Polygon{append(ring, ring[0])}
}
