package roads

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// nodeReach is how far apart two ends with the same declared node may lie to be joined, in metres.
const nodeReach = 2

// Build makes the graph of a list of edges, in whatever order; of edges with the same id
// the first counts. Faulty edges are left out and listed by Problems. See the package
// comment for where edges are joined.
func Build(edges []Edge) *Graph {
	g := &Graph{serial: uint16(serials.Add(1))}
	g.take(edges)
	g.measure()
	g.cut(g.places())
	g.link()
	g.join()
	g.squares = newSquares(g)
	g.trees.New = func() any { return &Tree{labels: make([]label, g.Nodes())} }
	g.plain = sync.OnceValue(func() *Network {
		n, _ := g.compile(Conditions{}) // nothing in them can be wrong
		return n
	})
	return g
}

// Update makes a graph in which changed edges are added or take the place of those with
// their id, and removed ones are gone. The old graph stays as it is.
func (g *Graph) Update(changed []Edge, removed []int64) *Graph {
	gone := make(map[int64]bool, len(changed)+len(removed))
	for _, id := range removed {
		gone[id] = true
	}
	for i := range changed {
		gone[changed[i].ID] = true
	}
	next := slices.Clone(changed)
	for i := range g.edges {
		if !gone[g.edges[i].ID] {
			next = append(next, g.edges[i])
		}
	}
	return Build(next)
}

// take keeps the edges that are in order. They stand along a space-filling curve, so that
// what lies near in the city lies near in memory; byID finds them.
func (g *Graph) take(edges []Edge) {
	kept := make([]int32, 0, len(edges))
	for i := range edges {
		if reason := edges[i].fault(); reason != "" {
			g.problems = append(g.problems, Problem{edges[i].ID, reason})
		} else {
			kept = append(kept, int32(i))
		}
	}
	slices.SortStableFunc(kept, func(a, b int32) int { return cmp.Compare(edges[a].ID, edges[b].ID) })
	kept = slices.CompactFunc(kept, func(a, b int32) bool {
		if edges[a].ID == edges[b].ID {
			g.problems = append(g.problems, Problem{edges[b].ID, "there is another edge with this id"})
		}
		return edges[a].ID == edges[b].ID
	})
	bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for _, i := range kept {
		bound = bound.Union(edges[i].Line.Bound())
	}
	g.plane = newPlane(bound.Center())
	type ranked struct {
		curve uint32
		rank  int32 // by id
	}
	order := make([]ranked, len(kept))
	for r, i := range kept {
		order[r] = ranked{curve(bound, edges[i].Line[0]), int32(r)}
	}
	slices.SortFunc(order, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.curve, b.curve), cmp.Compare(a.rank, b.rank))
	})
	g.edges, g.byID = make([]Edge, len(kept)), make([]int32, len(kept))
	g.start = make([]int32, 1, len(kept)+1)
	total := int32(0)
	for i, o := range order {
		g.edges[i], g.byID[o.rank] = edges[kept[o.rank]], int32(i)
		total += int32(len(g.edges[i].Line))
		g.start = append(g.start, total)
	}
}

// curve is a point's place on the Z-shaped curve through a box (Morton), in 16 bits a side.
func curve(b orb.Bound, p orb.Point) uint32 {
	z := uint32(0)
	for k := range p {
		v := uint32(0)
		if side := b.Max[k] - b.Min[k]; side > 0 {
			v = uint32((p[k] - b.Min[k]) / side * math.MaxUint16)
		}
		v = (v | v<<8) & 0x00ff00ff
		v = (v | v<<4) & 0x0f0f0f0f
		v = (v | v<<2) & 0x33333333
		v = (v | v<<1) & 0x55555555
		z |= v << k
	}
	return z
}

// measure puts the vertices into the plane and adds up lengths.
func (g *Graph) measure() {
	total := g.start[len(g.edges)]
	g.at, g.along, g.on = make([][2]float64, total), make([]float64, total), make([]int32, total)
	parallel(len(g.edges), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			v, sum := g.start[i], 0.0
			for k, p := range g.edges[i].Line {
				if k > 0 {
					sum += length(g.edges[i].Line[k-1], p)
				}
				g.at[v], g.along[v] = g.plane.xy(p), sum
				v++
			}
		}
	})
}

// places finds the place of each vertex, then makes one of the places of ends with the same declared node.
func (g *Graph) places() []int32 {
	c := newClusters(len(g.at))
	place := make([]int32, len(g.at))
	for v := range g.at {
		place[v] = c.place(g.at[v])
	}
	same := newSets(len(c.at))
	byNode := map[int64]int32{}
	for i := range g.edges {
		e := &g.edges[i]
		for _, end := range [2]struct {
			node   int64
			vertex int32
		}{{e.FromNode, g.start[i]}, {e.ToNode, g.start[i+1] - 1}} {
			here := place[end.vertex]
			there, ok := byNode[end.node]
			switch {
			case end.node == 0:
			case !ok:
				byNode[end.node] = here
			case here != there:
				d := math.Hypot(c.at[here][0]-c.at[there][0], c.at[here][1]-c.at[there][1])
				if d <= nodeReach {
					same.join(here, there)
				} else {
					g.problems = append(g.problems, Problem{e.ID, fmt.Sprintf("node %d of its end is elsewhere %.0f m away", end.node, d)})
				}
			}
		}
	}
	for v, p := range place {
		place[v] = same.find(p)
	}
	slices.SortStableFunc(g.problems, func(a, b Problem) int { return cmp.Compare(a.Edge, b.Edge) })
	return place
}

// link makes the rows of arcs.
func (g *Graph) link() {
	nodes := int32(0)
	for i := range g.parts {
		nodes = max(nodes, g.parts[i].from+1, g.parts[i].to+1)
	}
	g.first = make([]int32, nodes+1)
	for i := range g.parts {
		g.first[g.parts[i].from+1]++
		g.first[g.parts[i].to+1]++
	}
	for i := range nodes {
		g.first[i+1] += g.first[i]
	}
	g.arcs = make([]arc, 2*len(g.parts))
	free := slices.Clone(g.first)
	for i := range g.parts {
		p := &g.parts[i]
		g.arcs[free[p.from]] = arc{p.to, int32(2 * i)}
		free[p.from]++
		g.arcs[free[p.to]] = arc{p.from, int32(2*i + 1)}
		free[p.to]++
	}
}

// join finds the components.
func (g *Graph) join() {
	s := newSets(g.Nodes())
	for i := range g.parts {
		s.join(g.parts[i].from, g.parts[i].to)
	}
	number := make([]int32, g.Nodes())
	var found []Component
	for i := range s {
		if s.find(int32(i)) == int32(i) { // the root is the lowest, so it comes first
			number[i] = int32(len(found))
			found = append(found, Component{})
		}
	}
	for i := range g.parts {
		c := &found[number[s.find(g.parts[i].from)]]
		c.Parts++
		c.Metres += g.parts[i].metres
	}
	order := make([]int32, len(found))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(found[b].Metres, found[a].Metres) })
	rank := make([]int32, len(found))
	for r, i := range order {
		rank[i] = int32(r)
		c := found[i]
		c.Island = r > 0 && c.Metres < g.components[0].Metres*islandShare
		g.components = append(g.components, c)
	}
	g.component = make([]int32, g.Nodes())
	for i := range s {
		g.component[i] = rank[number[s.find(int32(i))]]
	}
}
