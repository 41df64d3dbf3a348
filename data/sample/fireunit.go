package sample

import (
	"github.com/paulmach/orb"

	"onemap/layers"
)

// fireUnits is how many units of the fire-safety system the default city has.
const fireUnits = 4_200

func (w *writer) fireUnitRecords() error {
	s := w.s
	_, towns, _ := w.haunts()
	for i := range w.count {
		v := values{"unit_no": w.key("XF", i), "last_self_check": w.day(s.whole(0, 45)), "hydrants": int64(s.whole(0, 12))}
		var shape orb.Geometry
		quality := layers.PositionGeocoded
		var village int
		class := pick{{"key", 26}, {"general", 48}, {"small_place", 24}, {"unknown", 2}}.draw(s)
		if class != "small_place" && s.chance(0.45) { // a factory of the enterprise register
			e := &w.enterprises[s.IntN(len(w.enterprises))]
			for e.quality == "none" {
				e = &w.enterprises[s.IntN(len(w.enterprises))]
			}
			village, shape, quality = e.village, e.at, e.quality
			v["name"], v["credit_code"], v["use"] = e.name, e.code, one(s, []string{"factory", "factory", "flammable"})
			v["area_m2"], v["storeys"], v["people_max"] = float64(s.skewed(800, 60_000)), int64(s.whole(1, 5)), int64(e.employees)
		} else {
			village = towns.draw(s)
			shape = w.land.near(s, village, 1000)
			use := pick{{"mall", 20}, {"hotel", 16}, {"entertainment", 12}, {"school", 14}, {"hospital", 6}, {"care_home", 8}, {"high_rise", 14}, {"office", 8}, {"other", 4}}.draw(s)
			v["use"], v["name"] = use, short(w.land.villages[village].name)+one(s, fireNames[use])
			v["area_m2"], v["storeys"], v["people_max"] = float64(s.skewed(120, 40_000)), int64(s.whole(1, 6)), int64(s.skewed(20, 3000))
			if use == "high_rise" {
				v["storeys"] = int64(s.whole(11, 34))
			}
		}
		v["unit_class"], v["address"], v["admin_code"] = class, w.address(s, village), w.code(village)
		v["control_room"] = class == "key" && s.chance(0.8)
		if s.chance(0.8) {
			v["last_inspected"] = w.day(s.whole(3, 500))
		}
		if err := w.record(v["unit_no"].(string), shape, quality, v); err != nil {
			return err
		}
	}
	return nil
}

var fireNames = map[string][]string{
	"mall": {"购物中心", "农贸市场", "家居广场", "商贸城", "超市"}, "hotel": {"大酒店", "宾馆", "商务酒店", "快捷酒店"}, "entertainment": {"娱乐会所", "影城", "网吧", "健身中心"},
	"school": {"实验小学", "中学", "幼儿园", "职业学校"}, "hospital": {"医院", "卫生院", "护理院"}, "care_home": {"敬老院", "颐养院", "护理中心"},
	"high_rise": {"国际公寓", "商务大厦", "花园高层住宅", "中央广场"}, "office": {"便民服务中心", "商务楼", "创业大厦"}, "other": {"物流中心", "停车库", "文化宫"},
}
