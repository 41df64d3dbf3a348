package data

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/fault"
)

// Scope says which records an edition stands for: those of the scope that it does not
// bring are gone.
type Scope string

// ScopeLayer replaces the whole layer.
const ScopeLayer Scope = "layer"

// ScopeSource replaces the records of one source and leaves the others alone.
func ScopeSource(name string) Scope { return Scope("source:" + name) }

// ScopeArea replaces the records whose administrative code begins with code.
func ScopeArea(code string) Scope { return Scope("area:" + code) }

// Publication describes a survey that is to become an edition.
type Publication struct {
	Layer string
	Scope Scope
	Name  string // where it comes from: a file's name, "synthetic"
	Hash  string // SHA-256 of the file in hex; empty when there is none
	By    string // role or account
	Quiet bool   // nobody reads the layer yet: indexes are made after the rows
}

// Edition is one publication and what it did.
type Edition struct {
	ID        int64 `json:"id"`
	Added     int64 `json:"added"`
	Changed   int64 `json:"changed"`
	Gone      int64 `json:"gone"`
	Unchanged int64 `json:"unchanged"`
}

// Publish makes records an edition in one transaction: they are staged by COPY, compared
// with the layer by its key, and written with their change record. Readers see the layer
// as it was or as it is after, never a mix; a crash at any moment leaves it as it was.
// A record keeps its id from edition to edition. The error is Invalid when records break
// the layer's rules and NotFound for an unknown layer; whatever the sequence of records
// yields as error is returned and nothing is published.
func (s *Store) Publish(ctx context.Context, p Publication, records iter.Seq2[layers.Record, error]) (Edition, error) {
	l := s.cat.Layer(p.Layer)
	if l == nil {
		return Edition{}, fault.New(fault.NotFound, "There is no layer %q.", p.Layer)
	}
	var e Edition
	err := s.write(ctx, func(tx pgx.Tx) error {
		w := publisher{tx: tx, layer: l, p: p}
		occupied, err := w.begin(ctx)
		if err != nil {
			return err
		}
		if occupied {
			err = w.stageAndApply(ctx, records)
		} else {
			err = w.first(ctx, records)
		}
		if err != nil {
			return w.name(err)
		}
		e = w.e
		return w.end(ctx)
	})
	return e, explain(err, "publish the edition")
}

type publisher struct {
	tx    pgx.Tx
	layer *layers.Layer
	p     Publication
	kept  []string // what the survey leaves as it is, see layers.Diff
	e     Edition
	box   []float64 // of what is new, where that is known already
}

// begin takes the layer's turn and opens the edition. It reports whether the layer has records.
func (w *publisher) begin(ctx context.Context) (occupied bool, err error) {
	l := w.layer
	// One publisher of a layer at a time; readers are not held up.
	if _, err := w.tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "publish:"+l.ID); err != nil {
		return false, err
	}
	if err := w.tx.QueryRow(ctx, `INSERT INTO onemap.edition (layer, scope, source, file_hash, published_by)
		VALUES ($1, $2, $3, nullif($4, ''), $5) RETURNING id`, l.ID, string(w.p.Scope), w.p.Name, w.p.Hash, w.p.By).Scan(&w.e.ID); err != nil {
		return false, err
	}
	err = w.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+l.Table()+")").Scan(&occupied)
	return occupied, err
}

// end writes the change record and the edition's figures.
func (w *publisher) end(ctx context.Context) error {
	if err := w.record(ctx); err != nil {
		return err
	}
	_, err := w.tx.Exec(ctx, "UPDATE onemap.edition SET added = $2, changed = $3, gone = $4, unchanged = $5 WHERE id = $1",
		w.e.ID, w.e.Added, w.e.Changed, w.e.Gone, w.e.Unchanged)
	return err
}

// first copies into an empty layer directly.
func (w *publisher) first(ctx context.Context, records iter.Seq2[layers.Record, error]) error {
	return w.quietly(ctx, func() error {
		n, err := copyRecords(ctx, w.tx, pgx.Identifier{"layer", w.layer.ID}, w.layer, records, &w.e.ID, 0)
		w.e.Added = n
		return err
	})
}

// quietly runs fill with the indexes away where nobody reads the layer yet.
func (w *publisher) quietly(ctx context.Context, fill func() error) error {
	if !w.p.Quiet {
		return fill()
	}
	for _, x := range w.layer.Indexes() {
		if _, err := w.tx.Exec(ctx, fmt.Sprintf("DROP INDEX IF EXISTS layer.%q", x.Name)); err != nil {
			return err
		}
	}
	if err := fill(); err != nil {
		return err
	}
	for _, step := range w.layer.IndexSteps() {
		if _, err := w.tx.Exec(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// stageAndApply stages the records for the length of the transaction and applies them.
func (w *publisher) stageAndApply(ctx context.Context, records iter.Seq2[layers.Record, error]) error {
	const table = "pg_temp.incoming"
	if _, err := w.tx.Exec(ctx, w.layer.Diff(table, string(w.p.Scope), nil).Stage); err != nil {
		return err
	}
	if _, err := copyRecords(ctx, w.tx, pgx.Identifier{"pg_temp", "incoming"}, w.layer, records, nil, 0); err != nil {
		return err
	}
	if _, err := w.tx.Exec(ctx, "ANALYZE "+table); err != nil {
		return err
	}
	if err := w.apply(ctx, table); err != nil {
		return err
	}
	_, err := w.tx.Exec(ctx, "DROP TABLE "+table)
	return err
}

// manyStaged is from how many rows on a survey is joined with its layer as a whole.
const manyStaged = 1000

// apply brings the layer to a staged survey: what is gone, changed and new.
func (w *publisher) apply(ctx context.Context, table string) error {
	steps := w.layer.Diff(table, string(w.p.Scope), w.kept)
	rows, err := w.tx.Query(ctx, steps.Twice)
	if err != nil {
		return err
	}
	twice, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	if len(twice) > 0 {
		return fault.In(strings.Join(w.layer.Identity(), ", "), "The key stands more than once in this survey: %s.", strings.Join(twice, "; "))
	}
	var staged int64
	if err := w.tx.QueryRow(ctx, "SELECT count(*) FROM "+table+" AS i WHERE "+layers.Publishable("i")).Scan(&staged); err != nil {
		return err
	}
	if staged > manyStaged {
		// Else an empty or small layer is looked through again for every row, with the rows
		// that the same statement has written: a time that grows with their square.
		if _, err := w.tx.Exec(ctx, "SET LOCAL enable_nestloop = off"); err != nil {
			return err
		}
	}
	run := func(st layers.Statement) (int64, error) {
		args := append([]any{w.e.ID}, st.Args...)
		tag, err := w.tx.Exec(ctx, st.Text, args...)
		return tag.RowsAffected(), err
	}
	if w.e.Gone, err = run(steps.Gone); err != nil {
		return err
	}
	if _, err = run(steps.Past); err != nil {
		return err
	}
	if w.e.Changed, err = run(steps.Changed); err != nil {
		return err
	}
	if w.e.Added, err = run(steps.Added); err != nil {
		return err
	}
	w.e.Unchanged = staged - w.e.Changed - w.e.Added
	return nil
}

// record writes the change record of the edition, with the boxes it touched.
func (w *publisher) record(ctx context.Context) error {
	if w.e.Added+w.e.Changed+w.e.Gone == 0 {
		return nil
	}
	box := func(from, where string) string {
		return "(SELECT " + boxOfE + " FROM (SELECT ST_Extent(geom) AS e FROM " + from + " WHERE " + where + " = $2) AS s)"
	}
	_, err := w.tx.Exec(ctx, "INSERT INTO onemap.change (layer, old_box, new_box, edition, who) VALUES ($1, "+
		box(w.layer.History(), "superseded_edition")+", CASE WHEN $4::float8[] IS NULL THEN "+box(w.layer.Table(), "edition")+" ELSE $4 END, $2, $3)", w.layer.ID, w.e.ID, w.p.By, w.box)
	if err != nil {
		return err
	}
	_, err = w.tx.Exec(ctx, "SELECT pg_notify($1, $2)", changeChannel, w.layer.ID)
	return err
}

// boxOfE is a box e, or null, as an array of its west, south, east and north.
const boxOfE = "CASE WHEN e IS NOT NULL THEN ARRAY[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)] END"
