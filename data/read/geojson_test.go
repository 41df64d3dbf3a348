package read_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/unicode"

	"onemap/data/read"
)

func TestGeoJSONForms(t *testing.T) {
	feature := func(name string) string {
		return `{"type":"Feature","properties":{"name":"` + name + `"},"geometry":{"type":"Point","coordinates":[121,32]}}`
	}
	a, b := feature("甲"), feature("乙")
	crs := func(name string) string { return `"crs":{"type":"name","properties":{"name":"` + name + `"}}` }
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(a)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		text     string
		format   string
		encoding string
		crs      string
		names    []any
		rules    []read.Rule
	}{
		"collection":            {`{"type":"FeatureCollection","features":[` + a + `,` + b + `]}`, "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲", "乙"}, nil},
		"collection, spaced":    {"\n { \"type\" : \"FeatureCollection\" , \"bbox\":[1,2,3,4], \"features\" : [ " + a + " , \n" + b + " ] , \"x\":{\"features\":[1]} }\r\n", "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲", "乙"}, nil},
		"type after features":   {`{"features":[` + a + `],"type":"FeatureCollection"}`, "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲"}, nil},
		"empty collection":      {`{"type":"FeatureCollection","features":[ ]}`, "GeoJSON", "UTF-8", "OGC:CRS84", nil, nil},
		"one feature":           {a, "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲"}, nil},
		"byte order mark":       {"\ufeff" + a, "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲"}, nil},
		"line by line":          {a + "\n" + b + "\n", "GeoJSON text sequence", "UTF-8", "OGC:CRS84", []any{"甲", "乙"}, nil},
		"text sequence":         {"\x1e" + a + "\n\x1e" + b + "\n", "GeoJSON text sequence", "UTF-8", "OGC:CRS84", []any{"甲", "乙"}, nil},
		"old crs by URN":        {`{"type":"FeatureCollection",` + crs("urn:ogc:def:crs:EPSG::4490") + `,"features":[` + a + `]}`, "GeoJSON", "UTF-8", "EPSG:4490", []any{"甲"}, nil},
		"old crs of a zone":     {`{"type":"FeatureCollection",` + crs("EPSG:4549") + `,"features":[` + a + `]}`, "GeoJSON", "UTF-8", "EPSG:4549", []any{"甲"}, nil},
		"old crs, not known":    {`{"type":"FeatureCollection",` + crs("EPSG:27700") + `,"features":[` + a + `]}`, "GeoJSON", "UTF-8", "", []any{"甲"}, []read.Rule{read.CRSUnknown}},
		"old crs null":          {`{"type":"FeatureCollection","crs":null,"features":[` + a + `]}`, "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲"}, nil},
		"old crs behind, equal": {`{"type":"FeatureCollection","features":[` + a + `],` + crs("EPSG:4326") + `}`, "GeoJSON", "UTF-8", "OGC:CRS84", []any{"甲"}, nil},
		"in GBK":                {gbk(`{"type":"FeatureCollection","features":[` + feature("应急避难场所") + `]}`), "GeoJSON", "GB18030", "OGC:CRS84", []any{"应急避难场所"}, []read.Rule{read.EncodingDoubted}},
		"in UTF-16":             {utf16, "GeoJSON", "UTF-16", "OGC:CRS84", []any{"甲"}, []read.Rule{read.EncodingDoubted}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, written(t, "a.geojson", []byte(tt.text)), read.Options{})
			if c.format != tt.format || c.encoding != tt.encoding || c.crs != tt.crs {
				t.Errorf("%s, %s, %s", c.format, c.encoding, c.crs)
			}
			var names []any
			for i, row := range c.rows {
				names = append(names, row.Values[0].Any())
				if row.Number != int64(i+1) || row.Geometry != (orb.Point{121, 32}) || len(row.Problems) != 0 {
					t.Errorf("row is %+v", row)
				}
			}
			if diff := cmp.Diff(tt.names, names); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.rules, rules(c.problems)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestGeoJSONEncodingByHand(t *testing.T) {
	text := gbk(`{"type":"Feature","properties":{"名":"好\\"},"geometry":null}`)
	c := readAll(t, written(t, "a.json", []byte(text)), read.Options{Encoding: "936"})
	if c.columns[0] != "名" || c.rows[0].Values[0].Raw != `好\` {
		t.Errorf("%v, %v", c.columns, c.rows[0].Values)
	}
	fails(t, written(t, "a.json", []byte(text)), read.Options{Encoding: "klingon"}, "klingon")
}

func TestGeoJSONValues(t *testing.T) {
	text := `{"type":"FeatureCollection","features":[
		{"type":"Feature","id":"f-1","properties":{"s":"a\"\\\/\u4e2d\ud83d\ude00\n","i":-12,"f":1.50,"e":1e3,"t":true,"f2":false,"n":null,"o":{"a":[1, 2]},"big":123456789012345678901},"geometry":null},
		{"type":"Feature","id":7,"properties":{"i":1,"late":"x","id":"own"},"geometry":null},
		{"type":"Feature","id":8,"properties":null},
		{"type":"Feature","properties":{"i":1,"i":2}}
	]}`
	c := readAll(t, written(t, "a.json", []byte(text)), read.Options{})
	if diff := cmp.Diff([]string{"s", "i", "f", "e", "t", "f2", "n", "o", "big", "id", "late"}, c.columns); diff != "" {
		t.Error(diff)
	}
	want := [][]any{
		{"a\"\\/中😀\n", int64(-12), 1.5, 1000.0, true, false, nil, `{"a":[1, 2]}`, 1.2345678901234568e20, "f-1"},
		{nil, int64(1), nil, nil, nil, nil, nil, nil, nil, "own", "x"},
		{nil, nil, nil, nil, nil, nil, nil, nil, nil, int64(8), nil},
		{nil, int64(2), nil, nil, nil, nil, nil, nil, nil, nil, nil},
	}
	for i, row := range c.rows {
		if diff := cmp.Diff(want[i], anys(row.Values)); diff != "" {
			t.Errorf("row %d: %s", i+1, diff)
		}
	}
	if raw := c.rows[0].Values[2].Raw; raw != "1.50" {
		t.Errorf("the raw number is %q", raw)
	}
	if kind := c.rows[0].Values[7].Kind; kind != read.JSON {
		t.Errorf("an object is of kind %v", kind)
	}
	if diff := cmp.Diff([]read.Rule{read.DuplicateMember}, rules(c.rows[3].Problems)); diff != "" {
		t.Error(diff)
	}
}

func TestGeoJSONGeometries(t *testing.T) {
	ring := `[[0,0],[4,0],[4,4],[0,0]]`
	shell := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 0}}
	bad, part, empty := []read.Rule{read.BadGeometry}, []read.Rule{read.PartDropped}, []read.Rule{read.EmptyGeometry}
	tests := map[string]struct {
		text  string
		want  orb.Geometry
		rules []read.Rule
	}{
		"null":                       {`null`, nil, nil},
		"point":                      {`{"type":"Point","coordinates":[120.1234567,-31.5e0]}`, orb.Point{120.1234567, -31.5}, nil},
		"coordinates first":          {`{"coordinates":[1,2],"bbox":[1],"type":"Point"}`, orb.Point{1, 2}, nil},
		"point with height":          {`{"type":"Point","coordinates":[1,2,3]}`, orb.Point{1, 2}, nil},
		"points":                     {`{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`, orb.MultiPoint{{1, 2}, {3, 4}}, nil},
		"line":                       {`{"type":"LineString","coordinates":[[1,2],[3,4]]}`, orb.LineString{{1, 2}, {3, 4}}, nil},
		"lines":                      {`{"type":"MultiLineString","coordinates":[[[1,2],[3,4]]]}`, orb.MultiLineString{{{1, 2}, {3, 4}}}, nil},
		"polygon":                    {`{"type":"Polygon","coordinates":[` + ring + `,[[1,1],[2,2],[2,1],[1,1]]]}`, orb.Polygon{shell, {{1, 1}, {2, 2}, {2, 1}, {1, 1}}}, nil},
		"polygons":                   {`{"type":"MultiPolygon","coordinates":[[` + ring + `],[` + ring + `]]}`, orb.MultiPolygon{{shell}, {shell}}, nil},
		"collection":                 {`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},null]}`, orb.Collection{orb.Point{1, 2}}, nil},
		"open ring":                  {`{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4]]]}`, orb.Polygon{shell}, []read.Rule{read.RingClosed}},
		"hole without area":          {`{"type":"Polygon","coordinates":[` + ring + `,[[1,1],[2,2],[1,1],[1,1]]]}`, orb.Polygon{shell}, part},
		"shell without area":         {`{"type":"Polygon","coordinates":[[[1,1],[2,2],[1,1],[1,1]]]}`, nil, part},
		"line of one point":          {`{"type":"LineString","coordinates":[[1,2]]}`, nil, []read.Rule{read.PartDropped, read.EmptyGeometry}},
		"empty point":                {`{"type":"Point","coordinates":[]}`, nil, empty},
		"empty polygons":             {`{"type":"MultiPolygon","coordinates":[ ]}`, nil, empty},
		"an array for a point":       {`{"type":"Point","coordinates":[[1,2]]}`, nil, bad},
		"one number":                 {`{"type":"Point","coordinates":[1]}`, nil, bad},
		"text for a number":          {`{"type":"LineString","coordinates":[["1","2"],[3,4]]}`, nil, bad},
		"null for a number":          {`{"type":"Point","coordinates":[null,2]}`, nil, bad},
		"number beyond float64":      {`{"type":"Point","coordinates":[1e999,2]}`, nil, bad},
		"number for coordinates":     {`{"type":"Polygon","coordinates":7}`, nil, bad},
		"point in a polygon":         {`{"type":"Polygon","coordinates":[[1,2],[3,4]]}`, nil, bad},
		"unknown type":               {`{"type":"Circle","coordinates":[1,2]}`, nil, bad},
		"no type":                    {`{"coordinates":[1,2]}`, nil, bad},
		"no coordinates":             {`{"type":"Point"}`, nil, bad},
		"text for a geometry":        {`"POINT(1 2)"`, nil, bad},
		"collections in collections": {strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 20) + strings.Repeat(`]}`, 20), nil, bad},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":` + tt.text + `},{"type":"Feature","geometry":{"type":"Point","coordinates":[9,9]}}]}`
			c := readAll(t, written(t, "a.json", []byte(text)), read.Options{})
			row := c.rows[0]
			if diff := cmp.Diff(fmt.Sprintf("%T %v", tt.want, tt.want), fmt.Sprintf("%T %v", row.Geometry, row.Geometry)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(tt.rules, rules(row.Problems)); diff != "" {
				t.Error(diff)
			}
			if len(c.rows) != 2 || c.rows[1].Geometry != (orb.Point{9, 9}) || len(c.rows[1].Problems) != 0 {
				t.Errorf("the row after it is %+v", c.rows[1])
			}
		})
	}
}

func TestGeoJSONHeightsAreTold(t *testing.T) {
	c := readAll(t, written(t, "a.json", []byte(`{"type":"LineString","coordinates":[[1,2,3],[4,5,6]]}`)), read.Options{})
	if diff := cmp.Diff([]read.Rule{read.HeightDropped}, rules(c.problems)); diff != "" {
		t.Error(diff)
	}
}

func TestGeoJSONRefuses(t *testing.T) {
	f := `{"type":"Feature","properties":{},"geometry":null}`
	tests := map[string]struct{ text, want string }{
		"cut in a feature":        {`{"type":"FeatureCollection","features":[` + f[:20], "may be cut off"},
		"cut between features":    {`{"type":"FeatureCollection","features":[` + f + `,`, "may be cut off"},
		"cut after the features":  {`{"type":"FeatureCollection","features":[` + f + `]`, "may be cut off"},
		"cut after a name":        {`{"type"`, "may be cut off"},
		"comma at the end":        {`{"type":"FeatureCollection","features":[` + f + `,]}`, "broken JSON"},
		"comma missing":           {`{"type":"FeatureCollection","features":[` + f + f + `]}`, "byte 90"},
		"something after it":      {`{"type":"FeatureCollection","features":[` + f + `]} x`, "follows the end"},
		"features twice":          {`{"type":"FeatureCollection","features":[` + f + `],"features":[]}`, "twice"},
		"number for features":     {`{"type":"FeatureCollection","features":7}`, "where '[' belongs"},
		"no features":             {`{"type":"FeatureCollection"}`, "without a features array"},
		"null in features":        {`{"type":"FeatureCollection","features":[null]}`, "feature 1 is broken JSON"},
		"array in features":       {`{"type":"FeatureCollection","features":[` + f + `,[1]]}`, "feature 2 is broken JSON"},
		"collection in features":  {`{"type":"FeatureCollection","features":[{"type":"FeatureCollection"}]}`, "inside another"},
		"broken feature":          {`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":01}}]}`, "feature 1 is broken JSON"},
		"single quotes":           {`{"type":"FeatureCollection","features":[{'type':'Feature'}]}`, "feature 1 is broken JSON"},
		"mismatched brackets":     {`{"type":"FeatureCollection","features":[{"type":"Feature","properties":[}]}`, "JSON"},
		"ArcGIS":                  {`{"features":[{"attributes":{},"geometry":{"x":1,"y":2}}]}`, "ArcGIS JSON"},
		"TopoJSON":                {`{"type":"Topology","objects":{}}`, "TopoJSON"},
		"some JSON":               {`{"a":1}`, "no GeoJSON type"},
		"other type":              {`{"type":"Thing"}`, "Thing"},
		"crs behind the features": {`{"type":"FeatureCollection","features":[` + f + `],"crs":{"type":"name","properties":{"name":"EPSG:4549"}}}`, "before them"},
		"deep":                    {`{"type":"Feature","properties":{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}}`, "nested deeper than 64"},
		"deep, passed over":       {`{"type":"FeatureCollection","features":[` + f + `],"x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "nested deeper than 64"},
		"broken line":             {f + "\n" + f + "\n[1]", "where a GeoJSON object begins"},
		"bad escape in a name":    {`{"\x":1}`, "unknown escape"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fails(t, written(t, "a.json", []byte(tt.text)), read.Options{}, tt.want)
		})
	}
}

func TestGeoJSONLimits(t *testing.T) {
	f := `{"type":"Feature","properties":{"a":"` + strings.Repeat("x", 1000) + `","b":1,"c":2},"geometry":null}`
	tests := map[string]struct {
		text   string
		limits read.Limits
		want   string
	}{
		"a long feature in a collection": {`{"type":"FeatureCollection","features":[` + f + `]}`, read.Limits{FeatureBytes: 500}, "over 500 bytes"},
		"a long single feature":          {f, read.Limits{FeatureBytes: 500}, "over 500 bytes"},
		"many members":                   {`{"a":"` + strings.Repeat("x", 400) + `","b":"` + strings.Repeat("x", 400) + `"}`, read.Limits{FeatureBytes: 500}, "over 500 bytes"},
		"many columns":                   {f, read.Limits{Columns: 2}, "more than 2 different properties"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fails(t, written(t, "a.json", []byte(tt.text)), read.Options{Limits: tt.limits}, tt.want)
		})
	}
	// Members that are passed over may be longer than a feature.
	text := `{"type":"FeatureCollection","features":[{"type":"Feature"}],"note":"` + strings.Repeat("x", 5000) + `"}`
	if c := readAll(t, written(t, "a.json", []byte(text)), read.Options{Limits: read.Limits{FeatureBytes: 500}}); len(c.rows) != 1 {
		t.Errorf("%d rows", len(c.rows))
	}
}

// Columns that come after those read ahead are added behind, and no row is lost or moved.
func TestGeoJSONManyFeatures(t *testing.T) {
	const n = 3000
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		late := ""
		if i == n-1 {
			late = `,"late":"x"`
		}
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"n":%d%s},"geometry":{"type":"Point","coordinates":[%d,1]}}`, i, late, i%180)
	}
	b.WriteString(`]}`)
	s := open(t, written(t, "a.json", []byte(b.String())), read.Options{})
	if diff := cmp.Diff([]string{"n"}, s.Columns()); diff != "" {
		t.Error(diff)
	}
	for i := range n {
		row, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if row.Number != int64(i+1) || row.Values[0].Int() != int64(i) || row.Geometry.(orb.Point)[0] != float64(i%180) {
			t.Fatalf("row %d is %+v", i+1, row)
		}
	}
	if diff := cmp.Diff([]string{"n", "late"}, s.Columns()); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("then comes %v", err)
	}
}
