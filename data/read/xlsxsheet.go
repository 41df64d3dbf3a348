package read

import (
	"encoding/xml"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"

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
