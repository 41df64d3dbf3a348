package ask

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// mostGaps is how many gaps are drawn by themselves.
const mostGaps = 2000

// drawGaps draws the records that are left out: a few areas as they are, else squares that
// say how many are in each.
func drawGaps(d *demand, list []int32) []Drawing {
	if d.View.Geometry.Dimension() < 2 || len(list) > mostGaps {
		return drawSquares(d, list)
	}
	t := d.counted()
	shapes := make([]Drawing, len(list))
	for k, i := range list {
		n, name := d.weight(int(i)), nameOf(d.Set, int(i))
		shapes[k] = Drawing{
			ID: "gap", Role: "gap", Value: &n, Unit: "1", Geometry: d.Geometry(int(i)),
			Title: layers.Text{Zh: fmt.Sprintf("%s：%s %v", name, t.Zh, figureOf(n)), En: fmt.Sprintf("%s: %s %v", name, t.En, figureOf(n))},
		}
	}
	return shapes
}

// square is a square of the map that records are counted in.
type square struct {
	x, y    uint32 // in sides
	records int
	sum     float64
}

// leastSquare is the side of the smallest squares in world units: half a kilometre at 32° N.
const leastSquare = 16

// drawSquares counts records in squares, of a size at which there are not too many.
func drawSquares(d *demand, list []int32) []Drawing {
	if len(list) == 0 {
		return nil
	}
	box := geo.WorldBox{MinX: math.MaxUint32, MinY: math.MaxUint32}
	for _, i := range list {
		x, y := d.Anchor(int(i))
		box.MinX, box.MinY = min(box.MinX, x), min(box.MinY, y)
		box.MaxX, box.MaxY = max(box.MaxX, x), max(box.MaxY, y)
	}
	shift := uint(leastSquare)
	for {
		x0, y0 := box.MinX>>shift, box.MinY>>shift
		w, h := uint64(box.MaxX>>shift-x0)+1, uint64(box.MaxY>>shift-y0)+1
		if w*h > 1<<18 {
			shift++
			continue
		}
		numbers := make([]int32, w*h)
		var squares []square
		for _, i := range list {
			x, y := d.Anchor(int(i))
			x, y = x>>shift, y>>shift
			k := &numbers[uint64(y-y0)*w+uint64(x-x0)]
			if *k == 0 {
				squares = append(squares, square{x: x, y: y})
				*k = int32(len(squares))
			}
			q := &squares[*k-1]
			q.records++
			q.sum += d.weight(int(i))
		}
		if len(squares) > mostGaps {
			shift++
			continue
		}
		shapes := make([]Drawing, len(squares))
		for k, q := range squares {
			shapes[k] = q.draw(d, shift)
		}
		return shapes
	}
}

func (q *square) draw(d *demand, shift uint) Drawing {
	last := uint64(math.MaxUint32)
	corner := func(x, y uint32) orb.Point {
		return geo.LonLat(uint32(min(uint64(x)<<shift, last)), uint32(min(uint64(y)<<shift, last)))
	}
	nw, ne, se, sw := corner(q.x, q.y), corner(q.x+1, q.y), corner(q.x+1, q.y+1), corner(q.x, q.y+1)
	side := int(math.Round(float64(geo.Distance(nw, ne))/10)) * 10
	text := layers.Text{
		Zh: fmt.Sprintf("边长约 %d 米的方格：%d 条记录", side, q.records),
		En: fmt.Sprintf("Square of about %d m: %d records", side, q.records),
	}
	if d.figure != nil {
		text.Zh += fmt.Sprintf("，%s %v", d.figure.Title.Zh, figureOf(q.sum))
		text.En += fmt.Sprintf(", %s %v", d.figure.Title.En, figureOf(q.sum))
	}
	return Drawing{ID: "gap.squares", Role: "gap", Title: text, Value: &q.sum, Unit: "1", Geometry: orb.Polygon{{nw, sw, se, ne, nw}}}
}
