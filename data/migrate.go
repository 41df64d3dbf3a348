package data

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"sort"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/migrations"
)

// migrationLock is the advisory lock under which the database is brought to the
// declarations; two processes that start at once take turns.
const migrationLock = 0x6f6e656d6170 // "onemap"

// Migrate brings the database to the program: PostGIS, the base tables from migrations,
// then each layer's table from its declaration, all in one transaction. It returns the
// steps taken; with dry it takes none. The error is Conflict when a step could lose
// data; then nothing has been changed.
func (s *Store) Migrate(ctx context.Context, dry bool) ([]string, error) {
	var steps []string
	err := s.write(ctx, func(tx pgx.Tx) error {
		steps = nil
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
			return err
		}
		base, err := migrateBase(ctx, tx, migrations.Files)
		if err != nil {
			return err
		}
		steps = append(steps, base...)
		for _, l := range s.cat.Layers() {
			done, err := migrateLayer(ctx, tx, l)
			if err != nil {
				return err
			}
			steps = append(steps, done...)
		}
		if dry {
			return errDry
		}
		return nil
	})
	if err == errDry {
		err = nil
	}
	if err != nil {
		return nil, explain(err, "bring the database to the declarations")
	}
	if !dry && len(steps) > 0 {
		s.pool.Reset() // connections opened before PostGIS was there know no geometry
	}
	return steps, nil
}

var errDry = fault.New(fault.Cancelled, "dry run")

// migrateBase runs the numbered files that have not been run yet, and refuses a file
// that was changed after it had been run.
func migrateBase(ctx context.Context, tx pgx.Tx, files fs.FS) ([]string, error) {
	if _, err := tx.Exec(ctx, `CREATE EXTENSION IF NOT EXISTS postgis;
		CREATE SCHEMA IF NOT EXISTS onemap;
		CREATE TABLE IF NOT EXISTS onemap.migration (
			name text PRIMARY KEY, sha256 text NOT NULL, run_at timestamptz NOT NULL DEFAULT now())`); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, err
	}
	sort.Strings(names)
	var steps []string
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		mark := hex.EncodeToString(sum[:])
		var run string
		switch err := tx.QueryRow(ctx, "SELECT sha256 FROM onemap.migration WHERE name = $1", name).Scan(&run); {
		case err == nil && run != mark:
			return nil, fault.New(fault.Conflict, "The migration %s has been changed since it was run on this database.", name)
		case err == nil:
			continue
		case err != pgx.ErrNoRows:
			return nil, err
		}
		if _, err := tx.Exec(ctx, string(text)); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "migration %s", name)
		}
		if _, err := tx.Exec(ctx, "INSERT INTO onemap.migration (name, sha256) VALUES ($1, $2)", name, mark); err != nil {
			return nil, err
		}
		steps = append(steps, "migration "+name)
	}
	return steps, nil
}

func migrateLayer(ctx context.Context, tx pgx.Tx, l *layers.Layer) ([]string, error) {
	found, err := findLayer(ctx, tx, l)
	if err != nil {
		return nil, err
	}
	plan := l.Plan(found)
	if err := plan.Err(l.ID); err != nil {
		return nil, err
	}
	for _, step := range plan.Steps {
		if _, err := tx.Exec(ctx, step); err != nil {
			if broken(err) {
				return nil, fault.Wrap(err, fault.Conflict, "The rows of layer %s do not fit the declaration any more: %q fails", l.ID, step)
			}
			return nil, fault.Wrap(err, fault.Internal, "layer %s: %s", l.ID, step)
		}
	}
	return plan.Steps, nil
}

// findLayer reads what the database has for a layer.
func findLayer(ctx context.Context, tx pgx.Tx, l *layers.Layer) (layers.Found, error) {
	var found layers.Found
	if err := tx.QueryRow(ctx, "SELECT to_regclass($1) IS NOT NULL", l.Table()).Scan(&found.Exists); err != nil || !found.Exists {
		return found, err
	}
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+l.Table()+")").Scan(&found.Rows); err != nil {
		return found, err
	}
	rows, err := tx.Query(ctx, `SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
		WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`, l.Table())
	if err != nil {
		return found, err
	}
	found.Columns, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (c layers.Column, err error) {
		err = r.Scan(&c.Name, &c.Type, &c.NotNull)
		return c, err
	})
	if err != nil {
		return found, err
	}
	named := func(query string) ([]layers.Named, error) {
		rows, err := tx.Query(ctx, query, l.Table())
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, func(r pgx.CollectableRow) (n layers.Named, err error) {
			err = r.Scan(&n.Name, &n.Definition)
			return n, err
		})
	}
	found.Constraints, err = named(`SELECT conname, coalesce(obj_description(oid, 'pg_constraint'), '')
		FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'u', 'p')`)
	if err != nil {
		return found, err
	}
	found.Indexes, err = named(`SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '')
		FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
		WHERE i.indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)`)
	return found, err
}
