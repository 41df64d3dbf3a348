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

// The area of a service area holds no place that is not reached, lies along what is
// reached, and is valid: rings touch neither themselves nor each other.
func TestOutline(t *testing.T) {
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
		o := roads.Outline{Square: 30 + 40*r.Float64(), Reach: 60 + 60*r.Float64()}
		if r.IntN(2) == 0 {
			o.Seconds = 60
		}
		for range 400 {
			p := somewhere(r, 14, 14, 180)
			if seconds, _ := tree.To(n.Snap(p, 300)); math.IsInf(seconds, 1) || o.Seconds > 0 && seconds > o.Seconds {
				o.Without = append(o.Without, p)
			}
		}
		bare := o
		bare.Without = nil
		loose, err := tree.Outline(t.Context(), bare)
		reason(t, err)
		for _, ring := range loose { // the sides and corners of squares, where rounding might tell
			o.Without = append(o.Without, ring[0][0], orb.Point{(ring[0][0][0] + ring[0][1][0]) / 2, ring[0][0][1]})
		}
		area, err := tree.Outline(t.Context(), o)
		reason(t, err)
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
		for _, p := range o.Without {
			if planar.MultiPolygonContains(area, p) {
				t.Errorf("seed %d: the area holds %v, which is not reached", seed, p)
			}
		}
		for s := range tree.Stretches() {
			if o.Seconds > 0 && max(s.SecondsFrom, s.SecondsTo) > o.Seconds {
				continue
			}
			l := n.Graph().Line(s)
			if planar.MultiPolygonContains(loose, l[len(l)/2]) {
				held++
			} else {
				lost++
			}
		}
		var reached []orb.LineString
		for s := range tree.Stretches() {
			reached = append(reached, n.Graph().Line(s))
		}
		for range 12 {
			p := somewhere(r, 14, 14, 180)
			if !planar.MultiPolygonContains(area, p) {
				continue
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
		tree.Release()
	}
	if held < 5*lost || held == 0 {
		t.Errorf("the area holds %d stretches that are reached and leaves out %d", held, lost)
	}
}

func TestOutlineOfNothing(t *testing.T) {
	n := roads.Build(grid(rand.New(rand.NewPCG(1, 1)), 5, 5, 100)).Plain()
	tree, err := n.Tree(t.Context(), roads.Search{})
	reason(t, err)
	if area, err := tree.Outline(t.Context(), roads.Outline{}); err != nil || len(area) != 0 {
		t.Errorf("an area of %d polygons, %v", len(area), err)
	}
	tree, err = n.Tree(t.Context(), roads.Search{From: roads.Stops(n.Snap(place(200, 200), 300))})
	reason(t, err)
	area, err := tree.Outline(t.Context(), roads.Outline{Square: 0.001})
	if reason(t, err); len(area) == 0 {
		t.Error("no area")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := tree.Outline(ctx, roads.Outline{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled outline gives %v", err)
	}
}
