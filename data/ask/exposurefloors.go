package ask

import (
	"fmt"
	"math"
	"slices"

	"onemap/layers"
)

// floorBands are depths of water above a ground floor, in metres, by their upper limits.
var floorBands = []struct {
	upto  float64
	title layers.Text
}{
	{0, layers.Text{Zh: "首层高于水面", En: "Floor above the water"}},
	{0.5, layers.Text{Zh: "首层水深0～0.5米", En: "Up to 0.5 m above the floor"}},
	{1, layers.Text{Zh: "首层水深0.5～1米", En: "0.5 to 1 m"}},
	{2, layers.Text{Zh: "首层水深1～2米", En: "1 to 2 m"}},
	{math.Inf(1), layers.Text{Zh: "首层水深2米以上", En: "More than 2 m"}},
}

// addFloors classes buildings by how deep the water stands above their ground floors.
func (s *Session) addFloors(ready []*tally, level float64) {
	k := slices.IndexFunc(ready, func(t *tally) bool { return t.layer == "building" })
	if k < 0 {
		return
	}
	floors, err := s.numbers(ready[k].set, "ground_floor_m")
	if err != nil {
		s.assume("无权查看房屋首层地面高程，未比较水面高程。", "The ground floors of buildings can't be read here; the water level was not compared with them.")
		return
	}
	c := classing{id: "floor", title: layers.Text{Zh: "首层水深", En: "Water above the ground floor"}, codes: make([]uint32, len(floors))}
	for i, floor := range floors {
		code := len(floorBands) // not known
		for b := len(floorBands) - 1; b >= 0; b-- {
			if level-floor <= floorBands[b].upto {
				code = b
			}
		}
		c.codes[i] = uint32(code)
	}
	for b, band := range floorBands {
		c.titles, c.order = append(c.titles, band.title), append(c.order, b)
	}
	c.titles, c.order = append(c.titles, layers.Text{Zh: "首层高程不明", En: "Floor not known"}), append(c.order, len(floorBands))
	ready[k].classes = append(slices.Clone(ready[k].classes), c)
	s.assume(fmt.Sprintf("水面高程 %g 米，与房屋首层地面高程（ground_floor_m，同一高程基准）相减；范围内水面视为水平。", level),
		fmt.Sprintf("The water surface is at %g m; the ground floors (ground_floor_m, same vertical datum) are taken from it, and the surface as level.", level))
}
