package data

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/fault"
)

// Difference is one record in which a staged survey differs from the layer.
type Difference struct {
	Kind   string          `json:"kind"` // new, changed, gone
	Key    string          `json:"key"`
	ID     *int64          `json:"id"`               // of the record that is there; null when new
	Fields []FieldChange   `json:"fields,omitempty"` // of a changed record
	Record json.RawMessage `json:"record,omitempty"` // of a new or gone one
	Old    *[2]float64     `json:"old"`              // where it is; null: nowhere
	New    *[2]float64     `json:"new"`              // where it will be
	Moved  float64         `json:"moved"`            // metres between the two
}

// FieldChange is one field of a changed record.
type FieldChange struct {
	Field string          `json:"field"`
	Old   json.RawMessage `json:"old"`
	New   json.RawMessage `json:"new"`
}

// Comparison sums up how a staged survey differs from the layer.
type Comparison struct {
	Present   int64 `json:"present"` // records of the scope now, but for those that a faulty row speaks of
	Staged    int64 `json:"staged"`  // rows without an error
	Faulty    int64 `json:"faulty"`  // rows with one, which change nothing
	New       int64 `json:"new"`
	Changed   int64 `json:"changed"`
	Moved     int64 `json:"moved"` // of the changed ones, those that moved by over a metre
	Gone      int64 `json:"gone"`
	Unchanged int64 `json:"unchanged"`

	Kept []string `json:"kept"` // fields without a column in the file, and geom where it has no positions: left as they are
}

// Compare sums up the difference of a checked batch to the layer as it is now.
func (s *Store) Compare(ctx context.Context, batch int64) (sum Comparison, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		return pgx.BeginTxFunc(ctx, c, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
			b, l, err := s.staged(ctx, tx, batch)
			if err != nil {
				return err
			}
			st := l.CompareSQL(stagingTable(batch), string(b.Scope), b.Kept)
			sum.Kept = b.Kept
			args := append([]any{"", 1 << 40, ""}, st.Args[3:]...)
			if err := tx.QueryRow(ctx, "SELECT count(*) FILTER (WHERE kind = 'new'), count(*) FILTER (WHERE kind = 'changed'), "+
				"count(*) FILTER (WHERE kind = 'changed' AND moved > 1), count(*) FILTER (WHERE kind = 'gone') FROM ("+
				st.Text+") AS c", args...).Scan(&sum.New, &sum.Changed, &sum.Moved, &sum.Gone); err != nil {
				return err
			}
			good := layers.Publishable("s")
			if err := tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*) FILTER (WHERE %s), count(*) FILTER (WHERE NOT (%s)) FROM %s AS s", good, good, stagingTable(batch))).Scan(&sum.Staged, &sum.Faulty); err != nil {
				return err
			}
			sum.Unchanged = sum.Staged - sum.New - sum.Changed
			sum.Present = sum.Changed + sum.Gone + sum.Unchanged
			return nil
		})
	})
	return sum, explain(err, "compare the survey with the layer")
}

// Differences lists the records in which a checked batch differs, in the order of their
// keys: those after the key given, of one kind or, with an empty kind, of all.
func (s *Store) Differences(ctx context.Context, batch int64, kind, after string, limit int) (list []Difference, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		return pgx.BeginFunc(ctx, c, func(tx pgx.Tx) error {
			b, l, err := s.staged(ctx, tx, batch)
			if err != nil {
				return err
			}
			st := l.CompareSQL(stagingTable(batch), string(b.Scope), b.Kept)
			rows, err := tx.Query(ctx, st.Text, append([]any{after, limit, kind}, st.Args[3:]...)...)
			if err != nil {
				return err
			}
			list, err = pgx.CollectRows(rows, scanDifference)
			return err
		})
	})
	return list, explain(err, "compare the survey with the layer")
}

// EditionDifferences lists what an edition did, in the order and with the choice of
// Differences. The error is NotFound for an unknown edition.
func (s *Store) EditionDifferences(ctx context.Context, edition int64, kind, after string, limit int) (e EditionRecord, list []Difference, err error) {
	if e, err = s.Edition(ctx, edition); err != nil {
		return e, nil, err
	}
	l := s.cat.Layer(e.Layer)
	if l == nil {
		return e, nil, fault.New(fault.NotFound, "There is no layer %q any more.", e.Layer)
	}
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, l.EditionSQL(), after, limit, kind, edition)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanDifference)
		return err
	})
	return e, list, explain(err, "list what the edition did")
}

func scanDifference(r pgx.CollectableRow) (d Difference, err error) {
	var before, after []byte
	var ox, oy, nx, ny, moved *float64
	if err := r.Scan(&d.Kind, &d.Key, &d.ID, &before, &after, &ox, &oy, &nx, &ny, &moved); err != nil {
		return d, err
	}
	if ox != nil && oy != nil {
		d.Old = &[2]float64{*ox, *oy}
	}
	if nx != nil && ny != nil {
		d.New = &[2]float64{*nx, *ny}
	}
	if moved != nil {
		d.Moved = *moved
	}
	switch d.Kind {
	case "new":
		d.Record = after
	case "gone":
		d.Record = before
	default:
		var a, b map[string]json.RawMessage
		if err := json.Unmarshal(before, &a); err != nil {
			return d, err
		}
		if err := json.Unmarshal(after, &b); err != nil {
			return d, err
		}
		for name := range b {
			if !bytes.Equal(a[name], b[name]) {
				d.Fields = append(d.Fields, FieldChange{Field: name, Old: a[name], New: b[name]})
			}
		}
		sort.Slice(d.Fields, func(i, j int) bool { return d.Fields[i].Field < d.Fields[j].Field })
	}
	return d, nil
}
