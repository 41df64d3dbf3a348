package layers

import (
	"fmt"
	"strconv"
	"time"
)

// Predicate is one checked condition on a record. It becomes SQL text with $n
// arguments; its Key is canonical, for caches.
type Predicate interface {
	Key() string
	sql(b *builder)
}

// In holds when the field is one of the values (or, for a field of several codes, has one of them).
type In struct {
	Field  *Field
	Values []string
}

// Between holds when Min <= field <= Max; a nil end is open, equal ends mean equality.
type Between struct {
	Field    *Field
	Min, Max any
}

// IsNull holds when the field has no value.
type IsNull struct{ Field *Field }

// Key is canonical.
func (p In) Key() string { return fmt.Sprintf("%s in %q", p.Field.Name, p.Values) }

// Key is canonical.
func (p Between) Key() string {
	return fmt.Sprintf("%s between %s %s", p.Field.Name, keyValue(p.Min), keyValue(p.Max))
}

// Key is canonical.
func (p IsNull) Key() string { return p.Field.Name + " is null" }

func keyValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ".."
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}

func (p In) sql(b *builder) {
	if p.Field.Type == TypeCodes {
		b.text(ident(p.Field.Name), " && ").arg(p.Values)
		return
	}
	b.text(ident(p.Field.Name), " = ANY(").arg(p.Values).text(")")
}

func (p Between) sql(b *builder) {
	name := ident(p.Field.Name)
	switch {
	case p.Min == nil && p.Max == nil:
		b.text(name, " IS NOT NULL")
	case p.Min == nil:
		b.text(name, " <= ").arg(p.Max)
	case p.Max == nil:
		b.text(name, " >= ").arg(p.Min)
	case p.Min == p.Max:
		b.text(name, " = ").arg(p.Min)
	default:
		b.text(name, " BETWEEN ").arg(p.Min).text(" AND ").arg(p.Max)
	}
}

func (p IsNull) sql(b *builder) { b.text(ident(p.Field.Name), " IS NULL") }

// builder collects SQL text and its arguments. Values go in as $n only.
type builder struct {
	sql  []byte
	args []any
}

// String is the text so far.
func (b *builder) String() string { return string(b.sql) }

func (b *builder) text(parts ...string) *builder {
	for _, p := range parts {
		b.sql = append(b.sql, p...)
	}
	return b
}

func (b *builder) arg(v any) *builder {
	b.args = append(b.args, v)
	b.sql = append(b.sql, '$')
	b.sql = strconv.AppendInt(b.sql, int64(len(b.args)), 10)
	return b
}

// ident quotes an identifier. Identifiers come from declarations only, which allow
// nothing but lower-case letters, digits and underscores; the quotes guard reserved words.
func ident(name string) string { return `"` + name + `"` }

// Table is the name of the layer's table, quoted.
func (l *Layer) Table() string { return "layer." + ident(l.ID) }

// History is the name of the table with the layer's superseded versions, quoted.
func (l *Layer) History() string { return "history." + ident(l.ID) }
