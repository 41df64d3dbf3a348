package ask_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/geo"
	"onemap/geo/roads"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
)

// features are those of a layer in memory, apart from any question.
func (w *world) features(t testing.TB, layer string) (layers.Features, *layers.View) {
	t.Helper()
	cat := w.store.Catalogue()
	v, err := cat.View(viewer, layer)
	if err != nil {
		t.Fatal(err)
	}
	f, err := mirror.New(cat, w.store, mirror.Options{}).Features(t.Context(), layers.Query{View: v, Datetime: layers.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return f, v
}

// anchors are where the features are, in degrees.
func anchors(f layers.Features) []orb.Point {
	points := make([]orb.Point, f.Len())
	for i := range points {
		points[i] = geo.LonLat(f.Anchor(i))
	}
	return points
}

// graph is the road layer as a graph.
func (w *world) graph(t testing.TB) *roads.Graph {
	t.Helper()
	f, v := w.features(t, "road")
	edges := make([]roads.Edge, f.Len())
	for i := range edges {
		text := func(name string) string { s, _ := f.Value(i, v.Field(name)).(string); return s }
		number := func(name string) (x float64) {
			switch n := f.Value(i, v.Field(name)).(type) {
			case int64:
				x = float64(n)
			case float64:
				x = n
			}
			return x
		}
		bridge, _ := f.Value(i, v.Field("bridge")).(bool)
		line, _ := f.Geometry(i).(orb.LineString)
		edges[i] = roads.Edge{
			ID: f.ID(i), Line: line, Class: text("class"), SpeedKmh: number("speed_kmh"), Oneway: roads.Oneway(text("oneway")), Bridge: bridge,
			WeightLimitT: number("weight_limit_t"), HeightLimitM: number("height_limit_m"), FromNode: int64(number("from_node")), ToNode: int64(number("to_node")),
		}
	}
	return roads.Build(edges)
}

// summed is a figure of an answer's summary.
func summed(t testing.TB, a *ask.Answer, id string) float64 {
	t.Helper()
	k := slices.IndexFunc(a.Summary, func(f ask.Figure) bool { return f.ID == id })
	if k < 0 {
		t.Fatalf("the answer has no figure %s", id)
	}
	return amountOf(t, a.Summary[k].Value)
}

func amountOf(t testing.TB, v any) float64 {
	t.Helper()
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float64:
		return v
	case nil:
		return math.NaN()
	}
	t.Fatalf("%v is a %T", v, v)
	return 0
}

// rowsAddUp fails where a table's rows, or of a breakdown its districts and their townships, do
// not add up to its total.
func rowsAddUp(t testing.TB, x *ask.Table) {
	t.Helper()
	units := x.Columns[0].ID == "code"
	for c := range x.Columns {
		if _, text := x.Total[c].(string); text {
			continue
		}
		total, district, townships := 0.0, 0.0, 0.0
		for k, row := range x.Rows {
			v := amountOf(t, row.Values[c])
			whole := units && row.Values[2] == any(layers.Text{Zh: "合计", En: "All"})
			switch {
			case whole:
				if k > 0 && math.Abs(district-townships) > 0.01 {
					t.Errorf("%s: %s of the townships above row %d is %v, of their district %v", x.ID, x.Columns[c].ID, k, townships, district)
				}
				district, townships = v, 0
				total += v
			case units:
				townships += v
			default:
				total += v
			}
		}
		if math.Abs(district-townships) > 0.01 || math.Abs(total-amountOf(t, x.Total[c])) > 0.01 {
			t.Errorf("%s: %s adds up to %v, not %v (%v and %v)", x.ID, x.Columns[c].ID, total, x.Total[c], district, townships)
		}
	}
}

// column is the place of a column.
func column(t testing.TB, x *ask.Table, id string) int {
	t.Helper()
	k := slices.IndexFunc(x.Columns, func(c ask.Column) bool { return c.ID == id })
	if k < 0 {
		t.Fatalf("the table %s has no column %s", x.ID, id)
	}
	return k
}

// givesUp fails where a question that nobody waits for is answered.
func (w *world) givesUp(t testing.TB, question, text string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err := w.Ask(ctx, ask.Request{Question: question, Inputs: inputs(t, text), Reader: viewer})
	if fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("%s, given up: %v", question, err)
	}
	// In the middle, wherever it tells how far it is.
	for at, told := 1, true; told; at++ {
		ctx, stop := context.WithCancel(context.Background())
		n := 0
		last := 0.0
		_, err := w.Ask(ctx, ask.Request{Question: question, Inputs: inputs(t, text), Reader: viewer, Progress: func(share float64, _ layers.Text) {
			if n++; n == at {
				stop()
			}
			if share < last || share > 1 {
				t.Errorf("%s is done to %v after %v", question, share, last)
			}
			last = share
		}})
		stop()
		if told = n >= at; told && fault.CodeOf(err) != fault.Cancelled || !told && err != nil {
			t.Errorf("%s, given up at its sign %d of %d: %v", question, at, n, err)
		}
	}
}

func circle(p orb.Point, radius float64) string {
	return fmt.Sprintf(`{"type": "Circle", "coordinates": [%v, %v], "radius": %v}`, p[0], p[1], radius)
}
