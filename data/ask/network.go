package ask

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo/region"
	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
)

// travelInputs say how one travels; questions about times take them.
var travelInputs = []Input{
	{Name: "mode", Title: layers.Text{Zh: "出行方式", En: "By"}, Kind: Choice, Default: "car", Choices: []Option{
		{"car", layers.Text{Zh: "车辆", En: "Vehicle"}}, {"foot", layers.Text{Zh: "步行", En: "On foot"}},
	}},
	{Name: "weight", Title: layers.Text{Zh: "车重", En: "Weight of the vehicle"}, Kind: Number, Unit: "t", Min: least(0), Max: most(200)},
	{Name: "height", Title: layers.Text{Zh: "车高", En: "Height of the vehicle"}, Kind: Number, Unit: "m", Min: least(0), Max: most(20)},
	{Name: "walk_kmh", Title: layers.Text{Zh: "步行速度", En: "Walking speed"}, Kind: Number, Unit: "km/h", Default: float64(roads.DefaultAccessKmh), Min: least(1), Max: most(15)},
	{Name: "off_road", Title: layers.Text{Zh: "离路最远距离", En: "Farthest from a road"}, Kind: Number, Unit: "m", Default: 1000.0, Min: least(0), Max: most(20_000)},
}

// travel is the network as one question sees it.
type travel struct {
	*roads.Network
	roads   *Set
	access  float64 // km/h between a place and the road
	offRoad float64 // metres that a place may be from a road
	plain   bool    // nothing differs from the network as it is
}

// travel lays a question's inputs and the scenario's closures over the road graph. It notes
// the road layer as a source, and what is wrong with its records as problems.
func (s *Session) travel(in Values) (*travel, error) {
	v, err := s.view("road", "")
	if err != nil {
		return nil, fault.New(fault.Forbidden, "Travel times need the layer of roads, which can't be read here.")
	}
	q := layers.Query{View: v, Datetime: layers.Now()}
	f, err := s.asker.memory.Features(s.ctx, q)
	if err != nil {
		return nil, err
	}
	set := &Set{Features: f, View: v, key: q.Key()}
	if set.Source, err = s.source(q, f, ""); err != nil {
		return nil, err
	}
	graph, err := derive(s, set, "graph", func() (*roads.Graph, error) { return roads.Build(edges(set)), nil })
	if err != nil {
		return nil, err
	}
	c := roads.Conditions{Vehicle: roads.Vehicle{WeightT: in.Number("weight"), HeightM: in.Number("height")}}
	t := &travel{roads: set, access: in.Number("walk_kmh"), offRoad: in.Number("off_road")}
	if in.Text("mode") == "foot" {
		c.WalkKmh = t.access
	}
	if c.Closed, err = s.closures(set); err != nil {
		return nil, err
	}
	if t.Network, err = graph.Under(c); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The network can't be used in this way")
	}
	t.plain = t.Network == graph.Plain()
	s.aboutRoads(t, c)
	return t, nil
}

// aboutRoads says what travel times rest on.
func (s *Session) aboutRoads(t *travel, c roads.Conditions) {
	for _, p := range t.Graph().Problems() {
		s.trouble(Trouble{Text: layers.Text{Zh: "道路数据有误：" + p.Reason, En: "A road record is faulty: " + p.Reason}, Layer: "road", ID: p.Edge})
	}
	for _, id := range t.Unknown {
		s.trouble(Trouble{Text: layers.Text{Zh: "情景中关闭的道路不存在", En: "A road that the scenario closes is not there"}, Layer: "road", ID: id})
	}
	islands := 0
	for _, k := range t.Graph().Components() {
		if k.Island {
			islands++
		}
	}
	s.assume("行车时间按登记车速，未登记的按道路等级取值；不计转弯、信号灯和拥堵。", "Times go by the declared speed of a road, else by its class; turns, lights and traffic are left out.")
	s.assume(fmt.Sprintf("起止点到道路按 %g 公里/时直线步行，最远 %g 米。", t.access, t.offRoad), fmt.Sprintf("Between a place and the road a straight walk at %g km/h, at most %g m.", t.access, t.offRoad))
	if islands > 0 {
		s.assume(fmt.Sprintf("路网中有 %d 处与主网不相连。", islands), fmt.Sprintf("%d pieces of the road network hang together with no other.", islands))
	}
	if c.Vehicle.WeightT > 0 && t.Unweighed > 0 {
		s.assume(fmt.Sprintf("%d 座桥梁没有登记限重，视为可通行。", t.Unweighed), fmt.Sprintf("%d bridges state no weight limit and are taken as passable.", t.Unweighed))
	}
	if len(c.Closed) > 0 {
		s.assume(fmt.Sprintf("情景关闭了 %d 条路段。", len(c.Closed)), fmt.Sprintf("The scenario closes %d road segments.", len(c.Closed)))
	}
}

// edges are the road layer's features as the graph takes them.
func edges(set *Set) []roads.Edge {
	list := make([]roads.Edge, set.Len())
	text := func(i int, name string) string {
		if f := set.field(name); f != nil {
			s, _ := set.Value(i, f).(string)
			return s
		}
		return ""
	}
	number := func(i int, name string) float64 {
		if f := set.field(name); f != nil {
			switch x := set.Value(i, f).(type) {
			case float64:
				return x
			case int64:
				return float64(x)
			}
		}
		return 0
	}
	bridge := set.field("bridge")
	for i := range list {
		line, _ := set.Geometry(i).(orb.LineString)
		e := roads.Edge{
			ID: set.ID(i), Line: line, Class: text(i, "class"), SpeedKmh: number(i, "speed_kmh"), Oneway: roads.Oneway(text(i, "oneway")),
			WeightLimitT: number(i, "weight_limit_t"), HeightLimitM: number(i, "height_limit_m"),
			FromNode: int64(number(i, "from_node")), ToNode: int64(number(i, "to_node")),
		}
		if bridge != nil {
			e.Bridge, _ = set.Value(i, bridge).(bool)
		}
		list[i] = e
	}
	return list
}

// closures are the roads that the scenario closes: those named, those lost, and those that
// meet a closed area.
func (s *Session) closures(set *Set) ([]int64, error) {
	if s.scenario == nil {
		return nil, nil
	}
	var closed []int64
	for _, l := range s.scenario.Lost {
		if l.Layer == "road" {
			closed = append(closed, l.IDs...)
		}
	}
	for _, c := range s.scenario.Closed {
		closed = append(closed, c.IDs...)
		if len(c.Area) == 0 {
			continue
		}
		area, err := region.New(orb.Polygon{c.Area}, 0, nil)
		if err != nil {
			return nil, fault.In("scenario", "%s.", sentence(err))
		}
		set.Search(area.Box(), func(i int) bool {
			if area.Touches(set.Geometry(i)) {
				closed = append(closed, set.ID(i))
			}
			return true
		})
	}
	slices.Sort(closed)
	return slices.Compact(closed), nil
}

// stops are places on the network, by number; those off it are named as problems.
func (s *Session) stops(t *travel, places []orb.Point, input string) []roads.Stop {
	stops := make([]roads.Stop, len(places))
	for k, p := range places {
		stops[k].At = t.Snap(p, t.offRoad)
		if !stops[k].At.On() {
			s.trouble(Trouble{
				Text:  layers.Text{Zh: fmt.Sprintf("%g 米内没有可通行的道路", t.offRoad), En: fmt.Sprintf("No open road within %g m", t.offRoad)},
				Input: input, Geometry: p,
			})
		}
	}
	return stops
}

// snapped are the anchors of a set on the network. Those of the network as it is are kept.
func (s *Session) snapped(t *travel, set *Set) ([]roads.Snapped, error) {
	points, err := derive(s, set, "places", func() ([]orb.Point, error) {
		points := make([]orb.Point, set.Len())
		for i := range points {
			points[i] = place(set, i)
		}
		return points, nil
	})
	if err != nil {
		return nil, err
	}
	plain, err := derive(s, set, fmt.Sprintf("snapped %d %g", t.roads.Revision(), t.offRoad), func() ([]roads.Snapped, error) {
		return t.Graph().Plain().SnapAll(s.ctx, points, t.offRoad)
	})
	if err != nil || t.plain {
		return plain, err
	}
	return t.SnapAgain(s.ctx, points, plain, t.offRoad)
}

// search is a search over the network with the question's walking speed.
func (t *travel) search(from []roads.Stop, toward bool, minutes float64) roads.Search {
	return roads.Search{From: from, Toward: toward, Seconds: minutes * 60, AccessKmh: t.access}
}

// minutes are seconds as answers write them: to a tenth of a minute; nil for no way.
func minutes(seconds float64) any {
	if math.IsInf(seconds, 0) || math.IsNaN(seconds) {
		return nil
	}
	return math.Round(seconds/6) / 10
}
