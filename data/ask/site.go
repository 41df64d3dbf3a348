package ask

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo/siting"
	"onemap/layers"
	"onemap/layers/fault"
)

var site = &Question{
	ID:    "site",
	Title: layers.Text{Zh: "选址", En: "Where the next ones should be"},
	Description: layers.Text{
		Zh: "下几处队伍或避难场所设在哪里能覆盖最多未覆盖的人（最大覆盖），或使总路程降低最多（p-中位）；给出与最优的差距上限。",
		En: "Where the next teams or shelters cover the most people who are not covered yet, or lower the total way the most (p-median); with a bound on what any other choice could reach.",
	},
	Inputs: slices.Concat(demandInputs, facilityInputs, reachInputs, []Input{
		{Name: "sites", Title: layers.Text{Zh: "新设数量", En: "How many"}, Kind: Integer, Default: 5, Min: least(1), Max: most(200)},
		{Name: "goal", Title: layers.Text{Zh: "目标", En: "Goal"}, Kind: Choice, Default: "cover", Choices: []Option{
			{"cover", layers.Text{Zh: "覆盖的人最多", En: "The most people covered"}}, {"median", layers.Text{Zh: "总路程最短", En: "The least total way"}},
		}},
		{Name: "candidates", Title: layers.Text{Zh: "候选位置", En: "Candidates"}, Kind: Choice, Default: "facilities", Choices: []Option{
			{"facilities", layers.Text{Zh: "现有公共设施", En: "Public facilities"}}, {"grid", layers.Text{Zh: "未覆盖处的格网", En: "A grid over those not covered"}}, {"drawn", layers.Text{Zh: "所画的点", En: "Points that are drawn"}},
		}},
		{Name: "candidate_kind", Title: layers.Text{Zh: "候选设施类别", En: "Kinds of candidates"}, Description: layers.Text{Zh: "空列表为全部。", En: "All, if the list is empty."}, Kind: Choice, Codes: []string{"facility_kind"}, Many: true, Default: []string{"primary_school", "secondary_school", "university", "culture", "sport"}},
		{Name: "candidate_filter", Title: layers.Text{Zh: "候选设施条件", En: "Conditions on candidates"}, Kind: Filter, Of: "public_facility"},
		{Name: "spacing", Title: layers.Text{Zh: "格网间距", En: "Spacing of the grid"}, Kind: Number, Unit: "m", Default: 1000, Min: least(100), Max: most(50_000)},
		{Name: "places", Title: layers.Text{Zh: "所画的点", En: "Points drawn"}, Kind: Place, Many: true},
		{Name: "order", Title: layers.Text{Zh: "名单排序", En: "Listed first"}, Kind: Choice, Default: "most", Choices: []Option{
			{"most", layers.Text{Zh: "人数多的", En: "The most people"}}, {"farthest", layers.Text{Zh: "距离远的", En: "The farthest"}},
		}},
		{Name: "limit", Title: layers.Text{Zh: "列出仍未覆盖的", En: "Listed of those still not covered"}, Kind: Integer, Default: 100, Min: least(0), Max: most(100_000)},
	}, travelInputs),
	answer: answerSite,
}

// plan is a choice of sites and all that it is about. Costs are millimetres, or milliseconds
// by road; whoever is farther than the limit counts as at the limit.
type plan struct {
	*demand
	*reach
	median     bool
	candidates []candidateSite
	cells      []int32 // records that a site may serve better, rising
	choice     siting.Choice
	found      *siting.Sites
	after      []int64 // cost of each record with the chosen sites; unserved: none within the limit
}

const unserved = math.MaxInt64

func answerSite(s *Session, in Values) (*Answer, error) {
	d, facilities, r, err := s.reached(in)
	if err != nil {
		return nil, err
	}
	x := &plan{demand: d, reach: r, median: in.Text("goal") == "median"}
	for i := range d.Len() {
		now := x.now(i)
		if d.weight(i) > 0 && (now == unserved || x.median && now > 0) {
			x.cells = append(x.cells, int32(i))
			x.choice.People = append(x.choice.People, int64(math.Round(d.weight(i))))
			x.choice.Now = append(x.choice.Now, min(now, x.most()))
		}
	}
	if x.candidates, err = s.candidates(in, x); err != nil {
		return nil, err
	}
	s.report(0.3, "正在计算候选位置的服务范围", "Finding whom the candidates reach")
	if r.road {
		err = s.pairedByRoad(in, x)
	} else {
		err = s.pairedByLine(in, x)
	}
	if err != nil {
		return nil, err
	}
	if err := s.choose(x, int(in.Number("sites"))); err != nil {
		return nil, err
	}
	s.aboutSites(x)
	units, err := s.belonging(d.Set)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Summary: x.summary(facilities), Tables: append([]*Table{x.siteTable()}, x.breakdowns(units)...), Shapes: x.drawSites()}
	var left []int32
	for i := range d.Len() {
		if x.after[i] == unserved {
			left = append(left, int32(i))
		}
	}
	still := s.leftOutOf(in, d, r, facilities, left)
	still.Title = layers.Text{Zh: "仍未覆盖", En: "Still not covered"}
	answer.Tables, answer.Shapes = append(answer.Tables, still), append(answer.Shapes, drawGaps(d, left)...)
	return answer, s.left()
}

// now is a record's cost as things are.
func (x *plan) now(i int) int64 {
	if far := x.far(i); far <= x.limit {
		return int64(math.Round(far * 1000))
	}
	return unserved
}

// most is the highest cost that counts.
func (x *plan) most() int64 { return int64(math.Round(x.limit * 1000)) }

// choose finds the sites and what each record costs with them.
func (s *Session) choose(x *plan, n int) (err error) {
	s.report(0.5, "正在选址", "Choosing")
	progress := func(total, bound int64) {
		s.report(0.5+0.4*float64(total)/float64(max(bound, 1)), "正在选址", "Choosing")
	}
	x.found = &siting.Sites{}
	switch {
	case len(x.cells) == 0:
		s.trouble(Trouble{Text: layers.Text{Zh: "没有需要改善的对象：所有人都已在范围内", En: "Nobody is to be served better: all are within reach"}})
	case len(x.candidates) == 0:
		s.trouble(Trouble{Text: layers.Text{Zh: "没有候选位置", En: "There are no candidates"}, Input: "candidates"})
	case x.median:
		x.found, err = siting.Median(s.ctx, &x.choice, n, progress)
	default:
		x.found, err = siting.Cover(s.ctx, x.choice.People, &x.choice.Candidates, n, progress)
	}
	if err != nil {
		if s.ctx.Err() != nil {
			return s.left()
		}
		return fault.Wrap(err, fault.Invalid, "The sites can't be chosen")
	}
	if len(x.found.Chosen) < n && len(x.cells) > 0 && len(x.candidates) > 0 {
		s.trouble(Trouble{Text: layers.Text{
			Zh: fmt.Sprintf("只选了 %d 处：再增设任何候选位置都不再改善", len(x.found.Chosen)),
			En: fmt.Sprintf("Only %d sites are chosen: no further candidate would add anything", len(x.found.Chosen)),
		}, Input: "sites"})
	}
	x.after = make([]int64, x.Len())
	for i := range x.after {
		x.after[i] = x.now(i)
	}
	rows := &x.choice.Candidates
	for _, k := range x.found.Chosen {
		for p := rows.Start[k]; p < rows.Start[k+1]; p++ {
			cost := &x.after[x.cells[rows.To[p]]]
			*cost = min(*cost, rows.Cost[p])
		}
	}
	return nil
}

func (s *Session) aboutSites(x *plan) {
	if x.median {
		s.assume("超出范围的人按范围上限计路程；只考虑范围内的候选位置。", "Whoever is beyond the reach counts as at its limit; a site serves those within reach only.")
	}
	s.assume("先贪心选取，再逐一交换改进；上限由拉格朗日松弛得出，任何其他选法都不会超过它。", "Chosen greedily, then improved by exchanges; the bound is that of Lagrangian relaxation, and no other choice gains more.")
	s.assume("不计新设施的容量和出动时间。", "The capacity of new sites, and the time to call out there, are left out.")
}

// gain is what a choice gains, as answers write it: people, or person-kilometres (-hours).
func (x *plan) gain(n int64) any {
	switch {
	case !x.median:
		return n
	case x.road:
		return figureOf(float64(n) / 3.6e6)
	}
	return figureOf(float64(n) / 1e6)
}

func (x *plan) gainTitle() (zh, en string) {
	switch {
	case !x.median:
		return "新增覆盖", "Newly covered"
	case x.road:
		return "节省（人·小时）", "Saved (person-hours)"
	}
	return "节省（人·公里）", "Saved (person-kilometres)"
}

func (x *plan) summary(facilities *Set) []Figure {
	total, before, after := 0.0, 0.0, 0.0
	for i, cost := range x.after {
		w := x.weight(i)
		total += w
		if x.now(i) == unserved {
			before += w
		}
		if cost == unserved {
			after += w
		}
	}
	zh, en := x.gainTitle()
	within := x.words()
	slack := 0.0
	if x.found.Bound > 0 {
		slack = math.Round(1000*float64(x.found.Bound-x.found.Total)/float64(x.found.Bound)) / 10
	}
	return []Figure{
		{"sites", layers.Text{Zh: "选出", En: "Sites chosen"}, len(x.found.Chosen), "1"},
		{"gain", layers.Text{Zh: zh, En: en}, x.gain(x.found.Total), ""},
		{"bound", layers.Text{Zh: "任何选法的上限", En: "No choice gains more than"}, x.gain(x.found.Bound), ""},
		{"gap", layers.Text{Zh: "与上限的差距", En: "Below the bound by"}, slack, "%"},
		{"before", layers.Text{Zh: "现状未覆盖（" + within.Zh + "）", En: "Not covered now (" + within.En + ")"}, figureOf(before), "1"},
		{"after", layers.Text{Zh: "新设后未覆盖", En: "Not covered then"}, figureOf(after), "1"},
		{"total", x.counted(), figureOf(total), "1"},
		{"candidates", layers.Text{Zh: "候选位置", En: "Candidates"}, len(x.candidates), "1"},
		{"facilities", layers.Text{Zh: "现有设施", En: "Facilities now"}, facilities.Len(), "1"},
	}
}

// siteTable lists the sites in the order in which to build.
func (x *plan) siteTable() *Table {
	zh, en := x.gainTitle()
	t := &Table{ID: "sites", Title: layers.Text{Zh: "选出的位置（按先后）", En: "Sites, in order"}, Columns: []Column{
		numberColumn("order", "次序", "Order", "1"), textColumn("name", "名称", "Name"),
		numberColumn("longitude", "经度", "Longitude", "deg"), numberColumn("latitude", "纬度", "Latitude", "deg"),
		numberColumn("gain", zh, en, ""), numberColumn("cumulative", "累计", "In all so far", ""),
	}}
	sum := int64(0)
	for n, k := range x.found.Chosen {
		c := x.candidates[k]
		sum += x.found.Gains[n]
		t.Rows = append(t.Rows, Row{Layer: c.layer, ID: c.id, Geometry: c.at, Values: []any{
			n + 1, c.name, math.Round(c.at[0]*1e6) / 1e6, math.Round(c.at[1]*1e6) / 1e6, x.gain(x.found.Gains[n]), x.gain(sum),
		}})
	}
	t.Total = []any{"", "", "", "", x.gain(x.found.Total), ""}
	return t
}

func (x *plan) drawSites() []Drawing {
	var shapes []Drawing
	for n, k := range x.found.Chosen {
		c := x.candidates[k]
		gain := x.found.Gains[n]
		zh, en := x.gainTitle()
		shapes = append(shapes, Drawing{ID: "site", Role: "place", Geometry: c.at, Title: layers.Text{
			Zh: fmt.Sprintf("%d. %s：%s %v", n+1, c.name.Zh, zh, x.gain(gain)), En: fmt.Sprintf("%d. %s: %s %v", n+1, c.name.En, en, x.gain(gain)),
		}})
	}
	return shapes
}

// breakdowns tell by unit who was not covered and who still is not.
func (x *plan) breakdowns(units *belonging) []*Table {
	t := x.counted()
	columns := []Column{
		numberColumn("total", t.Zh, t.En, "1"), numberColumn("before", "现状未覆盖", "Not covered now", "1"),
		numberColumn("gained", "新增覆盖", "Newly covered", "1"), numberColumn("after", "新设后未覆盖", "Not covered then", "1"),
	}
	figures := make([][]float64, len(units.places))
	for k := range figures {
		figures[k] = make([]float64, len(columns))
	}
	for i, kind := range units.kinds {
		f, w := figures[kind], x.weight(i)
		f[0] += w
		if x.now(i) == unserved {
			f[1] += w
			if x.after[i] == unserved {
				f[3] += w
			} else {
				f[2] += w
			}
		}
	}
	return units.breakdowns(columns, figures)
}

// candidateSite is a place where a facility could be.
type candidateSite struct {
	name  layers.Text
	layer string // of a record
	id    int64
	at    orb.Point
}
