package data

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Empty reports whether no layer has a record.
func (s *Store) Empty(ctx context.Context) (empty bool, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		empty = true
		for _, l := range s.cat.Layers() {
			var some bool
			if err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+l.Table()+")").Scan(&some); err != nil {
				return err
			}
			empty = empty && !some
		}
		return nil
	})
	return empty, err
}

// Analyse lets the planner of the database know the layers' new sizes.
func (s *Store) Analyse(ctx context.Context) error {
	for _, l := range s.cat.Layers() {
		if _, err := s.pool.Exec(ctx, "VACUUM (ANALYZE) "+l.Table()); err != nil {
			return explain(err, "look over the table of layer "+l.ID)
		}
	}
	return nil
}
