package region

import (
	"github.com/paulmach/orb"

	"onemap/geo"
)

// Partition says in which of several areas a place is. It may be used by several at once.
type Partition struct {
	x, y  int64
	least uint
	side  int64
	cells []int32      // area, none, or -2-k for the k-th of mixed
	mixed [][]fragment // areas in squares that are not wholly in one, in their order
}

type fragment struct {
	area int32
	part orb.MultiPolygon // nil: the whole square
}

const (
	noArea         = -1
	partitionDepth = 9
)

// NewPartition prepares areas; where some overlap, a place is in the first.
func NewPartition(areas []orb.MultiPolygon) *Partition {
	var bound orb.Bound
	first := true
	for _, a := range areas {
		if b := a.Bound(); !b.IsEmpty() && len(a) > 0 {
			if first {
				bound, first = b, false
			}
			bound = bound.Union(b)
		}
	}
	x, y, shift, least := frame(geo.BoundWorld(bound), partitionDepth)
	p := &Partition{x: x, y: y, least: least, side: 1 << (shift - least)}
	p.cells = make([]int32, p.side*p.side)
	for i := range p.cells {
		p.cells[i] = noArea
	}
	for number, a := range areas {
		divide(x, y, shift, least, a).each(func(s *squares) {
			n := int64(1) << (s.shift - least)
			cx, cy := (s.x-x)>>least, (s.y-y)>>least
			for row := cy; row < cy+n; row++ {
				for column := cx; column < cx+n; column++ {
					p.put(&p.cells[row*p.side+column], fragment{int32(number), s.area})
				}
			}
		})
	}
	return p
}

func (p *Partition) put(cell *int32, f fragment) {
	switch {
	case *cell >= 0: // wholly in an earlier one
	case *cell == noArea && f.part == nil:
		*cell = f.area
	case *cell == noArea:
		*cell = int32(-2 - len(p.mixed))
		p.mixed = append(p.mixed, []fragment{f})
	default:
		k := -2 - *cell
		p.mixed[k] = append(p.mixed[k], f)
	}
}

// Locate is the number of the first area that holds a place in world coordinates, its edge
// included; -1 for none.
func (p *Partition) Locate(x, y uint32) int {
	cx, cy := (int64(x)-p.x)>>p.least, (int64(y)-p.y)>>p.least
	if cx < 0 || cy < 0 || cx >= p.side || cy >= p.side {
		return noArea
	}
	cell := p.cells[cy*p.side+cx]
	if cell >= noArea {
		return int(cell)
	}
	at := geo.LonLat(x, y)
	for _, f := range p.mixed[-2-cell] {
		if f.part == nil || inAreas(f.part, at) {
			return int(f.area)
		}
	}
	return noArea
}
