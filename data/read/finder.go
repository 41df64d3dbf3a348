package read

import (
	"slices"
	"strconv"
	"strings"

	"onemap/geo"
	"onemap/layers/fault"
)

// positionFinder makes geometries of the cells of a table.
type positionFinder struct {
	Positions
	names    []string // of Columns
	latFirst bool     // in a cell with both ordinates
	crs      geo.CRS
	srid     string
	wkt      wktText
	wkb      wkbReader
	heights  int64
}

// findPositions finds the columns that positions stand in: those that are named, a column of WKT, or
// a pair by its headings; nil if there are none. What was found is told, and how sure it is.
func findPositions(t *table, named []string) (*positionFinder, []Problem, error) {
	if len(named) == 1 && named[0] == "-" {
		return nil, nil, nil
	}
	var f *positionFinder
	var others []string
	var err error
	switch {
	case len(named) > 0:
		f, err = namedPositions(t, named)
	default:
		if f = wktColumn(t); f == nil {
			if f, others = pairColumns(t); f == nil {
				f = pairInOne(t)
			}
		}
	}
	if f == nil || err != nil {
		return nil, nil, err
	}
	for _, c := range f.Columns {
		f.names = append(f.names, t.columns[c])
	}
	problems := []Problem{about(PositionColumns, Notice, "位置取自列 %[1]s", "positions are taken from %[1]s", strings.Join(f.names, ", "))}
	if len(others) > 0 {
		problems[0] = about(PositionColumns, Warning, "位置取自列 %[1]s；另有 %[2]s 也像是坐标，未采用", "positions are taken from %[1]s; %[2]s look like positions too and are not used", strings.Join(f.names, ", "), strings.Join(others, "; "))
	}
	return f, append(problems, f.judge(t)...), nil
}

func namedPositions(t *table, named []string) (*positionFinder, error) {
	f := &positionFinder{Positions: Positions{Axes: [2]Axis{XAxis, YAxis}}}
	if len(named) > 2 {
		return nil, fault.In("positions", "positions stand in one column or in two, not in %d", len(named))
	}
	for _, name := range named {
		i := slices.Index(t.columns, name)
		if i < 0 {
			return nil, fault.In("positions", "the table has no column %q; it has %s", name, strings.Join(t.columns, ", "))
		}
		f.Columns = append(f.Columns, i)
	}
	if len(named) == 1 {
		f.WKT = !isPairCell(t, f.Columns[0])
		f.latFirst = !f.WKT && latitudeFirst(named[0])
		return f, nil
	}
	if a, b := headingOf(named[0]).axis, headingOf(named[1]).axis; partners(a, b) {
		f.Axes = [2]Axis{a, b}
	}
	return f, nil
}

// cells calls each with every cell of a column that is not blank, in the rows ahead.
func (t *table) cells(column int, each func(Value)) {
	at := slices.Index(t.place, column)
	for _, r := range t.ahead {
		if at < len(r.cells) && !isBlankCell(r.cells[at]) {
			each(r.cells[at])
		}
	}
}

// share is how many of a column's cells pass, of how many.
func (t *table) share(column int, pass func(Value) bool) (passed, all int) {
	t.cells(column, func(v Value) {
		if all++; pass(v) {
			passed++
		}
	})
	return passed, all
}

func wktColumn(t *table) *positionFinder {
	for i, name := range t.columns {
		passed, all := t.share(i, func(v Value) bool { return v.Kind == Text && (looksLikeWKT(v.Raw) || looksLikeHexWKB(v.Raw)) })
		if all > 0 && passed*5 >= all*4 || all == 0 && strings.Contains(strings.ToLower(name), "wkt") {
			f := &positionFinder{Positions: Positions{Columns: []int{i}, WKT: true, Axes: [2]Axis{XAxis, YAxis}}}
			for n := 2; slices.Contains(t.columns, name+strconv.Itoa(n)); n++ { // text too long for one cell
				f.Columns = append(f.Columns, slices.Index(t.columns, name+strconv.Itoa(n)))
			}
			return f
		}
	}
	return nil
}

// looksLikeHexWKB knows geometries as PostGIS writes them into a text file.
func looksLikeHexWKB(s string) bool {
	return len(s) >= 18 && len(s)%2 == 0 && (strings.HasPrefix(s, "01") || strings.HasPrefix(s, "00")) && strings.Trim(s, "0123456789ABCDEFabcdef") == "" && len(s) > 24
}

func partners(a, b Axis) bool {
	return a == Longitude && b == Latitude || a == Easting && b == Northing || a == XAxis && b == YAxis
}

// pairColumns finds two columns by their headings. Degrees go before metres, plain names before
// longer ones. others are the pairs that were not taken.
func pairColumns(t *table) (f *positionFinder, others []string) {
	var found []*positionFinder
	heads := make([]heading, len(t.columns))
	for i, c := range t.columns {
		heads[i] = headingOf(c)
	}
	ordinates := func(i int) bool {
		passed, all := t.share(i, func(v Value) bool {
			_, ok := ordinate(v)
			return ok || nothings[trimBlank(v.Raw)] || placeholders[trimBlank(v.Raw)]
		})
		return passed*2 >= all
	}
	for i, a := range heads {
		for j, b := range heads {
			if i != j && a.rest == b.rest && partners(a.axis, b.axis) && ordinates(i) && ordinates(j) {
				found = append(found, &positionFinder{Positions: Positions{Columns: []int{i, j}, Axes: [2]Axis{a.axis, b.axis}}})
			}
		}
	}
	rank := func(f *positionFinder) int {
		r := map[Axis]int{Longitude: 0, Easting: 1, XAxis: 2}[f.Axes[0]]
		if len(heads[f.Columns[0]].rest) > 1 {
			r += 3
		}
		return r
	}
	slices.SortStableFunc(found, func(a, b *positionFinder) int { return rank(a) - rank(b) })
	for i, o := range found {
		if i == 0 {
			f = o
			continue
		}
		others = append(others, t.columns[o.Columns[0]]+", "+t.columns[o.Columns[1]])
	}
	return f, others
}

func isPairCell(t *table, column int) bool {
	passed, all := t.share(column, func(v Value) bool { _, _, ok := pairOf(v.Raw); return ok })
	return all > 0 && passed*5 >= all*4
}

// pairInOne finds a column whose cells have both ordinates, by its heading and its cells.
func pairInOne(t *table) *positionFinder {
	for i, c := range t.columns {
		s := narrow(strings.ToLower(c))
		if at := strings.LastIndexByte(s, '/'); at >= 0 {
			s = s[at+1:]
		}
		if !isPairName(strings.Trim(strings.Join(strings.Fields(s), ""), "*")) || !isPairCell(t, i) {
			continue
		}
		f := &positionFinder{Positions: Positions{Columns: []int{i}, Axes: [2]Axis{XAxis, YAxis}}, latFirst: latitudeFirst(c)}
		if f.latFirst || strings.ContainsRune(c, '经') || strings.HasPrefix(strings.ToLower(c), "l") {
			f.Axes = [2]Axis{Longitude, Latitude}
		}
		return f
	}
	return nil
}
