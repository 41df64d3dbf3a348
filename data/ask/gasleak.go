package ask

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/layers/fault"
)

var gasLeak = &Question{
	ID:    "gas-leak",
	Title: layers.Text{Zh: "气体泄漏初期", En: "First minutes of a gas leak"},
	Description: layers.Text{
		Zh: "初始隔离圈和下风向防护区内的人员和场所（按气体到达先后），安全集结位置，以及哪些队伍的路线穿过防护区。仅供最初几分钟参考，不是扩散模拟。",
		En: "People and places in the initial isolation circle and the downwind zone, in order of arrival; where to gather safely; which teams' ways cross the zone. Guidance for the first minutes, no dispersion model.",
	},
	Inputs: append([]Input{
		{Name: "place", Title: layers.Text{Zh: "泄漏点", En: "Where it leaks"}, Kind: Place, Required: true},
		{Name: "substance", Title: layers.Text{Zh: "物质", En: "Substance"}, Kind: Choice, Required: true, Choices: substanceOptions()},
		{Name: "amount", Title: layers.Text{Zh: "泄漏量", En: "Amount"}, Kind: Choice, Default: "large", Choices: []Option{
			{"small", layers.Text{Zh: "少量（不超过208升）", En: "Small (208 litres at most)"}}, {"large", layers.Text{Zh: "大量", En: "Large"}},
		}},
		{Name: "wind_from", Title: layers.Text{Zh: "风向（来向）", En: "Wind from"}, Kind: Number, Unit: "deg", Required: true, Min: least(0), Max: most(360)},
		{Name: "wind_speed", Title: layers.Text{Zh: "风速", En: "Wind speed"}, Kind: Number, Unit: "m/s", Required: true, Min: least(0.5), Max: most(60)},
		{Name: "spread", Title: layers.Text{Zh: "风向摆动（每侧）", En: "Uncertainty of the wind, to each side"}, Kind: Number, Unit: "deg", Default: 15.0, Min: least(0), Max: most(60)},
		{Name: "light", Title: layers.Text{Zh: "昼夜", En: "Day or night"}, Kind: Choice, Default: "sun", Choices: []Option{
			{"sun", layers.Text{Zh: "按时刻和太阳", En: "By the time and the sun"}}, {"day", layers.Text{Zh: "白天", En: "Day"}}, {"night", layers.Text{Zh: "夜间", En: "Night"}},
		}},
		{Name: "time", Title: layers.Text{Zh: "时刻", En: "Time"}, Description: layers.Text{Zh: "不填为现在。", En: "Now, if none is given."}, Kind: Moment},
		{Name: "isolation", Title: layers.Text{Zh: "隔离半径（代替表中值）", En: "Isolation distance, in place of the table's"}, Kind: Number, Unit: "m", Min: least(1), Max: most(5000)},
		{Name: "downwind", Title: layers.Text{Zh: "下风向距离（代替表中值）", En: "Downwind distance, in place of the table's"}, Kind: Number, Unit: "km", Min: least(0), Max: most(50)},
		{Name: "staging", Title: layers.Text{Zh: "集结点在区外距离", En: "Gathering this far outside"}, Kind: Number, Unit: "m", Default: 500.0, Min: least(0), Max: most(10_000)},
		{Name: "teams", Title: layers.Text{Zh: "队伍数", En: "Teams"}, Kind: Integer, Default: 10, Min: least(0), Max: most(100)},
		{Name: "limit", Title: layers.Text{Zh: "每层列出", En: "Records listed a layer"}, Kind: Integer, Default: 200, Min: least(0), Max: most(100_000)},
	}, travelInputs...),
	answer: answerGasLeak,
}

// arrivals are the layers whose records are listed in order of arrival.
var arrivals = []string{"public_facility", "enterprise", "shelter", "rescue_team"}

func answerGasLeak(s *Session, in Values) (*Answer, error) {
	p, err := s.plume(in)
	if err != nil {
		return nil, err
	}
	ready, err := s.prepareAll()
	if err != nil {
		return nil, err
	}
	all, err := s.measureAll(ready, p.zone.Cover(), true)
	if err != nil {
		return nil, err
	}
	within, err := s.measureAll(ready, p.circle.Cover(), false)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Summary: append([]Figure{
		{"isolation", layers.Text{Zh: "初始隔离半径", En: "Initial isolation distance"}, p.isolation, "m"},
		{"downwind", layers.Text{Zh: "下风向防护距离", En: "Downwind protective distance"}, p.downwind / 1000, "km"},
	}, exposureSummary(all)...)}
	whole := layers.Text{Zh: "隔离圈和下风向防护区", En: "Isolation circle and downwind zone"}
	circle := layers.Text{Zh: "初始隔离圈", En: "Initial isolation circle"}
	answer.Tables = []*Table{exposureTable(all), stageTable([]stage{{title: whole}, {title: circle}}, [][]*tally{all, within})}
	if p.sector != nil {
		answer.Shapes = append(answer.Shapes, Drawing{ID: "downwind", Role: "area", Title: layers.Text{Zh: "下风向防护区", En: "Downwind protective zone"}, Geometry: p.sector.Outline()})
	}
	answer.Shapes = append(answer.Shapes,
		Drawing{ID: "isolation", Role: "area", Title: circle, Geometry: p.circle.Outline()},
		Drawing{ID: "place", Role: "place", Title: layers.Text{Zh: "泄漏点", En: "Leak"}, Geometry: p.place})
	for _, id := range arrivals {
		t, err := s.arrivalTable(p, id, int(in.Number("limit")))
		if err != nil {
			return nil, err
		}
		if t != nil {
			answer.Tables = append(answer.Tables, t)
		}
	}
	if err := s.gather(p, in, answer); err != nil {
		return nil, err
	}
	answer.Tables = append(append(answer.Tables, unitTables(all)...), classTables(all)...)
	s.assume("仅供最初几分钟参考，不是扩散模拟；气温高、泄漏在建筑物之间或容器着火时应另行判断。", "Guidance for the first minutes, no dispersion model; heat, streets between buildings or fire at the container need judgement of their own.")
	s.assume("到达时间为下风向距离除以风速；隔离圈内为0。", "Arrival is the distance downwind by the speed of the wind; 0 within the isolation circle.")
	return answer, nil
}

// plume reads the leak and finds its distances.
func (s *Session) plume(in Values) (*plume, error) {
	p := &plume{place: in.Place("place"), speed: in.Number("wind_speed"), spread: in.Number("spread")}
	p.toward = math.Mod(in.Number("wind_from")+180, 360)
	at := s.at
	if in.Has("time") {
		at = in.Time("time")
	}
	day := in.Text("light") == "day" || in.Text("light") == "sun" && Sunlit(at, p.place)
	light := layers.Text{Zh: "夜间", En: "night"}
	if day {
		light = layers.Text{Zh: "白天", En: "day"}
	}
	if in.Text("light") == "sun" {
		s.assume("按太阳位置为"+light.Zh+"（日出到日落为白天）。", "By the sun it is "+light.En+" (day is from sunrise to sunset).")
	}
	k := slices.IndexFunc(substances, func(x substance) bool { return x.code == in.Text("substance") })
	known := substances[k].large
	if in.Text("amount") == "small" {
		known = substances[k].small
	}
	if known == nil && !(in.Has("isolation") && in.Has("downwind")) {
		return nil, fault.In("substance", "The table has no distances of %s for this amount: give isolation and downwind, from the guidebook at hand.", substances[k].title.En)
	}
	if known != nil {
		wind := 0
		if kmh := p.speed * 3.6; kmh >= moderateWind {
			wind = 1
			if kmh > highWind {
				wind = 2
			}
		}
		p.isolation, p.downwind = known.isolation, 1000*known.night[wind]
		if day {
			p.downwind = 1000 * known.day[wind]
		}
		s.assume(ergSource.Zh, ergSource.En)
		if p.downwind == 1000*farthest {
			s.assume("表中下风向距离为11公里以上，此处按11公里，实际可能更远。", "The table says 11 km or more downwind; 11 km are taken, and it may be farther.")
		}
	}
	if in.Has("isolation") {
		p.isolation = in.Number("isolation")
	}
	if in.Has("downwind") {
		p.downwind = 1000 * in.Number("downwind")
	}
	if in.Has("isolation") || in.Has("downwind") {
		s.assume("隔离半径或下风向距离由提问者给定。", "The isolation or the downwind distance was given by the asker.")
	}
	s.assume(fmt.Sprintf("下风向防护区为边长等于下风向距离的正方形，以风向居中，并向两侧各转%g°。", p.spread), fmt.Sprintf("The downwind zone is a square as wide as the distance, centred on the wind and turned by %g° to each side.", p.spread))
	return p, p.make(s)
}

// arrivalTable lists the records of a layer that the gas reaches; nil where the reader has no
// such layer or none is reached.
func (s *Session) arrivalTable(p *plume, id string, limit int) (*Table, error) {
	v, err := s.view(id, "")
	if err != nil {
		return nil, nil // counted and said so before
	}
	set, err := s.set(v, "", "")
	if err != nil {
		return nil, err
	}
	type reached struct {
		at      int
		minutes float64
	}
	var list []reached
	set.Search(p.zone.Box(), func(i int) bool {
		if q := place(set, i); p.zone.Holds(q) {
			list = append(list, reached{i, p.arrival(q)})
		}
		return true
	})
	if len(list) == 0 {
		return nil, nil
	}
	slices.SortFunc(list, func(a, b reached) int {
		return cmp.Or(cmp.Compare(a.minutes, b.minutes), cmp.Compare(set.ID(a.at), set.ID(b.at)))
	})
	t := recordTable(set, "arrival."+id, layers.Text{Zh: v.Title.Zh + "：按到达先后", En: v.Title.En + " in order of arrival"},
		numberColumn("arrival", "气体到达", "Gas arrives after", "min"), distanceColumn, numberColumn("downwind", "下风向距离", "Distance downwind", "m"),
		textColumn("zone", "区域", "Zone"), numberColumn("people_day", "白天人数", "People by day", "1"), numberColumn("people_night", "夜间人数", "People by night", "1"))
	t.More = max(len(list)-limit, 0)
	for _, x := range list[:min(limit, len(list))] {
		q := place(set, x.at)
		zone := layers.Text{Zh: "下风向防护区", En: "Downwind zone"}
		if p.circle.Holds(q) {
			zone = layers.Text{Zh: "初始隔离圈", En: "Isolation circle"}
		}
		row := []any{math.Round(x.minutes*10) / 10, metres(distance(p.place, q)), metres(p.along(q)), zone}
		for _, name := range []string{"people_day", "people_night"} {
			if f := set.field(name); f != nil {
				row = append(row, set.Value(x.at, f))
			} else {
				row = append(row, nil)
			}
		}
		t.Rows = append(t.Rows, recordRow(set, x.at, row...))
	}
	return t, nil
}

// side is a place to gather, and whether it will do.
type side struct {
	title layers.Text
	at    orb.Point
	road  bool
	safe  bool
}
