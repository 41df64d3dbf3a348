package read_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"onemap/data/read"
)

// cells gives the values of all rows, for comparison.
func cells(c contents) [][]any {
	var all [][]any
	for _, r := range c.rows {
		all = append(all, anys(r.Values))
	}
	return all
}

func utf16LE(s string, mark bool) []byte {
	var b []byte
	if mark {
		b = []byte{0xff, 0xfe}
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return b
}

func TestCSVForms(t *testing.T) {
	const plain = "编号,名称,备注\n01,化工厂,\"一,二\n三\"\n02,\"他说\"\"好\"\"\",\n"
	want := [][]any{{"01", "化工厂", "一,二\n三"}, {"02", `他说"好"`, nil}}
	tests := map[string]struct {
		text     []byte
		encoding string
		format   string
	}{
		"UTF-8":               {[]byte(plain), "UTF-8", "CSV"},
		"UTF-8 with mark":     {[]byte("\xef\xbb\xbf" + plain), "UTF-8", "CSV"},
		"GBK":                 {[]byte(gbk(plain)), "GB18030", "CSV"},
		"GBK, CRLF":           {[]byte(strings.ReplaceAll(gbk(plain), "\n", "\r\n")), "GB18030", "CSV"},
		"UTF-16":              {utf16LE(plain, true), "UTF-8", "CSV"},
		"UTF-16 without mark": {utf16LE(plain, false), "UTF-8", "CSV"},
		"semicolons":          {[]byte(strings.NewReplacer(",\"", ";\"", ",名", ";名", ",备", ";备", ",化", ";化", "\",\n", "\";\n").Replace(plain)), "UTF-8", "CSV"},
		"tabs":                {[]byte(gbk(strings.NewReplacer(",\"", "\t\"", ",名", "\t名", ",备", "\t备", ",化", "\t化", "\",\n", "\"\t\n").Replace(plain))), "GB18030", "TSV"},
		"bars in GBK":         {[]byte(gbk(strings.NewReplacer(",\"", "|\"", ",名", "|名", ",备", "|备", ",化", "|化", "\",\n", "\"|\n").Replace(plain))), "UTF-8", "CSV"},
		"sep=":                {[]byte("sep=,\r\n" + plain), "UTF-8", "CSV"},
		"old Macintosh":       {[]byte(strings.ReplaceAll(plain, "\n", "\r")), "UTF-8", "CSV"},
		"a title above":       {[]byte("企业清单,,\n单位：安监局,,\n" + plain), "UTF-8", "CSV"},
		"blank lines":         {[]byte("\n\n" + strings.ReplaceAll(plain, "\n02", "\n\n,,\n02")), "UTF-8", "CSV"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, written(t, "a.dat", tt.text), read.Options{})
			if diff := cmp.Diff([]string{"编号", "名称", "备注"}, c.columns) + cmp.Diff(want, cells(c)); diff != "" || c.encoding != tt.encoding || c.format != tt.format {
				t.Errorf("%s in %s: %s", c.format, c.encoding, diff)
			}
			if _, ok := c.problem(read.HeaderSkipped); ok != (name == "a title above") {
				t.Error(c.problems)
			}
		})
	}
}

// problem finds one about the file as a whole.
func (c contents) problem(r read.Rule) (read.Problem, bool) {
	for _, p := range c.problems {
		if p.Rule == r {
			return p, true
		}
	}
	return read.Problem{}, false
}

// Rows are numbered as a spreadsheet numbers them: breaks inside of quotes are part of a row, blank lines are rows.
func TestCSVRowNumbers(t *testing.T) {
	text := "标题\n\n编号,名称\n1,\"a\nb\nc\"\n2,b\n\n,\n3,\"c\nd\"\n4,e\n"
	c := readAll(t, written(t, "a.csv", []byte(text)), read.Options{})
	var numbers []int64
	for _, r := range c.rows {
		numbers = append(numbers, r.Number)
	}
	if diff := cmp.Diff([]int64{4, 5, 8, 9}, numbers); diff != "" {
		t.Error(diff)
	}
}

func TestCSVFaultsOfRows(t *testing.T) {
	tests := map[string]struct {
		text  string
		rules []read.Rule // of the last row
		last  []any
	}{
		"short row":          {"a,b,c\n1,2,x\n1\n", nil, []any{"1", nil, nil}},
		"long row":           {"a,b\n1,x\n2,y\n3,z\n1,2,3,4\n", []read.Rule{read.RowRagged}, []any{"1", "2"}},
		"bad bytes":          {"名称,编号\n" + strings.Repeat("南通,x\n", 20) + "\xff\xfe,y\n", []read.Rule{read.BadEncoding}, []any{"\ufffd", "y"}},
		"cut character":      {gbk("名称,编号\n南通,x\n南通")[:len(gbk("名称,编号\n南通,x\n南通"))-1] + ",y\n", []read.Rule{read.CutCharacter}, []any{"南", "y"}},
		"code in powers":     {"代码,名称\n320613001001,x\n3.20613E+11,y\n", []read.Rule{read.DigitsLost}, []any{"3.20613E+11", "y"}},
		"all digits kept":    {"代码,名称\n1,x\n3.2E+1,y\n", nil, []any{"3.2E+1", "y"}},
		"a total":            {"名称,人数\n甲,1\n合 计,1\n", []read.Rule{read.TotalRow}, []any{"合 计", "1"}},
		"quote in a cell":    {"a,b\nx,y\n5\" pipe,z\n", nil, []any{`5" pipe`, "z"}},
		"half a position":    {"名称,经度,纬度\n甲,120.1,32\n乙,120.1,\n", []read.Rule{read.BadPosition}, []any{"乙", "120.1", nil}},
		"no position":        {"名称,经度,纬度\n甲,120.1,32\n乙,无,/\n", nil, []any{"乙", nil, nil}},
		"a word as position": {"名称,经度,纬度\n甲,120.1,32\n乙,东边,32\n", []read.Rule{read.BadPosition}, []any{"乙", "东边", "32"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, written(t, "a.csv", []byte(tt.text)), read.Options{})
			row := c.rows[len(c.rows)-1]
			if diff := cmp.Diff(tt.rules, rules(row.Problems)) + cmp.Diff(tt.last, anys(row.Values)); diff != "" {
				t.Error(diff, c.columns)
			}
		})
	}
}

func TestCSVCells(t *testing.T) {
	text := "名称,面积,人数,备注,状态\n甲　,１２０㎡,\"1,200人\",Ａ１０３室,无\n乙,80㎡,／,人民路１２号（东）,有\n丙,0.5亩,无,—,无\n 丁 ,12 平方米,3人,，,有\n戊,90.5㎡,暂无,-,有\n"
	c := readAll(t, written(t, "a.csv", []byte(text)), read.Options{})
	want := [][]any{
		{"甲", int64(120), int64(1200), "A103室", "无"},
		{"乙", int64(80), nil, "人民路12号（东）", "有"},
		{"丙", 0.5, nil, nil, "无"},
		{"丁", int64(12), int64(3), ",", "有"},
		{"戊", 90.5, nil, nil, "有"},
	}
	if diff := cmp.Diff(want, cells(c)); diff != "" {
		t.Error(diff)
	}
	if raw := c.rows[0].Values[1].Raw; raw != "１２０㎡" {
		t.Errorf("the raw text is %q", raw)
	}
	got := map[string]string{}
	for _, p := range c.problems {
		if p.Rule != read.EncodingGuessed {
			got[string(p.Rule)+" "+p.Column] = p.EN
		}
	}
	for _, want := range []string{"placeholder_null 人数", "placeholder_null 备注", "unit_dropped 面积", "unit_dropped 人数", "width_changed 备注"} {
		if got[want] == "" {
			t.Errorf("nothing tells of %s; there is %v", want, got)
		}
	}
	if diff := cmp.Diff([]read.Rule{read.UnitDiffers}, rules(c.rows[2].Problems)); diff != "" {
		t.Error(diff)
	}
}

func TestCSVHeaders(t *testing.T) {
	tests := map[string]struct {
		text    string
		columns []string
		rows    int
		rules   []read.Rule
	}{
		"plain":               {"a,b\n1,2\n", []string{"a", "b"}, 1, nil},
		"only a header":       {"a,b\n", []string{"a", "b"}, 0, nil},
		"none":                {"1,张三,120.5\n2,李四,120.6\n3,王五,120.7\n", []string{"column_1", "column_2", "column_3"}, 3, []read.Rule{read.HeaderMissing}},
		"years":               {"地区,2019,2020\n甲,1,2\n乙,3,4\n", []string{"地区", "2019", "2020"}, 2, nil},
		"two rows":            {"编号,位置,,名称\n,经度,纬度,\n1,120,32,甲\n2,121,32,乙\n", []string{"编号", "位置/经度", "位置/纬度", "名称"}, 2, nil},
		"numbered columns":    {"甲,指标,数值,备注\n甲,1,2,3\n南通,x,5,y\n", []string{"甲", "指标", "数值", "备注"}, 1, []read.Rule{read.HeaderSkipped}},
		"a break in a name":   {"\"企业\n名称\",\"unified\ncode\"\n甲,1\n", []string{"企业名称", "unified code"}, 1, nil},
		"a name twice":        {"a,a,\n7,8,9\n", []string{"a", "a_2", "column_3"}, 1, []read.Rule{read.ColumnRenamed, read.ColumnRenamed}},
		"empty column":        {"a,,b\n1,,2\n", []string{"a", "b"}, 1, nil},
		"title and two rows":  {"表一,,,\n编号,位置,,名称\n,X,Y,\n1,40510000,3530000,甲\n", []string{"编号", "位置/X", "位置/Y", "名称"}, 1, []read.Rule{read.HeaderSkipped}},
		"header again":        {"a,b\n1,2\na,b\n3,4\n", []string{"a", "b"}, 2, []read.Rule{read.HeaderRepeated}},
		"one column":          {"名称\n甲\n乙\n", []string{"名称"}, 2, nil},
		"a required mark":     {"名称*,经度\n甲,1\n", []string{"名称*", "经度"}, 1, nil},
		"text all the way":    {"名称,地址\n甲,一路\n", []string{"名称", "地址"}, 1, nil},
		"dates as first data": {"2024-01-01,5,6\n2024-01-02,5,7\n", []string{"column_1", "column_2", "column_3"}, 2, []read.Rule{read.HeaderMissing}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, written(t, "a.csv", []byte(tt.text)), read.Options{})
			var got []read.Rule
			for _, p := range c.problems {
				switch p.Rule {
				case read.EncodingGuessed, read.PositionColumns, read.CRSUnknown, read.CRSMissing:
				default:
					got = append(got, p.Rule)
				}
			}
			if diff := cmp.Diff(tt.columns, c.columns) + cmp.Diff(tt.rules, got); diff != "" || len(c.rows) != tt.rows {
				t.Errorf("%d rows: %s", len(c.rows), diff)
			}
		})
	}
}

func TestCSVRefuses(t *testing.T) {
	tests := map[string]struct {
		text string
		opts read.Options
		want string
	}{
		"an unclosed quote":  {"a,b\n1,\"x\n" + strings.Repeat("1,2\n", 1<<20), read.Options{Limits: read.Limits{FeatureBytes: 1000}}, "quotation mark may be missing"},
		"too many columns":   {strings.Repeat("a,", 50) + "\n", read.Options{Limits: read.Limits{Columns: 20}}, "more than 20 columns"},
		"far too many":       {strings.Repeat("a,", 500) + "\n", read.Options{Limits: read.Limits{Columns: 20}}, "at most 20 columns"},
		"an unknown set":     {"a,b\n", read.Options{Encoding: "klingon"}, "not a character set"},
		"an unknown column":  {"a,b\n1,2\n", read.Options{Positions: []string{"x", "y"}}, `no column "x"; it has a, b`},
		"three columns":      {"a,b\n1,2\n", read.Options{Positions: []string{"a", "b", "a"}}, "in one column or in two"},
		"words, not a table": {"Dear colleagues,\nplease find attached the data.\n", read.Options{}, "none of the formats"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file := "a.csv"
			if name == "words, not a table" {
				file = "a.doc"
			}
			fails(t, written(t, file, []byte(tt.text)), tt.opts, tt.want)
		})
	}
	c := readAll(t, written(t, "a.csv", []byte("a,b\n1,\"x\n"+strings.Repeat("1,2\n", 100))), read.Options{})
	if diff := cmp.Diff([]read.Rule{read.QuoteDoubted}, rules(c.rows[0].Problems)); diff != "" {
		t.Error(diff)
	}
}

// Characters that come after a long stretch of plain ASCII decide the set then.
func TestCSVLateCharacters(t *testing.T) {
	text := "code,name\n" + strings.Repeat("1,x\n", 300_000) + "2,南通市\n"
	for encoding, b := range map[string]string{"UTF-8": text, "GB18030": gbk(text)} {
		c := readAll(t, written(t, "a.csv", []byte(b)), read.Options{})
		if last := c.rows[len(c.rows)-1].Values[1].Raw; last != "南通市" || c.encoding != encoding {
			t.Errorf("%s: %q in %s", encoding, last, c.encoding)
		}
	}
}

// Nothing is lost or changed between what a CSV writer has written and what is read.
func TestCSVRoundTrip(t *testing.T) {
	cell := rapid.StringMatching(`[一-三a-z0-9,;"|\n ]{0,6}[一-三a-z]`)
	rapid.Check(t, func(r *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 3, 3), 1, 20).Draw(r, "rows")
		var b bytes.Buffer
		b.WriteString("甲,乙,丙\n")
		for _, row := range rows {
			for i, s := range row {
				if i > 0 {
					b.WriteByte(',')
				}
				b.WriteString(`"` + strings.ReplaceAll(s, `"`, `""`) + `"`)
			}
			b.WriteByte('\n')
		}
		file := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			r.Fatal(err)
		}
		s, err := read.Open(file, read.Options{})
		if err != nil {
			r.Fatal(err)
		}
		defer s.Close()
		for _, want := range rows {
			row, err := s.Next()
			if err != nil {
				r.Fatal(err)
			}
			for i := range want {
				want := strings.Trim(want[i], " \n")
				if got := row.Values[i].Raw; got != want {
					r.Fatalf("%q, want %q", got, want)
				}
			}
		}
		if _, err := s.Next(); !errors.Is(err, io.EOF) {
			r.Fatal(err)
		}
	})
}

func TestCSVAsOGRReads(t *testing.T) {
	text := "编号,名称,备注\n1,化工厂,\"一,二\n三\"\n2,\"他说\"\"好\"\"\",x\n3,,y\n"
	for name, b := range map[string]string{"a.csv": text, "b.csv": "\ufeff" + text, "c.csv": strings.ReplaceAll(text, ",", ";")} {
		t.Run(name, func(t *testing.T) {
			// An empty cell is an empty text to OGR.
			asOGRReads(t, written(t, name, []byte(strings.NewReplacer("3,,", "3,z,", "3;;", "3;z;").Replace(b))), "", nil)
		})
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"编号,位置,,名称\n,经度,纬度,\n1,120,32,甲\n", "a;b\n1;\"x\ny\"\n", "sep=|\na|b\n", gbk("名称,面积\n甲,１２０㎡\n"), "X,Y\n3530000,40510000\n",
		"wkt,n\n\"POLYGON((0 0,1 0,1 1,0 0))\",1\n\"SRID=4490;POINT Z (1 2 3)\",2\n", "坐标,n\n\"121°10′33″E，31°5′N\",a\n", string(utf16LE("a,b\n1,2\n", true)),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { drain(t, put(t, t.TempDir(), "a.csv", b)) })
}

func TestCSVPositions(t *testing.T) {
	type point = orb.Point
	tests := map[string]struct {
		text     string
		opts     read.Options
		geometry orb.Geometry // of the first row
		crs      string
		axes     [2]read.Axis
		columns  []int
		degrees  bool
	}{
		"longitude, latitude":     {"名称,经度,纬度\n甲,120.8,31.9\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1, 2}, true},
		"latitude first":          {"lat,lng,n\n31.9,120.8,x\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1, 0}, true},
		"longer names":            {"企业经度（度）,企业纬度（度）\n120.8,31.9\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{0, 1}, true},
		"by first sounds":         {"JD,WD\n120.8,31.9\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{0, 1}, true},
		"two rows of header":      {"编号,位置,,名称\n,经度,纬度,\n1,120.8,31.9,甲\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1, 2}, true},
		"angles":                  {"n,经度,纬度\na,121°10′33″,31度58分48.0秒\n", read.Options{}, point{121 + 10.0/60 + 33.0/3600, 31 + 58.0/60 + 48.0/3600}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1, 2}, true},
		"X and Y in metres":       {"X,Y\n3539000.5,40584524.89\n", read.Options{}, point{3539000.5, 40584524.89}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{0, 1}, false},
		"Y stands first":          {"Y坐标,X坐标\n584524.89,3539000.5\n", read.Options{}, point{3539000.5, 584524.89}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{1, 0}, false},
		"across and along":        {"纵坐标X,横坐标Y\n3539000.5,584524.89\n", read.Options{}, point{584524.89, 3539000.5}, "", [2]read.Axis{read.Easting, read.Northing}, []int{1, 0}, false},
		"north and east":          {"X(北),Y(东)\n3539000.5,584524.89\n", read.Options{}, point{584524.89, 3539000.5}, "", [2]read.Axis{read.Easting, read.Northing}, []int{1, 0}, false},
		"X and Y in degrees":      {"POINT_X,POINT_Y\n120.8,31.9\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{0, 1}, true},
		"X and Y, turned degrees": {"X,Y\n31.9,120.8\n", read.Options{}, point{31.9, 120.8}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{0, 1}, true},
		"turned against the name": {"经度,纬度\n31.9,120.8\n", read.Options{}, point{31.9, 120.8}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{0, 1}, true},
		"metres under degrees":    {"经度,纬度\n584524.89,3539000.5\n", read.Options{}, point{584524.89, 3539000.5}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{0, 1}, false},
		"both in one cell":        {"名称,坐标\n甲,\"120.8，31.9\"\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{1}, true},
		"both, latitude first":    {"n,latlng\nx,\"31.9,120.8\"\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1}, true},
		"both with sides":         {"n,经纬度\nx,北纬31°30′ 东经120°30′\n", read.Options{}, point{120.5, 31.5}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1}, true},
		"WKT":                     {"n,形状\nx,\"LINESTRING(120 31,121 32)\"\n", read.Options{}, orb.LineString{{120, 31}, {121, 32}}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{1}, true},
		"WKT with system, tabs":   {"geom\tn\nSRID=4549;POINT(584524.89 3539000.5)\tx\n", read.Options{}, point{584524.89, 3539000.5}, "EPSG:4549", [2]read.Axis{read.XAxis, read.YAxis}, []int{0}, false},
		"hexadecimal WKB":         {"geom,n\n01010000208A1100000000000000005E400000000000003F40,x\n", read.Options{}, point{120, 31}, "EPSG:4490", [2]read.Axis{read.XAxis, read.YAxis}, []int{0}, true},
		"WKT in two cells":        {"编号,几何WKT,几何WKT2\nx,\"LINESTRING(120 31,12\",\"1 32)\"\ny,POINT(1 2),\n", read.Options{}, orb.LineString{{120, 31}, {121, 32}}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{1, 2}, true},
		"a column with a system":  {"n,x,y,crs\na,584524.89,3539000.5,EPSG:4549\n", read.Options{}, point{584524.89, 3539000.5}, "EPSG:4549", [2]read.Axis{read.XAxis, read.YAxis}, []int{1, 2}, false},
		"systems that differ":     {"n,x,y,crs\na,584524.89,3539000.5,EPSG:4549\nb,584524.89,3539000.5,EPSG:4550\n", read.Options{}, point{584524.89, 3539000.5}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{1, 2}, false},
		"by hand":                 {"p,q\n120.8,31.9\n", read.Options{Positions: []string{"p", "q"}}, point{120.8, 31.9}, "", [2]read.Axis{read.XAxis, read.YAxis}, []int{0, 1}, true},
		"by hand, none":           {"经度,纬度\n120.8,31.9\n", read.Options{Positions: []string{"-"}}, nil, "", [2]read.Axis{}, nil, false},
		"names of other things":   {"lat,long\nlatte,long text\n", read.Options{}, nil, "", [2]read.Axis{}, nil, false},
		"no partner":              {"经度,x\n120.8,1\n", read.Options{}, nil, "", [2]read.Axis{}, nil, false},
		"an odd one":              {"经度,纬度\n" + strings.Repeat("120.8,31.9\n", 30) + "584524.89,3539000.5\n", read.Options{}, point{120.8, 31.9}, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{0, 1}, true},
		"an empty table":          {"名称,经度,纬度\n", read.Options{}, nil, "", [2]read.Axis{read.Longitude, read.Latitude}, []int{1, 2}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file := written(t, "a.csv", []byte(tt.text))
			s := open(t, file, tt.opts)
			p := s.Positions()
			if (p == nil) != (tt.columns == nil) {
				t.Fatalf("positions are %v", p)
			}
			if p != nil {
				if diff := cmp.Diff(tt.axes, p.Axes) + cmp.Diff(tt.columns, p.Columns); diff != "" || p.Degrees != tt.degrees || p.Contradicted != (name == "turned against the name") {
					t.Errorf("%+v: %s", p, diff)
				}
			}
			c := readAll(t, file, tt.opts)
			if c.crs != tt.crs {
				t.Errorf("crs %q: %v", c.crs, c.problems)
			}
			var got orb.Geometry
			if len(c.rows) > 0 {
				got = c.rows[0].Geometry
			}
			if a, ok := tt.geometry.(point); ok {
				if b, ok := got.(point); !ok || math.Hypot(a[0]-b[0], a[1]-b[1]) > 1e-9 {
					t.Errorf("position %v, want %v", got, a)
				}
			} else if diff := cmp.Diff(tt.geometry, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	c := readAll(t, written(t, "a.csv", []byte("经度,纬度,GCJ经度,GCJ纬度\n120.8,31.9,120.805,31.898\n")), read.Options{})
	if p, ok := c.problem(read.PositionColumns); !ok || p.Severity != read.Warning || !strings.Contains(p.EN, "GCJ经度, GCJ纬度") {
		t.Error(c.problems)
	}
}
