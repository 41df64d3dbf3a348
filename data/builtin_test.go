package data_test

import (
	"context"
	"testing"

	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/layers"
)

// TestBuiltinLayersAnswer makes the tables of every layer that the program carries and
// asks each question of each layer once.
func TestBuiltinLayersAnswer(t *testing.T) {
	ctx := context.Background()
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	url := pgtest.Database(t, func(context.Context, string) error { return nil }, "empty")
	s, err := data.Open(ctx, url, cat, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if steps, err := s.Migrate(ctx, true); err != nil || len(steps) == 0 {
		t.Fatalf("dry run: %d steps, %v", len(steps), err)
	}
	if _, err := s.Migrate(ctx, false); err != nil {
		t.Fatal(err)
	}
	if empty, err := s.Empty(ctx); err != nil || !empty {
		t.Fatalf("empty: %v, %v", empty, err)
	}
	views := cat.For(layers.Reader{Role: layers.RoleAdmin})
	for _, v := range views {
		q := layers.Query{View: v, Datetime: layers.Now()}
		for z := range 17 {
			if tile, err := s.Tile(ctx, q, maptile.New(1<<z/2, 1<<z/3, maptile.Zoom(z))); err != nil || len(tile) > 0 {
				t.Errorf("%s z %d: %d bytes, %v", v.ID, z, len(tile), err)
			}
		}
		if c, err := s.Counts(ctx, q, nil); err != nil || c.Total != 0 {
			t.Errorf("%s counts: %+v, %v", v.ID, c, err)
		}
		if err := s.Items(ctx, q, func(layers.Item) error { return nil }); err != nil {
			t.Errorf("%s items: %v", v.ID, err)
		}
		if _, _, ok, err := s.Extent(ctx, v); err != nil || ok {
			t.Errorf("%s extent: %v, %v", v.ID, ok, err)
		}
	}
	if hits, err := s.Search(ctx, views, "化工", 5); err != nil || len(hits.Hits) > 0 {
		t.Errorf("search: %v, %v", hits, err)
	}
}
