package layers

import "strconv"

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
