package read

import "github.com/paulmach/orb"

// Parsers that no file leads to directly enough to be fuzzed through it.

// ParseWKB reads well-known binary.
func ParseWKB(b []byte) (orb.Geometry, []Problem) {
	var w wkbReader
	return w.read(b), w.problems
}

// ParseWKT reads well-known text.
func ParseWKT(s string) (orb.Geometry, string, []Problem) {
	var w wktText
	g, srid := w.read(s)
	return g, srid, w.problems
}

// ParseAngle reads an ordinate.
func ParseAngle(s string) (v float64, degrees, ok bool) {
	a, ok := angleOf(s)
	return a.v, a.degrees, ok
}

// ParsePair reads both ordinates of one cell.
func ParsePair(s string) (x, y float64, ok bool) {
	a, b, ok := pairOf(s)
	return a.v, b.v, ok
}

// ParseNumber reads a number as people write it.
func ParseNumber(s string) (v float64, unit string, ok bool) { return numberOf(s) }

// ParseInfo reads what ogrinfo says; the names, counts and coordinate systems of the layers.
func ParseInfo(s string) (names []string, rows []int64, systems []string) {
	for _, l := range parseInfo(s) {
		names, rows, systems = append(names, l.Name), append(rows, l.Rows), append(systems, l.wkt)
	}
	return names, rows, systems
}

// HeadingAxis is what a column's name says of positions.
func HeadingAxis(name string) Axis { return headingOf(name).axis }

// StyleOf says whether a number format shows days, times of day or shares, and how many digits it fills up.
func StyleOf(code string) (date, clock, percent bool, zeros int) {
	s := styleOfCode(code)
	return s.date, s.clock, s.percent, s.zeros
}
