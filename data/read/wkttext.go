package read

import (
	"errors"
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// wktText reads well-known text (OGC 06-103r4 clause 7), with SRID= before it as PostGIS writes. The first error stays.
type wktText struct {
	s        string
	heights  bool
	problems []Problem
	err      error
}

func (w *wktText) fail(format string, args ...any) {
	if w.err == nil {
		w.err = fmt.Errorf(format, args...)
	}
}

// looksLikeWKT reports whether a cell begins as well-known text does.
func looksLikeWKT(s string) bool {
	s = strings.ToUpper(trimBlank(s))
	if rest, ok := strings.CutPrefix(s, "SRID="); ok {
		_, s, _ = strings.Cut(rest, ";")
	}
	for _, k := range []string{"POINT", "LINESTRING", "POLYGON", "MULTI", "GEOMETRYCOLLECTION", "CIRCULARSTRING", "COMPOUNDCURVE", "CURVEPOLYGON", "TRIANGLE"} {
		if strings.HasPrefix(s, k) {
			return true
		}
	}
	return false
}

// read reads a whole text. srid is 0 where none is said.
func (w *wktText) read(text string) (g orb.Geometry, srid string) {
	*w = wktText{s: text}
	w.s = narrow(trimBlank(w.s))
	if len(w.s) > 5 && strings.EqualFold(w.s[:5], "SRID=") {
		srid, w.s, _ = strings.Cut(w.s[5:], ";")
	}
	g = w.geometry(0)
	w.blank()
	if w.s != "" {
		w.fail("%.20q follows the geometry", w.s)
	}
	if w.err != nil {
		w.problems = append(w.problems[:0], about(BadGeometry, Error, "WKT 无法读取：%v", "the WKT cannot be read: %v", w.err))
		return nil, srid
	}
	if g == nil && len(w.problems) == 0 {
		w.problems = append(w.problems, about(EmptyGeometry, Warning, "图形没有点", "the shape has no points"))
	}
	return g, srid
}

func (w *wktText) blank() { w.s = strings.TrimLeft(w.s, blankRunes) }

func (w *wktText) accept(c byte) bool {
	w.blank()
	if w.s == "" || w.s[0] != c {
		return false
	}
	w.s = w.s[1:]
	return true
}

// word takes letters, in capitals.
func (w *wktText) word() string {
	w.blank()
	end := 0
	for end < len(w.s) && (w.s[end]|0x20 >= 'a' && w.s[end]|0x20 <= 'z') {
		end++
	}
	word := strings.ToUpper(w.s[:end])
	w.s = w.s[end:]
	return word
}

// list calls each at every element of a list in brackets; EMPTY is one without any.
func (w *wktText) list(each func()) {
	before := w.s
	if w.word() == "EMPTY" {
		return
	}
	w.s = before
	if !w.accept('(') {
		w.fail("a bracket is missing before %.20q", w.s)
		return
	}
	for w.err == nil {
		each()
		if !w.accept(',') {
			if !w.accept(')') {
				w.fail("a comma or bracket is missing before %.20q", w.s)
			}
			return
		}
	}
}

func (w *wktText) geometry(depth int) orb.Geometry {
	kind := w.word()
	for _, more := range []string{"ZM", "Z", "M"} {
		if base := strings.TrimSuffix(kind, more); base != kind && wktKinds[base] != 0 {
			kind = base
			w.heights = true
			break
		}
	}
	before := w.s
	switch w.word() {
	case "Z", "M", "ZM":
		w.heights = true
	default:
		w.s = before
	}
	if depth > maxCollections {
		w.fail("collections are nested deeper than %d", maxCollections)
		return nil
	}
	switch code := wktKinds[kind]; code {
	case wkbPoint:
		var points []orb.Point
		w.list(func() { points = append(points, w.position()) })
		switch len(points) {
		case 0:
			return nil
		case 1:
			return points[0]
		}
		w.fail("a point has %d positions", len(points))
	case wkbLineString:
		if line := w.line(); len(line) > 0 {
			return w.keep(lineOf([][]orb.Point{line}))
		}
	case wkbPolygon:
		return w.polygon()
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon, wkbCollection:
		return w.members(code, depth)
	default:
		w.fail("%.20q is no kind of geometry that is read", kind)
	}
	return nil
}

var wktKinds = map[string]uint32{
	"POINT": wkbPoint, "LINESTRING": wkbLineString, "POLYGON": wkbPolygon, "TRIANGLE": wkbPolygon,
	"MULTIPOINT": wkbMultiPoint, "MULTILINESTRING": wkbMultiLineString, "MULTIPOLYGON": wkbMultiPolygon, "GEOMETRYCOLLECTION": wkbCollection,
}

func (w *wktText) keep(g orb.Geometry, problems []Problem) orb.Geometry {
	w.problems = append(w.problems, problems...)
	return g
}

// members reads the parts of a multi-geometry. Points may do without brackets of their own.
func (w *wktText) members(code uint32, depth int) orb.Geometry {
	var all orb.Collection
	w.list(func() {
		var g orb.Geometry
		switch code {
		case wkbMultiPoint:
			if w.blank(); strings.HasPrefix(w.s, "(") || strings.HasPrefix(strings.ToUpper(w.s), "EMPTY") {
				w.list(func() { g = w.position() })
			} else {
				g = w.position()
			}
		case wkbMultiLineString:
			if line := w.line(); len(line) > 0 {
				g = w.keep(lineOf([][]orb.Point{line}))
			}
		case wkbMultiPolygon:
			g = w.polygon()
		default:
			g = w.geometry(depth + 1)
		}
		if g != nil {
			all = append(all, g)
		}
	})
	if w.err != nil || len(all) == 0 {
		return nil
	}
	g, _ := gathered(code, all)
	return g
}

func (w *wktText) line() (line []orb.Point) {
	w.list(func() { line = append(line, w.position()) })
	return line
}

func (w *wktText) polygon() orb.Geometry {
	var rings [][]orb.Point
	w.list(func() { rings = append(rings, w.line()) })
	if w.err != nil || len(rings) == 0 {
		return nil
	}
	p, problems := polygonOf(rings)
	w.problems = append(w.problems, problems...)
	if p == nil {
		return nil
	}
	return p
}

var errWKTNumber = errors.New("a number is missing")

// position reads two to four numbers.
func (w *wktText) position() (p orb.Point) {
	n := 0
	for ; n < 4; n++ {
		w.blank()
		end := strings.IndexAny(w.s, ",() \t\r\n")
		if end < 0 {
			end = len(w.s)
		}
		if end == 0 {
			break
		}
		v, ok := parseDecimal(w.s[:end])
		if !ok {
			w.fail("%.20q is not a number", w.s[:end])
			return p
		}
		w.s = w.s[end:]
		if n < 2 {
			p[n] = v
		} else {
			w.heights = true
		}
	}
	if w.err == nil && (n < 2 || !finite(p)) {
		w.err = errWKTNumber
	}
	return p
}
