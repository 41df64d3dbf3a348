package sample

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// zoning is how one hazard parts the city: a score of each village, and the scores from
// which the levels begin, the gravest first.
type zoning struct {
	hazard, name, kind string
	score              func(p *Plan, v *village) float64
	from               []float64 // level_1, level_2 …; below the last there is no zone
	period             float64
	depth              []float64 // greatest depth by level, metres
}

var zonings = []zoning{
	{"storm_surge", "风暴潮", "hazard", func(_ *Plan, v *village) float64 { return -v.coast }, []float64{-2500, -6000, -11_000, -18_000}, 100, []float64{3, 1.8, 0.8, 0.4}},
	{"flood", "长江洪水", "hazard", func(_ *Plan, v *village) float64 { return -v.bank }, []float64{-2200, -5000, -9000}, 50, []float64{2.5, 1.2, 0.5}},
	{"waterlogging", "内涝", "risk", func(_ *Plan, v *village) float64 { return v.urban }, []float64{0.75, 0.5, 0.3}, 20, []float64{0.8, 0.5, 0.3}},
	{"typhoon", "台风", "risk", func(_ *Plan, v *village) float64 { return -v.coast }, []float64{-9000, -25_000, -48_000, -200_000}, 50, nil},
	{"convection", "强对流", "risk", func(p *Plan, v *village) float64 { return -ridge(v.middle) }, []float64{-9000, -20_000, -200_000}, 20, nil},
	{"sea_level_rise", "海平面上升", "hazard", func(_ *Plan, v *village) float64 { return -v.coast }, []float64{-3000, -8000}, 100, []float64{0.6, 0.3}},
}

// ridge is the distance from the path that squalls of April 2021 took in the sample: from
// the northwest to the sea.
func ridge(p xy) float64 {
	a, b := at(120.25, 32.62), at(121.85, 31.90)
	return p.distance(onSegment(p, a, b))
}

// zonePart is the ground of one hazard zone.
type zonePart struct {
	zoning   *zoning
	district int
	level    int
	villages []int
}

// zones sorts the villages of each district by hazard and level.
func (p *Plan) zones() []zonePart {
	var parts []zonePart
	for z := range zonings {
		k := &zonings[z]
		for d := range p.land.districts {
			levels := make([][]int, len(k.from))
			for _, i := range p.land.districts[d].villages {
				score := k.score(p, &p.land.villages[i])
				for n, from := range k.from {
					if score >= from {
						levels[n] = append(levels[n], i)
						break
					}
				}
			}
			for n, villages := range levels {
				if len(villages) > 0 && (!p.options.Small || d%3 == 0) {
					parts = append(parts, zonePart{k, d, n + 1, villages})
				}
			}
		}
	}
	return parts
}

func (w *writer) hazardZones() error {
	for i, z := range w.zones() {
		d := &w.land.districts[z.district]
		shape := w.land.union(z.villages)
		v := values{
			"zone_no": w.key("QH", i), "name": fmt.Sprintf("%s%s%s", d.name, z.zoning.name, one(w.s, []string{"区划", "危险区", "风险区"})), "hazard": z.zoning.hazard,
			"level": fmt.Sprintf("level_%d", z.level), "zone_kind": z.zoning.kind, "admin_code": d.code, "return_period_a": z.zoning.period,
			"area_km2": round(km2(shape), 2), "assessed_on": date(2021, 11, 30), "scale_denominator": int64(50_000),
		}
		if z.zoning.depth != nil {
			v["depth_max_m"] = z.zoning.depth[z.level-1]
			v["depth_min_m"] = round(math.Max(0, z.zoning.depth[z.level-1]-0.6), 1)
		}
		if err := w.record(v["zone_no"].(string), shape, layers.PositionImage, v); err != nil {
			return err
		}
	}
	return nil
}

// all is the number of every village.
func (p *Plan) all() []int {
	list := make([]int, len(p.land.villages))
	for i := range list {
		list[i] = i
	}
	return list
}

// where returns the villages that a condition holds for.
func (p *Plan) where(holds func(*village) bool) []int {
	var list []int
	for i := range p.land.villages {
		if holds(&p.land.villages[i]) {
			list = append(list, i)
		}
	}
	return list
}

// windCircle is a rough circle of strong wind about a storm's centre.
func windCircle(lon, lat, km float64) orb.MultiPolygon {
	return orb.MultiPolygon{{around(orb.Point{lon, lat}, 72, func(angle float64) float64 { return km * 1000 * (1 + 0.12*math.Cos(angle-0.8)) })}}
}
