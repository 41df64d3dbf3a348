package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"onemap/data/survey"
	"onemap/data/upload"
	"onemap/web"
)

// TestReportOverHTTP takes every file of a report.
func TestReportOverHTTP(t *testing.T) {
	c := newCounter(t)
	b := c.bring("点.geojson", dots(dot("A1", "z", 120.9, 32), dot("A2", "a", 120.91, 32)), nil)
	c.refused(c.path(b.ID, "/report/summary.xlsx"), 409, "conflict", "") // not checked yet
	c.check(b.ID)
	var list struct {
		Files []struct {
			Name, Href string
			MediaType  string `json:"media_type"`
		}
	}
	c.read(c.path(b.ID, "/report"), &list)
	if len(list.Files) != 5 {
		t.Fatalf("%+v", list)
	}
	for _, f := range list.Files {
		a := c.get(f.Href)
		if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != f.MediaType || len(a.body) == 0 || a.Header.Get("Content-Length") != fmt.Sprint(len(a.body)) {
			t.Errorf("%s: %s %v", f.Name, a.Status, a.Header)
		}
		if how := a.Header.Get("Content-Disposition"); strings.HasPrefix(how, "inline") != (f.Name == "signoff.html") || !strings.Contains(how, "filename") {
			t.Errorf("%s: %s", f.Name, how)
		}
		switch filepath.Ext(f.Name) {
		case ".xlsx":
			if _, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body))); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		case ".json":
			if !json.Valid(a.body) {
				t.Errorf("%s is no JSON", f.Name)
			}
		case ".gpkg":
			if !bytes.HasPrefix(a.body, []byte("SQLite format 3")) {
				t.Errorf("%s is no GeoPackage", f.Name)
			}
		case ".html":
			if p := a.Header.Get("Content-Security-Policy"); strings.Contains(p, "script") || !strings.Contains(p, "default-src 'none'") {
				t.Errorf("policy %q", p)
			}
		}
	}
	c.refused(c.path(b.ID, "/report/passwd"), 404, "not_found", "")
}

func TestRefusedBatches(t *testing.T) {
	c := newCounter(t)
	id := c.upload("a.geojson", dots(dot("A1", "a", 120.9, 32)))
	tests := []struct {
		name   string
		body   string
		status int
		field  string
	}{
		{"no JSON", "{", 400, ""},
		{"nothing", "", 400, ""},
		{"an unknown member", `{"uplaod":"x"}`, 400, "uplaod"},
		{"a wrong type", `{"upload":1}`, 400, "upload"},
		{"no layer", `{"upload":"` + id + `"}`, 400, "layer"},
		{"an unknown layer", `{"upload":"` + id + `","layer":"nothing"}`, 404, "layer"},
		{"no such upload", `{"upload":"../../x","layer":"dot"}`, 404, ""},
		{"another's source as scope", `{"upload":"` + id + `","layer":"dot","source":"a","scope":"source:b"}`, 400, "scope"},
		{"a county of a layer without", `{"upload":"` + id + `","layer":"dot","scope":"area:320623"}`, 400, "scope"},
		{"an odd scope", `{"upload":"` + id + `","layer":"dot","scope":"everything"}`, 400, "scope"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := c.send(http.MethodPost, "/batches", []byte(tt.body), "Content-Type", "application/json")
			var p problem
			if err := json.Unmarshal(a.body, &p); err != nil || a.StatusCode != tt.status || p.Field != tt.field {
				t.Errorf("%s %s", a.Status, a.body)
			}
		})
	}
	if a := c.send(http.MethodPost, "/batches", []byte(`{}`), "Content-Type", "text/plain"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a form's content type: %s", a.Status)
	}
}

// TestStopEndsChecks stops a server while it checks and is watched: it stops, and the next
// one tells of the check that was broken off.
func TestStopEndsChecks(t *testing.T) {
	w := newWorld(t)
	home := t.TempDir()
	in, err := survey.NewIntake(w.store, home)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := upload.Open(filepath.Join(home, "parts"), upload.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	server, err := web.New(web.Config{Survey: &web.Survey{Intake: in, Store: w.store, Uploads: parts, Access: web.AccessLocal}}, w.cat, w.store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	c := &counter{&world{t: t, dsn: w.dsn, cat: w.cat, store: w.store, http: w.http, url: "http://" + listener.Addr().String(), server: server}, home}
	var many []string
	for i := range 60_000 {
		many = append(many, dot(fmt.Sprint("N", i), "a", 120.9+float64(i)/1e6, 32))
	}
	b := c.bring("many.geojson", dots(many...), nil)
	c.ask(http.MethodPost, c.path(b.ID, "/check"), nil, http.StatusAccepted, nil)
	ended := make(chan []event, 1)
	go func() { ended <- c.listen(b.ID) }()
	for {
		if c.read(c.path(b.ID, ""), &b); b.Check.State == "running" && b.Way[len(b.Way)-1].Note == "check begun" {
			break
		}
	}
	stop()
	if err := <-served; err != nil {
		t.Fatal(err)
	}
	list := <-ended
	if last := list[len(list)-1]; last.State != "broken_off" {
		t.Errorf("who watches is told %+v", last)
	}
	after := counterOn(t, w, home)
	after.read(after.path(b.ID, ""), &b)
	if b.Check == nil || b.Check.State != "broken_off" || b.State != "parsed" {
		t.Errorf("%+v", b.Check)
	}
}
