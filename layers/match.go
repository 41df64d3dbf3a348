package layers

import (
	"fmt"
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

// The guesses. A column that was named by the user is none.
const (
	GuessAlias Guess = "alias" // a declared alias
	GuessCut   Guess = "cut"   // the first ten bytes of a name, title or alias
)

// Match finds the column of each field: the one that by names (field → column), or one
// called like the field, its title in either language or an alias, or like the first ten
// bytes of one of these, as a Shapefile cuts them, in UTF-8 or GB 18030. set gives fixed
// values to fields; an empty column in by leaves a field without one. Findings: S1 a
// required field without column, S2 an unknown column, S5 a column that was recognised by
// an alias or a cut name; the error is Invalid when by or set name a field or column that
// is not there.
func (l *Layer) Match(columns []string, by, set map[string]string) (Mapping, []Finding, error) {
	m := Mapping{Columns: columns, Of: map[string]int{}, Set: set, Guessed: map[string]Guess{}}
	used := make([]bool, len(columns))
	index := map[string]int{}
	for i, c := range columns {
		if key := plain(c); key != "" {
			if _, twice := index[key]; !twice {
				index[key] = i
			}
		}
	}
	for field, column := range by {
		if column == "" && l.byName[field] != nil {
			continue
		}
		i, ok := index[plain(column)]
		if l.byName[field] == nil || !ok {
			return m, nil, l.unmapped(field, column, columns)
		}
		m.Of[field], used[i] = i, true
	}
	for field := range set {
		if l.byName[field] == nil {
			return m, nil, l.unmapped(field, "", columns)
		}
	}
	for _, cut := range []bool{false, true} { // whole names before cut ones
		for _, f := range l.Fields {
			_, said := by[f.Name]
			if _, done := m.Of[f.Name]; done || said {
				continue
			}
			for n, name := range f.names(cut) {
				if i, ok := index[name]; ok && !used[i] {
					m.Of[f.Name], used[i] = i, true
					switch {
					case cut:
						m.Guessed[f.Name] = GuessCut
					case n > 2: // after name and titles
						m.Guessed[f.Name] = GuessAlias
					}
					break
				}
			}
		}
	}
	m.provenance(index, used)
	return m, l.columnFindings(&m, used), nil
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
		if guess == GuessCut {
			zh, en = "截断的列名", "a cut name"
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
