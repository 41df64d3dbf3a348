package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/data"
	"onemap/data/sample"
	"onemap/layers"
)

// under chooses rows of a county.
func under(county string) func(row) bool {
	return func(r row) bool {
		code, _ := r.cells["admin_code"].(string)
		return strings.HasPrefix(code, county) && r.geom != nil
	}
}

// move puts a row elsewhere, which rule D2 notes when it is far.
func (s *seeding) move(i int, p orb.Point) {
	if away(middle(s.rows[i].geom), p) > 1000 {
		s.expect("D2", i, "geom")
	}
	s.rows[i].geom = p
}

// placed makes a fault of one moved position.
func placed(layer, rule, field, name string, ok func(row) bool, to func(*seeding, row) orb.Point) seed {
	return seed{name: rule + ": " + name, layer: layer, plant: func(s *seeding) {
		i := s.pick("whole", ok)
		s.move(i, to(s, s.rows[i]))
		if rule != "" {
			s.expect(rule, i, field)
		}
	}}
}

// justOutside is a place so many metres outside of a unit, but in another one.
func justOutside(metres float64, code, other string) func(*seeding, row) orb.Point {
	return func(s *seeding, _ row) orb.Point {
		own, next := s.unit(code), s.unit(other)
		for _, part := range own {
			for i := 1; i < len(part[0]); i++ {
				a, b := part[0][i-1], part[0][i]
				m := orb.Point{(a[0] + b[0]) / 2, (a[1] + b[1]) / 2}
				x, y := (b[0]-a[0])*math.Cos(m[1]*math.Pi/180), b[1]-a[1]
				for _, side := range []float64{1, -1} {
					p := at(m, side*metres*y/math.Hypot(x, y), -side*metres*x/math.Hypot(x, y))
					if d := apart(own, p); planar.MultiPolygonContains(next, p) && math.Abs(d-metres) < 20 && math.Hypot(x, y) > 0.005 {
						return p
					}
				}
			}
		}
		s.t.Fatalf("no place is just outside of %s", code)
		return orb.Point{}
	}
}

// apart is the distance in metres from a place outside to the outline of areas.
func apart(g orb.MultiPolygon, p orb.Point) float64 {
	if planar.MultiPolygonContains(g, p) {
		return 0
	}
	best := math.Inf(1)
	for _, part := range g {
		for i := 1; i < len(part[0]); i++ {
			a, b := part[0][i-1], part[0][i]
			cos := math.Cos(p[1] * math.Pi / 180)
			ax, ay, bx, by := (a[0]-p[0])*cos, a[1]-p[1], (b[0]-p[0])*cos, b[1]-p[1]
			t := max(0, min(1, -(ax*(bx-ax)+ay*(by-ay))/max(1e-18, (bx-ax)*(bx-ax)+(by-ay)*(by-ay))))
			best = min(best, 111_000*math.Hypot(ax+t*(bx-ax), ay+t*(by-ay)))
		}
	}
	return best
}

func placeFaults() []seed {
	inUnit := func(code string) func(*seeding, row) orb.Point {
		return func(s *seeding, _ row) orb.Point { return insideOf(s.unit(code)) }
	}
	return []seed{
		placed("shelter", "A1", "admin_code", "in another county", under("320681"), inUnit("320685")),
		placed("enterprise", "A1", "admin_code", "in another county", under("320613"), inUnit("320623")),
		placed("shelter", "A1", "admin_code", "a kilometre over the border", under("320612"), justOutside(1000, "320612", "320614")),
		placed("public_facility", "A1", "admin_code", "at sea, near the coast", under("320681"), func(s *seeding, _ row) orb.Point { return seaward(s, "320681", 2500) }),
		placed("shelter", "A2", "admin_code", "just over the border", under("320612"), justOutside(100, "320612", "320614")),
		placed("public_facility", "A2", "admin_code", "just over the border", under("320682"), justOutside(120, "320682", "320685")),
		placed("offshore_turbine", "A3", "geom", "on land", nil, inUnit("320623")),
		placed("offshore_turbine", "A3", "geom", "in the middle of a city", nil, inUnit("320613")),
		placed("shelter", "", "", "A4: in the exclave of its county, no fault", under("320614"), inUnit("320614102")),
		placed("public_facility", "", "", "A4: in the exclave of its county, no fault", under("320681"), inUnit("320681404")),
		{name: "A1 of a wrong code", layer: "shelter", plant: func(s *seeding) {
			i := s.pick("whole", under("320681"))
			s.rows[i].cells["admin_code"] = "320685"
			s.expect("A1", i, "admin_code")
		}},
		{name: "A1 of an area's wrong code", layer: "population", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return under("320681")(r) && middle(r.geom)[0] > 121.4 })
			s.rows[i].cells["admin_code"] = "320685"
			s.expect("A1", i, "admin_code")
		}},
		{name: "A1 of a line's wrong code", layer: "road", plant: func(s *seeding) {
			i := s.pick("whole", func(r row) bool { return under("320681")(r) && middle(r.geom)[0] > 121.4 })
			s.rows[i].cells["admin_code"] = "320685"
			s.expect("A1", i, "admin_code")
		}},

		// T1: what overlaps
		{name: "T1 of two cells", layer: "population", plant: func(s *seeding) {
			i := s.add(s.pick("whole", nil))
			s.rows[i].cells["cell"] = "N9999E9999"
			r := s.rows[i].geom.(orb.Polygon)[0]
			for k := range r {
				r[k][0] += 0.004
			}
			s.expect("T1", i, "geom")
		}},
		copied("building", "T1", "code"), copied("hazard_zone", "T1", "zone_no"), copied("chemical_park", "T1", "park_code"),
		{name: "T1 of two townships", layer: "admin_unit", plant: func(s *seeding) {
			i := s.add(s.pick("whole", is("level", "乡镇（街道）")))
			s.rows[i].cells["code"] = s.rows[i].cells["code"].(string)[:6] + "997"
			s.expect("T1", i, "geom")
		}},
		{name: "T1 with what another source has published", layer: "chemical_park", survey: "other source", scope: data.ScopeSource("county"), plant: func(s *seeding) {
			i := s.add(s.pick("whole", nil))
			s.rows[i].cells["park_code"] = "YQ-99"
			s.expect("T1", i, "geom")
			s.only(func(k int) bool { return k == i })
		}},
		gap("hazard_zone", []string{"hazard", "zone_kind"}), gap("admin_unit", []string{"level"}),

		// T3: what does not connect
		{name: "T3 of a road", layer: "road", plant: func(s *seeding) {
			ends := map[orb.Point]int{}
			for _, r := range s.rows {
				line, ok := r.geom.(orb.LineString)
				if !ok {
					continue
				}
				ends[line[0]]++
				ends[line[len(line)-1]]++
			}
			i := s.pick("whole", func(r row) bool {
				line, ok := r.geom.(orb.LineString)
				v, _ := r.cells["length_m"].(float64)
				return ok && ends[line[0]] > 2 && v > 300
			})
			line := s.rows[i].geom.(orb.LineString)
			dx, dy := line[1][0]-line[0][0], line[1][1]-line[0][1]
			d := 1.2 / 111_000 / math.Hypot(dx*0.85, dy) // 1.2 m back along the road
			line[0] = orb.Point{line[0][0] + d*dx, line[0][1] + d*dy}
			s.expect("T3", i, "geom")
		}},
		{name: "T3 of a pipe", layer: "lifeline", plant: func(s *seeding) {
			first := s.pick("whole", is("network", s.layer.Field("network").List.Code("water").Title.Zh))
			i := 0
			for k := range 3 { // three more between the same nodes, the last of them elsewhere
				i = s.add(first)
				s.rows[i].cells["segment"] = fmt.Sprint("SM-99999", k)
			}
			line := s.rows[i].geom.(orb.LineString)
			for k := range line {
				line[k] = at(line[k], 90, 110)
			}
			s.expect("T3", i, "geom")
		}},
		// T4, T5
		{name: "T4 of a bridge off the road", layer: "lifeline", plant: func(s *seeding) {
			records, err := cityRecords()
			if err != nil {
				s.t.Fatal(err)
			}
			i := s.pick("whole", is("network", s.layer.Field("network").List.Code("bridge").Title.Zh))
			p := middle(s.rows[i].geom)
			for d := 0.0; ; d += 37 {
				short := orb.LineString{at(p, d, d/3), at(p, d+30, d/3)}
				if clearOf(records["road"], short, 120) {
					s.rows[i].geom, s.rows[i].cells["length_m"] = short, nil
					if d > 900 {
						s.expect("D2", i, "geom")
					}
					break
				}
			}
			s.expect("T4", i, "geom")
		}},
		{name: "T5 of another park", layer: "enterprise", plant: func(s *seeding) {
			i := s.pick("whole", has("chemical_park"))
			s.rows[i].cells["chemical_park"] = "YQ-01"
			if own := s.rows[i]; inPark(own, "YQ-01") {
				s.rows[i].cells["chemical_park"] = "YQ-02"
			}
			s.expect("T5", i, "chemical_park")
		}},
		{name: "T5 away from its park", layer: "major_hazard_source", plant: func(s *seeding) {
			i := s.pick("whole", has("chemical_park"))
			other := "YQ-01"
			if inPark(s.rows[i], other) {
				other = "YQ-02"
			}
			s.rows[i].cells["chemical_park"] = other
			s.expect("T5", i, "chemical_park")
		}},
	}
}

// seaward is a place so far off the outline of a unit that no unit of the city is there.
func seaward(s *seeding, code string, metres float64) orb.Point {
	g := s.unit(code)
	city := s.unit("320600")
	for _, part := range g {
		for _, v := range part[0] {
			if p := at(v, metres, 0); apart(city, p) > metres*0.7 && apart(city, p) < 1.05*metres {
				return p
			}
		}
	}
	s.t.Fatal("no place is off the coast")
	return orb.Point{}
}

// copied makes a fault of an area that stands twice, under another key.
func copied(layer, rule, key string) seed {
	return seed{name: rule + ": an area twice in " + layer, layer: layer, plant: func(s *seeding) {
		i := s.add(s.pick("whole", func(r row) bool { return r.geom != nil }))
		s.rows[i].cells[key] = "ZZ-999999"
		s.expect(rule, i, "geom")
	}}
}

// gap makes a fault of a vertex between two neighbours that one of them draws away.
func gap(layer string, by []string) seed {
	return seed{name: "T2: a gap in " + layer, layer: layer, plant: func(s *seeding) {
		type place struct{ row, part, at int }
		corners := map[orb.Point][]place{}
		same := func(i, k int) bool {
			return !slices.ContainsFunc(by, func(f string) bool { return s.rows[i].cells[f] != s.rows[k].cells[f] })
		}
		statutory := func(i int) bool {
			return layer != "admin_unit" || s.rows[i].cells["kind"] == "法定行政区" && s.rows[i].cells["abolished"] == nil && s.rows[i].cells["level"] == "乡镇（街道）"
		}
		for i, r := range s.rows {
			m, ok := r.geom.(orb.MultiPolygon)
			if !ok || s.touched(i) || !statutory(i) {
				continue
			}
			for p, part := range m {
				for k := 0; k < len(part[0])-1; k++ {
					corners[part[0][k]] = append(corners[part[0][k]], place{i, p, k})
				}
			}
		}
		between := func(p orb.Point, a, b int) bool { // a vertex of these two in their group, and of no third
			n := 0
			for _, c := range corners[p] {
				if !same(c.row, a) {
					continue
				}
				if c.row != a && c.row != b {
					return false
				}
				n++
			}
			return n == 2
		}
		for i, r := range s.rows {
			m, ok := r.geom.(orb.MultiPolygon)
			if !ok || s.touched(i) || !statutory(i) {
				continue
			}
			for p, part := range m {
				ring := part[0]
				for k := 1; k < len(ring)-2; k++ {
					for _, c := range corners[ring[k]] {
						if c.row == i || !same(c.row, i) || !between(ring[k], i, c.row) || !between(ring[k-1], i, c.row) || !between(ring[k+1], i, c.row) {
							continue
						}
						a, b := ring[k-1], ring[k+1]
						d := 4 / 111_000.0 / math.Hypot((b[0]-a[0])*0.85, b[1]-a[1])
						v := orb.Point{ring[k][0] - d*(b[1]-a[1]), ring[k][1] + d*(b[0]-a[0])}
						if away(a, b) < 60 || away(a, b) > 1500 || !planar.PolygonContains(part, v) || planar.PolygonContains(s.rows[c.row].geom.(orb.MultiPolygon)[c.part], v) {
							continue
						}
						m[p][0][k] = v
						s.used[fmt.Sprint(i, " whole")], s.used[fmt.Sprint(c.row, " whole")] = true, true
						s.expect("T2", min(i, c.row), "geom")
						return
					}
				}
			}
		}
		s.t.Fatalf("%s: no two neighbours", s.fault)
	}}
}

// clearOf reports whether a line keeps away from roads.
func clearOf(roads []layers.Record, line orb.LineString, metres float64) bool {
	for _, r := range roads {
		road := r.Geometry.(orb.LineString)
		b := road.Bound().Pad(2 * metres / 80_000)
		if !b.Intersects(line.Bound()) {
			continue
		}
		for i := 1; i < len(road); i++ {
			for f := 0.0; f <= 1; f += 0.02 {
				p := orb.Point{road[i-1][0] + f*(road[i][0]-road[i-1][0]), road[i-1][1] + f*(road[i][1]-road[i-1][1])}
				for k := 1; k < len(line); k++ {
					for g := 0.0; g <= 1; g += 0.05 {
						q := orb.Point{line[k-1][0] + g*(line[k][0]-line[k-1][0]), line[k-1][1] + g*(line[k][1]-line[k-1][1])}
						if math.Abs(p[1]-q[1]) < 0.002 && away(p, q) < metres {
							return false
						}
					}
				}
			}
		}
	}
	return true
}

// inPark reports whether a row is in a chemical park of the sample city, or near.
func inPark(r row, code string) bool {
	plan, err := sample.City(sample.Options{Seed: 1, Small: true})
	if err != nil {
		return false
	}
	for p, err := range plan.Records("chemical_park") {
		if err == nil && p.Values["park_code"] == code && apart(p.Geometry.(orb.MultiPolygon), middle(r.geom)) < 700 {
			return true
		}
	}
	return false
}
