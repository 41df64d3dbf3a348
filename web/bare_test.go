package web

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// bare is a Server around one handler, without layers or a database.
func bare(config Config, log io.Writer, h http.HandlerFunc) *Server {
	config.fill()
	s := &Server{config: config, log: slog.New(slog.NewJSONHandler(log, nil)), metrics: newMetrics("1", "", nil)}
	s.handler = s.observe(secure(s.share(s.limit(h))))
	return s
}

func TestRequestIDs(t *testing.T) {
	var log bytes.Buffer
	var inner string
	s := bare(Config{}, &log, func(_ http.ResponseWriter, r *http.Request) { inner = RequestID(r.Context()) })
	tests := []struct {
		name, given string
		kept        bool
	}{
		{"none", "", false},
		{"harmless", "abc-123_4.5", true},
		{"too long", strings.Repeat("a", 65), false},
		{"a line break", "abc\r\nX-Evil: 1", false},
		{"other letters", "号", false},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header["X-Request-Id"] = []string{tt.given}
			w := httptest.NewRecorder()
			log.Reset()
			s.handler.ServeHTTP(w, r)
			id := w.Header().Get("X-Request-Id")
			if (id == tt.given) != tt.kept || id != inner || seen[id] || !strings.Contains(log.String(), `"request_id":"`+id+`"`) {
				t.Errorf("id %q, inside %q, log %s", id, inner, &log)
			}
			seen[id] = true
		})
	}
}

func TestRequestsHaveATimeLimit(t *testing.T) {
	s := bare(Config{RequestLimit: 10 * time.Millisecond}, io.Discard, nil)
	var ended error
	h := s.limit(s.named("slow", func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		ended = r.Context().Err()
		return ended
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if !errors.Is(ended, context.DeadlineExceeded) || w.Code != 503 {
		t.Errorf("%v, %d %s", ended, w.Code, w.Body)
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	var err error
	s := bare(Config{BodyLimit: 10}, io.Discard, func(_ http.ResponseWriter, r *http.Request) { _, err = io.ReadAll(r.Body) })
	s.handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", 11))))
	var large *http.MaxBytesError
	if !errors.As(err, &large) {
		t.Errorf("11 of 10 bytes were read: %v", err)
	}
}

func TestOtherMethods(t *testing.T) {
	router := bare(Config{}, io.Discard, nil).router()
	for method, status := range map[string]int{"POST": 405, "PUT": 405, "DELETE": 405, "PATCH": 405, "BREW": 405, "OPTIONS": 204} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(method, "/api/collections", nil))
		if w.Code != status || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("%s: %d %v", method, w.Code, w.Header())
		}
	}
}

func TestMetricsCountRequests(t *testing.T) {
	s := bare(Config{}, io.Discard, nil)
	h := s.observe(s.router())
	for _, method := range []string{"GET", "GET", "BREW"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(method, "/healthz", nil))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/nowhere/at/all", nil))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`onemap_http_requests_total{method="GET",route="healthz",status="200"} 2`,
		`onemap_http_requests_total{method="other",route="none",status="405"} 1`,
		`onemap_http_requests_total{method="GET",route="none",status="404"} 1`,
		`onemap_build_info{revision="",version="1"} 1`, "go_goroutines", "process_open_fds",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(w.Body.String(), "nowhere") {
		t.Error("a stranger's address has become a label")
	}
}
