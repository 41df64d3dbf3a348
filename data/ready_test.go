package data_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// manyPlots are so many squares that their survey is made ready for publication while it is checked.
func manyPlots() []layers.Record {
	records := make([]layers.Record, 12_000)
	for i := range records {
		x, y := 120.5+float64(i%120)/1000, 31.9+float64(i/120)/1000
		records[i] = layers.Record{
			Row: int64(i + 1), Source: "county", SourceID: fmt.Sprint(i), PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000,
			Geometry: orb.MultiPolygon{{{{x, y}, {x + 0.0005, y}, {x + 0.0005, y + 0.0005}, {x, y + 0.0005}, {x, y}}}},
			Values:   map[string]any{"code": fmt.Sprintf("p%05d", i), "kind": "a", "size": int64(i % 1000)},
		}
	}
	return records
}

// stagedPlots stages records for the layer of polygons.
func stagedPlots(t *testing.T, s *data.Store, name string, records []layers.Record) data.Batch {
	t.Helper()
	ctx := context.Background()
	b, err := s.CreateBatch(ctx, data.Batch{Layer: "plot", Source: "county", Scope: data.ScopeLayer, FileName: name, FileHash: name, FileSize: 1, CreatedBy: "census"})
	if err != nil {
		t.Fatal(err)
	}
	advance(t, s, b.ID, data.BatchParsed)
	if n, err := s.Stage(ctx, b.ID, each(records)); err != nil || n != int64(len(records)) {
		t.Fatalf("%d staged, %v", n, err)
	}
	advance(t, s, b.ID, data.BatchChecked)
	return b
}

// stagedHas counts what a staging table has: checks that its rows have been held against,
// others, and keys and indexes.
func stagedHas(t *testing.T, s *data.Store, batch int64, held, unheld bool, indexes int) {
	t.Helper()
	const of = "FROM pg_%s WHERE %s = 'staging.b%d'::regclass"
	for _, question := range []string{
		fmt.Sprintf("SELECT (count(*) FILTER (WHERE convalidated) > 0) = %t AND (count(*) FILTER (WHERE NOT convalidated) > 0) = %t "+of, held, unheld, "constraint", "conrelid", batch),
		fmt.Sprintf("SELECT count(*) = %d "+of, indexes, "index", "indrelid", batch),
	} {
		if yes, err := s.Bool(context.Background(), question); err != nil || !yes {
			t.Errorf("%s: %v, %v", question, yes, err)
		}
	}
}

// TestLargeFirstSurveyIsMadeReadyWhileChecked holds the layer against its declaration, which has
// three keys and three indexes, after all of them were made before the publication.
func TestLargeFirstSurveyIsMadeReadyWhileChecked(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	b := stagedPlots(t, s, "a.zip", manyPlots())
	stagedHas(t, s, b.ID, false, true, 0)
	n, err := s.CheckStaged(ctx, b.ID, func(layers.Finding) error { return nil })
	if err != nil || n.Good != 12_000 || n.Bad != 0 || n.Unplaced != 0 {
		t.Fatalf("%+v, %v", n, err)
	}
	stagedHas(t, s, b.ID, true, false, 6)
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	e, err := s.PublishBatch(ctx, b.ID, "reviewer")
	if err != nil || e.Added != 12_000 {
		t.Fatalf("%+v, %v", e, err)
	}
	if steps, err := s.Migrate(ctx, true); err != nil || len(steps) > 0 {
		t.Errorf("the new table is not as declared: %v, %v", steps, err)
	}
	for _, question := range []string{
		"SELECT count(*) = 3 FROM pg_index WHERE indrelid = 'layer.plot'::regclass AND indisunique AND indisvalid",
		"SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'staging'::regnamespace)",
		"SELECT NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'layer.plot'::regclass AND (conname LIKE 'required%' OR NOT convalidated))",
		fmt.Sprintf("SELECT round(new_box[1]::numeric, 6) = 120.5 AND round(new_box[4]::numeric, 6) = 31.9995 AND old_box IS NULL FROM onemap.change WHERE edition = %d", e.ID),
	} {
		if yes, err := s.Bool(ctx, question); err != nil || !yes {
			t.Errorf("%s: %v, %v", question, yes, err)
		}
	}
	// The layer is empty again: the table that came from staging can be replaced likewise.
	if _, err := s.Revert(ctx, e.ID, "test"); err != nil {
		t.Fatal(err)
	}
	b = stagedPlots(t, s, "b.zip", manyPlots())
	stagedHas(t, s, b.ID, false, true, 0)
}

// TestWarningsKeepNothingFromBeingMadeReady also shows that listing them waits for nothing.
func TestWarningsKeepNothingFromBeingMadeReady(t *testing.T) {
	s := open(t)
	b := brought(t, s, "a.zip", data.ScopeLayer, piled(12_000))
	found := 0
	n, err := s.CheckStaged(t.Context(), b.ID, func(layers.Finding) error {
		found++
		return nil
	})
	if err != nil || n.Good != 12_000 || found == 0 {
		t.Fatalf("%+v, %d found, %v", n, found, err)
	}
	stagedHas(t, s, b.ID, true, false, 6)
}

// TestFaultBreaksOffWhatIsMadeReady has the checks mark a row, which leaves nothing of what
// was being made, and publishes the others.
func TestFaultBreaksOffWhatIsMadeReady(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	records := manyPlots()
	bow := &records[7000]
	bow.Geometry, bow.Doubtful = orb.MultiPolygon{{{{120.5, 31.8}, {120.501, 31.801}, {120.501, 31.8}, {120.5, 31.801}, {120.5, 31.8}}}}, true
	b := stagedPlots(t, s, "a.zip", records)
	found := 0
	n, err := s.CheckStaged(ctx, b.ID, func(f layers.Finding) error {
		if f.Rule == "G3" {
			found++
		}
		return nil
	})
	if err != nil || n.Good != 11_999 || n.Bad != 1 || found != 1 {
		t.Fatalf("%+v, %d found, %v", n, found, err)
	}
	stagedHas(t, s, b.ID, false, false, 0)
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	if e, err := s.PublishBatch(ctx, b.ID, "reviewer"); err != nil || e.Added != 11_999 {
		t.Fatalf("%+v, %v", e, err)
	}
	if steps, err := s.Migrate(ctx, true); err != nil || len(steps) > 0 {
		t.Errorf("the new table is not as declared: %v, %v", steps, err)
	}
}

// TestBrokenOffCheckLeavesNothingReady ends a check by an error, and by its connections' end.
func TestBrokenOffCheckLeavesNothingReady(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	records := manyPlots()
	records[7000].Geometry = orb.MultiPolygon{records[7000].Geometry.(orb.MultiPolygon)[0], records[7001].Geometry.(orb.MultiPolygon)[0]}
	records[7000].Doubtful = true
	bow := records[7000].Geometry.(orb.MultiPolygon)[0][0]
	bow[1], bow[2] = bow[2], bow[1]
	for name, stop := range map[string]func() error{
		"given up": func() error { return errors.New("given up") },
		"cut off":  func() error { return s.CutConnections(ctx) },
	} {
		b := stagedPlots(t, s, name, records)
		if _, err := s.CheckStaged(ctx, b.ID, func(layers.Finding) error { return stop() }); err == nil {
			t.Errorf("%s: the check was not broken off", name)
		}
		stagedHas(t, s, b.ID, false, true, 0)
		if _, err := s.CheckStaged(ctx, b.ID, func(layers.Finding) error { return nil }); err != nil {
			t.Errorf("%s: it can't be checked again: %v", name, err)
		}
	}
}

// TestReadiedSurveyThatBreaksARule names the rule, and leaves the layer as it was.
func TestReadiedSurveyThatBreaksARule(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	for name, spoil := range map[string]func(*layers.Record){
		"plot_size_check": func(r *layers.Record) { r.Values["size"] = int64(4000) },
		"plot_record_key": func(r *layers.Record) { r.Values["code"] = "p00000" },
		"code":            func(r *layers.Record) { delete(r.Values, "code") },
	} {
		records := manyPlots()
		spoil(&records[11_000])
		b := stagedPlots(t, s, name, records)
		if _, err := s.CheckStaged(ctx, b.ID, func(layers.Finding) error { return nil }); err != nil {
			t.Fatal(err)
		}
		advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
		_, err := s.PublishBatch(ctx, b.ID, "reviewer")
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || f.Field != name {
			t.Errorf("%s: %v", name, err)
		}
		if yes, err := s.Bool(ctx, "SELECT count(*) = 0 FROM layer.plot"); err != nil || !yes {
			t.Errorf("%s: records are left: %v, %v", name, yes, err)
		}
	}
}
