package ask

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// shelterTable lists the shelters that can be used, the fullest first.
func (x *allotted) shelterTable() *Table {
	set := x.shelters.set
	t := recordTable(set, "shelters", layers.Text{Zh: "各避难场所", En: "Shelters"},
		numberColumn("places", "可用容量", "Room", "1"), numberColumn("load", "安置人数", "People", "1"),
		numberColumn("free", "剩余", "Free", "1"), numberColumn("rate", "利用率", "Rate", "%"))
	order := make([]int, len(x.shelters.of))
	for j := range order {
		order[j] = j
	}
	rate := func(j int) float64 { return float64(x.found.Load[j]) / float64(x.problem.Capacity[j]) }
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(rate(b), rate(a)), cmp.Compare(x.found.Load[b], x.found.Load[a]))
	})
	places, load := int64(0), int64(0)
	for n, j := range order {
		places, load = places+x.problem.Capacity[j], load+x.found.Load[j]
		if n < x.limit {
			t.Rows = append(t.Rows, recordRow(set, x.shelters.of[j], x.problem.Capacity[j], x.found.Load[j], x.problem.Capacity[j]-x.found.Load[j], figureOf(float64(int(rate(j)*1000+0.5))/10)))
		}
	}
	t.More = len(order) - len(t.Rows)
	t.Total = make([]any, len(t.Columns))
	for k := range t.Total {
		t.Total[k] = ""
	}
	copy(t.Total[len(t.Total)-4:], []any{places, load, places - load})
	return t
}

// outTable lists the shelters that can't be used, and why.
func (x *shelters) outTable(limit int) *Table {
	t := recordTable(x.set, "removed", layers.Text{Zh: "不可用的避难场所", En: "Shelters that can't be used"}, textColumn("why", "原因", "Why"))
	for _, o := range x.out[:min(limit, len(x.out))] {
		t.Rows = append(t.Rows, recordRow(x.set, o.at, o.why))
	}
	t.More = len(x.out) - len(t.Rows)
	return t
}

var servedColumns = []Column{
	numberColumn("demand", "需安置", "To be sheltered", "1"), numberColumn("served", "已安置", "With a place", "1"), numberColumn("unmet", "未安置", "Without a place", "1"),
}

// served are the figures of servedColumns of one record.
func (x *allotted) served(i int) [3]float64 {
	all, unmet := float64(x.problem.People[i]), float64(x.found.Unmet[i])
	return [3]float64{all, all - unmet, unmet}
}

func (x *allotted) breakdowns(units *belonging) []*Table {
	figures := make([][]float64, len(units.places))
	for k := range figures {
		figures[k] = make([]float64, 3)
	}
	for i, kind := range units.kinds {
		for c, n := range x.served(i) {
			figures[kind][c] += n
		}
	}
	return units.breakdowns(servedColumns, figures)
}

// villages are the units of the lowest level.
type villages struct {
	set   *Set
	areas map[int]*banded // by place in the set
}

func (s *Session) villages() (*villages, error) {
	set, err := s.layer("admin_unit", "", "")
	if err != nil {
		return nil, err
	}
	return derive(s, set, "villages", func() (*villages, error) {
		v := &villages{set, map[int]*banded{}}
		for i := range set.Len() {
			if set.text(i, "level") == "village" && set.text(i, "kind") != functional {
				v.areas[i] = bandsOf(set.Geometry(i))
			}
		}
		return v, nil
	})
}

// locate finds the village of each record's anchor; -1 for none.
func (v *villages) locate(s *Session, set *Set) ([]int, error) {
	return derive(s, set, fmt.Sprintf("villages %d", v.set.Revision()), func() ([]int, error) {
		of := make([]int, set.Len())
		for i := range of {
			if i%4096 == 0 && s.ctx.Err() != nil {
				return nil, s.left()
			}
			x, y := set.Anchor(i)
			p := geo.LonLat(x, y)
			of[i] = -1
			v.set.Search(geo.WorldBox{MinX: x, MinY: y, MaxX: x, MaxY: y}, func(k int) bool {
				if a := v.areas[k]; a != nil && a.holds(p) && (of[i] < 0 || k < of[i]) {
					of[i] = k
				}
				return true
			})
		}
		return of, nil
	})
}

// villageTable tells who is left by village, those with the most first; nil where the layer
// has no villages.
func (s *Session) villageTable(x *allotted) (*Table, error) {
	v, err := s.villages()
	if err != nil {
		return nil, err
	}
	if len(v.areas) == 0 {
		s.assume("行政区划图层没有村级单元，未按村统计。", "The layer of administrative units has no villages; nothing is told by village.")
		return nil, nil
	}
	of, err := v.locate(s, x.Set)
	if err != nil {
		return nil, err
	}
	sums := map[int][3]float64{}
	for i, k := range of {
		sum := sums[k]
		for c, n := range x.served(i) {
			sum[c] += n
		}
		sums[k] = sum
	}
	t := &Table{ID: "by_village", Title: layers.Text{Zh: "按村（社区）", En: "By village"}}
	t.Columns = append([]Column{textColumn("code", "代码", "Code"), textColumn("village", "村（社区）", "Village")}, servedColumns...)
	order := make([]int, 0, len(sums))
	total := make([]float64, 3)
	for _, k := range sorted(sums) {
		sum := sums[k]
		if sum[0] > 0 {
			order = append(order, k)
		}
		for c := range total {
			total[c] += sum[c]
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(sums[b][2], sums[a][2]), a-b) })
	for _, k := range order[:min(x.limit, len(order))] {
		row := Row{Values: []any{"", layers.Text{Zh: "村（社区）之外", En: "Outside all villages"}}}
		if k >= 0 {
			row = Row{Layer: "admin_unit", ID: v.set.ID(k), Geometry: place(v.set, k), Values: []any{v.set.text(k, "code"), nameOf(v.set, k)}}
		}
		sum := sums[k]
		row.Values = append(row.Values, cellsOf(sum[:])...)
		t.Rows = append(t.Rows, row)
	}
	t.More = len(order) - len(t.Rows)
	t.Total = append([]any{"", ""}, cellsOf(total)...)
	return t, nil
}

// unmet lists and draws the records whose people find no place, and says why.
func (x *allotted) unmet() (*Table, []Drawing) {
	t := recordTable(x.Set, "unmet", layers.Text{Zh: "未安置名单", En: "Without a place"},
		numberColumn("people", "人数", "People", "1"), numberColumn("unmet", "未安置", "Without a place", "1"), textColumn("why", "原因", "Why"))
	left := &demand{Set: x.Set, figure: x.figure, numbers: make([]float64, x.Len())}
	if left.figure == nil {
		left.figure = &layers.Field{Name: records, Title: x.counted()}
	}
	var list []int32
	for i, n := range x.found.Unmet {
		if left.numbers[i] = float64(n); n > 0 {
			list = append(list, int32(i))
		}
	}
	for _, at := range foremost(list, x.limit, func(a, b int32) bool {
		p, q := x.found.Unmet[a], x.found.Unmet[b]
		return p > q || p == q && x.ID(int(a)) < x.ID(int(b))
	}) {
		i := int(at)
		why := layers.Text{Zh: "可达的场所均已满", En: "All shelters within reach are full"}
		if x.problem.Options.Start[i] == x.problem.Options.Start[i+1] {
			why = layers.Text{Zh: "可达范围内没有可用场所", En: "No usable shelter within reach"}
		}
		t.Rows = append(t.Rows, recordRow(x.Set, i, x.problem.People[i], x.found.Unmet[i], why))
	}
	t.More = len(list) - len(t.Rows)
	return t, drawGaps(left, list)
}

// mostWays is how many flows are drawn.
const mostWays = 500

// flows lists and draws who goes where, the most people first.
func (x *allotted) flows() ([]Drawing, *Table) {
	t := recordTable(x.Set, "flows", layers.Text{Zh: "去向", En: "Who goes where"},
		textColumn("shelter", "避难场所", "Shelter"), numberColumn("people", "人数", "People", "1"), x.costColumn())
	list := make([]int32, len(x.found.Flows))
	for k := range list {
		list[k] = int32(k)
	}
	var shapes []Drawing
	for n, k := range foremost(list, max(x.limit, mostWays), func(a, b int32) bool {
		p, q := x.found.Flows[a].People, x.found.Flows[b].People
		return p > q || p == q && a < b
	}) {
		f := x.found.Flows[k]
		to := x.shelters.of[f.Facility]
		way := orb.LineString{place(x.Set, int(f.Cell)), place(x.shelters.set, to)}
		name := nameOf(x.shelters.set, to)
		if n < x.limit {
			row := recordRow(x.Set, int(f.Cell), name, f.People, x.cost(f.Cost))
			row.Geometry = way
			t.Rows = append(t.Rows, row)
		}
		if n < mostWays {
			people := float64(f.People)
			shapes = append(shapes, Drawing{
				ID: "flow", Role: "way", Value: &people, Unit: "1", Geometry: way,
				Title: layers.Text{Zh: fmt.Sprintf("%d 人 → %s", f.People, name), En: fmt.Sprintf("%d people → %s", f.People, name)},
			})
		}
	}
	t.More = len(list) - len(t.Rows)
	t.Total = make([]any, len(t.Columns))
	for k := range t.Total {
		t.Total[k] = ""
	}
	t.Total[len(t.Total)-2] = x.found.Served
	return shapes, t
}
