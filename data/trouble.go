package data

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers/fault"
)

// explain gives an error of a write its code and a sentence: what could not be done and
// why, without SQL.
func explain(err error, doing string) error {
	var f *fault.Error
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Cancelled, "It was given up before the database could %s", doing)
	case errors.As(err, &pg) && (pg.Code == "53100" || pg.Code == "53200"):
		return fault.Wrap(err, fault.Unavailable, "The database server has no disk space or memory left to %s", doing)
	case errors.As(err, &pg) && pg.Code == "42501":
		return fault.Wrap(err, fault.Forbidden, "The database user may not %s", doing)
	case errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01"):
		return fault.Wrap(err, fault.Conflict, "Others were writing at the same time; try again to %s", doing)
	case outage(err):
		return fault.Wrap(err, fault.Unavailable, "The database went away; it could not %s", doing)
	}
	return fault.Wrap(err, fault.Internal, "could not %s", doing)
}

// broken reports whether existing rows break a new rule.
func broken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code[:2] == "23"
}
