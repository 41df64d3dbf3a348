package layers

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Item is one record on its way out: its columns as PostgreSQL sends them in binary,
// in the order of Columns of the view. It is valid until the next row is read.
type Item struct {
	View *View
	ID   int64
	WKB  []byte   // geometry in the query's coordinate system, x before y; nil when unplaced
	Raw  [][]byte // one per column of View.Columns(); nil is null
	Keys [][]byte // of a sorted page, one per field that it is sorted by
}

// Columns returns the fields of an item in order: the declared ones that the reader
// may see, then the standard ones.
func (v *View) Columns() []*Field { return v.columns }

// AppendProperties appends the item's columns as a JSON object. Nulls are written, so
// that "not reported" is never mistaken for a field that does not exist.
func (it Item) AppendProperties(dst []byte) []byte {
	for i, f := range it.View.columns {
		dst = append(dst, it.View.openings[i]...)
		dst = appendValue(dst, f.Type, it.Raw[i])
	}
	if len(it.View.columns) == 0 {
		dst = append(dst, '{')
	}
	return append(dst, '}')
}

// Value returns the column of that name as JSON would decode it (string, float64, bool,
// []any, map[string]any or nil), and false when the reader has no such column.
func (it Item) Value(name string) (any, bool) {
	for i, f := range it.View.Columns() {
		if f.Name == name {
			var v any
			if json.Unmarshal(appendValue(nil, f.Type, it.Raw[i]), &v) != nil {
				return nil, false
			}
			return v, true
		}
	}
	return nil, false
}

// postgresEpoch is the zero of timestamptz (microseconds) and date (days) in binary.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// appendValue appends one column in PostgreSQL's binary form as JSON.
func appendValue(dst []byte, t Type, raw []byte) []byte {
	if raw == nil {
		return append(dst, "null"...)
	}
	switch t {
	case TypeInteger:
		return strconv.AppendInt(dst, int64(binary.BigEndian.Uint64(raw)), 10)
	case TypeNumber:
		x := math.Float64frombits(binary.BigEndian.Uint64(raw))
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return append(dst, "null"...)
		}
		return strconv.AppendFloat(dst, x, 'g', -1, 64)
	case TypeBoolean:
		return strconv.AppendBool(dst, raw[0] != 0)
	case TypeDate:
		days := int32(binary.BigEndian.Uint32(raw))
		dst = append(dst, '"')
		dst = appendDay(dst, postgresEpoch.AddDate(0, 0, int(days)))
		return append(dst, '"')
	case TypeDateTime:
		micros := int64(binary.BigEndian.Uint64(raw))
		at := time.Unix(postgresEpoch.Unix()+micros/1e6, (micros%1e6)*1e3).UTC()
		dst = append(dst, '"')
		dst = appendMoment(dst, at)
		return append(dst, '"')
	case TypeCodes:
		return appendTextArray(dst, raw)
	case TypeQuantities:
		return append(dst, raw[1:]...) // jsonb: a version byte, then the text
	}
	return AppendString(dst, raw)
}

// appendDay appends a date in ISO 8601, which takes a third of what time.Time.AppendFormat
// takes with its layout; of years that have not four digits that does it.
func appendDay(dst []byte, t time.Time) []byte {
	year, month, day := t.Date()
	if year < 1000 || year > 9999 {
		return t.AppendFormat(dst, time.DateOnly)
	}
	dst = appendTwo(appendTwo(dst, year/100), year%100)
	dst = appendTwo(append(dst, '-'), int(month))
	return appendTwo(append(dst, '-'), day)
}

// appendMoment appends a time in UTC as RFC 3339, to the microsecond where it has a
// fraction of a second.
func appendMoment(dst []byte, t time.Time) []byte {
	dst = appendDay(dst, t)
	hour, minute, second := t.Clock()
	dst = appendTwo(append(dst, 'T'), hour)
	dst = appendTwo(append(dst, ':'), minute)
	dst = appendTwo(append(dst, ':'), second)
	if micros := t.Nanosecond() / 1000; micros > 0 {
		dst = append(dst, '.')
		for digit := 100_000; micros > 0; digit /= 10 {
			dst = append(dst, byte('0'+micros/digit))
			micros %= digit
		}
	}
	return append(dst, 'Z')
}

// appendTwo appends a number below 100 with two digits.
func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendTextArray appends a one-dimensional text[] in binary as a JSON array:
// int32 dimensions, flags, element type, then length and lower bound, then the elements.
func appendTextArray(dst, raw []byte) []byte {
	dst = append(dst, '[')
	if len(raw) >= 20 && binary.BigEndian.Uint32(raw) == 1 {
		n := int(binary.BigEndian.Uint32(raw[12:]))
		raw = raw[20:]
		for i := 0; i < n && len(raw) >= 4; i++ {
			size := int(int32(binary.BigEndian.Uint32(raw)))
			raw = raw[4:]
			if i > 0 {
				dst = append(dst, ',')
			}
			if size < 0 || size > len(raw) {
				dst = append(dst, "null"...)
				continue
			}
			dst = AppendString(dst, raw[:size])
			raw = raw[size:]
		}
	}
	return append(dst, ']')
}

// AppendString appends UTF-8 text as a JSON string, safe inside HTML too; bytes that
// are not UTF-8 become U+FFFD.
func AppendString(dst, s []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRune(s[i:])
		if r == utf8.RuneError && size == 1 {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\ufffd`...)
			i++
			start = i
			continue
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
