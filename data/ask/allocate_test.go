package ask_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/geo"
	"onemap/geo/roads"
	"onemap/layers"
)

// best sends as many people as possible at the least cost, by shortest ways of augmenting
// (Bellman-Ford): slow and plain. A cost below 0 is no pair.
func best(people, places []int64, cost [][]int64) (served, total int64) {
	n, m := len(people), len(places)
	people, places = append([]int64(nil), people...), append([]int64(nil), places...)
	flow := make([][]int64, n)
	for i := range flow {
		flow[i] = make([]int64, m)
	}
	const far = math.MaxInt64 / 4
	for {
		fromCell, fromShelter := make([]int64, n), make([]int64, m) // least cost to come there
		back, by := make([]int, n), make([]int, m)
		for i := range fromCell {
			if fromCell[i], back[i] = far, -1; people[i] > 0 {
				fromCell[i] = 0
			}
		}
		for j := range fromShelter {
			fromShelter[j], by[j] = far, -1
		}
		for changed := true; changed; {
			changed = false
			for i := range n {
				for j := range m {
					if c := cost[i][j]; c >= 0 && fromCell[i] < far && fromCell[i]+c < fromShelter[j] {
						fromShelter[j], by[j], changed = fromCell[i]+c, i, true
					}
					if flow[i][j] > 0 && fromShelter[j] < far && fromShelter[j]-cost[i][j] < fromCell[i] {
						fromCell[i], back[i], changed = fromShelter[j]-cost[i][j], j, true
					}
				}
			}
		}
		end := -1
		for j := range m {
			if places[j] > 0 && fromShelter[j] < far && (end < 0 || fromShelter[j] < fromShelter[end]) {
				end = j
			}
		}
		if end < 0 {
			return served, total
		}
		amount, j := places[end], end
		for {
			i := by[j]
			if back[i] < 0 {
				amount = min(amount, people[i])
				break
			}
			j = back[i]
			amount = min(amount, flow[i][j])
		}
		served, total = served+amount, total+amount*fromShelter[end]
		places[end] -= amount
		for j = end; ; {
			i := by[j]
			flow[i][j] += amount
			if back[i] < 0 {
				people[i] -= amount
				break
			}
			j = back[i]
			flow[i][j] -= amount
		}
	}
}

// refuge is a shelter as the test sees it.
type refuge struct {
	id     int64
	at     orb.Point
	places int64
}

// refuges are the shelters that can be used.
func (w *world) refuges(t testing.TB) []refuge {
	t.Helper()
	rows, err := w.pool.Query(context.Background(), `SELECT id, ST_X(geom), ST_Y(geom), capacity - coalesce(occupancy, 0) FROM layer.shelter
		WHERE geom IS NOT NULL AND status NOT IN ('unsafe', 'closed', 'full') AND capacity - coalesce(occupancy, 0) >= 1 ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	var list []refuge
	for rows.Next() {
		var r refuge
		if err := rows.Scan(&r.id, &r.at[0], &r.at[1], &r.places); err != nil {
			t.Fatal(err)
		}
		list = append(list, r)
	}
	if rows.Err() != nil || len(list) < 10 {
		t.Fatalf("%d shelters: %v", len(list), rows.Err())
	}
	return list
}

// allocationAddsUp checks all sums of an answer.
func allocationAddsUp(t testing.TB, a *ask.Answer) {
	t.Helper()
	demand, served, unmet := summed(t, a, "demand"), summed(t, a, "served"), summed(t, a, "unmet")
	if served+unmet != demand {
		t.Errorf("%v are served and %v are not, of %v", served, unmet, demand)
	}
	for _, id := range []string{"by_unit.statutory", "by_unit.functional", "by_village"} {
		x := table(t, a, id)
		if id != "by_village" {
			rowsAddUp(t, x)
		}
		for k, want := range []float64{demand, served, unmet} {
			c := len(x.Columns) - 3 + k
			sum := 0.0
			for _, r := range x.Rows {
				sum += amountOf(t, r.Values[c])
			}
			if got := amountOf(t, x.Total[c]); got != want || id == "by_village" && x.More == 0 && sum != want {
				t.Errorf("%s: %s is %v, in all %v", id, x.Columns[c].ID, got, want)
			}
		}
	}
	x := table(t, a, "shelters")
	load, room := 0.0, 0.0
	loads := map[string]float64{}
	for _, r := range x.Rows {
		n, places := amountOf(t, r.Values[column(t, x, "load")]), amountOf(t, r.Values[column(t, x, "places")])
		if n > places || n+amountOf(t, r.Values[column(t, x, "free")]) != places {
			t.Errorf("shelter %d has %v of %v people", r.ID, n, places)
		}
		load, room = load+n, room+places
		loads[r.Values[0].(string)] += n
	}
	if load != served || amountOf(t, x.Total[column(t, x, "load")]) != served || amountOf(t, x.Total[column(t, x, "places")]) != room {
		t.Errorf("shelters take %v, served are %v", load, served)
	}
	flows, people := table(t, a, "flows"), 0.0
	for _, r := range flows.Rows {
		n := amountOf(t, r.Values[column(t, flows, "people")])
		people += n
		loads[r.Values[column(t, flows, "shelter")].(string)] -= n
	}
	if people != served {
		t.Errorf("%v people flow, %v are served", people, served)
	}
	for name, n := range loads {
		if n != 0 {
			t.Errorf("%v people are in %s and never went there", n, name)
		}
	}
	list, left := table(t, a, "unmet"), 0.0
	for _, r := range list.Rows {
		left += amountOf(t, r.Values[column(t, list, "unmet")])
	}
	drawn := 0.0
	for _, s := range a.Shapes {
		if s.Role == "gap" {
			drawn += *s.Value
		}
	}
	if left != unmet || drawn != unmet {
		t.Errorf("%v are listed and %v drawn without a place, in all %v", left, drawn, unmet)
	}
}

// No allocation serves more, or as many at less, by a plain method; by line and by road.
func TestAllocateIsTheOptimum(t *testing.T) {
	w := city(t)
	cells, view := w.features(t, "building")
	residents := cells.Numbers(view.Field("residents"))
	at := anchors(cells)
	all := w.refuges(t)
	rnd := rand.New(rand.NewPCG(12, 13))
	n, err := w.graph(t).Under(roads.Conditions{WalkKmh: 5})
	if err != nil {
		t.Fatal(err)
	}
	full := 0
	for k := range 8 {
		road := k%2 == 1
		middle, radius := all[rnd.IntN(len(all))].at, 3000.0
		if road { // where there are roads
			middle, radius = n.Graph().Part(rnd.IntN(n.Graph().Parts())).Line[0], 6000
		}
		metres, minutes := math.Round(500+5000*rnd.Float64()), 20+60*rnd.Float64()
		keep := int64(20 + 200*rnd.Float64()) // of each shelter, by the filter on small ones
		var people, places []int64
		var from, to []orb.Point
		demand := int64(0)
		for i, p := range at {
			if float64(geo.Distance(middle, p)) <= radius {
				r := int64(0)
				if residents[i] > 0 {
					r = int64(residents[i])
				}
				people, from, demand = append(people, r), append(from, p), demand+r
			}
		}
		capacity := map[int64]bool{}
		rows, err := w.pool.Query(context.Background(), `SELECT id FROM layer.shelter WHERE capacity < $1`, keep*10)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			capacity[id] = true
		}
		for _, r := range all {
			if capacity[r.id] {
				places, to = append(places, r.places), append(to, r.at)
			}
		}
		cost := make([][]int64, len(from))
		var matrix [][]float64
		if road {
			snappedFrom, err := n.SnapAll(t.Context(), from, 3000)
			if err != nil {
				t.Fatal(err)
			}
			snappedTo, err := n.SnapAll(t.Context(), to, 3000)
			if err != nil {
				t.Fatal(err)
			}
			if matrix, err = n.Matrix(t.Context(), roads.Search{From: roads.Stops(snappedTo...), Toward: true}, roads.Stops(snappedFrom...)); err != nil {
				t.Fatal(err)
			}
		}
		for i, p := range from {
			cost[i] = make([]int64, len(to))
			for j, q := range to {
				cost[i][j] = -1
				if d := float64(geo.Distance(p, q)); !road && d <= metres {
					cost[i][j] = int64(math.Round(d * 1000))
				}
				if road && len(matrix[j]) > 0 && matrix[j][i] <= minutes*60 {
					cost[i][j] = int64(math.Round(matrix[j][i] * 1000))
				}
			}
		}
		text := fmt.Sprintf(`{"demand": "building", "area": %s, "metres": %v, "filter": "capacity < %d", "limit": 100000}`, circle(middle, radius), metres, keep*10)
		if road {
			text = fmt.Sprintf(`{"demand": "building", "area": %s, "by": "road", "minutes": %v, "off_road": 3000, "filter": "capacity < %d", "limit": 100000}`, circle(middle, radius), minutes, keep*10)
		}
		a := w.must(t, "allocate", text)
		served, total := best(people, places, cost)
		if got := summed(t, a, "served"); got != float64(served) || summed(t, a, "demand") != float64(demand) {
			t.Errorf("%s: %v of %v served; %d of %d can be", text, got, summed(t, a, "demand"), served, demand)
		}
		if served > 0 {
			want := float64(total) / 1e6
			if road {
				want = float64(total) / 3.6e6
			}
			if got := summed(t, a, "total_way"); math.Abs(got-want) > 0.051+1e-4*want {
				t.Errorf("%s: the way is %v in all, the least is %v", text, got, want)
			}
		}
		if served < demand && served > 0 {
			full++
		}
		allocationAddsUp(t, a)
	}
	if full < 3 {
		t.Errorf("only %d of the cases were hard", full)
	}
}

// Shelters in danger, closed or full are not used, and it is said why.
func TestAllocateLeavesTheUnsafe(t *testing.T) {
	w := city(t)
	usable := map[int64]bool{}
	for _, r := range w.refuges(t) {
		usable[r.id] = true
	}
	middle := w.refuges(t)[3].at
	zone := func(where string) map[int64]bool {
		t.Helper()
		rows, err := w.pool.Query(context.Background(), `SELECT s.id FROM layer.shelter AS s WHERE s.geom IS NOT NULL AND `+where)
		if err != nil {
			t.Fatal(err)
		}
		in := map[int64]bool{}
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			in[id] = true
		}
		return in
	}
	var hazard, level string
	if err := w.pool.QueryRow(context.Background(), `SELECT hazard, level FROM layer.hazard_zone AS z WHERE EXISTS (SELECT 1 FROM layer.shelter AS s WHERE ST_Intersects(s.geom, z.geom)
		AND s.status IN ('open', 'ready')) ORDER BY 1, 2 LIMIT 1`).Scan(&hazard, &level); err != nil {
		t.Fatal(err)
	}
	var warning int64 // one that holds a shelter, in force again
	if err := w.pool.QueryRow(context.Background(), `UPDATE layer.warning SET effective = now() - interval '1 hour', expires = now() + interval '1 day' WHERE id = (
		SELECT z.id FROM layer.warning AS z JOIN layer.shelter AS s ON ST_Intersects(z.geom, s.geom) WHERE s.status = 'open' ORDER BY 1 LIMIT 1) RETURNING id`).Scan(&warning); err != nil {
		t.Fatal(err)
	}
	for text, danger := range map[string]map[int64]bool{
		`{"metres": 5000`: {},
		fmt.Sprintf(`{"metres": 5000, "avoid": %s`, circle(middle, 12000)):          zone(fmt.Sprintf(`ST_DWithin(s.geom::geography, ST_SetSRID(ST_MakePoint(%v, %v), 4490)::geography, 12000)`, middle[0], middle[1])),
		fmt.Sprintf(`{"metres": 5000, "hazard": %q, "levels": [%q]`, hazard, level): zone(fmt.Sprintf(`EXISTS (SELECT 1 FROM layer.hazard_zone AS z WHERE z.hazard = '%s' AND z.level = '%s' AND ST_Intersects(z.geom, s.geom))`, hazard, level)),
		fmt.Sprintf(`{"metres": 5000, "warning": %d`, warning):                      zone(fmt.Sprintf(`EXISTS (SELECT 1 FROM layer.warning AS z WHERE z.id = %d AND ST_Intersects(z.geom, s.geom))`, warning)),
	} {
		a := w.must(t, "allocate", text+`, "limit": 100000}`)
		used := map[int64]bool{}
		for _, r := range table(t, a, "shelters").Rows {
			used[r.ID] = true
		}
		for id := range usable {
			if used[id] == danger[id] {
				t.Errorf("%s: shelter %d is in danger: %v, and used: %v", text, id, danger[id], used[id])
			}
			delete(used, id)
		}
		if len(used) > 0 {
			t.Errorf("%s: %d shelters are used that can't be", text, len(used))
		}
		removed := table(t, a, "removed")
		if float64(len(removed.Rows)) != summed(t, a, "removed") || len(removed.Rows) < len(danger) {
			t.Errorf("%s: %d are listed as left out, %v in all", text, len(removed.Rows), summed(t, a, "removed"))
		}
		allocationAddsUp(t, a)
	}
	lost := w.within(t, "allocate", `{"metres": 5000, "limit": 100000}`, &ask.Scenario{Lost: []ask.Lost{{Layer: "shelter", IDs: []int64{w.refuges(t)[3].id}}}})
	for _, r := range table(t, lost, "shelters").Rows {
		if r.ID == w.refuges(t)[3].id {
			t.Error("people go to a shelter that is lost")
		}
	}
	allocationAddsUp(t, lost)
}

// A shelter without room takes nobody, one without a recorded capacity only by its area.
func TestAllocateCountsTheRoom(t *testing.T) {
	w := city(t)
	all := w.refuges(t)
	for k, set := range []string{"capacity = 0, occupancy = NULL", "occupancy = capacity", "capacity = NULL, occupancy = 10, area_m2 = 205", "status = 'full'"} {
		if _, err := w.pool.Exec(context.Background(), "UPDATE layer.shelter SET "+set+" WHERE id = $1", all[k].id); err != nil {
			t.Fatal(err)
		}
	}
	places := func(text string) map[int64]float64 {
		t.Helper()
		a := w.must(t, "allocate", text)
		allocationAddsUp(t, a)
		x := table(t, a, "shelters")
		list := map[int64]float64{}
		for _, r := range x.Rows {
			list[r.ID] = amountOf(t, r.Values[column(t, x, "places")])
		}
		for _, r := range table(t, a, "removed").Rows {
			if _, both := list[r.ID]; both || r.Values[len(r.Values)-1] == any(layers.Text{}) {
				t.Errorf("%d is left out for no reason, or used too", r.ID)
			}
			list[r.ID] = -1
		}
		return list
	}
	strict, generous := places(`{"metres": 3000, "limit": 100000}`), places(`{"metres": 3000, "limit": 100000, "area_per_person": 2}`)
	for k, want := range [][2]float64{{-1, -1}, {-1, -1}, {-1, 92}, {-1, -1}, {float64(all[4].places), float64(all[4].places)}} {
		if strict[all[k].id] != want[0] || generous[all[k].id] != want[1] {
			t.Errorf("shelter %d has room for %v, by area %v; not %v", k, strict[all[k].id], generous[all[k].id], want)
		}
	}
}

// What is not there, or can't be, is told.
func TestAllocateNobodyAndNowhere(t *testing.T) {
	w := city(t)
	for _, text := range []string{
		`{"filter": "capacity > 100000000", "limit": 100000}`, // no shelter
		`{"metres": 1, "limit": 100000}`,                      // none within reach
		`{"by": "road", "minutes": 0.1, "limit": 100000}`,
		`{"demand_filter": "residents > 100000000", "limit": 100000}`, // nobody
	} {
		a := w.must(t, "allocate", text)
		if summed(t, a, "served") != 0 {
			t.Errorf("%s: %v are served", text, summed(t, a, "served"))
		}
		allocationAddsUp(t, a)
	}
	for text, field := range map[string]string{
		`{"hazard": "dragons"}`:                   "hazard",
		`{"hazard": "flood", "levels": ["deep"]}`: "levels",
		`{"hazard": "flood", "levels": []}`:       "levels",
		`{"warning": 999999999}`:                  "warning",
		`{"avoid": {"type": "LineString", "coordinates": [[120.8, 32], [120.9, 32]]}}`: "avoid",
		`{"area_per_person": 0}`:       "area_per_person",
		`{"demand": "enterprise"}`:     "figure",
		`{"figure": "happiness"}`:      "figure",
		`{"filter": "colour = 'red'"}`: "filter",
	} {
		if code, at := w.refused(t, "allocate", text); at != field {
			t.Errorf("%s: %s in %q, not in %q", text, code, at, field)
		}
	}
	w.givesUp(t, "allocate", `{}`)
}
