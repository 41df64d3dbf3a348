package read

import (
	"bytes"
	"math"
	"strconv"

	"onemap/layers/fault"
)

// columnSet grows as features with new properties are read.
type columnSet struct {
	names []string
	place map[string]int
	limit int
	next  int // the column after the one found last: features mostly have one order
}

// find returns a property's column; -1 if there would be too many.
func (c *columnSet) find(name []byte) int {
	if c.next < len(c.names) && c.names[c.next] == string(name) {
		c.next++
		return c.next - 1
	}
	i, ok := c.place[string(name)]
	if !ok {
		if i = len(c.names); i >= c.limit {
			return -1
		}
		c.names = append(c.names, string(name))
		c.place[c.names[i]] = i
	}
	c.next = i + 1
	return i
}

// featureParser turns the text of one feature into a row.
type featureParser struct {
	columns columnSet
	g       geometryParser
	heights int64 // rows with more than two ordinates
}

// member values of a feature, where they begin; -1 where they are not.
type featureMembers struct{ id, properties, geometry int }

// row parses a Feature, or a bare geometry, which becomes a row without values.
func (f *featureParser) row(text []byte, number int64) (*Row, error) {
	p := &jsonParser{b: text}
	f.g = geometryParser{jsonParser: p, scratch: f.g.scratch}
	f.columns.next = 0
	at := featureMembers{-1, -1, -1}
	var kind string
	arcGIS := false
	p.object(func(name []byte) {
		switch string(name) {
		case "type":
			kind = string(bytes.Trim(p.span(), `"`))
			return
		case "id":
			at.id = p.i
		case "properties":
			at.properties = p.i
		case "geometry":
			at.geometry = p.i
		case "attributes":
			arcGIS = true
		}
		p.skip()
	})
	if p.peek() != 0 || p.i < len(p.b) {
		p.fail("something follows it")
	}
	if p.err == nil && kind != "Feature" && !isGeometryKind(kind) {
		return nil, notGeoJSON(kind, arcGIS, number)
	}
	row := &Row{Number: number}
	tooMany := false
	if p.err == nil && kind == "Feature" {
		tooMany = !f.values(row, at)
		if at.geometry >= 0 {
			p.i = at.geometry
			row.Geometry = f.g.geometry(0)
		}
	} else if p.err == nil {
		p.i = 0
		row.Geometry = f.g.geometry(0)
	}
	switch {
	case p.err != nil:
		return nil, fault.New(fault.Invalid, "feature %d is broken JSON: %v", number, p.err)
	case tooMany:
		return nil, fault.New(fault.TooLarge, "the features have more than %d different properties", f.columns.limit)
	case p.bad:
		row.Problems = append(row.Problems, about(BadEncoding, Error, "有字节不符合 UTF-8", "some bytes are no text in UTF-8"))
	}
	row.Problems = append(row.Problems, f.g.problems...)
	if f.g.heights {
		f.heights++
	}
	return row, nil
}

func isGeometryKind(kind string) bool {
	switch kind {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return true
	}
	return false
}

func notGeoJSON(kind string, arcGIS bool, number int64) error {
	switch {
	case arcGIS:
		return fault.New(fault.Unsupported, "the file is ArcGIS JSON (features with attributes), not GeoJSON; export it as GeoJSON or shapefile")
	case kind == "Topology":
		return fault.New(fault.Unsupported, "the file is TopoJSON, not GeoJSON; export it as GeoJSON")
	case kind == "FeatureCollection":
		return fault.New(fault.Invalid, "object %d is a FeatureCollection without a features array, or one inside another", number)
	case kind == "":
		return fault.New(fault.Invalid, "object %d has no GeoJSON type", number)
	}
	return fault.New(fault.Invalid, "object %d has the type %.40q where a Feature belongs", number, kind)
}

// values fills the row from properties, and from the id member if there is no property of that
// name. False if there are too many columns.
func (f *featureParser) values(row *Row, at featureMembers) bool {
	p := f.g.jsonParser
	row.Values = make([]Value, len(f.columns.names))
	fits := true
	seen := make([]bool, len(f.columns.names))
	put := func(name []byte) {
		i := f.columns.find(name)
		if i < 0 {
			fits = false
			p.skip()
			return
		}
		for len(row.Values) <= i {
			row.Values, seen = append(row.Values, Value{}), append(seen, false)
		}
		if seen[i] {
			row.Problems = append(row.Problems, about(DuplicateMember, Warning, "属性重复出现，采用后一个", "the property occurs twice; the later one counts").of(f.columns.names[i], row.Values[i].Raw))
		}
		seen[i] = true
		row.Values[i] = p.cell()
	}
	hasID := false
	if at.properties >= 0 {
		p.i = at.properties
		if p.peek() == '{' {
			p.object(func(name []byte) {
				hasID = hasID || string(name) == "id"
				put(name)
			})
		}
	}
	if at.id >= 0 && !hasID && p.err == nil {
		p.i = at.id
		put([]byte("id"))
	}
	return fits
}

// cell reads any value as a cell.
func (p *jsonParser) cell() Value {
	switch p.peek() {
	case '"':
		return TextValue(string(bytes.ToValidUTF8(p.text(), []byte("\ufffd"))))
	case '{', '[':
		return Value{Kind: JSON, Raw: string(p.span())}
	case 't':
		p.word("true")
		return booleanValue("true", true)
	case 'f':
		p.word("false")
		return booleanValue("false", false)
	case 'n':
		p.word("null")
		return Value{}
	}
	text, whole := p.numberSpan()
	raw := string(text)
	if whole {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return integerValue(raw, n)
		}
	}
	if v, ok := decimal(text); ok && !math.IsInf(v, 0) {
		return numberValue(raw, v)
	}
	return TextValue(raw) // a number beyond a float64: its digits are all that is known
}
