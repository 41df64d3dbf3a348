package read

import (
	"encoding/binary"
	"math"

	"github.com/paulmach/orb"
)

// shape turns the content of a .shp record into a geometry. heights says that the
// record has Z or M, which are left out. A shape that cannot be read is nil, with a Problem.
func shape(content []byte) (g orb.Geometry, heights bool, problems []Problem) {
	kind := binary.LittleEndian.Uint32(content)
	body := content[4:]
	heights = kind > 10 && kind < 30
	switch kind % 10 {
	case 0:
		if kind == 0 {
			return nil, false, nil
		}
	case 1: // Point, with Z and M behind
		if kind < 30 && len(body) >= 16 {
			p := pointAt(body)
			if !finite(p) {
				return nil, heights, []Problem{about(BadGeometry, Error, "坐标不是有限的数", "the coordinates are not finite numbers")}
			}
			return p, heights, nil
		}
	case 8:
		if kind < 30 && len(body) >= 36 {
			g, problems = multiPoint(body)
			return g, heights, problems
		}
	case 3, 5:
		if kind < 30 && len(body) >= 40 {
			g, problems = lines(body, kind%10 == 5)
			return g, heights, problems
		}
	}
	return nil, heights, []Problem{about(BadGeometry, Error, "图形记录损坏（类型 %[1]d，%[2]d 字节）", "the shape's record is damaged (kind %[1]d, %[2]d bytes)", kind, len(body))}
}

func pointAt(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

func finite(p orb.Point) bool { return p[0]-p[0] == 0 && p[1]-p[1] == 0 }

// points reads n points; false if one is not finite.
func points(b []byte, n int) ([]orb.Point, bool) {
	all := make([]orb.Point, n)
	ok := true
	for i := range all {
		all[i] = pointAt(b[16*i:])
		ok = ok && finite(all[i])
	}
	return all, ok
}

// multiPoint reads a body of box, count, points.
func multiPoint(body []byte) (orb.Geometry, []Problem) {
	n := int64(binary.LittleEndian.Uint32(body[32:]))
	if body = body[36:]; n*16 > int64(len(body)) {
		return nil, []Problem{about(BadGeometry, Error, "多点图形声明 %d 个点，多于记录所含", "the shape promises %d points, more than its record holds", n)}
	}
	all, ok := points(body, int(n))
	switch {
	case !ok:
		return nil, []Problem{about(BadGeometry, Error, "坐标不是有限的数", "the coordinates are not finite numbers")}
	case n == 0:
		return nil, []Problem{about(EmptyGeometry, Warning, "图形没有点", "the shape has no points")}
	}
	return orb.MultiPoint(all), nil
}

// lines reads a body of box, counts, starts of parts, points.
func lines(body []byte, area bool) (orb.Geometry, []Problem) {
	nParts, nPoints := int64(binary.LittleEndian.Uint32(body[32:])), int64(binary.LittleEndian.Uint32(body[36:]))
	if body = body[40:]; nParts*4+nPoints*16 > int64(len(body)) {
		return nil, []Problem{about(BadGeometry, Error, "图形声明 %d 段 %d 点，多于记录所含", "the shape promises %d parts and %d points, more than its record holds", nParts, nPoints)}
	}
	if nParts == 0 || nPoints == 0 {
		return nil, []Problem{about(EmptyGeometry, Warning, "图形没有点", "the shape has no points")}
	}
	all, ok := points(body[4*nParts:], int(nPoints))
	if !ok {
		return nil, []Problem{about(BadGeometry, Error, "坐标不是有限的数", "the coordinates are not finite numbers")}
	}
	parts := make([][]orb.Point, nParts)
	for i := range parts {
		start, end := int64(binary.LittleEndian.Uint32(body[4*i:])), nPoints
		if i+1 < len(parts) {
			end = int64(binary.LittleEndian.Uint32(body[4*i+4:]))
		}
		if start > end || end > nPoints {
			return nil, []Problem{about(BadGeometry, Error, "第 %d 段的起点越界", "part %d begins out of range", i+1)}
		}
		parts[i] = all[start:end:end]
	}
	if area {
		return areaOf(parts)
	}
	return lineOf(parts)
}
