package sample

import (
	"fmt"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// stations is how many gas stations the default city has, all of them census records.
const stations = 612

func (w *writer) stationRecords() error {
	s := w.s
	for i := range w.count {
		kind := pick{{"vehicle", 62}, {"supply", 26}, {"filling", 9}, {"vaporizing", 3}}.draw(s)
		village := s.IntN(len(w.land.villages))
		var shape orb.Geometry
		quality := layers.PositionImage
		if kind == "vehicle" {
			road := one(s, w.roads.edges)
			for road.bridge || road.class == "service" || road.class == "village" && s.chance(0.8) {
				road = one(s, w.roads.edges)
			}
			q := w.beside(s, road)
			shape, village = q, max(0, w.land.locate(q))
		} else {
			shape = w.land.near(s, village, 900)
		}
		place := short(w.land.villages[village].name)
		v := values{
			"station_no": w.key("RQ", i), "kind": kind, "credit_code": creditCode(w.district(village).code, 6_000_000+w.crowd.n*10_000+i),
			"licence_no": fmt.Sprintf("苏F%06d", 100_001+i), "licence_until": w.day(-s.whole(-40, 1000)), "address": w.address(s, village), "admin_code": w.code(village),
			"survey_table": "h3",
		}
		switch kind {
		case "vehicle":
			v["name"] = place + one(s, []string{"加油站", "加油站", "加油加气站", "撬装加油站", "加氢站"})
			v["tank_volume_m3"] = float64(s.whole(3, 12) * 15)
		case "filling":
			v["name"] = place + "液化气储配站"
			v["tank_volume_m3"] = float64(s.whole(2, 12) * 50)
			v["cylinders"], v["customers"] = int64(s.skewed(4000, 90_000)), int64(s.skewed(3000, 60_000))
		case "supply":
			v["name"] = place + "液化气供应站"
			v["cylinders"], v["customers"] = int64(s.skewed(200, 6000)), int64(s.skewed(150, 4000))
			v["delivery_vehicles"] = int64(s.whole(1, 8))
		default:
			v["name"] = place + "燃气气化站"
			v["tank_volume_m3"] = float64(s.whole(2, 10) * 30)
			v["customers"] = int64(s.skewed(300, 9000))
		}
		if n, ok := v["cylinders"].(int64); ok {
			v["cylinders_due"] = n * int64(s.whole(0, 14)) / 100
		}
		if err := w.record(v["station_no"].(string), shape, quality, v); err != nil {
			return err
		}
	}
	return nil
}
