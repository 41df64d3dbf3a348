package data

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"
	"github.com/twpayne/go-geom"

	"onemap/layers"
	"onemap/layers/fault"
)

// copyRecords sends records to a table by COPY in binary and returns how many there were.
// With an edition the table is the layer's; without, it is a staging table.
func copyRecords(ctx context.Context, tx pgx.Tx, table pgx.Identifier, l *layers.Layer, records iter.Seq2[layers.Record, error], edition *int64) (int64, error) {
	columns := l.RecordColumns()
	names := make([]string, 0, len(columns)+2)
	for _, c := range columns {
		names = append(names, c.Name)
	}
	if edition != nil {
		names = append(names, "edition")
	} else {
		names = append(names, layers.StagedRow, layers.StagedFlags)
	}
	next, stop := iter.Pull2(records)
	defer stop()
	row := make([]any, len(names))
	var failed error
	n, err := tx.CopyFrom(ctx, table, names, pgx.CopyFromFunc(func() ([]any, error) {
		r, err, more := next()
		if !more {
			return nil, nil
		}
		if err != nil {
			failed = err
			return nil, err
		}
		if err := fill(row, l, r); err != nil {
			failed = err
			return nil, err
		}
		if edition != nil {
			row[len(row)-1] = *edition
		} else {
			row[len(row)-2], row[len(row)-1] = r.Row, r.Flags()
		}
		return row, nil
	}))
	if failed != nil {
		return n, failed
	}
	return n, err
}

// fill puts a record into a row of RecordColumns.
func fill(row []any, l *layers.Layer, r layers.Record) error {
	g, err := geometry(l, r.Geometry)
	if err != nil {
		return fmt.Errorf("record %s: %w", r.SourceID, err)
	}
	row[0], row[1] = r.Source, r.SourceID
	row[2], row[3] = r.ValidFrom, r.ValidTo
	row[4], row[5] = string(r.PositionQuality), string(r.Datum)
	row[6] = g
	n := 7
	anchor := [3]any{}
	if r.Geometry != nil {
		a := layers.AnchorOf(r.Geometry)
		anchor = [3]any{int64(a.X), int64(a.Y), int64(a.Extent)}
	}
	for _, v := range anchor[:l.AnchorColumns()] {
		row[n] = v
		n++
	}
	for i, f := range l.Fields {
		row[n+i] = r.Value(f)
	}
	return nil
}

// geometry turns a geometry in memory into the form that goes over the wire as EWKB,
// single parts made multiple where the layer stores multiple. nil stays nil.
func geometry(l *layers.Layer, g orb.Geometry) (any, error) {
	switch g := g.(type) {
	case nil:
		return nil, nil
	case orb.Point:
		if l.Geometry == layers.Point {
			return geom.NewPointFlat(geom.XY, g[:]).SetSRID(layers.SRID), nil
		}
	case orb.LineString:
		if l.Geometry == layers.LineString {
			return geom.NewLineStringFlat(geom.XY, flat(nil, g)).SetSRID(layers.SRID), nil
		}
		return geometry(l, orb.MultiLineString{g})
	case orb.MultiLineString:
		if l.Geometry == layers.LineString && len(g) == 1 {
			return geometry(l, g[0])
		}
		if l.Geometry == layers.MultiLineString {
			var coords []float64
			var ends []int
			for _, line := range g {
				coords = flat(coords, line)
				ends = append(ends, len(coords))
			}
			return geom.NewMultiLineStringFlat(geom.XY, coords, ends).SetSRID(layers.SRID), nil
		}
	case orb.Polygon:
		if l.Geometry == layers.Polygon {
			coords, ends := flatRings(nil, nil, g)
			return geom.NewPolygonFlat(geom.XY, coords, ends).SetSRID(layers.SRID), nil
		}
		return geometry(l, orb.MultiPolygon{g})
	case orb.MultiPolygon:
		if l.Geometry == layers.Polygon && len(g) == 1 {
			return geometry(l, g[0])
		}
		if l.Geometry == layers.MultiPolygon {
			var coords []float64
			var endss [][]int
			for _, polygon := range g {
				var ends []int
				coords, ends = flatRings(coords, nil, polygon)
				endss = append(endss, ends)
			}
			return geom.NewMultiPolygonFlat(geom.XY, coords, endss).SetSRID(layers.SRID), nil
		}
	}
	return nil, fault.In("geom", "The geometry is a %s; the layer %s holds %s.", g.GeoJSONType(), l.ID, l.Geometry)
}

func flat(coords []float64, line orb.LineString) []float64 {
	for _, p := range line {
		coords = append(coords, p[0], p[1])
	}
	return coords
}

func flatRings(coords []float64, ends []int, polygon orb.Polygon) ([]float64, []int) {
	for _, ring := range polygon {
		coords = flat(coords, orb.LineString(ring))
		ends = append(ends, len(coords))
	}
	return coords, ends
}

// name turns a broken rule of the table into an error that names the field.
func (w *publisher) name(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !broken(err) {
		return err
	}
	if pg.ColumnName != "" {
		return &fault.Error{Code: fault.Invalid, Field: pg.ColumnName, Message: "A record has no value for the required field " + pg.ColumnName + ".", Err: err}
	}
	for _, c := range w.layer.Constraints() {
		if c.Name == pg.ConstraintName {
			detail := pg.Detail // PostgreSQL's own sentence about the key, such as: Key (code)=(1) already exists.
			if pg.Code != "23505" {
				detail = ""
			}
			return &fault.Error{Code: fault.Invalid, Field: c.Name, Message: fmt.Sprintf("A record breaks the rule %s of layer %s. %s", c.Name, w.layer.ID, detail), Err: err}
		}
	}
	return err
}
