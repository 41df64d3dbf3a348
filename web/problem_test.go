package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"onemap/layers/fault"
)

func TestPanicsBecomeProblems(t *testing.T) {
	var log bytes.Buffer
	s := bare(Config{}, &log, func(http.ResponseWriter, *http.Request) { panic("the secret of the house") })
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/x?name=王", nil))
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Code != 500 || p.Code != fault.Internal {
		t.Errorf("%d %s %v", w.Code, w.Body, err)
	}
	if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "goroutine") {
		t.Errorf("the answer tells too much: %s", w.Body)
	}
	if line := log.String(); !strings.Contains(line, "secret of the house") || !strings.Contains(line, p.RequestID) || !strings.Contains(line, "problem_test.go") {
		t.Errorf("the log tells too little: %s", line)
	}
}

func TestAnswersThatBreakAreNotTakenForWhole(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"a panic in the middle": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, `{"half":`)
			panic("broken")
		},
		"an error in the middle of a stream": func(w http.ResponseWriter, r *http.Request) {
			st := newStream(w, r, jsonType)
			_, _ = st.Write(bytes.Repeat([]byte("x"), heldBack))
			_ = st.fail(r, errors.New("broken"))
		},
	}
	for name, h := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			front := httptest.NewServer(bare(Config{}, &log, h).handler)
			front.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo)
			response, err := front.Client().Get(front.URL)
			if err == nil {
				_, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			front.Close()
			if err == nil {
				t.Error("the client took half an answer for a whole one")
			}
			if !strings.Contains(log.String(), `"status":500`) || !strings.Contains(log.String(), "broken") {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}

func TestStreamHoldsBackUntilItIsSure(t *testing.T) {
	for _, encoding := range []string{"", "gzip"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		st := newStream(w, r, jsonType)
		_, _ = st.Write(bytes.Repeat([]byte("x"), heldBack-1))
		wrong := errors.New("wrong")
		if err := st.fail(r, wrong); err != wrong || w.Body.Len() != 0 {
			t.Errorf("error %v after %d bytes sent", err, w.Body.Len())
		}
		if err := st.finish(r); err != nil || w.Body.Len() == 0 || w.Header().Get("Content-Encoding") != encoding {
			t.Errorf("%v, %d bytes, %v", err, w.Body.Len(), w.Header())
		}
	}
}

func TestProblemsByFault(t *testing.T) {
	s := &Server{config: Config{RequestLimit: time.Second}}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	gone, leave := context.WithCancel(t.Context())
	leave()
	tests := []struct {
		name   string
		ctx    context.Context
		err    error
		status int
		detail string
	}{
		{"invalid", t.Context(), fault.In("limit", "Wrong."), 400, "Wrong."},
		{"not found", t.Context(), fault.New(fault.NotFound, "None."), 404, "None."},
		{"conflict", t.Context(), fault.New(fault.Conflict, "Now not."), 409, "Now not."},
		{"forbidden", t.Context(), fault.New(fault.Forbidden, "No."), 403, "No."},
		{"too large", t.Context(), fault.New(fault.TooLarge, "Less."), 413, "Less."},
		{"unsupported", t.Context(), fault.New(fault.Unsupported, "Not here."), 501, "Not here."},
		{"unavailable", t.Context(), fault.Wrap(errors.New("dial /run/pg"), fault.Unavailable, "Away."), 503, "Away."},
		{"an error without a code", t.Context(), errors.New("SQLSTATE 42P01"), 500, "An internal error has happened."},
		{"too late", late, errors.New("SQLSTATE 57014"), 503, "The answer took longer than 1s"},
		{"given up within", t.Context(), fault.New(fault.Cancelled, "The request was given up"), 503, "A part that is needed"},
		{"the client has left", gone, errors.New("SQLSTATE 57014"), 200, ""}, // nothing is sent
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			w.Header().Set("ETag", `"of the answer that did not come"`)
			s.fail(w, httptest.NewRequest(http.MethodGet, "/", nil).WithContext(tt.ctx), tt.err)
			text := w.Body.String()
			if w.Code != tt.status || !strings.Contains(text, tt.detail) || strings.Contains(text, "SQLSTATE") || strings.Contains(text, "/run/pg") {
				t.Errorf("%d %s", w.Code, text)
			}
			if tt.status == 503 && w.Header().Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			if tt.detail != "" && w.Header().Get("ETag") != "" {
				t.Error("a problem with an ETag")
			}
		})
	}
}
