package layers

// Object is a JSON object that is built, not parsed: schemas, styles, OpenAPI.
type Object map[string]any

// Schema is the JSON Schema (2020-12) of a record's GeoJSON feature properties, as OGC
// API Features Part 5 has it, with titles in both languages and code lists as enums.
func Schema(v *View, id string) Object {
	o := queryables(v, id)
	required := []string{}
	for _, f := range v.Columns() {
		if f.Required {
			required = append(required, f.Name)
		}
	}
	o["required"] = required
	properties := o["properties"].(Object)
	for _, f := range v.Columns() {
		if f.Type == TypeQuantities {
			properties[f.Name] = f.Schema()
		}
		if !v.Written(f) {
			properties[f.Name].(Object)["readOnly"] = true
		}
	}
	return o
}

// Queryables is the JSON Schema of what a reader may filter by (OGC 19-079r2, 6.2).
func Queryables(v *View, id string) Object { return queryables(v, id) }

// Sortables is the JSON Schema of what a reader may sort by (OGC API Features Part 5).
func Sortables(v *View, id string) Object {
	o := queryables(v.Sortables(), id)
	delete(o["properties"].(Object), "geometry")
	return o
}

// Sortables is the view with the fields in answers that a reader may sort by.
func (v *View) Sortables() *View { return v.only(Sortable) }

func queryables(v *View, id string) Object {
	properties := Object{}
	order := 0
	for _, f := range v.Columns() {
		if f.Type == TypeQuantities {
			continue
		}
		s := f.Schema()
		s["x-ogc-propertySeq"] = order
		order++
		properties[f.Name] = s
	}
	if label, ok := properties[v.Label].(Object); ok {
		label["x-ogc-role"] = "title"
	}
	properties["geometry"] = Object{
		"title": "geometry", "x-ogc-role": "primary-geometry", "format": "geometry-" + v.Geometry.format(),
	}
	return Object{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": id, "type": "object",
		"title": v.Title.Zh + " " + v.Title.En, "description": v.Description.Zh + " " + v.Description.En,
		"properties": properties, "additionalProperties": false,
	}
}

// format is the geometry type as OGC API Features Part 5 writes it, in lower case.
func (g Geometry) format() string {
	switch g {
	case Point:
		return "point"
	case LineString:
		return "linestring"
	case MultiLineString:
		return "multilinestring"
	case Polygon:
		return "polygon"
	}
	return "multipolygon"
}

// Schema is the JSON Schema of one field's value; null is allowed where the field is not required.
func (f *Field) Schema() Object {
	o := Object{"title": f.Title.Zh + " " + f.Title.En}
	if f.Description != (Text{}) {
		o["description"] = f.Description.Zh + " " + f.Description.En
	}
	kind := "string"
	switch f.Type {
	case TypeInteger:
		kind = "integer"
	case TypeNumber:
		kind = "number"
	case TypeBoolean:
		kind = "boolean"
	case TypeDate:
		o["format"] = "date"
	case TypeDateTime:
		o["format"] = "date-time"
	case TypeCode:
		values := []any{}
		for _, c := range f.List.Codes() {
			values = append(values, c)
		}
		if !f.Required {
			values = append(values, nil)
		}
		o["enum"] = values
	case TypeCodes:
		kind = "array"
		o["items"] = Object{"type": "string", "enum": f.List.Codes()}
	case TypeQuantities:
		kind = "object"
		o["propertyNames"] = Object{"enum": f.List.Codes()}
		o["additionalProperties"] = Object{"type": "number"}
	}
	if f.Required {
		o["type"] = kind
	} else {
		o["type"] = []string{kind, "null"}
	}
	if f.Length > 0 {
		o["maxLength"] = f.Length
	}
	if f.pattern != nil {
		o["pattern"] = f.pattern.String()
	}
	if f.Range != nil {
		if f.Range.Min != nil {
			o["minimum"] = *f.Range.Min
		}
		if f.Range.Max != nil {
			o["maximum"] = *f.Range.Max
		}
	}
	if f.Unit != "" {
		o["x-ogc-unit"] = f.Unit
		o["x-ogc-unitLang"] = "UCUM"
	}
	return o
}
