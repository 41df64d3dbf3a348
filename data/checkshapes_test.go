package data_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/geo"
	"onemap/layers"
)

// shaped makes a fault of one changed geometry.
func shaped(layer, rule, name string, change func(orb.Geometry) orb.Geometry, also ...string) seed {
	return seed{name: rule + ": " + name, layer: layer, plant: func(s *seeding) {
		i := s.pick("whole", func(r row) bool { return r.geom != nil })
		s.rows[i].geom = change(s.rows[i].geom)
		for _, f := range []string{"length_m", "area_km2"} { // which would not fit any more
			s.rows[i].cells[f] = nil
		}
		for _, r := range append(also, rule) {
			s.expect(r, i, "geom")
		}
	}}
}

// alone makes a fault of one row of a survey of its own, without the others.
func alone(layer, survey, rule, name string, change func(orb.Geometry) orb.Geometry, also ...string) seed {
	f := shaped(layer, rule, name, change, also...)
	plant := f.plant
	f.survey, f.plant = survey, func(s *seeding) {
		plant(s)
		s.only(func(i int) bool { return s.touched(i) })
	}
	return f
}

// only leaves out the rows that keep does not want, and looks away from what that changes.
func (s *seeding) only(keep func(int) bool) {
	n := 0
	renumbered := map[string]string{}
	for i := range s.rows {
		if !keep(i) {
			s.drop[i] = true
			continue
		}
		n++
		for k, v := range s.want {
			if rule, rest, ok := strings.Cut(k, fmt.Sprintf(" row %d ", i+1)); ok {
				renumbered[fmt.Sprintf("%s row %d %s", rule, n, rest)] = v
			}
		}
	}
	for k, v := range s.want {
		if strings.Contains(k, " row 0 ") {
			renumbered[k] = v
		}
	}
	s.want = renumbered
	s.skip["D1"], s.skip["D3"] = true, true
}

// box is a rectangle of metres about a place, anticlockwise.
func box(p orb.Point, east, north float64) orb.Ring {
	c := func(x, y float64) orb.Point { return at(p, x*east/2, y*north/2) }
	return orb.Ring{c(-1, -1), c(1, -1), c(1, 1), c(-1, 1), c(-1, -1)}
}

func middle(g orb.Geometry) orb.Point { return g.Bound().Center() }

// bow is a rectangle whose sides cross.
func bow(g orb.Geometry) orb.Geometry {
	r := box(middle(g), 12, 9)
	r[1], r[2] = r[2], r[1]
	return orb.Polygon{r}
}

func reversed(r orb.Ring) orb.Ring {
	r = slices.Clone(r)
	slices.Reverse(r)
	return r
}

func shapeFaults() []seed {
	hole := func(g orb.Geometry, east, north, dx float64) orb.Ring {
		return reversed(box(at(middle(g), dx, 0), east, north))
	}
	return []seed{
		shaped("building", "G1", "no shape", func(orb.Geometry) orb.Geometry { return nil }, "X1"),
		shaped("shelter", "G1", "no position", func(orb.Geometry) orb.Geometry { return nil }, "X1"),
		shaped("hazard_zone", "G1", "an empty shape", func(orb.Geometry) orb.Geometry { return orb.MultiPolygon{} }, "X1"),
		shaped("building", "G2", "a point", func(g orb.Geometry) orb.Geometry { return middle(g) }),
		shaped("shelter", "G2", "a line", func(g orb.Geometry) orb.Geometry { return orb.LineString{middle(g), at(middle(g), 9, 9)} }),
		shaped("road", "G2", "an area", func(g orb.Geometry) orb.Geometry { return orb.Polygon{box(middle(g), 20, 20)} }),
		shaped("rescue_team", "G2", "two points", func(g orb.Geometry) orb.Geometry { return orb.MultiPoint{middle(g), at(middle(g), 9, 9)} }),

		shaped("building", "G3", "sides cross", bow),
		shaped("building", "G3", "a hole outside", func(g orb.Geometry) orb.Geometry {
			return orb.Polygon{box(middle(g), 8, 8), hole(g, 2, 2, 10)}
		}),
		shaped("building", "G3", "a hole across the edge", func(g orb.Geometry) orb.Geometry {
			return orb.Polygon{box(middle(g), 8, 8), hole(g, 4, 2, 4)}
		}),
		shaped("building", "G3", "holes overlap", func(g orb.Geometry) orb.Geometry {
			return orb.Polygon{box(middle(g), 12, 12), hole(g, 4, 4, 0), hole(g, 4, 4, 2)}
		}),
		shaped("building", "G3", "a ring that touches itself along an edge", func(g orb.Geometry) orb.Geometry {
			r := box(middle(g), 8, 8)
			return orb.Polygon{{r[0], r[1], at(r[1], 6, 0), r[1], r[2], r[3], r[4]}}
		}, "G5"),
		shaped("building", "G3", "one hole twice", func(g orb.Geometry) orb.Geometry {
			return orb.Polygon{box(middle(g), 12, 12), hole(g, 3, 3, 0), hole(g, 3, 3, 0)}
		}),
		alone("chemical_park", "nested", "G3", "a part within a part", func(g orb.Geometry) orb.Geometry {
			return orb.MultiPolygon{g.(orb.MultiPolygon)[0], {box(insideOf(g), 60, 60)}}
		}),
		alone("population", "bow", "G3", "sides cross", func(g orb.Geometry) orb.Geometry {
			r := box(middle(g), 1000, 1000)
			r[1], r[2] = r[2], r[1]
			return orb.Polygon{r}
		}),
		shaped("road", "G3", "a line of one place", func(g orb.Geometry) orb.Geometry {
			p := g.(orb.LineString)[0]
			return orb.LineString{p, p}
		}, "G5", "G6"),

		shaped("building", "G4", "an open ring", func(g orb.Geometry) orb.Geometry {
			r := box(middle(g), 9, 9)
			return orb.Polygon{r[:4]}
		}),
		shaped("building", "G4", "a ring of two places", func(g orb.Geometry) orb.Geometry {
			p := middle(g)
			return orb.Polygon{{p, at(p, 5, 5), p}}
		}),
		shaped("building", "G4", "a hole wound like its shell", func(g orb.Geometry) orb.Geometry {
			return orb.Polygon{box(middle(g), 12, 12), box(middle(g), 3, 3)}
		}),
		shaped("road", "G4", "a line of one point", func(g orb.Geometry) orb.Geometry { return g.(orb.LineString)[:1] }),

		shaped("building", "G5", "a vertex twice", func(g orb.Geometry) orb.Geometry {
			r := box(middle(g), 9, 9)
			return orb.Polygon{{r[0], r[1], r[1], r[2], r[3], r[4]}}
		}),
		shaped("building", "G5", "a spike", func(g orb.Geometry) orb.Geometry {
			r := box(middle(g), 9, 9)
			return orb.Polygon{{r[0], r[1], at(r[1], 30, 4.4), at(r[1], 0, 0.05), r[2], r[3], r[4]}}
		}),
		shaped("building", "G5", "a sliver", func(g orb.Geometry) orb.Geometry { return orb.Polygon{box(middle(g), 25, 0.2)} }),
		shaped("building", "G5", "a sliver of a hole", func(g orb.Geometry) orb.Geometry {
			return orb.Polygon{box(middle(g), 10, 10), hole(g, 5, 0.1, 0)}
		}),
		shaped("road", "G5", "a line that turns back", func(g orb.Geometry) orb.Geometry {
			line := slices.Clone(g.(orb.LineString))
			a, b := line[0], line[1]
			back := orb.Point{b[0] + 0.01*(a[0]-b[0]), b[1] + 0.01*(a[1]-b[1])}
			return append(orb.LineString{a, b, back, b}, line[2:]...)
		}),

		shaped("building", "G6", "a third of a square metre", func(g orb.Geometry) orb.Geometry { return orb.Polygon{box(middle(g), 0.6, 0.5)} }, "G5"),
		alone("building", "huge", "G6", "half a square kilometre and more", func(g orb.Geometry) orb.Geometry { return orb.Polygon{box(middle(g), 800, 700)} }),
		alone("population", "large", "G6", "a cell of a hundred square kilometres", func(g orb.Geometry) orb.Geometry { return orb.Polygon{box(middle(g), 10000, 10000)} }),
		alone("major_hazard_source", "small", "G6", "ten square metres", func(g orb.Geometry) orb.Geometry { return orb.Polygon{box(middle(g), 3, 3)} }),

		shaped("shelter", "G8", "in Beijing", func(orb.Geometry) orb.Geometry { return orb.Point{116.39123, 39.90712} }, "D2"),
		shaped("shelter", "G8", "metres for degrees", func(orb.Geometry) orb.Geometry { return orb.Point{584524.89, 3539000} }),
		shaped("building", "G8", "in Shanghai", func(orb.Geometry) orb.Geometry { return orb.Polygon{box(orb.Point{121.47371, 31.23037}, 12, 9)} }, "D2"),
		shaped("road", "G8", "in Nanjing", func(orb.Geometry) orb.Geometry { return orb.LineString{{118.79611, 32.06025}, {118.79834, 32.06111}} }, "D2"),
		shaped("rescue_team", "G8", "not a number", func(orb.Geometry) orb.Geometry { return orb.Point{math.NaN(), 32} }),

		shaped("shelter", "C1", "latitude first", func(g orb.Geometry) orb.Geometry { p := middle(g); return orb.Point{p[1], p[0]} }),
		shaped("building", "C1", "latitude first", func(g orb.Geometry) orb.Geometry {
			r := box(middle(g), 9, 9)
			for i, p := range r {
				r[i] = orb.Point{p[1], p[0]}
			}
			return orb.Polygon{r}
		}),
		shaped("enterprise", "C2", "a meridian too far west", func(g orb.Geometry) orb.Geometry { p := middle(g); return orb.Point{p[0] - 3, p[1]} }, "D2"),
		shaped("public_facility", "C2", "a meridian too far east", func(g orb.Geometry) orb.Geometry { p := middle(g); return orb.Point{p[0] + 3, p[1]} }, "D2"),
		shaped("fire_unit", "C2", "two meridians too far west", func(g orb.Geometry) orb.Geometry { p := middle(g); return orb.Point{p[0] - 6, p[1]} }, "D2"),
		shaped("building", "C2", "a meridian too far west", func(g orb.Geometry) orb.Geometry {
			p := middle(g)
			return orb.Polygon{box(orb.Point{p[0] - 3, p[1]}, 9, 9)}
		}, "D2"),
		shaped("shelter", "C4", "two decimals", func(g orb.Geometry) orb.Geometry {
			p := middle(g)
			return orb.Point{math.Round(p[0]*1000) / 1000, math.Round(p[1]*1000) / 1000}
		}),
		shaped("public_facility", "C4", "three decimals", func(g orb.Geometry) orb.Geometry {
			p := middle(g)
			return orb.Point{math.Round(p[0]*1000) / 1000, math.Round(p[1]*1000) / 1000}
		}),
		shaped("shelter", "C5", "nowhere", func(orb.Geometry) orb.Geometry { return orb.Point{0, 0} }),
		shaped("enterprise", "C5", "nowhere", func(orb.Geometry) orb.Geometry { return orb.Point{} }),
		{name: "C4: four decimals throughout", layer: "supply_depot", survey: "decimals", plant: func(s *seeding) {
			n := len(s.rows)
			for k := 0; len(s.rows) < 12; k++ {
				i := s.add(k % n)
				s.rows[i].cells["depot_no"], s.rows[i].cells["name"] = fmt.Sprint("WZ-9", i), fmt.Sprintf("第%d储备点", i)
				s.rows[i].geom = at(middle(s.rows[i].geom), float64(20*i), 7)
			}
			for i, r := range s.rows {
				p := middle(r.geom)
				s.rows[i].geom = orb.Point{math.Round(p[0]*1e4) / 1e4, math.Round(p[1]*1e4) / 1e4}
			}
			s.expect("C4", -1, "geom")
			s.skip["D1"] = true
		}},
	}
}

// insideOf is a place inside the first part of areas.
func insideOf(g orb.Geometry) orb.Point {
	part := g.(orb.MultiPolygon)[0]
	if p, _ := planar.CentroidArea(part); planar.PolygonContains(part, p) {
		return p
	}
	for _, v := range part[0] {
		for _, d := range [][2]float64{{50, 0}, {-50, 0}, {0, 50}, {0, -50}, {50, 50}, {-50, -50}} {
			if p := at(v, d[0], d[1]); planar.PolygonContains(part, p) {
				return p
			}
		}
	}
	return part[0][0]
}

// away is the distance of two positions in metres.
func away(a, b orb.Point) float64 { return float64(geo.Distance(a, b)) }

// unit is the outline of an administrative unit of the sample city.
func (s *seeding) unit(code string) orb.MultiPolygon {
	i := slices.IndexFunc(s.units, func(r layers.Record) bool { return r.Values["code"] == code })
	if i < 0 {
		s.t.Fatalf("there is no unit %s", code)
	}
	return s.units[i].Geometry.(orb.MultiPolygon)
}
