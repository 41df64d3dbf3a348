package layers

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Condition holds when the test of every field that it names holds.
type Condition map[string]Test

// Test is what a condition asks of a field. In and Not list codes, texts, or true and
// false; Min and Max bound a number; Set asks whether there is a value. A test other than
// Set says nothing about a field without a value: in an if it does not hold, in a then it does.
type Test struct {
	In  []string `yaml:"in" json:"in,omitempty"`
	Not []string `yaml:"not" json:"not,omitempty"`
	Min *float64 `yaml:"min" json:"min,omitempty"`
	Max *float64 `yaml:"max" json:"max,omitempty"`
	Set *bool    `yaml:"set" json:"set,omitempty"`
}

// fields are the names of the fields in order.
func (c Condition) fields() []string { return slices.Sorted(maps.Keys(c)) }

func (t Test) holds(v any, empty bool) bool {
	if t.Set != nil {
		return (v != nil) == *t.Set
	}
	if v == nil {
		return empty
	}
	var x float64
	switch v := v.(type) {
	case int64:
		x = float64(v)
	case float64:
		x = v
	case []string:
		any := slices.ContainsFunc(v, func(s string) bool { return slices.Contains(t.In, s) })
		return (len(t.In) == 0 || any) && !slices.ContainsFunc(v, func(s string) bool { return slices.Contains(t.Not, s) })
	default:
		s := fmt.Sprint(v)
		return (len(t.In) == 0 || slices.Contains(t.In, s)) && !slices.Contains(t.Not, s)
	}
	return (t.Min == nil || x >= *t.Min) && (t.Max == nil || x <= *t.Max)
}

// SQL writes the condition over the columns of a table called alias, with its values
// appended to args; "true" when it is empty. A field without a value does not meet a
// test other than Set.
func (c Condition) SQL(l *Layer, alias string, args *[]any) string {
	arg := func(v any) string {
		*args = append(*args, v)
		return fmt.Sprintf("$%d", len(*args))
	}
	parts := []string{"true"}
	for _, name := range c.fields() {
		f, t := l.byName[name], c[name]
		column := alias + "." + ident(name)
		text := column + "::text"
		if t.Set != nil {
			not := map[bool]string{true: " NOT", false: ""}[*t.Set]
			parts = append(parts, column+" IS"+not+" NULL")
		}
		switch {
		case f.Type == TypeCodes && len(t.In) > 0:
			parts = append(parts, column+" && "+arg(t.In)+"::text[]")
		case len(t.In) > 0:
			parts = append(parts, text+" = ANY("+arg(t.In)+")")
		}
		switch {
		case f.Type == TypeCodes && len(t.Not) > 0:
			parts = append(parts, "NOT "+column+" && "+arg(t.Not)+"::text[]")
		case len(t.Not) > 0:
			parts = append(parts, text+" <> ALL("+arg(t.Not)+")")
		}
		if t.Min != nil {
			parts = append(parts, column+" >= "+arg(*t.Min)+"::float8")
		}
		if t.Max != nil {
			parts = append(parts, column+" <= "+arg(*t.Max)+"::float8")
		}
	}
	return strings.Join(parts, " AND ")
}

// says puts the condition into words.
func (c Condition) says(l *Layer) Text {
	var zh, en []string
	for _, name := range c.fields() {
		f, t := l.byName[name], c[name]
		z, e := t.says(f)
		zh = append(zh, "“"+f.Title.Zh+"”"+z)
		en = append(en, name+" "+e)
	}
	return Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, " and ")}
}

func (t Test) says(f *Field) (zh, en string) {
	titles := func(codes []string) string {
		var list []string
		for _, c := range codes {
			if f.List != nil && f.List.Code(c) != nil {
				c = f.List.Code(c).Title.Zh
			}
			list = append(list, c)
		}
		return strings.Join(list, "或")
	}
	yes := map[string]string{"true": "是", "false": "否"}
	switch {
	case t.Set != nil && *t.Set:
		return "已填写", "is filled in"
	case t.Set != nil:
		return "为空", "is empty"
	case f.Type == TypeBoolean && len(t.In) == 1:
		return "为" + yes[t.In[0]], "is " + t.In[0]
	case len(t.In) > 0:
		return "为" + titles(t.In), "is " + strings.Join(t.In, " or ")
	case len(t.Not) > 0:
		return "不为" + titles(t.Not), "is not " + strings.Join(t.Not, " or ")
	}
	r := Range{t.Min, t.Max}
	return "在 " + r.String() + " 之间", "is within " + r.String()
}
