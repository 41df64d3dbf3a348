package write_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
	"github.com/paulmach/orb/planar"

	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
)

// gdal runs one of GDAL's programs, the oracle for what a file says.
func gdal(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s%s", program, args, err, out, err.(*exec.ExitError).Stderr)
	}
	return string(out)
}

// saved puts a file where GDAL can open it.
func saved(t *testing.T, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
	if strings.HasSuffix(name, ".zip") {
		return "/vsizip/" + path
	}
	return path
}

// features are what GDAL reads out of a file, positions and all.
func features(t *testing.T, path string, open ...string) []*geojson.Feature {
	t.Helper()
	out := gdal(t, "ogr2ogr", append([]string{"-f", "GeoJSON", "-lco", "COORDINATE_PRECISION=10", "-lco", "WRITE_NAME=NO", "/vsistdout/", path}, open...)...)
	out = strings.Replace(out, `"crs":`, `"was":`, 1)
	c, err := geojson.UnmarshalFeatureCollection([]byte(out))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return c.Features
}

var epsg = regexp.MustCompile(`ID\["EPSG",(\d+)\]\]\n`)

// system is the EPSG code that GDAL finds in a file, and how many features.
func system(t *testing.T, path string) (code string, count string) {
	t.Helper()
	out := gdal(t, "ogrinfo", "-ro", "-so", "-al", path)
	if m := epsg.FindStringSubmatch(out); m != nil {
		code = m[1]
	}
	m := regexp.MustCompile(`Feature Count: (\d+)`).FindStringSubmatch(out)
	if m == nil {
		t.Fatal(out)
	}
	return code, m[1]
}

var since = time.Date(2024, 2, 29, 16, 0, 0, 0, time.UTC)

// gallery has records with every kind of value, each absent once, and one that is unplaced.
func gallery(l *layers.Layer) []layers.Record {
	full := layers.Record{Source: "普查", SourceID: "A-1", ValidFrom: &since, PositionQuality: layers.PositionSurveyed, Datum: geo.GCJ02, Values: map[string]any{}}
	bare := layers.Record{Source: "普查", SourceID: "A-2", PositionQuality: layers.PositionRoad, Datum: geo.CGCS2000, Values: map[string]any{}}
	unplaced := layers.Record{Source: "普查", SourceID: "A-3", PositionQuality: layers.PositionNone, Datum: geo.Unknown, Values: map[string]any{}}
	for _, f := range l.Fields {
		full.Values[f.Name] = sampleValue(f, 1)
		if f.Required {
			bare.Values[f.Name], unplaced.Values[f.Name] = sampleValue(f, 2), sampleValue(f, 3)
		}
	}
	full.Geometry, bare.Geometry = sampleGeometry(l.Geometry, 0), sampleGeometry(l.Geometry, 0.5)
	return []layers.Record{full, bare, unplaced}
}

func sampleValue(f *layers.Field, n int) any {
	switch f.Type {
	case layers.TypeInteger:
		return int64(10 + n)
	case layers.TypeNumber:
		return 12.25 + float64(n)/1e6
	case layers.TypeBoolean:
		return n == 1
	case layers.TypeDate:
		return time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	case layers.TypeDateTime:
		return time.Date(2021, 4, 30, 12, 34, 56, 0, time.UTC)
	case layers.TypeCode:
		return f.List.Items[len(f.List.Items)-1].Code
	case layers.TypeCodes:
		return []string{f.List.Items[1].Code, f.List.Items[0].Code}
	case layers.TypeQuantities:
		return map[string]float64{f.List.Items[0].Code: 2.5, f.List.Items[1].Code: 40}
	}
	return fmt.Sprintf("南通“狼山”, %d号\"<聽>", n)
}

func sampleGeometry(kind layers.Geometry, shift float64) orb.Geometry {
	x, y := 120.5+shift, 32.0+shift/10
	ring := func(x, y, side float64) orb.Ring {
		return orb.Ring{{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}}
	}
	hole := ring(x+0.02, y+0.02, 0.01)
	hole.Reverse()
	switch kind {
	case layers.Point:
		return orb.Point{x + 0.123456789, y}
	case layers.LineString:
		return orb.LineString{{x, y}, {x + 0.1, y + 0.1}}
	case layers.MultiLineString:
		return orb.MultiLineString{{{x, y}, {x + 0.1, y + 0.1}}, {{x, y + 0.2}, {x + 0.1, y + 0.2}}}
	case layers.Polygon:
		return orb.Polygon{ring(x, y, 0.1), hole}
	}
	return orb.MultiPolygon{{ring(x, y, 0.1), hole}, {ring(x+0.2, y, 0.1)}}
}

// oneOfEach are layers that have all geometries and kinds of values between them.
var oneOfEach = []string{"shelter", "enterprise", "building", "road", "admin_unit", "rescue_team", "supply_depot", "lifeline", "warning"}

// canon brings a value, ours or GDAL's, to one text: absent and empty are the same, days
// and times are their digits in UTC, booleans 1 and 0.
func canon(f *layers.Field, v any, titles bool) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 12, 64) }
	code := func(c string) string {
		if item := f.List.Code(c); titles && item != nil && !strings.ContainsAny(item.Title.Zh, "、/：") {
			return item.Title.Zh
		}
		return c
	}
	digits := func(s string) string {
		s = regexp.MustCompile(`\D`).ReplaceAllString(s, "")
		return s[:min(len(s), map[layers.Type]int{layers.TypeDate: 8, layers.TypeDateTime: 14}[f.Type])]
	}
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "1", false: "0"}[v]
	case int64:
		return number(float64(v))
	case float64:
		if f.Type == layers.TypeDate { // a shapefile's day that GDAL takes for a number
			return digits(number(v))
		}
		return number(v)
	case time.Time:
		return digits(v.UTC().Format("20060102150405"))
	case []string:
		var list []string
		for _, c := range v {
			list = append(list, code(c))
		}
		return strings.Join(list, ";")
	case []any:
		var list []string
		for _, c := range v {
			list = append(list, fmt.Sprint(c))
		}
		return strings.Join(list, ";")
	case map[string]float64:
		var list []string
		for c, x := range v {
			list = append(list, code(c)+":"+number(x))
		}
		slices.Sort(list)
		return strings.Join(list, ";")
	case map[string]any:
		amounts := map[string]float64{}
		for c, x := range v {
			amounts[c] = x.(float64)
		}
		return canon(f, amounts, false)
	case string:
		switch f.Type {
		case layers.TypeDate, layers.TypeDateTime:
			return digits(v)
		case layers.TypeInteger, layers.TypeNumber:
			if x, err := strconv.ParseFloat(v, 64); err == nil {
				return number(x)
			}
		case layers.TypeBoolean:
			return map[string]string{"true": "1", "false": "0", "T": "1", "F": "0", "": ""}[v]
		case layers.TypeCode:
			return code(v)
		case layers.TypeQuantities:
			var amounts map[string]any
			if json.Unmarshal([]byte(v), &amounts) == nil {
				return canon(f, amounts, false)
			}
			list := strings.Split(v, ";")
			slices.Sort(list)
			return strings.Join(list, ";")
		}
		return v
	}
	return fmt.Sprintf("%T", v)
}

// columnNames tells what a file calls the fields.
func columnNames(t *testing.T, format string, v *layers.View, b []byte) map[string]string {
	names := map[string]string{}
	for _, f := range v.Columns() {
		names[f.Name] = f.Name
	}
	if strings.HasPrefix(format, "km") {
		names["name"] = "Name" // the placemark's own, in place of a column that differs by case
	}
	if format == "shp" {
		archive, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		readme, err := fs.ReadFile(archive, v.ID+".README.txt")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(readme)) {
			if parts := strings.Split(line, "\t"); len(parts) == 5 && names[parts[1]] != "" {
				names[parts[1]] = parts[0]
			}
		}
	}
	return names
}

// outline is a geometry so that the direction and start of rings make no difference.
func outline(g orb.Geometry) string {
	if g == nil {
		return "none"
	}
	b := g.Bound()
	kind := strings.TrimPrefix(g.GeoJSONType(), "Multi") // GDAL makes single parts of multiple ones and back
	return fmt.Sprintf("%s %.7f %.7f area %.6f, %d points", kind, b.Min, b.Max, planar.Area(g), pointsOf(g))
}

// TestGDALReadsEveryFormat writes the gallery and compares what GDAL reads, value by value.
func TestGDALReadsEveryFormat(t *testing.T) {
	for _, format := range []string{"gpkg", "geojson", "geojsonseq", "geojsonl", "kml", "kmz", "csv", "shp"} {
		for _, id := range oneOfEach {
			t.Run(format+"/"+id, func(t *testing.T) {
				v := view(t, id, layers.RoleAdmin)
				records := gallery(v.Layer)
				f := write.ByName(format)
				b, notices := file(t, format, v, write.Options{}, records...)
				if format != "shp" && len(notices) > 0 {
					t.Error(notices)
				}
				path := saved(t, f.FileName(v, write.Options{}), b)
				var open []string
				want := "4490"
				switch format {
				case "csv":
					want = ""
					open = []string{"-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat", "-oo", "GEOM_POSSIBLE_NAMES=wkt"}
				case "geojson", "geojsonseq", "geojsonl", "kml", "kmz":
					want = "4326"
				}
				if code, count := system(t, path); count != "3" || code != want {
					t.Errorf("%s features in EPSG:%s", count, code)
				}
				got := features(t, path, open...)
				if len(got) != len(records) {
					t.Fatalf("%d features", len(got))
				}
				names := columnNames(t, format, v, b)
				titles := strings.HasPrefix(format, "km")
				for i, r := range records {
					if diff := cmp.Diff(outline(r.Geometry), outline(got[i].Geometry)); diff != "" {
						t.Errorf("record %d: %s", i, diff)
					}
					for _, field := range v.Fields {
						wanted, found := canon(field, r.Values[field.Name], titles), canon(field, got[i].Properties[names[field.Name]], false)
						if wanted != found {
							t.Errorf("record %d, %s: want %q, got %q", i, field.Name, wanted, found)
						}
					}
					if source := got[i].Properties["source"]; source != r.Source {
						t.Errorf("source %v", source)
					}
				}
			})
		}
	}
}

// TestSystemsOfFiles writes a layer in other systems and has GDAL find them.
func TestSystemsOfFiles(t *testing.T) {
	v := view(t, "shelter", layers.RoleAdmin)
	for _, format := range []string{"gpkg", "shp", "geojson"} {
		for _, code := range []int{4326, 4490, 3857, 4549, 4550, 4528, 4529, 4508, 4497, 32651} {
			t.Run(fmt.Sprint(format, code), func(t *testing.T) {
				crs, err := geo.EPSG(code)
				if err != nil {
					t.Fatal(err)
				}
				records := gallery(v.Layer)
				for i, r := range records {
					if p, ok := r.Geometry.(orb.Point); ok {
						x, y, err := crs.FromLonLat(p[0], p[1])
						if err != nil {
							t.Fatal(err)
						}
						records[i].Geometry = orb.Point{x, y}
					}
				}
				f, o := write.ByName(format), write.Options{CRS: crs}
				b, _ := file(t, format, v, o, records...)
				path := saved(t, f.FileName(v, o), b)
				if got, count := system(t, path); got != strconv.Itoa(code) || count != "3" {
					t.Errorf("EPSG:%s, %s features", got, count)
				}
				out := gdal(t, "ogr2ogr", "-f", "GeoJSON", "-t_srs", "EPSG:4326", "-lco", "COORDINATE_PRECISION=7", "/vsistdout/", path)
				c, err := geojson.UnmarshalFeatureCollection([]byte(out))
				if err != nil {
					t.Fatal(err)
				}
				want := gallery(v.Layer)[1].Geometry.(orb.Point)
				if got := c.Features[1].Geometry.(orb.Point); math.Hypot(got[0]-want[0], got[1]-want[1]) > 2e-7 {
					t.Errorf("GDAL puts %v at %v", want, got)
				}
			})
		}
	}
}

// TestShiftIsLabelled writes positions in GCJ-02: they are shifted, and nothing takes the
// file for one in WGS 84 or CGCS2000.
func TestShiftIsLabelled(t *testing.T) {
	v := view(t, "building", layers.RoleAdmin)
	o := write.Options{Shift: geo.GCJ02}
	r := gallery(v.Layer)[0]
	first := r.Geometry.(orb.Polygon)[0][0]
	want, err := geo.Position{Lon: first[0], Lat: first[1], Datum: geo.CGCS2000}.To(geo.GCJ02)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range write.Formats() {
		if f.ID == "xlsx" || f.ID == "parquet" {
			continue // without GDAL's help elsewhere
		}
		t.Run(f.ID, func(t *testing.T) {
			b, _ := file(t, f.ID, v, o, r)
			name := f.FileName(v, o)
			if !strings.Contains(name, "GCJ02") {
				t.Errorf("the file's name is %s", name)
			}
			var open []string
			if f.ID == "csv" {
				open = []string{"-oo", "GEOM_POSSIBLE_NAMES=wkt"}
			}
			path := saved(t, name, b)
			if code, _ := system(t, path); code != "" && (f.ID == "gpkg" || f.ID == "shp") {
				t.Errorf("the file says EPSG:%s", code)
			}
			got := features(t, path, open...)[0]
			if m, ok := got.Geometry.(orb.MultiPolygon); ok {
				got.Geometry = m[0]
			}
			box := got.Geometry.Bound()
			if at := box.Min; math.Hypot(at[0]-want.Lon, at[1]-want.Lat) > 5e-4 || math.Abs(at[0]-first[0]) < 1e-3 {
				t.Errorf("at %v, want %v", at, want)
			}
			if f.ID != "shp" && got.Properties["position_shift"] != "GCJ02" || f.ID == "shp" && got.Properties["position_s"] != "GCJ02" {
				t.Errorf("no column says it: %v", got.Properties)
			}
		})
	}
}

// TestGDALReadsTheWorkbook compares what GDAL reads in the data sheet.
func TestGDALReadsTheWorkbook(t *testing.T) {
	for _, id := range oneOfEach {
		t.Run(id, func(t *testing.T) {
			v := view(t, id, layers.RoleAdmin)
			records := gallery(v.Layer)
			b, _ := file(t, "xlsx", v, write.Options{}, records...)
			got := features(t, saved(t, id+".xlsx", b), "数据 Data", "-oo", "HEADERS=FORCE")
			if len(got) != len(records) {
				t.Fatalf("%d rows", len(got))
			}
			for i, r := range records {
				for _, f := range v.Fields {
					found := got[i].Properties[f.Title.Zh]
					if f.Required && f.Default == "" {
						found = got[i].Properties[f.Title.Zh+"*"]
					}
					if f.Type == layers.TypeDateTime || f.Type == layers.TypeBoolean {
						continue // in words, for people
					}
					if wanted := canon(f, r.Values[f.Name], true); wanted != canon(f, found, false) {
						t.Errorf("record %d, %s: want %q, got %q", i, f.Name, wanted, found)
					}
				}
			}
		})
	}
}
