package layers_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/layers"
)

// columnsOf says which column each field of a mapping has.
func columnsOf(m layers.Mapping) map[string]string {
	of := map[string]string{}
	for field, i := range m.Of {
		of[field] = m.Columns[i]
	}
	return of
}

func TestMatchTakesTheEndOfHeadingsInSeveralRows(t *testing.T) {
	l := yards(t, "  []")
	m, findings, err := l.Match([]string{"基本情况/编号*", "基本情况/名称", "位置/经度", "位置/纬度", "人口/男", "职工/女", "住户/女", "区划"}, layers.Hints{Positions: []int{2, 3}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"code": "基本情况/编号*", "name": "基本情况/名称", "men": "人口/男", "town": "区划"}
	if diff := cmp.Diff(want, columnsOf(m)); diff != "" {
		t.Error(diff)
	}
	if m.Guessed["code"] != layers.GuessTail || m.Guessed["town"] != "" {
		t.Errorf("%v", m.Guessed)
	}
	// Two columns end in 女, so neither is taken; the columns of positions are no unknown ones.
	if diff := cmp.Diff([]string{"职工/女", "住户/女"}, m.Unknown); diff != "" {
		t.Error(diff)
	}
	for _, f := range findings {
		if f.Rule == "S2" && strings.HasPrefix(f.Value, "位置") {
			t.Errorf("%+v", f)
		}
	}
}

func TestMatchLeavesOutAColumnThatIsSaidToBeNone(t *testing.T) {
	l := yards(t, "  []")
	columns := []string{"编号", "名称", "别称"}
	m, _, err := l.Match(columns, layers.Hints{By: map[string]string{"name": ""}})
	if err != nil || len(m.Of) != 1 || !slices.Contains(m.Unknown, "名称") {
		t.Errorf("%+v, %v", m, err)
	}
	m, _, err = l.Match(columns, layers.Hints{By: map[string]string{"name": "别称"}})
	if err != nil || columnsOf(m)["name"] != "别称" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, _, err = l.Match(columns, layers.Hints{By: map[string]string{"nam": ""}}); err == nil {
		t.Error("a field that is not there is left out")
	}
}

func TestTemplateOfAnotherLayerOrTime(t *testing.T) {
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	l := cat.Layer("shelter")
	var all []string
	for _, f := range l.Fields {
		all = append(all, f.Title.Zh)
	}
	place := []string{"经度", "纬度"}
	at := func(columns []string) []int { return []int{len(columns) - 2, len(columns) - 1} }
	old := append(slices.DeleteFunc(slices.Clone(all), func(c string) bool { return c == "应急供水" }), "旧列", "经度", "纬度")
	now := layers.Stamp{Own: true, Layer: "shelter", Version: l.TemplateVersion()}
	for _, test := range []struct {
		name     string
		columns  []string
		stamp    layers.Stamp
		severity layers.Severity // empty: nothing is found
		says     string
	}{
		{"of today", append(slices.Clone(all), place...), now, "", ""},
		{"of today, with a column taken out", append(slices.Clone(all[:5]), place...), now, "", ""},
		{"of a layer with other fields", append(slices.Clone(all), place...), layers.Stamp{Own: true, Layer: "road", Version: "1"}, layers.SeverityError, "road"},
		{"older, all columns as today", append(slices.Clone(all), place...), layers.Stamp{Own: true, Layer: "shelter", Version: "0"}, layers.SeverityNotice, "older"},
		{"older, a column renamed", old, layers.Stamp{Own: true, Layer: "shelter", Version: "0"}, layers.SeverityWarning, "water"},
		{"from before stamps, a column renamed", old, layers.Stamp{Own: true}, layers.SeverityWarning, "旧列"},
		{"from before stamps, as today", append(slices.Clone(all), place...), layers.Stamp{Own: true}, "", ""},
		{"any table", []string{"编号", "名称", "备注", "经度", "纬度"}, layers.Stamp{}, "", ""},
		{"names and addresses, which many layers have", []string{"name", "address", "host", "city", "state", "zipcode"}, layers.Stamp{}, "", ""},
		{"any table with the columns of roads", []string{"路段编号", "路名", "技术等级", "车道数", "路宽", "经度", "纬度"}, layers.Stamp{}, layers.SeverityError, "road"},
	} {
		found := cat.Template(l, test.columns, at(test.columns), test.stamp)
		switch {
		case test.severity == "" && len(found) > 0:
			t.Errorf("%s: %+v", test.name, found)
		case test.severity != "" && (len(found) != 1 || found[0].Rule != "F5" || found[0].Severity != test.severity || !strings.Contains(found[0].Message.En, test.says)):
			t.Errorf("%s: %+v", test.name, found)
		}
	}
}
