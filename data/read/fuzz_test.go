package read_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/read"
	"onemap/layers/fault"
)

// drain opens and reads whatever the fuzzer made and checks what every source promises.
func drain(t *testing.T, path string) {
	t.Helper()
	s, err := read.Open(path, read.Options{Limits: read.Limits{FeatureBytes: 1 << 20, ArchiveBytes: 1 << 22}})
	if err != nil {
		checkFault(t, err)
		return
	}
	defer s.Close()
	last := int64(0)
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			checkFault(t, err)
			break
		}
		if row.Number <= last {
			t.Fatalf("row %d follows row %d", row.Number, last)
		}
		last = row.Number
		checkGeometry(t, row.Geometry)
		if len(row.Values) > len(s.Columns()) {
			t.Fatalf("row %d has %d values for %d columns", row.Number, len(row.Values), len(s.Columns()))
		}
		for _, v := range row.Values {
			v.Any()
		}
		rules(row.Problems)
	}
	rules(s.Problems())
	seen := map[string]bool{}
	for _, c := range s.Columns() {
		if seen[c] {
			t.Fatalf("two columns are called %q", c)
		}
		seen[c] = true
	}
}

func checkFault(t *testing.T, err error) {
	t.Helper()
	if fault.CodeOf(err) == fault.Internal {
		t.Fatalf("an error without a code: %v", err)
	}
}

// checkGeometry checks what Row.Geometry promises.
func checkGeometry(t *testing.T, g orb.Geometry) {
	t.Helper()
	switch g := g.(type) {
	case orb.LineString:
		if len(g) < 2 {
			t.Fatalf("a line of %d points", len(g))
		}
	case orb.MultiLineString:
		for _, l := range g {
			checkGeometry(t, l)
		}
	case orb.Polygon:
		if len(g) == 0 {
			t.Fatal("a polygon without rings")
		}
		for _, r := range g {
			if len(r) < 4 || !r.Closed() {
				t.Fatalf("a ring of %d points, closed %v", len(r), r.Closed())
			}
		}
	case orb.MultiPolygon:
		for _, p := range g {
			checkGeometry(t, p)
		}
	case orb.Collection:
		for _, m := range g {
			checkGeometry(t, m)
		}
	}
}

func put(t *testing.T, folder, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func FuzzGeoJSON(f *testing.F) {
	for _, s := range []string{
		`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4490"}},"features":[{"type":"Feature","id":1,"properties":{"a":"中\u00e9","b":[1,{"c":null}]},"geometry":{"type":"Point","coordinates":[1,2,3]}}]}`,
		`{"type":"Feature","properties":{"a":1.5e3,"a":true},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]}}` + "\n" + `{"type":"Feature"}`,
		"\x1e" + `{"type":"LineString","coordinates":[[1,2],[3,4]]}`,
		`{"coordinates":[[[0,0],[4,0],[4,4]]],"type":"Polygon"}`,
		`{"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[1,2],["x"]]}]}`,
		"\xff\xfe{\x00}\x00", gbk(`{"type":"Feature","properties":{"名称":"南通"}}`),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.geojson", b)) })
}

func FuzzDBF(f *testing.F) {
	f.Add(enterprises().bytes(), "GBK")
	f.Add(enterprises().bytes(), "")
	f.Add(table{version: 0x30, columns: []column{{"I", 'I', 4, 0}, {"B", 'B', 8, 0}, {"M", 'M', 10, 0}}, rows: [][]string{{"abcd"}}}.bytes(), "65001")
	f.Fuzz(func(t *testing.T, dbf []byte, cpg string) {
		folder := t.TempDir()
		put(t, folder, "a.dbf", dbf)
		put(t, folder, "a.cpg", []byte(cpg))
		drain(t, folder)
	})
}

func FuzzSHP(f *testing.F) {
	for kind, r := range map[uint32]record{
		1: pointShape(1, orb.Point{1, 2}), 8: multiPointShape(8, orb.Point{1, 2}), 13: partShape(13, make([]byte, 80), square(0, 0, 1)),
		5: partShape(5, nil, square(0, 0, 9), square(0, 0, 5), square(0, 0, 1)[:4], square(20, 0, 1)),
	} {
		shp, shx := shapes(kind, 0, r, nullShape(), r)
		f.Add(shp, shx, cgcs2000)
		shp, shx = shapes(kind, 12, r, nullShape(), r)
		f.Add(shp, shx, "")
	}
	f.Fuzz(func(t *testing.T, shp, shx []byte, prj string) {
		folder := t.TempDir()
		put(t, folder, "a.shp", shp)
		put(t, folder, "a.shx", shx)
		put(t, folder, "a.prj", []byte(prj))
		drain(t, folder)
	})
}

func FuzzArchive(f *testing.F) {
	b, err := os.ReadFile(set("a", 1, enterpriseShapes, enterprises(), map[string]string{".cpg": "GBK"}).zipped(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.zip", b)) })
}
