package mirror

import (
	"math"
	"slices"

	"onemap/tiles/mvt"
)

// farthest is how far from the tile, in its units, a vertex may be: deep down, what is
// farther is taken to be there, so that areas of rings can still be reckoned with.
const farthest = 1 << 29

// grid brings a ring's or line's vertices into tile units, rounded to the nearest, without
// those that the zoom does not need and those that repeat the one before. It reports
// whether all lie in the tile with its buffer.
func (d *drawer) grid(s *segment, from, to uint32) (vs []mvt.Vertex, inside bool) {
	vs = d.vs[:0]
	// Half a unit is added before the shift; deeper than zoom 20 a unit of the tile is
	// smaller than one of the world.
	left, right, half := uint(0), d.shift-tileBits, int64(0)
	if d.shift > tileBits {
		half = int64(1) << (right - 1)
	} else if d.shift < tileBits {
		left, right = tileBits-d.shift, 0
	}
	ox, oy := d.ox-half, d.oy-half
	low, high := d.box.Min, d.box.Max
	inside = true
	last := mvt.Vertex{X: math.MinInt32}
	level := s.level
	for i := from; i < to; i++ {
		if level != nil && int(level[i]) > d.z {
			continue
		}
		w := s.vertices[i]
		x, y := (int64(w.X)-ox)>>right<<left, (int64(w.Y)-oy)>>right<<left
		if x+farthest|y+farthest|farthest-x|farthest-y < 0 {
			x, y = min(max(x, -farthest), farthest), min(max(y, -farthest), farthest)
		}
		v := mvt.Vertex{X: int32(x), Y: int32(y)}
		if v == last {
			continue
		}
		if v.X < low || v.X > high || v.Y < low || v.Y > high {
			inside = false
		}
		vs = append(vs, v)
		last = v
	}
	d.vs = vs
	return vs, inside
}

// lines writes a feature's lines as far as they are in the tile.
func (d *drawer) lines(p *part, i uint32) (drawn bool) {
	first, last := p.rings(i)
	for r := first; r < last; r++ {
		from, to := p.ring(r)
		vs, inside := d.grid(p.segment, from, to)
		if len(vs) < 2 {
			continue
		}
		if inside {
			d.main.Line(vs)
			drawn = true
			continue
		}
		for _, line := range d.clip.Lines(d.box, vs) {
			d.main.Line(line)
			drawn = true
		}
	}
	return drawn
}

// polygon writes a feature's polygons as far as they are in the tile, each an outer ring
// and the inner ones in it.
func (d *drawer) polygon(p *part, i uint32) (drawn bool) {
	first, last := p.rings(i)
	if last-first == 1 {
		from, to := p.ring(first)
		vs, inside := d.grid(p.segment, from, to)
		if !inside {
			d.rings = append(d.rings[:0], vs)
			return d.cut(d.rings)
		}
		if int(p.firm[i]) <= d.z {
			d.main.Ring(vs)
			return true
		}
		if vs = mvt.Tidy(vs); vs == nil || mvt.Area(vs) <= 0 {
			return false
		}
		d.rings = append(d.rings[:0], vs)
		if mvt.Valid(d.rings) {
			d.main.Ring(vs)
			return true
		}
		return d.mended(d.rings)
	}
	for r := first; r < last; {
		next := r + 1
		for next < last && has(p.inner, next) {
			next++
		}
		if d.several(p.segment, r, next) {
			drawn = true
		}
		r = next
	}
	return drawn
}

// several writes one polygon of several rings.
func (d *drawer) several(s *segment, first, last uint32) bool {
	d.flat, d.ends = d.flat[:0], d.ends[:0]
	inside := true
	for r := first; r < last; r++ {
		from, to := s.ring(r)
		vs, in := d.grid(s, from, to)
		vs = mvt.Tidy(vs)
		if vs == nil || (mvt.Area(vs) > 0) != (r == first) {
			if r == first {
				return false
			}
			continue
		}
		inside = inside && in
		d.flat = append(d.flat, vs...)
		d.ends = append(d.ends, len(d.flat))
	}
	d.rings = d.rings[:0]
	at := 0
	for _, end := range d.ends {
		d.rings = append(d.rings, d.flat[at:end:end])
		at = end
	}
	if !inside {
		return d.cut(d.rings)
	}
	return d.mended(d.rings)
}

// cut writes a polygon that reaches over the tile's buffer.
func (d *drawer) cut(rings [][]mvt.Vertex) (drawn bool) {
	for k, ring := range rings {
		if ring = mvt.Tidy(ring); ring == nil {
			if k == 0 {
				return false
			}
			ring = nil
		}
		rings[k] = ring
	}
	rings = slices.DeleteFunc(rings, func(r []mvt.Vertex) bool { return r == nil })
	if mvt.Area(rings[0]) <= 0 {
		return false
	}
	cut := d.clip.Rings(d.box, rings)
	if len(cut) == 0 {
		return false
	}
	// Each outer ring with the inner ones in it.
	var outer, inner [][]mvt.Vertex
	for _, ring := range cut {
		if ring = mvt.Tidy(ring); ring == nil {
			continue
		}
		if mvt.Area(ring) > 0 {
			outer = append(outer, ring)
		} else {
			inner = append(inner, ring)
		}
	}
	for _, ring := range outer {
		polygon := [][]mvt.Vertex{ring}
		for _, hole := range inner {
			if len(outer) == 1 || mvt.Inside(hole[0], ring) && mvt.Inside(hole[len(hole)/2], ring) {
				polygon = append(polygon, hole)
			}
		}
		drawn = d.mended(polygon) || drawn
	}
	return drawn
}

// mended writes a polygon inside the tile, made valid where the grid has bent it.
func (d *drawer) mended(rings [][]mvt.Vertex) bool {
	if !mvt.Valid(rings) {
		rings = mvt.Mend(rings)
	}
	for _, ring := range rings {
		d.main.Ring(ring)
	}
	return len(rings) > 0
}

// middle is a point on a polygon's surface: in the middle of the widest part of the line
// halfway up its largest ring, as ST_PointOnSurface finds it.
func (d *drawer) middle(s *segment, i uint32) (x, y uint32) {
	first, last := s.rings(i)
	best, most := first, -1.0
	for r := first; r < last; r++ {
		from, to := s.ring(r)
		if b := boxOf(s.vertices[from:to]); !has(s.inner, r) {
			if size := float64(b.MaxX-b.MinX) * float64(b.MaxY-b.MinY); size > most {
				best, most = r, size
			}
		}
	}
	from, to := s.ring(best)
	box := boxOf(s.vertices[from:to])
	// Between the vertices next above and below the middle, so that it meets none.
	half := box.MinY + (box.MaxY-box.MinY)/2
	above, below := box.MinY, box.MaxY
	for r := best; r < last && (r == best || has(s.inner, r)); r++ {
		from, to := s.ring(r)
		for _, v := range s.vertices[from:to] {
			if v.Y <= half {
				above = max(above, v.Y)
			} else {
				below = min(below, v.Y)
			}
		}
	}
	row := math.Floor((float64(above)+float64(below))/2) + 0.5
	d.xs = d.xs[:0]
	for r := best; r < last && (r == best || has(s.inner, r)); r++ {
		from, to := s.ring(r)
		a := s.vertices[to-1]
		for _, b := range s.vertices[from:to] {
			if (float64(a.Y) > row) != (float64(b.Y) > row) {
				t := (row - float64(a.Y)) / (float64(b.Y) - float64(a.Y))
				d.xs = append(d.xs, float64(a.X)+t*(float64(b.X)-float64(a.X)))
			}
			a = b
		}
	}
	if len(d.xs) < 2 {
		a := s.anchor[i]
		return a.X, a.Y
	}
	slices.Sort(d.xs)
	at, width := d.xs[0], -1.0
	for k := 0; k+1 < len(d.xs); k += 2 {
		if w := d.xs[k+1] - d.xs[k]; w > width {
			at, width = d.xs[k]+w/2, w
		}
	}
	return uint32(min(max(at, 0), math.MaxUint32)), uint32(row)
}
