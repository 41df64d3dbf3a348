package sample

import "onemap/layers"

// depots is how many supply depots the default city has, all of them census records.
const depots = 247

var supplies = pick{
	{"tent", 4},
	{"folding_bed", 8},
	{"quilt", 14},
	{"coat", 9},
	{"sleeping_bag", 4},
	{"mat", 6},
	{"food_ration", 8},
	{"drinking_water", 8},
	{"household_kit", 5},
	{"torch", 7},
	{"life_jacket", 9},
	{"raincoat", 8},
	{"sandbag", 6},
	{"pump", 0.6},
	{"generator", 0.5},
	{"toilet", 0.2},
	{"mask", 4},
}

// depotRecords share out the 20,990 items: the city's depot most, then the counties', the
// towns', and those of firms and shops.
func (w *writer) depotRecords() error {
	s, l := w.s, w.land
	weights := make([]float64, w.count)
	for i := range weights {
		switch {
		case i == 0:
			weights[i] = 24
		case i <= len(l.districts):
			weights[i] = s.between(5, 9)
		default:
			weights[i] = s.between(0.2, 0.9)
		}
	}
	for i, items := range apportion(w.few(SupplyItems), weights) {
		tier, owner, village, name := "township", "government", 0, ""
		switch {
		case i == 0:
			tier, village, name = "city", l.nearestVillages(l.districts[w.seat()].seat, w.seat(), 3)[2], "南通市救灾物资储备库"
		case i <= len(l.districts):
			tier, village = "county", l.nearestVillages(l.districts[i-1].seat, i-1, 3)[1]
			name = l.districts[i-1].name + "救灾物资储备库"
		default:
			t := &l.towns[i%len(l.towns)]
			for t.functional {
				t = &l.towns[s.IntN(len(l.towns))]
			}
			village, name = t.hub, t.name+"应急物资储备点"
			if s.chance(0.45) {
				owner, village = "social", one(s, t.villages)
				name = short(t.name) + one(s, []string{"超市", "粮油商行", "农资公司", "物流中心", "商贸公司"}) + "协议储备点"
			}
		}
		stock, floor := map[string]float64{}, map[string]float64{}
		for left := items; left > 0; {
			n := min(left, s.skewed(1, max(2, items/2)))
			stock[supplies.draw(s)] += float64(n)
			left -= n
		}
		for _, e := range supplies {
			if n := stock[e.code]; n > 0 {
				floor[e.code] = float64(int(n * 0.6))
			}
		}
		kind := "held"
		if owner == "social" {
			kind = "contracted"
		}
		v := values{
			"depot_no": w.key("WZ", i), "name": name, "tier": tier, "owner": owner, "stock_kind": kind, "address": w.address(s, village), "admin_code": w.code(village),
			"stock": stock, "reserve_floor": floor, "items_total": int64(items), "first_expiry": w.day(-s.whole(20, 900)), "area_m2": float64(20 + items/3), "call_out_min": float64(s.whole(15, 240)),
			"always_staffed": tier != "township", "keeper_role": "物资保管员", "counted_on": w.day(s.whole(3, 120)), "survey_table": "c10",
		}
		if err := w.record(v["depot_no"].(string), l.near(s, village, 500), layers.PositionImage, v); err != nil {
			return err
		}
	}
	return nil
}

// seat is the number of the district where the city government sits.
func (p *Plan) seat() int {
	for i := range p.land.districts {
		if p.land.districts[i].code == "320613" {
			return i
		}
	}
	return 0
}
