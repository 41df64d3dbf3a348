package data

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// manyChanges is how many changed features of a layer are handed over one by one; with
// more the layer is read again as a whole.
const manyChanges = 50_000

// Load hands over all rows of a layer that layers.Layer.MirrorSQL selects, as of one
// moment, and returns the moment's place in the change feed.
func (s *Store) Load(ctx context.Context, l *layers.Layer, row func([][]byte) error) (position string, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return "", explain(err, "read the layer")
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return "", explain(err, "read the layer")
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	if err := tx.QueryRow(ctx, "SELECT pg_current_snapshot()::text").Scan(&position); err != nil {
		return "", explain(err, "read the layer")
	}
	if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
		return "", explain(err, "read the layer")
	}
	pipe, to := io.Pipe()
	done := make(chan error, 1)
	go func() {
		_, err := tx.Conn().PgConn().CopyTo(ctx, to, "COPY ("+l.MirrorSQL(false)+") TO STDOUT (FORMAT binary)")
		to.CloseWithError(err)
		done <- err
	}()
	err = tuples(pipe, row)
	pipe.CloseWithError(err) // the rest is not wanted
	if sent := <-done; err == nil {
		err = sent
	}
	return position, err
}

// tuples reads rows in the binary format of COPY.
func tuples(r io.Reader, row func([][]byte) error) error {
	in := newTupleReader(r)
	head := in.take(len(copyHeader))
	if in.err == nil && string(head[:11]) != string(copyHeader[:11]) {
		return fmt.Errorf("this is not the binary format of COPY")
	}
	var fields [][]byte
	for in.err == nil {
		n := in.take(2)
		if in.err != nil {
			break
		}
		count := int16(binary.BigEndian.Uint16(n))
		if count < 0 {
			return nil
		}
		fields = fields[:0]
		in.mark()
		for range count {
			length := int32(binary.BigEndian.Uint32(in.take(4)))
			if length < 0 {
				fields = append(fields, nil)
			} else {
				fields = append(fields, in.take(int(length)))
			}
			if in.err != nil {
				return in.err
			}
		}
		if err := row(fields); err != nil {
			return err
		}
	}
	return in.err
}

// tupleReader reads ahead; what it has handed out stays until the next mark.
type tupleReader struct {
	r    io.Reader
	buf  []byte
	at   int
	err  error
	zero [4]byte
}

func newTupleReader(r io.Reader) *tupleReader {
	return &tupleReader{r: r, buf: make([]byte, 0, 1<<18)}
}

// mark lets go of what was handed out. A new buffer is begun where the old one is short.
func (t *tupleReader) mark() {
	if cap(t.buf)-t.at < 1<<16 {
		t.buf = append(make([]byte, 0, max(1<<18, 2*(len(t.buf)-t.at))), t.buf[t.at:]...)
		t.at = 0
	}
}

// take returns the next n bytes; zeros after an error.
func (t *tupleReader) take(n int) []byte {
	for len(t.buf)-t.at < n && t.err == nil {
		if t.at+n > cap(t.buf) {
			// What was handed out stays in the old buffer.
			t.buf = append(make([]byte, 0, max(1<<18, 2*n)), t.buf[t.at:]...)
			t.at = 0
		}
		k, err := t.r.Read(t.buf[len(t.buf):cap(t.buf)])
		t.buf = t.buf[:len(t.buf)+k]
		if err != nil && len(t.buf)-t.at < n {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			t.err = err
		}
	}
	if t.err != nil {
		return t.zero[:min(n, 4)]
	}
	p := t.buf[t.at : t.at+n : t.at+n]
	t.at += n
	return p
}

// Changes hands over what has changed in each layer since its place in the change feed,
// all as of one moment, whose place it returns: the ids of all features that were added,
// changed or removed, and the rows that there are of them now. Where there are more than
// manyChanges of a layer, whole is true instead.
func (s *Store) Changes(ctx context.Context, since map[string]string, change func(layer string, ids []int64, whole bool) error, row func(layer string, row [][]byte) error) (position string, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return "", explain(err, "read the changes")
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return "", explain(err, "read the changes")
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) //nolint:errcheck // nothing was written
	if err := tx.QueryRow(ctx, "SELECT pg_current_snapshot()::text").Scan(&position); err != nil {
		return "", explain(err, "read the changes")
	}
	// Layers that stand at the same place are asked for together; mostly that is all.
	places := map[string][]string{}
	for layer, from := range since {
		places[from] = append(places[from], layer)
	}
	for from, ids := range places {
		slices.Sort(ids)
		if err := s.changesOf(ctx, tx, from, ids, change, row); err != nil {
			return "", explain(err, "read the changes")
		}
	}
	return position, nil
}

// Identity names the database: the cluster, the database in it, and when its base tables
// were made; been reports whether a place in the change feed is one it has been at. A
// database that was put back to an earlier state is at an earlier place.
func (s *Store) Identity(ctx context.Context) (name string, been func(position string) bool, err error) {
	var next uint64
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT concat_ws('/', (SELECT system_identifier FROM pg_control_system()), (SELECT timeline_id FROM pg_control_checkpoint()),
				(SELECT oid FROM pg_database WHERE datname = current_database()), 'onemap.change'::regclass::oid),
			pg_snapshot_xmax(pg_current_snapshot())::text::numeric::bigint`).Scan(&name, &next)
	})
	return name, func(position string) bool {
		_, rest, _ := strings.Cut(position, ":")
		most, _, _ := strings.Cut(rest, ":")
		n, err := strconv.ParseUint(most, 10, 64)
		return err == nil && n <= next
	}, explain(err, "look at the database")
}

// touched are the features of one layer that have changed.
type touched struct {
	ids      []int64
	editions []int64
	many     int64
}

func (s *Store) changesOf(ctx context.Context, tx pgx.Tx, from string, of []string, change func(string, []int64, bool) error, row func(string, [][]byte) error) error {
	rows, err := tx.Query(ctx, `SELECT c.layer, c.feature, c.edition, coalesce(e.added + e.changed + e.gone, 0)
		FROM onemap.change AS c LEFT JOIN onemap.edition AS e ON e.id = c.edition AND c.feature IS NULL
		WHERE c.xid >= pg_snapshot_xmin($1::text::pg_snapshot) AND NOT pg_visible_in_snapshot(c.xid, $1::text::pg_snapshot)
			AND c.layer = ANY($2)`, from, of)
	if err != nil {
		return err
	}
	found := map[string]*touched{}
	var layer string
	var feature *int64
	var edition, size int64
	if _, err := pgx.ForEachRow(rows, []any{&layer, &feature, &edition, &size}, func() error {
		t := found[layer]
		if t == nil {
			t = &touched{}
			found[layer] = t
		}
		if feature != nil {
			t.ids = append(t.ids, *feature)
		} else {
			t.editions, t.many = append(t.editions, edition), t.many+size
		}
		return nil
	}); err != nil {
		return err
	}
	for id, t := range found {
		l := s.cat.Layer(id)
		if l == nil {
			continue
		}
		if t.many+int64(len(t.ids)) > manyChanges {
			if err := change(id, nil, true); err != nil {
				return err
			}
			continue
		}
		if len(t.editions) > 0 {
			rows, err := tx.Query(ctx, "SELECT id FROM "+l.Table()+" WHERE edition = ANY($1) UNION SELECT id FROM "+l.History()+" WHERE superseded_edition = ANY($1)", t.editions)
			if err != nil {
				return err
			}
			more, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			if err != nil {
				return err
			}
			t.ids = append(t.ids, more...)
		}
		if err := change(id, t.ids, false); err != nil {
			return err
		}
		if len(t.ids) == 0 {
			continue
		}
		rows, err := tx.Query(ctx, l.MirrorSQL(true), pgx.QueryExecModeCacheDescribe, pgx.QueryResultFormats{pgx.BinaryFormatCode}, t.ids)
		if err != nil {
			return err
		}
		for rows.Next() {
			if err := row(id, rows.RawValues()); err != nil {
				rows.Close()
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}
