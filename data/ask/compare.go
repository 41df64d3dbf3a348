package ask

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"onemap/layers"
	"onemap/layers/fault"
)

// ParseScenario reads a scenario's JSON. The error is Invalid and in the field scenario.
func ParseScenario(text []byte) (*Scenario, error) {
	var scenario Scenario
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&scenario); err != nil {
		return nil, fault.In("scenario", "It is no scenario: %.200s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	if scenario.Name == "" {
		scenario.Name = "未命名 unnamed"
	}
	return &scenario, nil
}

// Compare asks a question as things are and in the request's scenario and puts the answers
// side by side: each table has its numbers as they are (base), in the scenario, and the
// difference. Rows are matched by their record, or by their texts. The errors are those of
// Ask, and Invalid without a scenario.
func (a *Asker) Compare(ctx context.Context, r Request) (*Answer, error) {
	if r.Scenario == nil {
		return nil, fault.In("scenario", "A comparison needs a scenario.")
	}
	half := func(from float64) func(float64, layers.Text) {
		if r.Progress == nil {
			return nil
		}
		return func(share float64, at layers.Text) { r.Progress(from+share/2, at) }
	}
	base, changed := r, r
	base.Scenario, base.Progress, changed.Progress = nil, half(0), half(0.5)
	was, err := a.Ask(ctx, base)
	if err != nil {
		return nil, err
	}
	is, err := a.Ask(ctx, changed)
	if err != nil {
		return nil, err
	}
	return compared(was, is), nil
}

// compared puts two answers to the same question side by side.
func compared(was, is *Answer) *Answer {
	c := *is
	c.AskedAt, c.Took = was.AskedAt, was.Took+is.Took
	c.Tables = []*Table{figures(was.Summary, is.Summary)}
	c.Summary = nil
	for _, f := range is.Summary {
		if d := differenceOf(summaryFigure(was.Summary, f.ID).Value, f.Value); d != nil {
			c.Summary = append(c.Summary, Figure{f.ID, layers.Text{Zh: f.Title.Zh + "：变化", En: f.Title.En + ": change"}, d, f.Unit})
		}
	}
	more := false
	for _, id := range tableIDs(was, is) {
		t := beside(was.table(id), is.table(id))
		c.Tables = append(c.Tables, t)
		more = more || t.More > 0
	}
	c.Shapes = slices.Clone(is.Shapes)
	for _, d := range was.Shapes {
		d.ID = "base." + d.ID
		d.Title = layers.Text{Zh: "现状：" + d.Title.Zh, En: "As it is: " + d.Title.En}
		c.Shapes = append(c.Shapes, d)
	}
	c.Sources = slices.Clone(is.Sources)
	for _, src := range was.Sources {
		if !slices.ContainsFunc(c.Sources, func(s *Source) bool { return s.Layer == src.Layer && s.Filter == src.Filter }) {
			c.Sources = append(c.Sources, src)
		}
	}
	c.Assumptions = slices.Clone(is.Assumptions)
	for _, t := range was.Assumptions {
		if !slices.Contains(c.Assumptions, t) {
			c.Assumptions = append(c.Assumptions, t)
		}
	}
	if more {
		c.Assumptions = append(c.Assumptions, layers.Text{Zh: "超出行数上限的行未逐行比较。", En: "Rows beyond a table's limit are not compared row by row."})
	}
	c.Problems = slices.Clone(is.Problems)
	for _, p := range was.Problems {
		same := func(q Trouble) bool {
			return p.Text == q.Text && p.Layer == q.Layer && p.ID == q.ID && p.Input == q.Input
		}
		if !slices.ContainsFunc(c.Problems, same) {
			c.Problems = append(c.Problems, p)
		}
	}
	c.fill()
	return &c
}

// figures is the table of both summaries.
func figures(was, is []Figure) *Table {
	t := &Table{ID: "summary", Title: layers.Text{Zh: "主要数字对比", En: "Main figures compared"}, Columns: []Column{
		textColumn("figure", "指标", "Figure"), textColumn("unit", "单位", "Unit"), textColumn("base", "现状", "As it is"),
		textColumn("scenario", "情景", "In the scenario"), textColumn("difference", "变化", "Change"),
	}}
	for _, f := range is {
		before := summaryFigure(was, f.ID)
		t.Rows = append(t.Rows, Row{Values: []any{f.Title, f.Unit, before.Value, f.Value, differenceOf(before.Value, f.Value)}})
	}
	for _, f := range was {
		if summaryFigure(is, f.ID).ID == "" {
			t.Rows = append(t.Rows, Row{Values: []any{f.Title, f.Unit, f.Value, nil, nil}})
		}
	}
	return t
}

// summaryFigure finds a figure by its id; the zero one where there is none.
func summaryFigure(list []Figure, id string) Figure {
	for _, f := range list {
		if f.ID == id {
			return f
		}
	}
	return Figure{}
}

// numberIn reads a value that is a number.
func numberIn(v any) (float64, bool) {
	switch x := v.(type) {
	case int:
		return float64(x), true
	case int64:
		return float64(x), true
	case float64:
		return x, !math.IsNaN(x)
	case *float64:
		if x != nil {
			return numberIn(*x)
		}
	}
	return 0, false
}

// differenceOf is of two numbers; nil where one is none. Whole numbers have a whole one.
func differenceOf(was, is any) any {
	a, ok := numberIn(was)
	b, too := numberIn(is)
	if !ok || !too {
		return nil
	}
	if d := b - a; d == math.Trunc(d) && math.Abs(d) < 1<<53 {
		return int64(d)
	}
	return math.Round((b-a)*1e9) / 1e9
}

func (a *Answer) table(id string) *Table {
	for _, t := range a.Tables {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// tableIDs are those of both answers, in their order.
func tableIDs(answers ...*Answer) (ids []string) {
	for _, a := range answers {
		for _, t := range a.Tables {
			if !slices.Contains(ids, t.ID) {
				ids = append(ids, t.ID)
			}
		}
	}
	return ids
}
