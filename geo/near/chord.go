package near

import (
	"math"

	"onemap/geo"
)

// The normal curvature of the ellipsoid lies between 1/largest and 1/smallest in every
// place and direction. Hence, for the geodesic d between two points and their chord c:
//
//	2·largest·asin(c / 2·largest) ≤ d ≤ 2·smallest·asin(c / 2·smallest)
//
// The right side is Schur's comparison theorem: a curve that bends no more than a circle
// has no shorter chord. The left side holds because the ellipsoid, by Blaschke's rolling
// theorem, is an intersection of balls of radius largest, so that a way outside of it also
// goes around the spindle of all arcs of that radius between the two points, on whose
// surface such an arc is shortest. At 1 km the two sides are 0.02 µm apart, at 100 km 2 cm.
var (
	smallest = semiMinor * semiMinor / semiMajor // radius of the meridian at the equator
	largest  = semiMajor * semiMajor / semiMinor // radius at the poles
)

const (
	// rounding is more than the error of a chord between computed vectors, in metres.
	rounding = 2e-8
	// farthest is the length up to which the right side is used, in metres; beyond it
	// nearly antipodal points would need care.
	farthest = 1.5e7
	// short is the chord, in metres, up to which the length is computed from the chord.
	short = 3e4
)

// square is the squared chord between two positions, in m²; NaN when one is nowhere.
func square(a, b *vector) float64 {
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return x*x + y*y + z*z
}

// metres is the geodesic between two positions whose squared chord is c2. A short one is
// taken as the arc over the chord with the normal curvature in its direction at its
// middle, which is right to 0.01 µm; a longer one is Karney's geodesic.
func metres(a, b *vector, c2 float64) geo.Metres {
	if c2 > short*short {
		return geo.Distance(a.lonLat(), b.lonLat())
	}
	if c2 == 0 {
		return 0
	}
	// The curvature of x²/a² + y²/a² + z²/b² = 1 at p along t is tᵀAt / |Ap|, where
	// A = diag(1/a², 1/a², 1/b²).
	ea, eb := 1/(semiMajor*semiMajor), 1/(semiMinor*semiMinor)
	x, y, z := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	px, py, pz := (a[0]+b[0])/2*ea, (a[1]+b[1])/2*ea, (a[2]+b[2])/2*eb
	bend := (x*x+y*y)*ea + z*z*eb // c²·curvature, but for |Ap|
	u := bend * bend / (px*px + py*py + pz*pz) / c2
	// The arc over a chord is c·(1 + u/24 + 3u²/640 + …), u the square of c·curvature; the
	// chord's middle lies u/8 too deep, which is worth -u²/96.
	return geo.Metres(math.Sqrt(c2) * (1 + u*(1./24+u*(3./640-1./96))))
}

// rival is the squared chord beyond which no point can be as near as one at squared chord c2.
func rival(c2 float64) float64 {
	c := math.Sqrt(c2)
	switch {
	case c < 1e5:
		c += 2.2e-17 * c * c * c // the difference of the two sides' series, rounded up
	case c < 2*smallest*math.Sin(farthest/(2*smallest)):
		c = 2 * largest * math.Sin(smallest/largest*math.Asin(c/(2*smallest)))
	default:
		return math.Inf(1)
	}
	c += rounding
	return c * c
}

// reach is a limit in metres with the squared chords that decide it: up to sure a point is
// within the limit, beyond out it is not, and between them its metres decide.
type reach struct {
	limit     geo.Metres
	sure, out float64
}

// within makes the reach of a limit. NaN and negative limits reach nothing.
func within(limit geo.Metres) reach {
	d := float64(limit)
	if !(d >= 0) {
		return reach{limit: -1, sure: -1, out: -1}
	}
	r := reach{limit, 0, math.Inf(1)}
	if d < farthest {
		c := 2*largest*math.Sin(d/(2*largest)) + rounding
		r.out = c * c
	}
	if c := 2*smallest*math.Sin(min(d, farthest)/(2*smallest)) - rounding; c > 0 {
		r.sure = c * c
	}
	return r
}

// holds reports whether b, at squared chord c2 from a, is within the limit.
func (r reach) holds(a, b *vector, c2 float64) bool {
	return c2 <= r.sure || c2 <= r.out && metres(a, b, c2) <= r.limit
}
