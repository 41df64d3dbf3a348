// Package cql2 reads and writes filters in the Common Query Language (OGC 21-065r2, CQL2)
// in both of its encodings, text and JSON, as one tree. It is syntax only: whether a
// property exists and what type it has is for those to say who know the data.
//
// All errors are fault.Error with Field "filter": Invalid, or TooLarge over a limit. They
// say where: the character of a text, counted from 1, or the JSON pointer of a member.
package cql2

import (
	"fmt"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers/fault"
)

// Limits of a filter.
const (
	MaxLength   = 64 << 10 // bytes
	MaxDepth    = 64       // of one thing in another, and of operators in a row
	MaxNodes    = 10000
	MaxVertices = 10000 // of all geometries together
)

// Field is the name in the errors of this package.
const Field = "filter"

// Node is a part of a filter: Logic, Comparison, Like, Between, InList, IsNull, Call,
// Arith, Property, Text, Number, Boolean, Date, Timestamp, Interval, Open, Geometry, Array.
type Node interface {
	// Where is the node's place in what was read.
	Where() At
}

// At is a place in a filter: the offset in bytes of a text or the pointer (RFC 6901) of
// a JSON member.
type At struct {
	Character int    // from 1; 0 in JSON
	Pointer   string // in JSON
}

// Where is the place itself.
func (a At) Where() At { return a }

// String is the place for a message.
func (a At) String() string {
	if a.Character > 0 {
		return fmt.Sprintf("character %d", a.Character)
	}
	if a.Pointer == "" {
		return "the start"
	}
	return a.Pointer
}

// Logic joins conditions. Op is and, or (two arguments or more), not (one).
type Logic struct {
	At
	Op   string
	Args []Node
}

// Comparison compares two scalars. Op is = <> < <= > >=.
type Comparison struct {
	At
	Op          string
	Left, Right Node
}

// Like matches a text with a pattern in which % stands for any characters, _ for one and \
// before a character for itself. Pattern is a Text, or a casei or accenti Call of one.
type Like struct {
	At
	Of, Pattern Node
}

// Between asks whether Low <= Of <= High.
type Between struct {
	At
	Of, Low, High Node
}

// InList asks whether Of is one of List, which has one or more.
type InList struct {
	At
	Of   Node
	List []Node
}

// IsNull asks whether Of has no value.
type IsNull struct {
	At
	Of Node
}

// Call is a function: those of the standard (casei, accenti, s_…, t_…, a_…, two arguments
// but for the first two) or another's. Name is lower case.
type Call struct {
	At
	Name string
	Args []Node
}

// Arith calculates. Op is + - * / % div ^.
type Arith struct {
	At
	Op          string
	Left, Right Node
}

// Property is a queryable.
type Property struct {
	At
	Name string
}

// Text is a character literal.
type Text struct {
	At
	Value string
}

// Number is a numeric literal; finite.
type Number struct {
	At
	Value float64
}

// Boolean is TRUE or FALSE.
type Boolean struct {
	At
	Value bool
}

// Date is a day, at midnight UTC.
type Date struct {
	At
	Value time.Time
}

// Timestamp is a moment in UTC.
type Timestamp struct {
	At
	Value time.Time
}

// Interval is a time from From to To, both included: Date, Timestamp, Property, Call or Open.
type Interval struct {
	At
	From, To Node
}

// Open is an end that an interval does not have.
type Open struct{ At }

// Geometry is a geometry literal, without heights, in the coordinate system and axis order
// of the filter. Of is an orb.Bound for a box, which crosses the antimeridian where its
// west is over its east.
type Geometry struct {
	At
	Of orb.Geometry
}

// Array is a list.
type Array struct {
	At
	Items []Node
}

// failure is an Invalid error at a place.
func failure(at At, format string, args ...any) error {
	return fault.In(Field, "At %s: %s", at, fmt.Sprintf(format, args...))
}

func tooLarge(format string, args ...any) error {
	return &fault.Error{Code: fault.TooLarge, Field: Field, Message: fmt.Sprintf(format, args...)}
}

// tooLong is the error of a filter over MaxLength.
func tooLong(n int) error {
	return tooLarge("The filter has %d bytes; at most %d are read.", n, MaxLength)
}
