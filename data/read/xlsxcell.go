package read

import (
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"
)

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
