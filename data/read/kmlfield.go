package read

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"

	"onemap/layers/fault"
)

// feature reads a placemark that has begun.
func (s *kml) feature() (*Row, error) {
	s.rows++
	row := &Row{Number: s.rows}
	s.columns.next = 0
	g := kmlGeometry{kml: s}
	err := s.children(func(e xml.StartElement) error {
		switch name := e.Name.Local; name {
		case "name", "description", "address", "phoneNumber":
			return s.put(row, name, "")
		case "TimeStamp", "TimeSpan":
			return s.children(func(e xml.StartElement) error { return s.put(row, e.Name.Local, "time") })
		case "ExtendedData":
			return s.extended(row)
		case "Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Track", "MultiTrack", "Model":
			shape, err := g.read(e, 0)
			if row.Geometry == nil {
				row.Geometry = shape
			}
			return err
		}
		return s.skip()
	})
	if len(s.folders) > 0 {
		s.set(row, "folder", TextValue(path.Join(s.folders...)))
	}
	row.Problems = append(row.Problems, g.problems...)
	if g.heights {
		s.heights++
	}
	return row, err
}

// extended reads ExtendedData: named values, a schema's fields, or elements of another namespace.
func (s *kml) extended(row *Row) error {
	return s.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "Data":
			name := attribute(e, "name")
			return s.children(func(e xml.StartElement) error {
				if e.Name.Local == "value" {
					return s.put(row, s.own(name), "")
				}
				return s.skip()
			})
		case "SchemaData":
			return s.children(func(e xml.StartElement) error {
				name := attribute(e, "name")
				if e.Name.Local == "SimpleData" {
					return s.put(row, s.own(name), s.kinds[name])
				}
				return s.skip()
			})
		}
		return s.put(row, s.own(e.Name.Local), "")
	})
}

// own keeps a document's field apart from the columns that every file has.
func (s *kml) own(name string) string {
	for _, c := range kmlColumns {
		if c == name {
			return name + " (ExtendedData)"
		}
	}
	return name
}

// put reads the text of the element just begun into a column, as a kind of KML's simple fields.
func (s *kml) put(row *Row, name, kind string) error {
	text, err := s.text()
	if err != nil || text == "" && kind != "string" && kind != "" {
		return err
	}
	v, ok := xmlValue(text, kind)
	if !ok {
		row.Problems = append(row.Problems, about(BadNumber, Error, "%q 不是 %s", "%q is no %s", clip(text, 100), kind).of(name, clip(text, 100)))
	}
	if strings.Contains(text, "\ufffd") {
		row.Problems = append(row.Problems, about(BadEncoding, Error, "有字节不符合字符集 %s", "some bytes are no text in %s", s.encoding).of(name, clip(text, 100)))
	}
	return s.set(row, name, v)
}

func (s *kml) set(row *Row, name string, v Value) error {
	if name == "" {
		return nil
	}
	i := s.columns.find([]byte(name))
	if i < 0 {
		return fault.New(fault.TooLarge, "the placemarks have more than %d different fields", s.columns.limit)
	}
	for len(row.Values) <= i {
		row.Values = append(row.Values, Value{})
	}
	row.Values[i] = v
	return nil
}

// xmlValue reads a text as one of the types that KML's schemas know, or a time; false if it is not of the type.
func xmlValue(text, kind string) (Value, bool) {
	switch kind {
	case "int", "uint", "short", "ushort", "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return integerValue(text, n), true
		}
		return TextValue(text), false
	case "float", "double":
		if v, ok := parseDecimal(text); ok {
			return numberValue(text, v), true
		}
		return TextValue(text), false
	case "bool":
		switch strings.ToLower(text) {
		case "1", "true":
			return booleanValue(text, true), true
		case "0", "false":
			return booleanValue(text, false), true
		}
		return TextValue(text), false
	case "time":
		if v, ok := xmlTime(text); ok {
			return v, true
		}
	}
	return TextValue(text), true
}

// errKML makes a shape's Problem out of what is wrong with it.
func errKML(zh, en string, args ...any) []Problem {
	return []Problem{about(BadGeometry, Error, "图形无法读取："+zh, "the shape cannot be read: "+en, args...)}
}
