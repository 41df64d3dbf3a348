package layers

import (
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers/cql2"
)

// functions are those that give a value, with the types of their arguments.
var functions = map[string][]Type{
	"casei": {TypeText}, "accenti": {TypeText}, "length": {TypeText},
	"abs": {TypeNumber}, "floor": {TypeNumber}, "ceil": {TypeNumber},
	"year": {TypeDate}, "quantity": {TypeQuantities, TypeText},
}

// operand binds a value. What holds no property becomes a Literal.
func (b *binder) operand(n cql2.Node) (Operand, error) {
	switch n := n.(type) {
	case *cql2.Property:
		return b.property(n)
	case *cql2.Text:
		return Literal{TypeText, n.Value}, nil
	case *cql2.Number:
		return Literal{TypeNumber, n.Value}, nil
	case *cql2.Boolean:
		return Literal{TypeBoolean, n.Value}, nil
	case *cql2.Date:
		return Literal{TypeDate, n.Value}, nil
	case *cql2.Timestamp:
		return Literal{TypeDateTime, n.Value.Truncate(time.Microsecond)}, nil
	case *cql2.Geometry:
		g, err := b.geometry(n)
		return Literal{TypeGeometry, g}, err
	case *cql2.Arith:
		return b.arith(n)
	case *cql2.Call:
		return b.function(n)
	}
	return nil, wrong(n, "A value must stand here.")
}

func (b *binder) property(n *cql2.Property) (Operand, error) {
	if f := b.view.Field(n.Name); f != nil {
		return Property{f}, nil
	}
	if n.Name == "geometry" || n.Name == "geom" {
		return Place{b.view.Geometry}, nil
	}
	return nil, wrong(n, "%s", b.view.unknown(n.Name))
}

func (b *binder) arith(n *cql2.Arith) (Operand, error) {
	var sides [2]Operand
	for i, side := range []cql2.Node{n.Left, n.Right} {
		o, err := b.operand(side)
		if err != nil {
			return nil, err
		}
		if !numeric(o.Type()) {
			return nil, wrong(side, "A number must stand here; %s is %s.", describe(o), b.kind(o))
		}
		sides[i] = o
	}
	return calculated(Arith{ArithOp(n.Op), sides[0], sides[1]}, sides[:]...), nil
}

func (b *binder) function(n *cql2.Call) (Operand, error) {
	types := functions[n.Name]
	if types == nil {
		if strings.HasPrefix(n.Name, "s_") || strings.HasPrefix(n.Name, "t_") || strings.HasPrefix(n.Name, "a_") {
			return nil, wrong(n, "%s is a condition, not a value.", strings.ToUpper(n.Name))
		}
		return nil, b.unknownFunction(n)
	}
	if len(n.Args) != len(types) {
		return nil, wrong(n, "%s takes %d arguments, not %d.", strings.ToUpper(n.Name), len(types), len(n.Args))
	}
	args := make([]Operand, len(types))
	for i, a := range n.Args {
		o, err := b.operand(a)
		if err != nil {
			return nil, err
		}
		if family(o.Type()) != family(types[i]) {
			return nil, wrong(a, "%s takes %s here; %s is %s.", strings.ToUpper(n.Name), typeNames[types[i]], describe(o), b.kind(o))
		}
		args[i] = o
	}
	if n.Name == "quantity" {
		code, ok := args[1].(Literal)
		if !ok {
			return nil, wrong(n.Args[1], "QUANTITY takes a code in quotes.")
		}
		if err := b.code(n.Args[1], args[0].(Property).Field, code.Of); err != nil {
			return nil, err
		}
	}
	return calculated(Call{Func(n.Name), args}, args...), nil
}

// calculated is a literal where the arguments are.
func calculated(o Operand, args ...Operand) Operand {
	for _, a := range args {
		if _, ok := a.(Literal); !ok {
			return o
		}
	}
	return Literal{o.Type(), o.Value(nil)}
}

// code checks a value against the field's list.
func (b *binder) code(n cql2.Node, f *Field, value any) error {
	code, ok := value.(string)
	if ok && f.List.Code(code) != nil {
		return nil
	}
	if like := nearest(code, f.List.Codes()); like != "" {
		return wrong(n, "%s has no code %s; did you mean '%s'? The codes are %s.", f.Name, quote(code), like, f.List.known())
	}
	return wrong(n, "%s has no code %s; the codes are %s.", f.Name, quote(code), f.List.known())
}

func numeric(t Type) bool { return t == TypeInteger || t == TypeNumber }

// family is the type that stands for all that can be compared with one.
func family(t Type) Type {
	switch t {
	case TypeInteger:
		return TypeNumber
	case TypeDateTime:
		return TypeDate
	}
	return t
}

var typeNames = map[Type]string{
	TypeText: "a text", TypeCode: "a code", TypeInteger: "a whole number", TypeNumber: "a number", TypeBoolean: "true or false",
	TypeDate: "a day", TypeDateTime: "a time", TypeCodes: "a list of codes", TypeQuantities: "quantities", TypeGeometry: "a geometry",
}

// kind is an operand's type for a message.
func (b *binder) kind(o Operand) string {
	if p, ok := o.(Property); ok {
		return typeNames[p.Field.Type]
	}
	return typeNames[o.Type()]
}

// describe is an operand for a message.
func describe(o Operand) string {
	const longest = 60
	if r := []rune(o.Key()); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return o.Key()
}

// compare makes a condition of two operands, a literal on the right, which stands at at.
func (b *binder) compare(n, at cql2.Node, op CompareOp, l, r Operand) (Predicate, error) {
	if family(l.Type()) != family(r.Type()) {
		hint := ""
		switch {
		case family(l.Type()) == TypeDate && r.Type() == TypeText:
			hint = " Write DATE('2021-04-30') or TIMESTAMP('2021-04-30T12:00:00Z')."
		case numeric(l.Type()) && r.Type() == TypeText:
			hint = " Write numbers without quotes."
		case l.Type() == TypeCodes:
			hint = " Write A_CONTAINS(" + describe(l) + ", ('…'))."
		}
		return nil, wrong(n, "%s is %s and %s is %s; they can't be compared.%s", describe(l), b.kind(l), describe(r), b.kind(r), hint)
	}
	switch family(l.Type()) {
	case TypeCodes:
		return nil, wrong(n, "Lists of codes are compared with A_EQUALS, A_CONTAINS, A_CONTAINEDBY or A_OVERLAPS.")
	case TypeQuantities:
		return nil, wrong(n, "Quantities are asked one by one: QUANTITY(%s, '…').", describe(l))
	case TypeGeometry:
		return nil, wrong(n, "Geometries are compared with functions such as S_EQUALS.")
	case TypeDate:
		return compareTimes(op, l, r), nil
	case TypeNumber:
		return compareNumbers(op, l, r), nil
	case TypeText:
		for _, o := range []Operand{l, r} {
			if p, ok := o.(Property); ok && p.Field.Type == TypeCode && op != Equal && op != NotEqual {
				return nil, wrong(n, "Codes have no order; name those you mean: %s IN (%s).", p.Field.Name, p.Field.List.known())
			}
		}
		if p, ok := l.(Property); ok && p.Field.Type == TypeCode {
			if lit, ok := r.(Literal); ok {
				if err := b.code(at, p.Field, lit.Of); err != nil {
					return nil, err
				}
			}
		}
	}
	return settle(&Compare{op, l, r}, l, r), nil
}

// compareNumbers gives a whole number to a whole number, so that an index serves.
func compareNumbers(op CompareOp, l, r Operand) Predicate {
	const exact = 1 << 53
	if lit, ok := r.(Literal); ok && lit.Of != nil {
		x := number(lit.Of)
		switch {
		case l.Type() == TypeInteger && x == float64(int64(x)) && x > -exact && x < exact:
			r = Literal{TypeInteger, int64(x)}
		default:
			r = Literal{TypeNumber, x}
		}
	}
	return settle(&Compare{op, l, r}, l, r)
}

// compareTimes compares days with days and moments with moments; of both, days.
func compareTimes(op CompareOp, l, r Operand) Predicate {
	if l.Type() == r.Type() {
		return settle(&Compare{op, l, r}, l, r)
	}
	if l.Type() == TypeDate {
		r = calculated(Call{FuncDate, []Operand{r}}, r)
		return settle(&Compare{op, l, r}, l, r)
	}
	day, ok := r.(Literal)
	if _, constant := l.(Literal); !ok || constant {
		l = calculated(Call{FuncDate, []Operand{l}}, l)
		return settle(&Compare{op, l, r}, l, r)
	}
	y, m, d := day.Of.(time.Time).Date()
	moment := func(days int) Operand {
		return Literal{TypeDateTime, time.Date(y, m, d+days, 0, 0, 0, 0, Beijing).UTC()}
	}
	switch op {
	case Less, GreaterEqual:
		return &Compare{op, l, moment(0)}
	case LessEqual:
		return &Compare{Less, l, moment(1)}
	case Greater:
		return &Compare{GreaterEqual, l, moment(1)}
	}
	same := join(And, &Compare{GreaterEqual, l, moment(0)}, &Compare{Less, l, moment(1)})
	if op == NotEqual {
		return not(same)
	}
	return same
}

// arrays binds a relation of two lists of codes.
func (b *binder) arrays(n *cql2.Call, op ArrayOp) (Predicate, error) {
	var sides [2]Operand
	var list *Field
	for i, a := range n.Args {
		if _, ok := a.(*cql2.Array); ok {
			continue
		}
		o, err := b.operand(a)
		if err != nil {
			return nil, err
		}
		p, ok := o.(Property)
		if !ok || o.Type() != TypeCodes {
			return nil, wrong(a, "%s takes lists; %s is %s.", strings.ToUpper(n.Name), describe(o), b.kind(o))
		}
		sides[i], list = o, p.Field
	}
	for i, a := range n.Args {
		if array, ok := a.(*cql2.Array); ok {
			values, err := b.items(array, list)
			if err != nil {
				return nil, err
			}
			sides[i] = Literal{TypeCodes, values}
		}
	}
	return settle(&Arrays{op, sides[0], sides[1]}, sides[:]...), nil
}

// items are a list's literals: codes of the field, or without one whatever they are.
func (b *binder) items(array *cql2.Array, list *Field) ([]string, error) {
	values := make([]string, len(array.Items))
	for i, item := range array.Items {
		if inner, ok := item.(*cql2.Array); ok && list == nil {
			nested, err := b.items(inner, nil)
			if err != nil {
				return nil, err
			}
			values[i] = Literal{TypeCodes, nested}.Key()
			continue
		}
		o, err := b.operand(item)
		if err != nil {
			return nil, err
		}
		l, ok := o.(Literal)
		switch {
		case !ok:
			return nil, wrong(item, "A list has values only, no properties.")
		case list == nil:
			values[i] = l.Key()
			continue
		}
		if err := b.code(item, list, l.Of); err != nil {
			return nil, err
		}
		values[i] = l.Of.(string)
	}
	slices.Sort(values)
	return slices.Compact(values), nil
}

// spatial binds a relation of two geometries.
func (b *binder) spatial(n *cql2.Call) (Predicate, error) {
	s := &Spatial{Op: SpatialOp(n.Name)}
	if s.Op == Near {
		if len(n.Args) != 3 {
			return nil, wrong(n, "S_DWITHIN takes two geometries and a distance in metres.")
		}
		metres, ok := n.Args[2].(*cql2.Number)
		if !ok || metres.Value < 0 || metres.Value > farthest {
			return nil, wrong(n.Args[2], "The distance is a number of metres from 0 to %d.", farthest)
		}
		s.Metres = metres.Value
	}
	var sides [2]Operand
	for i, a := range n.Args[:2] {
		o, err := b.operand(a)
		if err != nil {
			return nil, err
		}
		if o.Type() != TypeGeometry {
			return nil, wrong(a, "A geometry must stand here; %s is %s.", describe(o), b.kind(o))
		}
		if l, ok := o.(Literal); ok {
			if _, many := l.Of.(orb.Collection); many && s.Op != Intersects && s.Op != Disjoint && s.Op != Near {
				return nil, wrong(a, "%s takes no GEOMETRYCOLLECTION; join conditions on its parts.", strings.ToUpper(n.Name))
			}
		}
		sides[i] = o
	}
	s.Left, s.Right = sides[0], sides[1]
	if _, ok := s.Left.(Literal); ok {
		s.Left, s.Right = s.Right, s.Left
		switch s.Op {
		case Contains:
			s.Op = Within
		case Within:
			s.Op = Contains
		}
	}
	return settle(s, sides[:]...), nil
}

// farthest is the largest distance, a little over half round the earth.
const farthest = 20100000
