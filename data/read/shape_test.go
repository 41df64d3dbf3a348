package read_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"onemap/data/read"
)

func reversed(points []orb.Point) []orb.Point {
	out := make([]orb.Point, 0, len(points))
	for i := len(points) - 1; i >= 0; i-- {
		out = append(out, points[i])
	}
	return out
}

// one reads a shapefile of a single record.
func one(t testing.TB, kind uint32, r record) *read.Row {
	t.Helper()
	shp, shx := shapes(kind, 0, r)
	return readAll(t, files{"a.shp": shp, "a.shx": shx}.folder(t), read.Options{}).rows[0]
}

func TestShapes(t *testing.T) {
	a, b, c := orb.Point{120, 31}, orb.Point{121, 32}, orb.Point{122, 31}
	big, small, island := square(0, 0, 10), square(0, 0, 5), square(0, 0, 1)
	far := square(100, 0, 1)
	ccw := func(p []orb.Point) orb.Ring { return reversed(p) } // squares are clockwise
	cw := func(p []orb.Point) orb.Ring { return p }
	zm := make([]byte, 2*(16+8*3)) // the ranges and values of Z and M of three points
	tests := map[string]struct {
		kind  uint32
		r     record
		want  orb.Geometry
		rules []read.Rule
	}{
		"null":               {1, nullShape(), nil, nil},
		"point":              {1, pointShape(1, a), a, nil},
		"point Z":            {11, pointShape(11, a, 5, 6), a, nil},
		"point M":            {21, pointShape(21, a, 5), a, nil},
		"point not a number": {1, pointShape(1, orb.Point{math.NaN(), 1}), nil, []read.Rule{read.BadGeometry}},
		"point cut":          {1, pointShape(1, a)[:12], nil, []read.Rule{read.BadGeometry}},
		"points":             {8, multiPointShape(8, a, b), orb.MultiPoint{a, b}, nil},
		"points Z":           {18, multiPointShape(18, a, b), orb.MultiPoint{a, b}, nil},
		"no points":          {8, multiPointShape(8), nil, []read.Rule{read.EmptyGeometry}},
		"line":               {3, partShape(3, nil, []orb.Point{a, b, c}), orb.LineString{a, b, c}, nil},
		"line ZM":            {13, partShape(13, zm, []orb.Point{a, b, c}), orb.LineString{a, b, c}, nil},
		"line M":             {23, partShape(23, zm[:40], []orb.Point{a, b, c}), orb.LineString{a, b, c}, nil},
		"lines":              {3, partShape(3, nil, []orb.Point{a, b}, []orb.Point{b, c}), orb.MultiLineString{{a, b}, {b, c}}, nil},
		"line with a stub":   {3, partShape(3, nil, []orb.Point{a}, []orb.Point{b, c}), orb.LineString{b, c}, []read.Rule{read.PartDropped}},
		"a stub alone":       {3, partShape(3, nil, []orb.Point{a}), nil, []read.Rule{read.PartDropped, read.EmptyGeometry}},
		"no parts":           {3, partShape(3, nil), nil, []read.Rule{read.EmptyGeometry}},
		"polygon":            {5, partShape(5, nil, big), orb.Polygon{ccw(big)}, nil},
		"polygon, turned":    {5, partShape(5, nil, reversed(big)), orb.Polygon{ccw(big)}, nil},
		"polygon Z":          {15, partShape(15, zm, big), orb.Polygon{ccw(big)}, nil},
		"hole":               {5, partShape(5, nil, big, reversed(small)), orb.Polygon{ccw(big), cw(small)}, nil},
		"hole, not turned":   {5, partShape(5, nil, big, small), orb.Polygon{ccw(big), cw(small)}, nil},
		"hole before shell":  {5, partShape(5, nil, reversed(small), big), orb.Polygon{ccw(big), cw(small)}, nil},
		"island in a hole":   {5, partShape(5, nil, island, small, big), orb.MultiPolygon{{ccw(island)}, {ccw(big), cw(small)}}, nil},
		"two shells":         {5, partShape(5, nil, big, far), orb.MultiPolygon{{ccw(big)}, {ccw(far)}}, nil},
		"hole of the second": {5, partShape(5, nil, far, reversed(small), big), orb.MultiPolygon{{ccw(far)}, {ccw(big), cw(small)}}, nil},
		"open ring":          {5, partShape(5, nil, big[:4]), orb.Polygon{ccw(big)}, []read.Rule{read.RingClosed}},
		"ring without area":  {5, partShape(5, nil, []orb.Point{a, b, a, b, a}, big), orb.Polygon{ccw(big)}, []read.Rule{read.PartDropped}},
		"only such a ring":   {5, partShape(5, nil, []orb.Point{a, b, a}), nil, []read.Rule{read.PartDropped, read.EmptyGeometry}},
		"hole touching with a corner": {
			5, partShape(5, nil, big, []orb.Point{{-10, 0}, {0, 1}, {0, -1}, {-10, 0}}),
			orb.Polygon{ccw(big), {{-10, 0}, {0, 1}, {0, -1}, {-10, 0}}},
			nil,
		},
		"hole with all corners on the shell": {
			5, partShape(5, nil, big, []orb.Point{{-10, 0}, {0, 10}, {10, 0}, {-10, 0}}),
			orb.Polygon{ccw(big), {{-10, 0}, {0, 10}, {10, 0}, {-10, 0}}},
			nil,
		},
		"neighbour along an edge": {5, partShape(5, nil, big, square(11, 0, 1)), orb.MultiPolygon{{ccw(big)}, {ccw(square(11, 0, 1))}}, nil},
		"more parts than bytes":   {5, func() record { r := partShape(5, nil, big); r[36] = 200; return r }(), nil, []read.Rule{read.BadGeometry}},
		"part out of range":       {5, func() record { r := partShape(5, nil, big, small); r[48] = 200; return r }(), nil, []read.Rule{read.BadGeometry}},
		"kind of nothing":         {5, record{99, 0, 0, 0}, nil, []read.Rule{read.BadGeometry}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			row := one(t, tt.kind, tt.r)
			if diff := cmp.Diff(fmt.Sprintf("%T %v", tt.want, tt.want), fmt.Sprintf("%T %v", row.Geometry, row.Geometry)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.rules, rules(row.Problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Whatever the order and direction of rings, the same ground is covered.
func TestRingsInAnyOrder(t *testing.T) {
	rings := [][]orb.Point{
		square(0, 0, 100), square(-50, 0, 40), square(-50, 0, 30), square(-50, 0, 20), square(50, 50, 10), square(50, -50, 10),
		square(300, 0, 50), square(300, 0, 20), square(300, 100, 10),
	}
	const want = 200*200 - 80*80 + 60*60 - 40*40 - 20*20 - 20*20 + 100*100 - 40*40 + 20*20
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		mixed := make([][]orb.Point, 0, len(rings))
		for _, i := range rng.Perm(len(rings)) {
			r := rings[i]
			if rng.IntN(2) == 0 {
				r = reversed(r)
			}
			mixed = append(mixed, append([]orb.Point(nil), r...))
		}
		row := one(t, 5, partShape(5, nil, mixed...))
		g, ok := row.Geometry.(orb.MultiPolygon)
		if !ok || len(g) != 4 {
			rt.Fatalf("%T with %d polygons", row.Geometry, len(g))
		}
		if area := planar.Area(g); area != want {
			rt.Fatalf("area %v, want %v", area, want)
		}
		for _, p := range g {
			for i, r := range p {
				if (r.Orientation() == orb.CCW) != (i == 0) {
					rt.Fatalf("ring %d of %v runs wrongly", i, p)
				}
			}
		}
	})
}

// A hostile shape of very many rings costs bounded time and is reported.
func TestRingsBeyondReason(t *testing.T) {
	var parts [][]orb.Point
	for i := range 40_000 {
		parts = append(parts, square(0, 0, float64(i+1)))
	}
	row := one(t, 5, partShape(5, nil, parts...))
	if row.Geometry != nil || len(row.Problems) != 1 || row.Problems[0].Rule != read.BadGeometry {
		t.Errorf("got %T, %v", row.Geometry, row.Problems)
	}
}
