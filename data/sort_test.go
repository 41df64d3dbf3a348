package data_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"onemap/data"
	"onemap/data/storetest"
	"onemap/layers"
)

// openProbes is a database with the layers of probes.
func openProbes(t *testing.T) *data.Store {
	t.Helper()
	s, _ := storetest.Open(t, "filters", probes(t), nil)
	return s
}

// sorted is a record as it is sorted in memory.
type sorted struct {
	id   int64
	keys map[string]any
}

// compareKeys compares two values, no value last either way.
func compareKeys(a, b any, descending bool) int {
	switch {
	case a == nil || b == nil:
		return cmp.Compare(boolean(a == nil), boolean(b == nil))
	case descending:
		a, b = b, a
	}
	switch x := a.(type) {
	case string:
		return cmp.Compare(x, b.(string))
	case int64:
		return cmp.Compare(x, b.(int64))
	case float64:
		return cmp.Compare(x, b.(float64))
	case bool:
		return cmp.Compare(boolean(x), boolean(b.(bool)))
	}
	return a.(time.Time).Compare(b.(time.Time))
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// follow reads all pages of a query, each with a cursor of the page before.
func follow(t *testing.T, s *data.Store, q layers.Query, between func(page int)) (ids []int64) {
	t.Helper()
	for page := 0; ; page++ {
		last, n := "", 0
		err := s.Items(t.Context(), q, func(it layers.Item) error {
			n++
			ids = append(ids, it.ID)
			last = q.Cursor(it)
			if len(it.Raw) != len(q.View.Columns()) {
				t.Fatalf("%d columns, want %d", len(it.Raw), len(q.View.Columns()))
			}
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", q.ItemsSQL().Text, err)
		}
		if n < q.Limit {
			return ids
		}
		if err := q.Resume(last); err != nil {
			t.Fatal(err)
		}
		if between != nil {
			between(page)
		}
	}
}

// TestSortedPagesAreTheWhole follows the pages of random orders, with many ties and nulls,
// and holds them against the same records sorted in memory, and against the export.
func TestSortedPagesAreTheWhole(t *testing.T) {
	s := openProbes(t)
	m := maker{rand.New(rand.NewPCG(3, 4))}
	records := make([]layers.Record, 200)
	for i := range records {
		records[i] = m.record("dot", i)
	}
	publish(t, s, "dot", records)
	v := view(t, s, "dot")
	var rows []sorted
	if err := s.Items(t.Context(), layers.Query{View: v}, func(it layers.Item) error {
		r := sorted{it.ID, map[string]any{}}
		for i, f := range v.Columns() {
			r.keys[f.Name] = it.Cell(i)
		}
		rows = append(rows, r)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range v.Columns() {
		if layers.Sortable(f) {
			names = append(names, f.Name)
		}
	}
	for i := range 120 {
		m.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		by := slices.Clone(names[:1+m.IntN(3)])
		for i := range by {
			by[i] = m.of("", "+", " ", "-") + by[i]
		}
		text := strings.Join(by, ",")
		orders, err := layers.ParseSort(v, text)
		if err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(rows, func(a, b sorted) int {
			for _, o := range orders {
				if c := compareKeys(a.keys[o.Field.Name], b.keys[o.Field.Name], o.Descending); c != 0 {
					return c
				}
			}
			return cmp.Compare(a.id, b.id)
		})
		want := make([]int64, len(rows))
		for i, r := range rows {
			want[i] = r.id
		}
		q := layers.Query{View: v, Sort: orders, Limit: 1 + m.IntN(40)}
		if i%3 == 0 { // the fields that are sorted by need not be told
			if q.View, err = v.Pick("code"); err != nil {
				t.Fatal(err)
			}
		}
		if got := follow(t, s, q, nil); !slices.Equal(got, want) {
			t.Fatalf("sortby=%s by %d:\n%v\nwant\n%v", text, q.Limit, got, want)
		}
		var file []int64
		if err := s.Export(t.Context(), q, func(it layers.Item) error {
			file = append(file, it.ID)
			return nil
		}); err != nil || !slices.Equal(file, want) {
			t.Fatalf("sortby=%s exported: %v\n%v\nwant\n%v", text, err, file, want)
		}
	}
}

// TestSortedPagesHoldWhileDataChanges has records go, come and change between the pages, the
// one at a page's end among them: those that stay as they are come exactly once, in order.
func TestSortedPagesHoldWhileDataChanges(t *testing.T) {
	s := openProbes(t)
	m := maker{rand.New(rand.NewPCG(5, 6))}
	records := make([]layers.Record, 200)
	for i := range records {
		records[i] = m.record("dot", i)
	}
	publish(t, s, "dot", records)
	v := view(t, s, "dot")
	untouched := map[int64]bool{}
	if err := s.Items(t.Context(), layers.Query{View: v}, func(it layers.Item) error {
		untouched[it.ID] = it.ID%2 == 0
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	odd := map[string]int64{} // by source_id
	if err := s.Items(t.Context(), layers.Query{View: v}, func(it layers.Item) error {
		if id, _ := it.Value("source_id"); it.ID%2 == 1 {
			odd[id.(string)] = it.ID
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	orders, err := layers.ParseSort(v, "-n,name")
	if err != nil {
		t.Fatal(err)
	}
	ids := follow(t, s, layers.Query{View: v, Sort: orders, Limit: 15}, func(page int) {
		now := records[:0:0]
		for i, r := range records {
			switch {
			case odd[r.SourceID] == 0:
				now = append(now, r)
			case i%3 != page%3: // the others go, to come back later with other values
				changed := m.record("dot", i)
				changed.SourceID = r.SourceID
				now = append(now, changed)
			}
		}
		publish(t, s, "dot", now)
	})
	seen := map[int64]int{}
	for _, id := range ids {
		seen[id]++
	}
	for id, stays := range untouched {
		if stays && seen[id] != 1 {
			t.Errorf("record %d, which stayed as it was, came %d times", id, seen[id])
		}
	}
}

func TestOrdersAndCursorsAreChecked(t *testing.T) {
	s := openProbes(t)
	v := view(t, s, "dot")
	for text, want := range map[string]string{
		"colour": "no field", "name,": "no field", ",": "no field", "kinds": "did you mean kind", "tags": "has no order", "-stock": "has no order",
		"name,-name": "named twice", "--name": "no field", "geometry": "no field",
	} {
		if _, err := layers.ParseSort(v, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if orders, err := layers.ParseSort(v, ""); err != nil || orders != nil {
		t.Errorf("nothing: %v, %v", orders, err)
	}
	q := layers.Query{View: v}
	for _, text := range []string{"x", "-1", "1e3", "99999999999999999999"} {
		if q.Resume(text) == nil {
			t.Errorf("%q was taken for a cursor", text)
		}
	}
	q.Sort, _ = layers.ParseSort(v, "name,-n")
	keys := layers.Item{ID: 7, Keys: [][]byte{[]byte("a"), nil}}
	good := q.Cursor(keys)
	if err := q.Resume(good); err != nil || q.After != 7 || q.Keys[0] != "a" || q.Keys[1] != nil {
		t.Errorf("%v: %+v", err, q)
	}
	for _, text := range []string{
		"7", "%", "e30", good[:len(good)-4],
		"eyJieSI6Im5hbWUsLW4iLCJrZXlzIjpbImEiLCJiIl0sImFmdGVyIjo3fQ", // n is b
		"eyJieSI6Im5hbWUsLW4iLCJrZXlzIjpbImEiXSwiYWZ0ZXIiOjd9",       // one value
		"eyJieSI6Im5hbWUsLW4iLCJrZXlzIjpbIlx1MDAwMCIsIjEiXSwiYWZ0ZXIiOjd9",
	} {
		if q.Resume(text) == nil {
			t.Errorf("%q was taken for a cursor", text)
		}
	}
	other := q
	other.Sort, _ = layers.ParseSort(v, "name,n")
	if err := other.Resume(good); err == nil || !strings.Contains(err.Error(), "another order") {
		t.Errorf("the cursor of another order: %v", err)
	}
}
