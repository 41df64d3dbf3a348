package sprite

import (
	"image"
	"image/color"
	"math"
)

// hatch draws diagonal stripes that join at the edges when the square is repeated: the
// distance from a stripe is measured in x + y, modulo the side.
func hatch(picture *image.NRGBA, corner image.Point, side int, ratio float64, c color.NRGBA) {
	period := float64(side) / 2 // two stripes a square
	half := 0.9 * ratio         // half a stripe's width in pixels
	for y := range side {
		for x := range side {
			along := math.Mod(float64(x+y)+1, period)
			distance := math.Min(along, period-along) / math.Sqrt2
			cover := math.Max(0, math.Min(1, half-distance+0.5))
			c.A = uint8(math.Round(cover * 255))
			if c.A > 0 {
				picture.SetNRGBA(corner.X+x, corner.Y+y, c)
			}
		}
	}
}
