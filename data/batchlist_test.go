package data_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/data"
	"onemap/layers"
	"onemap/layers/fault"
)

func TestBatchListPages(t *testing.T) {
	s := open(t)
	first := brought(t, s, "a.zip", data.ScopeLayer, numbered("county", map[string]int64{"a": 1}))
	second := brought(t, s, "b.zip", data.ScopeLayer, numbered("county", map[string]int64{"b": 1}))
	advance(t, s, second.ID, data.BatchRejected)
	for _, tt := range []struct {
		name   string
		filter data.BatchFilter
		want   []int64
	}{
		{"all", data.BatchFilter{Limit: 10}, []int64{second.ID, first.ID}},
		{"a page", data.BatchFilter{Limit: 1}, []int64{second.ID}},
		{"the next page", data.BatchFilter{Limit: 10, Before: second.ID}, []int64{first.ID}},
		{"a state", data.BatchFilter{Limit: 10, State: data.BatchChecked, Layer: "dot"}, []int64{first.ID}},
		{"another layer", data.BatchFilter{Limit: 10, Layer: "path"}, nil},
	} {
		list, err := s.BatchList(t.Context(), tt.filter)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, b := range list {
			ids = append(ids, b.ID)
		}
		if d := cmp.Diff(tt.want, ids); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	if err := s.NoteBatch(t.Context(), first.ID, "local", "check begun"); err != nil {
		t.Fatal(err)
	}
	way, err := s.BatchSteps(t.Context(), first.ID)
	if last := way[len(way)-1]; err != nil || last.State != data.BatchChecked || last.Note != "check begun" || last.Who != "local" {
		t.Errorf("%+v, %v", last, err)
	}
	if err := s.NoteBatch(t.Context(), 999, "local", "x"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a note on no batch: %v", err)
	}
}

func TestFindingsAreKeptWhole(t *testing.T) {
	s := open(t)
	b := brought(t, s, "a.zip", data.ScopeLayer, numbered("county", map[string]int64{"a": 1}))
	want := []layers.Finding{
		{
			Rule: "G3", Severity: layers.SeverityError, Layer: "dot", File: "a.zip", Row: 1, Field: "geom", Value: "x", Allowed: "y", Place: &[2]float64{120.9, 32},
			Message: layers.Text{Zh: "错", En: "wrong"}, Hint: layers.Text{Zh: "改", En: "mend"}, Repair: "z", Object: "a", Area: "320623", Table: "C1",
		},
		{Rule: "G3", Severity: layers.SeverityError, Layer: "dot", File: "a.zip", Field: "geom", Message: layers.Text{Zh: "还有", En: "more"}, Area: "320623", Table: "C1", Count: 7},
	}
	if err := s.SaveFindings(t.Context(), b.ID, want); err != nil {
		t.Fatal(err)
	}
	found, err := s.Findings(t.Context(), b.ID, data.FindingFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var got []layers.Finding
	for _, f := range found {
		got = append(got, f.Finding)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	groups, err := s.FindingGroups(t.Context(), b.ID)
	if err != nil || len(groups) != 1 || groups[0].Count != 8 || groups[0].Rows != 8 {
		t.Errorf("%+v, %v", groups, err)
	}
}
