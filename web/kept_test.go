package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// discard is a ResponseWriter that keeps nothing but the head.
type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }

// BenchmarkKeptTile is the whole handler with a tile that is kept, without the connection.
func BenchmarkKeptTile(b *testing.B) {
	w := newFresh(b)
	h := w.server.Handler()
	request := httptest.NewRequest(http.MethodGet, at, nil)
	request.Header.Set("Accept-Encoding", "identity")
	b.ReportAllocs()
	for b.Loop() {
		out := &discard{header: http.Header{}}
		h.ServeHTTP(out, request)
		if out.status != http.StatusOK {
			b.Fatal(out.status)
		}
	}
}
