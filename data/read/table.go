package read

import (
	"errors"
	"fmt"
	"io"

	"onemap/geo"
	"onemap/layers/fault"
)

// sheet is a table as its file has it: rows of cells, with whatever stands above and between the records.
type sheet interface {
	format() string
	encoding() string
	// next gives the next row, which belongs to the caller; io.EOF after the last. Rows without a cell are left out.
	next() (*sheetRow, error)
	// merged are the areas of merged cells, known from the start.
	merged() []area
	problems() []Problem
	progress() (done, total int64)
	close() error
}

// sheetRow is one row. Text cells are as written.
type sheetRow struct {
	number int64
	cells  []Value
	faults []cellFault
	hidden bool
	// what was done to a cell on the way, for the tally, by its place
	notes []cellNote
}

type cellFault struct {
	column int
	p      Problem
}

type cellNote struct {
	column int
	rule   Rule
	raw    string
}

// area is a block of merged cells: rows as sheetRow.number counts them, columns from 0, ends included.
type area struct{ top, bottom, left, right int64 }

// table makes records of a sheet: it finds the header and the columns with positions, and tidies cells.
type table struct {
	sheet    sheet
	columns  []string
	place    []int // of a sheet's column among columns; -1 where it is left out
	shape    []columnShape
	fill     []area // merged areas of the body that cross rows, by their top
	active   map[int]filling
	header   []string // texts of the header's last row, to know it when it comes again
	finder   *positionFinder
	limit    int
	ahead    []*sheetRow
	tally    tally
	crs      geo.CRS
	found    []Problem
	finished bool
	err      error
}

type filling struct {
	area  area
	value Value
}

// newTable reads as far ahead as is needed to understand the sheet, which it closes if that fails.
func newTable(s sheet, opts Options) (*table, error) {
	t := &table{sheet: s, limit: opts.Limits.Columns, active: map[int]filling{}}
	if err := t.open(opts); err != nil {
		s.close()
		return nil, err
	}
	return t, nil
}

func (t *table) open(opts Options) error {
	cells := 0
	for len(t.ahead) < aheadRows && cells < 400_000 {
		row, err := t.sheet.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		cells += len(row.cells)
		t.ahead = append(t.ahead, row)
	}
	h := findHead(t.ahead, t.sheet.merged())
	t.found = append(t.found, h.problems()...)
	t.ahead = t.ahead[h.end:]
	if err := t.name(h); err != nil {
		return err
	}
	t.header = h.last
	for _, a := range t.sheet.merged() {
		if a.top > h.bottom && a.bottom > a.top {
			t.fill = append(t.fill, a)
		}
	}
	t.study()
	finder, problems, err := findPositions(t, opts.Positions)
	if err != nil {
		return err
	}
	t.found = append(t.found, problems...)
	if t.finder = finder; finder != nil {
		t.crs = finder.crs
	}
	return nil
}

// name settles the columns. A column without a heading counts if the rows ahead have something in
// it; one beyond the header, where a row with a separator too many ends too, if half of them have.
func (t *table) name(h head) error {
	width := len(h.names)
	cells := make([]int, width)
	for _, row := range t.ahead {
		for i, v := range row.cells {
			for len(cells) <= i {
				cells = append(cells, 0)
			}
			if !isBlankCell(v) {
				cells[i]++
			}
		}
	}
	used := make([]bool, len(cells))
	for i, n := range cells {
		used[i] = n > 0 && (i < width || h.none || n*2 >= len(t.ahead))
	}
	seen := map[string]bool{}
	for i := range used {
		given := ""
		if i < width {
			given = h.names[i]
		}
		if given == "" && !used[i] {
			t.place = append(t.place, -1)
			continue
		}
		if len(t.columns) >= t.limit {
			return fault.New(fault.TooLarge, "the table has more than %d columns", t.limit)
		}
		name := given
		if name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		for n := 2; seen[name]; n++ {
			name = fmt.Sprintf("%s_%d", given, n)
		}
		if name != given && !h.none {
			t.found = append(t.found, about(ColumnRenamed, Warning, "第 %d 列的列名 %q 为空或重复，改称 %q", "the name of column %d, %q, is empty or repeated; it is called %q", i+1, given, name).of(name, given))
		}
		seen[name] = true
		t.place = append(t.place, len(t.columns))
		t.columns = append(t.columns, name)
	}
	return nil
}

func (t *table) Format() string { return t.sheet.format() }

func (t *table) Columns() []string { return t.columns }

func (t *table) CRS() (geo.CRS, bool) { return t.crs, t.crs != geo.CRS{} }

func (t *table) Encoding() string { return t.sheet.encoding() }

func (t *table) Progress() (done, total int64) { return t.sheet.progress() }

func (t *table) Close() error { return t.sheet.close() }

// Problems adds what is counted once all is read.
func (t *table) Problems() []Problem {
	all := append(append([]Problem(nil), t.sheet.problems()...), t.found...)
	if t.finished {
		all = append(all, t.tally.problems()...)
	}
	return all
}

func (t *table) Positions() *Positions {
	if t.finder == nil {
		return nil
	}
	p := t.finder.Positions
	return &p
}

func (t *table) Next() (*Row, error) {
	for t.err == nil {
		raw, err := t.nextRaw()
		if err != nil {
			t.err = err
			t.finished = errors.Is(err, io.EOF)
			if t.finished && t.finder != nil {
				t.found = append(t.found, t.finder.finish()...)
			}
			break
		}
		if row := t.record(raw); row != nil {
			return row, nil
		}
	}
	return nil, t.err
}

func (t *table) nextRaw() (*sheetRow, error) {
	if len(t.ahead) > 0 {
		row := t.ahead[0]
		t.ahead = t.ahead[1:]
		return row, nil
	}
	return t.sheet.next()
}
