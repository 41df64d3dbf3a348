package layers

import (
	"fmt"
	"strings"
)

// Reversal is the SQL that takes an edition back. $1 is that edition, $2 the edition that
// takes it back.
type Reversal struct {
	Later   string // the first later edition that has touched its records, or null
	Past    string // copies to history what is about to change or to go
	Added   string // removes what it added
	Changed string // brings back what it changed
	Gone    string // brings back what it removed
}

// Reversal writes the statements. A record was changed by an edition when both its
// version of that edition and the version it superseded are known; added when there is
// only the former, removed when there is only the latter. Later editions are no obstacle
// when they have left the edition's records as it had made them, as those do that have
// been taken back themselves.
func (l *Layer) Reversal() Reversal {
	var all, content, sets []string
	for _, c := range l.TableColumns() {
		all = append(all, ident(c.Name))
		if c.Name != "id" && c.Name != "edition" {
			sets = append(sets, ident(c.Name)+" = h."+ident(c.Name))
		}
	}
	for _, c := range l.RecordColumns() {
		content = append(content, ident(c.Name))
	}
	t, h, cols := l.Table(), l.History(), strings.Join(all, ", ")
	row := func(alias string) string { return "(" + alias + "." + strings.Join(content, ", "+alias+".") + ")" }
	made := "(SELECT " + cols + " FROM " + t + " WHERE edition = $1 UNION ALL SELECT DISTINCT ON (id) " + cols + " FROM " + h + " WHERE edition = $1)"
	ids := "(SELECT id FROM " + h + " WHERE edition = $1)" // complete once Past has run
	before := "(SELECT id FROM " + h + " WHERE superseded_edition = $1)"
	restored := "h." + strings.ReplaceAll(strings.Join(all, ", h."), `h."edition"`, "$2")
	return Reversal{
		Later: fmt.Sprintf(`SELECT max(e) FROM (
			SELECT coalesce(t.edition, (SELECT max(superseded_edition) FROM %s AS g WHERE g.id = v.id)) AS e
				FROM %s AS v LEFT JOIN %s AS t ON t.id = v.id WHERE t.id IS NULL OR %s IS DISTINCT FROM %s
			UNION ALL SELECT t.edition FROM %s AS t WHERE t.id IN %s AND t.id NOT IN (SELECT id FROM %s AS v)) AS s`,
			h, made, t, row("t"), row("v"), t, before, made),
		Past: fmt.Sprintf("INSERT INTO %s (%s, superseded_edition) SELECT %s, $2 FROM %s WHERE id IN (SELECT id FROM %s AS v)", h, cols, cols, t, made),
		Added: fmt.Sprintf("DELETE FROM %s WHERE $2::bigint IS NOT NULL AND id IN %s AND id NOT IN %s",
			t, ids, before),
		Changed: fmt.Sprintf("UPDATE %s AS t SET %s, edition = $2 FROM %s AS h WHERE t.id = h.id AND h.superseded_edition = $1 AND t.id IN %s",
			t, strings.Join(sets, ", "), h, ids),
		Gone: fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s AS h WHERE h.superseded_edition = $1 AND NOT EXISTS (SELECT FROM %s AS t WHERE t.id = h.id)",
			t, cols, restored, h, t),
	}
}
