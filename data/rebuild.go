package data

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"onemap/layers/fault"
)

// rebuild publishes a staged survey into a layer without records: the table is made anew
// beside the one that is there, its keys and indexes after the rows, and takes its place
// at the end, so that readers are held up for that moment only. On a server with
// wal_level minimal the rows are not logged. done is false where someone has built on the
// table what would be lost with it, such as a view.
func (w *publisher) rebuild(ctx context.Context, staged string) (done bool, err error) {
	table := w.layer.Table()
	if err := w.tx.QueryRow(ctx, `SELECT c.relowner = current_user::regrole AND has_schema_privilege('layer', 'CREATE') AND c.relkind = 'r' AND c.reloptions IS NULL
			AND c.relreplident = 'd' AND NOT (c.relrowsecurity OR c.relhasrules OR c.relhastriggers OR c.relhassubclass OR c.relispartition)
			AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
				AND d.classid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_type'::regclass))
		FROM pg_class AS c WHERE c.oid = $1::regclass`, table).Scan(&done); err != nil || !done {
		return false, err
	}
	steps := w.layer.Rebuild(fmt.Sprintf("%s %d", w.layer.ID, w.e.ID), staged)
	for _, sql := range []string{"SET LOCAL max_parallel_maintenance_workers = 2", steps.Make} {
		if _, err := w.tx.Exec(ctx, sql); err != nil {
			return true, err
		}
	}
	tag, err := w.tx.Exec(ctx, steps.Fill, w.e.ID)
	if err != nil {
		return true, err
	}
	w.e.Added = tag.RowsAffected()
	for _, sql := range append(steps.Keys, "LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE") {
		if _, err := w.tx.Exec(ctx, sql); err != nil {
			return true, err
		}
	}
	return true, w.takePlace(ctx, steps.Place, fmt.Sprintf(`staging."%s %d"`, w.layer.ID, w.e.ID))
}

// takePlace puts the new table, with what may be done by whom on the old one, in its place.
func (w *publisher) takePlace(ctx context.Context, steps []string, table string) error {
	old := w.layer.Table()
	var occupied bool
	var next int64
	if err := w.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+old+"), nextval(pg_get_serial_sequence('"+old+"', 'id'))").Scan(&occupied, &next); err != nil {
		return err
	}
	if occupied {
		return fault.New(fault.Conflict, "Somebody else has written into the layer %s meanwhile; publish again.", w.layer.ID)
	}
	rows, err := w.tx.Query(ctx, `SELECT format('GRANT %s ON %s TO %s', a.privilege_type, $2::text, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
			|| CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
		FROM pg_class AS c, aclexplode(c.relacl) AS a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner`, old, table)
	if err != nil {
		return err
	}
	grants, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	steps[len(steps)-1] = fmt.Sprintf(steps[len(steps)-1], next)
	for _, sql := range append(grants, steps...) {
		if _, err := w.tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
