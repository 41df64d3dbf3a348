package ask

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"onemap/layers"
)

const (
	longestCell  = 32_767    // characters
	longestSheet = 1_048_576 // rows
)

// writeWorkbook writes the summary, a sheet a table, the sources and the assumptions.
func writeWorkbook(w io.Writer, a *Answer, lang string) error {
	b := &workbook{file: excelize.NewFile(), names: map[string]bool{}}
	defer b.file.Close()
	words := func(zh, en string) string { return In(lang, layers.Text{Zh: zh, En: en}) }
	head := [][]any{{In(lang, a.Title)}, {words("提问时间", "Asked at"), stamp(a.AskedAt)}}
	if a.Scenario != "" {
		head = append(head, []any{words("情景", "Scenario"), a.Scenario})
	}
	for _, f := range a.Summary {
		head = append(head, []any{In(lang, f.Title), Column{}.Plain(f.Value, lang), f.Unit})
	}
	head = append(head, nil, []any{words("输入", "Inputs")})
	for _, name := range slices.Sorted(maps.Keys(a.Inputs)) {
		head = append(head, []any{name, string(a.Inputs[name])})
	}
	b.sheet(words("摘要", "Summary"), head)
	for _, t := range a.Tables {
		rows := make([][]any, 0, len(t.Rows)+2)
		heading := make([]any, 0, len(t.Columns)+2)
		for _, c := range t.Columns {
			heading = append(heading, c.Heading(lang))
		}
		records := slices.ContainsFunc(t.Rows, func(r Row) bool { return r.ID != 0 })
		if records {
			heading = append(heading, words("图层", "Layer"), words("记录号", "Record"))
		}
		rows = append(rows, heading)
		add := func(values []any, r Row) {
			row := make([]any, 0, len(heading))
			for i, c := range t.Columns {
				row = append(row, c.Plain(valueAt(values, i), lang))
			}
			if records && r.ID != 0 {
				row = append(row, r.Layer, r.ID)
			}
			rows = append(rows, row)
		}
		for _, r := range t.Rows {
			add(r.Values, r)
		}
		if t.Total != nil {
			add(t.Total, Row{})
			if last := rows[len(rows)-1]; len(last) > 0 && (last[0] == nil || last[0] == "") {
				last[0] = words("合计", "Total")
			}
		}
		if t.More > 0 {
			rows = append(rows, []any{words(fmt.Sprintf("另有 %d 行未列出", t.More), fmt.Sprintf("%d more rows are not listed", t.More))})
		}
		b.sheet(In(lang, t.Title), rows)
	}
	sources := [][]any{{words("图层", "Layer"), words("版本", "Edition"), words("发布", "Published"), words("最新记录", "Newest record"), words("距今", "Age"), words("使用", "Used"), words("无位置", "Unplaced"), words("过滤", "Filter"), words("合成数据", "Synthetic")}}
	for _, s := range a.Sources {
		sources = append(sources, []any{In(lang, s.Title), s.Edition, stampOf(s.Published), stampOf(s.Newest), s.AgeIn(lang), s.Used, s.Unplaced, s.Filter, Column{}.Words(s.Synthetic, lang)})
	}
	b.sheet(words("数据来源", "Sources"), sources)
	notes := [][]any{}
	for _, t := range a.Assumptions {
		notes = append(notes, []any{words("假定", "Assumed"), In(lang, t)})
	}
	for _, p := range a.Problems {
		notes = append(notes, []any{words("问题", "Problem"), In(lang, p.Text), p.Layer, p.ID})
	}
	b.sheet(words("假定与问题", "Assumptions"), notes)
	if b.err != nil {
		return b.err
	}
	_, err := b.file.WriteTo(w)
	return err
}

func stamp(t time.Time) string { return t.In(layers.Beijing).Format("2006-01-02 15:04:05") }

func stampOf(t *time.Time) any {
	if t == nil {
		return nil
	}
	return stamp(*t)
}

// workbook is a file in the making; its first error stays.
type workbook struct {
	file  *excelize.File
	names map[string]bool
	err   error
}

// sheet adds a sheet with rows, under a name that spreadsheets allow and that is not taken.
func (b *workbook) sheet(title string, rows [][]any) {
	name := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, title), " ")
	name = cut(name, 24)
	for n, base := 2, name; b.names[strings.ToLower(name)] || name == ""; n++ {
		name = fmt.Sprintf("%s %d", base, n)
	}
	first := len(b.names) == 0
	b.names[strings.ToLower(name)] = true
	if b.err != nil {
		return
	}
	if first {
		b.err = b.file.SetSheetName("Sheet1", name)
	} else {
		_, b.err = b.file.NewSheet(name)
	}
	if b.err != nil {
		return
	}
	var out *excelize.StreamWriter
	if out, b.err = b.file.NewStreamWriter(name); b.err != nil {
		return
	}
	_ = out.SetColWidth(1, 30, 18)
	for i, row := range rows[:min(len(rows), longestSheet)] {
		for k, v := range row {
			switch x := v.(type) {
			case string:
				row[k] = cut(x, longestCell/2) // of pairs of UTF-16 units
			case time.Time:
				row[k] = stamp(x)
			}
		}
		if b.err = out.SetRow(fmt.Sprintf("A%d", i+1), row); b.err != nil {
			return
		}
	}
	b.err = out.Flush()
}

// cut leaves the first characters of a text.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}
