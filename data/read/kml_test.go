package read_test

import (
	"archive/zip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data/read"
)

const kmlFile = `<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>全市</name>
<Schema id="s" name="s"><SimpleField name="人数" type="int"/><SimpleField name="面积" type="double"/></Schema>
<Style id="x"><IconStyle><Icon><href>http://127.0.0.1/none.png</href></Icon></IconStyle></Style>
<Folder><name>避难场所</name>
 <Folder><name>崇川</name><Placemark id="1"><name>体育馆</name><description><![CDATA[<b>室内</b>]]></description>
  <TimeStamp><when>2024-02-29</when></TimeStamp>
  <ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="人数">1200</SimpleData><SimpleData name="面积">about 3</SimpleData></SchemaData>
   <Data name="name"><displayName>n</displayName><value>又一个名</value></Data></ExtendedData>
  <Point><coordinates> 120.8,32.0,15.5 </coordinates></Point></Placemark></Folder>
 <Placemark><name>公园&nbsp;&amp; 广场</name><MultiGeometry>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4 0,4 0,0</coordinates></LinearRing></outerBoundaryIs>
   <innerBoundaryIs><LinearRing><coordinates>1,1 1,2 2,2 1,1</coordinates></LinearRing></innerBoundaryIs></Polygon>
  <Polygon><outerBoundaryIs><LinearRing><coordinates>9, 0, 0
   12,0,0 12,4,0 9,0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></MultiGeometry></Placemark>
</Folder>
<Placemark><gx:Track><when>2024-01-01T00:00:00Z</when><when>2024-01-01T00:01:00Z</when><gx:coord>120 32 5</gx:coord><gx:coord>120.5 32.5 6</gx:coord></gx:Track></Placemark>
<GroundOverlay><name>o</name></GroundOverlay><NetworkLink><Link><href>http://127.0.0.1/more.kml</href></Link></NetworkLink>
</Document></kml>`

func TestKML(t *testing.T) {
	c := readAll(t, written(t, "a.txt", []byte(kmlFile)), read.Options{})
	if diff := cmp.Diff([]string{"name", "description", "folder", "when", "人数", "面积", "name (ExtendedData)"}, c.columns); diff != "" {
		t.Error(diff)
	}
	want := []struct {
		values   []any
		geometry orb.Geometry
		rules    []read.Rule
	}{
		{[]any{"体育馆", "<b>室内</b>", "避难场所/崇川", date(2024, 2, 29), int64(1200), "about 3", "又一个名"}, orb.Point{120.8, 32}, []read.Rule{read.BadNumber}},
		{[]any{"公园\u00a0& 广场", nil, "避难场所"}, orb.MultiPolygon{{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}, {{1, 1}, {1, 2}, {2, 2}, {1, 1}}}, {{{9, 0}, {12, 0}, {12, 4}, {9, 0}}}}, nil},
		{[]any{}, orb.LineString{{120, 32}, {120.5, 32.5}}, nil},
	}
	if len(c.rows) != len(want) || c.format != "KML" || c.crs != "OGC:CRS84" || c.encoding != "UTF-8" {
		t.Fatalf("%s %s %s, %d rows", c.format, c.crs, c.encoding, len(c.rows))
	}
	for i, w := range want {
		row := c.rows[i]
		if diff := cmp.Diff(w.values, anys(row.Values)); diff != "" {
			t.Errorf("row %d: %s", i+1, diff)
		}
		if diff := cmp.Diff(w.geometry, row.Geometry) + cmp.Diff(w.rules, rules(row.Problems)); diff != "" {
			t.Errorf("row %d: %s", i+1, diff)
		}
	}
	if diff := cmp.Diff([]read.Rule{read.HeightDropped, read.TimesDropped, read.PartUnread, read.PartUnread}, rules(c.problems)); diff != "" {
		t.Error(diff)
	}
}

// placemark is a KML of one placemark.
func placemark(inside string) []byte {
	return []byte(`<kml><Placemark>` + inside + `</Placemark></kml>`)
}

func TestKMLGeometries(t *testing.T) {
	ring := func(s string) string { return `<LinearRing><coordinates>` + s + `</coordinates></LinearRing>` }
	outer := func(s string) string { return `<outerBoundaryIs>` + ring(s) + `</outerBoundaryIs>` }
	tests := map[string]struct {
		kml   string
		kind  string
		rules []read.Rule
	}{
		"none":             {``, "", nil},
		"no coordinates":   {`<Point/>`, "", []read.Rule{read.EmptyGeometry}},
		"words":            {`<Point><coordinates>here,there</coordinates></Point>`, "", []read.Rule{read.BadGeometry}},
		"one number":       {`<Point><coordinates>120</coordinates></Point>`, "", []read.Rule{read.BadGeometry}},
		"not a number":     {`<Point><coordinates>1.2.3,5</coordinates></Point>`, "", []read.Rule{read.BadGeometry}},
		"open ring":        {`<Polygon>` + outer(`0,0 4,0 4,4`) + `</Polygon>`, "Polygon", []read.Rule{read.RingClosed}},
		"flat ring":        {`<Polygon>` + outer(`0,0 4,0 0,0`) + `</Polygon>`, "", []read.Rule{read.PartDropped}},
		"no outer ring":    {`<Polygon><innerBoundaryIs>` + ring(`0,0 4,0 4,4 0,0`) + `</innerBoundaryIs></Polygon>`, "", []read.Rule{read.BadGeometry}},
		"two outer rings":  {`<Polygon>` + outer(`0,0 4,0 4,4 0,0`) + outer(`0,0 4,0 4,4 0,0`) + `</Polygon>`, "", []read.Rule{read.BadGeometry}},
		"ring as line":     {ring(`0,0 4,0 4,4 0,0`), "LineString", nil},
		"one of many":      {`<MultiGeometry><Point><coordinates>1,2</coordinates></Point></MultiGeometry>`, "Point", nil},
		"points":           {`<MultiGeometry>` + strings.Repeat(`<Point><coordinates>1,2</coordinates></Point>`, 2) + `</MultiGeometry>`, "MultiPoint", nil},
		"mixed":            {`<MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry>`, "GeometryCollection", nil},
		"nested too deep":  {strings.Repeat(`<MultiGeometry>`, 20) + strings.Repeat(`</MultiGeometry>`, 20), "", []read.Rule{read.BadGeometry}},
		"a model":          {`<Model><Location><longitude>1</longitude></Location></Model>`, "", []read.Rule{read.BadGeometry}},
		"several tracks":   {`<MultiTrack>` + strings.Repeat(`<Track><coord>1 2 3</coord><coord>3 4 5</coord></Track>`, 2) + `</MultiTrack>`, "MultiLineString", nil},
		"track of a point": {`<Track><coord>1 2</coord></Track>`, "Point", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, written(t, "a.kml", placemark(tt.kml)), read.Options{})
			kind := ""
			if g := c.rows[0].Geometry; g != nil {
				kind = g.GeoJSONType()
			}
			if diff := cmp.Diff(tt.rules, rules(c.rows[0].Problems)); kind != tt.kind || diff != "" {
				t.Errorf("%q %s", kind, diff)
			}
		})
	}
}

func TestKMLCharacters(t *testing.T) {
	body := `<kml><Placemark><name>南通` + "\x01" + `市</name></Placemark></kml>`
	declared := func(name string) string { return `<?xml version="1.0" encoding="` + name + `"?>` }
	tests := map[string]struct {
		text, encoding string
		rules          []read.Rule
	}{
		"UTF-8":                  {declared("UTF-8") + body, "UTF-8", nil},
		"UTF-8 with mark":        {"\xef\xbb\xbf" + declared("utf-8") + body, "UTF-8", nil},
		"GBK, said":              {gbk(declared("gb2312") + body), "GB18030", nil},
		"GBK, UTF-8 said":        {gbk(declared("UTF-8") + body), "GB18030", []read.Rule{read.EncodingDoubted}},
		"GBK, nothing said":      {gbk(body), "GB18030", []read.Rule{read.EncodingDoubted}},
		"UTF-8, GBK said":        {declared("GBK") + strings.ReplaceAll(body, "南通", "南通市崇川区\u3000㎡"), "GB18030", nil},
		"something else is said": {declared("klingon") + body, "UTF-8", []read.Rule{read.EncodingDoubted}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, written(t, "a.kml", []byte(tt.text)), read.Options{})
			if name == "UTF-8, GBK said" {
				return // either is possible, by the bytes; it has to be read
			}
			if diff := cmp.Diff(tt.rules, rules(c.problems)); diff != "" || c.encoding != tt.encoding || c.rows[0].Values[0].Raw != "南通 市" {
				t.Errorf("%s %q %s", c.encoding, c.rows[0].Values[0].Raw, diff)
			}
		})
	}
}

func TestKMLRefuses(t *testing.T) {
	bomb := `<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>`
	outside := `<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&a;</name></Placemark></kml>`
	tests := map[string]struct {
		text   string
		limits read.Limits
		want   string
	}{
		"an entity bomb":     {bomb, read.Limits{}, "invalid character entity &b;"},
		"an outer entity":    {outside, read.Limits{}, "invalid character entity &a;"},
		"nested too deep":    {`<kml>` + strings.Repeat(`<Folder>`, 100), read.Limits{}, "nested deeper than 64"},
		"cut in a placemark": {`<kml><Placemark><name>x`, read.Limits{}, "unexpected EOF"},
		"cut after one":      {`<kml><Placemark/>`, read.Limits{}, "unexpected EOF"},
		"crossed elements":   {`<kml><Placemark><name></Placemark></name></kml>`, read.Limits{}, "broken in line 1"},
		"a huge text":        {`<kml><Placemark><name>` + strings.Repeat("x", 300_000), read.Limits{FeatureBytes: 1000}, "over 1000 bytes"},
		"a huge placemark":   {`<kml><Placemark>` + strings.Repeat("<x>y</x>", 100_000), read.Limits{FeatureBytes: 1000}, "over 1000 bytes"},
		"a huge comment":     {`<kml><!-- ` + strings.Repeat("x", 300_000), read.Limits{FeatureBytes: 1000}, "over 1000 bytes"},
		"too many fields":    {`<kml><Placemark><ExtendedData><a/><b/><c/></ExtendedData></Placemark></kml>`, read.Limits{Columns: 5}, "more than 5 different fields"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fails(t, written(t, "a.kml", []byte(tt.text)), read.Options{Limits: tt.limits}, tt.want)
		})
	}
	fails(t, written(t, "a.kml", []byte(kmlFile)), read.Options{Encoding: "klingon"}, "not a character set")
}

// A column that comes late is added at the end; rows before it have none.
func TestKMLManyPlacemarks(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<kml>`)
	for range 3000 {
		b.WriteString(`<Placemark><name>x</name><Point><coordinates>1,2</coordinates></Point></Placemark>`)
	}
	b.WriteString(`<Placemark><ExtendedData><Data name="late"><value>1</value></Data></ExtendedData></Placemark></kml>`)
	c := readAll(t, written(t, "a.kml", []byte(b.String())), read.Options{})
	if len(c.rows) != 3001 || c.columns[len(c.columns)-1] != "late" || len(c.rows[0].Values) != 1 {
		t.Errorf("%d rows, columns %v", len(c.rows), c.columns)
	}
}

func TestKMZ(t *testing.T) {
	kmz := archive(t, entry{name: "files/icon.png", content: []byte("\x89PNG")}, entry{name: "doc.kml", content: []byte(kmlFile), method: zip.Deflate})
	if c := readAll(t, kmz, read.Options{}); c.format != "KMZ" || len(c.rows) != 3 {
		t.Errorf("%s with %d rows", c.format, len(c.rows))
	}
	// With another name for the document it is read as an archive of one file.
	named := archive(t, entry{name: "全市.kml", content: []byte(kmlFile)})
	if c := readAll(t, named, read.Options{}); c.format != "KML" || len(c.rows) != 3 {
		t.Errorf("%s with %d rows", c.format, len(c.rows))
	}
	huge := archive(t, entry{name: "doc.kml", content: []byte(`<kml>` + strings.Repeat(" ", 70<<20)), method: zip.Deflate})
	fails(t, huge, read.Options{}, "packed more than 400 times")
	fails(t, kmz, read.Options{Limits: read.Limits{ArchiveBytes: 100}}, "unpacks to more than 100 bytes")
}

func TestKMLThatOGRWrites(t *testing.T) {
	source := written(t, "source.geojson", []byte(someFeatures))
	for _, driver := range []string{"KML", "LIBKML"} {
		file := filepath.Join(t.TempDir(), "a.kml")
		ogr2ogr(t, "-f", driver, file, source, "-dim", "XY")
		asOGRReads(t, file, "", nil)
	}
}

func FuzzKML(f *testing.F) {
	f.Add([]byte(kmlFile))
	f.Add(placemark(`<MultiTrack><Track><coord>1 2</coord></Track></MultiTrack>`))
	f.Add([]byte(gbk(kmlFile)))
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.kml", b)) })
}
