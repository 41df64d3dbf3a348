package ask_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/layers"
)

// Different questions about the same agree with each other.

// byID are the rows of a table by their records, each with one of its columns.
func byID(t testing.TB, a *ask.Answer, id, name string) map[int64]float64 {
	t.Helper()
	x := table(t, a, id)
	if x.More > 0 {
		t.Fatalf("%d rows of %s are left out", x.More, id)
	}
	c, values := column(t, x, name), map[int64]float64{}
	for _, r := range x.Rows {
		values[r.ID] = amountOf(t, r.Values[c])
	}
	return values
}

// Who is within metres of the nearest shelter by the question of coverage has one within
// metres by those of what is around and who is nearest.
func TestCoverageAgreesWithAroundAndNearest(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(11, 1))
	f, _ := w.features(t, "population")
	places := anchors(f)
	for range 6 {
		metres := math.Round(200 * math.Exp(3*rnd.Float64()))
		far := byID(t, w.must(t, "coverage", fmt.Sprintf(`{"metres": %v, "usable": false, "limit": 100000}`, metres)), "uncovered", "metres")
		for range 12 {
			i := rnd.IntN(len(places))
			d, out := far[f.ID(i)]
			found := w.must(t, "nearest", fmt.Sprintf(`{"place": [%.9f, %.9f], "layer": "shelter", "by": "line", "usable": false, "count": 1}`, places[i][0], places[i][1]))
			near := number(t, found, "found", 0, "metres")
			if out != (near > metres) && math.Abs(near-metres) > 0.2 || out && math.Abs(near-d) > 0.11 {
				t.Errorf("%v is %v m from a shelter and uncovered: %v (%v m); the nearest is %v m away", places[i], d, out, metres, near)
			}
			around := w.must(t, "around", fmt.Sprintf(`{"shape": {"type": "Point", "coordinates": [%.9f, %.9f]}, "radius": %v, "layers": ["shelter"], "limit": 1}`, places[i][0], places[i][1], metres))
			if (summed(t, around, "members") > 0) == out && math.Abs(near-metres) > 0.2 {
				t.Errorf("%v is uncovered: %v; within %v m are %v shelters", places[i], out, metres, summed(t, around, "members"))
			}
		}
	}
}

// The cells that a service area reaches are those that coverage by road covers, with the
// same minutes and people, also where roads are closed.
func TestServiceAreaAgreesWithCoverage(t *testing.T) {
	w := city(t)
	f, _ := w.features(t, "population")
	for _, sc := range []*ask.Scenario{nil, {Name: "closed", Closed: []ask.Closure{{Area: ring(120.6, 31.9, 120.9, 32.3)}}}} {
		for _, minutes := range []float64{3, 12, 40} {
			reached := w.within(t, "service-area", fmt.Sprintf(`{"layer": "shelter", "direction": "to", "minutes": [%v], "cells": 200000, "off_road": 3000}`, minutes), sc)
			covered := w.within(t, "coverage", fmt.Sprintf(`{"by": "road", "usable": false, "minutes": %v, "limit": 100000, "off_road": 3000}`, minutes), sc)
			in, out := byID(t, reached, "cells", "minutes"), byID(t, covered, "uncovered", "minutes")
			for i := range f.Len() {
				m, yes := in[f.ID(i)]
				n, no := out[f.ID(i)]
				if yes == no && math.Abs(m-minutes) > 0.11 {
					t.Errorf("cell %d: reached %v (%v), uncovered %v (%v), in %v minutes", f.ID(i), yes, m, no, n, minutes)
				}
			}
			if got, want := summed(t, reached, "residents"), summed(t, covered, "covered"); got != want {
				t.Errorf("%v people are reached in %v minutes, %v are covered", got, minutes, want)
			}
		}
	}
}

// Exposure to an area has the numbers of what is around: of records those that it touches,
// and those wholly inside are no more than those by area, these no more than those touched.
func TestExposureAgreesWithAround(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(11, 2))
	for range 8 {
		at, shape := orb.Point{120.5 + 0.8*rnd.Float64(), 31.9 + 0.5*rnd.Float64()}, ""
		if size := 0.02 + 0.3*rnd.Float64(); rnd.IntN(2) == 0 {
			shape = circle(at, size*100_000)
		} else { // two parts that overlap: their ground counts once
			part := func(dx float64) string {
				x, y := at[0]+dx, at[1]
				return fmt.Sprintf(`[[[%v, %v], [%v, %v], [%v, %v], [%v, %v]]]`, x, y, x+size, y, x+size, y+size, x, y)
			}
			shape = `{"type": "MultiPolygon", "coordinates": [` + part(0) + `, ` + part(size/3) + `]}`
		}
		exposed := w.must(t, "exposure", `{"shape": `+shape+`}`)
		around := w.must(t, "around", `{"shape": `+shape+`, "limit": 0}`)
		counts := map[string]float64{}
		for _, r := range table(t, around, "counts").Rows {
			counts[r.Layer] += amountOf(t, r.Values[2])
		}
		for title, layer := range map[string]string{"Enterprises": "enterprise", "Buildings": "building", "Shelters": "shelter", "Major hazard sources": "major_hazard_source"} {
			if x := exposedOf(t, exposed, title); x[1] != counts[layer] {
				t.Errorf("%s: %s: %v touched, around are %v", shape, title, x[1], counts[layer])
			}
		}
		for _, r := range table(t, exposed, "exposure").Rows {
			inside, touched, share := amountOf(t, r.Values[1]), amountOf(t, r.Values[2]), amountOf(t, r.Values[3])
			if inside > share+0.01 || share > touched+0.01 {
				t.Errorf("%s: %v: inside %v, by area %v, touched %v", shape, r.Values[0], inside, share, touched)
			}
		}
	}
}

// An answer in a scenario is that of a city which is so: shelters that are lost are those
// that a filter leaves out.
func TestScenarioAgreesWithAFilter(t *testing.T) {
	w := city(t)
	f, v := w.features(t, "shelter")
	sc := &ask.Scenario{Name: "small ones are lost", Lost: []ask.Lost{{Layer: "shelter"}}}
	capacity := f.Numbers(v.Field("capacity"))
	for i := range f.Len() {
		if !(capacity[i] > 300) {
			sc.Lost[0].IDs = append(sc.Lost[0].IDs, f.ID(i))
		}
	}
	if n := len(sc.Lost[0].IDs); n == 0 || n == f.Len() {
		t.Fatalf("%d of %d are lost", n, f.Len())
	}
	for question, inputs := range map[string]string{
		"coverage": `"metres": 800`, "allocate": `"metres": 1500`, "nearest": `"place": [120.86, 32.01], "layer": "shelter", "count": 20`, "service-area": `"layer": "shelter", "minutes": [5]`,
	} {
		in, out := w.within(t, question, `{`+inputs+`}`, sc), w.must(t, question, `{`+inputs+`, "filter": "capacity > 300"}`)
		if fmt.Sprint(in.Summary) != fmt.Sprint(out.Summary) {
			t.Errorf("%s: in the scenario %v, of those that are left %v", question, in.Summary, out.Summary)
		}
		for k, x := range in.Tables {
			if x.ID != "removed" && x.ID != "left_out" && fmt.Sprint(x.Rows, x.Total) != fmt.Sprint(out.Tables[k].Rows, out.Tables[k].Total) {
				t.Errorf("%s: the table %s differs", question, x.ID)
			}
		}
	}
}

// What is nearer than those found but left out has a reason, which is true; all of them are
// counted.
func TestNearestSaysWhyNot(t *testing.T) {
	w := city(t)
	f, v := w.features(t, "shelter")
	field := v.Field("status")
	rnd := rand.New(rand.NewPCG(11, 3))
	for range 10 {
		place := fmt.Sprintf(`[%v, %v]`, 120.5+rnd.Float64(), 31.9+0.5*rnd.Float64())
		a := w.must(t, "nearest", `{"place": `+place+`, "layer": "shelter", "by": "line", "count": 8}`)
		all := w.must(t, "around", `{"shape": {"type": "Point", "coordinates": `+place+`}, "radius": 300000, "layers": ["shelter"], "limit": 100000}`)
		found, last := map[int64]bool{}, 0.0
		for k, r := range table(t, a, "found").Rows {
			found[r.ID], last = true, number(t, a, "found", k, "metres")
		}
		nearer := 0
		for _, d := range byID(t, all, "members.shelter", "metres") {
			if d < last-0.05 {
				nearer++
			}
		}
		out := table(t, a, "left_out")
		if got := len(out.Rows) + out.More + len(found); math.Abs(float64(got-nearer)) > 1 {
			t.Errorf("%s: %d are found, %d left out, %d nearer", place, len(found), len(out.Rows)+out.More, nearer)
		}
		why := column(t, out, "why")
		for _, r := range out.Rows {
			i, _ := f.Find(r.ID)
			status, _ := f.Value(i, field).(string)
			if slices.Contains([]string{"open", "ready"}, status) || r.Values[why].(layers.Text).En != "neither open nor ready" {
				t.Errorf("shelter %d, %s, is left out: %v", r.ID, status, r.Values[why])
			}
		}
	}
}
