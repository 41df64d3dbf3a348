package near

import (
	"math"

	"onemap/geo"
)

// search finds the nearest entries of a tree within a reach, for single places and blocks.
type search struct {
	tree  *tree
	reach reach
	found []entry // of the block under way
}

// leader is the entry found nearest so far, by chord.
type leader struct {
	e     *entry
	c2    float64
	bound float64 // the squared chord beyond which nothing is of interest
	doubt bool    // another is so close to being the nearest that metres must decide
}

// offer takes an entry whose squared chord is within the bound.
func (l *leader) offer(e *entry, c2 float64) {
	switch {
	case l.e != nil && c2 == l.c2 && e.at == l.e.at:
		if e.i < l.e.i {
			l.e = e
		}
	case c2 < l.c2:
		l.bound = min(l.bound, rival(c2))
		l.doubt = l.e != nil && (l.doubt || l.c2 <= l.bound)
		l.e, l.c2 = e, c2
	default:
		l.doubt = true
	}
}

// settle gives the number of the entry nearest to q and its metres, once all entries within
// the leader's bound have been offered; -1 and +Inf when none is within the reach.
func (s *search) settle(q *vector, l *leader) (int32, geo.Metres) {
	if l.e == nil {
		return -1, none
	}
	m := metres(q, &l.e.at, l.c2)
	if !l.doubt && (l.c2 <= s.reach.sure || m <= s.reach.limit) {
		return l.e.i, m
	}
	if found := s.tree.closest(q, 1, s.reach, nil); len(found) > 0 {
		return int32(found[0].I), found[0].Metres
	}
	return -1, none
}

// nearest gives the number of the entry nearest to q and its metres, -1 and +Inf when there
// is none. Of equally near ones it is the lower number.
func (s *search) nearest(q *vector) (int32, geo.Metres) {
	l := leader{c2: math.Inf(1), bound: s.reach.out}
	s.tree.walk(q, l.bound, func(part []entry, _ float64) float64 {
		for j := range part {
			if c2 := square(q, &part[j].at); c2 <= l.bound {
				l.offer(&part[j], c2)
			}
		}
		return l.bound
	})
	return s.settle(q, &l)
}

const (
	// blockSize is how many places are searched for together; it divides batch.
	blockSize = 64
	// manyFound is how many entries for a block make it better to search for each place.
	manyFound = 64
)

// block finds the nearest entry for places that are close to one another: first the entries
// that may be the nearest of any of them, then among these for each.
func (s *search) block(c *Coverage, places []int32) {
	box := node{lo: vector{math.Inf(1), math.Inf(1), math.Inf(1)}, hi: vector{math.Inf(-1), math.Inf(-1), math.Inf(-1)}}
	for _, i := range places {
		if at := &c.places.at[i]; at.somewhere() {
			box.around(at)
		}
	}
	few := s.gather(&box)
	for _, i := range places {
		q := &c.places.at[i]
		if !few {
			c.Facility[i], c.Metres[i] = s.nearest(q)
			continue
		}
		l := leader{c2: math.Inf(1), bound: s.reach.out}
		for j := range s.found {
			if c2 := square(q, &s.found[j].at); c2 <= l.bound {
				l.offer(&s.found[j], c2)
			}
		}
		c.Facility[i], c.Metres[i] = s.settle(q, &l)
	}
}

// gather finds the entries that may be nearest to a place in the box. It reports false when
// they are too many.
func (s *search) gather(box *node) bool {
	s.found = s.found[:0]
	if len(s.tree.nodes) == 0 || !(box.lo[0] <= box.hi[0]) {
		return true
	}
	bound := s.reach.out
	var room [40]int32
	for stack := append(room[:0], 0); len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := &s.tree.nodes[at]
		switch {
		case n.apart(box) > bound:
		case n.right != 0:
			near, far := at+1, n.right
			if s.tree.nodes[far].apart(box) < s.tree.nodes[near].apart(box) {
				near, far = far, near
			}
			stack = append(stack, far, near)
		default:
			for _, e := range s.tree.entries[n.first:n.last] {
				if box.nearest(&e.at) <= bound {
					s.found = append(s.found, e)
					bound = min(bound, rival(box.farthest(&e.at)))
				}
			}
			if len(s.found) > manyFound {
				return false
			}
		}
	}
	return true
}
