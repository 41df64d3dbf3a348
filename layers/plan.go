package layers

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"onemap/layers/fault"
)

// Found is what the database has for a layer already.
type Found struct {
	Exists      bool
	Rows        bool // the table has at least one row
	Columns     []Column
	Constraints []Named // Definition is the comment with the fingerprint left by Plan
	Indexes     []Named
}

// Plan is the list of steps from what is found to what is declared.
type Plan struct {
	Steps   []string // SQL, in order
	Refused []string // what could lose data and is not done; a plan with refusals is not run
}

// Err returns nil, or a Conflict error that lists what was refused and why.
func (p Plan) Err(layer string) error {
	if len(p.Refused) == 0 {
		return nil
	}
	return fault.New(fault.Conflict, "The table of layer %s can't follow its declaration without losing data: %s.", layer, strings.Join(p.Refused, "; "))
}

// Plan compares the declaration with what the database has. A new table, a new
// nullable field, a changed check and a new index are steps; a field that is gone, of
// another type or newly required over existing rows is refused.
func (l *Layer) Plan(found Found) Plan {
	var p Plan
	if !found.Exists {
		p.create(l)
	} else {
		p.columns(l, found)
	}
	have := map[string]string{}
	for _, n := range found.Constraints {
		have[n.Name] = n.Definition
	}
	for _, c := range l.Constraints() {
		mark := fingerprint(c.Definition)
		old, exists := have[c.Name]
		delete(have, c.Name)
		if exists && old == mark {
			continue
		}
		if exists {
			p.step("ALTER TABLE %s DROP CONSTRAINT %s", l.Table(), ident(c.Name))
		}
		p.step("ALTER TABLE %s ADD CONSTRAINT %s %s", l.Table(), ident(c.Name), c.Definition)
		p.step("COMMENT ON CONSTRAINT %s ON %s IS '%s'", ident(c.Name), l.Table(), mark)
	}
	for _, name := range sorted(have) {
		p.step("ALTER TABLE %s DROP CONSTRAINT %s", l.Table(), ident(name))
	}
	old := map[string]string{}
	for _, n := range found.Indexes {
		old[n.Name] = n.Definition
	}
	for _, x := range l.Indexes() {
		mark := fingerprint(x.Definition)
		def, exists := old[x.Name]
		delete(old, x.Name)
		if exists && def == mark {
			continue
		}
		if exists {
			p.step("DROP INDEX layer.%s", ident(x.Name))
		}
		p.index(x)
	}
	for _, name := range sorted(old) {
		p.step("DROP INDEX layer.%s", ident(name))
	}
	return p
}

func (p *Plan) step(format string, args ...any) {
	p.Steps = append(p.Steps, fmt.Sprintf(format, args...))
}

func (p *Plan) index(x Named) {
	p.step("CREATE INDEX %s %s", ident(x.Name), x.Definition)
	p.step("COMMENT ON INDEX layer.%s IS '%s'", ident(x.Name), fingerprint(x.Definition))
}

func (p *Plan) refuse(format string, args ...any) {
	p.Refused = append(p.Refused, fmt.Sprintf(format, args...))
}

func (p *Plan) create(l *Layer) {
	var defs, past []string
	for _, c := range l.TableColumns() {
		defs = append(defs, c.definition())
		past = append(past, ident(c.Name)+" "+c.Type)
	}
	p.step("CREATE TABLE %s (%s)", l.Table(), strings.Join(defs, ", "))
	p.step("CREATE TABLE %s (%s, superseded_at timestamp with time zone NOT NULL DEFAULT now(), superseded_edition bigint NOT NULL)",
		l.History(), strings.Join(past, ", "))
	p.step("CREATE INDEX %s ON %s (id)", ident(l.ID+"_history_idx"), l.History())
}

func (p *Plan) columns(l *Layer, found Found) {
	have := map[string]Column{}
	for _, c := range found.Columns {
		have[c.Name] = c
	}
	for _, c := range l.TableColumns() {
		old, exists := have[c.Name]
		delete(have, c.Name)
		switch {
		case !exists && c.NotNull && found.Rows:
			p.refuse("%s is new and required, but the rows there are have no value for it (declare it without required, fill it, then require it)", c.Name)
		case !exists:
			p.step("ALTER TABLE %s ADD COLUMN %s", l.Table(), c.definition())
			p.step("ALTER TABLE %s ADD COLUMN %s %s", l.History(), ident(c.Name), c.Type)
		case old.Type != c.Type:
			p.refuse("%s is %s in the database and %s in the declaration", c.Name, old.Type, c.Type)
		case c.NotNull && !old.NotNull:
			p.step("ALTER TABLE %s ALTER COLUMN %s SET NOT NULL", l.Table(), ident(c.Name))
		case !c.NotNull && old.NotNull:
			p.step("ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL", l.Table(), ident(c.Name))
		}
	}
	names := make([]string, 0, len(have))
	for name := range have {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		p.refuse("%s is in the database but no longer declared", name)
	}
}

// fingerprint marks a definition, so that a change of it is seen without comparing
// the database's own spelling.
func fingerprint(definition string) string {
	h := fnv.New64a()
	h.Write([]byte(definition))
	return fmt.Sprintf("onemap:%016x", h.Sum64())
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
