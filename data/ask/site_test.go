package ask_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/geo"
	"onemap/layers"
)

// sitesAddUp checks an answer's sums, and that the bound is one.
func sitesAddUp(t testing.TB, a *ask.Answer, cover bool) {
	t.Helper()
	x := table(t, a, "sites")
	rowsAddUp(t, &ask.Table{ID: x.ID, Columns: x.Columns[4:5], Rows: cut(x.Rows, 4), Total: x.Total[4:5]})
	if float64(len(x.Rows)) != summed(t, a, "sites") {
		t.Errorf("%d sites are listed of %v", len(x.Rows), summed(t, a, "sites"))
	}
	if gain, bound := summed(t, a, "gain"), summed(t, a, "bound"); gain > bound {
		t.Errorf("the gain %v is beyond its bound %v", gain, bound)
	}
	before, after := summed(t, a, "before"), summed(t, a, "after")
	if cover && before-after != summed(t, a, "gain") {
		t.Errorf("%v are not covered, then %v: not %v fewer", before, after, summed(t, a, "gain"))
	}
	last := math.Inf(1)
	for k := range x.Rows {
		gain := number(t, a, "sites", k, "gain")
		if gain > last || gain < 0 {
			t.Errorf("site %d gains %v, the one before %v", k+1, gain, last)
		}
		last = gain
	}
	for _, id := range []string{"by_unit.statutory", "by_unit.functional"} {
		x := table(t, a, id)
		rowsAddUp(t, x)
		for c, want := range map[string]float64{"total": summed(t, a, "total"), "before": before, "after": after, "gained": before - after} {
			if got := amountOf(t, x.Total[column(t, x, c)]); got != want {
				t.Errorf("%s: %s is %v, in all %v", id, c, got, want)
			}
		}
	}
	drawn := 0.0
	for _, s := range a.Shapes {
		if s.Role == "gap" {
			drawn += *s.Value
		}
	}
	if drawn != after {
		t.Errorf("%v are drawn, %v are left", drawn, after)
	}
}

func cut(rows []ask.Row, k int) []ask.Row {
	out := make([]ask.Row, len(rows))
	for i, r := range rows {
		out[i].Values = r.Values[k : k+1]
	}
	return out
}

// The gain of two or three of a few drawn candidates is that of the best of all choices, or
// as near to it as the answer says; coverage in a scenario with the sites agrees.
func TestSiteIsTheBestChoice(t *testing.T) {
	w := city(t)
	f, view := w.features(t, "building")
	residents := f.Numbers(view.Field("residents"))
	at := anchors(f)
	shelters, of := w.features(t, "shelter")
	var open []orb.Point
	for i, p := range anchors(shelters) {
		if s := shelters.Value(i, of.Field("status")); s == "open" || s == "ready" {
			open = append(open, p)
		}
	}
	now := make([]float64, len(at))
	for i, p := range at {
		now[i] = math.Inf(1)
		for _, q := range open {
			now[i] = min(now[i], float64(geo.Distance(p, q)))
		}
	}
	rnd := rand.New(rand.NewPCG(21, 22))
	for k := range 8 {
		n, limit, median := 2+k%2, 1000+4000*rnd.Float64(), k >= 4
		candidates := make([]orb.Point, 14)
		places := ""
		for j := range candidates {
			p := at[rnd.IntN(len(at))]
			candidates[j] = orb.Point{p[0] + 0.02*rnd.NormFloat64(), p[1] + 0.02*rnd.NormFloat64()}
			places += fmt.Sprintf(", [%v, %v]", candidates[j][0], candidates[j][1])
		}
		goal := "cover"
		if median {
			goal = "median"
		}
		text := fmt.Sprintf(`{"demand": "building", "metres": %v, "sites": %d, "goal": %q, "candidates": "drawn", "places": [%s]}`, limit, n, goal, places[2:])
		a := w.must(t, "site", text)
		// What each record costs a person today and from each candidate.
		cost := make([][]float64, len(candidates))
		for j, q := range candidates {
			cost[j] = make([]float64, len(at))
			for i, p := range at {
				if cost[j][i] = float64(geo.Distance(p, q)); cost[j][i] > limit {
					cost[j][i] = math.Inf(1)
				}
			}
		}
		gain := func(chosen ...int) (sum float64) {
			for i := range at {
				r := residents[i]
				if !(r > 0) {
					continue
				}
				best := math.Inf(1)
				for _, j := range chosen {
					best = min(best, cost[j][i])
				}
				switch {
				case median:
					sum += r * max(min(now[i], limit)-best, 0) / 1000
				case now[i] > limit && best <= limit:
					sum += r
				}
			}
			return sum
		}
		optimum := 0.0
		for i := range candidates {
			for j := range i {
				if n == 2 {
					optimum = max(optimum, gain(i, j))
					continue
				}
				for h := range j {
					optimum = max(optimum, gain(i, j, h))
				}
			}
		}
		got, bound := summed(t, a, "gain"), summed(t, a, "bound")
		if optimum == 0 || got > optimum+0.01 || bound < optimum-0.01 || got < (1-1/math.E)*optimum {
			t.Errorf("%s: gains %v, at most %v; the best choice %v", text, got, bound, optimum)
		}
		var chosen []int
		sc := &ask.Scenario{Name: "built"}
		for _, r := range table(t, a, "sites").Rows {
			for j, q := range candidates {
				if r.Geometry == orb.Geometry(q) {
					chosen = append(chosen, j)
				}
			}
			sc.Added = append(sc.Added, ask.Added{Layer: "shelter", Place: r.Geometry.(orb.Point), Properties: map[string]any{"status": "open"}})
		}
		if again := gain(chosen...); math.Abs(again-got) > 0.01 {
			t.Errorf("%s: the sites gain %v, not %v", text, again, got)
		}
		sitesAddUp(t, a, !median)
		covered := w.within(t, "coverage", fmt.Sprintf(`{"demand": "building", "metres": %v}`, limit), sc)
		if summed(t, covered, "uncovered") != summed(t, a, "after") {
			t.Errorf("%s: %v are left, in a scenario %v", text, summed(t, a, "after"), summed(t, covered, "uncovered"))
		}
	}
}

// Candidates are schools and venues, or a grid; by line and by road.
func TestSiteCandidates(t *testing.T) {
	w := city(t)
	for _, text := range []string{
		`{"demand": "building", "metres": 1500, "sites": 8}`,
		`{"demand": "building", "metres": 1500, "sites": 8, "candidate_kind": [], "candidate_filter": "people_day > 100"}`,
		`{"demand": "population", "metres": 5000, "sites": 4, "candidates": "grid", "spacing": 8000}`,
		`{"demand": "building", "by": "road", "minutes": 20, "off_road": 3000, "mode": "foot", "sites": 3, "candidates": "grid", "spacing": 3000}`,
		`{"demand": "enterprise", "facilities": "rescue_team", "by": "road", "minutes": 10, "off_road": 3000, "sites": 3, "candidate_kind": []}`,
	} {
		a := w.must(t, "site", text)
		if summed(t, a, "sites") == 0 || summed(t, a, "gain") == 0 || summed(t, a, "candidates") < 5 {
			t.Errorf("%s: %v sites gain %v of %v candidates", text, summed(t, a, "sites"), summed(t, a, "gain"), summed(t, a, "candidates"))
		}
		sitesAddUp(t, a, true)
	}
}

// What is not there, or can't be, is told.
func TestSiteOfNothing(t *testing.T) {
	w := city(t)
	for _, text := range []string{
		`{"metres": 300000}`, // all are covered
		`{"candidate_filter": "people_day > 100000000"}`,
		`{"demand_filter": "residents > 100000000"}`,
		`{"candidates": "drawn", "places": [[0, 0]], "metres": 1000}`, // out of everybody's reach
		`{"candidates": "drawn", "places": [[122.9, 32.9]], "by": "road"}`,
	} {
		a := w.must(t, "site", text)
		if summed(t, a, "gain") != 0 || len(a.Problems) == 0 {
			t.Errorf("%s: gains %v, with problems %v", text, summed(t, a, "gain"), a.Problems)
		}
		for _, p := range a.Problems {
			if p.Text == (layers.Text{}) {
				t.Error("a problem without words")
			}
		}
		sitesAddUp(t, a, true)
	}
	for text, field := range map[string]string{
		`{"candidates": "drawn"}`:              "places",
		`{"sites": 0}`:                         "sites",
		`{"sites": 2.5}`:                       "sites",
		`{"goal": "beauty"}`:                   "goal",
		`{"candidate_kind": ["castle"]}`:       "candidate_kind",
		`{"candidate_filter": "height > 3"}`:   "candidate_filter",
		`{"candidates": "grid", "spacing": 1}`: "spacing",
		`{"demand": "nothing"}`:                "demand",
	} {
		if code, at := w.refused(t, "site", text); at != field {
			t.Errorf("%s: %s in %q, not in %q", text, code, at, field)
		}
	}
	w.givesUp(t, "site", `{}`)
}
