package ask_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// figure is a number of an answer.
func figure(t testing.TB, v any) float64 {
	t.Helper()
	switch x := v.(type) {
	case int64:
		return float64(x)
	case int:
		return float64(x)
	case float64:
		return x
	}
	t.Fatalf("%v is no number", v)
	return 0
}

// exposedOf are the three numbers of a row of the table of exposure.
func exposedOf(t testing.TB, a *ask.Answer, title string) (x [3]float64) {
	t.Helper()
	for _, r := range table(t, a, "exposure").Rows {
		if r.Values[0].(layers.Text).En == title {
			for k := range x {
				x[k] = figure(t, r.Values[k+1])
			}
			return x
		}
	}
	t.Fatalf("nothing is said of %s", title)
	return x
}

// What is inside, touched and by area is what PostGIS says, for areas and circles.
func TestExposureIsPostGIS(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(3, 4))
	for k := range 9 {
		lon, lat := 120.7+0.6*rnd.Float64(), 31.9+0.4*rnd.Float64()
		size := []float64{0.02, 0.1, 0.4}[k%3]
		text := fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%v,%v],[%v,%v],[%v,%v],[%v,%v],[%v,%v]]]}`,
			lon, lat, lon+size, lat+0.1*size, lon+0.4*size, lat+0.3*size, lon+0.5*size, lat+0.9*size, lon, lat)
		area := `ST_SetSRID(ST_GeomFromGeoJSON($1), 4490)`
		input := text
		tolerance := 0.002
		if k%2 == 1 {
			input = fmt.Sprintf(`{"type":"Circle","coordinates":[%v,%v],"radius":%v}`, lon, lat, size*100_000)
			text = fmt.Sprintf(`{"type":"Point","coordinates":[%v,%v]}`, lon, lat)
			area = fmt.Sprintf(`ST_SetSRID(ST_Buffer(ST_SetSRID(ST_GeomFromGeoJSON($1), 4490)::geography, %v, 'quad_segs=200')::geometry, 4490)`, size*100_000)
			tolerance = 0.01
		}
		a := w.must(t, "exposure", `{"shape": `+input+`}`)
		for _, c := range []struct{ title, layer, what string }{
			{"Enterprises", "enterprise", "1"},
			{"Hazardous chemicals users", "enterprise", "CASE WHEN hazchem_user THEN 1 ELSE 0 END"},
			{"Buildings", "building", "1"},
			{"Major hazard sources", "major_hazard_source", "1"},
			{"Residents", "population", "residents"},
			{"People by day", "population", "day"},
			{"Shelters", "shelter", "1"},
			{"Capacity of shelters", "shelter", "capacity"},
			{"Public facilities", "public_facility", "1"},
			{"Offshore turbines", "offshore_turbine", "1"},
			{"Road segments", "road", "1"},
			{"Length of roads", "road", "length_m"},
		} {
			var want [3]float64
			share := "1"
			if c.layer == "building" || c.layer == "population" || c.layer == "major_hazard_source" {
				share = "ST_Area(ST_Intersection(geom, s.g)::geography) / ST_Area(geom::geography)"
			}
			if c.layer == "road" {
				share = "ST_Length(ST_Intersection(geom, s.g)::geography) / ST_Length(geom::geography)"
			}
			err := w.pool.QueryRow(context.Background(), `SELECT coalesce(sum(`+c.what+`) FILTER (WHERE ST_CoveredBy(geom, s.g)), 0), coalesce(sum(`+c.what+`), 0),
				coalesce(sum(`+c.what+` * `+share+`), 0) FROM layer.`+c.layer+`, (SELECT `+area+` AS g) AS s WHERE ST_Intersects(geom, s.g)`, text).Scan(&want[0], &want[1], &want[2])
			if err != nil {
				t.Fatal(err)
			}
			got := exposedOf(t, a, c.title)
			for j := range got {
				if math.Abs(got[j]-want[j]) > 0.01+tolerance*want[1] {
					t.Errorf("%s in %s: %v, PostGIS says %v", c.title, input, got, want)
					break
				}
			}
		}
	}
}

// All tables of an answer tell the same sums: units of each partition with what is outside
// all of them, and classes, add up to the total, to the last digit.
func TestExposureAddsUp(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 6 {
		a := w.must(t, "exposure", fmt.Sprintf(`{"shape": {"type":"Circle","coordinates":[%v,%v],"radius":%v}}`,
			120.5+rnd.Float64(), 31.9+0.5*rnd.Float64(), 3000+60_000*rnd.Float64()))
		addsUp(t, a)
	}
}

func addsUp(t *testing.T, a *ask.Answer) {
	t.Helper()
	whole := map[string][3]float64{}
	for id, title := range map[string]string{"enterprise": "Enterprises", "building": "Buildings", "population.residents": "Residents", "population.night": "People by night", "offshore_turbine": "Offshore turbines", "major_hazard_source": "Major hazard sources", "road.length": "Length of roads"} {
		whole[id] = exposedOf(t, a, title)
	}
	for _, partition := range []string{"by_unit.statutory", "by_unit.functional"} {
		u := table(t, a, partition)
		for c := 3; c < len(u.Columns); c++ {
			id, part, _ := strings.Cut(u.Columns[c].ID, ".")
			_ = part
			towns, districts := 0.0, 0.0
			for _, r := range u.Rows {
				if all, ok := r.Values[2].(layers.Text); ok && all.En == "All" {
					districts += figure(t, r.Values[c])
				} else {
					towns += figure(t, r.Values[c])
				}
			}
			total := figure(t, u.Total[c])
			if math.Abs(towns-total) > 1e-6 || math.Abs(districts-total) > 1e-6 {
				t.Errorf("%s, %s: townships %v, districts %v, in all %v", partition, u.Columns[c].ID, towns, districts, total)
			}
			for name, x := range whole {
				for k, suffix := range []string{".inside", ".touched", ".weighted"} {
					if u.Columns[c].ID == name+suffix && math.Abs(x[k]-total) > 1e-6 || u.Columns[c].ID == name && math.Abs(x[1]-total) > 1e-6 {
						t.Errorf("%s, %s: %v, the table of totals %v", partition, id, total, x)
					}
				}
			}
		}
	}
	for id, layer := range map[string]string{"classes.enterprise.risk_grade": "enterprise", "classes.building.danger_grade": "building", "classes.building.use": "building"} {
		if whole[layer][1] == 0 {
			continue
		}
		c := table(t, a, id)
		for k := range 3 {
			sum := 0.0
			for _, r := range c.Rows {
				sum += figure(t, r.Values[k+1])
			}
			if math.Abs(sum-whole[layer][k]) > 1e-6 || math.Abs(figure(t, c.Total[k+1])-sum) > 1e-6 {
				t.Errorf("%s: %v, in all %v", id, sum, whole[layer][k])
			}
		}
	}
}

// Several hazard zones count as their union: what is in two of them counts once.
func TestExposureOfHazardZones(t *testing.T) {
	w := city(t)
	a := w.must(t, "exposure", `{"layer": "hazard_zone", "hazard": "storm_surge"}`)
	addsUp(t, a)
	last := math.Inf(1)
	for k, r := range table(t, a, "stages").Rows {
		var want float64
		depth := []float64{0, 0.5, 1, 2, 3}[k]
		err := w.pool.QueryRow(context.Background(), `SELECT count(*) FROM layer.building b WHERE EXISTS (
			SELECT FROM layer.hazard_zone z WHERE z.hazard = 'storm_surge' AND z.depth_max_m >= $1 AND ST_Intersects(z.geom, b.geom))`, depth).Scan(&want)
		if err != nil {
			t.Fatal(err)
		}
		column := slices.IndexFunc(table(t, a, "stages").Columns, func(c ask.Column) bool { return c.ID == "building.touched" })
		got := figure(t, r.Values[column])
		if math.Abs(got-want) > 0.01*want || got > last {
			t.Errorf("%v: %v buildings, PostGIS says %v", r.Values[0], got, want)
		}
		last = got
	}
	if last == math.Inf(1) {
		t.Error("no grades")
	}
	var id int64
	if err := w.pool.QueryRow(context.Background(), `SELECT id FROM layer.hazard_zone WHERE hazard = 'flood' ORDER BY id LIMIT 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	a = w.must(t, "exposure", fmt.Sprintf(`{"layer": "hazard_zone", "ids": [%d, 999999999], "water_level": 4}`, id))
	if len(a.Problems) == 0 || a.Problems[0].ID != 999999999 {
		t.Errorf("the missing zone is not named: %v", a.Problems)
	}
	floors := table(t, a, "classes.building.floor")
	if sum := figure(t, floors.Total[2]); sum != exposedOf(t, a, "Buildings")[1] {
		t.Errorf("%v buildings by floor", sum)
	}
	var dry float64
	if err := w.pool.QueryRow(context.Background(), `SELECT count(*) FROM layer.building b, layer.hazard_zone z WHERE z.id = $1 AND ST_Intersects(z.geom, b.geom) AND ground_floor_m >= 4`, id).Scan(&dry); err != nil {
		t.Fatal(err)
	}
	for _, r := range floors.Rows {
		if r.Values[0].(layers.Text).En == "Floor above the water" && math.Abs(figure(t, r.Values[2])-dry) > 1+0.01*dry {
			t.Errorf("%v dry floors, PostGIS says %v", r.Values[2], dry)
		}
	}
}

// A typhoon's swath holds all its circles; the hours of a township are those of the circles
// that touch it.
func TestExposureOfATyphoon(t *testing.T) {
	w := city(t)
	track := `{"points": [
		{"time": "2021-07-25T00:00:00Z", "place": [122.5, 31.0], "radii_km": {"7": [120, 100, 80, 90], "10": 40}},
		{"time": "2021-07-25T06:00:00Z", "place": [121.5, 31.6], "radii_km": {"7": [120, 100, 80, 90], "10": 40}},
		{"time": "2021-07-25T12:00:00Z", "place": [120.6, 32.2], "radii_km": {"7": [110, 90, 60, 70], "10": 30}}]}`
	a := w.must(t, "exposure", `{"track": `+track+`}`)
	addsUp(t, a)
	stages := table(t, a, "stages")
	if len(stages.Rows) != 2 {
		t.Fatalf("%d wind classes", len(stages.Rows))
	}
	for _, r := range table(t, a, "hours").Rows {
		from, to := 0, 0
		for hour := 0; hour <= 12; hour++ {
			share, p, q := float64(hour%6)/6, [2]float64{122.5, 31}, [2]float64{121.5, 31.6}
			if hour >= 6 {
				p, q = q, [2]float64{120.6, 32.2}
			}
			radius := 40.0
			if hour > 6 {
				radius = 40 - 10*share
			}
			if hour == 12 {
				p, radius = q, 30
			}
			var touches bool
			// The middle between two points on their geodesic.
			err := w.pool.QueryRow(context.Background(), `SELECT ST_DWithin(geom::geography, ST_SetSRID(ST_Project(a, $6 * ST_Distance(a, b), ST_Azimuth(a, b))::geometry, 4490)::geography, $7)
				FROM layer.admin_unit, (SELECT ST_MakePoint($2, $3)::geography AS a, ST_MakePoint($4, $5)::geography AS b) AS s WHERE id = $1`,
				r.ID, p[0], p[1], q[0], q[1], share, 1000*radius).Scan(&touches)
			if err != nil {
				t.Fatal(err)
			}
			if touches {
				if from == 0 {
					from = hour + 1
				}
				to = hour + 1
			}
		}
		begun := time.Date(2021, 7, 24, 23, 0, 0, 0, time.UTC)
		for k, want := range []int{from, to} {
			at, reached := r.Values[5+k].(time.Time)
			// The circle is a polygon: its edge is right to some ten metres.
			if reached != (want > 0) || reached && math.Abs(at.Sub(begun).Hours()-float64(want)) > 0 {
				t.Errorf("%v: class 10 %v, PostGIS says hour %d", r.Values[1], r.Values[5:7], want)
			}
		}
	}
	turbines := table(t, a, "recall")
	if got := exposedOf(t, a, "Offshore turbines"); len(turbines.Rows) == 0 || len(turbines.Rows) > int(got[1]) {
		t.Errorf("%d turbines to recall of %v", len(turbines.Rows), got)
	}
	for _, r := range turbines.Rows {
		by, first := r.Values[2].(time.Time), r.Values[4].(time.Time)
		if first.Sub(by) != 24*time.Hour {
			t.Errorf("turbine %v: left at %v before %v", r.Values[0], by, first)
		}
	}
}

const bestTrack = "66666 2106    3 0008 2106 0 3 In-fa                              20220410\n" +
	"2021072500 3 302 1222  970      33\n2021072512 3 306 1212  980      28\n2021072612 2 312 1202  990      20\n" +
	"66666 2107    1 0009 2107 0 6 Cempaka                            20220410\n2021072000 2 210 1120  990      20\n"

func TestReadBestTrack(t *testing.T) {
	for _, by := range []string{"2106", "IN-FA"} {
		points, err := ask.ReadBestTrack(bestTrack, by)
		if err != nil || len(points) != 3 || points[1].Place != [2]float64{121.2, 30.6} || points[1].WindMs != 28 || points[1].Time.Hour() != 12 {
			t.Errorf("%s: %v, %v", by, points, err)
		}
	}
	for _, text := range []string{"", "hello", "66666 2106 3 0008 2106 0 3 In-fa 1\n1 2 3", "66666 2106 x 0008 2106 0 3 In-fa 1", bestTrack[:100], "66666 1 2\n"} {
		if points, err := ask.ReadBestTrack(text, "2199"); err == nil {
			t.Errorf("%q was read: %v", text, points)
		}
	}
	w := city(t)
	text, _ := json.Marshal(bestTrack)
	a := w.must(t, "exposure", `{"track": {"best_track": `+string(text)+`, "typhoon": "2106", "radii_km": {"7": 250, "10": 80, "12": 40}}}`)
	said := false
	for _, x := range a.Assumptions {
		said = said || strings.Contains(x.En, "assumed, not observed")
	}
	if !said {
		t.Error("the radii are not said to be assumed")
	}
}

func TestExposureRefuses(t *testing.T) {
	w := city(t)
	for text, field := range map[string]string{
		`{}`: "shape",
		`{"shape": {"type": "Point", "coordinates": [120.8, 32]}}`: "radius",
		`{"layer": "hazard_zone"}`:                                 "hazard",
		`{"layer": "building"}`:                                    "layer",
		`{"layer": "warning", "track": {}}`:                        "track",
		`{"layer": "hazard_zone", "hazard": "tsunami"}`:            "hazard",
		`{"layer": "hazard_zone", "ids": [999999999]}`:             "ids",
		`{"track": {"points": []}}`:                                "track",
		`{"track": {"points": [{"time": "2021-07-25T00:00:00Z", "place": [-170, 0]}, {"time": "2021-09-01T00:00:00Z", "place": [170, 0]}], "radii_km": {"7": 0.1}}}`: "track",
		`{"track": {"colour": 1}}`: "track",
		`{"track": {"points": [{"time": "2021-07-25T00:00:00Z", "place": [122, 31]}]}}`:                                                    "track",
		`{"track": {"points": [{"time": "2021-07-25T00:00:00Z", "place": [122, 31], "radii_km": {"7": 1e9}}]}}`:                            "track",
		`{"track": {"points": [{"time": "2021-07-25T00:00:00Z", "place": [122, 31], "radii_km": {"8": 10}}]}}`:                             "track",
		`{"track": {"points": [{"time": "2021-07-25T00:00:00Z", "place": [122, 31]}, {"time": "2021-07-25T00:00:00Z", "place": [1, 1]}]}}`: "track",
	} {
		code, at := w.refused(t, "exposure", text)
		if at != field || code != fault.Invalid {
			t.Errorf("%s: %s in %q, not in %q", text, code, at, field)
		}
	}
}

// What a reader can't read is named and left out; a scenario's changes count; nobody waits
// for an answer that is given up.
func TestExposureReadersAndScenarios(t *testing.T) {
	w := city(t)
	const circle = `{"shape": {"type": "Circle", "coordinates": [120.86, 32.01], "radius": 30000}}`
	ctx, stop := context.WithCancel(context.Background())
	a, err := w.Ask(ctx, ask.Request{Question: "exposure", Inputs: inputs(t, circle), Reader: layers.Reader{Role: layers.RolePublic}})
	if err != nil {
		t.Fatal(err)
	}
	hidden := []string{}
	for _, p := range a.Problems {
		hidden = append(hidden, p.Layer)
	}
	if !slices.Contains(hidden, "building") || exposedOf(t, a, "Enterprises")[1] == 0 {
		t.Errorf("the public is not told of %v", hidden)
	}
	for _, r := range table(t, a, "exposure").Rows {
		if r.Layer == "building" || r.Values[0].(layers.Text).En == "People of 65 and over" {
			t.Errorf("the public reads %v", r.Values)
		}
	}
	base := w.must(t, "exposure", circle)
	near := table(t, w.must(t, "around", `{"shape": {"type": "Circle", "coordinates": [120.86, 32.01], "radius": 30000}, "layers": ["shelter"]}`), "members.shelter").Rows
	sc := &ask.Scenario{Name: "two lost", Lost: []ask.Lost{{Layer: "shelter", IDs: []int64{near[0].ID, near[1].ID}}}}
	changed := w.within(t, "exposure", circle, sc)
	addsUp(t, changed)
	if x, y := exposedOf(t, base, "Shelters"), exposedOf(t, changed, "Shelters"); y[1] != x[1]-2 {
		t.Errorf("%v shelters, %v with two lost", x, y)
	}
	stop()
	if _, err := w.Ask(ctx, ask.Request{Question: "exposure", Inputs: inputs(t, circle), Reader: viewer}); fault.CodeOf(err) != fault.Cancelled {
		t.Errorf("given up, but: %v", err)
	}
}

// The surroundings of a line are decided by distance, not by the line that is drawn for them.
func TestExposureAroundALine(t *testing.T) {
	w := city(t)
	rnd := rand.New(rand.NewPCG(13, 14))
	for range 4 {
		lon, lat := 120.7+0.3*rnd.Float64(), 31.95+0.2*rnd.Float64()
		line := fmt.Sprintf(`{"type":"LineString","coordinates":[[%v,%v],[%v,%v],[%v,%v]]}`, lon, lat, lon+0.02, lat+0.01, lon+0.05, lat-0.02)
		radius := 2000 + 10_000*rnd.Float64()
		a := w.must(t, "exposure", fmt.Sprintf(`{"shape": %s, "radius": %v}`, line, radius))
		addsUp(t, a)
		for title, layer := range map[string]string{"Buildings": "building", "Enterprises": "enterprise"} {
			var want, certain float64
			err := w.pool.QueryRow(context.Background(), `SELECT count(*) FILTER (WHERE d <= $2), count(*) FILTER (WHERE d <= $2 - 1) FROM (SELECT ST_Distance(geom::geography,
				ST_SetSRID(ST_GeomFromGeoJSON($1), 4490)::geography) AS d FROM layer.`+layer+`) AS x`, line, radius).Scan(&want, &certain)
			if err != nil {
				t.Fatal(err)
			}
			if got := exposedOf(t, a, title)[1]; math.Abs(got-want) > 1+want-certain {
				t.Errorf("%s within %v m of a line: %v, PostGIS says %v", title, radius, got, want)
			}
		}
	}
}
