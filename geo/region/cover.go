package region

import (
	"github.com/paulmach/orb"

	"onemap/geo"
)

// Cover is a region prepared for a million things: squares of which it is known that they
// are wholly in it or out of it decide most of them by their boxes alone. It may be used by
// several at once.
type Cover struct {
	region *Region
	x, y   int64
	least  uint
	side   int64
	states []Relation // of the smallest squares, row by row
	root   *squares   // of a region without a distance: the others are measured
}

// coverDepth makes a million squares.
const coverDepth = 10

// Cover prepares the region.
func (r *Region) Cover() *Cover {
	x, y, shift, least := frame(r.Box(), coverDepth)
	c := &Cover{region: r, x: x, y: y, least: least, side: 1 << (shift - least)}
	c.states = make([]Relation, c.side*c.side)
	root := divide(x, y, shift, least, r.outline)
	var edges []*squares
	root.each(func(s *squares) {
		if s.state == Touched {
			edges = append(edges, s)
			return
		}
		n := int64(1) << (s.shift - least)
		cx, cy := (s.x-x)>>least, (s.y-y)>>least
		for row := cy; row < cy+n; row++ {
			line := c.states[row*c.side:]
			for column := cx; column < cx+n; column++ {
				line[column] = Inside
			}
		}
	})
	// The outline of a circle or of a line's surroundings is right to a fraction of the
	// smallest square: the squares beside it are not certain either.
	wide := int64(0)
	if r.within > 0 {
		wide = 1
	}
	for _, s := range edges {
		cx, cy := (s.x-x)>>least, (s.y-y)>>least
		for row := max(cy-wide, 0); row <= min(cy+wide, c.side-1); row++ {
			for column := max(cx-wide, 0); column <= min(cx+wide, c.side-1); column++ {
				c.states[row*c.side+column] = Touched
			}
		}
	}
	if r.within == 0 {
		c.root = root
	}
	return c
}

// Region is what was prepared.
func (c *Cover) Region() *Region { return c.region }

// Relate is the region's Relate for a thing with a box; its geometry is asked for only where
// the box does not decide.
func (c *Cover) Relate(box geo.WorldBox, geometry func() orb.Geometry) (Relation, float64) {
	x0, y0 := (int64(box.MinX)-c.x)>>c.least, (int64(box.MinY)-c.y)>>c.least
	x1, y1 := (int64(box.MaxX)-c.x)>>c.least, (int64(box.MaxY)-c.y)>>c.least
	if x1 < 0 || y1 < 0 || x0 >= c.side || y0 >= c.side {
		return Outside, 0
	}
	beyond := x0 < 0 || y0 < 0 || x1 >= c.side || y1 >= c.side
	if x0 == x1 && y0 == y1 {
		if s := c.states[y0*c.side+x0]; s != Touched {
			return s, float64(s / Inside)
		}
	} else if s, all := c.same(x0, y0, x1, y1); all && s != Touched && !(beyond && s == Inside) {
		return s, float64(s / Inside)
	}
	if c.root == nil || beyond {
		return c.region.Relate(geometry())
	}
	return c.root.around(box).Relate(geometry())
}

// same reports whether all squares of a span are in one state.
func (c *Cover) same(x0, y0, x1, y1 int64) (Relation, bool) {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, c.side-1), min(y1, c.side-1)
	s := c.states[y0*c.side+x0]
	for row := y0; row <= y1; row++ {
		for column := x0; column <= x1; column++ {
			if c.states[row*c.side+column] != s {
				return s, false
			}
		}
	}
	return s, true
}
