package data_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/cql2"
)

// probes declares three layers with a field of every type.
func probes(tb testing.TB) *layers.Catalogue {
	tb.Helper()
	text := func(id, geometry string) string {
		under := map[bool]string{true: "", false: ", under: 6"}[geometry == "Point"]
		return fmt.Sprintf(`id: %s
title: {zh: 测试, en: Test}
group: base
geometry: %s
key: [code]
zoom: {min: 4, max: 16}
fields:
  - {name: code, title: {zh: 编号, en: Code}, type: text, required: true, sensitivity: public}
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public}
  - {name: kind, title: {zh: 类型, en: Kind}, type: code, codes: %[1]s_kind, sensitivity: public}
  - {name: tags, title: {zh: 标签, en: Tags}, type: codes, codes: %[1]s_kind, sensitivity: public}
  - {name: more, title: {zh: 标签, en: More}, type: codes, codes: %[1]s_kind, sensitivity: public}
  - {name: stock, title: {zh: 库存, en: Stock}, type: quantities, codes: %[1]s_kind, sensitivity: public}
  - {name: n, title: {zh: 数, en: N}, type: integer, sensitivity: public}
  - {name: x, title: {zh: 量, en: X}, type: number, sensitivity: public}
  - {name: open, title: {zh: 开放, en: Open}, type: boolean, sensitivity: public}
  - {name: day, title: {zh: 日, en: Day}, type: date, sensitivity: public}
  - {name: time, title: {zh: 时, en: Time}, type: datetime, sensitivity: public}
codelists:
  - {id: %[1]s_kind, title: {zh: 类型, en: Kind}, source: test, status: provisional, items: [{code: a, title: {zh: 甲, en: A}}, {code: b, title: {zh: 乙, en: B}}, {code: c, title: {zh: 丙, en: C}}]}
style: {colour: "#445566"}
thin: {until: 12, cells: 8%[3]s}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public, viewer]}
`, id, geometry, under)
	}
	cat, err := layers.Load(fstest.MapFS{
		"dot.yaml": {Data: []byte(text("dot", "Point"))}, "path.yaml": {Data: []byte(text("path", "LineString"))},
		"plot.yaml": {Data: []byte(text("plot", "MultiPolygon"))},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return cat
}

// maker makes random records and filters over few values, so that they often meet.
// Positions are on a grid, so that they often touch.
type maker struct{ *rand.Rand }

func (m maker) of(words ...string) string { return words[m.IntN(len(words))] }

func (m maker) text() string {
	s := ""
	for range m.IntN(4) {
		s += m.of("a", "A", "é", "E\u0301", "ß", "Σ", "ς", "化", "%", "_", "ü")
	}
	return s
}

func (m maker) number() float64 {
	return []float64{-2, -1, 0, 1, 2, 3, 0.5, -0.25, 1e200, 1e-200}[m.IntN(10)]
}

func (m maker) day() time.Time { return time.Date(2020, 1, 1+m.IntN(3), 0, 0, 0, 0, time.UTC) }

func (m maker) moment() time.Time {
	return m.day().Add(time.Duration(m.IntN(8)) * 4 * time.Hour)
}

func (m maker) point() orb.Point {
	return orb.Point{121 + float64(m.IntN(5))/4, 32 + float64(m.IntN(5))/4}
}

func (m maker) line() orb.LineString {
	for {
		if l := (orb.LineString{m.point(), m.point(), m.point()}); l[0] != l[1] && l[1] != l[2] && l[0] != l[2] {
			return l
		}
	}
}

// area is a box or a triangle on the grid.
func (m maker) area() orb.Polygon {
	for {
		a, b, c := m.point(), m.point(), m.point()
		if (b[0]-a[0])*(c[1]-a[1]) == (c[0]-a[0])*(b[1]-a[1]) {
			continue
		}
		if box := (orb.MultiPoint{a, b}).Bound(); m.IntN(2) == 0 && box.Min[0] < box.Max[0] && box.Min[1] < box.Max[1] {
			return box.ToPolygon()
		}
		return orb.Polygon{{a, b, c, a}}
	}
}

func (m maker) record(layer string, i int) layers.Record {
	r := layers.Record{
		Source: "test", SourceID: fmt.Sprint(i), PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000,
		Values: map[string]any{
			"code": fmt.Sprint(i), "name": m.text(), "kind": m.of("a", "b", "c"), "tags": m.codes(), "more": m.codes(),
			"stock": map[string]float64{m.of("a", "b"): m.number()}, "n": int64(m.IntN(6) - 2), "x": m.number(), "open": m.IntN(2) == 0, "day": m.day(), "time": m.moment(),
		},
	}
	for name := range r.Values {
		if name != "code" && m.IntN(5) == 0 {
			r.Values[name] = nil
		}
	}
	switch layer {
	case "dot":
		r.Geometry = m.point()
	case "path":
		r.Geometry = m.line()
	default:
		r.Geometry = orb.MultiPolygon{m.area()}
	}
	if m.IntN(8) == 0 {
		r.Geometry, r.PositionQuality, r.Datum = nil, layers.PositionNone, geo.Unknown
	}
	return r
}

func (m maker) codes() []string {
	out := []string{}
	for _, c := range []string{"a", "b", "c"} {
		if m.IntN(2) == 0 {
			out = append(out, c)
		}
	}
	return out
}

// condition is a random filter in CQL2 text.
func (m maker) condition(depth int) string {
	compare := func() string { return m.of("=", "<>", "<", "<=", ">", ">=") }
	if depth > 0 {
		within := func() string { return "(" + m.condition(depth-1) + ")" }
		switch m.IntN(6) {
		case 0, 1:
			return within() + m.of(" AND ", " OR ") + within()
		case 2:
			return "NOT " + within()
		case 3:
			return within() + " IS NULL"
		}
	}
	quote := func(s string) string { return "'" + s + "'" }
	switch m.IntN(15) {
	case 0:
		return "kind " + m.of("= 'a'", "<> 'b'", "IN ('a', 'c')", "NOT IN ('a')", "IS NULL", "LIKE '%a'")
	case 1:
		return m.textual() + " " + compare() + " " + m.textual()
	case 2:
		return m.of("name", "CASEI(name)", "ACCENTI(name)", "CASEI(ACCENTI(name))") + " " + m.of("", "NOT ") + "LIKE " +
			m.of("", "CASEI", "ACCENTI") + "(" + quote(m.of("", "%")+m.text()+m.of("", "%", `\%`, "_")) + ")"
	case 3:
		return m.numeric(2) + " " + compare() + " " + m.numeric(2)
	case 4:
		return m.of("n", "x", "length(name)", "abs(x)") + " BETWEEN " + m.numeric(0) + " AND " + m.numeric(1)
	case 5:
		return m.of("n", "x") + m.of(" IN (1, 2)", " IN (0, 0.5, n)", " NOT IN (-1, 3)", " IS NULL")
	case 6:
		return m.of("open", "open = true", "open <> true", "open IS NULL", "NOT open")
	case 7:
		return m.temporal() + " " + compare() + " " + m.temporal()
	case 8, 9:
		functions := []string{"after", "before", "contains", "disjoint", "during", "equals", "finishedby", "finishes", "intersects", "meets", "metby", "overlappedby", "overlaps", "startedby", "starts"}
		return "T_" + m.of(functions...) + "(" + m.span() + ", " + m.span() + ")"
	case 10:
		return m.of("A_EQUALS", "A_CONTAINS", "A_CONTAINEDBY", "A_OVERLAPS") + "(" + m.of("tags", "more") + ", " +
			m.of("('a')", "('a','b')", "()", "more", "('c','a','b')") + ")"
	case 11:
		return "quantity(stock, '" + m.of("a", "b", "c") + "') " + compare() + " " + m.numeric(0)
	case 12:
		return fmt.Sprintf("S_DWITHIN(geometry, %s, %d)", cql2.FormatText(&cql2.Geometry{Of: m.geometry()}), []int{0, 1000, 24000, 40000}[m.IntN(4)])
	}
	g := cql2.FormatText(&cql2.Geometry{Of: m.geometry()})
	op := "S_" + m.of("INTERSECTS", "DISJOINT", "EQUALS", "TOUCHES", "WITHIN", "CONTAINS", "OVERLAPS", "CROSSES")
	if m.IntN(2) == 0 {
		return op + "(geometry, " + g + ")"
	}
	return op + "(" + g + ", geometry)"
}

func (m maker) textual() string {
	s := m.of("name", "name", "'"+m.text()+"'", "code")
	switch m.IntN(4) {
	case 0:
		return "CASEI(" + s + ")"
	case 1:
		return "ACCENTI(" + s + ")"
	}
	return s
}

func (m maker) numeric(depth int) string {
	if depth > 0 && m.IntN(2) == 0 {
		return "(" + m.numeric(depth-1) + " " + m.of("+", "-", "*", "/", "%", "div") + " " + m.numeric(depth-1) + ")"
	}
	switch m.IntN(8) {
	case 0, 1:
		return fmt.Sprint(m.number())
	case 2:
		return m.of("abs", "floor", "ceil") + "(" + m.of("n", "x") + ")"
	case 3:
		return m.of("length(name)", "year(day)", "year(time)", "n ^ 2", "x ^ 3", "2 ^ n", "0 ^ n")
	}
	return m.of("n", "x")
}

func (m maker) temporal() string {
	switch m.IntN(4) {
	case 0:
		return "DATE('" + m.day().Format(time.DateOnly) + "')"
	case 1:
		return "TIMESTAMP('" + m.moment().Format(time.RFC3339) + "')"
	case 2:
		return "day"
	}
	return "time"
}

func (m maker) span() string {
	if m.IntN(2) == 0 {
		return m.temporal()
	}
	from, to := m.moment(), m.moment()
	if to.Before(from) {
		from, to = to, from
	}
	return m.of("INTERVAL('..', time)", "INTERVAL(day, '..')", "INTERVAL(day, time)", "INTERVAL('..', '..')",
		"INTERVAL('"+from.Format(time.RFC3339)+"', '"+to.Format(time.RFC3339)+"')", "INTERVAL('"+from.Format(time.DateOnly)+"', '"+to.Format(time.DateOnly)+"')")
}

func (m maker) geometry() orb.Geometry {
	switch m.IntN(6) {
	case 0:
		return m.point()
	case 1:
		return orb.MultiPoint{m.point(), m.point()}
	case 2:
		return m.line()
	case 3:
		return m.area()
	case 4:
		return orb.Bound{Min: orb.Point{121.25, 32}, Max: orb.Point{121.75, 32.5}}
	}
	return orb.Bound{Min: orb.Point{121.1, 32.1}, Max: orb.Point{121.6, 32.9}}
}

// held is a record as a filter in memory sees it.
type held struct {
	values map[*layers.Field]any
	at     orb.Geometry
}

func (h held) Value(f *layers.Field) any { return h.values[f] }
func (h held) Geometry() orb.Geometry    { return h.at }

// TestFiltersMeanTheSame asks random filters of PostGIS and of the same records in memory.
func TestFiltersMeanTheSame(t *testing.T) {
	s := openProbes(t)
	ctx := context.Background()
	m := maker{rand.New(rand.NewPCG(11, 12))}
	for _, layer := range []string{"dot", "path", "plot"} {
		records := make([]layers.Record, 150)
		for i := range records {
			records[i] = m.record(layer, i)
		}
		publish(t, s, layer, records)
		v := view(t, s, layer)
		rows := map[int64]held{}
		if err := s.Items(ctx, layers.Query{View: v}, func(it layers.Item) error {
			h := held{values: map[*layers.Field]any{}}
			for i, f := range v.Columns() {
				h.values[f] = it.Cell(i)
			}
			if it.WKB != nil {
				g, err := wkb.Unmarshal(it.WKB)
				if err != nil {
					return err
				}
				h.at = g
			}
			rows[it.ID] = h
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		compared, held := 0, 0
		for range 800 {
			text := m.condition(2)
			p, err := layers.FilterCQL2(v, text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			found := map[int64]bool{}
			q := layers.Query{View: v, Filters: []layers.Predicate{p}}
			if err := s.Items(ctx, q, func(it layers.Item) error {
				found[it.ID] = true
				return nil
			}); err != nil {
				t.Fatalf("%s %s: %s: %v", layer, text, q.ItemsSQL().Text, err)
			}
			if !p.InMemory() {
				continue
			}
			compared++
			held += len(found)
			for id, row := range rows {
				if got := p.Eval(row); (got == layers.True) != found[id] {
					t.Fatalf("%s: %s\n%s\nrecord %d %v %v: in memory %d, PostGIS %v", layer, text, p.Key(), id, named(row), row.at, got, found[id])
				}
			}
		}
		if compared < 400 || held < compared*10 || held > compared*140 {
			t.Errorf("%s: %d filters compared, %d records held", layer, compared, held)
		}
	}
}

func named(h held) string {
	var b strings.Builder
	for f, v := range h.values {
		fmt.Fprintf(&b, "%s=%v ", f.Name, v)
	}
	return b.String()
}
