package data

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers"
	"onemap/layers/fault"
)

// copyRecords sends records to a table by COPY in binary and returns how many there were.
// With an edition the table is the layer's; without, it is a staging table.
func copyRecords(ctx context.Context, tx pgx.Tx, table pgx.Identifier, l *layers.Layer, records iter.Seq2[layers.Record, error], edition *int64) (int64, error) {
	columns := l.RecordColumns()
	names := make([]string, 0, len(columns)+2)
	for _, c := range columns {
		names = append(names, `"`+c.Name+`"`)
	}
	if edition != nil {
		names = append(names, `"edition"`)
	} else {
		names = append(names, `"`+layers.StagedRow+`"`, `"`+layers.StagedFlags+`"`)
	}
	next, stop := iter.Pull2(records)
	defer stop()
	source := &rowReader{next: next, layer: l, fields: len(names), edition: edition}
	source.row.buf = append(source.row.buf, copyHeader...)
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, source, "COPY "+table.Sanitize()+" ("+strings.Join(names, ", ")+") FROM STDIN (FORMAT binary)")
	if source.failed != nil {
		return 0, source.failed
	}
	return tag.RowsAffected(), err
}

// rowReader gives records as binary COPY data while it is read.
type rowReader struct {
	next    func() (layers.Record, error, bool)
	layer   *layers.Layer
	fields  int
	edition *int64
	row     tuple // what has not been read yet, from at
	at      int
	ended   bool
	failed  error
}

// Read fills p with as many rows as fit.
func (r *rowReader) Read(p []byte) (int, error) {
	for !r.ended && len(r.row.buf)-r.at < len(p) {
		record, err, more := r.next()
		if err == nil && more {
			err = r.append(record)
		}
		switch {
		case err != nil:
			r.failed, r.ended = err, true
			return 0, err
		case !more:
			r.ended = true
			r.row.buf = append(r.row.buf, copyTrailer...)
		}
	}
	n := copy(p, r.row.buf[r.at:])
	r.at += n
	if rest := len(r.row.buf) - r.at; rest < r.at {
		copy(r.row.buf, r.row.buf[r.at:])
		r.row.buf, r.at = r.row.buf[:rest], 0
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// append writes a record's row, in the order of RecordColumns.
func (r *rowReader) append(record layers.Record) error {
	t := &r.row
	t.begin(r.fields)
	t.text(record.Source)
	t.text(record.SourceID)
	t.moment(record.ValidFrom)
	t.moment(record.ValidTo)
	t.text(string(record.PositionQuality))
	t.text(string(record.Datum))
	if err := t.geometry(r.layer, record.Geometry); err != nil {
		return fmt.Errorf("record %s: %w", record.SourceID, err)
	}
	if record.Geometry == nil {
		for range r.layer.AnchorColumns() {
			t.null()
		}
	} else {
		a := layers.AnchorOf(record.Geometry)
		t.int64(int64(a.X))
		t.int64(int64(a.Y))
		if r.layer.AnchorColumns() == 3 {
			t.int64(int64(a.Extent))
		}
	}
	for _, f := range r.layer.Fields {
		if err := t.value(f, record.Value(f)); err != nil {
			return fmt.Errorf("record %s: %w", record.SourceID, err)
		}
	}
	if r.edition != nil {
		t.int64(*r.edition)
		return nil
	}
	t.int64(record.Row)
	t.int16(record.Flags())
	return nil
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
