// Package load asks a server on this machine what map pages would ask, as fast as it
// answers, and says how fast that was. Lists of addresses are fixed: the same walk gives
// the same tiles on every machine, so that two sides answer the same questions.
package load

import (
	"math"
	"math/rand/v2"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
)

// Walk describes people who look at a city: each opens a view at one zoom and pans twice.
type Walk struct {
	Centres  []orb.Point  // dense places, longitude and latitude; looked at four times out of five
	Bound    orb.Bound    // the city, looked at anywhere in it the fifth time
	From, To maptile.Zoom // zooms, both included; the weights are those of ZoomWeights
	Seed     uint64
}

// ZoomWeights says how often pages look at each zoom from 8 to 16; other zooms never.
var ZoomWeights = map[maptile.Zoom]int{8: 1, 9: 1, 10: 3, 11: 8, 12: 17, 13: 22, 14: 22, 15: 16, 16: 10}

// Shape of a walk.
const (
	columns   = 4 // of tiles of 512 pixels in a view: a screen of 2048 × 1536 pixels
	rows      = 3
	pans      = 2
	around    = 0.8  // share of views around a centre
	wandering = 1500 // metres from a centre to the middle of a view, standard deviation
)

// Tiles returns n tiles as the pages of a walk ask for them: all of a view, then for
// each pan those that come into sight. They are shuffled, so that any beginning of the
// list is a fair sample of the whole. No zoom with a weight, or neither centre nor
// bound, gives none.
func (w Walk) Tiles(n int) []maptile.Tile {
	rnd := rand.New(rand.NewPCG(w.Seed, 0x706167656c6f6164))
	zooms := w.zooms()
	if len(zooms) == 0 || (len(w.Centres) == 0 && w.Bound.IsZero()) {
		return nil
	}
	var tiles []maptile.Tile
	for len(tiles) < 2*n { // more than asked for, so that the cut leaves all kinds in
		tiles = w.visit(tiles, rnd, zooms[rnd.IntN(len(zooms))])
	}
	rnd.Shuffle(len(tiles), func(i, j int) { tiles[i], tiles[j] = tiles[j], tiles[i] })
	return tiles[:n]
}

// zooms has each zoom of the walk as often as its weight says.
func (w Walk) zooms() (zooms []maptile.Zoom) {
	for z := w.From; z <= w.To; z++ {
		for range ZoomWeights[z] {
			zooms = append(zooms, z)
		}
	}
	return zooms
}

// visit appends the tiles of one view and its pans.
func (w Walk) visit(tiles []maptile.Tile, rnd *rand.Rand, z maptile.Zoom) []maptile.Tile {
	p := w.place(rnd)
	x, y := geo.World(p[0], p[1])
	t := geo.TileAt(x, y, z)
	// The place is in one of the two middle columns, and in the middle row.
	left, top := int(t.X)-1-rnd.IntN(2), int(t.Y)-1
	seen := map[[2]int]bool{}
	look := func() {
		for row := range rows {
			for column := range columns {
				at := [2]int{left + column, top + row}
				if side := 1 << z; seen[at] || at[0] < 0 || at[1] < 0 || at[0] >= side || at[1] >= side {
					continue
				}
				seen[at] = true
				tiles = append(tiles, maptile.New(uint32(at[0]), uint32(at[1]), z))
			}
		}
	}
	look()
	for range pans {
		switch rnd.IntN(4) {
		case 0:
			left -= columns / 2
		case 1:
			left += columns / 2
		case 2:
			top -= (rows + 1) / 2
		case 3:
			top += (rows + 1) / 2
		}
		look()
	}
	return tiles
}

// place is the middle of a view.
func (w Walk) place(rnd *rand.Rand) orb.Point {
	if len(w.Centres) == 0 || !w.Bound.IsZero() && rnd.Float64() >= around {
		return orb.Point{
			w.Bound.Min[0] + rnd.Float64()*(w.Bound.Max[0]-w.Bound.Min[0]),
			w.Bound.Min[1] + rnd.Float64()*(w.Bound.Max[1]-w.Bound.Min[1]),
		}
	}
	const degree = 111_320 // metres of latitude; how far exactly does not matter here
	c := w.Centres[rnd.IntN(len(w.Centres))]
	north, east := rnd.NormFloat64()*wandering, rnd.NormFloat64()*wandering
	return orb.Point{c[0] + east/degree/math.Cos(c[1]*math.Pi/180), c[1] + north/degree}
}
