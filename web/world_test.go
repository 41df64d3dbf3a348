package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
	"onemap/web"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The layers of these tests, besides those that the program carries: points, lines and
// polygons of one declaration.
const declaration = `id: %s
title: {zh: 测试%[3]s, en: Test %[1]s}
description: {zh: 只为测试, en: For tests only}
group: base
geometry: %[2]s
key: [code]
label: name
zoom: {min: 4, max: 16}
fields:
  - {name: code, title: {zh: 编号, en: Code}, type: text, required: true, sensitivity: public, search: prefix}
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public, tile: 12, search: substring}
  - {name: kind, title: {zh: 类型, en: Kind}, type: code, codes: %[1]s_kind, default: c, required: true, sensitivity: public, tile: 0}
  - {name: size, title: {zh: 数量, en: Size}, type: integer, range: {min: 0, max: 1000}, unit: m2, sensitivity: public, tile: 14}
  - {name: secret, title: {zh: 内部, en: Secret}, type: text, sensitivity: restricted}
  - {name: tags, title: {zh: 标签, en: Tags}, type: codes, codes: %[1]s_kind, sensitivity: public}
  - {name: stock, title: {zh: 库存, en: Stock}, type: quantities, codes: %[1]s_kind, sensitivity: public}
  - {name: seen, title: {zh: 日期, en: Seen}, type: date, sensitivity: public}
codelists:
  - id: %[1]s_kind
    title: {zh: 类型, en: Kind}
    source: test
    status: provisional
    items:
      - {code: a, title: {zh: 甲, en: Alpha}, colour: "#aa0000", symbol: diamond}
      - {code: b, title: {zh: 乙, en: Beta}, colour: "#00aa00", symbol: square}
      - {code: c, title: {zh: 丙, en: Gamma}, colour: "#0000aa", symbol: ring}
style: {by: kind, colour: "#445566", labels: 12}
thin: {until: 12, cells: 8%[4]s}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public, viewer]}
`

// hidden is a layer that a viewer must not know of.
const hidden = `id: hidden
title: {zh: 隐藏, en: Hidden}
group: base
geometry: Point
label: name
zoom: {min: 4, max: 16}
fields:
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public, search: substring}
style: {colour: "#445566"}
thin: {until: 12, cells: 8}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [admin]}
`

var catalogue = sync.OnceValues(func() (*layers.Catalogue, error) {
	file := func(id, geometry, title, thin string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, declaration, id, geometry, title, thin)}
	}
	return layers.Load(fstest.MapFS{
		"dot.yaml":    file("dot", "Point", "点", ""),
		"path.yaml":   file("path", "LineString", "线", ", under: 6"),
		"plot.yaml":   file("plot", "MultiPolygon", "面", ", under: 6"),
		"hidden.yaml": &fstest.MapFile{Data: []byte(hidden)},
	})
})

// How many records the layers of a world have.
var sizes = map[string]int{"dot": 900, "path": 250, "plot": 250}

// random makes records of a layer around the city: some in piles, some on tile corners,
// some without a position or a value. The same arguments give the same records.
func random(layer string, n int, seed uint64) []layers.Record {
	rnd := rand.New(rand.NewPCG(seed, 7))
	records := make([]layers.Record, n)
	for i := range records {
		at := orb.Point{120.3 + 1.5*rnd.Float64(), 31.7 + rnd.Float64()}
		switch rnd.IntN(4) {
		case 0:
			at = orb.Point{120.5 + float64(rnd.IntN(6))/5, 32.0 + float64(rnd.IntN(3))/4}
		case 1:
			shift := 24 - rnd.IntN(8)
			x, y := geo.World(at[0], at[1])
			at = geo.LonLat(x>>shift<<shift, y>>shift<<shift)
		}
		r := layers.Record{
			Source: "test", SourceID: fmt.Sprint(i), PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000,
			Values: map[string]any{
				"code": fmt.Sprintf("%06d", i), "name": fmt.Sprintf("第%d号<化工>厂", i), "kind": []string{"a", "b", "c"}[rnd.IntN(3)],
				"size": int64(rnd.IntN(1000)), "secret": "不可见", "tags": []string{"a", "c"}, "stock": map[string]float64{"b": 2.5},
			},
		}
		if rnd.IntN(5) == 0 {
			delete(r.Values, "size")
		}
		side := 0.00001 * float64(int(1)<<rnd.IntN(15))
		switch layer {
		case "dot":
			r.Geometry = at
		case "path":
			r.Geometry = orb.LineString{at, {at[0] + side*rnd.Float64(), at[1] + side*rnd.Float64()}, {at[0] + side, at[1]}}
		case "plot":
			high := side * (0.001 + rnd.Float64())
			r.Geometry = orb.MultiPolygon{{{at, {at[0] + side, at[1]}, {at[0] + side, at[1] + high}, {at[0], at[1] + high}, at}}}
		}
		if rnd.IntN(20) == 0 {
			r.Geometry, r.PositionQuality = nil, layers.PositionNone
		}
		records[i] = r
	}
	return records
}

// world is a program with a database of its own, seen over HTTP.
type world struct {
	t     testing.TB
	dsn   string
	cat   *layers.Catalogue
	store *data.Store
	http  *httptest.Server
	url   string

	server *web.Server
}

// newWorld makes a database with all layers and random records in the tests' own, and a
// server before it.
func newWorld(t testing.TB, change ...func(*web.Config)) *world {
	t.Helper()
	cat, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	store, dsn := storetest.Open(t, "web", cat, populate)
	return serve(t, store, dsn, change...)
}

// worldOn puts a server before an existing database.
func worldOn(t testing.TB, dsn string, cat *layers.Catalogue, change ...func(*web.Config)) *world {
	t.Helper()
	store, err := data.Open(t.Context(), dsn, cat, data.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return serve(t, store, dsn, change...)
}

// serve puts a server before a store.
func serve(t testing.TB, store *data.Store, dsn string, change ...func(*web.Config)) *world {
	t.Helper()
	cat := store.Catalogue()
	config := web.Config{Version: "1.2.3", City: web.City{
		Title: layers.Text{Zh: "南通市", En: "Nantong"}, Center: [2]float64{121, 32}, Bounds: [4]float64{120, 31, 122, 33}, Zoom: 9,
	}}
	for _, c := range change {
		c(&config)
	}
	server, err := web.New(config, cat, store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(server.Handler())
	t.Cleanup(front.Close)
	return &world{t: t, dsn: dsn, cat: cat, store: store, http: front, url: front.URL, server: server}
}

func populate(ctx context.Context, store *data.Store) error {
	seed := uint64(1)
	for layer, n := range sizes {
		if err := publish(ctx, store, layer, random(layer, n, seed)); err != nil {
			return err
		}
	}
	return nil
}

func publish(ctx context.Context, store *data.Store, layer string, records []layers.Record) error {
	_, err := store.Publish(ctx, data.Publication{Layer: layer, Scope: data.ScopeLayer, Name: "test", By: "test"}, storetest.Records(records))
	return err
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte // decompressed
	raw  int    // bytes as sent
}

// get asks for a path of the server or a whole address; headers are name, value, …
func (w *world) get(path string, headers ...string) answer {
	w.t.Helper()
	return w.do(http.MethodGet, path, headers...)
}

func (w *world) do(method, path string, headers ...string) answer {
	w.t.Helper()
	if len(path) > 0 && path[0] == '/' {
		path = w.url + path
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := w.http.Client().Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{Response: response, body: raw, raw: len(raw)}
	if response.Header.Get("Content-Encoding") == "gzip" && len(raw) > 0 {
		unzip, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			w.t.Fatal(err)
		}
		if a.body, err = io.ReadAll(unzip); err != nil {
			w.t.Fatal(err)
		}
	}
	return a
}

// read asks for a path and reads the answer's JSON into a value; any status but 200 fails the test.
func (w *world) read(path string, into any, headers ...string) answer {
	w.t.Helper()
	a := w.get(path, headers...)
	if a.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s %s", path, a.Status, a.body)
	}
	if err := json.Unmarshal(a.body, into); err != nil {
		w.t.Fatalf("%s: %v in %.200s", path, err, a.body)
	}
	return a
}

// problem is an RFC 9457 answer.
type problem struct {
	Type, Title, Detail, Code, Field string
	Status                           int
	RequestID                        string `json:"request_id"`
}

// refused asks for a path and checks that it is refused as wanted, in the right form and
// without anything of the program's inside.
func (w *world) refused(path string, status int, code, field string, headers ...string) answer {
	w.t.Helper()
	a := w.get(path, headers...)
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		w.t.Fatalf("%s: %s, no problem: %.200s", path, a.Status, a.body)
	}
	if a.Header.Get("Content-Type") != "application/problem+json" || a.Header.Get("Cache-Control") != "no-store" {
		w.t.Errorf("%s: headers %v", path, a.Header)
	}
	if a.StatusCode != status || p.Status != status || p.Code != code || p.Field != field {
		w.t.Errorf("%s: %d %+v, want status %d, code %q, field %q", path, a.StatusCode, p, status, code, field)
	}
	if p.Type != "about:blank" || p.Title != http.StatusText(status) || p.Detail == "" || p.RequestID == "" || p.RequestID != a.Header.Get("X-Request-Id") {
		w.t.Errorf("%s: %+v", path, p)
	}
	for _, leak := range []string{"SELECT", "select ", "goroutine", "SQLSTATE", "pgx", ".go:"} {
		if bytes.Contains(a.body, []byte(leak)) {
			w.t.Errorf("%s: the answer has %q: %s", path, leak, a.body)
		}
	}
	return a
}

// query writes parameters as a query string with its question mark.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return "?" + v.Encode()
}
