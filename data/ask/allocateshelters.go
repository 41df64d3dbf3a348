package ask

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"onemap/geo/near"
	"onemap/geo/region"
	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
)

// shelters are those that people may go to, by number from 0, and those that are left out.
type shelters struct {
	set    *Set
	of     []int   // place of each in the set
	places []int64 // free ones of each
	out    []outShelter
}

// outShelter is one that can't be used.
type outShelter struct {
	at  int
	why layers.Text
}

// shelters removes those that are unsafe, closed, full, in danger or of unknown capacity.
func (s *Session) shelters(in Values, set *Set) (*shelters, error) {
	dangers, err := s.dangers(in)
	if err != nil {
		return nil, err
	}
	capacity, occupancy, area := s.column(set, "capacity"), s.column(set, "occupancy"), s.column(set, "area_m2")
	if capacity == nil && area == nil {
		return nil, fault.New(fault.Forbidden, "The capacity of shelters can't be read here.")
	}
	if occupancy == nil {
		s.assume("当前安置人数不可见，按 0 计。", "The present occupancy can't be read here and is taken as 0.")
	}
	x := &shelters{set: set}
	unknown, byArea := 0, 0
	for i := range set.Len() {
		code := set.text(i, "status")
		why := layers.Text{}
		switch code {
		case "unsafe", "closed", "full":
			why = titleOf(set.field("status"), code)
		case "open", "ready":
		default:
			unknown++
		}
		if why == (layers.Text{}) {
			why = dangers.at(set, i)
		}
		places := math.NaN()
		if capacity != nil {
			places = capacity[i]
		}
		if math.IsNaN(places) && area != nil && in.Has("area_per_person") && area[i] > 0 {
			places = math.Floor(area[i] / in.Number("area_per_person"))
			byArea++
		}
		if occupancy != nil && occupancy[i] > 0 {
			places -= occupancy[i]
		}
		switch {
		case why != (layers.Text{}):
		case math.IsNaN(places):
			why = layers.Text{Zh: "未登记容量", En: "No capacity is recorded"}
		case places < 1:
			why = layers.Text{Zh: "没有空位", En: "No room"}
		}
		if why != (layers.Text{}) {
			x.out = append(x.out, outShelter{i, why})
			continue
		}
		x.of, x.places = append(x.of, i), append(x.places, int64(places))
	}
	s.assume("空位为登记容量减当前安置人数；停用、不宜启用、已满和危险区域内的场所不用。", "Room is capacity less present occupancy; shelters that are closed, unsafe, full or in danger are not used.")
	if unknown > 0 {
		s.assume(fmt.Sprintf("%d 处场所状态不明，视为可用。", unknown), fmt.Sprintf("The state of %d shelters is unknown; they are taken as usable.", unknown))
	}
	if byArea > 0 {
		s.assume(fmt.Sprintf("%d 处场所未登记容量，按有效面积每人 %g 平方米计。", byArea, in.Number("area_per_person")), fmt.Sprintf("%d shelters have no recorded capacity; their area counts %g m² a person.", byArea, in.Number("area_per_person")))
	}
	if len(x.of) == 0 {
		s.trouble(Trouble{Text: layers.Text{Zh: "没有可用的避难场所", En: "No shelter can be used"}, Layer: "shelter"})
	}
	return x, nil
}

// column are the numbers of a field; nil where the reader has none.
func (s *Session) column(set *Set, name string) []float64 {
	list, err := s.numbers(set, name)
	if err != nil {
		return nil
	}
	return list
}

// dangers are the areas in which no shelter is safe.
type dangers struct {
	drawn *region.Cover
	areas division
	names []layers.Text // of the areas
}

func (s *Session) dangers(in Values) (*dangers, error) {
	d := &dangers{}
	if in.Has("avoid") {
		area, err := s.region(in, "avoid", "")
		if err != nil {
			return nil, err
		}
		if len(area.Outline()) == 0 {
			return nil, fault.In("avoid", "Draw an area: a polygon or a circle.")
		}
		d.drawn = area.Cover()
	}
	add := func(set *Set, i int, zh, en string) {
		d.areas.areas = append(d.areas.areas, bandsOf(set.Geometry(i)))
		name := nameOf(set, i)
		d.names = append(d.names, layers.Text{Zh: zh + "：" + name, En: en + ": " + name})
	}
	if code := in.Text("hazard"); code != "" {
		v, err := s.view("hazard_zone", "hazard")
		if err != nil {
			return nil, err
		}
		if f := v.Field("hazard"); f == nil || f.List.Code(code) == nil {
			return nil, fault.In("hazard", "%.40q is no hazard of hazard zones.", code)
		}
		levels := in.Texts("levels")
		for _, l := range levels {
			if f := v.Field("level"); f == nil || f.List.Code(l) == nil {
				return nil, fault.In("levels", "%.40q is no level of hazard zones.", l)
			}
		}
		if len(levels) == 0 {
			return nil, fault.In("levels", "Name one or more levels of hazard zones.")
		}
		zones, err := s.set(v, "hazard = "+quoted(code)+" AND level IN ("+quoted(levels...)+")", "hazard")
		if err != nil {
			return nil, err
		}
		for i := range zones.Len() {
			add(zones, i, "在灾害区划内", "In a hazard zone")
		}
		if zones.Len() == 0 {
			s.trouble(Trouble{Text: layers.Text{Zh: "没有该灾种和等级的区划，未排除任何场所", En: "There are no zones of this hazard and level; no shelter is left out for them"}, Layer: "hazard_zone", Input: "hazard"})
		}
	}
	if in.Has("warning") {
		id := int64(in.Number("warning"))
		set, err := s.layer("warning", "", "")
		if err != nil {
			return nil, err
		}
		i, found := set.Find(id)
		if !found {
			return nil, fault.In("warning", "There is no warning %d in force that has an area.", id)
		}
		add(set, i, "在预警区域内", "In the area of a warning")
	}
	return d, nil
}

// at says in which danger a shelter is; empty for none.
func (d *dangers) at(set *Set, i int) layers.Text {
	if d.drawn != nil && holds(d.drawn, set, i) {
		return layers.Text{Zh: "在所画危险区域内", En: "In the area of danger that was drawn"}
	}
	if k := d.areas.find(place(set, i), -1); k >= 0 {
		return d.names[k]
	}
	return layers.Text{}
}

// optionsByLine finds the shelters within metres of each record that has people.
func (s *Session) optionsByLine(in Values, x *allotted) error {
	points := make([]orb.Point, len(x.shelters.of))
	for j, i := range x.shelters.of {
		points[j] = place(x.shelters.set, i)
	}
	var err error
	x.problem.Options, err = s.pairsByLine(x.Len(), func(i int) (orb.Point, bool) {
		return place(x.Set, i), x.problem.People[i] > 0
	}, near.Build(near.FromLonLat(points)), in.Number("metres"))
	return err
}

// optionsByRoad finds the shelters within minutes of each record that has people.
func (s *Session) optionsByRoad(in Values, x *allotted) error {
	t, err := s.travel(in)
	if err != nil {
		return err
	}
	all, err := s.stopsAt(t, x.shelters.set, true)
	if err != nil {
		return err
	}
	stops := make([]roads.Stop, len(x.shelters.of))
	for j, i := range x.shelters.of {
		stops[j] = all[i]
	}
	at, err := s.snapped(t, x.Set)
	if err != nil {
		return s.given(err)
	}
	targets := roads.Stops(at...)
	for i := range targets {
		if x.problem.People[i] == 0 {
			targets[i] = roads.Stop{}
		}
	}
	byShelter, err := s.pairsByRoad(t, t.search(stops, true, in.Number("minutes")), targets)
	if err != nil {
		return err
	}
	x.problem.Options = turned(&byShelter, x.Len())
	return nil
}
