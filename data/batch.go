package data

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers/fault"
)

// BatchState is how far a survey has come on its way from a file to an edition.
type BatchState string

// The states, in the order of a survey's way (domain of the census: the county checks
// itself, the city checks, the survey is accepted and published).
const (
	BatchUploaded    BatchState = "uploaded"
	BatchParsed      BatchState = "parsed"
	BatchChecked     BatchState = "checked"
	BatchSelfChecked BatchState = "self_checked"
	BatchCityChecked BatchState = "city_checked"
	BatchAccepted    BatchState = "accepted"
	BatchPublished   BatchState = "published"
	BatchSuperseded  BatchState = "superseded"
	BatchRejected    BatchState = "rejected"
	BatchWithdrawn   BatchState = "withdrawn"
)

// steps says from which states a state may be reached.
var steps = map[BatchState][]BatchState{
	BatchParsed:      {BatchUploaded, BatchParsed, BatchChecked, BatchRejected},
	BatchChecked:     {BatchParsed, BatchChecked, BatchSelfChecked, BatchCityChecked, BatchRejected},
	BatchSelfChecked: {BatchChecked},
	BatchCityChecked: {BatchSelfChecked},
	BatchAccepted:    {BatchCityChecked},
	BatchPublished:   {BatchAccepted},
	BatchSuperseded:  {BatchPublished},
	BatchRejected:    {BatchUploaded, BatchParsed, BatchChecked, BatchSelfChecked, BatchCityChecked, BatchAccepted},
	BatchWithdrawn:   {BatchPublished},
}

// Batch is one file brought for one layer. Options, Reading and Tally are JSON documents
// of the survey package.
type Batch struct {
	ID        int64           `json:"id"`
	Layer     string          `json:"layer"`
	State     BatchState      `json:"state"`
	Source    string          `json:"source"`
	Scope     Scope           `json:"scope"`
	FileName  string          `json:"file_name"`
	FileHash  string          `json:"file_hash"`
	FileSize  int64           `json:"file_size"`
	Options   json.RawMessage `json:"options"`
	Reading   json.RawMessage `json:"reading,omitempty"`
	Tally     json.RawMessage `json:"tally,omitempty"`
	Staged    *int64          `json:"staged"`
	Kept      []string        `json:"kept"`   // fields that the file has no column for, and geom where it has no positions: they stay as they are
	Before    *int64          `json:"before"` // the batch of the same layer and source that came before
	Edition   *int64          `json:"edition"`
	CreatedAt time.Time       `json:"created_at"`
	CreatedBy string          `json:"created_by"`
	UpdatedAt time.Time       `json:"updated_at"`
}

const batchColumns = "id, layer, state, source, scope, file_name, file_hash, file_size, options, reading, tally, staged, kept, before, edition, created_at, created_by, updated_at"

func scanBatch(r pgx.CollectableRow) (b Batch, err error) {
	err = r.Scan(&b.ID, &b.Layer, &b.State, &b.Source, &b.Scope, &b.FileName, &b.FileHash, &b.FileSize, &b.Options, &b.Reading, &b.Tally,
		&b.Staged, &b.Kept, &b.Before, &b.Edition, &b.CreatedAt, &b.CreatedBy, &b.UpdatedAt)
	return b, err
}

// BatchStep is one step of a batch's way.
type BatchStep struct {
	State BatchState `json:"state"`
	Note  string     `json:"note"`
	Who   string     `json:"who"`
	At    time.Time  `json:"at"`
}

// CreateBatch notes a file that has been brought, as uploaded. The same file for the same
// layer and scope that is already on its way or published is a Conflict that names the
// batch (rule F6), with that batch.
func (s *Store) CreateBatch(ctx context.Context, b Batch) (Batch, error) {
	if s.cat.Layer(b.Layer) == nil {
		return b, fault.New(fault.NotFound, "There is no layer %q.", b.Layer)
	}
	if len(b.Options) == 0 {
		b.Options = json.RawMessage("{}")
	}
	var same int64
	err := s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "batch:"+b.Layer+b.FileHash); err != nil {
			return err
		}
		var state BatchState
		err := tx.QueryRow(ctx, `SELECT id, state FROM onemap.batch WHERE layer = $1 AND file_hash = $2 AND scope = $3 AND source = $4
			AND state NOT IN ('rejected', 'withdrawn', 'superseded') ORDER BY id DESC LIMIT 1`, b.Layer, b.FileHash, string(b.Scope), b.Source).Scan(&same, &state)
		if err == nil {
			return &fault.Error{Code: fault.Conflict, Field: "file", Message: fmt.Sprintf("This very file has been brought already: it is batch %d, %s.", same, state)}
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		rows, err := tx.Query(ctx, `INSERT INTO onemap.batch (layer, state, source, scope, file_name, file_hash, file_size, options, before, created_by)
			VALUES ($1, 'uploaded', $2, $3, $4, $5, $6, $7,
				(SELECT max(id) FROM onemap.batch WHERE layer = $1 AND source = $2 AND scope = $3), $8)
			RETURNING `+batchColumns, b.Layer, b.Source, string(b.Scope), b.FileName, b.FileHash, b.FileSize, b.Options, b.CreatedBy)
		if err != nil {
			return err
		}
		if b, err = pgx.CollectExactlyOneRow(rows, scanBatch); err != nil {
			return err
		}
		return noteStep(ctx, tx, b.ID, BatchUploaded, b.CreatedBy, "")
	})
	if err != nil && same != 0 {
		if before, e := s.Batch(ctx, same); e == nil {
			b = before
		}
	}
	return b, explain(err, "note the file")
}

func noteStep(ctx context.Context, tx pgx.Tx, id int64, state BatchState, who, note string) error {
	_, err := tx.Exec(ctx, "INSERT INTO onemap.batch_step (batch, state, who, note) VALUES ($1, $2, $3, $4)", id, string(state), who, note)
	return err
}

// Batch returns one batch. The error is NotFound when there is none of that id.
func (s *Store) Batch(ctx context.Context, id int64) (b Batch, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+batchColumns+" FROM onemap.batch WHERE id = $1", id)
		if err != nil {
			return err
		}
		b, err = pgx.CollectExactlyOneRow(rows, scanBatch)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.New(fault.NotFound, "There is no batch %d.", id)
	}
	return b, err
}

// Batches returns the newest batches, of one layer or, with an empty name, of all.
func (s *Store) Batches(ctx context.Context, layer string, limit int) (batches []Batch, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+batchColumns+" FROM onemap.batch WHERE $1 IN ('', layer) ORDER BY id DESC LIMIT $2", layer, limit)
		if err != nil {
			return err
		}
		batches, err = pgx.CollectRows(rows, scanBatch)
		return err
	})
	return batches, err
}

// BatchSteps returns the way of a batch so far.
func (s *Store) BatchSteps(ctx context.Context, id int64) (way []BatchStep, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT state, note, who, at FROM onemap.batch_step WHERE batch = $1 ORDER BY id", id)
		if err != nil {
			return err
		}
		way, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (st BatchStep, err error) {
			err = r.Scan(&st.State, &st.Note, &st.Who, &st.At)
			return st, err
		})
		return err
	})
	return way, err
}

// SetBatch keeps what has been learned of a batch: any of Options, Reading and Tally that
// is not nil.
func (s *Store) SetBatch(ctx context.Context, id int64, options, reading, tally json.RawMessage) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE onemap.batch SET options = coalesce($2, options), reading = coalesce($3, reading),
			tally = coalesce($4, tally), updated_at = now() WHERE id = $1`, id, options, reading, tally)
		return err
	})
	return explain(err, "keep what is known of the batch")
}

// SetKept notes what the file of a batch leaves as it is in records that are known.
func (s *Store) SetKept(ctx context.Context, id int64, kept []string) error {
	if kept == nil {
		kept = []string{}
	}
	err := s.write(ctx, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE onemap.batch SET kept = $2 WHERE id = $1", id, kept)
		return err
	})
	return explain(err, "keep what is known of the batch")
}

// Advance takes a batch to a state that may follow its present one. The error is
// Conflict, and says where the batch is, when it may not.
func (s *Store) Advance(ctx context.Context, id int64, to BatchState, who, note string) error {
	err := s.write(ctx, func(tx pgx.Tx) error { return advance(ctx, tx, id, to, who, note) })
	return explain(err, "take the batch further")
}

func advance(ctx context.Context, tx pgx.Tx, id int64, to BatchState, who, note string) error {
	var now BatchState
	err := tx.QueryRow(ctx, "SELECT state FROM onemap.batch WHERE id = $1 FOR UPDATE", id).Scan(&now)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.NotFound, "There is no batch %d.", id)
	case err != nil:
		return err
	case !slices.Contains(steps[to], now):
		return fault.New(fault.Conflict, "Batch %d is %s; it can't become %s from there.", id, now, to)
	}
	if _, err := tx.Exec(ctx, "UPDATE onemap.batch SET state = $2, updated_at = now() WHERE id = $1", id, string(to)); err != nil {
		return err
	}
	return noteStep(ctx, tx, id, to, who, note)
}
