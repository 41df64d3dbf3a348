package region

import (
	"iter"
	"math"

	"github.com/paulmach/orb"
)

// run is a short piece of a line with its box: of a shape with many vertices most are passed
// over by their boxes.
type run struct {
	line  []orb.Point
	bound orb.Bound
	east  float64 // least metres of a degree of longitude in it
}

// runLength is how many segments a run has at most.
const runLength = 32

func runsOf(lines [][]orb.Point) (runs []run) {
	for _, line := range lines {
		for k := 0; k < len(line); k += runLength {
			piece := line[k:min(k+runLength+1, len(line))]
			if k > 0 && len(piece) == 1 {
				break // it is the last vertex of the run before
			}
			b := orb.LineString(piece).Bound()
			runs = append(runs, run{piece, b, eastOf(b)})
		}
	}
	return runs
}

// divide makes the shape's runs.
func (r *Region) divide() {
	r.runs = runsOf(r.lines)
	r.areaRuns = make([][]run, len(r.areas))
	for k, area := range r.areas {
		for _, ring := range area {
			r.areaRuns[k] = append(r.areaRuns[k], runsOf([][]orb.Point{ring})...)
		}
	}
}

// eastOf is the least metres of a degree of longitude in a box.
func eastOf(b orb.Bound) float64 {
	return plane{max(math.Abs(b.Min[1]), math.Abs(b.Max[1]))}.east()
}

// leastNorth is less than the metres of a degree of latitude anywhere.
const leastNorth = 110_000

// squareTo is at most the square of the distance in metres from the run to a box, in which
// a degree of longitude has east metres or more.
func (r *run) squareTo(b orb.Bound, east float64) float64 {
	return squareApart(r.bound, b, min(r.east, east))
}

// squareApart is at most the square of the distance in metres of two boxes in which a degree
// of longitude has east metres or more.
func squareApart(a, b orb.Bound, east float64) float64 {
	y := max(0, a.Min[1]-b.Max[1], b.Min[1]-a.Max[1]) * leastNorth
	// The plane around a place has a degree of longitude no shorter than it is between both
	// latitudes, but for its rounding.
	x := max(0, a.Min[0]-b.Max[0], b.Min[0]-a.Max[0]) * 0.9999 * east
	return x*x + y*y
}

// runsWithin are the runs that may be nearer to a box than the square says, which may fall
// meanwhile: the nearest by its box first.
func (r *Region) runsWithin(b orb.Bound, east float64, square *float64) iter.Seq[*run] {
	return func(yield func(*run) bool) {
		first, least := -1, *square
		for k := range r.runs {
			if s := r.runs[k].squareTo(b, east); s < least {
				first, least = k, s
			}
		}
		if first < 0 || !yield(&r.runs[first]) {
			return
		}
		for k := range r.runs {
			if k != first && r.runs[k].squareTo(b, east) < *square && !yield(&r.runs[k]) {
				return
			}
		}
	}
}
