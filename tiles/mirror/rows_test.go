package mirror_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb/maptile"

	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
	"onemap/tiles/mirror"
)

// TestRowsEqualPostGIS holds tiles of layers that are beyond the budget, and of another
// time, against those that PostGIS writes itself: they are the same in everything.
func TestRowsEqualPostGIS(t *testing.T) {
	store := city(t)
	m := mirrored(t, store, mirror.Options{Memory: 1})
	past := time.Date(2021, 7, 1, 0, 0, 0, 0, time.UTC)
	for _, l := range store.Catalogue().Layers() {
		t.Run(l.ID, func(t *testing.T) {
			v := view(t, store, l.ID)
			q := layers.Query{View: v, Datetime: layers.Now()}
			row, seen := []maptile.Tile{{}}, 0
			for z := 0; z <= 17; z++ {
				var full []maptile.Tile
				for i, tile := range row {
					q := q
					if i%4 == 3 {
						q.Datetime = &layers.Interval{From: &past, To: &past}
					}
					theirs, err := store.Tile(t.Context(), q, tile)
					if err != nil {
						t.Fatal(err)
					}
					ours, err := m.Source(t.Context(), q, tile)
					if err != nil {
						t.Fatal(err)
					}
					equal(t, fmt.Sprintf("%s %d/%d/%d", l.ID, tile.Z, tile.X, tile.Y), theirs, ours)
					if len(theirs) > 0 {
						full = append(full, tile)
						seen++
					}
				}
				row = row[:0]
				for i, step := 0, max(len(full)*4/tilesAZoom, 1); i < len(full)*4; i += step {
					row = append(row, full[i/4].Children()[i%4])
				}
			}
			if seen == 0 {
				t.Error("no tile had anything")
			}
		})
	}
}

// equal holds two tiles against each other, feature by feature.
func equal(t *testing.T, name string, theirs, ours []byte) {
	t.Helper()
	want, got := decode(t, theirs), decode(t, ours)
	if len(want) != len(got) {
		t.Errorf("%s: %d layers, PostGIS has %d", name, len(got), len(want))
	}
	for layer, features := range want {
		if len(features) != len(got[layer]) {
			t.Errorf("%s: %s has %d features, in PostGIS %d", name, layer, len(got[layer]), len(features))
		}
		for id, f := range features {
			g := got[layer][id]
			if g == nil {
				t.Errorf("%s: %s lacks %d", name, layer, id)
				continue
			}
			if a, b := fmt.Sprint(f.Properties), fmt.Sprint(g.Properties); a != b {
				t.Errorf("%s: %d of %s has %s, in PostGIS %s", name, id, layer, b, a)
			}
			if a, b := fmt.Sprint(f.Geometry), fmt.Sprint(g.Geometry); a != b {
				t.Errorf("%s: %d of %s is %s, in PostGIS %s", name, id, layer, b, a)
			}
		}
	}
}

// BenchmarkRows makes a dense tile of the sample city's buildings beyond the budget, beside
// the statement that has PostGIS write it.
func BenchmarkRows(b *testing.B) {
	store := city(b)
	m := mirrored(b, store, mirror.Options{Memory: 1})
	x, y := geo.World(120.86, 32.01)
	q, tile := layers.Query{View: view(b, store, "building"), Datetime: layers.Now()}, geo.TileAt(x, y, 13)
	for name, source := range map[string]func(context.Context, layers.Query, maptile.Tile) ([]byte, error){"rows": m.Source, "ST_AsMVT": store.Tile} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if body, err := source(b.Context(), q, tile); err != nil || len(body) == 0 {
					b.Fatal(len(body), err)
				}
			}
		})
	}
}

// TestKeptOutsideMemory keeps tiles of a layer beyond the budget until a change touches
// them: an edition, one too large to be told apart, and a record whose valid time ends.
func TestKeptOutsideMemory(t *testing.T) {
	store, _ := storetest.Empty(t)
	rnd := rand.New(rand.NewPCG(1, 1))
	m := mirrored(t, store, mirror.Options{Memory: 1})
	x, y := geo.World(120.9, 32)
	here, there, all := geo.TileAt(x, y, 8), maptile.New(0, 0, 5), maptile.New(0, 0, 0)
	settled := func() uint64 {
		t.Helper()
		seq := uint64(0)
		wait(t, func() bool { seq = m.Seq(); return m.Changed("building", all) <= seq })
		return seq
	}
	before := settled()
	records := buildings(rnd, "a", 200)
	for i := range records {
		records[i].ValidTo = nil
	}
	if err := publish(t.Context(), store, "building", "a", records); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return m.Changed("building", here) > before })
	if m.Changed("building", there) > before {
		t.Error("a tile far from the change counts as changed")
	}
	before = settled()
	if err := publish(t.Context(), store, "building", "a", records[:100]); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return m.Changed("building", here) > before })
	if m.Changed("building", there) > before {
		t.Error("a tile far from what was taken away counts as changed")
	}
	before = settled()
	end := time.Now().Add(1500 * time.Millisecond)
	records[0].ValidTo = &end
	if err := publish(t.Context(), store, "building", "a", records[:100]); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return m.Changed("building", here) > before })
	told := m.Changed("building", here)
	time.Sleep(time.Until(end))
	if m.Changed("building", here) <= told {
		t.Error("after the end of a record's valid time its tile counts as unchanged")
	}
	if settled() <= told {
		t.Error("nothing was told of the end of a record's valid time")
	}
}
