// Package bench is what the program is held against in its own benchmarks: the plainest
// thing that PostGIS can do for the same answer on the same data. A peer that lets
// PostGIS make its tiles, documents or tables can't be faster than this floor.
package bench

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"onemap/layers/fault"
)

// Floor is a pool of connections set up as a careful peer would: prepared statements,
// no JIT, no parallel workers.
type Floor struct {
	pool *pgxpool.Pool
}

// Open connects to the database with at most so many connections. The error is
// Unavailable when the server can't be reached.
func Open(ctx context.Context, url string, connections int) (*Floor, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The database address can't be read")
	}
	cfg.MaxConns = int32(max(connections, 1))
	cfg.MinConns = cfg.MaxConns
	for name, value := range map[string]string{
		"application_name":                "onemap bench",
		"timezone":                        "UTC",
		"jit":                             "off",
		"max_parallel_workers_per_gather": "0",
		"statement_timeout":               "2min",
	} {
		cfg.ConnConfig.RuntimeParams[name] = value
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err == nil {
		if err = pool.Ping(ctx); err != nil {
			pool.Close()
		}
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "The database can't be reached")
	}
	return &Floor{pool: pool}, nil
}

// Close ends the connections.
func (f *Floor) Close() { f.pool.Close() }

// Settle has the database write down what it still holds in memory, so that this does
// not happen during the next measurement. A user who may not ask for that is no error.
func (f *Floor) Settle(ctx context.Context) error {
	_, err := f.pool.Exec(ctx, "CHECKPOINT")
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "42501" {
		return nil
	}
	return explain(err)
}

// binary asks for all columns in binary.
var binary = pgx.QueryResultFormats{pgx.BinaryFormatCode}

func explain(err error) error {
	return fault.Wrap(err, fault.Internal, "The database could not do what the benchmark holds the program against")
}

// ident quotes a name for SQL.
func ident(name string) string { return pgx.Identifier{name}.Sanitize() }
