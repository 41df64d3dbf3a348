package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPageFiles(t *testing.T) {
	root := fstest.MapFS{
		"index.html":          {Data: []byte("<!doctype html><title>map</title>" + strings.Repeat(" ", 500))},
		"assets/app-1a2b.js":  {Data: []byte(strings.Repeat("let a = 1;\n", 500))},
		"assets/app-1a2b.css": {Data: []byte("a{}")},
	}
	p, err := loadPage(root, true, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := bare(Config{}, io.Discard, nil)
	s.page = p
	if s.forms, err = loadForms(); err != nil {
		t.Fatal(err)
	}
	front := httptest.NewServer(s.observe(secure(s.router())))
	defer front.Close()
	tests := []struct {
		path      string
		status    int
		mediaType string
		cache     string
		encoding  string
		policy    string
	}{
		{"/", 200, "text/html; charset=utf-8", "private, no-cache", "gzip", "default-src 'none'; script-src 'self'"},
		{"/assets/app-1a2b.js", 200, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", ""},
		{"/assets/app-1a2b.css", 200, "text/css; charset=utf-8", "public, max-age=31536000, immutable", "", ""},
		{"/assets/other.js", 404, problemType, "no-store", "", ""},
		{"/index.html", 404, problemType, "no-store", "", ""},
		{"/assets/../index.html", 404, problemType, "no-store", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, front.URL+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", "gzip, br")
			response, err := front.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			h := response.Header
			if response.StatusCode != tt.status || h.Get("Content-Type") != tt.mediaType || h.Get("Cache-Control") != tt.cache || h.Get("Content-Encoding") != tt.encoding {
				t.Errorf("%s %v", response.Status, h)
			}
			if !strings.Contains(h.Get("Content-Security-Policy"), tt.policy) || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%v", h)
			}
		})
	}
	unbuilt, err := loadPage(fstest.MapFS{}, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.page = unbuilt
	w := httptest.NewRecorder()
	s.router().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if w.Code != 503 || !strings.Contains(w.Body.String(), "make") {
		t.Errorf("without the page: %d %s", w.Code, w.Body)
	}
}
