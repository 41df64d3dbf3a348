package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles/mirror"
)

// counted is a store that counts what it is asked; hold, where set, is waited for before
// filters are answered.
type counted struct {
	*data.Store
	rows, fitting, some atomic.Int64 // some: of given ids alone
	hold                func(context.Context) error
}

func (c *counted) TileRows(ctx context.Context, q layers.Query, t maptile.Tile, begin func(), row func([][]byte) error) error {
	c.rows.Add(1)
	return c.Store.TileRows(ctx, q, t, begin, row)
}

func (c *counted) Fitting(ctx context.Context, q layers.Query, since string, ids []int64, begin func(), id func(int64)) (bool, error) {
	c.fitting.Add(1)
	if ids != nil {
		c.some.Add(1)
	}
	if c.hold != nil {
		if err := c.hold(ctx); err != nil {
			return false, err
		}
	}
	return c.Store.Fitting(ctx, q, since, ids, begin, id)
}

func predicate(t *testing.T, v *layers.View, text string) layers.Predicate {
	t.Helper()
	p, err := layers.FilterCQL2(v, text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFittedTiles holds tiles under filters on places and on fields that are not kept
// against PostGIS. It is asked once for each filter, and no tile is made there.
func TestFittedTiles(t *testing.T) {
	store := city(t)
	truth := &counted{Store: store}
	m := running(t, store, truth, mirror.Options{})
	x, y := geo.World(120.87, 32.01)
	const area = "POLYGON((120.8 31.95,120.93 31.97,120.95 32.06,120.84 32.08,120.8 31.95))"
	filters := map[string][]string{
		"building": {
			"S_INTERSECTS(geometry, " + area + ")", "NOT S_WITHIN(geometry, " + area + ")", "S_DWITHIN(geometry, POINT(120.87 32.01), 2500)",
			"S_INTERSECTS(geometry, BBOX(120.8,31.9,120.9,32.0)) AND storeys > 2", "S_INTERSECTS(geometry, " + area + ") OR storeys > 5",
			"code LIKE '%7'", "address IS NULL AND danger_grade IN ('c','d')", "(S_TOUCHES(geometry, " + area + ") OR name IS NULL) AND NOT S_DISJOINT(geometry, " + area + ")",
		},
		"road":    {"S_WITHIN(geometry, POLYGON((120.5 31.7,121.3 31.7,121.3 32.3,120.5 32.3,120.5 31.7)))", "S_DWITHIN(geometry, POINT(120.87 32.01), 40000)"},
		"shelter": {"S_WITHIN(geometry, " + area + ")", "S_DWITHIN(geometry, POINT(120.87 32.01), 9000) AND status = 'open'"},
	}
	asked := int64(0)
	for id, texts := range filters {
		v := view(t, store, id)
		for _, text := range texts {
			asked++
			found := 0
			q := layers.Query{View: v, Datetime: layers.Now(), Filters: []layers.Predicate{predicate(t, v, text)}}
			if _, ok := m.Tile(q, maptile.New(0, 0, 0)); ok {
				t.Fatalf("%s: %s needs no PostGIS", id, text)
			}
			for _, z := range []maptile.Zoom{0, 6, 9, 11, 12, 13, 14, 15} {
				tile := geo.TileAt(x, y, z)
				ours, err := m.Source(t.Context(), q, tile)
				if err != nil {
					t.Fatal(err)
				}
				theirs, err := store.Tile(t.Context(), q, tile)
				if err != nil {
					t.Fatal(err)
				}
				compare(t, fmt.Sprintf("%s %v under %s", id, tile, text), id, theirs, ours)
				found += len(ours)
			}
			if found == 0 {
				t.Errorf("%s: nothing fits %s", id, text)
			}
		}
	}
	if rows, fitting := truth.rows.Load(), truth.fitting.Load(); rows != 0 || fitting != asked {
		t.Errorf("PostGIS made %d tiles and was asked %d times for %d filters", rows, fitting, asked)
	}
}

// TestFittedTilesAreNoMix moves all buildings of a layer to and fro between two places,
// with a grade for each: at no time does a filter on the place let the other's grade
// through, nor a part of the buildings. Between changes PostGIS is asked about these alone.
func TestFittedTilesAreNoMix(t *testing.T) {
	store, _ := storetest.Empty(t)
	truth := &counted{Store: store}
	m := running(t, store, truth, mirror.Options{})
	rnd := rand.New(rand.NewPCG(4, 2))
	const n = 200
	records := buildings(rnd, "a", n)
	move := func(west float64, grade string) {
		t.Helper()
		for i := range records {
			p := orb.Point{west + float64(i)/n/10, 32}
			records[i].Geometry, records[i].ValidTo, records[i].PositionQuality = orb.Polygon{{p, {p[0] + 1e-4, p[1]}, {p[0] + 1e-4, p[1] + 1e-4}, p}}, nil, layers.PositionSurveyed
			records[i].Values["danger_grade"] = grade
		}
		if err := publish(t.Context(), store, "building", "a", records); err != nil {
			t.Error(err)
		}
	}
	move(120.1, "a")
	v := view(t, store, "building")
	here := predicate(t, v, "S_INTERSECTS(geometry, BBOX(120,31.9,120.5,32.1))")
	of := func(more ...layers.Predicate) int64 {
		q := layers.Query{View: v, Datetime: layers.Now(), Filters: append([]layers.Predicate{here}, more...)}
		body, err := m.Source(t.Context(), q, maptile.New(0, 0, 0))
		if err != nil {
			t.Error(err)
			return 0
		}
		count := int64(0)
		for _, f := range decode(t, body)["building"] {
			if c, ok := f.Properties["point_count"].(float64); ok {
				count += int64(c)
			} else {
				count++
			}
		}
		return count
	}
	wait(t, func() bool { return of() == n })
	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for ctx.Err() == nil {
				if got := of(); got != 0 && got != n {
					t.Errorf("%d of %d buildings are there", got, n)
				}
				if got := of(layers.OneOf(v.Field("danger_grade"), "b")); got != 0 {
					t.Errorf("%d buildings have the grade of the other place", got)
				}
			}
		})
	}
	for range 10 {
		move(120.6, "b")
		move(120.1, "a")
	}
	stop()
	readers.Wait()
	wait(t, func() bool { return of() == n })
	if truth.some.Load() == 0 {
		t.Error("PostGIS was asked about all records each time")
	}
}

// TestFittingIsShared lets many ask under one filter at once, and leaves a question that
// nobody waits for any more.
func TestFittingIsShared(t *testing.T) {
	store, _ := storetest.Empty(t)
	held, ended := make(chan struct{}), make(chan error, 1)
	truth := &counted{Store: store}
	truth.hold = func(ctx context.Context) error {
		select {
		case <-held:
			return nil
		case <-ctx.Done():
			ended <- ctx.Err()
			return ctx.Err()
		}
	}
	if err := publish(t.Context(), store, "building", "a", buildings(rand.New(rand.NewPCG(1, 1)), "a", 50)); err != nil {
		t.Fatal(err)
	}
	m := running(t, store, truth, mirror.Options{})
	v := view(t, store, "building")
	q := layers.Query{View: v, Datetime: layers.Now(), Filters: []layers.Predicate{predicate(t, v, "S_DWITHIN(geometry, POINT(120.9 32), 9000)")}}
	ctx, leave := context.WithCancel(t.Context())
	var group sync.WaitGroup
	group.Go(func() {
		if _, err := m.Source(ctx, q, maptile.New(0, 0, 0)); fault.CodeOf(err) != fault.Cancelled {
			t.Errorf("the one who left got %v", err)
		}
	})
	wait(t, func() bool { return truth.fitting.Load() == 1 })
	leave()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the question ended with %v", err)
	}
	group.Wait()
	for z := range maptile.Zoom(8) {
		group.Go(func() {
			x, y := geo.World(120.9, 32)
			if body, err := m.Source(t.Context(), q, geo.TileAt(x, y, z)); err != nil || len(body) == 0 {
				t.Errorf("zoom %d: %d bytes, %v", z, len(body), err)
			}
		})
	}
	wait(t, func() bool { return truth.fitting.Load() == 2 })
	close(held)
	group.Wait()
	if n := truth.fitting.Load(); n != 2 {
		t.Errorf("PostGIS was asked %d times, with the one given up", n)
	}
}
