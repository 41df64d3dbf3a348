package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/tiles/mirror"
	"onemap/web"
)

// newFresh is a world whose tiles come from memory.
func newFresh(t testing.TB) *world {
	t.Helper()
	w := newWorld(t)
	m := mirror.New(w.cat, w.store, mirror.Options{Memory: 1 << 30, Log: slog.New(slog.DiscardHandler)})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = m.Run(ctx)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	for begun := time.Now(); !m.Settled(); time.Sleep(5 * time.Millisecond) {
		if time.Since(begun) > time.Minute {
			t.Fatal("the layers are not in memory after a minute")
		}
	}
	return serve(t, w.store, w.dsn, func(c *web.Config) { c.Mirror = m })
}

// TestFreshTiles moves a record: those who watch are told of the tiles where it was and
// where it is, these show it at once, and the ETag of another stays what it was.
func TestFreshTiles(t *testing.T) {
	w := newFresh(t)
	here, there, far := orb.Point{120.301, 31.702}, orb.Point{120.901, 32.302}, orb.Point{121.45, 32.55}
	record := random("dot", 1, 77)[0]
	record.SourceID, record.Values["code"] = "moved", "moved"
	move := func(to orb.Point) {
		t.Helper()
		record.Geometry, record.PositionQuality = to, "surveyed"
		record.Source = "moving"
		_, err := w.store.Publish(t.Context(), data.Publication{Layer: "dot", Scope: data.ScopeSource("moving"), Name: "test", By: "test"}, one(record))
		if err != nil {
			t.Fatal(err)
		}
	}
	path := func(p orb.Point, z maptile.Zoom) string {
		x, y := geo.World(p[0], p[1])
		tile := geo.TileAt(x, y, z)
		return fmt.Sprintf("/tiles/dot/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := w.http.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	if kind := stream.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the events are %s", kind)
	}
	events := bufio.NewScanner(stream.Body)
	told := func() map[string][]string {
		t.Helper()
		for events.Scan() {
			if text, ok := strings.CutPrefix(events.Text(), "data: "); ok {
				var changed map[string][]string
				if err := json.Unmarshal([]byte(text), &changed); err != nil {
					t.Fatal(err)
				}
				return changed
			}
		}
		t.Fatal("the events ended")
		return nil
	}
	move(here)
	if got := told()["dot"]; !slices.Contains(got, strings.TrimSuffix(strings.TrimPrefix(path(here, 14), "/tiles/dot/"), ".mvt")) {
		t.Errorf("told of %v", got)
	}
	before := map[string]string{}
	for _, p := range []string{path(here, 14), path(there, 14), path(far, 14), path(far, 12), path(here, 9)} {
		before[p] = w.get(p).Header.Get("ETag")
		if again := w.get(p).Header.Get("ETag"); again != before[p] {
			t.Errorf("%s: another ETag without a change", p)
		}
	}
	move(there)
	changed := told()["dot"]
	for _, p := range []orb.Point{here, there} {
		if tile := strings.TrimSuffix(strings.TrimPrefix(path(p, 14), "/tiles/dot/"), ".mvt"); !slices.Contains(changed, tile) {
			t.Errorf("the change in %s was not told: %v", tile, changed)
		}
	}
	for p, tag := range before {
		now := w.get(p).Header.Get("ETag")
		if stays := strings.Contains(path(far, 14)+path(far, 12), p); stays != (now == tag) {
			t.Errorf("%s: the ETag was %s and is %s", p, tag, now)
		}
	}
	figures := string(w.get("/metrics").body)
	for _, want := range []string{`onemap_tiles_total{way="kept"}`, `onemap_mirror_up{layer="dot"} 1`, `onemap_mirror_bytes{layer="plot"}`} {
		if !strings.Contains(figures, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	var ready struct{ Layers []mirror.Status }
	w.read("/readyz", &ready)
	if len(ready.Layers) == 0 || ready.Layers[0].State != mirror.Up {
		t.Errorf("/readyz says %+v", ready)
	}
}

func one(r layers.Record) func(func(layers.Record, error) bool) {
	return func(yield func(layers.Record, error) bool) { yield(r, nil) }
}

// TestTileOptions asks for fewer fields and for a layer as an earlier edition left it.
func TestTileOptions(t *testing.T) {
	w := newFresh(t)
	at := orb.Point{120.5001, 31.9001}
	record := random("dot", 1, 5)[0]
	record.Geometry, record.PositionQuality = at, "surveyed"
	record.Source, record.SourceID = "versions", "1"
	record.Values["code"], record.Values["name"] = "versions", "first"
	publish := func() int64 {
		t.Helper()
		e, err := w.store.Publish(t.Context(), data.Publication{Layer: "dot", Scope: data.ScopeSource("versions"), Name: "test", By: "test"}, one(record))
		if err != nil {
			t.Fatal(err)
		}
		return e.ID
	}
	first := publish()
	record.Values["name"] = "second"
	second := publish()
	x, y := geo.World(at[0], at[1])
	tile := geo.TileAt(x, y, 16)
	path := fmt.Sprintf("/tiles/dot/%d/%d/%d.mvt", tile.Z, tile.X, tile.Y)
	read := func(query string) map[string]any {
		t.Helper()
		a := w.get(path + query)
		if a.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d %s", query, a.StatusCode, a.body)
		}
		parsed, err := mvt.Unmarshal(a.body)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range parsed {
			for _, f := range l.Features {
				return f.Properties
			}
		}
		return nil
	}
	for query, want := range map[string]any{
		"?edition=" + fmt.Sprint(first):                   "first",
		"?edition=" + fmt.Sprint(second):                  "second",
		"?edition=" + fmt.Sprint(first-1):                 nil,
		"?edition=" + fmt.Sprint(second) + "&fields=kind": nil,
	} {
		if got := read(query); got["name"] != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	for begun := time.Now(); read("")["name"] != "second" && time.Since(begun) < time.Minute; {
		time.Sleep(5 * time.Millisecond) // until the change is in memory
	}
	if got := read("?fields=kind"); len(got) != 1 || got["kind"] == nil {
		t.Errorf("fields=kind: %v", got)
	}
	if got := read("?fields="); len(got) != 0 {
		t.Errorf("fields=: %v", got)
	}
	for _, query := range []string{"?fields=secret", "?fields=kind,nothing", "?edition=0", "?edition=x"} {
		if a := w.get(path + query); a.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", query, a.StatusCode)
		}
	}
}
