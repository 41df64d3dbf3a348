package mirror_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/data/storetest"
	"onemap/layers"
	"onemap/tiles/mirror"
)

// coarse is a store that has layers read as a whole from a hundred changes on, not from
// fifty thousand.
type coarse struct {
	*data.Store
	whole atomic.Int64
}

func (c *coarse) Changes(ctx context.Context, since map[string]string, change func(string, []int64, bool) error, row func(string, [][]byte) error) (string, error) {
	whole := map[string]bool{}
	return c.Store.Changes(ctx, since, func(layer string, ids []int64, all bool) error {
		if whole[layer] = all || len(ids) > 100; whole[layer] {
			c.whole.Add(1)
			return change(layer, nil, true)
		}
		return change(layer, ids, false)
	}, func(layer string, values [][]byte) error {
		if whole[layer] {
			return nil
		}
		return row(layer, values)
	})
}

// TestLargeEditions publishes editions that are read as a whole, with edits of a few
// records in between: a tile shows the edition before or the new one, never some of both.
func TestLargeEditions(t *testing.T) {
	store, _ := storetest.Empty(t)
	truth := &coarse{Store: store}
	rnd := rand.New(rand.NewPCG(3, 3))
	const n = 400
	records, few := buildings(rnd, "a", n), buildings(rnd, "few", 5)
	for i := range records {
		records[i].ValidTo = nil
	}
	edition := func(grade string) {
		t.Helper()
		for i := range records {
			records[i].Values["danger_grade"] = grade
		}
		if err := publish(t.Context(), store, "building", "a", records); err != nil {
			t.Error(err)
		}
	}
	for i := range few {
		few[i].Values["danger_grade"] = "d"
	}
	edition("a")
	m := running(t, store, truth, mirror.Options{})
	v := view(t, store, "building")
	ctx, stop := context.WithCancel(t.Context())
	var reader sync.WaitGroup
	reader.Go(func() {
		for ctx.Err() == nil {
			body, ok := m.Tile(layers.Query{View: v, Datetime: layers.Now()}, maptile.New(0, 0, 0))
			if !ok {
				t.Error("the layer is not in memory while it is read again")
				return
			}
			grades := map[string]float64{}
			for _, f := range decode(t, body)["building"] {
				for _, g := range []string{"a", "b"} {
					if k, has := f.Properties["n_"+g].(float64); has {
						grades[g] += k
					} else if f.Properties["danger_grade"] == g {
						grades[g]++
					}
				}
			}
			if grades["a"] > 0 && grades["b"] > 0 {
				t.Errorf("a tile has some of both editions: %v", grades)
			}
		}
	})
	for k := range 6 {
		edition([]string{"b", "a"}[k%2])
		if err := publish(t.Context(), store, "building", "few", few[:k%5]); err != nil {
			t.Error(err)
		}
	}
	same(t, store, m, "building")
	stop()
	reader.Wait()
	if truth.whole.Load() == 0 {
		t.Error("no edition was read as a whole")
	}
}
