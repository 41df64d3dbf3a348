package mirror_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
	"onemap/tiles/mirror"
)

// shelters makes records of a source at random places in a corner of the city.
func shelters(rnd *rand.Rand, source string, n int) []layers.Record {
	records := make([]layers.Record, n)
	for i := range records {
		records[i] = layers.Record{
			Source: source, SourceID: fmt.Sprint(i), PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000,
			Geometry: orb.Point{120.8 + 0.2*rnd.Float64(), 31.9 + 0.2*rnd.Float64()},
			Values:   map[string]any{"shelter_code": fmt.Sprintf("%s-%d", source, i), "name": "避难场所", "status": "open"},
		}
		if rnd.IntN(10) == 0 {
			records[i].Geometry, records[i].PositionQuality = nil, layers.PositionNone
		}
		if rnd.IntN(10) == 0 {
			end := time.Now().Add(time.Duration(rnd.IntN(3000)) * time.Millisecond)
			records[i].ValidTo = &end
		}
	}
	return records
}

// buildings are polygons, some across the edges of tiles.
func buildings(rnd *rand.Rand, source string, n int) []layers.Record {
	records := shelters(rnd, source, n)
	for i := range records {
		r := &records[i]
		r.Values = map[string]any{}
		r.Values["code"] = fmt.Sprintf("%s-%d", source, i)
		r.Values["danger_grade"] = []string{"a", "b", "c", "d", "unknown"}[rnd.IntN(5)]
		r.Values["storeys"] = int64(1 + rnd.IntN(30))
		if p, ok := r.Geometry.(orb.Point); ok {
			w, h := 0.0005*rnd.Float64()+1e-5, 0.0005*rnd.Float64()+1e-5
			r.Geometry = orb.Polygon{{p, {p[0] + w, p[1]}, {p[0] + w, p[1] + h}, {p[0] + w/2, p[1] + h/3}, {p[0], p[1] + h}, p}}
		}
	}
	return records
}

func publish(ctx context.Context, s *data.Store, layer, source string, records []layers.Record) error {
	_, err := s.Publish(ctx, data.Publication{Layer: layer, Scope: data.ScopeSource(source), Name: source, By: "test"}, func(yield func(layers.Record, error) bool) {
		for _, r := range records {
			if !yield(r, nil) {
				return
			}
		}
	})
	return err
}

// same waits until the mirror's tiles equal PostGIS's.
func same(t *testing.T, store *data.Store, m *mirror.Mirror, layer string) {
	t.Helper()
	q := layers.Query{View: view(t, store, layer), Datetime: layers.Now()}
	// Until the feed has been read to its end; then every tile has to be right at once.
	var tiles []maptile.Tile
	for z := maptile.Zoom(8); z <= 12; z += 4 {
		x0, y0 := geo.World(120.79, 32.11)
		x1, y1 := geo.World(121.01, 31.89)
		a, b := geo.TileAt(x0, y0, z), geo.TileAt(x1, y1, z)
		for x := a.X; x <= b.X; x++ {
			for y := a.Y; y <= b.Y; y++ {
				tiles = append(tiles, maptile.New(x, y, z))
			}
		}
	}
	begun := time.Now()
	for _, tile := range tiles {
		for {
			theirs, err := store.Tile(context.Background(), q, tile)
			if err != nil {
				t.Fatal(err)
			}
			ours, ok := m.Tile(q, tile)
			if ok && alike(t, layer, theirs, ours) {
				break
			}
			if time.Since(begun) > 20*time.Second {
				compare(t, fmt.Sprintf("%s %d/%d/%d", layer, tile.Z, tile.X, tile.Y), layer, theirs, ours)
				t.Fatalf("the tile %v of %s is not PostGIS's after %s", tile, layer, time.Since(begun))
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// alike reports whether two tiles show the same features, clusters and attributes.
func alike(t *testing.T, layer string, a, b []byte) bool {
	x, y := decode(t, a)[layer], decode(t, b)[layer]
	if len(x) != len(y) {
		return false
	}
	for id, f := range x {
		if g := y[id]; g == nil || fmt.Sprint(f.Properties) != fmt.Sprint(g.Properties) {
			return false
		}
	}
	return true
}

// TestMirrorFollows lets several writers publish, shrink and take away records at once
// while connections are broken off and the mirror is stopped and started again. In the end
// its tiles are PostGIS's.
func TestMirrorFollows(t *testing.T) {
	store, url := storetest.Empty(t)
	ctx := t.Context()
	dir := t.TempDir()
	rounds := 6
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), 7))
			source := fmt.Sprint("w", w)
			for range rounds {
				n := rnd.IntN(300)
				if err := publish(ctx, store, "shelter", source, shelters(rnd, source, n)); err != nil {
					t.Error(err)
				}
				if err := publish(ctx, store, "building", source, buildings(rnd, source, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	admin, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(ctx)
	for range 3 {
		t.Run("while writing", func(t *testing.T) {
			m := mirrored(t, store, mirror.Options{Dir: dir})
			if _, err := admin.Exec(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ILIKE 'listen%' AND pid <> pg_backend_pid()"); err != nil {
				t.Error(err)
			}
			for range 20 {
				q := layers.Query{View: view(t, store, "building"), Datetime: layers.Now()}
				x, y := geo.World(120.9, 32)
				m.Tile(q, geo.TileAt(x, y, 11))
				time.Sleep(10 * time.Millisecond)
			}
		})
	}
	m := mirrored(t, store, mirror.Options{Dir: dir})
	writers.Wait()
	same(t, store, m, "shelter")
	same(t, store, m, "building")
}

// TestSnapshots takes layers from their snapshot files, with what has changed since, and
// throws files away that are not whole or of another database.
func TestSnapshots(t *testing.T) {
	store, _ := storetest.Empty(t)
	other, _ := storetest.Empty(t)
	rnd := rand.New(rand.NewPCG(3, 9))
	records := buildings(rnd, "a", 500)
	for i := range records {
		records[i].ValidTo = nil // so that their number stays
	}
	if err := publish(t.Context(), store, "building", "a", records); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "building.mirror")
	t.Run("written at the end", func(t *testing.T) { mirrored(t, store, mirror.Options{Dir: dir}) })
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	placed := 0
	if err := publish(t.Context(), store, "building", "a", records[:400]); err != nil {
		t.Fatal(err)
	}
	t.Run("read with what came since", func(t *testing.T) {
		m := mirrored(t, store, mirror.Options{Dir: dir})
		same(t, store, m, "building")
		placed = features(m, "building")
	})
	for name, broken := range map[string][]byte{
		"cut":             whole[:len(whole)*2/3],
		"a bit turned":    turned(whole, len(whole)/2),
		"longer":          append(bytes.Clone(whole), 0),
		"empty":           nil,
		"another thing":   []byte("PK\x03\x04 hello"),
		"a length turned": turned(whole, 400),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(file, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			if n := features(mirrored(t, store, mirror.Options{Dir: dir}), "building"); n != placed {
				t.Errorf("%d features, %d are placed", n, placed)
			}
		})
	}
	t.Run("of another database", func(t *testing.T) {
		if err := os.WriteFile(file, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		m := mirrored(t, other, mirror.Options{Dir: dir})
		for _, s := range m.Status() {
			if s.Features != 0 {
				t.Errorf("%s has %d features", s.Layer, s.Features)
			}
		}
	})
}

func features(m *mirror.Mirror, layer string) int {
	for _, s := range m.Status() {
		if s.Layer == layer {
			return s.Features
		}
	}
	return -1
}

func turned(whole []byte, at int) []byte {
	broken := bytes.Clone(whole)
	broken[at] ^= 0x40
	return broken
}

// TestBudget leaves a layer to PostGIS that is larger than the memory for it.
func TestBudget(t *testing.T) {
	store, _ := storetest.Empty(t)
	if err := publish(t.Context(), store, "building", "a", buildings(rand.New(rand.NewPCG(1, 1)), "a", 3000)); err != nil {
		t.Fatal(err)
	}
	m := mirrored(t, store, mirror.Options{Memory: 100_000})
	for _, s := range m.Status() {
		if want := mirror.Up; s.Layer == "building" {
			want = mirror.Over
			if s.State != want {
				t.Errorf("building is %s", s.State)
			}
		} else if s.State != want {
			t.Errorf("%s is %s", s.Layer, s.State)
		}
	}
	if _, ok := m.Tile(layers.Query{View: view(t, store, "building"), Datetime: layers.Now()}, maptile.New(0, 0, 0)); ok {
		t.Error("a layer beyond the budget has a tile")
	}
}
