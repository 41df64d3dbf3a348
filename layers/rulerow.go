package layers

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// rowChecks are the declared checks that a row decides by itself.
var rowChecks = map[RuleCheck]func(*Checker, *rowRule, int64, *Record) []Finding{
	CheckOrder:   (*Checker).order,
	CheckWhen:    (*Checker).when,
	CheckSum:     (*Checker).sum,
	CheckUsual:   (*Checker).usual,
	CheckMeasure: (*Checker).measure,
	CheckRatio:   (*Checker).ratio,
	CheckUnder:   (*Checker).under,
}

// rowRule is a rule with its conditions ready to be tested.
type rowRule struct {
	*Rule
	check     func(*Checker, *rowRule, int64, *Record) []Finding
	iff, then []cellTest
}

// cellTest is a test of the cell of a field.
type cellTest struct {
	Test
	field *Field
}

func (l *Layer) cellTests(c Condition) []cellTest {
	var tests []cellTest
	for _, name := range c.fields() {
		tests = append(tests, cellTest{c[name], l.byName[name]})
	}
	return tests
}

// applies reports whether a rule's if holds.
func (c *Checker) applies(rule *rowRule, r *Record) bool { return broken(rule.iff, r, false) == nil }

// broken returns the field of the first test that does not hold; nil when all hold. A test
// of a field without a value counts as empty says.
func broken(tests []cellTest, r *Record, empty bool) *Field {
	for _, t := range tests {
		if !t.holds(r.Cells[t.field.pos], empty) {
			return t.field
		}
	}
	return nil
}

// said makes a finding of a declared rule; what the declaration says comes before our words.
func (c *Checker) said(rule *rowRule, id string, row int64, field, value, zh, en string) Finding {
	f := c.layer.find(id, row, field, value, zh, en)
	if rule.Says.Zh != "" {
		f.Message = Text{Zh: rule.Says.Zh + "（" + zh + "）", En: rule.Says.En + " (" + en + ")"}
	}
	return f
}

// order: each value is not after, or greater than, the next one that is there.
func (c *Checker) order(rule *rowRule, row int64, r *Record) []Finding {
	var before *Field
	last, have := 0.0, false
	for _, name := range rule.Fields {
		f := c.layer.byName[name]
		x, ok := c.ordinal(rule, f, r)
		if !ok {
			continue
		}
		if have && x < last && c.applies(rule, r) {
			return []Finding{c.disorder(rule, row, r, before, f)}
		}
		before, last, have = f, x, true
	}
	return nil
}

// disorder is the finding that before is greater than f; f is nil for today.
func (c *Checker) disorder(rule *rowRule, row int64, r *Record, before, f *Field) Finding {
	id, zh, en := "V4", "不应晚于", "must not be after"
	if before.number() {
		id, zh, en = "V9", "不应大于", "must not be greater than"
	}
	field, titleZh, titleEn := before.Name, "今天", today
	if f != nil {
		field, titleZh, titleEn = f.Name, f.Title.Zh, f.Name
	}
	one, other := c.ordinalText(rule, before, r), c.ordinalText(rule, f, r)
	found := c.said(rule, id, row, field, one+" > "+other,
		fmt.Sprintf("“%s”（%s）%s“%s”（%s）", before.Title.Zh, one, zh, titleZh, other), fmt.Sprintf("%s (%s) %s %s (%s)", before.Name, one, en, titleEn, other))
	found.Allowed = before.Name + " ≤ " + titleEn
	return found
}

// ordinal is a value on the line that an order compares on; f is nil for today.
func (c *Checker) ordinal(rule *rowRule, f *Field, r *Record) (x float64, ok bool) {
	if f == nil {
		if first := c.layer.byName[rule.Fields[0]]; first != nil && first.number() {
			return float64(c.now.Year()), true
		}
		return float64(c.now.Unix()), true
	}
	switch v := r.Cells[f.pos].(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case time.Time:
		if f.Type == TypeDate { // midnight in Beijing, as a moment
			return float64(v.Unix() - 8*3600), true
		}
		return float64(v.Unix()), true
	}
	return 0, false
}

// ordinalText is the same value as a person writes it.
func (c *Checker) ordinalText(rule *rowRule, f *Field, r *Record) string {
	if f == nil {
		if first := c.layer.byName[rule.Fields[0]]; first != nil && first.number() {
			return fmt.Sprint(c.now.Year())
		}
		return c.now.Format(time.DateOnly)
	}
	switch v := r.Cells[f.pos].(type) {
	case float64:
		return plainNumber(v)
	case time.Time:
		if f.Type == TypeDate {
			return v.Format(time.DateOnly)
		}
		return v.In(Beijing).Format("2006-01-02 15:04")
	}
	return fmt.Sprint(r.Cells[f.pos])
}

// when: if the one condition holds, so does the other.
func (c *Checker) when(rule *rowRule, row int64, r *Record) []Finding {
	if !c.applies(rule, r) {
		return nil
	}
	f := broken(rule.then, r, true)
	if f == nil {
		return nil
	}
	l, name := c.layer, f.Name
	given, want := rule.If.says(l), Condition{name: rule.Then[name]}.says(l)
	value := ""
	if v := r.Cells[f.pos]; v != nil {
		value = fmt.Sprint(v)
	}
	found := c.said(rule, "V8", row, name, value, given.Zh+"时，"+want.Zh, "Where "+given.En+", "+want.En)
	found.Allowed = want.En
	return []Finding{found}
}

// amount is the number of a field, or the sum of its quantities.
func (c *Checker) amount(name string, r *Record) (float64, bool) {
	switch v := r.Cells[c.layer.byName[name].pos].(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	case map[string]float64:
		sum := 0.0
		for _, x := range v {
			sum += x
		}
		return sum, true
	}
	return 0, false
}

// sum: a total is the sum of its parts, where all are there.
func (c *Checker) sum(rule *rowRule, row int64, r *Record) []Finding {
	total, ok := c.amount(rule.Field, r)
	if !ok || !c.applies(rule, r) {
		return nil
	}
	sum := 0.0
	var titles []string
	for _, name := range rule.Parts {
		x, ok := c.amount(name, r)
		if !ok {
			return nil
		}
		sum += x
		titles = append(titles, c.layer.byName[name].Title.Zh)
	}
	off := 1e-6 * math.Max(1, math.Abs(sum))
	if rule.Tolerance != nil {
		off = math.Max(off, *rule.Tolerance*math.Abs(sum))
	}
	if math.Abs(total-sum) <= off {
		return nil
	}
	found := c.said(rule, "V9", row, rule.Field, plainNumber(total),
		fmt.Sprintf("“%s”为 %s，而%s之和为 %s", c.layer.byName[rule.Field].Title.Zh, plainNumber(total), strings.Join(titles, "、"), plainNumber(sum)),
		fmt.Sprintf("%s is %s; the sum of %s is %s", rule.Field, plainNumber(total), strings.Join(rule.Parts, ", "), plainNumber(sum)))
	found.Allowed, found.Repair = plainNumber(sum), plainNumber(sum)
	return []Finding{found}
}

// usual: a number out of its usual range that another unit would bring there.
func (c *Checker) usual(rule *rowRule, row int64, r *Record) []Finding {
	f := c.layer.byName[rule.Field]
	x, ok := c.amount(rule.Field, r)
	in := func(x float64) bool {
		return (rule.Min == nil || x >= *rule.Min) && (rule.Max == nil || x <= *rule.Max)
	}
	if !ok || x == 0 || in(x) || !c.applies(rule, r) {
		return nil
	}
	own := f.unit()
	for _, other := range own.others() {
		if y := x * other.factor / own.factor; in(y) {
			found := c.said(rule, "V5", row, f.Name, plainNumber(x), fmt.Sprintf("“%s”为 %s，像是以%s为单位；本项单位为%s", f.Title.Zh, plainNumber(x), other.title, own.title),
				fmt.Sprintf("%s is %s, which looks like another unit (%s); it is in %s", f.Name, plainNumber(x), other.title, f.unitCode()))
			found.Repair = plainNumber(y)
			found.Hint = Text{Zh: "换算成" + own.title + "为 " + plainNumber(y) + "。", En: "In " + f.unitCode() + " it is " + plainNumber(y) + "."}
			return []Finding{found}
		}
	}
	usual := Range{rule.Min, rule.Max}
	found := c.said(rule, "V5", row, f.Name, plainNumber(x), fmt.Sprintf("“%s”为 %s，通常在 %s 之间", f.Title.Zh, plainNumber(x), usual.String()),
		fmt.Sprintf("%s is %s; it is usually within %s", f.Name, plainNumber(x), usual.String()))
	found.Allowed = usual.String()
	return []Finding{found}
}

// measure: a declared area or length fits that of the geometry.
func (c *Checker) measure(rule *rowRule, row int64, r *Record) []Finding {
	f := c.layer.byName[rule.Field]
	x, ok := c.amount(rule.Field, r)
	if !ok || x <= 0 || r.Geometry == nil || c.shape.size <= 0 || !c.applies(rule, r) {
		return nil
	}
	own := f.unit()
	true := c.shape.size / own.factor
	tolerance := 0.1
	if rule.Tolerance != nil {
		tolerance = *rule.Tolerance
	}
	rounding := 0.5
	if _, decimals, ok := strings.Cut(plainNumber(x), "."); ok {
		rounding *= math.Pow10(-len(decimals))
	}
	near := func(y float64) bool { return math.Abs(y-true) <= max(tolerance*true, rounding*y/x) }
	if near(x) {
		return nil
	}
	found := c.said(rule, "V5", row, f.Name, plainNumber(x), fmt.Sprintf("“%s”填 %s，图形实为 %.4g %s", f.Title.Zh, plainNumber(x), true, own.title),
		fmt.Sprintf("%s says %s; the geometry has %.4g %s", f.Name, plainNumber(x), true, f.unitCode()))
	found.Allowed = fmt.Sprintf("%.4g", true)
	for _, other := range own.others() {
		if near(x * other.factor / own.factor) {
			found.Repair = plainNumber(x * other.factor / own.factor)
			found.Hint = Text{Zh: "像是以" + other.title + "为单位；换算后为 " + found.Repair + "。", En: "It looks like another unit (" + other.title + "); converted it is " + found.Repair + "."}
			break
		}
	}
	return []Finding{found}
}

// ratio: one number by another is within bounds.
func (c *Checker) ratio(rule *rowRule, row int64, r *Record) []Finding {
	a, okA := c.amount(rule.Fields[0], r)
	b, okB := c.amount(rule.Fields[1], r)
	if !okA || !okB || b == 0 || !c.applies(rule, r) {
		return nil
	}
	x, bounds := a/b, Range{rule.Min, rule.Max}
	if (rule.Min == nil || x >= *rule.Min) && (rule.Max == nil || x <= *rule.Max) {
		return nil
	}
	fa, fb := c.layer.byName[rule.Fields[0]], c.layer.byName[rule.Fields[1]]
	found := c.said(rule, "X5", row, fb.Name, plainNumber(b), fmt.Sprintf("“%s”%s 与“%s”%s 之比为 %.3g，应在 %s 之间", fa.Title.Zh, plainNumber(a), fb.Title.Zh, plainNumber(b), x, bounds.String()),
		fmt.Sprintf("%s %s by %s %s is %.3g; within %s is plausible", fa.Name, plainNumber(a), fb.Name, plainNumber(b), x, bounds.String()))
	found.Allowed = bounds.String()
	return []Finding{found}
}

// under: a code begins with the digits of the code it is under, its zeros for lower levels left out.
func (c *Checker) under(rule *rowRule, row int64, r *Record) []Finding {
	child, _ := r.Cells[c.layer.byName[rule.Fields[0]].pos].(string)
	parent, _ := r.Cells[c.layer.byName[rule.Fields[1]].pos].(string)
	stem := parent
	for len(stem) > 2 && strings.HasSuffix(stem, "00") && len(stem)%2 == 0 {
		stem = stem[:len(stem)-2]
	}
	if child == "" || parent == "" || strings.HasPrefix(child, stem) && child != parent || !c.applies(rule, r) {
		return nil
	}
	found := c.said(rule, "A5", row, rule.Fields[0], child, fmt.Sprintf("代码 %s 不在上级代码 %s 之下", child, parent), fmt.Sprintf("The code %s is not under %s", child, parent))
	found.Allowed = stem + "…"
	return []Finding{found}
}
