package report

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"

	"onemap/data"
	"onemap/layers"
)

// summary writes the workbook of error rates: by county, census table and rule, then the
// findings by rule and field, then what was checked.
func (s *subject) summary(w io.Writer) error {
	f := excelize.NewFile(excelize.Options{TmpDir: s.temp})
	defer f.Close()
	b := &sheets{f: f}
	b.styles()
	s.rateSheet(b)
	s.groupSheet(b)
	s.batchSheet(b)
	if b.err == nil {
		_, b.err = f.WriteTo(w)
	}
	return unwritable(b.err)
}

// sheets fills a workbook; the first error stays and later calls do nothing.
type sheets struct {
	f    *excelize.File
	name string
	row  int
	err  error

	head, passed, failed, percent int
}

func (b *sheets) styles() {
	make := func(s excelize.Style) int {
		id, err := b.f.NewStyle(&s)
		if err != nil && b.err == nil {
			b.err = err
		}
		return id
	}
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	b.head = make(excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("#E4ECF4"), Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"}})
	b.passed = make(excelize.Style{Fill: fill("#DDF2DF")})
	b.failed = make(excelize.Style{Fill: fill("#F9D5D3"), Font: &excelize.Font{Bold: true}})
	b.percent = make(excelize.Style{NumFmt: 10})
}

// sheet begins a sheet with the widths of its columns and their headings.
func (b *sheets) sheet(name string, widths []float64, headings ...any) {
	if b.err != nil {
		return
	}
	if b.name == "" {
		b.err = b.f.SetSheetName("Sheet1", name)
	} else {
		_, b.err = b.f.NewSheet(name)
	}
	b.name, b.row = name, 0
	for i, width := range widths {
		column, _ := excelize.ColumnNumberToName(i + 1) // from 1, always a name
		if b.err == nil {
			b.err = b.f.SetColWidth(name, column, column, width)
		}
	}
	b.add(headings...)
	for i := range headings {
		b.style(i+1, b.head)
	}
	if b.err == nil {
		b.err = b.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	}
}

func (b *sheets) add(values ...any) {
	b.row++
	if b.err == nil {
		b.err = b.f.SetSheetRow(b.name, fmt.Sprint("A", b.row), &values)
	}
}

// style gives a cell of the last row a style.
func (b *sheets) style(column, style int) {
	cell, err := excelize.CoordinatesToCellName(column, b.row)
	if b.err == nil {
		b.err = err
	}
	if b.err == nil {
		b.err = b.f.SetCellStyle(b.name, cell, cell, style)
	}
}

func (s *subject) rateSheet(b *sheets) {
	b.sheet("差错率 Error rates", []float64{14, 24, 10, 36, 12, 14, 14, 12, 12, 14},
		"区县 County", "调查表 Table", "规则 Rule", "规则名称 Title", "记录数 Records", "检查指标数 Indicators checked", "差错指标数 Wrong indicators",
		"差错率 Error rate", "合格线 Pass line", "结论 Result")
	for _, r := range s.rates {
		title, result, style := "合计 All rules", "", 0
		if r.Rule != "" {
			title = both(layers.RuleOf(r.Rule).Title)
		} else if r.Passed {
			result, style = "合格 passed", b.passed
		} else {
			result, style = "不合格 not passed", b.failed
		}
		b.add(orDash(r.Area), s.table(r.Table), r.Rule, title, r.Records, r.Checked, r.Wrong, r.Rate, s.pass, result)
		b.style(8, b.percent)
		b.style(9, b.percent)
		if style != 0 {
			b.style(10, style)
		}
	}
}

// table names a census table: by its code list, or by the layer it stands for.
func (s *subject) table(code string) string {
	if code == s.layer.ID || code == "" {
		return both(s.layer.Title)
	}
	if f := s.layer.TableField(); f != nil && f.List != nil {
		for _, item := range f.List.Items {
			if item.Code == code {
				return code + " " + item.Title.Zh
			}
		}
	}
	return code
}

func (s *subject) groupSheet(b *sheets) {
	b.sheet("问题 Findings", []float64{14, 10, 36, 22, 12, 12, 60, 60},
		"严重程度 Severity", "规则 Rule", "规则名称 Title", "字段 Field", "处数 Count", "记录数 Records", "示例 Example", "处理建议 Hint")
	for _, g := range s.groups {
		b.add(severityName(g.Severity), g.Rule, both(layers.RuleOf(g.Rule).Title), s.fieldName(g.Field), g.Count, g.Rows, both(g.Example), both(layers.RuleOf(g.Rule).Hint))
		if g.Severity == layers.SeverityError {
			b.style(1, b.failed)
		}
	}
}

func (s *subject) batchSheet(b *sheets) {
	b.sheet("批次 Batch", []float64{30, 80}, "项目 Item", "内容 Content")
	for _, fact := range s.facts() {
		b.add(both(fact.Name), fact.Value)
	}
}

// fact is something known of a batch, for people.
type fact struct {
	Name  layers.Text
	Value string
}

// facts are what a person wants to know of a batch first.
func (s *subject) facts() []fact {
	b, t := s.batch, s.tally
	list := []fact{
		{layers.Text{Zh: "批次号", En: "Batch"}, fmt.Sprint(b.ID)},
		{layers.Text{Zh: "图层", En: "Layer"}, both(s.layer.Title)},
		{layers.Text{Zh: "文件", En: "File"}, fmt.Sprintf("%s (%d bytes)", b.FileName, b.FileSize)},
		{layers.Text{Zh: "文件指纹", En: "SHA-256"}, b.FileHash},
		{layers.Text{Zh: "来源", En: "Source"}, b.Source},
		{layers.Text{Zh: "范围", En: "Scope"}, string(b.Scope)},
		{layers.Text{Zh: "格式与编码", En: "Format, character set"}, s.reading.Format + " " + s.reading.Encoding},
		{layers.Text{Zh: "坐标", En: "Positions"}, both(s.reading.Position.Title)},
		{layers.Text{Zh: "记录", En: "Records"}, fmt.Sprintf("%d = %d 无错误 without errors + %d 有错误 with errors", t.Rows, t.Good, t.Bad)},
		{layers.Text{Zh: "无位置的记录", En: "Without a position"}, fmt.Sprint(t.Unplaced)},
		{layers.Text{Zh: "错误、警告、提示", En: "Errors, warnings, notices"}, fmt.Sprintf("%d, %d, %d", t.Errors, t.Warnings, t.Notices)},
		{layers.Text{Zh: "状态", En: "State"}, stateName(b.State)},
		{layers.Text{Zh: "接收", En: "Brought"}, beijing(b.CreatedAt) + " " + b.CreatedBy},
	}
	if c := s.since; c != nil {
		list = append(list, fact{
			layers.Text{Zh: fmt.Sprintf("与批次 %d 相比", c.Before), En: fmt.Sprintf("Since batch %d", c.Before)},
			fmt.Sprintf("已改正 mended %d, 仍存在 remain %d, 新出现 new %d", c.Mended, c.Remain, c.Appears),
		})
	}
	if t.Kept < t.Errors+t.Warnings+t.Notices {
		list = append(list, fact{layers.Text{Zh: "逐条列出的问题", En: "Findings listed one by one"}, fmt.Sprint(t.Kept)})
	}
	return list
}

// fieldName is a field as people know it; of a column that is no field, its own name.
func (s *subject) fieldName(name string) string {
	if name == "geom" {
		return "位置 position"
	}
	for _, f := range s.layer.Fields {
		if f.Name == name {
			return f.Title.Zh + " " + name
		}
	}
	return name
}

func both(t layers.Text) string {
	if t.En == "" || t.En == t.Zh {
		return t.Zh
	}
	return t.Zh + " " + t.En
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func severityName(s layers.Severity) string {
	switch s {
	case layers.SeverityError:
		return "错误 error"
	case layers.SeverityWarning:
		return "警告 warning"
	}
	return "提示 notice"
}

func stateName(s data.BatchState) string {
	names := map[data.BatchState]string{
		data.BatchUploaded: "已接收", data.BatchParsed: "已解析", data.BatchChecked: "已检查", data.BatchSelfChecked: "县级已自检", data.BatchCityChecked: "市级已质检",
		data.BatchAccepted: "已验收", data.BatchPublished: "已发布", data.BatchSuperseded: "已被替代", data.BatchRejected: "已退回", data.BatchWithdrawn: "已撤回",
	}
	return names[s] + " " + string(s)
}

// beijing writes a time as clocks in China show it.
func beijing(t time.Time) string {
	return t.In(time.FixedZone("CST", 8*3600)).Format("2006-01-02 15:04")
}
