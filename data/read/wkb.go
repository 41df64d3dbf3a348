package read

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// The geometry kinds of well-known binary (ISO 13249-3, OGC 06-103r4 clause 8).
const (
	wkbPoint = iota + 1
	wkbLineString
	wkbPolygon
	wkbMultiPoint
	wkbMultiLineString
	wkbMultiPolygon
	wkbCollection
	wkbCircularString
	wkbCompoundCurve
	wkbCurvePolygon
	wkbMultiCurve
	wkbMultiSurface
	wkbPolyhedral = 15
	wkbTIN        = 16
	wkbTriangle   = 17
)

// wkbReader reads well-known binary, ISO's or EWKB. The first error stays.
type wkbReader struct {
	b        []byte
	order    binary.ByteOrder
	width    int // ordinates of a position
	heights  bool
	curves   bool
	srid     int // of EWKB, 0 if none
	problems []Problem
	err      error
}

var errWKBShort = errors.New("the geometry's bytes end too early")

func (w *wkbReader) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// read reads one geometry that fills b. Nil with a Problem for one without points, and for bytes that are no geometry.
func (w *wkbReader) read(b []byte) orb.Geometry {
	w.b, w.heights, w.curves, w.problems, w.err = b, false, false, nil, nil
	g := w.geometry(0)
	if w.err == nil && len(w.b) > 0 {
		w.fail(fmt.Errorf("%d bytes follow the geometry", len(w.b)))
	}
	if w.err != nil {
		w.problems = append(w.problems[:0], about(BadGeometry, Error, "图形无法读取：%v", "the shape cannot be read: %v", w.err))
		return nil
	}
	if g == nil && len(w.problems) == 0 {
		w.problems = append(w.problems, about(EmptyGeometry, Warning, "图形没有点", "the shape has no points"))
	}
	return g
}

// head reads byte order and kind.
func (w *wkbReader) head() (kind uint32) {
	if len(w.b) < 5 {
		w.fail(errWKBShort)
		return 0
	}
	switch w.b[0] {
	case 0:
		w.order = binary.BigEndian
	case 1:
		w.order = binary.LittleEndian
	default:
		w.fail(fmt.Errorf("byte order %d is neither 0 nor 1", w.b[0]))
		return 0
	}
	kind = w.order.Uint32(w.b[1:])
	w.b = w.b[5:]
	z, m := kind&0x80000000 != 0, kind&0x40000000 != 0
	if kind&0x20000000 != 0 {
		if len(w.b) < 4 {
			w.fail(errWKBShort)
			return 0
		}
		w.srid = int(int32(w.order.Uint32(w.b)))
		w.b = w.b[4:]
	}
	kind &= 0x0fffffff
	switch kind / 1000 {
	case 1:
		z = true
	case 2:
		m = true
	case 3:
		z, m = true, true
	}
	w.width = 2
	for _, more := range []bool{z, m} {
		if more {
			w.width++
			w.heights = true
		}
	}
	return kind % 1000
}

// count reads a number of members that take at least size bytes each.
func (w *wkbReader) count(size int) int {
	if w.err != nil {
		return 0
	}
	if len(w.b) < 4 {
		w.fail(errWKBShort)
		return 0
	}
	n := w.order.Uint32(w.b)
	w.b = w.b[4:]
	if uint64(n)*uint64(size) > uint64(len(w.b)) {
		w.fail(errWKBShort)
		return 0
	}
	return int(n)
}

func (w *wkbReader) position() (p orb.Point) {
	if len(w.b) < 8*w.width {
		w.fail(errWKBShort)
		return p
	}
	p[0], p[1] = math.Float64frombits(w.order.Uint64(w.b)), math.Float64frombits(w.order.Uint64(w.b[8:]))
	w.b = w.b[8*w.width:]
	return p
}

func (w *wkbReader) line() []orb.Point {
	line := make([]orb.Point, w.count(8*w.width))
	for i := range line {
		if line[i] = w.position(); !finite(line[i]) {
			w.fail(errors.New("an ordinate is not a finite number"))
		}
	}
	return line
}

// keep takes over problems and makes a typed nil a plain one.
func (w *wkbReader) keep(g orb.Geometry, problems []Problem) orb.Geometry {
	w.problems = append(w.problems, problems...)
	return g
}

func (w *wkbReader) geometry(depth int) orb.Geometry {
	kind := w.head()
	switch {
	case w.err != nil:
		return nil
	case depth > maxCollections:
		w.fail(fmt.Errorf("collections are nested deeper than %d", maxCollections))
		return nil
	}
	switch kind {
	case wkbPoint:
		p := w.position()
		if math.IsNaN(p[0]) && math.IsNaN(p[1]) {
			return nil
		}
		if !finite(p) {
			w.fail(errors.New("an ordinate is not a finite number"))
		}
		return p
	case wkbLineString, wkbCircularString, wkbCompoundCurve:
		line := w.curve(kind, depth)
		if len(line) == 0 {
			return nil
		}
		return w.keep(lineOf([][]orb.Point{line}))
	case wkbPolygon, wkbTriangle, wkbCurvePolygon:
		if p := w.keepPolygon(w.rings(kind, depth)); p != nil {
			return p
		}
		return nil
	case wkbMultiPoint, wkbMultiLineString, wkbMultiPolygon, wkbCollection, wkbMultiCurve, wkbMultiSurface, wkbPolyhedral, wkbTIN:
		return w.members(kind, depth)
	}
	w.fail(fmt.Errorf("geometry kind %d is not known", kind))
	return nil
}

func (w *wkbReader) rings(kind uint32, depth int) [][]orb.Point {
	rings := make([][]orb.Point, 0, 1)
	for n := w.count(4); n > 0 && w.err == nil; n-- {
		if kind != wkbCurvePolygon {
			rings = append(rings, w.line())
			continue
		}
		inner := w.head()
		rings = append(rings, w.curve(inner, depth+1))
	}
	return rings
}

func (w *wkbReader) keepPolygon(rings [][]orb.Point) orb.Polygon {
	if w.err != nil || len(rings) == 0 {
		return nil
	}
	p, problems := polygonOf(rings)
	w.problems = append(w.problems, problems...)
	return p
}

// members reads the parts of a multi-geometry or collection.
func (w *wkbReader) members(kind uint32, depth int) orb.Geometry {
	var all orb.Collection
	width := w.width
	for n := w.count(5); n > 0 && w.err == nil; n-- {
		if g := w.geometry(depth + 1); g != nil {
			all = append(all, g)
		}
	}
	w.width = width
	if w.err != nil || len(all) == 0 {
		return nil
	}
	g, ok := gathered(kind, all)
	if !ok {
		w.fail(fmt.Errorf("a geometry of kind %d has a member that does not belong in it", kind))
	}
	return g
}

// gathered makes the multi-geometry that a kind says of its members; false if one does not belong in it.
func gathered(kind uint32, all orb.Collection) (orb.Geometry, bool) {
	var points orb.MultiPoint
	var lines orb.MultiLineString
	var polygons orb.MultiPolygon
	for _, g := range all {
		switch g := g.(type) {
		case orb.Point:
			points = append(points, g)
		case orb.LineString:
			lines = append(lines, g)
		case orb.Polygon:
			polygons = append(polygons, g)
		}
	}
	switch kind {
	case wkbMultiPoint:
		return points, len(points) == len(all)
	case wkbMultiLineString, wkbMultiCurve:
		return lines, len(lines) == len(all)
	case wkbMultiPolygon, wkbMultiSurface, wkbPolyhedral, wkbTIN:
		return polygons, len(polygons) == len(all)
	}
	return all, true
}
