package web_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"onemap/data/ask"
)

// An answer is the same in every form, asked for by f, by Accept and as an output's format.
func TestAnswersInAllForms(t *testing.T) {
	w := newAskedCity(t)
	const path = "/api/processes/around/execution"
	const body = `{"inputs": {"shape": {"type": "Point", "coordinates": [120.86, 32.01]}, "radius": 5000, "limit": 100000}}`
	var whole questionAnswer
	w.send("POST", path, body).into(t, 200, &whole)
	at := w.send("POST", path, body, "Prefer", "respond-async").Header.Get("Location")
	w.untilOver(at)
	for _, f := range ask.Forms() {
		byName := w.send("POST", path+"?f="+f.ID, body)
		byAccept := w.send("POST", path, body, "Accept", f.MediaType)
		byOutput := w.send("POST", path, strings.TrimSuffix(body, "}")+`, "outputs": {"answer": {"format": {"mediaType": "`+f.MediaType+`"}}}}`)
		ofJob := w.get(at + "/results?f=" + f.ID)
		for _, a := range []struct {
			how string
			answer
		}{{"f", byName}, {"Accept", byAccept}, {"output", byOutput}, {"job", ofJob}} {
			if a.StatusCode != 200 || a.Header.Get("Content-Type") != f.MediaType || len(a.body) == 0 {
				t.Errorf("%s by %s: %s %s", f.ID, a.how, a.Status, a.Header.Get("Content-Type"))
			}
			if name := a.Header.Get("Content-Disposition"); f.ID != "json" && !strings.HasSuffix(name, f.Extension) {
				t.Errorf("%s by %s: it is called %q", f.ID, a.how, name)
			}
		}
		switch f.ID {
		case "geojson":
			geoJSONHas(t, byName.body, whole)
		case "xlsx":
			workbookHas(t, byName.body, whole)
		case "gpkg":
			geoPackageHas(t, byName.body, whole)
		case "html":
			pageHas(t, w, path, body, byName, whole)
		}
	}
	w.refused(at+"/results?f=doc", 400, "invalid", "f")
	var p problem
	w.send("POST", path+"?f=xlsx", strings.TrimSuffix(body, "}")+`, "response": "document"}`).into(t, 400, &p)
	if p.Field != "response" {
		t.Errorf("%+v", p)
	}
}

func geoJSONHas(t *testing.T, text []byte, answer questionAnswer) {
	t.Helper()
	var c struct {
		Type     string
		Question string
		Features []struct {
			Geometry   struct{ Type string }
			Properties map[string]any
		}
		Sources, Assumptions, Summary []any
	}
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	want := len(answer.Shapes)
	for _, table := range answer.Tables {
		for _, r := range table.Rows {
			if len(r.Geometry) > 0 {
				want++
			}
		}
	}
	if c.Type != "FeatureCollection" || c.Question != "around" || len(c.Features) != want || len(c.Sources) != len(answer.Sources) || len(c.Assumptions) == 0 || len(c.Summary) == 0 {
		t.Errorf("%s: %d features, not %d; %d sources", c.Type, len(c.Features), want, len(c.Sources))
	}
}

func workbookHas(t *testing.T, text []byte, answer questionAnswer) {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) != len(answer.Tables)+3 {
		t.Fatalf("%d sheets of %d tables: %v", len(sheets), len(answer.Tables), sheets)
	}
	for i, table := range answer.Tables {
		rows, err := book.GetRows(sheets[i+1])
		if err != nil {
			t.Fatal(err)
		}
		want := len(table.Rows) + 1
		if table.Total != nil {
			want++
		}
		if len(rows) != want {
			t.Errorf("%s: %d rows, not %d", table.ID, len(rows), want)
		}
	}
	sources, err := book.GetRows(sheets[len(sheets)-2])
	if err != nil || len(sources) != len(answer.Sources)+1 {
		t.Errorf("%d sources, %v", len(sources)-1, err)
	}
}

func geoPackageHas(t *testing.T, text []byte, answer questionAnswer) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "answer.gpkg")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	summary := gdal(t, "ogrinfo", "-ro", "-so", "-al", file)
	found := map[string]int{}
	for _, m := range regexp.MustCompile(`(?s)Layer name: (\S+)\n.*?Feature Count: (\d+)`).FindAllStringSubmatch(summary, -1) {
		found[m[1]], _ = strconv.Atoi(m[2])
	}
	for i, table := range answer.Tables {
		name := "t" + string(rune('0'+(i+1)/10)) + string(rune('0'+(i+1)%10)) + "_" + strings.ReplaceAll(table.ID, ".", "_")
		if n, ok := found[name]; !ok || n != len(table.Rows) {
			t.Errorf("%s: GDAL counts %d of %d", name, n, len(table.Rows))
		}
	}
	if found["shapes"] != len(answer.Shapes) || !strings.Contains(summary, "China Geodetic Coordinate System 2000") {
		t.Errorf("%d shapes: %.2000s", found["shapes"], summary)
	}
}

func pageHas(t *testing.T, w *world, path, body string, page answer, answer questionAnswer) {
	t.Helper()
	policy := page.Header.Get("Content-Security-Policy")
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "script") || !strings.Contains(policy, "style-src 'sha256-") || bytes.Contains(page.body, []byte("<script")) {
		t.Errorf("policy %s", policy)
	}
	rows := 0
	for _, table := range answer.Tables {
		rows += min(len(table.Rows), 2000)
	}
	if n := bytes.Count(page.body, []byte("<tr>")); n < rows+len(answer.Sources) {
		t.Errorf("%d rows, not %d", n, rows)
	}
	if !bytes.Contains(page.body, []byte("<svg")) || !bytes.Contains(page.body, []byte("数据来源")) {
		t.Error("the page has no sketch or no sources")
	}
	if english := w.send("POST", path+"?f=html&lang=en", body); !bytes.Contains(english.body, []byte("What was assumed")) || bytes.Contains(english.body, []byte("数据来源")) {
		t.Error("there is no page in English")
	}
}
