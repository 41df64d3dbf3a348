// Package sprite draws the map's icons: one for each symbol in each colour that the
// declarations use, and hatches for areas, as the two sheets (single and double
// density) and their indexes that MapLibre reads.
package sprite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/fault"
)

const (
	// Size is an icon's side in CSS pixels, its halo included.
	Size = 32
	// Hatch is the side of a hatch's repeating square in CSS pixels.
	Hatch = 16

	columns = 16
	reach   = 0.74 // share of half the side that a symbol's form fills
)

// Hatched is the form of hatches for areas, which stands where an icon has its symbol.
const Hatched layers.Symbol = "hatch"

// Icon is one entry: a symbol, or Hatched, in a colour #rrggbb.
type Icon struct {
	Symbol layers.Symbol
	Colour string
}

// Name is the icon's name in styles.
func (i Icon) Name() string { return layers.IconName(i.Symbol, i.Colour) }

// Icons lists what a catalogue's styles can ask for, sorted by name: for each layer its
// own symbol and hatch, and those of the codes that it is styled by, each code's symbol
// or else the layer's.
func Icons(c *layers.Catalogue) []Icon {
	found := map[string]Icon{}
	add := func(i Icon) {
		found[i.Name()] = i
	}
	for _, l := range c.Layers() {
		base := l.Style.Symbol
		if base == "" {
			base = layers.Circle
		}
		both := func(symbol layers.Symbol, colour string) {
			if colour == "" {
				colour = l.Style.Colour
			}
			if symbol == "" {
				symbol = base
			}
			add(Icon{Symbol: symbol, Colour: colour})
			if l.Style.Pattern != "" {
				add(Icon{Symbol: Hatched, Colour: colour})
			}
		}
		both(base, l.Style.Colour)
		if by := l.By(); by != nil && by.List != nil {
			for _, code := range by.List.Items {
				both(code.Symbol, code.Colour)
			}
		}
	}
	icons := make([]Icon, 0, len(found))
	for _, i := range found {
		icons = append(icons, i)
	}
	slices.SortFunc(icons, func(a, b Icon) int { return strings.Compare(a.Name(), b.Name()) })
	return icons
}

// Sheet is one picture with all icons and the index that finds them in it.
type Sheet struct {
	PNG  []byte
	JSON []byte
}

// place is one line of the index (MapLibre sprite, version 8 of the style specification).
type place struct {
	X          int `json:"x"`
	Y          int `json:"y"`
	Width      int `json:"width"`
	Height     int `json:"height"`
	PixelRatio int `json:"pixelRatio"`
}

// Draw makes a sheet at 1 or 2 pixels a CSS pixel. The same icons give the same bytes.
// The error is Invalid for a colour that is not #rrggbb.
func Draw(icons []Icon, ratio int) (Sheet, error) {
	rows := (len(icons) + columns - 1) / columns
	cell := Size * ratio
	picture := image.NewNRGBA(image.Rect(0, 0, columns*cell, max(rows, 1)*cell))
	index := make(map[string]place, len(icons))
	for n, icon := range icons {
		c, err := parseColour(icon.Colour)
		if err != nil {
			return Sheet{}, err
		}
		side := cell
		corner := image.Pt(n%columns*cell, n/columns*cell)
		if icon.Symbol == Hatched {
			side = Hatch * ratio
			hatch(picture, corner, side, float64(ratio), c)
		} else {
			drawIcon(picture, corner, side, float64(ratio), icon.Symbol, c)
		}
		index[icon.Name()] = place{X: corner.X, Y: corner.Y, Width: side, Height: side, PixelRatio: ratio}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return Sheet{}, fault.Wrap(err, fault.Internal, "The icons could not be written.")
	}
	text, err := json.Marshal(index)
	if err != nil {
		return Sheet{}, fault.Wrap(err, fault.Internal, "The icons' index could not be written.")
	}
	return Sheet{PNG: out.Bytes(), JSON: text}, nil
}

// drawIcon draws from below: a white halo, an edge, the form. The edge is a darker shade
// of the colour, and near black where the colour is so light that it would get lost.
func drawIcon(picture *image.NRGBA, corner image.Point, side int, ratio float64, symbol layers.Symbol, c color.NRGBA) {
	p := pen{
		sheet:  picture,
		at:     image.Rectangle{Min: corner, Max: corner.Add(image.Pt(side, side))},
		middle: float64(side) / 2,
		unit:   float64(side) / 2 * reach,
	}
	form := shapeOf(symbol)
	p.paint(form.filled, 2.75*ratio, color.NRGBA{255, 255, 255, 235})
	p.paint(form.filled, 1.25*ratio, edgeOf(c))
	p.paint(form.filled, 0, c)
	if len(form.open) > 0 {
		p.paint(form.open, 0.9*ratio, edgeOf(c))
		p.erase(form.open)
		p.paint(form.open, 0, color.NRGBA{255, 255, 255, 225})
	}
}

// edgeOf is the colour of the line around a form.
func edgeOf(c color.NRGBA) color.NRGBA {
	if luminance(c) > 0.45 {
		return color.NRGBA{45, 42, 36, 255}
	}
	shade := func(v uint8) uint8 { return uint8(float64(v) * 0.55) }
	return color.NRGBA{shade(c.R), shade(c.G), shade(c.B), 255}
}

// luminance is the relative luminance of WCAG 2, with the square for the sRGB curve.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 { return float64(v) / 255 * float64(v) / 255 }
	return 0.2126*part(c.R) + 0.7152*part(c.G) + 0.0722*part(c.B)
}

func parseColour(s string) (color.NRGBA, error) {
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	if err != nil || len(s) != 7 || s[0] != '#' {
		return color.NRGBA{}, fault.In("colour", "%s is not a colour such as #d7263d.", fmt.Sprintf("%.20q", s))
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, nil
}
