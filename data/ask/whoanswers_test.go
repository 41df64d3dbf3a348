package ask_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// Units, roles, ages, dangers and what is over a place are the database's.
func TestWhoAnswersIsPostGIS(t *testing.T) {
	w := city(t)
	ctx := context.Background()
	rnd := rand.New(rand.NewPCG(11, 12))
	dangers := 0
	for range 8 {
		lon, lat := 120.6+0.5*rnd.Float64(), 31.95+0.3*rnd.Float64()
		a := w.must(t, "who-answers", fmt.Sprintf(`{"place": [%v, %v], "radius": 3000, "limit": 1000}`, lon, lat))
		const point = "ST_SetSRID(ST_MakePoint($1, $2), 4490)"
		for _, x := range []struct{ table, layer, where string }{
			{"units", "admin_unit", "ST_Covers(geom, " + point + ") AND abolished IS NULL"},
			{"over.hazard_zone", "hazard_zone", "ST_Covers(geom, " + point + ")"},
			{"over.warning", "warning", "ST_Covers(geom, " + point + ") AND (effective IS NULL OR effective <= now()) AND (expires IS NULL OR expires > now())"},
			{"near.hidden_danger", "hidden_danger", "ST_DWithin(geom::geography, " + point + "::geography, 3000) AND status <> 'closed'"},
			{"near.public_facility", "public_facility", "ST_DWithin(geom::geography, " + point + "::geography, 3000) AND plan_count > 0"},
		} {
			want := map[int64]time.Time{}
			rows, err := w.pool.Query(ctx, "SELECT id, recorded_at FROM layer."+x.layer+" WHERE "+x.where, lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var id int64
				var at time.Time
				if err := rows.Scan(&id, &at); err != nil {
					t.Fatal(err)
				}
				want[id] = at
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
			got := table(t, a, x.table)
			if len(got.Rows) != len(want) {
				t.Errorf("%s at %v, %v: %d records, PostGIS says %d", x.table, lon, lat, len(got.Rows), len(want))
			}
			recorded := slices.IndexFunc(got.Columns, func(c ask.Column) bool { return c.ID == "recorded" })
			for _, r := range got.Rows {
				at, known := want[r.ID]
				if when, _ := r.Values[recorded].(time.Time); !known || when.Sub(at).Abs() > time.Millisecond {
					t.Errorf("%s: record %d of %v, not %v", x.table, r.ID, r.Values[recorded], at)
				}
				if age := r.Values[recorded+1].(float64); age < 0 || math.Abs(age-time.Since(at).Hours()/24) > 0.02 {
					t.Errorf("%s: record %d is %v days old", x.table, r.ID, age)
				}
			}
			if x.layer == "hidden_danger" {
				dangers += len(want)
			}
		}
		for _, r := range table(t, a, "units").Rows {
			var role *string
			var officers *int64
			if err := w.pool.QueryRow(ctx, "SELECT leader_role, officers_a FROM layer.admin_unit WHERE id = $1", r.ID).Scan(&role, &officers); err != nil {
				t.Fatal(err)
			}
			if (role == nil) != (r.Values[4] == nil) || role != nil && r.Values[4] != *role || officers != nil && figure(t, r.Values[5]) != float64(*officers) {
				t.Errorf("unit %d: %v and %v", r.ID, r.Values[4], r.Values[5])
			}
		}
		for _, layer := range []string{"shelter", "supply_depot", "rescue_team"} {
			x := table(t, a, "nearest."+layer)
			far := slices.IndexFunc(x.Columns, func(c ask.Column) bool { return c.ID == "metres" })
			rows, err := w.pool.Query(ctx, "SELECT ST_Distance(geom::geography, "+point+"::geography) FROM layer."+layer+" WHERE geom IS NOT NULL ORDER BY 1 LIMIT 3", lon, lat)
			if err != nil {
				t.Fatal(err)
			}
			for k := 0; rows.Next(); k++ {
				var d float64
				if err := rows.Scan(&d); err != nil {
					t.Fatal(err)
				}
				if got := x.Rows[k].Values[far].(float64); math.Abs(got-d) > 0.1 {
					t.Errorf("%s %d: %v m, PostGIS says %v", layer, k, got, d)
				}
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
		}
	}
	if dangers == 0 {
		t.Error("no dangers were near")
	}
}

// Fields that the reader lacks do not exist, and a place at sea is told.
func TestWhoAnswersTheReader(t *testing.T) {
	w := city(t)
	a, err := w.Ask(context.Background(), ask.Request{Question: "who-answers", Inputs: inputs(t, `{"place": [120.86, 32.01]}`), Reader: layers.Reader{Role: layers.RolePublic}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range table(t, a, "units").Columns {
		if c.ID == "leader_role" || c.ID == "officers_a" {
			t.Errorf("the public reads %s", c.ID)
		}
	}
	a = w.must(t, "who-answers", `{"place": [123.9, 33.9]}`)
	if len(table(t, a, "units").Rows) != 0 || len(a.Problems) == 0 {
		t.Error("a place at sea is in a unit")
	}
	if code, field := w.refused(t, "who-answers", `{}`); code != fault.Invalid || field != "place" {
		t.Errorf("%s in %q", code, field)
	}
}
