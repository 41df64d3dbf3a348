package layers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// matchLike matches a whole text against a pattern of Like, in time at most the product
// of their lengths.
func matchLike(pattern, text string) bool {
	again, from := -1, 0 // after the last %, and where its characters end now
	p, t := 0, 0
	for t < len(text) {
		c, size := utf8.DecodeRuneInString(text[t:])
		if p < len(pattern) {
			want, n := utf8.DecodeRuneInString(pattern[p:])
			switch {
			case want == '%':
				p += n
				again, from = p, t
				continue
			case want == '_':
				p, t = p+n, t+size
				continue
			case want == '\\' && p+n < len(pattern):
				p += n
				want, n = utf8.DecodeRuneInString(pattern[p:])
			}
			if want == c {
				p, t = p+n, t+size
				continue
			}
		}
		if again < 0 {
			return false
		}
		_, step := utf8.DecodeRuneInString(text[from:])
		from += step
		p, t = again, from
	}
	return strings.Trim(pattern[p:], "%") == ""
}

// FoldCase is a text without regard to case: each character's capital's small letter, by
// Unicode's simple mappings, so that ß stays and both small sigmas are one. The function
// onemap.casei of the database does the same.
func FoldCase(s string) string {
	return strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, s)
}

// FoldAccents is a text without combining marks: decomposed (NFD), the marks of Unicode's
// five blocks of combining marks left out, and composed (NFC). The function
// onemap.accenti of the database does the same.
func FoldAccents(s string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= 0x300 && (r <= 0x36f || r >= 0x1ab0 && r <= 0x1aff || r >= 0x1dc0 && r <= 0x1dff ||
			r >= 0x20d0 && r <= 0x20ff || r >= 0xfe20 && r <= 0xfe2f) {
			return -1
		}
		return r
	}, norm.NFD.String(s)))
}
