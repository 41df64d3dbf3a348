package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestExportEditImport takes a layer out, edits it and brings it back: exactly the edits
// are changed.
func TestExportEditImport(t *testing.T) {
	home, folder, files := newHome(t), t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "kiosk.yaml"), []byte(kiosks), 0o644); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(files, "kiosks.geojson")
	if err := os.WriteFile(source, []byte(kioskFile), 0o644); err != nil {
		t.Fatal(err)
	}
	at := []string{"--home", home, "--layers", folder}
	must := func(want string, args ...string) string {
		t.Helper()
		code, out, errs := onemap(t, append(args, at...)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v: %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	placing := []string{"--crs", "EPSG:4490", "--axis", "xy", "--shift", "none"}
	must("3 new", "import", "kiosk", source, "--crs", "CRS84", "--axis", "xy", "--shift", "none")
	serve(t, at...) // so that the commands after the first needn't start the database
	for _, format := range []string{"xlsx", "csv", "gpkg", "shp"} {
		name := filepath.Join(files, "out."+format)
		must("3 records", "export", "kiosk", "-o", name, "--format", format)
		must("0 new, 0 changed, 0 gone, 3 unchanged", append([]string{"import", "kiosk", name}, placing...)...)
	}

	name := filepath.Join(files, "out.xlsx")
	book, err := excelize.OpenFile(name)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for cell, value := range map[string]string{"B2": "文峰书报亭", "C3": "报刊", "A5": "K9", "B5": "新亭"} {
		if err := book.SetCellStr("数据 Data", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	must("1 new, 2 changed, 0 gone, 1 unchanged", append([]string{"import", "kiosk", name}, placing...)...)
	lines := strings.Split(must("文峰书报亭", "export", "kiosk", "-o", "-", "--format", "csv", "--sortby=-name", "--properties", "name"), "\n")
	if names := lines[1 : len(lines)-1]; !slices.IsSortedFunc(names, func(a, b string) int {
		return strings.Compare(strings.Split(b, ",")[1], strings.Split(a, ",")[1])
	}) || len(names) != 4 || !strings.HasPrefix(lines[0], "\ufeffid,name,") || strings.Contains(lines[0], "kind") {
		t.Errorf("sorted: %q", lines)
	}
	if out := must("文峰书报亭", "export", "kiosk", "-o", "-", "--format", "csv", "--filter", "kind = 'news'"); strings.Count(out, "\n") != 5 {
		t.Errorf("filtered:\n%s", out)
	}
}

// TestExportIsRefusedWithASentence asks for what can't be had; nothing is left behind.
func TestExportIsRefusedWithASentence(t *testing.T) {
	home, files := newHome(t), t.TempDir()
	serve(t, "--home", home) // so that each command needn't start the database
	for want, args := range map[string][]string{
		"no layer":                {"nothing", "-o", filepath.Join(files, "a.csv")},
		"format":                  {"shelter", "-o", filepath.Join(files, "a.doc")},
		"no format":               {"shelter", "--format", "fgb", "-o", filepath.Join(files, "a.fgb")},
		"Xian":                    {"shelter", "--crs", "EPSG:4610", "-o", filepath.Join(files, "a.csv")},
		"longitude and":           {"shelter", "--crs", "EPSG:4549", "-o", filepath.Join(files, "a.kml")},
		"no field":                {"shelter", "--filter", "colour = 'red'", "-o", filepath.Join(files, "a.csv")},
		`no field "rooms"`:        {"shelter", "--sortby", "rooms", "-o", filepath.Join(files, "a.csv")},
		`no field "doors"`:        {"shelter", "--properties", "name,doors", "-o", filepath.Join(files, "a.csv")},
		"is a code":               {"shelter", "--filter", "status", "-o", filepath.Join(files, "a.csv")},
		"west,south":              {"shelter", "--bbox", "1,2,3", "-o", filepath.Join(files, "a.csv")},
		"always in UTF-8":         {"shelter", "--encoding", "GBK", "-o", filepath.Join(files, "a.gpkg")},
		"can't be written":        {"shelter", "-o", filepath.Join(files, "nowhere", "a.csv")},
		"RFC 3339":                {"shelter", "--datetime", "gestern", "-o", filepath.Join(files, "a.csv")},
		"can't be had in":         {"shelter", "--shift", "GCJ02", "--crs", "EPSG:4549", "-o", filepath.Join(files, "a.csv")},
		`no field "keys_held_by"`: {"shelter", "--role", "viewer", "--filter", "keys_held_by = 'x'", "-o", filepath.Join(files, "a.csv")},
	} {
		code, out, errs := onemap(t, append([]string{"export", "--home", home}, args...)...)
		if code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s%s", args, code, out, errs)
		}
	}
	left, err := os.ReadDir(files)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	code, out, errs := onemap(t, "export", "shelter", "--home", home, "--shift", "GCJ02", "-o", filepath.Join(files, "a.csv"))
	if _, err := os.Stat(filepath.Join(files, "a-GCJ02.csv")); code != 0 || err != nil {
		t.Errorf("a shifted file does not say so in its name: %s%s %v", out, errs, err)
	}
}
