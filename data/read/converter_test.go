package read_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data/read"
)

// twoDistricts are polygons in metres, with a day and a column that is empty once.
const twoDistricts = `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4549"}},"features":[
	{"type":"Feature","properties":{"名称":"崇川区","等级":3,"面积":12.25,"日期":"2024/02/29"},"geometry":{"type":"Polygon","coordinates":[[[584000.123456,3539000],[585000,3539000],[585000,3540000],[584000.123456,3539000]]]}},
	{"type":"Feature","properties":{"名称":"海安市","等级":null,"面积":-0.5,"日期":"1949/10/01"},"geometry":{"type":"MultiPolygon","coordinates":[[[[0,0],[90,0],[90,90],[0,90],[0,0]],[[10,10],[10,80],[80,80],[80,10],[10,10]]],[[[200,200],[200,300],[300,300],[200,200]]]]}}]}`

// zipFolder packs a folder under its own name.
func zipFolder(t *testing.T, folder string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err := filepath.WalkDir(folder, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(filepath.Dir(folder), file)
		if err != nil {
			return err
		}
		w, err := z.Create(filepath.ToSlash(name))
		if err != nil {
			return err
		}
		_, err = w.Write(contentOf(t, file))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, "gdb.zip", b.Bytes())
}

func TestFileGeodatabase(t *testing.T) {
	source := written(t, "source.geojson", []byte(twoDistricts))
	gdb := filepath.Join(t.TempDir(), "区划.gdb")
	ogr2ogr(t, "-f", "OpenFileGDB", gdb, source, "-nln", "区县", "-nlt", "MULTIPOLYGON")
	meant := readAll(t, source, read.Options{})
	for how, path := range map[string]string{"folder": gdb, "zip": zipFolder(t, gdb), "folder around it": filepath.Dir(gdb)} {
		t.Run(how, func(t *testing.T) {
			c := readAll(t, path, read.Options{})
			if c.format != "File geodatabase" || c.crs != "EPSG:4549" || len(c.rows) != 2 {
				t.Fatalf("%s, %s, %d rows, %v", c.format, c.crs, len(c.rows), c.problems)
			}
			for i, row := range c.rows {
				for j, column := range c.columns {
					k := slices.Index(meant.columns, column)
					if k < 0 || column == "日期" {
						continue
					}
					if diff := cmp.Diff(meant.rows[i].Values[k].Any(), row.Values[j].Any()); diff != "" {
						t.Errorf("row %d, %s: %s", i+1, column, diff)
					}
				}
				if b, w := row.Geometry.Bound(), meant.rows[i].Geometry.Bound(); math.Abs(b.Min[0]-w.Min[0]) > 1e-3 || math.Abs(b.Max[1]-w.Max[1]) > 1e-3 {
					t.Errorf("row %d: %v, want %v", i+1, b, w)
				}
			}
		})
	}
	ogr2ogr(t, "-update", "-f", "OpenFileGDB", gdb, source, "-nln", "另一", "-nlt", "MULTIPOLYGON", "-limit", "1")
	fails(t, gdb, read.Options{}, "2 layers; name the one to read: 区县 (2 rows), 另一 (1 rows)")
	if c := readAll(t, gdb, read.Options{Layer: "另一"}); len(c.rows) != 1 {
		t.Errorf("%d rows", len(c.rows))
	}
	fails(t, gdb, read.Options{Layer: "x"}, `no layer "x"`)
	fails(t, zipFolder(t, gdb), read.Options{Limits: read.Limits{ArchiveBytes: 1000}}, "unpacks to more than 1000 bytes")
}

func TestMapInfo(t *testing.T) {
	mif := func(charset string) []byte {
		return []byte("Version 300\nCharset \"" + charset + "\"\nDelimiter \",\"\nCoordSys Earth Projection 8, 104, \"m\", 120, 0, 1, 500000, 0\nColumns 2\n  名称 Char(20)\n  人数 Integer\nData\n\nPoint 584000.5 3539000.25\nNone\n")
	}
	const mid = "\"南通市\",12\n\"海安\",3\n"
	gbkSet := files{"点.mif": []byte(gbk(string(mif("WindowsSimpChinese")))), "点.mid": []byte(gbk(mid)), "readme.md": nil}
	for how, path := range map[string]string{"folder": gbkSet.folder(t), "zip": gbkSet.zipped(t)} {
		c := readAll(t, path, read.Options{})
		want := [][]any{{"南通市", int64(12)}, {"海安", int64(3)}}
		if diff := cmp.Diff(want, cells(c)); diff != "" || c.format != "MapInfo" {
			t.Errorf("%s: %s", how, diff)
		}
		if diff := cmp.Diff(orb.Geometry(orb.Point{584000.5, 3539000.25}), c.rows[0].Geometry); diff != "" || c.rows[1].Geometry != nil {
			t.Error(diff, c.rows[1].Geometry)
		}
		if !strings.Contains(c.crs, "120") {
			t.Error(c.crs, c.problems)
		}
	}
	tab := filepath.Join(t.TempDir(), "a.tab")
	ogr2ogr(t, "-f", "MapInfo File", tab, filepath.Join(gbkSet.folder(t), "点.mif"))
	if c := readAll(t, tab, read.Options{}); len(c.rows) != 2 || c.format != "MapInfo" {
		t.Errorf("%d rows of %s", len(c.rows), c.format)
	}
	view := written(t, "v.tab", []byte("!table\n!version 100\nOpen Table \"/etc/x\" Hide\nCreate View v As Select * From x\n"))
	fails(t, view, read.Options{}, "refers to other tables")
}

func TestDXF(t *testing.T) {
	const dxf = "999\nmade by hand\n0\nSECTION\n2\nENTITIES\n0\nPOINT\n8\n消防栓\n10\n584000.5\n20\n3539000.25\n30\n0\n0\nLINE\n8\nroads\n10\n0\n20\n0\n11\n5\n21\n5\n0\nENDSEC\n0\nEOF\n"
	for _, name := range []string{"a.dxf", "a.dat"} {
		c := readAll(t, written(t, name, []byte(dxf)), read.Options{})
		if c.format != "DXF" || len(c.rows) != 2 || c.crs != "" {
			t.Fatalf("%s, %d rows, %s", c.format, len(c.rows), c.crs)
		}
		if i := slices.Index(c.columns, "Layer"); i < 0 || c.rows[1].Values[i].Raw != "roads" {
			t.Error(c.columns)
		}
		if _, ok := c.problem(read.CRSMissing); !ok {
			t.Error(c.problems)
		}
	}
}

// biff is a workbook of Excel 2 with one sheet: records of text and number cells.
func biff(cells ...any) []byte {
	record := func(kind int, body []byte) []byte {
		return append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, uint16(kind)), uint16(len(body))), body...)
	}
	b := record(0x09, []byte{2, 0, 0x10, 0})
	b = append(b, record(0x42, []byte{0xa8, 3})...) // code page 936
	rows := len(cells) / 3
	b = append(b, record(0x00, []byte{0, 0, byte(rows), 0, 0, 0, 3, 0})...)
	for i, c := range cells {
		at := []byte{byte(i / 3), 0, byte(i % 3), 0, 0, 0, 0}
		switch c := c.(type) {
		case string:
			text := gbk(c)
			b = append(b, record(0x04, append(append(at, byte(len(text))), text...))...)
		case float64:
			b = append(b, record(0x03, binary.LittleEndian.AppendUint64(at, math.Float64bits(c)))...)
		}
	}
	return append(b, record(0x0a, nil)...)
}

func TestXLS(t *testing.T) {
	file := written(t, "a.dat", biff("清单", nil, nil, "名称", "经度", "纬度", "甲", 120.5, 31.5, "乙", 121.0, 32.0))
	c := readAll(t, file, read.Options{})
	if diff := cmp.Diff([]string{"名称", "经度", "纬度"}, c.columns); diff != "" || c.format != "XLS" || c.crs != "" {
		t.Fatal(diff, c.format, c.crs, c.problems)
	}
	if diff := cmp.Diff([][]any{{"甲", "120.5", "31.5"}, {"乙", "121", "32"}}, cells(c)); diff != "" || c.rows[0].Number != 3 {
		t.Error(diff, c.rows[0].Number)
	}
	if diff := cmp.Diff(orb.Geometry(orb.Point{121, 32}), c.rows[1].Geometry); diff != "" {
		t.Error(diff)
	}
}

func TestODS(t *testing.T) {
	source := written(t, "source.csv", []byte("名称,人数\n甲,12\n乙,13㎡\n"))
	ods := filepath.Join(t.TempDir(), "a.ods")
	ogr2ogr(t, "-f", "ODS", ods, source)
	c := readAll(t, ods, read.Options{})
	if diff := cmp.Diff([][]any{{"甲", int64(12)}, {"乙", int64(13)}}, cells(c)); diff != "" || c.format != "ODS" {
		t.Error(diff, c.format)
	}
}

func TestWithoutConverter(t *testing.T) {
	for name, want := range map[string]string{"a.dxf": "A DXF drawing", "a.xls": "An XLS workbook (of Office 97 to 2003)"} {
		file := written(t, name, []byte("0\nSECTION\n"))
		if name == "a.xls" {
			file = written(t, name, biff("a", "b", "c"))
		}
		fails(t, file, read.Options{Converter: filepath.Join(t.TempDir(), "ogr2ogr")}, want+" is read with the help of ogr2ogr, which is not installed here. Install it (Debian's package gdal-bin)")
	}
}

// imitation makes programs in place of the converter's, of shell commands.
func imitation(t *testing.T, convert string) string {
	t.Helper()
	dir := t.TempDir()
	info := "case \"$1\" in --formats) echo '  DXF -vector- (rw+v): x'; echo '  WFS -vector- (rw+v): y';;\n*) printf 'Layer name: l\\nGeometry: Point\\nFeature Count: 3\\nLayer SRS WKT:\\n(unknown)\\n';; esac"
	for name, text := range map[string]string{"ogrinfo": info, "ogr2ogr": convert} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "ogr2ogr")
}

func TestConverterIsConfined(t *testing.T) {
	t.Setenv("PGPASSWORD", "secret")
	dxf := written(t, "a.dxf", []byte("0\nSECTION\n"))
	feature := `printf '\036{"type":"Feature","properties":{"env":"%s","cpu":"%s","memory":"%s","cores":"%s","args":"%s","here":"%s"},"geometry":null}\n' "$(env | cut -d= -f1 | sort | tr '\n' ' ')" "$(ulimit -t)" "$(ulimit -v)" "$(ulimit -c)" "$*" "$GDAL_SKIP"`
	temp := t.TempDir()
	s := open(t, dxf, read.Options{Temp: temp, Converter: imitation(t, feature), Limits: read.Limits{ConverterTime: 7 * time.Second, ConverterBytes: 1 << 30}})
	row, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	env, args := row.Values[0].Raw, row.Values[4].Raw
	if strings.Contains(env, "PGPASSWORD") || !strings.Contains(env, "GDAL_SKIP") || !strings.Contains(env, "PROJ_NETWORK") {
		t.Errorf("the environment is %s", env)
	}
	if diff := cmp.Diff([]any{"7", "1048576", "0", "WFS"}, []any{row.Values[1].Raw, row.Values[2].Raw, row.Values[3].Raw, row.Values[5].Raw}); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(args, "GeoJSONSeq /vsistdout/ ") || !strings.Contains(args, " l ") {
		t.Errorf("the arguments are %s", args)
	}
	s.Close()
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

func TestConverterThatMisbehaves(t *testing.T) {
	dxf := written(t, "a.dxf", []byte("0\nSECTION\n"))
	one := `printf '\036{"type":"Feature","properties":{"a":1},"geometry":null}\n'`
	tests := map[string]struct {
		script string
		limits read.Limits
		want   string
	}{
		"fails at once":           {"echo 'ERROR 4: broken file' >&2; exit 1", read.Limits{}, "cannot be read by ogr2ogr: ERROR 4: broken file"},
		"fails after a row":       {one + "; echo 'ERROR 1: no more' >&2; exit 1", read.Limits{}, "ERROR 1: no more"},
		"fails without words":     {"exit 3", read.Limits{}, "no reason given"},
		"takes too long":          {one + "; while :; do :; done", read.Limits{ConverterTime: time.Second}, "more processor time than the 1s"},
		"writes without end":      {"while :; do " + one + "; done", read.Limits{ArchiveBytes: 1 << 20}, "more than 1048576 bytes"},
		"writes one endless row":  {`printf '\036{"a":"'; while :; do printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; done`, read.Limits{FeatureBytes: 1 << 16}, "over 65536 bytes"},
		"writes something else":   {"echo hello", read.Limits{}, "broken at byte"},
		"is cut off in a feature": {`printf '\036{"type":"Fea'`, read.Limits{}, "cut off"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fails(t, dxf, read.Options{Converter: imitation(t, tt.script), Limits: tt.limits}, tt.want)
		})
	}
	// A layer without features is no fault, and one that is closed early ends its child.
	if c := readAll(t, dxf, read.Options{Converter: imitation(t, ":")}); len(c.rows) != 0 {
		t.Errorf("%d rows", len(c.rows))
	}
	s := open(t, dxf, read.Options{Converter: imitation(t, "while :; do "+one+"; done")})
	if _, err := s.Next(); err != nil && !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if c := readAll(t, dxf, read.Options{Converter: imitation(t, one+"; echo 'Warning 1: odd' >&2")}); len(c.problems) != 2 || c.problems[1].Rule != read.ConverterSays {
		t.Error(c.problems)
	}
}

func FuzzDXF(f *testing.F) {
	f.Add([]byte("0\nSECTION\n2\nENTITIES\n0\nPOINT\n8\nl\n10\n5\n20\n3\n0\nENDSEC\n0\nEOF\n"))
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.dxf", b)) })
}
