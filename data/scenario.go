package data

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers/fault"
)

// SavedScenario is a what-if that is kept, by a name of its own.
type SavedScenario struct {
	ID        int64
	Name      string
	Note      string
	Content   json.RawMessage // ask.Scenario
	Version   int64           // counts up with each change
	MadeBy    string
	MadeAt    time.Time
	ChangedAt time.Time
}

// mostScenarios is how many are kept.
const mostScenarios = 1000

const scenarioColumns = "id, name, note, content, version, made_by, made_at, changed_at"

func scanScenario(row pgx.CollectableRow) (s SavedScenario, err error) {
	err = row.Scan(&s.ID, &s.Name, &s.Note, &s.Content, &s.Version, &s.MadeBy, &s.MadeAt, &s.ChangedAt)
	return s, err
}

// MakeScenario keeps a scenario by Name, Note, Content and MadeBy and returns it whole. The
// error is Conflict when the name is taken, TooLarge when too many are kept.
func (s *Store) MakeScenario(ctx context.Context, made SavedScenario) (SavedScenario, error) {
	err := s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "LOCK TABLE onemap.scenario IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(ctx, "SELECT count(*) FROM onemap.scenario").Scan(&n); err != nil {
			return err
		}
		if n >= mostScenarios {
			return fault.New(fault.TooLarge, "%d scenarios are kept already; delete those that nobody needs.", n)
		}
		rows, err := tx.Query(ctx, "INSERT INTO onemap.scenario (name, note, content, made_by) VALUES ($1, $2, $3, $4) RETURNING "+scenarioColumns,
			made.Name, made.Note, made.Content, made.MadeBy)
		if err != nil {
			return err
		}
		made, err = pgx.CollectExactlyOneRow(rows, scanScenario)
		return err
	})
	return made, explainScenario(err, made.Name, "keep the scenario")
}

// Scenarios lists what is kept, by name.
func (s *Store) Scenarios(ctx context.Context) (list []SavedScenario, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+scenarioColumns+" FROM onemap.scenario ORDER BY name")
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanScenario)
		return err
	})
	return list, err
}

// Scenario returns a scenario by its number; NotFound where there is none.
func (s *Store) Scenario(ctx context.Context, id int64) (SavedScenario, error) {
	return s.scenario(ctx, "id = $1", id)
}

// ScenarioNamed returns a scenario by its name; NotFound where there is none.
func (s *Store) ScenarioNamed(ctx context.Context, name string) (SavedScenario, error) {
	if strings.ContainsRune(name, 0) { // which no text of the database holds
		return SavedScenario{}, fault.New(fault.NotFound, "There is no scenario %.100q.", name)
	}
	return s.scenario(ctx, "name = $1", name)
}

func (s *Store) scenario(ctx context.Context, which string, key any) (one SavedScenario, err error) {
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT "+scenarioColumns+" FROM onemap.scenario WHERE "+which, key)
		if err != nil {
			return err
		}
		one, err = pgx.CollectExactlyOneRow(rows, scanScenario)
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fault.New(fault.NotFound, "There is no scenario %.100v.", key)
	}
	return one, err
}

// ReplaceScenario changes Name, Note and Content of the scenario ID, which has to be of the
// Version that is given, and returns it whole. The error is NotFound, Conflict when the name
// is another's, or Conflict with the field VersionField when it is of another version.
func (s *Store) ReplaceScenario(ctx context.Context, changed SavedScenario) (SavedScenario, error) {
	err := s.write(ctx, func(tx pgx.Tx) error {
		if err := lockScenario(ctx, tx, changed.ID, changed.Version); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `UPDATE onemap.scenario SET name = $2, note = $3, content = $4, version = version + 1, changed_at = now()
			WHERE id = $1 RETURNING `+scenarioColumns, changed.ID, changed.Name, changed.Note, changed.Content)
		if err != nil {
			return err
		}
		changed, err = pgx.CollectExactlyOneRow(rows, scanScenario)
		return err
	})
	return changed, explainScenario(err, changed.Name, "change the scenario")
}

// DeleteScenario forgets a scenario of a version; its errors are those of ReplaceScenario.
func (s *Store) DeleteScenario(ctx context.Context, id, version int64) error {
	err := s.write(ctx, func(tx pgx.Tx) error {
		if err := lockScenario(ctx, tx, id, version); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "DELETE FROM onemap.scenario WHERE id = $1", id)
		return err
	})
	return explain(err, "delete the scenario")
}

// lockScenario holds a scenario of a version until the transaction ends.
func lockScenario(ctx context.Context, tx pgx.Tx, id, version int64) error {
	var present int64
	err := tx.QueryRow(ctx, "SELECT version FROM onemap.scenario WHERE id = $1 FOR UPDATE", id).Scan(&present)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return fault.New(fault.NotFound, "There is no scenario %d.", id)
	case err != nil:
		return err
	case present != version:
		return &fault.Error{Code: fault.Conflict, Field: VersionField, Message: "The scenario has been changed since. Read it again and repeat the change."}
	}
	return nil
}

func explainScenario(err error, name, doing string) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return &fault.Error{Code: fault.Conflict, Field: "name", Message: "There is a scenario of the name " + name + " already."}
	}
	return explain(err, doing)
}
