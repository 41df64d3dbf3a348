package data

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/layers/fault"
)

// Rows in PostgreSQL's binary COPY format (protocol documentation of COPY, "Binary
// Format"): a header, then for each row a field count and each field as length and bytes.
var copyHeader = append([]byte("PGCOPY\n\xff\r\n\x00"), 0, 0, 0, 0, 0, 0, 0, 0)

// copyTrailer is the field count that ends the data.
var copyTrailer = []byte{0xff, 0xff}

// postgresEpoch is the zero of timestamptz (microseconds) and date (days) in binary.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

const textOID = 25

// tuple appends fields to one row.
type tuple struct{ buf []byte }

func (t *tuple) begin(fields int) { t.buf = binary.BigEndian.AppendUint16(t.buf, uint16(fields)) }

func (t *tuple) null() { t.buf = append(t.buf, 0xff, 0xff, 0xff, 0xff) }

func (t *tuple) text(s string) {
	t.buf = binary.BigEndian.AppendUint32(t.buf, uint32(len(s)))
	t.buf = append(t.buf, s...)
}

func (t *tuple) int64(n int64) {
	t.buf = append(t.buf, 0, 0, 0, 8)
	t.buf = binary.BigEndian.AppendUint64(t.buf, uint64(n))
}

func (t *tuple) int16(n int16) {
	t.buf = append(t.buf, 0, 0, 0, 2)
	t.buf = binary.BigEndian.AppendUint16(t.buf, uint16(n))
}

func (t *tuple) float64(x float64) {
	t.buf = append(t.buf, 0, 0, 0, 8)
	t.buf = binary.BigEndian.AppendUint64(t.buf, math.Float64bits(x))
}

func (t *tuple) bool(b bool) {
	v := byte(0)
	if b {
		v = 1
	}
	t.buf = append(t.buf, 0, 0, 0, 1, v)
}

func (t *tuple) moment(at *time.Time) {
	if at == nil {
		t.null()
		return
	}
	t.int64(at.UnixMicro() - postgresEpoch.UnixMicro())
}

func (t *tuple) date(at time.Time) {
	t.buf = append(t.buf, 0, 0, 0, 4)
	t.buf = binary.BigEndian.AppendUint32(t.buf, uint32(int32((at.Unix()-postgresEpoch.Unix())/86400)))
}

// begun opens a field whose length is not known yet; close fills it in.
func (t *tuple) begun() int {
	t.buf = append(t.buf, 0, 0, 0, 0)
	return len(t.buf)
}

func (t *tuple) close(from int) {
	binary.BigEndian.PutUint32(t.buf[from-4:], uint32(len(t.buf)-from))
}

func (t *tuple) texts(list []string) {
	from := t.begun()
	dimensions := uint32(1)
	if len(list) == 0 {
		dimensions = 0
	}
	t.buf = binary.BigEndian.AppendUint32(t.buf, dimensions)
	t.buf = binary.BigEndian.AppendUint32(t.buf, 0) // no nulls
	t.buf = binary.BigEndian.AppendUint32(t.buf, textOID)
	if len(list) > 0 {
		t.buf = binary.BigEndian.AppendUint32(t.buf, uint32(len(list)))
		t.buf = binary.BigEndian.AppendUint32(t.buf, 1)
		for _, s := range list {
			t.text(s)
		}
	}
	t.close(from)
}

// value appends a declared field's value.
func (t *tuple) value(f *layers.Field, v any) error {
	switch v := v.(type) {
	case nil:
		t.null()
		return nil
	case string:
		if f.Type == layers.TypeText || f.Type == layers.TypeCode {
			t.text(v)
			return nil
		}
	case int64:
		switch f.Type {
		case layers.TypeInteger:
			t.int64(v)
			return nil
		case layers.TypeNumber:
			t.float64(float64(v))
			return nil
		}
	case float64:
		if f.Type == layers.TypeNumber {
			t.float64(v)
			return nil
		}
	case bool:
		if f.Type == layers.TypeBoolean {
			t.bool(v)
			return nil
		}
	case time.Time:
		switch f.Type {
		case layers.TypeDate:
			t.date(v)
			return nil
		case layers.TypeDateTime:
			t.moment(&v)
			return nil
		}
	case []string:
		if f.Type == layers.TypeCodes {
			t.texts(v)
			return nil
		}
	case map[string]float64:
		if f.Type == layers.TypeQuantities {
			text, err := json.Marshal(v) // sorted keys: equal values are equal bytes
			if err != nil {
				return fault.Wrap(err, fault.Internal, "value of %s", f.Name)
			}
			from := t.begun()
			t.buf = append(t.buf, 1) // the version of jsonb's binary form
			t.buf = append(t.buf, text...)
			t.close(from)
			return nil
		}
	}
	return &fault.Error{Code: fault.Internal, Field: f.Name, Message: fmt.Sprintf("A %T is no value of type %s.", v, f.Type)}
}

// EWKB type numbers with the flag for an SRID (PostGIS, ZMgeoms.txt).
const (
	ewkbSRID       = 0x20000000
	ewkbPoint      = 1
	ewkbLineString = 2
	ewkbPolygon    = 3
	ewkbMultiLine  = 5
	ewkbMultiPoly  = 6
)

func (t *tuple) ewkbHead(kind uint32, srid bool) {
	t.buf = append(t.buf, 1) // little-endian
	if !srid {
		t.buf = binary.LittleEndian.AppendUint32(t.buf, kind)
		return
	}
	t.buf = binary.LittleEndian.AppendUint32(t.buf, kind|ewkbSRID)
	t.buf = binary.LittleEndian.AppendUint32(t.buf, layers.SRID)
}

func (t *tuple) points(ps []orb.Point) {
	t.buf = binary.LittleEndian.AppendUint32(t.buf, uint32(len(ps)))
	for _, p := range ps {
		t.buf = binary.LittleEndian.AppendUint64(t.buf, math.Float64bits(p[0]))
		t.buf = binary.LittleEndian.AppendUint64(t.buf, math.Float64bits(p[1]))
	}
}

func (t *tuple) rings(g orb.Polygon) {
	t.buf = binary.LittleEndian.AppendUint32(t.buf, uint32(len(g)))
	for _, ring := range g {
		t.points(ring)
	}
}

// geometry appends a geometry as EWKB in the layer's type: single parts are made multiple
// where the layer stores multiple, and multiple ones of one part single where it stores
// single. The error is Invalid for any other type. nil is null.
func (t *tuple) geometry(l *layers.Layer, g orb.Geometry) error {
	if g == nil {
		t.null()
		return nil
	}
	multi := l.Geometry == layers.MultiLineString || l.Geometry == layers.MultiPolygon
	var lines orb.MultiLineString
	var polygons orb.MultiPolygon
	switch g := g.(type) {
	case orb.Point:
		if l.Geometry == layers.Point {
			from := t.begun()
			t.ewkbHead(ewkbPoint, true)
			t.buf = binary.LittleEndian.AppendUint64(t.buf, math.Float64bits(g[0]))
			t.buf = binary.LittleEndian.AppendUint64(t.buf, math.Float64bits(g[1]))
			t.close(from)
			return nil
		}
	case orb.LineString:
		lines = orb.MultiLineString{g}
	case orb.MultiLineString:
		lines = g
	case orb.Polygon:
		polygons = orb.MultiPolygon{g}
	case orb.MultiPolygon:
		polygons = g
	}
	dimension := l.Geometry.Dimension()
	switch {
	case dimension == 1 && (multi && len(lines) > 0 || len(lines) == 1):
		from := t.begun()
		if multi {
			t.ewkbHead(ewkbMultiLine, true)
			t.buf = binary.LittleEndian.AppendUint32(t.buf, uint32(len(lines)))
		}
		for _, line := range lines {
			t.ewkbHead(ewkbLineString, !multi)
			t.points(line)
		}
		t.close(from)
		return nil
	case dimension == 2 && (multi && len(polygons) > 0 || len(polygons) == 1):
		from := t.begun()
		if multi {
			t.ewkbHead(ewkbMultiPoly, true)
			t.buf = binary.LittleEndian.AppendUint32(t.buf, uint32(len(polygons)))
		}
		for _, p := range polygons {
			t.ewkbHead(ewkbPolygon, !multi)
			t.rings(p)
		}
		t.close(from)
		return nil
	}
	return fault.In("geom", "The geometry is a %s; the layer %s holds %s.", g.GeoJSONType(), l.ID, l.Geometry)
}
