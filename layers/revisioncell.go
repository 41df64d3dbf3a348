package layers

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"
)

// cell turns a JSON value into a cell for the checker: nil, string, int64, float64 or bool.
func (v *View) cell(f *Field, value any) (any, *Finding) {
	wrong := func(rule, zh, en string) (any, *Finding) {
		text, _ := json.Marshal(value)
		found := v.find(rule, 0, f.Name, cut(string(text)), fmt.Sprintf("“%s”%s", f.Title.Zh, zh), fmt.Sprintf("%s (%s) %s", f.Name, f.Title.En, en)).With(SeverityError)
		if f.List != nil {
			found.Allowed = f.List.known()
		}
		return nil, &found
	}
	listed := func(code any) bool {
		s, ok := code.(string)
		return ok && f.List.Code(s) != nil
	}
	switch x := value.(type) {
	case nil:
		return nil, nil
	case string:
		switch f.Type {
		case TypeText:
			return x, nil
		case TypeDate:
			if _, err := time.Parse(time.DateOnly, x); err == nil {
				return x, nil
			}
			return wrong("S3", "应为日期，如 2021-04-30", "must be a date such as 2021-04-30")
		case TypeDateTime:
			if t, err := time.Parse(time.RFC3339, x); err == nil && t.Year() > 1800 && t.Year() < 2200 {
				return x, nil
			}
			return wrong("S3", "应为时间，如 2021-04-30T12:00:00Z", "must be a time such as 2021-04-30T12:00:00Z")
		case TypeCode:
			if listed(x) {
				return x, nil
			}
			return wrong("V2", "应为代码表中的代码", "must be one of its codes")
		}
	case bool:
		if f.Type == TypeBoolean {
			return x, nil
		}
	case json.Number:
		n, notWhole := x.Int64()
		number, err := x.Float64()
		switch {
		case f.Type == TypeNumber && err == nil:
			return number, nil
		case f.Type == TypeInteger && notWhole == nil:
			return n, nil
		case f.Type == TypeInteger && err == nil && number == math.Trunc(number) && math.Abs(number) < 1<<53:
			return int64(number), nil
		}
	case []any:
		if f.Type == TypeCodes {
			if slices.ContainsFunc(x, func(code any) bool { return !listed(code) }) {
				return wrong("V2", "应为代码表中代码的列表", "must be a list of its codes")
			}
			text, err := json.Marshal(x)
			return string(text), v.unwritable(f, err)
		}
	case map[string]any:
		if f.Type == TypeQuantities {
			for code, amount := range x {
				n, ok := amount.(json.Number)
				if y, err := n.Float64(); !ok || err != nil || y < 0 || !listed(code) {
					return wrong("V2", "应为 代码:数量，数量不为负", "must have an amount, zero or more, by each code")
				}
			}
			text, err := json.Marshal(x)
			return string(text), v.unwritable(f, err)
		}
	}
	zh, en := "的类型应为 "+string(f.Type), "must be of the type "+string(f.Type)
	return wrong("S3", zh, en)
}

// moment reads a standard field that is a time.
func (v *View) moment(name string, r Revision) (*time.Time, []Finding) {
	cell, found := v.cell(v.Layer.standard(name), r.Properties[name])
	if found != nil {
		return nil, []Finding{*found}
	}
	text, ok := cell.(string)
	if !ok {
		return nil, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil { // cell has read it
		return nil, nil
	}
	return &t, nil
}

// unwritable is a finding for a value that JSON can't write, which none that it has read is.
func (v *View) unwritable(f *Field, err error) *Finding {
	if err == nil {
		return nil
	}
	found := v.find("S3", 0, f.Name, "", "无法读取", err.Error())
	return &found
}

// cut shortens what someone has written, to be said again.
func cut(s string) string {
	const longest = 60
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}
