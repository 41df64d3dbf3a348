package data

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"onemap/layers"
	"onemap/layers/fault"
)

// adopt publishes a staged survey into a layer without records: the staging table itself
// gets the layer's columns, and the checks, keys and indexes that it has not got ahead (see
// readying), and takes the place of the empty table at the end, so that readers are held
// up for that moment only and no row is written twice. done is false, and nothing has been done, where the rows were not
// numbered for an empty layer or others have taken ids since, and where the empty table
// has what would be lost with it, such as a view that someone has built on it.
//
// A reader who holds on to an earlier snapshot and comes to the layer only after that
// moment sees the edition early, since its rows are older than the publication. The
// mirror is one; it hears of the edition from the change feed and reads it again.
func (w *publisher) adopt(ctx context.Context, staged string) (done bool, err error) {
	table := w.layer.Table()
	if err := w.tx.QueryRow(ctx, `SELECT c.relowner = current_user::regrole AND has_schema_privilege('layer', 'CREATE') AND c.relkind = 'r' AND c.reloptions IS NULL
			AND c.relreplident = 'd' AND NOT (c.relrowsecurity OR c.relhasrules OR c.relhastriggers OR c.relhassubclass OR c.relispartition)
			AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
				AND d.classid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_type'::regclass))
			AND NOT EXISTS (SELECT FROM pg_description AS d WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid)
			AND NOT EXISTS (SELECT FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid WHERE a.attrelid = c.oid AND a.attnum > 0
				AND (a.attacl IS NOT NULL OR EXISTS (SELECT FROM unnest(a.attoptions) AS o WHERE o LIKE 'n_distinct%') OR a.attstattarget >= 0 OR a.attcompression <> '' OR a.attstorage <> t.typstorage))
			AND EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = $2::regclass AND a.attname = $3)
		FROM pg_class AS c WHERE c.oid = $1::regclass`, table, staged, layers.StagedID).Scan(&done); err != nil || !done {
		return false, err
	}
	if _, err := w.tx.Exec(ctx, "SET LOCAL max_parallel_workers_per_gather = 2"); err != nil {
		return false, err
	}
	var good, bad, first, last int64
	if err := w.tx.QueryRow(ctx, fmt.Sprintf("SELECT good, bad, first, last, %[1]s FROM (SELECT count(%[2]s) FILTER (WHERE %[3]s) AS good, count(*) FILTER (WHERE NOT (%[3]s)) AS bad, "+
		"coalesce(min(%[2]s), 0) AS first, coalesce(max(%[2]s), 0) AS last, ST_Extent(geom) FILTER (WHERE %[3]s) AS e FROM %[4]s AS i) AS s",
		boxOfE, layers.StagedID, layers.Publishable("i"), staged)).Scan(&good, &bad, &first, &last, &w.box); err != nil {
		return false, err
	}
	if next, err := nextID(ctx, w.tx, w.layer); err != nil || first < next {
		return false, err
	}
	a := w.layer.Adoption(staged)
	mark, err := stagedMark(ctx, w.tx, staged)
	if err != nil || mark != "" && mark != a.Mark {
		return false, err // readied by another declaration
	}
	steps := []string{"SET LOCAL max_parallel_maintenance_workers = 2"}
	if bad > 0 {
		steps = append(steps, a.Purge)
	}
	if mark == "" {
		steps = append(steps, a.Checks)
	}
	for _, sql := range slices.Concat(steps, a.Ready, []string{fmt.Sprintf(a.Columns, w.e.ID)}, a.Names, []string{"LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE"}) {
		if _, err := w.tx.Exec(ctx, sql); err != nil {
			return true, err
		}
	}
	w.e.Added = good
	return true, w.takePlace(ctx, a.Place, staged, first, last)
}

// takePlace puts the staging table, with what may be done by whom on the old one, in its
// place. Its rows have ids from first to last.
func (w *publisher) takePlace(ctx context.Context, steps []string, staged string, first, last int64) error {
	old := w.layer.Table()
	var occupied bool
	if err := w.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+old+")").Scan(&occupied); err != nil {
		return err
	}
	next, err := nextID(ctx, w.tx, w.layer)
	if err != nil {
		return err
	}
	if occupied || next > first {
		return fault.New(fault.Conflict, "Somebody else has written into the layer %s meanwhile; publish again.", w.layer.ID)
	}
	rows, err := w.tx.Query(ctx, `SELECT format('GRANT %s ON %s TO %s', a.privilege_type, $2::text, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
			|| CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
		FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner`, old, staged)
	if err != nil {
		return err
	}
	grants, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	steps[len(steps)-1] = fmt.Sprintf(steps[len(steps)-1], last+1)
	for _, sql := range append(grants, steps...) {
		if _, err := w.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// nextID is the id that the next new record of a layer gets. It takes none.
func nextID(ctx context.Context, tx pgx.Tx, l *layers.Layer) (next int64, err error) {
	var sequence string
	if err := tx.QueryRow(ctx, "SELECT pg_get_serial_sequence($1, 'id')", l.Table()).Scan(&sequence); err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, "SELECT last_value + is_called::int FROM "+sequence).Scan(&next)
	return next, err
}
