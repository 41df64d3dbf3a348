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
// With an edition the table is the layer's; without, it is a staging table, whose rows are
// numbered from first on unless that is 0.
func copyRecords(ctx context.Context, tx pgx.Tx, table pgx.Identifier, l *layers.Layer, records iter.Seq2[layers.Record, error], edition *int64, first int64) (int64, error) {
	columns := l.RecordColumns()
	names := make([]string, 0, len(columns)+2)
	for _, c := range columns {
		names = append(names, `"`+c.Name+`"`)
	}
	if edition != nil {
		names = append(names, `"edition"`)
	} else {
		names = append(names, `"`+layers.StagedRow+`"`, `"`+layers.StagedFlags+`"`, `"`+layers.StagedID+`"`)
	}
	w := &rowWriter{layer: l, fields: len(names), edition: edition, next: first, full: make(chan []byte, chunksWaiting), free: make(chan []byte, chunksWaiting), quit: make(chan struct{})}
	options := "FORMAT binary"
	if edition == nil {
		options += ", FREEZE" // a table made in this transaction: nobody needs to ask again whether its rows hold
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(records)
	}()
	tag, err := tx.Conn().PgConn().CopyFrom(ctx, &rowReader{w: w}, "COPY "+table.Sanitize()+" ("+strings.Join(names, ", ")+") FROM STDIN ("+options+")")
	close(w.quit)
	<-ended
	if w.failed != nil {
		return 0, w.failed
	}
	return tag.RowsAffected(), err
}

// Records are turned into COPY data in chunks of some size, of which so many may wait, by
// a goroutine of its own while the connection sends the one before.
const (
	chunkBytes    = 64 << 10
	chunksWaiting = 16
)

// rowWriter turns records into chunks of binary COPY data.
type rowWriter struct {
	layer   *layers.Layer
	fields  int
	edition *int64
	next    int64 // number of the next staged row, or 0
	row     tuple
	full    chan []byte // closed after the last
	free    chan []byte
	quit    chan struct{}
	failed  error // once full is closed
}

// run goes through the records until the last, an error, or until nobody reads any more.
func (w *rowWriter) run(records iter.Seq2[layers.Record, error]) {
	defer close(w.full)
	w.row.buf = append(make([]byte, 0, chunkBytes+chunkBytes/4), copyHeader...)
	for record, err := range records {
		if err == nil {
			err = w.append(record)
		}
		if err != nil {
			w.failed = err
			return
		}
		if len(w.row.buf) >= chunkBytes && !w.send() {
			return
		}
	}
	w.row.buf = append(w.row.buf, copyTrailer...)
	w.send()
}

// send hands on what has been written; false if nobody reads it.
func (w *rowWriter) send() bool {
	select {
	case w.full <- w.row.buf:
	case <-w.quit:
		return false
	}
	select {
	case w.row.buf = <-w.free:
	default:
		w.row.buf = make([]byte, 0, chunkBytes+chunkBytes/4)
	}
	return true
}

// rowReader gives the chunks of a rowWriter as a stream.
type rowReader struct {
	w     *rowWriter
	chunk []byte
	at    int
}

// Read fills p from one chunk. What failed in the writer fails here.
func (r *rowReader) Read(p []byte) (int, error) {
	if r.at == len(r.chunk) {
		if cap(r.chunk) > 0 {
			select {
			case r.w.free <- r.chunk[:0]:
			default:
			}
		}
		chunk, more := <-r.w.full
		if r.chunk, r.at = chunk, 0; !more {
			if r.w.failed != nil {
				return 0, r.w.failed
			}
			return 0, io.EOF
		}
	}
	n := copy(p, r.chunk[r.at:])
	r.at += n
	return n, nil
}

// append writes a record's row, in the order of RecordColumns.
func (w *rowWriter) append(record layers.Record) error {
	t := &w.row
	t.begin(w.fields)
	t.text(record.Source)
	t.text(record.SourceID)
	t.moment(record.ValidFrom)
	t.moment(record.ValidTo)
	t.text(string(record.PositionQuality))
	t.text(string(record.Datum))
	if err := t.geometry(w.layer, record.Geometry); err != nil {
		return fmt.Errorf("record %s: %w", record.SourceID, err)
	}
	if record.Geometry == nil {
		for range w.layer.AnchorColumns() {
			t.null()
		}
	} else {
		a := layers.AnchorOf(record.Geometry)
		t.int64(int64(a.X))
		t.int64(int64(a.Y))
		if w.layer.AnchorColumns() == 3 {
			t.int64(int64(a.Extent))
		}
	}
	for _, f := range w.layer.Fields {
		if err := t.value(f, record.Value(f)); err != nil {
			return fmt.Errorf("record %s: %w", record.SourceID, err)
		}
	}
	if w.edition != nil {
		t.int64(*w.edition)
		return nil
	}
	t.int64(record.Row)
	t.int16(record.Flags())
	if w.next == 0 {
		t.null()
		return nil
	}
	t.int64(w.next)
	w.next++
	return nil
}

// name turns a broken rule of the table into an error that names the field.
func (w *publisher) name(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || !broken(err) {
		return err
	}
	if field, ok := strings.CutPrefix(pg.ConstraintName, layers.RequiredCheck); ok {
		pg.ColumnName = field
	}
	if pg.ColumnName != "" {
		return &fault.Error{Code: fault.Invalid, Field: pg.ColumnName, Message: "A record has no value for the required field " + pg.ColumnName + ".", Err: err}
	}
	for _, c := range w.layer.Constraints() {
		if c.Called(pg.ConstraintName) {
			detail := pg.Detail // PostgreSQL's own sentence about the key, such as: Key (code)=(1) already exists.
			if pg.Code != "23505" {
				detail = ""
			}
			return &fault.Error{Code: fault.Invalid, Field: c.Name, Message: fmt.Sprintf("A record breaks the rule %s of layer %s. %s", c.Name, w.layer.ID, detail), Err: err}
		}
	}
	return err
}
