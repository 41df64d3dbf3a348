package read

import (
	"encoding/xml"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// kmlGeometry reads the geometry of one placemark.
type kmlGeometry struct {
	*kml
	heights  bool
	problems []Problem
}

func (g *kmlGeometry) keep(geometry orb.Geometry, problems []Problem) orb.Geometry {
	g.problems = append(g.problems, problems...)
	return geometry
}

// read reads the element that has begun. The error is about the file; what is wrong with the shape is a Problem.
func (g *kmlGeometry) read(e xml.StartElement, depth int) (orb.Geometry, error) {
	switch e.Name.Local {
	case "Polygon":
		return g.polygon()
	case "MultiGeometry", "MultiTrack":
		if depth >= maxCollections {
			g.problems = append(g.problems, errKML("几何集合嵌套过深", "geometries are nested deeper than %d", maxCollections)...)
			return nil, g.skip()
		}
		return g.members(depth)
	case "Track":
		return g.track()
	case "Model":
		g.problems = append(g.problems, errKML("三维模型未读取", "three-dimensional models are not read")...)
		return nil, g.skip()
	case "Point", "LineString", "LinearRing":
		points, err := g.coordinates()
		switch {
		case err != nil:
			return nil, err
		case len(points) == 0:
			if len(g.problems) == 0 {
				g.problems = append(g.problems, about(EmptyGeometry, Warning, "图形没有点", "the shape has no points"))
			}
			return nil, nil
		case e.Name.Local == "Point":
			return points[0], nil
		}
		return g.keep(lineOf([][]orb.Point{points})), nil
	}
	return nil, g.skip()
}

// coordinates reads the coordinates element inside the one that has begun.
func (g *kmlGeometry) coordinates() (points []orb.Point, err error) {
	err = g.children(func(e xml.StartElement) error {
		if e.Name.Local != "coordinates" {
			return g.skip()
		}
		text, err := g.text()
		if err != nil {
			return err
		}
		found, ok := g.tuples(text)
		if !ok {
			g.problems = append(g.problems, errKML("坐标 %.60q 不是数字", "the coordinates %.60q are no numbers", text)...)
			return nil
		}
		points = append(points, found...)
		return nil
	})
	return points, err
}

// tuples reads "longitude,latitude[,altitude]" with white space between; blanks beside a comma are forgiven.
func (g *kmlGeometry) tuples(text string) ([]orb.Point, bool) {
	points := make([]orb.Point, 0, strings.Count(text, ",")/2+1)
	for {
		text = strings.TrimLeft(text, " \t\r\n,")
		if text == "" {
			return points, true
		}
		var p orb.Point
		n := 0
		for ; ; n++ {
			end := strings.IndexAny(text, ", \t\r\n")
			if end < 0 {
				end = len(text)
			}
			v, ok := parseDecimal(text[:end])
			switch {
			case !ok:
				return nil, false
			case n < 2:
				p[n] = v
			case v != 0:
				g.heights = true
			}
			text = strings.TrimLeft(text[end:], " \t\r\n")
			if !strings.HasPrefix(text, ",") {
				break
			}
			text = strings.TrimLeft(text[1:], " \t\r\n")
		}
		if n == 0 || !finite(p) {
			return nil, false
		}
		points = append(points, p)
	}
}

func (g *kmlGeometry) polygon() (orb.Geometry, error) {
	var outer, inner [][]orb.Point
	err := g.children(func(e xml.StartElement) error {
		kind := e.Name.Local
		if kind != "outerBoundaryIs" && kind != "innerBoundaryIs" {
			return g.skip()
		}
		return g.children(func(e xml.StartElement) error {
			if e.Name.Local != "LinearRing" {
				return g.skip()
			}
			ring, err := g.coordinates()
			if kind == "outerBoundaryIs" {
				outer = append(outer, ring)
			} else {
				inner = append(inner, ring)
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	if len(outer) != 1 {
		g.problems = append(g.problems, errKML("多边形有 %d 个外环", "a polygon has %d outer rings", len(outer))...)
		return nil, nil
	}
	p, problems := polygonOf(append(outer, inner...))
	g.problems = append(g.problems, problems...)
	if p == nil {
		return nil, nil
	}
	return p, nil
}

func (g *kmlGeometry) members(depth int) (orb.Geometry, error) {
	var all orb.Collection
	err := g.children(func(e xml.StartElement) error {
		shape, err := g.read(e, depth+1)
		if shape != nil {
			all = append(all, shape)
		}
		return err
	})
	return together(all), err
}

// together makes several geometries of one kind a multi-geometry, and one alone just that.
func together(all orb.Collection) orb.Geometry {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	for _, kind := range []uint32{wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon} {
		if g, ok := gathered(kind, all); ok {
			return g
		}
	}
	return all
}

// track reads the line of a gx:Track, whose positions are "longitude latitude altitude".
func (g *kmlGeometry) track() (orb.Geometry, error) {
	var points []orb.Point
	err := g.children(func(e xml.StartElement) error {
		if e.Name.Local != "coord" {
			return g.skip()
		}
		text, err := g.text()
		if err != nil || text == "" {
			return err
		}
		found, ok := g.tuples(strings.Join(strings.Fields(text), ","))
		if !ok {
			g.problems = append(g.problems, errKML("坐标 %.60q 不是数字", "the coordinates %.60q are no numbers", text)...)
			return nil
		}
		points = append(points, found...)
		return nil
	})
	g.tracks++
	if len(points) == 1 {
		return points[0], err
	}
	if err != nil || len(points) == 0 {
		return nil, err
	}
	return g.keep(lineOf([][]orb.Point{points})), nil
}

// xmlTime reads a date or time of XML Schema, at least a whole day.
func xmlTime(text string) (Value, bool) {
	if d, err := time.Parse("2006-01-02", text); err == nil {
		return timeValue(Date, text, d), true
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if d, err := time.Parse(form, text); err == nil {
			return timeValue(DateTime, text, d), true
		}
	}
	return Value{}, false
}
