package web

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

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
