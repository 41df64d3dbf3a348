package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
)

// readFilters asks the same filter of items, counts, tiles and exports.
func readFilters(t *testing.T, w *world) {
	const dot = "/api/collections/dot/items"
	matched := func(t *testing.T, values ...string) int64 {
		t.Helper()
		var c collection
		w.read(dot+query(append(values, "limit", "1")...), &c)
		return c.NumberMatched
	}
	all := int64(sizes["dot"])
	a, rest := matched(t, "filter", "kind = 'a'"), matched(t, "filter", "NOT kind = 'a'")
	if a == 0 || a+rest != all || a != matched(t, "kind", "a") {
		t.Errorf("%d and %d of %d", a, rest, all)
	}
	small, large, none := matched(t, "filter", "size < 500"), matched(t, "filter", "size >= 500"), matched(t, "filter", "size IS NULL")
	if small+large+none != all || none == 0 || small == 0 {
		t.Errorf("%d, %d and %d of %d", small, large, none, all)
	}
	if both := matched(t, "filter", "size < 500", "kind", "a"); both == 0 || both >= small || both >= a {
		t.Errorf("filter and property filter: %d", both)
	}
	if n := matched(t, "filter", "CASEI(name) LIKE CASEI('第5号<化%厂')"); n != 1 {
		t.Errorf("%d names", n)
	}

	const json = `{"op":"and","args":[{"op":"=","args":[{"property":"kind"},"a"]},{"op":"<","args":[{"property":"size"},500]}]}`
	text := matched(t, "filter", "kind = 'a' AND size < 500", "filter-lang", "cql2-text")
	if text == 0 || text != matched(t, "filter", json, "filter-lang", "cql2-json") || text != matched(t, "filter", json) {
		t.Errorf("%d by text", text)
	}

	box := matched(t, "bbox", "120.6,31.9,121.2,32.3")
	for _, values := range [][]string{
		{"filter", "S_INTERSECTS(geometry, BBOX(120.6, 31.9, 121.2, 32.3))"},
		{"filter", "S_INTERSECTS(geom, BBOX(31.9, 120.6, 32.3, 121.2))", "filter-crs", "http://www.opengis.net/def/crs/EPSG/0/4490"},
		{"filter", "S_INTERSECTS(POLYGON((120.6 31.9,121.2 31.9,121.2 32.3,120.6 32.3,120.6 31.9)), geometry)"},
	} {
		if n := matched(t, values...); box == 0 || n != box {
			t.Errorf("%v: %d, the box has %d", values, n, box)
		}
	}

	t.Run("paging keeps the filter", func(t *testing.T) {
		seen := map[int64]bool{}
		for at := dot + query("filter", "kind = 'a'", "limit", "50"); at != ""; {
			var c collection
			w.read(at, &c)
			for _, f := range c.Features {
				if f.Properties["kind"] != "a" || seen[f.ID] {
					t.Errorf("%v", f)
				}
				seen[f.ID] = true
			}
			at = strings.TrimPrefix(c.next(), w.url)
		}
		if int64(len(seen)) != a {
			t.Errorf("%d seen of %d", len(seen), a)
		}
	})
	t.Run("counts and tiles", func(t *testing.T) {
		var counts struct{ Total, Placed int64 }
		w.read("/layers/dot/counts"+query("filter", "kind = 'a'"), &counts)
		if counts.Total != a {
			t.Errorf("counts: %d, items %d", counts.Total, a)
		}
		answer := w.get("/tiles/dot/4/13/6.mvt" + query("filter", "kind = 'a'"))
		parsed, err := mvt.Unmarshal(answer.body)
		if err != nil {
			t.Fatalf("%s %v", answer.Status, err)
		}
		shown := int64(0)
		for _, l := range parsed {
			for _, f := range l.Features {
				if n, ok := f.Properties["point_count"].(float64); ok {
					shown += int64(n)
				} else {
					shown++
				}
			}
		}
		if shown != counts.Placed || shown == 0 {
			t.Errorf("the tile shows %d, %d are placed", shown, counts.Placed)
		}
	})
	t.Run("a file", func(t *testing.T) {
		answer := w.get(dot + query("f", "csv", "filter", "kind = 'a'"))
		if lines := int64(strings.Count(strings.TrimSpace(string(answer.body)), "\n")); answer.StatusCode != 200 || lines != a {
			t.Errorf("%s with %d lines, want %d", answer.Status, lines, a)
		}
	})
	for _, tt := range []struct{ query, field string }{
		{query("filter", "colour = 'red'"), "filter"},
		{query("filter", "secret = 'x'"), "filter"},
		{query("filter", ""), "filter"},
		{query("filter", "kind ="), "filter"},
		{query("filter", "kind = 'z'"), "filter"},
		{query("filter", "kind = 'a'", "filter-lang", "cql2-json"), "filter"},
		{query("filter", "kind = 'a'", "filter-lang", "ecql"), "filter-lang"},
		{query("filter", "kind = 'a'", "filter-crs", "GCJ-02"), "filter-crs"},
		{query("filter", "S_INTERSECTS(geom, POINT(31.9 120.6))"), "filter"},
		{query("filter", "kind = 'a'", "filter", "kind = 'b'"), "filter"},
	} {
		w.refused(dot+tt.query, http.StatusBadRequest, "invalid", tt.field)
		w.refused("/tiles/dot/9/428/207.mvt"+tt.query, http.StatusBadRequest, "invalid", tt.field)
	}
}
