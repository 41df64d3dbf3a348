package mirror_test

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers"
	"onemap/tiles/mirror"
)

// The features in memory are the records of the table: with and without a filter, of layers
// that are kept and of those that are read for the question.
func TestFeaturesAreTheTable(t *testing.T) {
	store := city(t)
	kept := mirrored(t, store, mirror.Options{})
	read := mirror.New(store.Catalogue(), store, mirror.Options{})
	ctx := context.Background()
	for _, id := range []string{"rescue_team", "building", "road", "admin_unit", "warning", "enterprise"} {
		v := view(t, store, id)
		queries := []layers.Query{{View: v, Datetime: layers.Now()}}
		if by := v.By(); by != nil {
			queries = append(queries, layers.Query{View: v, Datetime: layers.Now(), Filters: []layers.Predicate{layers.OneOf(by, by.List.Codes()[0], by.List.Codes()[1])}})
		}
		for _, q := range queries {
			for name, m := range map[string]*mirror.Mirror{"kept": kept, "read": read} {
				f, err := m.Features(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				placed := 0
				err = store.Items(ctx, q, func(it layers.Item) error {
					i, found := f.Find(it.ID)
					if it.WKB == nil {
						if found {
							t.Fatalf("%s %s: %d has no place", name, id, it.ID)
						}
						return nil
					}
					placed++
					if !found || f.ID(i) != it.ID {
						t.Fatalf("%s %s: %d is missing", name, id, it.ID)
					}
					likeItem(t, v, f, i, it)
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				if f.Len() != placed {
					t.Fatalf("%s %s: %d features, %d records", name, id, f.Len(), placed)
				}
				searched(t, f)
			}
		}
	}
}

func likeItem(t *testing.T, v *layers.View, f layers.Features, i int, it layers.Item) {
	t.Helper()
	g, err := wkb.Unmarshal(it.WKB)
	if err != nil {
		t.Fatal(err)
	}
	ours := f.Geometry(i)
	if ours.GeoJSONType() != g.GeoJSONType() {
		t.Fatalf("%s %d: a %s, not a %s", v.ID, it.ID, ours.GeoJSONType(), g.GeoJSONType())
	}
	a, b := ours.Bound(), g.Bound()
	if d := max(geo.Distance(a.Min, b.Min), geo.Distance(a.Max, b.Max)); d > 0.02 {
		t.Fatalf("%s %d: the box is %.3f m off", v.ID, it.ID, float64(d))
	}
	for _, field := range v.Mirrored() {
		if v.Field(field.Name) == nil {
			continue
		}
		want, _ := it.Value(field.Name)
		got := f.Value(i, field)
		switch x := got.(type) {
		case int64:
			got = float64(x)
		case time.Time:
			if field.Type == layers.TypeDate {
				got = x.Format(time.DateOnly)
				break
			}
			at, err := time.Parse(time.RFC3339Nano, want.(string))
			if err != nil || !at.Equal(x) {
				t.Fatalf("%s %d %s: %v, not %v", v.ID, it.ID, field.Name, x, want)
			}
			continue
		case []string:
			text, _ := json.Marshal(x)
			_ = json.Unmarshal(text, &got)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%s %d %s: %v, not %v", v.ID, it.ID, field.Name, got, want)
		}
		if f.Len() > 200 {
			continue // columns as a whole are slow to make again for each
		}
		if numbers := f.Numbers(field); numbers != nil {
			if x, ok := want.(float64); ok && numbers[i] != x || !ok && !math.IsNaN(numbers[i]) {
				t.Fatalf("%s %d %s: the number %v, not %v", v.ID, it.ID, field.Name, numbers[i], want)
			}
		} else if codes, texts := f.Codes(field); codes != nil && field.Type != layers.TypeCodes {
			if x, _ := want.(string); texts[codes[i]] != x {
				t.Fatalf("%s %d %s: the code %q, not %v", v.ID, it.ID, field.Name, texts[codes[i]], want)
			}
		}
	}
}

// searched compares Search with looking at each.
func searched(t *testing.T, f layers.Features) {
	t.Helper()
	if f.Len() == 0 {
		return
	}
	x, y := f.Anchor(f.Len() / 2)
	box := geo.WorldBox{MinX: x - 1<<19, MaxX: x + 1<<19, MinY: y - 1<<18, MaxY: y + 1<<18}
	found := map[int]bool{}
	f.Search(box, func(i int) bool { found[i] = true; return true })
	for i := range f.Len() {
		b := f.Geometry(i).Bound()
		own := geo.BoundWorld(orb.Bound{Min: b.Min, Max: b.Max})
		if own.Intersects(box) != found[i] {
			t.Fatalf("feature %d: found is %v", f.ID(i), found[i])
		}
	}
	n := 0
	f.Search(box, func(int) bool { n++; return false })
	if n > 1 {
		t.Fatalf("%d features after the search was told to stop", n)
	}
}
