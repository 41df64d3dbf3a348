package read

import (
	"math"
	"strconv"
	"time"
)

// Kind is the type of a cell.
type Kind uint8

// The kinds of cells.
const (
	Null     Kind = iota // no value
	Text                 // Raw is the text
	Integer              // a whole number within int64
	Number               // any other finite number
	Boolean              // true or false
	Date                 // a day
	DateTime             // an instant, to the millisecond
	JSON                 // an array or object; Raw is its JSON text
)

// Value is one cell: its kind, and the text it was read from, decoded. A cell whose
// text does not fit its column's type in the file is Text, and its row has a Problem.
type Value struct {
	Kind Kind
	Raw  string
	bits uint64
}

// TextValue makes a cell of text.
func TextValue(s string) Value { return Value{Kind: Text, Raw: s} }

func integerValue(raw string, n int64) Value { return Value{Integer, raw, uint64(n)} }

func numberValue(raw string, v float64) Value { return Value{Number, raw, math.Float64bits(v)} }

func booleanValue(raw string, b bool) Value {
	if b {
		return Value{Boolean, raw, 1}
	}
	return Value{Boolean, raw, 0}
}

func timeValue(kind Kind, raw string, t time.Time) Value {
	return Value{kind, raw, uint64(t.UnixMilli())}
}

// Int is the number of an Integer cell; 0 for other kinds.
func (v Value) Int() int64 {
	if v.Kind != Integer {
		return 0
	}
	return int64(v.bits)
}

// Float is the number of a Number or Integer cell; 0 for other kinds.
func (v Value) Float() float64 {
	switch v.Kind {
	case Number:
		return math.Float64frombits(v.bits)
	case Integer:
		return float64(int64(v.bits))
	}
	return 0
}

// Bool is the value of a Boolean cell; false for other kinds.
func (v Value) Bool() bool { return v.Kind == Boolean && v.bits == 1 }

// Time is the value of a Date (midnight) or DateTime cell, in UTC; zero for other kinds.
func (v Value) Time() time.Time {
	if v.Kind != Date && v.Kind != DateTime {
		return time.Time{}
	}
	return time.UnixMilli(int64(v.bits)).UTC()
}

// Any is the cell as nil, string, int64, float64, bool or time.Time. JSON gives its text.
func (v Value) Any() any {
	switch v.Kind {
	case Null:
		return nil
	case Integer:
		return v.Int()
	case Number:
		return v.Float()
	case Boolean:
		return v.Bool()
	case Date, DateTime:
		return v.Time()
	}
	return v.Raw
}

// Plain is Any for a column of numbers and, with text, for one of text: there a number that
// has something behind it, such as 4m, stays as it is written.
func (v Value) Plain(text bool) any {
	if text && (v.Kind == Integer || v.Kind == Number) {
		if _, err := strconv.ParseFloat(v.Raw, 64); err != nil && v.Raw != "" {
			return v.Raw
		}
	}
	return v.Any()
}
