package geo_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"onemap/geo"
)

func TestWorld(t *testing.T) {
	tests := map[string]struct {
		lon, lat float64
		x, y     uint32
	}{
		"middle of the map":      {0, 0, 1 << 31, 1 << 31},
		"north-west corner":      {-180, 85.0511287798066, 0, 0},
		"past the north edge":    {-200, 89, 0, 0},
		"north pole":             {0, 90, 1 << 31, 0},
		"past the south edge":    {200, -89, math.MaxUint32, math.MaxUint32},
		"east edge is clamped":   {180, 0, math.MaxUint32, 1 << 31},
		"not a number":           {math.NaN(), math.NaN(), 0, 0},
		"Nantong":                {120.894, 31.98, 3589805248, 1744438983},
		"a quarter of the world": {-90, 0, 1 << 30, 1 << 31},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			x, y := geo.World(tt.lon, tt.lat)
			if x != tt.x || y != tt.y {
				t.Errorf("World(%v, %v) = %d, %d, want %d, %d", tt.lon, tt.lat, x, y, tt.x, tt.y)
			}
		})
	}
}

func TestWorldRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Uint32().Draw(t, "x"), rapid.Uint32().Draw(t, "y")
		p := geo.LonLat(x, y)
		gotX, gotY := geo.World(p[0], p[1])
		if gotX != x || gotY != y {
			t.Errorf("World(LonLat(%d, %d)) = %d, %d", x, y, gotX, gotY)
		}
	})
}

func TestTileAtAgreesWithMaptile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(-179.9, 179.9).Draw(t, "lon")
		lat := rapid.Float64Range(-85, 85).Draw(t, "lat")
		zoom := maptile.Zoom(rapid.IntRange(0, 22).Draw(t, "zoom"))
		x, y := geo.World(lon, lat)
		got := geo.TileAt(x, y, zoom)
		if !geo.TileWorld(got).Contains(x, y) {
			t.Fatalf("%v does not contain its own coordinate", got)
		}
		want := maptile.At(orb.Point{lon, lat}, zoom)
		b := geo.TileBound(got)
		const eps = 1e-9 // on a tile's edge the two ways of rounding may part
		nearEdge := lon-b.Min[0] < eps || b.Max[0]-lon < eps || lat-b.Min[1] < eps || b.Max[1]-lat < eps
		if got != want && !nearEdge {
			t.Errorf("TileAt(%v, %v, %d) = %v, maptile says %v", lon, lat, zoom, got, want)
		}
	})
}

func TestTilesPartTheWorld(t *testing.T) {
	// The four children of a tile share out its coordinates: every one is in exactly one child.
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.Uint32().Draw(t, "x"), rapid.Uint32().Draw(t, "y")
		zoom := maptile.Zoom(rapid.IntRange(0, 31).Draw(t, "zoom"))
		holders := 0
		for _, child := range geo.TileAt(x, y, zoom).Children() {
			if geo.TileWorld(child).Contains(x, y) {
				holders++
			}
		}
		if holders != 1 {
			t.Errorf("coordinate %d, %d is in %d children at zoom %d", x, y, holders, zoom)
		}
	})
}

func TestTileBound(t *testing.T) {
	for _, tile := range []maptile.Tile{{X: 0, Y: 0, Z: 0}, {X: 1, Y: 0, Z: 1}, {X: 13692, Y: 6652, Z: 14}, {X: 1<<22 - 1, Y: 1<<22 - 1, Z: 22}} {
		got, want := geo.TileBound(tile), tile.Bound()
		for i, d := range []float64{got.Min[0] - want.Min[0], got.Min[1] - want.Min[1], got.Max[0] - want.Max[0], got.Max[1] - want.Max[1]} {
			if math.Abs(d) > 1e-9 {
				t.Errorf("edge %d of %v is off by %v degrees", i, tile, d)
			}
		}
	}
}

func TestTileWorld(t *testing.T) {
	tests := map[string]struct {
		tile maptile.Tile
		want geo.WorldBox
	}{
		"whole world":     {maptile.Tile{}, geo.WorldBox{MaxX: math.MaxUint32, MaxY: math.MaxUint32}},
		"south-east half": {maptile.Tile{X: 1, Y: 1, Z: 1}, geo.WorldBox{MinX: 1 << 31, MinY: 1 << 31, MaxX: math.MaxUint32, MaxY: math.MaxUint32}},
		"one unit":        {maptile.Tile{X: 7, Y: 9, Z: 32}, geo.WorldBox{MinX: 7, MinY: 9, MaxX: 7, MaxY: 9}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, geo.TileWorld(tt.tile)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBoundWorld(t *testing.T) {
	b := geo.BoundWorld(orb.Bound{Min: orb.Point{120, 31}, Max: orb.Point{122, 33}})
	if x, y := geo.World(121, 32); !b.Contains(x, y) {
		t.Errorf("%v does not contain the middle of its bound", b)
	}
	if x, y := geo.World(121, 33.1); b.Contains(x, y) {
		t.Errorf("%v contains a place north of its bound", b)
	}
	if other := geo.BoundWorld(orb.Bound{Min: orb.Point{122.1, 31}, Max: orb.Point{123, 33}}); b.Intersects(other) {
		t.Errorf("%v intersects %v, which is east of it", b, other)
	}
	if other := geo.BoundWorld(orb.Bound{Min: orb.Point{121, 30}, Max: orb.Point{121.5, 31.5}}); !b.Intersects(other) {
		t.Errorf("%v does not intersect %v", b, other)
	}
}
