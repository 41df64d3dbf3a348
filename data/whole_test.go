package data_test

import (
	"context"
	"testing"
	"time"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// TestExportSeesOneStateOfTheLayer publishes another edition after the first record has
// been handed over: the rest must still be of the state before.
func TestExportSeesOneStateOfTheLayer(t *testing.T) {
	s := open(t)
	v := view(t, s, "plot")
	const n = 3000
	publish(t, s, "plot", random("plot", n, 1))
	seen, changed := 0, 0
	err := s.Export(context.Background(), layers.Query{View: v, CRS: geo.EPSG4490, Limit: 10, After: 5}, func(it layers.Item) error {
		if seen == 0 {
			publish(t, s, "plot", random("plot", n/2, 2))
		}
		seen++
		if edition, _ := it.Value("edition"); edition != 1.0 {
			changed++
		}
		return nil
	})
	if err != nil || seen != n || changed != 0 {
		t.Errorf("%d records, %d of a later edition, %v", seen, changed, err)
	}
	if now, err := s.Count(context.Background(), layers.Query{View: v}); err != nil || now != n/2 {
		t.Errorf("%d records afterwards, %v", now, err)
	}
}

func TestExportEndsWhenTheCallerLeaves(t *testing.T) {
	s := open(t)
	publish(t, s, "plot", random("plot", 20_000, 1))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	seen := 0
	err := s.Export(ctx, layers.Query{View: view(t, s, "plot")}, func(layers.Item) error {
		seen++
		cancel()
		return ctx.Err()
	})
	if fault.CodeOf(err) != fault.Cancelled || seen != 1 {
		t.Errorf("%d records, %v", seen, err)
	}
	if err := s.Ready(context.Background()); err != nil {
		t.Error(err)
	}
}

// TestItemCellsAreTyped holds the Go values of an item's columns against their JSON.
func TestItemCellsAreTyped(t *testing.T) {
	s := open(t)
	r := random("dot", 1, 1)[0]
	at := time.Date(1969, 7, 20, 20, 17, 40, 123456000, time.UTC)
	seen := time.Date(1949, 10, 1, 0, 0, 0, 0, time.UTC)
	r.ValidFrom = &at
	r.Values["tags"], r.Values["stock"], r.Values["seen"], r.Values["open"] = []string{"b", "a"}, map[string]float64{"c": 2.5}, seen, true
	r.Values["size"] = int64(-0)
	publish(t, s, "dot", []layers.Record{r})
	v := view(t, s, "dot")
	err := s.Export(context.Background(), layers.Query{View: v}, func(it layers.Item) error {
		for i, f := range v.Columns() {
			got := it.Cell(i)
			ok := true
			switch f.Name {
			case "code", "name", "kind":
				ok = got == r.Values[f.Name]
			case "size":
				ok = got == int64(0)
			case "tags":
				list, _ := got.([]string)
				ok = len(list) == 2 && list[0] == "b" && list[1] == "a"
			case "stock":
				amounts, _ := got.(map[string]float64)
				ok = len(amounts) == 1 && amounts["c"] == 2.5
			case "seen":
				ok = got == seen
			case "open":
				ok = got == true
			case "valid_from":
				ok = got == at
			case "valid_to", "updated_by":
				ok = got == nil
			case "edition":
				ok = got == int64(1)
			}
			if !ok {
				t.Errorf("%s is %v (%T)", f.Name, got, got)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
