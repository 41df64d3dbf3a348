package read

import "github.com/paulmach/orb"

// lineOf makes a line, or several, of parts. A part of fewer than two points is left out, with a Problem.
func lineOf(parts [][]orb.Point) (orb.Geometry, []Problem) {
	var problems []Problem
	kept := make(orb.MultiLineString, 0, len(parts))
	for i, p := range parts {
		if len(p) < 2 {
			problems = append(problems, about(PartDropped, Warning, "第 %d 段线少于两个点，未采用", "part %d of the line has fewer than two points and is left out", i+1))
			continue
		}
		kept = append(kept, p)
	}
	switch len(kept) {
	case 0:
		return nil, append(problems, about(EmptyGeometry, Error, "图形没有可用的线", "the shape has no line that can be used"))
	case 1:
		return kept[0], problems
	}
	return kept, problems
}

// ringOf closes a ring where it is open. Nil, with a Problem, if it has fewer than three
// different corners in a row or no area.
func ringOf(points []orb.Point, number int) (orb.Ring, []Problem) {
	var problems []Problem
	if n := len(points); n > 2 && points[0] != points[n-1] {
		points = append(points[:n:n], points[0])
		problems = append(problems, about(RingClosed, Warning, "第 %d 个环未闭合，已闭合", "ring %d was open; it has been closed", number))
	}
	if len(points) < 4 || twiceArea(points) == 0 {
		return nil, append(problems, about(PartDropped, Warning, "第 %d 个环面积为零或点数不足，未采用", "ring %d has no area or too few points and is left out", number))
	}
	return points, problems
}

// twiceArea is the doubled area that a closed ring encloses, positive if it runs anticlockwise. It is
// computed from the first point, so that large ordinates lose nothing.
func twiceArea(ring []orb.Point) float64 {
	var sum float64
	o := ring[0]
	for i := 1; i+1 < len(ring); i++ {
		sum += (ring[i][0]-o[0])*(ring[i+1][1]-o[1]) - (ring[i+1][0]-o[0])*(ring[i][1]-o[1])
	}
	return sum
}

// polygonOf keeps rings as they are grouped and directed; nil if the outer one, the first, is of no use.
func polygonOf(rings [][]orb.Point) (p orb.Polygon, problems []Problem) {
	for i, points := range rings {
		ring, found := ringOf(points, i+1)
		problems = append(problems, found...)
		if ring == nil && i == 0 {
			return nil, problems
		}
		if ring != nil {
			p = append(p, ring)
		}
	}
	return p, problems
}

// areaOf makes a polygon, or several, of the rings of one shape, in whatever order and
// direction they come: a ring inside another is its hole, one inside a hole is a shell
// again. Shells run anticlockwise and holes clockwise in the result.
func areaOf(parts [][]orb.Point) (orb.Geometry, []Problem) {
	var problems []Problem
	rings := make([]orb.Ring, 0, len(parts))
	for i, p := range parts {
		ring, found := ringOf(p, i+1)
		problems = append(problems, found...)
		if ring != nil {
			rings = append(rings, ring)
		}
	}
	if len(rings) == 0 {
		return nil, append(problems, about(EmptyGeometry, Error, "图形没有可用的环", "the shape has no ring that can be used"))
	}
	if len(rings) == 1 {
		return orb.Polygon{turned(rings[0], true)}, problems
	}
	polygons, ok := nest(rings)
	if !ok {
		return nil, append(problems, about(BadGeometry, Error, "图形的环过多（%d 个），无法归组", "the shape has too many rings, %d, to be told apart", len(rings)))
	}
	if len(polygons) == 1 {
		return polygons[0], problems
	}
	return polygons, problems
}
