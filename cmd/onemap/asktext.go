package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"onemap/data/ask"
	"onemap/layers"
)

// mostLines is how many rows of a table are written as text.
const mostLines = 50

// writeAnswer writes an answer for a terminal.
func writeAnswer(w io.Writer, a *ask.Answer, lang string) error {
	out := bufio.NewWriter(w)
	words := func(zh, en string) string { return ask.In(lang, layers.Text{Zh: zh, En: en}) }
	fmt.Fprintf(out, "%s\n%s\n", ask.In(lang, a.Title), inputsText(a.Inputs))
	if a.Scenario != "" {
		fmt.Fprintf(out, "%s: %s\n", words("情景", "Scenario"), a.Scenario)
	}
	for _, f := range a.Summary {
		unit := ""
		if f.Unit != "1" {
			unit = " " + f.Unit
		}
		fmt.Fprintf(out, "  %s: %s%s\n", ask.In(lang, f.Title), ask.Column{}.Words(f.Value, lang), unit)
	}
	for _, t := range a.Tables {
		fmt.Fprintf(out, "\n%s\n", ask.In(lang, t.Title))
		lines := [][]string{make([]string, len(t.Columns))}
		for i, c := range t.Columns {
			lines[0][i] = c.Heading(lang)
		}
		for _, r := range t.Rows[:min(len(t.Rows), mostLines)] {
			lines = append(lines, t.Cells(r.Values, lang))
		}
		if t.Total != nil {
			lines = append(lines, t.Cells(t.Total, lang))
		}
		writeLines(out, lines)
		if n := len(t.Rows) - mostLines; n > 0 || t.More > 0 {
			fmt.Fprintf(out, "  %s\n", words(fmt.Sprintf("另有 %d 行", max(n, 0)+t.More), fmt.Sprintf("%d more rows", max(n, 0)+t.More)))
		}
	}
	fmt.Fprintf(out, "\n%s\n", words("数据来源", "Sources"))
	for _, s := range a.Sources {
		filter := ""
		if s.Filter != "" {
			filter = " [" + s.Filter + "]"
		}
		fmt.Fprintf(out, "  %s: %s %d, %s %s, %d+%d%s\n", ask.In(lang, s.Title), words("版本", "edition"), s.Edition, words("距今", "age"), s.AgeIn(lang), s.Used, s.Unplaced, filter)
	}
	if len(a.Assumptions) > 0 {
		fmt.Fprintf(out, "\n%s\n", words("假定", "Assumed"))
	}
	for _, t := range a.Assumptions {
		fmt.Fprintf(out, "  %s\n", ask.In(lang, t))
	}
	if len(a.Problems) > 0 {
		fmt.Fprintf(out, "\n%s\n", words("未能回答的部分", "Not answered"))
	}
	for _, t := range a.Problems {
		fmt.Fprintf(out, "  %s\n", ask.In(lang, t.Text))
	}
	fmt.Fprintf(out, "\n%.0f ms\n", a.Took)
	return out.Flush()
}

// writeLines writes cells under each other.
func writeLines(out *bufio.Writer, lines [][]string) {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], width(cell))
		}
	}
	for _, line := range lines {
		out.WriteString("  ")
		for i, cell := range line {
			out.WriteString(cell)
			if i+1 < len(line) {
				out.WriteString(strings.Repeat(" ", widths[i]-width(cell)+2))
			}
		}
		out.WriteString("\n")
	}
}

// width is how many columns of a terminal a text takes: two for Chinese.
func width(s string) (n int) {
	for _, r := range s {
		if n++; r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60) {
			n++
		}
	}
	return n
}
