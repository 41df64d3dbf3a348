package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/cql2"
	"onemap/web/openapi"
)

// getOpenAPI answers with the definition of the whole HTTP face, made from the
// declarations: paths, parameters and schemas of each layer that the reader may see.
func (s *Server) getOpenAPI(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	doc := describeAPI(s.catalogue.For(readerOf(r)), s.base(r), s.config.Version)
	if s.desk != nil {
		describeImport(&doc)
	}
	if s.editable() {
		describeEdits(&doc, s.catalogue.For(readerOf(r)))
	}
	if s.questions != nil {
		s.describeProcesses(&doc, r)
	}
	w.Header().Add("Vary", "Accept")
	mediaType := openAPIType
	accept := r.Header.Get("Accept")
	if strings.Contains(accept, jsonType) && !strings.Contains(accept, "version=3.1") {
		mediaType = jsonType // GDAL knows the media type of OpenAPI 3.0 and plain JSON only
	}
	return sendJSON(w, r, mediaType, doc)
}

// The tags of operations.
const (
	tagFeatures = "features"
	tagMap      = "map"
	tagService  = "service"
)

// describeAPI writes the definition for some views. base is where the server is.
func describeAPI(views []*layers.View, base, version string) openapi.Document {
	doc := openapi.Document{
		OpenAPI: openapi.Version,
		Info: openapi.Info{
			Title: apiTitle.Zh + " " + apiTitle.En, Version: version,
			Description: apiNote.Zh + " " + apiNote.En,
		},
		Servers: []openapi.Server{{URL: base}},
		Tags: []openapi.Tag{
			{Name: tagFeatures, Description: "OGC API Features"},
			{Name: tagMap, Description: "The map: layers, counts, tiles, style"},
			{Name: tagService, Description: "Health, metrics, version"},
		},
		Paths: map[string]*openapi.PathItem{},
		Components: openapi.Components{
			Schemas:    map[string]openapi.Schema{},
			Parameters: apiParameters(),
			Responses:  apiProblems(),
		},
	}
	maps.Copy(doc.Components.Schemas, apiSchemas())
	p := paths{doc: &doc, views: views}
	p.service()
	p.mapped()
	p.features()
	for _, v := range views {
		doc.Components.Schemas["properties_"+v.ID] = propertiesSchema(v)
		doc.Components.Schemas["feature_"+v.ID] = featureSchema(openapi.Ref("properties_" + v.ID))
		doc.Components.Schemas["features_"+v.ID] = featuresSchema(openapi.Ref("feature_" + v.ID))
		p.layer(v)
	}
	return doc
}

// paths adds operations to a document.
type paths struct {
	doc   *openapi.Document
	views []*layers.View
}

// get adds one operation. Every operation may fail with a problem.
func (p paths) get(path, id, tag, summary string, answer openapi.Response, parameters ...*openapi.Parameter) {
	p.doc.Paths[path] = &openapi.PathItem{Get: &openapi.Operation{
		ID: id, Summary: summary, Tags: []string{tag}, Parameters: parameters,
		Responses: map[string]openapi.Response{
			"200": answer,
			"304": {Description: "What the client has still holds."},
			"400": openapi.ResponseRef("invalid"),
			"404": openapi.ResponseRef("not_found"),
			"500": openapi.ResponseRef("internal"),
			"503": openapi.ResponseRef("unavailable"),
		},
	}}
}

// body is an answer with one form.
func body(description, mediaType string, schema openapi.Schema) openapi.Response {
	return openapi.Response{Description: description, Content: map[string]openapi.MediaType{mediaType: {Schema: schema}}}
}

// page is an answer that can be had as HTML too.
func withHTML(answer openapi.Response) openapi.Response {
	answer.Content["text/html"] = openapi.MediaType{Schema: openapi.Of("string")}
	return answer
}

func (p paths) service() {
	object := openapi.Of("object")
	p.get("/healthz", "getHealth", tagService, "Whether the program runs", body("It does.", jsonType, object))
	p.get("/readyz", "getReady", tagService, "Whether questions can be answered", body("They can.", jsonType, object))
	p.get("/version", "getVersion", tagService, "Which program this is", body("Version, revision, Go version.", jsonType, object))
	p.get("/metrics", "getMetrics", tagService, "Figures for Prometheus", body("Prometheus text format.", "text/plain", openapi.Of("string")))
}

func (p paths) mapped() {
	lang, one, list := openapi.ParameterRef("lang"), p.oneLayer(), openapi.ParameterRef("layers")
	html := func(text string) openapi.Response { return body(text, "text/html", openapi.Of("string")) }
	p.get("/", "getPage", tagMap, "The map page", html("The page."))
	p.get("/assets/{file}", "getAsset", tagMap, "A file of the map page", body("The file.", "*/*", nil), pathParameter("file", openapi.Of("string")))
	p.get("/docs/layers", "getDocs", tagMap, "The layers explained", html("The page."), lang)
	p.get("/docs/{file}", "getDocsFile", tagMap, "A file of the plain pages",
		openapi.Response{Description: "The file.", Content: map[string]openapi.MediaType{"text/css": {}, "image/svg+xml": {}}},
		pathParameter("file", openapi.Schema{"type": "string", "enum": []string{"docs.css", "icon.svg"}}))
	p.get("/page.json", "getPageInfo", tagMap, "What the map page opens with", body("City, base maps, reader.", jsonType, openapi.Ref("page")))
	p.get("/layers", "getLayers", tagMap, "All layers with fields, legends and code lists", body("In the page's order.", jsonType, openapi.Ref("catalogue")))
	p.get("/layers/{layer}", "getLayer", tagMap, "One layer's declaration", body("The declaration as the reader may see it.", jsonType, openapi.Ref("layer")), one)
	p.get("/counts", "getCounts", tagMap, "How many records the layers have, in all and in a box",
		body("By layer.", jsonType, openapi.Schema{
			"type": "object", "required": []string{"layers"},
			"properties": openapi.Schema{"layers": openapi.Schema{"type": "object", "additionalProperties": openapi.Ref("counts")}},
		}), openapi.ParameterRef("bbox"), openapi.ParameterRef("someLayers"))
	p.get("/tiles/{layers}/{z}/{x}/{y}.mvt", "getTile", tagMap, "A vector tile of one or several layers",
		body("Mapbox Vector Tile 2.1, a layer for each asked for, no bytes where there is nothing.", "application/vnd.mapbox-vector-tile", nil),
		append(filterRefs(), list, pathParameter("z", whole(0, 22)), pathParameter("x", whole(0, 1<<22-1)), pathParameter("y", whole(0, 1<<22-1)), openapi.ParameterRef("when"), openapi.ParameterRef("filters"),
			&openapi.Parameter{Name: "fields", In: "query", Description: "A comma list of the fields that the tile is to carry, of those that it may.", Schema: openapi.Of("string")},
			&openapi.Parameter{Name: "edition", In: "query", Description: "The layers as they were after this edition.", Schema: openapi.Schema{"type": "integer", "minimum": 1}})...)
	p.get("/events", "getTileEvents", tagMap, "Which tiles change, as server-sent events",
		body("Events `changed`: by layer, the tiles that changed as z/x/y, standing for all above and below them, or * for all.", eventsType, openapi.Of("string")))
	p.get("/tiles/{layers}.json", "getTileJSON", tagMap, "Description of tiles (TileJSON 3.0)", body("TileJSON.", jsonType, openapi.Of("object")), list)
	p.get("/styles/onemap.json", "getStyle", tagMap, "The map's style for MapLibre", body("Style, version 8.", jsonType, openapi.Of("object")))
	p.get("/sprites/{file}", "getSprite", tagMap, "The icons' sheets and indexes",
		openapi.Response{Description: "A sheet or an index.", Content: map[string]openapi.MediaType{"image/png": {}, jsonType: {Schema: openapi.Of("object")}}},
		pathParameter("file", openapi.Schema{"type": "string", "enum": []string{"onemap.json", "onemap.png", "onemap@2x.json", "onemap@2x.png"}}))
}

func (p paths) features() {
	f, lang, one := openapi.ParameterRef("f"), openapi.ParameterRef("lang"), p.oneLayer()
	p.get("/api", "getLanding", tagFeatures, "The start of the feature API", withHTML(body("Title and links.", jsonType, openapi.Ref("landing"))), f, lang)
	p.get("/api/conformance", "getConformance", tagFeatures, "The requirement classes that hold", withHTML(body("A list of URIs.", jsonType, openapi.Ref("conformance"))), f, lang)
	p.get("/api/openapi.json", "getOpenAPI", tagFeatures, "This document", body("OpenAPI 3.1.", openAPIType, openapi.Of("object")))
	p.get("/api/search", "search", tagFeatures, "Records by a part of name, code or address", body("Best first.", jsonType, openapi.Ref("hits")),
		&openapi.Parameter{Name: "q", In: "query", Required: true, Description: "Words that all have to be there, Chinese or other.", Schema: openapi.Schema{"type": "string", "minLength": 1, "maxLength": searchLongest}},
		&openapi.Parameter{Name: "limit", In: "query", Schema: openapi.Schema{"type": "integer", "minimum": 1, "maximum": searchMost, "default": searchDefault}})
	p.get("/api/collections", "getCollections", tagFeatures, "The layers", withHTML(body("The layers.", jsonType, openapi.Ref("collections"))), f, lang)
	p.get("/api/collections/{layer}", "getCollection", tagFeatures, "One layer", withHTML(body("The layer.", jsonType, openapi.Ref("collection"))), one, f, lang)
	p.get("/api/collections/{layer}/queryables", "getQueryables", tagFeatures, "What a layer can be filtered by", withHTML(body("JSON Schema.", schemaType, openapi.Of("object"))), one, f, lang)
	p.get("/api/collections/{layer}/sortables", "getSortables", tagFeatures, "What a layer can be sorted by", withHTML(body("JSON Schema.", schemaType, openapi.Of("object"))), one, f, lang)
	p.get("/api/collections/{layer}/schema", "getSchema", tagFeatures, "A layer's fields", withHTML(body("JSON Schema.", schemaType, openapi.Of("object"))), one, f, lang)
}

// layer adds the operations that differ by layer, since their filters do.
func (p paths) layer(v *layers.View) {
	at, title := "/api/collections/"+v.ID+"/items", v.Title.Zh+" "+v.Title.En
	f, lang := openapi.ParameterRef("f"), openapi.ParameterRef("lang")
	crs := map[string]openapi.Header{"Content-Crs": {Description: "The coordinate system of the positions, in angle brackets.", Schema: openapi.Of("string")}}
	filters := append(filterRefs(), filterParameters(v)...)

	items := exportAnswer(withHTML(body("A page of features, or all as a file.", geoJSONType, openapi.Ref("features_"+v.ID))))
	items.Headers = crs
	parameters := append(exportParameters(), lang)
	for _, name := range []string{"limit", "cursor", "bbox", "bbox-crs", "crs", "datetime"} {
		parameters = append(parameters, openapi.ParameterRef(name))
	}
	parameters = append(parameters, arrangeParameters(v)...)
	p.get(at, "items_"+v.ID, tagFeatures, title, items, append(parameters, filters...)...)

	item := withHTML(body("The feature.", geoJSONType, openapi.Ref("feature_"+v.ID)))
	item.Headers = crs
	p.get(at+"/{id}", "item_"+v.ID, tagFeatures, title, item,
		pathParameter("id", openapi.Schema{"type": "integer", "format": "int64"}), f, lang, openapi.ParameterRef("crs"))

	p.get("/layers/"+v.ID+"/counts", "counts_"+v.ID, tagMap, title, body("The figures.", jsonType, openapi.Ref("counts")),
		append([]*openapi.Parameter{openapi.ParameterRef("bbox"), openapi.ParameterRef("when")}, filters...)...)
}

func (p paths) oneLayer() *openapi.Parameter {
	ids := make([]string, len(p.views))
	for i, v := range p.views {
		ids[i] = v.ID
	}
	slices.Sort(ids)
	return pathParameter("layer", openapi.Schema{"type": "string", "enum": ids})
}

func pathParameter(name string, schema openapi.Schema) *openapi.Parameter {
	return &openapi.Parameter{Name: name, In: "path", Required: true, Schema: schema}
}

// filterRefs are the parameters of a filter in CQL2.
func filterRefs() []*openapi.Parameter {
	refs := make([]*openapi.Parameter, len(filterReserved))
	for i, name := range filterReserved {
		refs[i] = openapi.ParameterRef(name)
	}
	return refs
}

func whole(low, high int) openapi.Schema {
	return openapi.Schema{"type": "integer", "minimum": low, "maximum": high}
}

// filterParameters are the property filters of a layer.
func filterParameters(v *layers.View) []*openapi.Parameter {
	var list []*openapi.Parameter
	no := false
	for _, f := range v.Columns() {
		parameter := &openapi.Parameter{Name: f.Name, In: "query", AllowEmpty: true, Description: f.Title.Zh + " " + f.Title.En}
		switch f.Type {
		case layers.TypeCode, layers.TypeCodes:
			parameter.Style, parameter.Explode = "form", &no
			parameter.Schema = openapi.Array(openapi.Schema{"type": "string", "enum": f.List.Codes()})
			parameter.Description += ": any of"
		case layers.TypeInteger, layers.TypeNumber, layers.TypeDate, layers.TypeDateTime:
			parameter.Schema = openapi.Of("string")
			parameter.Description += ": a value, or least/greatest with .. for an open end"
		case layers.TypeBoolean:
			parameter.Schema = openapi.Of("boolean")
		case layers.TypeText:
			parameter.Schema = openapi.Of("string")
		default:
			continue
		}
		list = append(list, parameter)
	}
	return list
}

// arrangeParameters choose order and fields of a layer's features.
func arrangeParameters(v *layers.View) []*openapi.Parameter {
	no := false
	var orders, names []string
	for _, f := range v.Columns() {
		names = append(names, f.Name)
		if layers.Sortable(f) {
			orders = append(orders, f.Name, "+"+f.Name, "-"+f.Name)
		}
	}
	list := func(name, description string, of []string) *openapi.Parameter {
		return &openapi.Parameter{
			Name: name, In: "query", Style: "form", Explode: &no, Description: description,
			Schema: openapi.Array(openapi.Schema{"type": "string", "enum": of}),
		}
	}
	return []*openapi.Parameter{
		list("sortby", "The fields to sort by, - before one for descending, + or nothing for ascending. Features without a value come last, those with the same one in the order of ids, as all do without sortby.", orders),
		list("properties", "The fields that are wanted; all where it is missing.", names),
	}
}

// apiProblems are the answers that any operation may give instead.
func apiProblems() map[string]openapi.Response {
	out := map[string]openapi.Response{}
	for name, description := range map[string]string{
		"invalid":     "The request is wrong; detail says what would be right, field which parameter is at fault.",
		"not_found":   "There is no such thing, or none that the reader may know of.",
		"internal":    "A mistake of the program's own; the log has it under the request's id.",
		"unavailable": "The database is away; ask again after Retry-After seconds.",
	} {
		out[name] = body(description, problemType, openapi.Ref("problem"))
	}
	unavailable := out["unavailable"]
	unavailable.Headers = map[string]openapi.Header{"Retry-After": {Schema: openapi.Of("integer")}}
	out["unavailable"] = unavailable
	return out
}

// apiParameters are the parameters that several operations take.
func apiParameters() map[string]*openapi.Parameter {
	no, yes := false, true
	query := func(name, description string, schema openapi.Schema) *openapi.Parameter {
		return &openapi.Parameter{Name: name, In: "query", Description: description, Schema: schema}
	}
	text := openapi.Of("string")
	var uris []string
	for _, c := range servedCRS() {
		uris = append(uris, c.URI())
	}
	crs := openapi.Schema{"type": "string", "format": "uri", "enum": uris, "default": uris[0]}
	bbox := query("bbox", "Lower and upper corner, in the axis order of bbox-crs: four numbers, or six with heights. Features without a position are left out.",
		openapi.Schema{"type": "array", "items": openapi.Of("number"), "oneOf": []openapi.Schema{{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}}})
	bbox.Style, bbox.Explode = "form", &no
	filters := query("filters", "Property filters of the layers, as at their items.", openapi.Schema{"type": "object", "additionalProperties": text})
	filters.Style, filters.Explode = "form", &yes
	return map[string]*openapi.Parameter{
		"f":           query("f", "The answer's form; the Accept header decides where it is missing.", openapi.Schema{"type": "string", "enum": []string{formJSON, formHTML}}),
		"lang":        query("lang", "The language; the Accept-Language header decides where it is missing.", openapi.Schema{"type": "string", "enum": []string{"zh", "en"}}),
		"limit":       query("limit", "The most features of a page; more than "+strconv.Itoa(itemsMost)+" means that.", openapi.Schema{"type": "integer", "minimum": 1, "maximum": itemsMost, "default": itemsDefault}),
		"cursor":      query("cursor", "Where the page begins, from the next link of the page before.", openapi.Schema{"type": "string"}),
		"bbox":        bbox,
		"bbox-crs":    query("bbox-crs", "The coordinate system of bbox. A Gauss–Krüger box is widened to the meridians and parallels around it.", crs),
		"crs":         query("crs", "The coordinate system of the answer, in its own axis order.", crs),
		"datetime":    query("datetime", "Features valid then: an RFC 3339 time or date, or two with a slash, .. for an open end. All where it is missing.", text),
		"when":        query("datetime", "What was valid then: an RFC 3339 time or date, or two with a slash, .. for an open end. What is valid now where it is missing.", text),
		"filters":     filters,
		"filter":      query("filter", "Which records, in CQL2 (OGC 21-065r2), of the fields that queryables lists; besides the standard's functions there are abs, floor, ceil, length, year, quantity(field, 'code') and s_dwithin(geometry, geometry, metres).", openapi.Schema{"type": "string", "maxLength": cql2.MaxLength}),
		"filter-lang": query("filter-lang", "The filter's encoding; where it is missing, a filter that begins with a brace is JSON.", openapi.Schema{"type": "string", "enum": []string{langText, langJSON}, "default": langText}),
		"filter-crs":  query("filter-crs", "The coordinate system of positions in the filter, in its axis order.", crs),
		"layers":      {Name: "layers", In: "path", Required: true, Style: "simple", Description: "Ids of layers.", Schema: openapi.Schema{"type": "array", "minItems": 1, "items": text}},
		"someLayers":  {Name: "layers", In: "query", Style: "form", Explode: &no, Description: "Ids of layers; all where it is missing.", Schema: openapi.Array(text)},
	}
}
