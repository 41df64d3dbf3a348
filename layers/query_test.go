package layers_test

import (
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

func poleView(t testing.TB) *layers.View {
	t.Helper()
	text := strings.Replace(poles, "  - {name: kind,", `  - {name: height, title: {zh: 高度, en: Height}, type: number, sensitivity: public}
  - {name: wires, title: {zh: 导线数, en: Wires}, type: integer, sensitivity: public}
  - {name: lit, title: {zh: 是否带灯, en: Lit}, type: boolean, sensitivity: public}
  - {name: built, title: {zh: 建成日期, en: Built}, type: date, sensitivity: public}
  - {name: owner, title: {zh: 业主, en: Owner}, type: text, sensitivity: personal}
  - {name: kind,`, 1)
	c, err := layers.Load(fstest.MapFS{"pole.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.View(layers.Reader{Role: layers.RoleViewer}, "pole")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestParseFilters(t *testing.T) {
	v := poleView(t)
	tests := []struct{ query, key, field string }{
		{"kind=wood", `pole|viewer||kind = 'wood'`, ""},
		{"kind=wood,steel&limit=3", `pole|viewer||kind IN ('steel', 'wood')`, ""},
		{"kind=wood&kind=steel", `pole|viewer||kind = 'steel'|kind = 'wood'`, ""},
		{"wires=2/5", `pole|viewer||wires <= 5 AND wires >= 2`, ""},
		{"wires=../5", `pole|viewer||wires <= 5`, ""},
		{"wires=..", `pole|viewer||NOT (wires IS NULL)`, ""},
		{"height=2.5", `pole|viewer||height = 2.5`, ""},
		{"lit=true", `pole|viewer||lit = TRUE`, ""},
		{"built=2020-01-01/..", `pole|viewer||built >= DATE('2020-01-01')`, ""},
		{"valid_from=2020-01-01T08:00:00%2B08:00/..", `pole|viewer||valid_from >= TIMESTAMP('2020-01-01T00:00:00Z')`, ""},
		{"name=", `pole|viewer||name IS NULL`, ""},
		{"name=a,b/c'", `pole|viewer||name = 'a,b/c'''`, ""},
		{"position_quality=none&source=synthetic", `pole|viewer||position_quality = 'none'|source = 'synthetic'`, ""},
		{"kind=brass", "", "kind"},
		{"wires=two", "", "wires"},
		{"wires=1/2/3", "", "wires"},
		{"height=NaN", "", "height"},
		{"lit=perhaps", "", "lit"},
		{"built=2020-13-01", "", "built"},
		{"bogus=1", "", "bogus"},
		{"owner=x", "", "owner"}, // a field that the reader may not see can't be named
		{"geom=x", "", "geom"},
	}
	for _, test := range tests {
		params, err := url.ParseQuery(test.query)
		if err != nil {
			t.Fatal(err)
		}
		filters, err := layers.ParseFilters(v, params, "limit")
		if test.field != "" {
			if _, field := fault.MessageOf(err); fault.CodeOf(err) != fault.Invalid || err == nil || field != test.field {
				t.Errorf("%s: got %v", test.query, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		if got := (layers.Query{View: v, Filters: filters}).Key(); got != test.key {
			t.Errorf("%s: key %s, want %s", test.query, got, test.key)
		}
	}
}

func TestParseInterval(t *testing.T) {
	for text, want := range map[string]string{
		"2021-04-30T12:00:00Z":      "2021-04-30T12:00:00Z",
		"2021-04-30T12:00:00+08:00": "2021-04-30T04:00:00Z",
		"2021-04-30":                "2021-04-29T16:00:00Z/2021-04-30T16:00:00Z",
		"2021-04-30/..":             "2021-04-29T16:00:00Z/..",
		"/2021-04-30T00:00:00Z":     "../2021-04-30T00:00:00Z",
		"2021-05-01/2021-04-01":     "",
		"..":                        "",
		"yesterday":                 "",
	} {
		i, err := layers.ParseInterval(text)
		if want == "" {
			if fault.CodeOf(err) != fault.Invalid || err == nil {
				t.Errorf("%q: got %v, %v", text, i, err)
			}
			continue
		}
		if err != nil || i.String() != want {
			t.Errorf("%q: got %v, %v; want %s", text, i, err, want)
		}
	}
}

// TestValuesNeverStandInSQL gives hostile values to every kind of filter and looks for
// them in the text of every statement.
func TestValuesNeverStandInSQL(t *testing.T) {
	v := poleView(t)
	evil := "x'; DROP TABLE layer.pole; --"
	now := time.Now()
	q := layers.Query{
		View: v, BBox: &orb.Bound{Min: orb.Point{120.123456, 31.5}, Max: orb.Point{121, 32}}, Datetime: &layers.Interval{From: &now, To: &now},
		Filters: []layers.Predicate{
			layers.InRange(v.Field("name"), evil, evil),
			layers.InRange(v.Field("name"), evil, nil),
			layers.OneOf(v.Field("kind"), evil),
		},
		After: 987654321, Limit: 123454321, CRS: geo.CRS{Authority: "EPSG", Code: "4549"},
	}
	search, _, ok := v.SearchSQL([]string{evil}, 10)
	if ok {
		t.Error("a layer without searched fields can be searched")
	}
	for name, st := range map[string]layers.Statement{
		"items": q.ItemsSQL(), "item": q.ItemSQL(5554445), "count": q.CountSQL(), "counts": q.CountsSQL(q.BBox), "extent": q.ExtentSQL(),
		"tile 5": q.TileSQL(maptile.New(26, 12, 5)), "tile 14": q.TileSQL(maptile.New(13700, 6600, 14)), "search": search,
	} {
		for _, secret := range []string{"DROP", "120.123456", "987654321", "123454321", "5554445", "4549"} {
			if strings.Contains(st.Text, secret) {
				t.Errorf("%s: the value %s stands in the text: %s", name, secret, st.Text)
			}
		}
	}
}

func FuzzParseFilters(f *testing.F) {
	for _, s := range []string{"kind=wood", "wires=1/2", "built=2020-01-01/..", "lit=1", "name=%00", "height=1e308/..", "&&&=", "kind=,", "wires=/"} {
		f.Add(s)
	}
	v := poleView(f)
	f.Fuzz(func(t *testing.T, query string) {
		params, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		filters, err := layers.ParseFilters(v, params)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		_ = layers.Query{View: v, Filters: filters}.Key()
		_ = layers.Query{View: v, Filters: filters}.CountSQL()
	})
}

func FuzzParseInterval(f *testing.F) {
	for _, s := range []string{"2021-04-30", "../2021-04-30T00:00:00Z", "2021-04-30/", "/", "9999-12-31/.."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		i, err := layers.ParseInterval(text)
		if (err == nil) != (i != nil) {
			t.Fatalf("%q: %v, %v", text, i, err)
		}
	})
}
