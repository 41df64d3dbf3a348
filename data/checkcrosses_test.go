package data_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
)

// unknownCode is a valid credit code that no enterprise of the sample has.
func unknownCode() string {
	const first = "91320699MA9ZZZZZ"
	stem := strings.ReplaceAll(first, "Z", "9") + "9"
	return stem + string(layers.CreditCheck(stem))
}

func crossFaults() []seed {
	registered := func(r row) bool { return r.cells["credit_code"] != nil && r.cells["name"] != nil }
	return []seed{
		// U1
		{name: "U1 of a row twice", layer: "shelter", plant: func(s *seeding) {
			i := s.add(s.pick("whole", nil))
			s.rows[i].cells["name"] = "又一处避难场所"
			s.expect("U1", i, s.key())
		}},
		{name: "U1 of another's key", layer: "public_facility", plant: func(s *seeding) {
			a, b := s.pick("whole", nil), s.pick("whole", nil)
			s.rows[b].cells["facility_code"] = s.rows[a].cells["facility_code"]
			s.expect("U1", b, s.key())
			s.expect("D3", -1, s.key())
			s.expect("D2", b, "geom")
		}},
		{name: "U1 in other spelling", layer: "building", plant: func(s *seeding) {
			i := s.add(s.pick("whole", nil))
			s.rows[i].cells["code"] = " " + s.rows[i].cells["code"].(string) + " "
			s.rows[i].geom = orb.Polygon{box(at(middle(s.rows[i].geom), 0, 900), 6, 6)}
			s.skip["A2"] = true
			s.expect("U1", i, s.key())
		}},
		{name: "U2 of a record of another source", layer: "shelter", survey: "other source", scope: data.ScopeSource("county"), plant: func(s *seeding) {
			i := s.pick("whole", nil)
			s.expect("U2", i, s.key())
			s.only(func(k int) bool { return k == i })
		}},
		{name: "U2 of a record of another county", layer: "rescue_team", survey: "other county", scope: data.ScopeArea("320623"), plant: func(s *seeding) {
			i := s.pick("whole", under("320613"))
			s.expect("U2", i, s.key())
			s.only(func(k int) bool { return k == i })
		}},
		{name: "U3 within the survey", layer: "shelter", plant: func(s *seeding) {
			i := s.add(s.pick("whole", func(r row) bool { return r.geom != nil }))
			s.rows[i].cells["shelter_code"] = "BN-999998"
			s.rows[i].geom = at(middle(s.rows[i].geom), 10, 5)
			s.expect("U3", i, s.key())
		}},
		{name: "U3 of a new key for an old record", layer: "lpg_station", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return r.geom != nil })
			s.rows[i].cells["station_no"] = "RQ-999999"
			s.expect("U3", i, s.key())
			s.expect("D3", -1, s.key())
		}},
		{name: "U4 of a dozen on one place", layer: "public_facility", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return r.geom != nil })
			for k := range 12 {
				n := s.add(i)
				s.rows[n].cells["facility_code"], s.rows[n].cells["name"] = fmt.Sprintf("GG-9%05d", k), fmt.Sprintf("第%d农家书屋", k+1)
			}
			s.expect("U4", i, "geom")
		}},

		// X1, X2
		{name: "X1 of a published position", layer: "enterprise", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return r.geom != nil })
			s.rows[i].geom = nil
			s.expect("X1", i, "geom")
			s.expect("G1", i, "geom")
		}},
		formless("building", "X2"), formless("shelter", "X2", "name"), formless("road", "X2"),

		// X3
		{name: "X3 of a shelter from floods in a flood zone", layer: "shelter", plant: func(s *seeding) {
			records, err := cityRecords()
			if err != nil {
				s.t.Fatal(err)
			}
			zone := records["hazard_zone"][slices.IndexFunc(records["hazard_zone"], func(r layers.Record) bool {
				return r.Values["hazard"] == "flood" && r.Values["level"] == "level_1"
			})]
			i := s.pick("whole", under(zone.Values["admin_code"].(string)))
			p := deepIn(zone.Geometry.(orb.MultiPolygon))
			s.move(i, p)
			s.rows[i].cells["hazards"] = "台风、洪水"
			s.expect("X3", i, "hazards")
			s.expect("X3", i, "geom")
		}},

		// X4
		several("fire_unit", "X4", "name", map[string]any{"name": "南通无此企业有限公司"}, registered),
		several("hidden_danger", "X4", "enterprise_name", map[string]any{"enterprise_name": "南通无此企业有限公司"}, has("credit_code")),
		several("hidden_danger", "X4", "credit_code", map[string]any{"credit_code": unknownCode()}, has("credit_code")),
		several("sensor", "X4", "credit_code", map[string]any{"credit_code": unknownCode()}, has("credit_code")),
		several("major_hazard_source", "X4", "enterprise_name", map[string]any{"enterprise_name": "南通无此企业有限公司"}, has("credit_code")),
		several("enterprise", "X4", "name", map[string]any{"name": "南通改名了有限公司"}, nil),
	}
}

// formless makes a fault of a geometry whose form is empty but for its key.
func formless(layer, rule string, required ...string) seed {
	return seed{name: rule + ": an empty form in " + layer, layer: layer, plant: func(s *seeding) {
		i := s.pick("whole", func(r row) bool { return r.geom != nil })
		for f := range s.rows[i].cells {
			if !slices.Contains(s.layer.Key, f) {
				s.rows[i].cells[f] = nil
			}
		}
		s.expect(rule, i, "geom")
		for _, f := range required {
			s.expect("V1", i, f)
		}
	}}
}

// deepIn is a place inside of areas that is well away from their outline.
func deepIn(g orb.MultiPolygon) orb.Point {
	best, found := 0.0, orb.Point{}
	for _, part := range g {
		b := part.Bound()
		for i := 1.0; i < 20; i++ {
			for k := 1.0; k < 20; k++ {
				p := orb.Point{b.Min[0] + i/20*(b.Max[0]-b.Min[0]) + 1.37e-6, b.Min[1] + k/20*(b.Max[1]-b.Min[1]) + 1.73e-6}
				if !planar.PolygonContains(part, p) {
					continue
				}
				if d := planar.DistanceFrom(part[0], p); d > best {
					best, found = d, p
				}
			}
		}
	}
	return found
}

// shiftAll makes a survey of a layer whose positions are all moved.
func shiftAll(layer, name string, to func(orb.Point) orb.Point) seed {
	return seed{name: "C3: " + name, layer: layer, survey: name, plant: func(s *seeding) {
		for i, r := range s.rows {
			if p, ok := r.geom.(orb.Point); ok {
				s.rows[i].geom = to(p)
			}
		}
		for _, rule := range []string{"A1", "A2", "T5", "X3", "U3", "U4", "G8", "C4", "D2"} {
			s.skip[rule] = true
		}
		s.expect("C3", -1, "geom")
	}}
}

func datum(from, to geo.Datum, times int) func(orb.Point) orb.Point {
	return func(p orb.Point) orb.Point {
		for range times {
			q, err := geo.Position{Lon: p[0], Lat: p[1], Datum: from}.To(to)
			if err != nil {
				panic(err)
			}
			p = q.Point()
		}
		return p
	}
}

func changeFaults() []seed {
	return []seed{
		shiftAll("shelter", "GCJ-02", datum(geo.CGCS2000, geo.GCJ02, 1)),
		shiftAll("shelter", "BD-09", datum(geo.CGCS2000, geo.BD09, 1)),
		shiftAll("public_facility", "GCJ-02 twice", datum(geo.CGCS2000, geo.GCJ02, 2)),
		shiftAll("fire_unit", "undone without need", datum(geo.GCJ02, geo.CGCS2000, 1)),
		shiftAll("enterprise", "to the east", func(p orb.Point) orb.Point { return at(p, 400, 100) }),

		placed("shelter", "", "", "D2: three kilometres off", under("320682"), func(_ *seeding, r row) orb.Point { return inward(r, 3000) }),
		placed("lpg_station", "", "", "D2: two kilometres off", nil, func(_ *seeding, r row) orb.Point { return inward(r, 2000) }),
		{name: "D1 of a third of the rows", layer: "public_facility", survey: "few", plant: func(s *seeding) {
			s.only(func(i int) bool { return i%3 > 0 })
			delete(s.skip, "D1")
			s.expect("D1", -1, "")
			s.expect("D3", -1, s.key())
		}},
		{name: "D3 of one row", layer: "fire_unit", survey: "one less", plant: func(s *seeding) {
			s.drop[len(s.rows)-1] = true
			s.expect("D3", -1, s.key())
		}},
		several("building", "D4", "danger_grade", map[string]any{"danger_grade": "D级（整栋危险）"}, is("danger_grade", "A级（安全）")),
		several("enterprise", "D4", "risk_grade", map[string]any{"risk_grade": "重大风险", "considerable_risks": 3}, is("risk_grade", "低风险")),
		several("hazard_zone", "D4", "level", map[string]any{"level": "较低危险（4级）"}, is("level", "高危险（1级）")),
	}
}

// inward is a place so far from a row's, towards the middle of the city.
func inward(r row, metres float64) orb.Point {
	p, center := middle(r.geom), orb.Point{120.95, 32.15}
	f := metres / away(p, center)
	return orb.Point{p[0] + f*(center[0]-p[0]), p[1] + f*(center[1]-p[1])}
}

// columnFaults are in the names of columns.
func columnFaults() []seed {
	rename := func(from, to string) func([]string) []string {
		return func(columns []string) []string {
			columns = slices.Clone(columns)
			columns[slices.Index(columns, from)] = to
			return columns
		}
	}
	named := func(layer, rule, field, from, to string) seed {
		return seed{name: rule + ": " + from + " called " + to, layer: layer, survey: rule + to, plant: func(s *seeding) {
			s.cut = rename(from, to)
			s.expect(rule, -1, field)
			for _, rule := range []string{"X4", "S2", "V1", "U3", "D3"} { // what follows from a column that is not read
				s.skip[rule] = true
			}
		}}
	}
	return []seed{
		named("shelter", "S1", "name", "场所名称", "甲乙丙"),
		named("rescue_team", "S1", "team_no", "队伍编号", "丁戊己"),
		named("shelter", "S2", "", "详细地址", "备注甲"),
		named("shelter", "S5", "area_m2", "有效避难面积", "面积"),
		named("shelter", "S5", "host", "依托单位", "产权单位"),
		named("lifeline", "S5", "length_m", "长度", "管段长度"),
		named("enterprise", "S5", "credit_code", "统一社会信用代码", "统一社会信"),
		{name: "F5: the template of another layer", layer: "supply_depot", survey: "template", plant: func(s *seeding) {
			s.cut = func(columns []string) []string {
				other := []string{"队伍编号", "队伍名称", "队伍类别", "主要专长", "全部专长", "详细地址", "行政区划代码", "队伍人数", "车辆数", "舟艇数", "装备数量", "排水总能力", "备勤状态", "集结出动时间", "在民政注册", "责任区代码", "成立日期"}
				return other[:len(columns)]
			}
			s.expect("F5", -1, "")
			for _, rule := range []string{"S1", "S2", "V1", "V2", "D1", "D3", "D2", "X1", "A1", "A5", "V7", "S3", "S4", "V10", "U3", "D4"} {
				s.skip[rule] = true
			}
		}},
	}
}
