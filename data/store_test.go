package data_test

import (
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/data/pgtest"
	"onemap/data/storetest"
	"onemap/geo"
	"onemap/layers"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// declared is a folder with three layers of one declaration: points, lines, polygons.
func declared() fs.FS {
	const text = `id: %s
title: {zh: 测试, en: Test}
group: base
geometry: %s
key: [code]
label: name
zoom: {min: 4, max: 16}
fields:
  - {name: code, title: {zh: 编号, en: Code}, type: text, required: true, sensitivity: public, search: prefix}
  - {name: name, title: {zh: 名称, en: Name}, type: text, sensitivity: public, tile: 12, search: substring}
  - {name: kind, title: {zh: 类型, en: Kind}, type: code, codes: %[1]s_kind, default: c, required: true, sensitivity: public, tile: 0}
  - {name: size, title: {zh: 数量, en: Size}, type: integer, range: {min: 0, max: 1000}, sensitivity: public, tile: 14}
  - {name: secret, title: {zh: 内部, en: Secret}, type: text, sensitivity: personal}
  - {name: tags, title: {zh: 标签, en: Tags}, type: codes, codes: %[1]s_kind, sensitivity: public}
  - {name: stock, title: {zh: 库存, en: Stock}, type: quantities, codes: %[1]s_kind, sensitivity: public}
  - {name: seen, title: {zh: 日期, en: Seen}, type: date, sensitivity: public}
  - {name: open, title: {zh: 开放, en: Open}, type: boolean, sensitivity: public, tile: 10}
codelists:
  - id: %[1]s_kind
    title: {zh: 类型, en: Kind}
    source: test
    status: provisional
    items:
      - {code: a, title: {zh: 甲, en: A}, colour: "#aa0000", symbol: diamond}
      - {code: b, title: {zh: 乙, en: B}, colour: "#00aa00", symbol: square}
      - {code: c, title: {zh: 丙, en: C}, colour: "#0000aa", symbol: ring}
style: {by: kind, colour: "#445566", labels: 12}
thin: {until: 12, cells: 8%[3]s}
source: {name: {zh: 测试, en: Test}, status: provisional, fresh: P1Y}
access: {read: [public, viewer]}
`
	return fstest.MapFS{
		"dot.yaml":  {Data: []byte(fmt.Sprintf(text, "dot", "Point", ""))},
		"path.yaml": {Data: []byte(fmt.Sprintf(text, "path", "LineString", ", under: 6"))},
		"plot.yaml": {Data: []byte(fmt.Sprintf(text, "plot", "MultiPolygon", ", under: 6"))},
	}
}

func catalogue(tb testing.TB) *layers.Catalogue {
	tb.Helper()
	cat, err := layers.Load(declared())
	if err != nil {
		tb.Fatal(err)
	}
	return cat
}

// open gives a store on a fresh database with all tables.
func open(tb testing.TB) *data.Store {
	tb.Helper()
	s, _ := storetest.Open(tb, "data_test", catalogue(tb), nil)
	return s
}

func view(tb testing.TB, s *data.Store, id string) *layers.View {
	tb.Helper()
	v, err := s.Catalogue().View(layers.Reader{Role: layers.RoleViewer}, id)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

var each = storetest.Records

func publish(tb testing.TB, s *data.Store, layer string, records []layers.Record) data.Edition {
	tb.Helper()
	e, err := s.Publish(context.Background(), data.Publication{Layer: layer, Scope: data.ScopeLayer, Name: "test", By: "test"}, each(records))
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

// random makes n records around the city, clustered as real ones are, some without a
// position, some on the edges of tiles, some without a value.
func random(layer string, n int, seed uint64) []layers.Record {
	rnd := rand.New(rand.NewPCG(seed, 1))
	records := make([]layers.Record, n)
	for i := range records {
		c := orb.Point{120.3 + 1.5*rnd.Float64(), 31.7 + rnd.Float64()}
		switch rnd.IntN(4) {
		case 0: // a pile
			c = orb.Point{120.5 + float64(rnd.IntN(6))/5, 32.0 + float64(rnd.IntN(3))/4}
		case 1: // the corner of a tile
			z := 8 + rnd.IntN(8)
			x, y := geo.World(c[0], c[1])
			x, y = x>>(32-z)<<(32-z), y>>(32-z)<<(32-z)
			c = geo.LonLat(x, y)
		}
		r := layers.Record{
			Source: "test", SourceID: fmt.Sprint(i), PositionQuality: layers.PositionSurveyed, Datum: geo.CGCS2000,
			Values: map[string]any{"code": fmt.Sprintf("%06d", i), "name": fmt.Sprintf("第%d号化工厂", i), "kind": []string{"a", "b", "c"}[rnd.IntN(3)], "size": int64(rnd.IntN(1000))},
		}
		if rnd.IntN(5) == 0 {
			delete(r.Values, "size")
		}
		size := 0.00001 * float64(int(1)<<rnd.IntN(15))
		switch layer {
		case "dot":
			r.Geometry = c
		case "path":
			r.Geometry = orb.LineString{c, {c[0] + size*rnd.Float64(), c[1] + size*rnd.Float64()}, {c[0] + size, c[1]}}
		case "plot":
			h := size * (0.001 + rnd.Float64())
			r.Geometry = orb.MultiPolygon{{{c, {c[0] + size, c[1]}, {c[0] + size, c[1] + h}, {c[0], c[1] + h}, c}}}
		}
		if rnd.IntN(20) == 0 {
			r.Geometry, r.PositionQuality = nil, layers.PositionNone
		}
		records[i] = r
	}
	return records
}

func TestMigrateTwiceAndTogether(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	if steps, err := s.Migrate(ctx, false); err != nil || len(steps) > 0 {
		t.Fatalf("a second migration did %v, %v", steps, err)
	}
	fresh := pgtest.Database(t, func(context.Context, string) error { return nil }, "empty")
	errs := make(chan error)
	for range 2 {
		go func() {
			s, err := data.Open(ctx, fresh, s.Catalogue(), data.Options{})
			if err == nil {
				_, err = s.Migrate(ctx, false)
				s.Close()
			}
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestMigrateFollowsDeclaration(t *testing.T) {
	tests := []struct {
		name, from, to string
		refused        string // "" when the change is made
	}{
		{"new nullable field", "  - {name: open,", "  - {name: extra, title: {zh: 加, en: Extra}, type: number, sensitivity: public}\n  - {name: open,", ""},
		{"new code", "      - {code: c,", "      - {code: d, title: {zh: 丁, en: D}}\n      - {code: c,", ""},
		{"new index", "type: integer, range", "type: integer, index: true, range", ""},
		{"wider range", "max: 1000", "max: 5000", ""},
		{"field gone", "  - {name: open, title: {zh: 开放, en: Open}, type: boolean, sensitivity: public, tile: 10}\n", "", "open is in the database"},
		{"other type", "{name: size, title: {zh: 数量, en: Size}, type: integer, range: {min: 0, max: 1000},", "{name: size, title: {zh: 数量, en: Size}, type: text,", "size is bigint"},
		{"new required field", "  - {name: open,", "  - {name: extra, title: {zh: 加, en: Extra}, type: number, required: true, sensitivity: public}\n  - {name: open,", "extra is new and required"},
		{"rule that rows break", "max: 1000", "max: 10", "do not fit"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t)
			publish(t, s, "dot", random("dot", 50, 1))
			ctx := context.Background()
			folder := declared().(fstest.MapFS)
			text := strings.Replace(string(folder["dot.yaml"].Data), test.from, test.to, 1)
			if text == string(folder["dot.yaml"].Data) {
				t.Fatal("the test changes nothing")
			}
			folder["dot.yaml"].Data = []byte(text)
			cat, err := layers.Load(folder)
			if err != nil {
				t.Fatal(err)
			}
			next := s.With(cat)
			steps, err := next.Migrate(ctx, false)
			if test.refused != "" {
				if err == nil || !strings.Contains(err.Error(), test.refused) {
					t.Fatalf("got %v, %v", steps, err)
				}
				if again, err := s.Migrate(ctx, false); err != nil || len(again) > 0 {
					t.Fatalf("the refused migration left something behind: %v, %v", again, err)
				}
				return
			}
			if err != nil || len(steps) == 0 {
				t.Fatalf("got %v, %v", steps, err)
			}
			if again, err := next.Migrate(ctx, false); err != nil || len(again) > 0 {
				t.Fatalf("not settled: %v, %v", again, err)
			}
			if n, err := next.Count(ctx, layers.Query{View: view(t, next, "dot")}); err != nil || n != 50 {
				t.Fatalf("%d rows, %v", n, err)
			}
		})
	}
}
