package geo_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"onemap/geo"
)

func TestEPSG(t *testing.T) {
	tests := map[int]struct {
		name    string
		cm      geo.Degrees
		fe      geo.Metres
		width   int
		datum   geo.Datum
		swapped bool
	}{
		4326:  {"WGS 84", 0, 0, 0, geo.WGS84, true},
		4490:  {"China Geodetic Coordinate System 2000", 0, 0, 0, geo.CGCS2000, true},
		3857:  {"WGS 84 / Pseudo-Mercator", 0, 0, 0, geo.WGS84, false},
		4491:  {"CGCS2000 / Gauss-Kruger zone 13", 75, 13_500_000, 6, geo.CGCS2000, true},
		4498:  {"CGCS2000 / Gauss-Kruger zone 20", 117, 20_500_000, 6, geo.CGCS2000, true},
		4501:  {"CGCS2000 / Gauss-Kruger zone 23", 135, 23_500_000, 6, geo.CGCS2000, true},
		4509:  {"CGCS2000 / Gauss-Kruger CM 117E", 117, 500_000, 6, geo.CGCS2000, true},
		4510:  {"CGCS2000 / Gauss-Kruger CM 123E", 123, 500_000, 6, geo.CGCS2000, true},
		4528:  {"CGCS2000 / 3-degree Gauss-Kruger zone 40", 120, 40_500_000, 3, geo.CGCS2000, true},
		4529:  {"CGCS2000 / 3-degree Gauss-Kruger zone 41", 123, 41_500_000, 3, geo.CGCS2000, true},
		4533:  {"CGCS2000 / 3-degree Gauss-Kruger zone 45", 135, 45_500_000, 3, geo.CGCS2000, true},
		4549:  {"CGCS2000 / 3-degree Gauss-Kruger CM 120E", 120, 500_000, 3, geo.CGCS2000, true},
		4554:  {"CGCS2000 / 3-degree Gauss-Kruger CM 135E", 135, 500_000, 3, geo.CGCS2000, true},
		2437:  {"Beijing 1954 / 3-degree Gauss-Kruger CM 120E", 120, 500_000, 3, geo.Beijing1954, true},
		2385:  {"Xian 1980 / 3-degree Gauss-Kruger CM 120E", 120, 500_000, 3, geo.Xian1980, true},
		21420: {"Beijing 1954 / Gauss-Kruger zone 20", 117, 20_500_000, 6, geo.Beijing1954, true},
		4610:  {"Xian 1980", 0, 0, 0, geo.Xian1980, true},
		4214:  {"Beijing 1954", 0, 0, 0, geo.Beijing1954, true},
		32651: {"WGS 84 / UTM zone 51N", 123, 500_000, 6, geo.WGS84, false},
	}
	for code, tt := range tests {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			c, err := geo.EPSG(code)
			if err != nil {
				t.Fatal(err)
			}
			if c.Name != tt.name || c.CentralMeridian != tt.cm || c.FalseEasting != tt.fe || c.ZoneWidth != tt.width || c.Datum != tt.datum || c.Swapped() != tt.swapped {
				t.Errorf("got %+v, want %+v", c, tt)
			}
			if c.String() != fmt.Sprintf("EPSG:%d", code) {
				t.Errorf("is called %s", c)
			}
			legacy := tt.datum == geo.Xian1980 || tt.datum == geo.Beijing1954
			if err := c.Usable(); (err != nil) != legacy {
				t.Errorf("Usable gives %v", err)
			}
			if again, err := geo.ParseCRS(c.URI()); err != nil || again != c {
				t.Errorf("its URI %s reads as %v, %v", c.URI(), again, err)
			}
		})
	}
	for _, code := range []int{0, -1, 4490000, 4555, 4258, 32661, 32600} {
		if c, err := geo.EPSG(code); err == nil {
			t.Errorf("EPSG:%d is %v", code, c)
		}
	}
}

func TestParseCRS(t *testing.T) {
	tests := map[string]string{
		"http://www.opengis.net/def/crs/EPSG/0/4490":     "EPSG:4490",
		"https://www.opengis.net/def/crs/EPSG/0/4490":    "EPSG:4490",
		"http://www.opengis.net/def/crs/OGC/1.3/CRS84":   "OGC:CRS84",
		"http://www.opengis.net/def/crs/EPSG/9.9.1/4549": "EPSG:4549",
		"urn:ogc:def:crs:EPSG::4490":                     "EPSG:4490",
		"urn:ogc:def:crs:EPSG:6.9:4326":                  "EPSG:4326",
		"urn:ogc:def:crs:OGC:1.3:CRS84":                  "OGC:CRS84",
		"urn:x-ogc:def:crs:EPSG::4528":                   "EPSG:4528",
		"EPSG:4490":                                      "EPSG:4490",
		" epsg:3857 ":                                    "EPSG:3857",
		"OGC:CRS84":                                      "OGC:CRS84",
		"CRS84":                                          "OGC:CRS84",
		"4528":                                           "EPSG:4528",
	}
	for text, want := range tests {
		c, err := geo.ParseCRS(text)
		if err != nil || c.String() != want {
			t.Errorf("%q reads as %v, %v, want %s", text, c, err, want)
		}
	}
	for _, text := range []string{
		"", "EPSG:", "EPSG:abc", "EPSG:9999", "OGC:CRS83", "urn:ogc:def:crs:EPSG:4490", "http://example.org/def/crs/EPSG/0/4490",
		"http://www.opengis.net/def/crs/EPSG/4490", "IAU:1", "-4490", "EPSG:4490:1",
	} {
		if c, err := geo.ParseCRS(text); err == nil {
			t.Errorf("%q reads as %v", text, c)
		}
	}
}

func TestCRSRoundTrip(t *testing.T) {
	codes := []int{4326, 4490, 3857, 4498, 4509, 4528, 4529, 4549, 4550, 32650, 32750}
	rapid.Check(t, func(t *rapid.T) {
		c, err := geo.EPSG(rapid.SampledFrom(codes).Draw(t, "code"))
		if err != nil {
			t.Fatal(err)
		}
		lon, lat := rapid.Float64Range(110, 130).Draw(t, "lon"), rapid.Float64Range(3, 54).Draw(t, "lat")
		x, y, err := c.FromLonLat(lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		gotLon, gotLat, err := c.ToLonLat(x, y)
		if err != nil {
			t.Fatal(err)
		}
		if d := geo.Distance(orb.Point{lon, lat}, orb.Point{gotLon, gotLat}); d > 1e-6 {
			t.Errorf("%v: %v, %v came back %g m away", c, lon, lat, d)
		}
	})
}

func TestWebMercator(t *testing.T) {
	x, y, err := geo.EPSG3857.FromLonLat(120.894, 31.98)
	if err != nil || math.Abs(x-13457858.519962) > 1e-4 || math.Abs(y-3760685.60257851) > 1e-4 {
		t.Errorf("got %.4f, %.4f, %v", x, y, err)
	}
}

func TestCRSRefuses(t *testing.T) {
	code := func(n int) geo.CRS {
		c, err := geo.EPSG(n)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	tests := map[string]struct {
		crs  geo.CRS
		x, y float64
		want string
	}{
		"Beijing 1954":                {code(2437), 584496, 3539983, "local transformation parameters"},
		"Xian 1980":                   {code(4610), 120, 32, "local transformation parameters"},
		"no system":                   {geo.CRS{}, 120, 32, "no coordinate system"},
		"metres as degrees":           {geo.EPSG4490, 584496, 3539983, "cannot be a position"},
		"zone prefix without a zone":  {code(4549), 40584496, 3539983, "cannot be a position"},
		"no prefix in a zone":         {code(4528), 584496, 3539983, "cannot be a position"},
		"northing beyond the pole":    {code(4549), 584496, 13539983, "cannot be a position"},
		"not a number":                {geo.EPSG4326, math.NaN(), 1, "cannot be a position"},
		"outside the Mercator square": {geo.EPSG3857, 0, 3e7, "cannot be a position"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, _, err := tt.crs.ToLonLat(tt.x, tt.y)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
		})
	}
	if _, _, err := code(4549).FromLonLat(12, 45); err == nil {
		t.Error("a place 108° from the meridian was projected")
	}
	if _, _, err := geo.EPSG3857.FromLonLat(0, 89); err == nil {
		t.Error("a place near the pole was projected to Web Mercator")
	}
	if _, _, err := geo.EPSG4490.FromLonLat(0, 91); err == nil {
		t.Error("a latitude of 91 was accepted")
	}
}

func TestToCGCS2000(t *testing.T) {
	gk := func(code int, p orb.Point) orb.Point {
		c, err := geo.EPSG(code)
		if err != nil {
			t.Fatal(err)
		}
		x, y, err := c.FromLonLat(p[0], p[1])
		if err != nil {
			t.Fatal(err)
		}
		return orb.Point{x, y}
	}
	a, b, c := orb.Point{120.894, 31.98}, orb.Point{121.66, 31.81}, orb.Point{120.5, 32.5}
	shift := func(p orb.Point, d geo.Datum) orb.Point {
		q, err := geo.Position{Lon: p[0], Lat: p[1], Datum: geo.CGCS2000}.To(d)
		if err != nil {
			t.Fatal(err)
		}
		return q.Point()
	}
	tests := map[string]struct {
		in    orb.Geometry
		code  int
		datum geo.Datum
		want  orb.Geometry
	}{
		"degrees":            {orb.LineString{a, b}, 4490, geo.CGCS2000, orb.LineString{a, b}},
		"zone with prefix":   {orb.MultiPoint{gk(4528, a), gk(4528, b)}, 4528, geo.CGCS2000, orb.MultiPoint{a, b}},
		"polygon":            {orb.Polygon{{gk(4549, a), gk(4549, b), gk(4549, c), gk(4549, a)}}, 4549, geo.CGCS2000, orb.Polygon{{a, b, c, a}}},
		"shifted degrees":    {shift(a, geo.GCJ02), 4326, geo.GCJ02, a},
		"shifted, projected": {orb.MultiLineString{{gk(4549, shift(a, geo.BD09)), gk(4549, shift(b, geo.BD09))}}, 4549, geo.BD09, orb.MultiLineString{{a, b}}},
		"collection":         {orb.Collection{gk(4549, a), orb.MultiPolygon{{{gk(4549, b)}}}}, 4549, geo.CGCS2000, orb.Collection{a, orb.MultiPolygon{{{b}}}}},
		"nothing":            {nil, 4549, geo.CGCS2000, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			crs, err := geo.EPSG(tt.code)
			if err != nil {
				t.Fatal(err)
			}
			got, err := geo.ToCGCS2000(tt.in, crs, tt.datum)
			if err != nil {
				t.Fatal(err)
			}
			if diff := diffGeometry(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := geo.ToCGCS2000(orb.LineString{{584496, 3539983}}, geo.EPSG4490, geo.CGCS2000); err == nil {
		t.Error("metres were taken as degrees")
	}
	if _, err := geo.ToCGCS2000(a, geo.EPSG4326, geo.Unknown); err == nil {
		t.Error("an unknown datum was accepted")
	}
	if _, err := geo.ToCGCS2000(a, geo.CRS{}, geo.CGCS2000); err == nil {
		t.Error("no system was accepted")
	}
}

// diffGeometry compares kind, structure and points to 1e-10 of a degree, 0.01 mm. (cmp would
// use orb's own exact Equal.)
func diffGeometry(want, got orb.Geometry) string {
	return cmp.Diff(fmt.Sprintf("%T %.10f", want, want), fmt.Sprintf("%T %.10f", got, got))
}
