package sample

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// park is an industrial area: a turned rectangle on land.
type park struct {
	code, name string
	chemical   bool
	weight     float64 // share of the enterprises
	frame      frame
	long, wide float64
	ring       orb.Ring
	bound      orb.Bound
	village    int
	lines      []string // industries that gather here
}

// parkSites are where such areas lie, along the river and the coast and beside the
// towns; sizes in metres, directions in degrees. Enterprises in them are invented.
var parkSites = []struct {
	name         string
	lon, lat     float64
	long, wide   float64
	turn, weight float64
	chemical     bool
	industries   []string
}{
	{"洋口沿海化学工业园", 121.06, 32.535, 3600, 2400, -35, 3.0, true, chemistry},
	{"如皋港化工新材料产业园", 120.53, 32.075, 3000, 1500, 0, 2.4, true, chemistry},
	{"南通经济技术开发区化工园区", 120.96, 31.905, 2800, 1500, -40, 2.6, true, chemistry},
	{"启东滨江精细化工园", 121.52, 31.79, 2200, 1100, -25, 1.6, true, chemistry},
	{"海门临江化工园区", 121.31, 31.862, 2200, 1100, 8, 1.5, true, chemistry},
	{"海安精细化工集聚区", 120.56, 32.605, 1700, 1200, 15, 0.9, true, chemistry},
	{"通州湾石化新材料园", 121.42, 32.195, 3200, 2000, 20, 1.2, true, chemistry},
	{"洋口港液化天然气临港园", 121.37, 32.455, 2600, 1300, -20, 0.7, true, chemistry},
	{"苏通科技产业园", 121.055, 31.875, 2600, 2000, 20, 3.0, false, electronics},
	{"港闸工业集聚区", 120.805, 32.065, 2600, 1500, 30, 3.2, false, machines},
	{"市北高新技术产业园", 120.87, 32.085, 2200, 1800, 5, 2.6, false, electronics},
	{"天生港船舶海工园", 120.775, 32.035, 2400, 900, 0, 1.1, false, ships},
	{"川姜家纺产业园", 121.085, 31.99, 2400, 2000, 10, 4.2, false, textiles},
	{"叠石桥家纺产业园", 121.115, 31.955, 2600, 2000, 5, 4.6, false, textiles},
	{"先锋色织产业园", 120.985, 32.035, 1800, 1300, 12, 2.0, false, textiles},
	{"平潮高铁新城工业园", 120.79, 32.10, 2000, 1400, 25, 1.6, false, machines},
	{"石港电子信息产业园", 121.02, 32.21, 1600, 1200, 8, 1.2, false, electronics},
	{"三厂机械产业园", 121.225, 31.87, 2000, 1300, 15, 1.9, false, machines},
	{"海门港临港产业园", 121.49, 32.075, 3200, 1900, -15, 2.0, false, ships},
	{"吕四电动工具产业园", 121.61, 32.035, 2600, 1700, -12, 3.0, false, machines},
	{"吕四临港产业园", 121.68, 32.04, 2400, 1300, -25, 1.1, false, ships},
	{"启东海工船舶工业园", 121.80, 31.735, 3000, 1200, -12, 1.4, false, ships},
	{"启东经济开发区", 121.695, 31.80, 2400, 1900, 6, 2.6, false, machines},
	{"如皋经济技术开发区", 120.60, 32.42, 2800, 2100, 10, 3.2, false, machines},
	{"如皋高新技术产业园", 120.535, 32.345, 2200, 1600, -5, 2.2, false, electronics},
	{"海安经济技术开发区", 120.51, 32.555, 2800, 2000, 8, 3.4, false, machines},
	{"海安高新技术产业园", 120.42, 32.54, 2400, 1700, -8, 2.6, false, machines},
	{"如东经济开发区", 121.205, 32.35, 2400, 1800, 5, 2.4, false, machines},
	{"岔河纺织产业园", 120.945, 32.31, 1700, 1200, 12, 1.4, false, textiles},
	{"李堡锻压产业园", 120.70, 32.54, 1700, 1200, 3, 1.3, false, machines},
}

// Industries that gather in one kind of park, by code of the list "industry".
var (
	chemistry   = []string{"C26", "C26", "C26", "C26", "C27", "C27", "C25", "C28", "C29", "G59"}
	textiles    = []string{"C17", "C17", "C17", "C18", "C18", "C28", "C33"}
	machines    = []string{"C34", "C34", "C33", "C35", "C35", "C38", "C36", "C31", "C29", "C30"}
	electronics = []string{"C39", "C39", "C38", "C40", "C33", "C29", "C27"}
	ships       = []string{"C37", "C37", "C33", "C34", "C38", "C31"}
)

// newParks lays the parks; one that would stick out into the water is moved inland.
func newParks(l *land) ([]park, error) {
	var parks []park
	for i, site := range parkSites {
		p := park{code: fmt.Sprintf("YQ-%02d", i+1), name: site.name, chemical: site.chemical, weight: site.weight, long: site.long, wide: site.wide, lines: site.industries}
		center := at(site.lon, site.lat)
		inland := l.villages[l.nearestVillages(center, -1, 1)[0]].middle
		district := l.districts[l.towns[l.villages[l.nearestVillages(center, -1, 1)[0]].town].district]
		placed := false
		for step := 0; step < 60 && !placed; step++ {
			p.frame = newFrame(center.lonLat(), site.turn*math.Pi/180)
			p.ring = p.frame.rectangle(0, 0, p.long, p.wide)
			placed = l.onLand(p.ring...) && l.onLand(p.frame.lonLat(0, p.wide/2), p.frame.lonLat(0, -p.wide/2), p.frame.lonLat(p.long/2, 0), p.frame.lonLat(-p.long/2, 0)) && !p.meets(parks)
			if !placed {
				to := district.seat.minus(inland)
				center = center.plus(to.times(250 / to.length()))
			}
		}
		if !placed {
			return nil, fmt.Errorf("no place on land for the park %s", p.name)
		}
		p.bound = p.ring.Bound()
		p.village = l.locate(p.frame.center)
		parks = append(parks, p)
	}
	return parks, nil
}

// meets says whether the park comes near one of the others.
func (p *park) meets(others []park) bool {
	for i := range others {
		o := &others[i]
		if plane(p.frame.center).distance(plane(o.frame.center)) < (math.Hypot(p.long, p.wide)+math.Hypot(o.long, o.wide))/2 {
			return true
		}
	}
	return false
}

// contains says whether a point lies in the park, its margin in metres included.
func (p *park) contains(q orb.Point, margin float64) bool {
	dx := (q[0] - p.frame.center[0]) * p.frame.perLon
	dy := (q[1] - p.frame.center[1]) * p.frame.perLat
	x, y := dx*p.frame.cos+dy*p.frame.sin, -dx*p.frame.sin+dy*p.frame.cos
	return math.Abs(x) < p.long/2+margin && math.Abs(y) < p.wide/2+margin
}

func (p *Plan) countChemicalParks() int {
	n := 0
	for _, k := range p.parks {
		if k.chemical {
			n++
		}
	}
	return n
}

func (w *writer) chemicalParks() error {
	grades := []string{"c", "c", "d", "c", "b", "c", "ungraded", "d"}
	inside := make([]int, len(w.parks))
	employed := make([]int, len(w.parks))
	for _, e := range w.enterprises {
		if e.park >= 0 {
			inside[e.park]++
			employed[e.park] += e.employees
		}
	}
	n := w.count
	alerts := apportion(w.few(18_400), equal(n))
	cases := apportion(w.few(20), equal(n))
	for i, k := range w.parks {
		if !k.chemical {
			continue
		}
		n--
		err := w.record(k.code, orb.MultiPolygon{{k.ring}}, "image", values{
			"park_code": k.code, "name": k.name, "grade": grades[i%len(grades)],
			"admin_code": w.land.towns[w.land.villages[k.village].town].code,
			"area_km2":   round(k.long*k.wide/1e6, 2), "enterprises": int64(inside[i]), "employees": int64(employed[i]),
			"gates": int64(w.s.whole(2, 8)), "closed_management": i != 6, "five_in_one": int64(inside[i] * 7 / 10),
			"warnings_total": int64(alerts[n]), "online_cases": int64(cases[n]), "fire_station": i%4 != 3, "survey_table": "h1",
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// equal is n equal weights.
func equal(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}
