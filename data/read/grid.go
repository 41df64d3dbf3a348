package read

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
