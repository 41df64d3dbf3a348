package roads

import (
	"context"
	"math"

	"github.com/paulmach/orb"
)

// Snapped is a point put onto the nearest part of a network that is open, in 16 bytes, so
// that a million may be kept. It belongs to one graph. The zero value is off the network.
type Snapped struct {
	part   uint32 // its number plus 1; 0: off the network
	at     float32
	walk   float32
	serial uint16
	notes  notes
}

type notes uint8

const (
	onIsland     notes = 1 << iota // the part is on an island
	passedIsland                   // an island's part was nearer
)

// On says whether the point found the network within the distance.
func (s Snapped) On() bool { return s.part > 0 }

// Walk is the straight distance from the point to the network, in metres.
func (s Snapped) Walk() float64 { return float64(s.walk) }

// OnIsland says that the point was put onto an island, as nothing else was near.
func (s Snapped) OnIsland() bool { return s.notes&onIsland != 0 }

// PassedIsland says that an island's part is nearer than the one that was taken.
func (s Snapped) PassedIsland() bool { return s.notes&passedIsland != 0 }

// Spot is where a snapped point lies on the network.
type Spot struct {
	Part  int     // number of the part
	Edge  int64   // id
	At    float64 // share of the part's length, from its start
	Point orb.Point
}

// Spot describes where a snapped point lies; false if it is off the network or another graph's.
func (g *Graph) Spot(s Snapped) (Spot, bool) {
	if !g.owns(s) {
		return Spot{}, false
	}
	p := int32(s.part) - 1
	v, t := g.find(p, float64(s.at))
	edge := g.parts[p].edge
	return Spot{Part: int(p), Edge: g.edges[edge].ID, At: float64(s.at), Point: g.between(edge, v, t)}, true
}

func (g *Graph) owns(s Snapped) bool {
	return s.part > 0 && s.serial == g.serial && int(s.part) <= len(g.parts)
}

// find gives the vertex before a share of a part's length, and how far from it to the next.
func (g *Graph) find(number int32, share float64) (v int32, t float64) {
	p := &g.parts[number]
	goal := g.along[p.lo] + share*p.metres
	lo, hi := p.lo, p.hi-1
	for lo < hi {
		if m := (lo + hi + 1) / 2; g.along[m] <= goal {
			lo = m
		} else {
			hi = m - 1
		}
	}
	if d := g.along[lo+1] - g.along[lo]; d > 0 {
		t = min(max((goal-g.along[lo])/d, 0), 1)
	}
	return lo, t
}

// Usable says whether the point lies on a part of this graph that is open.
func (n *Network) Usable(s Snapped) bool { return n.g.owns(s) && n.open(int32(s.part)-1) }

// islandDetour is how much farther the mainland may lie than an island that gives way to it, in metres.
const islandDetour = 200

// Snap puts a point onto the nearest open part within a distance in metres. An island gives
// way to the mainland if that lies within the distance and at most 200 m farther.
func (n *Network) Snap(p orb.Point, within float64) Snapped {
	g := n.g
	if len(g.parts) == 0 || !(within >= 0) || !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 89) {
		return Snapped{}
	}
	s := &g.squares
	q := g.plane.xy(p)
	sx, sy := g.plane.stretch(p[1])
	column, row := s.column(q[0]), s.row(q[1])
	// How far outside the grid the point lies: nothing is nearer.
	outside := max(s.min[0]-q[0], q[0]-s.min[0]-float64(s.cols)*s.side, s.min[1]-q[1], q[1]-s.min[1]-float64(s.rows)*s.side, 0) * min(sx, sy)
	ring := s.side * min(sx, sy) // the least that each ring of squares adds
	nearest := [2]struct {       // of the mainland and of the islands
		square float64
		v      int32
		t      float64
	}{{within * within * (1 + 1e-12), -1, 0}, {within * within * (1 + 1e-12), -1, 0}}
	for r := int32(0); r <= max(s.cols, s.rows); r++ {
		least := max(float64(r-1)*ring, outside)
		if least > within || nearest[0].v >= 0 && least*least > nearest[0].square ||
			nearest[1].v >= 0 && least > math.Sqrt(nearest[1].square)+islandDetour {
			break
		}
		for y := max(row-r, 0); y <= min(row+r, s.rows-1); y++ {
			step := int32(1)
			if r > 0 && y != row-r && y != row+r {
				step = 2 * r // only the two sides of the ring
			}
			for x := column - r; x <= column+r; x += step {
				if x < 0 || x >= s.cols {
					continue
				}
				i := y*s.cols + x
				for _, v := range s.pieces[s.first[i]:s.first[i+1]] {
					a, b := g.at[v], g.at[v+1]
					ax, ay := (a[0]-q[0])*sx, (a[1]-q[1])*sy
					dx, dy := (b[0]-a[0])*sx, (b[1]-a[1])*sy
					t := 0.0
					if d := dx*dx + dy*dy; d > 0 {
						t = min(max(-(ax*dx+ay*dy)/d, 0), 1)
					}
					ax, ay = ax+t*dx, ay+t*dy
					d := ax*ax + ay*ay
					if d > nearest[0].square {
						continue // an island that is farther does not matter either
					}
					kind := n.state[g.on[v]]
					if kind == shut {
						continue
					}
					if best := &nearest[kind-mainland]; d < best.square || d == best.square && v < best.v {
						best.square, best.v, best.t = d, v, t
					}
				}
			}
		}
	}
	land, isle := &nearest[0], &nearest[1]
	best, notes := land, notes(0)
	switch {
	case land.v < 0 && isle.v < 0:
		return Snapped{}
	case land.v < 0 || isle.v >= 0 && math.Sqrt(land.square)-math.Sqrt(isle.square) > islandDetour:
		best, notes = isle, onIsland
	case isle.v >= 0 && isle.square < land.square:
		notes = passedIsland
	}
	number := g.on[best.v]
	part := &g.parts[number]
	share := 0.0
	if part.metres > 0 {
		share = (g.along[best.v] + best.t*(g.along[best.v+1]-g.along[best.v]) - g.along[part.lo]) / part.metres
	}
	return Snapped{uint32(number) + 1, float32(share), float32(math.Sqrt(best.square)), g.serial, notes}
}

// SnapAll puts many points onto the network, on all processors; the error is the context's.
func (n *Network) SnapAll(ctx context.Context, points []orb.Point, within float64) ([]Snapped, error) {
	out := make([]Snapped, len(points))
	return out, parallelUntil(ctx, len(points), 1024, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			out[i] = n.Snap(points[i], within)
		}
		return nil
	})
}

// SnapAgain returns a copy of what SnapAll gave for the points on another network over the
// same graph, in which those that lie on a part that is closed here are put elsewhere.
func (n *Network) SnapAgain(ctx context.Context, points []orb.Point, snapped []Snapped, within float64) ([]Snapped, error) {
	out := make([]Snapped, len(points))
	return out, parallelUntil(ctx, len(points), 4096, func(lo, hi int) error {
		copy(out[lo:hi], snapped[lo:hi])
		for i := lo; i < hi; i++ {
			if out[i].On() && !n.Usable(out[i]) {
				out[i] = n.Snap(points[i], within)
			}
		}
		return nil
	})
}

// At is the place at a share of a part's length from its start, as if a point were snapped
// there; off the network where there is no such part or share.
func (g *Graph) At(part int, share float64) Snapped {
	if part < 0 || part >= len(g.parts) || !(share >= 0 && share <= 1) {
		return Snapped{}
	}
	return Snapped{part: uint32(part) + 1, at: float32(share), serial: g.serial}
}
