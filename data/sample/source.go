package sample

import (
	"math"

	"github.com/paulmach/orb"
)

// hazardSources is how many major hazard sources the default city has; the report does
// not say.
const hazardSources = 420

// source is a major hazard source: its plant boundary and who owns it.
type source struct {
	enterprise int32
	ring       orb.Ring
	middle     orb.Point
	long, wide float64
}

// substance has the threshold Q in tonnes and the factor β of GB 18218-2018 as commonly
// quoted; not re-checked against its text.
type substance struct{ threshold, beta float64 }

var substances = map[string]substance{
	"chlorine": {5, 4}, "ammonia": {10, 2}, "carbon_monoxide": {10, 2}, "sulfur_dioxide": {20, 2}, "ethylene_oxide": {10, 2}, "hydrogen_chloride": {20, 3},
	"hydrogen_sulfide": {5, 5}, "hydrogen_fluoride": {1, 5}, "hydrogen_cyanide": {1, 10}, "phosgene": {0.3, 20}, "lpg": {50, 1.5}, "natural_gas": {50, 1.5},
	"hydrogen": {5, 1.5}, "acetylene": {1, 1.5}, "propylene": {50, 1.5}, "ethylene": {50, 1.5}, "petrol": {200, 1}, "diesel": {5000, 1}, "methanol": {500, 1},
	"ethanol": {500, 1}, "benzene": {50, 1}, "toluene": {500, 1}, "xylene": {5000, 1}, "styrene": {500, 1}, "acrylonitrile": {50, 1}, "acetone": {500, 1},
}

// stored are the substances of major hazard sources, the commonest more than once.
var stored = []string{
	"methanol", "methanol", "toluene", "benzene", "styrene", "acetone", "ethanol", "chlorine", "ammonia", "ammonia", "lpg", "propylene", "ethylene",
	"natural_gas", "hydrogen", "acrylonitrile", "ethylene_oxide", "hydrogen_chloride", "hydrogen_fluoride", "petrol", "petrol", "diesel", "xylene", "phosgene", "carbon_monoxide",
}

// store picks the hazchem users in parks that have major hazard sources and draws the
// boundary of each plant on land.
func (c *crowd) store(p *Plan, s stream) {
	want := p.few(hazardSources)
	var candidates []int32
	for _, chemicalPark := range []bool{true, false} {
		for _, i := range c.hazchem {
			if e := &c.enterprises[i]; e.park >= 0 && e.quality != "none" && p.parks[e.park].chemical == chemicalPark && (chemicalPark || e.industry == "C26" || e.industry == "C27") {
				candidates = append(candidates, i)
			}
		}
	}
	for n := 0; len(c.sources) < want; n++ {
		i := candidates[n%len(candidates)]
		if n < len(candidates) && s.chance(0.35) && len(candidates) > 2*want {
			continue
		}
		e := &c.enterprises[i]
		k := &p.parks[e.park]
		at := e.at
		if e.sources > 0 { // a second one lies beside the first
			at = k.frame.lonLat(s.between(-0.42, 0.42)*k.long, s.between(-0.42, 0.42)*k.wide)
		}
		src := source{enterprise: i, middle: at, long: s.between(60, 210), wide: s.between(50, 140)}
		f := newFrame(at, math.Atan2(k.frame.sin, k.frame.cos))
		src.ring = f.plant(s, src.long, src.wide)
		if !p.land.onLand(src.ring...) {
			src.middle = p.land.villages[k.village].center
			src.ring = newFrame(k.frame.center, 0).rectangle(s.between(-0.2, 0.2)*k.wide, s.between(-0.2, 0.2)*k.wide, 80, 60)
			src.middle = src.ring.Bound().Center()
		}
		e.sources++
		c.sources = append(c.sources, src)
	}
}

// plant is a rectangle with one corner cut back, as plots are: 6 corners.
func (f frame) plant(s stream, long, wide float64) orb.Ring {
	x, y := long/2, wide/2
	cx, cy := x-long*s.between(0.15, 0.4), y-wide*s.between(0.15, 0.4)
	a := f.lonLat(-x, -y)
	return orb.Ring{a, f.lonLat(x, -y), f.lonLat(x, cy), f.lonLat(cx, cy), f.lonLat(cx, y), f.lonLat(-x, y), a}
}

func (w *writer) hazardSources() error {
	s := w.s
	for i, src := range w.sources {
		e := &w.enterprises[src.enterprise]
		village := w.land.locate(src.ring[0])
		people := int(math.Max(0, w.peopleWithin(src.middle, 500+src.long/2)*s.between(0.05, 0.4)))
		if e.park >= 0 && w.parks[e.park].chemical {
			people = int(float64(people) * s.between(0, 0.25))
		}
		alpha := alphaOf(people)
		var chemicals []string
		q, threshold, beta := map[string]float64{}, map[string]float64{}, map[string]float64{}
		sum := 0.0
		for range s.whole(1, 3) {
			c := one(s, stored)
			if _, have := q[c]; have {
				continue
			}
			sub := substances[c]
			chemicals = append(chemicals, c)
			q[c] = round(sub.threshold*math.Exp(s.between(0, 3.4)), 2)
			threshold[c], beta[c] = sub.threshold, sub.beta
			sum += sub.beta * q[c] / sub.threshold
		}
		r := round(alpha*sum, 2)
		kind, noun := "storage", one(s, []string{"罐区", "罐组", "液氨罐区", "甲类仓库", "危化品仓库"})
		if s.chance(0.4) {
			kind, noun = "production", one(s, []string{"合成装置", "聚合装置", "氯化车间", "加氢装置", "硝化装置"})
		}
		v := values{
			"source_no": w.key("WXY", i), "name": e.name + noun, "grade": gradeOf(r), "unit_kind": kind, "enterprise_name": e.name,
			"credit_code": e.code, "address": w.address(s, village), "admin_code": w.code(village), "chemicals": chemicals, "q_t": q, "q_threshold_t": threshold, "beta": beta,
			"people_500m": int64(people), "alpha": alpha, "r_value": r, "declared_on": w.day(s.whole(30, 700)), "valid_until": w.day(-s.whole(100, 1000)),
			"lead_role": "总经理", "technical_role": "总工程师", "operations_role": "车间主任", "sensor_count": int64(s.whole(4, 40)),
		}
		if e.park >= 0 && w.parks[e.park].chemical {
			v["chemical_park"] = w.parks[e.park].code
		}
		if err := w.record(v["source_no"].(string), orb.Polygon{src.ring}, "image", v); err != nil {
			return err
		}
	}
	return nil
}

// alphaOf is α by the people within 500 m of the plant boundary (GB 18218-2018, table 5).
func alphaOf(people int) float64 {
	switch {
	case people >= 100:
		return 2
	case people >= 50:
		return 1.5
	case people >= 30:
		return 1.2
	case people >= 1:
		return 1
	}
	return 0.5
}

// gradeOf is the grade by R (GB 18218-2018, table 6).
func gradeOf(r float64) string {
	switch {
	case r >= 100:
		return "first"
	case r >= 50:
		return "second"
	case r >= 10:
		return "third"
	}
	return "fourth"
}

// peopleWithin estimates the residents within some metres of a place from the density
// of its village.
func (p *Plan) peopleWithin(at orb.Point, metres float64) float64 {
	i := p.land.locate(at)
	if i < 0 {
		return 0
	}
	v := &p.land.villages[i]
	return float64(v.residents) / v.km2 * math.Pi * metres * metres / 1e6
}
