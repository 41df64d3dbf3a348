package data

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// SavedMapping is what a person has said of the columns of files with the same headings.
type SavedMapping struct {
	Columns map[string]string `json:"columns"` // field → column; an empty column leaves the field out
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
}

// SavedMapping returns what has been said of files for a layer with these headings
// (layers.Headings), or nil.
func (s *Store) SavedMapping(ctx context.Context, layer, headings string) (saved *SavedMapping, err error) {
	var m SavedMapping
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT columns, who, at FROM onemap.mapping WHERE layer = $1 AND headers = $2", layer, headings).Scan(&m.Columns, &m.By, &m.At)
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &m, nil
}

// SaveMapping keeps what a person says of the columns, for the next file with these
// headings; an empty map forgets what was kept. What is kept already in the same words
// stays with its name and date.
func (s *Store) SaveMapping(ctx context.Context, layer, headings string, columns map[string]string, who string) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		if len(columns) == 0 {
			_, err := tx.Exec(ctx, "DELETE FROM onemap.mapping WHERE layer = $1 AND headers = $2", layer, headings)
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO onemap.mapping AS m (layer, headers, columns, who) VALUES ($1, $2, $3, $4)
			ON CONFLICT (layer, headers) DO UPDATE SET columns = excluded.columns, who = excluded.who, at = now() WHERE m.columns <> excluded.columns`, layer, headings, columns, who)
		return err
	})
	return explain(err, "keep the matching of columns")
}
