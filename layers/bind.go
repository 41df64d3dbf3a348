package layers

import (
	"fmt"
	"slices"
	"strings"

	"onemap/geo"
	"onemap/layers/cql2"
	"onemap/layers/fault"
)

// BindCQL2 binds a filter to a view: names become fields that the reader may see (geom
// and geometry the record's geometry), types are checked, codes are looked up, geometries
// are brought from crs, in its axis order, to longitude and latitude. The error is
// Invalid and says where and what would be right.
//
// Beyond what CQL2 says: a DATE is a whole day in Beijing time where it is compared with
// a moment; lists of codes are compared as sets; codes have no order; and the functions
// are abs, floor, ceil, length, year, quantity(field, 'code') and
// s_dwithin(geometry, geometry, metres), whose metres are geodesic.
func BindCQL2(v *View, filter cql2.Node, crs geo.CRS) (Predicate, error) {
	b := binder{view: v, crs: crs}
	return b.condition(filter)
}

// FilterCQL2 reads CQL2, JSON where it begins with a brace, else text, and binds it, with
// positions in longitude and latitude. The error is Invalid.
func FilterCQL2(v *View, text string) (Predicate, error) {
	parse := cql2.ParseText
	if strings.HasPrefix(text, "{") {
		parse = func(s string) (cql2.Node, error) { return cql2.ParseJSON([]byte(s)) }
	}
	n, err := parse(text)
	if err != nil {
		return nil, err
	}
	return BindCQL2(v, n, geo.CRS84)
}

type binder struct {
	view *View
	crs  geo.CRS
}

// wrong is an error at a node.
func wrong(n cql2.Node, format string, args ...any) error {
	return fault.In(cql2.Field, "At %s: %s", n.Where(), fmt.Sprintf(format, args...))
}

func (b *binder) condition(n cql2.Node) (Predicate, error) {
	switch n := n.(type) {
	case *cql2.Logic:
		args := make([]Predicate, len(n.Args))
		for i, a := range n.Args {
			var err error
			if args[i], err = b.condition(a); err != nil {
				return nil, err
			}
		}
		if n.Op == "not" {
			return not(args[0]), nil
		}
		return join(LogicOp(strings.ToUpper(n.Op)), args...), nil
	case *cql2.Comparison:
		return b.comparison(n, CompareOp(n.Op), n.Left, n.Right)
	case *cql2.Between:
		low, err := b.comparison(n, GreaterEqual, n.Of, n.Low)
		if err != nil {
			return nil, err
		}
		high, err := b.comparison(n, LessEqual, n.Of, n.High)
		if err != nil {
			return nil, err
		}
		return join(And, low, high), nil
	case *cql2.InList:
		return b.inList(n)
	case *cql2.Like:
		return b.like(n)
	case *cql2.IsNull:
		return b.isNull(n)
	case *cql2.Boolean:
		return &Constant{truth(n.Value)}, nil
	case *cql2.Property:
		p, err := b.operand(n)
		if err != nil {
			return nil, err
		}
		if p.Type() != TypeBoolean {
			return nil, wrong(n, "%s is %s; compare it with something.", n.Name, b.kind(p))
		}
		return &Compare{Equal, p, Literal{TypeBoolean, true}}, nil
	case *cql2.Call:
		return b.call(n)
	}
	return nil, wrong(n, "A condition must stand here.")
}

// call binds a function that is a condition.
func (b *binder) call(n *cql2.Call) (Predicate, error) {
	switch {
	case spatialSQL[SpatialOp(n.Name)] != "" || n.Name == string(Near):
		return b.spatial(n)
	case strings.HasPrefix(n.Name, "t_"):
		if relation := temporal[n.Name]; relation != nil {
			return b.temporal(n, relation)
		}
	case strings.HasPrefix(n.Name, "a_"):
		if op := ArrayOp(n.Name); slices.Contains(arrayOps, op) {
			return b.arrays(n, op)
		}
	case functions[n.Name] != nil:
		return nil, wrong(n, "%s is no condition; compare it with something.", strings.ToUpper(n.Name))
	}
	return nil, b.unknownFunction(n)
}

var arrayOps = []ArrayOp{ArrayEquals, ArrayContains, ArrayContainedBy, ArrayOverlaps}

func (b *binder) unknownFunction(n *cql2.Call) error {
	names := []string{string(Near)}
	for name := range functions {
		names = append(names, name)
	}
	for name := range spatialSQL {
		names = append(names, string(name))
	}
	for name := range temporal {
		names = append(names, name)
	}
	for _, op := range arrayOps {
		names = append(names, string(op))
	}
	slices.Sort(names)
	if like := nearest(n.Name, names); like != "" {
		return wrong(n, "There is no function %s; did you mean %s?", quote(n.Name), like)
	}
	return wrong(n, "There is no function %s. There are %s.", quote(n.Name), strings.Join(names, ", "))
}

// comparison binds two operands and compares them.
func (b *binder) comparison(n cql2.Node, op CompareOp, left, right cql2.Node) (Predicate, error) {
	l, err := b.operand(left)
	if err != nil {
		return nil, err
	}
	r, err := b.operand(right)
	if err != nil {
		return nil, err
	}
	at := right
	if _, ok := l.(Literal); ok {
		l, r, op, at = r, l, op.mirrored(), left
	}
	return b.compare(n, at, op, l, r)
}

// inList binds IN: one Among where all values are literals of the operand's type.
func (b *binder) inList(n *cql2.InList) (Predicate, error) {
	of, err := b.operand(n.Of)
	if err != nil {
		return nil, err
	}
	values, key := make([]any, 0, len(n.List)), of.Key()
	args := make([]Predicate, len(n.List))
	for i, item := range n.List {
		if args[i], err = b.comparison(n, Equal, n.Of, item); err != nil {
			return nil, err
		}
		if c, ok := args[i].(*Compare); ok && c.Left.Key() == key {
			if l, ok := c.Right.(Literal); ok && l.Kind == of.Type() && l.Of != nil {
				values = append(values, l.Of)
			}
		}
	}
	if len(values) == len(args) {
		return among(of, values), nil
	}
	return join(Or, args...), nil
}

func (b *binder) like(n *cql2.Like) (Predicate, error) {
	of, err := b.operand(n.Of)
	if err != nil {
		return nil, err
	}
	if of.Type() != TypeText {
		return nil, wrong(n.Of, "LIKE is for texts; %s is %s.", describe(of), b.kind(of))
	}
	pattern, err := b.operand(n.Pattern)
	if err != nil {
		return nil, err
	}
	text, ok := pattern.(Literal).Of.(string)
	if !ok {
		return nil, wrong(n.Pattern, "LIKE takes a pattern in quotes.")
	}
	if stem := strings.TrimRight(text, `\`); (len(text)-len(stem))%2 == 1 {
		return nil, wrong(n.Pattern, `A pattern can't end in \, which stands before a character to be taken for itself.`)
	}
	return settle(&Like{of, text}, of), nil
}

func (b *binder) isNull(n *cql2.IsNull) (Predicate, error) {
	switch of := n.Of.(type) {
	case *cql2.Logic, *cql2.Comparison, *cql2.Like, *cql2.Between, *cql2.InList, *cql2.IsNull:
		return b.undecided(of)
	case *cql2.Call:
		if functions[of.Name] == nil {
			return b.undecided(of)
		}
	case *cql2.Property:
		if f := b.view.Field(of.Name); f != nil {
			return Missing(f), nil // of any type
		}
	case *cql2.Array, *cql2.Interval:
		return nil, wrong(n, "Ask IS NULL of a property.")
	}
	of, err := b.operand(n.Of)
	if err != nil {
		return nil, err
	}
	return settle(&Null{of}, of), nil
}

func (b *binder) undecided(n cql2.Node) (Predicate, error) {
	p, err := b.condition(n)
	if err != nil {
		return nil, err
	}
	return &Logic{Undecided, []Predicate{p}}, nil
}

// settle decides a condition at once where no record does.
func settle(p Predicate, operands ...Operand) Predicate {
	for _, o := range operands {
		if _, ok := o.(Literal); !ok {
			return p
		}
	}
	if !p.InMemory() {
		return p
	}
	return &Constant{p.Eval(nil)}
}
