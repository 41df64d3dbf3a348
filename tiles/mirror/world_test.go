package mirror_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/sample"
	"onemap/layers"
	"onemap/tiles/mirror"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var builtin = sync.OnceValues(layers.Builtin)

var plan = sync.OnceValues(func() (*sample.Plan, error) {
	return sample.City(sample.Options{Seed: 2021, Small: true})
})

// city is a store with a small sample city.
func city(t testing.TB) *data.Store {
	t.Helper()
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	url := pgtest.Database(t, func(ctx context.Context, url string) error {
		store, err := data.Open(ctx, url, cat, data.Options{})
		if err != nil {
			return err
		}
		defer store.Close()
		if _, err := store.Migrate(ctx, false); err != nil {
			return err
		}
		p, err := plan()
		if err != nil {
			return err
		}
		for _, id := range p.Layers() {
			publication := data.Publication{Layer: id, Scope: data.ScopeLayer, Name: "test", By: "test", Quiet: true}
			if _, err := store.Publish(ctx, publication, rows(p, id)); err != nil {
				return fmt.Errorf("layer %s: %w", id, err)
			}
		}
		return nil
	}, "mirror city")
	store, err := data.Open(context.Background(), url, cat, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

func rows(p *sample.Plan, id string) func(func(layers.Record, error) bool) {
	return func(yield func(layers.Record, error) bool) {
		stopped := fmt.Errorf("stopped")
		err := p.Each(id, func(r layers.Record) error {
			if !yield(r, nil) {
				return stopped
			}
			return nil
		})
		if err != nil && err != stopped {
			yield(layers.Record{}, err)
		}
	}
}

// mirrored runs a mirror of the store until the test ends and waits until all is up.
func mirrored(t testing.TB, store *data.Store, o mirror.Options) *mirror.Mirror {
	t.Helper()
	return running(t, store, store, o)
}

// running runs a mirror of a truth until the test ends and waits until all is up.
func running(t testing.TB, store *data.Store, truth mirror.Truth, o mirror.Options) *mirror.Mirror {
	t.Helper()
	if o.Memory == 0 {
		o.Memory = 1 << 30
	}
	o.Log = slog.New(slog.DiscardHandler)
	m := mirror.New(store.Catalogue(), truth, o)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = m.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-done
	})
	wait(t, m.Settled)
	return m
}

// wait waits until a condition holds.
func wait(t testing.TB, held func() bool) {
	t.Helper()
	for begun := time.Now(); !held(); time.Sleep(2 * time.Millisecond) {
		if time.Since(begun) > 2*time.Minute {
			t.Fatal("waited for two minutes")
		}
	}
}

func view(t testing.TB, store *data.Store, id string) *layers.View {
	t.Helper()
	v, err := store.Catalogue().View(layers.Reader{Role: layers.RoleViewer}, id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
