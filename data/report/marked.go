package report

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"onemap/data/read"
	"onemap/layers"
	"onemap/layers/fault"
)

const (
	// mostUnpacked is how large a workbook may be, unpacked, to be marked in itself, for
	// which it is taken into memory. Larger ones become a table of their records.
	mostUnpacked = 24 << 20
	// mostComments is how many cells get a comment; the column of faults has them all.
	mostComments = 5000
	// mostRows is how many rows a sheet has (ECMA-376, 18.3.1.73).
	mostRows = 1_048_576
)

const (
	statusTitle = "检查结果 Result"
	toldTitle   = "问题 Findings"
	author      = "One Map"
)

// marked writes the file that was brought with its faults marked: for a workbook that
// workbook, for anything else a workbook of its records.
func (s *subject) marked(ctx context.Context, w io.Writer) error {
	path, err := s.intake.Path(s.batch)
	if err != nil {
		return err
	}
	src, err := read.Open(path, read.Options{Encoding: s.options.Encoding, Layer: s.options.Part, Positions: s.options.Positions, Temp: s.temp})
	if err != nil {
		return err
	}
	defer src.Close()
	all, err := s.marks(ctx, src)
	if err != nil {
		return err
	}
	if grid, ok := read.GridOf(src); ok && unpacked(path) <= mostUnpacked {
		if f, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: 4 * mostUnpacked, UnzipXMLSizeLimit: mostUnpacked, TmpDir: s.temp}); err == nil {
			defer f.Close()
			if !styled(f) {
				return s.markTable(ctx, w, src, all)
			}
			return markWorkbook(ctx, w, f, grid, src, all)
		}
	}
	return s.markTable(ctx, w, src, all)
}

// styled reports whether a workbook has the tables of styles that colours are added to; a
// writer may have left them out, and then there is nothing of the form to keep.
func styled(f *excelize.File) bool {
	_, _ = f.GetStyle(0) // reads them
	s := f.Styles
	return s != nil && s.Fonts != nil && s.Fills != nil && s.Borders != nil && s.CellXfs != nil
}

// unpacked is the size of a zip file's content, as it says itself; beyond all limits for
// what is none.
func unpacked(path string) (size uint64) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return 1 << 62
	}
	defer z.Close()
	for _, f := range z.File {
		size += f.UncompressedSize64
	}
	return size
}

// markWorkbook marks the faults in a workbook itself.
func markWorkbook(ctx context.Context, w io.Writer, f *excelize.File, grid read.Grid, src read.Source, all marks) error {
	m := &marker{f: f, sheet: grid.Sheet, styles: map[[2]int]int{}, known: map[string]bool{}}
	comments, err := f.GetComments(grid.Sheet)
	if err != nil {
		return broken(err)
	}
	for _, c := range comments {
		m.known[c.Cell] = true
	}
	last := 0
	for _, c := range grid.Columns {
		last = max(last, c+1)
	}
	head := true
	err = eachRow(ctx, src, func(row *read.Row) error {
		n := int(row.Number)
		if head {
			head = false
			if n > 1 {
				m.put(last+1, n-1, statusTitle)
				m.put(last+2, n-1, toldTitle)
			}
		}
		list := all[row.Number]
		text, worst := status(list)
		m.put(last+1, n, text)
		if len(list) == 0 {
			return m.err
		}
		m.colour(last+1, n, worst)
		m.put(last+2, n, told(list))
		columns, severities, texts := byColumn(list)
		for _, c := range columns {
			if c < len(grid.Columns) {
				m.colour(grid.Columns[c]+1, n, severities[c])
				m.comment(grid.Columns[c]+1, n, texts[c])
			}
		}
		return m.err
	})
	if err != nil {
		return err
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

func broken(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return fault.Wrap(err, fault.Unavailable, "The marked workbook can't be written")
}

// eachRow calls each with the rows of a source.
func eachRow(ctx context.Context, src read.Source, each func(*read.Row) error) error {
	for {
		row, err := src.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fault.Wrap(err, fault.Cancelled, "The request was given up")
		}
		if err := each(row); err != nil {
			return broken(err)
		}
	}
}

// marker changes cells of a sheet; the first error stays. Columns and rows count from 1.
type marker struct {
	f        *excelize.File
	sheet    string
	styles   map[[2]int]int // by old style and severity
	known    map[string]bool
	comments int
	err      error
}

func (m *marker) cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil && m.err == nil {
		m.err = err
	}
	return name
}

func (m *marker) put(column, row int, text string) {
	if cell := m.cell(column, row); m.err == nil {
		m.err = m.f.SetCellStr(m.sheet, cell, text)
	}
}

// colour fills a cell and leaves its form otherwise as it is.
func (m *marker) colour(column, row int, s layers.Severity) {
	cell := m.cell(column, row)
	if m.err != nil {
		return
	}
	before, err := m.f.GetCellStyle(m.sheet, cell)
	if err != nil {
		m.err = err
		return
	}
	key := [2]int{before, rank(s)}
	style, ok := m.styles[key]
	if !ok {
		form, err := m.f.GetStyle(before)
		if err != nil || form == nil {
			form = &excelize.Style{}
		}
		form.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colours[s]}}
		if style, m.err = m.f.NewStyle(form); m.err != nil {
			return
		}
		m.styles[key] = style
	}
	m.err = m.f.SetCellStyle(m.sheet, cell, cell, style)
}

// comment adds a comment to a cell, unless it has one of its owner's.
func (m *marker) comment(column, row int, text string) {
	cell := m.cell(column, row)
	if m.err != nil || m.known[cell] || m.comments >= mostComments {
		return
	}
	m.known[cell] = true
	m.comments++
	m.err = m.f.AddComment(m.sheet, excelize.Comment{Cell: cell, Author: author, Text: clip(text, 2000)})
}

// wholeFile adds a sheet of the findings that are about no row.
func wholeFile(f *excelize.File, list []mark) error {
	const name = "全表问题 Whole file"
	if _, err := f.NewSheet(name); err != nil {
		return err
	}
	if err := f.SetColWidth(name, "B", "B", 100); err != nil {
		return err
	}
	for i, m := range list {
		if err := f.SetSheetRow(name, fmt.Sprint("A", i+1), &[]any{severityName(m.severity), clip(m.text, mostText)}); err != nil {
			return err
		}
	}
	return nil
}
