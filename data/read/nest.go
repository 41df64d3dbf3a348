package read

import (
	"math"
	"slices"
	"sort"

	"github.com/paulmach/orb"
)

// nestWork bounds the comparisons of rings and of a point with an edge that one shape may cost.
const nestWork = 400_000_000

// nested is a ring with what is needed to find the ring around it.
type nested struct {
	ring   orb.Ring
	bound  orb.Bound
	area   float64 // doubled, absolute
	order  int     // in the file
	parent *nested // the smallest ring around it
	depth  int
}

// nest groups rings into polygons by which lies in which. Polygons come in the order
// of their shells in the file, holes likewise. False if it would cost too much.
func nest(rings []orb.Ring) (orb.MultiPolygon, bool) {
	all := make([]*nested, len(rings))
	for i, r := range rings {
		all[i] = &nested{ring: r, bound: r.Bound(), area: math.Abs(twiceArea(r)), order: i}
	}
	if len(all) > 1 {
		// From large to small: what is around a ring is before it, and its parent is the
		// last of those.
		sort.SliceStable(all, func(i, j int) bool { return all[i].area > all[j].area })
		work := 0
		for i, n := range all {
			work += i
			for j := i - 1; j >= 0 && n.parent == nil; j-- {
				if !covers(all[j].bound, n.bound) {
					continue
				}
				if work += len(all[j].ring) + len(n.ring); inside(n.ring, all[j].ring) {
					n.parent, n.depth = all[j], all[j].depth+1
				}
			}
			if work > nestWork {
				return nil, false
			}
		}
		sort.Slice(all, func(i, j int) bool { return all[i].order < all[j].order })
	}
	polygons := make(orb.MultiPolygon, 0, 1)
	place := make(map[*nested]int)
	for _, n := range all {
		if n.depth%2 == 0 {
			place[n] = len(polygons)
			polygons = append(polygons, orb.Polygon{turned(n.ring, true)})
		}
	}
	for _, n := range all {
		if n.depth%2 == 1 {
			p := place[n.parent]
			polygons[p] = append(polygons[p], turned(n.ring, false))
		}
	}
	return polygons, true
}

func covers(a, b orb.Bound) bool {
	return a.Min[0] <= b.Min[0] && a.Min[1] <= b.Min[1] && a.Max[0] >= b.Max[0] && a.Max[1] >= b.Max[1]
}

// turned gives a ring the wanted direction, in place.
func turned(r orb.Ring, anticlockwise bool) orb.Ring {
	if twiceArea(r) > 0 != anticlockwise {
		slices.Reverse(r)
	}
	return r
}

// inside reports whether ring a lies in ring b, where rings do not cross but may touch. The
// first corner of a, or failing that the first middle of an edge, that is not on b's line decides; if
// all are on it, the two have the same line and a counts as inside.
func inside(a, b orb.Ring) bool {
	const tries = 32 // corners on the other's line are rare; more would be the same ring twice
	for i := 0; i < len(a)-1 && i < tries; i++ {
		if side := whichSide(a[i], b); side != 0 {
			return side > 0
		}
	}
	for i := 0; i < len(a)-1 && i < tries; i++ {
		middle := orb.Point{(a[i][0] + a[i+1][0]) / 2, (a[i][1] + a[i+1][1]) / 2}
		if side := whichSide(middle, b); side != 0 {
			return side > 0
		}
	}
	return true
}

// whichSide is 1 for a point in a ring, -1 outside, 0 on its line.
func whichSide(p orb.Point, ring orb.Ring) int {
	in := -1
	for i := 0; i+1 < len(ring); i++ {
		a, b := ring[i], ring[i+1]
		if a[1] > b[1] {
			a, b = b, a
		}
		if p[1] < a[1] || p[1] > b[1] {
			continue
		}
		cross := (b[0]-a[0])*(p[1]-a[1]) - (p[0]-a[0])*(b[1]-a[1])
		if cross == 0 && p[0] >= min(a[0], b[0]) && p[0] <= max(a[0], b[0]) {
			return 0
		}
		// Each edge owns its lower end, so a corner is counted once.
		if p[1] < b[1] && cross > 0 {
			in = -in
		}
	}
	return in
}
