package read

import (
	"slices"
	"strings"
	"unicode"
)

// joinNames makes the columns' names of the header's rows: what stands above each other, each text
// once, from the general to the special, with a stroke between.
func (h *head) joinNames(rows []*sheetRow, merged []area) {
	width := 0
	for _, r := range rows {
		width = max(width, len(r.cells))
	}
	text := make([][]string, len(rows))
	for i, r := range rows {
		text[i] = make([]string, width)
		for j, v := range r.cells {
			text[i][j] = headingText(v)
		}
	}
	h.last = slices.Clone(text[len(rows)-1])
	for _, a := range merged {
		for i, r := range rows {
			if r.number < a.top || r.number > a.bottom || a.top < rows[0].number {
				continue
			}
			from := text[a.top-rows[0].number][min(a.left, int64(width-1))]
			for j := a.left; j <= a.right && j < int64(width); j++ {
				text[i][j] = from
			}
		}
	}
	if len(merged) == 0 { // groups go on to the right until the next
		for i := range len(rows) - 1 {
			for j := 1; j < width; j++ {
				if text[i][j] == "" && text[i+1][j] != "" && text[i+1][j-1] != "" {
					text[i][j] = text[i][j-1]
				}
			}
		}
	}
	h.names = make([]string, width)
	for j := range width {
		var parts []string
		for i := range rows {
			if s := text[i][j]; s != "" && !slices.Contains(parts, s) {
				parts = append(parts, s)
			}
		}
		h.names[j] = strings.Join(parts, "/")
	}
}

// headingText is a heading on one line: line breaks between ideographs vanish, others become blanks.
func headingText(v Value) string {
	var b strings.Builder
	fields := strings.FieldsFunc(v.Raw, func(r rune) bool { return strings.ContainsRune(blankRunes, r) })
	for i, f := range fields {
		if i > 0 {
			before, after := []rune(fields[i-1]), []rune(f)
			if !unicode.Is(unicode.Han, before[len(before)-1]) || !unicode.Is(unicode.Han, after[0]) {
				b.WriteByte(' ')
			}
		}
		b.WriteString(f)
	}
	return validText(b.String())
}

// countsColumns reports whether a row numbers the columns, as statistical forms do: 1 2 3 …, or 甲 乙 1 2 ….
func countsColumns(r *sheetRow) bool {
	next, signs := 1.0, 0
	for _, v := range r.cells {
		if isBlankCell(v) {
			continue
		}
		s := strings.Trim(trimBlank(v.Raw), "()（）[]")
		if n, ok := cellNumber(TextValue(s)); ok && n == next {
			next++
			continue
		}
		if signs++; next > 1 || signs > 4 || !strings.Contains("甲乙丙丁", s) || len(s) != len("甲") {
			return false
		}
	}
	return next > 4 || signs > 0 && next > 3
}

func named(names []string) int {
	n := 0
	for _, s := range names {
		if s != "" {
			n++
		}
	}
	return n
}

func (h *head) problems() []Problem {
	var out []Problem
	if len(h.above) > 0 {
		out = append(out, about(HeaderSkipped, Notice, "表头之上有 %d 行说明，未作为记录读取", "%d rows above the header are not read as records", len(h.above)).of("", strings.Join(h.above[:min(3, len(h.above))], "\n")))
	}
	if h.below > 0 {
		out = append(out, about(HeaderSkipped, Notice, "第 %d 行是列的编号，未作为记录读取", "row %d counts the columns and is not read as a record", h.below))
	}
	if h.none {
		out = append(out, about(HeaderMissing, Warning, "没有找到表头，各列按顺序编号", "no header was found; the columns are numbered"))
	}
	return out
}

// looksLikeTotal knows a row of sums by its first text.
func looksLikeTotal(values []Value) bool {
	for _, v := range values {
		if isBlankCell(v) {
			continue
		}
		switch strings.ToLower(strings.Join(strings.Fields(v.Raw), "")) {
		case "合计", "总计", "小计", "共计", "合计：", "总计：", "total", "total:", "sum":
			return v.Kind == Text
		}
		return false
	}
	return false
}
