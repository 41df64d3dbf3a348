package web_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"onemap/layers"
	"onemap/web"
)

// readLinksLead starts at the landing page and follows every link of the answers that
// describe the API: each leads somewhere, to what its type says.
func readLinksLead(t *testing.T, w *world) {
	seen := map[string]bool{}
	var follow func(href, mediaType string)
	follow = func(href, mediaType string) {
		if seen[href] {
			return
		}
		seen[href] = true
		if !strings.HasPrefix(href, w.url+"/") {
			t.Errorf("a link leads outside: %s", href)
			return
		}
		a := w.get(href)
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", href, a.Status)
			return
		}
		got, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
		want, _, _ := strings.Cut(mediaType, ";")
		if got != want {
			t.Errorf("%s is %s, the link says %s", href, got, want)
		}
		if want != "application/json" || strings.Contains(href, "/items") {
			return
		}
		var page struct {
			Links       []weblink
			Collections []struct {
				ID    string
				Links []weblink
			}
		}
		if err := json.Unmarshal(a.body, &page); err != nil {
			t.Errorf("%s: %v", href, err)
		}
		for _, l := range page.Links {
			follow(l.Href, l.Type)
		}
		for _, c := range page.Collections {
			if c.ID == "dot" || c.ID == "enterprise" { // one with records, one without
				for _, l := range c.Links {
					follow(l.Href, l.Type)
				}
			}
		}
	}
	follow(w.url+"/api", "application/json")
	if len(seen) < 25 {
		t.Errorf("%d links only: %v", len(seen), seen)
	}
}

func readLandingAndConformance(t *testing.T, w *world) {
	for _, path := range []string{"/api", "/api/"} {
		var landing struct{ Links []weblink }
		w.read(path, &landing)
		for _, name := range []string{"self", "alternate", "service-desc", "service-doc", "conformance", "data"} {
			if rel(landing.Links, name) == "" {
				t.Errorf("%s has no link %s", path, name)
			}
		}
	}
	var conformance struct{ ConformsTo []string }
	w.read("/api/conformance", &conformance)
	for _, class := range []string{"features-1/1.0/conf/core", "features-1/1.0/conf/geojson", "features-1/1.0/conf/html", "features-2/1.0/conf/crs"} {
		if !slices.Contains(conformance.ConformsTo, "http://www.opengis.net/spec/ogcapi-"+class) {
			t.Errorf("no class %s", class)
		}
	}
}

func readCollections(t *testing.T, w *world) {
	var all struct {
		Collections []struct {
			ID, Title, ItemType, StorageCrs string
			CRS                             []string
			Extent                          struct {
				Spatial *struct{ BBox [][4]float64 }
			}
		}
	}
	w.read("/api/collections?lang=zh", &all)
	var ids []string
	for _, c := range all.Collections {
		ids = append(ids, c.ID)
		if c.ItemType != "feature" || c.StorageCrs != "http://www.opengis.net/def/crs/EPSG/0/4490" || c.CRS[0] != "http://www.opengis.net/def/crs/OGC/1.3/CRS84" {
			t.Errorf("%+v", c)
		}
		switch c.ID {
		case "dot":
			if c.Title != "测试点" || c.Extent.Spatial == nil {
				t.Fatalf("%+v", c)
			}
			if b := c.Extent.Spatial.BBox[0]; b[0] < 119 || b[2] > 122 || b[1] < 31.5 || b[3] > 34 || b[0] >= b[2] {
				t.Errorf("extent %v", b)
			}
		case "enterprise":
			if c.Extent.Spatial != nil {
				t.Errorf("an empty layer has the extent %v", c.Extent.Spatial)
			}
		}
	}
	var want []string
	for _, v := range w.cat.For(layers.Reader{Role: layers.RoleViewer}) {
		want = append(want, v.ID)
	}
	if !slices.Equal(ids, want) || slices.Contains(ids, "hidden") {
		t.Errorf("collections %v, want %v", ids, want)
	}
	w.refused("/api/collections/hidden", 404, "not_found", "layer")
	w.refused("/api/collections?bbox=1,2,3,4", 400, "invalid", "bbox")
}

// readSchemasHold compiles the schemas and holds features against them.
func readSchemasHold(t *testing.T, w *world) {
	for _, layer := range []string{"dot", "plot"} {
		for _, kind := range []string{"schema", "queryables"} {
			path := "/api/collections/" + layer + "/" + kind
			var raw map[string]any
			a := w.read(path, &raw)
			if a.Header.Get("Content-Type") != "application/schema+json" || raw["$id"] != w.url+path || raw["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
				t.Errorf("%s: %v, %v, %v", path, a.Header, raw["$id"], raw["$schema"])
			}
			properties := raw["properties"].(map[string]any)
			if properties["secret"] != nil || properties["kind"] == nil || properties["position_quality"] == nil {
				t.Errorf("%s has %v", path, properties)
			}
			compiler := jsonschema.NewCompiler()
			if err := compiler.AddResource(w.url+path, raw); err != nil {
				t.Fatal(err)
			}
			schema, err := compiler.Compile(w.url + path)
			if err != nil {
				t.Fatal(err)
			}
			if kind != "schema" {
				continue
			}
			var c collection
			w.read("/api/collections/"+layer+"/items?limit=200", &c)
			for _, f := range c.Features {
				if err := schema.Validate(f.Properties); err != nil {
					t.Fatalf("%s %d: %v", layer, f.ID, err)
				}
			}
		}
	}
}

func readFormsAndLanguages(t *testing.T, w *world) {
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	tests := []struct {
		name, path       string
		headers          []string
		mediaType, words string
	}{
		{"nothing said", "/api", nil, "application/json", "一张图要素服务"},
		{"a browser", "/api", []string{"Accept", browser}, "text/html", `<html lang="zh-CN">`},
		{"a browser in English", "/api", []string{"Accept", browser, "Accept-Language", "en-US,en;q=0.9,zh;q=0.5"}, "text/html", `<html lang="en">`},
		{"GDAL", "/api", []string{"Accept", "application/geo+json, application/json"}, "application/json", `"links"`},
		{"f before Accept", "/api?f=json", []string{"Accept", browser}, "application/json", `"links"`},
		{"f=html", "/api?f=html", []string{"Accept", "application/json"}, "text/html", "<main>"},
		{"lang before Accept-Language", "/api?lang=en", []string{"Accept-Language", "zh-CN"}, "application/json", "One Map features"},
		{"collections", "/api/collections?f=html&lang=en", nil, "text/html", "Test dot"},
		{"collection", "/api/collections/plot?f=html&lang=zh", nil, "text/html", "测试面"},
		{"queryables", "/api/collections/plot/queryables?f=html&lang=en", nil, "text/html", "several codes"},
		{"schema", "/api/collections/plot/schema?f=html&lang=zh", nil, "text/html", "分类数量"},
		{"conformance", "/api/conformance?f=html", nil, "text/html", "ogcapi-features-2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := w.get(tt.path, tt.headers...)
			got, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
			if a.StatusCode != 200 || got != tt.mediaType || !strings.Contains(string(a.body), tt.words) {
				t.Errorf("%s %s without %s: %.500s", a.Status, got, tt.words, a.body)
			}
			if !strings.Contains(strings.Join(a.Header.Values("Vary"), ","), "Accept") || a.Header.Get("ETag") == "" {
				t.Errorf("headers %v", a.Header)
			}
			if got == "text/html" && (strings.Contains(string(a.body), "<script") || !strings.Contains(a.Header.Get("Content-Security-Policy"), "style-src 'self'")) {
				t.Errorf("policy %s", a.Header.Get("Content-Security-Policy"))
			}
		})
	}
}

func TestLinksBeginWithThePublicAddress(t *testing.T) {
	w := newWorld(t, func(c *web.Config) { c.PublicURL = "https://map.example.cn/city/" })
	for _, path := range []string{"/api", "/api/collections/dot", "/api/collections/dot/items", "/tiles/dot.json", "/styles/onemap.json"} {
		text := string(w.get(path).body)
		if strings.Contains(text, w.url) || !strings.Contains(text, `"https://map.example.cn/city/`) {
			t.Errorf("%s: %.500s", path, text)
		}
	}
}
