package roads

import (
	"slices"

	"github.com/paulmach/orb"
)

// has says whether a square belongs to the area.
func (p *pixels) has(x, y int) bool {
	return x >= 0 && y >= 0 && x < p.cols && y < p.rows && p.in[y*p.cols+x]
}

// Directions of travel along the sides of squares, the area on the left.
const (
	east = iota
	north
	west
	south
)

var steps = [4][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}

// part takes squares away until no two touch at a corner only, where a ring would touch
// itself or another.
func (p *pixels) part() {
	var corners []int
	for y := 1; y < p.rows; y++ {
		for x := 1; x < p.cols; x++ {
			corners = append(corners[:0], y*p.cols+x)
			for len(corners) > 0 {
				c := corners[len(corners)-1]
				corners = corners[:len(corners)-1]
				x, y := c%p.cols, c/p.cols
				sw, se, nw, ne := p.has(x-1, y-1), p.has(x, y-1), p.has(x-1, y), p.has(x, y)
				if sw != ne || se != nw || sw == se {
					continue
				}
				gone := c // the upper one of the two
				if nw {
					gone = c - 1
				}
				p.in[gone] = false
				corners = append(corners, gone, gone+1, gone+p.cols, gone+p.cols+1)
			}
		}
	}
}

// area traces the sides of the squares that are reached within some seconds, and belong to
// the areas drawn before.
func (p *pixels) area(seconds float64) orb.MultiPolygon {
	for i, s := range p.seconds {
		p.in[i] = p.in[i] && s <= seconds
	}
	p.part()
	traced := make([]bool, p.cols*p.rows) // the square's lower side is done
	var area orb.MultiPolygon
	var holes []orb.Ring
	owner := make([]int32, p.cols*p.rows) // of squares above a lower side of an outer ring: the polygon, plus 1
	for y := range p.rows {
		for x := range p.cols {
			if !p.has(x, y) || p.has(x, y-1) || traced[y*p.cols+x] {
				continue
			}
			ring, below := p.trace(x, y, traced)
			if ring.Orientation() == orb.CW {
				holes = append(holes, ring)
				continue
			}
			area = append(area, orb.Polygon{ring})
			for _, i := range below {
				owner[i] = int32(len(area))
			}
		}
	}
	p.fill(owner)
	for _, h := range holes {
		// A hole's lowest corner stands on a square of its polygon.
		low := slices.MinFunc(h, func(a, b orb.Point) int {
			if a[1] != b[1] {
				return compare(a[1], b[1])
			}
			return compare(a[0], b[0])
		})
		x, y := int((low[0]-p.corner[0])/p.dx+0.5), int((low[1]-p.corner[1])/p.dy+0.5)
		i := owner[(y-1)*p.cols+x] - 1
		area[i] = append(area[i], h)
	}
	return area
}

// fill spreads the polygons' numbers over their squares, which hang together by sides.
func (p *pixels) fill(owner []int32) {
	var queue []int32
	for i, o := range owner {
		if o > 0 {
			queue = append(queue, int32(i))
		}
	}
	for len(queue) > 0 {
		i := int(queue[len(queue)-1])
		queue = queue[:len(queue)-1]
		for _, s := range steps {
			x, y := i%p.cols+s[0], i/p.cols+s[1]
			if p.has(x, y) && owner[y*p.cols+x] == 0 {
				owner[y*p.cols+x] = owner[i]
				queue = append(queue, int32(y*p.cols+x))
			}
		}
	}
}

// trace follows the ring that begins with the lower side of a square, and gives the squares
// above its eastward sides.
func (p *pixels) trace(x0, y0 int, traced []bool) (ring orb.Ring, above []int) {
	x, y, way := x0, y0, east // a corner, and the direction of the side that leaves it
	for {
		if way == east {
			traced[y*p.cols+x] = true
			above = append(above, y*p.cols+x)
		}
		ring = append(ring, orb.Point{p.lon(x), p.lat(y)})
		for { // along straight sides to the next turn
			x, y = x+steps[way][0], y+steps[way][1]
			next := p.turn(x, y, way)
			if next != way {
				way = next
				break
			}
			if way == east {
				traced[y*p.cols+x] = true
				above = append(above, y*p.cols+x)
			}
		}
		if x == x0 && y == y0 && way == east {
			return append(ring, ring[0]), above
		}
	}
}

// turn gives the direction in which to leave a corner that was reached in a direction.
func (p *pixels) turn(x, y, way int) int {
	var left, right bool // the squares ahead of the corner
	switch way {
	case east:
		left, right = p.has(x, y), p.has(x, y-1)
	case north:
		left, right = p.has(x-1, y), p.has(x, y)
	case west:
		left, right = p.has(x-1, y-1), p.has(x-1, y)
	case south:
		left, right = p.has(x, y-1), p.has(x-1, y-1)
	}
	switch {
	case !left:
		return (way + 1) % 4
	case right:
		return (way + 3) % 4
	}
	return way
}
