package read_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"onemap/data/read"
)

// oneOfEach is a small file of each format that is one file.
func oneOfEach(t *testing.T) map[string][]byte {
	t.Helper()
	book := workbook(t, func(f *excelize.File) error { return filled(f, "Sheet1", []any{"a", "b"}, []any{1, 2}) })
	kmz := archive(t, entry{name: "doc.kml", content: placemark(`<name>x</name>`)}, entry{name: "files/a.png", content: []byte("\x89PNG")})
	return map[string][]byte{
		"GeoJSON": []byte(`{"type":"Feature","properties":{"a":1},"geometry":null}`),
		"CSV":     []byte("a,b\n1,2\n"), "TSV": []byte("a\tb\n1\t2\n"), "XLSX": contentOf(t, book), "KML": placemark(`<name>x</name>`), "KMZ": contentOf(t, kmz),
		"GPX": []byte(`<gpx><wpt lat="1" lon="2"/></gpx>`), "GeoPackage": contentOf(t, geopackage(t, roadsTable, `INSERT INTO roads (fid) VALUES (1)`)),
		"DXF": []byte("0\nSECTION\n2\nENTITIES\n0\nPOINT\n8\nl\n10\n1\n20\n2\n0\nENDSEC\n0\nEOF\n"), "XLS": biff("a", "b", nil, 1.0, 2.0, nil),
	}
}

// endings are the usual ones of the formats, which a name has in an archive.
var endings = map[string]string{
	"GeoJSON": ".geojson", "CSV": ".csv", "TSV": ".tsv", "XLSX": ".xlsx", "KML": ".kml", "KMZ": ".kmz", "GPX": ".gpx", "GeoPackage": ".gpkg", "DXF": ".dxf", "XLS": ".xls",
}

func TestEachFormatInAnArchive(t *testing.T) {
	for format, content := range oneOfEach(t) {
		t.Run(format, func(t *testing.T) {
			name := "数据/区 县" + endings[format]
			junk := []entry{{name: "__MACOSX/数据/._a.csv", content: []byte("a,b\n1,2\n")}, {name: "Thumbs.db", content: []byte{1}}, {name: "数据/.DS_Store"}, {name: "数据/~$a.xlsx", content: content}, {name: "说明.txt", content: []byte("请看数据, 谢谢\n")}, {name: "a.pdf", content: []byte("%PDF-1.4")}}
			for how, path := range map[string]string{
				"UTF-8": archive(t, append(junk, entry{name: name, content: content, method: zip.Deflate})...),
				"GBK":   archive(t, append(junk, entry{name: gbk(name), content: content})...),
			} {
				temp := t.TempDir()
				c := readAll(t, path, read.Options{Temp: temp})
				if c.format != format || len(c.rows) != 1 {
					t.Errorf("%s: %s with %d rows", how, c.format, len(c.rows))
				}
				layers, err := read.Layers(path, read.Options{Temp: temp})
				if err != nil || len(layers) != 1 || layers[0].Format == "" {
					t.Errorf("%s: %v %v", how, layers, err)
				}
			}
			folder := t.TempDir()
			if err := os.MkdirAll(filepath.Join(folder, "数据"), 0o700); err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(folder, "数据"), filepath.Base(name), content)
			if c := readAll(t, folder, read.Options{}); c.format != format || len(c.rows) != 1 {
				t.Errorf("folder: %s with %d rows", c.format, len(c.rows))
			}
			// By content alone, with the ending of another format.
			if c := readAll(t, written(t, "a.shp", content), read.Options{}); c.format != format || len(c.rows) != 1 {
				t.Errorf("by content: %s with %d rows", c.format, len(c.rows))
			}
		})
	}
}

func TestArchiveOfSeveral(t *testing.T) {
	var all []entry
	for format, content := range oneOfEach(t) {
		if format != "XLS" && format != "DXF" {
			all = append(all, entry{name: "a/" + format + endings[format], content: content})
		}
	}
	for name, content := range set("镇", 1, enterpriseShapes, enterprises(), nil) {
		all = append(all, entry{name: "b/" + name, content: content})
	}
	for name, content := range set("镇", 1, enterpriseShapes, enterprises(), nil) {
		all = append(all, entry{name: "c/" + name, content: content})
	}
	path := archive(t, all...)
	fails(t, path, read.Options{}, "10 data sets; name the one to read: CSV (CSV), GPX (GPX), GeoJSON (GeoJSON)")
	layers, err := read.Layers(path, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range layers {
		names = append(names, l.Name)
		if c := readAll(t, path, read.Options{Layer: l.Name}); len(c.rows) == 0 {
			t.Errorf("%s has no rows", l.Name)
		}
	}
	want := []string{"CSV", "GPX/waypoints", "GeoJSON", "GeoPackage/roads", "KML", "KMZ", "TSV", "XLSX/Sheet1", "b/镇.shp", "c/镇.shp"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
}

func TestStrangersAreNamed(t *testing.T) {
	for content, want := range map[string]string{
		"Rar!\x1a\x07":                          "is a RAR archive",
		"7z\xbc\xaf\x27\x1c\x00":                "is a 7z archive",
		"%PDF-1.7\n":                            "is a PDF",
		"AC1032\x00\x00":                        "save it as DXF",
		"SQLite format 3\x00 ":                  "not a GeoPackage",
		"\x00\x01\x00\x00Standard Jet DB":       "Access database",
		"\x1f\x8b\x08":                          "is a gzip archive",
		"PMTiles\x03":                           "map tiles",
		"66666 2101   26 0001 2101 0 6 Du":      "best track file",
		"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18": "is an OpenStreetMap file",
		"<?xml version='1.0'?>\n<osm attribution=\"\">\n</osm>": "is an OpenStreetMap file",
	} {
		fails(t, written(t, "a.bin", []byte(content)), read.Options{}, want)
	}
	fails(t, archive(t, entry{name: "more.zip", content: []byte("PK\x03\x04")}), read.Options{}, "what is in the archive is none of the formats")
	fails(t, archive(t, entry{name: "a.csv", content: []byte("a,b\n1,2\n"), flags: 1}), read.Options{}, "encrypted")
}

func TestFolderLimits(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a.csv", "b.csv", "c.csv"} {
		put(t, folder, name, []byte("a,b\n1,2\n"))
	}
	fails(t, folder, read.Options{Limits: read.Limits{ArchiveEntries: 2}}, "more than 2 files")
	// A link out of the folder is not followed.
	secret := written(t, "secret.csv", []byte("a,b\n1,2\n"))
	linked := t.TempDir()
	if err := os.Symlink(secret, filepath.Join(linked, "x.csv")); err != nil {
		t.Fatal(err)
	}
	fails(t, linked, read.Options{}, "none of the formats")
	deep := filepath.Join(t.TempDir(), strings.Repeat("d/", 12))
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	put(t, deep, "a.csv", []byte("a,b\n1,2\n"))
	fails(t, filepath.Join(deep, strings.Repeat("../", 12)), read.Options{}, "none of the formats")
}

// All that was unpacked is gone when the file is closed, and when it cannot be opened.
func TestNothingIsLeftBehind(t *testing.T) {
	temp := t.TempDir()
	packed := archive(t, entry{name: "a.gpkg", content: contentOf(t, geopackage(t, roadsTable))}, entry{name: "b.xlsx", content: oneOfEach(t)["XLSX"]})
	for _, layer := range []string{"a", "b", "", "c", "a/x"} {
		s, err := read.Open(packed, read.Options{Temp: temp, Layer: layer})
		if err == nil {
			s.Close()
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
			t.Errorf("layer %q: %v is left, %v", layer, left, err)
		}
	}
	if _, err := read.Layers(packed, read.Options{Temp: temp}); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
	fails(t, packed, read.Options{Temp: filepath.Join(temp, "none"), Layer: "a"}, "cannot be made")
}
