package data

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers"
)

// readyFrom is the number of rows from which on a survey of an empty layer gets its checks,
// keys and indexes while it is still being checked; fewer have them quickly when they are published.
const readyFrom = 10_000

// readying makes what a staging table needs to become its layer's, in one transaction on
// a connection of its own, while the rows are being checked on another. So a crash
// leaves all of it or nothing, on the staging table, with which it goes.
type readying struct {
	cancel  context.CancelFunc
	begun   chan struct{} // closed once it has a connection
	verdict chan bool     // whether to keep it; capacity 1
	ended   chan struct{}
	err     error // once ended
	over    bool  // kept or dropped
}

// ready begins, if the table was staged for it.
func (s *Store) ready(ctx context.Context, tx pgx.Tx, l *layers.Layer, table string) (*readying, error) {
	mark, err := stagedMark(ctx, tx, table)
	a := l.Adoption(table)
	if err != nil || mark == "" || mark != a.Mark {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &readying{cancel: cancel, begun: make(chan struct{}), verdict: make(chan bool, 1), ended: make(chan struct{})}
	go func() {
		defer close(r.ended)
		r.err = s.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
			close(r.begun)
			return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error { return r.run(ctx, tx, a.Ready) })
		})
	}()
	return r, nil
}

func (r *readying) run(ctx context.Context, tx pgx.Tx, steps []string) error {
	for _, sql := range append([]string{"SET LOCAL client_min_messages = 'error'", "SET LOCAL max_parallel_maintenance_workers = 2"}, steps...) {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	select {
	case keep := <-r.verdict:
		if !keep {
			return context.Canceled
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keep waits until all is made and kept, unless it has not begun for want of a connection.
// What fails here fails, and is told, when the survey is published.
func (r *readying) keep() error {
	if r == nil || r.over {
		return nil
	}
	select {
	case <-r.begun:
		r.verdict <- true
		<-r.ended
	default:
	}
	return r.drop()
}

// drop breaks off what is being made, so that nothing of it remains. It does nothing
// after keep.
func (r *readying) drop() error {
	if r == nil || r.over {
		return nil
	}
	r.over = true
	r.cancel()
	<-r.ended
	return r.err
}

// stagedMark tells which declaration a staging table has checks by; empty: it has none.
func stagedMark(ctx context.Context, tx pgx.Tx, table string) (mark string, err error) {
	err = tx.QueryRow(ctx, "SELECT coalesce(obj_description($1::regclass, 'pg_class'), '')", table).Scan(&mark)
	return mark, err
}

// markStaged sets the declared checks on a table whose rows are all good.
func markStaged(ctx context.Context, tx pgx.Tx, l *layers.Layer, table string) error {
	a := l.Adoption(table)
	for _, sql := range []string{a.Checks, fmt.Sprintf("COMMENT ON TABLE %s IS '%s'", table, a.Mark)} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
