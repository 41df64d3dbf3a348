package web

import (
	"onemap/data/ask"
	"onemap/web/openapi"
)

// inputSchema is the JSON Schema of an input.
func inputSchema(input ask.Input) openapi.Schema {
	schema := oneInput(input)
	if input.Many {
		schema = openapi.Schema{"type": "array", "items": schema, "maxItems": ask.MostMany}
	}
	if input.Default != nil {
		schema["default"] = input.Default
	}
	return schema
}

func oneInput(input ask.Input) openapi.Schema {
	position := openapi.Schema{"type": "array", "items": openapi.Of("number"), "minItems": 2, "maxItems": 2}
	object := func(properties openapi.Schema, required ...string) openapi.Schema {
		return openapi.Schema{"type": "object", "required": required, "properties": properties}
	}
	schema := openapi.Schema{}
	switch input.Kind {
	case ask.Number:
		schema["type"] = "number"
	case ask.Integer:
		schema["type"] = "integer"
	case ask.Boolean:
		schema["type"] = "boolean"
	case ask.Place:
		point := object(openapi.Schema{"type": openapi.Schema{"const": "Point"}, "coordinates": position}, "type", "coordinates")
		schema["oneOf"] = []openapi.Schema{position, point}
	case ask.Shape:
		kinds := []string{"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"}
		geometry := object(openapi.Schema{"type": openapi.Schema{"enum": kinds}, "coordinates": openapi.Of("array")}, "type", "coordinates")
		geometry["contentMediaType"] = geoJSONType
		feature := object(openapi.Schema{"type": openapi.Schema{"const": "Feature"}, "geometry": openapi.Of("object")}, "type", "geometry")
		circle := object(openapi.Schema{
			"type": openapi.Schema{"const": "Circle"}, "coordinates": position,
			"radius": openapi.Schema{"type": "number", "exclusiveMinimum": 0, "x-ogc-unit": "m"},
		}, "type", "coordinates", "radius")
		schema["oneOf"] = []openapi.Schema{geometry, feature, circle}
	case ask.Moment:
		schema["type"], schema["format"] = "string", "date-time"
	case ask.Filter:
		schema["oneOf"] = []openapi.Schema{openapi.Of("string"), openapi.Of("object")}
	case ask.Object:
		schema["type"] = "object"
	default:
		schema["type"] = "string"
	}
	if input.Choices != nil {
		codes := make([]string, len(input.Choices))
		for i, o := range input.Choices {
			codes[i] = o.Code
		}
		schema["enum"] = codes
	}
	if input.Min != nil {
		schema["minimum"] = *input.Min
	}
	if input.Max != nil {
		schema["maximum"] = *input.Max
	}
	if input.Unit != "" {
		schema["x-ogc-unit"] = input.Unit
	}
	return schema
}

// outputSchema is the JSON Schema of an answer in all its forms.
func outputSchema() openapi.Schema {
	forms := []openapi.Schema{answerSchema(openapi.Schema{
		"type": "object", "required": []string{"zh", "en"}, "properties": openapi.Schema{"zh": openapi.Of("string"), "en": openapi.Of("string")},
	})}
	for _, f := range ask.Forms()[1:] {
		forms = append(forms, openapi.Schema{"type": "string", "contentMediaType": f.MediaType})
	}
	return openapi.Schema{"oneOf": forms}
}

// answerSchema is the JSON Schema of an answer; text is that of words in both languages.
func answerSchema(text openapi.Schema) openapi.Schema {
	word, number, count := openapi.Of("string"), openapi.Of("number"), openapi.Schema{"type": "integer", "minimum": 0}
	object := func(properties openapi.Schema, required ...string) openapi.Schema {
		return openapi.Schema{"type": "object", "required": required, "properties": properties}
	}
	time := openapi.Schema{"type": []string{"string", "null"}, "format": "date-time"}
	geometry := openapi.Schema{"type": []string{"object", "null"}}
	column := object(openapi.Schema{"id": word, "title": text, "unit": word, "codes": openapi.Of("object")}, "id", "title")
	row := object(openapi.Schema{"layer": word, "id": openapi.Of("integer"), "geometry": geometry, "values": openapi.Of("array")}, "values")
	return object(openapi.Schema{
		"question": word, "title": text, "inputs": openapi.Of("object"), "scenario": word, "took_ms": number,
		"asked_at": openapi.Schema{"type": "string", "format": "date-time"},
		"summary":  openapi.Array(object(openapi.Schema{"id": word, "title": text, "value": openapi.Schema{}, "unit": word}, "id", "title", "value")),
		"tables": openapi.Array(object(openapi.Schema{
			"id": word, "title": text, "columns": openapi.Array(column), "rows": openapi.Array(row),
			"total": openapi.Of("array"), "more": count, "chart": word,
		}, "id", "title", "columns", "rows")),
		"shapes": openapi.Array(object(openapi.Schema{
			"id": word, "role": word, "title": text, "value": number, "unit": word, "colour": word, "geometry": geometry,
		}, "id", "role", "title", "geometry")),
		"sources": openapi.Array(object(openapi.Schema{
			"layer": word, "title": text, "edition": count, "published": time, "newest": time, "age_s": openapi.Schema{"type": []string{"number", "null"}},
			"used": count, "unplaced": count, "synthetic": openapi.Of("boolean"), "filter": word,
		}, "layer", "title", "edition", "published", "newest", "age_s", "used", "unplaced")),
		"assumptions": openapi.Array(text),
		"problems":    openapi.Array(object(openapi.Schema{"text": text, "layer": word, "id": openapi.Of("integer"), "input": word, "geometry": geometry}, "text")),
	}, "question", "title", "inputs", "asked_at", "took_ms", "summary", "tables", "shapes", "sources", "assumptions", "problems")
}
