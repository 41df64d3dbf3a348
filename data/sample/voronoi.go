package sample

import (
	"cmp"
	"math"
	"slices"
)

// border is the line between the cells of two sites of a Voronoi diagram, left to the
// left of it as one goes from a to b.
type border struct {
	left, right int
	a, b        triple
}

// triple names a corner of the diagram by the three sites that meet there, in order, so
// that all three cells get the same corner.
type triple [3]int32

func tripleOf(i, j, k int) triple {
	t := triple{int32(i), int32(j), int32(k)}
	slices.Sort(t[:])
	return t
}

// diagram is the Voronoi diagram of the sites. Eight more sites far around them keep
// every cell of a real site bounded.
type diagram struct {
	sites   []xy // the real ones first
	borders []border
}

// voronoi cuts each cell out of the plane, nearest neighbours first; a neighbour too far
// away to reach the cell ends the search. Sites must not coincide, nor four of them lie
// on a circle.
func voronoi(sites []xy) *diagram {
	d := &diagram{sites: slices.Clone(sites)}
	lo, hi := sites[0], sites[0]
	for _, s := range sites {
		lo = xy{math.Min(lo.x, s.x), math.Min(lo.y, s.y)}
		hi = xy{math.Max(hi.x, s.x), math.Max(hi.y, s.y)}
	}
	middle, reach := lo.towards(hi, 0.5), 3*hi.distance(lo)+50_000
	for k := range 8 {
		s, c := math.Sincos(float64(k)*math.Pi/4 + 0.1)
		d.sites = append(d.sites, middle.plus(xy{c * reach, s * reach}))
	}
	order, far := make([]int, len(d.sites)), make([]float64, len(d.sites))
	for i := range sites {
		for k := range order {
			order[k] = k
		}
		p := d.sites[i]
		for k, q := range d.sites {
			far[k] = q.minus(p).dot(q.minus(p))
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(far[a], far[b]) })
		neighbours := d.cell(i, order, middle, 4*reach)
		for k, j := range neighbours {
			if i < j || j >= len(sites) {
				before := neighbours[(k+len(neighbours)-1)%len(neighbours)]
				after := neighbours[(k+1)%len(neighbours)]
				d.borders = append(d.borders, border{i, j, tripleOf(i, before, j), tripleOf(i, j, after)})
			}
		}
	}
	return d
}

// cell returns the neighbours of a site anticlockwise.
func (d *diagram) cell(i int, order []int, middle xy, side float64) []int {
	type corner struct {
		at   xy
		next int // neighbour beyond the edge that starts here
	}
	p := d.sites[i]
	ring := []corner{
		{middle.plus(xy{-side, -side}), -1},
		{middle.plus(xy{side, -side}), -1},
		{middle.plus(xy{side, side}), -1},
		{middle.plus(xy{-side, side}), -1},
	}
	for _, j := range order {
		if j == i {
			continue
		}
		q := d.sites[j]
		far := 0.0
		for _, c := range ring {
			far = math.Max(far, c.at.distance(p))
		}
		if q.distance(p) > 2*far {
			break
		}
		normal, half := q.minus(p), p.towards(q, 0.5)
		out := func(c corner) float64 { return c.at.minus(half).dot(normal) }
		var kept []corner
		for k, c := range ring {
			next := ring[(k+1)%len(ring)]
			s, t := out(c), out(next)
			if s <= 0 {
				kept = append(kept, c)
			}
			if (s <= 0) != (t <= 0) {
				cut := corner{c.at.towards(next.at, s/(s-t)), c.next}
				if s <= 0 { // leaving: the new edge starts here
					cut.next = j
				}
				kept = append(kept, cut)
			}
		}
		ring = kept
	}
	neighbours := make([]int, len(ring))
	for k, c := range ring {
		neighbours[k] = c.next
	}
	return neighbours
}

// corner is the place where the cells of three sites meet.
func (d *diagram) corner(t triple) xy {
	a := d.sites[t[0]]
	b, c := d.sites[t[1]].minus(a), d.sites[t[2]].minus(a)
	k := 2 * b.cross(c)
	bb, cc := b.dot(b), c.dot(c)
	return a.plus(xy{(c.y*bb - b.y*cc) / k, (b.x*cc - c.x*bb) / k})
}
