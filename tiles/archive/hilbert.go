package archive

import (
	"math/bits"

	"github.com/paulmach/orb/maptile"
)

// MaxZoom is the deepest zoom whose tile ids fit the format.
const MaxZoom = 31

// firstID is the id of the first tile of a zoom: as many as the zooms above it have tiles.
func firstID(zoom int) uint64 { return (1<<(2*uint(zoom)) - 1) / 3 }

// ID is the number of a tile in the order of an archive: zoom by zoom, and within a zoom
// along the Hilbert curve that begins in the north-west and ends in the north-east.
func ID(t maptile.Tile) uint64 {
	x, y := uint64(t.X), uint64(t.Y)
	var along uint64
	for bit := int(t.Z) - 1; bit >= 0; bit-- {
		right, down := x>>bit&1, y>>bit&1
		along = along<<2 | (3*right ^ down)
		x, y = turn(x, y, right, down)
	}
	return firstID(int(t.Z)) + along
}

// Tile is the tile of an id; false where the id lies beyond MaxZoom.
func Tile(id uint64) (maptile.Tile, bool) {
	if id >= firstID(MaxZoom+1) {
		return maptile.Tile{}, false
	}
	zoom := (bits.Len64(3*id+1) - 1) / 2
	along := id - firstID(zoom)
	var x, y uint64
	for bit := range zoom {
		step := along >> (2 * bit) & 3
		right := step >> 1
		down := (step ^ right) & 1
		low := uint64(1)<<bit - 1
		x, y = turn(x, y, right, down)
		x, y = x&low|right<<bit, y&low|down<<bit
	}
	return maptile.New(uint32(x), uint32(y), maptile.Zoom(zoom)), true
}

// turn lays the curve of a quarter the way it runs there: the two upper quarters mirror
// it, the right one of them turned round as well. It is its own inverse.
func turn(x, y, right, down uint64) (uint64, uint64) {
	if down == 1 {
		return x, y
	}
	if right == 1 {
		x, y = ^x, ^y
	}
	return y, x
}

// children are the ids of the four tiles below a tile: the curve of a zoom passes through
// the quarters of a tile one after another, so they follow each other.
func children(id uint64, zoom int) uint64 {
	return firstID(zoom+1) + 4*(id-firstID(zoom))
}
