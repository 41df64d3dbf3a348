package read_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/data/read"
)

// ogr2ogr runs GDAL's converter, the oracle for what a file says. It is one of the packages
// that the tests are set up with.
func ogr2ogr(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.Command("ogr2ogr", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ogr2ogr %v: %v: %s", args, err, out)
	}
}

// outline describes a geometry so that the direction of rings and the order of parts make no difference.
func outline(g orb.Geometry) string {
	if g == nil {
		return "none"
	}
	points := 0
	switch g := g.(type) {
	case orb.Polygon:
		g = g.Clone()
		for _, r := range g {
			points += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			for _, r := range p {
				points += len(r)
			}
		}
	}
	b := g.Bound()
	return fmt.Sprintf("%s %.6f %.6f area %.4f, %d points of rings", g.GeoJSONType(), b.Min, b.Max, planar.Area(g), points)
}

// What GDAL writes, in each character set and system, is read as it was meant.
func TestShapefilesThatOGRWrites(t *testing.T) {
	const text = `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[
	{"type":"Feature","properties":{"名称":"崇川区","等级":3,"面积":12.25,"日期":"2024-02-29","备注":"张聽"},"geometry":{"type":"Polygon","coordinates":[[[584000,3539000],[585000,3539000],[585000,3540000],[584000,3539000]]]}},
	{"type":"Feature","properties":{"名称":null,"等级":null,"面积":null,"日期":null,"备注":"𠀀"},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[90,0],[90,90],[0,90],[0,0]],[[10,10],[10,80],[80,80],[80,10],[10,10]]],[[[20,20],[70,20],[70,70],[20,70],[20,20]],[[30,30],[30,40],[40,40],[30,30]]]]}},
	{"type":"Feature","properties":{"名称":"海安市","等级":-1,"面积":-0.5,"日期":"1949-10-01","备注":""},"geometry":null}]}`
	source := written(t, "source.geojson", []byte(text))
	meant := readAll(t, source, read.Options{})
	for _, encoding := range []string{"GB18030", "UTF-8"} {
		t.Run(encoding, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "out")
			ogr2ogr(t, "-f", "ESRI Shapefile", folder, source, "-lco", "ENCODING="+encoding, "-nln", "区")
			got := readAll(t, folder, read.Options{})
			if got.encoding != encoding || got.crs != "EPSG:4549" {
				t.Errorf("%s, %s, %v", got.encoding, got.crs, got.problems)
			}
			if diff := cmp.Diff(meant.columns, got.columns); diff != "" {
				t.Error(diff)
			}
			for i, row := range got.rows {
				want := meant.rows[i]
				values := anys(row.Values)
				for j, v := range anys(want.Values) {
					// A shapefile has no empty text, and its dates are days.
					if v == "" {
						v = nil
					}
					if j == 3 && v != nil {
						v = row.Values[j].Time().Format("2006-01-02")
						values[j] = v
						if v != want.Values[j].Raw {
							t.Errorf("date %v, want %s", v, want.Values[j].Raw)
						}
					}
					if diff := cmp.Diff(v, values[j]); diff != "" {
						t.Errorf("row %d, %s: %s", i+1, meant.columns[j], diff)
					}
				}
				if diff := cmp.Diff(outline(want.Geometry), outline(row.Geometry)); diff != "" {
					t.Errorf("row %d: %s", i+1, diff)
				}
				if len(row.Problems) != 0 {
					t.Errorf("row %d: %v", i+1, row.Problems)
				}
			}
		})
	}
}

// Both programs read the same from shapefiles that the tests' own writer makes.
func TestShapefilesReadAsOGRReads(t *testing.T) {
	// Holes run anticlockwise here, because OGR goes by direction; that ours does not is tested elsewhere.
	rings := [][]orb.Point{square(0, 0, 100), reversed(square(-50, 0, 40)), reversed(square(50, 50, 10)), square(300, 0, 50), reversed(square(300, 0, 20))}
	rows := table{
		columns: []column{{gbk("名称"), 'C', 12, 0}, {gbk("人数"), 'N', 9, 0}, {gbk("面积"), 'N', 12, 3}},
		rows:    [][]string{{gbk("南通市"), "12", "1.500"}, {gbk("海安"), "*********", ""}, {"plain", "-7", "1e3"}},
	}
	tests := map[string]struct {
		kind    uint32
		records []record
	}{
		"points":   {1, []record{pointShape(1, orb.Point{1, 2}), nullShape(), pointShape(1, orb.Point{-3.25, 4})}},
		"lines":    {3, []record{partShape(3, nil, square(0, 0, 1)), partShape(3, nil, square(0, 0, 1), square(9, 9, 2)), nullShape()}},
		"polygons": {5, []record{partShape(5, nil, rings[0]), partShape(5, nil, rings...), partShape(5, nil, rings[1], rings[0])}},
		"heights":  {11, []record{pointShape(11, orb.Point{1, 2}, 3, 4), pointShape(11, orb.Point{5, 6}, 7, 8), nullShape()}},
		"clouds":   {8, []record{multiPointShape(8, orb.Point{1, 2}, orb.Point{3, 4}), nullShape(), multiPointShape(8, orb.Point{5, 6})}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			folder := set("a", tt.kind, tt.records, rows, map[string]string{".cpg": "GBK"}).folder(t)
			out := filepath.Join(t.TempDir(), "out.json")
			ogr2ogr(t, "-f", "GeoJSONSeq", out, filepath.Join(folder, "a.shp"), "-lco", "COORDINATE_PRECISION=9")
			want, got := readAll(t, out, read.Options{}), readAll(t, folder, read.Options{})
			if diff := cmp.Diff(want.columns, got.columns); diff != "" {
				t.Error(diff)
			}
			if len(want.rows) != len(got.rows) {
				t.Fatalf("%d rows, OGR has %d", len(got.rows), len(want.rows))
			}
			for i := range want.rows {
				for j, v := range want.rows[i].Values {
					g := got.rows[i].Values[j]
					if v.Kind == read.Null != (g.Kind == read.Null) || v.Float() != g.Float() || v.Kind == read.Text && v.Raw != g.Raw {
						t.Errorf("row %d, %s: %v, OGR has %v", i+1, got.columns[j], g.Any(), v.Any())
					}
				}
				if diff := cmp.Diff(outline(want.rows[i].Geometry), outline(got.rows[i].Geometry)); diff != "" {
					t.Errorf("row %d: %s", i+1, diff)
				}
			}
		})
	}
}
