package web_test

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

	"onemap/data"
	"onemap/web"
)

// TestUploadGoesOnAfterACut loses the connection in the middle of a file, then the whole
// program, and brings the rest.
func TestUploadGoesOnAfterACut(t *testing.T) {
	c := newCounter(t)
	text := dots(dot("A1", "a", 120.9, 32), dot("A2", "b", 120.91, 32))
	at := c.announce("点.geojson", len(text))
	half := len(text) / 2
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, c.url+at, io.MultiReader(strings.NewReader(text[:half]), iotest.ErrReader(errors.New("cable pulled"))))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Content-Type", "application/offset+octet-stream")
	r.Header.Set("Upload-Offset", "0")
	r.ContentLength = int64(len(text))
	if response, err := c.http.Client().Do(r); err == nil {
		response.Body.Close()
		t.Fatalf("the cut went unseen: %s", response.Status)
	}
	if a := c.tus(http.MethodPatch, at, []byte(text[:3]), "Upload-Offset", "3"); a.StatusCode != http.StatusConflict && half != 3 {
		t.Errorf("a part at a wrong place: %s", a.Status)
	}
	c.http.Close()
	c.server.Stop()
	c = counterOn(t, c.world, c.home)
	a := c.tus(http.MethodHead, at, nil)
	offset := a.Header.Get("Upload-Offset")
	if a.StatusCode != http.StatusOK || a.Header.Get("Upload-Metadata") != metadata("点.geojson") || a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Upload-Expires") == "" {
		t.Fatalf("%s %v", a.Status, a.Header)
	}
	var p problem
	c.ask(http.MethodPost, "/batches", object{"upload": strings.TrimPrefix(at, "/uploads/"), "layer": "dot"}, http.StatusConflict, &p) // not complete
	var come int
	if err := json.Unmarshal([]byte(offset), &come); err != nil || come > half {
		t.Fatalf("%s of %d have come", offset, half)
	}
	sum := sha1.Sum([]byte(text[come:]))
	if a := c.tus(http.MethodPatch, at, []byte(text[come:]), "Upload-Offset", offset, "Upload-Checksum", "sha1 "+base64.StdEncoding.EncodeToString(make([]byte, 20))); a.StatusCode != 460 {
		t.Errorf("a wrong checksum: %s %s", a.Status, a.body)
	}
	if a := c.tus(http.MethodPatch, at, []byte(text[come:]), "Upload-Offset", offset, "Upload-Checksum", "sha1 "+base64.StdEncoding.EncodeToString(sum[:])); a.StatusCode != http.StatusNoContent {
		t.Fatalf("%s %s", a.Status, a.body)
	}
	var b batch
	c.ask(http.MethodPost, "/batches", object{"upload": strings.TrimPrefix(at, "/uploads/"), "layer": "dot"}, http.StatusCreated, &b)
	if b.State != data.BatchParsed || b.Source != "点.geojson" || b.Reading.Rows != 2 {
		t.Errorf("%+v", b)
	}
}

func TestUploadProtocol(t *testing.T) {
	c := newCounter(t)
	a := c.send(http.MethodOptions, "/uploads", nil)
	if a.StatusCode != http.StatusNoContent || a.Header.Get("Tus-Version") != "1.0.0" || a.Header.Get("Tus-Max-Size") != "67108864" || !strings.Contains(a.Header.Get("Tus-Extension"), "termination") {
		t.Errorf("%s %v", a.Status, a.Header)
	}
	at := c.announce("x", 3)
	tests := []struct {
		name    string
		send    func() answer
		status  int
		headers map[string]string
	}{
		{"another version", func() answer { return c.send(http.MethodPost, "/uploads", nil, "Upload-Length", "3") }, 412, map[string]string{"Tus-Version": "1.0.0"}},
		{"no length", func() answer { return c.tus(http.MethodPost, "/uploads", nil) }, 400, nil},
		{"too large", func() answer { return c.tus(http.MethodPost, "/uploads", nil, "Upload-Length", "67108865") }, 413, nil},
		{"a name that is not base64", func() answer {
			return c.tus(http.MethodPost, "/uploads", nil, "Upload-Length", "3", "Upload-Metadata", "filename %")
		}, 400, nil},
		{"created with its bytes", func() answer {
			return c.tus(http.MethodPost, "/uploads", []byte("abc"), "Upload-Length", "3", "Content-Type", "application/offset+octet-stream")
		}, 201, map[string]string{"Upload-Offset": "3"}},
		{"another content type", func() answer {
			return c.send(http.MethodPatch, at, []byte("a"), "Tus-Resumable", "1.0.0", "Upload-Offset", "0", "Content-Type", "text/plain")
		}, 415, nil},
		{"no offset", func() answer { return c.tus(http.MethodPatch, at, []byte("a")) }, 400, nil},
		{"an unknown checksum", func() answer {
			return c.tus(http.MethodPatch, at, []byte("a"), "Upload-Offset", "0", "Upload-Checksum", "crc32 AAAA")
		}, 400, nil},
		{"more than announced", func() answer { return c.tus(http.MethodPatch, at, []byte("abcd"), "Upload-Offset", "0") }, 413, nil},
		{"none of that name", func() answer { return c.tus(http.MethodHead, "/uploads/nothing", nil) }, 404, nil},
		{"deleted by POST", func() answer {
			return c.tus(http.MethodPost, at, nil, "X-HTTP-Method-Override", "DELETE")
		}, 204, nil},
		{"deleted already", func() answer { return c.tus(http.MethodDelete, at, nil) }, 404, nil},
		{"another method", func() answer { return c.tus(http.MethodPut, at, nil) }, 405, map[string]string{"Allow": "HEAD, POST, PATCH, DELETE, OPTIONS"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := tt.send()
			if a.StatusCode != tt.status || tt.status != 405 && a.Header.Get("Tus-Resumable") != "1.0.0" {
				t.Errorf("%s %v %s", a.Status, a.Header, a.body)
			}
			for name, want := range tt.headers {
				if got := a.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestWhoMayImport asks for something to read and something to write as others would.
func TestWhoMayImport(t *testing.T) {
	local := newCounter(t)
	all := counterOn(t, local.world, t.TempDir(), func(s *web.Survey) { s.Access = web.AccessAll })
	none := counterOn(t, local.world, t.TempDir(), func(s *web.Survey) { s.Access = web.AccessNone })
	tests := []struct {
		name    string
		c       *counter
		headers []string
		want    bool
	}{
		{"a program of this machine", local, nil, true},
		{"a page of this server", local, []string{"Sec-Fetch-Site", "same-origin", "Origin", local.url}, true},
		{"the address bar", local, []string{"Sec-Fetch-Site", "none"}, true},
		{"a page of another site", local, []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
		{"a page of another port", local, []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, false},
		{"another page in an old browser", local, []string{"Origin", "https://evil.example"}, false},
		{"a name that leads here", local, []string{"Host", "evil.example"}, false},
		{"localhost", local, []string{"Host", "localhost:80"}, true},
		{"the sixth version", local, []string{"Host", "[::1]:80"}, true},
		{"a proxy", local, []string{"X-Forwarded-For", "203.0.113.7"}, false},
		{"anyone, allowed", all, []string{"Host", "map.example.cn", "X-Forwarded-For", "203.0.113.7"}, true},
		{"another page, though all are allowed", all, []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"this machine, where nobody may", none, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, ask := range [][2]string{{http.MethodGet, "/batches"}, {http.MethodGet, "/editions"}, {http.MethodPost, "/batches/1/check"}, {http.MethodDelete, "/uploads/x"}} {
				r, err := http.NewRequestWithContext(t.Context(), ask[0], tt.c.url+ask[1], nil)
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Tus-Resumable", "1.0.0")
				for i := 0; i+1 < len(tt.headers); i += 2 {
					r.Header.Set(tt.headers[i], tt.headers[i+1])
				}
				if host := r.Header.Get("Host"); host != "" {
					r.Host = host
				}
				response, err := tt.c.http.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				var p problem
				_ = json.NewDecoder(response.Body).Decode(&p)
				response.Body.Close()
				if got := response.StatusCode != http.StatusForbidden; got != tt.want || !tt.want && (p.Code != "forbidden" || p.Detail == "") {
					t.Errorf("%s %s: %s %+v", ask[0], ask[1], response.Status, p)
				}
			}
		})
	}
}

// TestImportIsInTheOpenAPI holds the document against the table of routes, both ways.
func TestImportIsInTheOpenAPI(t *testing.T) {
	c := newCounter(t)
	_, v := c.definition()
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Errorf("%s: %s", e.Message, e.Reason)
		}
	}
	var doc struct {
		Paths map[string]map[string]struct{ Tags []string }
	}
	c.read("/api/openapi.json", &doc)
	routes := map[string]bool{}
	for _, rt := range c.server.ImportRoutes() {
		routes[strings.ToLower(rt[0])+rt[1]] = true
		if len(doc.Paths[rt[1]][strings.ToLower(rt[0])].Tags) == 0 {
			t.Errorf("%s %s is not in the document", rt[0], rt[1])
		}
	}
	for path, methods := range doc.Paths {
		for method, o := range methods {
			if len(o.Tags) == 1 && o.Tags[0] == "import" && !routes[method+path] {
				t.Errorf("the document has %s %s, which is no route", method, path)
			}
		}
	}
	b := c.bring("a.geojson", dots(dot("A1", "z", 120.9, 32), dot("A2", "a", 120.91, 32)), nil)
	c.check(b.ID)
	for _, path := range []string{
		"/batches?layer=dot&state=checked", c.path(b.ID, ""), c.path(b.ID, "/findings?severity=error"), c.path(b.ID, "/comparison"),
		c.path(b.ID, "/differences?kind=new"), c.path(b.ID, "/report"), "/editions?limit=2", c.path(999, ""), "/batches?state=lost",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := c.http.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if ok, errs := v.ValidateHttpResponse(r, response); !ok {
			for _, e := range errs {
				t.Errorf("%s: %s: %s %+v", path, e.Message, e.Reason, e.SchemaValidationErrors)
			}
		}
		response.Body.Close()
	}
}
