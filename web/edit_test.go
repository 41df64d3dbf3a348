package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/web"
)

const (
	geoJSON = "application/geo+json"
	merge   = "application/merge-patch+json"
)

// feature is a record as the feature API gives and takes it.
type edited struct {
	Type       string          `json:"type"`
	ID         int64           `json:"id"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties map[string]any  `json:"properties"`
	Findings   []layers.Finding
}

// broken is a problem with findings.
type broken struct {
	problem
	Findings []layers.Finding
}

// edit sends a body and expects a status; into may be nil.
func (c *counter) edit(method, path, body string, status int, into any, headers ...string) answer {
	c.t.Helper()
	if !slices.Contains(headers, "Content-Type") {
		headers = append(headers, "Content-Type", geoJSON)
	}
	a := c.send(method, path, []byte(body), headers...)
	if a.StatusCode != status {
		c.t.Fatalf("%s %s %.200s: %s, want %d: %.800s", method, path, body, a.Status, status, a.body)
	}
	if status >= 400 && a.Header.Get("Content-Type") != "application/problem+json" {
		c.t.Errorf("%s %s: %v", method, path, a.Header)
	}
	if into != nil {
		if err := json.Unmarshal(a.body, into); err != nil {
			c.t.Fatalf("%s %s: %v in %.300s", method, path, err, a.body)
		}
	}
	return a
}

const dotItems = "/api/collections/dot/items"

func dotItem(id int64) string { return fmt.Sprint(dotItems, "/", id) }

// body is a feature of the points' layer.
func dotBody(geometry, properties string) string {
	return `{"type":"Feature","geometry":` + geometry + `,"properties":` + properties + `}`
}

// editions is how many editions of a layer there are.
func (c *counter) editions(layer string) int {
	c.t.Helper()
	list, err := c.store.Editions(c.t.Context(), layer, 1000)
	if err != nil {
		c.t.Fatal(err)
	}
	return len(list)
}

func TestEditsOverHTTP(t *testing.T) {
	c := newCounter(t)

	var made edited
	a := c.edit("POST", dotItems, dotBody(`{"type":"Point","coordinates":[120.9,32.1]}`,
		`{"code":"N1","name":"新","kind":"b","size":12,"tags":["a","c"],"stock":{"a":2.5},"seen":"2021-04-30"}`), 201, &made)
	if a.Header.Get("Location") != c.url+dotItem(made.ID) || a.Header.Get("ETag") == "" {
		t.Errorf("headers %v", a.Header)
	}
	p := made.Properties
	if p["source"] != "edit" || p["source_id"] != fmt.Sprint(made.ID) || p["updated_by"] != "local" || p["position_quality"] != "image" || p["datum"] != "WGS84" || p["size"] != 12.0 || p["seen"] != "2021-04-30" {
		t.Errorf("%v", p)
	}

	// The same again is nothing, with and without what the program fills.
	got := c.get(dotItem(made.ID))
	tag := got.Header.Get("ETag")
	before := c.editions("dot")
	var same edited
	put := c.edit("PUT", dotItem(made.ID), string(got.body), 200, &same, "If-Match", tag)
	if put.Header.Get("ETag") != "" {
		t.Error("an answer to PUT has an ETag, though what was sent is not what is kept")
	}
	c.edit("PATCH", dotItem(made.ID), `{}`, 200, nil, "If-Match", `"other", `+a.Header.Get("ETag"), "Content-Type", merge)
	if diff := cmp.Diff(made, same); diff != "" || c.editions("dot") != before {
		t.Errorf("the same record put back: %d editions, then %d\n%s", before, c.editions("dot"), diff)
	}
	if again := c.get(dotItem(made.ID), "If-None-Match", tag); again.StatusCode != 304 {
		t.Errorf("%s", again.Status)
	}

	if old, now := c.tileHas(120.9, 32.1), c.tileHas(121.6, 31.9); !old || now {
		t.Errorf("in its tile %v, in another one %v", old, now)
	}

	// A patch: null takes away, lists are replaced, objects are merged.
	var patched edited
	a = c.edit("PATCH", dotItem(made.ID), `{"properties":{"name":null,"tags":["b"],"stock":{"a":null,"b":1}},"geometry":{"coordinates":[121.6,31.9]}}`, 200, &patched, "If-Match", tag, "Content-Type", merge)
	want := map[string]any{"code": "N1", "name": nil, "kind": "b", "size": 12.0, "tags": []any{"b"}, "stock": map[string]any{"b": 1.0}, "seen": "2021-04-30", "position_quality": "image"}
	for name, value := range want {
		if diff := cmp.Diff(value, patched.Properties[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if string(patched.Geometry) != `{"type":"Point","coordinates":[121.6,31.9]}` {
		t.Errorf("geometry %s", patched.Geometry)
	}
	// Moved to another tile: there at once, and no more where it was.
	if old, now := c.tileHas(120.9, 32.1), c.tileHas(121.6, 31.9); old || !now {
		t.Errorf("in the old tile %v, in the new one %v", old, now)
	}

	// A replacement: what is missing is null, or the default.
	var replaced edited
	c.edit("PUT", dotItem(made.ID), dotBody("null", `{"code":"N2"}`), 200, &replaced, "If-Match", a.Header.Get("ETag"))
	if p := replaced.Properties; p["code"] != "N2" || p["kind"] != "c" || p["size"] != nil || p["stock"] != nil || p["position_quality"] != "none" || p["datum"] != "unknown" || string(replaced.Geometry) != "null" {
		t.Errorf("%s %v", replaced.Geometry, p)
	}

	// Versions.
	current := fmt.Sprintf(`"%v"`, replaced.Properties["edition"])
	body := dotBody("null", `{"code":"N3"}`)
	c.edit("PUT", dotItem(made.ID), body, 412, nil, "If-Match", tag)
	c.edit("PUT", dotItem(made.ID), body, 412, nil, "If-Match", "W/"+current)
	c.edit("PUT", dotItem(made.ID), body, 428, nil)
	c.edit("PATCH", dotItem(made.ID), `{}`, 428, nil, "Content-Type", merge, "If-Match", "*")
	c.edit("DELETE", dotItem(made.ID), "", 428, nil)
	c.edit("DELETE", dotItem(made.ID), "", 412, nil, "If-Match", tag)
	c.edit("PATCH", dotItem(made.ID), `{}`, 415, nil, "If-Match", current)
	c.edit("POST", dotItems, body, 415, nil, "Content-Type", "text/plain")
	c.edit("DELETE", dotItem(made.ID), "", 204, nil, "If-Match", current)
	c.edit("DELETE", dotItem(made.ID), "", 404, nil, "If-Match", current)
	c.edit("PUT", dotItem(made.ID), body, 404, nil, "If-Match", current)
	c.edit("PUT", dotItems+"/x", body, 404, nil, "If-Match", current)
	c.edit("POST", "/api/collections/hidden/items", body, 404, nil)
	if c.get(dotItem(made.ID)).StatusCode != 404 {
		t.Error("it is there still")
	}

	// The last edition is that of the removal; taken back, the record is there again.
	list, err := c.store.Editions(t.Context(), "dot", 1)
	if err != nil || list[0].Gone != 1 || list[0].Scope != data.ScopeRecord(made.ID) || list[0].PublishedBy != "local" {
		t.Fatalf("%+v, %v", list, err)
	}
	c.ask("POST", fmt.Sprintf("/editions/%d/revert", list[0].ID), map[string]string{}, 200, nil)
	var back edited
	c.read(dotItem(made.ID), &back)
	if back.Properties["code"] != "N2" {
		t.Errorf("%v", back.Properties)
	}
}

// tileHas reports whether the tile of a place has the record N1.
func (c *counter) tileHas(lon, lat float64) bool {
	c.t.Helper()
	at := maptile.At(orb.Point{lon, lat}, 11)
	a := c.get(fmt.Sprintf("/tiles/dot/11/%d/%d.mvt?code=N1", at.X, at.Y))
	if a.StatusCode != 200 {
		c.t.Fatal(a.Status)
	}
	return len(a.body) > 0
}

func TestEditsNameAllFaults(t *testing.T) {
	c := newCounter(t)
	before := c.editions("dot")
	var p broken
	c.edit("POST", dotItems, dotBody(`{"type":"LineString","coordinates":[[120,32],[121,32]]}`,
		`{"name":7,"kind":"z","size":2000,"tags":["a","q"],"stock":{"a":-1},"seen":"30.4.2021","colour":"red","secret":"x","edition":9,"position_quality":"none","valid_from":"then"}`), 422, &p)
	fields := map[string]string{}
	for _, f := range p.Findings {
		if f.Message.Zh == "" || f.Message.En == "" || f.Hint.Zh == "" {
			t.Errorf("%+v", f)
		}
		if f.Severity == layers.SeverityError {
			fields[f.Field] += f.Rule
		}
	}
	want := map[string]string{
		"code": "V1", "name": "S3", "kind": "V2", "size": "V3", "tags": "V2", "stock": "V2", "seen": "S3", "colour": "S2", "secret": "S2",
		"edition": "S2", "position_quality": "S3", "valid_from": "S3", "geom": "G2",
	}
	if diff := cmp.Diff(want, fields); diff != "" || p.Code != "invalid" || p.Status != 422 {
		t.Errorf("%+v\n%s", p.problem, diff)
	}
	for name, geometry := range map[string]string{
		"C5": `{"type":"Point","coordinates":[0,0]}`, "C1": `{"type":"Point","coordinates":[32,121]}`, "G8": `{"type":"Point","coordinates":[200,32]}`,
	} {
		p = broken{}
		c.edit("POST", dotItems, dotBody(geometry, `{"code":"N9"}`), 422, &p)
		if len(p.Findings) == 0 || p.Findings[0].Rule != name {
			t.Errorf("%s: %+v", name, p.Findings)
		}
	}
	// A polygon that crosses itself is for PostGIS to see.
	p = broken{}
	c.edit("POST", "/api/collections/plot/items", dotBody(`{"type":"Polygon","coordinates":[[[120,32],[121,33],[121,32],[120,33],[120,32]]]}`, `{"code":"N9"}`), 422, &p)
	if len(p.Findings) == 0 || p.Findings[0].Rule != "G3" || p.Findings[0].Place == nil {
		t.Errorf("%+v", p.Findings)
	}
	// Another record's key.
	var q problem
	c.edit("POST", dotItems, dotBody("null", `{"code":"000001"}`), 409, &q)
	if q.Field != "code" {
		t.Errorf("%+v", q)
	}
	for body, field := range map[string]string{
		``: "", `[]`: "", `{}`: "type", `{"type":"Feature"} {}`: "", "\"\xff\"": "", `{"type":"Feature","geometry":null}`: "properties",
		`{"type":"Feature","geometry":null,"properties":{},"name":"x"}`:                                         "name",
		`{"type":"Feature","geometry":null,"properties":{},"crs":{}}`:                                           "crs",
		dotBody(`{"type":"Point","coordinates":[120.9]}`, `{"code":"N9"}`):                                      "geometry",
		dotBody(`{"type":"Point","coordinates":[120.9,32,5]}`, `{"code":"N9"}`):                                 "geometry",
		dotBody(`{"type":"Point","coordinates":["120.9",32]}`, `{"code":"N9"}`):                                 "geometry",
		dotBody(`{"type":"Point","coordinates":[1e999,32]}`, `{"code":"N9"}`):                                   "geometry",
		dotBody(`{"type":"GeometryCollection","geometries":[]}`, `{"code":"N9"}`):                               "geometry",
		`{"type":"Feature","geometry":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`:         "",
		dotBody(`{"type":"Polygon","coordinates":`+strings.Repeat("[", 900)+strings.Repeat("]", 900)+"}", "{}"): "geometry",
	} {
		q = problem{}
		if c.edit("POST", dotItems, body, 400, &q); q.Field != field {
			t.Errorf("%.80s: %+v", body, q)
		}
	}
	c.edit("POST", dotItems, dotBody("null", `{"code":"`+strings.Repeat("x", 2<<20)+`"}`), 413, nil)
	c.edit("POST", dotItems+"?lang=zh", dotBody("null", `{"code":"N9"}`), 400, nil)
	c.edit("POST", dotItems, dotBody("null", `{"code":"N9"}`), 400, nil, "Content-Crs", "<http://www.opengis.net/def/crs/EPSG/0/4214>")
	if n := c.editions("dot"); n != before {
		t.Errorf("%d editions, before %d", n, before)
	}
}

// TestEditsKeepWhatIsNotSaid puts records back as they were given, in every coordinate
// system and of every kind, and moves one vertex: fields out of view and the exact places
// of the other vertices stay.
func TestEditsKeepWhatIsNotSaid(t *testing.T) {
	c := newCounter(t)
	open := strings.Replace(declaration, "read: [public, viewer]", "read: [admin]", 1)
	cat, err := layers.Load(fstest.MapFS{"dot.yaml": {Data: fmt.Appendf(nil, open, "dot", "Point", "点", "")}})
	if err != nil {
		t.Fatal(err)
	}
	admin, err := cat.View(layers.Reader{Role: layers.RoleAdmin}, "dot")
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range []string{"dot", "path", "plot"} {
		before := c.editions(layer)
		var page struct{ Features []edited }
		c.read("/api/collections/"+layer+"/items?limit=12", &page)
		for _, f := range page.Features {
			at := fmt.Sprintf("/api/collections/%s/items/%d", layer, f.ID)
			for _, uri := range []string{"", "http://www.opengis.net/def/crs/EPSG/0/4490", "http://www.opengis.net/def/crs/EPSG/0/4549", "http://www.opengis.net/def/crs/EPSG/0/3857"} {
				path, headers := at, []string{}
				if uri != "" {
					path += query("crs", uri)
					headers = append(headers, "Content-Crs", "<"+uri+">")
				}
				got := c.get(path)
				c.edit("PUT", at, string(got.body), 200, nil, append(headers, "If-Match", got.Header.Get("ETag"))...)
			}
		}
		if n := c.editions(layer); n != before {
			t.Errorf("%s: %d editions of what has not changed", layer, n-before)
		}
	}
	var page struct{ Features []edited }
	c.read(dotItems+"?limit=1", &page)
	f := page.Features[0]
	c.edit("PUT", dotItem(f.ID), dotBody("null", `{"code":"X"}`), 200, nil, "If-Match", fmt.Sprintf(`"%v"`, f.Properties["edition"]))
	item, err := c.store.Item(t.Context(), admin, f.ID, geo.CRS84)
	if err != nil {
		t.Fatal(err)
	}
	if secret, _ := item.Value("secret"); secret != "不可见" {
		t.Errorf("the field out of view is %v", secret)
	}
	// One vertex of a line is moved; the others keep all their decimals.
	c.read("/api/collections/path/items?limit=2&position_quality=surveyed", &page)
	f = page.Features[1] // the code of the first is one that the checks take for a placeholder
	var line struct{ Coordinates [][2]float64 }
	if err := json.Unmarshal(f.Geometry, &line); err != nil {
		t.Fatal(err)
	}
	exact := c.place("path", f.ID)
	line.Coordinates[1] = [2]float64{120.9, 32}
	moved, _ := json.Marshal(line.Coordinates)
	var after edited
	c.edit("PATCH", fmt.Sprintf("/api/collections/path/items/%d", f.ID), `{"geometry":{"coordinates":`+string(moved)+`}}`, 200, &after, "If-Match", fmt.Sprintf(`"%v"`, f.Properties["edition"]), "Content-Type", merge)
	if got := c.place("path", f.ID); got[0] != exact[0] || got[2] != exact[2] || got[1] != [2]float64{120.9, 32} {
		t.Errorf("%v, was %v", got, exact)
	}
	if after.Properties["position_quality"] != "image" {
		t.Errorf("%v", after.Properties)
	}
}

// place is a line as it is stored.
func (c *counter) place(layer string, id int64) [][2]float64 {
	c.t.Helper()
	view, err := c.cat.View(layers.Reader{Role: layers.RoleViewer}, layer)
	if err != nil {
		c.t.Fatal(err)
	}
	item, err := c.store.Item(c.t.Context(), view, id, geo.CRS84)
	if err != nil {
		c.t.Fatal(err)
	}
	return web.PointsIn(item.WKB)
}

func TestEditsAreForThoseWhoMayImport(t *testing.T) {
	c := newCounter(t)
	body := dotBody("null", `{"code":"N1"}`)
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"X-Forwarded-For", "10.1.1.1"}, {"Sec-Fetch-Site", "cross-site"}} {
		c.edit("POST", dotItems, body, 403, nil, headers...)
		c.edit("DELETE", dotItems+"/1", "", 403, nil, append(headers, "If-Match", `"1"`)...)
	}
	allow := func(c *counter, path, want string) http.Header {
		t.Helper()
		a := c.send("OPTIONS", path, nil)
		if a.StatusCode != 204 || a.Header.Get("Allow") != want {
			t.Errorf("OPTIONS %s: %s %v", path, a.Status, a.Header)
		}
		return a.Header
	}
	if h := allow(c, dotItems+"/1", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"); h.Get("Accept-Patch") != merge {
		t.Errorf("%v", h)
	}
	allow(c, dotItems, "GET, HEAD, POST, OPTIONS")
	if a := c.send("PUT", dotItems, []byte(body)); a.StatusCode != 405 || a.Header.Get("Allow") != "GET, HEAD, POST, OPTIONS" {
		t.Errorf("%s %v", a.Status, a.Header)
	}
	const class = "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete"
	if a := c.get("/api/conformance"); !strings.Contains(string(a.body), class) {
		t.Errorf("%s", a.body)
	}
	closed := newCounter(t, func(s *web.Survey) { s.Access = web.AccessNone })
	allow(closed, dotItems, "GET, HEAD, OPTIONS")
	closed.edit("POST", dotItems, body, 405, nil)
	if a := closed.get("/api/conformance"); strings.Contains(string(a.body), class) {
		t.Errorf("%s", a.body)
	}
}

// TestEditsFollowTheOpenAPI holds answers against the definition.
func TestEditsFollowTheOpenAPI(t *testing.T) {
	c := newCounter(t)
	_, v := c.definition()
	if ok, errs := v.ValidateDocument(); !ok {
		t.Errorf("%v", errs)
	}
	check := func(method, path, kind, body, match string, status int) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, c.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", kind)
		if match != "" {
			request.Header.Set("If-Match", match)
		}
		response, err := c.http.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != status {
			t.Fatalf("%s %s: %s", method, path, response.Status)
		}
		if ok, errs := v.ValidateHttpResponse(request, response); !ok {
			for _, e := range errs {
				t.Errorf("%s %s: %s: %s %+v", method, path, e.Message, e.Reason, e.SchemaValidationErrors)
			}
		}
		if status >= 400 {
			return
		}
		request.Body = http.NoBody
		if body != "" {
			again := request.Clone(t.Context())
			again.Body, again.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
			request = again
		}
		if ok, errs := v.ValidateHttpRequest(request); !ok {
			for _, e := range errs {
				t.Errorf("%s %s as a request: %s: %s %+v", method, path, e.Message, e.Reason, e.SchemaValidationErrors)
			}
		}
	}
	check("POST", dotItems, geoJSON, dotBody(`{"type":"Point","coordinates":[120.9,32]}`, `{"code":"O1","kind":null,"position_quality":null}`), "", 201)
	check("POST", dotItems, geoJSON, dotBody("null", `{"colour":1}`), "", 422)
	check("POST", dotItems, geoJSON, dotBody("null", `{"code":"O1"}`), "", 409)
	var page struct{ Features []edited }
	c.read(dotItems+"?code=O1", &page)
	f := page.Features[0]
	got := c.get(dotItem(f.ID))
	tag := got.Header.Get("ETag")
	check("PUT", dotItem(f.ID), geoJSON, string(got.body), tag, 200)
	check("PATCH", dotItem(f.ID), merge, `{"properties":{"size":3}}`, tag, 200)
	check("DELETE", dotItem(f.ID), geoJSON, "", tag, 412)
	check("DELETE", dotItem(f.ID), geoJSON, "", "", 428)
	tag = c.get(dotItem(f.ID)).Header.Get("ETag")
	check("DELETE", dotItem(f.ID), geoJSON, "", tag, 204)
}
