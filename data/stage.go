package data

import (
	"context"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"
	"github.com/twpayne/go-geom"

	"onemap/layers"
	"onemap/layers/fault"
)

// stagingTable is where the rows of a batch wait.
func stagingTable(batch int64) string { return fmt.Sprintf("staging.b%d", batch) }

// Stage copies the good records of a batch into its staging table, in place of any that
// were there, and keeps their number, in one transaction: after a crash at any moment the
// table is as it was before or complete. Whatever the sequence yields as error is
// returned and nothing is staged.
func (s *Store) Stage(ctx context.Context, batch int64, records iter.Seq2[layers.Record, error]) (staged int64, err error) {
	b, err := s.Batch(ctx, batch)
	if err != nil {
		return 0, err
	}
	l := s.cat.Layer(b.Layer)
	if l == nil {
		return 0, fault.New(fault.NotFound, "There is no layer %q any more.", b.Layer)
	}
	first, err := s.firstID(ctx, l)
	if err != nil {
		return 0, explain(err, "stage the survey")
	}
	table := stagingTable(batch)
	err = s.write(ctx, func(tx pgx.Tx) error {
		if err := lockBatch(ctx, tx, batch); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DROP TABLE IF EXISTS "+table); err != nil {
			return err
		}
		// What is written goes to the disk as it comes, not all at the end.
		for _, sql := range []string{"SET LOCAL backend_flush_after = '1MB'", l.Diff(table, string(b.Scope), nil).Stage} {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return err
			}
		}
		faulty := false
		noted := func(yield func(layers.Record, error) bool) {
			for r, err := range records {
				faulty = faulty || r.Faulty
				if !yield(r, err) {
					return
				}
			}
		}
		if staged, err = copyRecords(ctx, tx, pgx.Identifier{"staging", fmt.Sprintf("b%d", batch)}, l, noted, nil, first); err != nil {
			return err
		}
		if first > 0 && staged >= readyFrom && !faulty {
			if err := markStaged(ctx, tx, l, table); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, "UPDATE onemap.batch SET staged = $2, updated_at = now() WHERE id = $1", batch, staged)
		return err
	})
	if err != nil {
		return 0, explain(err, "stage the survey")
	}
	_, err = s.pool.Exec(ctx, "ANALYZE "+table)
	return staged, explain(err, "look over the staged survey")
}

// firstID is the id from which the rows of a survey are numbered: the layer's next, so
// that the staging table can become the layer's, or 0 where the layer has records. It is
// asked in a transaction of its own, since whoever has read a layer holds up those who
// put another table in its place.
func (s *Store) firstID(ctx context.Context, l *layers.Layer) (first int64, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			var occupied bool
			err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+l.Table()+")").Scan(&occupied)
			if err != nil || occupied {
				return err
			}
			first, err = nextID(ctx, tx, l)
			return err
		})
	})
	return first, err
}

// lockBatch lets one process at a time work on a batch; a second one is told so.
func lockBatch(ctx context.Context, tx pgx.Tx, batch int64) error {
	var got bool
	if err := tx.QueryRow(ctx, "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0))", fmt.Sprint("batch:", batch)).Scan(&got); err != nil {
		return err
	}
	if !got {
		return fault.New(fault.Conflict, "Batch %d is being worked on by another process at the moment.", batch)
	}
	return nil
}

// SaveFindings keeps the findings of a batch in place of earlier ones.
func (s *Store) SaveFindings(ctx context.Context, batch int64, findings []layers.Finding) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "DELETE FROM onemap.finding WHERE batch = $1", batch); err != nil {
			return err
		}
		columns := []string{"batch", "number", "rule", "severity", "row", "field", "value", "allowed", "place", "zh", "en", "hint_zh", "hint_en", "area", "object", "repair", "survey_table", "more"}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"onemap", "finding"}, columns, pgx.CopyFromSlice(len(findings), func(i int) ([]any, error) {
			f := findings[i]
			var place any
			if f.Place != nil {
				place = geom.NewPointFlat(geom.XY, f.Place[:]).SetSRID(layers.SRID)
			}
			return []any{
				batch, int64(i + 1), f.Rule, string(f.Severity), f.Row, f.Field, f.Value, f.Allowed, place,
				f.Message.Zh, f.Message.En, f.Hint.Zh, f.Hint.En, f.Area, f.Object, f.Repair, f.Table, f.Count,
			}, nil
		}))
		return err
	})
	return explain(err, "keep the findings")
}

// FindingFilter chooses findings of a batch; empty members choose all.
type FindingFilter struct {
	Rule, Field string
	Severity    layers.Severity
	Row         int64
	After       int64 // findings with a higher number
	Limit       int
}

// NumberedFinding is a finding with its number in the batch.
type NumberedFinding struct {
	Number int64 `json:"number"`
	layers.Finding
}

// Findings returns findings of a batch in their order.
func (s *Store) Findings(ctx context.Context, batch int64, f FindingFilter) (found []NumberedFinding, err error) {
	if f.Limit == 0 {
		f.Limit = 1 << 30
	}
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `SELECT f.number, f.rule, f.severity, b.layer, b.file_name, f.row, f.field, f.value, f.allowed, ST_X(f.place), ST_Y(f.place),
				f.zh, f.en, f.hint_zh, f.hint_en, f.area, f.object, f.repair, f.survey_table, f.more
			FROM onemap.finding AS f JOIN onemap.batch AS b ON b.id = f.batch
			WHERE f.batch = $1 AND f.number > $2 AND $3::text IN ('', f.rule) AND $4::text IN ('', f.field) AND $5::text IN ('', f.severity) AND $6::bigint IN (0, f.row)
			ORDER BY f.number LIMIT $7`, batch, f.After, f.Rule, f.Field, string(f.Severity), f.Row, f.Limit)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (n NumberedFinding, err error) {
			var x, y *float64
			err = r.Scan(&n.Number, &n.Rule, &n.Severity, &n.Layer, &n.File, &n.Row, &n.Field, &n.Value, &n.Allowed, &x, &y,
				&n.Message.Zh, &n.Message.En, &n.Hint.Zh, &n.Hint.En, &n.Area, &n.Object, &n.Repair, &n.Table, &n.Count)
			if x != nil && y != nil {
				n.Place = &[2]float64{*x, *y}
			}
			return n, err
		})
		return err
	})
	return found, err
}

// FindingGroup is how often a rule was broken in a field.
type FindingGroup struct {
	Rule     string          `json:"rule"`
	Severity layers.Severity `json:"severity"`
	Field    string          `json:"field"`
	Count    int64           `json:"count"`
	Rows     int64           `json:"rows"`
	Example  layers.Text     `json:"example"` // of the first finding
	Hint     layers.Text     `json:"hint"`    // of the first finding: what to do
}

// FindingGroups sums up the findings of a batch by rule and field, errors first.
func (s *Store) FindingGroups(ctx context.Context, batch int64) (groups []FindingGroup, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `WITH g AS (SELECT rule, severity, field, sum(greatest(more, 1))::bigint AS n, count(DISTINCT row) FILTER (WHERE row > 0) + sum(more)::bigint AS rows, min(number) AS first
				FROM onemap.finding WHERE batch = $1 GROUP BY rule, severity, field)
			SELECT g.rule, g.severity, g.field, g.n, g.rows, f.zh, f.en, f.hint_zh, f.hint_en FROM g JOIN onemap.finding AS f ON f.batch = $1 AND f.number = g.first
			ORDER BY array_position(ARRAY['error', 'warning', 'notice'], g.severity), g.n DESC, g.rule, g.field`, batch)
		if err != nil {
			return err
		}
		groups, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (g FindingGroup, err error) {
			err = r.Scan(&g.Rule, &g.Severity, &g.Field, &g.Count, &g.Rows, &g.Example.Zh, &g.Example.En, &g.Hint.Zh, &g.Hint.En)
			return g, err
		})
		return err
	})
	return groups, err
}

// FindingChange compares a batch's findings with those of the batch before it: what is
// mended, what remains, what is new. A finding is the same when rule, field, object (or
// row) and value are.
type FindingChange struct {
	Before  int64 `json:"before"`
	Mended  int64 `json:"mended"`
	Remain  int64 `json:"remain"`
	Appears int64 `json:"new"`
}

// FindingsSince compares with the batch before, or returns nil when there is none.
func (s *Store) FindingsSince(ctx context.Context, batch int64) (change *FindingChange, err error) {
	b, err := s.Batch(ctx, batch)
	if err != nil || b.Before == nil {
		return nil, err
	}
	change = &FindingChange{Before: *b.Before}
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `WITH k AS (SELECT batch, rule, field, CASE WHEN object = '' THEN row::text ELSE object END AS what, value,
				count(*) AS n FROM onemap.finding WHERE batch IN ($1, $2) GROUP BY 1, 2, 3, 4, 5),
			d AS (SELECT coalesce(o.n, 0) AS o, coalesce(n.n, 0) AS n FROM (SELECT * FROM k WHERE batch = $1) AS o
				FULL JOIN (SELECT * FROM k WHERE batch = $2) AS n USING (rule, field, what, value))
			SELECT coalesce(sum(greatest(o - n, 0)), 0), coalesce(sum(least(o, n)), 0), coalesce(sum(greatest(n - o, 0)), 0) FROM d`,
			*b.Before, batch).Scan(&change.Mended, &change.Remain, &change.Appears)
	})
	return change, err
}
