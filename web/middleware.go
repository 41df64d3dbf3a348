package web

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"time"
)

// note is what a request writes down about itself for its log line and problems. It is the
// request's context too.
type note struct {
	context.Context
	id     string
	route  string // name of the route, for metrics; empty where none matched
	err    error
	status int // set where it is not what was sent, as for a client that left
}

type noteKey struct{}

// Value finds the note itself and what the context before it has.
func (n *note) Value(key any) any {
	if _, asked := key.(noteKey); asked {
		return n
	}
	return n.Context.Value(key)
}

// noteOf returns the request's note, or nil outside a request.
func noteOf(ctx context.Context) *note {
	n, _ := ctx.Value(noteKey{}).(*note)
	return n
}

// RequestID returns the id of the request that ctx belongs to, or nothing outside one.
func RequestID(ctx context.Context) string {
	if n := noteOf(ctx); n != nil {
		return n.id
	}
	return ""
}

// observe is the outermost layer: it gives the request its id, catches panics, and
// writes one log line and the metrics when the request is over.
func (s *Server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		n := &note{Context: r.Context(), id: requestID(r)}
		r = r.WithContext(n)
		out := &recorder{ResponseWriter: w}
		s.metrics.begin()
		defer func() {
			abort := s.recovered(out, r, recover())
			status := out.status
			if n.status != 0 {
				status = n.status
			}
			if status == 0 {
				status = http.StatusOK
			}
			took := time.Since(begun)
			s.metrics.end(n.route, r.Method, status, took)
			s.logRequest(r, n, status, out.bytes, took)
			if abort {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(out, r)
	})
}

// recovered answers a request whose handler panicked. Where the answer had begun, it
// reports that the connection must be broken off, so that nobody takes half for whole.
func (s *Server) recovered(out *recorder, r *http.Request, broken any) (abort bool) {
	if broken == nil {
		return false
	}
	if broken == http.ErrAbortHandler { // a handler's own wish; it has left its error in the note
		return true
	}
	n := noteOf(r.Context())
	n.err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
	if out.status != 0 {
		n.status = http.StatusInternalServerError
		return true
	}
	s.fail(out, r, n.err)
	return false
}

// logRequest writes the one line of a request. What was asked is only told where
// something of ours went wrong: queries may hold people's names.
func (s *Server) logRequest(r *http.Request, n *note, status int, bytes int64, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case status < http.StatusBadRequest && n.route == "tile":
		level = slog.LevelDebug // there are too many to tell each
	}
	if !s.log.Enabled(r.Context(), level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("request_id", n.id),
		slog.String("method", r.Method),
		slog.String("path", r.URL.Path),
		slog.String("route", n.route),
		slog.Int("status", status),
		slog.Int64("bytes", bytes),
		slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("remote", r.RemoteAddr),
	}
	if n.err != nil {
		attrs = append(attrs, slog.String("error", n.err.Error()))
	}
	if level == slog.LevelError {
		attrs = append(attrs, slog.String("query", r.URL.RawQuery))
	}
	s.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// limit puts a time limit on the request and a size limit on its body.
func (s *Server) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		longest := s.config.RequestLimit
		if exportAsked(r) {
			longest = s.config.ExportLimit
		}
		ctx, cancel := context.WithTimeout(r.Context(), longest)
		defer cancel()
		r = r.WithContext(ctx)
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, s.config.BodyLimit)
		}
		next.ServeHTTP(w, r)
	})
}

// requestID takes over the id that a proxy gave if it is harmless, else makes one of 16
// hexadecimal digits. It is no secret.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	if harmless(id) {
		return id
	}
	const digits = "0123456789abcdef"
	var b [16]byte
	for i, n := 0, rand.Uint64(); i < len(b); i, n = i+1, n>>4 {
		b[i] = digits[n&15]
	}
	return string(b[:])
}

func harmless(id string) bool {
	const longest = 64
	if id == "" || len(id) > longest {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_', c == '.':
		default:
			return false
		}
	}
	return true
}

// recorder remembers what was sent. Unwrap lets http.ResponseController through.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader remembers the status.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts the bytes.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.bytes += int64(n)
	return n, err
}

// Unwrap returns the writer below.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
