package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"
)

// at is the tile over the middle of the tests' area.
const at = "/tiles/dot/9/428/207.mvt"

func readTileAnswers(t *testing.T, w *world) {
	plain := w.get(at)
	zipped := w.get(at, "Accept-Encoding", "gzip")
	if plain.StatusCode != 200 || zipped.StatusCode != 200 {
		t.Fatal(plain.Status, zipped.Status)
	}
	if len(plain.body) == 0 || string(plain.body) != string(zipped.body) {
		t.Errorf("%d bytes plain, %d unzipped", len(plain.body), len(zipped.body))
	}
	if zipped.Header.Get("Content-Encoding") != "gzip" || plain.Header.Get("Content-Encoding") != "" || zipped.raw >= plain.raw {
		t.Errorf("gzip: %v, %d bytes; identity: %v, %d bytes", zipped.Header, zipped.raw, plain.Header, plain.raw)
	}
	tag, zippedTag := plain.Header.Get("ETag"), zipped.Header.Get("ETag")
	if tag == zippedTag || strings.HasPrefix(tag, "W/") {
		t.Errorf("tags %s and %s", tag, zippedTag)
	}
	for _, a := range []answer{plain, zipped} {
		h := a.Header
		if h.Get("Content-Type") != "application/vnd.mapbox-vector-tile" || !strings.Contains(h.Get("Vary"), "Accept-Encoding") ||
			h.Get("Cache-Control") != "private, no-cache" || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Cross-Origin-Resource-Policy") != "same-origin" {
			t.Errorf("headers %v", h)
		}
	}
	tests := []struct {
		name, encoding, tag string
		status              int
	}{
		{"same encoding", "identity", tag, 304},
		{"same encoding, gzip", "gzip", zippedTag, 304},
		{"tag of the other encoding", "identity", zippedTag, 200},
		{"tag of the other encoding, gzip", "gzip", tag, 200},
		{"one of several", "gzip", `"other", ` + zippedTag, 304},
		{"weak form", "identity", "W/" + tag, 304},
		{"any", "identity", "*", 304},
		{"another tag", "identity", `"0123"`, 200},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := w.get(at, "Accept-Encoding", tt.encoding, "If-None-Match", tt.tag)
			if a.StatusCode != tt.status || a.Header.Get("ETag") == "" {
				t.Errorf("%s %v", a.Status, a.Header)
			}
			if tt.status == 304 && len(a.body) != 0 {
				t.Errorf("304 with %d bytes", len(a.body))
			}
		})
	}
	head := w.do(http.MethodHead, at)
	if head.StatusCode != 200 || len(head.body) != 0 || head.ContentLength != int64(plain.raw) || head.Header.Get("ETag") != tag {
		t.Errorf("HEAD: %s, %d bytes, length %d of %d", head.Status, len(head.body), head.ContentLength, plain.raw)
	}
}

func readEmptyTileIsAnAnswer(t *testing.T, w *world) {
	a := w.get("/tiles/dot,plot/9/0/0.mvt", "Accept-Encoding", "gzip")
	if a.StatusCode != 200 || a.raw != 0 || a.Header.Get("Content-Encoding") != "" || a.Header.Get("ETag") == "" ||
		a.Header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" || a.Header.Get("Content-Length") != "0" {
		t.Errorf("%s, %d bytes, %v", a.Status, a.raw, a.Header)
	}
}

func readTileOfSeveralLayers(t *testing.T, w *world) {
	single := map[string]int{}
	for _, id := range []string{"plot", "dot", "path"} {
		for _, l := range decode(t, w.get("/tiles/"+id+"/12/3424/1660.mvt").body) {
			single[l.Name] = len(l.Features)
		}
	}
	var order []string
	for _, l := range decode(t, w.get("/tiles/plot,dot,path/12/3424/1660.mvt").body) {
		order = append(order, l.Name)
		if len(l.Features) != single[l.Name] || l.Extent != 4096 || l.Version != 2 {
			t.Errorf("%s has %d features, %d for itself; extent %d, version %d", l.Name, len(l.Features), single[l.Name], l.Extent, l.Version)
		}
	}
	var main []string
	for _, name := range order {
		if !strings.Contains(name, ".") {
			main = append(main, name)
		}
	}
	if diff := cmp.Diff([]string{"plot", "dot", "path"}, main); diff != "" {
		t.Error(diff)
	}
}

func readTileRefusals(t *testing.T, w *world) {
	tests := []struct {
		name, path  string
		status      int
		code, field string
	}{
		{"zoom over 22", "/tiles/dot/23/0/0.mvt", 400, "invalid", "z"},
		{"column outside", "/tiles/dot/3/8/0.mvt", 400, "invalid", "x"},
		{"row outside", "/tiles/dot/3/7/8.mvt", 400, "invalid", "y"},
		{"negative", "/tiles/dot/3/-1/0.mvt", 400, "invalid", "x"},
		{"letters", "/tiles/dot/a/0/0.mvt", 400, "invalid", "z"},
		{"unknown layer", "/tiles/nothing/3/0/0.mvt", 404, "not_found", "layer"},
		{"one unknown of two", "/tiles/dot,nothing/3/0/0.mvt", 404, "not_found", "layer"},
		{"a layer the reader may not know of", "/tiles/hidden/3/0/0.mvt", 404, "not_found", "layer"},
		{"a layer twice", "/tiles/dot,dot/3/0/0.mvt", 400, "invalid", "layers"},
		{"a gap in the list", "/tiles/dot,/3/0/0.mvt", 400, "invalid", "layers"},
		{"unknown filter", "/tiles/dot/3/0/0.mvt?colour=red", 400, "invalid", "colour"},
		{"a field the reader may not name", "/tiles/dot/3/0/0.mvt?secret=x", 400, "invalid", "secret"},
		{"unknown code", "/tiles/dot/3/0/0.mvt?kind=x", 400, "invalid", "kind"},
		{"no number", "/tiles/dot/3/0/0.mvt?size=many", 400, "invalid", "size"},
		{"bad escape", "/tiles/dot/3/0/0.mvt?kind=%zz", 400, "invalid", ""},
		{"not an address", "/tiles/dot/3/0.mvt", 404, "not_found", ""},
		{"unknown layer's description", "/tiles/nothing.json", 404, "not_found", "layer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { w.refused(tt.path, tt.status, tt.code, tt.field) })
	}
	for _, path := range []string{"/tiles/nothing/3/0/0.mvt", "/tiles/dot/3/0.mvt"} { // no tiles, so with the headers of documents
		if h := w.get(path).Header; !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Frame-Options") != "DENY" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", path, h)
		}
	}
	if a := w.do(http.MethodPost, at); a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") != "GET, HEAD, OPTIONS" {
		t.Errorf("POST: %s %v", a.Status, a.Header)
	}
}

// readCountsAddUpOverTiles reads all tiles of every zoom and holds what they show against
// what the counts say, for points, lines and polygons, with and without filters.
func readCountsAddUpOverTiles(t *testing.T, w *world) {
	filters := map[string][]string{
		"dot":  {"", "?kind=a,c", "?size=100/600", "?kind=b&size=../500", "?size="},
		"path": {"", "?kind=a,c"}, "plot": {"", "?kind=b&size=../500"},
	}
	for _, layer := range []string{"dot", "path", "plot"} {
		for _, filter := range filters[layer] {
			var want struct {
				Placed   int64
				InViewBy map[string]int64 // without a box: of all placed
			}
			w.read("/layers/"+layer+"/counts"+filter, &want)
			if want.Placed == 0 {
				t.Fatalf("%s%s counts nothing", layer, filter)
			}
			parents := []maptile.Tile{}
			for z := 0; z <= 14; z++ {
				drawn := w.drawn(layer, filter, children(parents))
				parents = drawn.full
				if drawn.total != want.Placed {
					t.Errorf("%s%s at zoom %d: tiles show %d, the count is %d", layer, filter, z, drawn.total, want.Placed)
				}
				if diff := cmp.Diff(want.InViewBy, drawn.by); diff != "" {
					t.Errorf("%s%s at zoom %d by code: %s", layer, filter, z, diff)
				}
				if filter != "" && z == 12 {
					break
				}
			}
		}
	}
}

// drawn is what tiles show: distinct features and what clusters stand for, in all and by
// the styled field, and which of the tiles are not empty.
type drawn struct {
	total   int64
	by      map[string]int64
	full    []maptile.Tile
	largest int // bytes of a tile as it is sent
}

func (w *world) drawn(layer, filter string, list []maptile.Tile) drawn {
	w.t.Helper()
	out := drawn{by: map[string]int64{}}
	ids := map[float64]string{}
	field := ""
	var codes []string
	if by := w.cat.Layer(layer).By(); by != nil {
		field, codes = by.Name, by.List.Codes()
	}
	var lock sync.Mutex
	var group errgroup.Group
	group.SetLimit(4)
	for _, tile := range list {
		group.Go(func() error {
			path := fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt%s", layer, tile.Z, tile.X, tile.Y, filter)
			a := w.get(path, "Accept-Encoding", "gzip")
			if a.StatusCode != 200 {
				return fmt.Errorf("%s: %s", path, a.Status)
			}
			if len(a.body) == 0 {
				return nil
			}
			decoded, err := mvt.Unmarshal(a.body)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			lock.Lock()
			defer lock.Unlock()
			out.full = append(out.full, tile)
			out.largest = max(out.largest, a.raw)
			for _, l := range decoded {
				if l.Name != layer { // the points that carry the names of areas
					continue
				}
				for _, f := range l.Features {
					n, cluster := f.Properties["point_count"].(float64)
					if !cluster {
						ids[f.ID.(float64)], _ = f.Properties[field].(string)
						continue
					}
					out.total += int64(n)
					for _, code := range codes {
						if part, ok := f.Properties["n_"+code].(float64); ok {
							out.by[code] += int64(part)
						}
					}
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		w.t.Fatal(err)
	}
	for _, code := range ids {
		out.by[code]++
	}
	out.total += int64(len(ids))
	return out
}

// children lists the tiles of the next zoom in some tiles; the world's one tile for none.
func children(tiles []maptile.Tile) []maptile.Tile {
	if len(tiles) == 0 {
		return []maptile.Tile{maptile.New(0, 0, 0)}
	}
	var list []maptile.Tile
	for _, t := range tiles {
		c := t.Children()
		list = append(list, c[:]...)
	}
	return list
}

func decode(t testing.TB, body []byte) mvt.Layers {
	t.Helper()
	decoded, err := mvt.Unmarshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return decoded
}
