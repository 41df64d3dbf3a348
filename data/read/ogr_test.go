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

// asOGRReads holds what is read from a layer against what OGR makes of it: as many rows, the values of the
// columns that both have, and the geometries. rename says how OGR calls a column.
func asOGRReads(t *testing.T, path, layer string, rename map[string]string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.json")
	args := []string{"-f", "GeoJSONSeq", out, path, "-a_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=9"}
	if layer != "" {
		args = append(args, layer)
	}
	ogr2ogr(t, args...)
	want, got := readAll(t, out, read.Options{}), readAll(t, path, read.Options{Layer: layer})
	if len(want.rows) != len(got.rows) {
		t.Fatalf("%d rows, OGR has %d", len(got.rows), len(want.rows))
	}
	place := map[string]int{}
	for i, c := range want.columns {
		place[c] = i
	}
	for i := range want.rows {
		for j, c := range got.columns {
			if as, ok := rename[c]; ok {
				c = as
			}
			k, ok := place[c]
			if !ok || k >= len(want.rows[i].Values) {
				continue
			}
			w, g := want.rows[i].Values[k], read.Value{}
			if j < len(got.rows[i].Values) {
				g = got.rows[i].Values[j]
			}
			if w.Kind == read.Null != (g.Kind == read.Null) || w.Float() != g.Float() || w.Kind == read.Text && g.Kind == read.Text && w.Raw != g.Raw {
				t.Errorf("row %d, %s: %v, OGR has %v", i+1, got.columns[j], g.Any(), w.Any())
			}
		}
		if diff := cmp.Diff(outline(want.rows[i].Geometry), outline(got.rows[i].Geometry)); diff != "" {
			t.Errorf("row %d: %s", i+1, diff)
		}
	}
}

// someFeatures has each kind of value and geometry, in metres.
const someFeatures = `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[
	{"type":"Feature","properties":{"名称":"崇川区","等级":3,"面积":12.25,"长文":"a\nb \"c\" <d>&"},"geometry":{"type":"Polygon","coordinates":[[[584000,3539000],[585000,3539000],[585000,3540000],[584000,3539000]]]}},
	{"type":"Feature","properties":{"名称":null,"等级":null,"面积":null,"长文":"𠀀"},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[90,0],[90,90],[0,90],[0,0]],[[10,10],[10,80],[80,80],[80,10],[10,10]]],[[[20,20],[70,20],[70,70],[20,70],[20,20]]]]}},
	{"type":"Feature","properties":{"名称":"x","等级":-1,"面积":-0.5,"长文":""},"geometry":{"type":"Point","coordinates":[1,2,3]}},
	{"type":"Feature","properties":{"名称":"y","等级":0,"面积":1e10,"长文":"l"},"geometry":{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8],[9,10]]]}},
	{"type":"Feature","properties":{"名称":"z","等级":7,"面积":0.125,"长文":"c"},"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"LineString","coordinates":[[1,2],[3,4]]}]}},
	{"type":"Feature","properties":{"名称":"海安市","等级":-1,"面积":-0.5,"长文":"-"},"geometry":null}]}`

func TestGeoPackagesThatOGRWrites(t *testing.T) {
	source := written(t, "source.geojson", []byte(someFeatures))
	for name, args := range map[string][]string{"plain": nil, "ISO Z": {"-dim", "XYZ"}, "renamed": {"-nln", "市 图\"层"}} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "a.gpkg")
			ogr2ogr(t, append([]string{"-f", "GPKG", file, source}, args...)...)
			asOGRReads(t, file, "", nil)
			if c := readAll(t, file, read.Options{}); c.crs != "EPSG:4549" {
				t.Error(c.crs, c.problems)
			}
		})
	}
	t.Run("curves", func(t *testing.T) {
		file := geopackage(t, roadsTable, `INSERT INTO roads (geom) VALUES (`+gp(4490, wkbOf(9, 2, wkbOf(8, 5, 0.0, 0.0, 1.0, 1.0, 2.0, 0.0, 3.0, -1.0, 4.0, 0.0), wkbOf(2, 2, 4.0, 0.0, 9.0, 0.0)))+`)`)
		asOGRReads(t, file, "", nil)
	})
}
