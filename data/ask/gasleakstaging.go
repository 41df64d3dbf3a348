package ask

import (
	"math"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/roads"
	"onemap/layers"
)

func distance(a, b orb.Point) float64 { return float64(geo.Distance(a, b)) }

// sides are the places to gather: upwind first, then to both sides of the wind, as far
// outside the zone as is asked, on a road where there is one.
func (s *Session) sides(p *plume, t *travel, outside float64) []side {
	list := []side{
		{title: layers.Text{Zh: "上风向", En: "Upwind"}}, {title: layers.Text{Zh: "侧风向（左）", En: "Crosswind, left"}}, {title: layers.Text{Zh: "侧风向（右）", En: "Crosswind, right"}},
	}
	for k, turn := range []float64{180, -90, 90} {
		// Out from the place until the zone is far enough behind.
		for away := p.isolation + outside; away <= p.isolation+2*p.downwind+4*outside+1000; away += 50 {
			if s.ctx.Err() != nil {
				return nil
			}
			at := geo.Destination(p.place, geo.Degrees(p.toward+turn), geo.Metres(away))
			if p.outside(at) < outside {
				continue
			}
			if !list[k].safe {
				list[k].at, list[k].safe = at, true
			}
			if t != nil {
				spot, on := t.Graph().Spot(t.Snap(at, max(outside, 300)))
				if !on || p.outside(spot.Point) < outside {
					continue // no road there, or too near: farther out
				}
				list[k].at, list[k].road = spot.Point, true
			}
			break
		}
	}
	return list
}

// gather says where to gather, and which teams come there past the zone.
func (s *Session) gather(p *plume, in Values, answer *Answer) error {
	t, err := s.travel(in)
	if err != nil || t.roads.Len() == 0 {
		t = nil
		s.trouble(Trouble{Text: layers.Text{Zh: "没有可用的路网：集结点不在道路上，队伍按直线判断。", En: "There is no road network to use: places to gather are not on roads, and teams are judged by straight lines."}, Layer: "road"})
	}
	sides := s.sides(p, t, in.Number("staging"))
	if err := s.left(); err != nil {
		return err
	}
	table := &Table{ID: "staging", Title: layers.Text{Zh: "安全集结位置", En: "Where to gather safely"}, Columns: []Column{
		textColumn("side", "方位", "Side"), distanceColumn, numberColumn("outside", "距防护区", "From the zone", "m"), textColumn("road", "在道路上", "On a road"),
	}}
	best := -1
	for k, x := range sides {
		if !x.safe {
			continue
		}
		if best < 0 || x.road && !sides[best].road {
			best = k
		}
		road := layers.Text{Zh: "否", En: "no"}
		if x.road {
			road = layers.Text{Zh: "是", En: "yes"}
		}
		table.Rows = append(table.Rows, Row{Geometry: x.at, Values: []any{x.title, metres(distance(p.place, x.at)), metres(p.outside(x.at)), road}})
	}
	answer.Tables = append(answer.Tables, table)
	if best < 0 {
		s.trouble(Trouble{Text: layers.Text{Zh: "找不到区外的集结位置。", En: "No place outside the zone was found to gather."}})
		return nil
	}
	answer.Shapes = append(answer.Shapes, Drawing{ID: "staging", Role: "place", Title: layers.Text{Zh: "集结位置：" + sides[best].title.Zh, En: "Gather here: " + sides[best].title.En}, Geometry: sides[best].at})
	if !sides[best].road {
		t = nil
	}
	return s.teamsPast(p, t, sides[best].at, int(in.Number("teams")), answer)
}

// teamsPast lists the teams nearest to where they gather, and whether their ways there cross
// the zone.
func (s *Session) teamsPast(p *plume, t *travel, staging orb.Point, k int, answer *Answer) error {
	v, err := s.view("rescue_team", "")
	if err != nil || k == 0 {
		return nil
	}
	set, err := s.set(v, "", "")
	if err != nil {
		return err
	}
	index, err := s.index(set)
	if err != nil {
		return err
	}
	var tree *roads.Tree
	if t != nil {
		if tree, err = t.Tree(s.ctx, t.search(s.stops(t, []orb.Point{staging}, "place"), true, 0)); err != nil {
			return err
		}
		defer tree.Release()
	}
	table := recordTable(set, "teams", layers.Text{Zh: "最近的队伍", En: "Nearest teams"}, distanceColumn,
		numberColumn("minutes", "行车时间", "On the way", "min"), numberColumn("call_out", "出动时间", "Call-out", "min"), textColumn("crosses", "路线穿过防护区", "Way crosses the zone"), textColumn("by", "依据", "Judged by"))
	callOut := set.field("call_out_min")
	for _, f := range index.Nearest(staging, k, geo.Metres(math.Inf(1)), nil) {
		at := place(set, f.I)
		line, took, by := orb.LineString{at, staging}, any(nil), layers.Text{Zh: "直线", En: "straight line"}
		if tree != nil {
			if way, found := tree.Path(t.Snap(at, t.offRoad)); found && len(way.Line) > 1 {
				line, took, by = way.Line, minutes(way.Seconds), layers.Text{Zh: "道路", En: "road"}
			}
		}
		crosses := layers.Text{Zh: "否", En: "no"}
		role := "way"
		if p.zone.Touches(line) {
			crosses, role = layers.Text{Zh: "是", En: "yes"}, "gap"
		}
		var out any
		if callOut != nil {
			out = set.Value(f.I, callOut)
		}
		answer.Shapes = append(answer.Shapes, Drawing{ID: "team", Role: role, Title: layers.Text{Zh: nameOf(set, f.I), En: nameOf(set, f.I)}, Geometry: line})
		table.Rows = append(table.Rows, recordRow(set, f.I, metres(float64(f.Metres)), took, out, crosses, by))
	}
	answer.Tables = append(answer.Tables, table)
	return nil
}
