package data_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

func TestCompareNamesEveryDifference(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	at := func(code string, size int64, p *orb.Point) layers.Record {
		r := numbered("county", map[string]int64{code: size})[0]
		if p != nil {
			r.Geometry, r.PositionQuality, r.Datum = *p, layers.PositionSurveyed, geo.CGCS2000
		}
		return r
	}
	here, there := orb.Point{120.9, 32}, orb.Point{120.9, 32.001}
	publish(t, s, "dot", []layers.Record{at("a", 1, &here), at("b", 2, &here), at("c", 3, nil), at("d", 4, &here)})
	publishOther := numbered("other", map[string]int64{"x": 9})
	if _, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeSource("other"), Name: "other", By: "t"}, each(publishOther)); err != nil {
		t.Fatal(err)
	}
	b := brought(t, s, "n.zip", data.ScopeSource("county"), []layers.Record{at("a", 1, &there), at("b", 5, &here), at("d", 4, &here), at("e", 6, nil)})
	sum, err := s.Compare(ctx, b.ID)
	if diff := cmp.Diff(data.Comparison{Present: 4, Staged: 4, New: 1, Changed: 2, Moved: 1, Gone: 1, Unchanged: 1, Kept: []string{}}, sum); err != nil || diff != "" {
		t.Fatalf("%v %s", err, diff)
	}
	list, err := s.Differences(ctx, b.ID, "", "", 10)
	if err != nil || len(list) != 4 {
		t.Fatalf("%+v, %v", list, err)
	}
	if d := list[0]; d.Kind != "changed" || d.Key != "a" || d.Moved < 110 || d.Moved > 112 || len(d.Fields) != 0 {
		t.Errorf("%+v", d)
	}
	if d := list[1]; d.Kind != "changed" || len(d.Fields) != 1 || string(d.Fields[0].Old) != "2" || string(d.Fields[0].New) != "5" || d.Moved != 0 {
		t.Errorf("%+v", d)
	}
	if list[2].Kind != "gone" || list[2].Key != "c" || list[3].Kind != "new" || list[3].Key != "e" || list[3].ID != nil {
		t.Errorf("%+v", list[2:])
	}
	if page, err := s.Differences(ctx, b.ID, "changed", "a", 1); err != nil || len(page) != 1 || page[0].Key != "b" {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestWhatAFileSaysNothingOfStays(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	here := orb.Point{120.9, 32}
	at := func(code string, size int64) layers.Record {
		r := numbered("county", map[string]int64{code: size})[0]
		r.Geometry, r.PositionQuality, r.Datum = here, layers.PositionSurveyed, geo.CGCS2000
		return r
	}
	publish(t, s, "dot", []layers.Record{at("a", 1), at("b", 2)})
	// A table without a column for the size and without positions.
	b := brought(t, s, "n.csv", data.ScopeSource("county"), numbered("county", map[string]int64{"a": 7, "b": 8, "c": 9}))
	if err := s.SetKept(ctx, b.ID, []string{"size", layers.KeptPosition}); err != nil {
		t.Fatal(err)
	}
	sum, err := s.Compare(ctx, b.ID)
	if err != nil || sum.Changed != 0 || sum.New != 1 || sum.Unchanged != 2 || len(sum.Kept) != 2 {
		t.Fatalf("%+v, %v", sum, err)
	}
	for _, to := range []data.BatchState{data.BatchChecked, data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted} {
		if err := s.Advance(ctx, b.ID, to, "t", ""); err != nil && to != data.BatchChecked {
			t.Fatal(err)
		}
	}
	e, err := s.PublishBatch(ctx, b.ID, "t")
	if err != nil || e.Added != 1 || e.Changed != 0 || e.Gone != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	places, err := s.PublishedPositions(ctx, "dot", []string{"a", "b", "c"})
	if err != nil || places["a"] != here || places["b"] != here || len(places) != 2 {
		t.Errorf("%v, %v", places, err)
	}
	_, list, err := s.EditionDifferences(ctx, e.ID, "", "", 10)
	if err != nil || len(list) != 1 || list[0].Kind != "new" || list[0].Key != "c" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestEditionSaysWhatItDid(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	publish(t, s, "dot", numbered("county", map[string]int64{"a": 1, "b": 2, "c": 3}))
	second := publish(t, s, "dot", numbered("county", map[string]int64{"a": 1, "b": 5, "d": 4}))
	publish(t, s, "dot", numbered("county", map[string]int64{"a": 9}))
	e, list, err := s.EditionDifferences(ctx, second.ID, "", "", 10)
	if err != nil || e.Layer != "dot" || len(list) != 3 {
		t.Fatalf("%+v, %+v, %v", e, list, err)
	}
	var kinds []string
	for _, d := range list {
		kinds = append(kinds, d.Kind+" "+d.Key)
	}
	if diff := cmp.Diff([]string{"changed b", "gone c", "new d"}, kinds); diff != "" {
		t.Error(diff)
	}
	if f := list[0].Fields; len(f) != 1 || string(f[0].Old) != "2" || string(f[0].New) != "5" {
		t.Errorf("%+v", f)
	}
	if page, one, err := s.EditionDifferences(ctx, second.ID, "gone", "", 1); err != nil || len(one) != 1 || one[0].Key != "c" || page.ID != second.ID {
		t.Errorf("%+v, %v", one, err)
	}
	if _, _, err := s.EditionDifferences(ctx, 999, "", "", 1); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}
