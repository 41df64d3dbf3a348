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

// AnchorErrors is the largest difference, in world units, between stored anchors and
// extents and PostGIS's own.
func (s *Store) AnchorErrors(ctx context.Context, layer string) (anchor, extent int64, err error) {
	l := s.cat.Layer(layer)
	size := "0"
	if l.AnchorColumns() == 3 {
		size = `max(abs(extent - greatest(onemap.world_x(ST_XMax(geom)) - onemap.world_x(ST_XMin(geom)),
			onemap.world_y(ST_YMin(geom)) - onemap.world_y(ST_YMax(geom)))))`
	}
	err = s.pool.QueryRow(ctx, `SELECT max(greatest(abs(wx - onemap.world_x(ST_X(ST_Centroid(geom)))),
		abs(wy - onemap.world_y(ST_Y(ST_Centroid(geom)))))), `+size+` FROM `+l.Table()).Scan(&anchor, &extent)
	return anchor, extent, err
}

// Exec runs a statement as someone who works on the database by hand.
func (s *Store) Exec(ctx context.Context, sql string) error {
	_, err := s.pool.Exec(ctx, sql)
	return err
}

// Bool asks a question that is answered by yes or no.
func (s *Store) Bool(ctx context.Context, sql string) (yes bool, err error) {
	err = s.pool.QueryRow(ctx, sql).Scan(&yes)
	return yes, err
}

// SetEditPatience sets how long edits wait, and returns what sets it back.
func SetEditPatience(interval string) (back func()) {
	before := editPatience
	editPatience = interval
	return func() { editPatience = before }
}
