package sample

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// shelterPlaces are the shelters above village level a district has: its own, and one a town.
const shelterPlaces = 8

func (p *Plan) countShelters() int {
	n := 0
	for i := range p.land.villages {
		if p.land.villages[i].listed {
			n++
		}
	}
	for i := range p.land.towns {
		if !p.land.towns[i].functional {
			n++
		}
	}
	return n + len(p.land.districts)*p.few(shelterPlaces)
}

func (w *writer) shelterRecords() error {
	number := 0
	add := func(village int, grade, name, host string, place orb.Point, quality layers.PositionQuality) error {
		v := w.shelter(number, village, grade, name, host)
		number++
		return w.record(v["shelter_code"].(string), place, quality, v)
	}
	l := w.land
	for i := range l.districts {
		d := &l.districts[i]
		near := l.nearestVillages(d.seat, i, 12)
		for k := range w.few(shelterPlaces) {
			village := near[k%len(near)]
			grade := "county"
			if d.code == "320613" && k == 0 {
				grade = "city"
			}
			place := short(l.villages[village].name) + one(w.s, []string{"中央公园", "体育公园", "人民广场", "市民广场", "体育馆", "森林公园"})
			if err := add(village, grade, d.name+place+"应急避难场所", place, l.near(w.s, village, 700), layers.PositionImage); err != nil {
				return err
			}
		}
	}
	for i := range l.towns {
		t := &l.towns[i]
		if t.functional {
			continue
		}
		host := one(w.s, []string{"中心小学", "初级中学", "文体中心", "便民广场"})
		if err := add(t.hub, "township", t.name+host+"应急避难场所", short(t.name)+host, l.near(w.s, t.hub, 600), layers.PositionImage); err != nil {
			return err
		}
	}
	for i := range l.villages {
		v := &l.villages[i]
		if !v.listed {
			continue
		}
		place, quality := v.center, layers.PositionVillage
		if w.s.chance(0.6) {
			place, quality = l.near(w.s, i, 350), layers.PositionImage
		}
		host := one(w.s, []string{"党群服务中心", "村民广场", "文化礼堂", "卫生室", "小学"})
		if err := add(i, "village", short(v.name)+host+"避难点", short(v.name)+host, place, quality); err != nil {
			return err
		}
	}
	return nil
}

// shelter fills in a shelter of a grade; the size follows the grade and the people there.
func (w *writer) shelter(number, village int, grade, name, host string) values {
	s := w.s
	capacity := s.skewed(80, 600)
	perHead, duration, function, radius := 1.5, "emergency", "single", 1000.0
	switch grade {
	case "township":
		capacity, perHead, duration, function, radius = s.skewed(500, 3000), 2, "short", "comprehensive", 2500
	case "county":
		capacity, perHead, duration, function, radius = s.skewed(3000, 16_000), 3, "short", "comprehensive", 5000
	case "city":
		capacity, perHead, duration, function, radius = s.skewed(12_000, 40_000), 4.5, "long", "comprehensive", 10_000
	}
	indoor := s.chance(0.55)
	space := "outdoor"
	if indoor {
		space = "indoor"
	}
	hazards := []string{"typhoon", "rainstorm"}
	if indoor {
		hazards = append(hazards, "convection", "cold")
	} else {
		hazards = append(hazards, "earthquake")
	}
	if w.land.villages[village].coast > 8000 {
		hazards = append(hazards, "storm_surge")
	}
	managers, keys := []string{"镇应急管理办公室主任", "分管副镇长"}, []string{"值班室", "物业值班岗", "门卫室"}
	if grade == "village" {
		managers, keys = []string{"村（社区）党总支书记", "村（社区）主任"}, []string{"值班室", "村（社区）综合治理专干"}
	}
	status := pick{{"ready", 93}, {"open", 1.5}, {"full", 0.4}, {"unsafe", 1.6}, {"closed", 2.5}, {"unknown", 1}}.draw(s)
	occupancy := 0
	switch status {
	case "open":
		occupancy = capacity * s.whole(3, 80) / 100
	case "full":
		occupancy = capacity
	}
	ground := round(2.1+s.NormFloat64()*0.5+math.Min(2.5, w.land.villages[village].coast/20_000), 2)
	return values{
		"shelter_code": w.key("BN", number), "name": name, "status": status, "grade": grade, "duration": duration, "space": space, "function": function,
		"hazards": hazards, "address": w.address(s, village), "admin_code": w.code(village), "area_m2": round(float64(capacity)*perHead, 0), "capacity": int64(capacity),
		"occupancy": int64(occupancy), "ground_level_m": ground, "flood_level_m": round(ground-s.between(-0.4, 1.2), 2), "service_radius_m": radius,
		"accessible": s.chance(0.7), "water": s.chance(0.8), "power": s.chance(0.75), "host": host, "manager_role": one(s, managers),
		"keys_held_by": one(s, keys), "survey_table": "c11",
	}
}
