// Package near finds, among many points on the ellipsoid, those nearest to a place or
// within some metres of it, and for many places the nearest of a few facilities. Metres
// are geodesic. Points are held as earth-centred coordinates, so neither the antimeridian
// nor the poles are special; the straight chord between two of them bounds the geodesic
// from both sides (see chord.go), so that the geodesic itself is needed for few.
package near

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"onemap/geo"
)

var (
	semiMajor    = geo.CGCS2000Ellipsoid.SemiMajor
	flattening   = 1 / geo.CGCS2000Ellipsoid.InverseFlattening
	semiMinor    = semiMajor * (1 - flattening)
	eccentricity = flattening * (2 - flattening) // squared
)

// vector is a position in earth-centred coordinates, in metres: x to longitude 0 on the
// equator, z to the north pole. NaN is nowhere.
type vector [3]float64

var nowhere = vector{math.NaN(), math.NaN(), math.NaN()}

// Points are positions on the ellipsoid of CGCS2000, by number from 0. A point that has
// no position is nowhere: it keeps its number and is never found.
type Points struct {
	at []vector
	// order gives the numbers of the points so that those that follow one another are close.
	order func() []int32
}

func points(at []vector) Points {
	return Points{at, sync.OnceValue(func() []int32 { return arrange(at) })}
}

// FromLonLat makes points of longitudes and latitudes in degrees. NaN, infinities and
// latitudes beyond ±90 are nowhere.
func FromLonLat(ps []orb.Point) Points {
	at := make([]vector, len(ps))
	parallel(len(ps), func(lo, hi int) {
		for i, p := range ps[lo:hi] {
			at[lo+i] = fromLonLat(p)
		}
	})
	return points(at)
}

// FromWorld makes points of Web Mercator world coordinates (geo.World); each is the
// middle of its world unit. Both slices have the same length.
func FromWorld(xs, ys []uint32) Points {
	at := make([]vector, len(xs))
	parallel(len(xs), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			at[i] = fromWorld(xs[i], ys[i])
		}
	})
	return points(at)
}

// Len is the number of points, those that are nowhere included.
func (p Points) Len() int { return len(p.at) }

// LonLat is the position of point i in degrees; NaN for one that is nowhere.
func (p Points) LonLat(i int) orb.Point { return p.at[i].lonLat() }

func fromLonLat(p orb.Point) vector {
	if !(math.Abs(p[1]) <= 90) || math.IsInf(p[0], 0) || math.IsNaN(p[0]) {
		return nowhere
	}
	sinPhi, cosPhi := math.Sincos(p[1] * (math.Pi / 180))
	return onEllipsoid(sinPhi, cosPhi, p[0]*(math.Pi/180))
}

// fromWorld needs no latitude: with ψ = π(1 - 2y/2^32), sin φ = tanh ψ and cos φ = 1/cosh ψ.
func fromWorld(x, y uint32) vector {
	const side = 1 << 32
	e := math.Exp(math.Pi * (1 - 2*(float64(y)+0.5)/side))
	d := 1 / (e*e + 1)
	return onEllipsoid((e*e-1)*d, 2*e*d, (2*(float64(x)+0.5)/side-1)*math.Pi)
}

func onEllipsoid(sinPhi, cosPhi, lambda float64) vector {
	n := semiMajor / math.Sqrt(1-eccentricity*sinPhi*sinPhi)
	sin, cos := math.Sincos(lambda)
	return vector{n * cosPhi * cos, n * cosPhi * sin, n * (1 - eccentricity) * sinPhi}
}

// lonLat is the longitude and latitude, in degrees, of a vector on the ellipsoid.
func (v vector) lonLat() orb.Point {
	return orb.Point{
		math.Atan2(v[1], v[0]) * (180 / math.Pi),
		math.Atan2(v[2], (1-eccentricity)*math.Hypot(v[0], v[1])) * (180 / math.Pi),
	}
}

// somewhere reports whether the vector is a position.
func (v vector) somewhere() bool { return v[0] == v[0] }

// batch is how many points a worker takes at a time.
const batch = 8192

// parallel calls do for consecutive ranges of 0…n-1, on the cores that there are.
func parallel(n int, do func(lo, hi int)) {
	workers := min(runtime.GOMAXPROCS(0), (n+batch-1)/batch)
	if workers < 2 {
		if n > 0 {
			do(0, n)
		}
		return
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for {
				lo := int(next.Add(batch)) - batch
				if lo >= n {
					return
				}
				do(lo, min(lo+batch, n))
			}
		})
	}
	all.Wait()
}
