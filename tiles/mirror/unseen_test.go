package mirror_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/data/storetest"
	"onemap/layers"
	"onemap/tiles/mirror"
)

// halting is a store whose change feed stops where stop says: before it is read, and again
// when all of it has been handed over.
type halting struct {
	*data.Store
	stop func()
}

func (h *halting) Changes(ctx context.Context, since map[string]string, change func(string, []int64, bool) error, row func(string, [][]byte) error) (string, error) {
	h.stop()
	position, err := h.Store.Changes(ctx, since, change, row)
	h.stop()
	return position, err
}

// TestSnapshotIsNotSeenBeforeItsChanges starts from snapshot files that are behind the
// table: there is no tile from memory until all that has changed since is in it.
func TestSnapshotIsNotSeenBeforeItsChanges(t *testing.T) {
	store, _ := storetest.Empty(t)
	rnd := rand.New(rand.NewPCG(8, 1))
	records := buildings(rnd, "a", 400)
	for i := range records {
		records[i].ValidTo = nil
	}
	if err := publish(t.Context(), store, "building", "a", records); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Run("written", func(t *testing.T) { mirrored(t, store, mirror.Options{Dir: dir}) })
	if err := publish(t.Context(), store, "building", "a", records[:100]); err != nil {
		t.Fatal(err)
	}
	reached, goOn := make(chan bool), make(chan bool)
	var open sync.Once
	truth := &halting{Store: store, stop: func() {
		select {
		case reached <- true:
			<-goOn
		case <-goOn:
		}
	}}
	m := mirror.New(store.Catalogue(), truth, mirror.Options{Memory: 1 << 30, Dir: dir, Log: slog.New(slog.DiscardHandler)})
	ctx, end := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = m.Run(ctx)
	}()
	t.Cleanup(func() {
		open.Do(func() { close(goOn) })
		end()
		<-done
	})
	q := layers.Query{View: view(t, store, "building"), Datetime: layers.Now()}
	for range 2 {
		<-reached
		if _, ok := m.Tile(q, maptile.New(0, 0, 0)); ok || features(m, "building") != 0 {
			t.Errorf("the layer is seen as its snapshot has it, with %d features", features(m, "building"))
		}
		theirs, err := store.Tile(t.Context(), q, maptile.New(0, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		ours, err := m.Source(t.Context(), q, maptile.New(0, 0, 0))
		if err != nil || !alike(t, "building", theirs, ours) {
			t.Errorf("its tile is not PostGIS's: %v", err)
		}
		goOn <- true
	}
	open.Do(func() { close(goOn) })
	seen := false
	wait(t, func() bool {
		body, ok := m.Tile(q, maptile.New(0, 0, 0))
		if !ok {
			return false
		}
		theirs, err := store.Tile(t.Context(), q, maptile.New(0, 0, 0))
		seen = err == nil && alike(t, "building", theirs, body)
		return true
	})
	if !seen {
		t.Error("the first tile from memory is not PostGIS's")
	}
}

// TestGrowthBeyondTheBudget gives a layer up that changes have made too large; its tiles
// are PostGIS's from then on, with what changes later.
func TestGrowthBeyondTheBudget(t *testing.T) {
	store, _ := storetest.Empty(t)
	rnd := rand.New(rand.NewPCG(6, 1))
	records := buildings(rnd, "a", 2000)
	for i := range records {
		records[i].ValidTo = nil
	}
	if err := publish(t.Context(), store, "building", "a", records[:200]); err != nil {
		t.Fatal(err)
	}
	m := mirrored(t, store, mirror.Options{Memory: 100_000})
	q := layers.Query{View: view(t, store, "building"), Datetime: layers.Now()}
	if _, ok := m.Tile(q, maptile.New(0, 0, 0)); !ok {
		t.Fatal("the layer is not in memory while it is small")
	}
	if err := publish(t.Context(), store, "building", "a", records); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool {
		_, ok := m.Tile(q, maptile.New(0, 0, 0))
		return !ok
	})
	seq := uint64(0)
	wait(t, func() bool { seq = m.Seq(); return m.Changed("building", maptile.New(0, 0, 0)) <= seq })
	if err := publish(t.Context(), store, "building", "a", records[:1000]); err != nil {
		t.Fatal(err)
	}
	wait(t, func() bool { return m.Changed("building", maptile.New(0, 0, 0)) > seq })
	theirs, err := store.Tile(t.Context(), q, maptile.New(0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if ours, err := m.Source(t.Context(), q, maptile.New(0, 0, 0)); err != nil || !alike(t, "building", theirs, ours) {
		t.Errorf("its tile is not PostGIS's: %v", err)
	}
}
