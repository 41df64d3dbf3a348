package layers

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// parse reads a survey cell as the field's type. It returns the rule that is broken and
// what would be right when it can't.
func (f *Field) parse(cell any) (v any, rule string, allowed Text) {
	text := strings.TrimSpace(textOf(cell))
	if x, ok := cell.(float64); ok && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		text = strconv.FormatFloat(x, 'f', -1, 64) // a code that a spreadsheet has made a number
	}
	narrow := strings.TrimSpace(halfWidth(text))
	switch f.Type {
	case TypeText:
		if f.Check != "" {
			return narrow, "", Text{}
		}
		return text, "", Text{}
	case TypeInteger:
		if n, err := strconv.ParseInt(strings.ReplaceAll(narrow, ",", ""), 10, 64); err == nil {
			return n, "", Text{}
		}
		if x, err := strconv.ParseFloat(narrow, 64); err == nil && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			return int64(x), "", Text{}
		}
		return nil, "S3", Text{Zh: "应为整数", En: "a whole number is needed"}
	case TypeNumber:
		if x, err := strconv.ParseFloat(strings.ReplaceAll(narrow, ",", ""), 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) {
			return x, "", Text{}
		}
		return nil, "S3", Text{Zh: "应为数值", En: "a number is needed"}
	case TypeBoolean:
		switch strings.ToLower(narrow) {
		case "true", "t", "1", "y", "yes", "是", "有":
			return true, "", Text{}
		case "false", "f", "0", "n", "no", "否", "无":
			return false, "", Text{}
		}
		return nil, "S3", Text{Zh: "应为 是 或 否", En: "yes or no is needed"}
	case TypeDate, TypeDateTime:
		if t, ok := moment(cell, narrow); ok {
			if f.Type == TypeDate {
				t = t.In(Beijing)
				t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			}
			return t, "", Text{}
		}
		return nil, "S3", Text{Zh: "应为日期，如 2021-04-30", En: "a date such as 2021-04-30 is needed"}
	case TypeCode:
		if c := f.List.Match(narrow); c != nil {
			return c.Code, "", Text{}
		}
		return nil, "V2", f.List.allowed()
	case TypeCodes:
		codes := []string{}
		for _, part := range parts(narrow) {
			c := f.List.Match(part)
			if c == nil {
				return nil, "V2", f.List.allowed()
			}
			codes = append(codes, c.Code)
		}
		return codes, "", Text{}
	case TypeQuantities:
		return f.quantities(text)
	}
	return nil, "S3", Text{}
}

// parts divides a list of codes as people write it, or as JSON has it.
func parts(text string) []string {
	var list []string
	if strings.HasPrefix(text, "[") && json.Unmarshal([]byte(text), &list) == nil {
		return list
	}
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;|/、，；", r) })
}

// quantities reads {"tent": 3} or 帐篷:3；棉被:20.
func (f *Field) quantities(text string) (any, string, Text) {
	got := map[string]float64{}
	if strings.HasPrefix(text, "{") {
		if json.Unmarshal([]byte(text), &got) != nil {
			return nil, "S3", Text{Zh: "应为 名称:数量 的列表", En: "a list of name:quantity is needed"}
		}
	} else {
		for _, part := range strings.FieldsFunc(halfWidth(text), func(r rune) bool { return strings.ContainsRune(";,、，；", r) }) {
			name, number, ok := strings.Cut(part, ":")
			if !ok {
				name, number, ok = strings.Cut(part, "=")
			}
			x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if !ok || err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, "S3", Text{Zh: "应为 名称:数量 的列表", En: "a list of name:quantity is needed"}
			}
			got[strings.TrimSpace(name)] += x
		}
	}
	byCode := map[string]float64{}
	for name, x := range got {
		c := f.List.Match(name)
		switch {
		case c == nil:
			return nil, "V2", f.List.allowed()
		case x < 0:
			return nil, "V3", Text{Zh: "数量不能为负", En: "a quantity can't be negative"}
		}
		byCode[c.Code] += x
	}
	return byCode, "", Text{}
}

// moment reads a time as spreadsheets and people write it; without a zone it is Beijing time.
func moment(cell any, text string) (time.Time, bool) {
	if t, ok := cell.(time.Time); ok {
		return t, true
	}
	for _, form := range []string{
		time.RFC3339, "2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日",
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02 15:04",
	} {
		if t, err := time.ParseInLocation(form, text, Beijing); err == nil && t.Year() > 1800 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

func (c *CodeList) allowed() Text {
	var zh []string
	for i, item := range c.Items {
		if i == 12 {
			zh = append(zh, "…")
			break
		}
		zh = append(zh, item.Title.Zh)
	}
	return Text{Zh: "应为 " + strings.Join(zh, "、"), En: "one of " + c.known() + " is needed"}
}
