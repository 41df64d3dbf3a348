package read

import (
	"slices"

	"github.com/paulmach/orb"
)

// geometryParser reads GeoJSON geometries (RFC 7946 section 3.1) out of a feature.
type geometryParser struct {
	*jsonParser
	heights  bool // some position had more than two numbers
	problems []Problem
	scratch  []orb.Point
}

// maxCollections bounds geometry collections inside each other.
const maxCollections = 16

func (g *geometryParser) wrong(zh, en string, args ...any) orb.Geometry {
	g.problems = append(g.problems, about(BadGeometry, Error, zh, en, args...))
	return nil
}

// geometry reads an object or null. A geometry that is good JSON but no good GeoJSON is nil, with a Problem.
func (g *geometryParser) geometry(depth int) orb.Geometry {
	if g.peek() == 'n' {
		g.word("null")
		return nil
	}
	if g.peek() != '{' {
		g.skip()
		return g.wrong("geometry 不是对象", "the geometry is not an object")
	}
	var kind string
	coordinates, members := -1, -1
	var result orb.Geometry
	read := false
	g.object(func(name []byte) {
		switch string(name) {
		case "type":
			if g.peek() == '"' {
				kind = string(g.text())
			} else {
				g.skip()
			}
		case "coordinates":
			g.peek()
			if coordinates = g.i; kind != "" {
				result, read = g.coordinates(kind), true
				return
			}
			g.skip()
		case "geometries":
			g.peek()
			members = g.i
			g.skip()
		default:
			g.skip()
		}
	})
	end := g.i
	if g.err != nil {
		return nil
	}
	switch {
	case read:
	case kind == "GeometryCollection" && members >= 0:
		g.i = members
		result = g.collection(depth)
	case kind != "GeometryCollection" && coordinates >= 0:
		g.i = coordinates
		result = g.coordinates(kind)
	default:
		return g.wrong("geometry 的类型 %.40q 无法识别或缺少坐标", "the geometry's type %.40q is none of GeoJSON's, or it has no coordinates", kind)
	}
	g.i = end
	return result
}

func (g *geometryParser) collection(depth int) orb.Geometry {
	if depth >= maxCollections || g.peek() != '[' {
		g.skip()
		return g.wrong("几何集合嵌套过深或不是数组", "the geometry collection is nested too deep or is no array")
	}
	c := orb.Collection{}
	g.array(func() {
		if member := g.geometry(depth + 1); member != nil {
			c = append(c, member)
		}
	})
	if len(c) == 0 {
		return nil
	}
	return c
}

// coordinates reads the arrays of one kind of geometry.
func (g *geometryParser) coordinates(kind string) orb.Geometry {
	start := g.i
	if g.accept('[') && g.accept(']') {
		return g.empty()
	}
	g.i = start
	var result orb.Geometry
	ok := true
	switch kind {
	case "Point":
		var p orb.Point
		if p, ok = g.position(); ok {
			result = p
		}
	case "MultiPoint":
		var line []orb.Point
		if line, ok = g.line(); ok && len(line) > 0 {
			result = orb.MultiPoint(line)
		}
	case "LineString":
		var line []orb.Point
		if line, ok = g.line(); ok && len(line) > 0 {
			result = g.keep(lineOf([][]orb.Point{line}))
		}
	case "MultiLineString":
		var lines [][]orb.Point
		if lines, ok = g.lines(); ok && len(lines) > 0 {
			if result = g.keep(lineOf(lines)); result != nil {
				if single, is := result.(orb.LineString); is {
					result = orb.MultiLineString{single}
				}
			}
		}
	case "Polygon":
		var rings [][]orb.Point
		if rings, ok = g.lines(); ok && len(rings) > 0 {
			if p := g.polygon(rings); p != nil {
				result = p
			}
		}
	case "MultiPolygon":
		var all orb.MultiPolygon
		ok = g.each(func() bool {
			rings, ok := g.lines()
			if p := g.polygon(rings); p != nil {
				all = append(all, p)
			}
			return ok
		})
		if ok && len(all) > 0 {
			result = all
		}
	default:
		g.skip()
		return g.wrong("geometry 的类型 %.40q 无法识别", "the geometry's type %.40q is none of GeoJSON's", kind)
	}
	switch {
	case g.err != nil:
		return nil
	case !ok:
		g.i = start
		g.skip()
		return g.wrong("%[1]s 的坐标不符合其类型", "the coordinates are not those of a %[1]s", kind)
	case result == nil && len(g.problems) == 0:
		return g.empty()
	}
	return result
}

func (g *geometryParser) empty() orb.Geometry {
	g.problems = append(g.problems, about(EmptyGeometry, Warning, "图形没有点", "the shape has no points"))
	return nil
}

func (g *geometryParser) keep(geometry orb.Geometry, problems []Problem) orb.Geometry {
	g.problems = append(g.problems, problems...)
	return geometry
}

// polygon keeps the rings as they are grouped and directed; nil if the outer one is of no use.
func (g *geometryParser) polygon(rings [][]orb.Point) orb.Polygon {
	p, problems := polygonOf(rings)
	g.problems = append(g.problems, problems...)
	return p
}

// each calls element at each element of an array until one is not as it should be.
func (g *geometryParser) each(element func() bool) bool {
	if g.peek() != '[' {
		g.skip()
		return false
	}
	ok := true
	g.array(func() {
		if ok {
			ok = element()
			return
		}
		g.skip()
	})
	return ok
}

func (g *geometryParser) lines() (lines [][]orb.Point, ok bool) {
	ok = g.each(func() bool {
		line, ok := g.line()
		lines = append(lines, line)
		return ok
	})
	return lines, ok
}

func (g *geometryParser) line() ([]orb.Point, bool) {
	g.scratch = g.scratch[:0]
	ok := g.each(func() bool {
		p, ok := g.position()
		g.scratch = append(g.scratch, p)
		return ok
	})
	return slices.Clone(g.scratch), ok
}

// position reads [x, y, …]; false if there are fewer than two numbers. On false the
// input is left anywhere inside; coordinates starts anew.
func (g *geometryParser) position() (p orb.Point, ok bool) {
	if !g.accept('[') {
		g.skip()
		return p, false
	}
	for n := 0; g.err == nil; n++ {
		switch c := g.peek(); {
		case c == ']' && n == 0:
			g.i++
			return p, false
		case c == '-' || c >= '0' && c <= '9':
		default:
			return p, g.leave()
		}
		v, fits := g.float()
		if !fits {
			return p, g.leave()
		}
		if n < 2 {
			p[n] = v
		} else {
			g.heights = true
		}
		if !g.accept(',') {
			if !g.accept(']') {
				g.fail("a comma or ] is missing")
			}
			return p, n >= 1
		}
	}
	return p, false
}

// leave consumes the rest of the array that position is in, loosely: coordinates reads it anew.
func (g *geometryParser) leave() bool {
	for g.err == nil && !g.accept(']') {
		if !g.accept(',') {
			g.skip()
		}
	}
	return false
}
