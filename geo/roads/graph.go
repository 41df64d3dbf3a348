package roads

import (
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"
)

// Graph is a road network, ready for questions. It is not changed any more and may be
// used by several goroutines at once; Update makes another.
type Graph struct {
	edges    []Edge  // along a curve
	byID     []int32 // the edges in the order of their ids
	problems []Problem

	start []int32      // of each edge, the number of its first vertex; one more at the end
	at    [][2]float64 // of each vertex, its place in the plane
	along []float64    // of each vertex, the metres from the start of its edge
	on    []int32      // of each vertex, the part that goes on from it; of an edge's last vertex unused
	plane plane

	parts []part
	first []int32 // of each node, its first arc; one more at the end
	arcs  []arc

	components []Component
	component  []int32 // of each node
	squares    squares
	serial     uint16
	trees      sync.Pool // of *Tree

	plain func() *Network
}

// part is an edge, or the piece of an edge between two junctions.
type part struct {
	edge     int32 // index of the edge
	number   int32 // 0 for the edge's first part
	lo, hi   int32 // its first and last vertex
	from, to int32 // nodes
	metres   float64
}

// arc leaves a node along a part: half is twice the part's number, plus 1 if the part is
// gone through from its end to its start.
type arc struct {
	head, half int32
}

// Component is a piece of the network that hangs together, directions and closures aside.
type Component struct {
	Parts  int
	Metres float64
	Island bool // under a fiftieth of the length of the longest
}

// islandShare is the share of the longest component's length under which one is an island.
const islandShare = 1.0 / 50

// Part describes a part of the graph.
type Part struct {
	Edge      int64 // id
	Number    int   // 0 for the edge's first part
	From, To  int   // nodes
	Metres    float64
	Component int
	Line      orb.LineString // not to be changed
}

// serials number the graphs of a process.
var serials atomic.Uint32

// Nodes is the number of junctions and ends, which are numbered from 0.
func (g *Graph) Nodes() int { return len(g.first) - 1 }

// Parts is the number of parts, which are numbered from 0; those of an edge follow each other.
func (g *Graph) Parts() int { return len(g.parts) }

// Edges is the number of edges.
func (g *Graph) Edges() int { return len(g.edges) }

// Problems lists what was wrong with the edges, by id.
func (g *Graph) Problems() []Problem { return g.problems }

// Components lists the pieces of the network, the longest first.
func (g *Graph) Components() []Component { return g.components }

// Part describes the part of a number.
func (g *Graph) Part(number int) Part {
	p := &g.parts[number]
	e := &g.edges[p.edge]
	offset := g.start[p.edge]
	return Part{
		Edge: e.ID, Number: int(p.number), From: int(p.from), To: int(p.to), Metres: p.metres,
		Component: int(g.component[p.from]), Line: e.Line[p.lo-offset : p.hi-offset+1],
	}
}

// vertex returns the degrees of a vertex of an edge.
func (g *Graph) vertex(edge, v int32) orb.Point { return g.edges[edge].Line[v-g.start[edge]] }
