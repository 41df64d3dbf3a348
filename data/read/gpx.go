package read

import (
	"encoding/xml"
	"errors"
	"io"

	"onemap/geo"
)

// gpx reads one of the layers of a GPX file (GPX 1.1): waypoints, routes or tracks as lines, or the points of these two.
type gpx struct {
	*xmlStream
	layer   gpxLayer
	columns columnSet
	ahead   []*Row
	rows    int64
	track   string // name of the track or route that is being read
	segment int64
	heights int64
	times   int64
	err     error
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
	s := &gpx{xmlStream: x, columns: columnSet{place: map[string]int{}, limit: opts.Limits.Columns}}
	for _, l := range gpxLayers {
		if l.name == layers[i].Name {
			s.layer = l
		}
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

func (s *gpx) Format() string { return "GPX" }

func (s *gpx) Columns() []string { return s.columns.names }

func (s *gpx) CRS() (geo.CRS, bool) { return geo.CRS84, true }

func (s *gpx) Encoding() string { return s.encoding }

func (s *gpx) Problems() []Problem { return s.problems }

func (s *gpx) Positions() *Positions { return nil }

func (s *gpx) Progress() (done, total int64) { return min(s.done, s.size), s.size }

func (s *gpx) Close() error { return s.closer.Close() }

func (s *gpx) Next() (*Row, error) {
	if len(s.ahead) > 0 {
		row := s.ahead[0]
		s.ahead = s.ahead[1:]
		return row, nil
	}
	return s.read()
}

func (s *gpx) read() (*Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	row, err := s.next()
	if err != nil {
		if s.err = err; errors.Is(err, io.EOF) {
			if s.heights > 0 {
				s.problems = append(s.problems, about(HeightDropped, Notice, "%d 条线的高程未读取", "the elevations of %d lines were left out", s.heights))
			}
			if s.times > 0 {
				s.problems = append(s.problems, about(TimesDropped, Notice, "%d 条轨迹各点的时间未读取；图层 track_points 中有", "the times of the points of %d tracks were left out; the layer track_points has them", s.times))
			}
		}
	}
	return row, err
}

// next goes on to the next element of the layer. For the points of tracks it steps into these.
func (s *gpx) next() (*Row, error) {
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
