package ask

import (
	"strconv"

	"github.com/paulmach/orb"
)

// appendGeoJSON appends a geometry as GeoJSON (RFC 7946), to seven decimals of a degree: a
// centimetre.
func appendGeoJSON(dst []byte, g orb.Geometry) []byte {
	dst = append(dst, `{"type":"`...)
	dst = append(dst, g.GeoJSONType()...)
	dst = append(dst, `","coordinates":`...)
	switch g := g.(type) {
	case orb.Point:
		dst = appendPoint(dst, g)
	case orb.MultiPoint:
		dst = appendPoints(dst, g)
	case orb.LineString:
		dst = appendPoints(dst, g)
	case orb.MultiLineString:
		dst = appendEach(dst, len(g), func(dst []byte, i int) []byte { return appendPoints(dst, g[i]) })
	case orb.Polygon:
		dst = appendPolygon(dst, g)
	case orb.MultiPolygon:
		dst = appendEach(dst, len(g), func(dst []byte, i int) []byte { return appendPolygon(dst, g[i]) })
	default:
		dst = append(dst, "[]"...)
	}
	return append(dst, '}')
}

func appendEach(dst []byte, n int, one func([]byte, int) []byte) []byte {
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, i)
	}
	return append(dst, ']')
}

func appendPolygon(dst []byte, p orb.Polygon) []byte {
	return appendEach(dst, len(p), func(dst []byte, i int) []byte { return appendPoints(dst, p[i]) })
}

func appendPoints[T ~[]orb.Point](dst []byte, points T) []byte {
	return appendEach(dst, len(points), func(dst []byte, i int) []byte { return appendPoint(dst, points[i]) })
}

func appendPoint(dst []byte, p orb.Point) []byte {
	dst = append(dst, '[')
	dst = appendDegree(dst, p[0])
	dst = append(dst, ',')
	dst = appendDegree(dst, p[1])
	return append(dst, ']')
}

func appendDegree(dst []byte, x float64) []byte {
	begin := len(dst)
	dst = strconv.AppendFloat(dst, x, 'f', 7, 64)
	for len(dst) > begin && dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	if dst[len(dst)-1] == '.' {
		dst = dst[:len(dst)-1]
	}
	return dst
}
