package write

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"onemap/layers"
	"onemap/layers/fault"
)

// Sheets of a workbook.
const (
	dataSheet  = "数据 Data"
	guideSheet = "说明 Guide"
	codesSheet = "代码 Codes"
)

// Template writes the empty workbook that survey staff fill for a layer: a sheet with one
// column a field (required ones marked *, code fields with a list to choose from, ranges
// enforced), a guide that explains every field, and the code lists spelled out. Columns
// headed with a field's Chinese title are recognised when the workbook is imported.
func Template(w io.Writer, l *layers.Layer) error {
	b := newBook(l, l.Fields, "")
	defer b.f.Close()
	b.position(1)
	err := b.begin()
	if err == nil {
		err = b.finish(0)
	}
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the template of layer %s can't be made", l.ID)
	}
	_, err = b.f.WriteTo(w)
	return unwritable(err)
}

// book is a workbook in the form of the template. Its data sheet is written row by row.
type book struct {
	f        *excelize.File
	layer    *layers.Layer
	fields   []*layers.Field
	headings []heading
	lists    map[string]string // code list id → its range in the codes sheet
	data     *excelize.StreamWriter
	place    string // in which datum positions are; empty: CGCS2000
}

// heading is a column of the data sheet.
type heading struct {
	title, note string
	field       *layers.Field // nil for positions
	form        cellForm
	needed      bool
	own         bool // filled by the program
}

// cellForm is how a spreadsheet shows and takes a cell.
type cellForm int

const (
	plainForm cellForm = iota
	textForm           // as text, so that no code turns into a number
	dateForm
)

func newBook(l *layers.Layer, fields []*layers.Field, temp string) *book {
	b := &book{f: excelize.NewFile(excelize.Options{TmpDir: temp}), layer: l, fields: fields, lists: map[string]string{}}
	for _, f := range fields {
		h := fieldHeading(f)
		if h.needed = f.Required && f.Default == ""; h.needed {
			h.title += "*"
		}
		b.headings = append(b.headings, h)
	}
	return b
}

func fieldHeading(f *layers.Field) heading {
	h := heading{title: f.Title.Zh, note: describe(f), field: f}
	switch f.Type {
	case layers.TypeText, layers.TypeDateTime:
		h.form = textForm
	case layers.TypeDate:
		h.form = dateForm
	}
	return h
}

// position adds the columns that place a record: degrees for points, WKT for the rest, in
// as many columns as the longest needs.
func (b *book) position(parts int) {
	note := ": CGCS2000, degrees 度"
	if b.place != "" {
		note = ": " + b.place + ", degrees 度"
	}
	if b.layer.Geometry == layers.Point {
		b.headings = append(b.headings, heading{title: "经度", note: "longitude" + note}, heading{title: "纬度", note: "latitude" + note})
		return
	}
	for i := range parts {
		title := "几何WKT"
		if i > 0 {
			title = fmt.Sprint("几何WKT", i+1)
			note = ": 接上一列 goes on from the column before"
		}
		b.headings = append(b.headings, heading{title: title, note: "wkt" + note})
	}
}

// begin makes the sheets and writes the row of headings.
func (b *book) begin() error {
	if err := b.f.SetSheetName("Sheet1", dataSheet); err != nil {
		return err
	}
	for _, name := range []string{guideSheet, codesSheet} {
		if _, err := b.f.NewSheet(name); err != nil {
			return err
		}
	}
	if err := b.codes(); err != nil {
		return err
	}
	if err := b.guide(); err != nil {
		return err
	}
	forms, heads, err := b.styles()
	if err != nil {
		return err
	}
	if b.data, err = b.f.NewStreamWriter(dataSheet); err != nil {
		return err
	}
	if err := b.data.SetColWidth(1, len(b.headings), 16); err != nil {
		return err
	}
	row := make([]any, len(b.headings))
	for i, h := range b.headings {
		if style := forms[h.form]; style != 0 {
			if err := b.data.SetColStyle(i+1, i+1, style); err != nil {
				return err
			}
		}
		cell := excelize.Cell{Value: h.title, StyleID: heads[0]}
		switch {
		case h.needed:
			cell.StyleID = heads[1]
		case h.own:
			cell.StyleID = heads[2]
		}
		row[i] = cell
	}
	if err := b.data.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return b.data.SetRow("A1", row)
}

// styles makes the forms of cells, and of the headings of optional, required and own columns.
func (b *book) styles() (forms map[cellForm]int, heads [3]int, err error) {
	forms = map[cellForm]int{}
	if forms[textForm], err = b.f.NewStyle(&excelize.Style{NumFmt: 49}); err != nil {
		return nil, heads, err
	}
	day := "yyyy-mm-dd"
	if forms[dateForm], err = b.f.NewStyle(&excelize.Style{CustomNumFmt: &day}); err != nil {
		return nil, heads, err
	}
	for i, colour := range []string{"#E4ECF4", "#FDE9D9", "#E7E6E6"} {
		heads[i], err = b.f.NewStyle(&excelize.Style{
			Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}},
			Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
		})
		if err != nil {
			return nil, heads, err
		}
	}
	return forms, heads, nil
}

// finish adds notes and rules to the columns and ends the data sheet.
func (b *book) finish(rows int) error {
	for i, h := range b.headings {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.AddComment(dataSheet, excelize.Comment{Cell: name + "1", Author: "One Map", Text: h.note}); err != nil {
			return err
		}
		if h.field == nil {
			continue
		}
		if err := b.validate(name, h.field, rows); err != nil {
			return err
		}
	}
	return b.data.Flush()
}

// room is how many rows of a template the rules hold for, and how many more than it has
// of a filled workbook.
const room = 100_000

// validate lets the spreadsheet refuse what the import would refuse.
func (b *book) validate(column string, f *layers.Field, rows int) error {
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%s2:%s%d", column, column, min(rows+room, mostRows))
	switch {
	case f.Type == layers.TypeCode:
		v.SetSqrefDropList(b.lists[f.Codes])
	case f.Type == layers.TypeBoolean:
		if err := v.SetDropList([]string{"是", "否"}); err != nil {
			return err
		}
	case f.Range != nil && f.Range.Min != nil && f.Range.Max != nil:
		kind := excelize.DataValidationTypeDecimal
		if f.Type == layers.TypeInteger {
			kind = excelize.DataValidationTypeWhole
		}
		if err := v.SetRange(*f.Range.Min, *f.Range.Max, kind, excelize.DataValidationOperatorBetween); err != nil {
			return err
		}
	default:
		return nil
	}
	v.SetError(excelize.DataValidationErrorStyleStop, f.Title.Zh, describe(f))
	return b.f.AddDataValidation(dataSheet, v)
}
