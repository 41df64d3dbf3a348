package layers_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"onemap/geo"
	"onemap/layers"
)

// TestMeasures holds areas and lengths against PostGIS 3.3's on the ellipsoid.
func TestMeasures(t *testing.T) {
	for _, test := range []struct {
		g    orb.Geometry
		want float64
	}{
		{orb.Polygon{{{120, 32}, {121, 32}, {121, 33}, {120, 33}, {120, 32}}}, 1.042151244492517e+10},
		{orb.Polygon{{{120.9, 32}, {120.9001, 32}, {120.9001, 32.0001}, {120.9, 32.0001}, {120.9, 32}}}, 104.78037403523922},
		{orb.Polygon{{{120.9, 32}, {120.95, 32.01}, {120.94, 32.05}, {120.9, 32.04}, {120.9, 32}}, {{120.91, 32.01}, {120.92, 32.01}, {120.92, 32.02}, {120.91, 32.02}, {120.91, 32.01}}}, 1.833157202907896e+07},
		{orb.LineString{{120, 32}, {121, 33}}, 145357.85302106736},
		{orb.LineString{{120, 32}, {120.003, 32.004}, {120.01, 32.001}}, 1266.7716521876694},
	} {
		got := layers.AreaOf(test.g)
		if _, line := test.g.(orb.LineString); line {
			got = layers.LengthOf(test.g)
		}
		// A degree's edge along a parallel is no geodesic: PostGIS's bulges some hundred metres north.
		if math.Abs(got-test.want) > 1e-4*test.want {
			t.Errorf("%v: %.6g, want %.6g", test.g, got, test.want)
		}
	}
}

func TestTidyGeometries(t *testing.T) {
	l := yards(t, "  []")
	m, _, err := l.Match([]string{"code"}, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	p := square(120.9, 32, 20)[0]
	east := func(q orb.Point, m float64) orb.Point { return geo.Destination(q, 90, geo.Metres(m)) }
	for name, test := range map[string]struct {
		g    orb.Geometry
		want string
	}{
		"good":            {orb.Polygon{p}, ""},
		"good, clockwise": {orb.Polygon{turned(p)}, ""},
		"one part":        {orb.MultiPolygon{{p}}, ""},
		"many parts":      {orb.MultiPolygon{{p}, {p}}, "G2"},
		"no ring":         {orb.Polygon{}, "G1"},
		"an empty ring":   {orb.Polygon{{}}, "G1"},
		"open":            {orb.Polygon{p[:4]}, "G4"},
		"two points":      {orb.Polygon{{p[0], p[1], p[0]}}, "G4"},
		"twice":           {orb.Polygon{{p[0], p[1], p[1], p[2], p[3], p[0]}}, "G5"},
		"twice at the end": {
			orb.Polygon{{p[0], p[1], p[2], p[3], p[0], p[0]}}, "G5",
		},
		"a spike":       {orb.Polygon{{p[0], p[1], east(p[1], 9), p[1], p[2], p[3], p[0]}}, "G5"},
		"first a spike": {orb.Polygon{{east(p[1], 9), p[1], p[2], p[3], p[0], p[1], east(p[1], 9)}}, "G5"},
		"too small":     {square(120.9, 32, 2), "G6"},
		"too large":     {square(120.9, 32, 200), "G6"},
		"half infinite": {orb.Polygon{{p[0], {math.Inf(1), 32}, p[2], p[0]}}, "G8"},
		"no number":     {orb.Polygon{{p[0], p[1], {120.9, math.NaN()}, p[0]}}, "G8"},
		"swapped":       {orb.Polygon{{{32, 120.9}, {32, 120.901}, {32.001, 120.901}, {32, 120.9}}}, "C1"},
		"in the Arctic": {orb.Polygon{{{5.5, 73}, {5.501, 73}, {5.501, 73.001}, {5.5, 73}}}, ""},
		"at zero":       {orb.Polygon{{{0, 0}, {0, 0.001}, {0.001, 0.001}, {0, 0}}}, "C5"},
	} {
		t.Run(name, func(t *testing.T) {
			r, findings := l.NewChecker(m, "test").Record(1, "", []any{"Y"}, test.g, geo.CGCS2000)
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule)
			}
			if got := strings.Join(rules, " "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if g, ok := r.Geometry.(orb.Polygon); ok && slices.ContainsFunc(g, func(r orb.Ring) bool { return len(r) < 4 || r[0] != r[len(r)-1] }) {
				t.Errorf("a geometry that can't be stored: %v", g)
			}
		})
	}
}

func turned(r orb.Ring) orb.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

// A ring around a centre, its corners in the order of their direction, is simple however
// far out they are; with two corners exchanged across it, it is not.
func TestDoubts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 40).Draw(t, "corners")
		ring := orb.Ring{}
		for i := range n {
			far := rapid.Float64Range(1e-5, 3e-4).Draw(t, "far")
			sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
			ring = append(ring, orb.Point{120.9 + far*cos, 32 + far*sin})
		}
		ring = append(ring, ring[0])
		if layers.Doubtful(orb.Polygon{ring}) {
			t.Fatalf("a simple ring: %v", ring)
		}
		hole := orb.Ring{{120.9 + 1e-6, 32}, {120.9, 32 - 1e-6}, {120.9 - 1e-6, 32}, {120.9, 32 + 1e-6}, {120.9 + 1e-6, 32}}
		if n > 8 && layers.Doubtful(orb.Polygon{ring, hole}) {
			t.Fatalf("a ring with a hole: %v", ring)
		}
		if !layers.Doubtful(orb.Polygon{hole, ring}) {
			t.Fatal("a hole around its shell")
		}
		if n < 6 {
			return
		}
		i := rapid.IntRange(0, n-3).Draw(t, "one")
		k := rapid.IntRange(i+2, n-1).Draw(t, "other")
		if i == 0 && k == n-1 { // neighbours
			return
		}
		round := geo.Circle(orb.Point{120.9, 32}, 30, n)[0]
		round[i], round[k] = round[k], round[i]
		round[n] = round[0]
		if !layers.Doubtful(orb.Polygon{round}) {
			t.Fatalf("a ring that crosses itself: %v", round)
		}
	})
}

func TestPlaceholders(t *testing.T) {
	for s, want := range map[string]bool{
		"测试": true, "测试数据": true, "无": true, "aaa": true, "AAA": true, "１２３４５６": true, "123456": true, "xxx": true, "111111": true, "Test": true, "#N/A": true, "某某": true,
		"南通测试技术有限公司": false, "无锡路": false, "aa": false, "12": false, "111": false, "人民路1号": false, "123号": false, "啊啊啊": true, "3206": false,
	} {
		if got := layers.Placeholder(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"钢筋混凝土", "砌体", "钢结构", "木（竹）结构"}
	for s, want := range map[string]string{"钢筋砼混凝土": "钢筋混凝土", "钢结枸": "钢结构", "塑料": "", "木竹结构": "木（竹）结构", "": ""} {
		if got := layers.Nearest(s, names); got != want {
			t.Errorf("%q is most like %q, want %q", s, got, want)
		}
	}
}

func TestUnitsInCells(t *testing.T) {
	l := yards(t, "  []")
	m, _, err := l.Match([]string{"code", "size_m2", "people"}, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	c := l.NewChecker(m, "test")
	for i, test := range []struct{ cell, want string }{
		{"120㎡", "V5 notice 120"},
		{"1,200.5 平方米", "V5 notice 1200.5"},
		{"１２０平米", "V5 notice 120"},
		{"1.5亩", "V5 error → 1000"},
		{"0.5公顷", "V5 error → 5000"},
		{"2km²", "V5 error → 2000000"},
		{"3米", "V5 error"},
		{"3斛", "S3 error"},
		{"约120", "S3 error"},
	} {
		r, findings := c.Record(int64(i+1), "", []any{fmt.Sprint("U", i), test.cell, nil}, square(120.9, 32, 20), geo.CGCS2000)
		got := ""
		for _, f := range findings {
			got = f.Rule + " " + string(f.Severity)
			if f.Repair != "" {
				got += " → " + f.Repair
			}
		}
		if v := r.Values["size_m2"]; v != nil {
			got += fmt.Sprint(" ", v)
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.cell, got, test.want)
		}
	}
}
