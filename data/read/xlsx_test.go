package read_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"

	"onemap/data/read"
)

// workbook writes a file with excelize.
func workbook(t testing.TB, build func(f *excelize.File) error) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := build(f); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return written(t, "a.xlsx", b.Bytes())
}

// filled puts rows into a sheet from A1 on.
func filled(f *excelize.File, sheet string, rows ...[]any) error {
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprint("A", i+1), &row); err != nil {
			return err
		}
	}
	return nil
}

func styled(f *excelize.File, sheet, from, to, format string) error {
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
	if err != nil {
		return err
	}
	return f.SetCellStyle(sheet, from, to, style)
}

func TestXLSX(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		rows := [][]any{
			{"企业编号", "名称", "日期", "时间", "长代码", "邮编", "面积", "占比", "公式", "在用", "信用代码"},
			{1, "  化工厂　", 45351, 45351.75, 320613001001, 513, "１２０㎡", 0.856, nil, true, "91320600MA1XQ2345X"},
			{2.5, "无", 59, 0.5, 3.2061300100100102e17, 226001, "80㎡", 1, nil, false, "—"},
			{-3, "丙", 61, "soon", 99999999999, 12345678, "／", 0.07, nil, nil, nil},
		}
		if err := filled(f, "Sheet1", rows...); err != nil {
			return err
		}
		if err := f.SetCellFormula("Sheet1", "I2", "1+1"); err != nil {
			return err
		}
		for column, format := range map[string]string{"C": `yyyy"年"m"月"d"日"`, "D": "yyyy/m/d h:mm", "F": "000000", "H": "0.0%"} {
			if err := styled(f, "Sheet1", column+"2", column+"4", format); err != nil {
				return err
			}
		}
		return styled(f, "Sheet1", "D3", "D3", "h:mm:ss")
	})
	c := readAll(t, file, read.Options{})
	want := [][]any{
		{int64(1), "化工厂", date(2024, 2, 29), date(2024, 2, 29).Add(18 * time.Hour), int64(320613001001), "000513", int64(120), 85.6, nil, true, "91320600MA1XQ2345X"},
		{2.5, "无", date(1900, 2, 28), "12:00:00", 3.20613001001001e17, "226001", int64(80), int64(100), nil, false, nil},
		{int64(-3), "丙", date(1900, 3, 1), "soon", int64(99999999999), "12345678", nil, int64(7), nil, nil, nil},
	}
	if diff := cmp.Diff(want, cells(c)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]read.Rule{read.DigitsLost}, rules(c.rows[1].Problems)); diff != "" || c.rows[1].Problems[0].Column != "长代码" {
		t.Error(diff)
	}
	if raw := c.rows[0].Values[4].Raw; raw != "320613001001" {
		t.Errorf("the code is %q", raw)
	}
	for _, r := range []read.Rule{read.CodeRestored, read.ZerosRestored, read.FormulaUncached, read.PlaceholderNull, read.UnitDropped} {
		if _, ok := c.problem(r); !ok {
			t.Errorf("nothing tells of %s: %v", r, c.problems)
		}
	}
	if c.format != "XLSX" || c.encoding != "UTF-8" || c.rows[0].Number != 2 {
		t.Error(c.format, c.encoding, c.rows[0].Number)
	}
}

func TestXLSXMergedAndHidden(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		rows := [][]any{
			{"附表一  避难场所清单"},
			{"填报单位：应急局", nil, nil, "单位：平方米"},
			{"序号", "位置", nil, "名称", "镇街"},
			{nil, "经度", "纬度"},
			{1, 120.8, 31.9, "体育馆", "狼山镇"},
			{2, 120.9, 31.8, "公园"},
			{3, 121.0, 31.7, "学校", "新城桥"},
			{nil, nil, nil, nil, nil},
			{4, 121.1, 31.6, "广场", "任港"},
		}
		if err := filled(f, "Sheet1", rows...); err != nil {
			return err
		}
		for _, m := range [][2]string{{"A1", "E1"}, {"A3", "A4"}, {"B3", "C3"}, {"D3", "D4"}, {"E3", "E4"}, {"E5", "E6"}} {
			if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
				return err
			}
		}
		if err := f.SetRowVisible("Sheet1", 6, false); err != nil {
			return err
		}
		if err := f.SetColVisible("Sheet1", "D", false); err != nil {
			return err
		}
		if _, err := f.NewSheet("旧表"); err != nil {
			return err
		}
		if err := filled(f, "旧表", []any{"a"}, []any{1}); err != nil {
			return err
		}
		return f.SetSheetVisible("旧表", false)
	})
	c := readAll(t, file, read.Options{})
	if diff := cmp.Diff([]string{"序号", "位置/经度", "位置/纬度", "名称", "镇街"}, c.columns); diff != "" {
		t.Error(diff)
	}
	want := [][]any{
		{int64(1), 120.8, 31.9, "体育馆", "狼山镇"},
		{int64(2), 120.9, 31.8, "公园", "狼山镇"},
		{int64(3), int64(121), 31.7, "学校", "新城桥"},
		{int64(4), 121.1, 31.6, "广场", "任港"},
	}
	if diff := cmp.Diff(want, cells(c)) + cmp.Diff(orb.Geometry(orb.Point{121.1, 31.6}), c.rows[3].Geometry); diff != "" || c.rows[3].Number != 9 || c.crs != "" {
		t.Error(diff, c.rows[3].Number, c.crs)
	}
	if diff := cmp.Diff([]read.Rule{read.HiddenPart, read.HiddenPart, read.HeaderSkipped, read.PositionColumns, read.CRSMissing, read.HiddenRow, read.MergedFilled}, rules(c.problems)); diff != "" {
		t.Error(diff, c.problems)
	}
	if c := readAll(t, file, read.Options{Layer: "旧表"}); len(c.rows) != 1 {
		t.Errorf("%d rows of the hidden sheet", len(c.rows))
	}
}

// The program's own template reads back as its sheet of data alone, empty or filled.
func TestXLSXTemplate(t *testing.T) {
	build := func(rows ...[]any) string {
		return workbook(t, func(f *excelize.File) error {
			if err := f.SetSheetName("Sheet1", "数据 Data"); err != nil {
				return err
			}
			for _, s := range []string{"说明 Guide", "代码 Codes"} {
				if _, err := f.NewSheet(s); err != nil {
					return err
				}
				if err := filled(f, s, []any{"字段", "Field"}, []any{"名称", "name"}); err != nil {
					return err
				}
			}
			return filled(f, "数据 Data", append([][]any{{"名称*", "等级", "经度", "纬度"}}, rows...)...)
		})
	}
	if c := readAll(t, build(), read.Options{}); len(c.rows) != 0 || len(c.columns) != 4 || c.crs != "EPSG:4490" {
		t.Error(c.columns, c.rows, c.crs)
	}
	c := readAll(t, build([]any{"甲", "重大", 120.8, 31.9}), read.Options{})
	if len(c.rows) != 1 || c.rows[0].Geometry != orb.Geometry(orb.Point{120.8, 31.9}) {
		t.Error(c.rows)
	}
}

func TestXLSXSheets(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		for _, s := range []string{"企业", "学校", "空", "填表说明"} {
			if _, err := f.NewSheet(s); err != nil {
				return err
			}
		}
		if err := filled(f, "填表说明", []any{"请勿修改表头"}); err != nil {
			return err
		}
		if err := filled(f, "企业", []any{"a"}, []any{1}, []any{2}); err != nil {
			return err
		}
		return filled(f, "学校", []any{"b"}, []any{"x"})
	})
	fails(t, file, read.Options{}, "6 sheets; name the one to read: Sheet1 (0 rows), 企业 (3 rows), 学校 (2 rows)"[2:])
	fails(t, file, read.Options{Layer: "医院"}, `no sheet "医院"`)
	if c := readAll(t, file, read.Options{Layer: "学校"}); len(c.rows) != 1 {
		t.Error(c.rows)
	}
	// In an archive with other files, sheets are named behind the file.
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range map[string][]byte{"数据/点.geojson": []byte(`{"type":"Point","coordinates":[1,2]}`), "表.xlsx": contentOf(t, file), "Thumbs.db": {1}, "~$表.xlsx": {2}} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	packed := written(t, "all.zip", b.Bytes())
	fails(t, packed, read.Options{}, "2 data sets; name the one to read: 点 (GeoJSON), 表 (XLSX)")
	if c := readAll(t, packed, read.Options{Layer: "表/企业"}); len(c.rows) != 2 {
		t.Error(c.rows)
	}
	layers, err := read.Layers(packed, read.Options{})
	if err != nil || len(layers) != 6 || layers[0].Name != "点" || layers[2].Name != "表/企业" || layers[2].Format != "XLSX" {
		t.Error(layers, err)
	}
}

// sheetXML is a workbook whose one sheet has the XML given, as no program writes it but a hostile or broken one.
func sheetXML(t testing.TB, sheet string, more map[string]string) string {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml":        `<Types/>`,
		"_rels/.rels":                `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook><workbookPr date1904="1"/><sheets><sheet name="s" sheetId="1" id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://x/styles" Target="/xl/styles.xml"/><Relationship Id="r3" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/styles.xml":              `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="[$-804]yyyy\-mm\-dd;@"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="200"/><xf numFmtId="22"/></cellXfs></styleSheet>`,
		"xl/sharedStrings.xml":       `<sst><si><t>名称</t></si><si><r><t>化</t></r><rPh><t>hua</t></rPh><r><t xml:space="preserve"> 工</t></r></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + sheet + `</sheetData></worksheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, "a.xlsx", b.Bytes())
}

func TestXLSXCells(t *testing.T) {
	rows := `<row><c t="s"><v>0</v></c><c t="inlineStr"><is><t>值</t></is></c></row>
	<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3">%s</row>`
	tests := map[string]struct {
		cell  string
		want  any
		rules []read.Rule
	}{
		"number":               {`<v>1.10000000000000009</v></c>`, 1.1, nil},
		"number as text":       {` </c><c r="B3" t="str"><f>A1</f><v>007</v></c>`, "007", nil},
		"day from 1904":        {`</c><c r="B3" s="1"><v>0</v></c>`, date(1904, 1, 1), nil},
		"day by a code":        {`</c><c r="B3" s="2"><v>43889</v></c>`, date(2024, 2, 29), nil},
		"moment":               {`</c><c r="B3" s="3"><v>43889.25</v></c>`, date(2024, 2, 29).Add(6 * time.Hour), nil},
		"a day before days":    {`</c><c r="B3" s="1"><v>-1</v></c>`, int64(-1), []read.Rule{read.BadDate}},
		"a day beyond days":    {`</c><c r="B3" s="1"><v>1e9</v></c>`, int64(1e9), []read.Rule{read.BadDate}},
		"ISO day":              {`</c><c r="B3" t="d"><v>2024-02-29</v></c>`, date(2024, 2, 29), nil},
		"boolean":              {`</c><c r="B3" t="b"><v>1</v></c>`, true, nil},
		"error":                {`</c><c r="B3" t="e"><v>#REF!</v></c>`, nil, []read.Rule{read.CellError}},
		"not available":        {`</c><c r="B3" t="e"><v>#N/A</v></c>`, nil, nil},
		"no such shared text":  {`</c><c r="B3" t="s"><v>99</v></c>`, nil, []read.Rule{read.CellError}},
		"no such style":        {`</c><c r="B3" s="99"><v>5</v></c>`, int64(5), nil},
		"power":                {`<v>3.20613001001E+11</v></c>`, int64(320613001001), nil},
		"not a number":         {`<v>abc</v></c>`, "abc", nil},
		"infinite":             {`<v>1e999</v></c>`, "1e999", nil},
		"far to the right":     {`<v>1</v></c><c r="XFD3"><v>7</v></c>`, int64(1), []read.Rule{read.RowRagged}},
		"formula and no value": {`<f>1+1</f></c>`, nil, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, sheetXML(t, fmt.Sprintf(rows, tt.cell), nil), read.Options{})
			if len(c.rows) != 1 || c.rows[0].Number != 3 || c.rows[0].Values[0].Raw != "化 工" {
				t.Fatalf("rows are %v", cells(c))
			}
			var got any
			if len(c.rows[0].Values) > 1 {
				got = c.rows[0].Values[1].Any()
			}
			if diff := cmp.Diff(tt.want, got) + cmp.Diff(tt.rules, rules(c.rows[0].Problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestXLSXRefuses(t *testing.T) {
	const sheet = "xl/worksheets/sheet1.xml"
	tests := map[string]struct {
		path   string
		limits read.Limits
		want   string
	}{
		"rows that go back":     {sheetXML(t, `<row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row>`, nil), read.Limits{}, `row "4" follows row 5`},
		"row beyond the sheet":  {sheetXML(t, `<row r="1048577"><c><v>1</v></c></row>`, nil), read.Limits{}, "follows row 0"},
		"a strange reference":   {sheetXML(t, `<row><c r="ZZZZ1"><v>1</v></c></row>`, nil), read.Limits{}, "the reference"},
		"nested too deep":       {sheetXML(t, strings.Repeat("<x>", 100), nil), read.Limits{}, "nested deeper"},
		"a huge cell":           {sheetXML(t, `<row><c><v>`+strings.Repeat("1", 300_000), nil), read.Limits{FeatureBytes: 1000}, "over 1000 bytes"},
		"a huge shared text":    {sheetXML(t, ``, map[string]string{"xl/sharedStrings.xml": `<sst><si><t>` + strings.Repeat("1", 300_000)}), read.Limits{FeatureBytes: 2000}, "over 2000 bytes"},
		"cut off":               {sheetXML(t, ``, map[string]string{sheet: `<worksheet><sheetData><row><c><v>1</v></c></row>`}), read.Limits{}, "unexpected EOF"},
		"an entity bomb":        {sheetXML(t, ``, map[string]string{sheet: `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>`}), read.Limits{}, "invalid character entity"},
		"no sheets":             {sheetXML(t, ``, map[string]string{"xl/workbook.xml": `<workbook/>`}), read.Limits{}, "has no sheets"},
		"a sheet that is none":  {sheetXML(t, ``, map[string]string{sheet: `<chartsheet/>`}), read.Limits{}, "has no data"},
		"unpacks to too much":   {sheetXML(t, strings.Repeat(`<row/>`, 1000), nil), read.Limits{ArchiveBytes: 3000}, "unpacks to more than 3000 bytes"},
		"too many columns used": {sheetXML(t, `<row>`+strings.Repeat(`<c t="str"><v>x</v></c>`, 30)+`</row>`, nil), read.Limits{Columns: 20}, "no error"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.want == "no error" { // what lies beyond is left out, with a Problem of the row
				if c := readAll(t, tt.path, read.Options{Limits: tt.limits}); len(c.columns) != 20 {
					t.Errorf("%d columns", len(c.columns))
				}
				return
			}
			fails(t, tt.path, read.Options{Limits: tt.limits}, tt.want)
		})
	}
	binary := archive(t, entry{name: "[Content_Types].xml"}, entry{name: "xl/workbook.bin"})
	fails(t, binary, read.Options{}, "save it as XLSX")
}

// Cells are as excelize shows them without their formats, for whatever it writes.
func TestXLSXAsExcelizeReads(t *testing.T) {
	file := workbook(t, func(f *excelize.File) error {
		w, err := f.NewStreamWriter("Sheet1")
		if err != nil {
			return err
		}
		for i := range 3000 {
			row := []any{fmt.Sprint("c", i), i * 7, float64(i) / 8, fmt.Sprintf("文本 <%d> & \"x\"", i%50), nil, i%2 == 0}
			if i == 0 {
				row = []any{"编号", "整数", "小数", "文字", "空", "真假"}
			}
			if err := w.SetRow(fmt.Sprint("A", i+1), row); err != nil {
				return err
			}
		}
		return w.Flush()
	})
	f, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := f.GetRows("Sheet1", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	c := readAll(t, file, read.Options{})
	if len(c.rows) != len(want)-1 {
		t.Fatalf("%d rows, want %d", len(c.rows), len(want)-1)
	}
	for i, row := range c.rows {
		for j, v := range row.Values {
			w := ""
			if j < len(want[i+1]) {
				w = want[i+1][j]
			}
			if v.Raw != w {
				t.Fatalf("row %d, column %d: %q, excelize has %q", i+2, j+1, v.Raw, w)
			}
		}
	}
	asOGRReads(t, file, "Sheet1", nil)
}

// More shared strings than are kept in memory come back from their file.
func TestXLSXManyStrings(t *testing.T) {
	var shared, sheet strings.Builder
	long := strings.Repeat("长", 40_000)
	shared.WriteString(`<sst><si><t>名称</t></si>`)
	sheet.WriteString(`<row><c t="s"><v>0</v></c></row>`)
	const n = 180
	for i := range n {
		fmt.Fprintf(&shared, `<si><t>%d %s</t></si>`, i, long)
		fmt.Fprintf(&sheet, `<row><c t="s"><v>%d</v></c></row>`, (i*37)%n+1)
	}
	shared.WriteString(`</sst>`)
	s := open(t, sheetXML(t, sheet.String(), map[string]string{"xl/sharedStrings.xml": shared.String()}), read.Options{Limits: read.Limits{ArchiveRatio: 1e6}})
	for i := range n {
		row, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%d %s", (i*37)%n, long); row.Values[0].Raw != want {
			t.Fatalf("row %d begins with %.20q", i, row.Values[0].Raw)
		}
	}
}

func contentOf(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func FuzzXLSX(f *testing.F) {
	f.Add(`<row r="3"><c r="B3" s="1"><v>43889</v></c><c t="s"><v>1</v></c></row>`, `<sst><si><r><t>a</t></r></si></sst>`, `<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>`)
	f.Add(`<row><c t="inlineStr"><is><t>X</t></is></c><c t="str"><v>Y</v></c></row><row><c><v>3530000</v></c><c><v>4.05E+7</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`, ``, ``)
	f.Fuzz(func(t *testing.T, sheet, shared, styles string) {
		drain(t, sheetXML(t, sheet, map[string]string{"xl/sharedStrings.xml": shared, "xl/styles.xml": styles}))
	})
}

func FuzzXLSXFile(f *testing.F) {
	f.Add(contentOf(f, sheetXML(f, `<row><c><v>1</v></c></row>`, nil)))
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.xlsx", b)) })
}
