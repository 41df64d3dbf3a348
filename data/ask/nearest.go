package ask

import (
	"fmt"
	"math"
	"strings"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/near"
	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
)

var nearest = &Question{
	ID:    "nearest",
	Title: layers.Text{Zh: "最近力量", En: "Who is nearest"},
	Description: layers.Text{
		Zh: "离事发点最近的队伍、避难场所、储备点或医院：按出动时间加行车时间，或按直线距离；并说明更近的为何未入选。",
		En: "The teams, shelters, depots or hospitals nearest to a place, by call-out plus travel time or by straight line; and why nearer ones were left out.",
	},
	Inputs: append([]Input{
		{Name: "place", Title: layers.Text{Zh: "事发点", En: "Place"}, Kind: Place, Required: true},
		{Name: "layer", Title: layers.Text{Zh: "寻找", En: "Of"}, Kind: Layer, Default: "rescue_team", Choices: []Option{
			{"rescue_team", layers.Text{Zh: "救援队伍", En: "Rescue teams"}},
			{"shelter", layers.Text{Zh: "避难场所", En: "Shelters"}},
			{"supply_depot", layers.Text{Zh: "物资储备点", En: "Supply depots"}},
			{"public_facility", layers.Text{Zh: "公共设施", En: "Public facilities"}},
			{"fire_unit", layers.Text{Zh: "消防单位", En: "Fire-safety units"}},
		}},
		{Name: "count", Title: layers.Text{Zh: "数量", En: "How many"}, Kind: Integer, Default: 10, Min: least(1), Max: most(1000)},
		{Name: "by", Title: layers.Text{Zh: "按", En: "By"}, Kind: Choice, Default: "road", Choices: []Option{
			{"road", layers.Text{Zh: "到达时间", En: "Time to arrive"}}, {"line", layers.Text{Zh: "直线距离", En: "Straight line"}},
		}},
		{Name: "direction", Title: layers.Text{Zh: "方向", En: "Direction"}, Kind: Choice, Default: "to", Choices: []Option{
			{"to", layers.Text{Zh: "赶往事发点", En: "To the place"}}, {"from", layers.Text{Zh: "自事发点前往", En: "From the place"}},
		}},
		{Name: "usable", Title: layers.Text{Zh: "仅可用的", En: "Usable ones only"}, Description: layers.Text{Zh: "备勤或部分可用的队伍；已启用或待启用的场所。", En: "Teams that are ready or limited; shelters that are open or ready."}, Kind: Boolean, Default: true},
		{Name: "kind", Title: layers.Text{Zh: "类别", En: "Kind"}, Description: layers.Text{Zh: "样式字段的代码，如 hospital。", En: "A code of the layer's styled field, such as hospital."}, Kind: Word, Many: true},
		{Name: "speciality", Title: layers.Text{Zh: "专长", En: "Speciality"}, Kind: Choice, Codes: []string{"team_speciality"}},
		{Name: "needs", Title: layers.Text{Zh: "所需装备或物资", En: "Equipment or supplies needed"}, Description: layers.Text{Zh: "代码与最少数量，如 {\"pump\": 2}。", En: "Codes and least numbers, such as {\"pump\": 2}."}, Kind: Object},
		{Name: "people", Title: layers.Text{Zh: "需安置人数", En: "People to be sheltered"}, Kind: Integer, Unit: "1", Min: least(0), Max: most(1_000_000)},
		{Name: "filter", Title: layers.Text{Zh: "其他条件", En: "Other conditions"}, Kind: Filter, Of: "layer"},
		{Name: "within", Title: layers.Text{Zh: "最多（分钟或米）", En: "At most (minutes or metres)"}, Kind: Number, Min: least(0), Max: most(1e6)},
	}, travelInputs...),
	answer: answerNearest,
}

// condition is something that a candidate has to fulfil.
type condition struct {
	text   layers.Text
	filter string // CQL2
	input  string
}

// conditions are what the inputs ask of a candidate.
func conditions(v *layers.View, in Values) ([]condition, error) {
	var list []condition
	by := v.By()
	if in.Bool("usable") {
		switch v.ID {
		case "rescue_team":
			list = append(list, condition{layers.Text{Zh: "未备勤", En: "not ready"}, "readiness IN ('ready', 'limited')", "usable"})
		case "shelter":
			list = append(list, condition{layers.Text{Zh: "未启用或不宜启用", En: "neither open nor ready"}, "status IN ('open', 'ready')", "usable"})
		}
	}
	if kinds := in.Texts("kind"); len(kinds) > 0 {
		if by == nil {
			return nil, fault.In("kind", "The layer %s has no kinds.", v.ID)
		}
		for _, k := range kinds {
			if by.List.Code(k) == nil {
				return nil, fault.In("kind", "%.40q is not one of %s.", k, strings.Join(by.List.Codes(), ", "))
			}
		}
		list = append(list, condition{layers.Text{Zh: "类别不符", En: "of another kind"}, by.Name + " IN (" + quoted(kinds...) + ")", "kind"})
	}
	if code := in.Text("speciality"); code != "" {
		f := v.Field("specialities")
		if f == nil {
			return nil, fault.In("speciality", "The layer %s has no specialities.", v.ID)
		}
		if f.List.Code(code) == nil {
			return nil, fault.In("speciality", "%.40q is not one of %s.", code, strings.Join(f.List.Codes(), ", "))
		}
		list = append(list, condition{layers.Text{Zh: "无此专长", En: "lacks the speciality"}, "A_CONTAINS(specialities, (" + quoted(code) + ")) OR speciality = " + quoted(code), "speciality"})
	}
	needs := map[string]float64{}
	if err := in.Object("needs", &needs); err != nil {
		return nil, err
	}
	for _, code := range sorted(needs) {
		f := quantities(v)
		if f == nil {
			return nil, fault.In("needs", "The layer %s has no stock that may be read.", v.ID)
		}
		item := f.List.Code(code)
		if item == nil {
			return nil, fault.In("needs", "%.40q is not one of %s.", code, strings.Join(f.List.Codes(), ", "))
		}
		list = append(list, condition{
			layers.Text{Zh: "不足：" + item.Title.Zh, En: "too few: " + item.Title.En},
			fmt.Sprintf("quantity(%s, %s) >= %v", f.Name, quoted(code), needs[code]), "needs",
		})
	}
	if n := in.Number("people"); n > 0 {
		if v.Field("capacity") == nil {
			return nil, fault.In("people", "The layer %s has no capacity.", v.ID)
		}
		list = append(list, condition{layers.Text{Zh: "容量不足", En: "too little room"}, fmt.Sprintf("capacity - COALESCE(occupancy, 0) >= %v", n), "people"})
	}
	if text := in.Text("filter"); text != "" {
		list = append(list, condition{layers.Text{Zh: "不符合其他条件", En: "does not fit the other conditions"}, text, "filter"})
	}
	return list, nil
}

func quoted(texts ...string) string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = "'" + strings.ReplaceAll(t, "'", "''") + "'"
	}
	return strings.Join(out, ", ")
}

// quantities is the field with a view's stock or equipment, or nil.
func quantities(v *layers.View) *layers.Field {
	for _, name := range []string{"equipment", "stock"} {
		if f := v.Field(name); f != nil && f.Type == layers.TypeQuantities {
			return f
		}
	}
	return nil
}

// candidate is a record that may be the answer.
type candidate struct {
	at      int
	metres  float64 // straight
	seconds float64 // with call-out; +Inf: no way
	callOut float64 // seconds
}

func answerNearest(s *Session, in Values) (*Answer, error) {
	at := in.Place("place")
	v, err := s.view(in.Text("layer"), "layer")
	if err != nil {
		return nil, err
	}
	wanted, err := conditions(v, in)
	if err != nil {
		return nil, err
	}
	set, err := s.set(v, "", "")
	if err != nil {
		return nil, err
	}
	index, err := s.index(set)
	if err != nil {
		return nil, err
	}
	unfit, err := s.unfit(set, wanted)
	if err != nil {
		return nil, err
	}
	road := in.Text("by") == "road"
	k, limit := int(in.Number("count")), math.Inf(1)
	if in.Has("within") {
		limit = in.Number("within")
	}
	answer := &Answer{Shapes: []Drawing{{ID: "place", Role: "place", Title: layers.Text{Zh: "事发点", En: "Place"}, Geometry: at}}}
	var found []candidate
	var t *travel
	var tree *roads.Tree
	if !road {
		for _, f := range index.Nearest(at, k, geo.Metres(limit), func(i int) bool { return unfit[i] == nil }) {
			found = append(found, candidate{at: f.I, metres: float64(f.Metres)})
		}
	} else {
		if t, err = s.travel(in); err != nil {
			return nil, err
		}
		if found, tree, err = s.nearestByRoad(t, set, unfit, at, k, limit, in.Text("direction") == "to"); err != nil {
			return nil, err
		}
		if tree != nil {
			defer tree.Release()
		}
	}
	table := recordTable(set, "found", v.Title, distanceColumn)
	if road {
		table.Columns = append(table.Columns,
			numberColumn("minutes", "到达时间", "Time to arrive", "min"), numberColumn("call_out", "其中出动", "of which call-out", "min"),
			numberColumn("road_metres", "路程", "By road", "m"), numberColumn("walk_metres", "离路步行", "Walk off the road", "m"))
	}
	table.Columns = append(table.Columns, textColumn("recorded", "记录时间", "Recorded"))
	recorded, err := s.recorded(set, found)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		own := []any{metres(float64(geo.Distance(at, place(set, c.at))))}
		if road {
			way := s.way(t, tree, set, c)
			own = append(own, minutes(c.seconds), minutes(c.callOut), metres(way.Metres), metres(way.StopWalk+way.Walk))
			if way.Line != nil {
				answer.Shapes = append(answer.Shapes, Drawing{ID: "way", Role: "way", Title: layers.Text{Zh: nameOf(set, c.at), En: nameOf(set, c.at)}, Value: rounded(c.seconds / 60), Unit: "min", Geometry: way.Line})
			}
		}
		table.Rows = append(table.Rows, recordRow(set, c.at, append(own, recorded[set.ID(c.at)])...))
	}
	answer.Tables = append(answer.Tables, table, s.leftOut(set, index, unfit, at, found, road))
	answer.Summary = []Figure{{"found", layers.Text{Zh: "找到", En: "Found"}, len(found), "1"}, {"unplaced", layers.Text{Zh: "无位置未参与", En: "Without a place, not looked at"}, set.Source.Unplaced, "1"}}
	if len(found) > 0 && road {
		answer.Summary = append(answer.Summary, Figure{"soonest", layers.Text{Zh: "最快到达", En: "Soonest"}, minutes(found[0].seconds), "min"})
	}
	return answer, nil
}

func rounded(x float64) *float64 {
	if math.IsInf(x, 0) {
		return nil
	}
	x = math.Round(x*10) / 10
	return &x
}

// unfit says of each feature of a set why it is no candidate; nil where it is one.
func (s *Session) unfit(set *Set, wanted []condition) ([][]layers.Text, error) {
	why := make([][]layers.Text, set.Len())
	for _, c := range wanted {
		fits, err := s.fits(set, c.filter, c.input)
		if err != nil {
			return nil, err
		}
		for i := range why {
			if !fits(i) {
				why[i] = append(why[i], c.text)
			}
		}
	}
	return why, nil
}

// fits decides a filter for the features of a set that has none.
func (s *Session) fits(set *Set, filter, input string) (func(i int) bool, error) {
	p, err := bind(set.View, input, filter)
	if err != nil {
		return nil, err
	}
	chosen, err := s.chosen(layers.Query{View: set.View, Datetime: layers.Now(), Filters: []layers.Predicate{p}})
	if err != nil {
		return nil, err
	}
	return func(i int) bool {
		_, found := chosen.Find(set.ID(i))
		return found
	}, nil
}

// nearestByRoad finds the candidates that are soonest, and the tree of ways around the place.
func (s *Session) nearestByRoad(t *travel, set *Set, unfit [][]layers.Text, at orb.Point, k int, limit float64, toward bool) ([]candidate, *roads.Tree, error) {
	stops := s.stops(t, []orb.Point{at}, "place")
	if !stops[0].At.On() {
		return nil, nil, nil
	}
	snapped, err := s.snapped(t, set)
	if err != nil {
		return nil, nil, err
	}
	callOut := set.field("call_out_min")
	var targets []roads.Stop
	var of []int
	for i := range unfit {
		if unfit[i] != nil {
			continue
		}
		stop := roads.Stop{At: snapped[i]}
		if callOut != nil && toward {
			if x, ok := set.Value(i, callOut).(float64); ok {
				stop.Seconds = x * 60
			}
		}
		targets, of = append(targets, stop), append(of, i)
	}
	if callOut != nil && toward {
		s.assume("未登记出动时间的按 0 分钟计。", "Where no call-out time is recorded it is taken as 0 minutes.")
	}
	if math.IsInf(limit, 1) {
		limit = 0 // none
	}
	search := t.search(stops, toward, limit)
	hits, err := t.Nearest(s.ctx, search, targets, k)
	if err != nil {
		return nil, nil, s.given(err)
	}
	found := make([]candidate, len(hits))
	far := 0.0
	for j, h := range hits {
		found[j] = candidate{at: of[h.Target], seconds: h.Seconds, callOut: targets[h.Target].Seconds}
		far = max(far, h.Seconds-found[j].callOut)
	}
	if len(hits) == 0 {
		return nil, nil, nil
	}
	search.Seconds = far + 1
	tree, err := t.Tree(s.ctx, search)
	return found, tree, s.given(err)
}

// given turns an error of a search into one to answer with.
func (s *Session) given(err error) error {
	if err == nil || s.ctx.Err() != nil {
		return s.left()
	}
	return fault.Wrap(err, fault.Invalid, "The ways can't be searched")
}

// way is how a candidate comes to the place.
func (s *Session) way(t *travel, tree *roads.Tree, set *Set, c candidate) roads.Path {
	if tree == nil {
		return roads.Path{}
	}
	snapped := t.Snap(place(set, c.at), t.offRoad)
	way, _ := tree.Path(snapped)
	return way
}

// mostLeftOut is how many that were left out are listed.
const mostLeftOut = 50

// leftOut lists those nearer, by straight line, than the farthest that was found, and why
// they were not.
func (s *Session) leftOut(set *Set, index *near.Index, unfit [][]layers.Text, at orb.Point, found []candidate, road bool) *Table {
	t := recordTable(set, "left_out", layers.Text{Zh: "更近但未入选", En: "Nearer, but left out"}, distanceColumn, textColumn("why", "原因", "Why"))
	far := 0.0
	chosen := map[int]bool{}
	for _, c := range found {
		far = max(far, float64(geo.Distance(at, place(set, c.at))))
		chosen[c.at] = true
	}
	limit := geo.Metres(far)
	if len(found) == 0 {
		limit = geo.Metres(math.Inf(1))
	}
	for _, f := range index.Nearest(at, set.Len(), limit, func(i int) bool { return !chosen[i] }) {
		why := layers.Text{Zh: "道路绕行更久或不通", En: "takes longer by road, or no way leads there"}
		if list := unfit[f.I]; list != nil {
			why = joined(list)
		} else if !road {
			continue
		}
		if len(t.Rows) == mostLeftOut {
			t.More++
			continue
		}
		t.Rows = append(t.Rows, recordRow(set, f.I, metres(float64(f.Metres)), why))
	}
	return t
}

func joined(list []layers.Text) layers.Text {
	var t layers.Text
	for i, x := range list {
		if i > 0 {
			t.Zh, t.En = t.Zh+"；", t.En+"; "
		}
		t.Zh, t.En = t.Zh+x.Zh, t.En+x.En
	}
	return t
}

// recorded are the times at which the candidates' records were made.
func (s *Session) recorded(set *Set, found []candidate) (map[int64]any, error) {
	ids := make([]int64, 0, len(found))
	for _, c := range found {
		if id := set.ID(c.at); id > 0 {
			ids = append(ids, id)
		}
	}
	if set.field("recorded_at") == nil {
		return nil, nil
	}
	times, err := s.asker.store.RecordedAt(s.ctx, set.View.Layer, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]any, len(times))
	for id, at := range times {
		out[id] = at
	}
	return out, nil
}
