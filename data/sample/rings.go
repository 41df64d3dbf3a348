package sample

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// dissolve returns the outline of cells put together: the pieces that two of them share,
// once in each direction, fall away.
func dissolve(cells [][]directed, members []int) []directed {
	seen := map[directed]bool{}
	for _, i := range members {
		for _, d := range cells[i] {
			seen[d] = true
		}
	}
	var outline []directed
	for _, i := range members {
		for _, d := range cells[i] {
			if !seen[directed{d.to, d.from}] {
				outline = append(outline, d)
			}
		}
	}
	return outline
}

// shape chains pieces of outline to rings, outer ones anticlockwise, holes clockwise and
// with the polygon they are in. Where an outline touches itself it falls into two rings.
func (m *mesh) shape(pieces []directed) orb.MultiPolygon {
	next := map[int32][]int32{}
	for _, d := range pieces {
		next[d.from] = append(next[d.from], d.to)
	}
	var outer, holes []orb.Ring
	for _, start := range pieces {
		if len(next[start.from]) == 0 {
			continue
		}
		ring := m.chain(start.from, next)
		if area := planar.Area(ring); area > 0 {
			outer = append(outer, ring)
		} else if area < 0 {
			holes = append(holes, ring)
		}
	}
	shape := make(orb.MultiPolygon, len(outer))
	for i, ring := range outer {
		shape[i] = orb.Polygon{ring}
	}
	for _, hole := range holes {
		middle := orb.Point{(hole[0][0] + hole[1][0]) / 2, (hole[0][1] + hole[1][1]) / 2}
		for i := range shape {
			if planar.RingContains(shape[i][0], middle) {
				shape[i] = append(shape[i], hole)
				break
			}
		}
	}
	slices.SortStableFunc(shape, func(a, b orb.Polygon) int { // the largest part first
		return int(math.Copysign(1, planar.Area(b[0])-planar.Area(a[0])))
	})
	return shape
}

// chain walks one ring and takes its pieces away. At a corner where the outline touches
// itself it turns left as sharply as it can, which closes the smaller ring.
func (m *mesh) chain(start int32, next map[int32][]int32) orb.Ring {
	ring := orb.Ring{m.corners[start]}
	before, here := int32(-1), start
	for {
		choices := next[here]
		take := 0
		if len(choices) > 1 && before >= 0 {
			back := m.places[before].minus(m.places[here])
			least := math.Inf(1)
			for k, c := range choices {
				ahead := m.places[c].minus(m.places[here])
				// Clockwise from the way back to the way ahead: the sharpest left turn is least.
				angle := math.Atan2(-back.cross(ahead), back.dot(ahead))
				if angle <= 0 {
					angle += 2 * math.Pi
				}
				if angle < least {
					least, take = angle, k
				}
			}
		}
		to := choices[take]
		next[here] = slices.Delete(choices, take, take+1)
		before, here = here, to
		ring = append(ring, m.corners[here])
		if here == start || len(next[here]) == 0 {
			return ring
		}
	}
}

// contains says whether a point lies in a shape: a ray westward crosses its rings an odd
// number of times. Of two shapes that share an edge a point on it lies in one.
func contains(shape orb.MultiPolygon, p orb.Point) bool {
	inside := false
	for _, polygon := range shape {
		for _, ring := range polygon {
			for k := 1; k < len(ring); k++ {
				a, b := ring[k-1], ring[k]
				if (a[1] > p[1]) != (b[1] > p[1]) && p[0] > a[0]+(b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1]) {
					inside = !inside
				}
			}
		}
	}
	return inside
}
