package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"onemap/layers"
	"onemap/layers/fault"
)

// problem is an error as a client gets it: problem details of RFC 9457, with the
// project's code, the parameter at fault and the request's id as extension members.
// The type is about:blank, so the title is the status' own phrase, but for the exceptions
// that OGC API Processes names.
type problem struct {
	Type      string     `json:"type"`
	Title     string     `json:"title"`
	Status    int        `json:"status"`
	Detail    string     `json:"detail"`
	Code      fault.Code `json:"code"`
	Field     string     `json:"field,omitempty"`
	RequestID string     `json:"request_id,omitempty"`

	Findings []layers.Finding `json:"findings,omitempty"` // all faults of a record, where that is the problem
}

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// retryAfter is the number of seconds after which a client may ask again in an outage.
const retryAfter = "5"

// statusClientGone stands in logs and metrics for a client that left before its answer.
const statusClientGone = 499

// statusOf maps the codes of faults to HTTP statuses, at this one place.
func statusOf(code fault.Code) int {
	switch code {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Unsupported:
		return http.StatusNotImplemented
	case fault.Cancelled:
		return statusClientGone
	}
	return http.StatusInternalServerError
}

// fail answers a request with an error. Only the fault's own sentence goes out; its
// cause, such as a driver's text, goes to the log. A client that has left gets nothing.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	code := fault.CodeOf(err)
	message, field := fault.MessageOf(err)
	switch {
	case errors.Is(r.Context().Err(), context.Canceled):
		code = fault.Cancelled
	case errors.Is(r.Context().Err(), context.DeadlineExceeded):
		code, field = fault.Unavailable, ""
		message = "The answer took longer than " + s.config.RequestLimit.String() + " and was stopped. Ask for less, or try again."
	case code == fault.Cancelled: // something within gave up, not the client
		code, field = fault.Unavailable, ""
		message = "A part that is needed did not answer in time. Try again shortly."
	}
	status := statusOf(code)
	if note := noteOf(r.Context()); note != nil {
		note.err = err
		note.status = status
	}
	if code == fault.Cancelled {
		return
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", retryAfter)
	}
	s.writeProblem(w, r, problem{Status: status, Detail: message, Code: code, Field: field})
}

// writeProblem sends a problem and fills in what every problem has. Headers that spoke
// of the answer that did not come are taken off.
func (s *Server) writeProblem(w http.ResponseWriter, r *http.Request, p problem) {
	p.Type, p.Title = cmp.Or(p.Type, "about:blank"), cmp.Or(http.StatusText(p.Status), p.Title)
	if note := noteOf(r.Context()); note != nil {
		p.RequestID = note.id
	}
	body, err := json.Marshal(p)
	if err != nil { // strings and a number always marshal
		slog.Error("a problem could not be written", "error", err)
		body = nil
	}
	h := w.Header()
	for name, values := range secured { // which a tile does without, as without its request's id
		if h[name] == nil {
			h[name] = values
		}
	}
	h.Set("X-Request-Id", p.RequestID)
	for _, name := range []string{"ETag", "Last-Modified", "Content-Encoding", "Content-Length", "Content-Crs", "Link"} {
		h.Del(name)
	}
	h.Set("Content-Type", problemType)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Language", "en")
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}
