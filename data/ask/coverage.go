package ask

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"onemap/layers"
)

var coverage = &Question{
	ID:    "coverage",
	Title: layers.Text{Zh: "覆盖缺口", En: "Who is left out"},
	Description: layers.Text{
		Zh: "哪些人口、房屋或企业离任何所选设施都超过给定距离或时间：总数、各县区和乡镇（两种划分）、名单和缺口图。",
		En: "Which people, buildings or enterprises are beyond some metres or minutes of every chosen facility: totals, by district and township in both partitions, the records and a map of the gap.",
	},
	Inputs: slices.Concat(demandInputs, facilityInputs, reachInputs, []Input{
		{Name: "order", Title: layers.Text{Zh: "名单排序", En: "Listed first"}, Kind: Choice, Default: "most", Choices: []Option{
			{"most", layers.Text{Zh: "人数多的", En: "The most people"}}, {"farthest", layers.Text{Zh: "距离远的", En: "The farthest"}},
		}},
		{Name: "limit", Title: layers.Text{Zh: "列出", En: "Records listed"}, Kind: Integer, Default: 100, Min: least(0), Max: most(100_000)},
	}, travelInputs),
	answer: answerCoverage,
}

func answerCoverage(s *Session, in Values) (*Answer, error) {
	d, facilities, r, err := s.reached(in)
	if err != nil {
		return nil, err
	}
	units, err := s.belonging(d.Set)
	if err != nil {
		return nil, err
	}
	s.report(0.7, "正在汇总", "Adding up")
	c, err := s.classes(d.Set)
	if err != nil {
		return nil, err
	}
	sums, err := s.gaps(d, r, units, c)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Summary: sums.summary(d, r, facilities), Tables: units.breakdowns(gapColumns(d), figuresOf(d, sums.kinds))}
	if c != nil {
		answer.Tables = append(answer.Tables, c.table(d, sums.classes))
	}
	answer.Tables = append(answer.Tables, s.leftOutOf(in, d, r, facilities, sums.beyond))
	answer.Shapes = drawGaps(d, sums.beyond)
	return answer, s.left()
}

// gap is how much of a demand there is, and how much of it is beyond the limit.
type gap struct {
	records, recordsBeyond int
	all, beyond            float64 // of what is counted
}

func (g *gap) plus(o gap) {
	g.records += o.records
	g.recordsBeyond += o.recordsBeyond
	g.all += o.all
	g.beyond += o.beyond
}

// figures are the cells of gapColumns.
func (g gap) figures(d *demand) []float64 {
	list := []float64{g.all, g.all - g.beyond, g.beyond}
	if d.figure != nil {
		list = append(list, float64(g.records), float64(g.recordsBeyond))
	}
	return list
}

func gapColumns(d *demand) []Column {
	t := d.counted()
	list := []Column{
		numberColumn("total", t.Zh, t.En, "1"), numberColumn("covered", "已覆盖", "Covered", "1"), numberColumn("uncovered", "未覆盖", "Not covered", "1"),
	}
	if d.figure != nil {
		list = append(list, numberColumn("records", "记录数", "Records", "1"), numberColumn("records_uncovered", "未覆盖记录", "Records not covered", "1"))
	}
	return list
}

func figuresOf(d *demand, gaps []gap) [][]float64 {
	list := make([][]float64, len(gaps))
	for k, g := range gaps {
		list[k] = g.figures(d)
	}
	return list
}

// gapSums are a demand's gaps in all, by kind of belonging and by class, and the records beyond.
type gapSums struct {
	total          gap
	nowhere        gap // of total: there is no way at all
	kinds, classes []gap
	beyond         []int32 // rising
}

// gaps adds up what is beyond the limit.
func (s *Session) gaps(d *demand, r *reach, units *belonging, c *classes) (*gapSums, error) {
	parts := make([]gapSums, runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for k := range parts {
		all.Go(func() {
			p := &parts[k]
			p.kinds, p.classes = make([]gap, len(units.places)), make([]gap, c.count())
			for i := k * d.Len() / len(parts); i < (k+1)*d.Len()/len(parts); i++ {
				if i%8192 == 0 && s.ctx.Err() != nil {
					return
				}
				g := gap{records: 1, all: d.weight(i)}
				if far := r.far(i); !(far <= r.limit) {
					g.recordsBeyond, g.beyond = 1, g.all
					p.beyond = append(p.beyond, int32(i))
					if math.IsInf(far, 1) {
						p.nowhere.plus(g)
					}
				}
				p.kinds[units.kinds[i]].plus(g)
				if c != nil {
					p.classes[c.of[i]].plus(g)
				}
			}
		})
	}
	all.Wait()
	sums := &gapSums{kinds: make([]gap, len(units.places)), classes: make([]gap, c.count())}
	for _, p := range parts {
		for k, g := range p.kinds {
			sums.kinds[k].plus(g)
			sums.total.plus(g)
		}
		for k, g := range p.classes {
			sums.classes[k].plus(g)
		}
		sums.nowhere.plus(p.nowhere)
		sums.beyond = append(sums.beyond, p.beyond...)
	}
	return sums, s.left()
}

func (g *gapSums) summary(d *demand, r *reach, facilities *Set) []Figure {
	t, within := d.counted(), r.words()
	share := 0.0
	if g.total.all > 0 {
		share = math.Round(1000*g.total.beyond/g.total.all) / 10
	}
	list := []Figure{
		{"uncovered", layers.Text{Zh: t.Zh + "，" + within.Zh + "内无设施", En: t.En + ", no facility within " + within.En}, figureOf(g.total.beyond), "1"},
		{"uncovered_share", layers.Text{Zh: "未覆盖比例", En: "Share not covered"}, share, "%"},
		{"covered", layers.Text{Zh: "已覆盖", En: "Covered"}, figureOf(g.total.all - g.total.beyond), "1"},
		{"total", layers.Text{Zh: "合计", En: "In all"}, figureOf(g.total.all), "1"},
	}
	if d.figure != nil {
		list = append(list, Figure{"records_uncovered", layers.Text{Zh: "未覆盖记录", En: "Records not covered"}, g.total.recordsBeyond, "1"})
	}
	if r.road {
		list = append(list, Figure{"unreachable", layers.Text{Zh: "其中无路可达", En: "Of these, no way by road"}, figureOf(g.nowhere.beyond), "1"})
	}
	return append(
		list,
		Figure{"facilities", layers.Text{Zh: "参与的设施", En: "Facilities"}, facilities.Len(), "1"},
		Figure{"unplaced", layers.Text{Zh: "无位置未计入的记录", En: "Records without a place, not counted"}, d.Source.Unplaced, "1"},
	)
}

// leftOutOf lists the records beyond the limit.
func (s *Session) leftOutOf(in Values, d *demand, r *reach, facilities *Set, beyond []int32) *Table {
	t := recordTable(d.Set, "uncovered", layers.Text{Zh: "未覆盖名单", En: "Not covered"})
	if d.figure != nil {
		t.Columns = append(t.Columns, numberColumn(d.figure.Name, d.figure.Title.Zh, d.figure.Title.En, "1"))
	}
	t.Columns = append(t.Columns, r.column(), textColumn("nearest", "最近设施", "Nearest facility"))
	limit, farthest := int(in.Number("limit")), in.Text("order") == "farthest"
	t.More = max(len(beyond)-limit, 0)
	for _, at := range foremost(beyond, limit, func(a, b int32) bool {
		x, y := d.weight(int(a)), d.weight(int(b))
		p, q := r.far(int(a)), r.far(int(b))
		switch {
		case farthest && p != q:
			return p > q
		case x != y:
			return x > y
		case p != q:
			return p > q
		}
		return d.ID(int(a)) < d.ID(int(b))
	}) {
		i, name := int(at), ""
		if f := r.facility(i); f >= 0 {
			name = nameOf(facilities, f)
		}
		var own []any
		if d.figure != nil {
			own = append(own, figureOf(d.weight(i)))
		}
		t.Rows = append(t.Rows, recordRow(d.Set, i, append(own, r.value(r.far(i)), name)...))
	}
	return t
}

// classes are the records of a set by the styled field.
type classes struct {
	by    *layers.Field
	of    []uint32 // class of each record
	texts []string // code of each class
}

// classes are nil where the reader has no such field.
func (s *Session) classes(set *Set) (*classes, error) {
	by := set.View.By()
	if by == nil {
		return nil, nil
	}
	return derive(s, set, "classes", func() (*classes, error) {
		c := &classes{by: by}
		if c.of, c.texts = set.Codes(by); c.of == nil {
			return nil, fmt.Errorf("the styled field %s of the layer %s is not in memory", by.Name, set.View.ID)
		}
		return c, nil
	})
}

func (c *classes) count() int {
	if c == nil {
		return 0
	}
	return len(c.texts)
}

// table tells the gaps of each class, in the order of the codes.
func (c *classes) table(d *demand, gaps []gap) *Table {
	t := &Table{ID: "by_class", Title: layers.Text{Zh: "按" + c.by.Title.Zh, En: "By " + c.by.Title.En}, Chart: "bars"}
	t.Columns = append([]Column{{ID: c.by.Name, Title: c.by.Title}}, gapColumns(d)...)
	var total gap
	for _, code := range append(c.by.List.Codes(), "") {
		k := slices.Index(c.texts, code)
		if k < 0 || gaps[k].records == 0 {
			continue
		}
		total.plus(gaps[k])
		t.Rows = append(t.Rows, Row{Values: append([]any{titleOf(c.by, code)}, cellsOf(gaps[k].figures(d))...)})
	}
	t.Total = append([]any{""}, cellsOf(total.figures(d))...)
	return t
}

func cellsOf(figures []float64) []any {
	list := make([]any, len(figures))
	for k, x := range figures {
		list[k] = figureOf(x)
	}
	return list
}
