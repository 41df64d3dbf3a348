package mirror

import (
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
)

const (
	touchZoom  = 14      // deepest zoom at which changes are told apart
	touchMost  = 64      // tiles of a zoom that one change is told apart in
	touchLimit = 1 << 18 // marks kept before the oldest knowledge is given up
)

// touches knows for the tiles of a layer when they changed last. The zero value knows of
// no change.
type touches struct {
	own   map[maptile.Tile]uint64 // the tile has a change in it
	below map[maptile.Tile]uint64 // so has every tile below it
	floor uint64                  // nothing is known before: every tile counts as changed then
}

// mark notes a change in a box, with the tiles around it that show it in their buffer.
func (t *touches) mark(box geo.WorldBox, seq uint64) {
	full := len(t.own)+len(t.below) > touchLimit
	if full {
		t.floor = max(t.floor, seq-1)
	}
	if full || t.own == nil {
		t.own, t.below = map[maptile.Tile]uint64{}, map[maptile.Tile]uint64{}
	}
	for z := range maptile.Zoom(touchZoom + 1) {
		tiles := Tiles(box, z)
		if len(tiles) > touchMost {
			for _, tile := range Tiles(box, z-1) {
				t.below[tile] = seq
			}
			return
		}
		for _, tile := range tiles {
			t.own[tile] = seq
		}
	}
}

// last is the newest change of a tile.
func (t *touches) last(tile maptile.Tile) uint64 {
	seq := t.floor
	if t.own == nil {
		return seq
	}
	for tile.Z > touchZoom {
		tile = maptile.New(tile.X>>1, tile.Y>>1, tile.Z-1)
	}
	seq = max(seq, t.own[tile])
	if len(t.below) == 0 {
		return seq
	}
	for {
		seq = max(seq, t.below[tile])
		if tile.Z == 0 {
			return seq
		}
		tile = maptile.New(tile.X>>1, tile.Y>>1, tile.Z-1)
	}
}

// Tiles are the tiles of a zoom that show a box, their buffer included.
func Tiles(box geo.WorldBox, z maptile.Zoom) []maptile.Tile {
	shift := 32 - uint(z)
	buffer := int64(layers.TileBuffer) << shift >> tileBits
	last := int64(1)<<z - 1
	place := func(v int64) uint32 { return uint32(min(max(v>>shift, 0), last)) }
	x0, x1 := place(int64(box.MinX)-buffer), place(int64(box.MaxX)+buffer)
	y0, y1 := place(int64(box.MinY)-buffer), place(int64(box.MaxY)+buffer)
	if n := uint64(x1-x0+1) * uint64(y1-y0+1); n > touchMost {
		return make([]maptile.Tile, touchMost+1)
	}
	var tiles []maptile.Tile
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			tiles = append(tiles, maptile.New(x, y, z))
		}
	}
	return tiles
}
