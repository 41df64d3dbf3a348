package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAskOnTheCommandLine lists questions and inputs, asks with and without a scenario, and
// writes files.
func TestAskOnTheCommandLine(t *testing.T) {
	home, files := newHome(t), t.TempDir()
	must := func(want string, args ...string) string {
		t.Helper()
		code, out, errs := onemap(t, append(args, "--home", home)...)
		if code != 0 || !strings.Contains(out, want) {
			t.Fatalf("%v: %d\n%s%s", args, code, out, errs)
		}
		return out
	}
	must("around", "ask")
	must("shape", "ask", "around", "--help-inputs", "--lang", "en")
	must("", "sample", "--small")

	const point = `shape={"type":"Point","coordinates":[120.86,32.01]}`
	text := must("数据来源", "ask", "around", "--input", point, "--input", "radius=20000", "--input", `layers=["shelter"]`)
	serve(t, "--home", home) // so that the commands that follow needn't start the database
	for _, want := range []string{"周边分析", "距离 (m)", "版本", "假定"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	inputs := filepath.Join(files, "inputs.json")
	if err := os.WriteFile(inputs, []byte(`{"shape": {"type":"Point","coordinates":[120.86,32.01]}, "radius": 1, "layers": ["shelter"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Scenario string
		Summary  []struct{ Value float64 }
		Tables   []struct{ ID string }
	}
	read := func(args ...string) {
		t.Helper()
		if err := json.Unmarshal([]byte(must("{", append([]string{"ask", "around", "--inputs", inputs, "--f", "json"}, args...)...)), &answer); err != nil {
			t.Fatal(err)
		}
	}
	read("--input", "radius=20000")
	base := answer.Summary[0].Value
	if base < 1 || !strings.Contains(text, "范围内记录: ") {
		t.Fatalf("%v shelters", base)
	}
	scenario := filepath.Join(files, "tent.json")
	if err := os.WriteFile(scenario, []byte(`{"name": "帐篷", "added": [{"layer": "shelter", "place": [120.861, 32.01]}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if read("--input", "radius=20000", "--scenario", scenario); answer.Summary[0].Value != base+1 || answer.Scenario != "帐篷" {
		t.Errorf("%+v, as it is %v", answer, base)
	}
	if read("--input", "radius=20000", "--scenario", scenario, "--compare"); answer.Summary[0].Value != 1 || answer.Tables[0].ID != "summary" {
		t.Errorf("%+v", answer)
	}
	for _, name := range []string{"a.xlsx", "a.html", "a.geojson", "a.gpkg", "a.json"} {
		must("", "ask", "around", "--inputs", inputs, "-o", filepath.Join(files, name))
		if info, err := os.Stat(filepath.Join(files, name)); err != nil || info.Size() < 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, args := range map[string][]string{
		"There is no question":  {"ask", "everything"},
		"needs this input":      {"ask", "around"},
		"no input of this name": {"ask", "around", "--input", point, "--input", "colour=red"},
		"is not NAME=VALUE":     {"ask", "around", "--input", "shape"},
		"There is no scenario":  {"ask", "around", "--input", point, "--scenario", "none"},
		"There is no form":      {"ask", "around", "--input", point, "--f", "doc"},
		"needs a scenario":      {"ask", "around", "--input", point, "--compare"},
	} {
		if code, _, errs := onemap(t, append(args, "--home", home)...); code != 1 || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
}
