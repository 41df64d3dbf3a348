package data_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// brought makes a batch of records, checked and staged.
func brought(t *testing.T, s *data.Store, name string, scope data.Scope, records []layers.Record) data.Batch {
	t.Helper()
	ctx := context.Background()
	b, err := s.CreateBatch(ctx, data.Batch{Layer: "dot", Source: "county", Scope: scope, FileName: name, FileHash: name, FileSize: 1, CreatedBy: "census"})
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

func advance(t *testing.T, s *data.Store, batch int64, states ...data.BatchState) {
	t.Helper()
	for _, state := range states {
		if err := s.Advance(context.Background(), batch, state, "someone", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBatchGoesItsWay(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	b := brought(t, s, "a.zip", data.ScopeLayer, numbered("county", map[string]int64{"a": 1, "b": 2}))
	if _, err := s.PublishBatch(ctx, b.ID, "reviewer"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a batch that is only checked is published: %v", err)
	}
	if err := s.Advance(ctx, b.ID, data.BatchAccepted, "reviewer", ""); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the city's check is passed over: %v", err)
	}
	if _, err := s.CreateBatch(ctx, data.Batch{Layer: "dot", Source: "county", Scope: data.ScopeLayer, FileName: "same.zip", FileHash: "a.zip", CreatedBy: "census"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("the same file is taken twice: %v", err)
	}
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	e, err := s.PublishBatch(ctx, b.ID, "reviewer")
	if err != nil || e.Added != 2 {
		t.Fatalf("%+v, %v", e, err)
	}
	next := brought(t, s, "b.zip", data.ScopeLayer, numbered("county", map[string]int64{"a": 1, "c": 3}))
	if next.Before == nil || *next.Before != b.ID {
		t.Errorf("the batch before is %v, want %d", next.Before, b.ID)
	}
	advance(t, s, next.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	if e, err = s.PublishBatch(ctx, next.ID, "reviewer"); err != nil || e.Added != 1 || e.Gone != 1 || e.Unchanged != 1 {
		t.Fatalf("%+v, %v", e, err)
	}
	first, err := s.Batch(ctx, b.ID)
	if err != nil || first.State != data.BatchSuperseded {
		t.Errorf("the batch before is %s, %v", first.State, err)
	}
	way, err := s.BatchSteps(ctx, b.ID)
	if err != nil || len(way) != 8 || way[7].State != data.BatchSuperseded {
		t.Errorf("%v, %v", way, err)
	}
}

func TestFindingsAreKeptAndCompared(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	found := func(rule, field, object, value string, row int64) layers.Finding {
		return layers.Finding{Rule: rule, Severity: layers.SeverityError, Row: row, Field: field, Value: value, Object: object, Place: &[2]float64{120, 32}, Message: layers.Text{Zh: "错", En: "wrong"}}
	}
	b := brought(t, s, "a.zip", data.ScopeLayer, nil)
	before := []layers.Finding{found("V2", "kind", "a", "x", 1), found("V3", "size", "a", "9", 1), found("V1", "name", "", "", 7)}
	if err := s.SaveFindings(ctx, b.ID, before); err != nil {
		t.Fatal(err)
	}
	n := brought(t, s, "b.zip", data.ScopeLayer, nil)
	if err := s.SaveFindings(ctx, n.ID, []layers.Finding{found("V3", "size", "a", "9", 2), found("V2", "kind", "b", "y", 3)}); err != nil {
		t.Fatal(err)
	}
	change, err := s.FindingsSince(ctx, n.ID)
	if diff := cmp.Diff(&data.FindingChange{Before: b.ID, Mended: 2, Remain: 1, Appears: 1}, change); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	got, err := s.Findings(ctx, b.ID, data.FindingFilter{Rule: "V3"})
	if err != nil || len(got) != 1 || got[0].Number != 2 || *got[0].Place != [2]float64{120, 32} {
		t.Errorf("%+v, %v", got, err)
	}
	groups, err := s.FindingGroups(ctx, b.ID)
	if err != nil || len(groups) != 3 {
		t.Errorf("%+v, %v", groups, err)
	}
}

// TestRevertBringsBackWhatWas publishes random editions and takes them back one by one:
// the layer is each time what it was, ids included.
func TestRevertBringsBackWhatWas(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	rnd := rand.New(rand.NewPCG(3, 3))
	var states []map[string][2]string
	var editions []int64
	for i := range 6 {
		states = append(states, rows(t, s, "dot"))
		sizes := map[string]int64{}
		for k := range 20 {
			if rnd.IntN(3) > 0 {
				sizes[fmt.Sprint("k", k)] = int64(rnd.IntN(3))
			}
		}
		scope := data.ScopeLayer
		if i%2 == 1 {
			scope = data.ScopeSource("one")
		}
		e, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: scope, Name: "one", By: "test"}, each(numbered("one", sizes)))
		if err != nil {
			t.Fatal(err)
		}
		editions = append(editions, e.ID)
	}
	if _, err := s.Revert(ctx, editions[0], "test"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("an edition that others build on is taken back: %v", err)
	}
	last := rows(t, s, "dot")
	var back int64
	for i := len(editions) - 1; i >= 0; i-- {
		e, err := s.Revert(ctx, editions[i], "test")
		if err != nil {
			t.Fatal(err)
		}
		if i == len(editions)-1 {
			back = e.ID
		}
		if diff := cmp.Diff(states[i], rows(t, s, "dot")); diff != "" {
			t.Fatalf("edition %d is not taken back cleanly:\n%s", i, diff)
		}
		if i == len(editions)-1 { // taking the taking back back
			if _, err := s.Revert(ctx, back, "test"); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(last, rows(t, s, "dot")); diff != "" {
				t.Fatalf("the reversal can't be reversed:\n%s", diff)
			}
			again, err := s.Editions(ctx, "dot", 1)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Revert(ctx, again[0].ID, "test"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := s.Revert(ctx, editions[5], "test"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("an edition is taken back twice: %v", err)
	}
	if _, err := s.Revert(ctx, 999999, "test"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown edition: %v", err)
	}
}

func TestStageIsAllOrNothing(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	b := brought(t, s, "a.zip", data.ScopeLayer, numbered("county", map[string]int64{"a": 1}))
	broken := errors.New("broken off")
	_, err := s.Stage(ctx, b.ID, func(yield func(layers.Record, error) bool) {
		if yield(layers.Record{Source: "x", SourceID: "1", PositionQuality: layers.PositionNone, Datum: geo.Unknown, Values: map[string]any{"code": "z", "kind": "a"}}, nil) {
			yield(layers.Record{}, broken)
		}
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	advance(t, s, b.ID, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted)
	if e, err := s.PublishBatch(ctx, b.ID, "x"); err != nil || e.Added != 1 || rows(t, s, "dot")["a"][1] != "1" {
		t.Errorf("%+v, %v", e, err)
	}
}
