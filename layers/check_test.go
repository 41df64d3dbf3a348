package layers_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

func TestCreditCode(t *testing.T) {
	for code, valid := range map[string]bool{
		"91350100M000100Y43": true, // the worked example of GB 32100-2015
		"91350100M000100Y44": false,
		"91350100M000100Y4":  false,
		"91350100I000100Y43": false,
	} {
		if err := layers.CreditCode(code); (err == nil) != valid {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// checked is a layer with one field of each kind.
func checked(t *testing.T) *layers.Layer {
	t.Helper()
	text := strings.Replace(poles, "  - {name: kind,", `  - {name: pole_number, title: {zh: 电杆统一编号, en: Number}, type: text, required: true, pattern: 'P\d+', sensitivity: public, aliases: [杆塔编号及名称, gtbh]}
  - {name: height, title: {zh: 高度, en: Height}, type: number, range: {min: 3, max: 60}, unit: m, sensitivity: public}
  - {name: wires, title: {zh: 导线数, en: Wires}, type: integer, sensitivity: public}
  - {name: lit, title: {zh: 是否带灯, en: Lit}, type: boolean, sensitivity: public}
  - {name: built, title: {zh: 建成日期, en: Built}, type: date, sensitivity: public}
  - {name: kinds, title: {zh: 类型们, en: Kinds}, type: codes, codes: pole_kind, sensitivity: public}
  - {name: stock, title: {zh: 库存, en: Stock}, type: quantities, codes: pole_kind, sensitivity: public}
  - {name: area_code, title: {zh: 区划, en: Area}, type: text, check: admin_code, sensitivity: public}
  - {name: kind,`, 1)
	text = strings.Replace(text, "label: name", "label: name\nkey: [pole_number]", 1)
	c, err := layers.Load(fstest.MapFS{"pole.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return c.Layer("pole")
}

func TestMatchKnowsCutAndForeignColumnNames(t *testing.T) {
	l := checked(t)
	m, findings, err := l.Match([]string{"杆塔编号及名", "高度 ", "WIRES", "是否带灯*", "备注", "Ｂｕｉｌｔ"}, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"height": 1, "wires": 2, "lit": 3, "built": 5}
	got := map[string]int{}
	for k, v := range m.Of {
		got[k] = v
	}
	delete(got, "pole_number")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	m, _, err = l.Match([]string{"杆塔编号及", "电杆统"}, layers.Hints{}) // ten bytes of GB 18030; nine of UTF-8
	if err != nil || m.Of["pole_number"] != 0 && m.Of["pole_number"] != 1 {
		t.Errorf("cut names: %v, %v", m.Of, err)
	}
	var rules []string
	for _, f := range findings {
		rules = append(rules, f.Rule+" "+f.Field+f.Value)
	}
	if diff := cmp.Diff([]string{"S2 杆塔编号及名", "S2 备注", "S1 pole_number"}, rules); diff != "" {
		t.Error(diff)
	}
	if m, _, err = l.Match([]string{"高度", "WIRES"}, layers.Hints{By: map[string]string{"height": ""}}); err != nil || cmp.Diff(map[string]int{"wires": 1}, m.Of) != "" {
		t.Errorf("a field that is left without its column: %v, %v", m.Of, err)
	}
	if _, _, err := l.Match([]string{"a"}, layers.Hints{By: map[string]string{"height": "b"}}); err == nil || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("a mapping to a column that is not there: %v", err)
	}
	if _, _, err := l.Match([]string{"a"}, layers.Hints{By: map[string]string{"hight": "a"}}); err == nil || !strings.Contains(err.Error(), `"hight"`) {
		t.Errorf("a mapping of a field that is not there: %v", err)
	}
}

func TestCheckerNamesEveryFault(t *testing.T) {
	l := checked(t)
	columns := []string{"pole_number", "height", "wires", "lit", "built", "kinds", "stock", "area_code", "kind", "name"}
	m, _, err := l.Match(columns, layers.Hints{})
	if err != nil {
		t.Fatal(err)
	}
	c := l.NewChecker(m, "file")
	at := orb.Point{120.9, 32}
	tests := []struct {
		name   string
		values []any
		g      orb.Geometry
		want   string // rules and fields
	}{
		{"good", []any{"P1", 12.5, 3.0, "是", "2020年5月1日", "木、钢", "木:3；钢=2.5", 320613.0, "木", "一号"}, at, ""},
		{"lists", []any{"P0", nil, nil, nil, nil, `["wood","steel"]`}, at, ""},
		{"blank", []any{"P2", nil, "—", "", "/", nil, nil, nil, "无", nil}, at, ""},
		{
			"everything wrong",
			[]any{"Q3", 99.0, "三", "也许", "昨天", "木、铁", "铁:3", "32", "铁", strings.Repeat("长", 2)},
			at,
			"V11 pole_number,V3 height,S3 wires,S3 lit,S3 built,V2 kinds,V2 stock,V7 area_code,V2 kind",
		},
		{"required missing", []any{"", 7}, at, "V1 pole_number"},
		{"key twice", []any{"P1", 7}, at, "U1 pole_number"},
		{"no form", []any{"P11"}, at, "X2 geom"},
		{"unplaced", []any{"P4"}, nil, "G1 geom"},
		{"wrong kind", []any{"P5"}, orb.LineString{{1, 2}, {3, 4}}, "G2 geom"},
		{"single in many", []any{"P6", 7}, orb.MultiPoint{{120, 32}}, ""},
		{"metres", []any{"P7"}, orb.Point{500000, 3500000}, "G8 geom"},
		{"zero", []any{"P8"}, orb.Point{0, 0}, "C5 geom"},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, findings := c.Record(int64(i+1), "", test.values, test.g, geo.CGCS2000)
			var rules []string
			for _, f := range findings {
				rules = append(rules, f.Rule+" "+f.Field)
				if f.Message.Zh == "" || f.Message.En == "" || f.Row != int64(i+1) {
					t.Errorf("incomplete finding %+v", f)
				}
			}
			if got := strings.Join(rules, ","); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if i == 0 {
				want := map[string]any{
					"pole_number": "P1", "height": 12.5, "wires": int64(3), "lit": true, "built": time.Date(2020, 5, 1, 0, 0, 0, 0, time.UTC),
					"kinds": []string{"wood", "steel"}, "stock": map[string]float64{"wood": 3, "steel": 2.5}, "area_code": "320613", "kind": "wood", "name": "一号",
				}
				if diff := cmp.Diff(want, r.Values); diff != "" {
					t.Error(diff)
				}
				if r.SourceID != "P1" {
					t.Errorf("source id %q", r.SourceID)
				}
			}
			if test.name == "blank" && r.Values["kind"] != "wood" {
				t.Errorf("an empty cell with a default gives %v", r.Values["kind"])
			}
		})
	}
}

// TestEveryTitleIsReadAsItsCode holds what a workbook offers in its lists against what
// the import takes, whatever the width of brackets.
func TestEveryTitleIsReadAsItsCode(t *testing.T) {
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range cat.Layers() {
		for _, f := range l.Fields {
			if f.Type != layers.TypeCode {
				continue
			}
			m, _, err := l.Match([]string{f.Title.Zh}, layers.Hints{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range f.List.Items {
				for _, spelling := range []string{c.Code, c.Title.Zh, c.Title.En} {
					r, _ := l.NewChecker(m, "test").Record(1, "", []any{spelling}, nil, geo.CGCS2000)
					if r.Values[f.Name] != c.Code {
						t.Errorf("%s.%s: %q is read as %v, not %s", l.ID, f.Name, spelling, r.Values[f.Name], c.Code)
					}
				}
			}
		}
	}
}

func FuzzChecker(f *testing.F) {
	for _, s := range []string{"", "无", "１２", "2020-13-40", "{\"木\":1}", "木:1;钢:-2", "3.2E+11", "是", "\xff"} {
		f.Add(s)
	}
	c, err := layers.Builtin()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, cell string) {
		for _, l := range c.Layers() {
			columns := make([]string, len(l.Fields))
			values := make([]any, len(l.Fields))
			for i, field := range l.Fields {
				columns[i], values[i] = field.Name, cell
			}
			m, _, err := l.Match(columns, layers.Hints{})
			if err != nil {
				t.Fatal(err)
			}
			_, findings := l.NewChecker(m, "fuzz").Record(1, "", values, nil, geo.CGCS2000)
			for _, found := range findings {
				if found.Message.Zh == "" || found.Message.En == "" {
					t.Fatal(fmt.Sprint("a finding without words: ", found))
				}
			}
		}
	})
}
