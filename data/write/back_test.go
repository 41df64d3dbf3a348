package write_test

import (
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
	"pgregory.net/rapid"

	"onemap/data/read"
	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
)

// TestOurReadersTakeFilesBack writes random records in a random format and reads them with
// the program's own readers, matching and checks: the records must come back.
func TestOurReadersTakeFilesBack(t *testing.T) {
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		format := rapid.SampledFrom([]string{"xlsx", "csv", "csv GBK", "csv titles", "gpkg", "shp", "shp GBK", "shp titles", "geojson", "geojsonseq", "geojsonl", "kml", "kmz"}).Draw(r, "format")
		l := cat.Layer(rapid.SampledFrom(ids(cat)).Draw(r, "layer"))
		v := view(t, l.ID, layers.RoleAdmin)
		var want []layers.Record
		placed := 0
		for i := range rapid.IntRange(1, 3).Draw(r, "records") {
			want = append(want, drawRecord(r, l, i))
			if want[i].Geometry != nil {
				placed++
			}
		}
		if placed == 0 {
			return // a table without positions states no system
		}
		var o write.Options
		id := format
		if len(format) > 4 && format[3] == ' ' {
			id = format[:3]
			o.Titles = format[4:] == "titles"
			if format[4:] == "GBK" {
				o.Encoding = "GBK"
			}
		}
		f := write.ByName(id)
		b, _ := file(t, id, v, o, want...)
		path := filepath.Join(folder, f.FileName(v, o))
		if err := os.WriteFile(path, b, 0o644); err != nil {
			r.Fatal(err)
		}
		got := back(r, l, path)
		tolerance := cmp.Options{
			cmpopts.EquateApprox(0, 0), cmpopts.EquateEmpty(),
			cmp.Comparer(near),
		}
		if id == "gpkg" { // times to the millisecond
			tolerance = append(tolerance, cmp.Comparer(func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Millisecond }))
		}
		if diff := cmp.Diff(want, got, tolerance); diff != "" {
			r.Fatalf("%s: %s", format, diff)
		}
	})
}

// back reads a file's records as the import does, CGCS2000 being settled.
func back(t *rapid.T, l *layers.Layer, path string) []layers.Record {
	in, err := read.Open(path, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	m, findings, err := l.Match(in.Columns(), layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range findings {
		if found.Severity == layers.SeverityError {
			t.Fatal(found)
		}
	}
	c := l.NewChecker(m, "file")
	texts := m.Texts(l)
	var records []layers.Record
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		values := make([]any, len(row.Values))
		for i, v := range row.Values {
			values[i] = v.Plain(i < len(texts) && texts[i])
		}
		// What a rule says of a random record is of no matter; a cell that is misread shows.
		r, _ := c.Record(row.Number, "", values, row.Geometry, geo.CGCS2000)
		records = append(records, tidy(r))
	}
}

// tidy leaves of a record what it brings into a layer.
func tidy(r layers.Record) layers.Record {
	r.Row, r.Doubtful, r.Faulty = 0, false, false
	utc := func(at *time.Time) *time.Time {
		if at == nil {
			return nil
		}
		u := at.UTC()
		return &u
	}
	r.ValidFrom, r.ValidTo = utc(r.ValidFrom), utc(r.ValidTo)
	for name, value := range r.Values {
		switch v := value.(type) {
		case nil:
			delete(r.Values, name)
		case time.Time:
			r.Values[name] = v.UTC()
		case float64:
			if math.IsNaN(v) {
				delete(r.Values, name)
			}
		}
	}
	return r
}

func ids(cat *layers.Catalogue) []string {
	var list []string
	for _, l := range cat.Layers() {
		list = append(list, l.ID)
	}
	return list
}

// near reports whether two geometries are the same but for the ninth decimal and the order
// of their rings' points.
func near(a, b orb.Geometry) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	for _, side := range [][2]orb.Point{{a.Bound().Min, b.Bound().Min}, {a.Bound().Max, b.Bound().Max}} {
		if math.Abs(side[0][0]-side[1][0]) > 1e-8 || math.Abs(side[0][1]-side[1][1]) > 1e-8 {
			return false
		}
	}
	return pointsOf(a) == pointsOf(b) && math.Abs(planar.Area(a)-planar.Area(b)) < 1e-8
}

func pointsOf(g orb.Geometry) (n int) {
	_, _ = geo.MapPoints(orb.Clone(g), func(p orb.Point) (orb.Point, error) {
		n++
		return p, nil
	})
	return n
}
