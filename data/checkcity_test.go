package data_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/data/sample"
	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
)

// cityRecords are the small sample city's records by layer; the roads are whole, for the
// bridges that stand on them.
var cityRecords = sync.OnceValues(func() (map[string][]layers.Record, error) {
	records := map[string][]layers.Record{}
	small, err := sample.City(sample.Options{Seed: 1, Small: true})
	if err != nil {
		return nil, err
	}
	whole, err := sample.City(sample.Options{Seed: 1})
	if err != nil {
		return nil, err
	}
	listed := map[string]bool{} // units that the small city has
	for _, id := range small.Layers() {
		plan := small
		if id == "road" {
			plan = whole
		}
		for r, err := range plan.Records(id) {
			if err != nil {
				return nil, err
			}
			switch id {
			case "admin_unit":
				listed[r.Values["code"].(string)] = true
			case "road":
				if code, _ := r.Values["admin_code"].(string); len(code) == 12 && !listed[code] {
					r.Values["admin_code"] = code[:9]
				}
			}
			records[id] = append(records[id], r)
		}
	}
	return records, nil
})

// city is a store with the small sample city published.
func city(tb testing.TB) (*data.Store, map[string][]layers.Record) {
	tb.Helper()
	cat, err := storetest.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	records, err := cityRecords()
	if err != nil {
		tb.Fatal(err)
	}
	s, _ := storetest.Open(tb, "city", cat, func(ctx context.Context, s *data.Store) error {
		for id, list := range records {
			if _, err := s.Publish(ctx, data.Publication{Layer: id, Scope: data.ScopeLayer, Name: "synthetic", By: "test"}, each(list)); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
		}
		return nil
	})
	return s, records
}

// row is a row of a survey as a reader gives it: cells by field, and its geometry.
type row struct {
	cells map[string]any
	geom  orb.Geometry
}

// rowsOf writes records as survey staff would: titles of codes, yes and no in Chinese.
func rowsOf(l *layers.Layer, records []layers.Record) []row {
	rows := make([]row, len(records))
	for i, r := range records {
		rows[i] = row{cells: map[string]any{}}
		if r.Geometry != nil {
			rows[i].geom = orb.Clone(r.Geometry)
		}
		for _, f := range l.Fields {
			if v := r.Values[f.Name]; v != nil {
				rows[i].cells[f.Name] = cell(f, v)
			}
		}
	}
	return rows
}

func cell(f *layers.Field, v any) any {
	title := func(code string) string { return f.List.Code(code).Title.Zh }
	switch v := v.(type) {
	case string:
		if f.Type == layers.TypeCode {
			return title(v)
		}
	case []string:
		var list []string
		for _, code := range v {
			list = append(list, title(code))
		}
		return strings.Join(list, "、")
	case map[string]float64:
		var list []string
		for code, n := range v {
			list = append(list, fmt.Sprintf("%s:%v", title(code), n))
		}
		slices.Sort(list)
		return strings.Join(list, "；")
	case bool:
		if v {
			return "是"
		}
		return "否"
	case time.Time:
		if f.Type == layers.TypeDate {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	}
	return v
}

var batches int

// surveyed checks rows as a survey of a layer: first row by row, then in the database.
// cut, where given, is what becomes of the columns' names.
func surveyed(tb testing.TB, s *data.Store, layer string, scope data.Scope, rows []row, cut func([]string) []string) ([]layers.Finding, *layers.Rates) {
	tb.Helper()
	ctx := context.Background()
	l := s.Catalogue().Layer(layer)
	columns := make([]string, len(l.Fields))
	for i, f := range l.Fields {
		columns[i] = f.Title.Zh
	}
	if cut != nil {
		columns = cut(columns)
	}
	m, findings, err := l.Match(columns, layers.Hints{})
	if err != nil {
		tb.Fatal(err)
	}
	findings = append(findings, s.Catalogue().Template(l, columns, nil, layers.Stamp{})...)
	checker := l.NewChecker(m, "synthetic")
	batches++
	b, err := s.CreateBatch(ctx, data.Batch{Layer: layer, Source: "synthetic", Scope: scope, FileName: "survey", FileHash: fmt.Sprint(batches), CreatedBy: "census"})
	if err != nil {
		tb.Fatal(err)
	}
	var records iter.Seq2[layers.Record, error] = func(yield func(layers.Record, error) bool) {
		for i, row := range rows {
			values := make([]any, len(l.Fields))
			for k, f := range l.Fields {
				values[k] = row.cells[f.Name]
			}
			r, found := checker.Row(int64(i+1), "", values, row.geom, geo.CGCS2000)
			findings = append(findings, found...)
			if !yield(r, nil) {
				return
			}
		}
	}
	if _, err := s.Stage(ctx, b.ID, records); err != nil {
		tb.Fatal(err)
	}
	_, err = s.CheckStaged(ctx, b.ID, func(f layers.Finding) error {
		findings = append(findings, f)
		checker.Rates().Found(f)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return findings, checker.Rates()
}

// The sample city is clean: brought as it is published, it has no error in any layer.
func TestCleanCityHasNoErrors(t *testing.T) {
	s, records := city(t)
	for _, l := range s.Catalogue().Layers() {
		t.Run(l.ID, func(t *testing.T) {
			findings, _ := surveyed(t, s, l.ID, data.ScopeLayer, rowsOf(l, records[l.ID]), nil)
			count := map[string]int{}
			first := map[string]layers.Finding{}
			for _, f := range findings {
				k := string(f.Severity) + " " + f.Rule + " " + f.Field
				if count[k]++; count[k] == 1 {
					first[k] = f
				}
			}
			var keys []string
			for k := range count {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			for _, k := range keys {
				f := first[k]
				line := fmt.Sprintf("%s ×%d: row %d %q %s %s | %s", k, count[k], f.Row, f.Value, f.Message.Zh, f.Message.En, f.Hint.Zh)
				if f.Severity == layers.SeverityError {
					t.Error(line)
				} else {
					t.Log(line)
				}
			}
		})
	}
}
