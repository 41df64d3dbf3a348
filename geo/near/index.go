package near

import (
	"cmp"
	"container/heap"
	"iter"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Index finds points by distance. It does not change and may be used by many at once.
type Index struct{ tree tree }

// Build makes the index of points: n log n time, 45 bytes a point beside the points.
func Build(points Points) *Index { return &Index{plant(points.at)} }

// Found is a point's number and its distance.
type Found struct {
	I      int
	Metres geo.Metres
}

// Nearest gives the k points nearest to p (longitude and latitude in degrees) of those
// that are within limit metres and that fit, nearest first; of equal ones the lower number
// first. With fits nil all fit. Fewer than k are given when there are no more; with a k of
// Len or more all that are within the limit. It is about a microsecond for k = 1.
func (x *Index) Nearest(p orb.Point, k int, limit geo.Metres, fits func(i int) bool) []Found {
	q := fromLonLat(p)
	if k <= 0 || !q.somewhere() {
		return nil
	}
	return x.tree.closest(&q, k, within(limit), fits)
}

// Within gives the numbers of all points within limit metres of p (longitude and latitude
// in degrees), the limit included, in no special order.
func (x *Index) Within(p orb.Point, limit geo.Metres) iter.Seq[int] {
	return func(yield func(int) bool) {
		q, r := fromLonLat(p), within(limit)
		stack := []int32{0}
		if len(x.tree.nodes) == 0 || !q.somewhere() {
			return
		}
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			n := &x.tree.nodes[at]
			if n.nearest(&q) > r.out {
				continue
			}
			inside := n.farthest(&q) <= r.sure
			if !inside && n.right != 0 {
				stack = append(stack, n.right, at+1)
				continue
			}
			part := x.tree.entries[n.first:n.last]
			for j := range part {
				e := &part[j]
				if (inside || r.holds(&q, &e.at, square(&q, &e.at))) && !yield(int(e.i)) {
					return
				}
			}
		}
	}
}

// candidate is an entry and its squared chord from the place that is asked about.
type candidate struct {
	*entry
	c2 float64
}

// best is a heap of candidates with the farthest on top.
type best []candidate

func (b best) Len() int           { return len(b) }
func (b best) Less(i, j int) bool { return b[i].c2 > b[j].c2 }
func (b best) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }
func (b *best) Push(v any)        { *b = append(*b, v.(candidate)) }
func (b *best) Pop() any          { panic("a heap of the best is never popped") }

// closest finds the k nearest by chord, and beside them all whose chord is so little longer
// that their geodesic may be shorter; metres decide among them.
func (t *tree) closest(q *vector, k int, r reach, fits func(int) bool) []Found {
	var top best
	var rest []candidate // not among the k by chord, perhaps by metres
	t.walk(q, r.out, func(part []entry, bound float64) float64 {
		for j := range part {
			e := &part[j]
			c2 := square(q, &e.at)
			if c2 > bound || fits != nil && !fits(int(e.i)) {
				continue
			}
			c := candidate{e, c2}
			switch {
			case len(top) < k:
				top = append(top, c)
				if len(top) < k {
					continue
				}
				heap.Init(&top)
			case c2 < top[0].c2:
				top[0], c = c, top[0]
				heap.Fix(&top, 0)
				rest = append(rest, c)
			default:
				rest = append(rest, c)
			}
			bound = min(r.out, rival(top[0].c2))
			if len(rest) > 2*k+64 {
				rest = slices.DeleteFunc(rest, func(c candidate) bool { return c.c2 > bound })
			}
		}
		return bound
	})
	bound := r.out
	if len(top) == k {
		bound = min(bound, rival(top[0].c2))
	}
	found := make([]Found, 0, len(top))
	for _, list := range [][]candidate{top, rest} {
		for _, c := range list {
			if c.c2 > bound {
				continue
			}
			if m := metres(q, &c.at, c.c2); c.c2 <= r.sure || m <= r.limit {
				found = append(found, Found{int(c.i), m})
			}
		}
	}
	slices.SortFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Metres, b.Metres), cmp.Compare(a.I, b.I))
	})
	return found[:min(k, len(found))]
}
