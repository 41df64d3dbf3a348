package ask_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// Counts and distances are PostGIS's, for circles, drawn areas and lines.
func TestAroundIsPostGIS(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	for k := range 12 {
		lon, lat := 120.7+0.5*rnd.Float64(), 31.9+0.3*rnd.Float64()
		radius := []float64{200, 3000, 20000}[k%3]
		var shape, within string
		switch k % 4 {
		case 0:
			shape = fmt.Sprintf(`{"type":"Point","coordinates":[%v,%v]}`, lon, lat)
		case 1:
			shape = fmt.Sprintf(`{"type":"LineString","coordinates":[[%v,%v],[%v,%v],[%v,%v]]}`, lon, lat, lon+0.02, lat+0.01, lon+0.05, lat-0.02)
		case 2:
			shape = fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`, lon, lat, lon+0.1, lat+0.02, lon+0.03, lat+0.09, lon, lat)
		case 3:
			shape = fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`, lon, lat, lon+0.1, lat+0.02, lon+0.03, lat+0.09, lon, lat)
			radius = 0
		}
		within = "ST_DWithin(geom::geography, s.g::geography, $2)"
		if radius == 0 {
			within = "ST_Intersects(geom, s.g) AND $2::float8 = 0"
		}
		a := w.must(t, "around", fmt.Sprintf(`{"shape": %s, "radius": %v, "limit": 100000, "layers": ["enterprise", "building", "road", "shelter", "hazard_zone", "admin_unit", "warning"]}`, shape, radius))
		counts := table(t, a, "counts")
		for _, layer := range []string{"enterprise", "building", "road", "shelter", "hazard_zone", "admin_unit"} {
			rows, err := w.pool.Query(context.Background(), `SELECT id, ST_Distance(geom::geography, s.g::geography) FROM layer.`+layer+`,
				(SELECT ST_SetSRID(ST_GeomFromGeoJSON($1), 4490) AS g) AS s WHERE geom && ST_Expand(s.g, 0.3) AND `+within, shape, radius)
			if err != nil {
				t.Fatal(err)
			}
			v, err := w.store.Catalogue().View(viewer, layer)
			if err != nil {
				t.Fatal(err)
			}
			present, err := w.store.IDs(context.Background(), layers.Query{View: v, Datetime: layers.Now()})
			if err != nil {
				t.Fatal(err)
			}
			want := map[int64]float64{}
			for rows.Next() {
				var id int64
				var d float64
				if err := rows.Scan(&id, &d); err != nil {
					t.Fatal(err)
				}
				if slices.Contains(present, id) {
					want[id] = d
				}
			}
			if rows.Err() != nil {
				t.Fatal(rows.Err())
			}
			n := 0
			for _, r := range counts.Rows {
				if r.Layer == layer {
					n += r.Values[2].(int)
				}
			}
			if len(want) == 0 {
				if n != 0 {
					t.Errorf("%s in %s: %d, not none", layer, shape, n)
				}
				continue
			}
			got := table(t, a, "members."+layer)
			if n != len(got.Rows) {
				t.Errorf("%s in %s: %d counted, %d listed", layer, shape, n, len(got.Rows))
			}
			last := 0.0
			for _, r := range got.Rows {
				d := r.Values[len(r.Values)-1].(float64)
				far, in := want[r.ID]
				// Geography's edges are geodesics, ours straight in degrees, as they are drawn:
				// 0.3 m apart for 5 km, some metres for the sides of large areas.
				tolerance := 0.07 + 0.02
				if strings.Contains(shape, "LineString") {
					tolerance = 0.6
				}
				if strings.Contains(shape, "Polygon") || layer == "hazard_zone" || layer == "admin_unit" {
					tolerance = 3
				}
				if !in && math.Abs(d-radius) > tolerance || in && math.Abs(d-far) > tolerance+2e-6*far {
					t.Errorf("%s %d around %s: %v m, PostGIS: %v (%v)", layer, r.ID, shape, d, far, in)
				}
				if d < last {
					t.Fatalf("%s: %v m after %v m", layer, d, last)
				}
				last = d
				delete(want, r.ID)
			}
			for id, d := range want {
				if math.Abs(d-radius) > 3 {
					t.Errorf("%s %d around %s is missing, at %v m", layer, id, shape, d)
				}
			}
		}
	}
}

func TestAroundRefuses(t *testing.T) {
	w := city(t)
	for text, field := range map[string]string{
		`{}`: "shape",
		`{"shape": {"type":"Polygon","coordinates":[[[120,32],[121,33],[121,32],[120,33],[120,32]]]}}`: "shape",
		`{"shape": {"type":"Point","coordinates":[32, 120.8]}}`:                                        "shape",
		`{"shape": {"type":"Point","coordinates":[120.8, 32]}, "radius": 1e7}`:                         "radius",
		`{"shape": {"type":"Point","coordinates":[120.8, 32]}, "layers": ["nothing"]}`:                 "layers",
		`{"shape": {"type":"Point","coordinates":[120.8, 32]}, "colour": 1}`:                           "colour",
		`{"shape": {"type":"Point"}}`:                                                                  "shape",
		`{"shape": 7}`:                                                                                 "shape",
	} {
		code, at := w.refused(t, "around", text)
		if at != field || code != fault.Invalid && code != fault.NotFound {
			t.Errorf("%s: %s in %q, not in %q", text, code, at, field)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, err := w.Ask(ctx, ask.Request{Question: "around", Inputs: inputs(t, `{"shape": [120.8, 32]}`), Reader: viewer})
	if err == nil {
		t.Error("a question that nobody waits for was answered")
	}
}

// A scenario's lost, moved and added records change the counts and nothing else.
func TestAroundInAScenario(t *testing.T) {
	w := city(t)
	const where = `{"shape": {"type": "Circle", "coordinates": [120.86, 32.01], "radius": 30000}, "layers": ["shelter"], "limit": 1000}`
	base := table(t, w.must(t, "around", where), "members.shelter").Rows
	if len(base) < 3 {
		t.Fatal("the city has too few shelters there")
	}
	sc := &ask.Scenario{
		Name:  "lost",
		Lost:  []ask.Lost{{Layer: "shelter", IDs: []int64{base[0].ID}}},
		Moved: []ask.Moved{{Layer: "shelter", ID: base[1].ID, Place: [2]float64{120.86, 32.01}}},
		Added: []ask.Added{{Layer: "shelter", Place: [2]float64{120.861, 32.01}, Properties: map[string]any{"name": "帐篷", "capacity": 500.0, "status": "open"}}},
	}
	if err := sc.Check(w.store.Catalogue(), viewer); err != nil {
		t.Fatal(err)
	}
	rows := table(t, w.within(t, "around", where, sc), "members.shelter").Rows
	if len(rows) != len(base) {
		t.Fatalf("%d shelters, not %d", len(rows), len(base))
	}
	if rows[0].ID != base[1].ID || rows[1].Values[0] != "帐篷" || rows[1].ID >= 0 {
		t.Fatalf("the first are %v and %v", rows[0], rows[1])
	}
	for _, r := range rows {
		if r.ID == base[0].ID {
			t.Fatal("a lost shelter is there")
		}
	}
	if _, err := w.store.Catalogue().View(viewer, "shelter"); err != nil {
		t.Fatal(err)
	}
	bad := &ask.Scenario{Added: []ask.Added{{Layer: "building", Place: [2]float64{120, 32}}}}
	if bad.Check(w.store.Catalogue(), layers.Reader{Role: layers.RoleViewer}) == nil {
		t.Error("a building can't be added as a point")
	}
}
