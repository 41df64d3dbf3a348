package cql2

import (
	"strconv"

	"github.com/paulmach/orb"
)

// geometry reads a GeoJSON geometry (RFC 7946, 3.1). Heights are left out.
func (r *reader) geometry(o map[string]any, at string) (orb.Geometry, error) {
	place := At{Pointer: at}
	kind, _ := o["type"].(string)
	c, inner := o["coordinates"], at+"/coordinates"
	var g orb.Geometry
	var err error
	switch kind {
	case "Point":
		g, err = r.position(c, inner)
	case "MultiPoint":
		var points []orb.Point
		points, err = r.positions(c, inner)
		g = orb.MultiPoint(points)
	case "LineString":
		var points []orb.Point
		points, err = r.positions(c, inner)
		g = orb.LineString(points)
	case "MultiLineString":
		var lines orb.MultiLineString
		err = r.parts(c, inner, func(v any, at string) error {
			points, err := r.positions(v, at)
			lines = append(lines, points)
			return err
		})
		g = lines
	case "Polygon":
		g, err = r.polygon(c, inner)
	case "MultiPolygon":
		var polygons orb.MultiPolygon
		err = r.parts(c, inner, func(v any, at string) error {
			a, err := r.polygon(v, at)
			polygons = append(polygons, a)
			return err
		})
		g = polygons
	case "GeometryCollection":
		if err := r.enter(); err != nil {
			return nil, err
		}
		defer r.leave()
		var all orb.Collection
		err = r.parts(o["geometries"], at+"/geometries", func(v any, at string) error {
			o, ok := v.(map[string]any)
			if !ok {
				return failure(At{Pointer: at}, "A geometry must stand here.")
			}
			part, err := r.geometry(o, at)
			all = append(all, part)
			return err
		})
		g = all
	default:
		return nil, failure(place, "type is Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon or GeometryCollection.")
	}
	if err != nil {
		return nil, err
	}
	return g, checkGeometry(place, g)
}

func (r *reader) parts(v any, at string, part func(v any, at string) error) error {
	list, ok := v.([]any)
	if !ok {
		return failure(At{Pointer: at}, "An array must stand here.")
	}
	for i, v := range list {
		if err := part(v, at+"/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) polygon(v any, at string) (orb.Polygon, error) {
	var a orb.Polygon
	err := r.parts(v, at, func(v any, at string) error {
		points, err := r.positions(v, at)
		a = append(a, points)
		return err
	})
	return a, err
}

func (r *reader) positions(v any, at string) ([]orb.Point, error) {
	var points []orb.Point
	err := r.parts(v, at, func(v any, at string) error {
		p, err := r.position(v, at)
		points = append(points, p)
		return err
	})
	return points, err
}

func (r *reader) position(v any, at string) (orb.Point, error) {
	if err := r.vertex(); err != nil {
		return orb.Point{}, err
	}
	list, err := r.numbers(v, at)
	if err != nil {
		return orb.Point{}, err
	}
	if len(list) != 2 && len(list) != 3 {
		return orb.Point{}, failure(At{Pointer: at}, "A position has two numbers, x and y, or three with a height.")
	}
	return orb.Point{list[0], list[1]}, nil
}
