package region

import (
	"sync"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// squares is a square of world coordinates that is halved again and again where an edge of
// an area runs through it. Each square knows the part of the area that is in it, so that a
// thing in it is compared with the edges near by only.
type squares struct {
	x, y  int64 // north-west corner
	shift uint  // its side is 1<<shift
	state Relation
	area  orb.MultiPolygon // where the state is Touched; a little more than in the square
	kids  [4]*squares      // where there are smaller ones

	once  sync.Once
	local *Region
}

// pad is how far beyond its square a part of an area reaches, in world units (9 mm): edges
// that run along a square's side belong to both sides.
const pad = 2

// frame is the square that holds a box and a margin, and the shift of the smallest squares
// in it, 1<<depth of which are along its side.
func frame(box geo.WorldBox, depth uint) (x, y int64, shift, least uint) {
	x, y = int64(box.MinX), int64(box.MinY)
	side := max(int64(box.MaxX)-x, int64(box.MaxY)-y) + 1
	margin := side/64 + 2*pad
	x, y, side = x-margin, y-margin, side+2*margin
	for int64(1)<<shift < side {
		shift++
	}
	if shift > depth {
		least = shift - depth
	}
	return x, y, shift, least
}

// divide makes the squares of an area down to a smallest size.
func divide(x, y int64, shift, least uint, area orb.MultiPolygon) *squares {
	s := &squares{x: x, y: y, shift: shift}
	b := s.bound()
	kept, in, edges := cutOut(area, b)
	switch {
	case edges:
		s.state, s.area = Touched, kept
	case in:
		s.state = Inside
		return s
	default:
		return s
	}
	if shift > least {
		half := int64(1) << (shift - 1)
		for k := range s.kids {
			s.kids[k] = divide(x+int64(k&1)*half, y+int64(k>>1)*half, shift-1, least, kept)
		}
	}
	return s
}

func (s *squares) bound() orb.Bound {
	side := int64(1) << s.shift
	nw := lonLat(s.x-pad, s.y-pad)
	se := lonLat(s.x+side+pad, s.y+side+pad)
	return orb.Bound{Min: orb.Point{nw[0], se[1]}, Max: orb.Point{se[0], nw[1]}}
}

func lonLat(x, y int64) orb.Point {
	const last = 1<<32 - 1
	return geo.LonLat(uint32(min(max(x, 0), last)), uint32(min(max(y, 0), last)))
}

// each visits the squares that are wholly in the area or are the smallest at its edge.
func (s *squares) each(visit func(*squares)) {
	if s.state == Touched && s.kids[0] != nil {
		for _, kid := range s.kids {
			kid.each(visit)
		}
	} else if s.state != Outside {
		visit(s)
	}
}

// around is the region as it is within the smallest square that holds a box.
func (s *squares) around(b geo.WorldBox) *Region {
	for s.kids[0] != nil {
		half := int64(1) << (s.shift - 1)
		k := 0
		if int64(b.MinX) >= s.x+half {
			k |= 1
		} else if int64(b.MaxX) >= s.x+half {
			break
		}
		if int64(b.MinY) >= s.y+half {
			k |= 2
		} else if int64(b.MaxY) >= s.y+half {
			break
		}
		if s.kids[k].state != Touched {
			break
		}
		s = s.kids[k]
	}
	s.once.Do(func() { s.local = FromAreas(s.area) })
	return s.local
}

// cutOut is what of an area is in a bound; whether an edge of it runs inside the bound;
// and, where none does, whether all of the bound is in the area.
func cutOut(area orb.MultiPolygon, b orb.Bound) (kept orb.MultiPolygon, in, edges bool) {
	depth := 0
	for _, polygon := range area {
		var rings orb.Polygon
		for k, ring := range polygon {
			own := cutRing(ring, b)
			if len(own) < 4 {
				if k == 0 {
					break
				}
				continue
			}
			rings = append(rings, own)
			if runsInside(own, b) {
				edges = true
			} else if inArea(orb.Polygon{own}, b.Center()) {
				if k == 0 {
					depth++
				} else {
					depth--
				}
			}
		}
		if len(rings) > 0 {
			kept = append(kept, rings)
		}
	}
	return kept, depth > 0, edges
}

// runsInside reports whether a ring that was cut has a segment off the bound's sides.
func runsInside(ring orb.Ring, b orb.Bound) bool {
	for k := 1; k < len(ring); k++ {
		p, q := ring[k-1], ring[k]
		if !(p[0] == q[0] && (p[0] == b.Min[0] || p[0] == b.Max[0]) || p[1] == q[1] && (p[1] == b.Min[1] || p[1] == b.Max[1])) {
			return true
		}
	}
	return false
}

// cutRing cuts a closed ring by the four sides of a bound, one after the other (Sutherland
// and Hodgman, Reentrant polygon clipping, 1974). Pieces hang together along the sides.
func cutRing(ring orb.Ring, b orb.Bound) orb.Ring {
	have := ring.Bound()
	for side := range 4 {
		axis, limit, sign := side&1, b.Min[side&1], 1.0
		if side >= 2 {
			limit, sign = b.Max[axis], -1
			if have.Max[axis] <= limit {
				continue
			}
		} else if have.Min[axis] >= limit {
			continue
		}
		next := make(orb.Ring, 0, len(ring)+4)
		for k := 1; k < len(ring); k++ {
			p, q := ring[k-1], ring[k]
			dp, dq := sign*(p[axis]-limit), sign*(q[axis]-limit)
			if dp >= 0 {
				next = append(next, p)
			}
			if dp < 0 && dq > 0 || dp > 0 && dq < 0 {
				at := between(p, q, dp/(dp-dq))
				at[axis] = limit
				next = append(next, at)
			}
		}
		if len(next) < 3 {
			return nil
		}
		ring = append(next, next[0])
	}
	return ring
}
