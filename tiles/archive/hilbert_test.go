package archive_test

import (
	"testing"

	"github.com/paulmach/orb/maptile"
	"pgregory.net/rapid"

	"onemap/tiles/archive"
)

func TestIDsOfTheSpecification(t *testing.T) {
	tests := []struct {
		z, x, y uint32
		id      uint64
	}{
		{0, 0, 0, 0},
		{1, 0, 0, 1},
		{1, 0, 1, 2},
		{1, 1, 1, 3},
		{1, 1, 0, 4},
		{2, 0, 0, 5},
		{2, 1, 0, 6},
		{2, 1, 1, 7},
		{2, 0, 1, 8},
		{2, 3, 0, 20},
		{12, 3423, 1763, 19078479},
	}
	for _, tt := range tests {
		if got := archive.ID(maptile.New(tt.x, tt.y, maptile.Zoom(tt.z))); got != tt.id {
			t.Errorf("%d/%d/%d is %d, want %d", tt.z, tt.x, tt.y, got, tt.id)
		}
	}
	if _, ok := archive.Tile(1<<64 - 1); ok {
		t.Error("an id beyond the deepest zoom has a tile")
	}
}

// TestIDsGoBothWays holds for every zoom, and that neighbours along the curve touch.
func TestIDsGoBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.IntRange(1, archive.MaxZoom).Draw(t, "z")
		last := uint32(1)<<z - 1
		tile := maptile.New(rapid.Uint32Range(0, last).Draw(t, "x"), rapid.Uint32Range(0, last).Draw(t, "y"), maptile.Zoom(z))
		id := archive.ID(tile)
		if back, ok := archive.Tile(id); !ok || back != tile {
			t.Fatalf("%v is %d, which is %v", tile, id, back)
		}
		next, ok := archive.Tile(id + 1)
		if !ok || next.Z != tile.Z { // the last of its zoom
			return
		}
		dx, dy := int64(next.X)-int64(tile.X), int64(next.Y)-int64(tile.Y)
		if dx*dx+dy*dy != 1 {
			t.Fatalf("%v is followed by %v", tile, next)
		}
		if tile.Z > 1 {
			first := archive.ID(tile.Parent())
			below := tile.Parent().Children()
			for _, child := range below {
				d := archive.ID(child) - id
				if d+3 > 6 {
					t.Fatalf("children of %d are not four in a row", first)
				}
			}
		}
	})
}
