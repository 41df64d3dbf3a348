package sample

import "onemap/layers"

// facilities is how many public facilities the default city has, all of them census records.
const facilities = 6_900

// facilityKind is what a kind of facility is called, how many people it holds, and the
// census table it is filed on.
type facilityKind struct {
	names    []string
	day      [2]int
	table    string
	sleepers float64 // people by night for one by day
	beds     [2]int
	planned  bool // a school or hospital
	urban    bool // in towns only
}

var facilityKinds = map[string]facilityKind{
	"kindergarten":     {[]string{"幼儿园", "中心幼儿园", "实验幼儿园"}, [2]int{60, 420}, "p1", 0, [2]int{}, true, false},
	"primary_school":   {[]string{"小学", "实验小学", "中心小学"}, [2]int{180, 2400}, "p1", 0.02, [2]int{}, true, false},
	"secondary_school": {[]string{"初级中学", "中学", "高级中学", "中等专业学校"}, [2]int{400, 4200}, "p1", 0.35, [2]int{}, true, false},
	"university":       {[]string{"职业技术学院", "学院", "理工学院"}, [2]int{4000, 26_000}, "p1", 0.85, [2]int{}, true, true},
	"hospital":         {[]string{"人民医院", "中医院", "第三医院", "妇幼保健院", "康复医院"}, [2]int{250, 5200}, "p2", 0.5, [2]int{80, 1800}, true, true},
	"health_centre":    {[]string{"卫生院", "社区卫生服务中心", "卫生室", "卫生室", "卫生室"}, [2]int{6, 160}, "p2", 0.1, [2]int{2, 60}, true, false},
	"care_home":        {[]string{"敬老院", "养老服务中心", "护理院", "颐养中心"}, [2]int{25, 420}, "p3", 0.9, [2]int{30, 400}, false, false},
	"culture":          {[]string{"文化站", "图书馆", "文化活动中心", "农家书屋"}, [2]int{10, 800}, "p4", 0, [2]int{}, false, false},
	"scenic":           {[]string{"风景区", "生态园", "湿地公园", "古镇景区"}, [2]int{100, 12_000}, "p5", 0.02, [2]int{}, false, false},
	"hotel":            {[]string{"大酒店", "国际酒店", "迎宾馆"}, [2]int{60, 700}, "p6", 0.9, [2]int{60, 500}, false, true},
	"sport":            {[]string{"体育馆", "体育中心", "全民健身中心"}, [2]int{50, 6000}, "p7", 0, [2]int{}, false, true},
	"worship":          {[]string{"寺", "庵", "教堂"}, [2]int{10, 500}, "p8", 0.05, [2]int{}, false, false},
	"market":           {[]string{"大型超市", "购物广场", "农贸市场"}, [2]int{150, 9000}, "p8", 0, [2]int{}, false, true},
}

func (w *writer) facilityRecords() error {
	s := w.s
	kinds := pick{{"health_centre", 30}, {"kindergarten", 15}, {"primary_school", 9}, {"secondary_school", 5.5}, {"care_home", 7}, {"culture", 13}, {"market", 5}, {"worship", 6}, {"hospital", 3}, {"sport", 2}, {"hotel", 1.6}, {"scenic", 1}, {"university", 0.15}}
	_, towns, _ := w.haunts()
	drawn := make([]string, w.count)
	weights := make([]float64, w.count)
	for i := range drawn {
		drawn[i] = kinds.draw(s)
		if facilityKinds[drawn[i]].planned {
			weights[i] = s.between(0.6, 1.6)
		}
		if i == 0 { // a small city has a school with plans too
			drawn[0], weights[0] = "primary_school", 1
		}
	}
	plans := apportion(w.few(FacilityPlans), weights)
	for i, name := range drawn {
		kind := facilityKinds[name]
		village := s.IntN(len(w.land.villages))
		if kind.urban || s.chance(0.3) {
			village = towns.draw(s)
		}
		shape, quality := w.land.near(s, village, 900), layers.PositionImage
		if !kind.urban && s.chance(0.25) {
			shape, quality = w.land.villages[village].center, layers.PositionVillage
		}
		people := s.skewed(kind.day[0], kind.day[1])
		title := short(w.land.villages[village].name)
		if kind.urban || s.chance(0.25) {
			title = short(w.land.towns[w.land.villages[village].town].name)
		}
		v := values{
			"facility_code": w.key("GG", i), "name": title + one(s, kind.names), "kind": name, "address": w.address(s, village), "admin_code": w.code(village),
			"people_day": int64(people), "people_night": int64(float64(people) * kind.sleepers), "staff": int64(max(1, people/s.whole(8, 20))),
			"floor_area_m2": float64(people * s.whole(4, 14)), "plan_count": int64(plans[i]), "survey_table": kind.table,
			"shelter_use": (name == "primary_school" || name == "secondary_school" || name == "sport") && s.chance(0.4),
		}
		if kind.beds[1] > 0 {
			beds := s.skewed(kind.beds[0], kind.beds[1])
			v["beds"], v["beds_free"] = int64(beds), int64(beds*s.whole(2, 35)/100)
		}
		if plans[i] > 0 {
			v["last_drill"] = w.day(s.whole(5, 300))
		}
		if err := w.record(v["facility_code"].(string), shape, quality, v); err != nil {
			return err
		}
	}
	return nil
}
