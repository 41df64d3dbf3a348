package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// findingsMost is how many faults of a record are listed.
const findingsMost = 100

// faulty answers with all that is wrong with a record.
func (e *editing) faulty(w http.ResponseWriter, r *http.Request, findings []layers.Finding) error {
	slices.SortStableFunc(findings, func(a, b layers.Finding) int { return rank(a.Severity) - rank(b.Severity) })
	first, detail := findings[0], ""
	if n := len(findings); n > findingsMost {
		detail = " The first " + strconv.Itoa(findingsMost) + " of " + strconv.Itoa(n) + " findings are listed."
		findings = findings[:findingsMost]
	}
	e.server.writeProblem(w, r, problem{
		Status: http.StatusUnprocessableEntity, Code: fault.Invalid, Field: first.Field, Findings: findings,
		Detail: "The record breaks the layer's rules and has not been written. " + first.Message.En + "." + detail,
	})
	return nil
}

func rank(s layers.Severity) int {
	return slices.Index([]layers.Severity{layers.SeverityError, layers.SeverityWarning, layers.SeverityNotice}, s)
}

// answer gives the record as it is, with what was found that did not keep it out.
func (e *editing) answer(w http.ResponseWriter, r *http.Request, id int64, status int, findings []layers.Finding) error {
	item, err := e.server.store.Item(r.Context(), e.view, id, geo.CRS84)
	if err != nil {
		return err
	}
	text, err := appendFeature(nil, item, geo.CRS84)
	if err != nil {
		return err
	}
	at := e.server.base(r) + "/api/collections/" + e.view.ID + "/items/" + strconv.FormatInt(id, 10)
	text = append(text, `,"links":`...)
	if text, err = appendJSON(text, []link{{at, "self", geoJSONType, ""}, {e.server.base(r) + "/api/collections/" + e.view.ID, "collection", jsonType, ""}}); err != nil {
		return err
	}
	if len(findings) > 0 {
		text = append(text, `,"findings":`...)
		if text, err = appendJSON(text, findings); err != nil {
			return err
		}
	}
	h := w.Header()
	if status == http.StatusCreated {
		h.Set("Location", at)
	}
	if r.Method != http.MethodPut { // RFC 9110, 9.3.4: what was put is not what is kept byte by byte
		h.Set("ETag", `"`+versionOf(item)+`"`)
	}
	h.Set("Content-Location", at)
	h.Set("Content-Crs", "<"+geo.CRS84.URI()+">")
	h.Set("Content-Type", geoJSONType)
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '}', '\n')) // the client may have left
	return nil
}

// versionOf is the version of a record as ETags begin with it: its edition. Empty where
// the reader does not see that.
func versionOf(item layers.Item) string {
	for i, f := range item.View.Columns() {
		if n, ok := item.Cell(i).(int64); ok && f.Name == "edition" {
			return strconv.FormatInt(n, 10)
		}
	}
	return ""
}

// versionsIn reads If-Match headers (RFC 9110, section 13.1.1): the versions that their
// strong tags begin with; nil where none is said, or any.
func versionsIn(headers []string) (versions []string) {
	for _, header := range headers {
		for item := range strings.SplitSeq(header, ",") {
			tag := strings.TrimSpace(item)
			switch {
			case tag == "" || tag == "*":
			case len(tag) > 2 && tag[0] == '"' && tag[len(tag)-1] == '"':
				version, _, _ := strings.Cut(tag[1:len(tag)-1], "-")
				versions = append(versions, version)
			default:
				versions = append(versions, "") // a weak tag, or none: it matches nothing
			}
		}
	}
	return versions
}

// statusOfEdit is the status of an edit that failed because the record was of another
// version; 0 leaves it to the fault's code.
func statusOfEdit(err error) int {
	var f *fault.Error
	if errors.As(err, &f) && f.Code == fault.Conflict && f.Field == data.VersionField {
		return http.StatusPreconditionFailed
	}
	return 0
}

// refuse answers with an error under a status of its own; 0 is that of its code.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, status int, err error) error {
	if status == 0 {
		return err
	}
	message, field := fault.MessageOf(err)
	s.writeProblem(w, r, problem{Status: status, Detail: message, Code: fault.CodeOf(err), Field: field})
	return nil
}
