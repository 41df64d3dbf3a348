package sample

import (
	"fmt"

	"onemap/layers"
)

func (w *writer) roadEdges() error {
	for i := range w.count {
		e := &w.roads.edges[i]
		kind := roadKinds[e.class]
		line := lonLats(e.line)
		v := values{
			"road_id": fmt.Sprintf("LD-%06d", i+1), "class": e.class, "speed_kmh": kind.speed, "lanes": kind.lanes, "width_m": kind.width, "oneway": "both",
			"bridge": e.bridge, "tunnel": false, "from_node": int64(e.from) + 1, "to_node": int64(e.to) + 1, "length_m": round(pathLength(line), 1),
			"admin_code": w.code(e.village), "surface_elevation_m": round(2.6+w.s.NormFloat64()*0.5, 2),
		}
		if e.name != "" {
			v["name"] = e.name
		}
		if e.number != "" {
			v["route_number"] = e.number
		}
		if e.class == "service" && w.s.chance(0.06) {
			v["oneway"] = "forward"
		}
		if e.bridge || e.class == "village" && w.s.chance(0.08) {
			v["weight_limit_t"] = float64(one(w.s, []int{10, 15, 20, 30, 49}))
		}
		if w.s.chance(0.004) {
			v["height_limit_m"] = 4.2
		}
		if err := w.record(v["road_id"].(string), line, layers.PositionImage, v); err != nil {
			return err
		}
	}
	return nil
}
