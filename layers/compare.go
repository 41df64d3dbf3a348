package layers

import (
	"fmt"
	"slices"
	"strings"
)

// CompareSQL lists how a staged survey differs from the layer: for each record that is
// new, changed or gone, in the order of the keys after $1 and at most $2 of them: kind,
// key, id (null when new), old and new version as JSON objects of the declared fields and
// the standard ones a survey brings, old and new anchor, metres moved. $3 limits the kind
// (” for all); further arguments are the statement's own. The table's name is the
// program's own.
func (l *Layer) CompareSQL(table, scope string) Statement {
	b := builder{args: []any{nil, nil, nil}}
	inScope, args := l.InScope(scope, "t", 4)
	b.args = append(b.args, args...)
	var match, oldKey, newKey, old, incoming, pairs []string
	for _, k := range l.Identity() {
		match = append(match, "t."+ident(k)+" = i."+ident(k))
		oldKey = append(oldKey, "t."+ident(k)+"::text")
		newKey = append(newKey, "i."+ident(k)+"::text")
	}
	for _, c := range l.RecordColumns() {
		old = append(old, "t."+ident(c.Name))
		incoming = append(incoming, "i."+ident(c.Name))
	}
	for _, f := range l.Fields {
		pairs = append(pairs, f.Name)
	}
	pairs = append(pairs, "source", "valid_from", "valid_to", "position_quality")
	object := func(alias string) string {
		var parts []string
		for some := range slices.Chunk(pairs, 40) { // a function takes at most a hundred arguments
			var args []string
			for _, name := range some {
				args = append(args, "'"+name+"', "+alias+"."+ident(name))
			}
			parts = append(parts, "jsonb_build_object("+strings.Join(args, ", ")+")")
		}
		return strings.Join(parts, " || ")
	}
	point := func(alias string) string {
		return "ST_X(ST_Centroid(" + alias + ".geom)) AS " + alias + "x, ST_Y(ST_Centroid(" + alias + ".geom)) AS " + alias + "y"
	}
	b.text("WITH d AS (SELECT CASE WHEN t.id IS NULL THEN 'new' WHEN i.source IS NULL THEN 'gone' ELSE 'changed' END AS kind, ",
		"coalesce(concat_ws(' ', ", strings.Join(newKey, ", "), "), '') AS new_key, concat_ws(' ', ", strings.Join(oldKey, ", "), ") AS old_key, t.id, ",
		"CASE WHEN t.id IS NOT NULL THEN ", object("t"), " END AS old, CASE WHEN i.source IS NOT NULL THEN ", object("i"), " END AS new, ",
		point("t"), ", ", point("i"), ", ST_Distance(ST_Centroid(t.geom)::geography, ST_Centroid(i.geom)::geography) AS moved",
		fmt.Sprintf(" FROM (SELECT * FROM %s AS t WHERE %s OR EXISTS (SELECT FROM %s AS i WHERE %s)) AS t FULL JOIN %s AS i ON %s",
			l.Table(), inScope, table, strings.Join(match, " AND "), table, strings.Join(match, " AND ")),
		fmt.Sprintf(" WHERE i.source IS NULL OR %s AND (t.id IS NULL OR (%s) IS DISTINCT FROM (%s)))", Publishable("i"), strings.Join(old, ", "), strings.Join(incoming, ", ")),
		" SELECT kind, CASE kind WHEN 'gone' THEN old_key ELSE new_key END AS key, id, old, new, tx, ty, ix, iy, moved FROM d",
		" WHERE CASE kind WHEN 'gone' THEN old_key ELSE new_key END > $1::text AND $3::text IN ('', kind) ORDER BY 2 LIMIT $2")
	return b.statement()
}
