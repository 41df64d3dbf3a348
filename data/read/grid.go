package read

import "strings"

// Grid says where the records of a workbook stand in it.
type Grid struct {
	Sheet   string
	Columns []int // of the sheet, counted from 0, for each of the source's Columns
}

// GridOf returns the grid of a source that is a sheet of a workbook (XLSX); false for any other.
func GridOf(s Source) (Grid, bool) {
	if o, ok := s.(*opened); ok {
		s = o.Source
	}
	t, ok := s.(*table)
	if !ok {
		return Grid{}, false
	}
	x, ok := t.sheet.(*xlsxSheet)
	if !ok {
		return Grid{}, false
	}
	g := Grid{Sheet: x.name, Columns: make([]int, len(t.columns))}
	for column, at := range t.place {
		if at >= 0 {
			g.Columns[at] = column
		}
	}
	return g, true
}

// Template is what a workbook of the program's own says of the template it was made from.
type Template struct {
	Layer, Version string // empty where it says neither
}

// templateMark heads the row of a template's guide that names its layer and version.
const templateMark = "模板 Template"

// TemplateOf returns what a workbook in the form of the program's own templates says of
// itself; false for any other source.
func TemplateOf(s Source) (Template, bool) {
	if o, ok := s.(*opened); ok {
		s = o.Source
	}
	t, ok := s.(*table)
	if !ok {
		return Template{}, false
	}
	x, ok := t.sheet.(*xlsxSheet)
	if !ok || x.states() == "" {
		return Template{}, false
	}
	return x.w.template(), true
}

// template reads the guide of a workbook.
func (w *workbook) template() (t Template) {
	for _, o := range w.sheets {
		if o.name != guideSheet {
			continue
		}
		f, ok := w.parts[strings.ToLower(o.target)]
		if !ok {
			return t
		}
		x, err := openXML(f, Options{Limits: w.opts.Limits})
		if err != nil {
			return t
		}
		defer x.closer.Close()
		guide := &xlsxSheet{xmlStream: x, w: w, name: o.name, limit: w.opts.Limits.Columns} // the strings were read with the sheet of records
		for range 10 {
			row, err := guide.next()
			if err != nil {
				return t
			}
			if len(row.cells) > 2 && strings.TrimSpace(row.cells[0].Raw) == templateMark {
				return Template{Layer: strings.TrimSpace(row.cells[1].Raw), Version: strings.TrimSpace(row.cells[2].Raw)}
			}
		}
	}
	return t
}
