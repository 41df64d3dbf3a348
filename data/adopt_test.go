package data_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/data"
	"onemap/layers"
	"onemap/layers/fault"
)

// accepted brings a batch up to its publication.
func accepted(t *testing.T, s *data.Store, name string, sizes map[string]int64) data.Batch {
	t.Helper()
	b := brought(t, s, name, data.ScopeLayer, numbered("county", sizes))
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	return b
}

// TestFirstEditionTakesTheTablesPlace holds a layer whose staging table became its own against
// what is declared, and against what had been done to the old table.
func TestFirstEditionTakesTheTablesPlace(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	do := func(sql string) {
		t.Helper()
		if err := s.Exec(ctx, sql); err != nil {
			t.Fatal(err)
		}
	}
	do("DROP ROLE IF EXISTS onemap_rebuild_reader; CREATE ROLE onemap_rebuild_reader; GRANT SELECT ON layer.dot TO onemap_rebuild_reader")
	publish(t, s, "dot", numbered("county", map[string]int64{"old": 1})) // takes an id
	do("DELETE FROM layer.dot")
	sizes := map[string]int64{"a": 1, "b": 2, "c": 3}
	e, err := s.PublishBatch(ctx, accepted(t, s, "a.zip", sizes).ID, "reviewer")
	if err != nil || e.Added != 3 || e.Unchanged != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	first := rows(t, s, "dot")
	for _, r := range first {
		if r[0] == "1" {
			t.Error("a new record has the id of an old one")
		}
	}
	if steps, err := s.Migrate(ctx, true); err != nil || len(steps) > 0 {
		t.Errorf("the new table is not as declared: %v, %v", steps, err)
	}
	for _, question := range []string{
		"SELECT has_table_privilege('onemap_rebuild_reader', 'layer.dot', 'SELECT')",
		"SELECT NOT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'staging'::regnamespace)",
		"SELECT pg_get_serial_sequence('layer.dot', 'id') = 'layer.dot_id_seq'",
		fmt.Sprintf("SELECT bool_and(edition = %d AND updated_by IS NULL) FROM layer.dot", e.ID),
		fmt.Sprintf("SELECT bool_and(d.recorded_at = e.published_at) FROM layer.dot AS d, onemap.edition AS e WHERE e.id = %d", e.ID),
		"SELECT NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'layer.dot'::regclass AND NOT attisdropped AND attname LIKE '\\_%')",
	} {
		if yes, err := s.Bool(ctx, question); err != nil || !yes {
			t.Errorf("%s: %v, %v", question, yes, err)
		}
	}
	// The next edition finds the records and their ids, and can be taken back with the first.
	sizes["c"], sizes["d"] = 30, 4
	next, err := s.PublishBatch(ctx, accepted(t, s, "b.zip", sizes).ID, "reviewer")
	if err != nil || next.Added != 1 || next.Changed != 1 || next.Unchanged != 2 {
		t.Fatalf("%+v, %v", next, err)
	}
	if second := rows(t, s, "dot"); second["a"] != first["a"] || second["c"][0] != first["c"][0] || len(second) != 4 {
		t.Errorf("%v, then %v", first, second)
	}
	if _, err := s.Revert(ctx, next.ID, "test"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, rows(t, s, "dot")); diff != "" {
		t.Error(diff)
	}
	do("REVOKE ALL ON layer.dot FROM onemap_rebuild_reader; DROP ROLE onemap_rebuild_reader")
}

// TestFaultyRowsStayBehind publishes a first edition of a survey with a faulty row.
func TestFaultyRowsStayBehind(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	records := numbered("county", map[string]int64{"a": 1, "b": 2})
	records = append(records, numbered("county", map[string]int64{"a": 3, "c": 5000})...)
	records[2].Faulty, records[3].Faulty = true, true
	b := brought(t, s, "a.zip", data.ScopeLayer, records)
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	e, err := s.PublishBatch(ctx, b.ID, "reviewer")
	if err != nil || e.Added != 2 {
		t.Fatalf("%+v, %v", e, err)
	}
	if got := rows(t, s, "dot"); len(got) != 2 || got["a"][1] != "1" || got["b"][1] != "2" {
		t.Error(got)
	}
}

// TestIDsAreGivenOnce stages two surveys for the empty layer, and takes ids between staging
// and publication.
func TestIDsAreGivenOnce(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	one := accepted(t, s, "a.zip", map[string]int64{"a": 1, "b": 2})
	two := accepted(t, s, "b.zip", map[string]int64{"b": 2, "c": 3})
	three := accepted(t, s, "c.zip", map[string]int64{"d": 4, "e": 5})
	seen := map[string]string{}
	for _, b := range []data.Batch{one, two, three} {
		if b.ID == three.ID {
			if err := s.Exec(ctx, "DELETE FROM layer.dot"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.PublishBatch(ctx, b.ID, "reviewer"); err != nil {
			t.Fatal(err)
		}
		for code, r := range rows(t, s, "dot") {
			if other, known := seen[r[0]]; known && other != code {
				t.Errorf("%s has the id %s, which was %s's", code, r[0], other)
			}
			seen[r[0]] = code
		}
	}
	if len(seen) != 5 {
		t.Errorf("%d ids for five records: %v", len(seen), seen)
	}
}

func TestTableThatOthersBuiltOnStays(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	if err := s.Exec(ctx, "CREATE VIEW public.dots AS SELECT code FROM layer.dot"); err != nil {
		t.Fatal(err)
	}
	if e, err := s.PublishBatch(ctx, accepted(t, s, "a.zip", map[string]int64{"a": 1, "b": 2}).ID, "reviewer"); err != nil || e.Added != 2 {
		t.Fatalf("%+v, %v", e, err)
	}
	if yes, err := s.Bool(ctx, "SELECT count(*) = 2 FROM public.dots"); err != nil || !yes {
		t.Errorf("the view shows the records: %v, %v", yes, err)
	}
}

func TestFirstEditionThatBreaksARuleLeavesNothing(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	for name, records := range map[string][]layers.Record{
		"range.zip": numbered("county", map[string]int64{"a": 1, "b": 4000}),
		"twice.zip": append(numbered("county", map[string]int64{"a": 1}), numbered("other", map[string]int64{"a": 2})...),
	} {
		b := brought(t, s, name, data.ScopeLayer, records)
		advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
		if _, err := s.PublishBatch(ctx, b.ID, "reviewer"); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		if yes, err := s.Bool(ctx, "SELECT count(*) = 0 FROM layer.dot"); err != nil || !yes {
			t.Errorf("%s: records are left: %v, %v", name, yes, err)
		}
		if again, err := s.Batch(ctx, b.ID); err != nil || again.State != data.BatchAccepted {
			t.Errorf("%s: %s, %v", name, again.State, err)
		}
		if yes, err := s.Bool(ctx, fmt.Sprintf("SELECT count(*) = 2 FROM staging.b%d", b.ID)); err != nil || !yes {
			t.Errorf("%s: staged rows are gone: %v, %v", name, yes, err)
		}
	}
}
