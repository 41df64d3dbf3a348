package write

import (
	"fmt"

	"github.com/xuri/excelize/v2"

	"onemap/layers"
)

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

// codes spells out the code lists, a column each, and remembers where they stand.
func (b *book) codes() error {
	column := 1
	for _, h := range b.headings {
		if h.field == nil || h.field.List == nil || b.lists[h.field.Codes] != "" {
			continue
		}
		list := h.field.List
		name, err := excelize.ColumnNumberToName(column)
		if err != nil {
			return err
		}
		column++
		if err := b.f.SetCellStr(codesSheet, name+"1", list.Title.Zh+" "+list.Title.En); err != nil {
			return err
		}
		for i, c := range list.Items {
			if err := b.f.SetCellStr(codesSheet, fmt.Sprint(name, i+2), c.Title.Zh); err != nil {
				return err
			}
		}
		b.lists[h.field.Codes] = fmt.Sprintf("'%s'!$%s$2:$%s$%d", codesSheet, name, name, len(list.Items)+1)
		if err := b.f.SetColWidth(codesSheet, name, name, 22); err != nil {
			return err
		}
	}
	return nil
}

// guide explains the layer, its positions and every field.
func (b *book) guide() error {
	place := []any{"坐标为国家2000（CGCS2000）经纬度，单位：度。", "Positions are longitude and latitude of CGCS2000 in degrees."}
	if b.place != "" {
		place = []any{
			"坐标已偏移为 " + b.place + "（火星坐标），单位：度；导入时须注明偏移。",
			"Positions are shifted to " + b.place + ", in degrees; say so when they are imported.",
		}
	}
	rows := [][]any{
		{b.layer.Title.Zh, b.layer.Title.En},
		{b.layer.Description.Zh, b.layer.Description.En},
		place,
		{"模板 Template", b.layer.ID, b.layer.TemplateVersion()},
		{"字段", "Field", "名称", "类型 Type", "必填 Required", "单位 Unit", "范围 Range", "代码表 Code list", "来源列名 Also recognised as"},
	}
	for _, f := range b.fields {
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
		if err := b.f.SetSheetRow(guideSheet, fmt.Sprint("A", i+1), &row); err != nil {
			return err
		}
	}
	return b.f.SetColWidth(guideSheet, "A", "I", 24)
}
