package data

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/fault"
)

// recordSteps are the checks of one record that look at other layers and are quick enough
// for someone who waits: validity, administrative codes, whereabouts.
var recordSteps = checkSteps[:3]

// errChecked takes back what a check has written.
var errChecked = errors.New("checked")

// CheckRecord finds what a record alone, which layers.Checker has made, can't tell: a
// geometry that is not valid, codes of administrative units that are not in force, a place
// outside of the city or of the unit that the record names. It changes nothing.
func (s *Store) CheckRecord(ctx context.Context, layer string, r layers.Record) (found []layers.Finding, err error) {
	l := s.cat.Layer(layer)
	if l == nil {
		return nil, fault.New(fault.NotFound, "There is no layer %q.", layer)
	}
	if r.Geometry == nil && l.Area == "" {
		return nil, nil
	}
	const table = "pg_temp.check_record"
	r.Row = 1
	one := iter.Seq2[layers.Record, error](func(yield func(layers.Record, error) bool) { yield(r, nil) })
	err = s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, l.Diff(table, string(ScopeLayer), nil).Stage); err != nil {
			return err
		}
		if _, err := copyRecords(ctx, tx, pgx.Identifier{"pg_temp", "check_record"}, l, one, nil, 0); err != nil {
			return err
		}
		c := &checking{tx: tx, cat: s.cat, layer: l, table: table, limits: CheckLimits{Findings: 20, Time: 5 * time.Second}, rows: 1, each: func(f layers.Finding) error {
			if f.Row > 0 { // what speaks of the file as a whole is none of the record's
				f.Row = 0
				found = append(found, f)
			}
			return nil
		}}
		if err := c.begin(ctx); err != nil {
			return err
		}
		for _, step := range recordSteps {
			if err := c.step(ctx, step); err != nil {
				return err
			}
		}
		return errChecked
	})
	if errors.Is(err, errChecked) {
		return found, nil
	}
	return nil, explain(err, "check the record")
}
