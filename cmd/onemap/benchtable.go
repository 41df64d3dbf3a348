package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"onemap/layers/fault"
)

// figure is one row of the benchmark's table and of bench.json. What does not apply is
// null: a figure that is held against nothing, or that has no target.
type figure struct {
	Name         string   `json:"name"`
	Value        float64  `json:"value"`
	Unit         string   `json:"unit"`
	Against      *string  `json:"against"` // what did the same work in the same run
	AgainstValue *float64 `json:"against_value"`
	Ratio        *float64 `json:"ratio"` // value over against_value
	Target       *string  `json:"target"`
	Met          *bool    `json:"met"`
}

func newFigure(name string, value float64, unit string) figure {
	return figure{Name: name, Value: significant(value), Unit: unit}
}

// beside puts the figure beside that of what did the same work.
func (f figure) beside(against string, value float64) figure {
	value = significant(value)
	f.Against, f.AgainstValue = &against, &value
	if value != 0 {
		ratio := significant(f.Value / value)
		f.Ratio = &ratio
	}
	return f
}

// atMost gives the figure a target that it may reach, atLeast one that it has to; under,
// one that it has to stay below.
func (f figure) atMost(limit float64) figure  { return f.target("≤", limit, f.Value <= limit) }
func (f figure) atLeast(limit float64) figure { return f.target("≥", limit, f.Value >= limit) }
func (f figure) under(limit float64) figure   { return f.target("<", limit, f.Value < limit) }

func (f figure) target(sign string, limit float64, met bool) figure {
	text := sign + " " + number(limit) + " " + f.Unit
	f.Target, f.Met = &text, &met
	return f
}

// significant keeps four digits: the fifth is noise.
func significant(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	digits := 3 - int(math.Floor(math.Log10(math.Abs(v))))
	if digits <= 0 {
		return math.Round(v)
	}
	f := math.Pow(10, float64(digits))
	return math.Round(v*f) / f
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func writeTable(w io.Writer, figures []figure) error {
	lines := [][]string{{"figure", "value", "unit", "held against", "its value", "ratio", "target", "met"}}
	for _, f := range figures {
		line := []string{f.Name, number(f.Value), f.Unit, "", "", "", "", ""}
		if f.Against != nil {
			line[3], line[4] = *f.Against, number(*f.AgainstValue)
		}
		if f.Ratio != nil {
			line[5] = number(*f.Ratio)
		}
		if f.Target != nil {
			line[6], line[7] = *f.Target, map[bool]string{true: "yes", false: "NO"}[*f.Met]
		}
		lines = append(lines, line)
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	toRight := map[int]bool{1: true, 4: true, 5: true}
	var b strings.Builder
	for _, line := range lines {
		var row strings.Builder
		for i, cell := range line {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if toRight[i] {
				row.WriteString(pad + cell + "  ")
			} else {
				row.WriteString(cell + pad + "  ")
			}
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeFigures(name string, figures []figure) error {
	text, err := json.MarshalIndent(figures, "", "  ")
	if err != nil {
		return fmt.Errorf("figures: %w", err)
	}
	return fault.Wrap(os.WriteFile(name, append(text, '\n'), 0o644), fault.Unavailable, "The figures can't be written")
}
