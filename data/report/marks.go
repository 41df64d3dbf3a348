package report

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"onemap/data"
	"onemap/data/read"
	"onemap/layers"
)

// mark is a fault of one row as the marked table shows it.
type mark struct {
	columns  []int // of the source; empty: of the row as a whole
	severity layers.Severity
	text     string
}

// marks are the faults by row; those of the file as a whole are under 0.
type marks map[int64][]mark

// marks gathers the findings by row. src is the file that they are of.
func (s *subject) marks(ctx context.Context, src read.Source) (marks, error) {
	columns := map[string][]int{}
	for i, name := range src.Columns() {
		columns[name] = []int{i}
	}
	for i, c := range s.reading.Columns { // a field's name goes before a column's
		if c.Field != "" && i < len(src.Columns()) {
			columns[c.Field] = []int{i}
		}
	}
	if p := src.Positions(); p != nil {
		columns["geom"] = p.Columns
	}
	all := marks{}
	err := s.findings(ctx, func(f data.NumberedFinding) error {
		text := f.Rule + " " + f.Message.Zh
		if f.Allowed != "" {
			text += "；应为 " + clip(f.Allowed, 200)
		}
		if f.Repair != "" {
			text += "；可改为 " + f.Repair
		}
		if f.Hint.Zh != "" {
			text += "。" + f.Hint.Zh
		}
		all[f.Row] = append(all[f.Row], mark{columns[f.Field], f.Severity, text + "\n" + f.Message.En})
		return nil
	})
	return all, err
}

// status is the cell that sums up a row's faults.
func status(list []mark) (text string, worst layers.Severity) {
	counts := map[layers.Severity]int{}
	for _, m := range list {
		counts[m.severity]++
	}
	var parts []string
	for _, s := range []layers.Severity{layers.SeverityError, layers.SeverityWarning, layers.SeverityNotice} {
		if n := counts[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s ×%d", severityName(s), n))
			if worst == "" {
				worst = s
			}
		}
	}
	if len(parts) == 0 {
		return "通过 passed", ""
	}
	return strings.Join(parts, ", "), worst
}

// told are the messages of a row in one cell.
func told(list []mark) string {
	texts := make([]string, len(list))
	for i, m := range list {
		texts[i] = m.text
	}
	return clip(strings.Join(texts, "\n"), mostText)
}

// mostText is what a cell of a workbook holds.
const mostText = 32_000

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// byColumn gathers a row's marks by column: the worst severity and all texts, the columns in order.
func byColumn(list []mark) (columns []int, worst map[int]layers.Severity, texts map[int]string) {
	worst, texts = map[int]layers.Severity{}, map[int]string{}
	for _, m := range list {
		for _, c := range m.columns {
			if texts[c] == "" {
				columns = append(columns, c)
				texts[c] = m.text
			} else {
				texts[c] += "\n" + m.text
			}
			if rank(m.severity) > rank(worst[c]) {
				worst[c] = m.severity
			}
		}
	}
	slices.Sort(columns)
	return columns, worst, texts
}

func rank(s layers.Severity) int {
	switch s {
	case layers.SeverityError:
		return 3
	case layers.SeverityWarning:
		return 2
	case layers.SeverityNotice:
		return 1
	}
	return 0
}

// colours of marked cells.
var colours = map[layers.Severity]string{
	layers.SeverityError: "#F4B6B2", layers.SeverityWarning: "#FCE8A9", layers.SeverityNotice: "#D5E6F7",
}
