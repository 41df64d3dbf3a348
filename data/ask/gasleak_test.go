package ask_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// Every substance of the code list is known, with the UN number that the list has.
func TestSubstancesAreTheCodeList(t *testing.T) {
	cat, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	list := cat.CodeList("chemical")
	for _, c := range list.Items {
		un, known := ask.Substance(c.Code)
		if !known || un != "" && !slices.Contains(c.Aliases, un) {
			t.Errorf("%s: %q", c.Code, un)
		}
	}
	for _, in := range ask.ByID("gas-leak").Inputs {
		if in.Name == "substance" && len(in.Choices) != len(list.Items) {
			t.Errorf("%d choices, %d codes", len(in.Choices), len(list.Items))
		}
	}
}

func TestSunlit(t *testing.T) {
	nantong := orb.Point{120.86, 32.01}
	for text, want := range map[string]bool{
		"2021-06-21T04:40:00+08:00": false, "2021-06-21T05:02:00+08:00": true, "2021-06-21T18:55:00+08:00": true, "2021-06-21T19:16:00+08:00": false,
		"2021-12-22T06:40:00+08:00": false, "2021-12-22T07:03:00+08:00": true, "2021-12-22T16:48:00+08:00": true, "2021-12-22T17:10:00+08:00": false,
		"2021-03-20T06:10:00+08:00": true, "2021-03-20T23:50:00+08:00": false,
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		if ask.Sunlit(at, nantong) != want {
			t.Errorf("%s: the sun is up: %v", text, !want)
		}
	}
}

// Who is in the zone, and when the gas is there, follow from distances and azimuths of
// PostGIS: a place is in it if it is in the circle or in one of the turned squares.
func TestGasLeakIsPostGIS(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(9, 10))
	total := 0
	for k := range 6 {
		lon, lat := 120.8+0.2*rnd.Float64(), 31.95+0.15*rnd.Float64()
		from, spread, speed := 360*rnd.Float64(), []float64{0, 10, 30}[k%3], 1+8*rnd.Float64()
		isolation, km := 300+700*rnd.Float64(), 3+8*rnd.Float64()
		a := w.must(t, "gas-leak", fmt.Sprintf(`{"place": [%v, %v], "substance": "other", "wind_from": %v, "wind_speed": %v, "spread": %v, "isolation": %v, "downwind": %v, "limit": 100000}`,
			lon, lat, from, speed, spread, isolation, km))
		got := map[int64][]any{}
		for _, x := range a.Tables {
			if x.ID == "arrival.enterprise" {
				last := -1.0
				for _, r := range x.Rows {
					if minutes := r.Values[2].(float64); minutes < last {
						t.Fatal("not in order of arrival")
					} else {
						last = minutes
					}
					got[r.ID] = r.Values
				}
			}
		}
		rows, err := w.pool.Query(context.Background(), `SELECT id, ST_Distance(geom::geography, p), degrees(ST_Azimuth(ST_SetSRID(p::geometry, 4326)::geography, ST_SetSRID(geom, 4326)::geography))
			FROM layer.enterprise, (SELECT ST_SetSRID(ST_MakePoint($1, $2), 4490)::geography AS p) AS s WHERE ST_DWithin(geom::geography, p, $3)`, lon, lat, 3000*km)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id int64
			var metres, azimuth float64
			if err := rows.Scan(&id, &metres, &azimuth); err != nil {
				t.Fatal(err)
			}
			// How far inside the zone, in metres: the most over the circle and the squares.
			inside := isolation - metres
			for turn := -spread; turn <= spread; turn += 0.25 {
				angle := (azimuth - from - 180 - turn) * math.Pi / 180
				along, across := metres*math.Cos(angle), metres*math.Sin(angle)
				inside = max(inside, min(along, 1000*km-along, 500*km-math.Abs(across)))
				if spread == 0 {
					break
				}
			}
			values, in := got[id]
			tolerance := 10.0
			if spread > 0 { // the turns above are a quarter of a degree apart
				tolerance = 10 + 1000*km*0.004
			}
			if in != (inside > 0) && math.Abs(inside) > tolerance {
				t.Errorf("enterprise %d, %v m inside: %v", id, inside, in)
			}
			if in {
				total++
				want := max(0, metres*math.Cos((azimuth-from-180)*math.Pi/180)) / speed / 60
				if metres < isolation {
					want = 0
				}
				if minutes := values[2].(float64); math.Abs(minutes-want) > 0.06 && math.Abs(metres-isolation) > 1 {
					t.Errorf("enterprise %d: after %v min, not %v", id, minutes, want)
				}
			}
			delete(got, id)
		}
		if rows.Err() != nil {
			t.Fatal(rows.Err())
		}
		if len(got) > 0 {
			t.Errorf("%d enterprises are in the zone and far away", len(got))
		}
		for _, x := range table(t, a, "staging").Rows {
			if out := x.Values[2].(float64); out < 499 {
				t.Errorf("%v: %v m outside the zone", x.Values[0], out)
			}
		}
		if teams := table(t, a, "teams"); len(teams.Rows) == 0 {
			t.Error("no teams")
		}
		addsUp(t, a)
	}
	if total < 20 {
		t.Errorf("only %d enterprises were in a zone", total)
	}
}

// Distances go by substance, amount, light and, of some, the wind.
func TestGasLeakDistances(t *testing.T) {
	w := city(t)
	for text, want := range map[string][2]float64{
		`"substance": "ammonia", "amount": "small", "light": "night", "wind_speed": 2`:                       {30, 0.2},
		`"substance": "chlorine", "amount": "large", "light": "day", "wind_speed": 1`:                        {600, 5.8},
		`"substance": "chlorine", "amount": "large", "light": "night", "wind_speed": 9`:                      {600, 4.1},
		`"substance": "chlorine", "amount": "large", "time": "2021-06-21T03:00:00+08:00", "wind_speed": 4`:   {600, 5.0},
		`"substance": "lpg", "amount": "small", "wind_speed": 3`:                                             {100, 0},
		`"substance": "sulfuric_acid", "amount": "small", "wind_speed": 3, "isolation": 77, "downwind": 0.3`: {77, 0.3},
	} {
		a := w.must(t, "gas-leak", `{"place": [120.86, 32.01], "wind_from": 90, "teams": 0, "limit": 0, `+text+`}`)
		if a.Summary[0].Value != want[0] || math.Abs(a.Summary[1].Value.(float64)-want[1]) > 1e-9 {
			t.Errorf("%s: %v m, %v km", text, a.Summary[0].Value, a.Summary[1].Value)
		}
		cited := slices.ContainsFunc(a.Assumptions, func(x layers.Text) bool { return strings.Contains(x.En, "Emergency Response Guidebook") })
		if cited != !strings.Contains(text, "isolation") {
			t.Errorf("%s: the guidebook is cited: %v", text, cited)
		}
	}
	for text, field := range map[string]string{
		`{"place": [120.86, 32.01], "substance": "sulfuric_acid", "wind_from": 0, "wind_speed": 2}`: "substance",
		`{"place": [120.86, 32.01], "substance": "water", "wind_from": 0, "wind_speed": 2}`:         "substance",
		`{"place": [120.86, 32.01], "substance": "chlorine", "wind_from": 400, "wind_speed": 2}`:    "wind_from",
		`{"place": [120.86, 32.01], "substance": "chlorine", "wind_from": 0}`:                       "wind_speed",
		`{"substance": "chlorine", "wind_from": 0, "wind_speed": 2}`:                                "place",
	} {
		if code, at := w.refused(t, "gas-leak", text); code != fault.Invalid || at != field {
			t.Errorf("%s: %s in %q", text, code, at)
		}
	}
}
