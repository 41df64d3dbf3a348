package sample

import (
	"slices"

	"github.com/paulmach/orb"
)

// neighbourNames are the English names of the units around the city.
var neighbourNames = map[string]string{
	"310000": "Shanghai", "320200": "Wuxi", "320400": "Changzhou", "320500": "Suzhou", "320800": "Huai'an", "320900": "Yancheng", "321000": "Yangzhou",
	"321100": "Zhenjiang", "321200": "Taizhou", "330400": "Jiaxing", "330500": "Huzhou", "341800": "Xuancheng",
}

// upper writes the city and its districts with the figures that stand on them.
func (w *writer) upper() error {
	l := w.land
	v := w.unit("320600", "南通市", "prefecture", "statutory", "320000", "approximate", l.shape)
	v["name_en"], v["established"], v["residents"] = "Nantong City", date(1983, 3, 1), int64(Residents)
	v["exclaves"], v["plans_city"], v["safe_city_applied"] = int64(2), int64(49), true
	// 26 city tasks and 110 of the trades stand on the city, 60 on the districts.
	v["campaign_tasks"], v["campaign_done"], v["leader_role"] = int64(136), int64(136), "市长"
	if w.options.Small {
		v["campaign_tasks"], v["campaign_done"] = int64(w.few(136)), int64(w.few(136))
	}
	if err := w.emitUnit(v, l.shape); err != nil {
		return err
	}
	weights := make([]float64, len(l.districts))
	for i := range weights {
		weights[i] = float64(l.districts[i].residents)
	}
	experts := apportion(w.few(Experts), soft(w.s, weights, 0.5))
	accidents := apportion(w.few(Accidents), soft(w.s, weights, 1))
	deaths := apportion(w.few(Deaths), fromCounts(accidents))
	tasks := apportion(w.few(CampaignTasks)-w.few(136), equal(len(weights)))
	for i := range l.districts {
		d := &l.districts[i]
		v := w.unit(d.code, d.name, "county", "statutory", "320600", "approximate", d.shape)
		v["name_en"], v["established"], v["residents"] = d.english, begun[d.code].on, int64(d.residents)
		if after := begun[d.code].after; after != "" {
			v["predecessors"] = after
		}
		v["exclaves"] = int64(0)
		if d.code == "320614" || d.code == "320681" {
			v["exclaves"] = int64(1)
		}
		v["experts"], v["accidents"], v["deaths"] = int64(experts[i]), int64(accidents[i]), int64(deaths[i])
		v["campaign_tasks"], v["campaign_done"], v["plans_city"] = int64(tasks[i]), int64(tasks[i]), int64(w.s.whole(28, 46))
		v["safe_city_applied"] = d.code == "320614" || d.code == "320685"
		v["leader_role"] = "区（县、市）长"
		if err := w.emitUnit(v, d.shape); err != nil {
			return err
		}
	}
	return nil
}

func fromCounts(counts []int) []float64 {
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = float64(n) + 0.01
	}
	return out
}

// otherUnits writes the functional areas, the units of former times and the neighbours.
func (w *writer) otherUnits() error {
	l := w.land
	for i := range l.towns {
		t := &l.towns[i]
		if !t.functional {
			continue
		}
		parent := zone
		if t.district >= 0 {
			parent = l.districts[t.district].code
		}
		if err := w.emitUnit(w.unit(t.code, t.name, "township", "functional", parent, "synthetic", t.shape), t.shape); err != nil {
			return err
		}
	}
	shape := w.zoneShape()
	v := w.unit(zone, "南通经济技术开发区", "county", "functional", "320600", "synthetic", shape)
	v["name_en"], v["established"] = "Nantong Economic and Technological Development Area", date(1984, 12, 19)
	if err := w.emitUnit(v, shape); err != nil {
		return err
	}
	for _, f := range formers {
		d := &l.districts[slices.IndexFunc(l.districts, func(d district) bool { return d.code == f.successor })]
		shape := d.shape
		if f.towns != nil {
			var members []int
			for _, t := range d.towns {
				if f.towns(l.towns[t].code) {
					members = append(members, l.towns[t].villages...)
				}
			}
			shape = l.union(members)
		}
		v := w.unit(f.code, f.name, "county", "statutory", "320600", "approximate", shape)
		v["established"], v["abolished"] = f.from, f.to
		if err := w.emitUnit(v, shape); err != nil {
			return err
		}
	}
	for _, a := range l.around {
		level, parent := "prefecture", a.code[:2]+"0000"
		if a.code == "310000" {
			level, parent = "province", ""
		}
		v := w.unit(a.code, a.name, level, "statutory", parent, "approximate", nil) // cut at the map's edge: no area
		v["name_en"] = neighbourNames[a.code]
		if err := w.emitUnit(v, a.shape); err != nil {
			return err
		}
	}
	return nil
}

// zoneShape is the ground of the development zone: that of its streets put together.
func (p *Plan) zoneShape() orb.MultiPolygon {
	var members []int
	for _, t := range p.land.towns {
		if t.functional && t.district < 0 {
			members = append(members, p.land.nearestVillages(t.near, -1, zoneVillages)...)
		}
	}
	slices.Sort(members)
	return p.land.union(slices.Compact(members))
}
