package ask

import (
	"fmt"
	"math"
	"slices"

	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
)

var serviceArea = &Question{
	ID:    "service-area",
	Title: layers.Text{Zh: "服务范围", En: "Service area"},
	Description: layers.Text{
		Zh: "从一处或多处出发，各时间段内能到达哪些路段和人口格网。面仅为示意，不含任何到不了的格网。",
		En: "Which roads and population cells are reached from one or many places, by bands of minutes. The polygon is a picture only, and holds no cell that is not reached.",
	},
	Inputs: append([]Input{
		{Name: "places", Title: layers.Text{Zh: "出发点", En: "Places"}, Kind: Place, Many: true},
		{Name: "layer", Title: layers.Text{Zh: "或全部", En: "Or all of"}, Kind: Layer, Choices: []Option{
			{"rescue_team", layers.Text{Zh: "救援队伍", En: "Rescue teams"}},
			{"shelter", layers.Text{Zh: "避难场所", En: "Shelters"}},
			{"supply_depot", layers.Text{Zh: "物资储备点", En: "Supply depots"}},
			{"public_facility", layers.Text{Zh: "公共设施", En: "Public facilities"}},
		}},
		{Name: "filter", Title: layers.Text{Zh: "其中", En: "Of these"}, Kind: Filter, Of: "layer"},
		{Name: "minutes", Title: layers.Text{Zh: "时间段上限", En: "Upper limits of the bands"}, Kind: Number, Many: true, Unit: "min", Default: []float64{5, 10, 15}, Min: least(0.1), Max: most(240)},
		{Name: "direction", Title: layers.Text{Zh: "方向", En: "Direction"}, Kind: Choice, Default: "from", Choices: []Option{
			{"from", layers.Text{Zh: "自出发点前往", En: "From the places"}}, {"to", layers.Text{Zh: "前往出发点", En: "To the places"}},
		}},
		{Name: "roads", Title: layers.Text{Zh: "列出路段", En: "Road segments listed"}, Kind: Integer, Default: 0, Min: least(0), Max: most(200_000)},
		{Name: "cells", Title: layers.Text{Zh: "列出格网", En: "Cells listed"}, Kind: Integer, Default: 100, Min: least(0), Max: most(200_000)},
	}, travelInputs...),
	answer: answerServiceArea,
}

func answerServiceArea(s *Session, in Values) (*Answer, error) {
	bands := list[float64](in, "minutes")
	slices.Sort(bands)
	bands = slices.Compact(bands)
	if len(bands) == 0 || len(bands) > 20 {
		return nil, fault.In("minutes", "Give 1 to 20 upper limits of bands.")
	}
	places := in.Places("places")
	var of *Set
	if id := in.Text("layer"); id != "" {
		v, err := s.view(id, "layer")
		if err != nil {
			return nil, err
		}
		if of, err = s.set(v, in.Text("filter"), "filter"); err != nil {
			return nil, err
		}
		for i := range of.Len() {
			places = append(places, place(of, i))
		}
	}
	if len(places) == 0 {
		return nil, fault.In("places", "Give one or more places, or a layer that has records.")
	}
	t, err := s.travel(in)
	if err != nil {
		return nil, err
	}
	tree, err := t.Tree(s.ctx, t.search(s.stops(t, places, "places"), in.Text("direction") == "to", bands[len(bands)-1]))
	if err != nil {
		return nil, s.given(err)
	}
	defer tree.Release()
	answer := &Answer{}
	reach, err := s.reachedRoads(t, tree, bands, int(in.Number("roads")))
	if err != nil {
		return nil, err
	}
	cells, timed, err := s.reachedCells(t, tree, bands, int(in.Number("cells")))
	if err != nil {
		return nil, err
	}
	answer.Tables = append(answer.Tables, bandTable(bands, reach, cells), reach.table, cells.table)
	outline := roads.Outline{Timed: timed}
	for _, m := range bands {
		outline.Bands = append(outline.Bands, m*60)
	}
	areas, err := tree.Outlines(s.ctx, outline)
	if err != nil {
		return nil, s.given(err)
	}
	for k, area := range slices.Backward(areas) { // the widest lies lowest
		if len(area) > 0 {
			answer.Shapes = append(answer.Shapes, Drawing{
				ID: "band", Role: "band", Title: bandTitle(bands[k]), Value: &bands[k], Unit: "min", Geometry: area,
			})
		}
	}
	for _, p := range places[:min(len(places), 1000)] {
		answer.Shapes = append(answer.Shapes, Drawing{ID: "place", Role: "place", Title: layers.Text{Zh: "出发点", En: "Place"}, Geometry: p})
	}
	last := len(bands) - 1
	answer.Summary = []Figure{
		{"residents", layers.Text{Zh: fmt.Sprintf("%g 分钟内常住人口", bands[last]), En: fmt.Sprintf("Residents within %g minutes", bands[last])}, int64(cells.people[last]), "1"},
		{"road_km", layers.Text{Zh: "可达道路", En: "Roads reached"}, math.Round(reach.metres[last]/100) / 10, "km"},
	}
	s.assume("面由可达路段两侧 300 米内的方格拼成，仅为示意；是否可达以路段和格网的分钟数为准。", "The areas are squares within 300 m of reached road, for the eye only; whether something is reached is said by the minutes of roads and cells.")
	return answer, nil
}

func bandTitle(m float64) layers.Text {
	return layers.Text{Zh: fmt.Sprintf("%g 分钟内", m), En: fmt.Sprintf("Within %g minutes", m)}
}

// reached is what is reached up to each limit: metres of road, or people and cells.
type reached struct {
	table  *Table
	metres []float64
	people []float64
	number []int
}

// reachedRoads adds up and lists the stretches that are reached.
func (s *Session) reachedRoads(t *travel, tree *roads.Tree, bands []float64, limit int) (*reached, error) {
	r := &reached{metres: make([]float64, len(bands)), table: &Table{
		ID: "roads", Title: layers.Text{Zh: "可达路段", En: "Roads reached"},
		Columns: []Column{
			textColumn("name", "名称", "Name"), numberColumn("from_minutes", "起端", "At its start", "min"),
			numberColumn("to_minutes", "末端", "At its end", "min"), numberColumn("metres", "长度", "Length", "m"),
		},
	}}
	g := t.Graph()
	n := 0
	for st := range tree.Stretches() {
		if n++; n%4096 == 0 && s.ctx.Err() != nil {
			return nil, s.left()
		}
		for k, m := range bands {
			if within, ok := st.Within(m * 60); ok {
				r.metres[k] += g.Metres(within)
			}
		}
		if len(r.table.Rows) >= limit {
			r.table.More++
			continue
		}
		name := ""
		if i, found := t.roads.Find(st.Edge); found {
			name = nameOf(t.roads, i)
		}
		r.table.Rows = append(r.table.Rows, Row{
			Layer: "road", ID: st.Edge, Geometry: g.Line(st),
			Values: []any{name, minutes(st.SecondsFrom), minutes(st.SecondsTo), metres(g.Metres(st))},
		})
	}
	return r, nil
}

// reachedCells adds up the people of the population cells that are reached, and returns the
// times of all cells.
func (s *Session) reachedCells(t *travel, tree *roads.Tree, bands []float64, limit int) (*reached, []roads.Timed, error) {
	r := &reached{people: make([]float64, len(bands)), number: make([]int, len(bands)), table: &Table{
		ID: "cells", Title: layers.Text{Zh: "可达人口格网", En: "Population cells reached"},
		Columns: []Column{textColumn("name", "格网", "Cell"), numberColumn("minutes", "到达时间", "Time", "min"), numberColumn("residents", "常住人口", "Residents", "1")},
	}}
	set, err := s.layer("population", "", "")
	if fault.CodeOf(err) == fault.NotFound {
		s.assume("无权查看人口格网，未统计人口。", "Population cells can't be read here; people are not counted.")
		return r, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	people, err := s.numbers(set, "residents")
	if err != nil {
		return nil, nil, err
	}
	snapped, err := s.snapped(t, set)
	if err != nil {
		return nil, nil, err
	}
	served, err := tree.Serve(s.ctx, snapped)
	if err != nil {
		return nil, nil, s.given(err)
	}
	type cell struct {
		at      int
		seconds float64
	}
	var cells []cell
	timed := make([]roads.Timed, len(served))
	for i, v := range served {
		timed[i] = roads.Timed{Point: place(set, i), Seconds: float64(v.Seconds)}
		seconds := float64(v.Seconds)
		if v.Stop >= 0 {
			cells = append(cells, cell{i, seconds})
		}
		for k, m := range bands {
			if v.Stop >= 0 && seconds <= m*60 {
				r.number[k]++
				if people[i] == people[i] {
					r.people[k] += people[i]
				}
			}
		}
	}
	slices.SortFunc(cells, func(a, b cell) int {
		if a.seconds != b.seconds {
			return int(math.Copysign(1, a.seconds-b.seconds))
		}
		return a.at - b.at
	})
	r.table.More = max(len(cells)-limit, 0)
	for _, c := range cells[:min(limit, len(cells))] {
		r.table.Rows = append(r.table.Rows, Row{
			Layer: "population", ID: set.ID(c.at), Geometry: place(set, c.at),
			Values: []any{nameOf(set, c.at), minutes(c.seconds), orNone(people[c.at])},
		})
	}
	s.assume("格网以其中心点计，整格计入。", "A cell is where its centre is, and counts as a whole.")
	return r, timed, nil
}

// orNone is a number, or nil where there is none.
func orNone(x float64) any {
	if math.IsNaN(x) {
		return nil
	}
	return figureOf(x)
}

// bandTable adds up by bands; the limits are upper ones, so a row holds those above it.
func bandTable(bands []float64, r, c *reached) *Table {
	t := &Table{ID: "bands", Title: layers.Text{Zh: "各时间段", En: "By band"}, Chart: "bars", Columns: []Column{
		textColumn("band", "时间", "Band"), numberColumn("residents", "常住人口", "Residents", "1"),
		numberColumn("cells", "格网", "Cells", "1"), numberColumn("road_km", "道路", "Roads", "km"),
	}}
	for k, m := range bands {
		t.Rows = append(t.Rows, Row{Values: []any{bandTitle(m), figureOf(c.people[k]), c.number[k], math.Round(r.metres[k]/100) / 10}})
	}
	return t
}
