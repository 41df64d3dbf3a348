package cql2

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ParseText reads a filter in CQL2 text.
func ParseText(src string) (Node, error) {
	if len(src) > MaxLength {
		return nil, tooLong(len(src))
	}
	if at, ok := badText(src); !ok {
		return nil, failure(At{Character: utf8.RuneCountInString(src[:at]) + 1}, "A filter is UTF-8 text without NUL characters.")
	}
	p := &parser{lexer: lexer{src: src}}
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == end {
		return nil, failure(At{Character: 1}, "The filter is empty; write a condition such as name = 'x'.")
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.tok.kind != end {
		return nil, p.unexpected("AND, OR or the end")
	}
	return finish(n)
}

// badText finds the first byte that is no UTF-8 text, or NUL.
func badText(s string) (int, bool) {
	for i, r := range s {
		if r == 0 {
			return i, false
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i, false
			}
		}
	}
	return 0, true
}

// budget counts what a filter has of nodes, vertices and depth while it is read, so that
// reading ends. What has been read is measured by finish, the same for both encodings.
type budget struct{ depth, nodes, vertices int }

func (b *budget) node() error {
	if b.nodes++; b.nodes > slack*MaxNodes {
		return tooManyNodes()
	}
	return nil
}

func (b *budget) vertex() error {
	if b.vertices++; b.vertices > MaxVertices {
		return tooLarge("The geometries of the filter have more than %d vertices; simplify them.", MaxVertices)
	}
	return nil
}

func (b *budget) enter() error {
	if b.depth++; b.depth > slack*MaxDepth {
		return tooDeep()
	}
	return nil
}

func (b *budget) leave() { b.depth-- }

// parser reads by precedence: OR, AND, NOT, comparisons, + -, * / % div, ^, sign.
type parser struct {
	lexer
	budget
	tok token
}

func (p *parser) advance() (err error) {
	p.tok, err = p.next()
	return err
}

func (p *parser) here() At { return p.place(p.tok.at) }

func (p *parser) unexpected(want string) error {
	if p.tok.kind == end {
		return p.fail(p.tok.at, "The filter ends here; %s must follow.", want)
	}
	return p.fail(p.tok.at, "%q can't stand here; %s must.", shorten(p.tok.text), want)
}

func shorten(s string) string {
	const longest = 40
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

// take goes on over a symbol or keyword if it is there.
func (p *parser) take(s string) (bool, error) {
	if !p.tok.is(s) {
		return false, nil
	}
	return true, p.advance()
}

func (p *parser) expect(s string) error {
	ok, err := p.take(s)
	if err == nil && !ok {
		return p.unexpected(s)
	}
	return err
}

func (p *parser) or() (Node, error)  { return p.joined("or", p.and) }
func (p *parser) and() (Node, error) { return p.joined("and", p.not) }

func (p *parser) joined(op string, part func() (Node, error)) (Node, error) {
	at := p.here()
	n, err := part()
	if err != nil || !p.tok.is(op) {
		return n, err
	}
	l := &Logic{At: at, Op: op, Args: []Node{n}}
	for p.tok.is(op) {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if n, err = part(); err != nil {
			return nil, err
		}
		l.Args = append(l.Args, n)
	}
	return l, p.node()
}

func (p *parser) not() (Node, error) {
	if !p.tok.is("not") {
		return p.predicate()
	}
	at := p.here()
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if err := p.advance(); err != nil {
		return nil, err
	}
	n, err := p.not()
	if err != nil {
		return nil, err
	}
	return &Logic{At: at, Op: "not", Args: []Node{n}}, p.node()
}

// predicate reads an operand and what is said of it.
func (p *parser) predicate() (Node, error) {
	at := p.here()
	left, err := p.sum()
	if err != nil {
		return nil, err
	}
	switch {
	case p.tok.kind == symbol && comparisons[p.tok.text]:
		op := p.tok.text
		if err := p.advance(); err != nil {
			return nil, err
		}
		right, err := p.sum()
		if err != nil {
			return nil, err
		}
		return &Comparison{at, op, left, right}, p.node()
	case p.tok.is("is"):
		return p.isNull(at, left)
	}
	negative := false
	if p.tok.is("not") {
		negative = true
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
	var n Node
	switch {
	case p.tok.is("like"):
		n, err = p.like(at, left)
	case p.tok.is("between"):
		n, err = p.between(at, left)
	case p.tok.is("in"):
		n, err = p.in(at, left)
	case negative:
		return nil, p.unexpected("LIKE, BETWEEN or IN")
	default:
		return left, nil
	}
	if err != nil || !negative {
		return n, err
	}
	return &Logic{At: at, Op: "not", Args: []Node{n}}, p.node()
}

var comparisons = map[string]bool{"=": true, "<>": true, "<": true, "<=": true, ">": true, ">=": true}

func (p *parser) isNull(at At, of Node) (Node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	negative, err := p.take("not")
	if err != nil {
		return nil, err
	}
	if err := p.expect("null"); err != nil {
		return nil, err
	}
	var n Node = &IsNull{at, of}
	if negative {
		n = &Logic{At: at, Op: "not", Args: []Node{n}}
	}
	return n, p.node()
}

func (p *parser) like(at At, of Node) (Node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	pattern, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &Like{at, of, pattern}, p.node()
}

func (p *parser) between(at At, of Node) (Node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	low, err := p.sum()
	if err != nil {
		return nil, err
	}
	if err := p.expect("and"); err != nil {
		return nil, err
	}
	high, err := p.sum()
	if err != nil {
		return nil, err
	}
	return &Between{at, of, low, high}, p.node()
}

func (p *parser) in(at At, of Node) (Node, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if !p.tok.is("(") {
		return nil, p.unexpected("a list in parentheses")
	}
	list, err := p.list(")")
	if err != nil {
		return nil, err
	}
	return &InList{at, of, list}, p.node()
}

// list reads what stands between the bracket that is the present token and its counterpart.
func (p *parser) list(closing string) ([]Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if err := p.advance(); err != nil {
		return nil, err
	}
	items := []Node{}
	if p.tok.is(closing) {
		return items, p.advance()
	}
	for {
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		items = append(items, n)
		if more, err := p.take(","); err != nil {
			return nil, err
		} else if !more {
			break
		}
	}
	if !p.tok.is(closing) {
		return nil, p.unexpected("a comma or " + closing)
	}
	return items, p.advance()
}

func (p *parser) sum() (Node, error)     { return p.chain(p.product, "+", "-") }
func (p *parser) product() (Node, error) { return p.chain(p.power, "*", "/", "%", "div") }

func (p *parser) chain(part func() (Node, error), ops ...string) (Node, error) {
	at := p.here()
	n, err := part()
	if err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		op := ""
		for _, o := range ops {
			if p.tok.is(o) {
				op = o
			}
		}
		if op == "" {
			return n, nil
		}
		if i == MaxDepth {
			return nil, tooLarge("The filter has more than %d arithmetic operators in a row.", MaxDepth)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		right, err := part()
		if err != nil {
			return nil, err
		}
		n = &Arith{at, op, n, right}
		if err := p.node(); err != nil {
			return nil, err
		}
	}
}

func (p *parser) power() (Node, error) {
	at := p.here()
	n, err := p.signed()
	if err != nil || !p.tok.is("^") {
		return n, err
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if err := p.advance(); err != nil {
		return nil, err
	}
	right, err := p.power()
	if err != nil {
		return nil, err
	}
	return &Arith{at, "^", n, right}, p.node()
}

// signed reads an operand with a sign before it; -x is -1 * x.
func (p *parser) signed() (Node, error) {
	at := p.here()
	if plus, err := p.take("+"); err != nil {
		return nil, err
	} else if plus && p.tok.kind != number {
		return nil, p.unexpected("a number")
	}
	minus, err := p.take("-")
	if err != nil || !minus {
		if err != nil {
			return nil, err
		}
		return p.primary()
	}
	if p.tok.is("-") || p.tok.is("+") {
		return nil, p.unexpected("an operand")
	}
	n, err := p.primary()
	if err != nil {
		return nil, err
	}
	if x, ok := n.(*Number); ok {
		return &Number{at, -x.Value}, nil
	}
	return &Arith{at, "*", &Number{at, -1}, n}, p.node()
}

func (p *parser) primary() (Node, error) {
	if err := p.node(); err != nil {
		return nil, err
	}
	at, tok := p.here(), p.tok
	switch {
	case tok.kind == text:
		return &Text{at, tok.text}, p.advance()
	case tok.kind == number:
		x, err := strconv.ParseFloat(tok.text, 64)
		if err != nil || math.IsInf(x, 0) {
			return nil, p.fail(tok.at, "The number %s is too large.", shorten(tok.text))
		}
		return &Number{at, x}, p.advance()
	case tok.is("("):
		return p.parenthesis(at)
	case tok.is("["):
		items, err := p.list("]")
		return &Array{at, items}, err
	case tok.is("true"), tok.is("false"):
		return &Boolean{at, tok.is("true")}, p.advance()
	case tok.kind == quoted:
		if tok.text == "" {
			return nil, p.fail(tok.at, "A property has a name.")
		}
		return &Property{at, tok.text}, p.advance()
	case tok.kind == word && !reserved[strings.ToLower(tok.text)]:
		return p.named(at)
	}
	return nil, p.unexpected("a property, a value or a function")
}

// parenthesis reads an expression in parentheses, or an array where there is not one.
func (p *parser) parenthesis(at At) (Node, error) {
	items, err := p.list(")")
	if err != nil {
		return nil, err
	}
	if len(items) == 1 {
		return items[0], nil
	}
	return &Array{at, items}, nil
}

// named reads a property, a function or a literal that begins with a word.
func (p *parser) named(at At) (Node, error) {
	name := p.tok
	if err := p.advance(); err != nil {
		return nil, err
	}
	low := strings.ToLower(name.text)
	if literal[low] && (p.tok.is("(") || geometryWord(low) && (p.tok.is("z") || p.tok.is("empty"))) {
		if geometryWord(low) {
			g, err := p.geometry(name)
			return &Geometry{at, g}, err
		}
		return p.literal(at, low)
	}
	if !p.tok.is("(") {
		return &Property{at, name.text}, nil
	}
	low, ok := functionName(name.text)
	if !ok {
		return nil, p.fail(name.at, "%q can't be the name of a function.", shorten(name.text))
	}
	c := &Call{At: at, Name: low}
	var err error
	if takesArrays(low) {
		c.Args, err = p.arrays()
	} else {
		c.Args, err = p.list(")")
	}
	if err != nil {
		return nil, err
	}
	return c, checkCall(c)
}

// arrays reads arguments of which each that begins with a parenthesis is an array.
func (p *parser) arrays() ([]Node, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	if err := p.advance(); err != nil {
		return nil, err
	}
	var args []Node
	for {
		at := p.here()
		var n Node
		var err error
		if p.tok.is("(") {
			var items []Node
			items, err = p.list(")")
			n = &Array{at, items}
		} else {
			n, err = p.sum()
		}
		if err != nil {
			return nil, err
		}
		args = append(args, n)
		if more, err := p.take(","); err != nil {
			return nil, err
		} else if !more {
			return args, p.expect(")")
		}
	}
}
