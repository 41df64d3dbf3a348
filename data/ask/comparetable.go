package ask

import (
	"encoding/json"
	"fmt"

	"onemap/layers"
)

// pair is a row of both tables; -1 where one has none.
type pair struct{ was, is int }

// beside puts two tables of one kind side by side; either may be nil. A column of numbers,
// and one of texts that differ in a matched row, becomes base, scenario and, of numbers, the
// difference. A number that a total adds up counts as 0 where there is no row.
func beside(was, is *Table) *Table {
	shape := is
	if is == nil {
		shape, is = was, &Table{}
	}
	if was == nil {
		was = &Table{}
	}
	numeric := make([]bool, len(shape.Columns))
	for c := range numeric {
		numeric[c] = isNumeric(was, c) || isNumeric(is, c)
	}
	pairs := matched(was, is, numeric)
	t := &Table{ID: shape.ID, Title: shape.Title, Chart: "", More: max(was.More, is.More)}
	t.Columns = append(t.Columns, textColumn("in", "出现于", "Found"))
	split := make([]bool, len(shape.Columns))
	for c, column := range shape.Columns {
		split[c] = numeric[c] || differs(was, is, pairs, c)
		if !split[c] {
			t.Columns = append(t.Columns, column)
			continue
		}
		t.Columns = append(t.Columns, sided(column, "base", "现状", "as it is"), sided(column, "scenario", "情景", "in the scenario"))
		if numeric[c] {
			t.Columns = append(t.Columns, sided(column, "difference", "变化", "change"))
		}
	}
	widen := func(where any, a, b []any) []any {
		values := []any{where}
		for c := range shape.Columns {
			x, y := valueAt(a, c), valueAt(b, c)
			if numeric[c] && summed(was, is, c) {
				x, y = orZero(x), orZero(y)
			}
			switch {
			case !split[c] && b != nil:
				values = append(values, y)
			case !split[c]:
				values = append(values, x)
			case numeric[c]:
				values = append(values, x, y, differenceOf(x, y))
			default:
				values = append(values, x, y)
			}
		}
		return values
	}
	for _, p := range pairs {
		var row Row
		var a, b []any
		where := layers.Text{Zh: "两者", En: "both"}
		if p.was >= 0 {
			row, a = was.Rows[p.was], was.Rows[p.was].Values
		}
		if p.is >= 0 {
			row, b = is.Rows[p.is], is.Rows[p.is].Values
		}
		if p.is < 0 {
			where = layers.Text{Zh: "仅现状", En: "only as it is"}
		}
		if p.was < 0 {
			where = layers.Text{Zh: "仅情景", En: "only in the scenario"}
		}
		row.Values = widen(where, a, b)
		t.Rows = append(t.Rows, row)
	}
	if was.Total != nil || is.Total != nil {
		t.Total = widen("", was.Total, is.Total)
	}
	return t
}

func sided(c Column, id, zh, en string) Column {
	c.ID += "." + id
	c.Title = layers.Text{Zh: c.Title.Zh + "（" + zh + "）", En: c.Title.En + " (" + en + ")"}
	return c
}

func valueAt(values []any, c int) any {
	if c < len(values) {
		return values[c]
	}
	return nil
}

func orZero(v any) any {
	if v == nil {
		return 0
	}
	return v
}

// isNumeric reports whether a column's values are numbers, as far as there are any.
func isNumeric(t *Table, c int) bool {
	found := false
	for _, r := range t.Rows {
		v := valueAt(r.Values, c)
		if v == nil {
			continue
		}
		if _, ok := numberIn(v); !ok {
			return false
		}
		found = true
	}
	return found
}

// summed reports whether a total adds a column up.
func summed(was, is *Table, c int) bool {
	_, a := numberIn(valueAt(was.Total, c))
	_, b := numberIn(valueAt(is.Total, c))
	return a || b
}

// matched pairs the rows of two tables: records by their ids, others by their texts; of
// several alike the first with the first. Those of the base come first.
func matched(was, is *Table, numeric []bool) []pair {
	waiting := map[string][]int{}
	for i, r := range is.Rows {
		k := rowKey(r, numeric)
		waiting[k] = append(waiting[k], i)
	}
	var pairs []pair
	taken := map[int]bool{}
	for i, r := range was.Rows {
		k := rowKey(r, numeric)
		if list := waiting[k]; len(list) > 0 {
			pairs, waiting[k] = append(pairs, pair{i, list[0]}), list[1:]
			taken[list[0]] = true
			continue
		}
		pairs = append(pairs, pair{i, -1})
	}
	for i := range is.Rows {
		if !taken[i] {
			pairs = append(pairs, pair{-1, i})
		}
	}
	return pairs
}

func rowKey(r Row, numeric []bool) string {
	if r.ID != 0 {
		return fmt.Sprintf("%s %d", r.Layer, r.ID)
	}
	key := []any{r.Layer}
	for c, v := range r.Values {
		if c < len(numeric) && !numeric[c] {
			key = append(key, v)
		}
	}
	text, _ := json.Marshal(key) // values of rows are written as JSON anyway
	return string(text)
}

// differs reports whether a column's values differ in a matched row.
func differs(was, is *Table, pairs []pair, c int) bool {
	for _, p := range pairs {
		if p.was < 0 || p.is < 0 {
			continue
		}
		a, _ := json.Marshal(valueAt(was.Rows[p.was].Values, c))
		b, _ := json.Marshal(valueAt(is.Rows[p.is].Values, c))
		if string(a) != string(b) {
			return true
		}
	}
	return false
}
