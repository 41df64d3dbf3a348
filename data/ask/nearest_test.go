package ask_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/layers"
)

// By straight line the answer is PostGIS's.
func TestNearestByLineIsPostGIS(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		lon, lat := 120.5+1.2*rnd.Float64(), 31.8+0.6*rnd.Float64()
		a := w.must(t, "nearest", fmt.Sprintf(`{"place": [%v, %v], "by": "line", "count": 7, "usable": true}`, lon, lat))
		rows, err := w.pool.Query(context.Background(), `SELECT id, ST_Distance(geom::geography, ST_SetSRID(ST_MakePoint($1, $2), 4490)::geography) AS d FROM layer.rescue_team
			WHERE geom IS NOT NULL AND readiness IN ('ready', 'limited') ORDER BY d LIMIT 7`, lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		found := table(t, a, "found").Rows
		k := 0
		for rows.Next() {
			var id int64
			var d float64
			if err := rows.Scan(&id, &d); err != nil {
				t.Fatal(err)
			}
			if k >= len(found) || found[k].ID != id || math.Abs(number(t, a, "found", k, "metres")-d) > 0.1 {
				t.Fatalf("at %v %v: %d at %v m is not the %dth", lon, lat, id, d, k+1)
			}
			k++
		}
		if rows.Err() != nil || k != len(found) {
			t.Fatalf("%d found, %d by PostGIS: %v", len(found), k, rows.Err())
		}
	}
}

// number is a cell of an answer's table.
func number(t testing.TB, a *ask.Answer, id string, row int, column string) float64 {
	t.Helper()
	x := table(t, a, id)
	k := slices.IndexFunc(x.Columns, func(c ask.Column) bool { return c.ID == column })
	if k < 0 {
		t.Fatalf("the table %s has no column %s", id, column)
	}
	switch v := x.Rows[row].Values[k].(type) {
	case float64:
		return v
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case nil:
		return math.NaN()
	}
	t.Fatalf("%s %s is a %T", id, column, x.Rows[row].Values[k])
	return 0
}

// By road the first few are the first few of all, in the order of their times; a closed
// road never makes anyone sooner, and lost teams are not found.
func TestNearestByRoad(t *testing.T) {
	w := city(t)
	var lon, lat float64
	if err := w.pool.QueryRow(context.Background(), `SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_StartPoint(geom) AS p FROM layer.road) AS r
		ORDER BY (SELECT count(*) FROM layer.rescue_team WHERE ST_DWithin(geom, p, 0.2)) DESC, 1 LIMIT 1`).Scan(&lon, &lat); err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf(`"place": [%v, %v], "off_road": 20000`, lon, lat)
	all := w.must(t, "nearest", `{`+at+`, "count": 1000}`)
	few := w.must(t, "nearest", `{`+at+`, "count": 2}`)
	rows := table(t, all, "found").Rows
	if len(rows) < 3 {
		t.Fatalf("%d teams", len(rows))
	}
	times := map[int64]float64{}
	for i, r := range rows {
		times[r.ID] = number(t, all, "found", i, "minutes")
		if i > 0 && times[r.ID] < number(t, all, "found", i-1, "minutes") {
			t.Fatalf("the %dth is sooner than the one before", i+1)
		}
		if i < 2 && table(t, few, "found").Rows[i].ID != r.ID {
			t.Fatalf("the %dth of two is %d, of all %d", i+1, table(t, few, "found").Rows[i].ID, r.ID)
		}
		if times[r.ID] < number(t, all, "found", i, "call_out") {
			t.Fatal("sooner there than called out")
		}
	}
	for _, r := range table(t, few, "left_out").Rows {
		if why := r.Values[len(r.Values)-1].(layers.Text); why.En == "" || why.Zh == "" {
			t.Errorf("%d is left out for no reason", r.ID)
		}
	}
	ways := 0
	for _, s := range few.Shapes {
		if s.Role == "way" {
			ways++
		}
	}
	if ways != 2 {
		t.Errorf("%d ways drawn", ways)
	}
	closed := w.within(t, "nearest", `{`+at+`, "count": 1000}`, &ask.Scenario{
		Name:   "flood",
		Lost:   []ask.Lost{{Layer: "rescue_team", IDs: []int64{rows[0].ID}}},
		Closed: []ask.Closure{{Area: ring(lon+0.005, lat-0.1, lon+0.02, lat+0.1)}},
	})
	for i, r := range table(t, closed, "found").Rows {
		if r.ID == rows[0].ID {
			t.Error("a lost team was found")
		}
		if m := number(t, closed, "found", i, "minutes"); m < times[r.ID] {
			t.Errorf("%d comes in %v minutes with roads closed, in %v without", r.ID, m, times[r.ID])
		}
	}
	if code, field := w.refused(t, "nearest", `{`+at+`, "filter": "nothing = 3"}`); field != "filter" {
		t.Errorf("%s in %q", code, field)
	}
	if code, field := w.refused(t, "nearest", `{`+at+`, "needs": {"unheard_of": 3}}`); field != "needs" {
		t.Errorf("%s in %q", code, field)
	}
	sea := w.must(t, "nearest", `{"place": [122.3, 32.9]}`)
	if len(table(t, sea, "found").Rows) != 0 || len(sea.Problems) == 0 {
		t.Error("a place at sea is on the road")
	}
}

func ring(west, south, east, north float64) orb.Ring {
	return orb.Ring{{west, south}, {east, south}, {east, north}, {west, north}, {west, south}}
}
