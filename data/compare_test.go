package data_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
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
	if diff := cmp.Diff(data.Comparison{Present: 4, Staged: 4, New: 1, Changed: 2, Moved: 1, Gone: 1, Unchanged: 1}, sum); err != nil || diff != "" {
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
