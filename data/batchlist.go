package data

import (
	"context"

	"github.com/jackc/pgx/v5"

	"onemap/layers/fault"
)

// BatchFilter chooses batches; empty members choose all.
type BatchFilter struct {
	Layer  string
	State  BatchState
	Before int64 // batches with a lower number
	Limit  int
}

// BatchList returns batches, the newest first.
func (s *Store) BatchList(ctx context.Context, f BatchFilter) (batches []Batch, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+batchColumns+` FROM onemap.batch
			WHERE $1 IN ('', layer) AND $2 IN ('', state) AND ($3 = 0 OR id < $3) ORDER BY id DESC LIMIT $4`, f.Layer, string(f.State), f.Before, f.Limit)
		if err != nil {
			return err
		}
		batches, err = pgx.CollectRows(rows, scanBatch)
		return err
	})
	return batches, err
}

// NoteBatch adds a step to a batch's way that leaves its state as it is: that work on it
// has begun, or why it ended without a result.
func (s *Store) NoteBatch(ctx context.Context, id int64, who, note string) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, "INSERT INTO onemap.batch_step (batch, state, who, note) SELECT id, state, $2, $3 FROM onemap.batch WHERE id = $1", id, who, note)
		if err == nil && tag.RowsAffected() == 0 {
			return fault.New(fault.NotFound, "There is no batch %d.", id)
		}
		return err
	})
	return explain(err, "note what happened to the batch")
}

// BatchStates are all states, in the order of a survey's way.
func BatchStates() []BatchState {
	return []BatchState{
		BatchUploaded, BatchParsed, BatchChecked, BatchSelfChecked, BatchCityChecked,
		BatchAccepted, BatchPublished, BatchSuperseded, BatchRejected, BatchWithdrawn,
	}
}

// Approvals are the states that a person may take a batch to from where it is.
func (b Batch) Approvals() []BatchState {
	next := []BatchState{}
	for _, to := range []BatchState{BatchSelfChecked, BatchCityChecked, BatchAccepted, BatchPublished, BatchRejected} {
		for _, from := range steps[to] {
			if from == b.State {
				next = append(next, to)
			}
		}
	}
	return next
}
