package layers

import (
	"fmt"
	"strings"
)

// SourceEdit is the source of a record that was made by an edit, not by a survey. Its
// source_id is its id.
const SourceEdit = "edit"

// Amendment is the SQL that writes one record. Values are the columns it takes, as places
// in RecordColumns: they are $1 to $n of a statement that has them. Behind them come, where
// a statement has them, the record's id, the edition and who writes, in this order.
type Amendment struct {
	Values  []int
	Take    string // values, id: locks the record; its edition, whether the values differ, its box
	Past    string // id, edition: copies it to history
	Added   string // values, id, edition, who: its box
	Changed string // values, id, edition, who: its box
	Gone    string // id
}

// boxOf are the sides of a geometry's box: west, south, east, north.
const boxOf = "ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom)"

// Amendment writes the statements for a record of which what is kept, columns by name,
// stays as it is.
func (l *Layer) Amendment(kept []string) Amendment {
	stays := l.stays(kept)
	var a Amendment
	var names, old, fresh, sets, all []string
	for i, c := range l.RecordColumns() {
		if stays[c.Name] {
			continue
		}
		a.Values = append(a.Values, i)
		value := fmt.Sprintf("$%d::%s", len(a.Values), c.Type)
		names, fresh = append(names, ident(c.Name)), append(fresh, value)
		old, sets = append(old, ident(c.Name)), append(sets, ident(c.Name)+" = "+value+", ")
	}
	for _, c := range l.TableColumns() {
		all = append(all, ident(c.Name))
	}
	n := len(a.Values)
	id, edition, who := fmt.Sprintf("$%d::bigint", n+1), fmt.Sprintf("$%d::bigint", n+2), fmt.Sprintf("$%d::text", n+3)
	differs := "false"
	if n > 0 {
		differs = fmt.Sprintf("ROW(%s) IS DISTINCT FROM ROW(%s)", strings.Join(old, ", "), strings.Join(fresh, ", "))
	}
	columns := strings.Join(all, ", ")
	a.Take = fmt.Sprintf("SELECT edition, %s, %s FROM %s WHERE id = %s FOR UPDATE", differs, boxOf, l.Table(), id)
	a.Past = fmt.Sprintf("INSERT INTO %s (%s, superseded_edition) SELECT %s, $2::bigint FROM %s WHERE id = $1::bigint", l.History(), columns, columns, l.Table())
	a.Added = fmt.Sprintf("INSERT INTO %s (%s, id, edition, updated_by) VALUES (%s, %s, %s, %s) RETURNING %s",
		l.Table(), strings.Join(names, ", "), strings.Join(fresh, ", "), id, edition, who, boxOf)
	a.Changed = fmt.Sprintf("UPDATE %s SET %srecorded_at = now(), edition = %s, updated_by = %s WHERE id = %s RETURNING %s",
		l.Table(), strings.Join(sets, ""), edition, who, id, boxOf)
	a.Gone = fmt.Sprintf("DELETE FROM %s WHERE id = $1::bigint", l.Table())
	return a
}

// NextID takes the id of a record that is to be added.
func (l *Layer) NextID() string {
	return "SELECT nextval(pg_get_serial_sequence('" + l.Table() + "', 'id'))"
}
