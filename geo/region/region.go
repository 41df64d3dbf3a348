// Package region is a drawn area on the earth: polygons, or everything within some metres
// of a point, line or polygon. It says how far things are from it, whether they are in it,
// and how much of them is. Metres are geodesic.
package region

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// What a region may be, so that any question about it ends soon.
const (
	MostVertices = 10_000
	MostWithin   = 300_000 // metres
)

// Region is an area. It does not change.
type Region struct {
	shape    orb.Geometry
	within   geo.Metres
	points   []orb.Point   // of the shape
	lines    [][]orb.Point // its lines and rings
	runs     []run         // the same in short pieces
	areaRuns [][]run       // and the rings of each of the areas
	areas    []orb.Polygon // its polygons
	outline  orb.MultiPolygon
	box      orb.Bound
}

// New makes the region of all places within some metres, 0 or more, of a point, line or
// polygon, or of several. outline is its edge where within is more than 0 and the shape is
// not a single point; it is drawn, and shares of things are measured by it. The error is
// for a person to read: no such geometry, positions off the earth, too many vertices, too
// wide, a polygon that crosses itself.
func New(shape orb.Geometry, within geo.Metres, outline orb.MultiPolygon) (*Region, error) {
	if !(within >= 0) || within > MostWithin {
		return nil, fmt.Errorf("the distance has to be 0 to %d m", MostWithin)
	}
	r := &Region{shape: shape, within: within}
	if err := r.take(shape); err != nil {
		return nil, err
	}
	n := len(r.points)
	for _, l := range r.lines {
		n += len(l)
	}
	if n == 0 {
		return nil, fmt.Errorf("the geometry is empty")
	}
	if n > MostVertices {
		return nil, fmt.Errorf("the geometry has %d vertices; %d are the most", n, MostVertices)
	}
	for _, l := range append([][]orb.Point{r.points}, r.lines...) {
		for _, p := range l {
			if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 85) {
				return nil, fmt.Errorf("the position %v, %v is not a longitude and latitude within 85° of the equator", p[0], p[1])
			}
		}
	}
	for _, a := range r.areas {
		if at, crosses := crossing(a); crosses {
			return nil, fmt.Errorf("the polygon crosses itself at %.6f, %.6f", at[0], at[1])
		}
	}
	switch {
	case within == 0:
		r.outline = r.areas
	case len(r.points) == 1 && len(r.lines) == 0:
		r.outline = orb.MultiPolygon{disc(r.points[0], within)}
	default:
		r.outline = outline
	}
	r.divide()
	r.box = shape.Bound()
	if within > 0 {
		r.box = wider(r.box, within)
	}
	return r, nil
}

// FromAreas makes the region of polygons that are known to be valid and not to overlap,
// such as those of a layer or of PostGIS, however many vertices they have.
func FromAreas(areas orb.MultiPolygon) *Region {
	r := &Region{shape: areas, areas: areas, outline: areas, box: areas.Bound()}
	for _, a := range areas {
		for _, ring := range a {
			r.lines = append(r.lines, ring)
		}
	}
	r.divide()
	return r
}

// corners of the polygon that stands for a circle.
const corners = 180

// disc is the polygon with the area of a circle.
func disc(p orb.Point, radius geo.Metres) orb.Polygon {
	step := 2 * math.Pi / corners
	return geo.Circle(p, radius*geo.Metres(math.Sqrt(step/math.Sin(step))), corners)
}

// wider is a box with all places within some metres of it.
func wider(b orb.Bound, d geo.Metres) orb.Bound {
	north := geo.Destination(orb.Point{0, b.Max[1]}, 0, d)[1]
	south := geo.Destination(orb.Point{0, b.Min[1]}, 180, d)[1]
	far := max(math.Abs(north), math.Abs(south))
	dx := float64(d) / plane{far}.east() * 1.001
	return orb.Bound{Min: orb.Point{max(b.Min[0]-dx, -180), south}, Max: orb.Point{min(b.Max[0]+dx, 180), north}}
}

func (r *Region) take(g orb.Geometry) error {
	switch g := g.(type) {
	case orb.Point:
		r.points = append(r.points, g)
	case orb.MultiPoint:
		r.points = append(r.points, g...)
	case orb.LineString:
		r.lines = append(r.lines, g)
	case orb.MultiLineString:
		for _, l := range g {
			r.lines = append(r.lines, l)
		}
	case orb.Polygon:
		for _, ring := range g {
			if len(ring) < 4 || ring[0] != ring[len(ring)-1] {
				return fmt.Errorf("a ring of a polygon has at least four positions, of which the last is the first")
			}
			r.lines = append(r.lines, ring)
		}
		if len(g) > 0 {
			r.areas = append(r.areas, g)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			if err := r.take(p); err != nil {
				return err
			}
		}
	case orb.Bound:
		return r.take(g.ToPolygon())
	default:
		return fmt.Errorf("a region is a point, line or polygon")
	}
	return nil
}

// Shape is what the region was made of.
func (r *Region) Shape() orb.Geometry { return r.shape }

// Within is the distance around the shape that belongs to the region, in metres.
func (r *Region) Within() geo.Metres { return r.within }

// Outline is the region's edge for drawing; empty for a line or point without a distance.
func (r *Region) Outline() orb.MultiPolygon { return r.outline }

// Bound is a box around the region in degrees.
func (r *Region) Bound() orb.Bound { return r.box }

// Box is Bound in world coordinates.
func (r *Region) Box() geo.WorldBox { return geo.BoundWorld(r.box) }
