package cql2

import "github.com/paulmach/orb"

// The grammar of kinds: what may stand where. It is the same for both encodings.

// slack is how much more than what finish allows is read of parentheses and the like.
const slack = 4

func tooDeep() error      { return tooLarge("The filter is nested more than %d deep.", MaxDepth) }
func tooManyNodes() error { return tooLarge("The filter has more than %d parts.", MaxNodes) }

// finish checks a whole filter.
func finish(n Node) (Node, error) {
	if err := condition(n); err != nil {
		return nil, err
	}
	nodes := 0
	if measure(n, &nodes) > MaxDepth {
		return nil, tooDeep()
	}
	if nodes > MaxNodes {
		return nil, tooManyNodes()
	}
	return n, nil
}

// measure returns the depth of a tree and counts its nodes.
func measure(n Node, nodes *int) int {
	*nodes++
	deepest := 0
	for _, c := range children(n) {
		deepest = max(deepest, measure(c, nodes))
	}
	if g, ok := n.(*Geometry); ok {
		deepest = nesting(g.Of)
	}
	return deepest + 1
}

// nesting is the depth of collections of geometries.
func nesting(g orb.Geometry) int {
	deepest := 0
	if c, ok := g.(orb.Collection); ok {
		for _, part := range c {
			deepest = max(deepest, nesting(part)+1)
		}
	}
	return deepest
}

// children are the nodes directly within a node.
func children(n Node) []Node {
	switch n := n.(type) {
	case *Logic:
		return n.Args
	case *Comparison:
		return []Node{n.Left, n.Right}
	case *Like:
		return []Node{n.Of, n.Pattern}
	case *Between:
		return []Node{n.Of, n.Low, n.High}
	case *InList:
		return append([]Node{n.Of}, n.List...)
	case *IsNull:
		return []Node{n.Of}
	case *Call:
		return n.Args
	case *Arith:
		return []Node{n.Left, n.Right}
	case *Interval:
		return []Node{n.From, n.To}
	case *Array:
		return n.Items
	}
	return nil
}

// condition asks that a node is true or false, and the nodes in it what they must be.
func condition(n Node) error {
	switch n := n.(type) {
	case *Logic:
		for _, a := range n.Args {
			if err := condition(a); err != nil {
				return err
			}
		}
		return nil
	case *Comparison:
		return each(scalar, n.Left, n.Right)
	case *Like:
		if err := scalar(n.Of); err != nil {
			return err
		}
		return pattern(n.Pattern)
	case *Between:
		return each(scalar, n.Of, n.Low, n.High)
	case *InList:
		if len(n.List) == 0 {
			return failure(n.At, "The list of IN has no values.")
		}
		return each(scalar, append([]Node{n.Of}, n.List...)...)
	case *IsNull:
		return operand(n.Of)
	case *Call:
		if n.Name == "casei" || n.Name == "accenti" {
			break
		}
		return operand(n)
	case *Boolean, *Property:
		return nil
	}
	return failure(n.Where(), "A condition must stand here, such as name = 'x'.")
}

func each(check func(Node) error, nodes ...Node) error {
	for _, n := range nodes {
		if err := check(n); err != nil {
			return err
		}
	}
	return nil
}

// scalar asks for a text, number, boolean or instant.
func scalar(n Node) error {
	switch n := n.(type) {
	case *Logic, *Comparison, *Like, *Between, *InList, *IsNull:
		return failure(n.Where(), "A value must stand here, not a condition.")
	case *Geometry:
		return failure(n.At, "A geometry can't be compared; use a function such as S_INTERSECTS(geometry, …).")
	case *Interval:
		return failure(n.At, "An interval can't be compared; use a function such as T_DURING(property, INTERVAL(…)).")
	case *Array:
		return failure(n.At, "An array can't be compared; use a function such as A_CONTAINS(property, (…)).")
	}
	return operand(n)
}

// array asks for an array, or what may have one as its value.
func array(n Node) error {
	switch n.(type) {
	case *Array, *Property, *Call:
		return nil
	}
	return failure(n.Where(), "An array must stand here, such as ('a', 'b'), or a property.")
}

// operand asks for anything that is well made.
func operand(n Node) error {
	switch n := n.(type) {
	case *Logic, *Comparison, *Like, *Between, *InList, *IsNull:
		return condition(n)
	case *Arith:
		return each(numeric, n.Left, n.Right)
	case *Call:
		if takesArrays(n.Name) {
			if err := each(array, n.Args...); err != nil {
				return err
			}
		}
		return each(operand, n.Args...)
	case *Array:
		return each(operand, n.Items...)
	case *Interval:
		return each(operand, n.From, n.To)
	}
	return nil
}

// numeric asks for what can be calculated with.
func numeric(n Node) error {
	switch n.(type) {
	case *Number, *Property, *Call, *Arith:
		return operand(n)
	}
	return failure(n.Where(), "A number must stand here.")
}

// pattern asks for a text, or casei or accenti of one.
func pattern(n Node) error {
	switch n := n.(type) {
	case *Text:
		return nil
	case *Call:
		if n.Name == "casei" || n.Name == "accenti" {
			return pattern(n.Args[0])
		}
	}
	return failure(n.Where(), "LIKE takes a pattern in quotes, such as '%%school%%'.")
}
