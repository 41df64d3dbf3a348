package layers

import "slices"

// Asked tells what a predicate asks of a record: the fields, each once, and whether its
// geometry.
func Asked(p Predicate) (fields []*Field, place bool) {
	var a asked
	a.predicate(p)
	return a.fields, a.place
}

type asked struct {
	fields []*Field
	place  bool
}

func (a *asked) predicate(p Predicate) {
	switch p := p.(type) {
	case *Logic:
		for _, arg := range p.Args {
			a.predicate(arg)
		}
	case *Compare:
		a.operands(p.Left, p.Right)
	case *Among:
		a.operands(p.Of)
	case *Like:
		a.operands(p.Of)
	case *Null:
		a.operands(p.Of)
	case *Arrays:
		a.operands(p.Left, p.Right)
	case *Spatial:
		a.operands(p.Left, p.Right)
	}
}

func (a *asked) operands(list ...Operand) {
	for _, o := range list {
		switch o := o.(type) {
		case Property:
			if !slices.Contains(a.fields, o.Field) {
				a.fields = append(a.fields, o.Field)
			}
		case Place:
			a.place = true
		case Arith:
			a.operands(o.Left, o.Right)
		case Call:
			a.operands(o.Args...)
		}
	}
}
