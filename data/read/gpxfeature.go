package read

import (
	"encoding/xml"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"onemap/layers/fault"
)

func (s *gpx) feature(e xml.StartElement) (*Row, error) {
	s.rows++
	row := &Row{Number: s.rows}
	s.columns.next = 0
	if name := e.Name.Local; name == "trkpt" || name == "rtept" {
		if err := s.set(row, "track", TextValue(s.track)); err != nil {
			return nil, err
		}
		if name == "trkpt" {
			s.set(row, "segment", integerValue(strconv.FormatInt(s.segment, 10), s.segment))
		}
	}
	if s.layer.element == "rte" || s.layer.element == "trk" {
		return row, s.line(row)
	}
	p, problems := gpxPoint(e)
	row.Problems = problems
	if len(problems) == 0 {
		row.Geometry = p
	}
	return row, s.children(func(e xml.StartElement) error { return s.field(row, e) })
}

// gpxPoint reads the position of a point element.
func gpxPoint(e xml.StartElement) (orb.Point, []Problem) {
	lon, lat := attribute(e, "lon"), attribute(e, "lat")
	x, okX := parseDecimal(lon)
	y, okY := parseDecimal(lat)
	if p := (orb.Point{x, y}); okX && okY && finite(p) {
		return p, nil
	}
	return orb.Point{}, []Problem{about(BadGeometry, Error, "经纬度 %.40q、%.40q 不是数字", "the longitude %.40q and latitude %.40q are no numbers", lon, lat)}
}

// line reads a route or track: its fields, and its points as one line for each segment.
func (s *gpx) line(row *Row) error {
	var parts [][]orb.Point
	high, timed := false, false
	point := func(e xml.StartElement) error {
		p, problems := gpxPoint(e)
		if len(problems) == 0 {
			parts[len(parts)-1] = append(parts[len(parts)-1], p)
		} else if len(row.Problems) < 10 {
			row.Problems = append(row.Problems, problems...)
		}
		return s.children(func(e xml.StartElement) error {
			high, timed = high || e.Name.Local == "ele", timed || e.Name.Local == "time"
			return s.skip()
		})
	}
	err := s.children(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "rtept":
			if len(parts) == 0 {
				parts = append(parts, nil)
			}
			return point(e)
		case "trkseg":
			parts = append(parts, nil)
			return s.children(func(e xml.StartElement) error {
				if e.Name.Local == "trkpt" {
					return point(e)
				}
				return s.skip()
			})
		}
		return s.field(row, e)
	})
	if high {
		s.heights++
	}
	if timed {
		s.times++
	}
	g, problems := lineOf(parts)
	row.Geometry, row.Problems = g, append(row.Problems, problems...)
	return err
}

// field reads one of the elements that describe a point or line; of extensions, each element with text.
func (s *gpx) field(row *Row, e xml.StartElement) error {
	name := e.Name.Local
	switch name {
	case "link":
		if href := attribute(e, "href"); href != "" {
			if err := s.set(row, "link", TextValue(href)); err != nil {
				return err
			}
		}
		return s.skip()
	case "extensions":
		return s.children(func(e xml.StartElement) error { return s.field(row, e) })
	}
	var text []byte
	inner := false
	for {
		t, err := s.inner()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			inner = true
			if err := s.field(row, t); err != nil {
				return err
			}
		case xml.CharData:
			text = append(text, t...)
		case xml.EndElement:
			if inner {
				return nil
			}
			return s.put(row, name, string(text))
		}
	}
}

// gpxKinds are the fields of GPX that are no text.
var gpxKinds = map[string]string{
	"ele": "double", "magvar": "double", "geoidheight": "double", "hdop": "double", "vdop": "double", "pdop": "double", "ageofdgpsdata": "double",
	"sat": "int", "number": "int", "dgpsid": "int", "time": "time",
}

func (s *gpx) put(row *Row, name, text string) error {
	v, ok := xmlValue(strings.TrimSpace(text), gpxKinds[name])
	if v.Raw == "" {
		return nil
	}
	if !ok {
		row.Problems = append(row.Problems, about(BadNumber, Error, "%q 不是数字", "%q is not a number", clip(v.Raw, 100)).of(name, clip(v.Raw, 100)))
	}
	return s.set(row, name, v)
}

func (s *gpx) set(row *Row, name string, v Value) error {
	i := s.columns.find([]byte(name))
	if i < 0 {
		return fault.New(fault.TooLarge, "the file has more than %d different fields", s.columns.limit)
	}
	for len(row.Values) <= i {
		row.Values = append(row.Values, Value{})
	}
	row.Values[i] = v
	return nil
}
