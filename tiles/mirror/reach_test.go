package mirror_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/archive"
	"onemap/tiles/mirror"
)

// TestSliver walks down to a building that is 38 km long and less than a metre wide: too
// thin for the grid of the tiles above it, where nothing else is.
func TestSliver(t *testing.T) {
	store, _ := storetest.Empty(t)
	const west, east = 120.5, 120.9
	x, y := geo.World(west, 32)
	y &^= 255 // on a line of zoom 12's grid, whose unit is 256, to either side of which it reaches 56
	north, south := geo.LonLat(x, y-56)[1], geo.LonLat(x, y+56)[1]
	record := layers.Record{
		Source: "a", SourceID: "1", PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000,
		Geometry: orb.Polygon{{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}},
		Values:   map[string]any{"code": "long", "danger_grade": "a"},
	}
	if err := publish(t.Context(), store, "building", "a", []layers.Record{record}); err != nil {
		t.Fatal(err)
	}
	q := layers.Query{View: view(t, store, "building"), Datetime: layers.Now()}
	x1, _ := geo.World(east, north)
	want, late := map[maptile.Tile]bool{}, 0
	for tile, last := geo.TileAt(x, y, 14), geo.TileAt(x1, y, 14); tile.X <= last.X; tile.X++ {
		body, err := store.Tile(t.Context(), q, tile)
		if err != nil {
			t.Fatal(err)
		}
		above, err := store.Tile(t.Context(), q, tile.Parent().Parent())
		if err != nil {
			t.Fatal(err)
		}
		if want[tile] = len(body) > 0; want[tile] && len(above) == 0 {
			late++
		}
	}
	if late == 0 {
		t.Fatal("the building shows in all tiles above")
	}
	for _, memory := range []int64{1 << 30, 1} {
		t.Run(fmt.Sprint("memory ", memory), func(t *testing.T) {
			m := mirrored(t, store, mirror.Options{Memory: memory})
			whole := tiles.Whole{Source: m.Source, Reach: m.Reaches, Queries: []layers.Query{q}}
			pyramid := archive.Pyramid{Min: 14, Max: 14, Workers: 2, Reaches: whole.Reaches}
			made, missing := 0, maps.Clone(want)
			err := pyramid.Walk(context.Background(), whole.Tile, nil, func(id uint64, body []byte) error {
				made++
				if tile, _ := archive.Tile(id); len(body) > 0 {
					if !want[tile] {
						t.Errorf("%v has something", tile)
					}
					delete(missing, tile)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			for tile, full := range missing {
				if full {
					t.Errorf("%v is missing", tile)
				}
			}
			if made > 60 {
				t.Errorf("%d tiles were made", made)
			}
		})
	}
}
