package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/ewkb"

	"onemap/layers"
)

// bare is the table that Copy fills and drops.
var bare = pgx.Identifier{"staging", "bench"}

// Copy sends records by binary COPY into a bare table of the layer's columns, without
// keys, checks, indexes or what is derived from the geometry, and returns how long the
// COPY with its commit took. The table is dropped.
func (f *Floor) Copy(ctx context.Context, l *layers.Layer, records []layers.Record) (took time.Duration, err error) {
	columns := columns(l)
	names, defs := make([]string, len(columns)), make([]string, len(columns))
	for i, c := range columns {
		names[i], defs[i] = c.Name, ident(c.Name)+" "+c.Type
		if c.Name == "geom" {
			defs[i] = "geom geometry"
		}
	}
	drop := "DROP TABLE IF EXISTS " + bare.Sanitize()
	if _, err := f.pool.Exec(ctx, drop+"; CREATE TABLE "+bare.Sanitize()+" ("+strings.Join(defs, ", ")+")"); err != nil {
		return 0, explain(err)
	}
	defer func() {
		if _, dropped := f.pool.Exec(context.WithoutCancel(ctx), drop); err == nil {
			err = explain(dropped)
		}
	}()
	row := make([]any, len(columns))
	begun := time.Now()
	n, err := f.pool.CopyFrom(ctx, bare, names, pgx.CopyFromSlice(len(records), func(i int) ([]any, error) {
		return row, fill(row, l, records[i])
	}))
	if err == nil && n != int64(len(records)) {
		err = fmt.Errorf("%d of %d records arrived", n, len(records))
	}
	return time.Since(begun), explain(err)
}

// standard are the columns that every record fills beside the declared ones.
var standard = []string{"source", "source_id", "valid_from", "valid_to", "position_quality", "datum", "geom"}

// columns are the standard columns, then the declared ones.
func columns(l *layers.Layer) []layers.Column {
	return slices.DeleteFunc(l.RecordColumns(), func(c layers.Column) bool {
		return !slices.Contains(standard, c.Name) && !slices.ContainsFunc(l.Fields, func(f *layers.Field) bool { return f.Name == c.Name })
	})
}

// fill puts a record into a row of columns, its geometry as EWKB.
func fill(row []any, l *layers.Layer, r layers.Record) error {
	row[0], row[1], row[2], row[3] = r.Source, r.SourceID, r.ValidFrom, r.ValidTo
	row[4], row[5], row[6] = string(r.PositionQuality), string(r.Datum), nil
	if r.Geometry != nil {
		g, err := ewkb.Marshal(r.Geometry, layers.SRID)
		if err != nil {
			return err
		}
		row[6] = g
	}
	for i, f := range l.Fields {
		row[len(standard)+i] = r.Values[f.Name]
	}
	return nil
}

// Clear empties a layer's tables after a publication that was made for its time only.
func (f *Floor) Clear(ctx context.Context, l *layers.Layer) error {
	_, err := f.pool.Exec(ctx, "TRUNCATE "+l.Table()+", "+l.History()+" RESTART IDENTITY")
	return explain(err)
}
