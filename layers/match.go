package layers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mapping says which column of a file holds which field.
type Mapping struct {
	Columns []string       // as in the file
	Of      map[string]int // field name → index of its column
	Set     map[string]string
	Origin  map[string]int // standard field → column, in a file that was exported from here
	Unknown []string       // columns that hold no field
	Guessed map[string]Guess
}

// Guess says how the column of a field was recognised where it is not called like the
// field or its title.
type Guess string

// The guesses. A column that a person named, now or before, is none.
const (
	GuessAlias Guess = "alias" // a declared alias
	GuessCut   Guess = "cut"   // the first ten bytes of a name, title or alias
	GuessTail  Guess = "tail"  // the last part of a heading of several rows, which the reader joins by strokes
)

// Hints are what is known of a file's columns besides their names. The zero value is nothing.
type Hints struct {
	By        map[string]string // field → its column; an empty column leaves the field without one
	Set       map[string]string // field → value for every row without one
	Positions []int             // columns that the positions were made from
}

// Match finds the column of each field: the one that the hints name, or one called like
// the field, its title in either language or an alias, or like the first ten bytes of one
// of these, as a Shapefile cuts them, in UTF-8 or GB 18030; or one whose heading ends in
// such a name behind a stroke, where there is only one. Findings: S1 a required field
// without column, S2 an unknown column, S5 a column that was recognised by an alias, a cut
// name or the end of its heading; the error is Invalid when the hints name a field or
// column that is not there.
func (l *Layer) Match(columns []string, h Hints) (Mapping, []Finding, error) {
	m := Mapping{Columns: columns, Of: map[string]int{}, Set: h.Set, Guessed: map[string]Guess{}}
	used := make([]bool, len(columns))
	index := indexOf(columns, plain)
	without := map[string]bool{}
	for field, column := range h.By {
		if l.byName[field] == nil {
			return m, nil, l.unmapped(field, column, columns)
		}
		if column == "" {
			without[field] = true
			continue
		}
		i, ok := index[plain(column)]
		if !ok {
			return m, nil, l.unmapped(field, column, columns)
		}
		m.Of[field], used[i] = i, true
	}
	for field := range h.Set {
		if l.byName[field] == nil {
			return m, nil, l.unmapped(field, "", columns)
		}
	}
	find := func(index map[string]int, cut bool, guess func(n int) Guess) {
		for _, f := range l.Fields {
			if _, done := m.Of[f.Name]; done || without[f.Name] {
				continue
			}
			for n, name := range f.names(cut) {
				if i, ok := index[name]; ok && i >= 0 && !used[i] {
					m.Of[f.Name], used[i] = i, true
					if g := guess(n); g != "" {
						m.Guessed[f.Name] = g
					}
					break
				}
			}
		}
	}
	find(index, false, func(n int) Guess { // whole names before cut ones
		if n > 2 { // after name and titles
			return GuessAlias
		}
		return ""
	})
	find(index, true, func(int) Guess { return GuessCut })
	m.provenance(index, used)
	for _, i := range h.Positions {
		if i < len(used) {
			used[i] = true
		}
	}
	find(tails(columns, used), false, func(int) Guess { return GuessTail })
	return m, l.columnFindings(&m, used), nil
}

// Headings is a fingerprint of a file's columns, whatever their order: SHA-256 in hex.
func Headings(columns []string) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = plain(c)
	}
	slices.Sort(names)
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return hex.EncodeToString(sum[:])
}

// indexOf maps the columns by a form of their names; of equal ones the first counts.
func indexOf(columns []string, form func(string) string) map[string]int {
	index := map[string]int{}
	for i, c := range columns {
		if key := form(c); key != "" {
			if _, twice := index[key]; !twice {
				index[key] = i
			}
		}
	}
	return index
}

// tails maps the columns that are left by what stands behind the last stroke of their
// headings; -1 where several end alike.
func tails(columns []string, used []bool) map[string]int {
	index := map[string]int{}
	for i, c := range columns {
		at := strings.LastIndexAny(c, "/／")
		if at < 0 || used[i] {
			continue
		}
		key := strings.TrimLeft(plain(c[at:]), "/")
		if _, twice := index[key]; twice {
			index[key] = -1
		} else if key != "" {
			index[key] = i
		}
	}
	return index
}

// columnFindings are what is to be said of the columns, and keeps the unknown ones.
func (l *Layer) columnFindings(m *Mapping, used []bool) []Finding {
	var findings []Finding
	for _, f := range l.Fields {
		guess, ok := m.Guessed[f.Name]
		if !ok {
			continue
		}
		column := m.Columns[m.Of[f.Name]]
		zh, en := "别名", "an alias"
		switch guess {
		case GuessCut:
			zh, en = "截断的列名", "a cut name"
		case GuessTail:
			zh, en = "多行表头的末级列名", "the last part of its heading"
		}
		findings = append(findings, l.find("S5", 0, f.Name, column,
			fmt.Sprintf("列“%s”按%s对应到“%s”", column, zh, f.Title.Zh), fmt.Sprintf("The column %q is taken for %s (%s) by %s", column, f.Name, f.Title.En, en)))
	}
	for i, c := range m.Columns {
		if used[i] {
			continue
		}
		m.Unknown = append(m.Unknown, c)
		found := l.find("S2", 0, "", c, fmt.Sprintf("列“%s”不属于本图层，未导入", c), fmt.Sprintf("The column %q belongs to no field and is left out", c))
		if f := l.like(c, m); f != nil {
			found.Repair = f.Name
			found.Hint = Text{Zh: "是否为“" + f.Title.Zh + "”？如是，用 --map " + f.Name + "=" + c + "。", En: "Is it " + f.Name + " (" + f.Title.En + ")? If so: --map " + f.Name + "=" + c + "."}
		}
		findings = append(findings, found)
	}
	for _, f := range l.Fields {
		_, mapped := m.Of[f.Name]
		if _, fixed := m.Set[f.Name]; f.Required && f.Default == "" && !mapped && !fixed {
			found := l.find("S1", 0, f.Name, "", fmt.Sprintf("缺少必填列“%s”", f.Title.Zh), fmt.Sprintf("There is no column for the required field %s (%s)", f.Name, f.Title.En))
			found.Hint = Text{
				Zh: fmt.Sprintf("补上该列，或用 --map %s=列名 指定，或用 --set %s=值 给出统一值。", f.Name, f.Name),
				En: fmt.Sprintf("Add it, name one with --map %s=COLUMN or give a value with --set %s=VALUE.", f.Name, f.Name),
			}
			findings = append(findings, found)
		}
	}
	return findings
}

// like returns the field without a column whose name is most like that of a column, or nil.
func (l *Layer) like(column string, m *Mapping) *Field {
	var names []string
	of := map[string]*Field{}
	for _, f := range l.Fields {
		if _, mapped := m.Of[f.Name]; mapped {
			continue
		}
		for _, name := range append([]string{f.Name, f.Title.Zh, f.Title.En}, f.Aliases...) {
			names = append(names, name)
			of[name] = f
		}
	}
	return of[nearest(column, names)]
}

// names are the spellings under which a field's column is known, in plain form.
func (f *Field) names(cut bool) []string {
	whole := append([]string{f.Name, f.Title.Zh, f.Title.En}, f.Aliases...)
	var names []string
	for _, n := range whole {
		if !cut {
			names = append(names, plain(n))
			continue
		}
		for _, wide := range []int{2, 3} { // bytes a Chinese character takes in GB 18030 and UTF-8
			if short := firstBytes(n, 10, wide); short != n {
				names = append(names, plain(short))
			}
		}
	}
	return names
}

// firstBytes cuts s to at most n bytes where every character beyond ASCII takes wide bytes.
func firstBytes(s string, n, wide int) string {
	used := 0
	for i, r := range s {
		size := 1
		if r >= utf8.RuneSelf {
			size = wide
		}
		if used += size; used > n {
			return s[:i]
		}
	}
	return s
}

// plain makes column names comparable: half-width, lower case, without white space,
// brackets' widths or a trailing mark of required fields.
func plain(s string) string {
	return strings.Trim(strings.ToLower(strings.Join(strings.Fields(halfWidth(s)), "")), "*:")
}

// halfWidth turns full-width ASCII and the ideographic space into their usual forms.
func halfWidth(s string) string {
	if strings.IndexByte(s, 0xef) < 0 && !strings.Contains(s, "　") { // the first byte of U+FF01 to U+FF5E
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '　':
			return ' '
		}
		return r
	}, s)
}

// Texts tells of each column whether it holds a field of type text.
func (m Mapping) Texts(l *Layer) []bool {
	texts := make([]bool, len(m.Columns))
	for name, at := range m.Of {
		if f := l.byName[name]; f != nil && at < len(texts) {
			texts[at] = f.Type == TypeText
		}
	}
	return texts
}
