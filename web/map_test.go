package web_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"onemap/geo"
	"onemap/layers"
	"onemap/web"
)

func readLayersAsTheReaderMaySeeThem(t *testing.T, w *world) {
	var all struct {
		Groups []struct {
			ID    string
			Title layers.Text
		}
		Layers []struct {
			ID, Label, Group string
			Fields           []struct{ Name string }
			Standard         []struct{ Name string }
			Legend           []layers.Code
			CodeLists        map[string]struct {
				Title layers.Text
				Items []layers.Code
			}
		}
	}
	a := w.read("/layers", &all)
	if len(all.Groups) != 5 || all.Groups[0].ID != "safety" {
		t.Errorf("groups %v", all.Groups)
	}
	if a.Header.Get("ETag") == "" || a.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("headers %v", a.Header)
	}
	found := false
	for _, l := range all.Layers {
		if l.ID == "hidden" {
			t.Error("a layer that the reader may not know of is listed")
		}
		if len(l.Legend) == 0 || len(l.Standard) == 0 {
			t.Errorf("%s has no legend or standard fields", l.ID)
		}
		if l.ID != "plot" {
			continue
		}
		found = true
		for _, f := range l.Fields {
			if f.Name == "secret" {
				t.Error("a field that the reader may not see is listed")
			}
		}
		want := []layers.Code{
			{Code: "a", Title: layers.Text{Zh: "甲", En: "Alpha"}, Colour: "#aa0000", Symbol: "diamond"},
			{Code: "b", Title: layers.Text{Zh: "乙", En: "Beta"}, Colour: "#00aa00", Symbol: "square"},
			{Code: "c", Title: layers.Text{Zh: "丙", En: "Gamma"}, Colour: "#0000aa", Symbol: "ring"},
		}
		if diff := cmp.Diff(want, l.Legend, cmpopts.IgnoreUnexported(layers.Code{})); diff != "" {
			t.Error(diff)
		}
		if len(l.CodeLists["plot_kind"].Items) != 3 || len(l.CodeLists["position_quality"].Items) == 0 {
			t.Errorf("code lists %v", l.CodeLists)
		}
	}
	if !found {
		t.Error("the declared layer is not listed")
	}
	var one map[string]any
	w.read("/layers/plot", &one)
	if one["id"] != "plot" || one["label"] != "name" {
		t.Errorf("%v", one)
	}
	w.refused("/layers/hidden", 404, "not_found", "layer")
	w.refused("/layers?x=1", 400, "invalid", "x")
}

type counts struct {
	Total, Placed, Unplaced, InView, Synthetic int64
	By, InViewBy                               map[string]int64
	Newest                                     *time.Time
}

func readCounts(t *testing.T, w *world) {
	want := counts{By: map[string]int64{}, InViewBy: map[string]int64{}}
	for _, r := range random("dot", sizes["dot"], 1) {
		kind := r.Values["kind"].(string)
		want.Total++
		want.By[kind]++
		if r.Geometry == nil {
			want.Unplaced++
			continue
		}
		want.Placed++
		if p := r.Geometry.Bound().Min; p[0] >= 120.6 && p[0] <= 121.2 && p[1] >= 31.9 && p[1] <= 32.3 {
			want.InView++
			want.InViewBy[kind]++
		}
	}
	var all struct{ Layers map[string]counts }
	w.read("/counts?bbox=120.6,31.9,121.2,32.3&layers=dot,path", &all)
	got := all.Layers["dot"]
	if got.Newest == nil || len(all.Layers) != 2 {
		t.Errorf("%+v", all)
	}
	got.Newest = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var one counts
	w.read("/layers/dot/counts?bbox=120.6,31.9,121.2,32.3", &one)
	one.Newest = nil
	if diff := cmp.Diff(want, one); diff != "" {
		t.Error(diff)
	}
	var filtered counts
	w.read("/layers/dot/counts?kind=a", &filtered)
	if filtered.Total != want.By["a"] || len(filtered.By) != 1 {
		t.Errorf("%+v, want %d", filtered, want.By["a"])
	}
	w.read("/counts", &all)
	if len(all.Layers) != len(w.cat.For(layers.Reader{Role: layers.RoleViewer})) {
		t.Errorf("%d layers without a list", len(all.Layers))
	}
	w.refused("/counts?layers=hidden", 404, "not_found", "layer")
	w.refused("/counts?bbox=1,2,3", 400, "invalid", "bbox")
	w.refused("/counts?bbox=0,0,1,1&bbox=0,0,1,1", 400, "invalid", "bbox")
	w.refused("/layers/dot/counts?limit=3", 400, "invalid", "limit")
	w.refused("/layers/dot/counts?secret=x", 400, "invalid", "secret")
}

func readSearch(t *testing.T, w *world) {
	type hits struct {
		Query string
		Hits  []struct {
			Layer, Label, Field, Text string
			ID                        int64
			Point                     *[2]float64
			BBox                      *[4]float64
			Zoom                      int
		}
		More bool
	}
	tests := []struct {
		name, q string
		limit   string
		layer   string // of the first hit; empty: no hit
		label   string
		more    bool
	}{
		{"a substring in Chinese", "42号<化", "", "dot", "第42号<化工>厂", true},
		{"the beginning of a code", "00042", "", "dot", "第42", true},
		{"a whole code", "000042", "", "dot", "第42号<化工>厂", true},
		{"two words", "42号 工>厂", "", "dot", "第42号<化工>厂", true},
		{"wild cards are letters", "%", "", "", "", false},
		{"nothing like it", "没有这样的", "", "", "", false},
		{"not the middle of a code", "0042", "", "", "", false},
		{"a field the reader may not see", "不可见", "", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got hits
			w.read("/api/search"+query("q", tt.q, "limit", "2"), &got)
			if got.Query != tt.q || len(got.Hits) > 2 || got.More != tt.more {
				t.Errorf("%+v", got)
			}
			if tt.layer == "" {
				if got.Hits == nil || len(got.Hits) > 0 {
					t.Errorf("found %+v", got.Hits)
				}
				return
			}
			if len(got.Hits) == 0 {
				t.Fatal("nothing found")
			}
			if h := got.Hits[0]; !strings.HasPrefix(h.Label, tt.label) || h.ID == 0 || h.Zoom == 0 {
				t.Errorf("%+v", h)
			}
		})
	}
	w.refused("/api/search", 400, "invalid", "q")
	w.refused("/api/search?q=%20", 400, "invalid", "q")
	w.refused("/api/search"+query("q", strings.Repeat("长", 101)), 400, "invalid", "q")
	w.refused("/api/search?q=a&limit=0", 400, "invalid", "limit")
	w.refused("/api/search?q=a&layer=dot", 400, "invalid", "layer")
}

func readStyleAndTileJSONAndSprites(t *testing.T, w *world) {
	var style struct {
		Version int
		Sprite  string
		Sources map[string]struct{ Tiles []string }
		Layers  []struct {
			ID, Source string
			Metadata   map[string]string
		}
	}
	a := w.read("/styles/onemap.json", &style)
	if style.Version != 8 || style.Sprite != w.url+"/sprites/onemap" || style.Sources["dot"].Tiles[0] != w.url+"/tiles/dot/{z}/{x}/{y}.mvt" {
		t.Errorf("%+v", style)
	}
	if rest := strings.ReplaceAll(string(a.body), w.url, ""); strings.Contains(rest, "http") || strings.Contains(rest, "hidden/") {
		t.Error("the style names an outside address or a hidden layer")
	}
	for _, suffix := range []string{"", "@2x"} {
		var index map[string]any
		w.read("/sprites/onemap"+suffix+".json", &index)
		if index["diamond-aa0000"] == nil {
			t.Errorf("no icon for the tests' layer at %q", suffix)
		}
		if png := w.get("/sprites/onemap" + suffix + ".png"); png.StatusCode != 200 || png.Header.Get("Content-Type") != "image/png" || !strings.HasPrefix(string(png.body), "\x89PNG") {
			t.Errorf("%s %v", png.Status, png.Header)
		}
	}
	w.refused("/sprites/other.png", 404, "not_found", "")
	var tj struct {
		TileJSON     string
		Tiles        []string
		Bounds       [4]float64
		VectorLayers []struct {
			ID     string
			Fields map[string]string
		} `json:"vector_layers"`
		MinZoom, MaxZoom int
		Attribution      string
	}
	w.read("/tiles/dot,path.json", &tj)
	if tj.TileJSON != "3.0.0" || tj.Tiles[0] != w.url+"/tiles/dot,path/{z}/{x}/{y}.mvt" || len(tj.VectorLayers) != 2 || tj.Attribution == "" ||
		tj.Bounds[0] < 119 || tj.Bounds[2] > 122.2 || tj.Bounds[0] > tj.Bounds[2] || tj.MinZoom != 4 || tj.MaxZoom != 16 || tj.VectorLayers[0].Fields["kind"] != "String" {
		t.Errorf("%+v", tj)
	}
	w.read("/tiles/enterprise.json", &tj)
	if tj.Bounds != [4]float64{120, 31, 122, 33} {
		t.Errorf("an empty layer's bounds are %v, want the city's", tj.Bounds)
	}
}

func TestPageInfo(t *testing.T) {
	maps := []web.BaseMap{{ID: "img", Title: layers.Text{Zh: "影像", En: "Imagery"}, Kind: "xyz", URL: "https://tiles.example.cn/{z}/{x}/{y}.png", Datum: geo.CGCS2000}}
	w := newWorld(t, func(c *web.Config) { c.BaseMaps = maps })
	var info struct {
		Version   string
		Synthetic bool
		City      web.City
		BaseMaps  []web.BaseMap
		Reader    struct {
			Role string
			Note layers.Text
		}
	}
	w.read("/page.json", &info)
	if info.Version != "1.2.3" || info.Synthetic || info.City.Title.En != "Nantong" || info.Reader.Role != "viewer" || info.Reader.Note.Zh == "" {
		t.Errorf("%+v", info)
	}
	if diff := cmp.Diff(maps, info.BaseMaps); diff != "" {
		t.Error(diff)
	}
	record := random("dot", 1, 1)
	record[0].Source = layers.SourceSynthetic
	if err := publish(t.Context(), w.store, "dot", record); err != nil {
		t.Fatal(err)
	}
	w.read("/page.json", &info)
	if !info.Synthetic {
		t.Error("a synthetic record is there and is not said")
	}
	none := newWorld(t).get("/page.json")
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(none.body, &raw); err != nil || string(raw["basemaps"]) != "[]" {
		t.Errorf("without base maps: %s, %v", none.body, err)
	}
}

func readDocsPage(t *testing.T, w *world) {
	for lang, words := range map[string][]string{
		"zh": {"图层说明", "测试面", "甲", "工业企业", "暂定", `id="list-plot_kind"`, "1 年"},
		"en": {"The layers explained", "Test plot", "Alpha", "Industrial enterprises", "provisional", "hollow ring", "1 year"},
	} {
		a := w.get("/docs/layers?lang=" + lang)
		text := string(a.body)
		for _, want := range words {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %s", lang, want)
			}
		}
		for _, unwanted := range []string{"secret", "hidden\"", "<script", "style=", "ZgotmplZ"} {
			if strings.Contains(text, unwanted) {
				t.Errorf("%s: has %s", lang, unwanted)
			}
		}
	}
	for path, mediaType := range map[string]string{"/docs/docs.css": "text/css; charset=utf-8", "/docs/icon.svg": "image/svg+xml"} {
		if a := w.get(path); a.StatusCode != 200 || a.Header.Get("Content-Type") != mediaType {
			t.Errorf("%s %v", a.Status, a.Header)
		}
	}
	w.refused("/docs/other", 404, "not_found", "")
}
