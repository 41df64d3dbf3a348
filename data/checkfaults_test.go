package data_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// commonFaults are faults that every layer can have, one of each kind in the first field
// that can have it.
func commonFaults(cat *layers.Catalogue) []seed {
	var faults []seed
	for _, l := range cat.Layers() {
		l := l
		for _, kind := range []struct {
			rule  string
			fits  func(*layers.Field) bool
			value func(*layers.Field) any
		}{
			{"V1", func(f *layers.Field) bool { return f.Required && f.Default == "" && !slices.Contains(l.Key, f.Name) }, func(*layers.Field) any { return " " }},
			{"V2", func(f *layers.Field) bool { return f.Type == layers.TypeCode && f != l.TableField() }, func(*layers.Field) any { return "红红" }},
			{"V3", func(f *layers.Field) bool { return f.Range != nil && f.Range.Max != nil }, func(f *layers.Field) any { return *f.Range.Max + 1 }},
			{"S3", func(f *layers.Field) bool { return f.Type == layers.TypeInteger || f.Type == layers.TypeNumber }, func(*layers.Field) any { return "很多" }},
			{"S4", func(f *layers.Field) bool { return f.Length > 0 && f.Pattern == "" && !slices.Contains(l.Key, f.Name) }, func(f *layers.Field) any { return strings.Repeat("长", f.Length+1) }},
			{"V11", func(f *layers.Field) bool { return f.Pattern != "" && !slices.Contains(l.Key, f.Name) }, func(*layers.Field) any { return "三二零六" }},
			{"V7", func(f *layers.Field) bool { return f.Check == layers.CheckAdminCode && !slices.Contains(l.Key, f.Name) }, func(*layers.Field) any { return "320699" }},
		} {
			i := slices.IndexFunc(l.Fields, func(f *layers.Field) bool { return kind.fits(f) && filled(l.ID, f.Name) })
			if i < 0 {
				continue
			}
			f := l.Fields[i]
			faults = append(faults, seed{name: kind.rule + " in " + l.ID + "." + f.Name, layer: l.ID, plant: func(s *seeding) {
				s.expect(kind.rule, s.set(f.Name, kind.value(f)), f.Name)
			}})
		}
	}
	return faults
}

// filled leaves out fields that the sample city hardly fills.
func filled(layer, field string) bool {
	switch layer + "." + field {
	case "building.name", "building.address", "building.measure", "admin_unit.name_en", "admin_unit.exclaves", "admin_unit.predecessors", "disaster_event.typhoon_no", "road.route_number", "sensor.admin_code", "lifeline.name":
		return false
	}
	return true
}

// in makes a fault of one changed cell.
func in(layer, rule, field string, value any) seed {
	return seed{name: fmt.Sprintf("%s %v in %s.%s", rule, value, layer, field), layer: layer, plant: func(s *seeding) {
		s.expect(rule, s.set(field, value), field)
	}}
}

// pair makes a fault of cells in one row, found in the last of the fields; ok chooses the row.
func several(layer, rule, found string, cells map[string]any, ok func(row) bool) seed {
	return seed{name: fmt.Sprintf("%s of %v in %s", rule, cells, layer), layer: layer, plant: func(s *seeding) {
		i := s.pick("whole", ok)
		for field, v := range cells {
			s.rows[i].cells[field] = v
		}
		s.expect(rule, i, found)
	}}
}

// has chooses rows with a value in a field.
func has(field string) func(row) bool { return func(r row) bool { return r.cells[field] != nil } }

func is(field string, value any) func(row) bool {
	return func(r row) bool { return r.cells[field] == value }
}

func valueFaults() []seed {
	return []seed{
		// V4: dates in order
		several("hidden_danger", "V4", "closed", map[string]any{"found": "2021-06-10", "due": "2021-07-10", "closed": "2021-06-01"}, is("status", "已销号")),
		several("hidden_danger", "V4", "due", map[string]any{"found": "2021-06-10", "due": "2021-06-01", "closed": "2021-06-20"}, is("status", "已销号")),
		several("building", "V4", "surveyed_on", map[string]any{"surveyed_on": "2099-01-01"}, nil),
		several("building", "V9", "built_year", map[string]any{"built_year": 2099}, nil),
		several("disaster_event", "V4", "ended", map[string]any{"started": "2021-07-24 08:00", "ended": "2021-07-23 08:00"}, nil),
		several("disaster_history", "V4", "ended", map[string]any{"started": "1998-07-24", "ended": "1998/7/1"}, has("started")),
		several("warning", "V4", "expires", map[string]any{"expires": "2020-01-01 00:00"}, has("expires")),
		several("major_hazard_source", "V4", "valid_until", map[string]any{"declared_on": "2021-03-01", "valid_until": "2020-03-01"}, nil),
		several("supply_depot", "V4", "counted_on", map[string]any{"counted_on": "2088年1月1日"}, nil),
		several("rescue_team", "V4", "last_drill", map[string]any{"last_drill": "2088.1.1"}, nil),
		several("fire_unit", "V4", "last_self_check", map[string]any{"last_self_check": "20880101"}, nil),
		several("sensor", "V4", "installed_on", map[string]any{"installed_on": "2088-01-01"}, nil),
		several("admin_unit", "V4", "abolished", map[string]any{"abolished": "1950-01-01"}, func(r row) bool { return r.cells["abolished"] != nil }),

		// V5: units
		in("building", "V5", "area_m2", "120㎡"),
		in("building", "V5", "height_m", "0.012千米"),
		in("building", "V5", "area_m2", "0.5亩"),
		in("shelter", "V5", "area_m2", "3.5亩"),
		in("shelter", "V5", "capacity", "800人"),
		in("public_facility", "V5", "floor_area_m2", "2.1公顷"),
		in("enterprise", "V5", "fines_cny", "3.5万元"),
		in("lpg_station", "V5", "tank_volume_m3", "60立方米"),
		in("offshore_turbine", "V5", "rotor_m", "150m"),
		in("road", "V5", "speed_kmh", "60公里/小时"),
		{name: "V5 length in kilometres", layer: "lifeline", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { v, _ := r.cells["length_m"].(float64); return v > 200 })
			s.rows[i].cells["length_m"] = s.rows[i].cells["length_m"].(float64) / 1000
			s.expect("V5", i, "length_m")
		}},
		{name: "V5 area in hectares", layer: "hazard_zone", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { v, _ := r.cells["area_km2"].(float64); return v > 5 && v < 900 })
			s.rows[i].cells["area_km2"] = s.rows[i].cells["area_km2"].(float64) * 100
			s.expect("V5", i, "area_km2")
		}},
		in("supply_depot", "V5", "area_m2", 0.5),
		in("sensor", "V5", "interval_s", 0.02),

		// V6: credit codes
		in("fire_unit", "V6", "credit_code", "91320600MA1XXXXX0A"),
		in("lpg_station", "V6", "credit_code", "9132060"),
		in("sensor", "V6", "credit_code", "91320600I000000000"),
		{name: "V6 in small letters", layer: "hidden_danger", plant: func(s *seeding) {
			i := s.pick("credit_code", func(r row) bool { return strings.Contains(r.cells["credit_code"].(string), "MA") })
			s.rows[i].cells["credit_code"] = strings.ToLower(s.rows[i].cells["credit_code"].(string))
			s.expect("V6", i, "credit_code")
		}},
		{name: "V6 of the key", layer: "enterprise", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return r.geom != nil })
			s.rows[i].cells["credit_code"] = "91320600MA1XXXXX0A"
			s.expect("V6", i, "credit_code")
			s.expect("U3", i, s.key())
			s.expect("D3", -1, s.key())
		}},

		// V7, A5: codes and their time
		{name: "V7 of a code that is no longer in force", layer: "shelter", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return strings.HasPrefix(fmt.Sprint(r.cells["admin_code"]), "320614") })
			s.rows[i].cells["admin_code"] = "320684"
			s.expect("V7", i, "admin_code")
		}},
		{name: "V7 of a township under a county that is no more", layer: "public_facility", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return strings.HasPrefix(fmt.Sprint(r.cells["admin_code"]), "320614") })
			s.rows[i].cells["admin_code"] = "320684" + fmt.Sprint(s.rows[i].cells["admin_code"])[6:]
			s.expect("V7", i, "admin_code")
		}},
		several("disaster_history", "V7", "code_then", map[string]any{"code_then": "320614", "year": 2005}, nil),
		several("disaster_history", "V7", "code_then", map[string]any{"code_then": "320621", "year": 2019}, nil),
		in("rescue_team", "V7", "admin_code", "3206"),
		{name: "A5 of a township", layer: "building", plant: func(s *seeding) {
			i := s.pick("whole", nil)
			s.rows[i].cells["admin_code"] = fmt.Sprint(s.rows[i].cells["admin_code"])[:6] + "998"
			s.expect("A5", i, "admin_code")
		}},
		{name: "A5 of a village", layer: "shelter", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return len(fmt.Sprint(r.cells["admin_code"])) == 12 })
			s.rows[i].cells["admin_code"] = fmt.Sprint(s.rows[i].cells["admin_code"])[:9] + "998"
			s.expect("A5", i, "admin_code")
		}},
		{name: "A5 of a unit", layer: "admin_unit", plant: func(s *seeding) {
			i := s.pick("whole", is("level", "乡镇（街道）"))
			s.rows[i].cells["parent_code"] = "320681"
			if strings.HasPrefix(s.rows[i].cells["code"].(string), "320681") {
				s.rows[i].cells["parent_code"] = "320682"
			}
			s.expect("A5", i, "code")
		}},

		// V8: conditions
		several("building", "V8", "structure", map[string]any{"storeys": 11, "structure": "砌体", "height_m": 33}, nil),
		several("building", "V8", "structure", map[string]any{"storeys": 8, "structure": "木（竹）结构", "height_m": 24}, nil),
		several("enterprise", "V8", "graded_on", map[string]any{"graded_on": nil}, has("graded_on")),
		several("enterprise", "V8", "hazchem_sector", map[string]any{"hazchem_user": "是", "hazchem_sector": ""}, is("hazchem_user", "是")),
		several("enterprise", "V8", "standard_until", map[string]any{"standardization": "三级", "standard_until": "—"}, has("standard_until")),
		several("hidden_danger", "V8", "closed", map[string]any{"status": "已销号", "closed": "/"}, is("status", "已销号")),
		several("fire_unit", "V8", "storeys", map[string]any{"use": "高层建筑", "storeys": 3}, nil),
		several("shelter", "V8", "occupancy", map[string]any{"status": "已满", "occupancy": 0}, nil),

		// V9: totals and parts
		several("supply_depot", "V9", "items_total", map[string]any{"stock": "帐篷:10；棉被:20", "items_total": 31}, nil),
		several("population", "V9", "residents", map[string]any{"residents": 100, "over_65": 120, "under_14": 10, "disabled": 1, "households": 40}, nil),
		several("public_facility", "V9", "beds", map[string]any{"beds": 50, "beds_free": 60}, has("beds")),
		several("sensor", "V9", "threshold_high", map[string]any{"threshold_low": 10, "threshold_high": 2}, nil),
		several("lpg_station", "V9", "cylinders", map[string]any{"cylinders": 300, "cylinders_due": 400}, has("cylinders")),
		several("hazard_zone", "V9", "depth_max_m", map[string]any{"depth_min_m": 3, "depth_max_m": 1}, has("depth_min_m")),
		several("shelter", "V9", "capacity", map[string]any{"occupancy": 900, "capacity": 800, "area_m2": 1600}, nil),

		// V10: placeholders
		in("enterprise", "V10", "name", "测试"),
		in("enterprise", "V10", "address", "123456"),
		in("shelter", "V10", "name", "无"),
		in("rescue_team", "V10", "name", "aaa"),
		in("public_facility", "V10", "name", "待补充"),
		in("lpg_station", "V10", "name", "xxx"),
		in("fire_unit", "V10", "address", "不详"),
		in("offshore_turbine", "V10", "farm", "test"),
		in("supply_depot", "V10", "name", "某某"),
		in("major_hazard_source", "V10", "address", "暂无"),

		// S3 and the like in their spellings
		in("building", "S3", "surveyed_on", "去年"),
		in("shelter", "S3", "accessible", "也许"),
		in("supply_depot", "S3", "stock", "很多帐篷"),
		in("rescue_team", "V2", "equipment", "帐蓬:3"),
		in("shelter", "V2", "hazards", "台风、大水"),
		in("enterprise", "S3", "employees", "12.5"),
		in("warning", "S3", "sent", "2021-13-40"),

		// X5, X2
		several("shelter", "X5", "capacity", map[string]any{"area_m2": 100, "capacity": 1000, "occupancy": 0}, nil),
		several("building", "X5", "storeys", map[string]any{"storeys": 3, "height_m": 90}, nil),
		several("public_facility", "X5", "people_day", map[string]any{"floor_area_m2": 10, "people_day": 5000}, nil),
		several("offshore_turbine", "X5", "rotor_m", map[string]any{"hub_height_m": 200, "rotor_m": 50}, nil),
	}
}

// at moves a position by metres east and north.
func at(p orb.Point, east, north float64) orb.Point {
	return geo.Destination(geo.Destination(p, 90, geo.Metres(east)), 0, geo.Metres(north))
}
