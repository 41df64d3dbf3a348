package region_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/region"
)

// wander is a line of many vertices.
func wander(rnd *rand.Rand, n int) orb.LineString {
	line := orb.LineString{{120.8, 32}}
	for k := 1; k < n; k++ {
		line = append(line, orb.Point{line[k-1][0] + 0.004*(rnd.Float64()-0.5), line[k-1][1] + 0.004*(rnd.Float64()-0.45)})
	}
	return line
}

// The distance from a shape of many vertices is the least of those from its pieces, and
// within some metres is what is so far away.
func TestManyVerticesAreTheirPieces(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	line := wander(rnd, 1500)
	whole, err := region.New(line, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	var pieces []*region.Region
	for k := 0; k+1 < len(line); k += 7 {
		piece, err := region.New(line[k:min(k+8, len(line))], 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		pieces = append(pieces, piece)
	}
	for k := range 300 {
		on := line[rnd.IntN(len(line))]
		size := math.Pow(10, -4+4*rnd.Float64())
		at := orb.Point{on[0] + size*(rnd.Float64()-0.5), on[1] + size*(rnd.Float64()-0.5)}
		var g orb.Geometry = at
		switch k % 3 {
		case 1:
			g = orb.LineString(star(rnd, at, size, 6, false)[0][:4])
		case 2:
			g = star(rnd, at, size, 5, false)
		}
		want := geo.Metres(math.Inf(1))
		for _, p := range pieces {
			want = min(want, p.Metres(g))
		}
		got := whole.Metres(g)
		if math.Abs(float64(got-want)) > 1e-6*float64(want) {
			t.Fatalf("%v: %v m, the nearest piece is %v m away", g, got, want)
		}
		if whole.Touches(g) != (want == 0) {
			t.Fatalf("%v: touches %v, %v m", g, whole.Touches(g), want)
		}
	}
}

// A place is in an area of many vertices where a line from it to the east leaves the area an
// odd number of times.
func TestHoldsOfManyVertices(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	area := star(rnd, orb.Point{120.8, 32}, 0.3, 900, true)
	r, err := region.New(area, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for range 5000 {
		p := orb.Point{120.8 + 0.7*(rnd.Float64()-0.5), 32 + 0.7*(rnd.Float64()-0.5)}
		odd := false
		for _, ring := range area {
			for k := 1; k < len(ring); k++ {
				u, v := ring[k-1], ring[k]
				if (u[1] > p[1]) != (v[1] > p[1]) && p[0] < u[0]+(p[1]-u[1])/(v[1]-u[1])*(v[0]-u[0]) {
					odd = !odd
				}
			}
		}
		if r.Holds(p) != odd {
			t.Fatalf("%v: %v", p, !odd)
		}
		if odd {
			held++
		}
	}
	if held < 500 || held > 4500 {
		t.Errorf("too one-sided: %d", held)
	}
}
