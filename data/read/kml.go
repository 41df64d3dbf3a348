package read

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"onemap/geo"
	"onemap/layers/fault"
)

// kml reads the placemarks of a KML document (OGC 12-007r2) as a stream. Its folders are a column.
type kml struct {
	*xmlStream
	format   string
	columns  columnSet
	folders  []string
	kinds    map[string]string // of the fields that schemas declare
	ahead    []*Row
	rows     int64
	heights  int64
	tracks   int64
	overlays int64
	links    int64
	started  bool
	err      error
}

// kmlColumns are those that every file has.
var kmlColumns = []string{"name", "description", "folder"}

func sniffKML(p *probe) bool {
	if p.has(isKMLName) {
		return true
	}
	switch xmlRoot(p.head) {
	case "kml", "Document", "Placemark":
		return true
	case "Folder":
		return strings.Contains(string(p.head), "Placemark") || p.ending() == ".kml"
	}
	return false
}

// isKMLName says which file makes an archive a KMZ: the main document, which has this name by
// custom. An archive with others is a folder of files.
func isKMLName(name string) bool { return strings.EqualFold(name, "doc.kml") }

func openKML(p *probe, opts Options) (Source, error) {
	main, format := p.main, "KML"
	if p.inside != nil || isZip(p.head) {
		parts, err := p.document(opts.Limits)
		if err != nil {
			return nil, err
		}
		format = "KMZ"
		for _, f := range parts {
			if isKMLName(f.name) {
				main = f
			}
		}
	}
	x, err := openXML(main, opts)
	if err != nil {
		return nil, err
	}
	s := &kml{xmlStream: x, format: format, kinds: map[string]string{}}
	s.columns = columnSet{place: map[string]int{}, limit: opts.Limits.Columns}
	for _, c := range kmlColumns {
		s.columns.find([]byte(c))
	}
	for len(s.ahead) < aheadRows && s.d.InputOffset() < aheadBytes {
		row, err := s.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.Close()
			return nil, err
		}
		s.ahead = append(s.ahead, row)
	}
	return s, nil
}

func (s *kml) Format() string { return s.format }

func (s *kml) Columns() []string { return s.columns.names }

func (s *kml) CRS() (geo.CRS, bool) { return geo.CRS84, true }

func (s *kml) Encoding() string { return s.encoding }

func (s *kml) Problems() []Problem { return s.problems }

func (s *kml) Positions() *Positions { return nil }

func (s *kml) Progress() (done, total int64) { return min(s.done, s.size), s.size }

func (s *kml) Close() error { return s.closer.Close() }

func (s *kml) Next() (*Row, error) {
	if len(s.ahead) > 0 {
		row := s.ahead[0]
		s.ahead = s.ahead[1:]
		return row, nil
	}
	return s.read()
}

func (s *kml) read() (*Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	row, err := s.placemark()
	if err != nil {
		if s.err = err; errors.Is(err, io.EOF) {
			s.finish()
		}
	}
	return row, err
}

// placemark goes on to the next placemark and reads it.
func (s *kml) placemark() (*Row, error) {
	for {
		t, err := s.token()
		if errors.Is(err, io.EOF) && !s.started {
			return nil, fault.New(fault.Invalid, "the file holds no KML")
		}
		if err != nil {
			return nil, err
		}
		s.started = true
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "Folder" && len(s.folders) > 0 {
				s.folders = s.folders[:len(s.folders)-1]
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "Placemark":
				s.begin()
				row, err := s.feature()
				s.end()
				return row, err
			case "Folder":
				s.folders = append(s.folders, "")
			case "name":
				text, err := s.text()
				if err != nil {
					return nil, err
				}
				if len(s.folders) > 0 && s.folders[len(s.folders)-1] == "" {
					s.folders[len(s.folders)-1] = text
				}
			case "Schema":
				err = s.schema()
			case "GroundOverlay", "ScreenOverlay", "PhotoOverlay":
				s.overlays++
				err = s.skip()
			case "NetworkLink":
				s.links++
				err = s.skip()
			case "Style", "StyleMap", "description", "LookAt", "Camera", "Region":
				err = s.skip()
			}
			if err != nil {
				return nil, err
			}
		}
	}
}

// schema takes note of the declared types of fields.
func (s *kml) schema() error {
	return s.children(func(e xml.StartElement) error {
		if e.Name.Local == "SimpleField" && len(s.kinds) < s.columns.limit {
			s.kinds[attribute(e, "name")] = attribute(e, "type")
		}
		return s.skip()
	})
}

func (s *kml) finish() {
	tell := func(n int64, p Problem) {
		if n > 0 {
			s.problems = append(s.problems, p)
		}
	}
	tell(s.heights, about(HeightDropped, Notice, "%d 个图形的高程未读取", "the altitudes of %d shapes were left out", s.heights))
	tell(s.tracks, about(TimesDropped, Notice, "%d 条轨迹按折线读取，各点时间未读取", "%d tracks were read as lines, without the times of their points", s.tracks))
	tell(s.overlays, about(PartUnread, Notice, "%d 个影像叠加未读取", "%d image overlays are not read", s.overlays))
	tell(s.links, about(PartUnread, Warning, "%d 个网络链接未打开，其内容不在此文件中", "%d network links were not followed; what they lead to is not in this file", s.links))
}

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
