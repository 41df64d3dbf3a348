package report

import (
	"context"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"onemap/data/read"
	"onemap/layers"
)

// markTable writes the records of a file as a workbook with its faults marked. Rows go to
// temporary files as they come; a sheet that is full is followed by another.
func (s *subject) markTable(ctx context.Context, w io.Writer, src read.Source, all marks) error {
	f := excelize.NewFile(excelize.Options{TmpDir: s.temp})
	defer f.Close()
	t := &markedTable{f: f, columns: append([]string(nil), src.Columns()...), fills: map[layers.Severity]int{}}
	if err := t.styles(); err != nil {
		return broken(err)
	}
	if err := t.sheet(); err != nil {
		return broken(err)
	}
	err := eachRow(ctx, src, func(row *read.Row) error { return t.add(row, all[row.Number]) })
	if err != nil {
		return err
	}
	if err := t.out.Flush(); err != nil {
		return broken(err)
	}
	if list := all[0]; len(list) > 0 {
		if err := wholeFile(f, list); err != nil {
			return broken(err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return unwritable(err)
	}
	return nil
}

// markedTable is a workbook of records. The first three columns are the program's own.
type markedTable struct {
	f        *excelize.File
	out      *excelize.StreamWriter
	columns  []string
	name     string // of the present sheet
	sheets   int
	row      int
	head     int
	fills    map[layers.Severity]int
	comments int
}

const ownColumns = 3

func (t *markedTable) styles() (err error) {
	if t.head, err = t.f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"#E4ECF4"}}}); err != nil {
		return err
	}
	for s, colour := range colours {
		if t.fills[s], err = t.f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}}); err != nil {
			return err
		}
	}
	return nil
}

// sheet ends the present sheet and begins the next.
func (t *markedTable) sheet() (err error) {
	t.sheets++
	t.name = "数据 Data"
	if t.sheets > 1 {
		if err := t.out.Flush(); err != nil {
			return err
		}
		t.name = fmt.Sprint("数据 Data ", t.sheets)
		if _, err := t.f.NewSheet(t.name); err != nil {
			return err
		}
	} else if err := t.f.SetSheetName("Sheet1", t.name); err != nil {
		return err
	}
	if t.out, err = t.f.NewStreamWriter(t.name); err != nil {
		return err
	}
	if err := t.out.SetColWidth(1, 2, 22); err != nil {
		return err
	}
	if err := t.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, XSplit: ownColumns, TopLeftCell: "D2", ActivePane: "bottomRight"}); err != nil {
		return err
	}
	cells := []any{}
	for _, title := range append([]string{statusTitle, toldTitle, "行号 Row"}, t.columns...) {
		cells = append(cells, excelize.Cell{Value: title, StyleID: t.head})
	}
	t.row = 1
	return t.out.SetRow("A1", cells)
}

// add writes a record.
func (t *markedTable) add(row *read.Row, list []mark) error {
	if t.row == mostRows {
		if err := t.sheet(); err != nil {
			return err
		}
	}
	t.row++
	text, worst := status(list)
	cells := make([]any, ownColumns, ownColumns+len(t.columns))
	cells[0] = excelize.Cell{Value: text, StyleID: t.fills[worst]}
	cells[1] = told(list)
	cells[2] = row.Number
	columns, severities, texts := byColumn(list)
	for i := range t.columns {
		c := excelize.Cell{StyleID: t.fills[severities[i]]}
		if i < len(row.Values) {
			c.Value = cellOf(row.Values[i])
		}
		cells = append(cells, c)
	}
	if err := t.out.SetRow(fmt.Sprint("A", t.row), cells); err != nil {
		return err
	}
	for _, c := range columns {
		if t.comments >= mostComments || c >= len(t.columns) {
			continue
		}
		t.comments++
		cell, err := excelize.CoordinatesToCellName(ownColumns+1+c, t.row)
		if err != nil {
			return err
		}
		if err := t.f.AddComment(t.name, excelize.Comment{Cell: cell, Author: author, Text: clip(texts[c], 2000)}); err != nil {
			return err
		}
	}
	return nil
}

// cellOf is a value as a workbook has it: numbers as numbers when they keep all their
// digits so, everything else as the text that was read.
func cellOf(v read.Value) any {
	switch v.Kind {
	case read.Null:
		return nil
	case read.Number:
		return v.Float()
	case read.Integer:
		if n := v.Int(); n > -1e15 && n < 1e15 {
			return n
		}
	}
	return clip(v.Raw, mostText)
}
