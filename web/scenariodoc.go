package web

import (
	"net/http"

	"onemap/web/openapi"
)

// describeScenarios adds the operations of scenarios to the definition.
func (s *Server) describeScenarios(p processDoc) {
	word, whole := openapi.Of("string"), openapi.Schema{"type": "integer", "format": "int64"}
	ids := openapi.Array(whole)
	place := openapi.Schema{"type": "array", "items": openapi.Of("number"), "minItems": 2, "maxItems": 2}
	object := func(properties openapi.Schema, required ...string) openapi.Schema {
		return openapi.Schema{"type": "object", "required": required, "properties": properties, "additionalProperties": false}
	}
	content := openapi.Schema{
		"name":  openapi.Schema{"type": "string", "maxLength": longestName},
		"lost":  openapi.Array(object(openapi.Schema{"layer": word, "ids": ids}, "layer", "ids")),
		"added": openapi.Array(object(openapi.Schema{"layer": word, "place": place, "properties": openapi.Of("object")}, "layer", "place")),
		"moved": openapi.Array(object(openapi.Schema{"layer": word, "id": whole, "place": place}, "layer", "id", "place")),
		"closed": openapi.Array(openapi.Schema{
			"type": "object", "properties": openapi.Schema{"ids": ids, "area": openapi.Array(place)}, "additionalProperties": false,
		}),
	}
	saved := openapi.Schema{
		"note": openapi.Schema{"type": "string", "maxLength": longestNote}, "id": whole, "version": whole, "made_by": word,
		"made_at": openapi.Schema{"type": "string", "format": "date-time"}, "changed_at": openapi.Schema{"type": "string", "format": "date-time"},
		"links": openapi.Array(openapi.Ref("link")),
	}
	for name, schema := range content {
		saved[name] = schema
	}
	schemas := p.doc.Components.Schemas
	schemas["scenario"], schemas["saved_scenario"] = openapi.Schema{"type": "object", "properties": content, "additionalProperties": false}, object(saved, "name")

	one := body("The scenario.", jsonType, openapi.Ref("saved_scenario"))
	one.Headers = empty("", "ETag").Headers
	id := pathParameter("id", whole)
	p.add(http.MethodGet, "/api/scenarios", "getScenarios", "The saved scenarios", "200", body("The list.", jsonType, openapi.Schema{
		"type": "object", "required": []string{"scenarios", "editable", "links"},
		"properties": openapi.Schema{"scenarios": openapi.Array(openapi.Ref("saved_scenario")), "editable": openapi.Of("boolean"), "links": openapi.Array(openapi.Ref("link"))},
	}), nil)
	p.add(http.MethodGet, "/api/scenarios/{id}", "getScenario", "A saved scenario", "200", one, nil, id)
	if !s.editable() {
		return
	}
	version := headerParameter("If-Match", "The ETag of the scenario as it was read.", true)
	i := importDoc(p)
	created := one
	created.Headers = empty("", "ETag", "Location").Headers
	i.add(http.MethodPost, "/api/scenarios", "createScenario", "Keep a scenario", "201", created, jsonBody(openapi.Ref("saved_scenario")))
	i.add(http.MethodPut, "/api/scenarios/{id}", "replaceScenario", "Replace a scenario", "200", one, jsonBody(openapi.Ref("saved_scenario")), id, version)
	i.add(http.MethodDelete, "/api/scenarios/{id}", "deleteScenario", "Forget a scenario", "204", empty("It is forgotten."), nil, id, version)
	item := p.doc.Paths["/api/scenarios/{id}"]
	for _, o := range []*openapi.Operation{p.doc.Paths["/api/scenarios"].Post, item.Put, item.Delete} {
		o.Tags = []string{tagProcesses}
		if o != p.doc.Paths["/api/scenarios"].Post {
			o.Responses["412"], o.Responses["428"] = openapi.ResponseRef("precondition_failed"), openapi.ResponseRef("precondition_required")
		}
	}
}
