package data_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
)

// drawn reads all tiles of a zoom that can hold something and returns the distinct ids
// drawn for themselves, the sum of point_count, and the same sums by code.
func drawn(t *testing.T, s *data.Store, q layers.Query, z int) (ids map[uint64]bool, gathered int64, by map[string]int64) {
	t.Helper()
	ids, by = map[uint64]bool{}, map[string]int64{}
	codes := map[uint64]string{}
	for _, tile := range tilesOf(z) {
		bytes, err := s.Tile(context.Background(), q, tile)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := mvt.Unmarshal(bytes)
		if err != nil {
			t.Fatalf("tile %v: %v", tile, err)
		}
		for _, l := range parsed {
			if l.Name != q.View.ID {
				continue
			}
			for _, f := range l.Features {
				if n, ok := f.Properties["point_count"]; ok {
					sum := int64(0)
					for _, c := range q.View.By().List.Codes() {
						if k, ok := f.Properties["n_"+c]; ok {
							by[c] += int64(k.(float64))
							sum += int64(k.(float64))
						}
					}
					if sum != int64(n.(float64)) {
						t.Errorf("z %d: a cluster of %v has parts that add up to %d", z, n, sum)
					}
					gathered += sum
					continue
				}
				id := uint64(f.ID.(float64))
				ids[id] = true
				codes[id] = f.Properties["kind"].(string)
			}
		}
	}
	for _, c := range codes {
		by[c]++
	}
	return ids, gathered, by
}

// tilesOf lists the tiles of a zoom over the box that random fills.
func tilesOf(z int) []maptile.Tile {
	x0, y0 := geo.World(119.5, 33.5)
	x1, y1 := geo.World(123.5, 31.0)
	a, b := geo.TileAt(x0, y0, maptile.Zoom(z)), geo.TileAt(x1, y1, maptile.Zoom(z))
	var tiles []maptile.Tile
	for x := a.X; x <= b.X; x++ {
		for y := a.Y; y <= b.Y; y++ {
			tiles = append(tiles, maptile.New(x, y, maptile.Zoom(z)))
		}
	}
	return tiles
}

func TestTilesConserveCounts(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	for _, layer := range []string{"dot", "path", "plot"} {
		publish(t, s, layer, random(layer, 3000, 7))
		v := view(t, s, layer)
		for _, filters := range [][]layers.Predicate{
			nil,
			{layers.OneOf(v.Field("kind"), "a", "c")},
			{layers.InRange(v.Field("size"), int64(100), int64(600))},
			{layers.Missing(v.Field("size"))},
		} {
			q := layers.Query{View: v, Filters: filters}
			counts, err := s.Counts(ctx, q, nil)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := s.Count(ctx, q); err != nil || n != counts.Total || counts.Total != counts.Placed+counts.Unplaced {
				t.Fatalf("count %d, counts %+v, %v", n, counts, err)
			}
			if filters == nil && counts.Unplaced == 0 {
				t.Fatal("the data has nothing unplaced")
			}
			for z := 0; z <= 10; z++ {
				if filters != nil && z%4 != 0 {
					continue
				}
				ids, gathered, by := drawn(t, s, q, z)
				if got := int64(len(ids)) + gathered; got != counts.Placed {
					t.Errorf("%s %v z %d: %d drawn + %d gathered = %d, the query counts %d placed", layer, filters, z, len(ids), gathered, got, counts.Placed)
				}
				placed := counts.InViewBy
				for code, n := range placed {
					if by[code] != n {
						t.Errorf("%s z %d: %d of %s, the query counts %d", layer, z, by[code], code, n)
					}
				}
			}
		}
	}
}

// TestTilesConserveCountsUpClose follows records one by one at the zooms where there are
// too many tiles to read them all: every placed record is drawn or counted in the tiles
// around it, and once only.
func TestTilesConserveCountsUpClose(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	for _, layer := range []string{"dot", "path", "plot"} {
		records := random(layer, 60, 11)
		publish(t, s, layer, records)
		v := view(t, s, layer)
		q := layers.Query{View: v}
		total, err := s.Counts(ctx, q, nil)
		if err != nil {
			t.Fatal(err)
		}
		for z := 11; z <= 16; z++ {
			tiles := map[maptile.Tile]bool{}
			for _, r := range records {
				if r.Geometry == nil {
					continue
				}
				box := geo.BoundWorld(r.Geometry.Bound())
				a := geo.TileAt(box.MinX, box.MinY, maptile.Zoom(z))
				b := geo.TileAt(box.MaxX, box.MaxY, maptile.Zoom(z))
				for x := a.X; x <= b.X; x++ {
					for y := a.Y; y <= b.Y; y++ {
						tiles[maptile.New(x, y, maptile.Zoom(z))] = true
					}
				}
			}
			ids, gathered := map[uint64]bool{}, 0
			for tile := range tiles {
				bytes, err := s.Tile(ctx, q, tile)
				if err != nil {
					t.Fatal(err)
				}
				parsed, err := mvt.Unmarshal(bytes)
				if err != nil {
					t.Fatal(err)
				}
				for _, l := range parsed {
					for _, f := range l.Features {
						if l.Name != layer {
							continue
						}
						if n, ok := f.Properties["point_count"]; ok {
							gathered += int(n.(float64))
						} else {
							ids[uint64(f.ID.(float64))] = true
						}
					}
				}
			}
			if got := int64(len(ids) + gathered); got != total.Placed {
				t.Errorf("%s z %d: %d drawn + %d gathered, the query counts %d", layer, z, len(ids), gathered, total.Placed)
			}
		}
	}
}

func TestTileFieldsFollowZoomAndReader(t *testing.T) {
	s := open(t)
	r := random("dot", 1, 3)
	r[0].Geometry, r[0].PositionQuality = geo.LonLat(geo.World(120.9, 32)), layers.PositionSurveyed
	r[0].Values["size"], r[0].Values["secret"] = int64(5), "私密"
	publish(t, s, "dot", r)
	x, y := geo.World(120.9, 32)
	for z, want := range map[int][]string{5: {"kind"}, 12: {"kind", "name"}, 14: {"kind", "name", "size"}} {
		bytes, err := s.Tile(context.Background(), layers.Query{View: view(t, s, "dot")}, geo.TileAt(x, y, maptile.Zoom(z)))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := mvt.Unmarshal(bytes)
		if err != nil || len(parsed) != 1 || len(parsed[0].Features) != 1 {
			t.Fatalf("z %d: %v, %v", z, parsed, err)
		}
		p := parsed[0].Features[0].Properties
		if len(p) != len(want) {
			t.Errorf("z %d: %v, want %v", z, p, want)
		}
		for _, name := range want {
			if p[name] == nil {
				t.Errorf("z %d: no %s", z, name)
			}
		}
	}
}

func TestTileOfAPlaceWithNothing(t *testing.T) {
	s := open(t)
	for _, layer := range []string{"dot", "path", "plot"} {
		for z := range 23 {
			bytes, err := s.Tile(context.Background(), layers.Query{View: view(t, s, layer)}, maptile.New(0, 0, maptile.Zoom(z)))
			if err != nil || len(bytes) != 0 {
				t.Errorf("%s z %d: %d bytes, %v", layer, z, len(bytes), err)
			}
		}
	}
}

func TestExpiredRecordsLeaveTheMapOfNow(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	records := random("dot", 3, 5)
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	for i := range records {
		records[i].Geometry, records[i].PositionQuality = geo.LonLat(geo.World(120.9+float64(i)/100, 32)), layers.PositionSurveyed
	}
	records[0].ValidTo = &past
	records[1].ValidFrom, records[1].ValidTo = &past, &future
	records[2].ValidFrom = &future
	publish(t, s, "dot", records)
	now := time.Now()
	for when, want := range map[*layers.Interval]int64{
		nil: 3, layers.Now(): 1, {From: &now, To: &now}: 1, {From: &now}: 2, {To: &now}: 2,
	} {
		q := layers.Query{View: view(t, s, "dot"), Datetime: when}
		if n, err := s.Count(ctx, q); err != nil || n != want {
			t.Errorf("%v: %d, %v; want %d", when, n, err, want)
		}
		ids, gathered, _ := drawn(t, s, q, 9)
		if got := int64(len(ids)) + gathered; got != want {
			t.Errorf("%v: tiles hold %d, want %d", when, got, want)
		}
	}
}

func Example_interval() {
	i, _ := layers.ParseInterval("2021-04-30")
	fmt.Println(i)
	// Output: 2021-04-29T16:00:00Z/2021-04-30T16:00:00Z
}
