package layers

import (
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers/cql2"
)

// geometry brings a literal to longitude and latitude.
func (b *binder) geometry(n *cql2.Geometry) (orb.Geometry, error) {
	var g orb.Geometry
	var err error
	if box, ok := n.Of.(orb.Bound); ok {
		g, err = b.box(n, box)
	} else {
		g, err = geo.MapPoints(orb.Clone(n.Of), func(p orb.Point) (orb.Point, error) { return b.position(n, p) })
	}
	if err != nil {
		return nil, err
	}
	if p, ok := crossing(g); ok {
		return nil, wrong(n, "The sides of the polygon cross at about %.6f, %.6f; draw it so that they don't.", p[0], p[1])
	}
	return g, nil
}

// position moves one position.
func (b *binder) position(n *cql2.Geometry, p orb.Point) (orb.Point, error) {
	x, y := p[0], p[1]
	if b.crs.Swapped() {
		x, y = y, x
	}
	if b.crs.Projected() {
		lon, lat, err := b.crs.ToLonLat(x, y)
		if err != nil {
			return p, wrong(n, "%v, %v is not within the area of %s.", p[0], p[1], b.crs)
		}
		return orb.Point{lon, lat}, nil
	}
	if !(x >= -180 && x <= 180 && y >= -90 && y <= 90) {
		order := "longitude and latitude, in this order"
		if b.crs.Swapped() {
			order = "latitude and longitude, in this order"
		}
		return p, wrong(n, "%v, %v is no %s; filter-crs names another coordinate system.", p[0], p[1], order)
	}
	return orb.Point{x, y}, nil
}

// box brings a box to longitude and latitude: two boxes where it crosses the antimeridian,
// a point or line where it has no width or height, a polygon where it was projected.
func (b *binder) box(n *cql2.Geometry, box orb.Bound) (orb.Geometry, error) {
	if b.crs.Projected() {
		return b.projectedBox(n, box)
	}
	low, err := b.position(n, box.Min)
	if err != nil {
		return nil, err
	}
	high, err := b.position(n, box.Max)
	if err != nil {
		return nil, err
	}
	if low[1] > high[1] {
		return nil, wrong(n, "The box's south (%v) is over its north (%v).", low[1], high[1])
	}
	if low[0] > high[0] {
		west := orb.Bound{Min: low, Max: orb.Point{180, high[1]}}
		east := orb.Bound{Min: orb.Point{-180, low[1]}, Max: high}
		if west.Min[0] == 180 || east.Max[0] == -180 || low[1] == high[1] {
			return nil, wrong(n, "The box has no area.")
		}
		return orb.MultiPolygon{west.ToPolygon(), east.ToPolygon()}, nil
	}
	switch {
	case low == high:
		return low, nil
	case low[0] == high[0] || low[1] == high[1]:
		return orb.LineString{low, high}, nil
	}
	return orb.Bound{Min: low, Max: high}, nil
}

// projectedBox follows the sides of a box in its projection.
func (b *binder) projectedBox(n *cql2.Geometry, box orb.Bound) (orb.Geometry, error) {
	const parts = 32 // of a side: a chord a city long leaves the side by less than a metre
	if box.Min[0] >= box.Max[0] || box.Min[1] >= box.Max[1] {
		return nil, wrong(n, "The box's lower corner is not under its upper one.")
	}
	corners := box.ToRing()
	var ring orb.Ring
	for i := 1; i < len(corners); i++ {
		from, to := corners[i-1], corners[i]
		for k := range parts {
			t := float64(k) / parts
			p, err := b.position(n, orb.Point{from[0] + t*(to[0]-from[0]), from[1] + t*(to[1]-from[1])})
			if err != nil {
				return nil, err
			}
			ring = append(ring, p)
		}
	}
	return orb.Polygon{append(ring, ring[0])}, nil
}

// crossing finds where two sides of polygons cross, in the order of their western ends.
func crossing(g orb.Geometry) (orb.Point, bool) {
	type side struct{ a, b orb.Point }
	var sides []side
	for _, p := range shapesOf(g).areas {
		for _, ring := range p {
			for i := 1; i < len(ring); i++ {
				a, b := ring[i-1], ring[i]
				if a[0] > b[0] {
					a, b = b, a
				}
				sides = append(sides, side{a, b})
			}
		}
	}
	slices.SortFunc(sides, func(s, t side) int { return compareValues(s.a[0], t.a[0]) })
	for i, s := range sides {
		for _, t := range sides[i+1:] {
			if t.a[0] > s.b[0] {
				break
			}
			if max(s.a[1], s.b[1]) < min(t.a[1], t.b[1]) || max(t.a[1], t.b[1]) < min(s.a[1], s.b[1]) {
				continue
			}
			if turn(s.a, s.b, t.a)*turn(s.a, s.b, t.b) < 0 && turn(t.a, t.b, s.a)*turn(t.a, t.b, s.b) < 0 {
				return orb.Point{(max(s.a[0], t.a[0]) + min(s.b[0], t.b[0])) / 2, (max(min(s.a[1], s.b[1]), min(t.a[1], t.b[1])) + min(max(s.a[1], s.b[1]), max(t.a[1], t.b[1]))) / 2}, true
			}
		}
	}
	return orb.Point{}, false
}
