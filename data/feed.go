package data

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/paulmach/orb"
)

// changeChannel is notified by every transaction that writes to the change feed.
const changeChannel = "onemap_change"

// Change is one row of the change feed.
type Change struct {
	Layer   string
	Feature *int64     // nil: many, all within the boxes
	OldBox  *orb.Bound // where it was; nil: nowhere
	NewBox  *orb.Bound // where it is; nil: nowhere
	Edition int64
	Who     string
	At      time.Time
}

// Position is a place in the change feed: the snapshot up to which it has been read. It
// may be kept and used again after a restart.
type Position string

// Feed reads the change feed from a position on, missing nothing and repeating nothing.
//
// A sequence number is taken before its transaction commits, so "greater than the last
// seen" would lose the rows of slower writers. Here the position is a snapshot of
// transactions: the next reading takes the rows whose transaction is visible now and was
// not visible then, so a row comes exactly once, in the reading after its commit, however
// long its transaction took. Two changes of one feature come in the order of their
// commits, as the second had to wait for the first.
type Feed struct {
	store *Store
	at    Position
}

// Now returns the position after everything committed so far.
func (s *Store) Now(ctx context.Context) (p Position, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT pg_current_snapshot()::text").Scan(&p)
	})
	return p, err
}

// Feed follows the change feed from a position on.
func (s *Store) Feed(from Position) *Feed { return &Feed{store: s, at: from} }

// Position returns how far the feed has been read.
func (f *Feed) Position() Position { return f.at }

// Read returns the changes committed since the last reading, oldest first; none is no
// error. The position moves on only when the reading has succeeded.
func (f *Feed) Read(ctx context.Context) (changes []Change, err error) {
	var now Position
	err = f.store.read(ctx, func(c *pgx.Conn) error {
		changes = nil
		rows, err := c.Query(ctx, `SELECT s.now::text, c.layer, c.feature, c.old_box, c.new_box, c.edition, c.who, c.at
			FROM (SELECT pg_current_snapshot() AS now) AS s
			LEFT JOIN onemap.change AS c ON c.xid >= pg_snapshot_xmin($1::text::pg_snapshot)
				AND NOT pg_visible_in_snapshot(c.xid, $1::text::pg_snapshot)
			ORDER BY c.seq`, string(f.at))
		if err != nil {
			return err
		}
		var layer, who *string
		var feature, edition *int64
		var before, after []float64
		var at *time.Time
		_, err = pgx.ForEachRow(rows, []any{&now, &layer, &feature, &before, &after, &edition, &who, &at}, func() error {
			if layer != nil {
				changes = append(changes, Change{Layer: *layer, Feature: feature, OldBox: box(before), NewBox: box(after), Edition: *edition, Who: *who, At: *at})
			}
			return nil
		})
		return err
	})
	if err == nil {
		f.at = now
	}
	return changes, err
}

func box(v []float64) *orb.Bound {
	if len(v) != 4 {
		return nil
	}
	return &orb.Bound{Min: orb.Point{v[0], v[1]}, Max: orb.Point{v[2], v[3]}}
}

// Follow reads the feed for as long as the context lives and hands over every batch of
// changes.
func (f *Feed) Follow(ctx context.Context, each func([]Change)) error {
	return f.store.Follow(ctx, func(ctx context.Context) error {
		changes, err := f.Read(ctx)
		if len(changes) > 0 {
			each(changes)
		}
		return err
	})
}

// Follow calls read at once and whenever the change feed has news, for as long as the
// context lives. It wakes at each notification and, as notifications can be lost with
// their connection, at least once a second. Errors, of read too, are waited out.
func (s *Store) Follow(ctx context.Context, read func(context.Context) error) error {
	for ctx.Err() == nil {
		if err := s.listen(ctx, read); err != nil && ctx.Err() == nil {
			s.log.Warn("change feed interrupted", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(500 * time.Millisecond):
			}
		}
	}
	return ctx.Err()
}

func (s *Store) listen(ctx context.Context, read func(context.Context) error) error {
	// A connection of its own: waiting ends at once with its context, there is no statement
	// that the server would have to be asked to cancel.
	cfg := s.pool.Config().ConnConfig
	cfg.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.DeadlineContextWatcherHandler{Conn: c.Conn()}
	}
	c, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer c.Close(context.WithoutCancel(ctx))
	if _, err := c.Exec(ctx, "LISTEN "+changeChannel); err != nil {
		return err
	}
	for {
		if err := read(ctx); err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, time.Second)
		_, err = c.WaitForNotification(wait)
		cancel()
		if err != nil && wait.Err() == nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if c.IsClosed() {
			return pgx.ErrTxClosed
		}
	}
}
