package mvt_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	orbmvt "github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"onemap/tiles/mvt"
)

// star is a ring around a middle, simple and clockwise on the screen.
func star(rnd *rand.Rand, n int, cx, cy, size float64) []mvt.Vertex {
	ring := make([]mvt.Vertex, 0, n)
	for k := range n {
		a := 2 * math.Pi * float64(k) / float64(n)
		r := size * (0.15 + 0.85*rnd.Float64())
		ring = append(ring, mvt.Vertex{X: int32(cx + r*math.Cos(a)), Y: int32(cy + r*math.Sin(a))})
	}
	return ring
}

// inRings reports by even and odd whether a point lies in rings.
func inRings(rings [][]mvt.Vertex, x, y float64) bool {
	in := false
	for _, ring := range rings {
		a := ring[len(ring)-1]
		for _, b := range ring {
			if (float64(a.Y) > y) != (float64(b.Y) > y) && x < float64(a.X)+(y-float64(a.Y))/float64(b.Y-a.Y)*float64(b.X-a.X) {
				in = !in
			}
			a = b
		}
	}
	return in
}

// near reports whether a point lies within a unit of an edge.
func near(rings [][]mvt.Vertex, x, y, d float64) bool {
	for _, ring := range rings {
		a := ring[len(ring)-1]
		for _, b := range ring {
			if planar.DistanceFromSegment(orb.Point{float64(a.X), float64(a.Y)}, orb.Point{float64(b.X), float64(b.Y)}, orb.Point{x, y}) < d {
				return true
			}
			a = b
		}
	}
	return false
}

// TestRings clips random polygons with holes, some of which fall apart, and looks at
// random points: what was inside and in the box is inside after, and nothing else; every
// ring lies in the box, is valid by itself and turns the right way.
func TestRings(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	box := mvt.TileBox(4096, 64)
	var c mvt.Clipper
	for round := range 3000 {
		cx, cy := rnd.Float64()*6000-1000, rnd.Float64()*6000-1000
		size := 100 + rnd.Float64()*6000
		rings := [][]mvt.Vertex{mvt.Tidy(star(rnd, 5+rnd.IntN(40), cx, cy, size))}
		if rings[0] == nil || !mvt.Valid(rings) {
			continue
		}
		if rnd.IntN(2) == 0 { // a hole near the middle, where the star always is
			hole := mvt.Tidy(star(rnd, 5, cx, cy, size*0.1))
			if hole != nil && mvt.Valid([][]mvt.Vertex{rings[0], hole}) {
				for i, j := 0, len(hole)-1; i < j; i, j = i+1, j-1 {
					hole[i], hole[j] = hole[j], hole[i]
				}
				rings = append(rings, hole)
			}
		}
		var copied [][]mvt.Vertex
		for _, r := range rings {
			copied = append(copied, append([]mvt.Vertex(nil), r...))
		}
		cut := c.Rings(box, copied)
		for k, ring := range cut {
			if !box.Contains(ring) {
				t.Fatalf("round %d: ring %d leaves the box: %v", round, k, ring)
			}
			if len(ring) < 3 {
				t.Fatalf("round %d: ring %d has %d vertices", round, k, len(ring))
			}
		}
		for range 60 {
			x, y := rnd.Float64()*4096, rnd.Float64()*4096
			if near(rings, x, y, 2) {
				continue
			}
			if want, got := inRings(rings, x, y), inRings(cut, x, y); want != got {
				t.Fatalf("round %d: (%.1f, %.1f) is inside %v, after clipping %v\n%v\n%v", round, x, y, want, got, rings, cut)
			}
		}
	}
}

// TestLines clips random lines: their length in the box is what it was.
func TestLines(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	box := mvt.TileBox(4096, 64)
	var c mvt.Clipper
	for round := range 2000 {
		line := make([]mvt.Vertex, 2+rnd.IntN(20))
		for i := range line {
			line[i] = mvt.Vertex{X: int32(rnd.IntN(9000) - 2500), Y: int32(rnd.IntN(9000) - 2500)}
		}
		want := 0.0
		for i := 1; i < len(line); i++ {
			a, b := line[i-1], line[i]
			const steps = 400
			length := math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y))
			for k := range steps {
				s := (float64(k) + 0.5) / steps
				x, y := float64(a.X)+s*float64(b.X-a.X), float64(a.Y)+s*float64(b.Y-a.Y)
				if x >= -64 && x <= 4160 && y >= -64 && y <= 4160 {
					want += length / steps
				}
			}
		}
		got := 0.0
		for _, part := range c.Lines(box, line) {
			if !box.Contains(part) || len(part) < 2 {
				t.Fatalf("round %d: %v", round, part)
			}
			for i := 1; i < len(part); i++ {
				got += math.Hypot(float64(part[i].X-part[i-1].X), float64(part[i].Y-part[i-1].Y))
			}
		}
		if math.Abs(got-want) > 0.01*want+40*float64(len(line)) {
			t.Fatalf("round %d: %.1f of %.1f are left", round, got, want)
		}
	}
}

// TestMend makes random tangles valid, or nothing of them.
func TestMend(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	kept := 0
	for round := range 3000 {
		ring := make([]mvt.Vertex, 4+rnd.IntN(12))
		for i := range ring {
			ring[i] = mvt.Vertex{X: int32(rnd.IntN(30)), Y: int32(rnd.IntN(30))}
		}
		tidy := mvt.Tidy(ring)
		if tidy == nil || mvt.Area(tidy) <= 0 {
			continue
		}
		mended := mvt.Mend([][]mvt.Vertex{tidy})
		if mended == nil {
			continue
		}
		kept++
		if !mvt.Valid(mended) || mvt.Area(mended[0]) <= 0 {
			t.Fatalf("round %d: %v is not valid", round, mended)
		}
		if !simple(mended[0]) {
			t.Fatalf("round %d: %v meets itself", round, mended)
		}
	}
	if kept < 500 {
		t.Errorf("only %d were kept", kept)
	}
}

// simple is the brute-force oracle: no two edges meet but neighbours at their common end.
func simple(ring []mvt.Vertex) bool {
	n := len(ring)
	for i := range n {
		for j := i + 1; j < n; j++ {
			a, b, c, d := ring[i], ring[(i+1)%n], ring[j], ring[(j+1)%n]
			if j == i+1 || i == 0 && j == n-1 {
				continue
			}
			if meet(a, b, c, d) {
				return false
			}
		}
	}
	return true
}

func meet(a, b, c, d mvt.Vertex) bool {
	cross := func(p, q, r mvt.Vertex) int64 {
		return int64(q.X-p.X)*int64(r.Y-p.Y) - int64(q.Y-p.Y)*int64(r.X-p.X)
	}
	on := func(p, q, r mvt.Vertex) bool {
		return cross(p, q, r) == 0 && min(p.X, q.X) <= r.X && r.X <= max(p.X, q.X) && min(p.Y, q.Y) <= r.Y && r.Y <= max(p.Y, q.Y)
	}
	if on(a, b, c) || on(a, b, d) || on(c, d, a) || on(c, d, b) {
		return true
	}
	return (cross(a, b, c) > 0) != (cross(a, b, d) > 0) && (cross(c, d, a) > 0) != (cross(c, d, b) > 0)
}

// TestWriter reads what was written with another reader.
func TestWriter(t *testing.T) {
	var w mvt.Writer
	w.Reset("plants", 4096)
	key, name := w.Key("grade"), w.Key("name")
	red, n := w.Value(mvt.AppendText(nil, "red 红")), w.Value(mvt.AppendInteger(nil, -7))
	half, yes := w.Value(mvt.AppendNumber(nil, 0.5)), w.Value(mvt.AppendBool(nil, true))
	big := w.Value(mvt.AppendInteger(nil, 1<<40))
	w.Begin(1 << 52)
	w.Tag(key, red)
	w.Tag(name, n)
	w.Point(mvt.Vertex{X: -64, Y: 4160})
	w.End(mvt.Point)
	w.Begin(2)
	w.Tag(key, half)
	w.Tag(name, yes)
	w.Line([]mvt.Vertex{{X: 0, Y: 0}, {X: 100, Y: 3000}, {X: -5, Y: 7}})
	w.Line([]mvt.Vertex{{X: 10, Y: 10}, {X: 20, Y: 20}})
	w.End(mvt.LineString)
	w.Begin(3)
	w.Tag(key, big)
	w.Ring([]mvt.Vertex{{X: 0, Y: 0}, {X: 100, Y: 0}, {X: 100, Y: 100}, {X: 0, Y: 100}})
	w.Ring([]mvt.Vertex{{X: 10, Y: 10}, {X: 10, Y: 20}, {X: 20, Y: 20}})
	w.End(mvt.Polygon)
	w.Begin(4) // nothing of it shows
	w.End(mvt.Polygon)
	body := w.AppendTo(nil)
	if len(body) != w.Len() {
		t.Errorf("%d bytes, announced %d", len(body), w.Len())
	}
	layers, err := orbmvt.Unmarshal(body)
	if err != nil || len(layers) != 1 || layers[0].Name != "plants" || layers[0].Version != 2 || layers[0].Extent != 4096 {
		t.Fatalf("%v, %v", layers, err)
	}
	fs := layers[0].Features
	if len(fs) != 3 {
		t.Fatalf("%d features", len(fs))
	}
	if fs[0].ID != float64(1<<52) || fs[0].Properties["grade"] != "red 红" || fs[0].Properties["name"] != -7.0 || fs[0].Geometry != (orb.Point{-64, 4160}) {
		t.Errorf("%+v", fs[0])
	}
	if ls, ok := fs[1].Geometry.(orb.MultiLineString); !ok || len(ls) != 2 || len(ls[0]) != 3 || ls[0][2] != (orb.Point{-5, 7}) || fs[1].Properties["name"] != true {
		t.Errorf("%+v", fs[1])
	}
	if p, ok := fs[2].Geometry.(orb.Polygon); !ok || len(p) != 2 || planar.Area(p) != 10000-50 || fs[2].Properties["grade"] != float64(1<<40) {
		t.Errorf("%+v", fs[2])
	}
	w.Reset("empty", 4096)
	if w.Len() != 0 || len(w.AppendTo(nil)) != 0 {
		t.Error("a layer without features has bytes")
	}
}

// BenchmarkPolygon writes one polygon of seven vertices with three attributes.
func BenchmarkPolygon(b *testing.B) {
	var w mvt.Writer
	ring := []mvt.Vertex{{X: 100, Y: 100}, {X: 160, Y: 100}, {X: 160, Y: 130}, {X: 130, Y: 130}, {X: 130, Y: 150}, {X: 110, Y: 150}, {X: 100, Y: 140}}
	rings := [][]mvt.Vertex{nil}
	buf := make([]mvt.Vertex, 0, 16)
	b.ReportAllocs()
	for i := range b.N {
		if i%10000 == 0 {
			w.Reset("building", 4096)
			w.Key("a")
			w.Key("b")
			w.Key("c")
			w.Value(mvt.AppendText(nil, "x"))
		}
		rings[0] = mvt.Tidy(append(buf[:0], ring...))
		w.Begin(uint64(i))
		w.Tag(0, 0)
		w.Tag(1, 0)
		w.Tag(2, 0)
		if mvt.Area(rings[0]) > 0 && mvt.Valid(rings) {
			w.Ring(rings[0])
		}
		w.End(mvt.Polygon)
	}
}
