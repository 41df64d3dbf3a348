package mirror_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/storetest"
	"onemap/layers"
	"onemap/tiles/mirror"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// city is a store with a small sample city.
func city(t testing.TB) *data.Store {
	t.Helper()
	store, _ := storetest.City(t)
	return store
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
