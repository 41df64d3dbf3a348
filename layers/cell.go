package layers

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// parse reads a survey cell as the field's type, or says what is wrong with it.
func (f *Field) parse(cell any) (any, *cellFault) {
	if f.Type == TypeText {
		return f.parseText(cell)
	}
	switch v := cell.(type) { // what needs no reading
	case int64:
		switch f.Type {
		case TypeInteger:
			return cell, nil
		case TypeNumber:
			return float64(v), nil
		}
	case float64:
		if f.Type == TypeNumber && !math.IsNaN(v) && !math.IsInf(v, 0) {
			return cell, nil
		}
	case bool:
		if f.Type == TypeBoolean {
			return cell, nil
		}
	case string:
		switch f.Type {
		case TypeCode:
			if c := f.List.spelt[v]; c != nil {
				return c.value, nil
			}
		case TypeDate:
			if t, ok := isoDate(v); ok {
				return t, nil
			}
		}
	}
	text := cellText(cell)
	narrow := strings.TrimSpace(halfWidth(text))
	switch f.Type {
	case TypeInteger, TypeNumber:
		return f.parseNumber(narrow)
	case TypeBoolean:
		switch strings.ToLower(narrow) {
		case "true", "t", "1", "y", "yes", "是", "有", "√":
			return true, nil
		case "false", "f", "0", "n", "no", "否", "无", "×":
			return false, nil
		}
		return nil, &cellFault{rule: "S3", allowed: Text{Zh: "应为 是 或 否", En: "yes or no is needed"}}
	case TypeDate, TypeDateTime:
		if t, ok := moment(cell, narrow); ok {
			if f.Type == TypeDate {
				t = t.In(Beijing)
				t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
			}
			return t, nil
		}
		return nil, &cellFault{rule: "S3", allowed: Text{Zh: "应为日期，如 2021-04-30", En: "a date such as 2021-04-30 is needed"}}
	case TypeCode:
		if c := f.List.Match(narrow); c != nil {
			return c.Code, nil
		}
		return nil, f.List.notIn(narrow)
	case TypeCodes:
		codes := []string{}
		for _, part := range parts(narrow) {
			c := f.List.Match(part)
			if c == nil {
				return nil, f.List.notIn(part)
			}
			codes = append(codes, c.Code)
		}
		return codes, nil
	case TypeQuantities:
		return f.quantities(text)
	}
	return nil, &cellFault{rule: "S3"}
}

// cellText is a cell's text; a code that a spreadsheet has made a number is digits again.
func cellText(cell any) string {
	if x, ok := cell.(float64); ok && x == math.Trunc(x) && math.Abs(x) < 1<<53 {
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	return strings.TrimSpace(textOf(cell))
}

func (f *Field) parseText(cell any) (any, *cellFault) {
	text := cellText(cell)
	if strings.IndexByte(text, 0) >= 0 || !utf8.ValidString(text) {
		return nil, &cellFault{rule: "S3", allowed: Text{Zh: "含有无法保存的字符", En: "it holds characters that are no text"}}
	}
	if f.Check != "" {
		text = strings.TrimSpace(halfWidth(text))
	}
	if s, ok := cell.(string); ok && s == text {
		return cell, nil
	}
	return text, nil
}

// parseNumber reads a number, with its unit behind it if it must be.
func (f *Field) parseNumber(narrow string) (any, *cellFault) {
	x, err := strconv.ParseFloat(narrow, 64)
	if err != nil && strings.IndexByte(narrow, ',') > 0 {
		x, err = strconv.ParseFloat(strings.ReplaceAll(narrow, ",", ""), 64)
	}
	if err != nil {
		return f.parseUnit(narrow)
	}
	v, ok := f.numeral(x)
	if f.Type == TypeInteger {
		if n, err := strconv.ParseInt(narrow, 10, 64); err == nil { // beyond 2^53 too
			return n, nil
		}
	}
	if !ok {
		return nil, f.noNumber()
	}
	return v, nil
}

func (f *Field) numeral(x float64) (any, bool) {
	if f.Type == TypeInteger {
		return int64(x), x == math.Trunc(x) && math.Abs(x) < 1<<53
	}
	return x, !math.IsNaN(x) && !math.IsInf(x, 0)
}

func (f *Field) noNumber() *cellFault {
	if f.Type == TypeInteger {
		return &cellFault{rule: "S3", allowed: Text{Zh: "应为整数", En: "a whole number is needed"}}
	}
	return &cellFault{rule: "S3", allowed: Text{Zh: "应为数值", En: "a number is needed"}}
}

// parseUnit reads a number with a unit. The field's own unit is left out; another one of
// the same quantity is an error, with the converted number as the repair.
func (f *Field) parseUnit(narrow string) (any, *cellFault) {
	x, given, name, ok := withUnit(narrow)
	if !ok {
		return nil, f.noNumber()
	}
	own := f.unit()
	want := own.title
	if own.kind == "" {
		return nil, f.noNumber()
	}
	if given.kind == own.kind && given.factor == own.factor {
		if v, ok := f.numeral(x); ok {
			return v, &cellFault{
				rule: "V5", severity: SeverityNotice, keeps: true,
				allowed: Text{Zh: "只填数字；单位“" + name + "”已去掉", En: "only the number is needed; the unit " + name + " has been left out"},
			}
		}
		return nil, f.noNumber()
	}
	bad := &cellFault{rule: "V5", severity: SeverityError, allowed: Text{Zh: "单位应为" + want, En: "the unit is " + f.unitCode() + ", not " + name}}
	if given.kind == own.kind {
		bad.repair = plainNumber(x * given.factor / own.factor)
		bad.hint = Text{Zh: "换算成" + want + "为 " + bad.repair + "。", En: "In " + f.unitCode() + " it is " + bad.repair + "."}
	}
	return nil, bad
}

func (f *Field) unitCode() string {
	if f.Unit == "" {
		return "CNY"
	}
	return f.Unit
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
func (f *Field) quantities(text string) (any, *cellFault) {
	form := &cellFault{rule: "S3", allowed: Text{Zh: "应为 名称:数量 的列表", En: "a list of name:quantity is needed"}}
	got := map[string]float64{}
	if strings.HasPrefix(text, "{") {
		if json.Unmarshal([]byte(text), &got) != nil {
			return nil, form
		}
	} else {
		for _, part := range strings.FieldsFunc(halfWidth(text), func(r rune) bool { return strings.ContainsRune(";,、，；", r) }) {
			name, number, ok := strings.Cut(part, ":")
			if !ok {
				name, number, ok = strings.Cut(part, "=")
			}
			x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
			if !ok || err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, form
			}
			got[strings.TrimSpace(name)] += x
		}
	}
	byCode := map[string]float64{}
	for name, x := range got {
		c := f.List.Match(name)
		switch {
		case c == nil:
			return nil, f.List.notIn(name)
		case x < 0:
			return nil, &cellFault{rule: "V3", allowed: Text{Zh: "数量不能为负", En: "a quantity can't be negative"}}
		}
		byCode[c.Code] += x
	}
	return byCode, nil
}

// isoDate reads 2021-04-30 quickly.
func isoDate(s string) (time.Time, bool) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	number := func(s string) int {
		n := 0
		for i := range len(s) {
			if s[i] < '0' || s[i] > '9' {
				return -1
			}
			n = 10*n + int(s[i]-'0')
		}
		return n
	}
	y, m, d := number(s[:4]), number(s[5:7]), number(s[8:])
	if y <= 1800 || y >= 2200 || m < 1 || m > 12 || d < 1 || d > 31 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return t, t.Day() == d
}

// moment reads a time as spreadsheets and people write it; without a zone it is Beijing time.
func moment(cell any, text string) (time.Time, bool) {
	if t, ok := cell.(time.Time); ok {
		return t, t.Year() > 1800 && t.Year() < 2200
	}
	for _, form := range []string{
		"2006-01-02", time.RFC3339, "2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日",
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006-01-02 15:04",
	} {
		if len(text) < 8 || len(text) > 40 {
			break
		}
		if t, err := time.ParseInLocation(form, text, Beijing); err == nil && t.Year() > 1800 && t.Year() < 2200 {
			return t, true
		}
	}
	return time.Time{}, false
}

// notIn says that a spelling is not in the list, and which of it is most like it.
func (c *CodeList) notIn(spelling string) *cellFault {
	var zh []string
	for i, item := range c.Items {
		if i == 12 {
			zh = append(zh, "…")
			break
		}
		zh = append(zh, item.Title.Zh)
	}
	bad := &cellFault{rule: "V2", allowed: Text{Zh: "应为 " + strings.Join(zh, "、"), En: "one of " + c.known() + " is needed"}}
	var names []string
	byName := map[string]*Code{}
	for _, item := range c.Items {
		for _, name := range append([]string{item.Title.Zh, item.Title.En, item.Code}, item.Aliases...) {
			names = append(names, name)
			byName[name] = item
		}
	}
	if near := nearest(spelling, names); near != "" {
		item := byName[near]
		bad.repair = item.Title.Zh
		bad.hint = Text{Zh: "是否为“" + item.Title.Zh + "”？", En: "Is it " + item.Title.En + " (" + item.Code + ")?"}
	}
	return bad
}
