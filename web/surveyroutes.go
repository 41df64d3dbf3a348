package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"onemap/layers/fault"
)

// surveyRoute is a line of the table of the import's routes.
type surveyRoute struct {
	method  string
	name    string // for logs and metrics
	pattern string
	handler handler
	long    bool // sees to its own time and size limits
}

// surveyRoutes are the routes of the import; none without a Survey.
func (s *Server) surveyRoutes() []surveyRoute {
	if s.desk == nil {
		return nil
	}
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	return []surveyRoute{
		{http.MethodOptions, "uploads", "/uploads", s.tus(s.optionsUploads), false},
		{post, "uploads", "/uploads", s.tus(s.postUpload), true},
		{http.MethodOptions, "upload", "/uploads/{id}", s.tus(s.optionsUploads), false},
		{http.MethodHead, "upload", "/uploads/{id}", s.tus(s.headUpload), false},
		{patch, "upload", "/uploads/{id}", s.tus(s.patchUpload), true},
		{post, "upload", "/uploads/{id}", s.tus(s.overrideUpload), true},
		{del, "upload", "/uploads/{id}", s.tus(s.deleteUpload), false},

		{get, "batches", "/batches", s.getBatches, false},
		{post, "batches", "/batches", s.postBatch, true},
		{get, "batch", "/batches/{id}", s.getBatch, false},
		{get, "batch encodings", "/batches/{id}/encodings", s.getEncodings, false},
		{put, "batch options", "/batches/{id}/options", s.putOptions, true},
		{post, "batch check", "/batches/{id}/check", s.postCheck, false},
		{del, "batch check", "/batches/{id}/check", s.deleteCheck, false},
		{get, "batch events", "/batches/{id}/events", s.getEvents, true},
		{post, "batch state", "/batches/{id}/state", s.postState, true},
		{get, "findings", "/batches/{id}/findings", s.getFindings, false},
		{get, "comparison", "/batches/{id}/comparison", s.getComparison, true},
		{get, "differences", "/batches/{id}/differences", s.getDifferences, true},
		{get, "report", "/batches/{id}/report", s.getReport, false},
		{get, "report file", "/batches/{id}/report/{file}", s.getReportFile, true},

		{get, "editions", "/editions", s.getEditions, false},
		{get, "edition differences", "/editions/{id}/differences", s.getEditionDifferences, true},
		{post, "edition revert", "/editions/{id}/revert", s.postRevert, true},
	}
}

// addSurveyRoutes puts the import's table into force.
func (s *Server) addSurveyRoutes(router *mux.Router) {
	for _, rt := range s.surveyRoutes() {
		h := http.Handler(s.named(rt.name, s.guarded(rt.handler)))
		if !rt.long {
			h = s.limit(h)
		}
		methods := []string{rt.method}
		if rt.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		// The path first: the router forgets that a path had other methods when the method of
		// a later route fits before its path does not.
		router.Path(rt.pattern).Methods(methods...).Name(rt.name).Handler(h)
	}
}

// allowed lists the methods that an address answers to.
func allowed(router *mux.Router, r *http.Request) string {
	list := []string{}
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		as := *r
		as.Method = method
		var match mux.RouteMatch
		if router.Match(&as, &match) && match.MatchErr == nil {
			list = append(list, method)
		}
	}
	return strings.Join(append(list, http.MethodOptions), ", ")
}

// longer gives a request that works on much more time than others have.
func longer(w http.ResponseWriter, r *http.Request, limit time.Duration) (*http.Request, context.CancelFunc) {
	c := http.NewResponseController(w)
	_ = c.SetWriteDeadline(time.Now().Add(limit + time.Minute)) // not every writer has deadlines
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	return r.WithContext(ctx), cancel
}

// readBody reads a request's JSON object into a value that names all its members.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, into any) error {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != jsonType {
		return fault.In("Content-Type", "The request is a JSON object with the content type application/json.")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, s.config.BodyLimit))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	if err == nil && d.More() {
		err = errors.New("something follows it")
	}
	var large *http.MaxBytesError
	var kindOf *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &large):
		return fault.New(fault.TooLarge, "The request is larger than %d bytes.", large.Limit)
	case errors.As(err, &kindOf):
		return fault.In(kindOf.Field, "A %s does not belong here.", kindOf.Value)
	case errors.Is(err, io.EOF):
		return fault.New(fault.Invalid, "The request is a JSON object; this one is empty.")
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fault.In(strings.Trim(name, `"`), "The request has no member of this name.")
	}
	return fault.New(fault.Invalid, "The request is no JSON object: %.100s", err)
}

// idIn reads a batch's or edition's number.
func idIn(r *http.Request, what string) (int64, error) {
	id, err := strconv.ParseInt(pathValue(r, "id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.New(fault.NotFound, "There is no %s %.30q; they are numbered from 1.", what, pathValue(r, "id"))
	}
	return id, nil
}

// number reads a parameter that is a whole number, 0 where it is missing.
func number(params map[string][]string, name string) (int64, error) {
	text, err := single(params, name)
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.In(name, "%.30q is not a whole number.", text)
	}
	return n, nil
}

// oneOf reads a parameter that is one of some words; empty where it is missing.
func oneOf[T ~string](params map[string][]string, name string, words ...T) (T, error) {
	text, err := single(params, name)
	if err != nil || text == "" || slices.Contains(words, T(text)) {
		return T(text), err
	}
	list := make([]string, len(words))
	for i, word := range words {
		list[i] = string(word)
	}
	return "", fault.In(name, "%.30q is not one of %s.", text, strings.Join(list, ", "))
}

// reply answers with JSON that is not to be kept.
func reply(w http.ResponseWriter, status int, mediaType string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "An answer could not be written.")
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may have left
	return nil
}
