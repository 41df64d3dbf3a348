package data

import "context"

// CutConnections ends every other connection to the database, as a failing network or a
// restarting server does.
func (s *Store) CutConnections(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	return err
}
