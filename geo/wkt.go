package geo

import (
	"fmt"
	"strconv"
	"strings"
)

// The limits of a coordinate system text: real ones have one to four kilobytes and
// are nested six deep.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 24
)

// wktNode is KEYWORD[argument, …]; the keyword is in capitals.
type wktNode struct {
	keyword string
	args    []wktArg
}

// wktArg is a nested node, or a quoted or bare word.
type wktArg struct {
	node *wktNode
	text string
}

// parseWKT reads the first node of a coordinate system text, WKT 1 (OGC 01-009 and
// ESRI's dialect) or WKT 2 (OGC 18-010r7): the grammar is the same, the keywords differ.
// A byte order mark before it and further nodes after a comma are passed over.
func parseWKT(text string) (*wktNode, error) {
	if len(text) > maxWKTBytes {
		return nil, fmt.Errorf("the coordinate system text is %d bytes long; at most %d are read", len(text), maxWKTBytes)
	}
	p := wktParser{rest: strings.TrimPrefix(text, "\ufeff")}
	p.space()
	if p.rest == "" {
		return nil, fmt.Errorf("the coordinate system text is empty")
	}
	n, err := p.node(p.word(), 0)
	if err != nil {
		return nil, fmt.Errorf("the coordinate system text is broken at byte %d: %w", len(text)-len(p.rest), err)
	}
	p.space()
	if p.rest != "" && p.rest[0] != ',' {
		return nil, fmt.Errorf("the coordinate system text goes on with %.20q after its end", p.rest)
	}
	return n, nil
}

type wktParser struct{ rest string }

func (p *wktParser) space() {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n\x00")
}

// word takes a bare word: a keyword, number or direction.
func (p *wktParser) word() string {
	end := strings.IndexAny(p.rest, "[](),\" \t\r\n\x00")
	if end < 0 {
		end = len(p.rest)
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	return w
}

// node reads from the opening bracket after a keyword.
func (p *wktParser) node(keyword string, depth int) (*wktNode, error) {
	if depth > maxWKTDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxWKTDepth)
	}
	p.space()
	if keyword == "" || p.rest == "" || (p.rest[0] != '[' && p.rest[0] != '(') {
		return nil, fmt.Errorf("expected a keyword and [")
	}
	p.rest = p.rest[1:]
	n := &wktNode{keyword: strings.ToUpper(keyword)}
	for {
		arg, err := p.arg(depth)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, arg)
		p.space()
		if p.rest == "" {
			return nil, fmt.Errorf("%s is not closed", n.keyword)
		}
		c := p.rest[0]
		p.rest = p.rest[1:]
		switch c {
		case ',':
		case ']', ')':
			return n, nil
		default:
			return nil, fmt.Errorf("unexpected %q in %s", c, n.keyword)
		}
	}
}

func (p *wktParser) arg(depth int) (wktArg, error) {
	p.space()
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	w := p.word()
	p.space()
	if p.rest != "" && (p.rest[0] == '[' || p.rest[0] == '(') {
		n, err := p.node(w, depth+1)
		return wktArg{node: n}, err
	}
	if w == "" {
		return wktArg{}, fmt.Errorf("a value is missing")
	}
	return wktArg{text: w}, nil
}

// quoted reads a string in which two quotes stand for one.
func (p *wktParser) quoted() (wktArg, error) {
	var b strings.Builder
	p.rest = p.rest[1:]
	for {
		end := strings.IndexByte(p.rest, '"')
		if end < 0 {
			return wktArg{}, fmt.Errorf("a quoted name is not closed")
		}
		b.WriteString(p.rest[:end])
		p.rest = p.rest[end+1:]
		if !strings.HasPrefix(p.rest, `"`) {
			return wktArg{text: b.String()}, nil
		}
		b.WriteByte('"')
		p.rest = p.rest[1:]
	}
}

// child returns the first direct child with one of the keywords, or nil. A nil node has none.
func (n *wktNode) child(keywords ...string) *wktNode {
	if n == nil {
		return nil
	}
	for _, a := range n.args {
		if a.node == nil {
			continue
		}
		for _, k := range keywords {
			if a.node.keyword == k {
				return a.node
			}
		}
	}
	return nil
}

// text returns the i-th argument as written; empty if there is none or it is a node.
func (n *wktNode) text(i int) string {
	if n == nil || i >= len(n.args) {
		return ""
	}
	return n.args[i].text
}

// number returns the i-th argument as a finite number.
func (n *wktNode) number(i int) (float64, bool) {
	v, err := strconv.ParseFloat(n.text(i), 64)
	return v, err == nil && v-v == 0
}
