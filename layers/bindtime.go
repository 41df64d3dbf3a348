package layers

import "onemap/layers/cql2"

// moments is what a temporal function compares: an instant (both ends are one) or an
// interval; the ends are included.
type moments struct{ from, to bound }

// bound is an end: an operand, or before or after all time.
type bound struct {
	at       Operand
	infinite int // -1 or 1 where there is no operand
}

// compareTo compares two ends. Where one has no operand the answer is fixed, but unknown
// where the other has no value.
func (x bound) compareTo(op CompareOp, y bound) Predicate {
	switch {
	case x.at != nil && y.at != nil:
		if _, ok := x.at.(Literal); ok {
			return compareTimes(op.mirrored(), y.at, x.at)
		}
		return compareTimes(op, x.at, y.at)
	case x.at == nil && y.at == nil:
		return &Constant{truth(op.holds(x.infinite - y.infinite))}
	}
	of, held := x.at, op.holds(-y.infinite)
	if x.at == nil {
		of, held = y.at, op.holds(x.infinite)
	}
	if held {
		return settle(&Compare{Equal, of, of}, of)
	}
	return settle(&Compare{NotEqual, of, of}, of)
}

type relation func(a, b moments) []Predicate

// temporal are the functions (ISO 19108, 5.2.3.5), as conditions that all must hold.
// T_DISJOINT is what T_INTERSECTS is not.
var temporal = map[string]relation{
	"t_after":  func(a, b moments) []Predicate { return []Predicate{a.from.compareTo(Greater, b.to)} },
	"t_before": func(a, b moments) []Predicate { return []Predicate{a.to.compareTo(Less, b.from)} },
	"t_meets":  func(a, b moments) []Predicate { return []Predicate{a.to.compareTo(Equal, b.from)} },
	"t_metby":  func(a, b moments) []Predicate { return []Predicate{a.from.compareTo(Equal, b.to)} },
	"t_disjoint": func(a, b moments) []Predicate {
		return []Predicate{join(Or, a.from.compareTo(Greater, b.to), a.to.compareTo(Less, b.from))}
	},
	"t_intersects": func(a, b moments) []Predicate {
		return []Predicate{a.from.compareTo(LessEqual, b.to), a.to.compareTo(GreaterEqual, b.from)}
	},
	"t_overlaps": func(a, b moments) []Predicate {
		return []Predicate{a.from.compareTo(Less, b.from), a.to.compareTo(Greater, b.from), a.to.compareTo(Less, b.to)}
	},
	"t_overlappedby": func(a, b moments) []Predicate {
		return []Predicate{a.from.compareTo(Greater, b.from), a.from.compareTo(Less, b.to), a.to.compareTo(Greater, b.to)}
	},
	"t_equals":     ends(Equal, Equal),
	"t_contains":   ends(Less, Greater),
	"t_during":     ends(Greater, Less),
	"t_finishedby": ends(Less, Equal),
	"t_finishes":   ends(Greater, Equal),
	"t_startedby":  ends(Equal, Greater),
	"t_starts":     ends(Equal, Less),
}

// ends compares the beginnings and the ends.
func ends(from, to CompareOp) relation {
	return func(a, b moments) []Predicate {
		return []Predicate{a.from.compareTo(from, b.from), a.to.compareTo(to, b.to)}
	}
}

func (b *binder) temporal(n *cql2.Call, r relation) (Predicate, error) {
	var sides [2]moments
	for i, a := range n.Args {
		var err error
		if interval, ok := a.(*cql2.Interval); ok {
			if sides[i].from, err = b.bound(interval.From, -1); err != nil {
				return nil, err
			}
			sides[i].to, err = b.bound(interval.To, 1)
		} else {
			sides[i].from, err = b.bound(a, 0)
			sides[i].to = sides[i].from
		}
		if err != nil {
			return nil, err
		}
	}
	return join(And, r(sides[0], sides[1])...), nil
}

func (b *binder) bound(n cql2.Node, open int) (bound, error) {
	if _, ok := n.(*cql2.Open); ok {
		return bound{infinite: open}, nil
	}
	o, err := b.operand(n)
	if err != nil {
		return bound{}, err
	}
	if family(o.Type()) != TypeDate {
		return bound{}, wrong(n, "A day or time must stand here; %s is %s.", describe(o), b.kind(o))
	}
	return bound{at: o}, nil
}
