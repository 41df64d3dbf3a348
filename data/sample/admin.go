package sample

import (
	"math"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// former is a unit that has been merged or renamed: its code, when it ended, and what it
// was, by the units of today.
type former struct {
	code, name string
	from, to   time.Time
	successor  string
	towns      func(code string) bool // townships of the successor that were its; nil: all
}

// gangzha says whether a township of 崇川区 belonged to 港闸区 until 2020.
func gangzha(code string) bool { return code >= "320613016" && code <= "320613021" }

// formers are the changes that records of past disasters still carry in their codes.
// Days are those of the decisions as commonly given.
var formers = []former{
	{"320602", "崇川区（2020年前）", date(1991, 2, 1), date(2020, 6, 19), "320613", func(c string) bool { return !gangzha(c) }},
	{"320611", "港闸区", date(1991, 2, 1), date(2020, 6, 19), "320613", gangzha},
	{"320683", "通州市", date(1993, 2, 16), date(2009, 3, 2), "320612", nil},
	{"320684", "海门市", date(1994, 6, 27), date(2020, 6, 19), "320614", nil},
	{"320621", "海安县", date(1949, 10, 1), date(2018, 5, 14), "320685", nil},
	{"320625", "海门县", date(1949, 10, 1), date(1994, 6, 27), "320614", nil},
	{"320622", "如皋县", date(1949, 10, 1), date(1991, 2, 8), "320682", nil},
	{"320626", "启东县", date(1949, 10, 1), date(1989, 11, 13), "320681", nil},
	{"320624", "南通县", date(1949, 10, 1), date(1993, 2, 16), "320612", nil},
}

// begun is when each unit of today began under its code, and what it followed.
var begun = map[string]struct {
	on    time.Time
	after string
}{
	"320613": {date(2020, 6, 19), "320602,320611"}, "320612": {date(2009, 3, 2), "320683"}, "320614": {date(2020, 6, 19), "320684"}, "320685": {date(2018, 5, 14), "320621"},
	"320682": {date(1991, 2, 8), "320622"}, "320681": {date(1989, 11, 13), "320626"}, "320623": {date(1949, 10, 1), ""},
}

// zone is the functional development zone; it overlaps statutory units.
const zone = "320671"

func (p *Plan) countUnits() int {
	villages := 0
	for i := range p.land.villages {
		if p.land.villages[i].listed {
			villages++
		}
	}
	return 1 + len(p.land.districts) + 1 + len(p.land.towns) + villages + len(formers) + len(p.land.around)
}

func (w *writer) units() error {
	l := w.land
	if err := w.upper(); err != nil {
		return err
	}
	var towns []int
	var places []float64 // weights of townships, then of listed villages
	for i := range l.towns {
		if !l.towns[i].functional {
			towns = append(towns, i)
			places = append(places, float64(l.towns[i].residents))
		}
	}
	plans := apportion(w.few(TownshipPlans), soft(w.s, places, 0.4))
	drills := apportion(w.few(Drills), soft(w.s, places, 0.6))
	people := apportion(w.few(DrillPeople), soft(w.s, places, 0.8))
	a, b := w.officers(len(towns))
	for k, i := range towns {
		t := &l.towns[i]
		d := &l.districts[t.district]
		v := w.unit(t.code, t.name, "township", "statutory", d.code, "synthetic", t.shape)
		v["residents"], v["plans_township"], v["drills"], v["drill_people"] = int64(t.residents), int64(plans[k]), int64(drills[k]), int64(people[k])
		v["officers_a"], v["officers_b"], v["posts"] = int64(a[k]), int64(b[k]), int64(one(w.s, []int{7, 7, 11}))
		for _, have := range []string{"has_leadership", "has_mechanism", "has_plan", "has_team", "has_supplies", "has_support"} {
			v[have] = w.s.chance(0.94)
		}
		v["leader_role"], v["survey_table"] = one(w.s, []string{"镇党委书记", "镇长", "分管副镇长"}), "c16"
		if err := w.emitUnit(v, t.shape); err != nil {
			return err
		}
	}
	if err := w.villageUnits(len(towns), a, b); err != nil {
		return err
	}
	return w.otherUnits()
}

// officers gives townships an A and a B each, and villages an A and as many B as the
// figure leaves: some villages have no B, which is a gap to see.
func (w *writer) officers(towns int) (a, b []int) {
	n := towns
	for i := range w.land.villages {
		if w.land.villages[i].listed {
			n++
		}
	}
	a, b = make([]int, n), make([]int, n)
	left := w.few(Officers)
	for i := range n {
		if left > 0 {
			a[i] = 1
			left--
		}
	}
	for i := 0; i < towns && left > 0; i++ {
		b[i] = 1
		left--
	}
	for i, marked := range scatter(w.s, n-towns, min(left, n-towns)) {
		if marked {
			b[towns+i] = 1
			left--
		}
	}
	b[0] += left
	return a, b
}

func (w *writer) villageUnits(towns int, a, b []int) error {
	l := w.land
	var listed []int
	for i := range l.villages {
		if l.villages[i].listed {
			listed = append(listed, i)
		}
	}
	model := scatter(w.s, len(listed), min(len(listed), w.few(DemonstrationCommunities)))
	for k, i := range listed {
		c := &l.villages[i]
		v := w.unit(c.code, c.name, "village", "statutory", l.towns[c.town].code, "synthetic", c.shape)
		v["residents"], v["plans_village"] = int64(c.residents), int64(1)
		v["officers_a"], v["officers_b"] = int64(a[towns+k]), int64(b[towns+k])
		v["demonstration_community"], v["survey_table"] = model[k], "c17"
		if err := w.emitUnit(v, c.shape); err != nil {
			return err
		}
	}
	return nil
}

// unit starts the values of a unit.
func (w *writer) unit(code, name, level, kind, parent, outline string, shape orb.MultiPolygon) values {
	v := values{"code": code, "name": name, "level": level, "kind": kind, "outline": outline}
	if parent != "" {
		v["parent_code"] = parent
	}
	if shape != nil {
		v["land_km2"] = round(km2(shape), 3)
	}
	return v
}

func (w *writer) emitUnit(v values, shape orb.MultiPolygon) error {
	from := w.since
	if d, ok := v["established"].(time.Time); ok {
		from = midnight(d)
	}
	var to *time.Time
	if d, ok := v["abolished"].(time.Time); ok {
		to = midnight(d)
	}
	quality := layers.PositionImage
	return w.emit(layers.Record{
		Source: layers.SourceSynthetic, SourceID: v["code"].(string), ValidFrom: from, ValidTo: to,
		PositionQuality: quality, Datum: "CGCS2000", Geometry: shape, Values: v,
	})
}

// midnight is the beginning of a date in the city.
func midnight(d time.Time) *time.Time {
	t := time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, beijing)
	return &t
}

// soft are weights raised to a power, with some chance.
func soft(s stream, weights []float64, power float64) []float64 {
	out := make([]float64, len(weights))
	for i, w := range weights {
		out[i] = math.Pow(w, power) * s.between(0.7, 1.3)
	}
	return out
}
