package data

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/layers"
)

// manyChanges is how many changed features of a layer are handed over one by one; with
// more the layer is read again as a whole.
const manyChanges = 50_000

// TileRows hands over the features of one layer's part of a tile as
// layers.Query.TileRowsSQL selects them, each column in PostgreSQL's binary format. begin is
// called before the first, and again where the answer broke off and is asked for anew.
func (s *Store) TileRows(ctx context.Context, q layers.Query, t maptile.Tile, begin func(), row func([][]byte) error) error {
	st := q.TileRowsSQL(t)
	return s.read(ctx, func(c *pgx.Conn) error {
		begin()
		rows, err := c.Query(ctx, st.Text, arguments(st)...)
		return handedOver(rows, err, row)
	})
}

// Reaches reports whether a query may have something in a tile or below it.
func (s *Store) Reaches(ctx context.Context, q layers.Query, t maptile.Tile) (reaches bool, err error) {
	st := q.ReachesSQL(t)
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, st.Text, planned(st)...).Scan(&reaches)
	})
	return reaches, err
}

// Fitting hands over the ids of the placed records that fit the filters of a query, of
// those with the given ids alone where these are not nil. It reports false where the layer
// has changed since a place in the change feed; what was handed over then means nothing.
// begin is as for TileRows.
func (s *Store) Fitting(ctx context.Context, q layers.Query, since string, ids []int64, begin func(), id func(int64)) (as bool, err error) {
	st := q.FittingSQL(since, ids)
	err = s.read(ctx, func(c *pgx.Conn) error {
		begin()
		as = true
		rows, err := c.Query(ctx, st.Text, planned(st)...)
		return handedOver(rows, err, func(row [][]byte) error {
			if row[0] == nil {
				as = false
			} else {
				id(int64From(row[0]))
			}
			return nil
		})
	})
	return as, err
}

// handedOver hands over the rows of an answer.
func handedOver(rows pgx.Rows, err error, row func([][]byte) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.RawValues()); err != nil {
			return err
		}
	}
	return rows.Err()
}

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
	return s.since(ctx, since, func(tx pgx.Tx, from string, ids []string) error {
		return s.changesOf(ctx, tx, from, ids, change, row)
	})
}

// Touches hands over where each layer has changed since its place in the change feed, all
// as of one moment, whose place it returns: the boxes, in longitude and latitude, of all
// features that were added, changed or removed, as they were and as they are, with the
// first and last moment of their valid time where they have one. Where there are more than
// manyChanges in a layer, it is one box of nil for everywhere instead.
func (s *Store) Touches(ctx context.Context, since map[string]string, touch func(layer string, box *orb.Bound, from, to *time.Time)) (position string, err error) {
	return s.since(ctx, since, func(tx pgx.Tx, from string, ids []string) error {
		found, err := touchedSince(ctx, tx, from, ids)
		if err != nil {
			return err
		}
		for id, t := range found {
			if s.cat.Layer(id) == nil {
				continue
			}
			if t.whole() {
				touch(id, nil, nil, nil)
				continue
			}
			for _, b := range t.boxes {
				touch(id, box(b), nil, nil)
			}
			if err := touchesOf(ctx, tx, s.cat.Layer(id), t, touch); err != nil {
				return err
			}
		}
		return nil
	})
}

// touchesOf hands over the boxes that are not in the change feed itself.
func touchesOf(ctx context.Context, tx pgx.Tx, l *layers.Layer, t *touched, touch func(string, *orb.Bound, *time.Time, *time.Time)) error {
	for edition, list := range map[bool][]int64{false: t.ids, true: t.editions} {
		if len(list) == 0 {
			continue
		}
		rows, err := tx.Query(ctx, l.TouchedSQL(edition), list)
		if err != nil {
			return err
		}
		var b orb.Bound
		var from, to *time.Time
		if _, err := pgx.ForEachRow(rows, []any{&b.Min[0], &b.Min[1], &b.Max[0], &b.Max[1], &from, &to}, func() error {
			is := b
			touch(l.ID, &is, from, to)
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// Turn returns the next moment at which a placed record of a layer begins or ends to be
// valid; nil: none does.
func (s *Store) Turn(ctx context.Context, l *layers.Layer) (next *time.Time, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error { return c.QueryRow(ctx, l.TurnSQL()).Scan(&next) })
	return next, explain(err, "read the valid time")
}

// since reads what has changed since some places in the change feed, of the layers that
// stand at each, all as of one moment, whose place it returns.
func (s *Store) since(ctx context.Context, since map[string]string, read func(tx pgx.Tx, from string, layers []string) error) (position string, err error) {
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
		if err := read(tx, from, ids); err != nil {
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
	boxes    [][]float64 // of ids, as they were
	editions []int64
	many     int64
}

// whole reports whether more has changed than is handed over one by one.
func (t *touched) whole() bool { return t.many+int64(len(t.ids)) > manyChanges }

// touchedSince reads what has changed in some layers since a place in the change feed.
func touchedSince(ctx context.Context, tx pgx.Tx, from string, of []string) (map[string]*touched, error) {
	rows, err := tx.Query(ctx, `SELECT c.layer, c.feature, c.old_box, c.edition, coalesce(e.added + e.changed + e.gone, 0)
		FROM onemap.change AS c LEFT JOIN onemap.edition AS e ON e.id = c.edition AND c.feature IS NULL
		WHERE c.xid >= pg_snapshot_xmin($1::text::pg_snapshot) AND NOT pg_visible_in_snapshot(c.xid, $1::text::pg_snapshot)
			AND c.layer = ANY($2)`, from, of)
	if err != nil {
		return nil, err
	}
	found := map[string]*touched{}
	var layer string
	var feature *int64
	var before []float64
	var edition, size int64
	_, err = pgx.ForEachRow(rows, []any{&layer, &feature, &before, &edition, &size}, func() error {
		t := found[layer]
		if t == nil {
			t = &touched{}
			found[layer] = t
		}
		switch {
		case feature == nil:
			t.editions, t.many = append(t.editions, edition), t.many+size
		default:
			t.ids = append(t.ids, *feature)
			if before != nil {
				t.boxes = append(t.boxes, slices.Clone(before))
			}
		}
		return nil
	})
	return found, err
}

func (s *Store) changesOf(ctx context.Context, tx pgx.Tx, from string, of []string, change func(string, []int64, bool) error, row func(string, [][]byte) error) error {
	found, err := touchedSince(ctx, tx, from, of)
	if err != nil {
		return err
	}
	for id, t := range found {
		l := s.cat.Layer(id)
		if l == nil {
			continue
		}
		if t.whole() {
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
