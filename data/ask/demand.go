package ask

import (
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/near"
	"onemap/geo/region"
	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
)

// demandInputs say who is to be reached. Questions of coverage, allocation and sites share
// them, and those of facilities and of reach.
var demandInputs = []Input{
	{Name: "demand", Title: layers.Text{Zh: "服务对象", En: "Who is to be reached"}, Description: layers.Text{Zh: "人口格网、房屋建筑、企业或其他图层。", En: "Population cells, buildings, enterprises or another layer."}, Kind: Layer, Default: "population"},
	{Name: "figure", Title: layers.Text{Zh: "计数字段", En: "What is counted"}, Description: layers.Text{
		Zh: "数值字段，如 residents、day、night、over_65；records 为记录数。不填：有 residents 的图层按常住人口，其他按记录数。",
		En: "A field of numbers such as residents, day, night or over_65; records for records. None: residents where the layer has them, else records.",
	}, Kind: Word},
	{Name: "demand_filter", Title: layers.Text{Zh: "其中", En: "Of these"}, Kind: Filter, Of: "demand"},
	{Name: "area", Title: layers.Text{Zh: "仅限区域内的对象", En: "Only those in an area"}, Kind: Shape},
}

// facilityInputs say which facilities there are; conditions reads all but the layer.
var facilityInputs = []Input{
	{Name: "facilities", Title: layers.Text{Zh: "设施", En: "Facilities"}, Kind: Layer, Default: "shelter", Choices: []Option{
		{"shelter", layers.Text{Zh: "避难场所", En: "Shelters"}},
		{"rescue_team", layers.Text{Zh: "救援队伍", En: "Rescue teams"}},
		{"supply_depot", layers.Text{Zh: "物资储备点", En: "Supply depots"}},
		{"public_facility", layers.Text{Zh: "公共设施", En: "Public facilities"}},
		{"fire_unit", layers.Text{Zh: "消防单位", En: "Fire-safety units"}},
	}},
	{Name: "usable", Title: layers.Text{Zh: "仅可用的", En: "Usable ones only"}, Description: layers.Text{Zh: "备勤或部分可用的队伍；已启用或待启用的场所。", En: "Teams that are ready or limited; shelters that are open or ready."}, Kind: Boolean, Default: true},
	{Name: "kind", Title: layers.Text{Zh: "类别", En: "Kind"}, Description: layers.Text{Zh: "样式字段的代码，如 hospital。", En: "A code of the layer's styled field, such as hospital."}, Kind: Word, Many: true},
	{Name: "filter", Title: layers.Text{Zh: "其他条件", En: "Other conditions"}, Kind: Filter, Of: "facilities"},
}

// reachInputs say how far a facility reaches. The way by road takes travelInputs too.
var reachInputs = []Input{
	{Name: "by", Title: layers.Text{Zh: "按", En: "By"}, Kind: Choice, Default: "line", Choices: []Option{
		{"line", layers.Text{Zh: "直线距离", En: "Straight line"}}, {"road", layers.Text{Zh: "道路时间", En: "Time by road"}},
	}},
	{Name: "metres", Title: layers.Text{Zh: "直线距离以内", En: "Within a straight line of"}, Kind: Number, Unit: "m", Default: 1000, Min: least(1), Max: most(region.MostWithin)},
	{Name: "minutes", Title: layers.Text{Zh: "道路时间以内", En: "Within a time by road of"}, Kind: Number, Unit: "min", Default: 15, Min: least(0.1), Max: most(600)},
	{Name: "direction", Title: layers.Text{Zh: "方向", En: "Direction"}, Description: layers.Text{Zh: "不填：人去避难场所和公共设施，队伍和物资来到人处。", En: "None: people go to shelters and public facilities; teams and supplies come to them."}, Kind: Choice, Choices: []Option{
		{"to", layers.Text{Zh: "前往设施", En: "To the facility"}}, {"from", layers.Text{Zh: "自设施前来", En: "From the facility"}},
	}},
}

// demand are the records that are to be reached, and how much each counts.
type demand struct {
	*Set
	figure  *layers.Field // what is counted; nil: records
	numbers []float64     // of the figure
}

// weight is how much a record counts.
func (d *demand) weight(i int) float64 {
	if d.figure == nil {
		return 1
	}
	if x := d.numbers[i]; x > 0 {
		return x
	}
	return 0 // none given
}

// counted is the title of what is counted.
func (d *demand) counted() layers.Text {
	if d.figure == nil {
		return layers.Text{Zh: "记录数", En: "Records"}
	}
	return d.figure.Title
}

// records stands for no figure.
const records = "records"

// demand reads demandInputs.
func (s *Session) demand(in Values) (*demand, error) {
	v, err := s.view(in.Text("demand"), "demand")
	if err != nil {
		return nil, err
	}
	set, err := s.set(v, in.Text("demand_filter"), "demand_filter")
	if err != nil {
		return nil, err
	}
	if in.Has("area") {
		if set, err = s.inside(set, in, "area"); err != nil {
			return nil, err
		}
	}
	d := &demand{Set: set}
	name := in.Text("figure")
	if name == "" {
		name = records
		if f := v.Field("residents"); f != nil {
			name = f.Name
		}
	}
	if name != records {
		if d.numbers, err = s.numbers(set, name); err != nil {
			return nil, inField(err, "figure")
		}
		if d.figure = v.Field(name); d.numbers == nil {
			return nil, fault.In("figure", "The field %s can't be counted.", name)
		}
		missing := 0
		for _, x := range d.numbers {
			if !(x >= 0) {
				missing++
			}
		}
		if missing > 0 {
			s.assume(fmt.Sprintf("%d 条记录没有“%s”，按 0 计。", missing, d.figure.Title.Zh), fmt.Sprintf("%d records have no number of %s and count 0.", missing, d.figure.Title.En))
		}
	}
	if set.Len() == 0 {
		s.trouble(Trouble{Text: layers.Text{Zh: "没有符合条件且有位置的服务对象", En: "Nobody is there to be reached: no record with a place fits"}, Layer: v.ID, Input: "demand"})
	}
	s.assume("对象与设施的位置为其代表点（面为形心），在内存中精确到 9 毫米。", "Records are where their anchors are (areas: their centroids), which memory holds to 9 mm.")
	return d, nil
}

// inside are the features of a set whose anchors are in a drawn area.
func (s *Session) inside(set *Set, in Values, input string) (*Set, error) {
	area, err := s.region(in, input, "")
	if err != nil {
		return nil, err
	}
	if len(area.Outline()) == 0 {
		return nil, fault.In(input, "Draw an area: a polygon or a circle.")
	}
	cover := area.Cover()
	o := &overlay{base: set.Features, kept: []int{}}
	set.Search(area.Box(), func(i int) bool {
		if holds(cover, set, i) {
			o.kept = append(o.kept, i)
		}
		return len(o.kept)%4096 != 0 || s.ctx.Err() == nil
	})
	slices.Sort(o.kept)
	s.assume(fmt.Sprintf("仅计区域内的 %d 条记录，图层共 %d 条。", len(o.kept), set.Len()), fmt.Sprintf("Only the %d records in the area count, of %d.", len(o.kept), set.Len()))
	return &Set{Features: o, View: set.View, Source: set.Source}, s.left()
}

// holds reports whether the anchor of a feature is in a region.
func holds(cover *region.Cover, set *Set, i int) bool {
	x, y := set.Anchor(i)
	relation, _ := cover.Relate(geo.WorldBox{MinX: x, MinY: y, MaxX: x, MaxY: y}, func() orb.Geometry { return geo.LonLat(x, y) })
	return relation != region.Outside
}

// facilities reads facilityInputs. That there are none is a problem, not an error.
func (s *Session) facilities(in Values) (*Set, error) {
	v, err := s.view(in.Text("facilities"), "facilities")
	if err != nil {
		return nil, err
	}
	wanted, err := conditions(v, in)
	if err != nil {
		return nil, err
	}
	set, err := s.fitting(v, wanted)
	if err != nil {
		return nil, err
	}
	if set.Len() == 0 {
		s.trouble(Trouble{Text: layers.Text{Zh: "没有符合条件且有位置的设施", En: "No facility with a place fits"}, Layer: v.ID, Input: "facilities"})
	}
	if s.scenario != nil {
		for k, a := range s.scenario.Added {
			if _, found := set.Find(-int64(k) - 1); a.Layer == v.ID && !found {
				s.trouble(Trouble{Text: layers.Text{Zh: "情景新增的设施不符合条件，未参与", En: "A facility that the scenario adds does not fit the conditions and is left out"}, Layer: v.ID, Geometry: a.Place})
			}
		}
	}
	return set, nil
}

// reach is how far each record of a demand is from the facility that is nearest to it.
type reach struct {
	limit    float64             // metres, or seconds by road
	far      func(i int) float64 // +Inf: there is no way
	facility func(i int) int     // number in the facilities' set; -1: there is no way
	road     bool
	travel   *travel // by road
	toward   bool    // by road: the demand goes to the facilities
}

// column is that of how far records are.
func (r *reach) column() Column {
	if r.road {
		return numberColumn("minutes", "最近设施用时", "Time to the nearest facility", "min")
	}
	return numberColumn("metres", "最近设施距离", "Distance of the nearest facility", "m")
}

// value is such a distance as answers write it; nil where there is no way.
func (r *reach) value(far float64) any {
	switch {
	case r.road:
		return minutes(far)
	case math.IsInf(far, 1):
		return nil
	}
	return metres(far)
}

// words are the limit as it is read.
func (r *reach) words() layers.Text {
	if r.road {
		return layers.Text{Zh: fmt.Sprintf("%g 分钟", r.limit/60), En: fmt.Sprintf("%g minutes", r.limit/60)}
	}
	return layers.Text{Zh: fmt.Sprintf("%g 米", r.limit), En: fmt.Sprintf("%g m", r.limit)}
}

// reached are the records that inputs speak of, the facilities, and how far each record is
// from the nearest of them.
func (s *Session) reached(in Values) (d *demand, facilities *Set, r *reach, err error) {
	if d, err = s.demand(in); err != nil {
		return nil, nil, nil, err
	}
	if facilities, err = s.facilities(in); err != nil {
		return nil, nil, nil, err
	}
	s.report(0.1, "正在计算最近设施", "Finding the nearest facilities")
	r, err = s.reach(in, d, facilities)
	return d, facilities, r, err
}

// reach reads reachInputs and finds the nearest facility of every record.
func (s *Session) reach(in Values, d *demand, facilities *Set) (*reach, error) {
	if in.Text("by") == "road" {
		return s.reachByRoad(in, d, facilities)
	}
	c, of, err := s.cover(d.Set, facilities)
	if err != nil {
		return nil, err
	}
	s.assume("直线距离为椭球面测地距离。", "Straight lines are geodesics on the ellipsoid.")
	return &reach{
		limit: in.Number("metres"),
		far:   func(i int) float64 { return float64(c.Metres[i]) },
		facility: func(i int) int {
			if f := c.Facility[i]; f < 0 || of == nil {
				return int(f)
			}
			return of[c.Facility[i]]
		},
	}, nil
}

// cover is the nearest facility of each record by straight line, without a limit. That of
// things as they are is kept; a scenario's lost and added facilities change only what they
// can. of gives the numbers of the coverage's facilities in their set; nil: the same.
func (s *Session) cover(d, facilities *Set) (c *near.Coverage, of []int, err error) {
	base := facilities
	if facilities.base != nil {
		base = facilities.base
	}
	all := func() (*near.Coverage, error) {
		places, err := s.points(d)
		if err != nil {
			return nil, err
		}
		to, err := s.points(base)
		if err != nil {
			return nil, err
		}
		return near.Cover(s.ctx, places, to, geo.Metres(math.Inf(1)))
	}
	if base.key == "" {
		c, err = all()
	} else {
		c, err = derive(s, d, fmt.Sprintf("cover %s %d", base.key, base.Revision()), all)
	}
	if err != nil || base == facilities {
		return c, nil, err
	}
	changed := facilities.Features.(*overlay)
	of = make([]int, base.Len(), base.Len()+len(changed.extra))
	var lost []int
	for i := range of {
		k := sort.SearchInts(changed.kept, i)
		if k == len(changed.kept) || changed.kept[k] != i {
			k, lost = -1, append(lost, i)
		}
		of[i] = k
	}
	if len(lost) > 0 {
		c, _ = c.Without(lost...)
	}
	if len(changed.extra) > 0 {
		var xs, ys []uint32
		for k, e := range changed.extra {
			xs, ys, of = append(xs, e.x), append(ys, e.y), append(of, len(changed.kept)+k)
		}
		c, _ = c.With(near.FromWorld(xs, ys))
	}
	return c, of, s.left()
}

// toward reports whether the demand goes to the facilities, not they to it.
func (s *Session) toward(in Values, facilities *Set) bool {
	going := slices.Contains([]string{"shelter", "public_facility"}, facilities.View.ID)
	if in.Has("direction") {
		going = in.Text("direction") == "to"
	}
	if going {
		s.assume("时间为从对象前往设施。", "Times are those of going to the facility.")
	} else {
		s.assume("时间为从设施到达对象。", "Times are those of coming from the facility.")
	}
	return going
}

// stopsAt are the facilities on the network, those off it named as problems; where they come
// to the demand, with the time to call out.
func (s *Session) stopsAt(t *travel, facilities *Set, toward bool) ([]roads.Stop, error) {
	snapped, err := s.snapped(t, facilities)
	if err != nil {
		return nil, s.given(err)
	}
	callOut := facilities.field("call_out_min")
	if toward {
		callOut = nil
	}
	if callOut != nil {
		s.assume("含登记的出动时间；未登记的按 0 分钟计。", "With the recorded time to call out; where none is recorded it is taken as 0 minutes.")
	}
	stops := roads.Stops(snapped...)
	for i := range stops {
		if !stops[i].At.On() {
			s.trouble(Trouble{
				Text:  layers.Text{Zh: fmt.Sprintf("%g 米内没有可通行的道路", t.offRoad), En: fmt.Sprintf("No open road within %g m", t.offRoad)},
				Layer: facilities.View.ID, ID: facilities.ID(i), Geometry: place(facilities, i),
			})
		}
		if callOut != nil {
			switch x := facilities.Value(i, callOut).(type) {
			case float64:
				stops[i].Seconds = max(x*60, 0)
			case int64:
				stops[i].Seconds = max(float64(x)*60, 0)
			}
		}
	}
	return stops, nil
}

// reachByRoad finds the facility that each record is soonest at, or that is soonest there.
func (s *Session) reachByRoad(in Values, d *demand, facilities *Set) (*reach, error) {
	t, err := s.travel(in)
	if err != nil {
		return nil, err
	}
	toward := s.toward(in, facilities)
	stops, err := s.stopsAt(t, facilities, toward)
	if err != nil {
		return nil, err
	}
	at, err := s.snapped(t, d.Set)
	if err != nil {
		return nil, s.given(err)
	}
	tree, err := t.Tree(s.ctx, t.search(stops, toward, 0))
	if err != nil {
		return nil, s.given(err)
	}
	defer tree.Release()
	served, err := tree.Serve(s.ctx, at)
	if err != nil {
		return nil, s.given(err)
	}
	return &reach{
		limit:    in.Number("minutes") * 60,
		far:      func(i int) float64 { return float64(served[i].Seconds) },
		facility: func(i int) int { return int(served[i].Stop) },
		road:     true,
		travel:   t,
		toward:   toward,
	}, nil
}

// breakdowns are the tables of both partitions, of the figures of each kind.
func (b *belonging) breakdowns(columns []Column, figures [][]float64) []*Table {
	var tables []*Table
	for _, partition := range []string{statutory, functional} {
		tables = append(tables, b.breakdown(partition, columns, func(yield func(county, township, functional int32, figures []float64)) {
			for k, at := range b.places {
				if slices.ContainsFunc(figures[k], func(x float64) bool { return x != 0 }) {
					yield(at[0], at[1], at[2], figures[k])
				}
			}
		}))
	}
	return tables
}

// foremost are the first k of a list in an order, without sorting it all.
func foremost(list []int32, k int, before func(a, b int32) bool) []int32 {
	compare := func(a, b int32) int {
		switch {
		case before(a, b):
			return -1
		case before(b, a):
			return 1
		}
		return 0
	}
	if k <= 0 {
		return nil
	}
	var kept []int32
	var worst int32
	for _, i := range list {
		if len(kept) >= k && !before(i, worst) {
			continue
		}
		if kept = append(kept, i); len(kept) >= 2*k+64 || len(kept) == k {
			slices.SortFunc(kept, compare)
			kept = kept[:k]
			worst = kept[k-1]
		}
	}
	slices.SortFunc(kept, compare)
	return kept[:min(k, len(kept))]
}
