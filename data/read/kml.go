package read

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"onemap/layers/fault"
)

// kml reads the placemarks of a KML document (OGC 12-007r2) as a stream. Its folders are a column.
type kml struct {
	xmlRows
	format   string
	folders  []string
	kinds    map[string]string // of the fields that schemas declare
	tracks   int64
	overlays int64
	links    int64
	started  bool
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
	s := &kml{xmlRows: newXMLRows(x, opts), format: format, kinds: map[string]string{}}
	s.next, s.finish = s.placemark, s.leftOut
	for _, c := range kmlColumns {
		s.columns.find([]byte(c))
	}
	if err := s.readAhead(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *kml) Format() string { return s.format }

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

func (s *kml) leftOut() {
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
