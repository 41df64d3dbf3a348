package mvt

import "slices"

// Area is twice the signed area of a ring in the tile's plane, positive when it runs
// clockwise on the screen (the surveyor's formula as MVT 2.1, 4.3.3.3 uses it).
func Area(ring []Vertex) int64 {
	sum := int64(0)
	a := ring[len(ring)-1]
	for _, b := range ring {
		sum += int64(a.X)*int64(b.Y) - int64(b.X)*int64(a.Y)
		a = b
	}
	return sum
}

// turn is twice the signed area of a triangle: positive for a turn to the right on the screen.
func turn(a, b, c Vertex) int64 {
	return (int64(b.X)-int64(a.X))*(int64(c.Y)-int64(a.Y)) - (int64(b.Y)-int64(a.Y))*(int64(c.X)-int64(a.X))
}

// Tidy takes out of a ring, in place, the vertices that repeat the one before, lie on the
// straight line between their neighbours, or are the end of a spike. It returns nil when
// fewer than three are left.
func Tidy(ring []Vertex) []Vertex {
	out := ring[:0]
	for _, v := range ring {
		out = settled(append(out, v))
	}
	// The seam: the end against the beginning.
	for len(out) >= 3 {
		n := len(out)
		switch {
		case out[n-1] == out[0], turn(out[n-2], out[n-1], out[0]) == 0:
			out = out[:n-1]
		case turn(out[n-1], out[0], out[1]) == 0:
			out = slices.Delete(out, 0, 1)
		default:
			return out
		}
	}
	return nil
}

// settled drops needless vertices at the end of a chain.
func settled(out []Vertex) []Vertex {
	for {
		n := len(out)
		switch {
		case n >= 2 && out[n-1] == out[n-2]:
			return out[:n-1]
		case n >= 3 && turn(out[n-3], out[n-2], out[n-1]) == 0:
			out[n-2] = out[n-1]
			out = out[:n-1]
		default:
			return out
		}
	}
}

// convex reports whether a tidy ring turns one way only, and once around.
func convex(ring []Vertex) bool {
	n := len(ring)
	flips, last := 0, int32(0)
	a, b := ring[n-2], ring[n-1]
	for _, c := range ring {
		if turn(a, b, c) < 0 {
			return false
		}
		d := c.X - b.X
		if d != 0 {
			if last != 0 && (d > 0) != (last > 0) {
				flips++
			}
			last = d
		}
		a, b = b, c
	}
	return flips <= 2
}

// Valid reports whether rings, tidy and the first one the outer, make a valid polygon as
// far as their edges say: none meets another but its neighbours at their common end, and
// rings touch each other in single points only (OGC 06-103r4, 6.1.11.1).
func Valid(rings [][]Vertex) bool {
	if len(rings) == 1 && (len(rings[0]) == 3 || convex(rings[0])) {
		return true
	}
	_, _, meet := collision(rings)
	return !meet
}

// segment is an edge of a ring: from vertex at of ring to the next one.
type segment struct{ ring, at int }

// collision finds two edges that may not meet as they do.
func collision(rings [][]Vertex) (p, q segment, meet bool) {
	total := 0
	for _, r := range rings {
		total += len(r)
	}
	if total <= 48 {
		for i, r := range rings {
			for j := range r {
				for k := j + 1; k < len(r); k++ {
					if clash(rings, segment{i, j}, segment{i, k}) {
						return segment{i, j}, segment{i, k}, true
					}
				}
				for l := i + 1; l < len(rings); l++ {
					for k := range rings[l] {
						if clash(rings, segment{i, j}, segment{l, k}) {
							return segment{i, j}, segment{l, k}, true
						}
					}
				}
			}
		}
		return p, q, false
	}
	// A sweep over x: an edge is held against those that begin before it ends.
	all := make([]segment, 0, total)
	for i, r := range rings {
		for j := range r {
			all = append(all, segment{i, j})
		}
	}
	span := func(s segment) (int32, int32) {
		a, b := ends(rings, s)
		return min(a.X, b.X), max(a.X, b.X)
	}
	slices.SortFunc(all, func(p, q segment) int {
		a, _ := span(p)
		b, _ := span(q)
		return int(a) - int(b)
	})
	for i, p := range all {
		_, last := span(p)
		for _, q := range all[i+1:] {
			if first, _ := span(q); first > last {
				break
			}
			if clash(rings, p, q) {
				return p, q, true
			}
		}
	}
	return p, q, false
}

func ends(rings [][]Vertex, s segment) (a, b Vertex) {
	r := rings[s.ring]
	if s.at+1 == len(r) {
		return r[s.at], r[0]
	}
	return r[s.at], r[s.at+1]
}

// clash reports whether two edges meet in a way that a valid polygon's do not.
func clash(rings [][]Vertex, p, q segment) bool {
	a, b := ends(rings, p)
	c, d := ends(rings, q)
	if max(a.X, b.X) < min(c.X, d.X) || max(c.X, d.X) < min(a.X, b.X) || max(a.Y, b.Y) < min(c.Y, d.Y) || max(c.Y, d.Y) < min(a.Y, b.Y) {
		return false
	}
	abc, abd, cda, cdb := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	if abc == 0 && abd == 0 { // on one line: they may share one end
		if p.ring == q.ring && (b == c || d == a) {
			// Neighbours that run back over each other are spikes, which tidying took out.
			n := len(rings[p.ring])
			if p.at+1 == q.at || q.at+1 == p.at || (p.at == 0 && q.at == n-1) || (q.at == 0 && p.at == n-1) {
				return false
			}
			return true
		}
		return p.ring == q.ring || !touchOnly(a, b, c, d)
	}
	if (abc > 0) == (abd > 0) && abc != 0 && abd != 0 || (cda > 0) == (cdb > 0) && cda != 0 && cdb != 0 {
		return false
	}
	if abc != 0 && abd != 0 && cda != 0 && cdb != 0 {
		return true // they cross
	}
	if p.ring != q.ring {
		return false // rings may touch in a point
	}
	n := len(rings[p.ring])
	next := p.at+1 == q.at || q.at+1 == p.at || p.at == 0 && q.at == n-1 || q.at == 0 && p.at == n-1
	return !next
}

// touchOnly reports whether two edges on one line share no more than a point.
func touchOnly(a, b, c, d Vertex) bool {
	if a.X != b.X {
		return max(a.X, b.X) == min(c.X, d.X) || max(c.X, d.X) == min(a.X, b.X)
	}
	return max(a.Y, b.Y) == min(c.Y, d.Y) || max(c.Y, d.Y) == min(a.Y, b.Y)
}

// mendings is how many vertices Mend takes out before it gives up on a polygon.
const mendings = 256

// Mend makes the rings of one polygon valid, the first being the outer one, by taking out
// vertices where edges meet that may not, those first that matter least. It changes the
// rings in place and returns what is left of them: nothing when the outer ring collapses.
func Mend(rings [][]Vertex) [][]Vertex {
	for range mendings {
		p, q, meet := collision(rings)
		if !meet {
			return rings
		}
		// Of the four ends the one whose triangle is smallest; inner rings give way first.
		worst, least := segment{-1, 0}, int64(0)
		for _, s := range [4]segment{p, {p.ring, p.at + 1}, q, {q.ring, q.at + 1}} {
			r := rings[s.ring]
			s.at %= len(r)
			size := turn(r[(s.at+len(r)-1)%len(r)], r[s.at], r[(s.at+1)%len(r)])
			size = max(size, -size)
			if worst.ring < 0 || s.ring > worst.ring || s.ring == worst.ring && size < least {
				worst, least = s, size
			}
		}
		r := Tidy(slices.Delete(rings[worst.ring], worst.at, worst.at+1))
		if r != nil && (Area(r) > 0) != (worst.ring == 0) {
			r = nil
		}
		rings[worst.ring] = r
		if r == nil {
			if worst.ring == 0 {
				return nil
			}
			rings = slices.Delete(rings, worst.ring, worst.ring+1)
		}
	}
	return nil
}

// Inside reports whether a vertex lies in a ring or on its edge.
func Inside(v Vertex, ring []Vertex) bool {
	in := false
	a := ring[len(ring)-1]
	for _, b := range ring {
		if turn(a, b, v) == 0 && min(a.X, b.X) <= v.X && v.X <= max(a.X, b.X) && min(a.Y, b.Y) <= v.Y && v.Y <= max(a.Y, b.Y) {
			return true
		}
		if (a.Y > v.Y) != (b.Y > v.Y) {
			t := turn(a, b, v)
			if (t > 0) == (b.Y > a.Y) {
				in = !in
			}
		}
		a = b
	}
	return in
}
