package roads

import (
	"context"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Outline says how service areas are drawn.
type Outline struct {
	Bands  []float64 // seconds, in any order: an area for each
	Square float64   // side of the grid's squares in metres; 0: DefaultSquare
	Reach  float64   // how far from the road an area goes, in metres; 0: DefaultReach
	Timed  []Timed   // places whose times are known: an area holds none that is reached later
}

// Timed is a place that is reached in some seconds; +Inf: not at all.
type Timed struct {
	Point   orb.Point
	Seconds float64
}

// The measures of an Outline where it gives none, in metres.
const (
	DefaultSquare = 75
	DefaultReach  = 300
)

// mostPixels bounds the grid of an outline; a larger area is drawn in larger squares.
const mostPixels = 4 << 20

// Outlines draws what a tree reaches within each band as an area, for the eye only: whether
// a place is reached is for To to say. An area is made of squares of a grid. A square
// belongs to it if the road nearest to its middle lies within Reach and is reached in
// time at its nearest point, and if it holds no place of Timed that is not; the squares'
// sides belong to them. Narrower areas lie within wider ones. Rings do not touch; outer ones
// run anticlockwise. Nothing reached gives empty areas. The error is the context's.
func (t *Tree) Outlines(ctx context.Context, o Outline) ([]orb.MultiPolygon, error) {
	if !(o.Square > 0) {
		o.Square = DefaultSquare
	}
	if !(o.Reach > 0) {
		o.Reach = DefaultReach
	}
	areas := make([]orb.MultiPolygon, len(o.Bands))
	widest := 0.0
	for _, seconds := range o.Bands {
		widest = max(widest, seconds)
	}
	g := t.n.g
	var reached []Stretch
	bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	for s := range t.Stretches() {
		if s, ok := s.Within(widest); ok {
			reached = append(reached, s)
			bound = bound.Union(g.Line(s).Bound())
		}
	}
	if len(reached) == 0 {
		return areas, ctx.Err()
	}
	p := newPixels(bound, o)
	if err := t.paint(ctx, p, reached); err != nil {
		return nil, err
	}
	for _, c := range o.Timed {
		p.delay(c)
	}
	order := make([]int, len(o.Bands))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(o.Bands[b], o.Bands[a]) })
	for _, i := range order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		areas[i] = p.area(o.Bands[i])
	}
	return areas, nil
}

// paint brushes the roads in the picture: the stretches, which are in the order of their
// parts and along them, and what lies between, which is not reached.
func (t *Tree) paint(ctx context.Context, p *pixels, reached []Stretch) error {
	g := t.n.g
	low, high := g.plane.xy(p.corner), g.plane.xy(orb.Point{p.lon(p.cols), p.lat(p.rows)})
	blank := func(number int, from, to float64) {
		if from < to {
			p.brush(g.Line(Stretch{Part: number, From: from, To: to}), math.Inf(1), math.Inf(1))
		}
	}
	for number := range g.parts {
		if number&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		part := &g.parts[number]
		if !near(g.at[part.lo:part.hi+1], low, high) {
			continue
		}
		at := 0.0
		for ; len(reached) > 0 && reached[0].Part == number; reached = reached[1:] {
			s := reached[0]
			blank(number, at, s.From)
			p.brush(g.Line(s), s.SecondsFrom, s.SecondsTo)
			at = s.To
		}
		blank(number, at, 1)
	}
	return nil
}

// pixels is a grid of squares; each knows the nearest road to its middle.
type pixels struct {
	corner     orb.Point // its lowest longitude and latitude
	dx, dy     float64   // degrees of a square
	mx, my     float64   // metres of a square
	reach      float64   // metres
	cols, rows int
	square     []float64 // squared metres from the middle to the nearest road
	seconds    []float64 // of the road's nearest point; +Inf: not reached, or none near
	in         []bool    // the square belongs to the area that is drawn
}

func newPixels(bound orb.Bound, o Outline) *pixels {
	perLon, perLat := radii(bound.Center()[1])
	p := &pixels{reach: o.Reach}
	for side := o.Square; ; side *= 1.25 {
		p.dx, p.dy = side/perLon, side/perLat
		margin := o.Reach + 2*side
		p.corner = orb.Point{bound.Min[0] - margin/perLon, bound.Min[1] - margin/perLat}
		cols, rows := (bound.Max[0]-p.corner[0]+margin/perLon)/p.dx, (bound.Max[1]-p.corner[1]+margin/perLat)/p.dy
		if cols*rows <= mostPixels {
			p.cols, p.rows, p.mx, p.my = int(cols)+1, int(rows)+1, side, side
			break
		}
	}
	n := p.cols * p.rows
	p.square, p.seconds, p.in = make([]float64, n), make([]float64, n), make([]bool, n)
	for i := range n {
		p.square[i], p.seconds[i], p.in[i] = p.reach*p.reach, math.Inf(1), true
	}
	return p
}

// lon and lat are the sides of the squares: whatever is compared or drawn uses these.
func (p *pixels) lon(x int) float64 { return p.corner[0] + float64(x)*p.dx }
func (p *pixels) lat(y int) float64 { return p.corner[1] + float64(y)*p.dy }

// near says whether the box of some vertices touches another box.
func near(at [][2]float64, low, high [2]float64) bool {
	a, b := at[0], at[0]
	for _, q := range at[1:] {
		for k := range q {
			a[k], b[k] = min(a[k], q[k]), max(b[k], q[k])
		}
	}
	return b[0] >= low[0] && a[0] <= high[0] && b[1] >= low[1] && a[1] <= high[1]
}

// brush gives the squares whose middle lies within reach of a line, and nearer to it than
// to the lines before, the seconds of its nearest point.
func (p *pixels) brush(line orb.LineString, from, to float64) {
	rx, ry := p.reach/p.mx, p.reach/p.my
	place := func(q orb.Point) (x, y float64) { // in squares; their middles are whole
		return (q[0]-p.corner[0])/p.dx - 0.5, (q[1]-p.corner[1])/p.dy - 0.5
	}
	total := 0.0
	for k := 1; k < len(line); k++ {
		total += math.Hypot((line[k][0]-line[k-1][0])/p.dx*p.mx, (line[k][1]-line[k-1][1])/p.dy*p.my)
	}
	pace, start := 0.0, from // seconds a metre, seconds where the piece begins
	if total > 0 && !math.IsInf(from, 1) {
		pace = (to - from) / total
	}
	for k := 1; k < len(line); k++ {
		ax, ay := place(line[k-1])
		bx, by := place(line[k])
		vx, vy := (bx-ax)*p.mx, (by-ay)*p.my
		long := vx*vx + vy*vy
		metres := math.Sqrt(long)
		for y := max(int(math.Ceil(min(ay, by)-ry)), 0); y <= min(int(max(ay, by)+ry), p.rows-1); y++ {
			for x := max(int(math.Ceil(min(ax, bx)-rx)), 0); x <= min(int(max(ax, bx)+rx), p.cols-1); x++ {
				ux, uy := (float64(x)-ax)*p.mx, (float64(y)-ay)*p.my
				t := 0.0
				if long > 0 {
					t = min(max((ux*vx+uy*vy)/long, 0), 1)
				}
				ux, uy = ux-t*vx, uy-t*vy
				d := ux*ux + uy*uy
				if i := y*p.cols + x; d < p.square[i] {
					p.square[i], p.seconds[i] = d, start+pace*t*metres
				}
			}
		}
		start += pace * metres
	}
}

// delay makes the squares that hold a place, their sides included, as late as the place.
func (p *pixels) delay(c Timed) {
	q := c.Point
	x0, y0 := (q[0]-p.corner[0])/p.dx, (q[1]-p.corner[1])/p.dy
	if !(x0 > -1 && y0 > -1 && x0 < float64(p.cols+1) && y0 < float64(p.rows+1)) {
		return
	}
	for x := max(int(x0)-1, 0); x <= min(int(x0)+1, p.cols-1); x++ {
		for y := max(int(y0)-1, 0); y <= min(int(y0)+1, p.rows-1); y++ {
			if p.lon(x) <= q[0] && q[0] <= p.lon(x+1) && p.lat(y) <= q[1] && q[1] <= p.lat(y+1) {
				i := y*p.cols + x
				p.seconds[i] = max(p.seconds[i], c.Seconds)
			}
		}
	}
}
