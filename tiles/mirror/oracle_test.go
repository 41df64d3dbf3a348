package mirror_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/maptile"
	"github.com/paulmach/orb/planar"

	"onemap/layers"
	"onemap/tiles/mirror"
)

// tilesAZoom is how many tiles of each zoom the comparisons look at.
const tilesAZoom = 12

// TestTilesEqualPostGIS holds tiles of every layer of the sample city against those that
// PostGIS makes of it: the same features with the same attributes, points in the same
// place, and lines and polygons that differ by no more than the rounding of their vertices.
func TestTilesEqualPostGIS(t *testing.T) {
	store := city(t)
	m := mirrored(t, store, mirror.Options{})
	for _, l := range store.Catalogue().Layers() {
		t.Run(l.ID, func(t *testing.T) {
			q := layers.Query{View: view(t, store, l.ID), Datetime: layers.Now()}
			row := []maptile.Tile{{}}
			for z := 0; z <= 17; z++ {
				var full []maptile.Tile
				for _, tile := range row {
					theirs, err := store.Tile(context.Background(), q, tile)
					if err != nil {
						t.Fatal(err)
					}
					ours, ok := m.Tile(q, tile)
					if !ok {
						t.Fatalf("%v is not in memory", tile)
					}
					compare(t, fmt.Sprintf("%s %d/%d/%d", l.ID, tile.Z, tile.X, tile.Y), l.ID, theirs, ours)
					if len(theirs) > 0 {
						full = append(full, tile)
					}
				}
				row = row[:0]
				for i, step := 0, max(len(full)*4/tilesAZoom, 1); i < len(full)*4; i += step {
					row = append(row, full[i/4].Children()[i%4])
				}
			}
		})
	}
}

func decode(t *testing.T, body []byte) map[string]map[uint64]*geojson.Feature {
	t.Helper()
	parsed, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[uint64]*geojson.Feature{}
	for _, l := range parsed {
		if l.Version != 2 || l.Extent != 4096 {
			t.Fatalf("layer %s has version %d and extent %d", l.Name, l.Version, l.Extent)
		}
		own := map[uint64]*geojson.Feature{}
		for _, f := range l.Features {
			id := uint64(f.ID.(float64))
			if own[id] != nil {
				t.Fatalf("layer %s has the id %d twice", l.Name, id)
			}
			own[id] = f
		}
		out[l.Name] = own
	}
	return out
}

// compare holds a layer's features in one tile against PostGIS's. Labels may stand in
// another place of their polygon, so they are TestLabels' to look at.
func compare(t *testing.T, name, layer string, theirs, ours []byte) {
	t.Helper()
	want, got := decode(t, theirs)[layer], decode(t, ours)[layer]
	for id, g := range got {
		if want[id] == nil && !slight(g.Geometry) {
			t.Errorf("%s: %d is not in PostGIS's tile: %v", name, id, g.Geometry)
		}
	}
	for id, f := range want {
		g := got[id]
		if g == nil {
			if !slight(f.Geometry) {
				t.Errorf("%s: lacks %d, %v", name, id, f.Geometry)
			}
			continue
		}
		if fmt.Sprint(f.Properties) != fmt.Sprint(g.Properties) {
			t.Errorf("%s: %d has %v, in PostGIS %v", name, id, g.Properties, f.Properties)
		}
		if off := apart(f.Geometry, g.Geometry); off != "" {
			t.Errorf("%s: %d %s\n ours   %v\n theirs %v", name, id, off, g.Geometry, f.Geometry)
		}
	}
}

// inside is a tile without the outer half of its buffer, where clipping may differ.
var inside = orb.Bound{Min: orb.Point{-32, -32}, Max: orb.Point{4096 + 32, 4096 + 32}}

// slight reports whether hardly anything of a line or polygon shows in the tile.
func slight(g orb.Geometry) bool {
	if g.Dimensions() == 0 {
		return false
	}
	g = clip.Geometry(inside, orb.Clone(g))
	return g == nil || planar.Length(g) < 4
}

// apart says how two geometries in tile units differ by more than rounding, of vertices
// and of lines and borders that are thinned to half a pixel, which is four units.
func apart(a, b orb.Geometry) string {
	if a.Dimensions() != b.Dimensions() {
		if slight(a) || slight(b) {
			return ""
		}
		return fmt.Sprintf("is a %s, not a %s", b.GeoJSONType(), a.GeoJSONType())
	}
	if a.Dimensions() == 0 {
		if a.Bound() != b.Bound() {
			return fmt.Sprintf("is at %v, not %v", b, a)
		}
		return ""
	}
	a, b = clip.Geometry(inside, orb.Clone(a)), clip.Geometry(inside, orb.Clone(b))
	if a == nil || b == nil {
		if a != nil && !slight(a) || b != nil && !slight(b) {
			return fmt.Sprintf("is %v, not %v", b, a)
		}
		return ""
	}
	if a.Dimensions() == 1 {
		if x, y := planar.Length(a), planar.Length(b); math.Abs(x-y) > 0.05*x+8 {
			return fmt.Sprintf("is %.1f long, not %.1f", y, x)
		}
		return ""
	}
	if x, y := planar.Area(a), planar.Area(b); math.Abs(x-y) > 0.001*x+4*planar.Length(a)+4 {
		return fmt.Sprintf("covers %.1f, not %.1f", y, x)
	}
	return ""
}
