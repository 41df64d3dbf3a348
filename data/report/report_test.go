package report_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	_ "modernc.org/sqlite"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/report"
	"onemap/data/storetest"
	"onemap/data/survey"
	"onemap/layers"
	"onemap/layers/fault"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// desk is an intake on a fresh database with all tables.
func desk(t *testing.T) (*survey.Intake, *data.Store) {
	t.Helper()
	s, _ := storetest.Empty(t)
	in, err := survey.NewIntake(s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return in, s
}

// checked brings a file of shelters and checks it.
func checked(t *testing.T, in *survey.Intake, s *data.Store, name string, content []byte) data.Batch {
	t.Helper()
	k, err := in.Keep(bytes.NewReader(content), name, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	o := survey.Options{Columns: map[string]string{"shelter_code": "编号", "name": "名称", "capacity": "容纳人数"}, SkipBad: true, Placing: survey.Placing{CRS: "EPSG:4490", Shift: "none"}}
	b, err := in.Bring(t.Context(), k, "shelter", "county", "", o, "census")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Parse(t.Context(), b.ID, "census"); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Check(t.Context(), b.ID, "census", nil); err != nil {
		t.Fatal(err)
	}
	if b, err = s.Batch(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t *testing.T, m *report.Maker, b data.Batch, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := m.Write(t.Context(), b, name, &out); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return out.Bytes()
}

// workbook is a county's own: a title above the header, a form of its own in the cells.
func workbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, NumFmt: 49})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{
		{"某县避难场所调查表"},
		{},
		{"编号", "名称", "容纳人数", "经度", "纬度"},
		{"S1", "公园", 100, 120.900123, 32.012345},
		{"S2", "学校", "很多", 120.912345, 32.012345},
		{"", "无编号", 5, 120.923456, 32.012345},
	} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellStyle("Sheet1", "A4", "C6", style); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openBook(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func cell(t *testing.T, f *excelize.File, sheet, name string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, name)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func colour(t *testing.T, f *excelize.File, sheet, name string) (string, *excelize.Style) {
	t.Helper()
	id, err := f.GetCellStyle(sheet, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.GetStyle(id)
	if err != nil || s == nil || len(s.Fill.Color) == 0 {
		return "", s
	}
	return s.Fill.Color[0], s
}

func TestWorkbookComesBackMarked(t *testing.T) {
	in, s := desk(t)
	b := checked(t, in, s, "某县.xlsx", workbook(t))
	f := openBook(t, write(t, report.New(s, in, t.TempDir()), b, "marked.xlsx"))
	for name, want := range map[string]string{"A1": "某县避难场所调查表", "A3": "编号", "B5": "学校", "C5": "很多", "F3": "检查结果 Result"} {
		if got := cell(t, f, "Sheet1", name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]string{"F5": "错误 error", "F6": "错误 error"} {
		if got := cell(t, f, "Sheet1", name); !strings.HasPrefix(got, want) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := cell(t, f, "Sheet1", "F4"); strings.Contains(got, "error") {
		t.Errorf("the good row is %q", got)
	}
	for name, want := range map[string]string{"C5": "F4B6B2", "A6": "F4B6B2", "A4": "", "B5": ""} {
		got, style := colour(t, f, "Sheet1", name)
		if !strings.HasSuffix(got, want) || want == "" && got != "" {
			t.Errorf("%s has the colour %q, want %q", name, got, want)
		}
		if want != "" && (style.Font == nil || !style.Font.Bold || style.NumFmt != 49) {
			t.Errorf("%s has lost its form: %+v", name, style)
		}
	}
	comments, err := f.GetComments("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, c := range comments {
		at[c.Cell] = c.Text
		for _, p := range c.Paragraph {
			at[c.Cell] += p.Text
		}
	}
	if at["C5"] == "" || at["A6"] == "" || at["A4"] != "" {
		t.Errorf("comments: %v", at)
	}
}

func TestWorkbookWithoutStylesComesBack(t *testing.T) {
	content := workbook(t)
	from, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var bare bytes.Buffer
	to := zip.NewWriter(&bare)
	for _, f := range from.File {
		if f.Name == "xl/styles.xml" {
			continue
		}
		if err := to.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	in, s := desk(t)
	b := checked(t, in, s, "某县.xlsx", bare.Bytes())
	f := openBook(t, write(t, report.New(s, in, t.TempDir()), b, "marked.xlsx"))
	said := ""
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		said += fmt.Sprint(rows)
	}
	for _, want := range []string{"很多", "错误 error", "公园"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
}

func geojson(n int) []byte {
	var list []string
	for i := range n {
		capacity := "100"
		if i%10 == 3 {
			capacity = `"很多"`
		}
		list = append(list, fmt.Sprintf(`{"type":"Feature","properties":{"编号":"S%d","名称":"场所%d","容纳人数":%s},"geometry":{"type":"Point","coordinates":[%.6f,32.0]}}`, i, i, capacity, 120.9+float64(i)/1e5))
	}
	return []byte(`{"type":"FeatureCollection","features":[` + strings.Join(list, ",") + `]}`)
}

func TestReportOfAnyOtherFile(t *testing.T) {
	in, s := desk(t)
	b := checked(t, in, s, "某县.geojson", geojson(100))
	folder := filepath.Join(t.TempDir(), "report")
	paths, err := report.New(s, in, t.TempDir()).Folder(t.Context(), b.ID, folder)
	if err != nil || len(paths) != 5 {
		t.Fatalf("%v, %v", paths, err)
	}
	read := func(name string) []byte {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}

	var doc struct {
		Batch    data.Batch
		Groups   []data.FindingGroup
		Findings []data.NumberedFinding
	}
	if err := json.Unmarshal(read("findings.json"), &doc); err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, f := range doc.Findings {
		if f.Field == "capacity" && f.Severity == layers.SeverityError {
			wrong++
		}
	}
	if doc.Batch.ID != b.ID || wrong != 10 {
		t.Errorf("batch %d, %d wrong of %d", doc.Batch.ID, wrong, len(doc.Findings))
	}

	db, err := sql.Open("sqlite", filepath.Join(folder, "findings.gpkg"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var rows, errors int
	var message string
	if err := db.QueryRow(`SELECT count(*), count(*) FILTER (WHERE severity = 'error'), max(message_zh) FROM finding`).Scan(&rows, &errors, &message); err != nil || rows != len(doc.Findings) || errors < 10 || message == "" {
		t.Errorf("%d rows, %d errors, %q, %v", rows, errors, message, err)
	}

	f := openBook(t, read("marked.xlsx"))
	if got := cell(t, f, "数据 Data", "A1"); got != "检查结果 Result" {
		t.Errorf("A1 is %q", got)
	}
	if got := cell(t, f, "数据 Data", "A5"); !strings.HasPrefix(got, "错误 error") {
		t.Errorf("the fourth record is %q", got)
	}
	if got, _ := colour(t, f, "数据 Data", "F5"); !strings.HasSuffix(got, "F4B6B2") || cell(t, f, "数据 Data", "F5") != "很多" {
		t.Errorf("its cell is %q in %q", cell(t, f, "数据 Data", "F5"), got)
	}
	if comments, err := f.GetComments("数据 Data"); err != nil || len(comments) < 10 {
		t.Errorf("%d comments, %v", len(comments), err)
	}

	f = openBook(t, read("summary.xlsx"))
	rates, err := f.GetRows("差错率 Error rates")
	if err != nil || len(rates) < 3 {
		t.Fatalf("%v, %v", rates, err)
	}
	if rates[1][4] != "100" || rates[1][6] != "10" || !strings.Contains(rates[1][9], "合格") {
		t.Errorf("%q", rates)
	}

	page := string(read("signoff.html"))
	for _, want := range []string{"质检签认单", "Signatures", "某县.geojson", b.FileHash, "差错率", "合格线"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page to sign has no %q", want)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("the page to sign has a script")
	}
}

func TestNoReportBeforeTheCheck(t *testing.T) {
	in, s := desk(t)
	k, err := in.Keep(bytes.NewReader(geojson(1)), "a.geojson", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	b, err := in.Bring(t.Context(), k, "shelter", "county", "", survey.Options{}, "census")
	if err != nil {
		t.Fatal(err)
	}
	if err := report.New(s, in, "").Write(t.Context(), b, "summary.xlsx", &bytes.Buffer{}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("%v", err)
	}
}
