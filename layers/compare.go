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
// (” for all); further arguments are the statement's own. What is kept is
// never a difference, see Diff. The table's name is the program's own.
func (l *Layer) CompareSQL(table, scope string, kept []string) Statement {
	b := builder{args: []any{nil, nil, nil}}
	inScope, args := l.InScope(scope, "t", 4)
	b.args = append(b.args, args...)
	var match []string
	for _, k := range l.Identity() {
		match = append(match, "t."+ident(k)+" = i."+ident(k))
	}
	same := strings.Join(match, " AND ")
	b.text("WITH d AS (", l.differences(kept), fmt.Sprintf(" FROM (SELECT * FROM %s AS t WHERE %s OR EXISTS (SELECT FROM %s AS i WHERE %s)) AS t FULL JOIN %s AS i ON %s",
		l.Table(), inScope, table, same, table, same), " WHERE i.source IS NULL OR ", Publishable("i"), " AND (t.id IS NULL OR ", l.differs(kept), "))", listed)
	return b.statement()
}

// EditionSQL lists what an edition, $4, did to the layer, in the form and with the
// arguments of CompareSQL.
func (l *Layer) EditionSQL() string {
	var all []string
	for _, c := range l.TableColumns() {
		all = append(all, ident(c.Name))
	}
	cols, t, h := strings.Join(all, ", "), l.Table(), l.History()
	return "WITH d AS (" + l.differences(nil) + fmt.Sprintf(" FROM (SELECT DISTINCT ON (id) %[1]s FROM %[3]s WHERE superseded_edition = $4 ORDER BY id, edition DESC) AS t "+
		"FULL JOIN (SELECT %[1]s FROM %[2]s WHERE edition = $4 UNION ALL SELECT DISTINCT ON (id) %[1]s FROM %[3]s WHERE edition = $4) AS i ON t.id = i.id)", cols, t, h) +
		listed
}

// listed is the choice from the differences d.
const listed = " SELECT kind, CASE kind WHEN 'gone' THEN old_key ELSE new_key END AS key, id, old, new, tx, ty, ix, iy, moved FROM d" +
	" WHERE CASE kind WHEN 'gone' THEN old_key ELSE new_key END > $1::text AND $3::text IN ('', kind) ORDER BY 2 LIMIT $2"

// differs is the condition that two versions t and i of a record are not the same.
func (l *Layer) differs(kept []string) string {
	stays := l.stays(kept)
	var old, incoming []string
	for _, c := range l.RecordColumns() {
		if !stays[c.Name] {
			old, incoming = append(old, "t."+ident(c.Name)), append(incoming, "i."+ident(c.Name))
		}
	}
	return "(" + strings.Join(old, ", ") + ") IS DISTINCT FROM (" + strings.Join(incoming, ", ") + ")"
}

// differences is the selection of the old version t and the new version i of records; what is kept
// is the old one's in both.
func (l *Layer) differences(kept []string) string {
	stays := l.stays(kept)
	var oldKey, newKey, pairs []string
	for _, k := range l.Identity() {
		oldKey = append(oldKey, "t."+ident(k)+"::text")
		newKey = append(newKey, "i."+ident(k)+"::text")
	}
	for _, f := range l.Fields {
		pairs = append(pairs, f.Name)
	}
	pairs = append(pairs, "source", "valid_from", "valid_to", "position_quality")
	value := func(alias, name string) string {
		if alias == "i" && stays[name] {
			return "CASE WHEN t.id IS NULL THEN i." + ident(name) + " ELSE t." + ident(name) + " END"
		}
		return alias + "." + ident(name)
	}
	object := func(alias string) string {
		var parts []string
		for some := range slices.Chunk(pairs, 40) { // a function takes at most a hundred arguments
			var args []string
			for _, name := range some {
				args = append(args, "'"+name+"', "+value(alias, name))
			}
			parts = append(parts, "jsonb_build_object("+strings.Join(args, ", ")+")")
		}
		return strings.Join(parts, " || ")
	}
	at := func(alias string) string { return "ST_Centroid(" + value(alias, "geom") + ")" }
	point := func(alias string) string {
		return "ST_X(" + at(alias) + ") AS " + alias + "x, ST_Y(" + at(alias) + ") AS " + alias + "y"
	}
	return "SELECT CASE WHEN t.id IS NULL THEN 'new' WHEN i.source IS NULL THEN 'gone' ELSE 'changed' END AS kind, " +
		"coalesce(concat_ws(' ', " + strings.Join(newKey, ", ") + "), '') AS new_key, concat_ws(' ', " + strings.Join(oldKey, ", ") + ") AS old_key, t.id, " +
		"CASE WHEN t.id IS NOT NULL THEN " + object("t") + " END AS old, CASE WHEN i.source IS NOT NULL THEN " + object("i") + " END AS new, " +
		point("t") + ", " + point("i") + ", ST_Distance(" + at("t") + "::geography, " + at("i") + "::geography) AS moved"
}
