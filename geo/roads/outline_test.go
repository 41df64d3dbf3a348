package roads_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/geo/roads"
)

// An area holds no place that is not reached in time, lies along what is reached and within
// the wider areas, and is valid.
func TestOutlines(t *testing.T) {
	held, lost := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 6))
		edges := grid(r, 14, 14, 180)
		n, err := roads.Build(edges).Under(conditions(r, edges))
		reason(t, err)
		tree, err := n.Tree(t.Context(), roads.Search{
			From:    roads.Stops(n.Snap(place(1300, 1300), 500), n.Snap(place(600, 600), 500)),
			Seconds: 60 + 200*r.Float64(),
		})
		reason(t, err)
		o := roads.Outline{Bands: []float64{60 + 200*r.Float64(), 1e6}, Square: 30 + 40*r.Float64(), Reach: 60 + 60*r.Float64()}
		loose, err := tree.Outlines(t.Context(), o)
		reason(t, err)
		for range 400 {
			p := somewhere(r, 14, 14, 180)
			seconds, _ := tree.To(n.Snap(p, 300))
			o.Timed = append(o.Timed, roads.Timed{Point: p, Seconds: seconds})
		}
		for _, polygon := range loose[1] { // the sides and corners of squares, where rounding might tell
			a, b := polygon[0][0], polygon[0][1]
			o.Timed = append(o.Timed, roads.Timed{Point: a, Seconds: 1e9}, roads.Timed{Point: orb.Point{(a[0] + b[0]) / 2, a[1]}, Seconds: 70})
		}
		areas, err := tree.Outlines(t.Context(), o)
		reason(t, err)
		for i, band := range o.Bands {
			checkArea(t, seed, areas[i])
			for _, p := range o.Timed {
				if p.Seconds > band && planar.MultiPolygonContains(areas[i], p.Point) {
					t.Errorf("seed %d: the area of %v s holds %+v", seed, band, p)
				}
			}
			for s := range tree.Stretches() {
				if max(s.SecondsFrom, s.SecondsTo) > band {
					continue
				}
				l := n.Graph().Line(s)
				if planar.MultiPolygonContains(loose[i], l[len(l)/2]) {
					held++
				} else {
					lost++
				}
			}
			var reached []orb.LineString
			for s := range tree.Stretches() {
				if s, ok := s.Within(band); ok {
					reached = append(reached, n.Graph().Line(s))
				}
			}
			for range 12 {
				p := somewhere(r, 14, 14, 180)
				if !planar.MultiPolygonContains(areas[i], p) {
					continue
				}
				if !planar.MultiPolygonContains(areas[1], p) {
					t.Errorf("seed %d: the narrow area is not within the wide one at %v", seed, p)
				}
				d := math.Inf(1)
				for _, l := range reached {
					if l.Bound().Pad(0.003).Contains(p) {
						d = min(d, least(p, l))
					}
				}
				if d > o.Reach+o.Square*math.Sqrt2/2+1 {
					t.Errorf("seed %d: the area reaches %.0f m from the road", seed, d)
				}
			}
		}
		tree.Release()
	}
	if held < 5*lost || held == 0 {
		t.Errorf("the areas hold %d stretches that are reached and leave out %d", held, lost)
	}
}

// checkArea says whether rings are closed, turn the right way, and touch nowhere.
func checkArea(t *testing.T, seed uint64, area orb.MultiPolygon) {
	t.Helper()
	corners := map[orb.Point]bool{}
	for i, polygon := range area {
		for k, ring := range polygon {
			if !ring.Closed() || (ring.Orientation() == orb.CCW) != (k == 0) {
				t.Errorf("seed %d: ring %d of polygon %d is open or turns the wrong way", seed, k, i)
			}
			for _, p := range ring[1:] {
				if corners[p] {
					t.Errorf("seed %d: rings touch at %v", seed, p)
				}
				corners[p] = true
			}
			if k > 0 && !planar.RingContains(polygon[0], ring[0]) {
				t.Errorf("seed %d: a hole lies outside its polygon", seed)
			}
		}
	}
}

func TestOutlineOfNothing(t *testing.T) {
	n := roads.Build(grid(rand.New(rand.NewPCG(1, 1)), 5, 5, 100)).Plain()
	tree, err := n.Tree(t.Context(), roads.Search{})
	reason(t, err)
	o := roads.Outline{Bands: []float64{600}, Square: 0.001}
	if areas, err := tree.Outlines(t.Context(), o); err != nil || len(areas) != 1 || len(areas[0]) != 0 {
		t.Errorf("areas %v, %v", areas, err)
	}
	tree, err = n.Tree(t.Context(), roads.Search{From: roads.Stops(n.Snap(place(200, 200), 300))})
	reason(t, err)
	areas, err := tree.Outlines(t.Context(), o)
	if reason(t, err); len(areas) != 1 || len(areas[0]) == 0 {
		t.Errorf("areas %v", areas)
	}
	if areas, err := tree.Outlines(t.Context(), roads.Outline{}); err != nil || len(areas) != 0 {
		t.Errorf("no bands, areas %v, %v", areas, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tree.Outlines(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled outline gives %v", err)
	}
}
