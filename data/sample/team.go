package sample

import (
	"github.com/paulmach/orb"

	"onemap/layers"
)

// teamShares split the 661 teams by kind; the report names the four kinds, not their sizes.
var teamShares = []struct {
	kind  string
	share float64
}{{"comprehensive", 46}, {"specialist", 148}, {"shock", 430}, {"social", 37}}

var teamNames = map[string]struct {
	name, table string
	gear        []string
}{
	"fire": {"消防救援站", "c02", []string{"fire_engine", "ladder_truck", "breathing_apparatus", "breaching_kit", "lighting"}}, "hazchem": {"危险化学品应急救援队", "c05", []string{"hazmat_vehicle", "protective_suit", "gas_detector", "breathing_apparatus"}},
	"water": {"水域救援队", "c07", []string{"boat", "diving_kit", "rope_kit"}}, "maritime": {"海上搜救队", "c07", []string{"boat", "diving_kit", "satellite_phone"}},
	"flood": {"防汛抢险队", "c07", []string{"pump_small", "pump_large", "boat", "generator", "lighting"}}, "collapse": {"地震和建筑坍塌救援队", "c06", []string{"life_detector", "breaching_kit", "crane", "search_dog"}},
	"medical": {"医疗救援队", "c09", []string{"ambulance"}}, "power": {"电力抢修队", "c04", []string{"rescue_vehicle", "generator", "lighting"}},
	"gas": {"燃气抢修队", "c04", []string{"rescue_vehicle", "gas_detector"}}, "communication": {"通信保障队", "c04", []string{"command_vehicle", "satellite_phone", "drone", "generator"}},
	"transport": {"道路抢通队", "c04", []string{"excavator", "loader", "crane"}}, "height": {"高空绳索救援队", "c06", []string{"rope_kit", "ladder_truck"}},
	"general": {"应急突击队", "c03", []string{"rescue_vehicle", "pump_small", "generator", "lighting", "boat"}}, "air": {"航空救援队", "c06", []string{"drone"}},
	"forest_fire": {"森林防灭火队", "c08", []string{"pump_small", "drone"}},
}

func (w *writer) teamRecords() error {
	weights := make([]float64, len(teamShares))
	for i, t := range teamShares {
		weights[i] = t.share
	}
	counts := apportion(w.count, weights)
	if w.count < 40 { // every kind is there in a small city
		counts = apportion(w.count, equal(len(teamShares)))
	}
	number, registered := 0, w.few(RegisteredSocialTeams)
	var statutory []int
	for i := range w.land.towns {
		if !w.land.towns[i].functional {
			statutory = append(statutory, i)
		}
	}
	for i, t := range teamShares {
		for k := range counts[i] {
			v, place, quality := w.team(t.kind, k, statutory)
			v["registered_civil"] = t.kind == "social" && k < registered
			v["team_no"] = w.key("DW", number)
			number++
			if err := w.record(v["team_no"].(string), place, quality, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// team is number k of its kind: comprehensive ones at seats and in large towns, surge
// teams in turn in every town, specialist ones at parks, towns and on the coast.
func (w *writer) team(kind string, k int, statutory []int) (values, orb.Geometry, layers.PositionQuality) {
	s, l := w.s, w.land
	t := statutory[k%len(statutory)]
	village := l.towns[t].hub
	speciality := "general"
	switch kind {
	case "comprehensive":
		speciality = "fire"
		if k < 2*len(l.districts) {
			d := k % len(l.districts)
			village = l.nearestVillages(l.districts[d].seat, d, 4)[k/len(l.districts)]
		}
	case "specialist":
		speciality = pick{{"hazchem", 22}, {"water", 10}, {"maritime", 8}, {"flood", 18}, {"collapse", 8}, {"medical", 12}, {"power", 9}, {"gas", 8}, {"communication", 5}, {"transport", 9}, {"forest_fire", 1}, {"air", 1}}.draw(s)
		if speciality == "hazchem" {
			village = w.parks[k%len(w.parks)].village
		}
	case "shock":
		if s.chance(0.3) {
			speciality = one(s, []string{"flood", "water", "transport"})
		}
		if members := l.towns[t].villages; k >= len(statutory) {
			village = one(s, members)
		}
	case "social":
		speciality = one(s, []string{"water", "height", "collapse", "medical", "general"})
	}
	d := w.district(village)
	about := teamNames[speciality]
	title := l.towns[l.villages[village].town].name
	if kind == "social" {
		title = d.name + string(one(s, brandFirst)) + one(s, []string{"蓝天", "红十字", "江海", "雄鹰", "先锋"})
	}
	if kind == "shock" && k >= len(statutory) {
		title += short(l.villages[village].name)
	}
	people := s.skewed(10, 60)
	specialities := []string{speciality}
	if speciality != "general" && s.chance(0.4) {
		specialities = append(specialities, "general")
	}
	gear := map[string]float64{}
	boats, vehicles, pump := 0, s.whole(1, 4), 0.0
	for _, g := range about.gear {
		if s.chance(0.75) || len(gear) == 0 {
			n := s.whole(1, 6)
			gear[g] = float64(n)
			switch g {
			case "boat":
				boats = n
			case "pump_small":
				pump += float64(n) * 200
			case "pump_large":
				pump += float64(n) * 1500
			case "fire_engine", "rescue_vehicle", "ambulance":
				vehicles += n
			}
		}
	}
	v := values{
		"name": title + about.name, "kind": kind, "speciality": speciality, "specialities": specialities, "address": w.address(s, village), "admin_code": w.code(village),
		"people": int64(people), "vehicles": int64(vehicles), "boats": int64(boats), "equipment": gear, "pump_m3h": pump,
		"readiness": pick{{"ready", 84}, {"dispatched", 3}, {"limited", 8}, {"off", 3}, {"unknown", 2}}.draw(s), "call_out_min": float64(s.whole(2, 40)),
		"duty_area": d.code, "founded_on": date(s.whole(2003, 2021), s.whole(1, 12), s.whole(1, 28)), "last_drill": w.day(s.whole(2, 300)),
		"commander_role": one(s, []string{"站长", "队长", "应急管理办公室主任", "大队长"}), "last_seen": w.now.Add(-minutes(s.whole(1, 600))), "survey_table": about.table,
	}
	if kind == "comprehensive" {
		v["call_out_min"] = 1.0
	}
	if kind == "social" {
		v["survey_table"] = "c15"
	}
	return v, l.near(s, village, 600), layers.PositionImage
}
