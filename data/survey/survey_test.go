package survey_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/survey"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

func shelter(t *testing.T) *layers.Layer {
	t.Helper()
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return cat.Layer("shelter")
}

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "避难场所.geojson")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func feature(code, name string, at orb.Point) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"编号":%q,"名称":%q},"geometry":{"type":"Point","coordinates":[%.9f,%.9f]}}`, code, name, at[0], at[1])
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// mapped names the two columns of the test files.
var mapped = map[string]string{"shelter_code": "编号", "name": "名称"}

func records(t *testing.T, s *survey.Survey) ([]layers.Record, error) {
	t.Helper()
	defer s.Close()
	var out []layers.Record
	for r, err := range s.Records() {
		if err != nil {
			return out, err
		}
		out = append(out, r)
	}
	return out, nil
}

func TestShiftIsUndoneOnce(t *testing.T) {
	truth := orb.Point{120.894, 31.980}
	for _, shift := range []geo.Datum{"", geo.GCJ02, geo.BD09} {
		at := truth
		if shift != "" {
			p, err := geo.Position{Lon: truth[0], Lat: truth[1], Datum: geo.CGCS2000}.To(shift)
			if err != nil {
				t.Fatal(err)
			}
			at = p.Point()
		}
		s, err := survey.Open(write(t, collection(feature("S1", "公园", at))), shelter(t), survey.Options{Shift: shift, Columns: mapped})
		if err != nil {
			t.Fatal(err)
		}
		got, err := records(t, s)
		if err != nil || len(got) != 1 {
			t.Fatalf("%v, %v: %v", got, err, s.Findings())
		}
		p := got[0].Geometry.(orb.Point)
		if d := math.Hypot(p[0]-truth[0], p[1]-truth[1]) * 111000; d > 0.02 {
			t.Errorf("%q: %.3f m off", shift, d)
		}
		if want := map[geo.Datum]geo.Datum{"": geo.WGS84, geo.GCJ02: geo.GCJ02, geo.BD09: geo.BD09}[shift]; got[0].Datum != want {
			t.Errorf("%q: declared %s, want %s", shift, got[0].Datum, want)
		}
	}
}

func TestEveryFaultIsFoundInOnePass(t *testing.T) {
	text := collection(
		feature("S1", "公园", orb.Point{120.9, 32}),
		feature("S1", "又一个", orb.Point{120.9, 32}),
		feature("", "无编号", orb.Point{120.9, 32}),
		feature("S4", "飞到零点", orb.Point{0, 0}),
		`{"type":"Feature","properties":{"编号":"S5","名称":"线"},"geometry":{"type":"LineString","coordinates":[[120,32],[121,32]]}}`,
		`{"type":"Feature","properties":{"编号":"S6","名称":"没有位置"},"geometry":null}`,
	)
	for _, skip := range []bool{false, true} {
		s, err := survey.Open(write(t, text), shelter(t), survey.Options{Columns: mapped, SkipBad: skip, Source: "one"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := records(t, s)
		if (err == nil) != skip || err != nil && fault.CodeOf(err) != fault.Invalid {
			t.Errorf("skip %v: %v", skip, err)
		}
		if tally := s.Tally(); tally.Rows != 6 || tally.Good != 2 || tally.Bad != 4 || tally.Unplaced != 1 || tally.Errors != 4 || len(got) != 2 {
			t.Errorf("skip %v: %+v, %d records", skip, tally, len(got))
		}
		var found []string
		for _, f := range s.Findings() {
			if f.Severity == layers.SeverityError {
				found = append(found, fmt.Sprint(f.Rule, f.Row))
			}
		}
		if want := "[U12 V13 C54 G25]"; fmt.Sprint(found) != want {
			t.Errorf("found %v, want %s", found, want)
		}
	}
}

func TestFileWithoutCodesCanBeNumbered(t *testing.T) {
	text := collection(`{"type":"Feature","properties":{"名称":"学校"},"geometry":{"type":"Point","coordinates":[120.9,32]}}`)
	name := write(t, text)
	s, err := survey.Open(name, shelter(t), survey.Options{Columns: map[string]string{"name": "名称"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := records(t, s); fault.CodeOf(err) != fault.Invalid || err == nil {
		t.Errorf("a file without the key is taken: %v", err)
	}
	s, err = survey.Open(name, shelter(t), survey.Options{Columns: map[string]string{"name": "名称"}, Number: true, Source: "schools"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := records(t, s)
	if err != nil || len(got) != 1 || got[0].SourceID != "schools-1" || len(s.Hash) != 64 {
		t.Errorf("%v, %v: %v", got, err, s.Findings())
	}
}

func TestUnknownCoordinateSystemIsRefused(t *testing.T) {
	name := write(t, collection(feature("S1", "公园", orb.Point{40584524, 3539000})))
	if _, err := survey.Open(name, shelter(t), survey.Options{Columns: mapped, Shift: "XY"}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("an unknown shift: %v", err)
	}
	s, err := survey.Open(name, shelter(t), survey.Options{Columns: mapped})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := records(t, s); err == nil || s.Findings()[len(s.Findings())-1].Rule != "G8" {
		t.Errorf("metres taken for degrees: %v, %v", err, s.Findings())
	}
	zone40, err := geo.ParseCRS("EPSG:4528")
	if err != nil {
		t.Fatal(err)
	}
	s, err = survey.Open(name, shelter(t), survey.Options{Columns: mapped, CRS: zone40})
	if err != nil {
		t.Fatal(err)
	}
	got, err := records(t, s)
	if err != nil || len(got) != 1 || math.Abs(got[0].Geometry.(orb.Point)[0]-120.894) > 0.001 {
		t.Errorf("%v, %v", got, err)
	}
}
