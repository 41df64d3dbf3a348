package read

import (
	"encoding/xml"
	"errors"
	"io"
)

// gpx reads one of the layers of a GPX file (GPX 1.1): waypoints, routes or tracks as lines, or the points of these two.
type gpx struct {
	xmlRows
	layer   gpxLayer
	track   string // name of the track or route that is being read
	segment int64
	times   int64
}

// gpxLayer is a name with the element that makes a row of it.
type gpxLayer struct{ name, element string }

var gpxLayers = []gpxLayer{{"waypoints", "wpt"}, {"routes", "rte"}, {"tracks", "trk"}, {"route_points", "rtept"}, {"track_points", "trkpt"}}

func sniffGPX(p *probe) bool { return xmlRoot(p.head) == "gpx" }

// layersGPX counts the elements of each layer, for which the file is read once.
func layersGPX(p *probe, opts Options) ([]Layer, error) {
	x, err := openXML(p.main, opts)
	if err != nil {
		return nil, err
	}
	defer x.closer.Close()
	count := map[string]int64{}
	for {
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if e, ok := t.(xml.StartElement); ok {
			count[e.Name.Local]++
		}
	}
	var layers []Layer
	for _, l := range gpxLayers {
		if n := count[l.element]; n > 0 {
			layers = append(layers, Layer{Name: l.name, Rows: n, quiet: l.element == "rtept" || l.element == "trkpt"})
		}
	}
	if len(layers) == 0 {
		layers = append(layers, Layer{Name: gpxLayers[0].name})
	}
	return layers, nil
}

func openGPX(p *probe, opts Options) (Source, error) {
	layers, err := layersGPX(p, opts)
	if err != nil {
		return nil, err
	}
	i, err := pickLayer(layers, opts.Layer, p.main.name, "layer")
	if err != nil {
		return nil, err
	}
	x, err := openXML(p.main, opts)
	if err != nil {
		return nil, err
	}
	s := &gpx{xmlRows: newXMLRows(x, opts)}
	s.next, s.finish = s.element, s.leftOut
	for _, l := range gpxLayers {
		if l.name == layers[i].Name {
			s.layer = l
		}
	}
	if err := s.readAhead(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *gpx) Format() string { return "GPX" }

func (s *gpx) leftOut() {
	if s.heights > 0 {
		s.problems = append(s.problems, about(HeightDropped, Notice, "%d 条线的高程未读取", "the elevations of %d lines were left out", s.heights))
	}
	if s.times > 0 {
		s.problems = append(s.problems, about(TimesDropped, Notice, "%d 条轨迹各点的时间未读取；图层 track_points 中有", "the times of the points of %d tracks were left out; the layer track_points has them", s.times))
	}
}

// element goes on to the next element of the layer. For the points of tracks it steps into these.
func (s *gpx) element() (*Row, error) {
	points := s.layer.element == "rtept" || s.layer.element == "trkpt"
	for {
		t, err := s.token()
		if err != nil {
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch name := e.Name.Local; {
		case name == s.layer.element:
			s.begin()
			row, err := s.feature(e)
			s.end()
			return row, err
		case points && (name == "trk" || name == "rte"):
			s.track, s.segment = "", 0
		case points && name == "trkseg":
			s.segment++
		case points && name == "name":
			s.track, err = s.text()
		case name == "gpx":
		default:
			err = s.skip()
		}
		if err != nil {
			return nil, err
		}
	}
}
