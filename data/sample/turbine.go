package sample

import (
	"fmt"

	"onemap/layers"
)

// turbines is how many offshore turbines the default city has; the report does not say.
const turbines = 640

// farm is an offshore wind farm: turbines on a turned lattice about a place at sea.
type farm struct {
	name        string
	lon, lat    float64
	columns     int
	spacing     float64 // metres
	turn        float64 // radians
	share       float64
	mw          float64
	hub, rotor  float64
	depth       float64
	state, base string
}

// farms are invented farms where such farms lie: off Rudong, and some off Qidong.
var farms = []farm{
	{"如东H1海上风电场", 121.62, 32.62, 9, 950, 0.35, 60, 4, 95, 146, 8, "operating", "monopile"},
	{"如东H2海上风电场", 121.78, 32.66, 9, 980, 0.3, 62, 4, 95, 146, 10, "operating", "monopile"},
	{"如东H3海上风电场", 121.94, 32.58, 10, 1020, 0.2, 70, 5, 105, 155, 14, "operating", "monopile"},
	{"如东H5海上风电场", 122.07, 32.70, 8, 1050, 0.25, 60, 5, 105, 155, 16, "operating", "monopile"},
	{"如东H8海上风电场", 121.98, 32.80, 8, 1080, 0.1, 56, 6.45, 110, 171, 18, "operating", "jacket"},
	{"如东H10海上风电场", 121.80, 32.84, 8, 1080, 0.15, 60, 6.45, 110, 171, 15, "construction", "suction_bucket"},
	{"如东潮间带一期风电场", 121.42, 32.58, 10, 620, 0.4, 58, 2.3, 80, 93, 1, "operating", "high_rise_cap"},
	{"如东潮间带二期风电场", 121.30, 32.64, 9, 640, 0.45, 50, 2.5, 80, 103, 0.5, "operating", "high_rise_cap"},
	{"蒋家沙海上风电场", 121.52, 32.78, 9, 900, 0.3, 60, 4.2, 95, 136, 6, "operating", "monopile"},
	{"启东H1海上风电场", 122.12, 32.10, 8, 1000, -0.2, 54, 6.45, 110, 171, 12, "operating", "monopile"},
	{"启东H2海上风电场", 122.20, 31.98, 8, 1000, -0.25, 50, 6.45, 110, 171, 13, "maintenance", "monopile"},
}

func (w *writer) turbineRecords() error {
	s := w.s
	weights := make([]float64, len(farms))
	for i, f := range farms {
		weights[i] = f.share
	}
	for i, count := range apportion(w.count, weights) {
		f := farms[i]
		lattice := newFrame(at(f.lon, f.lat).lonLat(), f.turn)
		owner := "江苏" + string(one(s, brandFirst)) + string(one(s, brandLast)) + "海上风电有限公司"
		code := creditCode("320623", 5_000_000+w.crowd.n*100+i)
		for k := range count {
			x := (float64(k%f.columns) - float64(f.columns)/2) * f.spacing
			y := (float64(k/f.columns) - float64(count/f.columns)/2) * f.spacing * 0.8
			x += float64(w.crowd.n%10)*47 + s.between(-25, 25)
			state, people := f.state, 0
			if state == "operating" {
				state = pick{{"operating", 93}, {"maintenance", 4}, {"stopped", 3}}.draw(s)
			}
			if state == "maintenance" && s.chance(0.6) || state == "construction" && s.chance(0.3) {
				people = s.whole(3, 26)
			}
			id := fmt.Sprintf("%s-F%03d", w.key("FD", i), k+1)
			v := values{
				"turbine_no": id, "farm": f.name, "state": state, "owner": owner, "credit_code": code, "admin_code": coastal(f.name),
				"capacity_mw": f.mw, "hub_height_m": f.hub, "rotor_m": f.rotor, "foundation": f.base, "water_depth_m": round(f.depth+s.between(-1, 2), 1),
				"cable": fmt.Sprintf("HL-%02d-%02d", i+1, k/f.columns+1), "people_on_board": int64(people), "sea_state_limit": int64(4), "wind_limit_ms": 12.0,
			}
			if people > 0 {
				v["permit_until"] = w.now.AddDate(0, 0, s.whole(1, 20))
			}
			if err := w.record(id, lattice.lonLat(x, y), layers.PositionSurveyed, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// coastal is the county whose sea a farm lies in.
func coastal(farm string) string {
	if hasAny(farm, "启东") {
		return "320681"
	}
	return "320623"
}
