package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/maptile"

	"onemap/data/sample"
	"onemap/layers"
)

// TestMain lets the test's own program stand in for onemap where it is started anew.
func TestMain(m *testing.M) {
	durable = false
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-") { // a verb
		main()
		return
	}
	os.Exit(m.Run())
}

// TestBench takes every figure once, on the small city; how fast it is is not looked at.
func TestBench(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bench.json")
	code, out, errs := onemap(t, "bench", "--quick", "--out", file)
	if code != 0 {
		t.Fatalf("%d: %s", code, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var figures []figure
	if err := json.Unmarshal(text, &figures); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range figures {
		if seen[f.Name] || f.Unit == "" || (f.Against == nil) != (f.AgainstValue == nil) || (f.Target == nil) != (f.Met == nil) {
			t.Errorf("%+v", f)
		}
		if seen[f.Name] = true; !strings.Contains(out, f.Name) {
			t.Errorf("%s is not in the table", f.Name)
		}
	}
	for _, name := range []string{
		"load the sample city", "publish buildings", "tiles A, c=8", "tiles B gzip, c=8", "tiles M p99, c=8",
		"overview z 4–9, slowest tile", "largest tile gzip, all layers, z 0–16", "search p99, c=1",
		"counts of all layers, c=1", "items, 1,000 enterprises, c=1", "cold start until /readyz",
		"import shapefile: read, check, stage", "import GeoJSON: file to edition",
	} {
		if !seen[name] {
			t.Errorf("there is no figure %q", name)
		}
	}
}

func TestTable(t *testing.T) {
	figures := []figure{
		newFigure("load the city", 31.4321, "s").under(60),
		newFigure("tiles", 1234.56, "tiles/s").beside("prepared ST_AsMVT", 100),
		newFigure("largest tile z 0–16", 512, "kB").atMost(500),
		newFigure("against nothing", 0.5, "ms").beside("idle", 0),
	}
	var b strings.Builder
	if err := writeTable(&b, figures); err != nil {
		t.Fatal(err)
	}
	want := `
figure               value  unit     held against       its value  ratio  target    met
load the city        31.43  s                                             < 60 s    yes
tiles                 1235  tiles/s  prepared ST_AsMVT        100  12.35
largest tile z 0–16    512  kB                                            ≤ 500 kB  NO
against nothing        0.5  ms       idle                       0
`
	if diff := cmp.Diff(want, "\n"+b.String()); diff != "" {
		t.Error(diff)
	}
}

func TestFiguresFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "bench.json")
	if err := writeFigures(name, []figure{
		newFigure("a", 1, "s"),
		newFigure("b", 2, "ms").beside("c", 4).atMost(3),
	}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []map[string]any{
		{"name": "a", "value": 1.0, "unit": "s", "against": nil, "against_value": nil, "ratio": nil, "target": nil, "met": nil},
		{"name": "b", "value": 2.0, "unit": "ms", "against": "c", "against_value": 4.0, "ratio": 0.5, "target": "≤ 3 ms", "met": true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := writeFigures(filepath.Join(t.TempDir(), "no", "such", "folder"), nil); err == nil {
		t.Error("a file that can't be written is no error")
	}
}

func TestSignificant(t *testing.T) {
	for in, want := range map[float64]float64{0: 0, 1.23456: 1.235, 123456: 123456, 12345.6: 12346, 0.00012345: 0.0001235, -98.765: -98.77, math.Inf(1): 0} {
		if got := significant(in); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: %v, want %v", in, got, want)
		}
	}
	if significant(math.NaN()) != 0 {
		t.Error("no number has no digits")
	}
}

func TestTileListsAreFixedAndOfKnownLayers(t *testing.T) {
	cat, err := layers.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range tileLists {
		tiles := l.tiles(false)
		if len(tiles) != l.count || !cmp.Equal(tiles, l.tiles(false)) {
			t.Errorf("list %s: %d tiles, or others the second time", l.name, len(tiles))
		}
		for _, tile := range tiles {
			if tile.Z < l.from || tile.Z > l.to {
				t.Errorf("list %s holds %v", l.name, tile)
			}
		}
		for _, id := range l.layers {
			if cat.Layer(id) == nil {
				t.Errorf("list %s asks for %s, which is no layer", l.name, id)
			}
		}
	}
	for _, c := range centres {
		if !cityBound.Contains(c) {
			t.Errorf("%v lies outside the city", c)
		}
	}
	paths := tilePaths([]string{"road", "shelter"}, []maptile.Tile{maptile.New(3, 4, 5)})
	if diff := cmp.Diff([]string{"/tiles/road,shelter/5/3/4.mvt"}, paths); diff != "" {
		t.Error(diff)
	}
}

func TestSearchesAreFiftyTexts(t *testing.T) {
	plan, err := sample.City(sample.Options{Seed: 2021, Small: true})
	if err != nil {
		t.Fatal(err)
	}
	questions, err := searches(plan)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := searches(plan)
	if len(questions) != 50 || !slices.Equal(questions, again) {
		t.Fatalf("%d questions, or others the second time: %v", len(questions), questions)
	}
	codes := 0
	for _, q := range questions {
		n := utf8.RuneCountInString(q)
		if strings.HasPrefix(q, "9132") {
			codes++
			if n < 6 || n > 10 {
				t.Errorf("%q is no beginning of a code", q)
			}
		} else if n < 2 || n > 4 {
			t.Errorf("%q has %d characters", q, n)
		}
	}
	if codes != 12 {
		t.Errorf("%d codes", codes)
	}
}

func TestPart(t *testing.T) {
	for _, test := range []struct {
		text     string
		at, size int
		want     string
	}{{"南通化工厂", 0, 2, "南通"}, {"南通化工厂", 3, 2, "工厂"}, {"南通化工厂", 4, 2, "南通"}, {"南通", 5, 4, "南通"}, {"", 1, 2, ""}} {
		if got := part(test.text, test.at, test.size); got != test.want {
			t.Errorf("%v: %q", test, got)
		}
	}
}

func TestFirstRecords(t *testing.T) {
	plan, err := sample.City(sample.Options{Seed: 2021, Small: true})
	if err != nil {
		t.Fatal(err)
	}
	all, err := first(plan, "shelter", 1<<20)
	if err != nil || len(all) != plan.Count("shelter") {
		t.Fatalf("%d of %d, %v", len(all), plan.Count("shelter"), err)
	}
	few, err := first(plan, "shelter", 3)
	if err != nil || len(few) != 3 || few[2].SourceID != all[2].SourceID {
		t.Errorf("%d, %v", len(few), err)
	}
	if _, err := first(plan, "nothing", 3); err == nil {
		t.Error("an unknown layer has records")
	}
}

func TestReadyWaitsForTheProgram(t *testing.T) {
	var asked atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := asked.Add(1); r.URL.Path != "/readyz" || n < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer s.Close()
	said := io.Reader(strings.NewReader("Database: /somewhere\nOne Map 一张图: " + s.URL + "\n"))
	if took, err := ready(t.Context(), said, time.Now()); err != nil || took <= 0 || asked.Load() != 3 {
		t.Errorf("%v, %v after %d questions", took, err, asked.Load())
	}
	if _, err := ready(t.Context(), bytes.NewReader(nil), time.Now()); err == nil {
		t.Error("a program that ended at once was ready")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := ready(ended, strings.NewReader("http://127.0.0.1:1\n"), time.Now()); err == nil {
		t.Error("a program that does not answer was ready")
	}
}
