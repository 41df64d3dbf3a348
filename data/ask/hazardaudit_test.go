package ask_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

func audit(t *testing.T, w *world, role layers.Role, text string) *ask.Answer {
	t.Helper()
	a, err := w.Ask(context.Background(), ask.Request{Question: "hazard-audit", Inputs: inputs(t, text), Reader: layers.Reader{Role: role}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// cell is a value of a row by the column's id.
func cell(t *testing.T, x *ask.Table, r ask.Row, column string) any {
	t.Helper()
	k := slices.IndexFunc(x.Columns, func(c ask.Column) bool { return c.ID == column })
	if k < 0 {
		t.Fatalf("the table %s has no column %s", x.ID, column)
	}
	return r.Values[k]
}

// People, α, R and grade are what one statement of SQL computes.
func TestHazardAuditIsPostGIS(t *testing.T) {
	w := city(t)
	for by, people := range map[string]string{
		"cells": `SELECT coalesce(sum(p.residents * (ST_Area(ST_Intersection(p.geom, b.g)::geography) - ST_Area(ST_Intersection(p.geom, s.geom)::geography)) / ST_Area(p.geom::geography)), 0)
			FROM layer.population p WHERE ST_Intersects(p.geom, b.g)`,
		"buildings": `SELECT coalesce(sum(p.residents), 0) FROM layer.building p WHERE ST_Intersects(p.geom, b.g) AND NOT ST_Covers(s.geom, ST_Centroid(p.geom))`,
	} {
		rows, err := w.pool.Query(context.Background(), `SELECT s.id, (`+people+`),
				(SELECT sum((s.beta->>k)::float8 * q::float8 / (s.q_threshold_t->>k)::float8) FROM jsonb_each_text(s.q_t) AS e(k, q)), s.alpha, s.people_500m, s.r_value, s.grade
			FROM layer.major_hazard_source s, LATERAL (SELECT ST_SetSRID(ST_Buffer(s.geom::geography, 500, 'quad_segs=64')::geometry, 4490) AS g) AS b`)
		if err != nil {
			t.Fatal(err)
		}
		a := audit(t, w, layers.RolePlanner, `{"people": "`+by+`"}`)
		sources := table(t, a, "sources")
		byID := map[int64]ask.Row{}
		for _, r := range sources.Rows {
			byID[r.ID] = r
		}
		n := 0
		for rows.Next() {
			var id int64
			var people, ratio, alpha, r float64
			var declared int64
			var grade string
			if err := rows.Scan(&id, &people, &ratio, &alpha, &declared, &r, &grade); err != nil {
				t.Fatal(err)
			}
			n++
			row, found := byID[id]
			if !found {
				t.Fatalf("source %d is missing", id)
			}
			got := cell(t, sources, row, "people").(float64)
			if math.Abs(got-people) > 0.1+0.005*people {
				t.Errorf("%s: source %d: %v people, PostGIS says %v", by, id, got, people)
			}
			computed := 0.5
			for _, step := range []struct{ people, alpha float64 }{{1, 1}, {30, 1.2}, {50, 1.5}, {100, 2}} {
				if math.Round(got) >= step.people {
					computed = step.alpha
				}
			}
			want := math.Round(computed*ratio*100) / 100
			if cell(t, sources, row, "alpha") != computed || math.Abs(cell(t, sources, row, "r").(float64)-want) > 0.011 ||
				cell(t, sources, row, "declared_alpha") != alpha || cell(t, sources, row, "declared_r") != r || figure(t, cell(t, sources, row, "declared_people")) != float64(declared) {
				t.Errorf("source %d: %v; computed α %v and R %v", id, row.Values, computed, want)
			}
			wantGrade := "fourth"
			for _, step := range []struct {
				r     float64
				grade string
			}{{10, "third"}, {50, "second"}, {100, "first"}} {
				if cell(t, sources, row, "r").(float64) >= step.r {
					wantGrade = step.grade
				}
			}
			differs := cell(t, sources, row, "differences").(layers.Text).En
			if cell(t, sources, row, "computed_grade") != wantGrade || (wantGrade != grade) != (len(differs) >= 5 && differs[:5] == "grade") {
				t.Errorf("source %d: %v, declared %s; computed %s", id, row.Values, grade, wantGrade)
			}
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		sum := 0
		for _, r := range table(t, a, "grades").Rows {
			sum += r.Values[2].(int)
		}
		if n == 0 || n != len(sources.Rows) || sum != n {
			t.Errorf("%d sources, %d of PostGIS, %d by grade", len(sources.Rows), n, sum)
		}
	}
}

// Who may not read quantities gets α and no R; the answer of a run is the next one's past.
func TestHazardAuditReadersAndRuns(t *testing.T) {
	w := city(t)
	a := audit(t, w, layers.RoleViewer, `{}`)
	sources := table(t, a, "sources")
	for _, r := range sources.Rows {
		if cell(t, sources, r, "r") != nil || cell(t, sources, r, "ratio") != nil || cell(t, sources, r, "computed_grade") != "" {
			t.Fatal("a viewer gets an R")
		}
		if cell(t, sources, r, "alpha").(float64) < 0.5 {
			t.Fatal("no α")
		}
	}
	if len(a.Problems) == 0 {
		t.Error("it is not said that quantities can't be read")
	}
	a = audit(t, w, layers.RolePlanner, `{}`)
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	if again := table(t, audit(t, w, layers.RolePlanner, `{"previous": `+string(text)+`}`), "changes"); len(again.Rows) != 0 {
		t.Errorf("nothing has changed, but: %v", again.Rows)
	}
	// The last run knew one source less, one more, and one with another grade.
	old := table(t, a, "sources")
	gone := old.Rows[0]
	gone.ID = 999999999
	other := old.Rows[1]
	other.Values = slices.Clone(other.Values)
	for k, c := range old.Columns {
		if c.ID == "computed_grade" {
			other.Values[k] = "ungraded"
		}
	}
	old.Rows = append([]ask.Row{gone, other}, old.Rows[2:]...)
	if text, err = json.Marshal(a); err != nil {
		t.Fatal(err)
	}
	changes := table(t, audit(t, w, layers.RolePlanner, `{"previous": `+string(text)+`}`), "changes")
	got := map[string]int{}
	for _, r := range changes.Rows {
		got[r.Values[1].(layers.Text).En]++
	}
	if len(changes.Rows) != 3 || got["New"] != 1 || got["Gone"] != 1 || got["Grade"] != 1 {
		t.Errorf("changes: %v", got)
	}
	for text, field := range map[string]string{`{"previous": {}}`: "previous", `{"previous": 7}`: "previous", `{"people": "cats"}`: "people", `{"filter": "colour = 1"}`: "filter"} {
		if code, at := w.refused(t, "hazard-audit", text); code != fault.Invalid || at != field {
			t.Errorf("%s: %s in %q", text, code, at)
		}
	}
}
