package sample

import (
	"github.com/paulmach/orb"

	"onemap/layers"
)

// pipe is a lifeline segment: a network along a street, or a long-distance line.
type pipe struct {
	network  string
	from, to int32 // road nodes
	line     []xy
	village  int
	class    string
}

// networks is how often a street carries a network.
var networks = []struct {
	network string
	share   float64
}{{"gas", 0.42}, {"water", 0.62}, {"drainage", 0.55}, {"power", 0.26}, {"telecom", 0.12}, {"heat", 0.05}}

// newPipes lays networks under the streets of towns, oil lines between chemical parks,
// and counts bridges among the lifelines.
func newPipes(p *Plan) []pipe {
	s := newStream(p.options.Seed, "pipes", 0)
	var pipes []pipe
	for i := range p.roads.edges {
		e := &p.roads.edges[i]
		if e.bridge {
			pipes = append(pipes, pipe{"bridge", e.from, e.to, e.line, e.village, e.class})
			continue
		}
		switch e.class {
		case "arterial", "tertiary", "service", "expressway":
		default:
			continue
		}
		if e.class == "tertiary" && len(e.line) > 2 || p.options.Small && i%40 != 0 {
			continue // a country road
		}
		for k, n := range networks {
			if s.chance(n.share * (0.45 + 0.7*p.land.villages[e.village].urban)) {
				off := e.line[len(e.line)-1].minus(e.line[0])
				off = off.turned(1.5708).times(float64(k-2) * 2.2 / max(off.length(), 1))
				line := make([]xy, len(e.line))
				for j := range line {
					line[j] = e.line[j].plus(off)
				}
				pipes = append(pipes, pipe{n.network, e.from, e.to, line, e.village, e.class})
			}
		}
	}
	last := -1
	for i := range p.parks {
		if !p.parks[i].chemical {
			continue
		}
		if last >= 0 {
			a, b := plane(p.parks[last].frame.center), plane(p.parks[i].frame.center)
			pipes = append(pipes, pipe{"oil", int32(last), int32(i), curve(a, b), p.parks[last].village, ""})
		}
		last = i
	}
	return pipes
}

var operators = map[string]string{
	"gas": "南通江海燃气有限公司", "water": "南通崇海水务有限公司", "drainage": "南通市排水管理处", "power": "南通供电分公司", "telecom": "南通通信管网公司",
	"heat": "南通东区热电有限公司", "oil": "江海油气管道公司", "bridge": "南通市公路事业发展中心",
}

func (w *writer) lifelines() error {
	s := w.s
	offset := map[string]int64{"gas": 1, "water": 2, "drainage": 3, "power": 4, "telecom": 5, "heat": 6, "oil": 7, "bridge": 8}
	for i := range w.pipes {
		q := &w.pipes[i]
		line := lonLats(q.line)
		v := values{
			"segment": w.key("SM", i), "network": q.network, "admin_code": w.code(q.village), "length_m": round(pathLength(line), 1), "operator": operators[q.network],
			"from_node": offset[q.network]*1_000_000 + int64(q.from), "to_node": offset[q.network]*1_000_000 + int64(q.to),
			"risk_grade": pick{{"major", 0.6}, {"considerable", 5}, {"general", 24}, {"low", 52}, {"ungraded", 18}}.draw(s), "built_year": int64(s.whole(1986, 2021)),
			"monitored": s.chance(0.4), "name": w.land.towns[w.land.villages[q.village].town].name + lifelineNames[q.network],
		}
		switch q.network {
		case "gas":
			v["diameter_mm"], v["pressure_mpa"], v["material"], v["depth_m"] = float64(one(s, []int{63, 110, 160, 200, 315})), one(s, []float64{0.01, 0.2, 0.4}), one(s, []string{"pe", "pe", "steel"}), 1.2
			v["customers"] = int64(s.whole(0, 900))
		case "water":
			v["diameter_mm"], v["pressure_mpa"], v["material"], v["depth_m"] = float64(one(s, []int{100, 200, 300, 500, 800})), 0.35, one(s, []string{"ductile_iron", "ductile_iron", "grey_iron", "pe"}), 1.0
			v["customers"] = int64(s.whole(0, 1600))
		case "drainage":
			v["diameter_mm"], v["material"], v["depth_m"] = float64(one(s, []int{300, 400, 600, 800, 1200})), one(s, []string{"concrete", "concrete", "pvc"}), round(s.between(1.2, 4.5), 1)
		case "heat":
			v["diameter_mm"], v["pressure_mpa"], v["material"] = float64(one(s, []int{200, 300, 500})), 1.25, "steel"
		case "oil":
			v["diameter_mm"], v["pressure_mpa"], v["material"], v["depth_m"], v["monitored"] = 508.0, 6.3, "steel", 1.5, true
		}
		if err := w.record(v["segment"].(string), orb.LineString(line), layers.PositionImage, v); err != nil {
			return err
		}
	}
	return nil
}

var lifelineNames = map[string]string{
	"gas": "燃气管", "water": "供水管", "drainage": "排水管", "power": "电缆通道", "telecom": "通信管道", "heat": "蒸汽管", "oil": "油气长输管线", "bridge": "桥",
}
