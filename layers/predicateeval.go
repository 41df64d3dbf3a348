package layers

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Eval gives the constant.
func (c *Constant) Eval(Row) Truth { return c.Truth }

// InMemory is true.
func (*Constant) InMemory() bool { return true }

// Eval joins what the arguments say.
func (l *Logic) Eval(r Row) Truth {
	switch l.Op {
	case Not:
		return l.Args[0].Eval(r).Not()
	case Undecided:
		return truth(l.Args[0].Eval(r) == Unknown)
	case And:
		all := True
		for _, p := range l.Args {
			if all = min(all, p.Eval(r)); all == False {
				break
			}
		}
		return all
	}
	one := False
	for _, p := range l.Args {
		if one = max(one, p.Eval(r)); one == True {
			break
		}
	}
	return one
}

// InMemory is true where it is for all arguments.
func (l *Logic) InMemory() bool {
	return !slices.ContainsFunc(l.Args, func(p Predicate) bool { return !p.InMemory() })
}

// Eval compares.
func (c *Compare) Eval(r Row) Truth {
	left, right := c.Left.Value(r), c.Right.Value(r)
	if left == nil || right == nil {
		return Unknown
	}
	return truth(c.Op.holds(compareValues(left, right)))
}

// InMemory is true.
func (*Compare) InMemory() bool { return true }

// holds says what a three-way comparison means to an operator.
func (op CompareOp) holds(order int) bool {
	switch op {
	case Equal:
		return order == 0
	case NotEqual:
		return order != 0
	case Less:
		return order < 0
	case LessEqual:
		return order <= 0
	case Greater:
		return order > 0
	}
	return order >= 0
}

// mirrored is the operator with its sides exchanged.
func (op CompareOp) mirrored() CompareOp {
	switch op {
	case Less:
		return Greater
	case LessEqual:
		return GreaterEqual
	case Greater:
		return Less
	case GreaterEqual:
		return LessEqual
	}
	return op
}

// compareValues orders two values of one type; whole numbers and others are one type.
func compareValues(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case time.Time:
		return a.Compare(b.(time.Time))
	case bool:
		b := b.(bool)
		switch {
		case a == b:
			return 0
		case b:
			return -1
		}
		return 1
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	}
	return cmp.Compare(number(a), number(b))
}

// Eval looks the value up.
func (a *Among) Eval(r Row) Truth {
	v := a.Of.Value(r)
	if v == nil {
		return Unknown
	}
	_, found := slices.BinarySearchFunc(a.Values, v, compareValues)
	return truth(found)
}

// InMemory is true.
func (*Among) InMemory() bool { return true }

// Eval matches the text.
func (l *Like) Eval(r Row) Truth {
	v := l.Of.Value(r)
	if v == nil {
		return Unknown
	}
	return truth(matchLike(l.Pattern, v.(string)))
}

// InMemory is true.
func (*Like) InMemory() bool { return true }

// Eval asks whether there is a value.
func (n *Null) Eval(r Row) Truth { return truth(n.Of.Value(r) == nil) }

// InMemory is true.
func (*Null) InMemory() bool { return true }

// Eval compares the lists as sets.
func (a *Arrays) Eval(r Row) Truth {
	left, right := a.Left.Value(r), a.Right.Value(r)
	if left == nil || right == nil {
		return Unknown
	}
	l, m := left.([]string), right.([]string)
	switch a.Op {
	case ArrayContains:
		return truth(covers(l, m))
	case ArrayContainedBy:
		return truth(covers(m, l))
	case ArrayOverlaps:
		return truth(slices.ContainsFunc(l, func(s string) bool { return slices.Contains(m, s) }))
	}
	return truth(covers(l, m) && covers(m, l))
}

// InMemory is true.
func (*Arrays) InMemory() bool { return true }

func covers(all, some []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}
