package layers

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// rowChecks are the declared checks that a row decides by itself.
var rowChecks = map[RuleCheck]func(*Checker, *Rule, int64, *Record) []Finding{
	CheckOrder:   (*Checker).order,
	CheckWhen:    (*Checker).when,
	CheckSum:     (*Checker).sum,
	CheckUsual:   (*Checker).usual,
	CheckMeasure: (*Checker).measure,
	CheckRatio:   (*Checker).ratio,
	CheckUnder:   (*Checker).under,
}

// applies reports whether a rule's if holds.
func (c *Checker) applies(rule *Rule, r *Record) bool {
	return len(rule.If) == 0 || rule.If.broken(c.value(r), false) == ""
}

// said makes a finding of a declared rule; what the declaration says comes before our words.
func (c *Checker) said(rule *Rule, id string, row int64, field, value, zh, en string) Finding {
	f := c.layer.find(id, row, field, value, zh, en)
	if rule.Says.Zh != "" {
		f.Message = Text{Zh: rule.Says.Zh + "（" + zh + "）", En: rule.Says.En + " (" + en + ")"}
	}
	return f
}

// order: each value is not after, or greater than, the next one that is there.
func (c *Checker) order(rule *Rule, row int64, r *Record) []Finding {
	if !c.applies(rule, r) {
		return nil
	}
	var before *Field
	last, lastText := math.Inf(-1), ""
	for _, name := range rule.Fields {
		f := c.layer.byName[name]
		x, text, ok := c.ordinal(rule, f, r)
		if !ok {
			continue
		}
		if x < last {
			id, zh, en := "V4", "不应晚于", "must not be after"
			if f == nil && before.number() || f != nil && f.number() {
				id, zh, en = "V9", "不应大于", "must not be greater than"
			}
			field, titleZh, titleEn := before.Name, "今天", today
			if f != nil {
				field, titleZh, titleEn = f.Name, f.Title.Zh, f.Name
			}
			found := c.said(rule, id, row, field, lastText+" > "+text,
				fmt.Sprintf("“%s”（%s）%s“%s”（%s）", before.Title.Zh, lastText, zh, titleZh, text), fmt.Sprintf("%s (%s) %s %s (%s)", before.Name, lastText, en, titleEn, text))
			found.Allowed = before.Name + " ≤ " + titleEn
			return []Finding{found}
		}
		before, last, lastText = f, x, text
	}
	return nil
}

// ordinal is a value on the line that an order compares on; f is nil for today.
func (c *Checker) ordinal(rule *Rule, f *Field, r *Record) (x float64, text string, ok bool) {
	if f == nil {
		now := c.now.In(Beijing)
		if c.layer.byName[rule.Fields[0]].number() {
			return float64(now.Year()), fmt.Sprint(now.Year()), true
		}
		return float64(now.Unix()), now.Format(time.DateOnly), true
	}
	switch v := r.Cells[f.pos].(type) {
	case int64:
		return float64(v), fmt.Sprint(v), true
	case float64:
		return v, plainNumber(v), true
	case time.Time:
		if f.Type == TypeDate { // midnight in Beijing, as a moment
			return float64(v.Unix() - 8*3600), v.Format(time.DateOnly), true
		}
		return float64(v.Unix()), v.In(Beijing).Format("2006-01-02 15:04"), true
	}
	return 0, "", false
}

// when: if the one condition holds, so does the other.
func (c *Checker) when(rule *Rule, row int64, r *Record) []Finding {
	if !c.applies(rule, r) {
		return nil
	}
	name := rule.Then.broken(c.value(r), true)
	if name == "" {
		return nil
	}
	l := c.layer
	given, want := rule.If.says(l), Condition{name: rule.Then[name]}.says(l)
	value := ""
	if v := r.Cells[l.byName[name].pos]; v != nil {
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
func (c *Checker) sum(rule *Rule, row int64, r *Record) []Finding {
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
func (c *Checker) usual(rule *Rule, row int64, r *Record) []Finding {
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
func (c *Checker) measure(rule *Rule, row int64, r *Record) []Finding {
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
func (c *Checker) ratio(rule *Rule, row int64, r *Record) []Finding {
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
func (c *Checker) under(rule *Rule, row int64, r *Record) []Finding {
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
