package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/data/ask"
)

// hostile are values that an input of each kind may be sent, most of which it can't take, as
// JSON. {C} is a place in the city.
var hostile = map[ask.Kind][]string{
	ask.Place: {
		`[120.86]`, `[]`, `[120.86, 32.01, 5]`, `["a", 1]`, `[null, null]`, `[1e308, -1e308]`, `[180, 85]`, `[-180, -85]`, `[0, 0]`, `[123.9, 31]`, `[32.01, 120.86]`,
		`{"type": "Point", "coordinates": [120.86, 32.01]}`, `{"type": "Point"}`, `{"type": "Polygon", "coordinates": []}`, `"x"`, `5`, `true`, `{}`,
	},
	ask.Shape: {
		`{"type": "Polygon", "coordinates": [[[120.8, 32], [120.9, 32.1], [120.9, 32], [120.8, 32.1], [120.8, 32]]]}`, // crosses itself
		`{"type": "Polygon", "coordinates": [[[120.8, 32], [120.9, 32], [120.9, 32.1], [120.8, 32.1], [120.8, 32]], [[120.83, 32.03], [120.86, 32.03], [120.86, 32.06], [120.83, 32.03]]]}`,
		`{"type": "Polygon", "coordinates": [[[120.8, 32], [120.9, 32], [120.9, 32.1], [120.8, 32.1], [120.8, 32]], [[121.5, 32], [121.6, 32], [121.6, 32.1], [121.5, 32]]]}`,
		`{"type": "Polygon", "coordinates": [[[120.8, 32], [120.8, 32], [120.9, 32], [120.9, 32], [120.9, 32.1], [120.8, 32]]]}`,
		`{"type": "Polygon", "coordinates": [[[120.8, 32], [120.8, 32], [120.8, 32], [120.8, 32]]]}`,
		`{"type": "MultiPolygon", "coordinates": [[[[120.8, 32], [120.9, 32], [120.9, 32.1], [120.8, 32]]], [[[120.82, 32], [120.9, 32], [120.9, 32.1], [120.82, 32]]]]}`, // overlap
		`{"type": "Polygon", "coordinates": [[[179, 30], [-179, 30], [-179, 31], [179, 31], [179, 30]]]}`,
		`{"type": "Polygon", "coordinates": [[[-180, -85], [180, -85], [180, 85], [-180, 85], [-180, -85]]]}`,
		`{"type": "Polygon", "coordinates": [[[-180, -90], [180, -90], [180, 90], [-180, -90]]]}`,
		`{"type": "Polygon", "coordinates": [[[120.8], [120.9, 32], [120.9, 32.1], [120.8]]]}`, `{"type": "Polygon", "coordinates": []}`, `{"type": "Polygon", "coordinates": [[]]}`, `{"type": "Polygon"}`,
		`{"type": "LineString", "coordinates": [[120.8, 32]]}`, `{"type": "LineString", "coordinates": [[120.8, 32], [120.9, 32.1]]}`, `{"type": "MultiPoint", "coordinates": []}`, `{"type": "GeometryCollection", "geometries": []}`,
		`{"type": "Feature", "geometry": null}`, `{"type": "Feature", "geometry": {"type": "Feature", "geometry": {C}}}`, `{"type": "FeatureCollection", "features": []}`,
		`{"type": "Circle", "coordinates": {C}}`, `{"type": "Circle", "coordinates": {C}, "radius": 1e7}`, `{"type": "Circle", "coordinates": {C}, "radius": -1}`, `{"type": "Circle", "coordinates": {C}, "radius": 1e308}`,
		`{"type": "Circle", "coordinates": {C}, "radius": 1e-9}`, `{"type": "Circle", "coordinates": [0, 85], "radius": 300000}`, `{"type": "Circle", "coordinates": [180, 0], "radius": 300000}`, `{"type": "Circle", "coordinates": [123.9, 31], "radius": 100}`,
		`{}`, `[]`, `5`, `"x"`,
	},
	ask.Number:  {`0`, `-1`, `0.5`, `1e308`, `-1e308`, `1e-308`, `1e999`, `true`, `"5"`, `[]`, `{}`, `10000000`, `1e6`},
	ask.Integer: {`0`, `-1`, `0.5`, `1`, `1e308`, `-1e308`, `9007199254740993`, `1e19`, `1000000`, `true`, `"5"`, `[]`, `{}`},
	ask.Boolean: {`1`, `"true"`, `[]`, `{}`, `false`},
	ask.Word:    {`""`, `"x"`, `"'; DROP TABLE layer.shelter; --"`, `"../../etc/passwd"`, `"\u0000"`, `"\ud800"`, `"\u202e\u0301😀"`, `"geom"`, `"name"`, `"id"`, `5`, `[]`, `{}`, `"records"`, `"residents"`, `"day"`},
	ask.Choice:  {`""`, `"x"`, `"\u0000"`, `5`, `[]`, `{}`, `"' OR 1=1 --"`},
	ask.Moment:  {`""`, `"x"`, `"2020-01-01"`, `"0000-01-01T00:00:00Z"`, `"9999-12-31T23:59:59Z"`, `5`, `{}`},
	ask.Layer:   {`""`, `"x"`, `"shelter; --"`, `"../shelter"`, `"\u0000"`, `5`, `[]`, `"road"`, `"building"`, `"hazard_zone"`, `"warning"`},
	ask.Filter: {
		`""`, `"nothing = 1"`, `"name LIKE '%"`, `"'; DROP TABLE layer.shelter; --"`, `"name = '\u0000'"`, `"name LIKE '%\u0000%'"`, `"S_DWITHIN(geom, POINT(120 32), 1)"`, `"S_INTERSECTS(geom, POINT(120.86 32.01))"`,
		`"S_INTERSECTS(geom, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))"`, `"S_INTERSECTS(geom, POINT(1e308 1e308))"`, `"id > 0"`, `"id / 0 > 1"`, `"id * 1e308 * 1e308 > 0"`, `"1 = 1"`, `"name = name"`, `"geom IS NULL"`, `{"op": "x", "args": []}`, `{"op": "="}`, `{}`, `[]`, `5`,
	},
	ask.Object: {`{}`, `{"a": 1}`, `[]`, `5`, `{"a": {"b": {}}}`, `{"points": []}`, `{"pump": -1}`, `{"pump": 1e308}`, `{"question": "hazard-audit", "tables": null}`, `{"question": "hazard-audit", "tables": [{"id": "sources", "columns": [{"id": "r"}], "rows": [{"values": [[]]}]}]}`},
}

const cityPlace = `[120.86, 32.01]`

// usual are inputs with which each question has an answer.
func usual(q *ask.Question) map[string]json.RawMessage {
	in := map[string]json.RawMessage{}
	for _, i := range q.Inputs {
		switch {
		case i.Name == "limit":
			in[i.Name] = json.RawMessage(`5`)
		case q.ID == "service-area" && i.Name == "places":
			in[i.Name] = json.RawMessage(`[` + cityPlace + `]`)
		case q.ID == "exposure" && i.Name == "shape" || i.Required && i.Kind == ask.Shape:
			in[i.Name] = json.RawMessage(`{"type": "Circle", "coordinates": ` + cityPlace + `, "radius": 3000}`)
		case !i.Required:
		case i.Kind == ask.Place:
			in[i.Name] = json.RawMessage(cityPlace)
		case i.Kind == ask.Choice:
			in[i.Name], _ = json.Marshal(i.Choices[0].Code)
		default:
			in[i.Name] = json.RawMessage(`3`)
		}
	}
	return in
}

// attacked asks over HTTP and checks that what comes is an answer whose sums add up, or a
// problem that says what is wrong.
func (w *world) attacked(process, body string) int {
	w.t.Helper()
	a := w.send("POST", "/api/processes/"+process+"/execution", body)
	short := body[:min(len(body), 400)]
	switch {
	case a.StatusCode == http.StatusOK:
		var got wholeAnswer
		if err := json.Unmarshal(a.body, &got); err != nil {
			w.t.Errorf("%s %s: %v", process, short, err)
			break
		}
		if !strings.Contains(body, `"compare"`) {
			for _, x := range got.Tables {
				if wrong := x.wrong(); wrong != "" {
					w.t.Errorf("%s %s: table %s: %s", process, short, x.ID, wrong)
				}
			}
		}
	case slices.Contains([]int{400, 403, 404, 413}, a.StatusCode):
		var p struct{ Detail, Field, Code string }
		if err := json.Unmarshal(a.body, &p); err != nil || p.Detail == "" || a.Header.Get("Content-Type") != "application/problem+json" {
			w.t.Errorf("%s %s: %s %s", process, short, a.Status, a.body)
		}
		if p.Field == "" && a.StatusCode == 400 && json.Valid([]byte(body)) && strings.HasPrefix(body, `{"inputs": {`) {
			w.t.Errorf("%s %s: no input is named: %s", process, short, p.Detail)
		}
	default:
		w.t.Errorf("%s %s: %s %.300s", process, short, a.Status, a.body)
	}
	return a.StatusCode
}

type wholeAnswer struct {
	Tables []wholeTable
}

type wholeTable struct {
	ID      string
	Columns []struct{ ID string }
	Rows    []struct{ Values []any }
	Total   []any
	More    int
}

// wrong says what does not add up in a table: rows to the total, townships to districts, and
// the three numbers of exposure to their order.
func (x wholeTable) wrong() string {
	for _, r := range x.Rows {
		if len(r.Values) != len(x.Columns) {
			return fmt.Sprintf("%d values in %d columns", len(r.Values), len(x.Columns))
		}
		inside, touched := -1.0, -1.0
		for k, c := range x.Columns {
			n, is := r.Values[k].(float64)
			switch {
			case !is:
			case strings.HasSuffix(c.ID, "inside"):
				inside = n
			case strings.HasSuffix(c.ID, "touched"):
				if touched = n; touched < inside {
					return fmt.Sprintf("touched %v, inside %v", touched, inside)
				}
			case strings.HasSuffix(c.ID, "weighted"):
				if n < inside-0.01 || n > touched+0.01 {
					return fmt.Sprintf("by area %v, inside %v, touched %v", n, inside, touched)
				}
			}
		}
	}
	if x.Total == nil || x.More > 0 {
		return ""
	}
	units := strings.HasPrefix(x.ID, "by_unit")
	for k := range x.Total {
		total, is := x.Total[k].(float64)
		if !is {
			continue
		}
		all, districts := 0.0, map[any]float64{}
		for _, r := range x.Rows {
			n, _ := r.Values[k].(float64)
			if !units {
				all += n
				continue
			}
			district := fmt.Sprint(r.Values[1])
			if town, _ := r.Values[2].(map[string]any); town["en"] == "All" {
				all += n
				districts[district] += n
			} else {
				districts[district] -= n
			}
		}
		slack := 0.001 * float64(len(x.Rows)+1)
		if math.Abs(all-total) > slack {
			return fmt.Sprintf("column %s: rows are %v, the total is %v", x.Columns[k].ID, all, total)
		}
		for name, rest := range districts {
			if math.Abs(rest) > slack {
				return fmt.Sprintf("column %s: the townships of %s differ from it by %v", x.Columns[k].ID, name, rest)
			}
		}
	}
	return ""
}

// Whatever an input is sent, the answer is right or a problem names the input.
func TestEveryInputOfEveryQuestionUnderAttack(t *testing.T) {
	w := newAskedCity(t)
	rnd := rand.New(rand.NewPCG(5, 17))
	var list struct {
		Processes []struct{ Question *ask.Question }
	}
	w.read("/api/processes", &list)
	status := map[int]int{}
	for _, p := range list.Processes {
		q := p.Question
		for _, input := range q.Inputs {
			values := slices.Clone(hostile[input.Kind])
			if input.Many {
				for k, v := range values {
					values[k] = `[` + v + `]`
				}
				values = append(values, `[]`, `null`, `{}`, `5`, `[null]`, `[[[[]]]]`, `[`+strings.Repeat(`1,`, ask.MostMany)+`1]`)
			}
			rnd.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
			for _, v := range values[:min(len(values), 5)] {
				in := usual(q)
				if q.ID == "exposure" && (input.Name == "track" || input.Name == "layer") {
					delete(in, "shape")
				}
				in[input.Name] = json.RawMessage(strings.ReplaceAll(v, "{C}", cityPlace))
				text, err := json.Marshal(in)
				if err != nil {
					text = []byte(`{"` + input.Name + `": ` + v + `}`)
				}
				status[w.attacked(q.ID, `{"inputs": `+string(text)+`}`)]++
			}
		}
	}
	if status[200] < 40 || status[400] < 150 {
		t.Errorf("too one-sided: %v", status)
	}
}

// What is no request, or one that is deep, wide or of odd texts, ends soon with a problem.
func TestRequestsUnderAttack(t *testing.T) {
	w := newAskedCity(t)
	deep := func(open, middle, end string, n int) string {
		return strings.Repeat(open, n) + middle + strings.Repeat(end, n)
	}
	shape := func(v string) string { return `{"inputs": {"shape": ` + v + `}}` }
	for _, body := range []string{
		``, `null`, `[]`, `"x"`, `{`, "\ufeff{}", `{"inputs": []}`, `{"inputs": {}} x`, `{"x": 1}`, `{"inputs": {"radius": NaN}}`, "{\"inputs\": {\"layers\": [\"\xff\"]}}",
		`{"inputs": {}, "outputs": {"x": {}}}`, `{"inputs": {}, "response": "x"}`, `{"inputs": {"` + strings.Repeat("x", 2<<20) + `": 1}}`,
		shape(deep(`{"type": "Feature", "geometry": `, `null`, `}`, 9000)), shape(deep(`{"type": "GeometryCollection", "geometries": [`, ``, `]}`, 4500)),
		shape(deep(`[`, ``, `]`, 9990)), shape(`{"href": "file:///etc/passwd"}`), shape(`{"href": "data:,5"}`), shape(deep(`{"value": `, `1`, `}`, 9000)),
		`{"inputs": {"shape": {"type": "Point", "coordinates": [120, 32]}, "layers": ` + deep(`[`, ``, `]`, 9990) + `}}`,
	} {
		if s := w.attacked("around", body); s == 200 {
			t.Errorf("%.100s: was answered", body)
		}
	}
}

// In a scenario that loses, closes, moves or adds nearly everything all questions have an
// answer; one that can't be is refused.
func TestScenariosUnderAttack(t *testing.T) {
	w := newAskedCity(t)
	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var all ask.Scenario
	for _, layer := range []string{"shelter", "rescue_team", "supply_depot", "public_facility", "enterprise", "population", "building", "admin_unit", "warning"} {
		rows, err := conn.Query(t.Context(), "SELECT id FROM layer."+layer+" LIMIT 5000")
		if err != nil {
			t.Fatal(err)
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			t.Fatal(err)
		}
		if len(ids) < 5000 && layer != "building" {
			all.Lost = append(all.Lost, ask.Lost{Layer: layer, IDs: ids})
		}
	}
	lost, _ := json.Marshal(all)
	added := func(layer, place, properties string) string {
		return fmt.Sprintf(`{"added": [{"layer": %q, "place": %s, "properties": %s}]}`, layer, place, properties)
	}
	var many []string
	for k := range 10_000 {
		many = append(many, fmt.Sprintf(`{"layer":"shelter","place":[%.4f,%.5f],"properties":{"capacity":%d,"status":"open"}}`, 120.7+0.0001*float64(k%100), 31.9+0.00002*float64(k), k))
	}
	heavy := `{"added": [` + strings.Join(many, ",") + `]}`
	for _, c := range []struct {
		scenario string
		status   int
	}{
		{string(lost), 200},
		{`{"closed": [{"area": [[119, 31], [123, 31], [123, 34], [119, 34], [119, 31]]}]}`, 200},
		{heavy, 200},
		{`{"closed": [{"ids": [-5, 0, 4611686018427387904]}]}`, 200},
		{`{"moved": [{"layer": "shelter", "id": -1, "place": [0, 0]}]}`, 200},
		{`{"closed": [{}]}`, 200},
		{added("shelter", `[180, 85]`, `{"capacity": 5, "status": "open"}`), 200},
		{`{"added": [` + strings.Join(append(many, many[0]), ",") + `]}`, 400},
		{`{"closed": [{"area": [[0, 0], [1, 1], [1, 0]]}]}`, 400},
		{`{"closed": [{"area": [[0], [1, 1], [1, 0], [0]]}]}`, 400},
		{`{"closed": [{"area": [[1e308, 0], [1, 1], [1, 0], [1e308, 0]]}]}`, -1},
		{added("shelter", `[120.86]`, `{}`), 400},
		{added("shelter", `[120.86, 32, 1]`, `{}`), 400},
		{added("shelter", `null`, `{}`), -1},
		{added("shelter", `[1e308, 0]`, `{}`), 400},
		{added("shelter", cityPlace, `{"capacity": 1e308}`), 400},
		{added("shelter", cityPlace, `{"capacity": -5}`), 400},
		{added("shelter", cityPlace, `{"capacity": 1.5}`), 400},
		{added("shelter", cityPlace, `{"capacity": "x"}`), 400},
		{added("shelter", cityPlace, `{"status": "x"}`), 400},
		{added("shelter", cityPlace, `{"nothing": 1}`), 400},
		{added("building", cityPlace, `{}`), 400},
		{added("x", cityPlace, `{}`), 404},
		{`{"lost": [{"layer": "x", "ids": [1]}]}`, 404},
		{`{"lost": [{"layer": "shelter", "ids": [1.5]}]}`, 400},
		{`{"lost": 5}`, 400},
		{`{"x": 1}`, 400},
		{`[]`, 400},
		{`5`, 400},
		{`-5`, 400},
		{`1e300`, 400},
		{`true`, 400},
		{`""`, 400},
		{`"nothing"`, 400},
		{`"'; DROP TABLE onemap.scenario; --"`, 400},
		{`"a\u0000b"`, 400},
		{`"../../etc/passwd"`, 400},
		{`"\ud800"`, 400},
	} {
		for _, q := range ask.Questions() {
			text, _ := json.Marshal(usual(q))
			body := `{"inputs": ` + string(text) + `, "scenario": ` + c.scenario + `}`
			if q.ID == "coverage" && c.status == 200 {
				w.attacked(q.ID, strings.TrimSuffix(body, "}")+`, "compare": true}`)
			}
			s := w.attacked(q.ID, body)
			if c.status > 0 && s != c.status && !(q.ID == "allocate" && len(c.scenario) == len(lost)) {
				t.Errorf("%s in %.100s: %d, not %d", q.ID, c.scenario, s, c.status)
			}
			if s != 200 && c.status != 200 {
				break // refused before the question is looked at
			}
		}
	}
}

// Questions that many ask at once are all answered alike; those that were given up and jobs
// that were dismissed leave nothing behind, in the program or in the database.
func TestManyQuestionsAtOnceAndGivenUp(t *testing.T) {
	w := newAskedCity(t)
	heavy := `{"inputs": {"demand": "building", "by": "road", "minutes": 5, "limit": 1000}}`
	w.attacked("coverage", heavy)
	w.http.Client().CloseIdleConnections()
	before := runtime.NumGoroutine()

	var group sync.WaitGroup
	answers := make([]string, 20)
	for k := range answers {
		group.Go(func() {
			a := w.send("POST", "/api/processes/coverage/execution", heavy)
			var got questionAnswer
			if a.StatusCode != 200 || json.Unmarshal(a.body, &got) != nil {
				t.Errorf("%s %.200s", a.Status, a.body)
				return
			}
			answers[k] = fmt.Sprint(got.Summary, got.Tables[0].Rows)
		})
	}
	group.Wait()
	for _, a := range answers {
		if a != answers[0] {
			t.Fatalf("two answers to one question: %s and %s", a, answers[0])
		}
	}

	for k := range 20 { // given up at any time
		group.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(k)*3*time.Millisecond)
			defer cancel()
			body := fmt.Sprintf(`{"inputs": {"shape": {"type": "LineString", "coordinates": [[120.7, 31.9], [120.%d, 32.2]]}, "radius": 30000, "limit": 100000}}`, 71+k)
			r, err := http.NewRequestWithContext(ctx, "POST", w.url+"/api/processes/around/execution", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Content-Type", "application/json")
			if response, err := w.http.Client().Do(r); err == nil {
				response.Body.Close()
			}
		})
	}
	group.Wait()

	var jobs []string
	for k := range 30 {
		a := w.send("POST", "/api/processes/coverage/execution", fmt.Sprintf(`{"inputs": {"demand": "building", "by": "road", "off_road": %d}}`, 500+k), "Prefer", "respond-async")
		if a.StatusCode != http.StatusCreated {
			t.Fatalf("%s %s", a.Status, a.body)
		}
		jobs = append(jobs, strings.TrimPrefix(a.Header.Get("Location"), w.url))
	}
	for _, at := range jobs {
		if a := w.send("DELETE", at, ""); a.StatusCode != 200 || !bytes.Contains(a.body, []byte(`"dismissed"`)) {
			t.Errorf("%s: %s %s", at, a.Status, a.body)
		}
		if a := w.get(at + "/results"); a.StatusCode != http.StatusGone {
			t.Errorf("%s: %s %s", at, a.Status, a.body)
		}
	}

	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	left := func() (n int) {
		const busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle' AND wait_event IS DISTINCT FROM 'ClientRead'"
		if err := conn.QueryRow(t.Context(), busy).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	w.http.Client().CloseIdleConnections()
	for deadline := time.Now().Add(20 * time.Second); left() > 0 || runtime.NumGoroutine() > before+10; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			var stacks [1 << 16]byte
			t.Fatalf("%d queries go on, %d goroutines became %d: %s", left(), before, runtime.NumGoroutine(), stacks[:runtime.Stack(stacks[:], true)])
		}
	}
}
