package layers

import (
	"math"

	"github.com/paulmach/orb"
)

// looked is the number of edges up to which a geometry is looked through here.
const looked = 96

// doubtful reports whether PostGIS must look if a geometry is valid (OGC 06-103r4, 6.1.11).
// It returns false only for one that surely is: polygons of few edges, none of which
// touch but where they follow each other, with every hole in its shell; and lines that
// are not of one point only.
func doubtful(g orb.Geometry) bool {
	switch g := g.(type) {
	case orb.LineString:
		return g[0] == g[1] && len(g) == 2
	case orb.MultiLineString:
		for _, line := range g {
			if doubtful(line) {
				return true
			}
		}
		return false
	case orb.Polygon:
		return doubtfulRings(g)
	case orb.MultiPolygon:
		if len(g) == 1 {
			return doubtfulRings(g[0])
		}
		return true
	}
	return false
}

func doubtfulRings(p orb.Polygon) bool {
	edges := 0
	for _, r := range p {
		edges += len(r) - 1
	}
	if edges > looked {
		return true
	}
	for i, r := range p {
		if crossesItself(r) {
			return true
		}
		for j := range i {
			if cross(r, p[j]) {
				return true
			}
		}
		if i == 0 {
			continue
		}
		if !within(r[0], p[0]) {
			return true
		}
		for j := 1; j < i; j++ {
			if within(r[0], p[j]) || within(p[j][0], r) {
				return true
			}
		}
	}
	return false
}

// crossesItself reports whether edges of a closed ring meet but where they follow each
// other, or may.
func crossesItself(r orb.Ring) bool {
	n := len(r) - 1
	for i := range n {
		if r[i] == r[i+1] {
			return true // left to PostGIS, which takes repeated points
		}
		for j := i + 1; j < n; j++ {
			switch {
			case j == i+1:
				if folds(r[i], r[j], r[j+1]) {
					return true
				}
			case i == 0 && j == n-1:
				if folds(r[j], r[0], r[1]) {
					return true
				}
			case meet(r[i], r[i+1], r[j], r[j+1]):
				return true
			}
		}
	}
	return false
}

// folds reports whether the edge b–c goes back over a–b, or nearly.
func folds(a, b, c orb.Point) bool {
	ux, uy, vx, vy := b[0]-a[0], b[1]-a[1], c[0]-b[0], c[1]-b[1]
	side := ux*vy - uy*vx
	return ux*vx+uy*vy < 0 && math.Abs(side) <= nearly*(math.Abs(ux*vy)+math.Abs(uy*vx))
}

func cross(a, b orb.Ring) bool {
	for i := 1; i < len(a); i++ {
		for j := 1; j < len(b); j++ {
			if meet(a[i-1], a[i], b[j-1], b[j]) {
				return true
			}
		}
	}
	return false
}

// nearly is the share of a cross product below which its sign is not trusted.
const nearly = 1e-9

// meet reports whether two edges have a point in common, or may have.
func meet(a, b, c, d orb.Point) bool {
	if max(a[0], b[0]) < min(c[0], d[0]) || max(c[0], d[0]) < min(a[0], b[0]) ||
		max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	return side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0
}

// side is on which side of the line a–b the point p is: 1, -1, or 0 where it is too near to say.
func side(a, b, p orb.Point) int {
	l, r := (b[0]-a[0])*(p[1]-a[1]), (b[1]-a[1])*(p[0]-a[0])
	if d := l - r; math.Abs(d) > nearly*(math.Abs(l)+math.Abs(r)) {
		if d > 0 {
			return 1
		}
		return -1
	}
	return 0
}

// within reports whether a point that is on no edge of a ring is inside of it.
func within(p orb.Point, r orb.Ring) bool {
	in := false
	for i := 1; i < len(r); i++ {
		a, b := r[i-1], r[i]
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}
