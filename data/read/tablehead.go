package read

import (
	"slices"
	"strings"
)

// head is where the header of a table stands and what it says.
type head struct {
	names  []string // by the sheet's columns
	last   []string // the texts of its last row
	bottom int64    // number of its last row; 0 without a header
	end    int      // rows up to and with the header and what belongs to it
	none   bool
	above  []string // what stands above it
	below  int64    // number of a row under it that counts the columns; 0 for none
}

// The rows in which the header is looked for, and the rows that it may have.
const (
	headSearch = 40
	headDepth  = 4
)

// findHead finds the header: the first row that has at least half as many cells as the
// widest of the first rows, and more than a title's one, and the rows that belong to it; none if it is data itself.
func findHead(rows []*sheetRow, merged []area) head {
	width, top := 0, 0
	search := rows[:min(len(rows), headSearch)]
	for _, r := range search {
		width = max(width, filled(r))
	}
	for top < len(search) && (filled(search[top])*2 < width || width > 1 && filled(search[top])*2 == width && filled(search[top]) == 1) {
		top++
	}
	if top == len(search) {
		return head{none: true}
	}
	h := head{}
	if isData(rows, top) {
		h.none = true
		h.end = top
	} else {
		first, depth := headRows(rows, top, merged)
		h.joinNames(rows[first:first+depth], merged)
		h.bottom = rows[first+depth-1].number
		h.end = first + depth
		top = first
		if h.end < len(rows) && countsColumns(rows[h.end]) && filled(rows[h.end]) == named(h.names) {
			h.below = rows[h.end].number
			h.end++
		}
	}
	for _, r := range rows[:top] {
		if text := rowText(r); text != "" {
			h.above = append(h.above, text)
		}
	}
	return h
}

func filled(r *sheetRow) int {
	n := 0
	for _, v := range r.cells {
		if !isBlankCell(v) {
			n++
		}
	}
	return n
}

func rowText(r *sheetRow) string {
	var texts []string
	for _, v := range r.cells {
		if s := trimBlank(v.Raw); s != "" {
			texts = append(texts, s)
		}
	}
	return clip(strings.Join(texts, " "), 120)
}

// isData reports whether a row that would be the header is a record itself: most of its cells are
// numbers, or one is, which is no year, in a column of numbers.
func isData(rows []*sheetRow, at int) bool {
	numbers, cells := 0, 0
	for i, v := range rows[at].cells {
		if isBlankCell(v) {
			continue
		}
		cells++
		n, isNumber := cellNumber(v)
		if !isNumber {
			continue
		}
		numbers++
		if n == float64(int(n)) && n >= 1900 && n <= 2100 || n == float64(i+1) {
			numbers-- // a year, or a number of the column, may head it
			continue
		}
		same, other := 0, 0
		for _, r := range rows[at+1 : min(len(rows), at+30)] {
			if i < len(r.cells) && !isBlankCell(r.cells[i]) {
				if _, ok := cellNumber(r.cells[i]); ok {
					same++
				} else {
					other++
				}
			}
		}
		if same > 0 && other == 0 {
			return true
		}
	}
	return numbers*2 > cells
}

// cellNumber is the number in a cell, also where it is text.
func cellNumber(v Value) (float64, bool) {
	switch v.Kind {
	case Integer, Number:
		return v.Float(), true
	case Text:
		s := narrow(trimBlank(v.Raw))
		n, ok := parseDecimal(s)
		return n, ok
	case Date, DateTime:
		return -1, true
	}
	return 0, false
}

// headRows finds how many rows the header has that begins at top, and whether a row of groups stands above it.
func headRows(rows []*sheetRow, top int, merged []area) (first, depth int) {
	first, depth = top, 1
	if above := top - 1; above >= 0 && rows[above].number+1 == rows[top].number && filled(rows[above]) >= 2 && (groups(rows[above], merged) || completes(rows[above], rows[top])) {
		first, depth = above, 2
	}
	for depth < headDepth && first+depth < len(rows) {
		last, next := rows[first+depth-1], rows[first+depth]
		if last.number+1 != next.number || isData(rows, first+depth) {
			break
		}
		deeper := false
		for _, a := range merged {
			if a.top <= last.number && a.bottom > last.number && a.top >= rows[first].number && filled(next) > 0 {
				deeper = true // a heading that goes on below
			}
		}
		if !deeper && !(groups(last, merged) && under(last, next, merged)) && !completes(last, next) {
			break
		}
		depth++
	}
	return first, depth
}

// groups reports whether a row has a heading over several columns.
func groups(r *sheetRow, merged []area) bool {
	return slices.ContainsFunc(merged, func(a area) bool { return a.top == r.number && a.bottom == r.number && a.right > a.left })
}

// under reports whether a row has a heading of its own under each column of a group.
func under(upper, lower *sheetRow, merged []area) bool {
	for _, a := range merged {
		if a.top != upper.number || a.right == a.left {
			continue
		}
		for i := a.left; i <= a.right; i++ {
			if int(i) >= len(lower.cells) || isBlankCell(lower.cells[i]) {
				return false
			}
			if _, number := cellNumber(lower.cells[i]); number {
				return false
			}
		}
	}
	return true
}

// completes reports whether two rows are one header whose merged cells the file does not tell of, as in a
// CSV: what is blank in the upper is not in the lower, and each has blanks of its own.
func completes(upper, lower *sheetRow) bool {
	gaps, own := 0, 0
	for i := range max(len(upper.cells), len(lower.cells)) {
		above := i < len(upper.cells) && !isBlankCell(upper.cells[i])
		below := i < len(lower.cells) && !isBlankCell(lower.cells[i])
		switch {
		case !above && !below:
			return false
		case !above:
			gaps++
		case !below:
			own++
		}
	}
	return gaps > 0 && own > 0
}
