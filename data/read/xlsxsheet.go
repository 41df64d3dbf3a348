package read

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"onemap/layers/fault"
)

// xlsxSheet reads the rows of one sheet (ECMA-376 part 1, 18.3.1) as a stream.
type xlsxSheet struct {
	*xmlStream
	w      *workbook
	name   string
	areas  []area
	row    int64 // number of the row read last
	limit  int   // columns
	hidden []string
	inData bool
	found  []Problem
}

func (w *workbook) open(s workbookSheet) (*xlsxSheet, error) {
	f, ok := w.parts[strings.ToLower(s.target)]
	if !ok {
		return nil, fault.New(fault.Invalid, "the sheet %q has no part of its own; it may be a chart", s.name)
	}
	if f, ok := w.parts[strings.ToLower(w.shared)]; ok {
		if err := w.strings.fill(f, w.opts); err != nil {
			return nil, err
		}
	}
	x, err := openXML(f, Options{Limits: w.opts.Limits})
	if err != nil {
		return nil, err
	}
	sort.Slice(s.scan.merged, func(i, j int) bool { return s.scan.merged[i].top < s.scan.merged[j].top })
	return &xlsxSheet{xmlStream: x, w: w, name: s.name, areas: s.scan.merged, limit: w.opts.Limits.Columns}, nil
}

func (s *xlsxSheet) format() string { return "XLSX" }

func (s *xlsxSheet) encoding() string { return "UTF-8" }

func (s *xlsxSheet) merged() []area { return s.areas }

func (s *xlsxSheet) problems() []Problem {
	if len(s.hidden) == 0 {
		return s.found
	}
	return append(s.found[:len(s.found):len(s.found)], about(HiddenPart, Notice, "隐藏的列 %[1]s 照常读取", "the hidden columns %[1]s are read like any other", strings.Join(s.hidden, ", ")))
}

func (s *xlsxSheet) progress() (done, total int64) { return min(s.done, s.size), s.size }

func (s *xlsxSheet) close() error {
	s.w.strings.close()
	return s.closer.Close()
}

func (s *xlsxSheet) next() (*sheetRow, error) {
	for {
		t, err := s.token()
		if err != nil {
			if errors.Is(err, io.EOF) && s.row == 0 && !s.inData {
				return nil, fault.New(fault.Invalid, "the sheet is no worksheet: it has no data")
			}
			return nil, err
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "sheetData":
			s.inData = true
		case "col":
			if isTrue(attribute(e, "hidden")) && len(s.hidden) < 100 {
				if from, to := attribute(e, "min"), attribute(e, "max"); from == to {
					s.hidden = append(s.hidden, columnLetters(from))
				} else {
					s.hidden = append(s.hidden, columnLetters(from)+"–"+columnLetters(to))
				}
			}
		case "row":
			s.begin()
			row, err := s.readRow(e)
			s.end()
			if err != nil {
				return nil, err
			}
			if len(row.cells) > 0 {
				return row, nil
			}
		}
	}
}

// columnLetters names a column as spreadsheets do.
func columnLetters(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxSheetColumns {
		return number
	}
	name := ""
	for ; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

func (s *xlsxSheet) readRow(e xml.StartElement) (*sheetRow, error) {
	number := s.row + 1
	if r := attribute(e, "r"); r != "" {
		n, err := strconv.ParseInt(r, 10, 64)
		if err != nil || n < number || n > maxSheetRows {
			return nil, fault.New(fault.Invalid, "the sheet is damaged: row %.20q follows row %d", r, s.row)
		}
		number = n
	}
	s.row = number
	row := &sheetRow{number: number, hidden: isTrue(attribute(e, "hidden"))}
	column, dropped := -1, 0
	err := s.children(func(e xml.StartElement) error {
		if e.Name.Local != "c" {
			return s.skip()
		}
		column++
		if ref := attribute(e, "r"); ref != "" {
			c, _, ok := cellRef(ref)
			if !ok {
				return fault.New(fault.Invalid, "the sheet is damaged: a cell in row %d has the reference %.20q", number, ref)
			}
			column = c
		}
		v, err := s.cell(e, row, column)
		if err != nil || v.Kind == Null {
			return err
		}
		if column >= s.limit {
			dropped++
			return nil
		}
		for len(row.cells) <= column {
			row.cells = append(row.cells, Value{})
		}
		row.cells[column] = v
		return nil
	})
	if dropped > 0 {
		row.faults = append(row.faults, cellFault{-1, about(RowRagged, Warning, "第 %[1]d 列之后有 %[2]d 个单元格，未读取", "%[2]d cells lie beyond column %[1]d and are not read", s.limit, dropped)})
	}
	return row, err
}

// cell reads one cell: its value as the program that wrote it has stored it, by its type and the format of its style.
func (s *xlsxSheet) cell(e xml.StartElement, row *sheetRow, column int) (Value, error) {
	kind, style := attribute(e, "t"), cellStyle{general: true}
	if i, err := strconv.Atoi(attribute(e, "s")); err == nil && i >= 0 && i < len(s.w.styles) {
		style = s.w.styles[i]
	}
	var text string
	stored, formula := false, false
	err := s.children(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "v":
			stored = true
			text, err = s.rawText(false)
		case "is":
			stored = true
			text, err = s.rawText(true)
		case "f":
			formula = true
			err = s.skip()
		default:
			err = s.skip()
		}
		return err
	})
	switch {
	case err != nil:
		return Value{}, err
	case !stored || text == "" && kind != "s":
		if formula && !stored {
			row.notes = append(row.notes, cellNote{column, FormulaUncached, ""})
		}
		return Value{}, nil
	}
	switch kind {
	case "s":
		i, err := strconv.Atoi(text)
		shared, ok := s.w.strings.get(i)
		if err != nil || !ok {
			row.faults = append(row.faults, cellFault{column, about(CellError, Error, "单元格引用的共享文本不存在", "the cell refers to a shared text that is not there")})
			return Value{}, nil
		}
		return textCell(shared), nil
	case "str", "inlineStr":
		return textCell(text), nil
	case "b":
		return booleanValue(text, isTrue(text)), nil
	case "e":
		if text != "#N/A" {
			row.faults = append(row.faults, cellFault{column, about(CellError, Error, "单元格的值是错误 %.20s", "the cell shows the error %.20s", text)})
		}
		return Value{}, nil
	case "d":
		if v, ok := xmlTime(text); ok {
			return v, nil
		}
		return textCell(text), nil
	}
	return s.number(text, style, row, column), nil
}

func textCell(s string) Value {
	if s == "" {
		return Value{}
	}
	return TextValue(s)
}

// rawText is text with its blanks; without phonetic hints where rich.
func (s *xlsxSheet) rawText(rich bool) (string, error) {
	var b strings.Builder
	for open := 1; open > 0; {
		t, err := s.inner()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if rich && t.Name.Local == "rPh" {
				if err := s.skip(); err != nil {
					return "", err
				}
				continue
			}
			open++
		case xml.EndElement:
			open--
		case xml.CharData:
			b.Write(t)
		}
	}
	return b.String(), nil
}

// exactDigits is how far spreadsheets keep every digit of a whole number.
const exactDigits = 1e15

// number reads a number cell by its format: a day, a code with leading zeros, a share, or a number.
func (s *xlsxSheet) number(text string, style cellStyle, row *sheetRow, column int) Value {
	v, ok := parseDecimal(strings.TrimSpace(text))
	if !ok || v-v != 0 {
		return textCell(text)
	}
	whole := v == math.Trunc(v)
	switch {
	case style.date || style.clock:
		if d, ok := serialTime(v, style, s.w.date04); ok {
			return d
		}
		row.faults = append(row.faults, cellFault{column, about(BadDate, Error, "数值 %[1]v 按日期格式显示，但不是日期", "the number %[1]v is shown as a date but is none", v)})
	case style.percent:
		return TextValue(strconv.FormatFloat(math.Round(v*1e14)/1e12, 'f', -1, 64) + "%")
	case style.zeros > 0 && whole && v >= 0 && v < exactDigits:
		digits := strconv.FormatInt(int64(v), 10)
		if len(digits) < style.zeros {
			digits = strings.Repeat("0", style.zeros-len(digits)) + digits
			row.notes = append(row.notes, cellNote{column, ZerosRestored, digits})
		}
		return TextValue(digits)
	}
	raw := strconv.FormatFloat(v, 'f', -1, 64)
	switch {
	case whole && math.Abs(v) < exactDigits:
		if style.general && math.Abs(v) >= 1e11 {
			row.notes = append(row.notes, cellNote{column, CodeRestored, raw})
		}
		return integerValue(raw, int64(v))
	case whole && math.Abs(v) < 1e21:
		row.faults = append(row.faults, cellFault{column, about(DigitsLost, Error, "编号 %s 存成了数字，第 15 位以后的数位已丢失；请从原始资料重新填写，并把该列设为文本格式", "the code %s is stored as a number, of which only 15 digits are kept; fill it in again from its source, in a column of text format", raw).of("", raw)})
	}
	return numberValue(raw, v)
}

// serialTime turns a serial number into a day or time (18.17.4). Day 60 of the count from 1900 is a day that never was.
func serialTime(v float64, style cellStyle, date04 bool) (Value, bool) {
	if v < 0 || v >= 2_958_466 { // to the end of the year 9999
		return Value{}, false
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date04:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case v < 60:
		start = start.AddDate(0, 0, 1)
	}
	day, part := math.Modf(v)
	t := start.AddDate(0, 0, int(day)).Add(time.Duration(math.Round(part*86_400_000)) * time.Millisecond)
	switch {
	case !style.date && day == 0:
		return TextValue(t.Format("15:04:05")), true
	case part == 0 && !style.clock:
		return timeValue(Date, t.Format("2006-01-02"), t), true
	}
	return timeValue(DateTime, t.Format("2006-01-02T15:04:05.999"), t), true
}
