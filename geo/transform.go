package geo

import (
	"fmt"

	"github.com/paulmach/orb"
)

// ToCGCS2000 turns a geometry with the x, y of a file's coordinate system into
// longitude and latitude on CGCS2000. The degrees that the system gives are taken to be in
// datum: the system's own, or GCJ02 or BD09 where it is known that the file was shifted,
// whatever its system says. The geometry's points are changed in place. The
// error names the first position that is not in the system.
func ToCGCS2000(g orb.Geometry, system CRS, datum Datum) (orb.Geometry, error) {
	if err := system.Usable(); err != nil {
		return nil, err
	}
	plain := !system.Projected() && datum.unshifted()
	return MapPoints(g, func(p orb.Point) (orb.Point, error) {
		lon, lat, err := system.ToLonLat(p[0], p[1])
		if err != nil || plain {
			return p, err
		}
		at, err := Position{lon, lat, datum}.To(CGCS2000)
		return at.Point(), err
	})
}

// MapPoints replaces every point of a geometry by what f makes of it, in place
// where the geometry is made of slices, and returns the geometry. It stops at f's first error. A nil geometry stays nil.
func MapPoints(g orb.Geometry, f func(orb.Point) (orb.Point, error)) (orb.Geometry, error) {
	switch g := g.(type) {
	case nil:
		return nil, nil
	case orb.Point:
		return f(g)
	case orb.MultiPoint:
		return g, mapEach(g, f)
	case orb.LineString:
		return g, mapEach(g, f)
	case orb.Ring:
		return g, mapEach(g, f)
	case orb.MultiLineString:
		for _, line := range g {
			if err := mapEach(line, f); err != nil {
				return nil, err
			}
		}
		return g, nil
	case orb.Polygon:
		return g, mapRings(g, f)
	case orb.MultiPolygon:
		for _, polygon := range g {
			if err := mapRings(polygon, f); err != nil {
				return nil, err
			}
		}
		return g, nil
	case orb.Collection:
		for i, member := range g {
			mapped, err := MapPoints(member, f)
			if err != nil {
				return nil, err
			}
			g[i] = mapped
		}
		return g, nil
	}
	return nil, fmt.Errorf("a %s has no points to transform", g.GeoJSONType())
}

func mapRings(p orb.Polygon, f func(orb.Point) (orb.Point, error)) error {
	for _, ring := range p {
		if err := mapEach(ring, f); err != nil {
			return err
		}
	}
	return nil
}

func mapEach(points []orb.Point, f func(orb.Point) (orb.Point, error)) error {
	for i, p := range points {
		q, err := f(p)
		if err != nil {
			return err
		}
		points[i] = q
	}
	return nil
}
