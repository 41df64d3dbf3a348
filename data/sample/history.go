package sample

import (
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// countHistory is what the census records of the other layers leave of the 22,170.
func (p *Plan) countHistory(c *crowd) int {
	others := p.few(facilities) + p.few(stations) + p.few(Teams) + p.few(depots) + p.countShelters() + p.few(censusChemical) + p.few(censusEquipment) + p.few(censusInsurers)
	if c.n == 0 { // units and parks are there once
		others += p.countChemicalParks()
		for i := range p.land.villages {
			if p.land.villages[i].listed {
				others++
			}
		}
		for i := range p.land.towns {
			if !p.land.towns[i].functional {
				others++
			}
		}
	}
	return max(40, p.few(CensusRecords)-others)
}

// happened are the hazards of the census years, with the table a single event is filed on.
var happened = []struct {
	hazard, name, table string
	weight              float64
	from, to            int // months
}{
	{"typhoon", "台风", "d2", 16, 6, 10},
	{"rainstorm", "暴雨", "d3", 24, 5, 9},
	{"flood", "洪涝", "d3", 9, 6, 8},
	{"waterlogging", "内涝", "d3", 10, 6, 9},
	{"convection", "强对流", "d4", 13, 4, 8},
	{"hail", "冰雹", "d4", 6, 4, 7},
	{"gale", "大风", "d4", 9, 1, 12},
	{"lightning", "雷击", "d4", 4, 6, 8},
	{"cold", "低温冷冻", "d5", 7, 1, 3},
	{"snow", "雪灾", "d5", 5, 1, 2},
	{"drought", "干旱", "d6", 8, 7, 10},
	{"storm_surge", "风暴潮", "d2", 4, 7, 10},
}

// codeThen is the county code a place had in a year.
func codeThen(code string, village *town, year int) string {
	for _, f := range formers {
		if f.successor == code && year >= f.from.Year() && year < f.to.Year() && (f.towns == nil || f.towns(village.code)) {
			return f.code
		}
	}
	return code
}

func (w *writer) historyRecords() error {
	s, l := w.s, w.land
	kinds := &weighted[int]{}
	for i, h := range happened {
		kinds.add(i, h.weight)
	}
	for i := range w.count {
		h := happened[kinds.draw(s)]
		village := s.IntN(len(l.villages))
		for h.hazard == "storm_surge" && l.villages[village].coast > 15_000 {
			village = s.IntN(len(l.villages))
		}
		t := &l.towns[l.villages[village].town]
		d := &l.districts[t.district]
		scale := pick{{"yearly", 58}, {"event", 40}, {"major", 2}}.draw(s)
		year := s.whole(1978, 2020)
		if scale == "major" {
			year = s.whole(1949, 2020)
		}
		month := s.whole(h.from, h.to)
		severity := float64(s.skewed(1, 100))
		v := values{
			"record_no": w.key("LS", i), "name": fmt.Sprintf("%d年%s%s灾害", year, d.name, h.name), "hazard": h.hazard, "scale": scale, "year": int64(year),
			"code_then": codeThen(d.code, t, year), "people_affected": int64(severity * float64(s.whole(8, 420))), "deaths": int64(0), "missing": int64(0),
			"people_moved": int64(severity * float64(s.whole(0, 40))), "houses_collapsed": int64(severity * float64(s.whole(0, 6))), "houses_damaged": int64(severity * float64(s.whole(0, 40))),
			"crops_hm2": round(severity*s.between(0.5, 60), 1), "loss_cny": round(severity*s.between(2, 90)*1e4, 0), "survey_table": h.table,
		}
		var place orb.Geometry
		quality := layers.PositionNone
		switch {
		case scale == "yearly":
			v["survey_table"], v["admin_code"] = "d1", d.code
		case s.chance(0.5):
			place, quality = l.towns[l.villages[village].town].hubPoint(l), layers.PositionTownship
			v["admin_code"], v["place"] = t.code, d.name+t.name
		case s.chance(0.55):
			place, quality = l.villages[village].center, layers.PositionVillage
			v["admin_code"], v["place"] = w.code(village), d.name+t.name+short(l.villages[village].name)
		default:
			v["admin_code"], v["place"] = d.code, d.name
		}
		if scale != "yearly" {
			from := date(year, month, s.whole(1, 27))
			v["started"], v["ended"] = from, from.Add(time.Duration(s.whole(0, 4))*24*time.Hour)
		}
		if scale == "major" {
			v["survey_table"] = "d7"
			v["deaths"], v["missing"] = int64(s.skewed(1, 40)-1), int64(s.whole(0, 2))
		}
		if err := w.record(v["record_no"].(string), place, quality, v); err != nil {
			return err
		}
	}
	return nil
}

// hubPoint is the centre of a township: that of its central village.
func (t *town) hubPoint(l *land) orb.Point { return l.villages[t.hub].center }
