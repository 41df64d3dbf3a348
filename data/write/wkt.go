package write

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// appendWKT appends a geometry as well-known text (OGC 06-103r4, clause 7), degrees in
// full so that they come back as they were, metres to a tenth of a millimetre.
func appendWKT(dst []byte, g orb.Geometry, metres bool) []byte {
	switch g := g.(type) {
	case orb.Point:
		return append(appendPair(append(dst, "POINT ("...), g, metres), ')')
	case orb.MultiPoint:
		return appendPoints(append(dst, "MULTIPOINT "...), g, metres)
	case orb.LineString:
		return appendPoints(append(dst, "LINESTRING "...), g, metres)
	case orb.MultiLineString:
		return appendLines(append(dst, "MULTILINESTRING "...), g, metres)
	case orb.Polygon:
		return appendRings(append(dst, "POLYGON "...), g, metres)
	case orb.MultiPolygon:
		dst = append(dst, "MULTIPOLYGON ("...)
		for i, p := range g {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendRings(dst, p, metres)
		}
		return append(dst, ')')
	}
	return dst
}

func appendLines(dst []byte, lines orb.MultiLineString, metres bool) []byte {
	dst = append(dst, '(')
	for i, line := range lines {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendPoints(dst, line, metres)
	}
	return append(dst, ')')
}

func appendRings(dst []byte, p orb.Polygon, metres bool) []byte {
	dst = append(dst, '(')
	for i, ring := range p {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendPoints(dst, ring, metres)
	}
	return append(dst, ')')
}

func appendPoints[P ~[]orb.Point](dst []byte, points P, metres bool) []byte {
	dst = append(dst, '(')
	for i, p := range points {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendPair(dst, p, metres)
	}
	return append(dst, ')')
}

func appendPair(dst []byte, p orb.Point, metres bool) []byte {
	dst = append(appendOrdinate(dst, p[0], metres), ' ')
	return appendOrdinate(dst, p[1], metres)
}

// appendOrdinate writes one number without an exponent.
func appendOrdinate(dst []byte, x float64, metres bool) []byte {
	if metres {
		x = math.Round(x*1e4) / 1e4
	}
	return strconv.AppendFloat(dst, x, 'f', -1, 64)
}
