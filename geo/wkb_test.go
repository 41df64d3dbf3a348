package geo_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"github.com/paulmach/orb/encoding/wkb"
	"pgregory.net/rapid"

	"onemap/geo"
)

func TestAppendGeoJSON(t *testing.T) {
	square := orb.Ring{{120, 31}, {121, 31}, {121, 32}, {120, 32}, {120, 31}}
	hole := orb.Ring{{120.25, 31.25}, {120.25, 31.5}, {120.5, 31.5}, {120.25, 31.25}}
	tests := map[string]struct {
		geometry orb.Geometry
		opts     geo.GeoJSONOptions
		want     string
	}{
		"point, seven decimals": {orb.Point{120.123456789, -31.98}, geo.GeoJSONOptions{}, `{"type":"Point","coordinates":[120.1234568,-31.98]}`},
		"axes swapped":          {orb.Point{120.5, 31}, geo.GeoJSONOptions{SwapAxes: true}, `{"type":"Point","coordinates":[31,120.5]}`},
		"three decimals":        {orb.Point{40584524.8912, 3539968.0004}, geo.GeoJSONOptions{Digits: 3}, `{"type":"Point","coordinates":[40584524.891,3539968]}`},
		"no negative zero":      {orb.Point{-1e-9, 0}, geo.GeoJSONOptions{}, `{"type":"Point","coordinates":[0,0]}`},
		"large ordinates":       {orb.Point{-1e15, 1e9}, geo.GeoJSONOptions{}, `{"type":"Point","coordinates":[-1000000000000000,1000000000]}`},
		"line":                  {orb.LineString{{1, 2}, {3, 4.5}}, geo.GeoJSONOptions{}, `{"type":"LineString","coordinates":[[1,2],[3,4.5]]}`},
		"empty line":            {orb.LineString{}, geo.GeoJSONOptions{}, `{"type":"LineString","coordinates":[]}`},
		"polygon with a hole": {
			orb.Polygon{square, hole},
			geo.GeoJSONOptions{},
			`{"type":"Polygon","coordinates":[[[120,31],[121,31],[121,32],[120,32],[120,31]],[[120.25,31.25],[120.25,31.5],[120.5,31.5],[120.25,31.25]]]}`,
		},
		"points":   {orb.MultiPoint{{1, 2}, {3, 4}}, geo.GeoJSONOptions{}, `{"type":"MultiPoint","coordinates":[[1,2],[3,4]]}`},
		"lines":    {orb.MultiLineString{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, geo.GeoJSONOptions{}, `{"type":"MultiLineString","coordinates":[[[1,2],[3,4]],[[5,6],[7,8]]]}`},
		"polygons": {orb.MultiPolygon{{hole}}, geo.GeoJSONOptions{}, `{"type":"MultiPolygon","coordinates":[[[[120.25,31.25],[120.25,31.5],[120.5,31.5],[120.25,31.25]]]]}`},
		"collection": {
			orb.Collection{orb.Point{1, 2}, orb.MultiPoint{{3, 4}}},
			geo.GeoJSONOptions{},
			`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"MultiPoint","coordinates":[[3,4]]}]}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
				for kind, raw := range map[string][]byte{
					"WKB":  wkb.MustMarshal(tt.geometry, order),
					"EWKB": ewkb.MustMarshal(tt.geometry, 4490, order),
				} {
					got, err := geo.AppendGeoJSON([]byte("before "), raw, tt.opts)
					if err != nil {
						t.Fatalf("%s, %v: %v", kind, order, err)
					}
					if diff := cmp.Diff("before "+tt.want, string(got)); diff != "" {
						t.Errorf("%s, %v: %s", kind, order, diff)
					}
				}
			}
		})
	}
}

func TestAppendGeoJSONDropsZAndM(t *testing.T) {
	const want = `{"type":"Point","coordinates":[1,2]}`
	xy := "000000000000f03f" + "0000000000000040"
	zm := "0000000000000840"
	tests := map[string]string{
		"EWKB Z":         "0101000080" + xy + zm,
		"EWKB M":         "0101000040" + xy + zm,
		"EWKB ZM + SRID": "01010000e08a110000" + xy + zm + zm,
		"ISO Z":          "01e9030000" + xy + zm,
		"ISO M":          "01d1070000" + xy + zm,
		"ISO ZM":         "01b90b0000" + xy + zm + zm,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := geo.AppendGeoJSON(nil, unhex(t, text), geo.GeoJSONOptions{})
			if err != nil || string(got) != want {
				t.Errorf("got %s, %v", got, err)
			}
		})
	}
}

func TestAppendGeoJSONRefuses(t *testing.T) {
	nan := "000000000000f87f"
	tests := map[string]struct{ wkb, want string }{
		"nothing":                {"", "ends in the middle"},
		"bad byte order":         {"0201000000", "byte order"},
		"half a point":           {"0101000000000000000000f03f", "ends in the middle"},
		"more points than bytes": {"0102000000ffffffff", "ends in the middle"},
		"more rings than bytes":  {"010300000000000010", "ends in the middle"},
		"trailing bytes":         {"010200000000000000ff", "follow"},
		"a curve":                {"010800000000000000", "kind 8"},
		"a member of other kind": {"010400000001000000010200000000000000", "member"},
		"one NaN in a line":      {"010200000001000000" + nan + "000000000000f03f", "NaN"},
		"nested too deep":        {strings.Repeat("010700000001000000", 40) + "010700000000000000", "nested"},
		"SRID flag without SRID": {"0101000020", "ends in the middle"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := geo.AppendGeoJSON([]byte("kept"), unhex(t, tt.wkb), geo.GeoJSONOptions{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one with %q", err, tt.want)
			}
			if string(got) != "kept" {
				t.Errorf("dst has become %q", got)
			}
		})
	}
	if _, err := geo.AppendGeoJSON(nil, nil, geo.GeoJSONOptions{Digits: 12}); err == nil {
		t.Error("12 decimals were accepted")
	}
}

func TestAppendGeoJSONEmptyPoint(t *testing.T) {
	raw := wkb.MustMarshal(orb.Point{math.NaN(), math.NaN()})
	got, err := geo.AppendGeoJSON(nil, raw, geo.GeoJSONOptions{})
	if err != nil || string(got) != `{"type":"Point","coordinates":[]}` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAppendGeoJSONNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Numbers of up to seven decimals come out exactly as strconv would write them.
		v := float64(rapid.Int64Range(-5e15, 5e15).Draw(t, "v")) / 1e7
		got, err := geo.AppendGeoJSON(nil, wkb.MustMarshal(orb.Point{v, 0}), geo.GeoJSONOptions{})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 7, 64), "0"), ".")
		want := `{"type":"Point","coordinates":[` + text + `,0]}`
		if string(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestAppendGeoJSONAllocatesNothing(t *testing.T) {
	raw := ewkb.MustMarshal(orb.MultiPolygon{{{{120.1234567, 31}, {121, 31}, {121, 32}, {120.1234567, 31}}}}, 4490)
	dst := make([]byte, 0, 1<<10)
	n := testing.AllocsPerRun(100, func() {
		if _, err := geo.AppendGeoJSON(dst, raw, geo.GeoJSONOptions{}); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzAppendGeoJSON(f *testing.F) {
	for _, g := range []orb.Geometry{
		orb.Point{1, 2},
		orb.LineString{{1, 2}, {3, 4}},
		orb.Polygon{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}},
		orb.MultiPolygon{{{{0, 0}, {1, 0}, {1, 1}, {0, 0}}}},
		orb.Collection{orb.Point{1, 2}, orb.MultiLineString{{{1, 2}, {3, 4}}}},
	} {
		f.Add(wkb.MustMarshal(g))
		f.Add(ewkb.MustMarshal(g, 4490, binary.BigEndian))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		out, err := geo.AppendGeoJSON([]byte("x"), raw, geo.GeoJSONOptions{})
		if err != nil {
			if !bytes.Equal(out, []byte("x")) {
				t.Fatalf("dst has become %q after %v", out, err)
			}
			return
		}
		if !json.Valid(out[1:]) {
			t.Fatalf("not JSON: %s", out[1:])
		}
	})
}

func BenchmarkAppendGeoJSON(b *testing.B) {
	ring := make(orb.Ring, 0, 101)
	for i := range 101 {
		ring = append(ring, orb.Point{120 + float64(i)/1234, 31 + float64(i)/4321})
	}
	raw := ewkb.MustMarshal(orb.Polygon{ring}, 4490)
	var dst []byte
	for b.Loop() {
		dst, _ = geo.AppendGeoJSON(dst[:0], raw, geo.GeoJSONOptions{})
	}
	b.SetBytes(int64(len(dst)))
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
