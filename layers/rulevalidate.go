package layers

import (
	"fmt"
	"slices"
	"strings"
)

// form is the keys that a check needs and may have, besides severity and says.
type form struct {
	needs, takes []string
	undeclared   bool // it holds undeclared and may be switched off
}

var forms = map[RuleCheck]form{
	CheckOrder:     {needs: []string{"fields"}, takes: []string{"if"}},
	CheckWhen:      {needs: []string{"if", "then"}},
	CheckSum:       {needs: []string{"field", "parts"}, takes: []string{"if", "tolerance"}},
	CheckUsual:     {needs: []string{"field"}, takes: []string{"if", "min", "max"}},
	CheckMeasure:   {needs: []string{"field"}, takes: []string{"if", "tolerance"}},
	CheckRatio:     {needs: []string{"fields"}, takes: []string{"if", "min", "max"}},
	CheckUnder:     {needs: []string{"fields"}, takes: []string{"if"}},
	CheckCodeAt:    {needs: []string{"field", "at"}, takes: []string{"if"}},
	CheckArea:      {takes: []string{"within", "sea"}, undeclared: true},
	CheckSea:       {takes: []string{"within"}},
	CheckCoverage:  {takes: []string{"by", "over", "if"}},
	CheckGaps:      {takes: []string{"by", "under", "if"}},
	CheckConnects:  {needs: []string{"within"}, takes: []string{"by", "nodes", "if"}},
	CheckOn:        {needs: []string{"layer", "within"}, takes: []string{"where", "if"}},
	CheckInside:    {needs: []string{"field", "layer", "key"}, takes: []string{"within", "if"}},
	CheckSamePlace: {takes: []string{"within"}, undeclared: true},
	CheckPile:      {takes: []string{"over"}, undeclared: true},
	CheckClear:     {needs: []string{"layer"}, takes: []string{"where", "field", "key", "if"}},
	CheckRegister:  {needs: []string{"field", "layer", "key"}, takes: []string{"same", "missing", "if"}},
	CheckChange:    {takes: []string{"count", "gone", "moved", "jump", "fields"}, undeclared: true},
}

// given are the keys that a rule has.
func (r *Rule) given() []string {
	var keys []string
	for key, given := range map[string]bool{
		"field": r.Field != "", "fields": len(r.Fields) > 0, "parts": len(r.Parts) > 0, "if": len(r.If) > 0, "then": len(r.Then) > 0, "at": r.At != "",
		"by": len(r.By) > 0, "nodes": len(r.Nodes) > 0, "layer": r.Layer != "", "key": r.Key != "", "where": len(r.Where) > 0, "same": len(r.Same) > 0,
		"missing": r.Missing != "", "sea": r.Sea, "within": r.Within != nil, "over": r.Over != nil, "under": r.Under != nil, "tolerance": r.Tolerance != nil,
		"min": r.Min != nil, "max": r.Max != nil, "count": r.Count != nil, "gone": r.Gone != nil, "moved": r.Moved != nil, "jump": r.Jump != nil,
	} {
		if given {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// checkRules refuses rules that do not fit the layer by itself.
func (c *Catalogue) checkRules(doc *document, l *Layer) error {
	if s := l.Size; s != nil {
		switch {
		case l.Geometry == Point:
			return doc.at("$.size", "points have no size; leave size out")
		case s.Min == nil && s.Max == nil, s.Min != nil && s.Max != nil && *s.Min > *s.Max:
			return doc.at("$.size", "size needs min or max, in m² or, for lines, m, and min before max")
		}
	}
	for i, r := range l.Rules {
		if err := l.checkRule(doc, fmt.Sprintf("$.rules[%d]", i), r); err != nil {
			return err
		}
	}
	return nil
}

func (l *Layer) checkRule(doc *document, at string, r *Rule) error {
	form, ok := forms[r.Check]
	if !ok {
		return doc.at(at, "there is no check %q; there are %s", r.Check, checkNames())
	}
	given := r.given()
	for _, key := range form.needs {
		if !slices.Contains(given, key) {
			return doc.at(at, "the check %s needs %s", r.Check, key)
		}
	}
	for _, key := range given {
		if !slices.Contains(form.needs, key) && !slices.Contains(form.takes, key) {
			return doc.at(at+"."+key, "the check %s takes no %s", r.Check, key)
		}
	}
	switch {
	case r.Off && !form.undeclared:
		return doc.at(at+".off", "the check %s holds only where it is declared; leave it out", r.Check)
	case r.Severity != "" && !slices.Contains([]Severity{SeverityError, SeverityWarning, SeverityNotice}, r.Severity):
		return doc.at(at+".severity", "severity is error, warning or notice, not %q", r.Severity)
	case (r.Says.Zh == "") != (r.Says.En == ""):
		return doc.at(at+".says", "says is needed in zh and en")
	case r.Missing != "" && r.Missing != "ignore":
		return doc.at(at+".missing", "missing is ignore, or left out")
	}
	for key, x := range map[string]*float64{"within": r.Within, "over": r.Over, "under": r.Under, "tolerance": r.Tolerance, "count": r.Count, "gone": r.Gone, "moved": r.Moved, "jump": r.Jump} {
		if x != nil && !(*x >= 0 && *x < 1e12) {
			return doc.at(at+"."+key, "%s is a number from 0 up", key)
		}
	}
	for key, c := range map[string]Condition{"if": r.If, "then": r.Then} {
		if err := l.checkCondition(doc, at+"."+key, c); err != nil {
			return err
		}
	}
	return l.checkRuleFields(doc, at, r)
}

// checkCondition refuses tests that do not fit the fields of the layer.
func (l *Layer) checkCondition(doc *document, at string, c Condition) error {
	for _, name := range c.fields() {
		f, t := l.byName[name], c[name]
		switch {
		case f == nil || f.Type == TypeQuantities:
			return doc.at(at, "a condition names fields of %s; %q is none that can be tested", l.ID, name)
		case len(t.In)+len(t.Not) == 0 && t.Min == nil && t.Max == nil && t.Set == nil:
			return doc.at(at+"."+name, "a test has in, not, min, max or set")
		case (t.Min != nil || t.Max != nil) && !f.number():
			return doc.at(at+"."+name, "min and max test a number; %s is of type %s", name, f.Type)
		case len(t.In)+len(t.Not) > 0 && (f.number() || f.Type == TypeDate || f.Type == TypeDateTime):
			return doc.at(at+"."+name, "in and not test codes and texts; %s is of type %s", name, f.Type)
		}
		for _, v := range append(slices.Clone(t.In), t.Not...) {
			if f.List != nil && f.List.Code(v) == nil || f.Type == TypeBoolean && v != "true" && v != "false" {
				return doc.at(at+"."+name, "%q is no value of %s", v, name)
			}
		}
	}
	return nil
}

func (f *Field) number() bool { return f.Type == TypeInteger || f.Type == TypeNumber }

func (f *Field) day() bool { return f.Type == TypeDate || f.Type == TypeDateTime }

func (l *Layer) checkRuleFields(doc *document, at string, r *Rule) error {
	for key, names := range map[string][]string{"field": {r.Field}, "fields": r.Fields, "parts": r.Parts, "by": r.By, "nodes": r.Nodes, "at": {r.At}} {
		for _, name := range names {
			if name != "" && l.byName[name] == nil && !(r.Check == CheckOrder && name == today) {
				return doc.at(at+"."+key, "%s has no field %q", l.ID, name)
			}
		}
	}
	types := func(key string, names []string, fits func(*Field) bool, want string) error {
		for _, name := range names {
			if f := l.byName[name]; f != nil && !fits(f) {
				return doc.at(at+"."+key, "%s is of type %s; %s needs %s", name, f.Type, r.Check, want)
			}
		}
		return nil
	}
	text := func(f *Field) bool { return f.Type == TypeText }
	switch r.Check {
	case CheckOrder:
		if len(r.Fields) < 2 {
			return doc.at(at+".fields", "an order has two fields or more")
		}
		dates := func(f *Field) bool { return f.day() }
		if slices.ContainsFunc(r.Fields, func(name string) bool { return l.byName[name] != nil && l.byName[name].number() }) {
			dates = (*Field).number
		}
		return types("fields", r.Fields, dates, "dates throughout, or numbers throughout")
	case CheckSum:
		if err := types("field", []string{r.Field}, (*Field).number, "a number"); err != nil {
			return err
		}
		return types("parts", r.Parts, func(f *Field) bool { return f.number() || f.Type == TypeQuantities }, "numbers or quantities")
	case CheckUsual:
		if r.Min == nil && r.Max == nil {
			return doc.at(at, "the check usual needs min or max")
		}
		return types("field", []string{r.Field}, (*Field).number, "a number")
	case CheckMeasure:
		if l.Geometry == Point {
			return doc.at(at, "points have no size to compare with")
		}
		return types("field", []string{r.Field}, func(f *Field) bool { return f.number() && (f.unit().kind == ofArea || f.unit().kind == ofLength) }, "a number with a unit of area or length")
	case CheckRatio:
		if len(r.Fields) != 2 || r.Min == nil && r.Max == nil {
			return doc.at(at, "a ratio has two fields, and min or max")
		}
		return types("fields", r.Fields, (*Field).number, "numbers")
	case CheckUnder:
		if len(r.Fields) != 2 {
			return doc.at(at+".fields", "under has two fields")
		}
		return types("fields", r.Fields, text, "texts")
	case CheckCodeAt:
		if err := types("at", []string{r.At}, func(f *Field) bool { return f.day() || f.Type == TypeInteger }, "a date or a year"); err != nil {
			return err
		}
		return types("field", []string{r.Field}, text, "a text")
	case CheckChange:
		return types("fields", r.Fields, func(f *Field) bool { return f.Type == TypeCode && f.List.Ordered }, "ordered codes")
	}
	return l.checkShapes(doc, at, r)
}

// checkShapes holds a rule against the kind of the layer's geometry.
func (l *Layer) checkShapes(doc *document, at string, r *Rule) error {
	dimension := l.Geometry.Dimension()
	switch {
	case (r.Check == CheckCoverage || r.Check == CheckGaps) && dimension != 2:
		return doc.at(at, "the check %s is for polygons", r.Check)
	case r.Check == CheckConnects && dimension != 1:
		return doc.at(at, "the check connects is for lines")
	case len(r.Nodes) > 0 && len(r.Nodes) != 2:
		return doc.at(at+".nodes", "nodes are two: from and to")
	case r.Check == CheckSamePlace && l.Label == "":
		return doc.at(at, "the check same_place needs a label")
	case r.Check == CheckArea && l.Area == "":
		return doc.at(at, "the check area needs an area field")
	case r.Check == CheckClear && (r.Field == "") != (r.Key == ""):
		return doc.at(at, "field and key go together")
	}
	return nil
}

// checkForeign holds rules against the layers they speak of, once all are known.
func (c *Catalogue) checkForeign(doc *document, l *Layer) error {
	for i, r := range l.Rules {
		at := fmt.Sprintf("$.rules[%d]", i)
		if r.Layer == "" {
			continue
		}
		other := c.byID[r.Layer]
		if other == nil {
			return doc.at(at+".layer", "there is no layer %q", r.Layer)
		}
		if err := other.checkCondition(doc, at+".where", r.Where); err != nil {
			return err
		}
		if r.Key != "" && other.byName[r.Key] == nil {
			return doc.at(at+".key", "the layer %s has no field %q", r.Layer, r.Key)
		}
		if r.Check == CheckInside && other.Geometry.Dimension() != 2 {
			return doc.at(at+".layer", "%s has no areas to be inside of", r.Layer)
		}
		for own, theirs := range r.Same {
			if l.byName[own] == nil || other.byName[theirs] == nil || l.byName[own].Type != other.byName[theirs].Type {
				return doc.at(at+".same", "same names a field of %s and one of %s of the same type, not %s and %s", l.ID, r.Layer, own, theirs)
			}
		}
	}
	return nil
}

func checkNames() string {
	var names []string
	for c := range forms {
		names = append(names, string(c))
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
