package web_test

import (
	"testing"
	"time"

	"github.com/paulmach/orb"

	"onemap/data"
)

// TestKeptCountsFollowChanges has records come, change and go: numberMatched, which is kept,
// is what PostGIS counts once the change has been followed.
func TestKeptCountsFollowChanges(t *testing.T) {
	w := newFresh(t)
	record := random("dot", 1, 77)[0]
	record.SourceID, record.Values["code"], record.Values["kind"] = "kept", "kept", "a"
	record.Geometry, record.PositionQuality, record.Source = orb.Point{121, 32}, "surveyed", "keeping"
	const box = "/api/collections/dot/items?limit=1&bbox=120.9,31.9,121.1,32.1"
	matched := func(more string) int64 {
		t.Helper()
		var c collection
		w.read(box+more, &c)
		return c.NumberMatched
	}
	becomes := func(what, more string, want int64) {
		t.Helper()
		for begun := time.Now(); matched(more) != want; time.Sleep(5 * time.Millisecond) {
			if time.Since(begun) > time.Minute {
				t.Fatalf("%s: %d matched after a minute, want %d", what, matched(more), want)
			}
		}
	}
	put := func() {
		t.Helper()
		if _, err := w.store.Publish(t.Context(), data.Publication{Layer: "dot", Scope: data.ScopeSource("keeping"), Name: "test", By: "test"}, one(record)); err != nil {
			t.Fatal(err)
		}
	}
	all, ofKind := matched(""), matched("&kind=a")
	if again := matched(""); again != all || all == 0 || ofKind == 0 || ofKind >= all {
		t.Fatalf("%d, again %d, of a kind %d", all, again, ofKind)
	}
	put()
	becomes("a new record", "", all+1)
	becomes("a new record", "&kind=a", ofKind+1)
	record.Values["kind"] = "b"
	put()
	becomes("another kind", "&kind=a", ofKind)
	becomes("another kind", "", all+1)
	record.Geometry = orb.Point{121.7, 32.6}
	put()
	becomes("moved away", "", all)
	record.Geometry = orb.Point{121, 32}
	put()
	becomes("moved back", "", all+1)
	record.Geometry, record.PositionQuality = nil, "none"
	put()
	becomes("without a position", "", all)
}
