package layers

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// cellFault is why a cell is not right. A fault that keeps has a value all the same.
type cellFault struct {
	rule     string
	allowed  Text
	repair   string
	hint     Text // in place of the rulebook's
	severity Severity
	keeps    bool
}

// blank reports whether a cell says nothing. In a text, words for none are a finding of
// the checker's where the field is required.
func blank(f *Field, cell any) bool {
	s, ok := cell.(string)
	if !ok {
		return cell == nil
	}
	if len(s) > 0 && (s[0] >= '0' && s[0] <= '9' || s[0] >= 'A' && s[0] <= 'z' && s[0] != 'N' && s[0] != 'n') {
		return false // no word for nothing begins like this
	}
	switch s = strings.TrimSpace(halfWidth(s)); s {
	case "", "/", "—", "——", "-", "--":
		return true
	}
	if !isNone(s) {
		return false
	}
	if f.Type == TypeText {
		return !f.Required
	}
	return f.List == nil || f.List.Match(s) == nil
}

// isNone reports whether a cell is a word for nothing.
func isNone(s string) bool {
	switch strings.TrimSpace(halfWidth(s)) {
	case "无", "null", "NULL", "N/A", "n/a":
		return true
	}
	return false
}

// read turns a cell that is not blank into the field's value, or says why it can't.
func (f *Field) read(l *Layer, row int64, cell any) (any, *Finding) {
	v, bad := f.parse(cell)
	if bad == nil {
		if bad = f.test(v); bad == nil {
			return v, nil
		}
	}
	text := textOf(cell)
	found := l.find(bad.rule, row, f.Name, text,
		fmt.Sprintf("“%s”的值“%s”不符合要求：%s", f.Title.Zh, text, bad.allowed.Zh),
		fmt.Sprintf("The value %q of %s (%s) does not fit: %s", text, f.Name, f.Title.En, bad.allowed.En)).With(bad.severity)
	found.Allowed, found.Repair = bad.allowed.En, bad.repair
	if bad.hint != (Text{}) {
		found.Hint = bad.hint
	}
	if !bad.keeps {
		v = nil
	}
	return v, &found
}

// test holds a parsed value against range, length, pattern and named check.
func (f *Field) test(v any) *cellFault {
	number := func(x float64) *cellFault {
		if r := f.Range; r != nil && (r.Min != nil && x < *r.Min || r.Max != nil && x > *r.Max) {
			return &cellFault{rule: "V3", allowed: Text{Zh: "应在 " + r.String() + " 之间", En: "it must be within " + r.String()}}
		}
		return nil
	}
	switch v := v.(type) {
	case int64:
		return number(float64(v))
	case float64:
		return number(v)
	case string:
		if f.Type == TypeText {
			return f.testText(v)
		}
	}
	return nil
}

func (f *Field) testText(v string) *cellFault {
	if f.Length > 0 && len(v) > f.Length && utf8.RuneCountInString(v) > f.Length {
		return &cellFault{rule: "S4", allowed: Text{Zh: fmt.Sprintf("最多 %d 个字符", f.Length), En: fmt.Sprintf("at most %d characters", f.Length)}}
	}
	if f.pattern != nil && !f.pattern.MatchString(v) {
		return &cellFault{rule: "V11", allowed: Text{Zh: "格式应为 " + f.Pattern, En: "it must match " + f.Pattern}}
	}
	switch f.Check {
	case CheckCreditCode:
		if err := CreditCode(v); err != nil {
			bad := &cellFault{rule: "V6", allowed: Text{Zh: "不是有效的统一社会信用代码（GB 32100）", En: err.Error()}}
			if mended := mendCreditCode(v); mended != "" {
				bad.repair = mended
				bad.hint = Text{Zh: "可能是 " + mended + "，请对照营业执照。", En: "It may be " + mended + "; compare it with the business licence."}
			}
			return bad
		}
		return nil
	case CheckAdminCode:
		if !adminCode(v) {
			return &cellFault{rule: "V7", allowed: Text{Zh: "应为 6、9 或 12 位行政区划代码", En: "an administrative code has 6, 9 or 12 digits"}}
		}
		return nil
	}
	if f.pattern == nil && placeholder(v) {
		bad := &cellFault{rule: "V10", allowed: Text{Zh: "应为真实内容", En: "what is true is needed, not a placeholder"}}
		if !f.Required {
			bad.severity, bad.keeps = SeverityWarning, true
		}
		return bad
	}
	return nil
}

// placeholders are texts that stand for one that was to come, in small letters.
var placeholders = map[string]bool{
	"无": true, "测试": true, "测试数据": true, "待定": true, "待补充": true, "待填": true, "待填写": true, "待完善": true, "未知": true, "不详": true, "不清楚": true,
	"暂无": true, "某某": true, "示例": true, "样例": true, "占位": true, "null": true, "none": true, "n/a": true, "na": true, "nan": true, "test": true, "tbd": true,
	"todo": true, "unknown": true, "xxx": true, "abc": true, "asdf": true, "qwerty": true, "#n/a": true, "#ref!": true, "#value!": true, "#name?": true,
}

// placeholder reports whether a text stands for one that was to come: a word for it, one
// letter three times or more, or digits or letters that only count up.
func placeholder(s string) bool {
	if len(s) > 40 {
		return false
	}
	if strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' || r == ' ' || r == '　' || r >= '！' && r <= '～' }) >= 0 {
		s = strings.ToLower(strings.TrimSpace(halfWidth(s)))
	}
	if placeholders[s] {
		return true
	}
	first, size := utf8.DecodeRuneInString(s)
	if utf8.RuneCountInString(s) >= 3 && strings.HasPrefix(s[size:], s[:size]) && strings.Trim(s, s[:size]) == "" && !(first >= '0' && first <= '9' && len(s) < 6) {
		return true
	}
	return len(s) >= 5 && (strings.HasPrefix("123456789012345", s) || strings.HasPrefix("9876543210", s) || strings.HasPrefix("abcdefghijklm", s))
}

// String is the range as a person writes it.
func (r Range) String() string {
	end := func(x *float64) string {
		if x == nil {
			return "…"
		}
		return plainNumber(*x)
	}
	return end(r.Min) + " – " + end(r.Max)
}

func adminCode(s string) bool {
	if len(s) != 6 && len(s) != 9 && len(s) != 12 {
		return false
	}
	return strings.Trim(s, "0123456789") == "" && s[0] != '0'
}

func textOf(cell any) string {
	switch v := cell.(type) {
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(cell)
}
