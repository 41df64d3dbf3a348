package tiles_test

import (
	"context"
	"sync"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/tiles"
)

// TestDescentAsksOnlyNearby walks down over two layers of one record
// each, at other ends of the city.
func TestDescentAsksOnlyNearby(t *testing.T) {
	at := map[string]orb.Point{"shelter": {120.9, 32.1}, "enterprise": {121.8, 31.9}}
	var mu sync.Mutex
	asked := map[string]int{}
	source := func(_ context.Context, q layers.Query, tile maptile.Tile) ([]byte, error) {
		mu.Lock()
		defer mu.Unlock()
		asked[q.View.ID]++
		if maptile.At(at[q.View.ID], tile.Z) != tile {
			return nil, nil
		}
		return part(t, q.View.ID), nil
	}
	var queries []layers.Query
	for _, id := range []string{"enterprise", "shelter"} {
		queries = append(queries, layers.Query{View: view(t, layers.RoleViewer, id)})
	}
	d := tiles.NewDescent(source, queries)
	made := 0
	row, last := []maptile.Tile{{}}, maptile.Zoom(12)
	for z := maptile.Zoom(0); z <= last; z++ {
		seen := map[string]int{}
		var next []maptile.Tile
		for _, tile := range row {
			made++
			body, err := d.Tile(t.Context(), tile)
			if err != nil {
				t.Fatal(err)
			}
			for id := range at {
				if found, err := tiles.Part(body, id); err != nil {
					t.Fatal(err)
				} else if len(found) > 0 {
					seen[id]++
				}
			}
			if len(body) > 0 {
				below := tile.Children()
				next = append(next, below[:]...)
			}
		}
		if seen["shelter"] != 1 || seen["enterprise"] != 1 {
			t.Fatalf("zoom %d: %v", z, seen)
		}
		row = next
	}
	for id, n := range asked {
		if n >= made {
			t.Errorf("%s was asked for %d times in %d tiles", id, n, made)
		}
	}
	// A sliver that shows in a child first, beside a tile that has the layer.
	over := maptile.At(at["shelter"], last)
	over.X++
	before := asked["shelter"]
	for _, child := range over.Children() {
		if _, err := d.Tile(t.Context(), child); err != nil {
			t.Fatal(err)
		}
	}
	if asked["shelter"] != before+4 {
		t.Errorf("below a neighbour the layer was asked for %d times, want 4", asked["shelter"]-before)
	}
	// A tile whose parent was not made here is made of all layers.
	far := maptile.At(at["shelter"], 16)
	if body, err := d.Tile(t.Context(), far); err != nil || len(body) == 0 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}
