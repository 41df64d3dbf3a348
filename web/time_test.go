package web_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/paulmach/orb/maptile"
)

// TestWhatIsValidWhen has records of the past, of now and of the time to come: the map
// shows what is valid now unless it is asked for another time, the features are all there.
func TestWhatIsValidWhen(t *testing.T) {
	w := newWorld(t)
	day := func(s string) *time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return &at
	}
	records := random("dot", 60, 9)
	for i := range records {
		switch i % 3 {
		case 0: // until 2020
			records[i].ValidTo = day("2020-01-01")
		case 1: // from 2020 on
			records[i].ValidFrom = day("2020-01-01")
		case 2: // not yet
			records[i].ValidFrom = day("2999-01-01")
		}
	}
	if err := publish(t.Context(), w.store, "dot", records); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, datetime string
		onMap, all     int64
	}{
		{"nothing asked", "", 20, 60},
		{"an instant before", "2019-06-01T00:00:00Z", 20, 20},
		{"an instant after", "2021-06-01T00:00:00Z", 20, 20},
		{"a day", "2021-06-01", 20, 20},
		{"both sides of the change", "2019-06-01/2021-06-01", 40, 40},
		{"open at the end", "2021-06-01/..", 40, 40},
		{"open at the start", "../2019-06-01T00:00:00Z", 20, 20},
		{"always", "../..", 60, 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			params := ""
			if tt.datetime != "" {
				params = query("datetime", tt.datetime)
			}
			var c collection
			w.read("/api/collections/dot/items"+params, &c)
			var n counts
			w.read("/layers/dot/counts"+params, &n)
			if c.NumberMatched != tt.all || n.Total != tt.onMap {
				t.Errorf("%d features and %d counted, want %d and %d", c.NumberMatched, n.Total, tt.all, tt.onMap)
			}
			if d := w.drawn("dot", params, []maptile.Tile{maptile.New(0, 0, 0)}); d.total != n.Placed {
				t.Errorf("the tile shows %d, the count is %d", d.total, n.Placed)
			}
		})
	}
	if next, err := url.Parse(func() string {
		var c collection
		w.read("/api/collections/dot/items?limit=3&datetime=2021-06-01/..", &c)
		return c.next()
	}()); err != nil || next.Query().Get("datetime") != "2021-06-01/.." {
		t.Errorf("next is %v, %v", next, err)
	}
}
