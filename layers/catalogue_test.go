package layers_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"onemap/layers"
)

func TestBuiltinDeclarationsAreSound(t *testing.T) {
	if _, err := layers.Builtin(); err != nil {
		t.Fatal(err)
	}
}

const poles = `id: pole
title: {zh: 电杆, en: Poles}
group: base
geometry: Point
label: name
zoom: {min: 4, max: 16}
fields:
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public, tile: 12}
  - {name: kind, title: {zh: 类型, en: Kind}, type: code, codes: pole_kind, default: wood, required: true, sensitivity: public, tile: 0}
codelists:
  - id: pole_kind
    title: {zh: 电杆类型, en: Pole kind}
    source: test
    status: provisional
    items:
      - {code: wood, title: {zh: 木, en: Wood}, colour: "#aa7744", symbol: circle}
      - {code: steel, title: {zh: 钢, en: Steel}, colour: "#445566", symbol: square}
style: {by: kind, colour: "#445566"}
thin: {until: 12, cells: 8}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public, viewer]}
`

func TestLoadIsStrict(t *testing.T) {
	tests := []struct {
		name, from, to string
		want           []string
	}{
		{"unknown key", "label: name", "labell: name", []string{"pole.yaml:5:1", "labell"}},
		{"missing code list", "codes: pole_kind", "codes: pole_kinds", []string{"pole.yaml:9:", "pole_kinds"}},
		{"bad range", "type: text, sensitivity", "type: integer, range: {min: 3, max: 1}, sensitivity", []string{"pole.yaml:8:", "range"}},
		{"bad pattern", "type: text, sensitivity", "type: text, pattern: '(', sensitivity", []string{"pole.yaml:8:", "pattern"}},
		{"bad colour", `colour: "#aa7744"`, `colour: brown`, []string{"pole.yaml:16:", "brown"}},
		{"bad geometry", "geometry: Point", "geometry: Dot", []string{"pole.yaml:4:11", "Dot"}},
		{"styled field not in low tiles", "tile: 0}", "tile: 9}", []string{"styled field"}},
		{"standard column declared", "name: name, title", "name: source, title", []string{"pole.yaml:8:", "source"}},
		{"wrong type of value", "min: 4", "min: low", []string{"pole.yaml:6:"}},
		{"unknown role", "public, viewer", "public, king", []string{"pole.yaml:21:", "king"}},
		{"no thinning of points", "thin: {until: 12, cells: 8}\n", "", []string{"thin"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(poles, test.from, test.to, 1)
			if text == poles {
				t.Fatal("the test changes nothing")
			}
			_, err := layers.Load(fstest.MapFS{"pole.yaml": {Data: []byte(text)}})
			if err == nil {
				t.Fatal("accepted")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to name %q", err, want)
				}
			}
		})
	}
}

func TestLoadAddsLayer(t *testing.T) {
	c, err := layers.Load(fstest.MapFS{"pole.yaml": {Data: []byte(poles)}})
	if err != nil {
		t.Fatal(err)
	}
	l := c.Layer("pole")
	if l == nil || l.By() == nil || l.By().List.Code("steel") == nil {
		t.Fatalf("layer not complete: %+v", l)
	}
}

func TestLoadRefusesSecondDeclaration(t *testing.T) {
	_, err := layers.Load(fstest.MapFS{"a.yaml": {Data: []byte(poles)}, "b.yaml": {Data: []byte(strings.ReplaceAll(poles, "pole_kind", "other_kind"))}})
	if err == nil || !strings.Contains(err.Error(), "pole") {
		t.Fatalf("got %v", err)
	}
}
