package mirror

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/tiles/mvt"
)

// scribe writes a layer's part of a tile out of rows that PostGIS has clipped, gathered and
// brought into the tile's grid (layers.Query.TileRowsSQL): the tile of a layer that is not
// in memory, of another time or of another edition.
type scribe struct {
	query  layers.Query
	z      int
	counts []string        // codes that gathered points are counted by; nil: nothing gathers
	fields []*layers.Field // of a row
	sheets [2]scribed
	vs     []mvt.Vertex
	list   []byte
}

// scribed is one MVT layer with the keys and values that it has so far.
type scribed struct {
	sheet
	keys   map[*layers.Field]uint32
	values map[string]uint32
}

// rowStart is how many columns a row has before those of gathered points: sheet, id, geometry.
const rowStart = 3

// fromRows makes the layer's part of a tile from PostGIS.
func (m *Mirror) fromRows(ctx context.Context, q layers.Query, t maptile.Tile) ([]byte, error) {
	s := &scribe{query: q, z: int(t.Z), fields: q.TileRowFields(int(t.Z))}
	if q.View.Gathers(s.z) {
		s.counts = []string{}
		if by := q.View.By(); by != nil {
			s.counts = by.List.Codes()
		}
	}
	if err := m.truth.TileRows(ctx, q, t, s.begin, s.row); err != nil {
		return nil, err
	}
	main, labels := &s.sheets[0], &s.sheets[1]
	return labels.AppendTo(main.AppendTo(make([]byte, 0, main.Len()+labels.Len()))), nil
}

func (s *scribe) begin() {
	for k, name := range [2]string{s.query.View.ID, s.query.View.LabelLayer()} {
		s.sheets[k] = scribed{keys: map[*layers.Field]uint32{}, values: map[string]uint32{}}
		s.sheets[k].reset(name, nil)
	}
}

// row writes one feature.
func (s *scribe) row(row [][]byte) error {
	start := rowStart
	if s.counts != nil {
		start += 1 + len(s.counts)
	}
	if len(row) != start+len(s.fields) || len(row[0]) != 4 || len(row[1]) != 8 {
		return fmt.Errorf("layer %s: a row of a tile has another shape", s.query.View.ID)
	}
	to := &s.sheets[binary.BigEndian.Uint32(row[0])&1]
	to.Begin(binary.BigEndian.Uint64(row[1]))
	kind, err := s.geometry(to, row[2])
	if err != nil {
		return fmt.Errorf("layer %s: %w", s.query.View.ID, err)
	}
	if s.counts != nil && row[rowStart] != nil {
		s.gathered(to, row[rowStart:start])
	}
	for k, f := range s.fields {
		if raw := row[start+k]; raw != nil {
			if err := s.tag(to, f, raw); err != nil {
				return err
			}
		}
	}
	to.End(kind)
	return nil
}

// gathered gives the feature begun its number and those by code.
func (s *scribe) gathered(to *scribed, row [][]byte) {
	n := count(row[0])
	to.flag("cluster")
	to.count("point_count", n)
	to.word("point_count_abbreviated", n)
	for code, raw := range row[1:] {
		if raw != nil {
			to.sum(s.counts, code, count(raw))
		}
	}
}

func count(raw []byte) uint64 {
	if len(raw) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(raw)
}

// tag gives the feature begun a value of a field.
func (s *scribe) tag(to *scribed, f *layers.Field, raw []byte) (err error) {
	var v any
	switch {
	case f.Type == layers.TypeCodes:
		if s.list, err = joined(s.list[:0], f, raw); err != nil {
			return err
		}
		v = strings.ReplaceAll(string(s.list), "\n", ",")
	case textual(f.Type):
		v = string(raw)
	default:
		bits, err := number(f, raw)
		if err != nil {
			return err
		}
		v = value(f.Type, bits)
	}
	to.message = appendWire(to.message[:0], f.Type, v)
	n, known := to.values[string(to.message)]
	if !known {
		n = to.Value(to.message)
		to.values[string(to.message)] = n
	}
	key, known := to.keys[f]
	if !known {
		key = to.Key(f.Name)
		to.keys[f] = key
	}
	to.Tag(key, n)
	return nil
}

// geometry gives the feature begun its geometry, which is in the tile's grid already.
func (s *scribe) geometry(to *scribed, wkb []byte) (mvt.GeomType, error) {
	r := wkbReader{src: wkb}
	kind := s.shape(to, &r, 0)
	if r.bad || len(r.src) != 0 || kind == 0 {
		return 0, fmt.Errorf("a tile has a geometry that is no point, line or polygon")
	}
	return kind, nil
}

func (s *scribe) shape(to *scribed, r *wkbReader, depth int) mvt.GeomType {
	switch r.head() {
	case wkbPoint:
		to.Point(r.vertex())
		return mvt.Point
	case wkbLineString:
		if s.vertices(r); len(s.vs) >= 2 {
			to.Line(s.vs)
		}
		return mvt.LineString
	case wkbPolygon:
		for k := range r.count(4) {
			s.vertices(r)
			if n := len(s.vs); n > 1 && s.vs[0] == s.vs[n-1] {
				s.vs = s.vs[:n-1]
			}
			if len(s.vs) < 3 {
				continue
			}
			if (mvt.Area(s.vs) > 0) == (k > 0) {
				slices.Reverse(s.vs)
			}
			to.Ring(s.vs)
		}
		return mvt.Polygon
	case wkbMultiLineString, wkbMultiPolygon:
		kind := mvt.GeomType(0)
		for range r.count(9) {
			if depth > 0 {
				break
			}
			kind = s.shape(to, r, depth+1)
		}
		return kind
	}
	r.bad = true
	return 0
}

func (s *scribe) vertices(r *wkbReader) {
	s.vs = s.vs[:0]
	for range r.count(16) {
		s.vs = append(s.vs, r.vertex())
	}
}

func (r *wkbReader) vertex() mvt.Vertex {
	return mvt.Vertex{X: int32(math.Round(r.float())), Y: int32(math.Round(r.float()))}
}
