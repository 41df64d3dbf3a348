package survey_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/storetest"
	"onemap/data/survey"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// desk is an intake on a fresh database with all tables.
func desk(t *testing.T) (*survey.Intake, *data.Store) {
	t.Helper()
	s, _ := storetest.Empty(t)
	in, err := survey.NewIntake(s, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return in, s
}

func feature(code, name string, at orb.Point) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{"编号":%q,"名称":%q},"geometry":{"type":"Point","coordinates":[%.9f,%.9f]}}`, code, name, at[0], at[1])
}

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

// mapped names the two columns of the test files.
var mapped = map[string]string{"shelter_code": "编号", "name": "名称"}

// bring keeps a text as a file and notes it as a batch of shelters.
func bring(t *testing.T, in *survey.Intake, name, text string, o survey.Options) data.Batch {
	t.Helper()
	return bringFor(t, in, name, text, "county", "", o)
}

// bringFor notes it for a source and a scope.
func bringFor(t *testing.T, in *survey.Intake, name, text, source string, scope data.Scope, o survey.Options) data.Batch {
	t.Helper()
	k, err := in.Keep(strings.NewReader(text), name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	b, err := in.Bring(context.Background(), k, "shelter", source, scope, o, "census")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publish(t *testing.T, in *survey.Intake, id int64) (data.Edition, error) {
	t.Helper()
	ctx := context.Background()
	for _, to := range []data.BatchState{data.BatchSelfChecked, data.BatchCityChecked, data.BatchAccepted} {
		if err := in.Approve(ctx, id, to, "someone", ""); err != nil {
			return data.Edition{}, err
		}
	}
	return in.Publish(ctx, id, "someone")
}

func position(t *testing.T, s *data.Store, code string) (orb.Point, bool) {
	t.Helper()
	at, err := s.PublishedPositions(context.Background(), "shelter", []string{code})
	if err != nil {
		t.Fatal(err)
	}
	p, ok := at[code]
	return p, ok
}

func TestSurveyGoesFromFileToEdition(t *testing.T) {
	in, s := desk(t)
	ctx := context.Background()
	truth := orb.Point{120.894, 31.980}
	b := bring(t, in, "避难场所.geojson", collection(feature("S1", "公园", truth), feature("S2", "学校", orb.Point{120.9, 32})), survey.Options{Columns: mapped})
	r, err := in.Parse(ctx, b.ID, "census")
	if err != nil {
		t.Fatal(err)
	}
	if r.Format != "GeoJSON" || len(r.Columns) != 2 || r.Columns[0].Field == "" || r.Columns[0].Samples[0] == "" || len(r.Missing) > 0 {
		t.Errorf("reading: %+v", r)
	}
	tally, err := in.Check(ctx, b.ID, "census", nil)
	if err != nil || tally.Rows != 2 || tally.Good != 2 {
		t.Fatalf("%+v, %v", tally, err)
	}
	e, err := publish(t, in, b.ID)
	if err != nil || e.Added != 2 {
		t.Fatalf("%+v, %v", e, err)
	}
	if p, ok := position(t, s, "S1"); !ok || float64(geo.Distance(p, truth)) > 0.02 {
		t.Errorf("S1 is at %v, %v", p, ok)
	}
	if _, err := s.Revert(ctx, e.ID, "someone"); err != nil {
		t.Fatal(err)
	}
	if _, ok := position(t, s, "S1"); ok {
		t.Error("the edition has been taken back, and its record is still there")
	}
	if b, err = s.Batch(ctx, b.ID); err != nil || b.State != data.BatchWithdrawn {
		t.Errorf("the batch is %s, %v", b.State, err)
	}
}

func TestShiftIsUndoneOnce(t *testing.T) {
	truth := orb.Point{120.894, 31.980}
	for _, shift := range []geo.Datum{geo.GCJ02, geo.BD09} {
		in, s := desk(t)
		ctx := context.Background()
		p, err := geo.Position{Lon: truth[0], Lat: truth[1], Datum: geo.CGCS2000}.To(shift)
		if err != nil {
			t.Fatal(err)
		}
		b := bring(t, in, "a.geojson", collection(feature("S1", "公园", p.Point())), survey.Options{Columns: mapped, Placing: survey.Placing{Shift: string(shift)}})
		if _, err := in.Parse(ctx, b.ID, "census"); err != nil {
			t.Fatal(err)
		}
		if _, err := in.Check(ctx, b.ID, "census", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := publish(t, in, b.ID); err != nil {
			t.Fatal(err)
		}
		if p, ok := position(t, s, "S1"); !ok || float64(geo.Distance(p, truth)) > 0.02 {
			t.Errorf("%s: S1 is at %v, %v", shift, p, ok)
		}
	}
}

func TestEveryFaultIsFoundInOnePass(t *testing.T) {
	text := collection(
		feature("S1", "公园", orb.Point{120.9, 32}),
		feature("S1", "又一个", orb.Point{120.91, 32}),
		feature("", "无编号", orb.Point{120.92, 32}),
		feature("S4", "飞到零点", orb.Point{0, 0}),
		`{"type":"Feature","properties":{"编号":"S5","名称":"线"},"geometry":{"type":"LineString","coordinates":[[120,32],[121,32]]}}`,
		`{"type":"Feature","properties":{"编号":"S6","名称":"没有位置"},"geometry":null}`,
	)
	for _, skip := range []bool{false, true} {
		in, s := desk(t)
		ctx := context.Background()
		b := bring(t, in, "a.geojson", text, survey.Options{Columns: mapped, SkipBad: skip})
		if _, err := in.Parse(ctx, b.ID, "census"); err != nil {
			t.Fatal(err)
		}
		tally, err := in.Check(ctx, b.ID, "census", nil)
		if err != nil || tally.Rows != 6 || tally.Good != 2 || tally.Bad != 4 || tally.Unplaced != 1 {
			t.Errorf("skip %v: %+v, %v", skip, tally, err)
		}
		found, err := s.Findings(ctx, b.ID, data.FindingFilter{Severity: layers.SeverityError})
		if err != nil {
			t.Fatal(err)
		}
		rows := map[int64]bool{}
		for _, f := range found {
			rows[f.Row] = true
			if f.Message.Zh == "" || f.Message.En == "" {
				t.Errorf("a finding without words: %+v", f)
			}
		}
		if len(rows) != 4 || rows[1] || rows[6] {
			t.Errorf("skip %v: errors in rows %v", skip, rows)
		}
		e, err := publish(t, in, b.ID)
		if skip && (err != nil || e.Added != 2) || !skip && fault.CodeOf(err) != fault.Invalid {
			t.Errorf("skip %v: %+v, %v", skip, e, err)
		}
	}
}

func TestFileWithoutCodesCanBeNumbered(t *testing.T) {
	in, _ := desk(t)
	ctx := context.Background()
	text := collection(`{"type":"Feature","properties":{"名称":"学校"},"geometry":{"type":"Point","coordinates":[120.9,32]}}`)
	b := bring(t, in, "a.geojson", text, survey.Options{Columns: map[string]string{"name": "名称"}, Number: true})
	if r, err := in.Parse(ctx, b.ID, "census"); err != nil || len(r.Missing) > 0 {
		t.Fatalf("%+v, %v", r.Missing, err)
	}
	if _, err := in.Check(ctx, b.ID, "census", nil); err != nil {
		t.Fatal(err)
	}
	if e, err := publish(t, in, b.ID); err != nil || e.Added != 1 {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestFilesAreKeptByHash(t *testing.T) {
	in, _ := desk(t)
	dir := t.TempDir()
	name := filepath.Join(dir, "甲.geojson")
	if err := os.WriteFile(name, []byte(collection()), 0o644); err != nil {
		t.Fatal(err)
	}
	a, err := in.KeepPath(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := in.Keep(strings.NewReader(collection()), `..\..\etc/甲.geojson`, 1<<20)
	if err != nil || a.Hash != b.Hash || b.Name != "甲.geojson" {
		t.Errorf("%+v, %+v, %v", a, b, err)
	}
	if c, err := in.Keep(strings.NewReader(collection()), "乙.geojson", 1<<20); err != nil || c.Hash != a.Hash {
		t.Errorf("the same bytes under another name: %+v, %v", c, err)
	}
	if _, err := in.Keep(strings.NewReader("too long"), "x", 4); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("a file over the limit: %v", err)
	}
}

// TestSetsWithEqualShapesAreNotOneFile brings a shapefile whose table alone has changed,
// and one of another name with the same shapes.
func TestSetsWithEqualShapesAreNotOneFile(t *testing.T) {
	in, _ := desk(t)
	ctx := context.Background()
	folder := t.TempDir()
	keep := func(stem string, codes ...string) survey.Kept {
		t.Helper()
		for name, content := range shapefile(codes, []orb.Point{{120.894123, 31.980456}, {120.904123, 32.000456}}) {
			if err := os.WriteFile(filepath.Join(folder, stem+filepath.Ext(name)), content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		k, err := in.KeepPath(filepath.Join(folder, stem+".shp"))
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first, second, other := keep("甲", "S1", "S2"), keep("甲", "S1", "S3"), keep("乙", "S1", "S3")
	if first.Hash == second.Hash || second.Hash != other.Hash || first.Size < 300 {
		t.Fatalf("%+v, %+v, %+v", first, second, other)
	}
	for _, k := range []survey.Kept{second, other} {
		b, err := in.Bring(ctx, k, "shelter", k.Name, "", survey.Options{Values: map[string]string{"name": "甲"}}, "census")
		if err != nil {
			t.Fatal(err)
		}
		r, err := in.Parse(ctx, b.ID, "census")
		if err != nil || len(r.Columns) != 1 || strings.Join(r.Columns[0].Samples, " ") != "S1 S3" {
			t.Errorf("%s: %+v, %v", k.Name, r.Columns, err)
		}
	}
}

func TestTableComesWithItsCharacterSet(t *testing.T) {
	in, _ := desk(t)
	folder := t.TempDir()
	dbf := shapefile([]string{"\xd0\xd3\xd1\xd1"}, []orb.Point{{1, 1}})["图形.dbf"] // РУСС in windows-1251
	for name, content := range map[string][]byte{"t.dbf": dbf, "t.cpg": []byte("1251")} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	k, err := in.KeepPath(filepath.Join(folder, "t.dbf"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := in.Bring(context.Background(), k, "shelter", "", "", survey.Options{}, "census")
	if err != nil {
		t.Fatal(err)
	}
	r, err := in.Parse(context.Background(), b.ID, "census")
	if err != nil || r.Encoding != "windows-1251" || r.Columns[0].Samples[0] != "РУСС" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestPartOfACountyNeedsALayerWithCodes(t *testing.T) {
	in, _ := desk(t)
	k, err := in.Keep(strings.NewReader(collection()), "a.geojson", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]fault.Code{"": fault.Invalid, "启东": fault.Invalid, "3206811234567": fault.Invalid} {
		if _, err := in.Bring(context.Background(), k, "shelter", "", data.ScopeArea(code), survey.Options{}, "census"); fault.CodeOf(err) != want {
			t.Errorf("%q: %v", code, err)
		}
	}
	if _, err := in.Bring(context.Background(), k, "shelter", "", data.ScopeArea("320681"), survey.Options{}, "census"); err != nil {
		t.Error(err)
	}
}

func TestNothingGoodIsNoEdition(t *testing.T) {
	in, s := desk(t)
	b := bring(t, in, "a.geojson", collection(feature("S1", "公园", orb.Point{120.9, 32})), survey.Options{Columns: mapped})
	if _, err := in.Parse(context.Background(), b.ID, "census"); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Check(context.Background(), b.ID, "census", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := publish(t, in, b.ID); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"all faulty": collection(feature("", "无编号", orb.Point{120.9, 32}), feature("S1", "", orb.Point{120.9, 32})),
		"empty":      collection(),
	} {
		b := bring(t, in, name+".geojson", text, survey.Options{Columns: map[string]string{}, SkipBad: true})
		if _, err := in.Parse(context.Background(), b.ID, "census"); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := in.Check(context.Background(), b.ID, "census", nil); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := publish(t, in, b.ID); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, ok := position(t, s, "S1"); !ok {
		t.Error("the record has gone")
	}
}
