package sprite_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/web/sprite"
)

var symbols = []layers.Symbol{
	layers.Diamond, layers.Triangle, layers.Square, layers.Circle, layers.Ring, layers.Pentagon, layers.Hexagon,
	layers.Star, layers.Cross, layers.House, layers.Drop, layers.Turbine, layers.Flag, layers.Badge,
}

type entry struct{ X, Y, Width, Height, PixelRatio int }

// draw makes a sheet and reads it back as a client would.
func draw(t *testing.T, icons []sprite.Icon, ratio int) (image.Image, map[string]entry) {
	t.Helper()
	sheet, err := sprite.Draw(icons, ratio)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(sheet.PNG))
	if err != nil {
		t.Fatal(err)
	}
	var index map[string]entry
	if err := json.Unmarshal(sheet.JSON, &index); err != nil {
		t.Fatal(err)
	}
	return picture, index
}

func TestDrawEverySymbol(t *testing.T) {
	var icons []sprite.Icon
	for _, s := range symbols {
		icons = append(icons, sprite.Icon{Symbol: s, Colour: "#2f6fde"}, sprite.Icon{Symbol: s, Colour: "#f2c80f"})
	}
	icons = append(icons, sprite.Icon{Symbol: sprite.Hatched, Colour: "#d7263d"})
	for ratio := 1; ratio <= 2; ratio++ {
		picture, index := draw(t, icons, ratio)
		if len(index) != len(icons) {
			t.Errorf("%d entries for %d icons", len(index), len(icons))
		}
		taken := map[image.Point]string{}
		for name, e := range index {
			area := image.Rect(e.X, e.Y, e.X+e.Width, e.Y+e.Height)
			if !area.In(picture.Bounds()) || e.PixelRatio != ratio {
				t.Errorf("%s is at %v of %v with ratio %d", name, area, picture.Bounds(), e.PixelRatio)
			}
			if other, ok := taken[area.Min]; ok {
				t.Errorf("%s and %s are at one place", name, other)
			}
			taken[area.Min] = name
			if opaque(picture, area) == 0 {
				t.Errorf("%s is empty", name)
			}
			if strings.HasPrefix(name, "hatch") {
				continue
			}
			if e.Width != sprite.Size*ratio || e.Height != sprite.Size*ratio {
				t.Errorf("%s is %d × %d pixels at ratio %d", name, e.Width, e.Height, ratio)
			}
			for i := range e.Width { // nothing is cut off at the sides
				for _, p := range []image.Point{{e.X + i, e.Y}, {e.X + i, e.Y + e.Height - 1}, {e.X, e.Y + i}, {e.X + e.Width - 1, e.Y + i}} {
					if alpha(picture, p) > 8 {
						t.Fatalf("%s reaches the edge at %v", name, p.Sub(area.Min))
					}
				}
			}
		}
	}
}

// TestSymbolsDifferWithoutColour compares the silhouettes at single density: at least a
// fourteenth of the larger one is not shared (circle and hexagon are the closest).
func TestSymbolsDifferWithoutColour(t *testing.T) {
	var icons []sprite.Icon
	for _, s := range symbols {
		icons = append(icons, sprite.Icon{Symbol: s, Colour: "#8a8f98"})
	}
	picture, index := draw(t, icons, 1)
	grey := func(s layers.Symbol, x, y int) bool { // is the place of the symbol's own colour
		e := index[string(s)+"-8a8f98"]
		c := color.NRGBAModel.Convert(picture.At(e.X+x, e.Y+y)).(color.NRGBA)
		return c.A > 128 && c.R < 200
	}
	for i, a := range symbols {
		for _, b := range symbols[i+1:] {
			different, sizeA, sizeB := 0, 0, 0
			for y := range sprite.Size {
				for x := range sprite.Size {
					inA, inB := grey(a, x, y), grey(b, x, y)
					if inA {
						sizeA++
					}
					if inB {
						sizeB++
					}
					if inA != inB {
						different++
					}
				}
			}
			if 14*different < max(sizeA, sizeB) {
				t.Errorf("%s and %s differ in %d of %d and %d pixels only", a, b, different, sizeA, sizeB)
			}
		}
	}
}

func TestColoursAndEdges(t *testing.T) {
	tests := []struct {
		name, colour string
		fill, edge   color.NRGBA
	}{
		{"a light colour gets a dark edge", "#f2c80f", color.NRGBA{0xf2, 0xc8, 0x0f, 255}, color.NRGBA{45, 42, 36, 255}},
		{"a strong colour gets a shade of its own", "#d7263d", color.NRGBA{0xd7, 0x26, 0x3d, 255}, color.NRGBA{118, 20, 33, 255}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			icon := sprite.Icon{Symbol: layers.Square, Colour: tt.colour}
			picture, index := draw(t, []sprite.Icon{icon}, 2)
			if _, ok := index["square-"+tt.colour[1:]]; !ok {
				t.Fatalf("the index has %v", index)
			}
			found := map[color.NRGBA]bool{}
			for y := range 2 * sprite.Size {
				for x := range 2 * sprite.Size {
					found[color.NRGBAModel.Convert(picture.At(x, y)).(color.NRGBA)] = true
				}
			}
			if !found[tt.fill] || !found[tt.edge] {
				t.Errorf("fill %v: %v, edge %v: %v", tt.fill, found[tt.fill], tt.edge, found[tt.edge])
			}
		})
	}
}

func TestRingIsHollow(t *testing.T) {
	picture, index := draw(t, []sprite.Icon{{Symbol: layers.Ring, Colour: "#8a8f98"}}, 2)
	e := index["ring-8a8f98"]
	c := color.NRGBAModel.Convert(picture.At(e.X+e.Width/2, e.Y+e.Height/2)).(color.NRGBA)
	if c.R < 240 || c.A < 128 || c.A == 255 {
		t.Errorf("the middle is %v, want translucent white", c)
	}
}

func TestHatchJoinsItself(t *testing.T) {
	for ratio := 1; ratio <= 2; ratio++ {
		picture, index := draw(t, []sprite.Icon{{Symbol: sprite.Hatched, Colour: "#d7263d"}}, ratio)
		e := index["hatch-d7263d"]
		at := func(x, y int) uint8 { return alpha(picture, image.Pt(e.X+x%e.Width, e.Y+y%e.Height)) }
		for y := range 2 * e.Height {
			for x := range 2 * e.Width {
				if a, b := at(x+1, y), at(x, y+1); a != b {
					t.Fatalf("the stripe breaks at %d, %d: %d and %d", x, y, a, b)
				}
			}
		}
	}
}

func TestDrawIsDeterministic(t *testing.T) {
	catalogue, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	icons := sprite.Icons(catalogue)
	a, err := sprite.Draw(icons, 1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sprite.Draw(sprite.Icons(catalogue), 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Error("two drawings of the same icons differ")
	}
}

// TestIconsOfTheStyle looks for every icon that the map style names.
func TestIconsOfTheStyle(t *testing.T) {
	catalogue, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	has := map[string]bool{}
	for _, i := range sprite.Icons(catalogue) {
		has[i.Name()] = true
	}
	style, err := json.Marshal(layers.MapStyle(catalogue.For(layers.Reader{Role: layers.RoleAdmin}), "", [2]float64{}, 0))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`"([a-z]+-[0-9a-f]{6})"`).FindAllSubmatch(style, -1)
	if len(named) < 20 {
		t.Errorf("the style names %d icons only", len(named))
	}
	for _, name := range named {
		if !has[string(name[1])] {
			t.Errorf("the style asks for %s, which is not drawn", name[1])
		}
	}
	for _, want := range []string{"diamond-d7263d", "triangle-f07f13", "square-f2c80f", "circle-2f6fde", "ring-8a8f98"} {
		if !has[want] {
			t.Errorf("no icon %s for the grades of enterprises", want)
		}
	}
}

func TestDrawRefusesBadColours(t *testing.T) {
	for _, colour := range []string{"", "red", "#fff", "#12345g", "d7263d0", "#d7263d00"} {
		_, err := sprite.Draw([]sprite.Icon{{Symbol: layers.Circle, Colour: colour}}, 1)
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q gave %v", colour, err)
		}
	}
}

func alpha(picture image.Image, p image.Point) uint8 {
	return color.NRGBAModel.Convert(picture.At(p.X, p.Y)).(color.NRGBA).A
}

func opaque(picture image.Image, area image.Rectangle) int {
	n := 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if alpha(picture, image.Pt(x, y)) == 255 {
				n++
			}
		}
	}
	return n
}
