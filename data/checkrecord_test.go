package data_test

import (
	"context"
	"testing"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// TestCheckRecordSeesWhatARowAloneCannot checks records of the sample city, which are in
// order, and one of them with a fault at a time.
func TestCheckRecordSeesWhatARowAloneCannot(t *testing.T) {
	s, records := city(t)
	ctx := context.Background()
	for _, l := range s.Catalogue().Layers() {
		for _, r := range records[l.ID][:min(5, len(records[l.ID]))] {
			found, err := s.CheckRecord(ctx, l.ID, r)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.Severity == layers.SeverityError {
					t.Errorf("%s: %s %s", l.ID, f.Rule, f.Message.En)
				}
			}
		}
	}
	for _, test := range []struct {
		layer, rule, field string
		change             func(*layers.Record)
	}{
		{"enterprise", "V7", "admin_code", func(r *layers.Record) { r.Values["admin_code"] = "320699001" }},
		{"enterprise", "A1", "admin_code", func(r *layers.Record) { r.Geometry = orb.Point{121.65, 31.85} }},
		{"shelter", "G8", "geom", func(r *layers.Record) { r.Geometry = orb.Point{116.4, 39.9} }},
		{"building", "G3", "geom", func(r *layers.Record) {
			p := r.Geometry.Bound().Min
			at := func(x, y float64) orb.Point { return orb.Point{p[0] + x*1e-4, p[1] + y*1e-4} }
			r.Geometry, r.Doubtful = orb.Polygon{{at(0, 0), at(1, 1), at(1, 0), at(0, 1), at(0, 0)}}, true
		}},
	} {
		var r layers.Record
		for _, r = range records[test.layer] {
			if code, _ := r.Values["admin_code"].(string); r.Geometry != nil && len(code) > 6 && code[:6] == "320682" {
				break
			}
		}
		values := map[string]any{}
		for name, v := range r.Values {
			values[name] = v
		}
		r.Values = values
		test.change(&r)
		found, err := s.CheckRecord(ctx, test.layer, r)
		if err != nil {
			t.Fatal(err)
		}
		named := false
		for _, f := range found {
			named = named || f.Rule == test.rule && f.Field == test.field && f.Severity == layers.SeverityError && f.Row == 0 && f.Message.Zh != "" && f.Hint.Zh != ""
		}
		if !named {
			t.Errorf("%s in %s is not named: %+v", test.rule, test.layer, found)
		}
	}
	if left, err := s.Bool(ctx, "SELECT EXISTS (SELECT FROM pg_class WHERE relname LIKE 'check\\_%' AND relpersistence = 't')"); err != nil || left {
		t.Errorf("tables are left behind: %v, %v", left, err)
	}
}
