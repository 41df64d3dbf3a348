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
	"onemap/geo"
	"onemap/geo/roads"
	"onemap/layers"
)

// nearestSQL is the distance of each record that is there from the nearest facility.
const nearestSQL = `SELECT d.id, %s::float8, (SELECT min(ST_Distance(ST_Centroid(d.geom)::geography, f.geom::geography)) FROM layer.%s AS f
	WHERE f.geom IS NOT NULL AND (%s)) FROM layer.%s AS d WHERE d.geom IS NOT NULL AND d.id = ANY($1)`

// Who is beyond the distance, how many they are and how far, is what PostGIS says; every
// sum is that of its parts.
func TestCoverageIsPostGIS(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, c := range []struct{ demand, figure, facility, filter, where string }{
		{"population", "residents", "shelter", "", "status IN ('open', 'ready')"},
		{"population", "over_65", "public_facility", `, "kind": ["hospital", "health_centre"]`, "kind IN ('hospital', 'health_centre')"},
		{"building", "residents", "shelter", `, "filter": "capacity > 500"`, "status IN ('open', 'ready') AND capacity > 500"},
		{"population", "day", "shelter", `, "usable": false, "filter": "shelter_code LIKE '%7' OR shelter_code LIKE '%3'"`, "shelter_code ~ '[37]$'"},
		{"enterprise", "", "rescue_team", `, "usable": false`, "true"},
	} {
		f, _ := w.features(t, c.demand)
		ids := make([]int64, f.Len())
		for i := range ids {
			ids[i] = f.ID(i)
		}
		counted, figure := "1", ""
		if c.figure != "" {
			counted, figure = "d."+c.figure, fmt.Sprintf(`, "figure": %q`, c.figure)
		}
		rows, err := w.pool.Query(context.Background(), fmt.Sprintf(nearestSQL, counted, c.facility, c.where, c.demand), ids)
		if err != nil {
			t.Fatal(err)
		}
		type near struct{ people, metres float64 }
		want := map[int64]near{}
		for rows.Next() {
			var id int64
			var people, metres *float64
			if err := rows.Scan(&id, &people, &metres); err != nil {
				t.Fatal(err)
			}
			n := near{0, math.Inf(1)}
			if people != nil {
				n.people = *people
			}
			if metres != nil {
				n.metres = *metres
			}
			want[id] = n
		}
		if rows.Err() != nil || len(want) < 10 {
			t.Fatalf("%d records: %v", len(want), rows.Err())
		}
		for range 3 {
			limit := 300 * math.Exp(4*rnd.Float64())
			for _, n := range want { // none so near the edge that it may lie on either side
				if math.Abs(n.metres-limit) < 0.02 {
					limit += 0.05
				}
			}
			text := fmt.Sprintf(`{"demand": %q, "facilities": %q, "metres": %v, "order": "farthest", "limit": 100000%s%s}`, c.demand, c.facility, limit, figure, c.filter)
			a := w.must(t, "coverage", text)
			people, beyond, all := 0.0, map[int64]near{}, 0.0
			for id, n := range want {
				all += n.people
				if n.metres > limit {
					beyond[id] = n
					people += n.people
				}
			}
			if got := summed(t, a, "uncovered"); got != people || summed(t, a, "total") != all || summed(t, a, "covered") != all-people {
				t.Errorf("%s: %v of %v, PostGIS: %v of %v", text, got, summed(t, a, "total"), people, all)
			}
			listed := table(t, a, "uncovered")
			far, last := column(t, listed, "metres"), math.Inf(1)
			for _, r := range listed.Rows {
				n, is := beyond[r.ID]
				d := amountOf(t, r.Values[far])
				if !is || math.Abs(d-n.metres) > 0.07 || d > last {
					t.Errorf("%s: %d is %v m away, PostGIS: %v (%v)", text, r.ID, d, n.metres, is)
				}
				last = d
				delete(beyond, r.ID)
			}
			if len(beyond) > 0 {
				t.Errorf("%s: %d are missing", text, len(beyond))
			}
			gapsAddUp(t, a)
		}
	}
}

// gapsAddUp checks an answer's tables and shapes against its summary.
func gapsAddUp(t testing.TB, a *ask.Answer) {
	t.Helper()
	for _, id := range []string{"by_unit.statutory", "by_unit.functional", "by_class"} {
		x := table(t, a, id)
		rowsAddUp(t, x)
		for _, c := range []string{"total", "covered", "uncovered"} {
			if got := amountOf(t, x.Total[column(t, x, c)]); got != summed(t, a, c) {
				t.Errorf("%s: %s is %v, in all %v", id, c, got, summed(t, a, c))
			}
		}
	}
	drawn := 0.0
	for _, s := range a.Shapes {
		drawn += *s.Value
	}
	if drawn != summed(t, a, "uncovered") {
		t.Errorf("%v are drawn, %v are not covered", drawn, summed(t, a, "uncovered"))
	}
}

// By road the times are those of all pairs, on foot and by car, both ways, and with roads
// closed.
func TestCoverageByRoadIsTheMatrix(t *testing.T) {
	w := city(t)
	people, view := w.features(t, "building")
	residents := people.Numbers(view.Field("residents"))
	shelters, of := w.features(t, "shelter")
	var usable []orb.Point
	for i, p := range anchors(shelters) {
		if s := shelters.Value(i, of.Field("status")); s == "open" || s == "ready" {
			usable = append(usable, p)
		}
	}
	graph := w.graph(t)
	middle := graph.Part(graph.Parts() / 2).Line[0]
	flood := ring(middle[0]-0.01, middle[1]-0.01, middle[0]+0.01, middle[1]+0.01)
	var closed []int64
	rows, err := w.pool.Query(context.Background(), `SELECT id FROM layer.road WHERE ST_Intersects(geom, ST_MakeEnvelope($1, $2, $3, $4, 4490))`,
		middle[0]-0.01, middle[1]-0.01, middle[0]+0.01, middle[1]+0.01)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		closed = append(closed, id)
	}
	for _, c := range []struct {
		mode, direction string
		sc              *ask.Scenario
	}{
		{"foot", "to", nil},
		{"car", "to", nil},
		{"car", "from", nil},
		{"car", "to", &ask.Scenario{Closed: []ask.Closure{{Area: flood}}}},
	} {
		conditions := roads.Conditions{}
		if c.mode == "foot" {
			conditions.WalkKmh = 5
		}
		if c.sc != nil {
			conditions.Closed = closed
		}
		n, err := graph.Under(conditions)
		if err != nil {
			t.Fatal(err)
		}
		from, err := n.SnapAll(t.Context(), usable, 3000)
		if err != nil {
			t.Fatal(err)
		}
		to, err := n.SnapAll(t.Context(), anchors(people), 3000)
		if err != nil {
			t.Fatal(err)
		}
		matrix, err := n.Matrix(t.Context(), roads.Search{From: roads.Stops(from...), Toward: c.direction == "to"}, roads.Stops(to...))
		if err != nil {
			t.Fatal(err)
		}
		soonest := make([]float64, len(to))
		for i := range to {
			soonest[i] = math.Inf(1)
			for _, row := range matrix {
				if len(row) > 0 {
					soonest[i] = min(soonest[i], row[i]/60)
				}
			}
		}
		reached := slices.Sorted(slices.Values(slices.DeleteFunc(slices.Clone(soonest), func(m float64) bool { return math.IsInf(m, 1) })))

		if len(reached) < 20 {
			t.Fatalf("%d buildings are reached at all", len(reached))
		}
		limit := reached[len(reached)/2] + 0.001
		text := fmt.Sprintf(`{"demand": "building", "by": "road", "mode": %q, "direction": %q, "minutes": %v, "off_road": 3000, "limit": 100000}`, c.mode, c.direction, limit)
		a := w.within(t, "coverage", text, c.sc)
		want, left, unreachable := 0.0, map[int64]float64{}, 0.0
		for i, m := range soonest {
			n := residents[i]
			if !(n > 0) {
				n = 0
			}
			if m > limit {
				want += n
				left[people.ID(i)] = m
			}
			if math.IsInf(m, 1) {
				unreachable += n
			}
		}
		if got := summed(t, a, "uncovered"); got != want || summed(t, a, "unreachable") != unreachable {
			t.Errorf("%s: %v, of whom %v unreachable; by the matrix %v and %v", text, got, summed(t, a, "unreachable"), want, unreachable)
		}
		listed := table(t, a, "uncovered")
		if len(listed.Rows) != len(left) || len(left) == 0 || want == summed(t, a, "total") {
			t.Errorf("%s: %d listed, %d by the matrix", text, len(listed.Rows), len(left))
		}
		for _, r := range listed.Rows {
			got, is := amountOf(t, r.Values[column(t, listed, "minutes")]), left[r.ID]
			if math.IsNaN(got) != math.IsInf(is, 1) || math.Abs(got-is) > 0.051+1e-5*is {
				t.Errorf("%s: %d is %v minutes away, by the matrix %v", text, r.ID, got, is)
			}
		}
		gapsAddUp(t, a)
	}
}

// With shelters lost and added the answer is that of another city, whether or not the
// coverage of the city as it is was known before.
func TestCoverageInAScenario(t *testing.T) {
	w := city(t)
	buildings, _ := w.features(t, "building")
	at := anchors(buildings)
	shelters, of := w.features(t, "shelter")
	rnd := rand.New(rand.NewPCG(8, 9))
	const text = `{"demand": "building", "figure": "records", "metres": 2500, "order": "farthest", "limit": 100000}`
	base := w.must(t, "coverage", text)
	for k := range 4 {
		sc := &ask.Scenario{Name: "what if"}
		var there []orb.Point
		for i, p := range anchors(shelters) {
			if s := shelters.Value(i, of.Field("status")); s != "open" && s != "ready" {
				continue
			}
			if rnd.IntN(3) == 0 && k != 0 {
				sc.Lost = append(sc.Lost, ask.Lost{Layer: "shelter", IDs: []int64{shelters.ID(i)}})
				continue
			}
			there = append(there, p)
		}
		for range k % 3 {
			p := at[rnd.IntN(len(at))]
			sc.Added = append(sc.Added, ask.Added{Layer: "shelter", Place: p, Properties: map[string]any{"status": "open", "capacity": 100.0}})
			there = append(there, p)
		}
		a := w.within(t, "coverage", text, sc)
		want := map[int64]float64{}
		for i, p := range at {
			nearest := math.Inf(1)
			for _, q := range there {
				nearest = min(nearest, float64(geo.Distance(p, q)))
			}
			if nearest > 2500 {
				want[buildings.ID(i)] = nearest
			}
		}
		listed := table(t, a, "uncovered")
		if len(listed.Rows) != len(want) {
			t.Errorf("%d are not covered, %d by brute force", len(listed.Rows), len(want))
		}
		for _, r := range listed.Rows {
			if got := amountOf(t, r.Values[column(t, listed, "metres")]); math.Abs(got-want[r.ID]) > 0.07 {
				t.Errorf("%d is %v m away, by brute force %v", r.ID, got, want[r.ID])
			}
		}
		gapsAddUp(t, a)
		if k == 0 && summed(t, a, "uncovered") != summed(t, base, "uncovered") {
			t.Error("a scenario without changes changes the answer")
		}
	}
	unfit := w.within(t, "coverage", text, &ask.Scenario{Added: []ask.Added{{Layer: "shelter", Place: at[0], Properties: map[string]any{"status": "closed"}}}})
	if len(unfit.Problems) == 0 || summed(t, unfit, "uncovered") != summed(t, base, "uncovered") {
		t.Error("an added shelter that is closed counts, or is left out in silence")
	}
}

// What is not there, or can't be, is told.
func TestCoverageOfNothing(t *testing.T) {
	w := city(t)
	a := w.must(t, "coverage", `{"filter": "capacity > 100000000"}`)
	if summed(t, a, "covered") != 0 || summed(t, a, "uncovered") == 0 || len(a.Problems) != 1 {
		t.Errorf("without shelters %v are covered, with problems %v", summed(t, a, "covered"), a.Problems)
	}
	gapsAddUp(t, a)
	a = w.must(t, "coverage", `{"filter": "capacity > 100000000", "by": "road"}`)
	if summed(t, a, "unreachable") != summed(t, a, "total") || summed(t, a, "total") == 0 {
		t.Error("somebody walks to a shelter that is not there")
	}
	a = w.must(t, "coverage", `{"demand_filter": "residents > 100000000"}`)
	if summed(t, a, "total") != 0 || len(a.Problems) != 1 || len(table(t, a, "uncovered").Rows) != 0 {
		t.Error("nobody is to be reached, and somebody is")
	}
	gapsAddUp(t, a)
	for text, field := range map[string]string{
		`{"figure": "happiness"}`:                             "figure",
		`{"figure": "cell"}`:                                  "figure",
		`{"demand": "nothing"}`:                               "demand",
		`{"demand_filter": "nothing = 3"}`:                    "demand_filter",
		`{"kind": ["castle"]}`:                                "kind",
		`{"facilities": "building"}`:                          "facilities",
		`{"metres": 0}`:                                       "metres",
		`{"minutes": 1e9}`:                                    "minutes",
		`{"filter": "capacity >"}`:                            "filter",
		`{"area": {"type":"Point","coordinates":[120.9,32]}}`: "area",
	} {
		if code, at := w.refused(t, "coverage", text); at != field {
			t.Errorf("%s: %s in %q, not in %q", text, code, at, field)
		}
	}
	w.givesUp(t, "coverage", `{}`)
}

// In an area only those whose anchors are in it count.
func TestCoverageOfAnArea(t *testing.T) {
	w := city(t)
	f, v := w.features(t, "building")
	at := anchors(f)
	p := at[len(at)/3]
	a := w.must(t, "coverage", fmt.Sprintf(`{"demand": "building", "metres": 500, "limit": 100000, "area": %s}`, circle(p, 9000)))
	n, residents := 0, 0.0
	for i, q := range at {
		if float64(geo.Distance(p, q)) <= 9000 {
			n++
			if x := f.Numbers(v.Field("residents"))[i]; x > 0 {
				residents += x
			}
		}
	}
	x := table(t, a, "by_class")
	if got := amountOf(t, x.Total[column(t, x, "records")]); got != float64(n) || summed(t, a, "total") != residents {
		t.Errorf("%v buildings with %v residents in the circle, not %d with %v", got, summed(t, a, "total"), n, residents)
	}
	gapsAddUp(t, a)
	if !slices.ContainsFunc(a.Assumptions, func(x layers.Text) bool { return x.En != "" && x.Zh != "" }) {
		t.Error("nothing is assumed")
	}
}

// A short list is the beginning of the long one, and counts what it leaves out.
func TestCoverageListsTheForemost(t *testing.T) {
	w := city(t)
	for _, order := range []string{"most", "farthest"} {
		text := fmt.Sprintf(`{"demand": "building", "metres": 1000, "order": %q, "limit": `, order)
		all := table(t, w.must(t, "coverage", text+"100000}"), "uncovered")
		if len(all.Rows) < 200 || all.More != 0 {
			t.Fatalf("%d are listed, %d are not", len(all.Rows), all.More)
		}
		for _, limit := range []int{0, 1, 7, 150} {
			short := table(t, w.must(t, "coverage", text+fmt.Sprint(limit)+"}"), "uncovered")
			if len(short.Rows) != limit || short.More != len(all.Rows)-limit {
				t.Errorf("%d are listed and %d are not, of %d", len(short.Rows), short.More, len(all.Rows))
			}
			for k, r := range short.Rows {
				if r.ID != all.Rows[k].ID {
					t.Errorf("%s: the %dth of %d is %d, of all %d", order, k+1, limit, r.ID, all.Rows[k].ID)
				}
			}
		}
	}
}
