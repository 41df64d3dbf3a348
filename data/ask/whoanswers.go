package ask

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/region"
	"onemap/geo/roads"
	"onemap/layers"
)

var whoAnswers = &Question{
	ID:    "who-answers",
	Title: layers.Text{Zh: "此处谁负责", En: "Who answers for this place"},
	Description: layers.Text{
		Zh: "一点所在的县、镇、村（法定和功能区），灾害信息员岗位、包板块领导职务和预案数，最近的避难场所、储备库和队伍，附近未销号隐患，覆盖此处的预警和区划，每条都注明记录的新旧。",
		En: "District, township and village of a point by both partitions, officers' posts, the answering leader's office, plans, the nearest shelters, depots and teams, open dangers near by, warnings and hazard zones over it; each with the age of its record.",
	},
	Inputs: append([]Input{
		{Name: "place", Title: layers.Text{Zh: "位置", En: "Place"}, Kind: Place, Required: true},
		{Name: "radius", Title: layers.Text{Zh: "附近的距离", En: "Near by is within"}, Kind: Number, Unit: "m", Default: 500.0, Min: least(0), Max: most(20_000)},
		{Name: "count", Title: layers.Text{Zh: "最近的个数", En: "How many of the nearest"}, Kind: Integer, Default: 3, Min: least(0), Max: most(50)},
		{Name: "limit", Title: layers.Text{Zh: "最多列出", En: "Records listed a table"}, Kind: Integer, Default: 100, Min: least(0), Max: most(10_000)},
	}, travelInputs...),
	answer: answerWhoAnswers,
}

var (
	recordedColumn = textColumn("recorded", "入库时间", "Recorded")
	ageColumn      = numberColumn("age", "记录新旧", "Age of the record", "d")
)

func answerWhoAnswers(s *Session, in Values) (*Answer, error) {
	at, limit := in.Place("place"), int(in.Number("limit"))
	answer := &Answer{Shapes: []Drawing{{ID: "place", Role: "place", Title: layers.Text{Zh: "位置", En: "Place"}, Geometry: at}}}
	if err := s.unitsAt(at, answer); err != nil {
		return nil, err
	}
	for _, id := range []string{"warning", "hazard_zone"} {
		if err := s.covering(at, id, limit, answer); err != nil {
			return nil, err
		}
	}
	near, err := region.New(at, geo.Metres(max(in.Number("radius"), 0.01)), nil)
	if err != nil {
		return nil, err
	}
	for _, x := range nearBy {
		if err := s.nearTable(near, x, limit, answer); err != nil {
			return nil, err
		}
	}
	if err := s.nearestThree(at, in, answer); err != nil {
		return nil, err
	}
	answer.Shapes = append(answer.Shapes, Drawing{ID: "near", Role: "area", Title: layers.Text{Zh: "附近范围", En: "Near by"}, Geometry: near.Outline()})
	s.assume("岗位只列职务，不列人名和电话。", "Posts are told, no names or telephones.")
	s.assume("预案只有份数，图层中没有预案文本。", "Of plans the layers hold numbers, not the texts.")
	return answer, nil
}

// unitFields are what is told of a unit beside its code and name.
var unitFields = []string{"leader_role", "officers_a", "officers_b", "experts", "posts", "plans_city", "plans_township", "plans_village", "residents"}

var haves = []string{"has_leadership", "has_mechanism", "has_plan", "has_team", "has_supplies", "has_support"}

// unitsAt lists the units that hold a place, each partition from the top.
func (s *Session) unitsAt(at orb.Point, answer *Answer) error {
	set, err := s.layer("admin_unit", "", "")
	if err != nil {
		return err
	}
	level, kind := set.field("level"), set.field("kind")
	var found []int
	x, y := geo.World(at[0], at[1])
	set.Search(geo.WorldBox{MinX: x, MinY: y, MaxX: x, MaxY: y}, func(i int) bool {
		if region.FromAreas(areasOf(set.Geometry(i))).Holds(at) {
			found = append(found, i)
		}
		return true
	})
	rank := func(i int) int { return slices.Index(level.List.Codes(), set.text(i, "level")) }
	slices.SortFunc(found, func(a, b int) int {
		return cmp.Or(-cmp.Compare(set.text(a, "kind"), set.text(b, "kind")), cmp.Compare(rank(a), rank(b)), cmp.Compare(set.text(a, "code"), set.text(b, "code")))
	})
	t := &Table{ID: "units", Title: layers.Text{Zh: "所在单元", En: "Units"}, Columns: []Column{
		{ID: "level", Title: level.Title}, {ID: "kind", Title: kind.Title}, textColumn("code", "代码", "Code"), textColumn("name", "名称", "Name"),
	}}
	var fields []*layers.Field
	for _, name := range unitFields {
		if f := set.field(name); f != nil {
			fields = append(fields, f)
			t.Columns = append(t.Columns, Column{ID: f.Name, Title: f.Title, Unit: f.Unit})
		}
	}
	t.Columns = append(t.Columns, textColumn("lacks", "“六有”所缺", "Lacks of the six haves"), recordedColumn, ageColumn)
	for _, i := range found {
		item, err := s.asker.store.Item(s.ctx, set.View, set.ID(i), geo.CRS{})
		if err != nil {
			return err
		}
		row := []any{titleOf(level, set.text(i, "level")), titleOf(kind, set.text(i, "kind")), set.text(i, "code"), nameOf(set, i)}
		for _, f := range fields {
			v, _ := item.Value(f.Name)
			row = append(row, v)
		}
		lacks := layers.Text{}
		for _, name := range haves {
			if v, _ := item.Value(name); v == false {
				title := set.field(name).Title
				lacks.Zh += "、" + title.Zh
				lacks.En += ", " + title.En
			}
		}
		if lacks.Zh != "" {
			lacks = layers.Text{Zh: lacks.Zh[len("、"):], En: lacks.En[2:]}
		}
		row = append(row, lacks)
		var recorded any
		if v, _ := item.Value("recorded_at"); v != nil {
			if when, err := time.Parse(time.RFC3339, v.(string)); err == nil {
				recorded = when
			}
		}
		t.Rows = append(t.Rows, Row{Layer: "admin_unit", ID: set.ID(i), Geometry: place(set, i), Values: append(row, recorded, s.age(recorded))})
		answer.Summary = append(answer.Summary, Figure{
			ID: set.text(i, "kind") + "." + set.text(i, "level"), Value: nameOf(set, i),
			Title: layers.Text{Zh: titleOf(level, set.text(i, "level")).Zh + "（" + titleOf(kind, set.text(i, "kind")).Zh + "）", En: titleOf(level, set.text(i, "level")).En + " (" + titleOf(kind, set.text(i, "kind")).En + ")"},
		})
	}
	if len(found) == 0 {
		s.trouble(Trouble{Text: layers.Text{Zh: "此处不在任何行政区划单元内（如海上）。", En: "The place is in no administrative unit (such as at sea)."}, Input: "place", Geometry: at})
	}
	answer.Tables = append(answer.Tables, t)
	return nil
}

// age is how old a record is, in days.
func (s *Session) age(recorded any) any {
	when, known := recorded.(time.Time)
	if !known {
		return nil
	}
	return math.Round(s.at.Sub(when).Hours()/24*100) / 100
}

// covering lists the records of a layer of areas that hold a place.
func (s *Session) covering(at orb.Point, id string, limit int, answer *Answer) error {
	set, ok, err := s.optional(id)
	if !ok {
		return err
	}
	own := []string{"event", "hazard", "status", "effective", "expires", "depth_min_m", "depth_max_m", "return_period_a"}
	var found []member
	x, y := geo.World(at[0], at[1])
	set.Search(geo.WorldBox{MinX: x, MinY: y, MaxX: x, MaxY: y}, func(i int) bool {
		if region.FromAreas(areasOf(set.Geometry(i))).Holds(at) {
			found = append(found, member{i, 0})
		}
		return true
	})
	slices.SortFunc(found, func(a, b member) int { return cmp.Compare(set.ID(a.at), set.ID(b.at)) })
	title := layers.Text{Zh: "覆盖此处的" + set.View.Title.Zh, En: set.View.Title.En + " over the place"}
	return s.listed(set, "over."+id, title, found, own, false, limit, answer)
}

// neighbour is a layer whose records near a place are told.
type neighbour struct {
	layer  string
	title  layers.Text
	fields []string
	fits   func(set *Set, i int) bool
}

// nearBy are the layers whose records near a place are told: their fields, and which of them.
var nearBy = []neighbour{
	{"hidden_danger", layers.Text{Zh: "附近未销号隐患", En: "Open hidden dangers near by"}, []string{"kind", "category", "found", "due"}, func(set *Set, i int) bool { return set.text(i, "status") != "closed" }},
	{"enterprise", layers.Text{Zh: "附近有预案的企业", En: "Enterprises with plans near by"}, []string{"plan_count", "last_drill", "open_dangers", "hazchem_user"}, planned},
	{"public_facility", layers.Text{Zh: "附近有预案的公共服务设施", En: "Public facilities with plans near by"}, []string{"plan_count", "last_drill", "people_day", "people_night"}, planned},
	{"major_hazard_source", layers.Text{Zh: "附近的重大危险源", En: "Major hazard sources near by"}, []string{"unit_kind", "r_value", "people_500m"}, func(*Set, int) bool { return true }},
}

func planned(set *Set, i int) bool {
	f := set.field("plan_count")
	if f == nil {
		return false
	}
	n, _ := set.Value(i, f).(int64)
	return n > 0
}

func (s *Session) nearTable(near *region.Region, x neighbour, limit int, answer *Answer) error {
	set, ok, err := s.optional(x.layer)
	if !ok {
		return err
	}
	found := slices.DeleteFunc(membersOf(s, set, near), func(m member) bool { return !x.fits(set, m.at) })
	return s.listed(set, "near."+x.layer, x.title, found, x.fields, true, limit, answer)
}

// optional is a layer, unless the reader has none of it.
func (s *Session) optional(id string) (set *Set, ok bool, err error) {
	v, err := s.view(id, "")
	if err != nil {
		s.trouble(Trouble{Text: layers.Text{Zh: "无权查看的图层未列出。", En: "A layer that can't be read here is left out."}, Layer: id})
		return nil, false, nil
	}
	set, err = s.set(v, "", "")
	return set, err == nil, err
}

// listed adds a table of records with some of their fields and their ages, and their number
// to the summary.
func (s *Session) listed(set *Set, id string, title layers.Text, found []member, names []string, far bool, limit int, answer *Answer) error {
	var own []Column
	var fields []*layers.Field
	for _, name := range names {
		if f := set.field(name); f != nil {
			c := Column{ID: f.Name, Title: f.Title, Unit: f.Unit}
			if f.List != nil {
				c.Codes = map[string]Legend{}
				for _, code := range f.List.Codes() {
					c.Codes[code] = Legend{Title: titleOf(f, code)}
				}
			}
			fields, own = append(fields, f), append(own, c)
		}
	}
	if far {
		own = append(own, distanceColumn)
	}
	t := recordTable(set, id, title, append(own, recordedColumn, ageColumn)...)
	answer.Summary = append(answer.Summary, Figure{id, title, len(found), "1"})
	t.More = max(len(found)-limit, 0)
	found = found[:min(limit, len(found))]
	recorded, err := s.recordedAt(set, found)
	if err != nil {
		return err
	}
	for _, m := range found {
		var row []any
		for _, f := range fields {
			row = append(row, set.Value(m.at, f))
		}
		if far {
			row = append(row, metres(m.metres))
		}
		when := recorded[set.ID(m.at)]
		t.Rows = append(t.Rows, recordRow(set, m.at, append(row, when, s.age(when))...))
	}
	answer.Tables = append(answer.Tables, t)
	return nil
}

func (s *Session) recordedAt(set *Set, found []member) (map[int64]any, error) {
	list := make([]candidate, len(found))
	for k, m := range found {
		list[k].at = m.at
	}
	return s.recorded(set, list)
}

// nearestThree lists the nearest shelters, depots and teams by straight line, with minutes
// by road: to shelters from the place, of depots and teams to it.
func (s *Session) nearestThree(at orb.Point, in Values, answer *Answer) error {
	t, err := s.travel(in)
	if err != nil || t.roads.Len() == 0 {
		t = nil
		s.trouble(Trouble{Text: layers.Text{Zh: "没有可用的路网，不计行车时间。", En: "There is no road network to use; times by road are left out."}, Layer: "road"})
	}
	var stops []roads.Stop
	if t != nil {
		stops = s.stops(t, []orb.Point{at}, "place")
	}
	for _, x := range []struct {
		layer  string
		toward bool
		fields []string
	}{{"shelter", false, []string{"capacity", "occupancy", "grade"}}, {"supply_depot", true, []string{"items_total", "first_expiry", "call_out_min"}}, {"rescue_team", true, []string{"readiness", "speciality", "people", "call_out_min"}}} {
		set, ok, err := s.optional(x.layer)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		index, err := s.index(set)
		if err != nil {
			return err
		}
		var found []member
		for _, f := range index.Nearest(at, int(in.Number("count")), geo.Metres(math.Inf(1)), nil) {
			found = append(found, member{f.I, float64(f.Metres)})
		}
		title := layers.Text{Zh: "最近的" + set.View.Title.Zh + "（直线）", En: "Nearest " + set.View.Title.En + " by straight line"}
		figures := len(answer.Summary)
		if err := s.listed(set, "nearest."+x.layer, title, found, x.fields, true, len(found), answer); err != nil {
			return err
		}
		answer.Summary = answer.Summary[:figures]
		if t == nil || len(found) == 0 {
			continue
		}
		tree, err := t.Tree(s.ctx, t.search(stops, x.toward, 0))
		if err != nil {
			return err
		}
		table := answer.Tables[len(answer.Tables)-1]
		table.Columns = append(table.Columns, numberColumn("minutes", "行车时间", "By road", "min"))
		for k, m := range found {
			seconds, _ := tree.To(t.Snap(place(set, m.at), t.offRoad))
			table.Rows[k].Values = append(table.Rows[k].Values, minutes(seconds))
		}
		tree.Release()
	}
	return nil
}
