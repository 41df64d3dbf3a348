package cql2

import (
	"strings"
	"unicode/utf8"
)

type kind int

const (
	end    kind = iota
	word        // identifier or keyword
	quoted      // "identifier"
	text        // 'literal'
	number
	symbol
)

type token struct {
	kind kind
	text string // of a quoted name or literal: without its quotes
	at   int    // offset in bytes
}

// is reports whether a token is a symbol or, in any case, a keyword.
func (t token) is(s string) bool {
	return t.kind == symbol && t.text == s || t.kind == word && strings.EqualFold(t.text, s)
}

// lexer reads tokens of a text.
type lexer struct {
	src string
	pos int

	counted, characters int // bytes counted so far, and the characters in them
}

// place is the character at an offset. Places are asked for mostly in order, so that
// counting on from the last is enough.
func (l *lexer) place(at int) At {
	if at < l.counted {
		l.counted, l.characters = 0, 0
	}
	l.characters += utf8.RuneCountInString(l.src[l.counted:at])
	l.counted = at
	return At{Character: l.characters + 1}
}

// near is the text around an offset, for a message.
func (l *lexer) near(at int) string {
	const reach = 20
	from, to := at, at
	for n := 0; from > 0 && n < reach; n++ {
		_, size := utf8.DecodeLastRuneInString(l.src[:from])
		from -= size
	}
	for n := 0; to < len(l.src) && n < reach; n++ {
		_, size := utf8.DecodeRuneInString(l.src[to:])
		to += size
	}
	out := l.src[from:at] + "⟨here⟩" + l.src[at:to]
	if from > 0 {
		out = "…" + out
	}
	if to < len(l.src) {
		out += "…"
	}
	return out
}

func (l *lexer) fail(at int, format string, args ...any) error {
	return failure(l.place(at), format+" Near: %s", append(args, l.near(at))...)
}

// next reads a token.
func (l *lexer) next() (token, error) {
	for l.pos < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.pos]) >= 0 {
		l.pos++
	}
	at := l.pos
	if at == len(l.src) {
		return token{end, "", at}, nil
	}
	switch c := l.src[at]; {
	case c == '\'':
		return l.quotation('\'', text)
	case c == '"':
		return l.quotation('"', quoted)
	case c >= '0' && c <= '9', c == '.' && at+1 < len(l.src) && isDigit(l.src[at+1]):
		return l.number(), nil
	case strings.IndexByte("<>", c) >= 0:
		l.pos++
		if l.pos < len(l.src) && (l.src[l.pos] == '=' || c == '<' && l.src[l.pos] == '>') {
			l.pos++
		}
		return token{symbol, l.src[at:l.pos], at}, nil
	case strings.IndexByte("=+-*/%^(),[]", c) >= 0:
		l.pos++
		return token{symbol, l.src[at:l.pos], at}, nil
	}
	for l.pos < len(l.src) {
		r, size := utf8.DecodeRuneInString(l.src[l.pos:])
		if !startsName(r) && (l.pos == at || !continuesName(r)) {
			break
		}
		l.pos += size
	}
	if l.pos == at {
		r, _ := utf8.DecodeRuneInString(l.src[at:])
		return token{}, l.fail(at, "The character %q has no meaning here.", r)
	}
	return token{word, l.src[at:l.pos], at}, nil
}

// quotation reads a literal or a name; a quote within is written twice, in a literal also
// with \ before it.
func (l *lexer) quotation(quote byte, k kind) (token, error) {
	at := l.pos
	var b strings.Builder
	for i := at + 1; i < len(l.src); i++ {
		c := l.src[i]
		switch {
		case c == quote && i+1 < len(l.src) && l.src[i+1] == quote:
			i++
		case c == '\\' && k == text && i+1 < len(l.src) && l.src[i+1] == quote:
			i++
			c = quote
		case c == quote:
			l.pos = i + 1
			return token{k, b.String(), at}, nil
		}
		b.WriteByte(c)
	}
	return token{}, l.fail(at, "The %c that opens here is not closed; a %[1]c within is written twice.", quote)
}

func (l *lexer) number() token {
	at := l.pos
	digits := func() {
		for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
			l.pos++
		}
	}
	digits()
	if l.pos < len(l.src) && l.src[l.pos] == '.' {
		l.pos++
		digits()
	}
	if rest := l.src[l.pos:]; rest != "" && (rest[0] == 'e' || rest[0] == 'E') {
		i := 1
		if len(rest) > 1 && (rest[1] == '+' || rest[1] == '-') {
			i = 2
		}
		if len(rest) > i && isDigit(rest[i]) {
			l.pos += i
			digits()
		}
	}
	return token{number, l.src[at:l.pos], at}
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// startsName and continuesName are identifierStart and identifierPart of the grammar.
func startsName(r rune) bool {
	switch {
	case r == ':', r == '_', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
		return true
	case r < 0xC0, r == 0xD7, r == 0xF7, r == 0x37E, r == utf8.RuneError:
		return false
	}
	for _, span := range [][2]rune{
		{0xC0, 0x2FF},
		{0x370, 0x1FFE},
		{0x200C, 0x200D},
		{0x2070, 0x218F},
		{0x2C00, 0x2FEF},
		{0x3001, 0xD7FF},
		{0xF900, 0xFDCF},
		{0xFDF0, 0xFFFD},
		{0x10000, 0xEFFFF},
	} {
		if r >= span[0] && r <= span[1] {
			return true
		}
	}
	return false
}

func continuesName(r rune) bool {
	return r == '.' || r >= '0' && r <= '9' || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}
