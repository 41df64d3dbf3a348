package read_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"
	"pgregory.net/rapid"

	"onemap/data/read"
)

func TestAngles(t *testing.T) {
	const want = 121 + 10.0/60 + 33.0/3600
	for _, s := range []string{
		"121°10′33″", "121度10分33秒", "121°10'33\"", "121º10’33”", "121°10'33''", "E121°10′33″", "东经121°10′33″", "121°10′33″E", "121-10-33", "121:10:33", "121 10 33",
		"121° 10′ 33″", "１２１°１０′３３″", "121°10′33", "121度10分33.00秒", "121°10.55′", "121.175833333333333°", "+121.175833333333333", "121。175833333333333",
	} {
		if v, _, ok := read.ParseAngle(s); !ok || math.Abs(v-want) > 1e-9 {
			t.Errorf("%s: %v, %v", s, v, ok)
		}
	}
	for s, want := range map[string]float64{"W10°30′": -10.5, "-10°30′": -10.5, "南纬10.5": -10.5, "0": 0, "584524.89": 584524.89, "31.5N": 31.5} {
		if v, _, ok := read.ParseAngle(s); !ok || v != want {
			t.Errorf("%s: %v, %v", s, v, ok)
		}
	}
	for _, s := range []string{"", "无", "121°75′", "121°10′61″", "121.5°10′", "10′33″", "1-2-3-4", "NaN", "Inf", "0x10", "121°10′33″abc", "东边", "121°-10′", "1e999", "--5", "°"} {
		if v, _, ok := read.ParseAngle(s); ok {
			t.Errorf("%q is read as %v", s, v)
		}
	}
}

// An angle in any of its forms means the same.
func TestAnglesMeanTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d, m, s := rapid.IntRange(0, 179).Draw(r, "d"), rapid.IntRange(0, 59).Draw(r, "m"), rapid.IntRange(0, 5999).Draw(r, "s")
		want := float64(d) + float64(m)/60 + float64(s)/360000
		seconds := fmt.Sprintf("%d.%02d", s/100, s%100)
		for _, form := range []string{"%d°%d′%s″", "%d度%d分%s秒", "%d-%d-%s", "%d %d %s", "E%d:%d:%s"} {
			text := fmt.Sprintf(form, d, m, seconds)
			if v, degrees, ok := read.ParseAngle(text); !ok || !degrees || math.Abs(v-want) > 1e-9 {
				r.Fatalf("%s: %v, want %v", text, v, want)
			}
		}
	})
}

func TestPairs(t *testing.T) {
	for s, want := range map[string][2]float64{
		"120.5,31.5": {120.5, 31.5}, "120.5，31.5": {120.5, 31.5}, "(120.5 31.5)": {120.5, 31.5}, "［": {}, "120.5；31.5": {120.5, 31.5}, "31°30′N, 120°30′E": {120.5, 31.5},
		"东经120°30′ 北纬31°30′": {120.5, 31.5}, "120.5、31.5": {120.5, 31.5}, "1,2,3": {}, "x,y": {}, "120.5": {}, "": {},
	} {
		x, y, ok := read.ParsePair(s)
		if ok != (want != [2]float64{}) || ok && (x != want[0] || y != want[1]) {
			t.Errorf("%q: %v %v %v", s, x, y, ok)
		}
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string]string{
		"120": "120 ", "120㎡": "120 ㎡", "１２０．５ 平方米": "120.5 平方米", "1,200人": "1200 人", "1,234,567.5": "1.2345675e+06 ", "-3.5m": "-3.5 m", "85%": "85 %", "0.5": "0.5 ", "0": "0 ",
		"": "", "3号": "", "12栋3": "", "007": "", "1,20": "", "1,2345": "", "12,345.678,9": "", "㎡": "", "1.2.3": "", "约120㎡": "", "1-2": "", "人": "",
	} {
		v, unit, ok := read.ParseNumber(s)
		got := ""
		if ok {
			got = fmt.Sprintf("%v %s", v, unit)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestHeadings(t *testing.T) {
	for name, want := range map[string]read.Axis{
		"经度": read.Longitude, "纬度*": read.Latitude, "中心经度(°)": read.Longitude, "东经": read.Longitude, "LON": read.Longitude, "lng_gcj02": read.Longitude, "緯度": read.Latitude,
		"X坐标": read.XAxis, "坐标Y": read.YAxis, "POINT_X": read.XAxis, "纵坐标X": read.Northing, "横坐标（Y）": read.Easting, "Y(东)": read.Easting, "北坐标": read.Northing, "Easting": read.Easting,
		"位置/经度": read.Longitude, "经纬度": "", "名称": "", "长度": "", "latest": "", "xray": "", "": "",
	} {
		if got := read.HeadingAxis(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestNumberFormats(t *testing.T) {
	for code, want := range map[string]string{
		"General": "", "0.00": "", "000000": "6", `yyyy"年"m"月"`: "date", "[$-804]yyyy/m/d;@": "date", "h:mm": "clock", "[h]:mm:ss": "clock", "m/d/yy h:mm": "date clock", "mmm": "date",
		`0"days"`: "", `0.0%`: "percent", `#,##0.00_);[Red]\(#,##0.00\)`: "", "@": "", "mm:ss": "clock", `"y"0`: "", "[Red]0": "", `\d0`: "", "": "", "[": "", "\"": "",
	} {
		date, clock, percent, zeros := read.StyleOf(code)
		var got []string
		for name, is := range map[string]bool{"date": date, "percent": percent, fmt.Sprint(zeros): zeros > 0} {
			if is {
				got = append(got, name)
			}
		}
		if clock {
			got = append(got, "clock")
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", code, got, want)
		}
	}
}

func TestWKT(t *testing.T) {
	for s, want := range map[string]orb.Geometry{
		"POINT(1 2)": orb.Point{1, 2}, "point z (1 2 3)": orb.Point{1, 2}, "POINTZM(1 2 3 4)": orb.Point{1, 2}, "MULTIPOINT(1 2,3 4)": orb.MultiPoint{{1, 2}, {3, 4}}, "MULTIPOINT((1 2),(3 4))": orb.MultiPoint{{1, 2}, {3, 4}},
		"LINESTRING ( 1 2 , 3 4 )": orb.LineString{{1, 2}, {3, 4}}, "POLYGON((0 0,1 0,1 1,0 0))": orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}, "POLYGON((0 0,1 0,1 1))": orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
		"GEOMETRYCOLLECTION(POINT(1 2),LINESTRING(1 2,3 4))": orb.Collection{orb.Point{1, 2}, orb.LineString{{1, 2}, {3, 4}}}, "POINT（1 2）": orb.Point{1, 2},
		"POINT EMPTY": nil, "POLYGON EMPTY": nil, "": nil, "POINT(1)": nil, "POINT(1 2": nil, "POINT(1 2) x": nil, "CIRCULARSTRING(0 0,1 1,2 0)": nil, "POINT(NaN 1)": nil, "LINESTRING(1 2)": nil, "POINT(1 2,3 4)": nil,
	} {
		g, _, problems := read.ParseWKT(s)
		if diff := cmp.Diff(want, g); diff != "" || g == nil && len(problems) == 0 {
			t.Errorf("%s: %s %v", s, diff, problems)
		}
	}
	if g, srid, _ := read.ParseWKT("SRID=4490;POINT(1 2)"); g == nil || srid != "4490" {
		t.Error(g, srid)
	}
	if _, _, problems := read.ParseWKT(strings.Repeat("GEOMETRYCOLLECTION(", 1000)); len(problems) != 1 {
		t.Error(problems)
	}
}

// anyGeometry draws a geometry whose rings need no repair.
func anyGeometry(r *rapid.T) orb.Geometry {
	x := rapid.Float64Range(-1e7, 1e7)
	point := func() orb.Point { return orb.Point{x.Draw(r, "x"), x.Draw(r, "y")} }
	line := func() orb.LineString { return orb.LineString{point(), point(), point()} }
	polygon := func() orb.Polygon {
		p, d := point(), rapid.Float64Range(1, 1e5).Draw(r, "d")
		return orb.Polygon{{p, {p[0] + d, p[1]}, {p[0] + d, p[1] + d}, p}}
	}
	switch rapid.IntRange(0, 6).Draw(r, "kind") {
	case 0:
		return point()
	case 1:
		return line()
	case 2:
		return polygon()
	case 3:
		return orb.MultiPoint{point(), point()}
	case 4:
		return orb.MultiLineString{line(), line()}
	case 5:
		return orb.MultiPolygon{polygon(), polygon()}
	}
	return orb.Collection{point(), polygon()}
}

// What orb writes as text or bytes is read back as it was.
func TestWellKnownRoundTrip(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		want := anyGeometry(r)
		if g, _, problems := read.ParseWKT(wkt.MarshalString(want)); !orb.Equal(want, g) {
			r.Fatalf("text: %v, want %v: %v", g, want, problems)
		}
		b, err := wkb.Marshal(want)
		if err != nil {
			r.Fatal(err)
		}
		if g, problems := read.ParseWKB(b); !orb.Equal(want, g) {
			r.Fatalf("bytes: %v, want %v: %v", g, want, problems)
		}
	})
}

func TestConverterInfo(t *testing.T) {
	names, rows, systems := read.ParseInfo("INFO: x\nLayer name: 区: 县\nGeometry: Polygon\nFeature Count: 8\nLayer SRS WKT:\nGEOGCRS[\"a\",\n    DATUM[\"b\"]]\nData axis: x\nLayer name: t\nGeometry: None\nFeature Count: many\nLayer SRS WKT:\n(unknown)\n")
	if diff := cmp.Diff([]string{"区: 县", "t"}, names) + cmp.Diff([]int64{8, -1}, rows) + cmp.Diff([]string{"GEOGCRS[\"a\",    DATUM[\"b\"]]", ""}, systems); diff != "" {
		t.Error(diff)
	}
}

func FuzzWKT(f *testing.F) {
	for _, s := range []string{"SRID=1;POINT ZM (1 2 3 4)", "MULTIPOLYGON(((0 0,1 0,1 1,0 0)),EMPTY)", "GEOMETRYCOLLECTION(MULTIPOINT(1 2,(3 4)),LINESTRING(1 2,3 4))"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, _, problems := read.ParseWKT(s)
		checkGeometry(t, g)
		if g == nil && len(problems) == 0 {
			t.Fatal("nothing, and no word about it")
		}
	})
}

func FuzzWKB(f *testing.F) {
	f.Add(wkbOf(3, 1, 4, 0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 0.0))
	f.Add(wkbOf(12, 1, wkbOf(10, 1, wkbOf(9, 2, wkbOf(8, 3, 0.0, 0.0, 1.0, 1.0, 2.0, 0.0), wkbOf(2, 2, 2.0, 0.0, 0.0, 0.0)))))
	f.Add(wkbOf(3004, 1, wkbOf(3001, 1.0, 2.0, 3.0, 4.0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, problems := read.ParseWKB(b)
		checkGeometry(t, g)
		if g == nil && len(problems) == 0 {
			t.Fatal("nothing, and no word about it")
		}
	})
}

func FuzzCellText(f *testing.F) {
	for _, s := range []string{"121°10′33″", "东经121度10分，北纬31度", "1,234.5㎡", "yyyy\"年\"m", "Layer name: x\nLayer SRS WKT:\nA[\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, v := range []func() (float64, bool){
			func() (float64, bool) { v, _, ok := read.ParseAngle(s); return v, ok },
			func() (float64, bool) { v, _, ok := read.ParseNumber(s); return v, ok },
			func() (float64, bool) { v, _, ok := read.ParsePair(s); return v, ok },
		} {
			if v, ok := v(); ok && v-v != 0 {
				t.Fatalf("%q is read as %v", s, v)
			}
		}
		read.HeadingAxis(s)
		read.StyleOf(s)
		read.ParseInfo(s)
	})
}
