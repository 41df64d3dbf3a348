package ask

import (
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"onemap/geo"
	"onemap/geo/region"
	"onemap/layers"
	"onemap/layers/fault"
)

// storm is a typhoon as its wind circles pass, hour by hour.
type storm struct {
	track Track
	hours []time.Time
	winds [][]*region.Region // by class and hour; nil: no such wind
}

// mostWindAreas is how many wind areas make up a swath.
const mostWindAreas = 5000

// stormFootprint is the swath of each wind class along a track.
func (s *Session) stormFootprint(in Values) (*footprint, error) {
	st := &storm{}
	if err := in.Object("track", &st.track); err != nil {
		return nil, err
	}
	t := &st.track
	if err := t.read(); err != nil {
		return nil, err
	}
	from, to := t.Points[0].Time, t.Points[len(t.Points)-1].Time
	if t.From != nil && t.From.After(from) {
		from = *t.From
	}
	if t.To != nil && t.To.Before(to) {
		to = *t.To
	}
	if to.Before(from) {
		return nil, fault.In("track", "No part of the track is between from and to.")
	}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		st.hours = append(st.hours, at)
	}
	st.hours = append(st.hours, to)
	f := &footprint{storm: st}
	for class, c := range windClasses {
		winds := make([]*region.Region, len(st.hours))
		var swath []orb.MultiPolygon
		for k, at := range st.hours {
			centre, r := t.at(at, class)
			if area := windArea(centre, r); area != nil {
				winds[k] = region.FromAreas(area)
				swath = append(swath, area)
			}
			if k+1 < len(st.hours) {
				swath = append(swath, t.between(at, st.hours[k+1], class)...)
			}
		}
		if len(swath) > mostWindAreas {
			return nil, fault.In("track", "The track is too long and fast for its radii: bound its time with from and to.")
		}
		st.winds = append(st.winds, winds)
		if len(swath) == 0 {
			continue
		}
		union, err := s.asker.store.Union(s.ctx, swath)
		if err != nil {
			return nil, err
		}
		f.stages = append(f.stages, stage{layers.Text{Zh: c.name + "级风圈", En: "Winds of class " + c.name}, c.class, "", region.FromAreas(union)})
		if err := s.left(); err != nil {
			return nil, err
		}
	}
	if len(f.stages) == 0 {
		return nil, fault.In("track", "The track states no wind radius: give radii_km for classes 7, 10 and 12, at its points or for all of it.")
	}
	line := make(orb.LineString, 0, len(st.hours))
	for _, at := range st.hours {
		p, _ := t.at(at, 0)
		line = append(line, p)
	}
	if len(line) > 1 {
		f.shapes = append(f.shapes, Drawing{ID: "track", Role: "way", Title: layers.Text{Zh: "台风路径", En: "Track of the typhoon"}, Geometry: line})
	}
	s.aboutStorm(t)
	return f, nil
}

// between are wind areas between two hours, so close that together they leave no notches:
// a fifth of the least radius apart.
func (t *Track) between(from, to time.Time, class int) (areas []orb.MultiPolygon) {
	a, r := t.at(from, class)
	b, q := t.at(to, class)
	least := math.Inf(1)
	for k := range r {
		for _, x := range []float64{r[k], q[k]} {
			if x > 0 {
				least = min(least, x)
			}
		}
	}
	if math.IsInf(least, 1) {
		return nil
	}
	steps := min(math.Ceil(float64(geo.Distance(a, b))/(200*least)), 20)
	for k := 1.0; k < steps; k++ {
		centre, r := t.at(from.Add(time.Duration(float64(to.Sub(from))*k/steps)), class)
		if area := windArea(centre, r); area != nil {
			areas = append(areas, area)
		}
	}
	return areas
}

func (s *Session) aboutStorm(t *Track) {
	assumed := ""
	for class, c := range windClasses {
		for _, p := range t.Points {
			if r, yes := t.radii(p, class); yes {
				assumed += fmt.Sprintf(" %s: %v km", c.name, r)
				break
			}
		}
	}
	if assumed != "" {
		s.assume("风圈半径是假定值，不是观测值（东北、东南、西南、西北，公里）："+assumed+"；只用于风力达到该级的时刻。",
			"Radii of winds are assumed, not observed (northeast, southeast, southwest, northwest):"+assumed+"; used only while the wind is as strong.")
	}
	if t.BestTrack != "" {
		s.assume("路径为中国气象局热带气旋资料中心最佳路径数据集（Ying等2014，Lu等2021），坐标按WGS 84使用。", "The track is the best track of the CMA Tropical Cyclone Data Center (Ying et al. 2014, Lu et al. 2021), its coordinates taken as WGS 84.")
	}
	s.assume("两点之间中心匀速移动，半径均匀变化；时刻按整小时步长判定。", "Between two points the centre moves and the radii change evenly; hours are found in steps of an hour.")
}

// span is the first and the last hour of a wind class at a place; nil: never.
type span struct{ first, last *time.Time }

// spans are the hours of each wind class at a geometry.
func (st *storm) spans(g orb.Geometry) []span {
	spans := make([]span, len(st.winds))
	bound := g.Bound()
	for class, winds := range st.winds {
		touches := func(k int) bool {
			return winds[k] != nil && winds[k].Bound().Intersects(bound) && winds[k].Touches(g)
		}
		for k := range winds {
			if touches(k) {
				spans[class].first = &st.hours[k]
				break
			}
		}
		if spans[class].first == nil {
			continue
		}
		for k := len(winds) - 1; k >= 0; k-- {
			if touches(k) {
				spans[class].last = &st.hours[k]
				break
			}
		}
	}
	return spans
}

func spanColumns() (columns []Column) {
	for _, c := range windClasses {
		columns = append(columns,
			textColumn("first_"+c.name, c.name+"级风最早", "First hour of class "+c.name), textColumn("last_"+c.name, c.name+"级风最晚", "Last hour of class "+c.name))
	}
	return columns
}

func spanValues(spans []span) (values []any) {
	for _, x := range spans {
		for _, at := range []*time.Time{x.first, x.last} {
			if at == nil {
				values = append(values, nil)
			} else {
				values = append(values, *at)
			}
		}
	}
	return values
}

// hoursTable says when the winds are in each township, statutory and functional ones.
func (s *Session) hoursTable(st *storm) (*Table, error) {
	set, err := s.layer("admin_unit", "", "")
	if err != nil {
		return nil, nil // the breakdown has said so
	}
	t := &Table{ID: "hours", Title: layers.Text{Zh: "各乡镇风力起止时间", En: "Hours of winds by township"}}
	t.Columns = append([]Column{textColumn("code", "代码", "Code"), textColumn("name", "名称", "Name"), textColumn("kind", "性质", "Kind")}, spanColumns()...)
	var towns []int
	for i := range set.Len() {
		if set.text(i, "level") == "township" {
			towns = append(towns, i)
		}
	}
	spans := make([][]span, len(towns))
	var group errgroup.Group
	group.SetLimit(2)
	for k, i := range towns {
		group.Go(func() error {
			spans[k] = st.spans(set.Geometry(i))
			return s.left()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for k, i := range towns {
		reached := false
		for _, x := range spans[k] {
			reached = reached || x.first != nil
		}
		if reached {
			kind := any("")
			if f := set.field("kind"); f != nil {
				kind = titleOf(f, set.text(i, "kind"))
			}
			t.Rows = append(t.Rows, Row{
				Layer: "admin_unit", ID: set.ID(i), Geometry: place(set, i),
				Values: append([]any{set.text(i, "code"), nameOf(set, i), kind}, spanValues(spans[k])...),
			})
		}
	}
	sortRows(t.Rows, 0)
	return t, nil
}

// recallTable lists the turbines that the winds reach, those to be left first on top.
func (s *Session) recallTable(st *storm, tally *tally, hours float64) *Table {
	t := recordTable(tally.set, "recall", layers.Text{Zh: "需撤离的海上风机", En: "Turbines to recall"}, append([]Column{
		textColumn("recall_by", "最迟撤离时间", "Recall by"), numberColumn("people", "作业人数", "People at work", "1"),
	}, spanColumns()...)...)
	people := tally.set.field("people_on_board")
	for _, i := range tally.members {
		spans := st.spans(place(tally.set, i))
		var by, aboard any
		for _, x := range spans {
			if x.first != nil {
				by = x.first.Add(-time.Duration(hours * float64(time.Hour)))
				break
			}
		}
		if by == nil {
			continue // between two hours only
		}
		if people != nil {
			aboard = tally.set.Value(i, people)
		}
		t.Rows = append(t.Rows, recordRow(tally.set, i, append([]any{by, aboard}, spanValues(spans)...)...))
	}
	sortRows(t.Rows, len(t.Columns)-2-len(spanColumns()))
	return t
}
