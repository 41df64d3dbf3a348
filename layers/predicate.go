package layers

import (
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// Predicate is one checked condition on a record: the one compiled form of every filter,
// bound to the fields of a view. It becomes SQL text with $n arguments, has a canonical
// Key for caches, and can be evaluated in memory where InMemory is true. Its nodes are
//
//	Constant  true, false or unknown
//	Logic     and, or, not, unknown
//	Compare   = <> < <= > >= of two operands of one type
//	Among     an operand is one of some values
//	Like      a text fits a pattern
//	Null      an operand has no value
//	Arrays    a relation of two lists of codes
//	Spatial   a relation of two geometries
//
// and their leaves are the nodes of Operand. Logic has three values, as in SQL: what is
// asked of a missing value is Unknown, and a record fits only where the answer is True.
// Nodes are made by BindCQL2, ParseFilters and the constructors below and not changed
// afterwards.
type Predicate interface {
	// Key is canonical: equal keys ask the same, of the same layer.
	Key() string
	// Eval decides for one record. It must not be called where InMemory is false.
	Eval(Row) Truth
	// InMemory reports whether Eval gives exactly what PostGIS would.
	InMemory() bool
	sql(b *builder)
}

// Row gives the values of one record to a predicate that is evaluated in memory.
type Row interface {
	// Value is the record's value of a field, in the Go types of Item.Cell; nil is null.
	Value(f *Field) any
	// Geometry is the record's geometry in longitude and latitude; nil when unplaced.
	Geometry() orb.Geometry
}

// Truth is a value of three-valued logic, ordered so that and is the least of its
// arguments, or the greatest.
type Truth int8

// The truth values.
const (
	False Truth = iota - 1
	Unknown
	True
)

// truth is True or False.
func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Not turns True and False round; Unknown stays.
func (t Truth) Not() Truth { return -t }

// Constant is a condition that no record decides.
type Constant struct{ Truth Truth }

// LogicOp joins conditions.
type LogicOp string

// The logical operators. Undecided holds where its one argument is Unknown.
const (
	And       LogicOp = "AND"
	Or        LogicOp = "OR"
	Not       LogicOp = "NOT"
	Undecided LogicOp = "IS NULL"
)

// Logic joins conditions: two or more for And and Or, in the order of their keys; one for
// Not and Undecided.
type Logic struct {
	Op   LogicOp
	Args []Predicate
}

// CompareOp compares two values.
type CompareOp string

// The comparisons.
const (
	Equal        CompareOp = "="
	NotEqual     CompareOp = "<>"
	Less         CompareOp = "<"
	LessEqual    CompareOp = "<="
	Greater      CompareOp = ">"
	GreaterEqual CompareOp = ">="
)

// Compare compares two operands that are both texts, numbers, booleans, dates or moments.
// Texts are in the order of their code points. A literal stands on the right.
type Compare struct {
	Op          CompareOp
	Left, Right Operand
}

// Among holds where Of is one of Values: string, int64, float64, bool or time.Time as the
// operand's type has them, sorted, without doubles.
type Among struct {
	Of     Operand
	Values []any
}

// Like holds where the whole text of Of fits Pattern: % stands for any characters, _ for
// one, and what follows \ for itself.
type Like struct {
	Of      Operand
	Pattern string
}

// Null holds where Of has no value; of Place: where the record is unplaced.
type Null struct{ Of Operand }

// ArrayOp is a relation of two lists, taken as sets.
type ArrayOp string

// The relations of lists.
const (
	ArrayEquals      ArrayOp = "a_equals"
	ArrayContains    ArrayOp = "a_contains"
	ArrayContainedBy ArrayOp = "a_containedby"
	ArrayOverlaps    ArrayOp = "a_overlaps"
)

// Arrays is a relation of two operands of type codes.
type Arrays struct {
	Op          ArrayOp
	Left, Right Operand
}

// SpatialOp is a relation of two geometries (OGC 06-103r4, 6.1.15), planar in longitude
// and latitude, or a geodesic distance.
type SpatialOp string

// The spatial relations.
const (
	Intersects SpatialOp = "s_intersects"
	Disjoint   SpatialOp = "s_disjoint"
	Equals     SpatialOp = "s_equals"
	Touches    SpatialOp = "s_touches"
	Within     SpatialOp = "s_within"
	Contains   SpatialOp = "s_contains"
	Overlaps   SpatialOp = "s_overlaps"
	Crosses    SpatialOp = "s_crosses"
	Near       SpatialOp = "s_dwithin" // at most Metres apart on the ellipsoid
)

// Spatial is a relation of two operands that are Place or a Literal with a geometry in
// longitude and latitude (orb.Bound for a box). Of Place and a literal, Place is Left.
type Spatial struct {
	Op          SpatialOp
	Left, Right Operand
	Metres      float64 // of Near
}

// OneOf asks whether a code or text field is one of some values or a field of several
// codes has one of them.
func OneOf(f *Field, values ...string) Predicate {
	if f.Type == TypeCodes {
		return &Arrays{Op: ArrayOverlaps, Left: Property{f}, Right: Literal{TypeCodes, slices.Clone(values)}}
	}
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return among(Property{f}, list)
}

// InRange asks whether least <= field <= greatest; a nil end is open, equal ends mean
// equality. The ends are Go values of the field's type, as in Item.Cell.
func InRange(f *Field, least, greatest any) Predicate {
	p := Property{f}
	end := func(op CompareOp, v any) Predicate {
		if t, ok := v.(time.Time); ok {
			v = t.UTC().Truncate(time.Microsecond)
		}
		return &Compare{op, p, Literal{p.Type(), v}}
	}
	switch {
	case least == nil && greatest == nil:
		return not(Missing(f))
	case least == nil:
		return end(LessEqual, greatest)
	case greatest == nil:
		return end(GreaterEqual, least)
	case least == greatest:
		return end(Equal, least)
	}
	return join(And, end(GreaterEqual, least), end(LessEqual, greatest))
}

// Missing asks whether a field has no value.
func Missing(f *Field) Predicate { return &Null{Property{f}} }

// not turns a condition round.
func not(p Predicate) Predicate { return &Logic{Not, []Predicate{p}} }

// join joins conditions with And or Or, flat and in canonical order.
func join(op LogicOp, args ...Predicate) Predicate {
	var flat []Predicate
	for _, p := range args {
		if l, ok := p.(*Logic); ok && l.Op == op {
			flat = append(flat, l.Args...)
			continue
		}
		flat = append(flat, p)
	}
	keys := make(map[Predicate]string, len(flat))
	for _, p := range flat {
		keys[p] = p.Key()
	}
	slices.SortStableFunc(flat, func(a, b Predicate) int { return strings.Compare(keys[a], keys[b]) })
	flat = slices.CompactFunc(flat, func(a, b Predicate) bool { return keys[a] == keys[b] })
	if len(flat) == 1 {
		return flat[0]
	}
	return &Logic{op, flat}
}

// among makes Among, or Compare of a single value.
func among(of Operand, values []any) Predicate {
	slices.SortFunc(values, compareValues)
	values = slices.CompactFunc(values, func(a, b any) bool { return compareValues(a, b) == 0 })
	if len(values) == 1 {
		return &Compare{Equal, of, Literal{of.Type(), values[0]}}
	}
	return &Among{of, values}
}
