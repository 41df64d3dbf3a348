package ask_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"onemap/data/ask"
)

// Bands hold each other, sums grow with them, and no picture holds a cell that is not
// reached in its time.
func TestServiceArea(t *testing.T) {
	w := city(t)
	var lon, lat float64
	if err := w.pool.QueryRow(context.Background(), `SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_StartPoint(geom) AS p FROM layer.road) AS r
		ORDER BY (SELECT count(*) FROM layer.population WHERE ST_DWithin(geom, p, 0.1)) DESC, 1 LIMIT 1`).Scan(&lon, &lat); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"places": [[%v, %v]], "minutes": [10, 2, 30], "roads": 100000, "cells": 100000, "off_road": 3000}`, lon, lat)
	a := w.must(t, "service-area", text)
	bands := table(t, a, "bands")
	if len(bands.Rows) != 3 {
		t.Fatalf("%d bands", len(bands.Rows))
	}
	for k, column := range []string{"residents", "cells", "road_km"} {
		for i := 1; i < 3; i++ {
			if number(t, a, "bands", i, column) < number(t, a, "bands", i-1, column) {
				t.Errorf("column %d: the wider band has less", k)
			}
		}
	}
	if number(t, a, "bands", 2, "cells") == 0 {
		t.Fatal("no cell is reached in 30 minutes")
	}
	if got, want := len(table(t, a, "cells").Rows), int(number(t, a, "bands", 2, "cells")); got != want {
		t.Errorf("%d cells listed, %d counted", got, want)
	}
	times := map[int64]float64{}
	for i, r := range table(t, a, "cells").Rows {
		times[r.ID] = number(t, a, "cells", i, "minutes")
	}
	rows, err := w.pool.Query(context.Background(), `SELECT id, ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM layer.population`)
	if err != nil {
		t.Fatal(err)
	}
	cells := map[int64]orb.Point{}
	for rows.Next() {
		var id int64
		var p orb.Point
		if err := rows.Scan(&id, &p[0], &p[1]); err != nil {
			t.Fatal(err)
		}
		cells[id] = p
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	for _, s := range a.Shapes {
		if s.Role != "band" {
			continue
		}
		for id, p := range cells {
			m, reached := times[id]
			if (!reached || m > *s.Value+0.05) && planar.MultiPolygonContains(s.Geometry.(orb.MultiPolygon), p) {
				t.Errorf("the picture of %v minutes holds cell %d, which takes %v", *s.Value, id, m)
			}
		}
	}
	total := 0.0
	for i := range table(t, a, "roads").Rows {
		total += number(t, a, "roads", i, "metres")
	}
	if km := number(t, a, "bands", 2, "road_km"); total/1000 < km-0.2 || total/1000 > km+0.2 {
		t.Errorf("%v m of road listed, %v km added up", total, km)
	}
	less := w.within(t, "service-area", text, &ask.Scenario{Name: "closed", Closed: []ask.Closure{{Area: ring(lon+0.002, lat-0.2, lon+0.01, lat+0.2)}}})
	if number(t, less, "bands", 2, "road_km") > number(t, a, "bands", 2, "road_km") {
		t.Error("closing roads made more of them reached")
	}
	for _, bad := range []string{`{"places": []}`, `{"places": [[120, 32]], "minutes": []}`, `{"places": [[1e9, 2]]}`, `{"layer": "building"}`} {
		w.refused(t, "service-area", bad)
	}
}
