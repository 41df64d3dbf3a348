package write

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"onemap/layers"
	"onemap/layers/fault"
)

// The bounds of a sheet (ECMA-376; Excel specifications and limits).
const (
	mostRows  = 1_048_576
	mostChars = 32_767 // UTF-16 units of a cell
)

// workbook writes the template with records in it. What people edit is in the template's
// own columns; behind them stand where the record comes from and its number, so that the
// import knows it again and finds nothing changed but what was edited. Outlines longer than
// a cell go on in the next column, for which all records must be seen first.
type workbook struct {
	*job
	records *spool
	parts   int
	buf     []byte
}

// provenance are the standard fields that a workbook carries.
var provenance = []string{"source", "source_id", "valid_from", "valid_to", "position_quality", "datum"}

func newWorkbook(j *job) (Writer, error) {
	records, err := j.spool()
	return &workbook{job: j, records: records, parts: 1}, err
}

// Add keeps the record.
func (x *workbook) Add(it layers.Item) error {
	if x.records.n == mostRows-1 {
		return fault.New(fault.TooLarge, "A sheet holds %d records; this layer has more. Take another format, such as gpkg or csv, or a part of the layer.", mostRows-1)
	}
	if x.view.Geometry != layers.Point && it.WKB != nil {
		g, err := x.geometry(it)
		if err != nil {
			return err
		}
		x.buf = appendWKT(x.buf[:0], g, false)
		x.parts = max(x.parts, (len(x.buf)+mostChars-1)/mostChars)
	}
	return x.records.add(it)
}

// Close writes the workbook.
func (x *workbook) Close() error {
	b := newBook(x.view.Layer, x.view.Fields, x.Temp)
	defer b.f.Close()
	if x.Shift != "" {
		b.place = string(x.Shift)
	}
	b.position(x.parts)
	own := x.own()
	for _, c := range own {
		h := fieldHeading(c.Field)
		h.own = true
		if x.titled(h.title) {
			h.title = c.Name
		}
		b.headings = append(b.headings, h)
	}
	if err := b.begin(); err != nil {
		return fault.Wrap(err, fault.Internal, "The workbook can't be made")
	}
	n := 1
	row := make([]any, 0, len(b.headings))
	err := x.records.each(x.view, func(it layers.Item) error {
		n++
		row = row[:0]
		for _, c := range x.columns[1 : 1+len(x.view.Fields)] {
			row = append(row, x.value(c, it))
		}
		var err error
		if row, err = x.placed(row, it); err != nil {
			return err
		}
		for _, c := range own {
			row = append(row, x.value(c, it))
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		return b.data.SetRow(at, row)
	})
	if err != nil {
		return unwritable(err)
	}
	if err := b.finish(n); err != nil {
		return fault.Wrap(err, fault.Internal, "The workbook can't be finished")
	}
	_, err = b.f.WriteTo(x.w)
	x.Discard()
	return unwritable(err)
}

// own are the columns behind the position.
func (x *workbook) own() []column {
	var own []column
	for _, name := range append(append([]string{}, provenance...), idField.Name, shiftField.Name) {
		for _, c := range x.columns {
			if c.Name == name && x.view.Layer.Field(name) == nil {
				own = append(own, c)
			}
		}
	}
	return own
}

// placed appends the position: two numbers, or well-known text in as many cells as it needs.
func (x *workbook) placed(row []any, it layers.Item) ([]any, error) {
	g, err := x.geometry(it)
	if err != nil {
		return row, err
	}
	if x.view.Geometry == layers.Point {
		if p, ok := g.(orb.Point); ok {
			return append(row, exact(p[0]), exact(p[1])), nil
		}
		return append(row, nil, nil), nil
	}
	x.buf = appendWKT(x.buf[:0], g, false)
	rest := x.buf
	for range x.parts {
		if len(rest) == 0 {
			row = append(row, nil)
			continue
		}
		n := min(len(rest), mostChars)
		row = append(row, string(rest[:n]))
		rest = rest[n:]
	}
	return row, nil
}

// firstDay is where the calendars of spreadsheets and of people agree.
var firstDay = time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)

// value is a cell as a spreadsheet has it: numbers and dates as such where they come back
// as they were, everything else as text.
func (x *workbook) value(c column, it layers.Item) any {
	v := c.cell(it)
	switch n := v.(type) {
	case nil:
		return nil
	case int64:
		if n > -1e15 && n < 1e15 {
			return n
		}
	case float64:
		return exact(n)
	case time.Time:
		if c.Type == layers.TypeDate && !n.Before(firstDay) && n.Year() < 9999 {
			return math.Round(n.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
		}
	}
	s, _ := text(c.Field, v, true)
	if s == "" {
		return nil
	}
	return x.fit(c, it, s)
}

// exact is a number, or its text where it takes more than the 15 digits that spreadsheets
// keep of a number.
func exact(x float64) any {
	if s := strconv.FormatFloat(math.Abs(x), 'e', -1, 64); strings.IndexByte(s, 'e') > len("1.")+14 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return x
}

// fit cuts a text to what a cell holds and notes it, as it does characters that XML lacks.
func (x *workbook) fit(c column, it layers.Item, s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff }) {
		x.notes.add(c.Name, x.known(it), layers.Text{Zh: "含有工作簿不能保存的控制字符，已替换", En: "Has control characters that a workbook can't hold; they are replaced"})
	}
	if len(s) <= mostChars {
		return s
	}
	units := 0
	for i, r := range s {
		n := utf16.RuneLen(r)
		if n < 0 {
			n = utf8.RuneLen(utf8.RuneError)
		}
		if units += n; units > mostChars {
			x.notes.add(c.Name, x.known(it), layers.Text{Zh: "超过一个单元格 32767 字符的上限，已截断", En: "Is longer than the 32,767 characters of a cell; it is cut"})
			return s[:i]
		}
	}
	return s
}
