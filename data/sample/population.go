package sample

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// cell is a square of the population grid, about 1.1 by 1.1 km, whose middle is on land.
type cell struct {
	x, y      int
	village   int
	residents int
}

// Sides of a cell in degrees, and where the grid begins.
const (
	cellLon, cellLat   = 0.0118, 0.01
	cellWest, cellBase = 120.0, 31.4
)

func cellOf(p orb.Point) (x, y int) {
	return int(math.Floor((p[0] - cellWest) / cellLon)), int(math.Floor((p[1] - cellBase) / cellLat))
}

func (c cell) ring() orb.Ring {
	w, s := round7(cellWest+float64(c.x)*cellLon), round7(cellBase+float64(c.y)*cellLat)
	e, n := round7(cellWest+float64(c.x+1)*cellLon), round7(cellBase+float64(c.y+1)*cellLat)
	return orb.Ring{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}
}

// newCells lays the grid over the land and gives each cell its share of the residents of
// the villages whose ground it covers. In a small city one cell stands for a patch of 49.
func newCells(p *Plan) []cell {
	step := 1
	if p.options.Small {
		step = 7
	}
	bound := p.land.shape.Bound()
	x0, y0 := cellOf(bound.Min)
	x1, y1 := cellOf(bound.Max)
	var cells []cell
	number := map[[2]int]int{}
	of := make([][]int, len(p.land.villages)) // cells by village
	for y := y0; y <= y1; y += step {
		for x := x0; x <= x1; x += step {
			middle := cell{x: x, y: y}.ring().Bound().Center()
			if v := p.land.locate(middle); v >= 0 {
				number[[2]int{x, y}] = len(cells)
				of[v] = append(of[v], len(cells))
				cells = append(cells, cell{x, y, v, 0})
			}
		}
	}
	weights := make([]float64, len(cells))
	for i := range p.land.villages {
		v := &p.land.villages[i]
		x, y := cellOf(v.center)
		home, ok := number[[2]int{x - mod(x-x0, step), y - mod(y-y0, step)}]
		switch {
		case len(of[i]) == 0 && ok:
			weights[home] += float64(v.residents)
		case ok && of[i] != nil: // the village itself has more than its outskirts
			weights[home] += 0.35 * float64(v.residents)
			for _, c := range of[i] {
				weights[c] += 0.65 * float64(v.residents) / float64(len(of[i]))
			}
		case len(of[i]) > 0:
			for _, c := range of[i] {
				weights[c] += float64(v.residents) / float64(len(of[i]))
			}
		}
	}
	for i, n := range apportion(p.few(Residents), weights) {
		cells[i].residents = n
	}
	return cells
}

func mod(a, b int) int { return ((a % b) + b) % b }

func (w *writer) populationCells() error {
	s := w.s
	for _, c := range w.cells {
		n := c.residents
		share := func(lo, hi float64) int64 { return int64(float64(n) * s.between(lo, hi)) }
		urban := w.land.villages[c.village].urban
		ring := c.ring()
		density := float64(n) / km2(orb.MultiPolygon{{ring}})
		id := fmt.Sprintf("N%04dE%04d", c.y, c.x)
		v := values{
			"cell": id, "admin_code": w.code(c.village), "density_class": densityClass(density), "residents": int64(n),
			"day": int64(float64(n) * (0.82 + 0.5*urban)), "night": share(0.96, 1.0), "over_65": share(0.2, 0.33-0.1*urban), "under_14": share(0.08, 0.13),
			"disabled": share(0.02, 0.045), "households": int64(float64(n) / 2.55),
		}
		if err := w.record(id, orb.Polygon{ring}, layers.PositionSurveyed, v); err != nil {
			return err
		}
	}
	return nil
}

func densityClass(perKm2 float64) string {
	switch {
	case perKm2 >= 10_000:
		return "over_10000"
	case perKm2 >= 5_000:
		return "over_5000"
	case perKm2 >= 1_000:
		return "over_1000"
	case perKm2 >= 100:
		return "over_100"
	}
	return "under_100"
}
