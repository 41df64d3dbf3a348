package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"

	"onemap/web"
)

// definitions keeps the validators of servers that live on: one takes seconds to make.
var definitions sync.Map // address → validator.Validator

// definition reads the OpenAPI document and a validator made of it.
func (w *world) definition() (paths []string, v validator.Validator) {
	w.t.Helper()
	a := w.get("/api/openapi.json")
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/vnd.oai.openapi+json;version=3.1" {
		w.t.Fatalf("%s %v", a.Status, a.Header)
	}
	if known, ok := definitions.Load(w.url); ok {
		v = known.(validator.Validator)
	} else {
		doc, err := libopenapi.NewDocument(a.body)
		if err != nil {
			w.t.Fatal(err)
		}
		var errs []error
		if v, errs = validator.NewValidator(doc, config.WithFormatAssertions()); len(errs) > 0 {
			w.t.Fatal(errs)
		}
		definitions.Store(w.url, v)
	}
	var raw struct{ Paths map[string]any }
	if err := json.Unmarshal(a.body, &raw); err != nil {
		w.t.Fatal(err)
	}
	for path := range raw.Paths {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths, v
}

func readOpenAPIIsValid(t *testing.T, w *world) {
	_, v := w.definition()
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Errorf("%s: %s %v", e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
}

// readOpenAPISaysWhatRoutesDo holds the document against the table of routes, both ways.
func readOpenAPISaysWhatRoutesDo(t *testing.T, w *world) {
	paths, _ := w.definition()
	server, err := web.New(web.Config{}, w.cat, w.store, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	brace := regexp.MustCompile(`\\\{[a-z]+\\\}`)
	matches := func(pattern, path string) bool {
		return regexp.MustCompile("^" + brace.ReplaceAllString(regexp.QuoteMeta(pattern), "[^/]+") + "$").MatchString(path)
	}
	for _, pattern := range server.Patterns() {
		if pattern != "/api/" && !slices.ContainsFunc(paths, func(path string) bool { return matches(pattern, path) }) {
			t.Errorf("the route %s is not in the document", pattern)
		}
	}
	for _, path := range paths {
		if !slices.ContainsFunc(server.Patterns(), func(pattern string) bool { return matches(pattern, path) }) {
			t.Errorf("the document has %s, which is no route", path)
		}
	}
	if all := strings.Join(paths, " "); strings.Contains(all, "/hidden/") || !strings.Contains(all, "/api/collections/enterprise/items") {
		t.Errorf("paths: %s", all)
	}
}

// readAnswersFollowTheOpenAPI asks for every path of the document and some forms of it,
// and holds request and answer against the document.
func readAnswersFollowTheOpenAPI(t *testing.T, w *world) {
	paths, v := w.definition()
	var c collection
	w.read("/api/collections/dot/items?limit=1&bbox=120.9,31.9,121.1,32.1", &c)
	fill := strings.NewReplacer("{layer}", "dot", "{layers}", "dot", "{z}", "9", "{x}", "428", "{y}", "207",
		"{id}", fmt.Sprint(c.Features[0].ID), "/sprites/{file}", "/sprites/onemap.json", "/docs/{file}", "/docs/docs.css")
	check := func(path string, status int) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := w.http.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != status {
			t.Errorf("%s: %s, want %d: %.300s", path, response.Status, status, body)
			return
		}
		if !strings.Contains(response.Header.Get("Content-Type"), "json") {
			return
		}
		response.Body = io.NopCloser(bytes.NewReader(body))
		if ok, errs := v.ValidateHttpResponse(request, response); !ok {
			for _, e := range errs {
				t.Errorf("%s: %s: %s", path, e.Message, e.Reason)
				for _, s := range e.SchemaValidationErrors {
					t.Errorf("  %s at %s", s.Reason, s.FieldPath)
				}
			}
		}
		if status != http.StatusOK {
			return
		}
		if ok, errs := v.ValidateHttpRequest(request); !ok {
			for _, e := range errs {
				t.Errorf("%s as a request: %s: %s", path, e.Message, e.Reason)
			}
		}
	}
	for _, path := range paths {
		switch {
		case path == "/" || strings.HasPrefix(path, "/assets/"): // the page may not be built
			continue
		case strings.HasSuffix(path, "/items/{id}") && !strings.Contains(path, "/dot/"):
			continue // there may be no such record
		case path == "/events": // goes on for as long as one listens: see TestFreshTiles
			continue
		case path == "/api/search":
			path += "?q=%E5%8C%96%E5%B7%A5"
		}
		check(fill.Replace(path), http.StatusOK)
	}
	for _, path := range []string{
		"/api/collections/dot/items?limit=500", "/api/collections/path/items?limit=250", "/api/collections/plot/items?limit=250&datetime=2021-04-30",
		"/api/collections/dot/items?kind=a,b&bbox=120,31,122,33", "/counts?bbox=120,31,122,33&layers=dot,plot", "/layers/plot/counts?kind=a&size=1/..",
		"/tiles/dot,plot/9/428/207.mvt?kind=a",
	} {
		check(path, http.StatusOK)
	}
	check("/api/collections/dot/items?limit=0", http.StatusBadRequest)
	check("/tiles/dot/23/0/0.mvt", http.StatusBadRequest)
}
