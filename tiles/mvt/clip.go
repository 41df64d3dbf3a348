package mvt

import "sort"

// Box is a square of tile units with both edges inside it, such as a tile with its buffer.
type Box struct{ Min, Max int32 }

// TileBox is the box of a tile of that extent with a buffer around it.
func TileBox(extent, buffer int32) Box { return Box{-buffer, extent + buffer} }

func (b Box) contains(v Vertex) bool {
	return b.Min <= v.X && v.X <= b.Max && b.Min <= v.Y && v.Y <= b.Max
}

// Contains reports whether all vertices lie in the box.
func (b Box) Contains(vs []Vertex) bool {
	for _, v := range vs {
		if !b.contains(v) {
			return false
		}
	}
	return true
}

// crossing cuts the segment from a to c at the edges of the box, half a unit outside the
// outermost vertices, so that no vertex lies on an edge. It returns the part inside as
// parameters of the segment, 0 <= t0 < t1 <= 1, or false (Liang and Barsky, 1984).
func (b Box) crossing(a, c Vertex) (t0, t1 float64, ok bool) {
	low, high := float64(b.Min)-0.5, float64(b.Max)+0.5
	t0, t1 = 0, 1
	for axis := range 2 {
		p, d := float64(a.X), float64(c.X)-float64(a.X)
		if axis == 1 {
			p, d = float64(a.Y), float64(c.Y)-float64(a.Y)
		}
		if d == 0 {
			if p < low || p > high {
				return 0, 0, false
			}
			continue
		}
		in, out := (low-p)/d, (high-p)/d
		if in > out {
			in, out = out, in
		}
		t0, t1 = max(t0, in), min(t1, out)
		if t0 >= t1 {
			return 0, 0, false
		}
	}
	return t0, t1, true
}

// at is the vertex at a parameter of a segment, brought into the box.
func (b Box) at(a, c Vertex, t float64) Vertex {
	round := func(p, q int32) int32 {
		v := float64(p) + t*(float64(q)-float64(p))
		n := int32(v)
		if f := v - float64(n); f >= 0.5 {
			n++
		} else if f < -0.5 {
			n--
		}
		return min(max(n, b.Min), b.Max)
	}
	return Vertex{round(a.X, c.X), round(a.Y, c.Y)}
}

// edge is the place of a point of the box's outline on the way around it, clockwise on
// the screen from the upper left corner: 0 to 4 times the side.
func (b Box) edge(x, y float64) float64 {
	low, high := float64(b.Min)-0.5, float64(b.Max)+0.5
	side := high - low
	left, right, top, bottom := x-low, high-x, y-low, high-y
	switch min(left, right, top, bottom) {
	case top:
		return left
	case right:
		return side + top
	case bottom:
		return 2*side + right
	}
	return 3*side + bottom
}

// corner is a corner of the box, clockwise on the screen from the upper left one.
func (b Box) corner(n int) Vertex {
	switch n & 3 {
	case 0:
		return Vertex{b.Min, b.Min}
	case 1:
		return Vertex{b.Max, b.Min}
	case 2:
		return Vertex{b.Max, b.Max}
	}
	return Vertex{b.Min, b.Max}
}

// Clipper cuts lines and rings to a box. Its results are good until the next call; it may
// not be used by two at once.
type Clipper struct {
	flat   []Vertex // vertices of the result
	ends   []int    // where each part ends in flat
	parts  [][]Vertex
	pieces []Vertex // vertices of the chains
	chains []chain
	order  []int
	kept   [][]Vertex
}

// chain is the part of a ring between where it enters the box and where it leaves it.
type chain struct {
	from, to int     // in pieces
	in, out  float64 // places on the outline
	used     bool
}

// Lines returns the parts of a line inside the box, each of at least two vertices.
func (c *Clipper) Lines(b Box, line []Vertex) [][]Vertex {
	c.flat, c.ends = c.flat[:0], c.ends[:0]
	start := 0
	finish := func() {
		if len(c.flat)-start < 2 {
			c.flat = c.flat[:start]
			return
		}
		c.ends = append(c.ends, len(c.flat))
		start = len(c.flat)
	}
	for i := 1; i < len(line); i++ {
		a, z := line[i-1], line[i]
		t0, t1, ok := b.crossing(a, z)
		if !ok {
			finish()
			continue
		}
		if t0 > 0 {
			finish()
		}
		if len(c.flat) == start {
			c.flat = append(c.flat, b.at(a, z, t0))
		}
		c.flat = pushed(c.flat, start, b.at(a, z, t1))
		if t1 < 1 {
			finish()
		}
	}
	finish()
	return c.split()
}

// pushed adds a vertex unless it repeats the one before it in the part that begins at start.
func pushed(vs []Vertex, start int, v Vertex) []Vertex {
	if n := len(vs); n > start && vs[n-1] == v {
		return vs
	}
	return append(vs, v)
}

func (c *Clipper) split() [][]Vertex {
	c.parts = c.parts[:0]
	from := 0
	for _, end := range c.ends {
		c.parts = append(c.parts, c.flat[from:end])
		from = end
	}
	return c.parts
}

// Rings returns what is inside the box of one polygon: of its outer ring, clockwise on
// the screen, and its inner rings, the other way round; no ring repeats its first vertex.
// The result's outer rings are clockwise too, and stand before the inner ones.
//
// The pieces of all rings inside the box are joined along its outline: from where one
// leaves the box, clockwise to where the next one enters it. Unlike cutting edge by edge
// (Sutherland and Hodgman, 1974), this makes several rings of a polygon that falls apart,
// without bridges between them.
func (c *Clipper) Rings(b Box, rings [][]Vertex) [][]Vertex {
	c.flat, c.ends = c.flat[:0], c.ends[:0]
	c.pieces, c.chains, c.kept = c.pieces[:0], c.chains[:0], c.kept[:0]
	for _, ring := range rings {
		if b.Contains(ring) {
			c.kept = append(c.kept, ring)
		} else {
			c.cut(b, ring)
		}
	}
	if len(c.chains) > 0 {
		c.join(b)
	} else if b.within(rings) {
		c.flat = append(c.flat, b.corner(0), b.corner(1), b.corner(2), b.corner(3))
		c.ends = append(c.ends, len(c.flat))
	}
	for _, ring := range c.kept {
		c.flat = append(c.flat, ring...)
		c.ends = append(c.ends, len(c.flat))
	}
	return c.split()
}

// within reports whether the upper left corner of the box lies in the polygon. Half a unit
// outside, it lies on no vertex.
func (b Box) within(rings [][]Vertex) bool {
	x, y := float64(b.Min)-0.5, float64(b.Min)-0.5
	in := false
	for _, ring := range rings {
		for i, a := range ring {
			z := ring[(i+1)%len(ring)]
			if (float64(a.Y) > y) != (float64(z.Y) > y) &&
				x < float64(a.X)+(y-float64(a.Y))/float64(z.Y-a.Y)*float64(z.X-a.X) {
				in = !in
			}
		}
	}
	return in
}

// cut adds the chains of a ring that has a vertex outside the box.
func (c *Clipper) cut(b Box, ring []Vertex) {
	n := len(ring)
	begin := 0 // outside, so that no chain wraps around
	for b.contains(ring[begin]) {
		begin++
	}
	open := false
	for i := range n {
		a, z := ring[(begin+i)%n], ring[(begin+i+1)%n]
		t0, t1, ok := b.crossing(a, z)
		if !ok {
			continue
		}
		place := func(t float64) float64 {
			return b.edge(float64(a.X)+t*(float64(z.X)-float64(a.X)), float64(a.Y)+t*(float64(z.Y)-float64(a.Y)))
		}
		if !b.contains(a) {
			c.chains = append(c.chains, chain{from: len(c.pieces), in: place(t0)})
			c.pieces = append(c.pieces, b.at(a, z, t0))
			open = true
		}
		if !open {
			continue
		}
		ch := &c.chains[len(c.chains)-1]
		if b.contains(z) {
			c.pieces = pushed(c.pieces, ch.from, z)
			continue
		}
		c.pieces = pushed(c.pieces, ch.from, b.at(a, z, t1))
		ch.to, ch.out = len(c.pieces), place(t1)
		open = false
	}
}

// join walks the outline from each chain's end to the next chain's beginning, until the
// way is closed.
func (c *Clipper) join(b Box) {
	side := float64(b.Max) - float64(b.Min) + 1
	c.order = c.order[:0]
	for i := range c.chains {
		c.order = append(c.order, i)
	}
	sort.Slice(c.order, func(i, j int) bool { return c.chains[c.order[i]].in < c.chains[c.order[j]].in })
	for i := range c.chains {
		start := len(c.flat)
		for k := i; !c.chains[k].used; {
			ch := &c.chains[k]
			ch.used = true
			for _, v := range c.pieces[ch.from:ch.to] {
				c.flat = pushed(c.flat, start, v)
			}
			at := sort.Search(len(c.order), func(j int) bool { return c.chains[c.order[j]].in >= ch.out })
			k = c.order[at%len(c.order)]
			place := c.chains[k].in
			if place < ch.out {
				place += 4 * side
			}
			for corner := int(ch.out/side) + 1; float64(corner)*side <= place; corner++ {
				c.flat = pushed(c.flat, start, b.corner(corner))
			}
		}
		if ring := Tidy(c.flat[start:]); ring != nil {
			c.flat = c.flat[:start+len(ring)]
			c.ends = append(c.ends, len(c.flat))
		} else {
			c.flat = c.flat[:start]
		}
	}
}
