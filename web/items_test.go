package web_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"onemap/geo"
)

type feature struct {
	Type     string
	ID       int64
	Geometry *struct {
		Type        string
		Coordinates any
	}
	Properties map[string]any
	Links      []weblink
}

type weblink struct{ Href, Rel, Type, Title string }

type collection struct {
	Type           string
	Features       []feature
	NumberMatched  int64
	NumberReturned int
	TimeStamp      time.Time
	Links          []weblink
}

func (c collection) next() string { return rel(c.Links, "next") }

func rel(links []weblink, name string) string {
	for _, l := range links {
		if l.Rel == name {
			return l.Href
		}
	}
	return ""
}

func readItemsPage(t *testing.T, w *world) {
	var c collection
	a := w.read("/api/collections/dot/items", &c)
	if c.Type != "FeatureCollection" || c.NumberMatched != int64(sizes["dot"]) || c.NumberReturned != 10 || len(c.Features) != 10 {
		t.Errorf("%s with %d of %d, says %d", c.Type, len(c.Features), c.NumberMatched, c.NumberReturned)
	}
	if h := a.Header; h.Get("Content-Type") != "application/geo+json" || h.Get("Content-Crs") != "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>" {
		t.Errorf("headers %v", h)
	}
	if age := time.Since(c.TimeStamp); age < -time.Minute || age > time.Minute {
		t.Errorf("timeStamp %v", c.TimeStamp)
	}
	f := c.Features[0]
	if f.Type != "Feature" || f.ID == 0 || f.Geometry == nil || f.Geometry.Type != "Point" {
		t.Errorf("%+v", f)
	}
	for _, name := range []string{"code", "name", "kind", "size", "tags", "stock", "seen", "source", "source_id", "valid_from", "valid_to", "recorded_at", "position_quality", "datum", "edition"} {
		if _, ok := f.Properties[name]; !ok {
			t.Errorf("no property %s", name)
		}
	}
	if _, ok := f.Properties["secret"]; ok {
		t.Error("a field that the reader may not see is there")
	}
	zipped := w.get("/api/collections/dot/items?limit=900", "Accept-Encoding", "gzip")
	if zipped.Header.Get("Content-Encoding") != "gzip" || zipped.raw*3 > len(zipped.body) {
		t.Errorf("%d bytes as gzip, %d unzipped", zipped.raw, len(zipped.body))
	}
	if head := w.do(http.MethodHead, "/api/collections/dot/items"); head.StatusCode != 200 || len(head.body) != 0 {
		t.Errorf("HEAD: %s with %d bytes", head.Status, len(head.body))
	}
}

// TestPagingHoldsWhileDataChanges follows next links while records come and go: each that
// stays is seen exactly once.
func TestPagingHoldsWhileDataChanges(t *testing.T) {
	w := newWorld(t)
	records := random("dot", sizes["dot"], 1)
	stays := map[string]bool{}
	for i, r := range records {
		if i%7 != 0 {
			stays[r.Values["code"].(string)] = true
		}
	}
	seen := map[string]int{}
	pages := 0
	for at := w.url + "/api/collections/dot/items?limit=100"; at != ""; pages++ {
		var c collection
		w.read(at, &c)
		for _, f := range c.Features {
			seen[f.Properties["code"].(string)]++
		}
		at = c.next()
		if pages == 2 { // a seventh goes, another comes, and all others change
			now := records[:0:0]
			for i, r := range records {
				if i%7 == 0 {
					r.Values["code"] = fmt.Sprintf("new%d", i)
				}
				r.Values["name"] = "改名"
				now = append(now, r)
			}
			if err := publish(t.Context(), w.store, "dot", now); err != nil {
				t.Fatal(err)
			}
		}
	}
	for code := range stays {
		if seen[code] != 1 {
			t.Errorf("%s was seen %d times", code, seen[code])
		}
	}
	for code, n := range seen {
		if n != 1 {
			t.Errorf("%s was seen %d times", code, n)
		}
	}
	if pages < 9 {
		t.Errorf("%d pages only", pages)
	}
}

func readItemsParameters(t *testing.T, w *world) {
	all := int64(sizes["dot"])
	count := func(t *testing.T, query string) collection {
		t.Helper()
		var c collection
		w.read("/api/collections/dot/items"+query, &c)
		return c
	}
	t.Run("a limit over the greatest means the greatest", func(t *testing.T) {
		if c := count(t, "?limit=99999999999"); int64(len(c.Features)) != all || c.next() != "" {
			t.Errorf("%d features, next %q", len(c.Features), c.next())
		}
	})
	t.Run("next keeps the other parameters", func(t *testing.T) {
		next, err := url.Parse(count(t, "?limit=3&kind=a,b&crs=EPSG:4490").next())
		if err != nil {
			t.Fatal(err)
		}
		q := next.Query()
		q.Del("cursor")
		if diff := cmp.Diff(url.Values{"limit": {"3"}, "kind": {"a,b"}, "crs": {"EPSG:4490"}}, q); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("filters divide the whole", func(t *testing.T) {
		a, bc := count(t, "?kind=a&limit=10000"), count(t, "?kind=b,c&limit=1")
		if a.NumberMatched+bc.NumberMatched != all || a.NumberMatched == 0 {
			t.Errorf("%d and %d of %d", a.NumberMatched, bc.NumberMatched, all)
		}
		for _, f := range a.Features {
			if f.Properties["kind"] != "a" {
				t.Errorf("%v is among the a", f.Properties)
			}
		}
		low, high, none := count(t, "?size=../499"), count(t, "?size=500/.."), count(t, "?size=")
		if low.NumberMatched+high.NumberMatched+none.NumberMatched != all || none.NumberMatched == 0 {
			t.Errorf("%d, %d and %d of %d", low.NumberMatched, high.NumberMatched, none.NumberMatched, all)
		}
	})
	t.Run("a text is equality", func(t *testing.T) {
		if c := count(t, query("name", "第5号<化工>厂")); c.NumberMatched != 1 || c.Features[0].Properties["code"] != "000005" {
			t.Errorf("%+v", c)
		}
	})
	t.Run("unplaced records have a null geometry and no box", func(t *testing.T) {
		everywhere, boxed := count(t, "?limit=10000"), count(t, "?limit=10000&bbox=-180,-90,180,90")
		unplaced := int64(0)
		for _, f := range everywhere.Features {
			if f.Geometry == nil {
				unplaced++
			}
		}
		if unplaced == 0 || boxed.NumberMatched+unplaced != all {
			t.Errorf("%d in the box, %d unplaced of %d", boxed.NumberMatched, unplaced, all)
		}
	})
	t.Run("a box", func(t *testing.T) {
		c := count(t, "?limit=10000&bbox=120.6,31.9,121.2,32.3")
		if c.NumberMatched == 0 || c.NumberMatched == all {
			t.Fatalf("%d in the box", c.NumberMatched)
		}
		for _, f := range c.Features {
			p := f.Geometry.Coordinates.([]any)
			if x, y := p[0].(float64), p[1].(float64); x < 120.6 || x > 121.2 || y < 31.9 || y > 32.3 {
				t.Errorf("%v, %v is outside", x, y)
			}
		}
		if six := count(t, "?bbox=120.6,31.9,-100,121.2,32.3,8000"); six.NumberMatched != c.NumberMatched {
			t.Errorf("with heights %d, without %d", six.NumberMatched, c.NumberMatched)
		}
		if round := count(t, "?bbox=121.2,-90,120.6,90"); round.NumberMatched == 0 {
			t.Error("a box across the antimeridian finds nothing")
		}
	})
	t.Run("valid time", func(t *testing.T) {
		for _, datetime := range []string{"2021-04-30", "2021-04-30T12:00:00Z", "../2021-04-30T12:00:00Z", "2020-01-01/.."} {
			if c := count(t, query("datetime", datetime)); c.NumberMatched != all {
				t.Errorf("%s: %d of %d records without a valid time", datetime, c.NumberMatched, all)
			}
		}
	})
}

// readItemsArranged asks for orders and for some of the fields, as pages and as files.
func readItemsArranged(t *testing.T, w *world) {
	values := func(c collection, name string) (list []any) {
		for _, f := range c.Features {
			list = append(list, f.Properties[name])
		}
		return list
	}
	var whole collection
	w.read("/api/collections/dot/items"+query("limit", "10000", "sortby", "-size,name"), &whole)
	numbers := 0
	sizes := values(whole, "size")
	for i := 1; i < len(sizes); i++ {
		if sizes[i] == nil {
			continue
		}
		numbers++
		if sizes[i-1] == nil || sizes[i].(float64) > sizes[i-1].(float64) {
			t.Fatalf("%v after %v", sizes[i], sizes[i-1])
		}
	}
	if numbers == 0 || numbers == len(sizes)-1 {
		t.Errorf("%d of %d have a size", numbers, len(sizes))
	}
	var ids []int64
	for at := w.url + "/api/collections/dot/items?limit=97&sortby=-size,+name&properties=kind"; at != ""; {
		var c collection
		w.read(at, &c)
		for _, f := range c.Features {
			ids = append(ids, f.ID)
			if len(f.Properties) != 1 || f.Properties["kind"] == nil || f.Type != "Feature" {
				t.Fatalf("%+v", f)
			}
		}
		at = c.next()
	}
	for i, f := range whole.Features {
		if i >= len(ids) || ids[i] != f.ID {
			t.Fatalf("place %d of %d pages is not record %d", i, len(ids), f.ID)
		}
	}
	rows := w.table("/api/collections/dot/items?f=csv&sortby=-size,name&properties=kind,size")
	if len(rows) != len(whole.Features)+1 || !slices.Equal(rows[0][:3], []string{"id", "kind", "size"}) || slices.Contains(rows[0], "code") || rows[1][0] != fmt.Sprint(ids[0]) {
		t.Errorf("%d lines, %v, %v", len(rows), rows[0], rows[1])
	}
	var none collection
	w.read("/api/collections/dot/items?properties=", &none)
	if len(none.Features) != 10 || len(none.Features[0].Properties) != 0 {
		t.Errorf("%+v", none.Features)
	}
	var filtered collection // by what is not told
	w.read("/api/collections/dot/items?properties=code&kind=a&filter=size>500", &filtered)
	if filtered.NumberMatched == 0 || filtered.NumberMatched >= whole.NumberMatched/2 {
		t.Errorf("%d matched", filtered.NumberMatched)
	}
	if page := w.get("/api/collections/dot/items?f=html&sortby=size&properties=kind&limit=5"); page.StatusCode != 200 ||
		!strings.Contains(string(page.body), "cursor=") || strings.Contains(string(page.body), `title="code"`) {
		t.Errorf("%s: %s", page.Status, page.body)
	}
	var sortables struct {
		Properties map[string]struct{ Format string }
	}
	w.read("/api/collections/dot/sortables", &sortables)
	for name, is := range map[string]bool{"size": true, "name": true, "recorded_at": true, "tags": false, "stock": false, "geometry": false, "secret": false} {
		if _, ok := sortables.Properties[name]; ok != is {
			t.Errorf("%s is a sortable: %v", name, ok)
		}
	}
	// A field that the reader may not see is one that does not exist.
	for _, parameter := range []string{"sortby", "properties"} {
		hidden := w.refused("/api/collections/dot/items?"+parameter+"=secret", 400, "invalid", parameter)
		absent := w.refused("/api/collections/dot/items?"+parameter+"=zzzzzz", 400, "invalid", parameter)
		detail := func(a answer) string {
			var p problem
			if err := json.Unmarshal(a.body, &p); err != nil {
				t.Fatal(err)
			}
			return p.Detail
		}
		if strings.ReplaceAll(detail(hidden), "secret", "zzzzzz") != detail(absent) {
			t.Errorf("%s\n%s", detail(hidden), detail(absent))
		}
	}
}

func readItemsRefusals(t *testing.T, w *world) {
	tests := []struct {
		name, query string
		field       string
	}{
		{"unknown parameter", "?colour=red", "colour"},
		{"a field the reader may not name", "?secret=x", "secret"},
		{"an order of no field", "?sortby=-colour", "sortby"},
		{"an order of a list", "?sortby=tags", "sortby"},
		{"an order twice", "?sortby=size&sortby=name", "sortby"},
		{"a field twice in an order", "?sortby=size,-size", "sortby"},
		{"an order of no field, of a file", "?f=csv&sortby=colour", "sortby"},
		{"a property that is none", "?properties=name,colour", "properties"},
		{"a property that is none, of a file", "?f=gpkg&properties=colour", "properties"},
		{"a cursor of ids in an order", "?sortby=size&cursor=5", "cursor"},
		{"limit 0", "?limit=0", "limit"},
		{"negative limit", "?limit=-5", "limit"},
		{"limit in words", "?limit=all", "limit"},
		{"limit twice", "?limit=1&limit=2", "limit"},
		{"three numbers", "?bbox=1,2,3", "bbox"},
		{"no numbers", "?bbox=a,b,c,d", "bbox"},
		{"not a number", "?bbox=NaN,0,1,1", "bbox"},
		{"infinite", "?bbox=-Inf,0,1,1", "bbox"},
		{"south over north", "?bbox=120,33,121,32", "bbox"},
		{"not degrees", "?bbox=500000,3500000,600000,3600000", "bbox"},
		{"lat, lon in a lon, lat box", "?bbox=31.9,120.6,32.3,121.2", "bbox"},
		{"unknown crs", query("crs", "http://www.opengis.net/def/crs/EPSG/0/9999"), "crs"},
		{"a crs that is not served", query("crs", "http://www.opengis.net/def/crs/EPSG/0/2437"), "crs"},
		{"unknown bbox-crs", query("bbox", "1,2,3,4", "bbox-crs", "GCJ-02"), "bbox-crs"},
		{"box outside its projection", query("bbox", "0,0,1e12,1e12", "bbox-crs", "EPSG:3857"), "bbox"},
		{"bad cursor", "?cursor=abc", "cursor"},
		{"negative cursor", "?cursor=-1", "cursor"},
		{"bad time", "?datetime=yesterday", "datetime"},
		{"time backwards", "?datetime=2022-01-01/2021-01-01", "datetime"},
		{"unknown form", "?f=xml", "f"},
		{"unknown language", "?lang=fr", "lang"},
		{"unknown code", "?kind=z", "kind"},
		{"no number", "?size=ten", "size"},
		{"quantities", "?stock=1", "stock"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.refused("/api/collections/dot/items"+tt.query, http.StatusBadRequest, "invalid", tt.field)
		})
	}
	w.refused("/api/collections/nothing/items", 404, "not_found", "layer")
	w.refused("/api/collections/hidden/items", 404, "not_found", "layer")
	w.refused("/api/collections/dot/items/99999999", 404, "not_found", "")
	w.refused("/api/collections/dot/items/x", 404, "not_found", "")
	w.refused("/api/collections/dot/items/1?limit=3", 400, "invalid", "limit")
}

// readCoordinateSystems asks for the same feature in every system and compares with the
// projection of geo, in the axis order of the system.
func readCoordinateSystems(t *testing.T, w *world) {
	var plain collection
	w.read("/api/collections/dot/items?limit=1&bbox=120.9,31.9,121.1,32.1", &plain)
	if len(plain.Features) != 1 {
		t.Fatal("no feature in the middle")
	}
	id := plain.Features[0].ID
	p := plain.Features[0].Geometry.Coordinates.([]any)
	lon, lat := p[0].(float64), p[1].(float64)
	tests := []struct {
		uri     string
		swapped bool
		within  float64
	}{
		{"http://www.opengis.net/def/crs/OGC/1.3/CRS84", false, 1e-6},
		{"http://www.opengis.net/def/crs/EPSG/0/4490", true, 1e-6},
		{"http://www.opengis.net/def/crs/EPSG/0/4326", true, 1e-6},
		{"http://www.opengis.net/def/crs/EPSG/0/3857", false, 0.02},
		{"http://www.opengis.net/def/crs/EPSG/0/4549", true, 0.02},
		{"http://www.opengis.net/def/crs/EPSG/0/4550", true, 0.02},
		{"http://www.opengis.net/def/crs/EPSG/0/4528", true, 0.02},
		{"http://www.opengis.net/def/crs/EPSG/0/4529", true, 0.02},
	}
	var listed struct{ CRS []string }
	w.read("/api/collections/dot", &listed)
	if len(listed.CRS) != len(tests) {
		t.Errorf("the collection lists %v", listed.CRS)
	}
	for _, tt := range tests {
		t.Run(tt.uri, func(t *testing.T) {
			crs, err := geo.ParseCRS(tt.uri)
			if err != nil {
				t.Fatal(err)
			}
			x, y, err := crs.FromLonLat(lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			first, second := x, y
			if tt.swapped {
				first, second = y, x
			}
			path := fmt.Sprintf("/api/collections/dot/items/%d%s", id, query("crs", tt.uri))
			var f feature
			a := w.read(path, &f)
			if a.Header.Get("Content-Crs") != "<"+tt.uri+">" {
				t.Errorf("Content-Crs %s", a.Header.Get("Content-Crs"))
			}
			got := f.Geometry.Coordinates.([]any)
			if math.Abs(got[0].(float64)-first) > tt.within || math.Abs(got[1].(float64)-second) > tt.within {
				t.Errorf("%v, want %v, %v", got, first, second)
			}
			// A box of the same order around it finds it again, and one with the axes the
			// other way round does not.
			side := 50 * tt.within
			box := fmt.Sprintf("%f,%f,%f,%f", first-side, second-side, first+side, second+side)
			var c collection
			w.read("/api/collections/dot/items"+query("bbox", box, "bbox-crs", tt.uri), &c)
			found := false
			for _, f := range c.Features {
				found = found || f.ID == id
			}
			if !found {
				t.Errorf("the box %s does not find it: %d others", box, c.NumberMatched)
			}
		})
	}
}

func readItem(t *testing.T, w *world) {
	var c collection
	w.read("/api/collections/plot/items?limit=1&code=000007", &c)
	id := c.Features[0].ID
	var f feature
	a := w.read(fmt.Sprintf("/api/collections/plot/items/%d", id), &f)
	if f.Type != "Feature" || f.ID != id || f.Properties["code"] != "000007" || f.Properties["name"] != "第7号<化工>厂" {
		t.Errorf("%+v", f)
	}
	if diff := cmp.Diff(map[string]any{"b": 2.5}, f.Properties["stock"]); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{"a", "c"}, f.Properties["tags"]); diff != "" {
		t.Error(diff)
	}
	if rel(f.Links, "self") == "" || rel(f.Links, "collection") != w.url+"/api/collections/plot" {
		t.Errorf("links %v", f.Links)
	}
	if again := w.get(fmt.Sprintf("/api/collections/plot/items/%d", id), "If-None-Match", a.Header.Get("ETag")); again.StatusCode != 304 {
		t.Errorf("again: %s", again.Status)
	}
	html := w.get(fmt.Sprintf("/api/collections/plot/items/%d", id), "Accept", "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language", "en-GB,en;q=0.9")
	text := string(html.body)
	if html.Header.Get("Content-Type") != "text/html; charset=utf-8" || html.Header.Get("Content-Language") != "en" {
		t.Errorf("headers %v", html.Header)
	}
	for _, want := range []string{"第7号&lt;化工&gt;厂", "Alpha, Gamma", "Beta 2.5", `<html lang="en">`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(text, "<化工>") || strings.Contains(text, "不可见") {
		t.Error("the page shows what it must not")
	}
}

func readItemsAsHTML(t *testing.T, w *world) {
	a := w.get("/api/collections/dot/items?f=html&limit=5&kind=a")
	text := string(a.body)
	if a.StatusCode != 200 || strings.Count(text, `<th scope="row">`) != 5 || !strings.Contains(text, `rel="next"`) || !strings.Contains(text, "甲") {
		t.Errorf("%s %.3000s", a.Status, text)
	}
	if strings.Contains(text, "<script") || strings.Contains(text, "style=") {
		t.Error("the page has script or inline style")
	}
}
