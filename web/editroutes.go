package web

import (
	"net/http"

	"github.com/gorilla/mux"

	"onemap/layers"
	"onemap/web/openapi"
)

// editConformance are the requirement classes of OGC API Features Part 4 (20-002).
var editConformance = []string{
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/features",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
	"http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
}

// editable reports whether there is anyone who may edit.
func (s *Server) editable() bool { return s.desk != nil && s.desk.Access != AccessNone }

// editRoutes are the routes that change single records.
func (s *Server) editRoutes() []surveyRoute {
	if !s.editable() {
		return nil
	}
	const items, item = "/api/collections/{layer}/items", "/api/collections/{layer}/items/{id}"
	return []surveyRoute{
		{http.MethodPost, "item create", items, s.guarded(s.postItem), false},
		{http.MethodPut, "item replace", item, s.guarded(s.putItem), false},
		{http.MethodPatch, "item update", item, s.guarded(s.patchItem), false},
		{http.MethodDelete, "item delete", item, s.guarded(s.deleteItem), false},
		{http.MethodOptions, "items options", items, options("GET, HEAD, POST, OPTIONS", "Accept-Post", geoJSONType+", "+jsonType), false},
		{http.MethodOptions, "item options", item, options("GET, HEAD, PUT, PATCH, DELETE, OPTIONS", "Accept-Patch", mergePatchType), false},
	}
}

// options says which methods an address answers to, and what it takes.
func options(methods, header, types string) handler {
	return func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", methods)
		w.Header().Set(header, types)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

// addEditRoutes puts the table into force.
func (s *Server) addEditRoutes(router *mux.Router) {
	for _, rt := range s.editRoutes() {
		router.Path(rt.pattern).Methods(rt.method).Name(rt.name).Handler(s.limit(s.named(rt.name, rt.handler)))
	}
}

const tagEdit = "edit"

// describeEdits adds the edits of each layer to the definition.
func describeEdits(doc *openapi.Document, views []*layers.View) {
	doc.Tags = append(doc.Tags, openapi.Tag{
		Name: tagEdit, Description: "Single records made, replaced, changed and taken away: OGC API Features Part 4. Served to those who may import.",
	})
	for name, description := range map[string]string{
		"forbidden":             "Who asks may not do this; detail says why.",
		"conflict":              "Another record has this key, or the state does not allow it now.",
		"precondition_failed":   "The record is of another version than If-Match says.",
		"unsupported_type":      "The request has another media type.",
		"broken_rules":          "The record breaks the layer's rules; findings lists all that is wrong.",
		"precondition_required": "If-Match is missing.",
	} {
		doc.Components.Responses[name] = body(description, problemType, openapi.Ref("problem"))
	}
	e := importDoc{doc}
	version := headerParameter("If-Match", "The ETag of the record as it was read.", true)
	crs := headerParameter("Content-Crs", "The coordinate system of the request's positions, a URI in angle brackets; CRS84 where it is missing.", false)
	id := pathParameter("id", openapi.Schema{"type": "integer", "format": "int64"})
	for _, v := range views {
		at, title := "/api/collections/"+v.ID+"/items", v.Title.Zh+" "+v.Title.En
		doc.Components.Schemas["edit_"+v.ID] = editSchema(v)
		in := func(kinds ...string) *openapi.Body {
			b := &openapi.Body{Required: true, Content: map[string]openapi.MediaType{}}
			for _, kind := range kinds {
				schema := openapi.Ref("edit_" + v.ID)
				if kind == mergePatchType {
					schema = openapi.Of("object")
				}
				b.Content[kind] = openapi.MediaType{Schema: schema}
			}
			return b
		}
		record := func(text string) openapi.Response {
			return body(text, geoJSONType, openapi.Ref("feature_"+v.ID))
		}
		created := record("It is made.")
		created.Headers = empty("", "Location", "ETag").Headers
		e.edit(http.MethodPost, at, "create_"+v.ID, title, "201", created, in(geoJSONType, jsonType), crs)
		e.edit(http.MethodPut, at+"/{id}", "replace_"+v.ID, title, "200", record("The record as it is now."), in(geoJSONType, jsonType), id, version, crs)
		e.edit(http.MethodPatch, at+"/{id}", "update_"+v.ID, title, "200", record("The record as it is now."), in(mergePatchType), id, version, crs)
		e.edit(http.MethodDelete, at+"/{id}", "delete_"+v.ID, title, "204", empty("It is taken away."), nil, id, version)
	}
}

// edit adds one operation.
func (i importDoc) edit(method, path, id, summary, status string, answer openapi.Response, in *openapi.Body, parameters ...*openapi.Parameter) {
	i.add(method, path, id, summary, status, answer, in, parameters...)
	item := i.doc.Paths[path]
	o := map[string]*openapi.Operation{http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete}[method]
	o.Tags = []string{tagEdit}
	if in != nil {
		o.Responses["415"], o.Responses["422"] = openapi.ResponseRef("unsupported_type"), openapi.ResponseRef("broken_rules")
	}
	if method != http.MethodPost {
		o.Responses["412"], o.Responses["428"] = openapi.ResponseRef("precondition_failed"), openapi.ResponseRef("precondition_required")
	}
}

// editSchema is the JSON Schema of a feature that is to be written: the fields that must
// be there are those without a default.
func editSchema(v *layers.View) openapi.Schema {
	properties := propertiesSchema(v)
	required := []string{}
	for _, f := range v.Fields {
		if f.Required && f.Default == "" {
			required = append(required, f.Name)
		}
	}
	properties["required"] = required
	schemas := properties["properties"].(openapi.Schema)
	for _, f := range v.Columns() {
		schema, ok := schemas[f.Name].(openapi.Schema)
		if !ok {
			continue
		}
		if !v.Written(f) {
			schema["readOnly"] = true
		}
		if kind, one := schema["type"].(string); one && (f.Default != "" || v.Layer.Field(f.Name) == nil) {
			schema["type"] = []string{kind, "null"}
			if values, ok := schema["enum"].([]any); ok {
				schema["enum"] = append(values, nil)
			}
		}
	}
	feature := featureSchema(properties)
	feature["required"] = []string{"type", "geometry", "properties"}
	return feature
}
