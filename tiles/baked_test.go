package tiles_test

import (
	"context"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/tiles"
)

// TestWholeAsksWhereALayerReaches makes tiles of two layers of one record each, at other
// ends of the city.
func TestWholeAsksWhereALayerReaches(t *testing.T) {
	at := map[string]orb.Point{"shelter": {120.9, 32.1}, "enterprise": {121.8, 31.9}}
	asked := 0
	reach := func(_ context.Context, q layers.Query, tile maptile.Tile) (bool, error) {
		return maptile.At(at[q.View.ID], tile.Z) == tile, nil
	}
	source := func(_ context.Context, q layers.Query, tile maptile.Tile) ([]byte, error) {
		asked++
		return part(t, q.View.ID), nil
	}
	w := tiles.Whole{Source: source, Reach: reach}
	for _, id := range []string{"enterprise", "shelter"} {
		w.Queries = append(w.Queries, layers.Query{View: view(t, layers.RoleViewer, id)})
	}
	for _, tt := range []struct {
		tile    maptile.Tile
		holds   []string
		reaches bool
	}{
		{maptile.New(0, 0, 0), []string{"enterprise", "shelter"}, true},
		{maptile.At(at["shelter"], 14), []string{"shelter"}, true},
		{maptile.At(at["enterprise"], 14), []string{"enterprise"}, true},
		{maptile.New(0, 0, 14), nil, false},
	} {
		asked = 0
		body, err := w.Tile(t.Context(), tt.tile)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range tt.holds {
			if found, err := tiles.Part(body, id); err != nil || len(found) == 0 {
				t.Errorf("%v lacks %s: %v", tt.tile, id, err)
			}
		}
		if asked != len(tt.holds) {
			t.Errorf("%v: %d layers were asked for", tt.tile, asked)
		}
		if reaches, err := w.Reaches(t.Context(), tt.tile); err != nil || reaches != tt.reaches {
			t.Errorf("%v: reached %v, %v", tt.tile, reaches, err)
		}
	}
}
