package layers

import (
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers/fault"
)

// Query is a typed question to one layer, checked against its declaration.
type Query struct {
	View     *View
	BBox     *orb.Bound // longitude and latitude of StoredDatum; nil: everywhere, unplaced records too
	Datetime *Interval  // valid time; nil: all
	Filters  []Predicate
	Edition  int64    // the layer as it was after this edition; 0: as it is
	Only     []*Field // of the fields that ride in tiles, these alone; nil: all
	Sort     []Order  // the records' order before that of ids
	After    int64    // keyset: what comes after the record of this id; see Resume
	Keys     []any    // keyset: with Sort, that record's values of its fields; nil: none
	Limit    int      // 0: no limit
	CRS      geo.CRS
}

// Interval is a span of time, closed at the start and open at the end unless it is
// an instant (From equal To); a nil end is unbounded.
type Interval struct {
	From, To *time.Time

	now bool
}

// Now is the instant of the question itself, by the database's clock: what the map shows
// when nobody asks for another time. All questions about it share one Key.
func Now() *Interval { return &now }

var now = Interval{now: true}

// IsNow reports whether the interval is Now.
func (i Interval) IsNow() bool { return i.now }

// Key names everything that decides the answer of a query but the box, paging and
// coordinate system: layer, class of readers, time and filters in a canonical order.
func (q Query) Key() string { return string(q.AppendKey(nil)) }

// AppendKey appends Key.
func (q Query) AppendKey(b []byte) []byte {
	b = append(b, q.View.ID...)
	b = append(b, '|')
	b = append(b, q.View.Class...)
	b = append(b, '|')
	if q.Datetime != nil {
		b = append(b, q.Datetime.String()...)
	}
	if q.Edition > 0 {
		b = append(b, "|edition "...)
		b = strconv.AppendInt(b, q.Edition, 10)
	}
	if q.Only != nil {
		b = append(b, "|fields"...)
		for _, f := range q.Only {
			b = append(b, ' ')
			b = append(b, f.Name...)
		}
	}
	if len(q.Filters) == 0 {
		return b
	}
	keys := make([]string, len(q.Filters))
	for i, p := range q.Filters {
		keys[i] = p.Key()
	}
	sort.Strings(keys)
	for _, k := range keys {
		b = append(b, '|')
		b = append(b, k...)
	}
	return b
}

// TileFields are the fields that ride in the query's tiles at zoom z, the styled field first.
func (q Query) TileFields(z int) []*Field {
	fields := q.View.TileFields(z)
	if q.Only == nil {
		return fields
	}
	return slices.DeleteFunc(fields, func(f *Field) bool { return !slices.Contains(q.Only, f) })
}

// String is the interval in ISO 8601 form.
func (i Interval) String() string {
	if i.now {
		return "now"
	}
	if i.From != nil && i.To != nil && i.From.Equal(*i.To) {
		return i.From.UTC().Format(time.RFC3339Nano)
	}
	end := func(t *time.Time) string {
		if t == nil {
			return ".."
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	return end(i.From) + "/" + end(i.To)
}

// ParseInterval reads the datetime parameter of OGC API Features (17-069r4, 7.15.4):
// an RFC 3339 instant or date, or two of them with a slash, ".." or nothing for an open
// end. A date alone stands for its whole day in Beijing time. The error is Invalid.
func ParseInterval(s string) (*Interval, error) {
	const field = "datetime"
	from, to, span := strings.Cut(s, "/")
	start, end, err := parseMoment(field, from)
	if err != nil {
		return nil, err
	}
	if !span {
		if start == nil {
			return nil, fault.In(field, "Give an instant such as 2021-04-30T12:00:00Z or an interval such as 2021-04-01/2021-05-01.")
		}
		return &Interval{From: start, To: end}, nil
	}
	_, last, err := parseMoment(field, to)
	if err != nil {
		return nil, err
	}
	if start != nil && last != nil && last.Before(*start) {
		return nil, fault.In(field, "The interval ends before it begins.")
	}
	return &Interval{From: start, To: last}, nil
}

// Beijing is the time zone of dates without one: UTC+8, no summer time.
var Beijing = time.FixedZone("UTC+8", 8*3600)

// parseMoment gives first and last instant of what s names; nil for an open end.
func parseMoment(field, s string) (first, last *time.Time, err error) {
	if s == "" || s == ".." {
		return nil, nil, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return &t, &t, nil
	}
	if t, err := time.ParseInLocation("2006-01-02", s, Beijing); err == nil {
		end := t.AddDate(0, 0, 1)
		return &t, &end, nil
	}
	return nil, nil, fault.In(field, "%s is not an RFC 3339 date or time, such as 2021-04-30 or 2021-04-30T12:00:00+08:00.", quote(s))
}

// ParseFilters reads property filters from a query string: every parameter whose name
// is not in reserved must be a field that the reader may see. Code fields take a comma
// list, numbers and times min/max with ".." for an open end, texts and booleans one
// value; an empty value asks for records without one. The error is Invalid and names
// the parameter.
func ParseFilters(v *View, params url.Values, reserved ...string) ([]Predicate, error) {
	skip := map[string]bool{}
	for _, r := range reserved {
		skip[r] = true
	}
	names := make([]string, 0, len(params))
	for name := range params {
		if !skip[name] {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var filters []Predicate
	for _, name := range names {
		f := v.Field(name)
		if f == nil {
			return nil, fault.In(name, "The layer %s has no field or parameter of this name.", v.ID)
		}
		for _, value := range params[name] {
			p, err := parseFilter(f, value)
			if err != nil {
				return nil, err
			}
			filters = append(filters, p)
		}
	}
	return filters, nil
}

func parseFilter(f *Field, s string) (Predicate, error) {
	if s == "" {
		return Missing(f), nil
	}
	switch f.Type {
	case TypeCode, TypeCodes:
		values := strings.Split(s, ",")
		for _, c := range values {
			if f.List.Code(c) == nil {
				return nil, fault.In(f.Name, "%s is not one of %s.", quote(c), f.List.known())
			}
		}
		return OneOf(f, values...), nil
	case TypeInteger, TypeNumber, TypeDate, TypeDateTime:
		low, high, span := strings.Cut(s, "/")
		least, err := parseScalar(f, low)
		if err != nil {
			return nil, err
		}
		if !span {
			return InRange(f, least, least), nil
		}
		most, err := parseScalar(f, high)
		if err != nil {
			return nil, err
		}
		return InRange(f, least, most), nil
	case TypeBoolean:
		b, err := strconv.ParseBool(s)
		if err != nil {
			return nil, fault.In(f.Name, "%s is not true or false.", quote(s))
		}
		return InRange(f, b, b), nil
	case TypeText:
		return InRange(f, s, s), nil
	}
	return nil, fault.In(f.Name, "Fields of type %s can't be filtered.", f.Type)
}

// parseScalar reads one end of a range; nil for an open end.
func parseScalar(f *Field, s string) (any, error) {
	if s == "" || s == ".." {
		return nil, nil
	}
	switch f.Type {
	case TypeInteger:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n, nil
		}
	case TypeNumber:
		if x, err := strconv.ParseFloat(s, 64); err == nil && x == x {
			return x, nil
		}
	case TypeDate:
		if t, err := time.Parse("2006-01-02", s); err == nil {
			return t, nil
		}
	case TypeDateTime:
		if first, _, err := parseMoment(f.Name, s); err == nil {
			return *first, nil
		}
	}
	return nil, fault.In(f.Name, "%s is not a value of type %s.", quote(s), f.Type)
}

func quote(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return strconv.Quote(s)
}
