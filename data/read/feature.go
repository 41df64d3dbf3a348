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
	known   []knownMembers
	seen    []bool  // of the columns, in the row at hand
	spare   []Value // of which the next rows get theirs
}

// knownMembers remembers the values of one property, texts and numbers apart.
type knownMembers struct{ texts, numbers knownCells }

// member values of a feature, where they begin; -1 where they are not.
type featureMembers struct{ id, properties, geometry int }

// row parses a Feature, or a bare geometry, which becomes a row without values.
func (f *featureParser) row(text []byte, number int64) (*Row, error) {
	p := &jsonParser{b: text}
	f.g = geometryParser{jsonParser: p, scratch: f.g.scratch}
	f.columns.next = 0
	at := featureMembers{-1, -1, -1}
	var kind string
	arcGIS, hasID, fits := false, false, true
	row := &Row{Number: number}
	p.object(func(name []byte) {
		switch string(name) {
		case "type":
			kind = string(bytes.Trim(p.span(), `"`))
			return
		case "id":
			at.id = p.i
		case "properties":
			if kind == "Feature" && row.Values == nil {
				hasID, fits = f.values(row)
				return
			}
			at.properties = p.i
		case "geometry":
			if kind == "Feature" && row.Geometry == nil && len(f.g.problems) == 0 {
				row.Geometry = f.g.geometry(0)
				return
			}
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
	if p.err == nil && kind == "Feature" {
		if at.properties >= 0 || row.Values == nil { // before the type, not at all, or twice
			p.i, row.Problems = at.properties, nil
			if p.i < 0 {
				p.i = len(p.b)
			}
			hasID, fits = f.values(row)
		}
		if at.id >= 0 && !hasID && p.err == nil {
			p.i = at.id
			fits = f.put(row, []byte("id")) && fits
		}
		if at.geometry >= 0 {
			p.i, f.g.problems = at.geometry, nil
			row.Geometry = f.g.geometry(0)
		}
	} else if p.err == nil {
		p.i = 0
		row.Geometry = f.g.geometry(0)
	}
	switch {
	case p.err != nil:
		return nil, fault.New(fault.Invalid, "feature %d is broken JSON: %v", number, p.err)
	case !fits:
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

// values fills the row from the properties that come next. hasID says that one is called
// id; fits is false if there are too many columns.
func (f *featureParser) values(row *Row) (hasID, fits bool) {
	n := len(f.columns.names)
	if len(f.spare) < n {
		f.spare = make([]Value, 32*n)
	}
	row.Values, f.spare = f.spare[:n:n], f.spare[n:]
	if row.Values == nil {
		row.Values = []Value{}
	}
	clear(f.seen)
	fits = true
	if p := f.g.jsonParser; p.peek() == '{' {
		p.object(func(name []byte) {
			hasID = hasID || string(name) == "id"
			fits = f.put(row, name) && fits
		})
	} else if p.i < len(p.b) {
		p.skip()
	}
	return hasID, fits
}

// put reads the value that comes next into a column; false if there would be too many.
func (f *featureParser) put(row *Row, name []byte) bool {
	p := f.g.jsonParser
	i := f.columns.find(name)
	if i < 0 {
		p.skip()
		return false
	}
	for len(f.seen) <= i {
		f.seen, f.known = append(f.seen, false), append(f.known, knownMembers{})
	}
	for len(row.Values) <= i {
		row.Values = append(row.Values, Value{})
	}
	if f.seen[i] {
		row.Problems = append(row.Problems, about(DuplicateMember, Warning, "属性重复出现，采用后一个", "the property occurs twice; the later one counts").of(f.columns.names[i], row.Values[i].Raw))
	}
	f.seen[i] = true
	row.Values[i] = p.cell(&f.known[i])
	return true
}

// cell reads any value as a cell.
func (p *jsonParser) cell(known *knownMembers) Value {
	switch p.peek() {
	case '"':
		text := p.text()
		v, ok := known.texts.value(text)
		if !ok {
			v = TextValue(string(bytes.ToValidUTF8(text, []byte("\ufffd"))))
			known.texts.keep(text, v)
		}
		return v
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
	v, ok := known.numbers.value(text)
	if !ok {
		v = numeral(text, whole)
		known.numbers.keep(text, v)
	}
	return v
}

// numeral is the cell of a number by the grammar of JSON.
func numeral(text []byte, whole bool) Value {
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
