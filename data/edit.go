package data

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"onemap/layers"
	"onemap/layers/fault"
)

// Edit asks for one record to be made, replaced or taken away.
type Edit struct {
	Layer   string
	ID      int64          // of the record; 0 makes a new one
	Version int64          // the edition that the record is of, as far as the editor knows
	Record  *layers.Record // what it shall be; nil takes it away
	Kept    []string       // columns that stay as they are, such as fields that the editor can't see
	By      string         // role or account
}

// Edited is what an edit did. Edition is the zero value where nothing was to be changed.
type Edited struct {
	ID      int64
	Version int64 // the edition that the record is of now; of one taken away, the edition that took it
	Edition Edition
}

// VersionField is the field of the Conflict that an edit ends with when the record is of
// another version.
const VersionField = "version"

// editPatience is how long an edit waits for a publication of the layer, or for another
// edit of the record, to end.
var editPatience = "8s"

// Edit writes one record in one transaction, as an edition of its own: Editions lists it
// and Revert takes it back. A new record has the source layers.SourceEdit; one that is
// replaced keeps its source. The error is NotFound when there is no such record, Conflict
// when it is of another version (Field is VersionField) or its key is another record's,
// Invalid when it breaks a rule of the table, and Unavailable while the layer is being published.
func (s *Store) Edit(ctx context.Context, e Edit) (done Edited, err error) {
	l := s.cat.Layer(e.Layer)
	if l == nil {
		return done, fault.New(fault.NotFound, "There is no layer %q.", e.Layer)
	}
	w := editor{layer: l, edit: e, id: e.ID}
	kept := []string{"source", "source_id"}
	if e.ID == 0 {
		kept = nil
	}
	w.steps = l.Amendment(append(kept, e.Kept...))
	if e.Record == nil {
		w.steps = l.Amendment(columnsOf(l))
	}
	select {
	case s.edits <- struct{}{}:
		defer func() { <-s.edits }()
	case <-ctx.Done():
		return done, explain(ctx.Err(), "change the record")
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		w.tx = tx
		done, err = w.run(ctx)
		return err
	})
	if err != nil {
		done = Edited{}
	}
	return done, explain(w.name(err), "change the record")
}

func columnsOf(l *layers.Layer) (names []string) {
	for _, c := range l.RecordColumns() {
		names = append(names, c.Name)
	}
	return names
}

// editor is one edit on its way. Its statements take their values in PostgreSQL's binary
// form, as COPY does, so that a record is written by the same code as in an import.
type editor struct {
	tx       pgx.Tx
	layer    *layers.Layer
	edit     Edit
	steps    layers.Amendment
	id       int64
	values   [][]byte
	old, new []float64 // boxes
	done     Edition
}

func (w *editor) run(ctx context.Context) (Edited, error) {
	// Shared: edits go side by side, but not beside a publication.
	if _, err := w.tx.Exec(ctx, "SET LOCAL lock_timeout = '"+editPatience+"'"); err != nil {
		return Edited{}, err
	}
	if _, err := w.tx.Exec(ctx, "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))", "publish:"+w.layer.ID); err != nil {
		return Edited{}, err
	}
	differs, err := w.take(ctx)
	if err != nil || !differs {
		return Edited{ID: w.id, Version: w.edit.Version}, err
	}
	if err := w.tx.QueryRow(ctx, `INSERT INTO onemap.edition (layer, scope, source, added, changed, gone, published_by) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
		w.layer.ID, string(ScopeRecord(w.id)), layers.SourceEdit, w.done.Added, w.done.Changed, w.done.Gone, w.edit.By).Scan(&w.done.ID); err != nil {
		return Edited{}, err
	}
	if err := w.apply(ctx); err != nil {
		return Edited{}, err
	}
	if _, err := w.tx.Exec(ctx, "INSERT INTO onemap.change (layer, feature, old_box, new_box, edition, who) VALUES ($1, $2, $3, $4, $5, $6)",
		w.layer.ID, w.id, w.old, w.new, w.done.ID, w.edit.By); err != nil {
		return Edited{}, err
	}
	_, err = w.tx.Exec(ctx, "SELECT pg_notify($1, $2)", changeChannel, w.layer.ID)
	return Edited{ID: w.id, Version: w.done.ID, Edition: w.done}, err
}

// ScopeRecord is the scope of the edition that an edit of one record is.
func ScopeRecord(id int64) Scope { return Scope("record:" + strconv.FormatInt(id, 10)) }

// take locks the record, or takes a new id, and reports whether there is anything to do.
func (w *editor) take(ctx context.Context) (differs bool, err error) {
	if w.edit.ID == 0 {
		if err := w.tx.QueryRow(ctx, w.layer.NextID()).Scan(&w.id); err != nil {
			return false, err
		}
		r := *w.edit.Record
		r.Source, r.SourceID = layers.SourceEdit, strconv.FormatInt(w.id, 10)
		w.done.Added = 1
		w.values, err = recordValues(w.layer, r, w.steps.Values)
		return true, err
	}
	if w.edit.Record != nil {
		if w.values, err = recordValues(w.layer, *w.edit.Record, w.steps.Values); err != nil {
			return false, err
		}
	}
	rows, err := w.exec(ctx, w.steps.Take, append(w.values[:len(w.values):len(w.values)], int8Value(w.id))...)
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		return false, fault.New(fault.NotFound, "The layer %s has no record %d.", w.layer.ID, w.id)
	}
	edition, err := strconv.ParseInt(string(rows[0][0]), 10, 64)
	if err != nil {
		return false, err
	}
	if edition != w.edit.Version {
		return false, &fault.Error{Code: fault.Conflict, Field: VersionField, Message: fmt.Sprintf("The record has been changed since: it is of version %d, not %d. Read it again and repeat the change.", edition, w.edit.Version)}
	}
	if w.edit.Record == nil {
		w.done.Gone = 1
	} else {
		w.done.Changed = 1
	}
	w.old, err = boxOf(rows[0][2:])
	return w.edit.Record == nil || string(rows[0][1]) == "t", err
}

// apply writes the old version to history and the new one to the layer.
func (w *editor) apply(ctx context.Context) error {
	id, edition := int8Value(w.id), int8Value(w.done.ID)
	if w.done.Added == 0 {
		if _, err := w.exec(ctx, w.steps.Past, id, edition); err != nil {
			return err
		}
	}
	var rows [][][]byte
	var err error
	values := append(w.values[:len(w.values):len(w.values)], id, edition, []byte(w.edit.By))
	switch {
	case w.done.Gone > 0:
		_, err = w.exec(ctx, w.steps.Gone, id)
		return err
	case w.done.Added > 0:
		rows, err = w.exec(ctx, w.steps.Added, values...)
	default:
		rows, err = w.exec(ctx, w.steps.Changed, values...)
	}
	if err == nil && len(rows) == 1 {
		w.new, err = boxOf(rows[0])
	}
	return err
}

// exec runs a statement with values in binary; its answer comes as text.
func (w *editor) exec(ctx context.Context, sql string, values ...[]byte) ([][][]byte, error) {
	result := w.tx.Conn().PgConn().ExecParams(ctx, sql, values, nil, []int16{1}, nil).Read()
	return result.Rows, result.Err
}

// boxOf reads the four sides of a box; nil where there is none.
func boxOf(sides [][]byte) (box []float64, err error) {
	for _, side := range sides {
		if side == nil {
			return nil, nil
		}
		x, err := strconv.ParseFloat(string(side), 64)
		if err != nil {
			return nil, err
		}
		box = append(box, x)
	}
	return box, nil
}

// name says in words what a record breaks, or what an edit waited for in vain.
func (w *editor) name(err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	switch pg.Code {
	case "55P03":
		return fault.Wrap(err, fault.Unavailable, "The layer %s is being published, or the record is being changed by another; try again shortly", w.layer.ID)
	case "54000":
		return fault.Wrap(err, fault.Invalid, "A value is too long for the table's indexes; shorten it")
	case "23505":
		fields := w.layer.Identity()
		for _, f := range w.layer.Fields {
			if f.Unique && pg.ConstraintName == w.layer.ID+"_"+f.Name+"_key" {
				fields = []string{f.Name}
			}
		}
		return &fault.Error{Code: fault.Conflict, Field: strings.Join(fields, ","), Message: fmt.Sprintf("Another record of layer %s has this value of %s already.", w.layer.ID, strings.Join(fields, ", ")), Err: err}
	}
	return (&publisher{layer: w.layer}).name(err)
}
