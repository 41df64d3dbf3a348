package roads

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Oneway says in which direction of its line an edge may be driven: a code of the list oneway.
type Oneway string

// The codes of the list oneway; empty is taken as Both.
const (
	Both     Oneway = "both"
	Forward  Oneway = "forward"  // along the line as drawn
	Backward Oneway = "backward" // against it
)

// Edge is one road segment as the road layer has it. The line belongs to the graph once
// the edge is given to it, and must not be changed.
type Edge struct {
	ID               int64
	Line             orb.LineString // longitude, latitude in degrees of CGCS2000
	Class            string         // a code of the list road_class
	SpeedKmh         float64        // declared; 0: not known, the class decides
	Oneway           Oneway
	Bridge           bool
	WeightLimitT     float64 // 0: none stated
	HeightLimitM     float64 // 0: none stated
	FromNode, ToNode int64   // the declared nodes of its ends; 0: not known
}

// Problem is what is wrong with one edge. A faulty edge is left out of the graph; one
// whose declared node lies elsewhere is kept, and joined by its position only.
type Problem struct {
	Edge   int64
	Reason string
}

// longest bounds the length of one piece of a line: about 300 km, in degrees.
const longest = 3

// fault says why the edge can't be in a graph; "" if it can.
func (e *Edge) fault() string {
	if len(e.Line) < 2 {
		return fmt.Sprintf("the line has %d points, at least 2 are needed", len(e.Line))
	}
	for i, p := range e.Line {
		if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 89) { // also NaN
			return fmt.Sprintf("point %d (%v, %v) is not a longitude and latitude in degrees", i+1, p[0], p[1])
		}
		if i > 0 && (math.Abs(p[0]-e.Line[i-1][0]) > longest || math.Abs(p[1]-e.Line[i-1][1]) > longest) {
			return fmt.Sprintf("points %d and %d lie more than %d° apart", i, i+1, longest)
		}
	}
	switch e.Oneway {
	case "", Both, Forward, Backward:
	default:
		return fmt.Sprintf("the direction %q is not one of both, forward, backward", e.Oneway)
	}
	for _, n := range []struct {
		name  string
		value float64
	}{{"speed", e.SpeedKmh}, {"weight limit", e.WeightLimitT}, {"height limit", e.HeightLimitM}} {
		if !(n.value >= 0 && n.value < 1e6) {
			return fmt.Sprintf("the %s %v is not a number from 0", n.name, n.value)
		}
	}
	return ""
}
