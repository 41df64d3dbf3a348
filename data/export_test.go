package data

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// CutConnections ends every other connection to the database, as a failing network or a
// restarting server does.
func (s *Store) CutConnections(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	return err
}

// Sleep is a question that takes the given seconds.
func (s *Store) Sleep(ctx context.Context, seconds float64) error {
	return s.read(ctx, func(c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SELECT pg_sleep($1)", seconds)
		return err
	})
}

// Sleeping counts the questions of Sleep that are running.
func (s *Store) Sleeping(ctx context.Context) (n int, err error) {
	err = s.pool.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
		WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep(%' AND pid <> pg_backend_pid()`).Scan(&n)
	return n, err
}
