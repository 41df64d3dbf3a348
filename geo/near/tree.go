package near

import "math"

// leafSize is the most points that a leaf of a tree holds.
const leafSize = 8

// entry is a point in a tree with its number.
type entry struct {
	at vector
	i  int32
}

// node is a range of a tree's entries and the box around them. The left child of an inner
// node follows it; right is 0 in a leaf.
type node struct {
	lo, hi      vector
	first, last int32 // entries first…last-1
	right       int32
}

// tree is a k-d tree of points in earth-centred coordinates (Bentley 1975), halved along
// the longest side of each node's box.
type tree struct {
	entries []entry
	nodes   []node
}

// plant makes the tree of all points that are somewhere.
func plant(at []vector) tree {
	t := tree{entries: make([]entry, 0, len(at))}
	for i := range at {
		if at[i].somewhere() {
			t.entries = append(t.entries, entry{at[i], int32(i)})
		}
	}
	if len(t.entries) > 0 {
		t.nodes = make([]node, 0, len(t.entries)/2+1)
		t.grow(0, len(t.entries))
	}
	return t
}

func (t *tree) grow(first, last int) {
	n := len(t.nodes)
	part := t.entries[first:last]
	lo, hi := part[0].at, part[0].at
	for i := range part {
		for axis, v := range part[i].at {
			lo[axis], hi[axis] = min(lo[axis], v), max(hi[axis], v)
		}
	}
	t.nodes = append(t.nodes, node{lo, hi, int32(first), int32(last), 0})
	if len(part) <= leafSize {
		return
	}
	longest := 0
	for axis := range lo {
		if hi[axis]-lo[axis] > hi[longest]-lo[longest] {
			longest = axis
		}
	}
	half := len(part) / 2
	split(part, half, longest)
	t.grow(first, first+half)
	t.nodes[n].right = int32(len(t.nodes))
	t.grow(first+half, last)
}

// split orders the entries so that along the axis none before k is beyond any from k on
// (Hoare 1961, with the middle of three as pivot).
func split(part []entry, k, axis int) {
	for lo, hi := 0, len(part)-1; lo < hi; {
		a, b, c := part[lo].at[axis], part[lo+(hi-lo)/2].at[axis], part[hi].at[axis]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for part[i].at[axis] < pivot {
				i++
			}
			for part[j].at[axis] > pivot {
				j--
			}
			if i <= j {
				part[i], part[j] = part[j], part[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return
		}
	}
}

// nearest is the squared distance from q to the node's box, 0 inside it.
func (n *node) nearest(q *vector) float64 {
	x := max(n.lo[0]-q[0], q[0]-n.hi[0], 0)
	y := max(n.lo[1]-q[1], q[1]-n.hi[1], 0)
	z := max(n.lo[2]-q[2], q[2]-n.hi[2], 0)
	return x*x + y*y + z*z
}

// farthest is the squared distance from q to the corner of the box farthest from it.
func (n *node) farthest(q *vector) float64 {
	x := max(math.Abs(n.lo[0]-q[0]), math.Abs(n.hi[0]-q[0]))
	y := max(math.Abs(n.lo[1]-q[1]), math.Abs(n.hi[1]-q[1]))
	z := max(math.Abs(n.lo[2]-q[2]), math.Abs(n.hi[2]-q[2]))
	return x*x + y*y + z*z
}

// pending is a node that a search has put off, and the squared distance of its box.
type pending struct {
	node int32
	c2   float64
}

// walk calls visit for the leaves whose boxes are within bound of q, nearer ones first;
// visit may lower the bound. It gives the range of entries and returns the new bound.
func (t *tree) walk(q *vector, bound float64, visit func(part []entry, bound float64) float64) {
	if len(t.nodes) == 0 {
		return
	}
	var room [40]pending
	stack := append(room[:0], pending{0, t.nodes[0].nearest(q)})
	for len(stack) > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for p.c2 <= bound {
			n := &t.nodes[p.node]
			if n.right == 0 {
				bound = visit(t.entries[n.first:n.last], bound)
				break
			}
			near := pending{p.node + 1, t.nodes[p.node+1].nearest(q)}
			far := pending{n.right, t.nodes[n.right].nearest(q)}
			if far.c2 < near.c2 {
				near, far = far, near
			}
			if far.c2 <= bound {
				stack = append(stack, far)
			}
			p = near
		}
	}
}

// around widens the node's box to hold v.
func (n *node) around(v *vector) {
	for axis := range v {
		n.lo[axis], n.hi[axis] = min(n.lo[axis], v[axis]), max(n.hi[axis], v[axis])
	}
}

// apart is the squared distance between the boxes of two nodes, 0 when they meet.
func (n *node) apart(o *node) float64 {
	x := max(n.lo[0]-o.hi[0], o.lo[0]-n.hi[0], 0)
	y := max(n.lo[1]-o.hi[1], o.lo[1]-n.hi[1], 0)
	z := max(n.lo[2]-o.hi[2], o.lo[2]-n.hi[2], 0)
	return x*x + y*y + z*z
}
