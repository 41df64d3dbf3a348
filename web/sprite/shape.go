package sprite

import (
	"fmt"
	"math"
	"strings"

	"onemap/layers"
)

// point is a place in a symbol's own square: -1 to 1, y downwards.
type point struct{ x, y float64 }

// outline is a closed line, its last point joined to its first.
type outline []point

// shape is what a symbol is made of: areas that are filled, and areas inside them that
// stay open.
type shape struct {
	filled []outline
	open   []outline
}

// shapeOf returns a symbol's form; a circle for one that is not known. The forms differ
// in outline, not only in detail, so that they can be told apart at 12 pixels without colour.
func shapeOf(s layers.Symbol) shape {
	switch s {
	case layers.Diamond:
		return shape{filled: []outline{regular(4, 1, 0)}}
	case layers.Triangle:
		return shape{filled: []outline{{{0, -0.95}, {0.98, 0.78}, {-0.98, 0.78}}}}
	case layers.Square:
		return shape{filled: []outline{box(-0.78, -0.78, 0.78, 0.78)}}
	case layers.Ring:
		return shape{filled: []outline{circle(0, 0, 0.9)}, open: []outline{circle(0, 0, 0.5)}}
	case layers.Pentagon:
		return shape{filled: []outline{regular(5, 1, 0)}}
	case layers.Hexagon:
		return shape{filled: []outline{regular(6, 1, math.Pi/2)}}
	case layers.Star:
		return shape{filled: []outline{star(5, 1, 0.46)}}
	case layers.Cross:
		return shape{filled: []outline{cross(0.92, 0.34)}}
	case layers.House:
		return shape{
			filled: []outline{{{0, -0.92}, {0.98, -0.04}, {0.7, -0.04}, {0.7, 0.84}, {-0.7, 0.84}, {-0.7, -0.04}, {-0.98, -0.04}}},
			open:   []outline{box(-0.2, 0.28, 0.2, 0.84)},
		}
	case layers.Drop:
		return shape{filled: []outline{drop()}}
	case layers.Turbine:
		return shape{filled: turbine()}
	case layers.Flag:
		return shape{filled: []outline{{{-0.7, -0.95}, {-0.44, -0.95}, {0.92, -0.44}, {-0.44, 0.08}, {-0.44, 0.95}, {-0.7, 0.95}}}}
	case layers.Badge:
		return shape{filled: []outline{badge()}}
	}
	return shape{filled: []outline{circle(0, 0, 0.86)}}
}

// Path is a symbol's form as SVG path data, in a square from -1 to 1 with y downwards; with
// the even-odd rule its open parts stay open.
func Path(s layers.Symbol) string {
	form := shapeOf(s)
	var b strings.Builder
	for _, o := range append(form.filled, form.open...) {
		for i, p := range o {
			step := "L"
			if i == 0 {
				step = "M"
			}
			fmt.Fprintf(&b, "%s%.3g %.3g", step, p.x, p.y)
		}
		b.WriteByte('Z')
	}
	return b.String()
}

// regular is a polygon of n equal sides with a corner upwards, turned by an angle.
func regular(n int, radius, turn float64) outline {
	o := make(outline, n)
	for i := range o {
		a := turn - math.Pi/2 + 2*math.Pi*float64(i)/float64(n)
		o[i] = point{radius * math.Cos(a), radius * math.Sin(a)}
	}
	return o
}

func star(n int, outer, inner float64) outline {
	o := make(outline, 2*n)
	for i := range o {
		radius := outer
		if i%2 == 1 {
			radius = inner
		}
		a := -math.Pi/2 + math.Pi*float64(i)/float64(n)
		o[i] = point{radius * math.Cos(a), radius * math.Sin(a)}
	}
	return o
}

// circle is round to the eye at every size the sheet has.
func circle(x, y, radius float64) outline {
	const steps = 64
	o := make(outline, steps)
	for i := range o {
		a := 2 * math.Pi * float64(i) / steps
		o[i] = point{x + radius*math.Cos(a), y + radius*math.Sin(a)}
	}
	return o
}

func box(x0, y0, x1, y1 float64) outline {
	return outline{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}
}

// cross has arms of half-width w that reach to r.
func cross(r, w float64) outline {
	return outline{
		{-w, -r},
		{w, -r},
		{w, -w},
		{r, -w},
		{r, w},
		{w, w},
		{w, r},
		{-w, r},
		{-w, w},
		{-r, w},
		{-r, -w},
		{-w, -w},
	}
}

// drop is a circle drawn out to a point at the top.
func drop() outline {
	const radius, low, steps = 0.64, 0.3, 48
	o := outline{{0, -1}}
	from := -math.Pi / 7 // where the tangent from the tip meets the circle, nearly
	for i := range steps + 1 {
		a := from + (math.Pi-2*from)*float64(i)/steps
		o = append(o, point{radius * math.Cos(a), low + radius*math.Sin(a)})
	}
	return o
}

// turbine is a mast with three blades.
func turbine() []outline {
	hub := point{0, -0.14}
	parts := []outline{
		{{-0.07, -0.2}, {0.07, -0.2}, {0.15, 0.98}, {-0.15, 0.98}},
		circle(hub.x, hub.y, 0.19),
	}
	for i := range 3 {
		a := -math.Pi/2 + 2*math.Pi*float64(i)/3
		at := func(along, across float64) point {
			return point{
				hub.x + along*math.Cos(a) - across*math.Sin(a),
				hub.y + along*math.Sin(a) + across*math.Cos(a),
			}
		}
		parts = append(parts, outline{at(0.05, -0.08), at(0.3, -0.19), at(0.82, -0.03), at(0.82, 0.05), at(0.05, 0.08)})
	}
	return parts
}

// badge is a shield: straight above, round to a point below.
func badge() outline {
	const steps = 24
	o := outline{{-0.8, -0.88}, {0.8, -0.88}}
	for i := range steps + 1 {
		t := float64(i) / steps // a quadratic curve from the right edge to the tip and back
		o = append(o, curve(point{0.8, 0.1}, point{0.72, 0.66}, point{0, 0.98}, t))
	}
	for i := range steps + 1 {
		t := float64(i) / steps
		o = append(o, curve(point{0, 0.98}, point{-0.72, 0.66}, point{-0.8, 0.1}, t))
	}
	return o
}

func curve(a, b, c point, t float64) point {
	u := 1 - t
	return point{u*u*a.x + 2*u*t*b.x + t*t*c.x, u*u*a.y + 2*u*t*b.y + t*t*c.y}
}
