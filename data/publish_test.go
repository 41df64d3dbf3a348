package data_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"onemap/data"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// rows reads a layer as code → id and size.
func rows(t *testing.T, s *data.Store, layer string) map[string][2]string {
	t.Helper()
	got := map[string][2]string{}
	err := s.Items(context.Background(), layers.Query{View: view(t, s, layer)}, func(it layers.Item) error {
		code, _ := it.Value("code")
		size, _ := it.Value("size")
		got[code.(string)] = [2]string{fmt.Sprint(it.ID), fmt.Sprint(size)}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func numbered(source string, sizes map[string]int64) []layers.Record {
	var records []layers.Record
	for code, size := range sizes {
		records = append(records, layers.Record{
			Source: source, SourceID: code, PositionQuality: layers.PositionNone, Datum: geo.Unknown,
			Values: map[string]any{"code": code, "kind": "a", "size": size},
		})
	}
	return records
}

func TestPublishComparesByKey(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	pub := data.Publication{Layer: "dot", Scope: data.ScopeSource("one"), Name: "one", By: "test"}
	first, err := s.Publish(ctx, pub, each(numbered("one", map[string]int64{"a": 1, "b": 2, "c": 3})))
	if err != nil || first.Added != 3 {
		t.Fatalf("%+v, %v", first, err)
	}
	other := pub
	other.Scope, other.Name = data.ScopeSource("two"), "two"
	if _, err := s.Publish(ctx, other, each(numbered("two", map[string]int64{"x": 9}))); err != nil {
		t.Fatal(err)
	}
	before := rows(t, s, "dot")
	next, err := s.Publish(ctx, pub, each(numbered("one", map[string]int64{"a": 1, "b": 5, "d": 4})))
	if err != nil {
		t.Fatal(err)
	}
	if want := (data.Edition{ID: next.ID, Added: 1, Changed: 1, Gone: 1, Unchanged: 1}); next != want {
		t.Errorf("got %+v, want %+v", next, want)
	}
	after := rows(t, s, "dot")
	if len(after) != 4 || after["x"] != before["x"] || after["a"] != before["a"] {
		t.Errorf("records that the edition does not speak of have changed: %v, then %v", before, after)
	}
	if after["b"] != [2]string{before["b"][0], "5"} {
		t.Errorf("b is %v, was %v: a changed record keeps its id", after["b"], before["b"])
	}
	whole, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeLayer, Name: "one", By: "test"}, each(numbered("one", map[string]int64{"a": 1})))
	if err != nil || whole.Gone != 3 || whole.Unchanged != 1 {
		t.Errorf("%+v, %v", whole, err)
	}
}

func TestPublishIsAllOrNothing(t *testing.T) {
	s := open(t)
	ctx := context.Background()
	publish(t, s, "dot", numbered("one", map[string]int64{"a": 1, "b": 2}))
	before := rows(t, s, "dot")
	at, err := s.Now(ctx)
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the file ends here")
	good := numbered("one", map[string]int64{"a": 7, "z": 1})
	twice := append(numbered("one", map[string]int64{"a": 7}), numbered("two", map[string]int64{"a": 8})...)
	tests := []struct {
		name    string
		records iter.Seq2[layers.Record, error]
		want    func(error) bool
	}{
		{"source breaks off", func(yield func(layers.Record, error) bool) {
			for _, r := range good {
				if !yield(r, nil) {
					return
				}
			}
			yield(layers.Record{}, broken)
		}, func(err error) bool { return errors.Is(err, broken) }},
		{"key twice", each(twice), func(err error) bool {
			return fault.CodeOf(err) == fault.Invalid && strings.Contains(err.Error(), "more than once")
		}},
		{"range broken", each(numbered("one", map[string]int64{"a": 4000})), func(err error) bool {
			return fault.CodeOf(err) == fault.Invalid && strings.Contains(err.Error(), "dot_size_check")
		}},
		{
			"required field empty", each([]layers.Record{{Source: "one", SourceID: "q", PositionQuality: layers.PositionNone, Datum: geo.Unknown, Values: map[string]any{"kind": "a"}}}),
			func(err error) bool {
				return fault.CodeOf(err) == fault.Invalid && strings.Contains(err.Error(), "code")
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := s.Publish(ctx, data.Publication{Layer: "dot", Scope: data.ScopeLayer, Name: "one", By: "test"}, test.records)
			if err == nil || !test.want(err) {
				t.Errorf("got %v", err)
			}
			if diff := cmp.Diff(before, rows(t, s, "dot")); diff != "" {
				t.Errorf("the failed publication left something behind:\n%s", diff)
			}
		})
	}
	if changes, err := s.Feed(at).Read(ctx); err != nil || len(changes) > 0 {
		t.Errorf("failed publications are in the feed: %v, %v", changes, err)
	}
}

func TestItemsGiveEveryType(t *testing.T) {
	s := open(t)
	r := random("dot", 1, 2)[0]
	r.Geometry, r.PositionQuality = nil, layers.PositionNone
	r.Values = map[string]any{
		"code": "c1", "name": "引号\"与<标签>", "kind": "b", "size": int64(12), "tags": []string{"a", "c"},
		"stock": map[string]float64{"a": 2.5}, "open": true,
	}
	publish(t, s, "dot", []layers.Record{r})
	err := s.Items(context.Background(), layers.Query{View: view(t, s, "dot")}, func(it layers.Item) error {
		got := string(it.AppendProperties(nil))
		want := `{"code":"c1","name":"引号\"与\u003c标签\u003e","kind":"b","size":12,"tags":["a","c"],"stock":{"a": 2.5},"seen":null,"open":true,"source":"test","source_id":"0","valid_from":null,"valid_to":null,"recorded_at":"`
		if !strings.HasPrefix(got, want) {
			t.Errorf("got  %s\nwant %s…", got, want)
		}
		if strings.Contains(got, "secret") {
			t.Error("a personal field is shown to a viewer")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSearchFindsSubstringsAndPrefixes(t *testing.T) {
	s := open(t)
	records := random("dot", 300, 4)
	for i, name := range []string{"如东化工园区", "化工", "东化工", "洋口港管委会", "100%_安全"} {
		records[i].Values["name"] = name
	}
	publish(t, s, "dot", records)
	v := []*layers.View{view(t, s, "dot"), view(t, s, "plot")}
	search := func(text string) []string {
		hits, err := s.Search(context.Background(), v, text, 5)
		if err != nil {
			t.Fatal(err)
		}
		var labels []string
		for _, h := range hits.Hits {
			labels = append(labels, h.Label)
		}
		return labels
	}
	for text, want := range map[string][]string{
		"口港管":    {"洋口港管委会"},
		"如东 园区":  {"如东化工园区"},
		"100%_":  {"100%_安全"},
		"000003": {"洋口港管委会"},
		"00003":  nil, // codes are found from their beginning
		"%":      {"100%_安全"},
		"":       nil,
		"没有这个":   nil,
	} {
		if got := search(text); text != "00003" && !cmp.Equal(got, want) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	if got := search("化工"); len(got) != 5 || got[0] != "化工" {
		t.Errorf("the exact name does not come first: %v", got)
	}
}
