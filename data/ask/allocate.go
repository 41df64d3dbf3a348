package ask

import (
	"fmt"
	"math"
	"slices"

	"onemap/geo/siting"
	"onemap/layers"
	"onemap/layers/fault"
)

var allocate = &Question{
	ID:    "allocate",
	Title: layers.Text{Zh: "人员安置", En: "Who goes to which shelter"},
	Description: layers.Text{
		Zh: "把人口格网或房屋中的人分配到步行可达、确有空位且安全的避难场所：先使安置人数最多，再使总路程最短；列出各场所人数、去向和各村未安置人数。",
		En: "The people of cells or buildings go to shelters that are within walking distance, safe and have room: as many as possible, then at the least total way; loads of shelters, ways, and who is left by village.",
	},
	Inputs: slices.Concat(demandInputs, []Input{
		{Name: "filter", Title: layers.Text{Zh: "仅用符合条件的场所", En: "Only shelters that fit"}, Kind: Filter, Of: "shelter"},
		{Name: "area_per_person", Title: layers.Text{Zh: "未登记容量的按人均面积", En: "Area a person, where no capacity is recorded"}, Description: layers.Text{Zh: "不填：未登记容量的场所不参与。", En: "None: shelters without a recorded capacity are left out."}, Kind: Number, Unit: "m2", Min: least(0.5), Max: most(100)},
		{Name: "avoid", Title: layers.Text{Zh: "危险区域", En: "Area of danger"}, Description: layers.Text{Zh: "其中的避难场所不用。", En: "Shelters in it are not used."}, Kind: Shape},
		{Name: "hazard", Title: layers.Text{Zh: "避开灾害区划（灾种）", En: "Avoid hazard zones of"}, Description: layers.Text{Zh: "灾种代码，如 flood。", En: "A code of the list of hazards, such as flood."}, Kind: Choice, Codes: []string{"hazard"}},
		{Name: "levels", Title: layers.Text{Zh: "区划等级", En: "Of the levels"}, Description: layers.Text{Zh: "等级代码，level_1 最高。", En: "Codes of levels; level_1 is the highest."}, Kind: Choice, Codes: []string{"hazard_level"}, Many: true, Default: []string{"level_1"}},
		{Name: "warning", Title: layers.Text{Zh: "避开预警区域（预警记录编号）", En: "Avoid the area of the warning of this id"}, Kind: Integer, Min: least(1)},
	}, reachInputs[:3], []Input{
		{Name: "limit", Title: layers.Text{Zh: "每表列出", En: "Rows listed a table"}, Kind: Integer, Default: 200, Min: least(0), Max: most(100_000)},
	}, onFoot(travelInputs)),
	answer: answerAllocate,
}

// onFoot are travelInputs that have people walk unless something else is said.
func onFoot(inputs []Input) []Input {
	list := slices.Clone(inputs)
	for k := range list {
		if list[k].Name == "mode" {
			list[k].Default = "foot"
		}
	}
	return list
}

// allotted is an allocation and all that it is about. Costs are millimetres, or
// milliseconds by road.
type allotted struct {
	*demand
	shelters *shelters
	problem  siting.Demand
	found    *siting.Allocation
	road     bool
	limit    int
}

func answerAllocate(s *Session, in Values) (*Answer, error) {
	d, err := s.demand(in)
	if err != nil {
		return nil, err
	}
	if d.figure == nil && in.Text("figure") == "" {
		return nil, fault.In("figure", "The layer %s has no residents that can be read here: name the field that counts the people, or records if each is one person.", d.View.ID)
	}
	set, err := s.layer("shelter", in.Text("filter"), "filter")
	if err != nil {
		return nil, err
	}
	x := &allotted{demand: d, road: in.Text("by") == "road", limit: int(in.Number("limit"))}
	if x.shelters, err = s.shelters(in, set); err != nil {
		return nil, err
	}
	x.problem.People = make([]int64, d.Len())
	for i := range x.problem.People {
		x.problem.People[i] = int64(math.Round(d.weight(i)))
	}
	x.problem.Capacity = x.shelters.places
	s.report(0.1, "正在查找可达的避难场所", "Finding the shelters within reach")
	if x.road {
		err = s.optionsByRoad(in, x)
	} else {
		err = s.optionsByLine(in, x)
	}
	if err != nil {
		return nil, err
	}
	all := int64(0)
	for _, n := range x.problem.People {
		all += n
	}
	x.found, err = siting.Allocate(s.ctx, &x.problem, func(_ int, unmet int64) {
		s.report(0.4+0.5*(1-float64(unmet)/float64(max(all, 1))), "正在分配", "Allocating")
	})
	if err != nil {
		if s.ctx.Err() != nil {
			return nil, s.left()
		}
		return nil, fault.Wrap(err, fault.Invalid, "The people can't be allocated")
	}
	s.report(0.9, "正在验证", "Verifying")
	if err := siting.Verify(&x.problem, x.found); err != nil {
		return nil, fmt.Errorf("the allocation is not optimal: %w", err)
	}
	s.aboutAllocation(x)
	answer := &Answer{Summary: x.summary(all)}
	units, err := s.belonging(d.Set)
	if err != nil {
		return nil, err
	}
	answer.Tables = append(answer.Tables, x.shelterTable(), x.shelters.outTable(x.limit))
	answer.Tables = append(answer.Tables, x.breakdowns(units)...)
	villages, err := s.villageTable(x)
	if err != nil {
		return nil, err
	}
	if villages != nil {
		answer.Tables = append(answer.Tables, villages)
	}
	ways, flows := x.flows()
	left, gaps := x.unmet()
	answer.Tables, answer.Shapes = append(answer.Tables, left, flows), append(gaps, ways...)
	return answer, s.left()
}

func (s *Session) aboutAllocation(x *allotted) {
	s.assume("先使得到安置的人数最多，再使总路程（或总时间）最小；同一格网的人可分到多处。", "As many people as possible find a place, then the total way (or time) is least; the people of one cell may go to several shelters.")
	s.assume("最优性由每个场所的影子价格逐项验证。", "That no allocation is better is verified by the shelters' shadow prices.")
	if x.road {
		s.assume("时间为从对象前往设施。", "Times are those of going to the facility.")
	} else {
		s.assume("直线距离为椭球面测地距离。", "Straight lines are geodesics on the ellipsoid.")
	}
}

func (x *allotted) summary(all int64) []Figure {
	free, used := int64(0), 0
	for j, n := range x.found.Load {
		free += x.problem.Capacity[j] - n
		if n > 0 {
			used++
		}
	}
	share := 0.0
	if all > 0 {
		share = math.Round(1000*float64(x.found.Served)/float64(all)) / 10
	}
	list := []Figure{
		{"demand", layers.Text{Zh: "需安置", En: "To be sheltered"}, all, "1"},
		{"served", layers.Text{Zh: "已安置", En: "With a place"}, x.found.Served, "1"},
		{"unmet", layers.Text{Zh: "未安置", En: "Without a place"}, all - x.found.Served, "1"},
		{"served_share", layers.Text{Zh: "安置比例", En: "Share with a place"}, share, "%"},
		{"shelters", layers.Text{Zh: "启用的避难场所", En: "Shelters used"}, used, "1"},
		{"removed", layers.Text{Zh: "不可用的避难场所", En: "Shelters that can't be used"}, len(x.shelters.out), "1"},
		{"free", layers.Text{Zh: "剩余容量", En: "Places left free"}, free, "1"},
	}
	if x.found.Served > 0 {
		list = append(list, Figure{"mean", layers.Text{Zh: "人均路程", En: "Mean way"}, x.cost(x.found.Cost / x.found.Served), x.unit()})
		total := layers.Text{Zh: "总路程（人·公里）", En: "Total way (person-kilometres)"}
		figure := float64(x.found.Cost) / 1e6
		if x.road {
			total, figure = layers.Text{Zh: "总时间（人·小时）", En: "Total time (person-hours)"}, float64(x.found.Cost)/3.6e6
		}
		list = append(list, Figure{"total_way", total, math.Round(figure*10) / 10, ""})
	}
	return append(
		list,
		Figure{"optimal", layers.Text{Zh: "已验证为最优", En: "Verified to be optimal"}, true, ""},
		Figure{"unplaced", layers.Text{Zh: "无位置未计入的记录", En: "Records without a place, not counted"}, x.Source.Unplaced, "1"},
	)
}

// cost is a cost as answers write it.
func (x *allotted) cost(c int64) any {
	if x.road {
		return minutes(float64(c) / 1000)
	}
	return metres(float64(c) / 1000)
}

func (x *allotted) unit() string {
	if x.road {
		return "min"
	}
	return "m"
}

func (x *allotted) costColumn() Column {
	if x.road {
		return numberColumn("minutes", "步行时间", "Time", "min")
	}
	return distanceColumn
}
