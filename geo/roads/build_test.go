package roads_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/roads"
)

// line makes a line of metres from the middle.
func line(xy ...float64) orb.LineString {
	var l orb.LineString
	for i := 0; i < len(xy); i += 2 {
		l = append(l, place(xy[i], xy[i+1]))
	}
	return l
}

func TestJunctions(t *testing.T) {
	for name, tc := range map[string]struct {
		edges        []roads.Edge
		parts, nodes int
		components   int
		problem      string
	}{
		"ends meet":              {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0)}, {ID: 2, Line: line(100, 0, 200, 0)}}, 2, 3, 1, ""},
		"ends 7 cm apart meet":   {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0)}, {ID: 2, Line: line(100.05, 0.05, 200, 0)}}, 2, 3, 1, ""},
		"ends 30 cm apart don't": {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0)}, {ID: 2, Line: line(100.3, 0, 200, 0)}}, 2, 4, 2, ""},
		"declared nodes meet": {[]roads.Edge{
			{ID: 1, Line: line(0, 0, 100, 0), ToNode: 7},
			{ID: 2, Line: line(101, 0, 200, 0), FromNode: 7},
		}, 2, 3, 1, ""},
		"declared nodes too far": {[]roads.Edge{
			{ID: 1, Line: line(0, 0, 100, 0), ToNode: 7},
			{ID: 2, Line: line(105, 0, 200, 0), FromNode: 7},
		}, 2, 4, 2, "node 7 of its end is elsewhere 5 m away"},
		"a T splits": {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0, 200, 0)}, {ID: 2, Line: line(100, 0, 100, 50)}}, 3, 4, 1, ""},
		"a T at no vertex does not": {[]roads.Edge{
			{ID: 1, Line: line(0, 0, 200, 0)},
			{ID: 2, Line: line(100, 0, 100, 50)},
		}, 2, 4, 2, ""},
		"a crossing without vertex":  {[]roads.Edge{{ID: 1, Line: line(0, 0, 200, 0)}, {ID: 2, Line: line(100, -50, 100, 50)}}, 2, 4, 2, ""},
		"a crossing at a vertex":     {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0, 200, 0)}, {ID: 2, Line: line(100, -50, 100, 0, 100, 50)}}, 4, 5, 1, ""},
		"a bridge over it":           {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0, 200, 0), Bridge: true}, {ID: 2, Line: line(100, -50, 100, 0, 100, 50)}}, 2, 4, 2, ""},
		"two bridges cross":          {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0, 200, 0), Bridge: true}, {ID: 2, Line: line(100, -50, 100, 0, 100, 50), Bridge: true}}, 4, 5, 1, ""},
		"a ring":                     {[]roads.Edge{{ID: 1, Line: line(0, 0, 100, 0, 100, 100, 0, 0)}}, 1, 1, 1, ""},
		"a loop with a stem":         {[]roads.Edge{{ID: 1, Line: line(-50, 0, 0, 0, 100, 0, 100, 100, 0, 0)}}, 2, 2, 1, ""},
		"an eight":                   {[]roads.Edge{{ID: 1, Line: line(-50, 0, 0, 0, 50, 50, 50, -50, 0, 0, -50, 40)}}, 3, 3, 1, ""},
		"repeated vertices":          {[]roads.Edge{{ID: 1, Line: line(0, 0, 0, 0, 50, 0, 50, 0.01, 50, 0, 100, 0, 100, 0)}}, 1, 2, 1, ""},
		"an island":                  {[]roads.Edge{{ID: 1, Line: line(0, 0, 900, 0)}, {ID: 2, Line: line(0, 50, 10, 50)}}, 2, 4, 2, ""},
		"one point":                  {[]roads.Edge{{ID: 1, Line: line(0, 0)}}, 0, 0, 0, "the line has 1 points"},
		"no number":                  {[]roads.Edge{{ID: 1, Line: orb.LineString{{math.NaN(), 3}, {4, 5}}}}, 0, 0, 0, "not a longitude"},
		"round the world":            {[]roads.Edge{{ID: 1, Line: orb.LineString{{100, 3}, {4, 5}}}}, 0, 0, 0, "more than 3° apart"},
		"a direction of its own":     {[]roads.Edge{{ID: 1, Line: line(0, 0, 9, 9), Oneway: "left"}}, 0, 0, 0, `the direction "left"`},
		"a negative speed":           {[]roads.Edge{{ID: 1, Line: line(0, 0, 9, 9), SpeedKmh: -5}}, 0, 0, 0, "the speed -5"},
		"the same id twice":          {[]roads.Edge{{ID: 1, Line: line(0, 0, 9, 9)}, {ID: 1, Line: line(0, 0, 8, 8)}}, 1, 2, 1, "another edge"},
		"nothing at all":             {nil, 0, 0, 0, ""},
		"a line that is but a point": {[]roads.Edge{{ID: 1, Line: line(5, 5, 5, 5)}}, 1, 1, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			g := roads.Build(tc.edges)
			if g.Parts() != tc.parts || g.Nodes() != tc.nodes || len(g.Components()) != tc.components {
				t.Errorf("%d parts, %d nodes, %d components, want %d, %d, %d", g.Parts(), g.Nodes(), len(g.Components()), tc.parts, tc.nodes, tc.components)
			}
			switch p := g.Problems(); {
			case tc.problem == "" && len(p) > 0:
				t.Errorf("problems %v", p)
			case tc.problem != "" && (len(p) != 1 || !strings.Contains(p[0].Reason, tc.problem)):
				t.Errorf("problems %v, want %q", p, tc.problem)
			}
			for i := range g.Parts() {
				p := g.Part(i)
				metres := 0.0
				for k := 1; k < len(p.Line); k++ {
					metres += float64(geo.Distance(p.Line[k-1], p.Line[k]))
				}
				if math.Abs(p.Metres-metres) > 1e-7*metres {
					t.Errorf("part %d is %v m long, not %v", i, p.Metres, metres)
				}
			}
			if name == "an island" && (g.Components()[0].Island || !g.Components()[1].Island) {
				t.Errorf("components %+v", g.Components())
			}
		})
	}
}

// Lengths by the middle latitude are right to 1e-7 wherever they are used.
func TestLengths(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20000 {
		a := orb.Point{r.Float64()*350 - 175, r.Float64()*176 - 88}
		reach := math.Pow(10, -6+5*r.Float64()) // from 10 cm to 10 km
		b := orb.Point{a[0] + (r.Float64()-0.5)*reach, a[1] + (r.Float64()-0.5)*reach}
		got, want := roads.Build([]roads.Edge{{ID: 1, Line: orb.LineString{a, b}}}).Part(0).Metres, float64(geo.Distance(a, b))
		if math.Abs(got-want) > 1e-7*want+1e-8 {
			t.Fatalf("from %v to %v: %v m, not %v", a, b, got, want)
		}
	}
}

// An updated graph is the graph of the edges as they are then, in whatever order.
func TestUpdate(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 2))
		edges := grid(r, 8, 8, 150)
		g := roads.Build(edges)
		changed := grid(r, 8, 8, 150)[:20]
		changed[0].ID, changed[1].ID = 9001, 9002
		removed := []int64{edges[30].ID, edges[40].ID, 12345}
		g = g.Update(changed, removed)

		var now []roads.Edge
		for _, e := range edges {
			if !slices.Contains(removed, e.ID) && !slices.ContainsFunc(changed, func(c roads.Edge) bool { return c.ID == e.ID }) {
				now = append(now, e)
			}
		}
		now = append(now, changed...)
		r.Shuffle(len(now), func(i, k int) { now[i], now[k] = now[k], now[i] })
		want := roads.Build(now)
		if g.Parts() != want.Parts() || g.Nodes() != want.Nodes() || g.Edges() != len(now) {
			t.Fatalf("seed %d: %d parts and %d nodes, not %d and %d", seed, g.Parts(), g.Nodes(), want.Parts(), want.Nodes())
		}
		for i := range g.Parts() {
			if !reflect.DeepEqual(g.Part(i), want.Part(i)) {
				t.Fatalf("seed %d: part %d is %+v, not %+v", seed, i, g.Part(i), want.Part(i))
			}
		}
	}
}
