package ask_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"onemap/data/ask"
	"onemap/layers/fault"
)

// A comparison has the numbers of both answers and their differences, which add up.
func TestCompareIsBothAnswers(t *testing.T) {
	w := city(t)
	const where = `{"shape": {"type": "Circle", "coordinates": [120.86, 32.01], "radius": 30000}, "layers": ["shelter", "rescue_team"], "limit": 1000}`
	was := w.must(t, "around", where)
	shelters := table(t, was, "members.shelter").Rows
	sc := &ask.Scenario{
		Name:  "surge",
		Lost:  []ask.Lost{{Layer: "shelter", IDs: []int64{shelters[0].ID, shelters[2].ID}}},
		Moved: []ask.Moved{{Layer: "shelter", ID: shelters[1].ID, Place: [2]float64{120.86, 32.01}}},
		Added: []ask.Added{{Layer: "shelter", Place: [2]float64{120.87, 32.02}, Properties: map[string]any{"name": "帐篷"}}},
	}
	is := w.within(t, "around", where, sc)
	both, err := w.Compare(context.Background(), ask.Request{
		Question: "around", Inputs: inputs(t, where), Reader: viewer, Scenario: sc,
	})
	if err != nil {
		t.Fatal(err)
	}
	if both.Scenario != "surge" || len(both.Sources) != len(is.Sources) || len(both.Shapes) != 2 {
		t.Errorf("%q, %d sources, %d shapes", both.Scenario, len(both.Sources), len(both.Shapes))
	}
	if d := both.Summary[0].Value; d != int64(-1) {
		t.Errorf("two shelters are lost and one is added: %v", d)
	}

	members := table(t, both, "members.shelter")
	before, after := map[int64]float64{}, map[int64]float64{}
	for _, r := range shelters {
		before[r.ID] = r.Values[len(r.Values)-1].(float64)
	}
	for _, r := range table(t, is, "members.shelter").Rows {
		after[r.ID] = r.Values[len(r.Values)-1].(float64)
	}
	column := func(id string) int {
		return slices.IndexFunc(members.Columns, func(c ask.Column) bool { return c.ID == id })
	}
	seen := map[int64]bool{}
	for _, r := range members.Rows {
		if seen[r.ID] {
			t.Errorf("%d is there twice", r.ID)
		}
		seen[r.ID] = true
		a, there := before[r.ID]
		b, here := after[r.ID]
		x, y, d := r.Values[column("metres.base")], r.Values[column("metres.scenario")], r.Values[column("metres.difference")]
		if there && x != a || !there && x != nil || here && y != b || !here && y != nil || (d != nil) != (there && here) {
			t.Errorf("%d: %v %v %v, not %v %v", r.ID, x, y, d, a, b)
		}
		if r.ID == shelters[1].ID && y != 0.0 {
			t.Errorf("the moved shelter is %v m away", y)
		}
	}
	for id := range before {
		if !seen[id] {
			t.Errorf("%d is missing", id)
		}
	}
	for id := range after {
		if !seen[id] {
			t.Errorf("%d is missing", id)
		}
	}

	counts := table(t, both, "counts")
	for _, c := range counts.Columns {
		if !strings.HasPrefix(c.ID, "count.") {
			continue
		}
		k := slices.IndexFunc(counts.Columns, func(other ask.Column) bool { return other.ID == c.ID })
		sum := 0.0
		for _, r := range counts.Rows {
			sum += asFloat(t, r.Values[k])
		}
		if total := asFloat(t, counts.Total[k]); sum != total {
			t.Errorf("%s: rows add up to %v, the total is %v", c.ID, sum, total)
		}
	}
}

func asFloat(t *testing.T, v any) float64 {
	t.Helper()
	switch x := v.(type) {
	case int:
		return float64(x)
	case int64:
		return float64(x)
	case float64:
		return x
	}
	t.Fatalf("%T %v is no number", v, v)
	return 0
}

func TestCompareNeedsAScenario(t *testing.T) {
	_, err := city(t).Compare(context.Background(), ask.Request{Question: "around", Inputs: inputs(t, `{"shape": [120, 32]}`), Reader: viewer})
	if _, field := fault.MessageOf(err); field != "scenario" {
		t.Errorf("%v", err)
	}
}
