package layers_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// yard is a declaration of areas with something of everything that rules speak of.
const yard = `id: yard
title: {zh: 院子, en: Yards}
group: base
geometry: Polygon
key: [code]
label: name
area: town
zoom: {min: 4, max: 16}
size: {min: 10, max: 10000}
fields:
  - {name: code, title: {zh: 编号, en: Code}, type: text, required: true, sensitivity: public}
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public}
  - {name: town, title: {zh: 区划, en: Town}, type: text, check: admin_code, sensitivity: public}
  - {name: above, title: {zh: 上级, en: Above}, type: text, sensitivity: public}
  - {name: kind, title: {zh: 类型, en: Kind}, type: code, codes: yard_kind, default: c, required: true, sensitivity: public, tile: 0}
  - {name: size_m2, title: {zh: 面积, en: Size}, type: number, unit: m2, sensitivity: public}
  - {name: people, title: {zh: 人数, en: People}, type: integer, unit: "1", sensitivity: public}
  - {name: men, title: {zh: 男, en: Men}, type: integer, sensitivity: public}
  - {name: women, title: {zh: 女, en: Women}, type: integer, sensitivity: public}
  - {name: opened, title: {zh: 启用, en: Opened}, type: date, sensitivity: public}
  - {name: closed, title: {zh: 停用, en: Closed}, type: date, sensitivity: public}
  - {name: lit, title: {zh: 照明, en: Lit}, type: boolean, sensitivity: public}
rules:
%s
codelists:
  - id: yard_kind
    title: {zh: 类型, en: Kind}
    source: test
    status: provisional
    items:
      - {code: a, title: {zh: 甲, en: A}, colour: "#aa0000", symbol: diamond}
      - {code: b, title: {zh: 乙, en: B}, colour: "#00aa00", symbol: square}
      - {code: c, title: {zh: 丙, en: C}, colour: "#0000aa", symbol: ring}
style: {by: kind, colour: "#445566"}
thin: {until: 12, cells: 8, under: 6}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public]}
`

func yards(t *testing.T, rules string) *layers.Layer {
	t.Helper()
	cat, err := layers.Load(fstest.MapFS{"yard.yaml": {Data: []byte(fmt.Sprintf(yard, rules))}})
	if err != nil {
		t.Fatal(err)
	}
	return cat.Layer("yard")
}

func TestRulesOfARow(t *testing.T) {
	tests := []struct {
		rule  string
		cells map[string]any
		want  string
	}{
		{"{check: order, fields: [opened, closed]}", map[string]any{"opened": "2020-01-02", "closed": "2020-01-01"}, "V4 closed"},
		{"{check: order, fields: [opened, closed]}", map[string]any{"opened": "2020-01-01", "closed": "2020-01-01"}, ""},
		{"{check: order, fields: [opened, closed]}", map[string]any{"opened": "2020-01-01"}, ""},
		{"{check: order, fields: [opened, today]}", map[string]any{"opened": "2022-06-02"}, "V4 opened"},
		{"{check: order, fields: [opened, today]}", map[string]any{"opened": "2022-06-01"}, ""},
		{"{check: order, fields: [men, people]}", map[string]any{"men": 3, "people": 2}, "V9 people"},
		{"{check: order, fields: [men, people], severity: notice}", map[string]any{"men": 3, "people": 2}, "V9 people notice"},
		{"{check: order, fields: [men, people], if: {kind: {in: [b]}}}", map[string]any{"men": 3, "people": 2}, ""},
		{"{check: sum, field: people, parts: [men, women]}", map[string]any{"men": 3, "women": 4, "people": 8}, "V9 people → 7"},
		{"{check: sum, field: people, parts: [men, women], tolerance: 0.2}", map[string]any{"men": 3, "women": 4, "people": 8}, ""},
		{"{check: sum, field: people, parts: [men, women]}", map[string]any{"men": 3, "people": 8}, ""},
		{"{check: when, if: {people: {min: 7}}, then: {kind: {in: [a, b]}}}", map[string]any{"people": 7}, "V8 kind"},
		{"{check: when, if: {people: {min: 7}}, then: {kind: {in: [a, b]}}}", map[string]any{"people": 7, "kind": "乙"}, ""},
		{"{check: when, if: {lit: {in: [\"true\"]}}, then: {people: {min: 1, max: 5}}}", map[string]any{"lit": "是", "people": 6}, "V8 people"},
		{"{check: when, if: {lit: {in: [\"true\"]}}, then: {people: {set: true}}}", map[string]any{"lit": "是"}, "V8 people"},
		{"{check: when, if: {closed: {set: true}}, then: {lit: {in: [\"false\"]}}}", map[string]any{"closed": "2020-01-01", "lit": "是"}, "V8 lit"},
		{"{check: when, if: {kind: {not: [c]}}, then: {name: {set: true}}}", map[string]any{"kind": "甲"}, "V8 name"},
		{"{check: usual, field: size_m2, min: 50, max: 5000}", map[string]any{"size_m2": 0.3}, "V5 size_m2 → 3000"},
		{"{check: usual, field: size_m2, min: 50, max: 5000}", map[string]any{"size_m2": 7000000}, "V5 size_m2"},
		{"{check: usual, field: size_m2, min: 50, max: 5000}", map[string]any{"size_m2": 300}, ""},
		{"{check: measure, field: size_m2}", map[string]any{"size_m2": 400}, ""},
		{"{check: measure, field: size_m2}", map[string]any{"size_m2": 0.04}, "V5 size_m2 → 400"},
		{"{check: measure, field: size_m2}", map[string]any{"size_m2": 555}, "V5 size_m2"},
		{"{check: ratio, fields: [size_m2, people], min: 1, max: 100}", map[string]any{"size_m2": 400, "people": 500}, "X5 people"},
		{"{check: ratio, fields: [size_m2, people], min: 1, max: 100}", map[string]any{"size_m2": 400, "people": 0}, ""},
		{"{check: under, fields: [town, above]}", map[string]any{"town": "320613001", "above": "320612"}, "A5 town"},
		{"{check: under, fields: [town, above]}", map[string]any{"town": "320613001", "above": "320600"}, ""},
		{"{check: under, fields: [town, above]}", map[string]any{"town": "320613", "above": "320613"}, "A5 town"},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			l := yards(t, "  - "+test.rule)
			var columns []string
			var values []any
			for _, f := range l.Fields {
				columns = append(columns, f.Name)
				v := test.cells[f.Name]
				if f.Name == "code" {
					v = "Y1"
				}
				values = append(values, v)
			}
			m, _, err := l.Match(columns, layers.Hints{})
			if err != nil {
				t.Fatal(err)
			}
			c := l.NewChecker(m, "test")
			c.At(time.Date(2022, 6, 1, 9, 0, 0, 0, layers.Beijing))
			r, findings := c.Record(1, "", values, square(120.9, 32, 20), geo.CGCS2000)
			var got []string
			for _, f := range findings {
				text := f.Rule + " " + f.Field
				if f.Severity == layers.SeverityNotice {
					text += " notice"
				}
				if f.Repair != "" {
					text += " → " + f.Repair
				}
				if f.Object != "Y1" || f.Message.Zh == "" || f.Hint.En == "" || f.Table != "yard" {
					t.Errorf("incomplete: %+v", f)
				}
				if (f.Severity == layers.SeverityError) != r.Faulty {
					t.Errorf("faulty: %v, severity %s", r.Faulty, f.Severity)
				}
				got = append(got, text)
			}
			if got := strings.Join(got, ", "); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// square is a polygon of so many metres a side.
func square(lon, lat, metres float64) orb.Polygon {
	a := orb.Point{lon, lat}
	b := geo.Destination(a, 90, geo.Metres(metres))
	d := geo.Destination(a, 0, geo.Metres(metres))
	return orb.Polygon{{a, b, {b[0], d[1]}, d, a}}
}

func TestWrongRulesAreRefusedWithTheirPlace(t *testing.T) {
	for rule, want := range map[string]string{
		"{check: ordr, fields: [opened, closed]}": `no check "ordr"`,
		"{check: order}":                                                              "needs fields",
		"{check: order, fields: [opened]}":                                            "two fields",
		"{check: order, fields: [opened, people]}":                                    "dates throughout",
		"{check: order, fields: [opened, shut]}":                                      `no field "shut"`,
		"{check: order, fields: [opened, closed], within: 3}":                         "takes no within",
		"{check: order, fields: [opened, closed], severity: fatal}":                   "severity is",
		"{check: order, fields: [opened, closed], off: true}":                         "leave it out",
		"{check: order, fields: [opened, closed], says: {zh: 只有中文}}":                  "zh and en",
		"{check: when, if: {kind: {in: [x]}}, then: {name: {set: true}}}":             `"x" is no value`,
		"{check: when, if: {kind: {min: 1}}, then: {name: {set: true}}}":              "min and max test a number",
		"{check: when, if: {people: {in: [\"1\"]}}, then: {name: {set: true}}}":       "test codes and texts",
		"{check: when, if: {kind: {}}, then: {name: {set: true}}}":                    "in, not, min, max or set",
		"{check: when, if: {colour: {set: true}}, then: {name: {set: true}}}":         `"colour"`,
		"{check: usual, field: people}":                                               "min or max",
		"{check: usual, field: name, min: 1}":                                         "a number",
		"{check: measure, field: people}":                                             "area or length",
		"{check: ratio, fields: [people], min: 1}":                                    "two fields",
		"{check: sum, field: people, parts: [name]}":                                  "numbers or quantities",
		"{check: code_at, field: town, at: name}":                                     "a date or a year",
		"{check: connects, within: 3}":                                                "for lines",
		"{check: on, layer: nowhere, within: 3}":                                      `no layer "nowhere"`,
		"{check: inside, field: name, layer: shelter, key: shelter_code}":             "no areas",
		"{check: inside, field: name, layer: chemical_park, key: number}":             `no field "number"`,
		"{check: clear, layer: hazard_zone, where: {level: {in: [level_9]}}}":         `"level_9" is no value`,
		"{check: clear, layer: hazard_zone, field: name}":                             "go together",
		"{check: register, field: name, layer: shelter, key: name, same: {name: no}}": "same names",
		"{check: change, jump: -1}":                                                   "from 0 up",
		"{check: change, fields: [kind]}":                                             "ordered codes",
		"{check: order, feilds: [opened, closed]}":                                    "feilds",
	} {
		t.Run(rule, func(t *testing.T) {
			_, err := layers.Load(fstest.MapFS{"yard.yaml": {Data: []byte(fmt.Sprintf(yard, "  - "+rule))}})
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "yard.yaml:24:") {
				t.Errorf("got %v, want …%s… at yard.yaml:24", err, want)
			}
		})
	}
	text := strings.Replace(fmt.Sprintf(yard, "  []"), "size: {min: 10, max: 10000}", "size: {min: 10, max: 1}", 1)
	if _, err := layers.Load(fstest.MapFS{"yard.yaml": {Data: []byte(text)}}); err == nil || !strings.Contains(err.Error(), "min before max") {
		t.Errorf("a size that ends before it begins: %v", err)
	}
}

func TestUndeclaredRules(t *testing.T) {
	l := yards(t, "  - {check: change, moved: 50}\n  - {check: area, off: true}")
	if r := l.Rule(layers.CheckChange); r == nil || *r.Moved != 50 || *r.Count != 20 {
		t.Errorf("%+v", r)
	}
	if r := l.Rule(layers.CheckArea); r != nil {
		t.Errorf("a rule that is switched off: %+v", r)
	}
	if r := yards(t, "  []").Rule(layers.CheckArea); r == nil || *r.Within != 200 {
		t.Errorf("%+v", r)
	}
	if r := yards(t, "  []").Rule(layers.CheckPile); r != nil {
		t.Errorf("piles of areas: %+v", r)
	}
}

// A record's indicators are what has or must have a value; what is wrong counts once.
func TestErrorRates(t *testing.T) {
	l := yards(t, "  - {check: order, fields: [men, people]}\n  - {check: ratio, fields: [men, people], max: 1, severity: error}")
	m, _, err := l.Match([]string{"code", "name", "town", "people", "men", "opened"}, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	c := l.NewChecker(m, "test")
	for i, values := range [][]any{
		{"A", "one", "320613001", 5, 3, "2020-01-01"},   // 7 indicators, with the geometry
		{"B", "two", "320613", "many", nil, nil},        // 5, one wrong
		{"", "three", "320613", 1, 2, nil},              // 6: no key, and people wrong by two rules
		{"D", "four", "320681", nil, nil, "tomorrow"},   // 5 elsewhere, one wrong
		{"E", "five", "nowhere", nil, nil, "1999-09-9"}, // without a county
	} {
		c.Row(int64(i+1), "", values, square(120.9, 32, 20), geo.CGCS2000)
	}
	var got []string
	for _, r := range c.Rates().List(0) {
		got = append(got, fmt.Sprintf("%s %s %d/%d %v", r.Area, r.Rule, r.Wrong, r.Checked, r.Passed))
	}
	want := []string{
		"  1/5 false", " V7 1/5 false",
		"320613  3/18 false", "320613 S3 1/18 false", "320613 V1 1/18 false", "320613 V9 1/18 false", "320613 X5 1/18 false",
		"320681  1/5 false", "320681 S3 1/5 false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if r := c.Rates().List(0.2); !r[2].Passed || r[2].Records != 3 {
		t.Errorf("%+v", r[2])
	}
	c.Rates().Found(layers.Finding{Rule: "T1", Severity: layers.SeverityError, Area: "320681", Table: "yard", Count: 2})
	if r := c.Rates().List(0); r[len(r)-3].Wrong != 3 {
		t.Errorf("those that stand for others: %+v", r)
	}
}

func TestFormsAndShapesThatComeApart(t *testing.T) {
	l := yards(t, "  []")
	j := l.NewJoin("code")
	for i, code := range []string{"Y1", "y 2", "Y3", "Y1", ""} {
		f := j.Shape(int64(i+1), code, square(120.9, 32, 20))
		if want := map[int]string{3: "U1", 4: "X2"}[i]; (f == nil) != (want == "") || f != nil && f.Rule != want {
			t.Errorf("shape %d: %+v", i, f)
		}
	}
	if g, f := j.Form(1, "Ｙ２"); g == nil || f != nil {
		t.Errorf("%v, %+v", g, f)
	}
	if g, f := j.Form(2, "Y9"); g != nil || f == nil || f.Rule != "X1" {
		t.Errorf("%v, %+v", g, f)
	}
	var rest []string
	for _, f := range j.Rest(func(g orb.Geometry) (orb.Geometry, error) { return g, nil }) {
		rest = append(rest, fmt.Sprint(f.Rule, f.Row))
	}
	if diff := cmp.Diff([]string{"X21", "X23"}, rest); diff != "" {
		t.Error(diff)
	}
}

func TestRulebookIsWhole(t *testing.T) {
	text, err := os.ReadFile("../docs/checks.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range layers.Rulebook() {
		if seen[r.ID] || !strings.Contains("FSVGTAUXCD", r.ID[:1]) || r.Severity == "" {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
		if r.Title.Zh == "" || r.Title.En == "" || r.Hint.Zh == "" || r.Hint.En == "" {
			t.Errorf("%s has not all its words", r.ID)
		}
		row := fmt.Sprintf("| %s | %s (%s) | %s | %s | %s |", r.ID, r.Title.En, r.Title.Zh, r.Severity, r.Declared, r.Hint.En)
		if !strings.Contains(string(text), row) {
			t.Errorf("docs/checks.md has no row %s", row)
		}
	}
}
