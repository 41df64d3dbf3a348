package layers

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/geo"
)

// Anchor is where a geometry is counted and how large it is, in Web Mercator world
// coordinates (see geo.World).
type Anchor struct {
	X, Y   uint32 // of the centroid
	Extent uint32 // larger side of the box; 0 for a point
}

// AnchorOf computes the anchor of a geometry that is not nil: its planar centroid in
// degrees (of the parts of the highest dimension), or the middle of its box where that
// is not defined. The anchor is always inside the box.
func AnchorOf(g orb.Geometry) Anchor {
	if p, ok := g.(orb.Point); ok {
		x, y := geo.World(p[0], p[1])
		return Anchor{X: x, Y: y}
	}
	b := boundOf(g)
	c, _ := planar.CentroidArea(g)
	if !b.Contains(c) || math.IsNaN(c[0]) || math.IsNaN(c[1]) {
		c = b.Center()
	}
	box := geo.BoundWorld(b)
	x, y := geo.World(c[0], c[1])
	return Anchor{X: x, Y: y, Extent: max(box.MaxX-box.MinX, box.MaxY-box.MinY)}
}

// AnchorColumns is how many columns the anchor takes: wx and wy, and extent but for points.
func (l *Layer) AnchorColumns() int {
	if l.Geometry == Point {
		return 2
	}
	return 3
}
