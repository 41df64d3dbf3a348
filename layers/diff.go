package layers

import (
	"fmt"
	"slices"
	"strings"
)

// Columns of a staging table beside those of the record. No declared field can have
// their names.
const (
	StagedRow   = "_row"   // bigint: the row of the file
	StagedFlags = "_flags" // smallint: FlagFaulty and FlagDoubtful added up
	StagedID    = "_id"    // bigint: the id it gets in a layer without records, or null
)

// Flags of a staged row.
const (
	FlagFaulty   = 1 // it has an error and is not published
	FlagDoubtful = 2 // PostGIS must look if its geometry is valid
)

// Flags are the flags of a record for its staged row.
func (r *Record) Flags() int16 {
	var flags int16
	if r.Faulty {
		flags |= FlagFaulty
	}
	if r.Doubtful {
		flags |= FlagDoubtful
	}
	return flags
}

// Publishable is the condition that a staged row, of a table called alias, has no error.
func Publishable(alias string) string { return alias + "." + StagedFlags + " & 1 = 0" }

// Diff is the SQL that turns a staged survey into the layer's next edition. $1 of every
// statement but Stage and Twice is the edition. Faulty rows change nothing: what is
// published under their key stays as it is.
type Diff struct {
	Stage   string    // makes the staging table
	Twice   string    // lists up to ten keys that stand more than once
	Gone    Statement // moves to history what the scope holds and the survey does not
	Past    Statement // copies to history what is about to change
	Changed Statement
	Added   Statement
}

// Identity is the fields that identify a record from edition to edition.
func (l *Layer) Identity() []string {
	if len(l.Key) > 0 {
		return l.Key
	}
	return []string{"source", "source_id"}
}

// anchorColumns are the columns of a record's anchor and extent.
var anchorColumns = []string{"wx", "wy", "extent"}

// KeptPosition stands for a record's position among what a survey leaves as it is.
const KeptPosition = "geom"

// stays are the columns of the table that a survey leaves as they are.
func (l *Layer) stays(kept []string) map[string]bool {
	stays := map[string]bool{}
	for _, name := range kept {
		stays[name] = true
	}
	if stays[KeptPosition] {
		for _, name := range append([]string{"position_quality", "datum"}, anchorColumns...) {
			stays[name] = true
		}
	}
	return stays
}

// Diff writes the statements for a staging table and a scope: "layer", "source:NAME" or
// "area:CODE", the records whose administrative code begins with CODE. What is kept, fields
// or KeptPosition, stays as it is where the record is known: the survey had no column for it. The
// table's name is the program's own and goes into the text as it is.
func (l *Layer) Diff(table, scope string, kept []string) Diff {
	stays := l.stays(kept)
	// Numbers come first: what follows a text takes longer to find in a row.
	defs := []string{StagedID + " bigint", StagedRow + " bigint", StagedFlags + " smallint NOT NULL DEFAULT 0"}
	var texts, names, sets, old, fresh, incoming, all []string
	for _, c := range l.RecordColumns() {
		if def := ident(c.Name) + " " + c.Type; slices.Contains(anchorColumns, c.Name) {
			defs = append(defs, def)
		} else {
			texts = append(texts, def)
		}
		names = append(names, ident(c.Name))
		if stays[c.Name] {
			incoming = append(incoming, "i."+ident(c.Name))
			continue
		}
		sets = append(sets, ident(c.Name)+" = i."+ident(c.Name))
		old = append(old, "t."+ident(c.Name))
		fresh = append(fresh, "i."+ident(c.Name))
		incoming = append(incoming, "i."+ident(c.Name))
	}
	for _, c := range l.TableColumns() {
		all = append(all, ident(c.Name))
	}
	var match, key []string
	for _, k := range l.Identity() {
		match = append(match, "t."+ident(k)+" = i."+ident(k))
		key = append(key, ident(k))
	}
	defs = append(defs, texts...)
	same, good := strings.Join(match, " AND "), Publishable("i")
	differs := fmt.Sprintf("(%s) IS DISTINCT FROM (%s)", strings.Join(old, ", "), strings.Join(fresh, ", "))
	past := strings.Join(all, ", ")
	inScope, args := l.InScope(scope, "t", 2)
	return Diff{
		Stage: fmt.Sprintf("CREATE TABLE %s (%s)", table, strings.Join(defs, ", ")),
		Twice: fmt.Sprintf("SELECT concat_ws(', ', %s) FROM %s AS i WHERE %s GROUP BY %s HAVING count(*) > 1 LIMIT 10",
			strings.Join(key, ", "), table, good, strings.Join(key, ", ")),
		Gone: Statement{fmt.Sprintf("WITH gone AS (DELETE FROM %s AS t WHERE %s AND NOT EXISTS (SELECT FROM %s AS i WHERE %s) RETURNING t.*) "+
			"INSERT INTO %s (%s, superseded_edition) SELECT %s, $1 FROM gone", l.Table(), inScope, table, same, l.History(), past, past), args},
		Past: Statement{fmt.Sprintf("INSERT INTO %s (%s, superseded_edition) SELECT %s, $1 FROM %s AS t JOIN %s AS i ON %s WHERE %s AND %s",
			l.History(), past, "t."+strings.Join(all, ", t."), l.Table(), table, same, differs, good), nil},
		Changed: Statement{fmt.Sprintf("UPDATE %s AS t SET %s, recorded_at = now(), updated_by = NULL, edition = $1 FROM %s AS i WHERE %s AND %s AND %s",
			l.Table(), strings.Join(sets, ", "), table, same, differs, good), nil},
		Added: Statement{fmt.Sprintf("INSERT INTO %s (%s, edition) SELECT %s, $1 FROM %s AS i WHERE %s AND NOT EXISTS (SELECT FROM %s AS t WHERE %s)",
			l.Table(), strings.Join(names, ", "), strings.Join(incoming, ", "), table, good, l.Table(), same), nil},
	}
}

// InScope is the condition that a record of the table called alias is in a scope, with
// its argument, if it has one, as $n.
func (l *Layer) InScope(scope, alias string, n int) (condition string, args []any) {
	if name, ok := strings.CutPrefix(scope, "source:"); ok {
		return fmt.Sprintf("%s.source = $%d", alias, n), []any{name}
	}
	if code, ok := strings.CutPrefix(scope, "area:"); ok && l.Area != "" {
		return fmt.Sprintf("%s.%s LIKE $%d", alias, ident(l.Area), n), []any{likeEscape(code) + "%"}
	} else if ok {
		return "false", nil // a layer without administrative codes has no part of a county
	}
	return "true", nil
}

// IndexSteps makes all indexes of the table.
func (l *Layer) IndexSteps() []string {
	var p Plan
	for _, x := range l.Indexes() {
		p.index(x)
	}
	return p.Steps
}
