package data

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/fault"
)

// EditionRecord is an edition as the database keeps it.
type EditionRecord struct {
	Edition
	Layer       string    `json:"layer"`
	Scope       Scope     `json:"scope"`
	Source      string    `json:"source"`
	FileHash    *string   `json:"file_hash"`
	Batch       *int64    `json:"batch"`
	Reverts     *int64    `json:"reverts"`     // the edition that this one takes back
	RevertedBy  *int64    `json:"reverted_by"` // the edition that took this one back
	PublishedAt time.Time `json:"published_at"`
	PublishedBy string    `json:"published_by"`
}

const editionColumns = "id, added, changed, gone, unchanged, layer, scope, source, file_hash, batch, reverts, reverted_by, published_at, published_by"

func scanEdition(r pgx.CollectableRow) (e EditionRecord, err error) {
	err = r.Scan(&e.ID, &e.Added, &e.Changed, &e.Gone, &e.Unchanged, &e.Layer, &e.Scope, &e.Source, &e.FileHash, &e.Batch, &e.Reverts, &e.RevertedBy, &e.PublishedAt, &e.PublishedBy)
	return e, err
}

// Editions returns the newest editions, of one layer or, with an empty name, of all.
func (s *Store) Editions(ctx context.Context, layer string, limit int) (editions []EditionRecord, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+editionColumns+" FROM onemap.edition WHERE $1 IN ('', layer) ORDER BY id DESC LIMIT $2", layer, limit)
		if err != nil {
			return err
		}
		editions, err = pgx.CollectRows(rows, scanEdition)
		return err
	})
	return editions, err
}

// Edition returns one edition. The error is NotFound when there is none of that id.
func (s *Store) Edition(ctx context.Context, id int64) (e EditionRecord, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+editionColumns+" FROM onemap.edition WHERE id = $1", id)
		if err != nil {
			return err
		}
		e, err = pgx.CollectExactlyOneRow(rows, scanEdition)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.New(fault.NotFound, "There is no edition %d.", id)
	}
	return e, err
}

// staged takes the turn of a batch that is about to be used, and checks that its rows are
// all there.
func (s *Store) staged(ctx context.Context, tx pgx.Tx, batch int64) (Batch, *layers.Layer, error) {
	if err := lockBatch(ctx, tx, batch); err != nil {
		return Batch{}, nil, err
	}
	rows, err := tx.Query(ctx, "SELECT "+batchColumns+" FROM onemap.batch WHERE id = $1 FOR UPDATE", batch)
	if err != nil {
		return Batch{}, nil, err
	}
	b, err := pgx.CollectExactlyOneRow(rows, scanBatch)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, nil, fault.New(fault.NotFound, "There is no batch %d.", batch)
	}
	if err != nil {
		return b, nil, err
	}
	l := s.cat.Layer(b.Layer)
	if l == nil {
		return b, nil, fault.New(fault.NotFound, "There is no layer %q any more.", b.Layer)
	}
	var there bool
	if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", stagingTable(batch)).Scan(&there); err != nil {
		return b, nil, err
	}
	if !there || b.Staged == nil {
		return b, nil, fault.New(fault.Conflict, "Batch %d has not been checked yet; check it first.", batch)
	}
	return b, l, nil
}

// PublishBatch makes an accepted batch an edition, in one transaction: the difference is
// applied, the change record written, an earlier batch of the same scope marked as
// superseded, the staging table removed. The error is Conflict when the batch is not
// accepted yet or is gone over by another process.
func (s *Store) PublishBatch(ctx context.Context, batch int64, who string) (Edition, error) {
	var e Edition
	err := s.write(ctx, func(tx pgx.Tx) error {
		b, l, err := s.staged(ctx, tx, batch)
		if err != nil {
			return err
		}
		if b.State != BatchAccepted {
			return fault.New(fault.Conflict, "Batch %d is %s; it is published when it has been accepted.", batch, b.State)
		}
		w := publisher{tx: tx, layer: l, p: Publication{Layer: b.Layer, Scope: b.Scope, Name: b.Source, Hash: b.FileHash, By: who}, kept: b.Kept}
		occupied, err := w.begin(ctx)
		if err != nil {
			return err
		}
		adopted := false
		if !occupied {
			if adopted, err = w.adopt(ctx, stagingTable(batch)); err != nil {
				return w.name(err)
			}
		}
		if !adopted {
			if err := w.apply(ctx, stagingTable(batch)); err != nil {
				return w.name(err)
			}
		}
		if err := w.end(ctx); err != nil {
			return err
		}
		e = w.e
		if _, err := tx.Exec(ctx, "UPDATE onemap.edition SET batch = $2 WHERE id = $1", e.ID, batch); err != nil {
			return err
		}
		older, err := tx.Query(ctx, "SELECT id FROM onemap.batch WHERE layer = $1 AND scope = $2 AND state = 'published' FOR UPDATE", b.Layer, string(b.Scope))
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(older, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := advance(ctx, tx, id, BatchSuperseded, who, fmt.Sprintf("batch %d", batch)); err != nil {
				return err
			}
		}
		if err := advance(ctx, tx, batch, BatchPublished, who, fmt.Sprintf("edition %d", e.ID)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE onemap.batch SET edition = $2, staged = NULL WHERE id = $1", batch, e.ID); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "DROP TABLE IF EXISTS "+stagingTable(batch))
		return err
	})
	return e, explain(err, "publish the batch")
}

// Revert takes an edition back, as an edition of its own: what it added is gone, what it
// changed is as it was, what it removed is there again, with the same ids. The error is
// Conflict when a later edition has touched any of these records, or when it has been
// taken back already.
func (s *Store) Revert(ctx context.Context, edition int64, who string) (Edition, error) {
	var back Edition
	err := s.write(ctx, func(tx pgx.Tx) error {
		var layer, source string
		var scope Scope
		var batch, reverted *int64
		err := tx.QueryRow(ctx, "SELECT layer, scope, source, batch, reverted_by FROM onemap.edition WHERE id = $1", edition).Scan(&layer, &scope, &source, &batch, &reverted)
		l := s.cat.Layer(layer)
		switch {
		case errors.Is(err, pgx.ErrNoRows) || err == nil && l == nil:
			return fault.New(fault.NotFound, "There is no edition %d.", edition)
		case err != nil:
			return err
		case reverted != nil:
			return fault.New(fault.Conflict, "Edition %d has been taken back already, by edition %d.", edition, *reverted)
		}
		w := publisher{tx: tx, layer: l, p: Publication{Layer: layer, Scope: scope, Name: source, By: who}}
		if _, err := w.begin(ctx); err != nil {
			return err
		}
		steps := l.Reversal()
		var later *int64
		if err := tx.QueryRow(ctx, steps.Later, edition).Scan(&later); err != nil {
			return err
		}
		if later != nil {
			return fault.New(fault.Conflict, "Edition %d can't be taken back: edition %d has changed some of its records since. Take that one back first.", edition, *later)
		}
		for _, step := range []struct {
			sql string
			n   *int64
		}{{steps.Past, nil}, {steps.Added, &w.e.Gone}, {steps.Changed, &w.e.Changed}, {steps.Gone, &w.e.Added}} {
			tag, err := tx.Exec(ctx, step.sql, edition, w.e.ID)
			if err != nil {
				return w.name(err)
			}
			if step.n != nil {
				*step.n = tag.RowsAffected()
			}
		}
		if err := w.end(ctx); err != nil {
			return err
		}
		back = w.e
		if _, err := tx.Exec(ctx, "UPDATE onemap.edition SET reverts = $2 WHERE id = $1", back.ID, edition); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "UPDATE onemap.edition SET reverted_by = $2 WHERE id = $1", edition, back.ID); err != nil {
			return err
		}
		if batch == nil {
			return nil
		}
		return advance(ctx, tx, *batch, BatchWithdrawn, who, fmt.Sprintf("edition %d", back.ID))
	})
	return back, explain(err, "take the edition back")
}
