package ask

import (
	"bufio"
	"encoding/json"
	"io"
)

// writeGeoJSON writes a feature for each row and shape with a geometry, and all else of the
// answer as foreign members (RFC 7946, section 6.1).
func writeGeoJSON(w io.Writer, a *Answer, lang string) error {
	out := bufio.NewWriter(w)
	head, err := json.Marshal(map[string]any{
		"question": a.Question, "title": In(lang, a.Title), "inputs": a.Inputs, "asked_at": a.AskedAt, "scenario": a.Scenario,
		"summary": a.Summary, "sources": a.Sources, "assumptions": a.Assumptions, "problems": a.Problems,
	})
	if err != nil {
		return err
	}
	out.WriteString(`{"type":"FeatureCollection",`)
	out.Write(head[1 : len(head)-1])
	out.WriteString(`,"features":[`)
	comma := ""
	feature := func(geometry, properties any) error {
		text, err := json.Marshal(map[string]any{"type": "Feature", "geometry": geometry, "properties": properties})
		out.WriteString(comma)
		out.Write(text)
		comma = ",\n"
		return err
	}
	for _, d := range a.Shapes {
		if d.Geometry == nil {
			continue
		}
		properties := map[string]any{"shape": d.ID, "role": d.Role, "title": In(lang, d.Title), "unit": d.Unit, "colour": d.Colour, "value": d.Value}
		if err := feature(geometryJSON(d.Geometry), properties); err != nil {
			return err
		}
	}
	for _, t := range a.Tables {
		for _, r := range t.Rows {
			if r.Geometry == nil {
				continue
			}
			properties := map[string]any{}
			for i, c := range t.Columns {
				if i < len(r.Values) {
					properties[c.ID] = c.Plain(r.Values[i], lang)
				}
			}
			properties["table"] = t.ID
			if r.ID != 0 {
				properties["record_layer"], properties["record_id"] = r.Layer, r.ID
			}
			if err := feature(geometryJSON(r.Geometry), properties); err != nil {
				return err
			}
		}
	}
	out.WriteString("]}\n")
	return out.Flush()
}
