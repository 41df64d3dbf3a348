package layers

import (
	"math"
	"time"
	"unicode/utf8"
)

// Operand is what a condition compares: a value of a record, a literal or a calculation.
// Its nodes are Property, Place, Literal, Arith and Call.
type Operand interface {
	// Key is canonical.
	Key() string
	// Type is the type of its values: TypeText also for codes, TypeNumber for all that is
	// calculated but whole numbers.
	Type() Type
	// Value is the operand for one record, in the Go types of Item.Cell; nil is null.
	Value(Row) any
	sql(b *builder)
}

// TypeGeometry is the type of Place and of literals with a geometry; no field has it.
const TypeGeometry Type = "geometry"

// Property is a record's value of a field.
type Property struct{ Field *Field }

// Place is a record's geometry, which is of the layer's kind.
type Place struct{ Kind Geometry }

// Literal is a value: string (text), int64, float64, bool, time.Time (a date at midnight
// UTC, a moment to the microsecond), []string (codes) or orb.Geometry.
type Literal struct {
	Kind Type
	Of   any
}

// ArithOp is an arithmetic operator.
type ArithOp string

// The arithmetic operators. Mod has the sign of the dividend, Div drops the fraction.
const (
	Add      ArithOp = "+"
	Subtract ArithOp = "-"
	Multiply ArithOp = "*"
	Divide   ArithOp = "/"
	Mod      ArithOp = "%"
	Div      ArithOp = "div"
	Power    ArithOp = "^"
)

// Arith calculates with two numbers, as double precision; see Calculate.
type Arith struct {
	Op          ArithOp
	Left, Right Operand
}

// Func is a function of operands.
type Func string

// The functions, by what they take.
const (
	FuncCaseI    Func = "casei"    // text: without regard to case
	FuncAccentI  Func = "accenti"  // text: without regard to accents
	FuncLength   Func = "length"   // text: number of characters
	FuncAbs      Func = "abs"      // number
	FuncFloor    Func = "floor"    // number
	FuncCeil     Func = "ceil"     // number
	FuncYear     Func = "year"     // date or moment, in Beijing time
	FuncDate     Func = "date"     // moment: its day in Beijing time
	FuncQuantity Func = "quantity" // a field of quantities and a code: the amount
)

// Call is a function's value. It is null where an argument is.
type Call struct {
	Func Func
	Args []Operand
}

// Type of the field's values.
func (p Property) Type() Type {
	if p.Field.Type == TypeCode {
		return TypeText
	}
	return p.Field.Type
}

// Type is TypeGeometry.
func (Place) Type() Type { return TypeGeometry }

// Type of the value.
func (l Literal) Type() Type { return l.Kind }

// Type is TypeNumber.
func (Arith) Type() Type { return TypeNumber }

// Type of the function's values.
func (c Call) Type() Type {
	switch c.Func {
	case FuncCaseI, FuncAccentI:
		return TypeText
	case FuncLength, FuncYear:
		return TypeInteger
	case FuncDate:
		return TypeDate
	}
	return TypeNumber
}

// Value of the field.
func (p Property) Value(r Row) any { return r.Value(p.Field) }

// Value is the geometry.
func (Place) Value(r Row) any {
	if g := r.Geometry(); g != nil {
		return g
	}
	return nil
}

// Value is the literal itself.
func (l Literal) Value(Row) any { return l.Of }

// Value is the result.
func (a Arith) Value(r Row) any {
	left, right := a.Left.Value(r), a.Right.Value(r)
	if left == nil || right == nil {
		return nil
	}
	if v, ok := Calculate(a.Op, number(left), number(right)); ok {
		return v
	}
	return nil
}

// Value of the function.
func (c Call) Value(r Row) any {
	v := c.Args[0].Value(r)
	if v == nil {
		return nil
	}
	switch c.Func {
	case FuncCaseI:
		return FoldCase(v.(string))
	case FuncAccentI:
		return FoldAccents(v.(string))
	case FuncLength:
		return int64(utf8.RuneCountInString(v.(string)))
	case FuncAbs:
		return math.Abs(number(v))
	case FuncFloor:
		return math.Floor(number(v))
	case FuncCeil:
		return math.Ceil(number(v))
	case FuncYear:
		if c.Args[0].Type() == TypeDate {
			return int64(v.(time.Time).Year())
		}
		return int64(v.(time.Time).In(Beijing).Year())
	case FuncDate:
		return dayOf(v.(time.Time))
	case FuncQuantity:
		if x, ok := v.(map[string]float64)[c.Args[1].Value(r).(string)]; ok {
			return x
		}
	}
	return nil
}

// dayOf is the day in Beijing on which a moment is, at midnight UTC.
func dayOf(t time.Time) time.Time {
	y, m, d := t.In(Beijing).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func number(v any) float64 {
	if n, ok := v.(int64); ok {
		return float64(n)
	}
	return v.(float64)
}

// Calculate is arithmetic in double precision. It is false where there is no finite
// result: a division by zero, a root of a negative number, or a result beyond 1e300 or so;
// a result that is too small to be told from zero is zero. The function onemap.calculate
// of the database does the same.
func Calculate(op ArithOp, a, b float64) (float64, bool) {
	a, b = orZero(a), orZero(b)
	if math.Abs(a) > greatest || math.Abs(b) > greatest {
		return 0, false
	}
	switch op {
	case Add:
		return a + b, true
	case Subtract:
		return a - b, true
	case Multiply:
		if a == 0 || b == 0 {
			return 0, true
		}
		return bounded(math.Log10(math.Abs(a))+math.Log10(math.Abs(b)), func() float64 { return a * b })
	}
	switch op {
	case Divide, Mod, Div:
		if b == 0 {
			return 0, false
		}
		if a == 0 {
			return 0, true
		}
		q, ok := bounded(math.Log10(math.Abs(a))-math.Log10(math.Abs(b)), func() float64 { return a / b })
		switch {
		case op == Divide || !ok:
			return q, ok
		case op == Div:
			return math.Trunc(q), true
		}
		return a - float64(b*math.Trunc(q)), true
	case Power:
		switch {
		case b == 0:
			return 1, true
		case a == 0:
			return 0, b > 0
		case a < 0 && b != math.Floor(b):
			return 0, false
		}
		return bounded(b*math.Log10(math.Abs(a)), func() float64 { return math.Pow(a, b) })
	}
	return 0, false
}

// greatest is the largest number that is calculated with; its inverse is the smallest.
const greatest = 1e300

func orZero(x float64) float64 {
	if math.Abs(x) < 1/greatest {
		return 0
	}
	return x
}

// bounded gives a result by the decimal logarithm of its size.
func bounded(size float64, result func() float64) (float64, bool) {
	switch {
	case size > 300:
		return 0, false
	case size < -300:
		return 0, true
	}
	return result(), true
}
