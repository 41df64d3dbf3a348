package ask

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"onemap/layers"
)

// whole area, touched and by area, as columns and as parts of a column's id.
var three = [3]struct {
	id    string
	title layers.Text
}{{"inside", layers.Text{Zh: "完全在内", En: "Inside"}}, {"touched", layers.Text{Zh: "涉及", En: "Touched"}}, {"weighted", layers.Text{Zh: "折算", En: "By area"}}}

func threeColumns() (columns []Column) {
	for _, x := range three {
		columns = append(columns, Column{ID: x.id, Title: x.title, Unit: "1"})
	}
	return columns
}

func (a amount) values() []any {
	x := a.numbers()
	return []any{figureOf(x[0]), figureOf(x[1]), figureOf(x[2])}
}

// pointed reports whether a subject's records are points: then one number stands for three.
func (t *tally) pointed() bool { return t.set.View.Geometry == layers.Point }

// columns are a subject's measures as columns of a wide table.
func (t *tally) columns() (columns []Column) {
	for _, m := range t.measures {
		columns = append(columns, t.column(m.id, m.unitOf(), m.title)...)
	}
	if t.graded && len(t.classes) > 0 {
		for _, code := range t.classes[0].order {
			title := t.classes[0].titles[code]
			id := t.layer + "." + cmp.Or(t.classes[0].texts[code], "none")
			columns = append(columns, t.column(id, "1", layers.Text{Zh: t.measures[0].title.Zh + "：" + title.Zh, En: t.measures[0].title.En + ": " + title.En})...)
		}
	}
	return columns
}

func (t *tally) column(id, unit string, title layers.Text) []Column {
	if t.pointed() {
		return []Column{{ID: id, Title: title, Unit: unit}}
	}
	var columns []Column
	for _, x := range three {
		columns = append(columns, Column{ID: id + "." + x.id, Title: layers.Text{Zh: title.Zh + "（" + x.title.Zh + "）", En: title.En + " (" + strings.ToLower(x.title.En) + ")"}, Unit: unit})
	}
	return columns
}

// figures appends amounts as the columns show them.
func (t *tally) figures(dst []float64, amounts []amount) []float64 {
	for _, a := range amounts {
		x := a.numbers()
		if t.pointed() {
			dst = append(dst, x[1])
		} else {
			dst = append(dst, x[:]...)
		}
	}
	return dst
}

// grade are the amounts of the first class, in the order of the columns.
func (t *tally) grade(amounts []amount) (list []amount) {
	if t.graded && len(t.classes) > 0 {
		for _, code := range t.classes[0].order {
			list = append(list, amounts[code])
		}
	}
	return list
}

// exposureSummary are the figures to see first: touched records of points, people by area.
func exposureSummary(all []*tally) (figures []Figure) {
	for _, t := range all {
		for k, m := range t.measures {
			x, title := t.total[k].numbers(), m.title
			value := x[1]
			if t.layer == "population" || t.layer == "road" {
				value, title = x[2], layers.Text{Zh: m.title.Zh + "（折算）", En: m.title.En + " (by area)"}
			}
			figures = append(figures, Figure{m.id, title, figureOf(value), m.unitOf()})
		}
	}
	return figures
}

// exposureTable has a row for each measure.
func exposureTable(all []*tally) *Table {
	t := &Table{ID: "exposure", Title: layers.Text{Zh: "暴露总量", En: "Exposed in all"}, Columns: append([]Column{textColumn("what", "对象", "What")}, append(threeColumns(), textColumn("unit", "单位", "Unit"))...)}
	for _, x := range all {
		for k, m := range x.measures {
			t.Rows = append(t.Rows, Row{Layer: x.layer, Values: append(append([]any{m.title}, x.total[k].values()...), m.unit)})
		}
	}
	return t
}

// stageTable has a row for each grade of the footprint. Each is within the one before.
func stageTable(stages []stage, tallies [][]*tally) *Table {
	t := &Table{ID: "stages", Title: layers.Text{Zh: "分级暴露（各级含更高级）", En: "By grade of the footprint, each with the higher ones"}, Columns: []Column{textColumn("stage", "分级", "Grade")}}
	for k, all := range tallies {
		row := Row{Values: []any{stages[k].title}}
		for _, x := range all {
			if k == 0 {
				t.Columns = append(t.Columns, x.columns()...)
			}
			amounts := x.total
			if x.graded && len(x.classes) > 0 {
				amounts = append(slices.Clone(amounts), x.grade(x.classed[0])...)
			}
			for _, v := range x.figures(nil, amounts) {
				row.Values = append(row.Values, figureOf(v))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// unitTables break the measures down by the two partitions.
func unitTables(all []*tally) (tables []*Table) {
	if len(all) == 0 {
		return nil
	}
	var columns []Column
	for _, x := range all {
		columns = append(columns, x.columns()...)
	}
	for _, partition := range []string{statutory, functional} {
		tables = append(tables, all[0].of.breakdown(partition, columns, func(yield func(county, township, functional int32, figures []float64)) {
			before := 0
			for _, x := range all {
				n, width := len(x.measures), len(x.columns())
				for kind, places := range x.of.places {
					amounts := x.units[kind*n : (kind+1)*n]
					if !slices.ContainsFunc(amounts, func(a amount) bool { return a[1] > 0 }) {
						continue
					}
					if x.graded && len(x.classes) > 0 {
						codes := len(x.classes[0].titles)
						amounts = append(slices.Clone(amounts), x.grade(x.grades[kind*codes:(kind+1)*codes])...)
					}
					figures := x.figures(make([]float64, before, len(columns)), amounts)
					yield(places[0], places[1], places[2], figures[:before+width])
				}
				before += width
			}
		}))
	}
	return tables
}

// classTables divide the records of each subject by its classes.
func classTables(all []*tally) (tables []*Table) {
	for _, x := range all {
		for k, c := range x.classes {
			t := &Table{
				ID: "classes." + x.layer + "." + c.id, Chart: "bars",
				Title:   layers.Text{Zh: x.measures[0].title.Zh + "：按" + c.title.Zh, En: x.measures[0].title.En + " by " + strings.ToLower(c.title.En)},
				Columns: append([]Column{{ID: c.id, Title: c.title}}, threeColumns()...),
			}
			var total amount
			for _, code := range c.order {
				if a := x.classed[k][code]; a[1] > 0 {
					t.Rows = append(t.Rows, Row{Layer: x.layer, Values: append([]any{c.titles[code]}, a.values()...)})
					total.plus(a)
				}
			}
			if len(t.Rows) > 0 {
				t.Total = append([]any{""}, total.values()...)
				tables = append(tables, t)
			}
		}
	}
	return tables
}

// vulnerable are the kinds of facilities that are named.
var vulnerable = []string{"hospital", "care_home", "kindergarten", "primary_school", "secondary_school", "university", "health_centre"}

// siteTable names the schools, hospitals and care homes, in that order of care; nil where
// facilities can't be read.
func siteTable(all []*tally, stages []stage, limit int) *Table {
	k := slices.IndexFunc(all, func(x *tally) bool { return x.layer == "public_facility" })
	if k < 0 || all[k].set.field("kind") == nil {
		return nil
	}
	set := all[k].set
	own := []Column{numberColumn("day", "白天人数", "By day", "1"), numberColumn("night", "夜间人数", "By night", "1"), numberColumn("beds", "床位", "Beds", "1")}
	if len(stages) > 1 {
		own = append(own, textColumn("stage", "最高分级", "Highest grade"))
	}
	t := recordTable(set, "sites", layers.Text{Zh: "学校、医院和养老机构", En: "Schools, hospitals and care homes"}, own...)
	var sites []int
	rank := func(i int) int { return slices.Index(vulnerable, set.text(i, "kind")) }
	for _, i := range all[k].members {
		if rank(i) >= 0 {
			sites = append(sites, i)
		}
	}
	slices.SortFunc(sites, func(a, b int) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(set.ID(a), set.ID(b)))
	})
	t.More = max(len(sites)-limit, 0)
	for _, i := range sites[:min(limit, len(sites))] {
		var values []any
		for _, name := range []string{"people_day", "people_night", "beds"} {
			var v any
			if f := set.field(name); f != nil {
				v = set.Value(i, f)
			}
			values = append(values, v)
		}
		if len(stages) > 1 {
			highest := stages[0].title
			for _, x := range stages[1:] {
				if x.region.Holds(place(set, i)) {
					highest = x.title
				}
			}
			values = append(values, highest)
		}
		t.Rows = append(t.Rows, recordRow(set, i, values...))
	}
	return t
}

// sortRows puts rows in the order of one column, times or texts; rows without come last.
func sortRows(rows []Row, column int) {
	key := func(r Row) string {
		switch v := r.Values[column].(type) {
		case string:
			return v
		case time.Time:
			return v.UTC().Format(time.RFC3339)
		}
		return "\uffff"
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return strings.Compare(key(a), key(b)) })
}
