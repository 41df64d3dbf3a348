package data_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// draft is a record of the tests' layers at a place.
func draft(code string, size int64, g orb.Geometry) *layers.Record {
	return &layers.Record{
		Source: "ignored", SourceID: "ignored", PositionQuality: layers.PositionImage, Datum: geo.CGCS2000, Geometry: g,
		Values: map[string]any{"code": code, "kind": "a", "size": size, "tags": []string{"a", "c"}, "stock": map[string]float64{"b": 2.5}, "open": true},
	}
}

// shown is a record as a viewer sees it, with its place, without what tells of its version.
func shown(t *testing.T, s *data.Store, layer string, id int64) string {
	t.Helper()
	it, err := s.Item(context.Background(), view(t, s, layer), id, geo.CRS84)
	if fault.CodeOf(err) == fault.NotFound {
		return "none"
	}
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := strings.Cut(string(it.AppendProperties(nil)), `"recorded_at"`)
	return fmt.Sprintf("%s %x", before, it.WKB)
}

func bound(g orb.Geometry) *orb.Bound {
	if g == nil {
		return nil
	}
	b := g.Bound()
	return &b
}

func TestEditMakesChangesAndTakesAway(t *testing.T) {
	shapes := map[string][2]orb.Geometry{
		"dot":  {orb.Point{120.9, 32}, orb.Point{121.4, 31.8}},
		"path": {orb.LineString{{120.9, 32}, {121, 32}}, orb.LineString{{120.9, 32}, {121, 32.1}, {121.2, 32}}},
		"plot": {orb.Polygon{{{120, 32}, {121, 32}, {121, 33}, {120, 32}}}, orb.MultiPolygon{{{{120, 32}, {120.5, 32}, {121, 32.4}, {120, 32}}}}},
	}
	s := open(t)
	ctx := context.Background()
	for layer, g := range shapes {
		at, err := s.Now(ctx)
		if err != nil {
			t.Fatal(err)
		}
		feed := s.Feed(at)
		told := func(old, now orb.Geometry, id, edition int64) {
			t.Helper()
			changes, err := feed.Read(ctx)
			if err != nil || len(changes) != 1 {
				t.Fatalf("%s: %+v, %v", layer, changes, err)
			}
			changes[0].At = time.Time{}
			want := data.Change{Layer: layer, Feature: &id, OldBox: bound(old), NewBox: bound(now), Edition: edition, Who: "ann"}
			if diff := cmp.Diff(want, changes[0]); diff != "" {
				t.Errorf("%s: told\n%s", layer, diff)
			}
		}
		made, err := s.Edit(ctx, data.Edit{Layer: layer, Record: draft("n1", 7, g[0]), By: "ann"})
		if err != nil || made.ID == 0 || made.Version != made.Edition.ID || made.Edition.Added != 1 {
			t.Fatalf("%s: made %+v, %v", layer, made, err)
		}
		told(nil, g[0], made.ID, made.Version)
		first := shown(t, s, layer, made.ID)
		if !strings.Contains(first, fmt.Sprintf(`"source":"edit","source_id":"%d"`, made.ID)) {
			t.Errorf("%s: %s", layer, first)
		}

		same, err := s.Edit(ctx, data.Edit{Layer: layer, ID: made.ID, Version: made.Version, Record: draft("n1", 7, g[0]), By: "ann"})
		if err != nil || same.Version != made.Version || same.Edition != (data.Edition{}) {
			t.Errorf("%s: the same is %+v, %v", layer, same, err)
		}

		moved, err := s.Edit(ctx, data.Edit{Layer: layer, ID: made.ID, Version: made.Version, Record: draft("n1", 8, g[1]), Kept: []string{"tags"}, By: "ann"})
		if err != nil || moved.ID != made.ID || moved.Version <= made.Version || moved.Edition.Changed != 1 {
			t.Fatalf("%s: moved %+v, %v", layer, moved, err)
		}
		told(g[0], g[1], made.ID, moved.Version)
		second := shown(t, s, layer, made.ID)

		gone, err := s.Edit(ctx, data.Edit{Layer: layer, ID: made.ID, Version: moved.Version, By: "ann"})
		if err != nil || gone.Edition.Gone != 1 || shown(t, s, layer, made.ID) != "none" {
			t.Fatalf("%s: gone %+v, %v", layer, gone, err)
		}
		told(g[1], nil, made.ID, gone.Version)

		// Back in the order of their making, each to what was there before it.
		for _, step := range []struct {
			edition int64
			want    string
		}{{gone.Version, second}, {moved.Version, first}, {made.Version, "none"}} {
			if back, err := s.Revert(ctx, step.edition, "bob"); err != nil || back.Added+back.Changed+back.Gone != 1 {
				t.Fatalf("%s: revert of %d: %+v, %v", layer, step.edition, back, err)
			}
			if diff := cmp.Diff(step.want, shown(t, s, layer, made.ID)); diff != "" {
				t.Errorf("%s: after taking %d back:\n%s", layer, step.edition, diff)
			}
		}
		list, err := s.Editions(ctx, layer, 10)
		if err != nil || len(list) != 6 {
			t.Fatalf("%s: %d editions, %v", layer, len(list), err)
		}
		if e := list[4]; e.ID != moved.Version || e.Scope != data.ScopeRecord(made.ID) || e.Source != "edit" || e.Changed != 1 || e.PublishedBy != "ann" || e.RevertedBy == nil {
			t.Errorf("%s: listed as %+v", layer, e)
		}
	}
}

func TestEditRefuses(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	publish(t, s, "dot", numbered("one", map[string]int64{"a": 1, "b": 2}))
	ids := map[string]int64{}
	versions := map[string]int64{}
	if err := s.Items(ctx, layers.Query{View: view(t, s, "dot")}, func(it layers.Item) error {
		code, _ := it.Value("code")
		edition, _ := it.Value("edition")
		ids[code.(string)], versions[code.(string)] = it.ID, int64(edition.(float64))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	a := func(change func(*data.Edit)) data.Edit {
		e := data.Edit{Layer: "dot", ID: ids["a"], Version: versions["a"], Record: draft("a", 1, orb.Point{121, 32}), By: "ann"}
		change(&e)
		return e
	}
	before := rows(t, s, "dot")
	at, err := s.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		edit  data.Edit
		code  fault.Code
		field string
	}{
		"layer":        {a(func(e *data.Edit) { e.Layer = "none" }), fault.NotFound, ""},
		"record":       {a(func(e *data.Edit) { e.ID = 999999 }), fault.NotFound, ""},
		"version":      {a(func(e *data.Edit) { e.Version++ }), fault.Conflict, data.VersionField},
		"gone version": {a(func(e *data.Edit) { e.Version, e.Record = 0, nil }), fault.Conflict, data.VersionField},
		"key":          {a(func(e *data.Edit) { e.Record = draft("b", 1, nil); e.Record.PositionQuality = layers.PositionNone }), fault.Conflict, "code"},
		"new key":      {a(func(e *data.Edit) { e.ID = 0 }), fault.Conflict, "code"},
		"range":        {a(func(e *data.Edit) { e.Record = draft("a", 4000, orb.Point{121, 32}) }), fault.Invalid, "dot_size_check"},
		"required":     {a(func(e *data.Edit) { delete(e.Record.Values, "code") }), fault.Invalid, "code"},
		"geometry":     {a(func(e *data.Edit) { e.Record = draft("a", 1, orb.LineString{{1, 1}, {2, 2}}) }), fault.Invalid, "geom"},
		"long":         {a(func(e *data.Edit) { e.Record = draft(noise(20000), 1, orb.Point{121, 32}) }), fault.Invalid, ""},
	} {
		_, err := s.Edit(ctx, test.edit)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != test.code || f.Field != test.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if diff := cmp.Diff(before, rows(t, s, "dot")); diff != "" {
		t.Error(diff)
	}
	if changes, err := s.Feed(at).Read(ctx); err != nil || len(changes) > 0 {
		t.Errorf("%+v, %v", changes, err)
	}
}

// noise is text that does not compress, so that it does not fit into an index.
func noise(n int) string {
	rnd := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('!' + rnd.IntN(90))
	}
	return string(b)
}

// TestEditsLoseNothing has editors in parallel, of the same records too, beside
// publications of other sources and editions that are taken back. Every success counts
// exactly once in what the records hold and in the change feed; a record that was of
// another version is read again.
func TestEditsLoseNothing(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	v := view(t, s, "dot")
	var shared []int64
	for i := range 3 {
		made, err := s.Edit(ctx, data.Edit{Layer: "dot", Record: draft(fmt.Sprint("s", i), 0, orb.Point{121, 32}), By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		shared = append(shared, made.ID)
	}
	at, err := s.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	sums := map[int64]int64{}  // by record: how often it was raised
	wrote := map[int64]int64{} // edition → record, 0 of publications
	var lost int
	var work sync.WaitGroup
	for w := range 4 {
		work.Go(func() {
			rnd := rand.New(rand.NewPCG(3, uint64(w)))
			for n := 0; n < 15; {
				id := shared[rnd.IntN(len(shared))]
				it, err := s.Item(ctx, v, id, geo.CRS84)
				if err != nil {
					t.Error(err)
					return
				}
				size, _ := it.Value("size")
				code, _ := it.Value("code")
				version, _ := it.Value("edition")
				done, err := s.Edit(ctx, data.Edit{
					Layer: "dot", ID: id, Version: int64(version.(float64)), By: fmt.Sprint("w", w),
					Record: draft(code.(string), int64(size.(float64))+1, orb.Point{120 + rnd.Float64(), 32}),
				})
				mu.Lock()
				switch {
				case err == nil:
					sums[id]++
					wrote[done.Version] = id
					n++
				case fault.CodeOf(err) == fault.Conflict:
					lost++
				default:
					t.Errorf("edit: %v", err)
					n++
				}
				mu.Unlock()
			}
		})
	}
	work.Go(func() {
		for i := range 8 {
			source := fmt.Sprint("p", i%2)
			e, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeSource(source), Name: source, By: "test"}, each(numbered(source, map[string]int64{source: int64(i)})))
			if err != nil {
				t.Errorf("publish: %v", err)
				return
			}
			mu.Lock()
			wrote[e.ID] = 0
			mu.Unlock()
		}
	})
	work.Wait()
	for _, id := range shared {
		it, err := s.Item(ctx, v, id, geo.CRS84)
		if err != nil {
			t.Fatal(err)
		}
		if size, _ := it.Value("size"); int64(size.(float64)) != sums[id] {
			t.Errorf("record %d is %v after %d edits", id, size, sums[id])
		}
	}
	told := map[int64]int64{}
	changes, err := s.Feed(at).Read(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if _, twice := told[c.Edition]; twice {
			t.Errorf("edition %d is told twice", c.Edition)
		}
		told[c.Edition] = 0
		if c.Feature != nil {
			told[c.Edition] = *c.Feature
		}
	}
	if diff := cmp.Diff(wrote, told); diff != "" {
		t.Errorf("written and told differ:\n%s", diff)
	}
	t.Logf("%d edits were of an old version", lost)
}

func TestEditsDoNotWaitForLong(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	defer data.SetEditPatience("100ms")()
	begun, end := make(chan struct{}), make(chan struct{})
	published := make(chan error, 1)
	go func() {
		_, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeSource("one"), Name: "one", By: "test"}, func(yield func(layers.Record, error) bool) {
			close(begun)
			<-end
			yield(numbered("one", map[string]int64{"a": 1})[0], nil)
		})
		published <- err
	}()
	<-begun
	var edits sync.WaitGroup
	for i := range 12 { // more than there are connections
		edits.Go(func() {
			if _, err := s.Edit(ctx, data.Edit{Layer: "dot", Record: draft(fmt.Sprint(i), 1, nil), By: "test"}); fault.CodeOf(err) != fault.Unavailable {
				t.Errorf("beside a publication: %v", err)
			}
		})
	}
	if err := s.Ready(ctx); err != nil {
		t.Error(err)
	}
	left, leave := context.WithCancel(ctx)
	leave()
	if _, err := s.Edit(left, data.Edit{Layer: "dot", Record: draft("z", 1, nil), By: "test"}); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("given up: %v", err)
	}
	edits.Wait()
	close(end)
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	if _, err := s.Edit(ctx, data.Edit{Layer: "dot", Record: draft("b", 1, orb.Point{121, 32}), By: "test"}); err != nil {
		t.Error(err)
	}
	if got := rows(t, s, "dot"); len(got) != 2 {
		t.Errorf("%v", got)
	}
}

func TestEditLeavesWhatASurveyThenSays(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	made, err := s.Edit(ctx, data.Edit{Layer: "dot", Record: draft("a", 5, orb.Point{121, 32}), By: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	if e, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeSource("one"), Name: "one", By: "test"}, each(numbered("one", map[string]int64{"a": 6}))); err != nil || e.Changed != 1 {
		t.Fatalf("%+v, %v", e, err)
	}
	if _, err := s.Revert(ctx, made.Version, "ann"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("an edit that was overridden is taken back: %v", err)
	}
	it, err := s.Item(ctx, view(t, s, "dot"), made.ID, geo.CRS84)
	if err != nil {
		t.Fatal(err)
	}
	if by, _ := it.Value("updated_by"); by != nil {
		t.Errorf("after the survey it is said to be of %v", by)
	}
}

func BenchmarkEdit(b *testing.B) {
	s := open(b)
	ctx := context.Background()
	made, err := s.Edit(ctx, data.Edit{Layer: "dot", Record: draft("a", 0, orb.Point{121, 32}), By: "test"})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		r := draft("a", int64(1+i%2), orb.Point{121, 32})
		if made, err = s.Edit(ctx, data.Edit{Layer: "dot", ID: made.ID, Version: made.Version, Record: r, By: "test"}); err != nil {
			b.Fatal(err)
		}
	}
}
