package read

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonParser reads JSON (RFC 8259) that is held in memory. Each method starts at the next token. The first
// error stays; after it all methods do nothing. The nesting has been bounded by jsonStream.
type jsonParser struct {
	b   []byte
	i   int
	err error
	bad bool // some text was not UTF-8
}

func (p *jsonParser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("%s, %d bytes into it", fmt.Sprintf(format, args...), p.i)
		p.i = len(p.b)
	}
}

// peek is the next byte after white space; 0 at the end.
func (p *jsonParser) peek() byte {
	for ; p.i < len(p.b); p.i++ {
		switch p.b[p.i] {
		case ' ', '\t', '\r', '\n':
		default:
			return p.b[p.i]
		}
	}
	return 0
}

// accept consumes one structural byte if it is next.
func (p *jsonParser) accept(c byte) bool {
	if p.peek() != c || p.i >= len(p.b) {
		return false
	}
	p.i++
	return true
}

// object calls member for each name, which is good until member returns; member has to consume the value.
func (p *jsonParser) object(member func(name []byte)) {
	if !p.accept('{') {
		p.fail("an object is expected")
		return
	}
	if p.accept('}') {
		return
	}
	for p.err == nil {
		name := p.text()
		if !p.accept(':') {
			p.fail("a colon is missing")
		}
		if p.err != nil {
			return
		}
		member(name)
		if !p.accept(',') {
			if !p.accept('}') {
				p.fail("a comma or } is missing")
			}
			return
		}
	}
}

// array calls element at each element, which has to consume it.
func (p *jsonParser) array(element func()) {
	if !p.accept('[') {
		p.fail("an array is expected")
		return
	}
	if p.accept(']') {
		return
	}
	for p.err == nil {
		element()
		if !p.accept(',') {
			if !p.accept(']') {
				p.fail("a comma or ] is missing")
			}
			return
		}
	}
}

// text reads a string. Without escapes it is part of the input, otherwise a copy.
func (p *jsonParser) text() []byte {
	if !p.accept('"') {
		p.fail("a string is expected")
		return nil
	}
	start := p.i
	ascii := true
	for ; p.i < len(p.b); p.i++ {
		switch c := p.b[p.i]; {
		case c == '"':
			s := p.b[start:p.i]
			p.i++
			return p.checked(s, ascii)
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			p.fail("a control character in a string")
			return nil
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	p.fail("a string is not closed")
	return nil
}

func (p *jsonParser) checked(s []byte, ascii bool) []byte {
	if !ascii && !utf8.Valid(s) {
		p.bad = true
	}
	return s
}

// escaped goes on with a string at its first backslash.
func (p *jsonParser) escaped(start int) []byte {
	out := append([]byte(nil), p.b[start:p.i]...)
	for p.i < len(p.b) {
		c := p.b[p.i]
		p.i++
		switch {
		case c == '"':
			return p.checked(out, false)
		case c < 0x20:
			p.fail("a control character in a string")
			return nil
		case c != '\\':
			out = append(out, c)
			continue
		}
		if p.i >= len(p.b) {
			break
		}
		c = p.b[p.i]
		p.i++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := p.hex()
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if p.i+1 < len(p.b) && p.b[p.i] == '\\' && p.b[p.i+1] == 'u' {
					p.i += 2
					low = p.hex()
				}
				r = utf16.DecodeRune(r, low)
			}
			out = utf8.AppendRune(out, r)
		default:
			p.fail("an unknown escape in a string")
			return nil
		}
	}
	p.fail("a string is not closed")
	return nil
}

func (p *jsonParser) hex() rune {
	if p.i+4 <= len(p.b) {
		if v, err := strconv.ParseUint(string(p.b[p.i:p.i+4]), 16, 16); err == nil {
			p.i += 4
			return rune(v)
		}
	}
	p.fail("four hexadecimal digits are missing")
	return utf8.RuneError
}

// span consumes any value and gives its bytes.
func (p *jsonParser) span() []byte {
	p.peek()
	start := p.i
	p.skip()
	return p.b[start:p.i]
}

func (p *jsonParser) skip() {
	switch c := p.peek(); c {
	case '{':
		p.object(func([]byte) { p.skip() })
	case '[':
		p.array(p.skip)
	case '"':
		p.text()
	case 't':
		p.word("true")
	case 'f':
		p.word("false")
	case 'n':
		p.word("null")
	default:
		p.numberSpan()
	}
}

func (p *jsonParser) word(w string) {
	if len(p.b)-p.i < len(w) || string(p.b[p.i:p.i+len(w)]) != w {
		p.fail("a value is expected")
		return
	}
	p.i += len(w)
}

// numberSpan consumes a number by the grammar of JSON. whole says that it has neither fraction nor exponent.
func (p *jsonParser) numberSpan() (text []byte, whole bool) {
	p.peek()
	start := p.i
	digits := func() int {
		n := p.i
		for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
			p.i++
		}
		return p.i - n
	}
	at := func(c byte) bool { return p.i < len(p.b) && p.b[p.i] == c }
	if at('-') {
		p.i++
	}
	zero := at('0')
	n := digits()
	ok, whole := n > 0 && (!zero || n == 1), true
	if at('.') {
		p.i++
		ok, whole = ok && digits() > 0, false
	}
	if at('e') || at('E') {
		p.i++
		if at('+') || at('-') {
			p.i++
		}
		ok, whole = ok && digits() > 0, false
	}
	if !ok {
		p.fail("a value is expected")
		return nil, false
	}
	return p.b[start:p.i], whole
}

// float reads a number; false if it is beyond a float64.
func (p *jsonParser) float() (float64, bool) {
	text, _ := p.numberSpan()
	return decimal(text)
}

// tens are the powers of ten that a float64 holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// decimal converts a number of JSON's grammar. Up to 15 digits without exponent, as coordinates
// have, one exact division of exact numbers gives the nearest float64; others go to strconv.
func decimal(text []byte) (float64, bool) {
	var mantissa uint64
	digits, decimals, point := 0, 0, false
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			mantissa = mantissa*10 + uint64(c-'0')
			if digits++; point {
				decimals++
			}
		case c == '.':
			point = true
		case c == '-' && i == 0:
		default:
			digits = 99
		}
		if digits > 15 {
			v, err := strconv.ParseFloat(string(text), 64)
			return v, err == nil
		}
	}
	v := float64(mantissa) / tens[decimals]
	if len(text) > 0 && text[0] == '-' {
		v = math.Copysign(v, -1)
	}
	return v, digits > 0
}
