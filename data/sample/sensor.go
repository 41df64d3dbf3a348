package sample

import (
	"slices"

	"github.com/paulmach/orb"

	"onemap/layers"
)

const (
	// sensors is how many sensors the default city has; the report does not say.
	sensors = 3_400
	// SensorReadings: 构建全域感知网，接入数据11616万条.
	SensorReadings = 116_160_000
)

// sensorKind is a kind of sensor: who runs it, what it measures, its limits, and where it stands.
type sensorKind struct {
	kind, name, department, variable, unit string
	low, high, usual                       float64
	weight, interval                       float64
	place                                  string
}

var sensorKinds = []sensorKind{
	{"gas", "可燃气体探测器", "emergency", "gas_concentration", "%", 0, 25, 3, 26, 60, "source"},
	{"tank", "储罐液位计", "emergency", "liquid_level", "m", 0.8, 11, 6, 14, 60, "source"},
	{"process", "反应釜温度", "emergency", "temperature", "Cel", 0, 140, 85, 9, 30, "source"},
	{"process", "反应釜压力", "emergency", "pressure", "MPa", 0, 1.6, 0.7, 6, 30, "source"},
	{"gas", "园区大气监测站", "ecology", "gas_concentration", "mg/m3", 0, 2, 0.3, 3, 300, "park"},
	{"water_level", "水位站", "water", "water_level", "m", 1.2, 4.2, 2.6, 7, 300, "bank"},
	{"weather", "自动气象站雨量", "weather", "rainfall", "mm", 0, 50, 4, 5, 60, "town"},
	{"weather", "自动气象站风速", "weather", "wind_speed", "m/s", 0, 17, 4, 4, 60, "town"},
	{"pipe", "燃气管网压力", "housing", "pressure", "MPa", 0.1, 0.42, 0.3, 5, 120, "street"},
	{"pipe", "排水管网液位", "municipal", "liquid_level", "m", 0, 2.4, 0.9, 5, 300, "street"},
	{"structure", "桥梁位移", "transport", "displacement", "mm", -20, 20, 2, 2, 600, "road"},
	{"structure", "地面沉降", "natural_resources", "displacement", "mm", -30, 30, -4, 1.5, 86_400, "town"},
	{"fire", "消防水压", "fire_rescue", "pressure", "MPa", 0.15, 0.8, 0.4, 6, 300, "town"},
	{"fire", "烟感", "fire_rescue", "smoke", "%", 0, 10, 0.4, 4, 300, "town"},
	{"wind_farm", "风电场浪高", "maritime", "wave_height", "m", 0, 2.5, 1.1, 2.5, 600, "sea"},
	{"traffic", "交通流量", "public_security", "vehicle_flow", "/h", 0, 2400, 700, 5, 300, "road"},
}

func (w *writer) sensorRecords() error {
	s := w.s
	kinds := &weighted[int]{}
	for i, k := range sensorKinds {
		kinds.add(i, k.weight)
	}
	chosen := make([]int, w.count)
	alertWeights, readingWeights := make([]float64, w.count), make([]float64, w.count)
	for i := range chosen {
		if chosen[i] = i; i >= len(sensorKinds) { // each kind once, then by chance
			chosen[i] = kinds.draw(s)
		}
		k := sensorKinds[chosen[i]]
		alertWeights[i] = square2(s.Float64())
		if k.place == "source" {
			alertWeights[i] *= 4
		}
		readingWeights[i] = (0.3 + s.Float64()) / k.interval
	}
	alerts := apportion(w.few(Alerts), alertWeights)
	readings := apportion(w.few(SensorReadings), readingWeights)
	for i, n := range chosen {
		k := sensorKinds[n]
		v := values{
			"sensor_no": w.key("GZ", i), "kind": k.kind, "department": k.department, "variable": k.variable, "unit": k.unit, "threshold_low": k.low, "threshold_high": k.high,
			"rate_limit": round((k.high-k.low)/4, 3), "interval_s": k.interval, "silent_after_s": 5 * k.interval, "alerts_total": int64(alerts[i]), "false_alarms": int64(alerts[i] * s.whole(2, 30) / 100),
			"readings_total": int64(readings[i]), "installed_on": date(s.whole(2015, 2021), s.whole(1, 12), s.whole(1, 28)),
		}
		place, owner := w.stand(k.place, v)
		v["name"] = owner + k.name
		if village := w.land.locate(place); village >= 0 {
			v["admin_code"] = w.code(village)
		}
		w.reading(k, v)
		if err := w.record(v["sensor_no"].(string), place, layers.PositionSurveyed, v); err != nil {
			return err
		}
	}
	return nil
}

// stand finds a place for a sensor and whose it is. Only those at wind farms stand at sea.
func (w *writer) stand(where string, v values) (place orb.Point, owner string) {
	s, l := w.s, w.land
	switch where {
	case "source":
		src := w.sources[s.IntN(len(w.sources))]
		e := &w.enterprises[src.enterprise]
		v["credit_code"] = e.code
		p := newFrame(src.middle, 0).lonLat(s.between(-0.3, 0.3)*src.wide, s.between(-0.3, 0.3)*src.wide)
		if l.locate(p) < 0 {
			p = src.middle
		}
		return p, e.name
	case "park":
		k := one(s, w.parks)
		return k.frame.lonLat(s.between(-0.4, 0.4)*k.long, s.between(-0.4, 0.4)*k.wide), k.name
	case "sea":
		f := farms[s.IntN(len(farms))]
		v["admin_code"] = coastal(f.name)
		return newFrame(at(f.lon, f.lat).lonLat(), 0).lonLat(s.between(-3000, 3000), s.between(-2000, 2000)), f.name
	case "bank":
		for {
			village := s.IntN(len(l.villages))
			if c := &l.villages[village]; c.bank < 4000 || c.coast < 4000 || s.chance(0.05) {
				return l.near(s, village, 1500), short(c.name)
			}
		}
	case "street", "road":
		streets := []string{"arterial", "service", "tertiary"}
		if where == "road" {
			streets = []string{"trunk", "primary", "secondary", "expressway", "motorway"}
		}
		for {
			if e := one(s, w.roads.edges); !e.bridge && slices.Contains(streets, e.class) {
				return w.beside(s, e), e.name
			}
		}
	}
	t := &l.towns[s.IntN(len(l.towns))]
	for t.functional {
		t = &l.towns[s.IntN(len(l.towns))]
	}
	return l.near(s, t.hub, 700), t.name
}

// reading gives a sensor its newest value and the state that follows from it.
func (w *writer) reading(k sensorKind, v values) {
	s := w.s
	span := k.high - k.low
	value := k.usual + s.NormFloat64()*span*0.05
	state := pick{{"normal", 92.5}, {"warning", 2.5}, {"alarm", 0.8}, {"silent", 2.4}, {"fault", 1.4}, {"unknown", 0.4}}.draw(s)
	age := s.Float64() * k.interval
	switch state {
	case "alarm":
		value = k.high + span*s.between(0.01, 0.2)
	case "warning":
		value = k.high - span*s.between(0.01, 0.08)
	case "silent":
		age = k.interval * s.between(6, 400)
	default:
		value = max(k.low, min(value, k.high-span*0.1))
	}
	v["state"] = state
	if state != "fault" && state != "unknown" {
		v["last_value"] = round(value, 2)
		v["last_time"] = w.now.Add(-seconds(age))
	}
}
