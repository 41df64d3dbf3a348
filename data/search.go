package data

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
)

// candidates is how many matches of one layer are looked at for ranking; a text that
// matches more is answered with the best of these, and More is set.
const candidates = 2000

// Search looks for records of all views in which every word of text stands: names and
// addresses by any substring, codes from their beginning. Best first: exact label, label
// that begins with the text, label that contains it, anything else; then shorter labels.
func (s *Store) Search(ctx context.Context, views []*layers.View, text string, limit int) (layers.Hits, error) {
	const longest = 100
	text = strings.TrimSpace(text)
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest])
	}
	found := layers.NewRanking(text, limit)
	words := strings.Fields(text)
	if len(words) == 0 {
		return found.Hits(), nil
	}
	err := s.read(ctx, func(c *pgx.Conn) error {
		found = layers.NewRanking(text, limit)
		batch := &pgx.Batch{}
		// Each text wants its own plan: a general one reads whole tables. The setting lasts
		// for the batch, which is one transaction.
		batch.Queue("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)")
		for _, v := range views {
			st, fields, ok := v.SearchSQL(words, candidates)
			if !ok {
				continue
			}
			batch.Queue(st.Text, st.Args...).Query(func(rows pgx.Rows) error {
				return collectHits(rows, v, fields, found)
			})
		}
		return c.SendBatch(ctx, batch).Close()
	})
	return found.Hits(), err
}

func collectHits(rows pgx.Rows, v *layers.View, fields []*layers.Field, found *layers.Ranking) error {
	var hit layers.Hit
	var x, y, west, south, east, north *float64
	texts := make([]string, len(fields))
	into := []any{&hit.ID, &x, &y, &west, &south, &east, &north, &hit.Label}
	for i := range texts {
		into = append(into, &texts[i])
	}
	n := 0
	_, err := pgx.ForEachRow(rows, into, func() error {
		n++
		hit.Point, hit.BBox = nil, nil
		if x != nil {
			hit.Point = &[2]float64{*x, *y}
			hit.BBox = &[4]float64{*west, *south, *east, *north}
		}
		found.Add(v, hit, fields, texts)
		return nil
	})
	if n == candidates {
		found.Cut()
	}
	return err
}
