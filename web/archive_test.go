package web_test

import (
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/tiles"
	"onemap/tiles/archive"
	"onemap/web"
)

// archived bakes two layers of a world for the public and puts a server before the archive.
func (w *world) archived(least, most int) *world {
	w.t.Helper()
	var views []*layers.View
	var queries []layers.Query
	for _, id := range []string{"plot", "dot"} {
		v, err := w.cat.View(layers.Reader{Role: layers.RolePublic}, id)
		if err != nil {
			w.t.Fatal(err)
		}
		views, queries = append(views, v), append(queries, layers.Query{View: v, Datetime: layers.Now()})
	}
	name := filepath.Join(w.t.TempDir(), "w.pmtiles")
	out, err := archive.Create(name, archive.Start{})
	if err != nil {
		w.t.Fatal(err)
	}
	whole := tiles.Whole{Source: w.store.Tile, Reach: w.store.Reaches, Queries: queries}
	p := archive.Pyramid{Min: least, Max: most, Workers: 2, Reaches: whole.Reaches}
	err = out.Bake(w.t.Context(), p, whole.Tile)
	if err != nil {
		w.t.Fatal(err)
	}
	bound := orb.Bound{Min: orb.Point{120.25, 31.5}, Max: orb.Point{122, 33}}
	baked := tiles.Baked{Layers: []string{"plot", "dot"}, Role: layers.RolePublic, Datum: "CGCS2000", Synthetic: true, Finished: time.Date(2026, 3, 1, 20, 0, 0, 0, time.UTC)}
	about := archive.About{MinZoom: least, MaxZoom: most, Bound: bound, Metadata: tiles.NewMetadata(views, baked, least, most, bound, "test")}
	if err := out.Finish(about); err != nil {
		w.t.Fatal(err)
	}
	r, err := archive.Open(name)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { r.Close() })
	store, err := web.NewArchive(r)
	if err != nil {
		w.t.Fatal(err)
	}
	cat, err := store.Catalogue(w.cat)
	if err != nil {
		w.t.Fatal(err)
	}
	server, err := web.New(web.Config{Version: "1.2.3"}, cat, store, slog.New(slog.DiscardHandler))
	if err != nil {
		w.t.Fatal(err)
	}
	front := httptest.NewServer(server.Handler())
	w.t.Cleanup(front.Close)
	return &world{t: w.t, cat: cat, http: front, url: front.URL, server: server}
}

func TestArchiveInPlaceOfADatabase(t *testing.T) {
	w := newWorld(t)
	a := w.archived(6, 9)

	seen := 0
	for _, path := range []string{"/tiles/dot/8/213/103.mvt", "/tiles/plot/8/213/103.mvt", "/tiles/plot,dot/7/106/51.mvt", "/tiles/dot/9/0/0.mvt"} {
		want, got := w.get(path).body, a.get(path).body
		difference, err := tiles.Difference(got, want)
		if err != nil || difference != "" {
			t.Errorf("%s: %s (%v)", path, difference, err)
		}
		seen += len(got)
	}
	if seen == 0 {
		t.Error("all tiles that were compared are empty")
	}

	var page struct {
		Synthetic bool
		Reader    struct{ Role string }
		Archive   struct {
			Finished time.Time
			Notice   layers.Text
		}
	}
	a.read("/page.json", &page)
	if !page.Synthetic || page.Reader.Role != "public" || page.Archive.Finished.IsZero() || !strings.Contains(page.Archive.Notice.Zh, "2026-03-02") {
		t.Errorf("page.json %+v", page)
	}
	var list struct {
		Layers []struct {
			ID   string
			Zoom layers.ZoomRange
		}
	}
	a.read("/layers", &list)
	if len(list.Layers) != 2 || list.Layers[0].Zoom != (layers.ZoomRange{Min: 6, Max: 9}) {
		t.Errorf("layers %+v", list)
	}
	var doc layers.TileJSON
	a.read("/tiles/plot,dot.json", &doc)
	if doc.MinZoom != 6 || doc.MaxZoom != 9 || doc.Bounds[0] != 120.25 {
		t.Errorf("TileJSON %+v", doc)
	}
	var style struct {
		Sources map[string]struct{ MaxZoom int }
	}
	a.read("/styles/onemap.json", &style)
	if len(style.Sources) != 2 || style.Sources["dot"].MaxZoom != 9 {
		t.Errorf("sources %+v", style.Sources)
	}
	if got := a.get("/readyz"); got.StatusCode != 200 {
		t.Errorf("readyz: %s", got.Status)
	}
	for _, path := range []string{
		"/counts", "/layers/dot/counts", "/api/search?q=x", "/api/collections/dot/items", "/api/collections/dot/items/1",
		"/tiles/dot/8/213/103.mvt?kind=a", "/tiles/dot/8/213/103.mvt?datetime=2026-01-01",
	} {
		if got := a.refused(path, 503, "unavailable", ""); !strings.Contains(string(got.body), "archive of 2026-03-02") {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	a.refused("/tiles/path/8/213/103.mvt", 404, "not_found", "layer") // not in the archive
	a.refused("/layers/dot/counts?secret=x", 400, "invalid", "secret")
}
