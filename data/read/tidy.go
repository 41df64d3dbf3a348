package read

import (
	"strings"
	"unicode"
)

// blankRunes are what people and programs leave around text without seeing it.
const blankRunes = " \t\r\n\v\f\u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"

// trimBlank takes white space of every kind off both ends.
func trimBlank(s string) string {
	if n := len(s); n == 0 || mayBeBlank[s[0]] || mayBeBlank[s[n-1]] {
		return strings.Trim(s, blankRunes)
	}
	return s
}

// mayBeBlank marks the bytes that blankRunes begin and end with.
var mayBeBlank = func() (marks [256]bool) {
	for _, r := range blankRunes {
		b := string(r)
		marks[b[0]], marks[b[len(b)-1]] = true, true
	}
	return marks
}()

// placeholders stand in cells for "no value". "无" is not one everywhere: in a list of codes it is a value.
var placeholders = map[string]bool{
	"/": true, "\\": true, "／": true, "//": true, "-": true, "--": true, "---": true, "—": true, "——": true, "–": true, "－": true, "－－": true, "―": true,
	"N/A": true, "n/a": true, "NA": true, "#N/A": true, "NULL": true, "null": true, "<null>": true, "<空>": true, "(空)": true, "（空）": true, "NaN": true, "None": true,
}

// nothings stand for "no value" in columns of numbers.
var nothings = map[string]bool{"无": true, "暂无": true, "没有": true, "无数据": true, "缺": true, "不详": true, "未知": true, "空": true}

// halfWidth turns full-width digits and letters into their usual forms, and, in what
// holds no ideographs, full-width signs too. It reports whether anything changed.
func halfWidth(s string) (string, bool) {
	if strings.IndexByte(s, 0xef) < 0 && !strings.Contains(s, "\u3000") { // the first byte of U+FF01 to U+FF5E
		return s, false
	}
	wide, han := false, false
	for _, r := range s {
		wide = wide || r >= '！' && r <= '～' || r == '\u3000'
		han = han || unicode.Is(unicode.Han, r)
	}
	if !wide {
		return s, false
	}
	changed := false
	out := strings.Map(func(r rune) rune {
		half := r - '！' + '!'
		switch {
		case r == '\u3000' && !han:
			changed = true
			return ' '
		case r < '！' || r > '～':
			return r
		case han && !(half >= '0' && half <= '9' || half >= 'a' && half <= 'z' || half >= 'A' && half <= 'Z'):
			return r
		}
		changed = true
		return half
	}, s)
	return out, changed
}

// narrow turns all full-width characters into their usual forms, for what is to be read and not kept.
func narrow(s string) string {
	if strings.IndexByte(s, 0xef) < 0 && !strings.Contains(s, "\u3000") {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '\u3000':
			return ' '
		}
		return r
	}, s)
}

// units are those that people write behind numbers in a table.
var units = map[string]bool{
	"㎡": true, "m²": true, "m2": true, "M2": true, "平方米": true, "平米": true, "平方公里": true, "km²": true, "km2": true, "㎢": true, "公顷": true, "hm²": true, "亩": true,
	"m": true, "M": true, "米": true, "km": true, "KM": true, "千米": true, "公里": true, "cm": true, "厘米": true, "mm": true, "毫米": true,
	"m³": true, "m3": true, "立方米": true, "立方": true, "方": true, "万方": true, "L": true, "升": true, "t": true, "T": true, "吨": true, "万吨": true, "kg": true, "KG": true, "公斤": true, "千克": true,
	"元": true, "万元": true, "亿元": true, "人": true, "万人": true, "户": true, "间": true, "层": true, "栋": true, "幢": true, "座": true, "个": true, "处": true, "家": true, "套": true, "台": true, "辆": true, "张": true, "床": true, "名": true, "次": true, "条": true, "件": true, "口": true,
	"年": true, "天": true, "日": true, "小时": true, "h": true, "分钟": true, "min": true, "秒": true, "岁": true,
	"%": true, "‰": true, "℃": true, "°C": true, "度": true, "°": true, "MPa": true, "kPa": true, "kW": true, "KW": true, "kV": true, "KV": true, "千瓦": true, "m/s": true, "米/秒": true, "m³/h": true, "m³/s": true, "mm/h": true,
}

// numberOf reads a number as people write it, with thousands apart and with a unit behind it, which is given
// too; false if it is none. Text that has a leading zero, as codes do, is no number.
func numberOf(s string) (v float64, unit string, ok bool) {
	s = narrow(trimBlank(s))
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == '.' || s[end] == ',' || end == 0 && (s[end] == '-' || s[end] == '+')) {
		end++
	}
	digits, rest := s[:end], s[end:]
	if len(digits) > 1 && digits[0] == '0' && digits[1] != '.' || digits == "" {
		return 0, "", false
	}
	if strings.ContainsRune(digits, ',') {
		if !thousands(digits) {
			return 0, "", false
		}
		digits = strings.ReplaceAll(digits, ",", "")
	}
	if unit = trimBlank(rest); unit != "" && !units[unit] {
		return 0, "", false
	}
	v, ok = parseDecimal(digits)
	return v, unit, ok
}

// thousands reports whether commas part a number's digits into threes.
func thousands(s string) bool {
	whole, part, _ := strings.Cut(strings.TrimLeft(s, "+-"), ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if i > 0 && len(g) != 3 || i == 0 && (len(g) < 1 || len(g) > 3) {
			return false
		}
	}
	return !strings.Contains(part, ",")
}

// lostDigits reports whether a text is what a spreadsheet makes of a long code that it
// took for a number, such as 3.20613E+11, where the last digits are gone.
func lostDigits(s string) bool {
	mantissa, exponent, ok := strings.Cut(s, "E+")
	if !ok || len(exponent) != 2 || exponent < "10" || exponent > "19" {
		return false
	}
	whole, part, _ := strings.Cut(mantissa, ".")
	if len(whole) != 1 || strings.Trim(whole+part, "0123456789") != "" {
		return false
	}
	return int(exponent[0]-'0')*10+int(exponent[1]-'0') > len(part)
}

// tally counts what was done to cells, by rule and column, to be told once at the end.
type tally struct {
	counts map[tallyKey]*tallied
	order  []tallyKey
}

type tallyKey struct {
	rule   Rule
	column string
}

type tallied struct {
	n     int64
	row   int64 // the first
	first string
}

func (t *tally) add(rule Rule, column string, row int64, raw string) {
	key := tallyKey{rule, column}
	c := t.counts[key]
	if c == nil {
		if t.counts == nil {
			t.counts = map[tallyKey]*tallied{}
		}
		c = &tallied{row: row, first: clip(raw, 100)}
		t.counts[key] = c
		t.order = append(t.order, key)
	}
	c.n++
}

// tallyWords are the sentences for each rule that is tallied. %d are the count and the first row.
var tallyWords = map[Rule]struct {
	severity Severity
	zh, en   string
}{
	PlaceholderNull: {Notice, "%d 个单元格用符号表示空值（首见第 %d 行），按空值读取", "%d cells hold a sign for no value (first in row %d) and are read as empty"},
	WidthChanged:    {Notice, "%d 个单元格的全角字符已转为半角（首见第 %d 行）", "%d cells had full-width characters (first in row %d), made half-width"},
	UnitDropped:     {Notice, "%d 个单元格的数字后有单位（首见第 %d 行），已去掉单位", "%d cells have a unit behind the number (first in row %d), which is left out"},
	CodeRestored:    {Notice, "%d 个长数字以科学计数法显示（首见第 %d 行），已按原值恢复全部数位", "%d long numbers are shown in powers of ten (first in row %d); all digits were restored"},
	ZerosRestored:   {Notice, "%d 个编号按单元格格式补回前导零（首见第 %d 行）", "%d codes got back their leading zeros by the format of the cell (first in row %d)"},
	MergedFilled:    {Notice, "%d 个合并单元格按合并区域的值填充（首见第 %d 行）", "%d merged cells took the value of the cells they are merged with (first in row %d)"},
	HeaderRepeated:  {Notice, "%d 行重复的表头已跳过（首见第 %d 行）", "%d rows repeat the header (first in row %d) and are left out"},
	HiddenRow:       {Notice, "%d 行被隐藏（首见第 %d 行），照常读取", "%d rows are hidden (first in row %d); they are read like any other"},
	FormulaUncached: {Warning, "%d 个公式没有保存结果（首见第 %d 行），按空值读取；请用电子表格软件打开并保存一次", "%d formulas have no stored result (first in row %d) and are read as empty; open and save the workbook once"},
}

// problems gives what was counted, in the order in which it was met first.
func (t *tally) problems() []Problem {
	var out []Problem
	for _, key := range t.order {
		c, w := t.counts[key], tallyWords[key.rule]
		out = append(out, about(key.rule, w.severity, w.zh, w.en, c.n, c.row).of(key.column, c.first))
	}
	return out
}
