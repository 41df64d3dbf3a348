// Package tiles is what lies between a layer's features and the bytes a map client
// gets: the tile address, the merging of several layers into one tile, the sharing of
// equal requests, compression and validators. It knows no database and no HTTP server;
// the layers' bytes come through a Source.
package tiles

import (
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb/maptile"

	"onemap/layers/fault"
)

const (
	// MaxZoom is the deepest zoom that has tiles: at 22 a tile is 8 m wide here.
	MaxZoom = 22
	// MaxLayers is the largest number of layers that one tile may hold.
	MaxLayers = 32
)

// ParseAddress reads a tile address in the scheme of OGC TMS WebMercatorQuad (row 0 in
// the north). It returns an Invalid error, naming the part, if a number is not plain
// decimal, the zoom is over MaxZoom, or the column or row lies outside the zoom's grid.
func ParseAddress(z, x, y string) (maptile.Tile, error) {
	zoom, err := number("z", z, MaxZoom)
	if err != nil {
		return maptile.Tile{}, err
	}
	last := uint32(1)<<zoom - 1
	column, err := number("x", x, last)
	if err != nil {
		return maptile.Tile{}, err
	}
	row, err := number("y", y, last)
	if err != nil {
		return maptile.Tile{}, err
	}
	return maptile.New(column, row, maptile.Zoom(zoom)), nil
}

// ParseLayers reads a comma list of layer ids and keeps its order, which is the order of
// the layers in the tile. It returns an Invalid error if a name is empty or repeated, or
// the list is longer than MaxLayers. Whether the layers exist is for the caller to find out.
func ParseLayers(list string) ([]string, error) {
	if strings.Count(list, ",") >= MaxLayers {
		return nil, fault.In("layers", "One tile holds at most %d layers.", MaxLayers)
	}
	ids := strings.Split(list, ",")
	for i, id := range ids {
		if id == "" {
			return nil, fault.In("layers", "The list of layers has an empty name; write ids with one comma between them.")
		}
		if slices.Contains(ids[:i], id) {
			return nil, fault.In("layers", "The list names %q twice.", id)
		}
	}
	return ids, nil
}

// number reads a decimal without sign, blanks or leading zeros, so that one tile has
// one address only.
func number(field, s string, limit uint32) (uint32, error) {
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil || len(s) > 1 && s[0] == '0' {
		return 0, fault.In(field, "%q is not a whole number from 0 to %d.", clip(s), limit)
	}
	if uint32(v) > limit {
		return 0, fault.In(field, "%d is outside 0 to %d.", v, limit)
	}
	return uint32(v), nil
}

// clip keeps a stranger's text short in a message.
func clip(s string) string {
	if r := []rune(s); len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
