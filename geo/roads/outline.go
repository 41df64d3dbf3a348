package roads

import (
	"context"
	"math"

	"github.com/paulmach/orb"
)

// Outline says how a service area is drawn.
type Outline struct {
	Seconds float64     // the band: stretches are drawn up to here; 0: the bound of the search
	Square  float64     // side of the grid's squares in metres; 0: 75
	Reach   float64     // how far from the road the area goes, in metres; 0: 150
	Without []orb.Point // places that are not reached in time: the area holds none of them
}

// mostPixels bounds the grid of an outline; a larger area is drawn in larger squares.
const mostPixels = 4 << 20

// Outline draws the stretches of a tree as an area, for the eye only: whether a place is
// reached is for To to say. The area is made of squares of a grid whose middle lies within
// Reach of a stretch and nearer to it than to road that is not reached, without the
// squares that hold one of the places of Without. Its rings lie along the squares' sides,
// outer ones anticlockwise. Nothing reached gives an empty area. The error is the context's.
func (t *Tree) Outline(ctx context.Context, o Outline) (orb.MultiPolygon, error) {
	if !(o.Seconds > 0) {
		o.Seconds = t.limit
	}
	if !(o.Square > 0) {
		o.Square = 75
	}
	if !(o.Reach > 0) {
		o.Reach = 150
	}
	var reached []Stretch
	covered := map[int32][]Stretch{}
	bound := orb.Bound{Min: orb.Point{180, 90}, Max: orb.Point{-180, -90}}
	g := t.n.g
	for s := range t.Stretches() {
		if s, ok := s.Within(o.Seconds); ok {
			reached = append(reached, s)
			covered[int32(s.Part)] = append(covered[int32(s.Part)], s)
			bound = bound.Union(g.Line(s).Bound())
		}
	}
	if len(reached) == 0 {
		return nil, ctx.Err()
	}
	p := newPixels(bound, o)
	for i, s := range reached {
		if i&1023 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		p.brush(g.Line(s), 1)
	}
	if err := t.unreached(ctx, covered, p); err != nil {
		return nil, err
	}
	for _, q := range o.Without {
		p.wipe(q)
	}
	return p.area(), nil
}

// unreached brushes the roads in the picture that are not reached.
func (t *Tree) unreached(ctx context.Context, covered map[int32][]Stretch, p *pixels) error {
	g := t.n.g
	low, high := g.plane.xy(p.corner), g.plane.xy(orb.Point{p.lon(p.cols), p.lat(p.rows)})
	for number := range int32(len(g.parts)) {
		if number&4095 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		part := &g.parts[number]
		if !near(g.at[part.lo:part.hi+1], low, high) {
			continue
		}
		at := 0.0
		for _, s := range covered[number] { // they come in order along the part
			if s.From > at {
				p.brush(g.Line(Stretch{Part: int(number), From: at, To: s.From}), 2)
			}
			at = max(at, s.To)
		}
		if at < 1 {
			p.brush(g.Line(Stretch{Part: int(number), From: at, To: 1}), 2)
		}
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
	square     []float32 // squared metres from the middle to the nearest road
	road       []uint8   // 1: it is reached, 2: it is not, 0: there is none near
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
	p.square, p.road = make([]float32, p.cols*p.rows), make([]uint8, p.cols*p.rows)
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

// brush marks the squares whose middle lies within reach of a line and nearer to it than
// to the lines before.
func (p *pixels) brush(line orb.LineString, kind uint8) {
	rx, ry := p.reach/p.mx, p.reach/p.my
	for k := 1; k < len(line); k++ {
		ax, ay := (line[k-1][0]-p.corner[0])/p.dx-0.5, (line[k-1][1]-p.corner[1])/p.dy-0.5 // middles are whole
		bx, by := (line[k][0]-p.corner[0])/p.dx-0.5, (line[k][1]-p.corner[1])/p.dy-0.5
		vx, vy := (bx-ax)*p.mx, (by-ay)*p.my
		long := vx*vx + vy*vy
		for y := max(int(math.Ceil(min(ay, by)-ry)), 0); y <= min(int(max(ay, by)+ry), p.rows-1); y++ {
			for x := max(int(math.Ceil(min(ax, bx)-rx)), 0); x <= min(int(max(ax, bx)+rx), p.cols-1); x++ {
				ux, uy := (float64(x)-ax)*p.mx, (float64(y)-ay)*p.my
				t := 0.0
				if long > 0 {
					t = min(max((ux*vx+uy*vy)/long, 0), 1)
				}
				ux, uy = ux-t*vx, uy-t*vy
				d := float32(ux*ux + uy*uy)
				if i := y*p.cols + x; float64(d) <= p.reach*p.reach && (p.road[i] == 0 || d < p.square[i]) {
					p.square[i], p.road[i] = d, kind
				}
			}
		}
	}
}

// wipe takes the squares away that hold a point, their sides included.
func (p *pixels) wipe(q orb.Point) {
	x0, y0 := (q[0]-p.corner[0])/p.dx, (q[1]-p.corner[1])/p.dy
	if !(x0 > -1 && y0 > -1 && x0 < float64(p.cols+1) && y0 < float64(p.rows+1)) {
		return
	}
	for x := max(int(x0)-1, 0); x <= min(int(x0)+1, p.cols-1); x++ {
		for y := max(int(y0)-1, 0); y <= min(int(y0)+1, p.rows-1); y++ {
			if p.lon(x) <= q[0] && q[0] <= p.lon(x+1) && p.lat(y) <= q[1] && q[1] <= p.lat(y+1) {
				p.road[y*p.cols+x] = 0
			}
		}
	}
}
