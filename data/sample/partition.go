package sample

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// mesh is all lines that part the city: outlines and the borders between villages,
// cut where they meet. Cells share its corners, so units that touch have the very same
// corners along their common line, at every level.
type mesh struct {
	corners []orb.Point
	places  []xy
	byPoint map[orb.Point]int32
}

// directed is a piece of line from one corner to another with its cell on the left.
type directed struct{ from, to int32 }

func (m *mesh) corner(p orb.Point) int32 {
	if id, ok := m.byPoint[p]; ok {
		return id
	}
	id := int32(len(m.corners))
	m.byPoint[p] = id
	m.corners = append(m.corners, p)
	m.places = append(m.places, plane(p))
	return id
}

// domain is a stretch of land that is parted among its own sites: a district's mainland
// with its islands, or an exclave.
type domain struct {
	shape orb.MultiPolygon
	sites []xy
	first int // number of the first site in the city
}

// cut is a new corner on a segment, t of the way along it.
type cut struct {
	t      float64
	corner int32
}

// partition parts each domain into the cells of its sites and returns, for each site of
// the city, the pieces of its outline. Where two domains share a segment, both get the
// corners that either has on it.
func partition(m *mesh, domains []domain, sites int) ([][]directed, error) {
	cells := make([][]directed, sites)
	cuts := map[directed][]cut{} // by segment, lower corner first
	for i := range domains {
		m.partInside(&domains[i], cells, cuts)
	}
	for _, list := range cuts {
		slices.SortFunc(list, func(a, b cut) int { return cmp.Compare(a.t, b.t) })
	}
	for i := range domains {
		m.partOutline(&domains[i], cells, cuts)
	}
	for i, cell := range cells {
		balance := map[int32]int{}
		for _, d := range cell {
			balance[d.from]++
			balance[d.to]--
		}
		for _, n := range balance {
			if n != 0 || len(cell) < 3 {
				return nil, fmt.Errorf("the outline of cell %d does not close", i)
			}
		}
	}
	return cells, nil
}

// segments calls f for each segment of the domain's outline, its land on the left.
func (m *mesh) segments(d *domain, f func(directed)) {
	for _, polygon := range d.shape {
		for _, ring := range polygon {
			for k := 1; k < len(ring); k++ {
				f(directed{m.corner(ring[k-1]), m.corner(ring[k])})
			}
		}
	}
}

func (d directed) ordered() directed { return directed{min(d.from, d.to), max(d.from, d.to)} }

// partInside adds the borders between cells, as far as they run inside the domain.
func (m *mesh) partInside(d *domain, cells [][]directed, cuts map[directed][]cut) {
	var outline []directed
	m.segments(d, func(s directed) { outline = append(outline, s.ordered()) })
	voronoi := voronoi(d.sites)
	for _, b := range voronoi.borders {
		p, q := voronoi.corner(b.a), voronoi.corner(b.b)
		var met []cut
		for _, s := range outline {
			if t, u, ok := crossing(p, q, m.places[s.from], m.places[s.to]); ok {
				c := m.corner(m.places[s.from].towards(m.places[s.to], u).lonLat())
				if c == s.from || c == s.to { // within a centimetre of the segment's end
					met = append(met, cut{t, c})
					continue
				}
				cuts[s] = append(cuts[s], cut{u, c})
				met = append(met, cut{t, c})
			}
		}
		slices.SortFunc(met, func(a, b cut) int { return cmp.Compare(a.t, b.t) })
		inside := len(met)%2 == 1 && !contains(d.shape, q.lonLat()) || len(met)%2 == 0 && contains(d.shape, p.lonLat())
		from := int32(-1)
		if inside {
			from = m.corner(p.lonLat())
		}
		for _, c := range met {
			if inside {
				m.join(cells, d, b, from, c.corner)
			}
			inside, from = !inside, c.corner
		}
		if inside {
			m.join(cells, d, b, from, m.corner(q.lonLat()))
		}
	}
}

func (m *mesh) join(cells [][]directed, d *domain, b border, from, to int32) {
	if from == to || b.right >= len(d.sites) {
		return
	}
	cells[d.first+b.left] = append(cells[d.first+b.left], directed{from, to})
	cells[d.first+b.right] = append(cells[d.first+b.right], directed{to, from})
}

// partOutline adds the domain's outline, each piece to the cell of the nearest site.
func (m *mesh) partOutline(d *domain, cells [][]directed, cuts map[directed][]cut) {
	m.segments(d, func(s directed) {
		path := []int32{s.from}
		list := cuts[s.ordered()]
		for k := range list {
			if s.from > s.to {
				k = len(list) - 1 - k
			}
			path = append(path, list[k].corner)
		}
		path = append(path, s.to)
		for k := 1; k < len(path); k++ {
			if path[k-1] == path[k] {
				continue
			}
			near := nearest(d.sites, m.places[path[k-1]].towards(m.places[path[k]], 0.5))
			cells[d.first+near] = append(cells[d.first+near], directed{path[k-1], path[k]})
		}
	})
}

// crossing says where the lines p–q and a–b cross: t along the first, u along the second.
func crossing(p, q, a, b xy) (t, u float64, ok bool) {
	if math.Max(p.x, q.x) < math.Min(a.x, b.x) || math.Max(a.x, b.x) < math.Min(p.x, q.x) ||
		math.Max(p.y, q.y) < math.Min(a.y, b.y) || math.Max(a.y, b.y) < math.Min(p.y, q.y) {
		return 0, 0, false
	}
	r, s := q.minus(p), b.minus(a)
	k := r.cross(s)
	if k == 0 {
		return 0, 0, false
	}
	t, u = a.minus(p).cross(s)/k, a.minus(p).cross(r)/k
	return t, u, t >= 0 && t < 1 && u >= 0 && u < 1
}

func nearest(sites []xy, p xy) int {
	best, at := math.Inf(1), 0
	for i, s := range sites {
		if d := s.distance(p); d < best {
			best, at = d, i
		}
	}
	return at
}
