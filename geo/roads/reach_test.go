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

func metres(l orb.LineString) float64 {
	sum := 0.0
	for k := 1; k < len(l); k++ {
		sum += float64(geo.Distance(l[k-1], l[k]))
	}
	return sum
}

// A path hangs together, takes what it says, and leads from the stop to the point.
func TestPath(t *testing.T) {
	walked := 0
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 4))
		edges := grid(r, 7, 7, 200)
		byID := map[int64]roads.Edge{}
		for _, e := range edges {
			byID[e.ID] = e
		}
		c := conditions(r, edges)
		n, err := roads.Build(edges).Under(c)
		reason(t, err)
		f := &reference{cond: c}
		search := roads.Search{Toward: r.IntN(2) == 0}
		for range 4 {
			search.From = append(search.From, roads.Stop{At: n.Snap(somewhere(r, 7, 7, 200), 100), Seconds: r.Float64() * 60})
		}
		tree, err := n.Tree(t.Context(), search)
		reason(t, err)
		for range 20 {
			s := n.Snap(somewhere(r, 7, 7, 200), 100)
			seconds, stop := tree.To(s)
			p, ok := tree.Path(s)
			if ok != (stop >= 0) {
				t.Fatalf("seed %d: a path %v, a stop %d", seed, ok, stop)
			}
			if !ok {
				continue
			}
			walked++
			from, _ := n.Graph().Spot(search.From[stop].At)
			to, _ := n.Graph().Spot(s)
			if search.Toward {
				from, to = to, from
			}
			total := search.From[stop].Seconds + (p.StopWalk+p.Walk)/(roads.DefaultAccessKmh/3.6)
			long := 0.0
			for i, step := range p.Steps {
				e := byID[step.Edge]
				forward, backward := f.seconds(&e)
				pace := forward
				if step.From > step.To {
					pace = backward
				}
				part := n.Graph().Part(step.Part)
				if want := pace * step.Metres / metres(e.Line); step.From != step.To && !same(step.Seconds, want) {
					t.Errorf("seed %d: step %+v takes %v s", seed, step, want)
				}
				total += step.Seconds
				long += step.Metres
				if i > 0 {
					before := p.Steps[i-1]
					if node(n.Graph(), before.Part, before.To) != node(n.Graph(), step.Part, step.From) {
						t.Errorf("seed %d: step %+v does not follow %+v (part %+v)", seed, step, before, part)
					}
				}
			}
			first, last := p.Steps[0], p.Steps[len(p.Steps)-1]
			if first.Part != from.Part || first.From != from.At || last.Part != to.Part || last.To != to.At {
				t.Errorf("seed %d: the path leads from %+v to %+v, not from %+v to %+v", seed, first, last, from, to)
			}
			if !same(total, seconds) || p.Seconds != seconds || !same(long, p.Metres) || math.Abs(metres(p.Line)-long) > 1e-6*long+0.2*float64(len(p.Steps)) {
				t.Errorf("seed %d: %v s and %v m by steps, %v s and %v m by path, %v m by line", seed, total, long, p.Seconds, p.Metres, metres(p.Line))
			}
		}
		tree.Release()
	}
	if walked < 500 {
		t.Errorf("only %d paths were looked at", walked)
	}
}

// node is the node at an end of a part; a step that does not end there is out of order.
func node(g *roads.Graph, part int, at float64) int {
	switch p := g.Part(part); at {
	case 0:
		return p.From
	case 1:
		return p.To
	}
	return -1 - part
}

// atEnd says whether a share of a part is where a stretch ends.
func atEnd(stretches []roads.Stretch, at float64) bool {
	return slices.ContainsFunc(stretches, func(s roads.Stretch) bool { return s.From == at || s.To == at })
}

// The stretches are exactly what can be reached in time, at the times of To.
func TestStretches(t *testing.T) {
	reached, beyond := 0, 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 5))
		edges := grid(r, 6, 6, 300)
		n, err := roads.Build(edges).Under(conditions(r, edges))
		reason(t, err)
		limit := 30 + 200*r.Float64()
		search := roads.Search{Toward: r.IntN(2) == 0, Seconds: limit, AccessKmh: math.Inf(1)}
		for range 1 + r.IntN(5) {
			search.From = append(search.From, roads.Stop{At: n.Snap(somewhere(r, 6, 6, 300), 200), Seconds: r.Float64() * 60})
			if r.IntN(3) == 0 { // another on the same part
				spot, _ := n.Graph().Spot(search.From[0].At)
				if line := n.Graph().Part(spot.Part).Line; n.Usable(search.From[0].At) {
					search.From = append(search.From, roads.Stop{At: n.Snap(line[0], 1)})
				}
			}
		}
		tree, err := n.Tree(t.Context(), search)
		reason(t, err)
		byPart := map[int][]roads.Stretch{}
		for s := range tree.Stretches() {
			if s.From >= s.To || s.From < 0 || s.To > 1 || max(s.SecondsFrom, s.SecondsTo) > limit*(1+1e-12) {
				t.Errorf("seed %d: stretch %+v within %v s", seed, s, limit)
			}
			if got := metres(n.Graph().Line(s)); math.Abs(got-n.Graph().Metres(s)) > 1e-5*got+1e-6 {
				t.Errorf("seed %d: a stretch of %v m has a line of %v m", seed, n.Graph().Metres(s), got)
			}
			byPart[s.Part] = append(byPart[s.Part], s)
		}
		for range 200 {
			s := n.Snap(somewhere(r, 6, 6, 300), 200)
			if !s.On() {
				continue
			}
			seconds, _ := tree.To(s)
			spot, _ := n.Graph().Spot(s)
			hits := 0
			for _, c := range byPart[spot.Part] {
				if spot.At > c.From && spot.At < c.To {
					hits++
					if at := c.SecondsFrom + (c.SecondsTo-c.SecondsFrom)*(spot.At-c.From)/(c.To-c.From); math.Abs(at-seconds) > 1e-6*(1+at) {
						t.Errorf("seed %d: %v s by stretch %+v, %v by To", seed, at, c, seconds)
					}
				}
			}
			switch {
			case math.IsInf(seconds, 1):
				beyond++
				if hits > 0 && spot.At > 0 && spot.At < 1 {
					t.Errorf("seed %d: %+v lies beyond, but in a stretch of %+v", seed, spot, byPart[spot.Part])
				}
			case seconds < limit-1e-6:
				reached++
				if hits == 0 && spot.At > 0 && spot.At < 1 && !atEnd(byPart[spot.Part], spot.At) {
					t.Errorf("seed %d: %+v is reached in %v s, but in no stretch of %+v", seed, spot, seconds, byPart[spot.Part])
				}
			}
		}
		for _, cut := range []float64{limit / 3, limit / 2} {
			for _, all := range byPart {
				for _, s := range all {
					c, ok := s.Within(cut)
					if ok != (min(s.SecondsFrom, s.SecondsTo) < cut) {
						t.Errorf("%+v within %v: %v", s, cut, ok)
					}
					if slope := (s.SecondsTo - s.SecondsFrom) / (s.To - s.From); ok && (max(c.SecondsFrom, c.SecondsTo) > cut ||
						math.Abs(c.SecondsTo-c.SecondsFrom-slope*(c.To-c.From)) > 1e-6) {
						t.Errorf("%+v within %v is %+v", s, cut, c)
					}
				}
			}
		}
		tree.Release()
	}
	if reached < 1000 || beyond < 1000 {
		t.Errorf("%d points reached, %d beyond", reached, beyond)
	}
}
