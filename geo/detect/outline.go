package detect

import (
	"math"

	"github.com/paulmach/orb"
)

// The sizes of an outline's two indexes, and how far from it distances are told, in metres.
const (
	bandHeight = 500.0
	cellSide   = 1000.0
	reach      = 2000.0
)

// outline is an area's edge, ready to answer how deep inside or far outside a place lies.
type outline struct {
	edges    []edge
	min, max xy
	bands    [][]int32 // edges by the strips of northing that they touch
	cells    [][]int32 // edges by the squares that their boxes touch
	wide     int       // squares in a row
}

type edge struct{ a, b xy }

func newOutline(shape orb.MultiPolygon, p plane) *outline {
	o := &outline{min: xy{math.Inf(1), math.Inf(1)}, max: xy{math.Inf(-1), math.Inf(-1)}}
	for _, polygon := range shape {
		for _, ring := range polygon {
			for i := range ring {
				v := p.metres(ring[i])
				o.min = xy{min(o.min[0], v[0]), min(o.min[1], v[1])}
				o.max = xy{max(o.max[0], v[0]), max(o.max[1], v[1])}
				if next := p.metres(ring[(i+1)%len(ring)]); next != v {
					o.edges = append(o.edges, edge{v, next})
				}
			}
		}
	}
	// A box of half the globe would need more squares than memory; no area here is wider than a province.
	if len(o.edges) == 0 || o.max[0]-o.min[0] > 2e6 || o.max[1]-o.min[1] > 2e6 || !(o.max[0]-o.min[0] >= 0) {
		return nil
	}
	o.index()
	return o
}

func (o *outline) index() {
	o.bands = make([][]int32, 1+int((o.max[1]-o.min[1])/bandHeight))
	o.wide = 1 + int((o.max[0]-o.min[0])/cellSide)
	high := 1 + int((o.max[1]-o.min[1])/cellSide)
	o.cells = make([][]int32, o.wide*high)
	for i, e := range o.edges {
		lo, hi := min(e.a[1], e.b[1])-o.min[1], max(e.a[1], e.b[1])-o.min[1]
		for k := int(lo / bandHeight); k <= int(hi/bandHeight); k++ {
			o.bands[k] = append(o.bands[k], int32(i))
		}
		left, right := min(e.a[0], e.b[0])-o.min[0], max(e.a[0], e.b[0])-o.min[0]
		for y := int(lo / cellSide); y <= int(hi/cellSide); y++ {
			for x := int(left / cellSide); x <= int(right/cellSide); x++ {
				o.cells[y*o.wide+x] = append(o.cells[y*o.wide+x], int32(i))
			}
		}
	}
}

// contains reports whether a place is inside, by the edges east of it.
func (o *outline) contains(v xy) bool {
	if !(v[0] >= o.min[0] && v[0] <= o.max[0] && v[1] >= o.min[1] && v[1] <= o.max[1]) {
		return false
	}
	inside := false
	for _, i := range o.bands[int((v[1]-o.min[1])/bandHeight)] {
		a, b := o.edges[i].a, o.edges[i].b
		if (a[1] > v[1]) != (b[1] > v[1]) && v[0] < a[0]+(v[1]-a[1])/(b[1]-a[1])*(b[0]-a[0]) {
			inside = !inside
		}
	}
	return inside
}

// depth is the distance to the edge in metres, positive inside, negative outside; beyond
// reach it is ±reach.
func (o *outline) depth(v xy) float64 {
	if !(v[0] >= o.min[0]-reach && v[0] <= o.max[0]+reach && v[1] >= o.min[1]-reach && v[1] <= o.max[1]+reach) {
		return -reach
	}
	d := o.distance(v)
	if o.contains(v) {
		return d
	}
	return -d
}

// distance looks at squares ring by ring until no nearer edge can come.
func (o *outline) distance(v xy) float64 {
	best := reach * reach
	x, y := int(math.Floor((v[0]-o.min[0])/cellSide)), int(math.Floor((v[1]-o.min[1])/cellSide))
	high := len(o.cells) / o.wide
	for ring := 0; ring <= 1+int(reach/cellSide); ring++ {
		if far := float64(max(ring-1, 0)) * cellSide; far*far >= best {
			break
		}
		for j := max(y-ring, 0); j <= min(y+ring, high-1); j++ {
			step := 1
			if j != y-ring && j != y+ring && ring > 0 {
				step = 2 * ring
			}
			for i := x - ring; i <= x+ring; i += step {
				if i < 0 || i >= o.wide {
					continue
				}
				for _, k := range o.cells[j*o.wide+i] {
					best = min(best, o.edges[k].square(v))
				}
			}
		}
	}
	return math.Sqrt(best)
}

// square is the square of the distance to a place.
func (e edge) square(v xy) float64 {
	d, w := e.b.minus(e.a), v.minus(e.a)
	t := (d[0]*w[0] + d[1]*w[1]) / (d[0]*d[0] + d[1]*d[1])
	t = min(max(t, 0), 1)
	x, y := w[0]-t*d[0], w[1]-t*d[1]
	return x*x + y*y
}
