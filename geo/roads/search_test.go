package roads_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/roads"
)

// reference computes ways anew from the declared edges: vertices by their text, the stops
// and targets cut into the edges, all pairs by Bellman and Ford.
type reference struct {
	edges []roads.Edge
	cond  roads.Conditions
	node  map[string]int
	arcs  []refArc
}

type refArc struct {
	from, to int
	seconds  float64
}

func (f *reference) seconds(e *roads.Edge) (forward, backward float64) {
	inf := math.Inf(1)
	metres := 0.0
	for k := 1; k < len(e.Line); k++ {
		metres += float64(geo.Distance(e.Line[k-1], e.Line[k]))
	}
	table := f.cond.Speeds
	if table == nil {
		table = roads.DefaultSpeeds()
	}
	row, ok := table[e.Class]
	if !ok {
		row = table["unknown"]
	}
	kmh := e.SpeedKmh
	if kmh == 0 {
		kmh = row.Kmh
	}
	if f.cond.WalkKmh > 0 {
		kmh = f.cond.WalkKmh
		if !row.OnFoot {
			return inf, inf
		}
	} else {
		if e.WeightLimitT > 0 && f.cond.Vehicle.WeightT > e.WeightLimitT || e.HeightLimitM > 0 && f.cond.Vehicle.HeightM > e.HeightLimitM {
			return inf, inf
		}
	}
	if slices.Contains(f.cond.Closed, e.ID) {
		return inf, inf
	}
	if factor, ok := f.cond.Factors[e.ID]; ok {
		kmh *= factor
	}
	if kmh == 0 {
		return inf, inf
	}
	forward, backward = metres*3.6/kmh, metres*3.6/kmh
	if f.cond.WalkKmh == 0 {
		switch e.Oneway {
		case roads.Forward:
			backward = inf
		case roads.Backward:
			forward = inf
		}
	}
	return forward, backward
}

func (f *reference) number(name string) int {
	n, ok := f.node[name]
	if !ok {
		n = len(f.node)
		f.node[name] = n
	}
	return n
}

// spot is a place on an edge of the reference.
type spot struct {
	name string
	edge int64
	at   float64
}

// build cuts the edges at the spots.
func (f *reference) build(spots []spot) {
	f.node, f.arcs = map[string]int{}, nil
	for i := range f.edges {
		e := &f.edges[i]
		forward, backward := f.seconds(e)
		cuts := []spot{{key(e.Line[0]), 0, 0}, {key(e.Line[len(e.Line)-1]), 0, 1}}
		for _, s := range spots {
			if s.edge == e.ID {
				cuts = append(cuts, s)
			}
		}
		slices.SortStableFunc(cuts, func(a, b spot) int {
			if a.at < b.at {
				return -1
			} else if a.at > b.at {
				return 1
			}
			return 0
		})
		if cuts[0].edge != 0 { // a spot at the very start
			i := slices.IndexFunc(cuts, func(s spot) bool { return s.edge == 0 })
			cuts[0], cuts[i] = cuts[i], cuts[0]
		}
		for k := 1; k < len(cuts); k++ {
			a, b, share := f.number(cuts[k-1].name), f.number(cuts[k].name), cuts[k].at-cuts[k-1].at
			if share == 0 { // two names of one place
				f.arcs = append(f.arcs, refArc{a, b, 0}, refArc{b, a, 0})
				continue
			}
			if !math.IsInf(forward, 1) {
				f.arcs = append(f.arcs, refArc{a, b, forward * share})
			}
			if !math.IsInf(backward, 1) {
				f.arcs = append(f.arcs, refArc{b, a, backward * share})
			}
		}
	}
}

// from gives the seconds from a node to all (Bellman and Ford); toward, to it from all.
func (f *reference) from(node int, toward bool) []float64 {
	seconds := make([]float64, len(f.node))
	for i := range seconds {
		seconds[i] = math.Inf(1)
	}
	seconds[node] = 0
	for changed := true; changed; {
		changed = false
		for _, a := range f.arcs {
			if toward {
				a.from, a.to = a.to, a.from
			}
			if s := seconds[a.from] + a.seconds; s < seconds[a.to] {
				seconds[a.to], changed = s, true
			}
		}
	}
	return seconds
}

func conditions(r *rand.Rand, edges []roads.Edge) roads.Conditions {
	c := roads.Conditions{}
	for range r.IntN(6) {
		c.Closed = append(c.Closed, edges[r.IntN(len(edges))].ID)
	}
	if r.IntN(2) == 0 {
		c.Factors = map[int64]float64{}
		for range r.IntN(20) {
			c.Factors[edges[r.IntN(len(edges))].ID] = r.Float64() * 1.5
		}
	}
	switch r.IntN(4) {
	case 0:
		c.Vehicle = roads.Vehicle{WeightT: 20}
	case 1:
		c.Vehicle = roads.Vehicle{WeightT: 5, HeightM: 4}
	case 2:
		c.WalkKmh = 4
	}
	if r.IntN(3) == 0 {
		c.Speeds = roads.Speeds{"motorway": {Kmh: 100}, "village": {Kmh: 12, OnFoot: true}, "unknown": {Kmh: 20, OnFoot: true}}
	}
	return c
}

func reason(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The seconds between any two places are those of the reference, for all kinds of search.
func TestSearchAgainstBellmanFord(t *testing.T) {
	ctx := t.Context()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		cols, rows, side := 3+r.IntN(7), 3+r.IntN(7), 200.0
		edges := grid(r, cols, rows, side)
		c := conditions(r, edges)
		n, err := roads.Build(edges).Under(c)
		reason(t, err)
		f := &reference{edges: edges, cond: c}
		var stops []roads.Stop
		var spots []spot
		for i := range 12 {
			s := n.Snap(somewhere(r, cols, rows, side), 150)
			stops = append(stops, roads.Stop{At: s, Seconds: float64(r.IntN(3)) * 40})
			if at, ok := n.Graph().Spot(s); ok {
				spots = append(spots, spot{string(rune('a' + i)), at.Edge, at.At})
			}
		}
		f.build(spots)
		perWalk := 3.6 / 6.0
		search := roads.Search{From: stops[:6], Toward: r.IntN(2) == 0, AccessKmh: 6}
		if r.IntN(2) == 0 {
			search.Seconds = 200
		}
		want := make([][]float64, 6)
		for i := range want {
			want[i] = make([]float64, 12)
			for k := range want[i] {
				want[i][k] = math.Inf(1)
			}
			if !stops[i].At.On() {
				continue
			}
			row := f.from(f.node[string(rune('a'+i))], search.Toward)
			for k := range want[i] {
				if !stops[k].At.On() {
					continue
				}
				s := row[f.node[string(rune('a'+k))]] + stops[i].Seconds + stops[k].Seconds + (stops[i].At.Walk()+stops[k].At.Walk())*perWalk
				if search.Seconds == 0 || s <= search.Seconds {
					want[i][k] = s
				}
			}
		}
		got, err := n.Matrix(ctx, search, stops)
		reason(t, err)
		for i := range want {
			for k := range want[i] {
				if !same(got[i][k], want[i][k]) {
					t.Errorf("seed %d, %d to %d: %v s, the reference says %v", seed, i, k, got[i][k], want[i][k])
				}
			}
		}
		checkNearest(t, seed, n, search, stops, want)
		checkTree(t, seed, n, search, stops, want)
		if t.Failed() {
			return
		}
	}
}

// same allows for lengths by the middle latitude, and for shares kept in 32 bits.
func same(a, b float64) bool { return a == b || math.Abs(a-b) <= 2e-7*(a+b) }

func checkNearest(t *testing.T, seed uint64, n *roads.Network, s roads.Search, targets []roads.Stop, want [][]float64) {
	t.Helper()
	for i := range s.From {
		one := s
		one.From = s.From[i : i+1]
		for _, k := range []int{1, 3, 99} {
			hits, err := n.Nearest(t.Context(), one, targets, k)
			reason(t, err)
			var all []float64
			for _, v := range want[i] {
				if !math.IsInf(v, 1) {
					all = append(all, v)
				}
			}
			slices.Sort(all)
			if len(hits) != min(k, len(all)) {
				t.Errorf("seed %d, stop %d: %d nearest are %v, not of %v", seed, i, k, hits, want[i])
				continue
			}
			for j, h := range hits {
				if !same(h.Seconds, all[j]) || !same(h.Seconds, want[i][h.Target]) {
					t.Errorf("seed %d, stop %d: nearest %d is %+v, the reference says %v", seed, i, j, h, all[j])
				}
			}
		}
	}
}

func checkTree(t *testing.T, seed uint64, n *roads.Network, s roads.Search, targets []roads.Stop, want [][]float64) {
	t.Helper()
	tree, err := n.Tree(t.Context(), s)
	reason(t, err)
	defer tree.Release()
	points := make([]roads.Snapped, len(targets))
	for k := range targets {
		points[k] = targets[k].At
	}
	served, err := tree.Serve(t.Context(), points)
	reason(t, err)
	for k := range targets {
		least := math.Inf(1)
		for i := range want {
			least = min(least, want[i][k]-targets[k].Seconds)
		}
		seconds, stop := tree.To(points[k])
		if float32(seconds) != served[k].Seconds || int32(stop) != served[k].Stop {
			t.Errorf("seed %d: To gives %v by %d, Serve %+v", seed, seconds, stop, served[k])
		}
		if s.Seconds > 0 && targets[k].Seconds > 0 {
			continue // want is bound with the target's own seconds
		}
		if !same(seconds, least) || stop >= 0 && !same(want[stop][k]-targets[k].Seconds, least) || stop < 0 != math.IsInf(least, 1) {
			t.Errorf("seed %d: target %d is served in %v s by %d, the reference says %v", seed, k, seconds, stop, least)
		}
	}
}

func TestSearchRefuses(t *testing.T) {
	edges := grid(rand.New(rand.NewPCG(1, 1)), 40, 40, 200)
	g := roads.Build(edges)
	n := g.Plain()
	at := roads.Stops(n.Snap(edges[0].Line[0], 10))
	for name, s := range map[string]roads.Search{
		"bound":       {From: at, Seconds: -1},
		"no number":   {From: at, Seconds: math.NaN()},
		"access":      {From: at, AccessKmh: -3},
		"stop's time": {From: []roads.Stop{{At: at[0].At, Seconds: math.NaN()}}},
	} {
		if _, err := n.Tree(t.Context(), s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, c := range map[string]roads.Conditions{
		"factor":  {Factors: map[int64]float64{1000: -1}},
		"speed":   {Speeds: roads.Speeds{"trunk": {Kmh: math.Inf(1)}}},
		"vehicle": {Vehicle: roads.Vehicle{WeightT: math.NaN()}},
		"walk":    {WalkKmh: -1},
	} {
		if _, err := g.Under(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := n.Tree(ctx, roads.Search{From: at}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search gives %v", err)
	}
	n, err := g.Under(roads.Conditions{Closed: []int64{5, edges[0].ID}, Factors: map[int64]float64{6: 1, 5: 2}})
	if reason(t, err); !slices.Equal(n.Unknown, []int64{5, 6}) {
		t.Errorf("unknown edges %v", n.Unknown)
	}
	tree, err := n.Tree(t.Context(), roads.Search{From: roads.Stops(at[0].At, roads.Snapped{}, n.Snap(edges[9].Line[0], 10))})
	if reason(t, err); !slices.Equal(tree.Off(), []int{0, 1}) {
		t.Errorf("off the network are %v", tree.Off())
	}
	if s, stop := tree.To(roads.Snapped{}); stop != -1 || !math.IsInf(s, 1) {
		t.Errorf("a point off the network is served by %d", stop)
	}
	other := roads.Build(edges).Plain().Snap(edges[0].Line[0], 10)
	if s, stop := tree.To(other); stop != -1 || !math.IsInf(s, 1) {
		t.Errorf("a point of another graph is served by %d", stop)
	}
	empty := roads.Build(nil).Plain()
	if s := empty.Snap(orb.Point{120, 32}, 1e9); s.On() {
		t.Error("a point was put onto an empty network")
	}
	if tree, err := empty.Tree(t.Context(), roads.Search{From: at}); err != nil || len(tree.Off()) != 1 {
		t.Errorf("an empty network: %v, %v", tree.Off(), err)
	}
}
