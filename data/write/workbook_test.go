package write_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
)

// file writes records in a format and returns the bytes and the notices.
func file(t testing.TB, format string, v *layers.View, o write.Options, records ...layers.Record) ([]byte, []write.Notice) {
	t.Helper()
	var b bytes.Buffer
	w, err := write.New(format, &b, v, o)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	for i, r := range records {
		if err := w.Add(item(v, int64(i+1), r)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), w.Notices()
}

// TestWorkbookComesBackAsItWas writes random records of every layer as a workbook and reads
// them as the import does: nothing may have changed, since whatever has is an edit.
func TestWorkbookComesBackAsItWas(t *testing.T) {
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(r *rapid.T) {
		l := cat.Layer(rapid.SampledFrom(ids(cat)).Draw(r, "layer"))
		v := view(t, l.ID, layers.RoleAdmin)
		var want []layers.Record
		for i := range rapid.IntRange(1, 3).Draw(r, "records") {
			want = append(want, drawRecord(r, l, i))
		}
		b, notices := file(t, "xlsx", v, write.Options{}, want...)
		if len(notices) != 0 {
			r.Fatal(notices)
		}
		if diff := cmp.Diff(want, parse(r, l, b)); diff != "" {
			r.Fatal(diff)
		}
	})
}

// parse reads a workbook as the import does, positions by the columns of the template.
func parse(t *rapid.T, l *layers.Layer, b []byte) []layers.Record {
	f, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("数据 Data", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	var columns []string
	for i, name := range rows[0] {
		at[name] = i
		if name == "经度" || name == "纬度" || strings.HasPrefix(name, "几何WKT") {
			name = ""
		}
		columns = append(columns, name)
	}
	m, findings, err := l.Match(columns, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range findings {
		if found.Value != "" {
			t.Fatal(found)
		}
	}
	c := l.NewChecker(m, "file.xlsx")
	var records []layers.Record
	for i, row := range rows[1:] {
		cell := func(name string) string {
			if j, ok := at[name]; ok && j < len(row) {
				return row[j]
			}
			return ""
		}
		values := make([]any, len(columns))
		for j := range row {
			if row[j] != "" {
				values[j] = row[j]
			}
		}
		for _, field := range l.Fields {
			if j, ok := m.Of[field.Name]; ok && field.Type == layers.TypeDate && values[j] != nil && !strings.Contains(row[j], "-") {
				values[j] = serial(t, row[j])
			}
		}
		var g orb.Geometry
		if x := cell("经度"); x != "" {
			g = orb.Point{float(t, x), float(t, cell("纬度"))}
		} else if s := cell("几何WKT"); s != "" {
			if g, err = wkt.Unmarshal(s + cell("几何WKT2") + cell("几何WKT3")); err != nil {
				t.Fatal(err)
			}
		}
		// What a rule says of a random record is of no matter; a cell that is misread shows.
		r, _ := c.Record(int64(i+1), "", values, g, geo.CGCS2000)
		records = append(records, tidy(r))
	}
	return records
}

func float(t *rapid.T, s string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// serial is the day of a spreadsheet's number.
func serial(t *rapid.T, s string) time.Time {
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(float(t, s)))
}
