package roads_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/roads"
)

// least is the geodesic distance from a point to a line, by narrowing down on each piece.
func least(p orb.Point, l orb.LineString) float64 {
	d := math.Inf(1)
	for k := 1; k < len(l); k++ {
		at := func(t float64) float64 {
			return float64(geo.Distance(p, orb.Point{l[k-1][0] + t*(l[k][0]-l[k-1][0]), l[k-1][1] + t*(l[k][1]-l[k-1][1])}))
		}
		lo, hi := 0.0, 1.0
		for range 30 {
			if third := (hi - lo) / 3; at(lo+third) < at(hi-third) {
				hi -= third
			} else {
				lo += third
			}
		}
		d = min(d, at(lo))
	}
	return d
}

// Points go to the nearest open edge on the mainland, else on an island, within the distance.
func TestSnapAgainstAll(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 3))
		cols, rows, side := 4+r.IntN(4), 4+r.IntN(4), 400.0
		edges := append(grid(r, cols, rows, side), roads.Edge{ID: 1, Line: line(-40, 50, -40, 60)}, roads.Edge{ID: 2, Line: line(-250, 90, -240, 90)})
		c := conditions(r, edges)
		n, err := roads.Build(edges).Under(c)
		reason(t, err)
		f := &reference{cond: c}
		island := map[int64]bool{}
		g := n.Graph()
		for i := range g.Parts() {
			island[g.Part(i).Edge] = g.Components()[g.Part(i).Component].Island
		}
		for range 12 {
			p, within := somewhere(r, cols, rows, side), 300.0
			if r.IntN(3) == 0 {
				p = place(-260+120*r.Float64(), 90+50*r.Float64())
			}
			land, isle := math.Inf(1), math.Inf(1)
			for i := range edges {
				if a, b := f.seconds(&edges[i]); math.IsInf(a, 1) && math.IsInf(b, 1) {
					continue
				}
				if d := least(p, edges[i].Line); island[edges[i].ID] {
					isle = min(isle, d)
				} else {
					land = min(land, d)
				}
			}
			want, onIsland := land, land > within || land > isle+200
			if onIsland {
				want = isle
			}
			s := n.Snap(p, within)
			if s.On() != (want <= within) {
				if math.Abs(want-within) > 0.01 {
					t.Errorf("seed %d: on the network %v, the nearest is %v m away", seed, s.On(), want)
				}
				continue
			}
			if !s.On() {
				continue
			}
			if s.OnIsland() != onIsland || s.PassedIsland() != (!onIsland && isle < land) {
				t.Errorf("seed %d: on an island %v, passed one %v; mainland %v m, island %v m", seed, s.OnIsland(), s.PassedIsland(), land, isle)
			}
			spot, _ := g.Spot(s)
			if d := float64(geo.Distance(p, spot.Point)); math.Abs(s.Walk()-want) > 2e-4*want+0.002 || math.Abs(d-s.Walk()) > 2e-4*d+1e-3 {
				t.Errorf("seed %d: a walk of %v m to a point at %v m, the nearest is at %v m", seed, s.Walk(), d, want)
			}
			if i := slices.IndexFunc(edges, func(e roads.Edge) bool { return e.ID == spot.Edge }); least(spot.Point, edges[i].Line) > 1 {
				t.Errorf("seed %d: the point does not lie on edge %d", seed, spot.Edge)
			}
		}
	}
}

func TestSnapAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	edges := grid(r, 10, 10, 300)
	g := roads.Build(edges)
	var points []orb.Point
	for range 3000 {
		points = append(points, somewhere(r, 10, 10, 300))
	}
	first, err := g.Plain().SnapAll(t.Context(), points, 200)
	reason(t, err)
	n, err := g.Under(roads.Conditions{Closed: []int64{edges[3].ID, edges[30].ID, edges[60].ID}})
	reason(t, err)
	again, err := n.SnapAgain(t.Context(), points, first, 200)
	reason(t, err)
	changed := 0
	for i, p := range points {
		if want := n.Snap(p, 200); again[i] != want {
			t.Errorf("point %d is put at %+v, not %+v", i, again[i], want)
		}
		if again[i] != first[i] {
			changed++
		}
	}
	if changed == 0 {
		t.Error("the closures changed nothing")
	}
	for _, p := range []orb.Point{{math.NaN(), 32}, {500, 32}, {0, 90}, {-120, -32}, {121, 32.8}} {
		if s := n.Snap(p, 1000); s.On() {
			t.Errorf("%v was put onto the network", p)
		}
	}
	if s := n.Snap(place(100, 100), math.NaN()); s.On() {
		t.Error("a distance that is no number finds something")
	}
	if s := n.Snap(orb.Point{121, 32.8}, 1e7); !s.On() {
		t.Error("a distance of 10,000 km finds nothing")
	}
}
