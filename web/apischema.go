package web

import (
	"onemap/layers"
	"onemap/web/openapi"
)

// propertiesSchema is the JSON Schema of a feature's properties: the layer's schema
// without the geometry, which GeoJSON keeps elsewhere.
func propertiesSchema(v *layers.View) openapi.Schema {
	full := layers.Schema(v, "")
	properties := openapi.Schema{}
	for name, schema := range full["properties"].(layers.Object) {
		if name != "geometry" {
			properties[name] = schema
		}
	}
	return openapi.Schema{
		"type": "object", "title": full["title"], "description": full["description"],
		"required": full["required"], "properties": properties, "additionalProperties": false,
	}
}

// featureSchema is the JSON Schema of a GeoJSON feature (RFC 7946, section 3.2).
func featureSchema(properties openapi.Schema) openapi.Schema {
	return openapi.Schema{
		"type": "object", "required": []string{"type", "id", "geometry", "properties"},
		"properties": openapi.Schema{
			"type":       openapi.Schema{"const": "Feature"},
			"id":         openapi.Schema{"type": "integer", "format": "int64"},
			"geometry":   openapi.Schema{"oneOf": []openapi.Schema{openapi.Ref("geometry"), openapi.Of("null")}},
			"properties": properties,
			"links":      openapi.Array(openapi.Ref("link")),
		},
	}
}

// featuresSchema is the JSON Schema of a page of features (OGC 17-069r4, section 7.15.7).
func featuresSchema(feature openapi.Schema) openapi.Schema {
	count := openapi.Schema{"type": "integer", "minimum": 0}
	return openapi.Schema{
		"type": "object", "required": []string{"type", "features", "numberMatched", "numberReturned", "timeStamp", "links"},
		"properties": openapi.Schema{
			"type":           openapi.Schema{"const": "FeatureCollection"},
			"features":       openapi.Array(feature),
			"numberMatched":  count,
			"numberReturned": count,
			"timeStamp":      openapi.Schema{"type": "string", "format": "date-time"},
			"links":          openapi.Array(openapi.Ref("link")),
		},
	}
}

// apiSchemas are the schemas that do not depend on the declarations.
func apiSchemas() map[string]openapi.Schema {
	text, number, count := openapi.Of("string"), openapi.Of("number"), openapi.Schema{"type": "integer", "minimum": 0}
	object := func(required []string, properties openapi.Schema) openapi.Schema {
		return openapi.Schema{"type": "object", "required": required, "properties": properties}
	}
	both := openapi.Ref("text")
	byCode := openapi.Schema{"type": "object", "additionalProperties": count}
	numbers := func(n int) openapi.Schema {
		return openapi.Schema{"type": "array", "items": number, "minItems": n, "maxItems": n}
	}
	orNull := func(s openapi.Schema) openapi.Schema {
		return openapi.Schema{"oneOf": []openapi.Schema{s, openapi.Of("null")}}
	}
	return map[string]openapi.Schema{
		"text": object([]string{"zh", "en"}, openapi.Schema{"zh": text, "en": text}),
		"link": object([]string{"href", "rel"}, openapi.Schema{"href": text, "rel": text, "type": text, "title": text}),
		"problem": object([]string{"type", "title", "status", "detail", "code"}, openapi.Schema{
			"type": text, "title": text, "status": openapi.Of("integer"), "detail": text, "code": text, "field": text, "request_id": text,
			"findings": openapi.Array(openapi.Of("object")),
		}),
		"geometry": object([]string{"type", "coordinates"}, openapi.Schema{
			"type":        openapi.Schema{"enum": []string{"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon"}},
			"coordinates": openapi.Of("array"),
		}),
		"landing":     object([]string{"links"}, openapi.Schema{"title": text, "description": text, "links": openapi.Array(openapi.Ref("link"))}),
		"conformance": object([]string{"conformsTo"}, openapi.Schema{"conformsTo": openapi.Array(text)}),
		"collection": object([]string{"id", "links", "crs"}, openapi.Schema{
			"id": text, "title": text, "description": text, "attribution": text, "itemType": openapi.Schema{"const": "feature"},
			"extent": openapi.Of("object"), "crs": openapi.Array(text), "storageCrs": text, "links": openapi.Array(openapi.Ref("link")),
		}),
		"collections": object([]string{"links", "collections"}, openapi.Schema{
			"links": openapi.Array(openapi.Ref("link")), "crs": openapi.Array(text), "collections": openapi.Array(openapi.Ref("collection")),
		}),
		"counts": object([]string{"total", "placed", "unplaced", "inView", "newest", "synthetic"}, openapi.Schema{
			"total": count, "placed": count, "unplaced": count, "inView": count, "by": byCode, "inViewBy": byCode,
			"newest": openapi.Schema{"type": []string{"string", "null"}, "format": "date-time"}, "synthetic": count,
		}),
		"hits": object([]string{"query", "hits", "more"}, openapi.Schema{
			"query": text, "more": openapi.Of("boolean"), "hits": openapi.Array(object(
				[]string{"layer", "id", "label", "field", "text", "point", "bbox", "zoom"}, openapi.Schema{
					"layer": text, "id": openapi.Of("integer"), "label": text, "field": text, "text": text,
					"point": orNull(numbers(2)), "bbox": orNull(numbers(4)), "zoom": openapi.Of("integer"),
				},
			)),
		}),
		"page": object([]string{"version", "synthetic", "city", "basemaps", "reader"}, openapi.Schema{
			"version": text, "synthetic": openapi.Of("boolean"),
			"city":     object([]string{"title", "center", "bounds", "zoom"}, openapi.Schema{"title": both, "center": numbers(2), "bounds": numbers(4), "zoom": number}),
			"basemaps": openapi.Array(object([]string{"id", "title", "kind", "url", "datum"}, openapi.Schema{"id": text, "title": both, "kind": text, "url": text, "attribution": text, "datum": text})),
			"reader":   object([]string{"role", "note"}, openapi.Schema{"role": text, "note": both}),
		}),
		"catalogue": object([]string{"groups", "layers"}, openapi.Schema{
			"groups": openapi.Array(object([]string{"id", "title"}, openapi.Schema{"id": text, "title": both})),
			"layers": openapi.Array(openapi.Ref("layer")),
		}),
		"layer": object([]string{"id", "title", "description", "group", "geometry", "zoom", "visible", "fields", "standard", "style", "source", "legend", "codelists"}, openapi.Schema{
			"id": text, "title": both, "description": both, "group": text, "order": openapi.Of("integer"), "geometry": text,
			"label": text, "area": text, "visible": openapi.Of("boolean"),
			"zoom":   object([]string{"min", "max"}, openapi.Schema{"min": count, "max": count}),
			"fields": openapi.Array(openapi.Ref("field")), "standard": openapi.Array(openapi.Ref("field")),
			"style": openapi.Of("object"), "thin": openapi.Of("object"), "source": openapi.Of("object"), "access": openapi.Of("object"),
			"legend":    openapi.Array(openapi.Ref("code")),
			"codelists": openapi.Schema{"type": "object", "additionalProperties": object([]string{"title", "items"}, openapi.Schema{"title": both, "items": openapi.Array(openapi.Ref("code"))})},
		}),
		"field": object([]string{"name", "title", "type", "required", "sensitivity"}, openapi.Schema{
			"name": text, "title": both, "type": text, "required": openapi.Of("boolean"), "sensitivity": text,
		}),
		"code": object([]string{"code", "title"}, openapi.Schema{"code": text, "title": both, "colour": text, "symbol": text}),
	}
}
