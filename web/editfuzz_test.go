package web

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers"
)

// PointsIn lists the positions of a geometry.
func PointsIn(b []byte) (points [][2]float64) {
	g, err := wkb.Unmarshal(b)
	if err != nil {
		return nil
	}
	for _, p := range pointsOf(g) {
		points = append(points, p)
	}
	return points
}

func TestMergePatch(t *testing.T) {
	// The cases of RFC 7396, appendix A.
	for _, test := range [][3]string{
		{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
		{`{"a":"b"}`, `{"a":null}`, `{}`},
		{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
		{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
		{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
		{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
		{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
		{`["a","b"]`, `["c","d"]`, `["c","d"]`},
		{`{"a":"b"}`, `["c"]`, `["c"]`},
		{`{"a":"foo"}`, `null`, `null`},
		{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
		{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
		{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
	} {
		var target, patch, want any
		for i, into := range []*any{&target, &patch, &want} {
			if err := json.Unmarshal([]byte(test[i]), into); err != nil {
				t.Fatal(err)
			}
		}
		if got := mergePatch(target, patch); !reflect.DeepEqual(got, want) {
			t.Errorf("%s with %s is %v", test[0], test[1], got)
		}
	}
}

// FuzzFeature has bodies read, patched, checked and turned into records of all layers:
// whatever comes, a record without an error has a geometry of its layer and no other.
func FuzzFeature(f *testing.F) {
	for _, seed := range []string{
		`{"type":"Feature","geometry":{"type":"Point","coordinates":[120.9,32]},"properties":{"code":"a","position_quality":"surveyed"}}`,
		`{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[120,32],[121,32],[121,33],[120,32]]]},"properties":{"name":null,"stock":{"a":1}}}`,
		`{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[120,32],[121,32]],[]]},"properties":{"tags":["a"],"valid_from":"2021-04-30T12:00:00Z"}}`,
		`{"properties":null,"geometry":{"coordinates":[]}}`,
		`{"type":"Feature","geometry":{"type":"MultiPolygon","coordinates":[[[]],[]]},"properties":null}`,
		`{"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[]},"properties":{}}`,
	} {
		f.Add([]byte(seed))
	}
	catalogue, err := layers.Builtin()
	if err != nil {
		f.Fatal(err)
	}
	views := catalogue.For(layers.Reader{Role: layers.RoleViewer})
	before := map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []any{json.Number("120"), json.Number("32")}}, "properties": map[string]any{"name": "x", "datum": "cgcs2000"}}
	f.Fuzz(func(t *testing.T, text []byte) {
		object, err := decodeObject(text)
		if err != nil {
			return
		}
		patched, ok := mergePatch(before, object).(map[string]any)
		if !ok {
			t.Fatal("an object patched by an object is none")
		}
		for _, feature := range []map[string]any{object, patched} {
			if checkFeature(feature, 0) != nil {
				continue
			}
			g, err := positions{crs: geo.CRS84}.geometry(feature["geometry"])
			if err != nil {
				continue
			}
			properties, _ := feature["properties"].(map[string]any)
			for _, v := range views {
				r := layers.Revision{Properties: properties, Geometry: orb.Clone(g), Datum: geo.WGS84, Now: time.Unix(1.7e9, 0), Moved: true}
				record, _, findings := v.Revise(r)
				for _, found := range findings {
					if found.Message.Zh == "" || found.Message.En == "" {
						t.Errorf("%s: %+v", v.ID, found)
					}
				}
				if !record.Faulty && record.Geometry != nil && record.Geometry.Dimensions() != v.Geometry.Dimension() {
					t.Errorf("%s has a %s", v.ID, record.Geometry.GeoJSONType())
				}
				if (record.Geometry == nil) != (record.PositionQuality == layers.PositionNone) {
					t.Errorf("%s: %v is %s", v.ID, record.Geometry, record.PositionQuality)
				}
			}
		}
	})
}
