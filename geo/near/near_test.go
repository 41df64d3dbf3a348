package near_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"onemap/geo"
	"onemap/geo/near"
)

// tolerance is how far metres may be from geo.Distance.
const tolerance = 2e-8

// scenes are parts of the earth and the spread of points in them, in degrees.
var scenes = []struct {
	name   string
	center orb.Point
	spread float64
}{
	{"a street", orb.Point{120.86, 32.01}, 0.002},
	{"a city", orb.Point{120.86, 32.01}, 0.5},
	{"a country", orb.Point{105, 35}, 20},
	{"the antimeridian", orb.Point{180, -16}, 0.1},
	{"the north pole", orb.Point{0, 90}, 2},
	{"the south pole", orb.Point{77, -90}, 0.01},
	{"the equator", orb.Point{-180, 0}, 1},
	{"the earth", orb.Point{0, 0}, 180},
}

// place is a point of a scene. Some lie on a coarse grid, so that there are equal ones.
func place(r *rand.Rand, scene int) orb.Point {
	s := scenes[scene]
	at := func() float64 {
		if r.IntN(3) == 0 {
			return float64(r.IntN(7)-3) / 3 * s.spread
		}
		return (2*r.Float64() - 1) * s.spread
	}
	p := orb.Point{s.center[0] + at(), s.center[1] + at()}
	if math.Abs(s.center[1]) == 90 {
		p[0] = r.Float64() * 360
	}
	p[1] = math.Remainder(p[1], 360)
	if math.Abs(p[1]) > 90 {
		p[1] = math.Copysign(180-math.Abs(p[1]), p[1])
	}
	return p
}

func places(r *rand.Rand, scene, n int) []orb.Point {
	ps := make([]orb.Point, n)
	for i := range ps {
		ps[i] = place(r, scene)
		switch r.IntN(20) {
		case 0:
			ps[i] = orb.Point{math.NaN(), 32}
		case 1:
			ps[i] = ps[r.IntN(i+1)]
		}
	}
	return ps
}

// limitOf is a limit that some points are within, at times the very distance of one.
func limitOf(r *rand.Rand, q orb.Point, ps []orb.Point) geo.Metres {
	d := geo.Metres(math.NaN())
	if len(ps) > 0 {
		d = geo.Distance(q, ps[r.IntN(len(ps))])
	}
	switch {
	case r.IntN(4) == 0 || math.IsNaN(float64(d)):
		return geo.Metres(math.Inf(1))
	case r.IntN(2) == 0:
		return d
	}
	return d * geo.Metres(r.Float64())
}

// check holds points that were found, in order, against the distances of all.
func check(t *rapid.T, found []near.Found, q orb.Point, ps []orb.Point, k int, limit geo.Metres, fits func(int) bool) {
	t.Helper()
	var within []geo.Metres
	for i, p := range ps {
		if d := geo.Distance(q, p); fits(i) && d <= limit-tolerance {
			within = append(within, d)
		}
	}
	slices.Sort(within)
	if len(found) < min(k, len(within)) || len(found) > k {
		t.Fatalf("%d found, of %d within %v m, %d asked for", len(found), len(within), limit, k)
	}
	seen := map[int]bool{}
	for n, f := range found {
		d := geo.Distance(q, ps[f.I])
		switch {
		case seen[f.I] || !fits(f.I):
			t.Fatalf("point %d is there twice or does not fit", f.I)
		case math.Abs(float64(d-f.Metres)) > tolerance:
			t.Fatalf("point %d is said to be %.9f m away, and is %.9f", f.I, f.Metres, d)
		case !(d <= limit+tolerance):
			t.Fatalf("point %d is %v m away, beyond %v", f.I, d, limit)
		case n < len(within) && d > within[n]+tolerance:
			t.Fatalf("number %d is %.9f m away, but one is %.9f", n, d, within[n])
		case n > 0 && (f.Metres < found[n-1].Metres || f.Metres == found[n-1].Metres && f.I < found[n-1].I):
			t.Fatalf("%v comes after %v", f, found[n-1])
		}
		seen[f.I] = true
	}
}

func TestNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		scene := rapid.IntRange(0, len(scenes)-1).Draw(t, "scene")
		ps := places(r, scene, rapid.IntRange(0, 200).Draw(t, "points"))
		x := near.Build(near.FromLonLat(ps))
		for range 5 {
			q := place(r, scene)
			if len(ps) > 0 && r.IntN(4) == 0 {
				q = ps[0]
			}
			k := 1 + r.IntN(20)
			limit := limitOf(r, q, ps)
			fits, asked := func(int) bool { return true }, (func(int) bool)(nil)
			if r.IntN(2) == 0 {
				fits = func(i int) bool { return i%3 != 0 }
				asked = fits
			}
			check(t, x.Nearest(q, k, limit, asked), q, ps, k, limit, fits)
		}
	})
}

func TestWithin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
		scene := rapid.IntRange(0, len(scenes)-1).Draw(t, "scene")
		ps := places(r, scene, rapid.IntRange(0, 200).Draw(t, "points"))
		q := place(r, scene)
		limit := limitOf(r, q, ps)
		x := near.Build(near.FromLonLat(ps))
		found := slices.Sorted(x.Within(q, limit))
		if len(slices.Compact(slices.Clone(found))) != len(found) {
			t.Fatal("a point is there twice")
		}
		for i, p := range ps {
			d := geo.Distance(q, p)
			_, in := slices.BinarySearch(found, i)
			if in != (d <= limit) && !(math.Abs(float64(d-limit)) <= tolerance) {
				t.Fatalf("point %d at %v m: within %v m is %v", i, d, limit, in)
			}
		}
		for range x.Within(q, limit) {
			break // a search that is left early ends
		}
	})
}

// checkCoverage holds a coverage against Nearest, which has its own test.
func checkCoverage(t *rapid.T, c *near.Coverage, ps, facilities []orb.Point, limit geo.Metres) {
	t.Helper()
	x := near.Build(near.FromLonLat(facilities))
	for i, p := range ps {
		want := near.Found{I: -1, Metres: geo.Metres(math.Inf(1))}
		if f := x.Nearest(p, 1, limit, nil); len(f) > 0 {
			want = f[0]
		}
		got := near.Found{I: int(c.Facility[i]), Metres: c.Metres[i]}
		// A place at the very limit may fall to either side: vectors are made of degrees, or degrees of vectors.
		atLimit := (got.I < 0) != (want.I < 0) && math.Abs(float64(min(got.Metres, want.Metres)-limit)) <= tolerance
		if got != want && !(math.Abs(float64(got.Metres-want.Metres)) <= tolerance) && !atLimit {
			t.Fatalf("the facility nearest to place %d is %v, want %v", i, got, want)
		}
	}
}

func TestCoverage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 3))
		scene := rapid.IntRange(0, len(scenes)-1).Draw(t, "scene")
		ps := places(r, scene, rapid.IntRange(0, 100).Draw(t, "places"))
		facilities := places(r, scene, rapid.IntRange(0, 40).Draw(t, "facilities"))
		limit := limitOf(r, place(r, scene), ps)
		demand := near.FromLonLat(ps)
		c, err := near.Cover(context.Background(), demand, near.FromLonLat(facilities), limit)
		if err != nil {
			t.Fatal(err)
		}
		checkCoverage(t, c, ps, facilities, limit)
		before := slices.Clone(c.Facility)
		more := places(r, scene, r.IntN(3))
		with, changed := c.With(near.FromLonLat(more))
		facilities = slices.Concat(facilities, more)
		checkCoverage(t, with, ps, facilities, limit)
		checkChanged(t, c, with, changed)
		if len(facilities) > 0 {
			f := r.IntN(len(facilities))
			without, changed := with.Without(f)
			closed := slices.Clone(facilities)
			closed[f] = orb.Point{math.NaN(), 0}
			checkCoverage(t, without, ps, closed, limit)
			checkChanged(t, with, without, changed)
			if !math.IsNaN(without.Position(f)[0]) {
				t.Fatal("a closed facility has a position")
			}
		}
		if !slices.Equal(before, c.Facility) {
			t.Fatal("a coverage has changed")
		}
	})
}

func checkChanged(t *rapid.T, old, next *near.Coverage, changed []int32) {
	t.Helper()
	var want []int32
	for i := range old.Facility {
		if old.Facility[i] != next.Facility[i] {
			want = append(want, int32(i))
		}
	}
	if !slices.Equal(changed, want) {
		t.Fatalf("changed are %v, said to be %v", want, changed)
	}
}

func TestFromWorld(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Uint32().Draw(t, "x"), rapid.Uint32().Draw(t, "y")
		p := near.FromWorld([]uint32{x}, []uint32{y}).LonLat(0)
		if d := geo.Distance(p, geo.LonLat(x, y)); !(d < 1e-8) {
			t.Errorf("%v is %v m from %v", p, d, geo.LonLat(x, y))
		}
	})
}

func TestNowhere(t *testing.T) {
	ps := []orb.Point{{math.NaN(), 0}, {0, math.NaN()}, {0, 91}, {math.Inf(1), 0}, {0, math.Inf(-1)}}
	x := near.Build(near.FromLonLat(append(ps, orb.Point{120, 32})))
	for _, p := range ps {
		if found := x.Nearest(p, 3, 1e9, nil); len(found) > 0 {
			t.Errorf("found %v from %v", found, p)
		}
		for i := range x.Within(p, 1e9) {
			t.Errorf("found %d from %v", i, p)
		}
	}
	for _, limit := range []geo.Metres{-1, geo.Metres(math.NaN())} {
		if found := x.Nearest(orb.Point{120, 32}, 3, limit, nil); len(found) > 0 {
			t.Errorf("found %v within %v m", found, limit)
		}
	}
	if found := x.Nearest(orb.Point{480, 32}, 9, tolerance, nil); len(found) != 1 || found[0].I != len(ps) {
		t.Errorf("a point at the place itself, once around the earth: %v", found)
	}
	if _, err := near.Cover(cancelled(), near.FromLonLat(ps), near.FromLonLat(ps), 1); err == nil {
		t.Error("what was cancelled is answered")
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
