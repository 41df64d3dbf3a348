package sample

import (
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// event is a disaster event of the report's year: three that it names, with figures only
// where it gives them, and a few invented ones.
type event struct {
	no, name, hazard, typhoon string
	from, to                  time.Time
	response                  string
	extent                    func(*Plan) orb.MultiPolygon
	affected, moved           int64
	claims                    int64
	paid                      float64
}

func city(p *Plan) orb.MultiPolygon { return p.land.shape }

var events = []event{
	{"ZH20210430", "“4·30”突发大范围强对流天气", "convection", "", moment(2021, 4, 30, 18, 10), moment(2021, 4, 30, 23, 40), "third", func(p *Plan) orb.MultiPolygon {
		return p.land.union(p.where(func(v *village) bool { return ridge(v.middle) < 17_000 }))
	}, 26_800, 3_050, Claims, ClaimSum},
	{"ZH20210724", "台风“烟花”", "typhoon", "2106", moment(2021, 7, 24, 8, 0), moment(2021, 7, 28, 20, 0), "second", func(*Plan) orb.MultiPolygon {
		return windCircle(120.9, 31.4, 170)
	}, 152_000, 38_600, 0, 0},
	{"ZH20210912", "台风“灿都”", "typhoon", "2114", moment(2021, 9, 12, 12, 0), moment(2021, 9, 15, 8, 0), "second", func(*Plan) orb.MultiPolygon {
		return windCircle(122.6, 31.3, 160)
	}, 64_000, 21_300, 0, 0},
	{"ZH20210106", "1月寒潮大风（合成）", "cold", "", moment(2021, 1, 6, 14, 0), moment(2021, 1, 8, 10, 0), "fourth", city, 4_100, 0, 0, 0},
	{"ZH20210514", "5月雷暴大风（合成）", "gale", "", moment(2021, 5, 14, 19, 0), moment(2021, 5, 15, 2, 0), "fourth", func(p *Plan) orb.MultiPolygon {
		return p.land.union(p.where(func(v *village) bool { return v.coast < 22_000 }))
	}, 2_600, 40, 0, 0},
	{"ZH20210827", "8月局地暴雨内涝（合成）", "waterlogging", "", moment(2021, 8, 27, 4, 0), moment(2021, 8, 27, 22, 0), "fourth", func(p *Plan) orb.MultiPolygon {
		return p.land.union(p.where(func(v *village) bool { return v.urban > 0.35 }))
	}, 9_200, 210, 0, 0},
	{"ZH20211107", "11月寒潮（合成）", "cold", "", moment(2021, 11, 7, 0, 0), moment(2021, 11, 9, 12, 0), "none", city, 0, 0, 0, 0},
}

func (w *writer) eventRecords() error {
	for _, e := range events {
		v := values{
			"event_no": e.no, "name": e.name, "hazard": e.hazard, "started": e.from, "ended": e.to, "response_level": e.response, "admin_code": "320600",
			"people_affected": e.affected, "people_moved": e.moved, "claims": e.claims, "payout_cny": e.paid,
		}
		if e.typhoon != "" {
			v["typhoon_no"] = e.typhoon
		}
		if e.claims > 0 { // of the default city; a small one has its share
			v["claims"], v["payout_cny"] = int64(w.few(Claims)), float64(w.few(ClaimSum))
		}
		from := e.from // the record stays valid after the event: what happened keeps its place
		err := w.emit(layers.Record{
			Source: layers.SourceSynthetic, SourceID: e.no, ValidFrom: &from,
			PositionQuality: layers.PositionImage, Datum: "CGCS2000", Geometry: e.extent(w.Plan), Values: v,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
