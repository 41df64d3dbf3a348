package ask

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/paulmach/orb"

	"onemap/geo/region"
	"onemap/layers"
)

// subject is a layer whose exposure is measured: what of it is added up, and by which
// fields it is classed.
type subject struct {
	layer    string
	measures []measure
	classes  []string
	graded   bool // its first class is told for each unit too
	listed   bool // members are kept one by one
}

// measure is what is added up: records, or a field of theirs.
type measure struct {
	id    string
	field string // empty: records
	title layers.Text
	unit  string // empty: a number of things
}

// unitOf is a measure's unit.
func (m measure) unitOf() string { return cmp.Or(m.unit, "1") }

var subjects = []subject{
	{layer: "enterprise", classes: []string{"risk_grade"}, graded: true, measures: []measure{
		{"enterprise", "", layers.Text{Zh: "企业", En: "Enterprises"}, ""},
		{"enterprise.hazchem_user", "hazchem_user", layers.Text{Zh: "危化品使用单位", En: "Hazardous chemicals users"}, ""},
		{"enterprise.employees", "employees", layers.Text{Zh: "企业从业人员", En: "Employees of enterprises"}, ""},
	}},
	{layer: "major_hazard_source", classes: []string{"grade"}, measures: []measure{
		{"major_hazard_source", "", layers.Text{Zh: "重大危险源", En: "Major hazard sources"}, ""},
	}},
	{layer: "population", measures: []measure{
		{"population.residents", "residents", layers.Text{Zh: "常住人口", En: "Residents"}, ""},
		{"population.day", "day", layers.Text{Zh: "白天人口", En: "People by day"}, ""},
		{"population.night", "night", layers.Text{Zh: "夜间人口", En: "People by night"}, ""},
		{"population.over_65", "over_65", layers.Text{Zh: "65岁以上人口", En: "People of 65 and over"}, ""},
		{"population.under_14", "under_14", layers.Text{Zh: "14岁以下人口", En: "People of 14 and under"}, ""},
	}},
	{layer: "building", classes: []string{"danger_grade", "use"}, measures: []measure{
		{"building", "", layers.Text{Zh: "房屋建筑", En: "Buildings"}, ""},
	}},
	{layer: "public_facility", classes: []string{"kind"}, listed: true, measures: []measure{
		{"public_facility", "", layers.Text{Zh: "公共服务设施", En: "Public facilities"}, ""},
		{"public_facility.people_day", "people_day", layers.Text{Zh: "设施内白天人数", En: "People in facilities by day"}, ""},
		{"public_facility.people_night", "people_night", layers.Text{Zh: "设施内夜间人数", En: "People in facilities by night"}, ""},
	}},
	{layer: "shelter", classes: []string{"status"}, measures: []measure{
		{"shelter", "", layers.Text{Zh: "避难场所", En: "Shelters"}, ""},
		{"shelter.capacity", "capacity", layers.Text{Zh: "避难场所容量", En: "Capacity of shelters"}, ""},
	}},
	{layer: "road", classes: []string{"class"}, measures: []measure{
		{"road", "", layers.Text{Zh: "路段", En: "Road segments"}, ""},
		{"road.length", "length_m", layers.Text{Zh: "道路长度", En: "Length of roads"}, "m"},
	}},
	{layer: "rescue_team", classes: []string{"kind"}, measures: []measure{
		{"rescue_team", "", layers.Text{Zh: "救援队伍", En: "Rescue teams"}, ""},
	}},
	{layer: "offshore_turbine", classes: []string{"state"}, listed: true, measures: []measure{
		{"offshore_turbine", "", layers.Text{Zh: "海上风机", En: "Offshore turbines"}, ""},
		{"offshore_turbine.people_on_board", "people_on_board", layers.Text{Zh: "风机作业人数", En: "People at work on turbines"}, ""},
	}},
}

// amount is how much is inside as a whole, how much touched, and how much is in by area, in
// thousandths: whole numbers add up in any order.
type amount [3]int64

func (a *amount) add(v int64, relation region.Relation, share float64) {
	if relation == region.Inside {
		a[0] += v
		a[2] += v
	} else {
		a[2] += int64(math.Round(float64(v) * share))
	}
	a[1] += v
}

func (a *amount) plus(b amount) {
	for k := range a {
		a[k] += b[k]
	}
}

// numbers are the amounts as answers write them.
func (a amount) numbers() [3]float64 {
	return [3]float64{float64(a[0]) / 1000, float64(a[1]) / 1000, float64(a[2]) / 1000}
}

// classing divides the features of a set by a code.
type classing struct {
	id     string
	title  layers.Text
	codes  []uint32
	texts  []string // the codes as words
	titles []layers.Text
	order  []int // codes as they are listed
}

// tally is a subject measured in one footprint.
type tally struct {
	subject
	set      *Set
	measures []measure // those that the reader may see
	classes  []classing

	total   []amount   // by measure
	classed [][]amount // records, by class and code
	units   []amount   // by kind of belonging and measure
	grades  []amount   // records, by kind of belonging and code of the first class
	of      *belonging
	members []int
}

// prepare readies a subject for measuring; nil where the reader has no such layer.
func (s *Session) prepare(sub subject) (*tally, error) {
	v, err := s.view(sub.layer, "")
	if err != nil {
		s.trouble(Trouble{Text: layers.Text{Zh: "无权查看的图层未计入。", En: "A layer that can't be read here is left out."}, Layer: sub.layer})
		return nil, nil
	}
	t := &tally{subject: sub}
	if t.set, err = s.set(v, "", ""); err != nil {
		return nil, err
	}
	for _, m := range sub.measures {
		if m.field != "" && v.Field(m.field) == nil {
			s.assume("未计入无权查看的字段："+m.title.Zh+"。", "Left out, as its field can't be read here: "+m.title.En+".")
			continue
		}
		t.measures = append(t.measures, m)
	}
	for _, name := range sub.classes {
		f := v.Field(name)
		if f == nil {
			continue
		}
		c, err := derive(s, t.set, "classing "+name, func() (classing, error) { return classingOf(t.set, f), nil })
		if err != nil {
			return nil, err
		}
		t.classes = append(t.classes, c)
	}
	t.of, err = s.belonging(t.set)
	return t, err
}

// belonging says in which units the features of a set are: each feature has a kind, and the
// features of one kind are in the same district, township and functional area.
type belonging struct {
	*units
	kinds  []uint16
	places [][3]int32 // by kind: places in the divisions, -1 for none
}

func (s *Session) belonging(set *Set) (*belonging, error) {
	at, err := s.locate(set)
	if err != nil {
		return nil, err
	}
	return derive(s, set, fmt.Sprintf("belonging %d", at.revision), func() (*belonging, error) {
		b := &belonging{at.units, make([]uint16, set.Len()), nil}
		known := map[[3]int32]uint16{}
		for i := range b.kinds {
			key := [3]int32{at.county[i], at.township[i], at.functional[i]}
			kind, found := known[key]
			if !found {
				kind = uint16(len(b.places))
				known[key] = kind
				b.places = append(b.places, key)
			}
			b.kinds[i] = kind
		}
		return b, nil
	})
}

func classingOf(set *Set, f *layers.Field) classing {
	c := classing{id: f.Name, title: f.Title}
	c.codes, c.texts = set.Codes(f)
	for _, text := range c.texts {
		c.titles = append(c.titles, titleOf(f, text))
	}
	for _, code := range append(f.List.Codes(), "") {
		if k := slices.Index(c.texts, code); k >= 0 {
			c.order = append(c.order, k)
		}
	}
	return c
}

// weights are a measure's values of all features in thousandths, -1 for none; nil where
// each record counts as one.
func (s *Session) weights(set *Set, m measure) ([]int64, error) {
	if m.field == "" {
		return nil, nil
	}
	f := set.field(m.field)
	return derive(s, set, "weights "+m.field, func() ([]int64, error) {
		list := make([]int64, set.Len())
		if f.Type == layers.TypeBoolean {
			for i := range list {
				if yes, _ := set.Value(i, f).(bool); yes {
					list[i] = 1000
				}
			}
			return list, nil
		}
		for i, x := range set.Numbers(f) {
			list[i] = -1
			if x >= 0 {
				list[i] = int64(math.Round(x * 1000))
			}
		}
		return list, nil
	})
}

// in returns the subject measured in a footprint, of which the first is told about what is unknown.
func (t *tally) in(s *Session, cover *region.Cover, first bool) (*tally, error) {
	out := *t
	n := len(t.measures)
	weights := make([][]int64, n)
	for k, m := range t.measures {
		var err error
		if weights[k], err = s.weights(t.set, m); err != nil {
			return nil, err
		}
	}
	out.total, out.classed, out.members = make([]amount, n), make([][]amount, len(t.classes)), nil
	for k, c := range t.classes {
		out.classed[k] = make([]amount, len(c.titles))
	}
	out.units = make([]amount, n*len(t.of.places))
	codes := 0
	if t.graded && len(t.classes) > 0 {
		codes = len(t.classes[0].titles)
		out.grades = make([]amount, codes*len(t.of.places))
	}
	unknown := make([]int, n)
	at, seen := 0, 0
	geometry := func() orb.Geometry { return t.set.Geometry(at) }
	t.set.Search(cover.Region().Box(), func(i int) bool {
		if seen++; seen%4096 == 0 && s.ctx.Err() != nil {
			return false
		}
		at = i
		relation, share := cover.Relate(t.set.Box(i), geometry)
		if relation == region.Outside {
			return true
		}
		kind := int(t.of.kinds[i])
		for k, list := range weights {
			v := int64(1000)
			if list != nil {
				if v = list[i]; v < 0 {
					unknown[k]++
					continue
				}
			}
			out.units[kind*n+k].add(v, relation, share)
		}
		for k := range t.classes {
			out.classed[k][t.classes[k].codes[i]].add(1000, relation, share)
		}
		if codes > 0 {
			out.grades[kind*codes+int(t.classes[0].codes[i])].add(1000, relation, share)
		}
		if t.listed {
			out.members = append(out.members, i)
		}
		return true
	})
	if err := s.left(); err != nil {
		return nil, err
	}
	for k := range out.units {
		out.total[k%n].plus(out.units[k])
	}
	for k, count := range unknown {
		if count > 0 && first {
			s.trouble(Trouble{Layer: t.layer, Text: layers.Text{
				Zh: strconv.Itoa(count) + "条记录未填“" + t.measures[k].title.Zh + "”，未计入该项。",
				En: strconv.Itoa(count) + " records state no number and are left out of: " + t.measures[k].title.En + ".",
			}})
		}
	}
	return &out, nil
}

// areasOf are the polygons of a geometry.
func areasOf(g orb.Geometry) orb.MultiPolygon {
	switch g := g.(type) {
	case orb.Polygon:
		return orb.MultiPolygon{g}
	case orb.MultiPolygon:
		return g
	}
	return nil
}

// text is a field's text, empty for none and where the reader has no such field.
func (set *Set) text(i int, name string) string {
	if f := set.field(name); f != nil {
		s, _ := set.Value(i, f).(string)
		return s
	}
	return ""
}
