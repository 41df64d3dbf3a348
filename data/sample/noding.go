package sample

import (
	"cmp"
	"math"
	"slices"
)

// segments finds the pieces of lines near a place: squares of 250 m.
type segments struct {
	list    []piece
	squares map[[2]int32][]int32
}

type piece struct {
	edge int
	a, b xy
}

const pieceSquare = 250

func newSegments() *segments { return &segments{squares: map[[2]int32][]int32{}} }

func (s *segments) add(edge int, a, b xy) {
	k := int32(len(s.list))
	s.list = append(s.list, piece{edge, a, b})
	s.each(xy{math.Min(a.x, b.x), math.Min(a.y, b.y)}, xy{math.Max(a.x, b.x), math.Max(a.y, b.y)}, func(q [2]int32) {
		s.squares[q] = append(s.squares[q], k)
	})
}

func (s *segments) each(lo, hi xy, f func([2]int32)) {
	for x := int32(math.Floor(lo.x / pieceSquare)); x <= int32(math.Floor(hi.x/pieceSquare)); x++ {
		for y := int32(math.Floor(lo.y / pieceSquare)); y <= int32(math.Floor(hi.y/pieceSquare)); y++ {
			f([2]int32{x, y})
		}
	}
}

// clear says whether no line comes within reach metres of a place.
func (s *segments) clear(p xy, reach float64) bool {
	free := true
	s.each(xy{p.x - reach, p.y - reach}, xy{p.x + reach, p.y + reach}, func(q [2]int32) {
		if !free {
			return
		}
		for _, k := range s.squares[q] {
			if o := s.list[k]; p.distance(onSegment(p, o.a, o.b)) < reach {
				free = false
				return
			}
		}
	})
	return free
}

// node cuts lines where they cross and numbers the places where they end.
func node(lines []edge) *roads {
	index := newSegments()
	type mark struct {
		piece int // of the edge
		t     float64
		at    xy
	}
	marks := make([][]mark, len(lines))
	first := make([]int, len(lines)) // number of the edge's first piece in the index
	for i, e := range lines {
		first[i] = len(index.list)
		for k := 1; k < len(e.line); k++ {
			index.add(i, e.line[k-1], e.line[k])
		}
	}
	done := map[[2]int32]bool{}
	for i := range index.list {
		s := index.list[i]
		index.each(xy{math.Min(s.a.x, s.b.x), math.Min(s.a.y, s.b.y)}, xy{math.Max(s.a.x, s.b.x), math.Max(s.a.y, s.b.y)}, func(q [2]int32) {
			for _, k := range index.squares[q] {
				o := index.list[k]
				if int(k) <= i || o.edge == s.edge || done[[2]int32{int32(i), k}] {
					continue
				}
				t, u, ok := crossing(s.a, s.b, o.a, o.b)
				if !ok {
					continue
				}
				done[[2]int32{int32(i), k}] = true
				at := s.a.towards(s.b, t)
				marks[s.edge] = append(marks[s.edge], mark{i - first[s.edge], t, at})
				marks[o.edge] = append(marks[o.edge], mark{int(k) - first[o.edge], u, at})
			}
		})
	}
	r := &roads{}
	ids := map[[2]int64]int32{}
	number := func(p xy) int32 { // places within a decimetre are one node
		key := [2]int64{int64(math.Round(p.x * 10)), int64(math.Round(p.y * 10))}
		id, ok := ids[key]
		if !ok {
			id = int32(len(r.nodes))
			ids[key] = id
			r.nodes = append(r.nodes, p)
		}
		return id
	}
	for i, e := range lines {
		cuts := marks[i]
		slices.SortFunc(cuts, func(a, b mark) int {
			return cmp.Or(cmp.Compare(a.piece, b.piece), cmp.Compare(a.t, b.t))
		})
		part := []xy{e.line[0]}
		end := func(p xy) {
			from, to := number(part[0]), number(p)
			if from != to {
				next := e
				next.from, next.to = from, to
				next.line = append(slices.Clone(part), p)
				next.line[0], next.line[len(next.line)-1] = r.nodes[from], r.nodes[to]
				r.edges = append(r.edges, next)
			}
			part = []xy{r.nodes[to]}
		}
		for k := 1; k < len(e.line); k++ {
			for len(cuts) > 0 && cuts[0].piece == k-1 {
				end(cuts[0].at)
				cuts = cuts[1:]
			}
			if k < len(e.line)-1 {
				part = append(part, e.line[k])
			}
		}
		end(e.line[len(e.line)-1])
	}
	return r
}

// keepLargest drops what does not hang together with the largest part of the network.
func (r *roads) keepLargest() {
	joined := newSets(len(r.nodes))
	for _, e := range r.edges {
		joined.join(int(e.from), int(e.to))
	}
	size := make([]int, len(r.nodes))
	for _, e := range r.edges {
		size[joined.find(int(e.from))]++
	}
	largest := 0
	for i, n := range size {
		if n > size[largest] {
			largest = i
		}
	}
	r.edges = slices.DeleteFunc(r.edges, func(e edge) bool { return joined.find(int(e.from)) != largest })
}

// fromMiddle puts the edges in an order in which the first few hang together: outward
// from the node nearest to a place, breadth first.
func (r *roads) fromMiddle(middle xy) {
	out := make([][]int32, len(r.nodes))
	for i, e := range r.edges {
		out[e.from] = append(out[e.from], int32(i))
		out[e.to] = append(out[e.to], int32(i))
	}
	start := r.edges[0].from
	for _, e := range r.edges {
		if r.nodes[e.from].distance(middle) < r.nodes[start].distance(middle) {
			start = e.from
		}
	}
	taken, seen := make([]bool, len(r.edges)), map[int32]bool{start: true}
	ordered := make([]edge, 0, len(r.edges))
	for queue := []int32{start}; len(queue) > 0; queue = queue[1:] {
		for _, i := range out[queue[0]] {
			if e := r.edges[i]; !taken[i] {
				taken[i] = true
				ordered = append(ordered, e)
				if next := e.from + e.to - queue[0]; !seen[next] {
					seen[next] = true
					queue = append(queue, next)
				}
			}
		}
	}
	r.edges = ordered
}
