package mirror_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/paulmach/orb/maptile"

	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/mirror"
)

// predicates makes random conditions on the fields of a view, some of them on missing
// values and some turned round.
func predicates(rnd *rand.Rand, v *layers.View) layers.Predicate {
	if rnd.IntN(3) == 0 {
		args := []layers.Predicate{predicates(rnd, v), predicates(rnd, v)}
		switch rnd.IntN(4) {
		case 0:
			return &layers.Logic{Op: layers.And, Args: args}
		case 1:
			return &layers.Logic{Op: layers.Or, Args: args}
		case 2:
			return &layers.Logic{Op: layers.Undecided, Args: args[:1]}
		}
		return &layers.Logic{Op: layers.Not, Args: args[:1]}
	}
	for {
		f := v.Fields[rnd.IntN(len(v.Fields))]
		if rnd.IntN(6) == 0 && f.Type != layers.TypeQuantities {
			return layers.Missing(f)
		}
		switch f.Type {
		case layers.TypeCode, layers.TypeCodes:
			codes := f.List.Codes()
			return layers.OneOf(f, codes[rnd.IntN(len(codes))], codes[rnd.IntN(len(codes))])
		case layers.TypeInteger:
			low := int64(rnd.IntN(40))
			return layers.InRange(f, low, low+int64(rnd.IntN(2000)))
		case layers.TypeNumber:
			return layers.InRange(f, rnd.Float64()*100, nil)
		case layers.TypeDate:
			return layers.InRange(f, time.Date(2020, time.Month(1+rnd.IntN(24)), 1, 0, 0, 0, 0, time.UTC), nil)
		case layers.TypeBoolean:
			return layers.InRange(f, true, true)
		}
	}
}

// TestFilteredTiles holds tiles under random filters against PostGIS: the same features,
// and over all tiles of a zoom as many as the query counts. Filters that the mirror can't
// decide must be left to PostGIS.
func TestFilteredTiles(t *testing.T) {
	store := city(t)
	m := mirrored(t, store, mirror.Options{})
	rnd := rand.New(rand.NewPCG(5, 5))
	ctx := context.Background()
	x, y := geo.World(120.89, 31.98)
	made := 0
	for _, id := range []string{"building", "enterprise", "hidden_danger", "shelter", "road", "hazard_zone"} {
		v := view(t, store, id)
		for k := range 12 {
			q := layers.Query{View: v, Datetime: layers.Now(), Filters: []layers.Predicate{predicates(rnd, v)}}
			if k%3 == 0 {
				q.Filters = append(q.Filters, predicates(rnd, v))
			}
			for _, z := range []maptile.Zoom{6, 9, 11, 13, 15} {
				tile := geo.TileAt(x, y, z)
				ours, ok := m.Tile(q, tile)
				if !ok {
					continue
				}
				made++
				theirs, err := store.Tile(ctx, q, tile)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, fmt.Sprintf("%s %v under %s", id, tile, q.Key()), id, theirs, ours)
			}
			if k > 3 {
				continue
			}
			counts, err := store.Counts(ctx, q, nil)
			if err != nil {
				t.Fatal(err)
			}
			tallies, err := tiles.Tallies(ctx, m.Source, q, 9, 1)
			if err != nil {
				t.Fatal(err)
			}
			for z, tally := range tallies {
				if tally.Shown() != counts.Placed {
					t.Errorf("%s z %d under %s: %d drawn and %d gathered, %d counted", id, z, q.Key(), tally.Drawn, tally.Gathered, counts.Placed)
				}
			}
		}
	}
	if made < 100 {
		t.Errorf("the mirror made %d tiles only", made)
	}
}

// TestLeftToPostGIS names what the mirror does not answer.
func TestLeftToPostGIS(t *testing.T) {
	store, _ := storetest.Empty(t)
	m := mirrored(t, store, mirror.Options{})
	v := view(t, store, "enterprise")
	at := time.Date(2021, 4, 30, 0, 0, 0, 0, time.UTC)
	for name, q := range map[string]layers.Query{
		"another time":       {View: v, Datetime: &layers.Interval{From: &at, To: &at}},
		"all times":          {View: v},
		"a field it has not": {View: v, Datetime: layers.Now(), Filters: []layers.Predicate{layers.Missing(v.Field("credit_code"))}},
	} {
		if _, ok := m.Tile(q, maptile.New(0, 0, 0)); ok {
			t.Errorf("%s is answered from memory", name)
		}
	}
}
