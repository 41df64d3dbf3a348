package web_test

import (
	"regexp"
	"strconv"
	"testing"

	"github.com/paulmach/orb/maptile"

	"onemap/data/sample"
	"onemap/data/storetest"
)

// newCity puts a server before a small sample city and returns the plan that it was made of.
func newCity(t *testing.T) (*world, *sample.Plan) {
	t.Helper()
	plan, err := storetest.Plan()
	if err != nil {
		t.Fatal(err)
	}
	store, dsn := storetest.City(t)
	return serve(t, store, dsn), plan
}

// largestTile is the most that a tile of the sample city may weigh as it is sent.
const largestTile = 500_000

// TestSampleCity sees a small sample city as its users do: GDAL lists every layer with its
// real count, the page says that it is synthetic, and the tiles of the low zooms, whole
// city in few tiles, show every record.
func TestSampleCity(t *testing.T) {
	w, plan := newCity(t)
	summary := gdal(t, "ogrinfo", "-ro", "-so", "-al", "OAPIF:"+w.url+"/api")
	listed := map[string]int{}
	for _, m := range regexp.MustCompile(`(?s)Layer name: (\w+)\n.*?Feature Count: (\d+)`).FindAllStringSubmatch(summary, -1) {
		listed[m[1]], _ = strconv.Atoi(m[2])
	}
	for _, l := range w.cat.Layers() {
		if n := plan.Count(l.ID); n == 0 || listed[l.ID] != n {
			t.Errorf("%s: GDAL counts %d of %d", l.ID, listed[l.ID], n)
		}
		var now struct{ Placed int64 }
		w.read("/layers/"+l.ID+"/counts", &now)
		var parents []maptile.Tile
		for z := 0; z <= 9; z++ {
			d := w.drawn(l.ID, "", children(parents))
			parents = d.full
			if d.total != now.Placed {
				t.Errorf("%s at zoom %d: tiles show %d, the count is %d", l.ID, z, d.total, now.Placed)
			}
			if d.largest > largestTile {
				t.Errorf("%s at zoom %d has a tile of %d bytes", l.ID, z, d.largest)
			}
		}
	}
	var info struct{ Synthetic bool }
	if w.read("/page.json", &info); !info.Synthetic {
		t.Error("the page is not told that the city is synthetic")
	}
	var hits struct {
		Hits []struct{ Layer, Label string }
	}
	w.read("/api/search"+query("q", "崇川区"), &hits)
	if len(hits.Hits) == 0 || hits.Hits[0].Layer != "admin_unit" || hits.Hits[0].Label != "崇川区" {
		t.Errorf("崇川区 finds %v", hits.Hits)
	}
}
