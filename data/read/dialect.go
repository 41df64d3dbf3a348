package read

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"onemap/layers/fault"
)

// dialect is what sets one separated text apart from another.
type dialect struct {
	separator byte // 0 if none was found
	directive int  // bytes of a first line "sep=;" with its end
}

var separators = []byte{',', '\t', ';', '|'}

// detectDialect finds the separator that cuts the first lines into the same number of cells most often.
// even says that two lines or more have more than one cell and nearly all have as many.
func detectDialect(text string) (d dialect, even bool) {
	if rest, ok := strings.CutPrefix(text, "sep="); ok && len(rest) > 1 && (rest[1] == '\r' || rest[1] == '\n') {
		d.separator, d.directive = rest[0], len("sep=")+2
		if strings.HasPrefix(rest[1:], "\r\n") {
			d.directive++
		}
		return d, true
	}
	counts := countSeparators(text)
	best := 0
	for i, sep := range separators {
		common, times, lines := 0, 0, 0
		seen := map[int]int{}
		for _, c := range counts {
			if c[i] > 0 {
				lines++
			}
			if seen[c[i]]++; c[i] > 0 && (seen[c[i]] > times || seen[c[i]] == times && c[i] > common) {
				common, times = c[i], seen[c[i]]
			}
		}
		score := times*1000 + common
		if common == 0 || score <= best {
			continue
		}
		best = score
		d.separator = sep
		even = times >= 2 && times*10 >= len(counts)*8
	}
	return d, even
}

// countSeparators counts each separator outside of quotation marks in each of the first lines.
func countSeparators(text string) [][4]int {
	const lines = 100
	var counts [][4]int
	var now [4]int
	quoted, blank := false, true
	end := func() {
		if !blank {
			counts = append(counts, now)
		}
		now, blank = [4]int{}, true
	}
	for i := 0; i < len(text) && len(counts) < lines; i++ {
		c := text[i]
		switch {
		case c == '"':
			quoted = !quoted
			blank = false
		case quoted:
		case c == '\n' || c == '\r':
			end()
		default:
			if j := bytes.IndexByte(separators, c); j >= 0 {
				now[j]++
			}
			blank = blank && (c == ' ' || c == '\t')
		}
	}
	if len(counts) < 2 { // all that there is, or a first line longer than the sample
		end()
	}
	return counts
}

// plainText gives a file's first bytes as text for a look at its form; false if they are none.
func plainText(head []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		head = head[:len(head)&^1]
		b, _, err := transform.Bytes(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), head)
		return string(b), err == nil
	}
	if utf16Bare(head) != nil {
		b, _, err := transform.Bytes(utf16Bare(head).NewDecoder(), head[:len(head)&^1])
		return string(b), err == nil
	}
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x0b {
			return "", false
		}
	}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if few := len(head) / 20; newCharset("UTF-8").wrong(head) > few && newCharset("GB18030").wrong(head) > few {
		return "", false
	}
	return string(head), true
}

// utf16Bare knows UTF-16 without a byte order mark by the zeros in every other byte.
func utf16Bare(head []byte) encoding.Encoding {
	if len(head) < 16 {
		return nil
	}
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch many := len(head) / 8; {
	case zeros[1] > many && zeros[0]*4 < zeros[1]:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zeros[0] > many && zeros[1]*4 < zeros[0]:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// decoded settles the character set. The stream keeps the file's bytes, but for UTF-16, which becomes UTF-8.
func (s *csvSheet) decoded(r *bufio.Reader, word string) (io.Reader, error) {
	head, err := r.Peek(dbfSampleBytes)
	if err != nil && len(head) == 0 && err != io.EOF {
		return nil, fileError(err, s.name)
	}
	s.charset = newCharset("UTF-8")
	switch {
	case word != "":
		if s.charset = charsetByName(word); s.charset == nil {
			return nil, fault.In("encoding", "%q is not a character set known here; usual ones are UTF-8, GBK and GB18030", word)
		}
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), nil
	case utf16Bare(head) != nil:
		return transform.NewReader(r, utf16Bare(head).NewDecoder()), nil
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
	default:
		c, problems, err := chooseCharset("", "", 0, sample{head})
		if err != nil {
			return nil, err
		}
		if utf8 := newCharset("UTF-8"); c.name != utf8.name && utf8.wrong(head)*4 < c.wrong(head) { // UTF-8 with a few wrong bytes
			c, problems = utf8, nil
		}
		s.charset, s.found = c, problems
		s.undecided = isASCII(head)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		r.Discard(3)
	}
	return r, nil
}
