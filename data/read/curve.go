package read

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// arcStep is the largest angle between two points of an arc that is made a line, 4 degrees as
// other programs take it: at most 0.06 % of the radius off the arc.
const arcStep = 4 * math.Pi / 180

// curve reads a line, circular string or compound curve as points.
func (w *wkbReader) curve(kind uint32, depth int) []orb.Point {
	if depth > maxCollections {
		w.fail(fmt.Errorf("curves are nested deeper than %d", maxCollections))
	}
	if w.err != nil {
		return nil
	}
	switch kind {
	case wkbLineString:
		return w.line()
	case wkbCircularString:
		w.curves = true
		return w.arcs(w.line())
	case wkbCompoundCurve:
		w.curves = true
		var whole []orb.Point
		for n := w.count(5); n > 0 && w.err == nil; n-- {
			part := w.curve(w.head(), depth+1)
			if len(whole) > 0 && len(part) > 0 && whole[len(whole)-1] == part[0] {
				part = part[1:]
			}
			whole = append(whole, part...)
		}
		return whole
	}
	w.fail(fmt.Errorf("geometry kind %d is no curve", kind))
	return nil
}

// arcs makes a line of the control points of a circular string: every second one lies on the way.
func (w *wkbReader) arcs(control []orb.Point) []orb.Point {
	if len(control) < 3 || len(control)%2 == 0 {
		return control
	}
	line := control[:1:1]
	for i := 0; i+2 < len(control); i += 2 {
		line = appendArc(line, control[i], control[i+1], control[i+2])
	}
	return line
}

// appendArc appends the arc from a over b to c, without a. c is met exactly.
func appendArc(line []orb.Point, a, b, c orb.Point) []orb.Point {
	bx, by, cx, cy := b[0]-a[0], b[1]-a[1], c[0]-a[0], c[1]-a[1]
	var x, y, sweep float64 // the centre from a
	if a == c {             // a whole circle: b is opposite
		x, y, sweep = bx/2, by/2, 2*math.Pi
	} else {
		d := 2 * (bx*cy - by*cx)
		if math.Abs(d) < 1e-12*(bx*bx+by*by+cx*cx+cy*cy) {
			return append(line, b, c)
		}
		x = (cy*(bx*bx+by*by) - by*(cx*cx+cy*cy)) / d
		y = (bx*(cx*cx+cy*cy) - cx*(bx*bx+by*by)) / d
		sweep = math.Mod(math.Atan2(cy-y, cx-x)-math.Atan2(-y, -x)+4*math.Pi, 2*math.Pi)
		if d < 0 {
			sweep -= 2 * math.Pi
		}
	}
	radius, start := math.Hypot(x, y), math.Atan2(-y, -x)
	steps := int(math.Ceil(math.Abs(sweep) / arcStep))
	for i := 1; i < steps; i++ {
		sin, cos := math.Sincos(start + sweep*float64(i)/float64(steps))
		line = append(line, orb.Point{a[0] + x + radius*cos, a[1] + y + radius*sin})
	}
	return append(line, c)
}
