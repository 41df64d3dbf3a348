// Package write makes the files that leave the program.
package write

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"onemap/layers"
	"onemap/layers/fault"
)

// Sheets of a template.
const (
	dataSheet  = "数据 Data"
	guideSheet = "说明 Guide"
	codesSheet = "代码 Codes"
)

// Template writes the empty workbook that survey staff fill for a layer: a sheet with one
// column a field (required ones marked *, code fields with a list to choose from, ranges
// enforced), a guide that explains every field, and the code lists spelled out. Columns
// headed with a field's Chinese title are recognised when the workbook is imported.
func Template(w io.Writer, l *layers.Layer) error {
	f := excelize.NewFile()
	defer f.Close()
	t := template{f: f, layer: l}
	if err := t.build(); err != nil {
		return fault.Wrap(err, fault.Internal, "the template of layer %s can't be made", l.ID)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fault.Wrap(err, fault.Unavailable, "The template can't be written")
	}
	return nil
}

type template struct {
	f     *excelize.File
	layer *layers.Layer
	lists map[string]string // code list id → its range in the codes sheet
}

func (t *template) build() error {
	if err := t.f.SetSheetName("Sheet1", dataSheet); err != nil {
		return err
	}
	for _, name := range []string{guideSheet, codesSheet} {
		if _, err := t.f.NewSheet(name); err != nil {
			return err
		}
	}
	if err := t.codes(); err != nil {
		return err
	}
	if err := t.guide(); err != nil {
		return err
	}
	return t.data()
}

// position gives the columns that place a record: degrees for points, WKT for the rest.
func (t *template) position() [][2]string {
	if t.layer.Geometry == layers.Point {
		return [][2]string{{"经度", "longitude"}, {"纬度", "latitude"}}
	}
	return [][2]string{{"几何WKT", "wkt"}}
}

func (t *template) data() error {
	required, err := t.f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"#FDE9D9"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
	})
	if err != nil {
		return err
	}
	optional, err := t.f.NewStyle(&excelize.Style{
		Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"#E4ECF4"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center"},
	})
	if err != nil {
		return err
	}
	text, err := t.f.NewStyle(&excelize.Style{NumFmt: 49}) // as text, so that no code turns into a number
	if err != nil {
		return err
	}
	column := 0
	head := func(title, note string, style int, asText bool) (string, error) {
		column++
		name, err := excelize.ColumnNumberToName(column)
		if err != nil {
			return "", err
		}
		if asText {
			if err := t.f.SetColStyle(dataSheet, name, text); err != nil {
				return "", err
			}
		}
		if err := t.f.SetCellStr(dataSheet, name+"1", title); err != nil {
			return "", err
		}
		if err := t.f.SetCellStyle(dataSheet, name+"1", name+"1", style); err != nil {
			return "", err
		}
		if err := t.f.SetColWidth(dataSheet, name, name, 16); err != nil {
			return "", err
		}
		return name, t.f.AddComment(dataSheet, excelize.Comment{Cell: name + "1", Author: "One Map", Text: note})
	}
	for _, field := range t.layer.Fields {
		title, style := field.Title.Zh, optional
		if field.Required && field.Default == "" {
			title, style = title+"*", required
		}
		name, err := head(title, describe(field), style, field.Type == layers.TypeText)
		if err != nil {
			return err
		}
		if err := t.validate(name, field); err != nil {
			return err
		}
	}
	for _, p := range t.position() {
		if _, err := head(p[0], p[1]+": CGCS2000, degrees 度", optional, false); err != nil {
			return err
		}
	}
	return t.f.SetPanes(dataSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

// validate lets the spreadsheet refuse what the import would refuse.
func (t *template) validate(column string, f *layers.Field) error {
	v := excelize.NewDataValidation(true)
	v.Sqref = column + "2:" + column + "100000"
	switch {
	case f.Type == layers.TypeCode:
		v.SetSqrefDropList(t.lists[f.Codes])
	case f.Type == layers.TypeBoolean:
		if err := v.SetDropList([]string{"是", "否"}); err != nil {
			return err
		}
	case f.Range != nil && f.Range.Min != nil && f.Range.Max != nil:
		kind := excelize.DataValidationTypeDecimal
		if f.Type == layers.TypeInteger {
			kind = excelize.DataValidationTypeWhole
		}
		if err := v.SetRange(*f.Range.Min, *f.Range.Max, kind, excelize.DataValidationOperatorBetween); err != nil {
			return err
		}
	default:
		return nil
	}
	v.SetError(excelize.DataValidationErrorStyleStop, f.Title.Zh, describe(f))
	return t.f.AddDataValidation(dataSheet, v)
}

// describe says in both languages what a cell may hold.
func describe(f *layers.Field) string {
	s := f.Title.Zh + " " + f.Title.En + "\n" + f.Name + ": " + string(f.Type)
	if f.Required {
		s += "\n必填 required"
	}
	if f.Unit != "" && f.Unit != "1" {
		s += "\n单位 unit: " + f.Unit
	}
	if f.Range != nil {
		s += "\n范围 range: " + f.Range.String()
	}
	if f.List != nil {
		s += "\n代码表 code list: " + f.List.Title.Zh + " " + f.List.Title.En
	}
	if f.Description.Zh != "" {
		s += "\n" + f.Description.Zh + "\n" + f.Description.En
	}
	return s
}

func (t *template) codes() error {
	t.lists = map[string]string{}
	column := 1
	for _, field := range t.layer.Fields {
		if field.List == nil || t.lists[field.Codes] != "" {
			continue
		}
		name, err := excelize.ColumnNumberToName(column)
		if err != nil {
			return err
		}
		column++
		if err := t.f.SetCellStr(codesSheet, name+"1", field.List.Title.Zh+" "+field.List.Title.En); err != nil {
			return err
		}
		for i, c := range field.List.Items {
			if err := t.f.SetCellStr(codesSheet, fmt.Sprint(name, i+2), c.Title.Zh); err != nil {
				return err
			}
		}
		t.lists[field.Codes] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", codesSheet, name, name, len(field.List.Items)+1)
		if err := t.f.SetColWidth(codesSheet, name, name, 22); err != nil {
			return err
		}
	}
	return nil
}

func (t *template) guide() error {
	rows := [][]any{
		{t.layer.Title.Zh, t.layer.Title.En},
		{t.layer.Description.Zh, t.layer.Description.En},
		{"坐标为国家2000（CGCS2000）经纬度，单位：度。", "Positions are longitude and latitude of CGCS2000 in degrees."},
		{},
		{"字段", "Field", "名称", "类型 Type", "必填 Required", "单位 Unit", "范围 Range", "代码表 Code list", "来源列名 Also recognised as"},
	}
	for _, f := range t.layer.Fields {
		var list, bounds, needed string
		if f.List != nil {
			list = f.List.Title.Zh + " " + f.List.Title.En + " (" + f.List.Status + ")"
		}
		if f.Range != nil {
			bounds = f.Range.String()
		}
		if f.Required && f.Default == "" {
			needed = "是 yes"
		}
		rows = append(rows, []any{f.Title.Zh, f.Title.En, f.Name, string(f.Type), needed, f.Unit, bounds, list, fmt.Sprint(f.Aliases)})
	}
	for i, row := range rows {
		if err := t.f.SetSheetRow(guideSheet, fmt.Sprint("A", i+1), &row); err != nil {
			return err
		}
	}
	return t.f.SetColWidth(guideSheet, "A", "I", 24)
}
