package siting

import "context"

// simplex is the state of the network simplex method on the transportation problem: a
// spanning tree over facilities, a root and cells, numbered in this order. Arcs lead from
// cells to facilities (people who go there), from cells to the root (people unserved, at
// the penalty) and from the root to facilities (empty places, at no cost). No arc has an
// upper limit, so only arcs of the tree carry flow. The arc between a node and its parent
// is kept with the node.
//
// In a strongly feasible tree every arc that leads down, which is every facility's, carries
// some flow.
type simplex struct {
	demand  *Demand
	penalty int64
	root    int32
	active  []int32 // cells with people
	pivots  int
	scanned int // where the search for an entering arc goes on

	parent []int32
	flow   []int64
	cost   []int64

	// Of facilities and the root only: a cell's follow from its parent's.
	price []int64 // of the head of an arc less that of its tail is the arc's cost, in the tree
	depth []int32

	// The children of each node, without cells that have none of their own.
	first, next, prev []int32
	stack             []int32
}

const nobody = int32(-1)

func newSimplex(d *Demand, penalty int64) *simplex {
	m := len(d.Capacity)
	nodes := m + 1 + len(d.People)
	s := &simplex{
		demand: d, penalty: penalty, root: int32(m),
		parent: make([]int32, nodes), flow: make([]int64, nodes), cost: make([]int64, nodes),
		price: make([]int64, m+1), depth: make([]int32, m+1),
		first: make([]int32, nodes), next: make([]int32, nodes), prev: make([]int32, nodes),
	}
	for v := range s.first {
		s.first[v] = nobody
	}
	for i, n := range d.People {
		if n > 0 {
			s.active = append(s.active, s.root+1+int32(i))
		}
	}
	return s
}

// cell is the number of the cell of a node.
func (s *simplex) cell(v int32) int32 { return v - s.root - 1 }

// priceOf is the price of a cell's node.
func (s *simplex) priceOf(v int32) int64 { return s.price[s.parent[v]] - s.cost[v] }

func (s *simplex) depthOf(v int32) int32 {
	if v > s.root {
		return s.depth[s.parent[v]] + 1
	}
	return s.depth[v]
}

// link puts a node among its parent's children; a cell only if it has children.
func (s *simplex) link(v int32) {
	if v > s.root && s.first[v] == nobody {
		return
	}
	p := s.parent[v]
	f := s.first[p]
	s.next[v], s.prev[v], s.first[p] = f, nobody, v
	if f != nobody {
		s.prev[f] = v
	} else if p > s.root {
		s.link(p)
	}
}

// unlink takes a node from among its parent's children.
func (s *simplex) unlink(v int32) {
	if v > s.root && s.first[v] == nobody {
		return
	}
	s.remove(v)
	if p := s.parent[v]; p > s.root && s.first[p] == nobody {
		s.remove(p)
	}
}

func (s *simplex) remove(v int32) {
	n, p := s.next[v], s.prev[v]
	if n != nobody {
		s.prev[n] = p
	}
	if p != nobody {
		s.next[p] = n
	} else {
		s.first[s.parent[v]] = n
	}
}

// solve pivots until no arc promises to lower the cost.
func (s *simplex) solve(ctx context.Context, report Progress) error {
	for {
		if s.pivots%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if report != nil && s.pivots%(16*1024) == 0 {
				report(s.pivots, s.unmet())
			}
		}
		tail, head, cost, reduced := s.entering()
		if reduced >= 0 {
			return ctx.Err()
		}
		s.pivots++
		s.pivot(tail, head, cost, reduced)
	}
}

func (s *simplex) unmet() int64 {
	n := int64(0)
	for _, v := range s.active {
		if s.parent[v] == s.root {
			n += s.flow[v]
		}
	}
	return n
}

// pivot lets an arc enter the tree, pushes as many people as possible around the circle
// that it closes, and takes an arc out that has none left.
func (s *simplex) pivot(tail, head int32, cost, reduced int64) {
	const unlimited = int64(1<<63 - 1)
	apex, fewTail, fewHead := nobody, unlimited, unlimited
	leaveTail, leaveHead := nobody, nobody
	// Of several arcs that run empty the last before the apex leaves, in the arc's direction.
	for a, b := tail, head; ; {
		if a == b {
			apex = a
			break
		}
		if s.depthOf(a) > s.depthOf(b) {
			if a > s.root && s.flow[a] < fewTail {
				fewTail, leaveTail = s.flow[a], a
			}
			a = s.parent[a]
		} else {
			if b < s.root && s.flow[b] <= fewHead {
				fewHead, leaveHead = s.flow[b], b
			}
			b = s.parent[b]
		}
	}
	push := min(fewTail, fewHead)
	if push > 0 {
		s.shift(tail, apex, -push)
		s.shift(head, apex, push)
	}
	if fewHead <= fewTail {
		s.rehang(head, tail, leaveHead, cost, push)
		s.reprice(head, reduced)
	} else {
		s.rehang(tail, head, leaveTail, cost, push)
		s.reprice(tail, -reduced)
	}
}

// shift adds to the arcs of cells, and takes from those of facilities, from v up to apex.
func (s *simplex) shift(v, apex int32, people int64) {
	for ; v != apex; v = s.parent[v] {
		if v > s.root {
			s.flow[v] += people
		} else {
			s.flow[v] -= people
		}
	}
}

// rehang cuts the arc above top and hangs the part under it by v, which is in it, on parent.
func (s *simplex) rehang(v, parent, top int32, cost, flow int64) {
	for {
		above, oldCost, oldFlow := s.parent[v], s.cost[v], s.flow[v]
		s.unlink(v)
		s.parent[v], s.cost[v], s.flow[v] = parent, cost, flow
		s.link(v)
		if v == top {
			return
		}
		v, parent, cost, flow = above, v, oldCost, oldFlow
	}
}

// reprice adds to the prices of v and all below it and brings their depths up to date.
func (s *simplex) reprice(v int32, more int64) {
	s.stack = append(s.stack[:0], v)
	for len(s.stack) > 0 {
		v := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		if v < s.root {
			s.price[v] += more
			s.depth[v] = s.depthOf(s.parent[v]) + 1
		}
		for c := s.first[v]; c != nobody; c = s.next[c] {
			s.stack = append(s.stack, c)
		}
	}
}
