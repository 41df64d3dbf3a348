package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// mergePatchType is the media type of RFC 7396.
const mergePatchType = "application/merge-patch+json"

// findingsMost is how many faults of a record are listed.
const findingsMost = 100

// postItem makes a record (OGC 20-002, Create).
func (s *Server) postItem(w http.ResponseWriter, r *http.Request) error {
	e, err := s.newEditing(r)
	if err != nil {
		return err
	}
	if e.view.Requires() {
		return fault.New(fault.Forbidden, "You may not make records of the layer %s: they need more than you may see.", e.view.ID)
	}
	feature, status, err := s.featureIn(r, geoJSONType, jsonType)
	if err != nil {
		return s.refuse(w, r, status, err)
	}
	if err := checkFeature(feature, 0); err != nil {
		return err
	}
	return e.write(w, r, feature)
}

// putItem replaces a record (Replace). Fields that the reader can't see stay as they are.
func (s *Server) putItem(w http.ResponseWriter, r *http.Request) error {
	return s.editItem(w, r, func(e *editing) (map[string]any, int, error) {
		feature, status, err := s.featureIn(r, geoJSONType, jsonType)
		if err == nil {
			err = checkFeature(feature, e.id)
		}
		return feature, status, err
	})
}

// patchItem changes some of a record (Update), by a JSON merge patch of the feature: null
// takes a value away. A place that is changed without a word about its quality is taken
// to be picked on an image.
func (s *Server) patchItem(w http.ResponseWriter, r *http.Request) error {
	return s.editItem(w, r, func(e *editing) (map[string]any, int, error) {
		patch, status, err := s.featureIn(r, mergePatchType)
		if err != nil {
			return nil, status, err
		}
		feature, _ := mergePatch(e.before, patch).(map[string]any)
		properties, _ := feature["properties"].(map[string]any)
		if _, moves := patch["geometry"]; moves && !reflect.DeepEqual(feature["geometry"], e.before["geometry"]) {
			said, _ := patch["properties"].(map[string]any)
			if _, ok := said["position_quality"]; !ok {
				delete(properties, "position_quality")
			}
		}
		if properties == nil {
			feature["properties"] = map[string]any{}
		}
		if _, ok := feature["geometry"]; !ok {
			feature["geometry"] = nil
		}
		return feature, 0, checkFeature(feature, e.id)
	})
}

// deleteItem takes a record away (Delete). Its versions stay in the layer's history.
func (s *Server) deleteItem(w http.ResponseWriter, r *http.Request) error {
	e, err := s.newEditing(r)
	if err != nil {
		return err
	}
	if status, err := e.take(w, r); err != nil {
		return s.refuse(w, r, status, err)
	}
	_, err = s.desk.Store.Edit(r.Context(), data.Edit{Layer: e.view.ID, ID: e.id, Version: e.version, By: importer})
	if err != nil {
		return s.refuse(w, r, statusOfEdit(err), err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// editing is the edit of one record on its way.
type editing struct {
	server  *Server
	view    *layers.View
	crs     geo.CRS
	id      int64 // 0: a new record
	version int64
	before  map[string]any // the feature as it is, in crs
	at      positions
}

func (s *Server) newEditing(r *http.Request) (*editing, error) {
	v, err := s.view(r)
	if err != nil {
		return nil, err
	}
	if params, err := parseQuery(r); err != nil {
		return nil, err
	} else if len(params) > 0 {
		return nil, fault.In(slices.Sorted(maps.Keys(params))[0], "An edit has no parameters.")
	}
	crs, err := contentCRS(r)
	if err != nil {
		return nil, err
	}
	return &editing{server: s, view: v, crs: crs, at: positions{crs: crs}}, nil
}

// editItem edits a record that there is, by the feature that wanted makes of the request.
func (s *Server) editItem(w http.ResponseWriter, r *http.Request, wanted func(*editing) (map[string]any, int, error)) error {
	e, err := s.newEditing(r)
	if err != nil {
		return err
	}
	if status, err := e.take(w, r); err != nil {
		return s.refuse(w, r, status, err)
	}
	feature, status, err := wanted(e)
	if err != nil {
		return s.refuse(w, r, status, err)
	}
	return e.write(w, r, feature)
}

// take reads the record as it is and checks that it is of a version that If-Match names.
func (e *editing) take(w http.ResponseWriter, r *http.Request) (status int, err error) {
	if e.id, err = strconv.ParseInt(pathValue(r, "id"), 10, 64); err != nil || e.id <= 0 {
		return 0, fault.New(fault.NotFound, "The layer %s has no record %.30q; ids are whole numbers.", e.view.ID, pathValue(r, "id"))
	}
	versions := versionsIn(r.Header.Values("If-Match"))
	if versions == nil {
		return http.StatusPreconditionRequired, fault.In("If-Match", "Say by If-Match which version of the record you have seen: the ETag that came with it. * is not enough.")
	}
	item, err := e.server.store.Item(r.Context(), e.view, e.id, e.crs)
	if err != nil {
		return 0, err
	}
	stored := item
	if e.crs.Projected() {
		if stored, err = e.server.store.Item(r.Context(), e.view, e.id, geo.CRS84); err != nil {
			return 0, err
		}
	}
	version := versionOf(item)
	if !slices.Contains(versions, version) || versionOf(stored) != version {
		return http.StatusPreconditionFailed, fault.New(fault.Conflict, "The record is of another version by now. Read it again and repeat the change.")
	}
	if e.version, err = strconv.ParseInt(version, 10, 64); err != nil {
		return 0, fault.Wrap(err, fault.Internal, "A record has no version.")
	}
	text, err := appendFeature(nil, item, e.crs)
	if err != nil {
		return 0, err
	}
	if e.before, err = decodeObject(append(text, '}')); err != nil {
		return 0, fault.Wrap(err, fault.Internal, "A record can't be read.")
	}
	return 0, e.at.keeping(item.WKB, stored.WKB)
}

// write checks the wanted feature, writes it and answers with the record as it is then.
func (e *editing) write(w http.ResponseWriter, r *http.Request, feature map[string]any) error {
	s := e.server
	g, err := e.at.geometry(feature["geometry"])
	if err != nil {
		return err
	}
	revision := layers.Revision{Geometry: g, Datum: e.crs.Datum, Now: time.Now(), Moved: true}
	revision.Properties, _ = feature["properties"].(map[string]any)
	if e.before != nil {
		revision.Before, _ = e.before["properties"].(map[string]any)
		revision.Moved = !reflect.DeepEqual(feature["geometry"], e.before["geometry"])
	}
	var findings []layers.Finding
	id, status := e.id, http.StatusOK
	if e.before == nil || revision.Moved || !e.same(revision.Properties) {
		record, stays, found := e.view.Revise(revision)
		if !record.Faulty && e.view.Elsewhere(revision, stays) {
			more, err := s.desk.Store.CheckRecord(r.Context(), e.view.ID, record)
			if err != nil {
				return err
			}
			found = append(found, e.view.Seen(more)...)
		}
		if slices.ContainsFunc(found, func(f layers.Finding) bool { return f.Severity == layers.SeverityError }) {
			return e.faulty(w, r, found)
		}
		done, err := s.desk.Store.Edit(r.Context(), data.Edit{Layer: e.view.ID, ID: e.id, Version: e.version, Record: &record, Kept: stays, By: importer})
		if err != nil {
			return s.refuse(w, r, statusOfEdit(err), err)
		}
		id, findings = done.ID, found
		if e.id == 0 {
			status = http.StatusCreated
		}
	}
	return e.answer(w, r, id, status, findings)
}

// same reports whether properties are those of the record as it is; one that is missing is null.
func (e *editing) same(properties map[string]any) bool {
	before, _ := e.before["properties"].(map[string]any)
	for name := range properties {
		if _, known := before[name]; !known {
			return false
		}
	}
	for _, f := range e.view.Columns() {
		if value, said := properties[f.Name]; e.view.Written(f) || said {
			if !reflect.DeepEqual(value, before[f.Name]) {
				return false
			}
		}
	}
	return true
}

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

// featureIn reads a request's JSON object of one of some media types.
func (s *Server) featureIn(r *http.Request, kinds ...string) (object map[string]any, status int, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(kinds, kind) {
		return nil, http.StatusUnsupportedMediaType, fault.In("Content-Type", "The request is a GeoJSON feature with the content type %s.", strings.Join(kinds, " or "))
	}
	text, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, 0, fault.New(fault.TooLarge, "The request is larger than %d bytes.", large.Limit)
	case err != nil:
		return nil, 0, fault.Wrap(err, fault.Cancelled, "The request broke off")
	}
	object, err = decodeObject(text)
	return object, 0, err
}

// decodeObject reads a JSON object, numbers as json.Number. The error is Invalid.
func decodeObject(text []byte) (object map[string]any, err error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Invalid, "The request is not in UTF-8.")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fault.New(fault.Invalid, "The request is no JSON: %.100s.", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fault.New(fault.Invalid, "The request is one JSON object; something follows it.")
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fault.New(fault.Invalid, "The request is a JSON object.")
	}
	return object, nil
}

// checkFeature checks the members of a GeoJSON feature (RFC 7946, section 3.2); id is 0
// where the server gives it.
func checkFeature(feature map[string]any, id int64) error {
	if feature["type"] != "Feature" {
		return fault.In("type", "The request is a GeoJSON object of the type Feature.")
	}
	for _, name := range slices.Sorted(maps.Keys(feature)) {
		switch name {
		case "type", "geometry", "properties", "bbox", "links", "findings":
		case "id":
			if given, ok := feature["id"].(json.Number); id != 0 && (!ok || string(given) != strconv.FormatInt(id, 10)) {
				return fault.In("id", "The feature has another id than the address, which is of the record %d.", id)
			}
		case "crs":
			return fault.In("crs", "GeoJSON has no crs; say the coordinate system in the header Content-Crs.")
		default:
			return fault.In(name, "A feature has no member of this name; fields are in properties.")
		}
	}
	for _, name := range []string{"geometry", "properties"} {
		value, said := feature[name]
		if _, object := value.(map[string]any); !said || !object && value != nil {
			return fault.In(name, "A feature has the member %s, an object or null.", name)
		}
	}
	return nil
}

// mergePatch applies a JSON merge patch (RFC 7396, section 2). Neither argument is changed.
func mergePatch(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	object, _ := target.(map[string]any)
	if object = maps.Clone(object); object == nil {
		object = map[string]any{}
	}
	for name, value := range changes {
		if value == nil {
			delete(object, name)
		} else {
			object[name] = mergePatch(object[name], value)
		}
	}
	return object
}
