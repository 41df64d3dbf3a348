package region_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/region"
)

// star is a polygon around a place, in degrees, with a hole where asked for. Its edges are
// short: a long one bends in the plane in which Region measures shares.
func star(rnd *rand.Rand, at orb.Point, size float64, corners int, hole bool) orb.Polygon {
	ring := func(scale float64, radii []float64) (r orb.Ring) {
		for k, f := range radii {
			sin, cos := math.Sincos(2 * math.Pi * float64(k) / float64(len(radii)))
			p := orb.Point{at[0] + scale*size*f*cos, at[1] + scale*size*f*sin}
			sin, cos = math.Sincos(2 * math.Pi * float64(k+1) / float64(len(radii)))
			next := scale * size * radii[(k+1)%len(radii)]
			q := orb.Point{at[0] + next*cos, at[1] + next*sin}
			steps := 1 + math.Floor(100*math.Hypot(q[0]-p[0], q[1]-p[1]))
			for step := range int(steps) {
				share := float64(step) / steps
				x, y := geo.World(p[0]+share*(q[0]-p[0]), p[1]+share*(q[1]-p[1]))
				r = append(r, geo.LonLat(x, y))
			}
		}
		return append(r, r[0])
	}
	radii := make([]float64, corners)
	for k := range radii {
		radii[k] = 0.5 + 0.5*rnd.Float64()
	}
	p := orb.Polygon{ring(1, radii)}
	if hole {
		p = append(p, ring(0.6, radii))
	}
	return p
}

// A prepared region decides as the region itself, for small things and large ones.
func TestCoverIsTheRegion(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	seen := map[region.Relation]int{}
	for k := range 40 {
		centre := orb.Point{120.8, 32}
		var r *region.Region
		var err error
		switch k % 4 {
		case 0:
			r, err = region.New(centre, geo.Metres(500+40_000*rnd.Float64()), nil)
		case 1:
			r, err = region.New(star(rnd, centre, 0.3, 5+rnd.IntN(60), false), 0, nil)
		case 2:
			r, err = region.New(star(rnd, centre, 0.3, 5+rnd.IntN(200), true), 0, nil)
		case 3:
			two := orb.MultiPolygon{star(rnd, centre, 0.3, 30, true), star(rnd, centre, 0.15, 30, false)}
			r = region.FromAreas(two)
		}
		if err != nil {
			t.Fatal(err)
		}
		c := r.Cover()
		for range 250 {
			at := orb.Point{120.8 + 0.8*(rnd.Float64()-0.5), 32 + 0.8*(rnd.Float64()-0.5)}
			var g orb.Geometry
			switch size := math.Pow(10, -4.5+4*rnd.Float64()); rnd.IntN(3) {
			case 0:
				x, y := geo.World(at[0], at[1])
				g = geo.LonLat(x, y)
			case 1:
				g = star(rnd, at, size, 4+rnd.IntN(6), rnd.IntN(3) == 0)
			case 2:
				g = orb.LineString(star(rnd, at, size, 6, false)[0][:5])
			}
			relation, share := c.Relate(geo.BoundWorld(g.Bound()), func() orb.Geometry { return g })
			wantRelation, want := r.Relate(g)
			if relation != wantRelation || math.Abs(share-want) > 3e-4 {
				t.Fatalf("case %d, %v: %v %v, the region says %v %v", k, g, relation, share, wantRelation, want)
			}
			seen[relation]++
		}
	}
	if len(seen) != 3 || seen[region.Touched] < 200 {
		t.Errorf("too one-sided: %v", seen)
	}
}

// A rectangle whose sides lie on those of squares is still the rectangle.
func TestCoverOfARectangle(t *testing.T) {
	box := orb.Bound{Min: orb.Point{120.5, 31.9}, Max: orb.Point{120.9, 32.2}}
	r, err := region.New(box, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := r.Cover()
	for lon := 120.4; lon < 121; lon += 0.01 {
		for lat := 31.8; lat < 32.3; lat += 0.01 {
			p := orb.Point{lon + 0.003, lat + 0.003}
			relation, _ := c.Relate(geo.BoundWorld(p.Bound()), func() orb.Geometry { return p })
			if (relation == region.Inside) != box.Contains(p) {
				t.Fatalf("%v: %v", p, relation)
			}
		}
	}
}

func BenchmarkCoverOfACircle(b *testing.B) {
	r, _ := region.New(orb.Point{120.8, 32}, 60_000, nil)
	for b.Loop() {
		r.Cover()
	}
}
