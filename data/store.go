// Package data is PostGIS: the pool, the base and layer tables, staging and publishing,
// the change feed, and the answers to typed queries. It is the only package that speaks
// to the database.
package data

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxgeom "github.com/twpayne/pgx-geom"

	"onemap/layers"
	"onemap/layers/fault"
)

// Store is one database with the declarations it follows.
type Store struct {
	pool *pgxpool.Pool
	cat  *layers.Catalogue
	log  *slog.Logger

	edits chan struct{} // a place for each edit at once, so that those which wait leave connections to others
}

// Options for Open. Connections is the size of the pool; 0 stands for 8.
type Options struct {
	Connections int
	Log         *slog.Logger
}

// Oldest versions that are known to work.
const (
	oldestPostgres = 150000
	oldestPostGIS  = 303 // 3.3 as major × 100 + minor
)

// Open connects to a database and checks that it can be used. It changes nothing; see
// Migrate. The error is Unavailable when the server can't be reached and Unsupported
// when it is too old or has no PostGIS.
func Open(ctx context.Context, url string, cat *layers.Catalogue, opts Options) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The database address can't be read; it looks like postgres://user@host/database")
	}
	cfg.MaxConns = 8
	if opts.Connections > 0 {
		cfg.MaxConns = int32(opts.Connections)
	}
	cfg.MinConns = min(2, cfg.MaxConns)
	cfg.MaxConnLifetime = time.Hour
	cfg.HealthCheckPeriod = 15 * time.Second
	p := cfg.ConnConfig.RuntimeParams
	p["application_name"] = "onemap"
	p["timezone"] = "UTC"
	// One statement, one core: many small questions at once are the load.
	p["jit"] = "off"
	p["max_parallel_workers_per_gather"] = "0"
	// A caller that leaves has its statement cancelled at the server; the connection lives on.
	cfg.ConnConfig.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: 2 * time.Second}
	}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		err := pgxgeom.Register(ctx, c)
		var pg *pgconn.PgError
		if errors.As(err, &pg) && pg.Code == "42704" {
			return nil // no type geometry: PostGIS comes with Migrate
		}
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The database can't be reached")
	}
	s := &Store{pool: pool, cat: cat, log: opts.Log, edits: make(chan struct{}, max(1, cfg.MaxConns/4))}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if err := s.checkServer(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// Close ends all connections.
func (s *Store) Close() { s.pool.Close() }

// Catalogue returns the declarations the store follows.
func (s *Store) Catalogue() *layers.Catalogue { return s.cat }

// Ready returns nil when the database answers.
func (s *Store) Ready(ctx context.Context) error {
	return s.read(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT 1")
		return err
	})
}

func (s *Store) checkServer(ctx context.Context) error {
	var version int
	var available *string
	var postgis *int
	err := s.pool.QueryRow(ctx, `SELECT current_setting('server_version_num')::int, default_version,
			split_part(default_version, '.', 1)::int * 100 + split_part(default_version, '.', 2)::int
		FROM (SELECT 1) AS one LEFT JOIN pg_available_extensions ON name = 'postgis'`).Scan(&version, &available, &postgis)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The database can't be reached")
	}
	if version < oldestPostgres {
		return fault.New(fault.Unsupported, "The database is PostgreSQL %d; version 15 or newer is needed.", version/10000)
	}
	if available == nil {
		return fault.New(fault.Unsupported, "The database server has no PostGIS; install the package postgresql-%d-postgis-3 there.", version/10000)
	}
	if *postgis < oldestPostGIS {
		return fault.New(fault.Unsupported, "The database server has PostGIS %s; version 3.3 or newer is needed.", *available)
	}
	return nil
}

// read runs a reading question on a connection of the pool. When the connection turns
// out to be dead, or the server is just starting, it is asked again on a fresh one until
// the outage has lasted patience; f must therefore be fit to be run again. The error is
// Unavailable during an outage and Cancelled when the caller left.
func (s *Store) read(ctx context.Context, f func(*pgx.Conn) error) error {
	const patience = 3 * time.Second
	var err error
	for start, pause := time.Now(), time.Duration(0); ; pause = min(2*pause+10*time.Millisecond, 300*time.Millisecond) {
		err = s.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return f(c.Conn()) })
		if err == nil || ctx.Err() != nil || !outage(err) || time.Since(start) > patience {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fault.Wrap(err, fault.Cancelled, "The request was given up")
	case outage(err):
		return fault.Wrap(err, fault.Unavailable, "The database is not reachable at the moment; try again shortly.")
	}
	return err
}

// write runs f in one transaction on a connection that has just answered, so that a
// connection which died unseen costs nothing. f itself is run once.
func (s *Store) write(ctx context.Context, f func(pgx.Tx) error) error {
	var conn *pgxpool.Conn
	err := s.Ready(ctx)
	for err == nil {
		if conn, err = s.pool.Acquire(ctx); err != nil {
			break
		}
		if conn.Ping(ctx) == nil {
			break
		}
		conn.Release() // the pool drops it
		err = s.Ready(ctx)
	}
	if err != nil {
		return err
	}
	defer conn.Release()
	return pgx.BeginFunc(ctx, conn, f)
}

// errDelivered marks an outage that came after part of an answer had been handed on,
// so that the question can't be asked again.
type errDelivered struct{ error }

// outage tells errors of the connection or of a server that is going down or coming up
// from errors of the question itself.
func outage(err error) bool {
	var done errDelivered
	if errors.As(err, &done) {
		return false
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return false
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "57P01", "57P02", "57P03", "57P05", // shutdown, crash, starting up, idle timeout
			"53300",          // too many connections
			"0A000", "26000": // a prepared statement outlived a change of its table
			return pg.Code != "0A000" || pg.Message == "cached plan must not change result type"
		}
		return pg.Code[:2] == "08"
	}
	var connect *pgconn.ConnectError
	var netErr net.Error
	return errors.As(err, &connect) || errors.As(err, &netErr) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err)
}

// With returns a store on the same pool that follows other declarations.
func (s *Store) With(cat *layers.Catalogue) *Store {
	return &Store{pool: s.pool, cat: cat, log: s.log, edits: s.edits}
}
