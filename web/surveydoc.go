package web

import (
	"net/http"

	"onemap/data"
	"onemap/web/openapi"
)

const tagImport = "import"

// describeImport adds the import's operations to the definition.
func describeImport(doc *openapi.Document) {
	doc.Tags = append(doc.Tags, openapi.Tag{
		Name: tagImport, Description: "Surveys from a file to an edition. Served to this machine only, unless the program was started with --allow-import, and to pages of this server only.",
	})
	for name, schema := range importSchemas() {
		doc.Components.Schemas[name] = schema
	}
	doc.Components.Responses["forbidden"] = body("Who asks may not import here; detail says why.", problemType, openapi.Ref("problem"))
	doc.Components.Responses["conflict"] = body("The state does not allow it now; detail says why.", problemType, openapi.Ref("problem"))
	i := importDoc{doc}
	i.uploads()
	i.batches()
	i.look()
}

// importDoc adds operations of the import.
type importDoc struct{ doc *openapi.Document }

// add adds one operation. Every operation may fail with a problem.
func (i importDoc) add(method, path, id, summary string, status string, answer openapi.Response, in *openapi.Body, parameters ...*openapi.Parameter) {
	o := &openapi.Operation{
		ID: id, Summary: summary, Tags: []string{tagImport}, Parameters: parameters, Body: in,
		Responses: map[string]openapi.Response{
			status: answer,
			"400":  openapi.ResponseRef("invalid"),
			"403":  openapi.ResponseRef("forbidden"),
			"404":  openapi.ResponseRef("not_found"),
			"409":  openapi.ResponseRef("conflict"),
			"500":  openapi.ResponseRef("internal"),
			"503":  openapi.ResponseRef("unavailable"),
		},
	}
	item := i.doc.Paths[path]
	if item == nil {
		item = &openapi.PathItem{}
		i.doc.Paths[path] = item
	}
	switch method {
	case http.MethodGet:
		item.Get = o
	case http.MethodHead:
		item.Head = o
	case http.MethodPost:
		item.Post = o
	case http.MethodPut:
		item.Put = o
	case http.MethodPatch:
		item.Patch = o
	case http.MethodDelete:
		item.Delete = o
	case http.MethodOptions:
		item.Options = o
	}
}

func empty(description string, headers ...string) openapi.Response {
	r := openapi.Response{Description: description}
	for _, name := range headers {
		if r.Headers == nil {
			r.Headers = map[string]openapi.Header{}
		}
		r.Headers[name] = openapi.Header{Schema: openapi.Of("string")}
	}
	return r
}

func jsonBody(schema openapi.Schema) *openapi.Body {
	return &openapi.Body{Required: true, Content: map[string]openapi.MediaType{jsonType: {Schema: schema}}}
}

func headerParameter(name, description string, required bool) *openapi.Parameter {
	return &openapi.Parameter{Name: name, In: "header", Required: required, Description: description, Schema: openapi.Of("string")}
}

func queryParameter(name, description string, schema openapi.Schema) *openapi.Parameter {
	return &openapi.Parameter{Name: name, In: "query", Description: description, Schema: schema}
}

func (i importDoc) uploads() {
	const note = "Resumable uploads, tus 1.0.0."
	version := headerParameter("Tus-Resumable", "1.0.0", true)
	id := pathParameter("id", openapi.Of("string"))
	bytes := &openapi.Body{Content: map[string]openapi.MediaType{tusType: {}}}
	i.add(http.MethodOptions, "/uploads", "getUploadOptions", "What the upload protocol can do here. "+note, "204", empty("Version, extensions, greatest size.", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"), nil)
	i.add(http.MethodOptions, "/uploads/{id}", "getUploadOptionsOfOne", "What the upload protocol can do here. "+note, "204", empty("Version, extensions, greatest size.", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"), nil, id)
	i.add(http.MethodPost, "/uploads", "createUpload", "Announce a file. "+note, "201", empty("Where its parts go.", "Location", "Upload-Offset", "Upload-Expires"), bytes, version,
		headerParameter("Upload-Length", "Bytes of the whole file.", true), headerParameter("Upload-Metadata", "filename and the name in base64.", false))
	i.add(http.MethodHead, "/uploads/{id}", "getUpload", "How far a file has come", "200", empty("That far.", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires"), nil, id, version)
	i.add(http.MethodPatch, "/uploads/{id}", "appendUpload", "Add bytes to a file. What is acknowledged is on disk.", "204", empty("The new end.", "Upload-Offset", "Upload-Expires"), bytes, id, version,
		headerParameter("Upload-Offset", "Where the bytes belong: the file's present end.", true), headerParameter("Upload-Checksum", "sha1, sha256 or md5 and the value of the part in base64.", false))
	i.add(http.MethodPost, "/uploads/{id}", "appendUploadByPost", "PATCH or DELETE for clients that have POST only", "204", empty("As the method would answer."), bytes, id, version,
		headerParameter("X-HTTP-Method-Override", "PATCH or DELETE", true), headerParameter("Upload-Offset", "As with PATCH.", false))
	i.add(http.MethodDelete, "/uploads/{id}", "deleteUpload", "Give a file up", "204", empty("It is gone."), nil, id, version)
}

func (i importDoc) batches() {
	id := pathParameter("id", openapi.Schema{"type": "integer", "format": "int64"})
	one := body("All that is known of the batch.", jsonType, openapi.Ref("batch"))
	i.add(http.MethodGet, "/batches", "getBatches", "Batches, the newest first", "200", body("A page of batches.", jsonType, openapi.Ref("batches")), nil,
		queryParameter("layer", "Only of this layer.", openapi.Of("string")), queryParameter("state", "Only in this state.", openapi.Schema{"type": "string", "enum": data.BatchStates()}),
		queryParameter("limit", "The most batches of a page.", openapi.Schema{"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}), queryParameter("before", "Batches with a lower number.", openapi.Of("integer")))
	created := one
	created.Headers = map[string]openapi.Header{"Location": {Schema: openapi.Of("string")}}
	i.add(http.MethodPost, "/batches", "createBatch", "Note an uploaded file as a batch of a layer and find out how it is to be understood; open says what a person has to say", "201", created, jsonBody(openapi.Ref("bringing")))
	i.add(http.MethodGet, "/batches/{id}", "getBatch", "One batch: its way, reading, tally, findings by rule and field, what has changed since the last time", "200", one, nil, id)
	i.add(http.MethodPut, "/batches/{id}/options", "putBatchOptions", "Say how the file is to be read, and have it parsed anew", "200", one, jsonBody(openapi.Ref("survey_options")), id)
	i.add(http.MethodGet, "/batches/{id}/encodings", "getBatchEncodings", "A few texts of the file in each character set that it can be read in, to choose by eye; empty where there is no choice", "200", body("The character sets.", jsonType, openapi.Ref("encodings")), nil, id)
	check := body("How far the check is.", jsonType, openapi.Ref("check"))
	i.add(http.MethodPost, "/batches/{id}/check", "startCheck", "Start a check, or join the one that runs", "202", check, nil, id)
	i.add(http.MethodDelete, "/batches/{id}/check", "cancelCheck", "Cancel the check", "200", check, nil, id)
	i.add(http.MethodGet, "/batches/{id}/events", "getCheckEvents", "How the check goes, as server-sent events: progress, and at last end, each with a check as data. 204 to one who knows the end.", "200",
		body("Events.", eventsType, openapi.Of("string")), nil, id, headerParameter("Last-Event-ID", "The last event that is known.", false))
	i.add(http.MethodPost, "/batches/{id}/state", "setBatchState", "Approve, reject with the reason, or publish", "200", one,
		jsonBody(openapi.Schema{"type": "object", "required": []string{"to"}, "additionalProperties": false, "properties": openapi.Schema{
			"to":   openapi.Schema{"type": "string", "enum": []data.BatchState{data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted, data.BatchRejected, data.BatchPublished}},
			"note": openapi.Of("string"),
		}}), id)
	i.add(http.MethodGet, "/editions", "getEditions", "What has been published, the newest first", "200", body("Editions.", jsonType, openapi.Ref("editions")), nil,
		queryParameter("layer", "Only of this layer.", openapi.Of("string")), queryParameter("limit", "How many.", openapi.Schema{"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}))
	i.add(http.MethodPost, "/editions/{id}/revert", "revertEdition", "Take an edition back; this is an edition of its own", "200", body("The edition that takes it back.", jsonType, openapi.Of("object")), nil, id)
}

func (i importDoc) look() {
	id := pathParameter("id", openapi.Schema{"type": "integer", "format": "int64"})
	form := queryParameter("f", "geojson has those with a place, for the map.", openapi.Schema{"type": "string", "enum": []string{formJSON, formGeoJSON}})
	limit := queryParameter("limit", "The most of a page.", openapi.Schema{"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1000})
	withMap := func(schema string) openapi.Response {
		r := body("A page; the link next leads on.", jsonType, openapi.Ref(schema))
		r.Content[geoJSONType] = openapi.MediaType{Schema: openapi.Of("object")}
		return r
	}
	i.add(http.MethodGet, "/batches/{id}/findings", "getFindings", "What checking found, in order", "200", withMap("findings"), nil, id, form, limit,
		queryParameter("rule", "Only of this rule.", openapi.Of("string")), queryParameter("field", "Only in this field.", openapi.Of("string")),
		queryParameter("severity", "Only of this severity.", openapi.Schema{"type": "string", "enum": []string{"error", "warning", "notice"}}),
		queryParameter("row", "Only in this row.", openapi.Of("integer")), queryParameter("after", "Findings with a higher number.", openapi.Of("integer")))
	i.add(http.MethodGet, "/batches/{id}/comparison", "getComparison", "How a checked batch differs from the layer, in numbers", "200", body("The numbers.", jsonType, openapi.Ref("comparison")), nil, id)
	i.add(http.MethodGet, "/batches/{id}/differences", "getDifferences", "The records in which a checked batch differs from the layer", "200", withMap("differences"), nil, id, form, limit,
		queryParameter("kind", "Only of this kind.", openapi.Schema{"type": "string", "enum": []string{"new", "changed", "gone"}}), queryParameter("after", "Those whose key comes later.", openapi.Of("string")))
	i.add(http.MethodGet, "/editions/{id}/differences", "getEditionDifferences", "What an edition did to its layer, record by record", "200", withMap("differences"), nil, id, form, limit,
		queryParameter("kind", "Only of this kind.", openapi.Schema{"type": "string", "enum": []string{"new", "changed", "gone"}}), queryParameter("after", "Those whose key comes later.", openapi.Of("string")))
	i.add(http.MethodGet, "/batches/{id}/report", "getReport", "The files of the report", "200", body("Names, titles and addresses.", jsonType, openapi.Ref("report")), nil, id)
	i.add(http.MethodGet, "/batches/{id}/report/{file}", "getReportFile", "One file of the report", "200", body("The file.", "*/*", nil), nil, id,
		pathParameter("file", openapi.Schema{"type": "string", "enum": []string{"marked.xlsx", "summary.xlsx", "signoff.html", "findings.gpkg", "findings.json"}}))
}

// importSchemas are the schemas of the import's documents.
func importSchemas() map[string]openapi.Schema {
	text, number, whole, flag, both := openapi.Of("string"), openapi.Of("number"), openapi.Of("integer"), openapi.Of("boolean"), openapi.Ref("text")
	object := func(required []string, properties openapi.Schema) openapi.Schema {
		return openapi.Schema{"type": "object", "required": required, "properties": properties}
	}
	orNull := func(s openapi.Schema) openapi.Schema {
		return openapi.Schema{"oneOf": []openapi.Schema{s, openapi.Of("null")}}
	}
	wholeOrNull := openapi.Schema{"type": []string{"integer", "null"}}
	words := openapi.Schema{"type": "object", "additionalProperties": text}
	links, state := openapi.Array(openapi.Ref("link")), openapi.Schema{"type": "string", "enum": data.BatchStates()}
	strict := func(s openapi.Schema) openapi.Schema { s["additionalProperties"] = false; return s }
	placing := strict(object(nil, openapi.Schema{"crs": text, "axis": text, "shift": text, "times": whole, "form": text, "approximate": flag}))
	delete(placing, "required")
	options := strict(object(nil, openapi.Schema{
		"source": text, "encoding": text, "part": text, "positions": openapi.Array(text), "values": words,
		"geometry": openapi.Schema{"type": "string", "description": "another part with the geometries, which are joined to the forms of part by the layer's key"},
		"columns":  openapi.Schema{"type": "object", "additionalProperties": text, "description": "field to column, an empty one for none. Without it the matching that was kept for these headings is used; with it, it is all that is said of the columns, and is kept when the file is checked"},
		"number":   flag, "skip_bad": flag, "placing": placing,
	}))
	delete(options, "required")
	trouble := object([]string{"code", "detail"}, openapi.Schema{"code": text, "field": text, "detail": text})
	brief := openapi.Schema{
		"id": whole, "layer": text, "state": state, "source": text, "scope": text, "file_name": text, "file_hash": text, "file_size": whole, "options": openapi.Of("object"),
		"reading": openapi.Of("object"), "tally": openapi.Of("object"), "staged": wholeOrNull, "kept": openapi.Array(text), "before": wholeOrNull, "edition": wholeOrNull,
		"created_at": openapi.Schema{"type": "string", "format": "date-time"}, "created_by": text, "updated_at": openapi.Schema{"type": "string", "format": "date-time"},
	}
	full := openapi.Schema{
		"way":       openapi.Array(object([]string{"state", "note", "who", "at"}, openapi.Schema{"state": state, "note": text, "who": text, "at": text})),
		"groups":    openapi.Array(object([]string{"rule", "severity", "field", "count", "rows", "example"}, openapi.Schema{"rule": text, "severity": text, "field": text, "count": whole, "rows": whole, "example": both, "hint": both})),
		"since":     orNull(object([]string{"before", "mended", "remain", "new"}, openapi.Schema{"before": whole, "mended": whole, "remain": whole, "new": whole})),
		"check":     orNull(openapi.Ref("check")),
		"open":      orNull(trouble),
		"approvals": openapi.Array(state),
		"links":     links,
		"published": openapi.Of("object"),
	}
	for name, schema := range brief {
		full[name] = schema
	}
	finding := object([]string{"number", "rule", "severity", "layer", "message"}, openapi.Schema{
		"number": whole, "rule": text, "severity": text, "layer": text, "file": text, "row": whole, "field": text, "value": text, "allowed": text,
		"place": openapi.Schema{"type": "array", "items": number, "minItems": 2, "maxItems": 2}, "message": both, "hint": openapi.Of("object"), "repair": text, "object": text, "area": text, "table": text, "count": whole,
	})
	return map[string]openapi.Schema{
		"survey_options": options,
		"bringing": strict(object([]string{"upload", "layer"}, openapi.Schema{
			"upload": text, "layer": text, "source": text, "scope": openapi.Schema{"type": "string", "description": "layer, source:NAME or area:CODE; what the file stands for"}, "options": openapi.Ref("survey_options"),
		})),
		"batch":   object([]string{"id", "layer", "state", "source", "scope", "file_name", "file_hash", "way", "groups", "since", "check", "open", "approvals", "links"}, full),
		"batches": object([]string{"batches", "links"}, openapi.Schema{"batches": openapi.Array(object([]string{"id", "layer", "state"}, brief)), "links": links}),
		"check": object([]string{"batch", "state", "done", "total", "rate", "seconds_left", "seconds"}, openapi.Schema{
			"batch": whole, "state": openapi.Schema{"enum": []string{checkQueued, checkRunning, checkDone, checkFailed, checkCancelled, checkBroken, checkIdle}}, "stage": text,
			"done": whole, "total": whole, "rate": number, "seconds_left": openapi.Schema{"type": []string{"number", "null"}}, "seconds": number, "tally": openapi.Of("object"), "error": trouble,
		}),
		"encodings":   object([]string{"encodings"}, openapi.Schema{"encodings": openapi.Array(object([]string{"encoding", "samples", "broken"}, openapi.Schema{"encoding": text, "samples": openapi.Array(text), "broken": flag}))}),
		"findings":    object([]string{"findings", "links"}, openapi.Schema{"findings": openapi.Array(finding), "links": links}),
		"comparison":  object([]string{"present", "staged", "new", "changed", "moved", "gone", "unchanged"}, openapi.Schema{"present": whole, "staged": whole, "faulty": whole, "new": whole, "changed": whole, "moved": whole, "gone": whole, "unchanged": whole, "kept": openapi.Array(text)}),
		"differences": object([]string{"differences", "links"}, openapi.Schema{"differences": openapi.Array(object([]string{"kind", "key", "id", "old", "new", "moved"}, openapi.Schema{"kind": text, "key": text, "id": wholeOrNull, "moved": number})), "links": links}),
		"report":      object([]string{"files"}, openapi.Schema{"files": openapi.Array(object([]string{"name", "title", "media_type", "href"}, openapi.Schema{"name": text, "title": both, "media_type": text, "download": text, "page": flag, "href": text}))}),
		"editions":    object([]string{"editions"}, openapi.Schema{"editions": openapi.Array(openapi.Of("object"))}),
	}
}
