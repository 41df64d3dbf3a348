package layers

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onemap/layers/fault"
)

// Order is a field that records are sorted by. Those without a value come last in either
// direction, those with the same one in the order of ids.
type Order struct {
	Field      *Field
	Descending bool
}

// Sortable reports whether records can be sorted by a field: texts and codes by code
// point, false before true; lists and quantities have no order.
func Sortable(f *Field) bool { return f.Type != TypeCodes && f.Type != TypeQuantities }

// ParseSort reads a sortby parameter (OGC API Features Part 8): a comma list of fields that
// the reader may see, - before one for descending, + or nothing for ascending. A + that a
// query string has made a space is one. The error is Invalid.
func ParseSort(v *View, text string) ([]Order, error) {
	if text == "" {
		return nil, nil
	}
	const parameter = "sortby"
	var orders []Order
	for name := range strings.SplitSeq(text, ",") {
		o := Order{Descending: strings.HasPrefix(name, "-")}
		if name != "" && strings.ContainsRune("+- ", rune(name[0])) {
			name = name[1:]
		}
		if o.Field = v.Field(name); o.Field == nil {
			return nil, fault.In(parameter, "%s", v.unknown(name))
		}
		if !Sortable(o.Field) {
			return nil, fault.In(parameter, "%s is %s and has no order.", name, typeNames[o.Field.Type])
		}
		for _, before := range orders {
			if before.Field == o.Field {
				return nil, fault.In(parameter, "%s is named twice.", name)
			}
		}
		orders = append(orders, o)
	}
	return orders, nil
}

// sqlOf is the field's SQL as it is sorted and compared.
func (o Order) sqlOf() string {
	if o.Field.Type == TypeText || o.Field.Type == TypeCode {
		return ident(o.Field.Name) + ` COLLATE "C"` // by code point
	}
	return ident(o.Field.Name)
}

// order appends ORDER BY.
func (q Query) order(b *builder) {
	b.text(" ORDER BY ")
	for _, o := range q.Sort {
		b.text(o.sqlOf())
		if o.Descending {
			b.text(" DESC")
		}
		b.text(" NULLS LAST, ")
	}
	b.text("id")
}

// beyond appends the condition that a record comes after the one that the page before
// ended with: the same in all fields up to one and later in that, or the same in all with
// a greater id.
func (q Query) beyond(b *builder) {
	b.text(" AND (")
	same := func(n int) {
		for i, o := range q.Sort[:n] {
			if q.Keys[i] == nil {
				b.text(ident(o.Field.Name), " IS NULL AND ")
				continue
			}
			b.text(o.sqlOf(), " = ").arg(q.Keys[i]).text(" AND ")
		}
	}
	for i, o := range q.Sort {
		if q.Keys[i] == nil {
			continue // nothing comes after no value
		}
		b.text("(")
		same(i)
		sign := " > "
		if o.Descending {
			sign = " < "
		}
		b.text("(", o.sqlOf(), sign).arg(q.Keys[i]).text(" OR ", ident(o.Field.Name), " IS NULL)) OR ")
	}
	b.text("(")
	same(len(q.Sort))
	b.text("id > ").arg(q.After).text("))")
}

// cursor is where a page of sorted records ended. It holds the values themselves, so that
// it stands whatever becomes of the record.
type cursor struct {
	By    string    `json:"by"`
	Keys  []*string `json:"keys"` // null: no value
	After int64     `json:"after"`
}

// by names the order.
func (q Query) by() string {
	names := make([]string, len(q.Sort))
	for i, o := range q.Sort {
		names[i] = o.Field.Name
		if o.Descending {
			names[i] = "-" + names[i]
		}
	}
	return strings.Join(names, ",")
}

// Cursor is what Resume takes to go on after an item of the query's page.
func (q Query) Cursor(it Item) string {
	if len(q.Sort) == 0 {
		return strconv.FormatInt(it.ID, 10)
	}
	c := cursor{By: q.by(), Keys: make([]*string, len(q.Sort)), After: it.ID}
	for i, o := range q.Sort {
		c.Keys[i] = keyText(o.Field.Type, it.Keys[i])
	}
	text, _ := json.Marshal(c) // strings and a number always marshal
	return base64.RawURLEncoding.EncodeToString(text)
}

// Resume has the query go on after the record of a cursor. The error is Invalid.
func (q *Query) Resume(text string) error {
	const parameter = "cursor"
	strange := fault.In(parameter, "%.30q is not a cursor; follow the next link of the page before.", text)
	if len(q.Sort) == 0 {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 0 {
			return strange
		}
		q.After = id
		return nil
	}
	var c cursor
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &c) != nil || c.After < 1 {
		return strange
	}
	if c.By != q.by() || len(c.Keys) != len(q.Sort) {
		return fault.In(parameter, "The cursor is of another order than sortby; follow the next link of the page before.")
	}
	q.After, q.Keys = c.After, make([]any, len(q.Sort))
	for i, o := range q.Sort {
		if c.Keys[i] == nil {
			continue
		}
		if q.Keys[i], err = parseKey(o.Field.Type, *c.Keys[i]); err != nil {
			return strange
		}
	}
	return nil
}

// keyText is a column in PostgreSQL's binary form as parseKey reads it; nil is null.
func keyText(t Type, raw []byte) *string {
	var text string
	if t == TypeNumber && raw != nil {
		text = strconv.FormatFloat(math.Float64frombits(binary.BigEndian.Uint64(raw)), 'g', -1, 64) // not finite ones too
		return &text
	}
	switch value := cellOf(t, raw).(type) {
	case nil:
		return nil
	case string:
		text = value
	case int64:
		text = strconv.FormatInt(value, 10)
	case bool:
		text = strconv.FormatBool(value)
	case time.Time:
		text = value.Format(time.RFC3339Nano)
	}
	return &text
}

func parseKey(t Type, text string) (any, error) {
	switch t {
	case TypeInteger:
		return strconv.ParseInt(text, 10, 64)
	case TypeNumber:
		return strconv.ParseFloat(text, 64)
	case TypeBoolean:
		return strconv.ParseBool(text)
	case TypeDate, TypeDateTime:
		return time.Parse(time.RFC3339Nano, text)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, strconv.ErrSyntax
	}
	return text, nil
}
