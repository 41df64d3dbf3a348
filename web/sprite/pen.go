package sprite

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// pen draws shapes into one icon's square of a sheet.
type pen struct {
	sheet  *image.NRGBA
	at     image.Rectangle
	middle float64 // of the square, in its pixels
	unit   float64 // pixels for the 1 of a point
}

// paint fills outlines, each grown by an even width (pixels) all round, with one colour.
// Where they overlap they are one area.
func (p pen) paint(outlines []outline, grow float64, c color.Color) {
	size := p.at.Size()
	r := vector.NewRasterizer(size.X, size.Y)
	for _, o := range outlines {
		p.fill(r, o)
		if grow > 0 {
			p.edge(r, o, grow)
		}
	}
	r.Draw(p.sheet, p.at, image.NewUniform(c), image.Point{})
}

// erase takes outlines out of the icon, down to nothing.
func (p pen) erase(outlines []outline) {
	size := p.at.Size()
	r := vector.NewRasterizer(size.X, size.Y)
	for _, o := range outlines {
		p.fill(r, o)
	}
	mask := image.NewAlpha(image.Rectangle{Max: size})
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	for y := range size.Y {
		for x := range size.X {
			keep := 255 - uint32(mask.AlphaAt(x, y).A)
			c := p.sheet.NRGBAAt(p.at.Min.X+x, p.at.Min.Y+y)
			c.A = uint8(uint32(c.A) * keep / 255)
			p.sheet.SetNRGBA(p.at.Min.X+x, p.at.Min.Y+y, c)
		}
	}
}

// fill adds one closed outline. The rasterizer adds up windings, so every outline is
// given the same sense: two that overlap then never take each other out.
func (p pen) fill(r *vector.Rasterizer, o outline) {
	if len(o) == 0 {
		return
	}
	if area(o) < 0 {
		o = reversed(o)
	}
	for i, q := range o {
		x, y := float32(p.middle+q.x*p.unit), float32(p.middle+q.y*p.unit)
		if i == 0 {
			r.MoveTo(x, y)
		} else {
			r.LineTo(x, y)
		}
	}
	r.ClosePath()
}

// edge adds a band along an outline that reaches width pixels to both sides, with round
// corners: a rectangle for each side and a disc for each corner.
func (p pen) edge(r *vector.Rasterizer, o outline, width float64) {
	w := width / p.unit
	for i, a := range o {
		b := o[(i+1)%len(o)]
		dx, dy := b.x-a.x, b.y-a.y
		if long := math.Hypot(dx, dy); long > 0 {
			nx, ny := -dy/long*w, dx/long*w
			p.fill(r, outline{{a.x + nx, a.y + ny}, {b.x + nx, b.y + ny}, {b.x - nx, b.y - ny}, {a.x - nx, a.y - ny}})
		}
		p.fill(r, circle(a.x, a.y, w))
	}
}

// area is twice the signed area.
func area(o outline) float64 {
	sum := 0.0
	for i, a := range o {
		b := o[(i+1)%len(o)]
		sum += a.x*b.y - b.x*a.y
	}
	return sum
}

func reversed(o outline) outline {
	out := make(outline, len(o))
	for i, q := range o {
		out[len(o)-1-i] = q
	}
	return out
}
