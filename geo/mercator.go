package geo

import (
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
)

// worldSize is the side of the Web Mercator square in world units.
const worldSize = 1 << 32

// World gives the Web Mercator world coordinates of a longitude and latitude in
// degrees: the square of EPSG:3857 divided into 2^32 units a side, x from the
// antimeridian eastward, y from the north edge southward. A unit is 9.3 mm at the equator.
//
//	x = floor((lon + 180) / 360 · 2^32)
//	y = floor((1 - ln(tan(π/4 + φ/2)) / π) / 2 · 2^32)
//
// both clamped to [0, 2^32-1], which is the text of the generated columns wx and wy
// in the database. Positions outside the square land on its edge; NaN gives 0.
func World(lon, lat float64) (x, y uint32) {
	phi := lat * (math.Pi / 180)
	return clampWorld((lon + 180) / 360 * worldSize),
		clampWorld((1 - math.Log(math.Tan(math.Pi/4+phi/2))/math.Pi) / 2 * worldSize)
}

func clampWorld(v float64) uint32 {
	switch {
	case v >= worldSize:
		return math.MaxUint32
	case v >= 0:
		return uint32(v)
	}
	return 0 // negative or NaN
}

// LonLat is the inverse of World: the longitude and latitude, in degrees, of the
// middle of a world unit, so that World(LonLat(x, y)) is x, y again.
func LonLat(x, y uint32) orb.Point {
	return fromWorld(float64(x)+0.5, float64(y)+0.5)
}

func fromWorld(x, y float64) orb.Point {
	return orb.Point{
		x/worldSize*360 - 180,
		math.Atan(math.Sinh(math.Pi*(1-2*y/worldSize))) * (180 / math.Pi),
	}
}

// TileAt is the tile of a zoom, 0 to 32, that holds a world coordinate. Tiles are
// half-open: the west and north edge belong to the tile, the east and south edge
// to its neighbour, so every coordinate is in exactly one tile of a zoom.
func TileAt(x, y uint32, zoom maptile.Zoom) maptile.Tile {
	shift := 32 - uint32(zoom)
	return maptile.Tile{X: x >> shift, Y: y >> shift, Z: zoom}
}

// TileBound gives the longitudes and latitudes of a tile's edges, in degrees.
// The zoom is 0 to 32.
func TileBound(t maptile.Tile) orb.Bound {
	side := float64(uint64(worldSize) >> t.Z)
	nw := fromWorld(float64(t.X)*side, float64(t.Y)*side)
	se := fromWorld(float64(t.X+1)*side, float64(t.Y+1)*side)
	return orb.Bound{Min: orb.Point{nw[0], se[1]}, Max: orb.Point{se[0], nw[1]}}
}

// WorldBox is a box of world coordinates with both edges inside it. MinY is its north edge.
type WorldBox struct{ MinX, MinY, MaxX, MaxY uint32 }

// TileWorld is the box of all world coordinates that belong to a tile of zoom 0 to 32.
func TileWorld(t maptile.Tile) WorldBox {
	shift := 32 - uint32(t.Z)
	last := uint32(uint64(worldSize)>>t.Z - 1)
	minX, minY := t.X<<shift, t.Y<<shift
	return WorldBox{minX, minY, minX + last, minY + last}
}

// BoundWorld is the box of world coordinates that a bound in degrees covers. The
// bound must not cross the antimeridian.
func BoundWorld(b orb.Bound) WorldBox {
	minX, minY := World(b.Min[0], b.Max[1])
	maxX, maxY := World(b.Max[0], b.Min[1])
	return WorldBox{minX, minY, maxX, maxY}
}

// Contains reports whether a world coordinate is in the box.
func (b WorldBox) Contains(x, y uint32) bool {
	return b.MinX <= x && x <= b.MaxX && b.MinY <= y && y <= b.MaxY
}

// Intersects reports whether two boxes share a world coordinate.
func (b WorldBox) Intersects(o WorldBox) bool {
	return b.MinX <= o.MaxX && o.MinX <= b.MaxX && b.MinY <= o.MaxY && o.MinY <= b.MaxY
}
