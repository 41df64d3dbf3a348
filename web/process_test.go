package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/data/ask"
	"onemap/data/storetest"
	"onemap/tiles/mirror"
	"onemap/web"
)

// newAskedCity puts a server that answers questions before a small sample city.
func newAskedCity(t *testing.T, change ...func(*web.Config)) *world {
	t.Helper()
	store, dsn := storetest.City(t)
	questions := &web.Questions{Asker: ask.New(store, mirror.New(store.Catalogue(), store, mirror.Options{})), Store: store}
	asked := serve(t, store, dsn, append([]func(*web.Config){func(c *web.Config) { c.Questions = questions }}, change...)...)
	t.Cleanup(asked.server.Stop)
	return asked
}

// send sends JSON; headers are name, value, …
func (w *world) send(method, path, body string, headers ...string) answer {
	w.t.Helper()
	if strings.HasPrefix(path, "/") {
		path = w.url + path
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := w.http.Client().Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{Response: response, body: text, raw: len(text)}
}

// into reads the answer's JSON, whose status has to be the wanted one.
func (a answer) into(t testing.TB, status int, value any) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s, not %d: %.500s", a.Status, status, a.body)
	}
	if err := json.Unmarshal(a.body, value); err != nil {
		t.Fatalf("%v in %.300s", err, a.body)
	}
}

// questionAnswer is an answer as far as these tests look at it.
type questionAnswer struct {
	Question string
	Scenario string
	Summary  []struct {
		ID    string
		Value any
	}
	Tables []struct {
		ID   string
		Rows []struct {
			Layer    string
			ID       int64
			Geometry json.RawMessage
			Values   []any
		}
		Total []any
	}
	Sources []struct{ Layer string }
	Shapes  []struct{ ID string }
}

func (a questionAnswer) members() float64 {
	for _, f := range a.Summary {
		if f.ID == "members" {
			n, _ := f.Value.(float64)
			return n
		}
	}
	return -1
}

type jobStatus struct {
	JobID, ProcessID, Status, Message string
	Progress                          int
	Links                             []struct{ Href, Rel string }
}

const aroundHere = `"shape": {"type": "Point", "coordinates": [120.86, 32.01]}, "radius": 5000, "limit": 5`

// Every kind of question is a process that its description explains.
func TestProcessesDescribeAllQuestions(t *testing.T) {
	w := newAskedCity(t)
	var list struct {
		Processes []struct {
			ID, Title, Version string
			JobControlOptions  []string
			Links              []struct{ Href, Rel string }
		}
	}
	w.read("/api/processes?lang=en", &list)
	if len(list.Processes) != len(ask.Questions()) {
		t.Fatalf("%d processes", len(list.Processes))
	}
	for i, q := range ask.Questions() {
		p := list.Processes[i]
		if p.ID != q.ID || p.Title != q.Title.En || !slices.Contains(p.JobControlOptions, "async-execute") || p.Links[0].Rel != "self" {
			t.Errorf("%+v", p)
		}
		var one struct {
			Inputs map[string]struct {
				Title                string
				MinOccurs, MaxOccurs int
				Schema               map[string]any
			}
			Outputs map[string]any
			Links   []struct{ Href, Rel string }
		}
		w.read(p.Links[0].Href+"?lang=zh", &one)
		if len(one.Inputs) != len(q.Inputs) || one.Outputs["answer"] == nil {
			t.Errorf("%s: %v %v", q.ID, one.Inputs, one.Outputs)
		}
		for _, input := range q.Inputs {
			got := one.Inputs[input.Name]
			if got.Title != input.Title.Zh || got.MinOccurs == 1 != input.Required || got.MaxOccurs != 1 || got.Schema["type"] == nil && got.Schema["oneOf"] == nil {
				t.Errorf("%s %s: %+v", q.ID, input.Name, got)
			}
			if input.Kind == ask.Layer && !bytes.Contains(w.get(p.Links[0].Href).body, []byte(`"enum"`)) {
				t.Errorf("%s: %s does not say which layers there are", q.ID, input.Name)
			}
		}
	}
	var few struct{ Processes []any }
	if w.read("/api/processes?limit=1", &few); len(few.Processes) != 1 {
		t.Errorf("%d of 1", len(few.Processes))
	}
	var landing struct{ Links []struct{ Rel string } }
	w.read("/api?f=json", &landing)
	if !slices.ContainsFunc(landing.Links, func(l struct{ Rel string }) bool {
		return l.Rel == "http://www.opengis.net/def/rel/ogc/1.0/processes"
	}) {
		t.Error("the landing page has no link to the processes")
	}
	var classes struct{ ConformsTo []string }
	w.read("/api/conformance?f=json", &classes)
	if !slices.Contains(classes.ConformsTo, "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core") {
		t.Error("the conformance class is not declared")
	}
	a := w.get("/api/processes/nothing")
	if a.StatusCode != 404 || !bytes.Contains(a.body, []byte("ogcapi-processes-1/1.0/no-such-process")) {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if a := newWorld(t).get("/api/processes"); a.StatusCode != 404 {
		t.Errorf("a server without questions: %s", a.Status)
	}
}

// The document of the API has what the routes answer to, and holds of real answers.
func TestProcessesFollowTheOpenAPI(t *testing.T) {
	w := editableCity(t)
	paths, v := w.definition()
	if ok, errs := v.ValidateDocument(); !ok {
		for _, e := range errs {
			t.Errorf("%s: %s %v", e.Message, e.Reason, e.SchemaValidationErrors)
		}
	}
	for _, q := range ask.Questions() {
		if !slices.Contains(paths, "/api/processes/"+q.ID+"/execution") {
			t.Errorf("%s is not in the document", q.ID)
		}
	}
	check := func(method, path, body string, status int, headers ...string) answer {
		t.Helper()
		a := w.send(method, path, body, headers...)
		if a.StatusCode != status {
			t.Fatalf("%s: %s %s", path, a.Status, a.body)
		}
		again := *a.Response
		again.Body = io.NopCloser(bytes.NewReader(a.body))
		if ok, errs := v.ValidateHttpResponse(a.Request, &again); !ok {
			for _, e := range errs {
				t.Errorf("%s: %s: %s", path, e.Message, e.Reason)
				for _, s := range e.SchemaValidationErrors {
					t.Errorf("  %s at %s", s.Reason, s.FieldPath)
				}
			}
		}
		return a
	}
	check("GET", "/api/processes", "", 200)
	check("GET", "/api/processes/around", "", 200)
	check("POST", "/api/processes/around/execution", `{"inputs": {`+aroundHere+`}}`, 200)
	a := check("POST", "/api/processes/around/execution", `{"inputs": {`+aroundHere+`}}`, 201, "Prefer", "respond-async")
	at := strings.TrimPrefix(a.Header.Get("Location"), w.url)
	check("GET", at, "", 200)
	w.untilOver(at)
	check("GET", at+"/results", "", 200)
	check("GET", "/api/jobs", "", 200)
	check("DELETE", at, "", 200)
	check("POST", "/api/processes/around/execution", `{"inputs": {}}`, 400)
	check("POST", "/api/scenarios", `{"name": "甲", "lost": [{"layer": "shelter", "ids": [1]}]}`, 201)
	check("GET", "/api/scenarios", "", 200)
	check("GET", "/api/scenarios/1", "", 200)
	check("POST", "/api/processes/around/execution", `{"inputs": {`+aroundHere+`}, "scenario": "甲", "compare": true}`, 200)
	check("PUT", "/api/scenarios/1", `{"name": "乙"}`, 200, "If-Match", `"1"`)
	check("DELETE", "/api/scenarios/1", "", 204, "If-Match", `"2"`)
}

// untilOver waits for the end of a job by its events.
func (w *world) untilOver(at string) (last jobStatus) {
	w.t.Helper()
	a := w.get(at + "/events")
	events := strings.Split(strings.TrimSpace(string(a.body)), "\n\n")
	end := events[len(events)-1]
	if !strings.Contains(end, "event: end\n") || a.Header.Get("Content-Type") != "text/event-stream" {
		w.t.Fatalf("%s %q", a.Status, a.body)
	}
	_, text, _ := strings.Cut(end, "data: ")
	if err := json.Unmarshal([]byte(text), &last); err != nil {
		w.t.Fatal(err)
	}
	return last
}

// The same question has the same answer at once, as a job, and by its wrapped inputs.
func TestQuestionAtOnceAndAsAJob(t *testing.T) {
	w := newAskedCity(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	w.http.Client().Jar = jar
	var once questionAnswer
	w.send("POST", "/api/processes/around/execution", `{"inputs": {`+aroundHere+`}}`).into(t, 200, &once)
	if once.Question != "around" || once.members() <= 0 || len(once.Sources) < 10 || len(once.Shapes) != 1 {
		t.Fatalf("%+v", once)
	}
	wrapped := []string{
		`"shape": {"value": {"type": "Point", "coordinates": [120.86, 32.01]}, "mediaType": "application/geo+json"}, "radius": {"value": 5000}`,
		`"shape": {"href": "data:application/json,%7B%22type%22:%22Point%22,%22coordinates%22:[120.86,32.01]%7D"}, "radius": 5000`,
	}
	for _, inputs := range wrapped {
		var all struct {
			Answer struct{ Value questionAnswer }
		}
		w.send("POST", "/api/processes/around/execution", `{"inputs": {`+inputs+`}, "response": "document", "outputs": {"answer": {"transmissionMode": "value"}}}`).into(t, 200, &all)
		if all.Answer.Value.members() != once.members() {
			t.Errorf("%s: %v, not %v", inputs, all.Answer.Value.members(), once.members())
		}
	}

	a := w.send("POST", "/api/processes/around/execution?lang=en", `{"inputs": {`+aroundHere+`}}`, "Prefer", "respond-async; wait=1")
	var job jobStatus
	a.into(t, 201, &job)
	at := a.Header.Get("Location")
	if at != w.url+"/api/jobs/"+job.JobID || job.ProcessID != "around" || a.Header.Get("Preference-Applied") != "respond-async" {
		t.Fatalf("%v %+v", a.Header, job)
	}
	if last := w.untilOver(at); last.Status != "successful" || last.Progress != 100 {
		t.Fatalf("%+v", last)
	}
	if a := w.get(at+"/events", "Last-Event-ID", lastEvent(w, at)); a.StatusCode != http.StatusNoContent {
		t.Errorf("one who knows the end gets %s", a.Status)
	}
	var later questionAnswer
	w.read(at+"/results", &later)
	if later.members() != once.members() {
		t.Errorf("%v as a job, %v at once", later.members(), once.members())
	}
	var mine struct{ Jobs []jobStatus }
	if w.read("/api/jobs?status=successful&processID=around", &mine); len(mine.Jobs) != 1 || mine.Jobs[0].JobID != job.JobID {
		t.Errorf("my jobs: %+v", mine)
	}
	for _, none := range []string{"status=failed", "processID=other", "type=other", "datetime=2001-01-01/2001-02-01", "minDuration=3600"} {
		if w.read("/api/jobs?"+none, &mine); len(mine.Jobs) != 0 {
			t.Errorf("%s: %+v", none, mine)
		}
	}
	w.http.Client().Jar = nil
	if w.read("/api/jobs", &mine); len(mine.Jobs) != 0 {
		t.Errorf("another's jobs are listed: %+v", mine)
	}
	w.send("DELETE", at, "").into(t, 200, &job)
	if job.Status != "dismissed" {
		t.Errorf("%+v", job)
	}
	if a := w.get(at + "/results"); a.StatusCode != http.StatusGone {
		t.Errorf("a dismissed job's answer: %s", a.Status)
	}
}

func lastEvent(w *world, at string) string {
	events := strings.Split(string(w.get(at+"/events").body), "id: ")
	id, _, _ := strings.Cut(events[len(events)-1], "\n")
	return id
}

// What can't be asked is refused at once, with the input's name.
func TestQuestionsRefuse(t *testing.T) {
	w := newAskedCity(t)
	for body, field := range map[string]string{
		`{"inputs": {}}`:                   "shape",
		`{"inputs": {"shape": [1, 2, 3]}}`: "shape",
		`{"inputs": {"shape": {"href": "https://example.cn/shape.json"}}}`:                         "shape",
		`{"inputs": {` + aroundHere + `, "colour": 1}}`:                                            "colour",
		`{"inputs": {"shape": {"type": "Point", "coordinates": [120.8, 32]}, "radius": 10000000}}`: "radius",
		`{"inputs": {` + aroundHere + `}, "outputs": {"map": {}}}`:                                 "outputs",
		`{"inputs": {` + aroundHere + `}, "response": "both"}`:                                     "response",
		`{"inputs": {` + aroundHere + `}, "subscriber": {}}`:                                       "subscriber",
		`{"inputs": []}`: "inputs",
		`nothing`:        "",
	} {
		for _, prefer := range []string{"", "respond-async"} {
			var p problem
			a := w.send("POST", "/api/processes/around/execution", body, "Prefer", prefer)
			a.into(t, 400, &p)
			if p.Field != field || p.Detail == "" || a.Header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s %s: %+v", body, prefer, p)
			}
		}
	}
	// What is only seen in the answering is an error of the job.
	const swapped = `{"inputs": {"shape": {"type": "Point", "coordinates": [32, 120.8]}}}`
	var p problem
	w.send("POST", "/api/processes/around/execution", swapped).into(t, 400, &p)
	at := w.send("POST", "/api/processes/around/execution", swapped, "Prefer", "respond-async").Header.Get("Location")
	if last := w.untilOver(at); last.Status != "failed" || last.Message != p.Detail || p.Field != "shape" {
		t.Errorf("%+v, %+v", last, p)
	}
	w.refused(at+"/results", 400, "invalid", "shape")

	if a := w.send("POST", "/api/processes/around/execution", `{"inputs": {"shape": "`+strings.Repeat("x", 2<<20)+`"}}`); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("2 MiB: %s", a.Status)
	}
	if a := w.send("POST", "/api/processes/around/execution", "{}", "Content-Type", "text/plain"); a.StatusCode != 400 {
		t.Errorf("no JSON: %s", a.Status)
	}
	for _, at := range []string{"/api/jobs/none", "/api/jobs/none/results", "/api/jobs/none/events"} {
		if a := w.get(at); a.StatusCode != 404 || !bytes.Contains(a.body, []byte("no-such-job")) {
			t.Errorf("%s: %s %s", at, a.Status, a.body)
		}
	}
	w.refused("/api/jobs?status=lost", 400, "invalid", "status")
	w.refused("/api/jobs?limit=0", 400, "invalid", "limit")
}

// A question that is given up, at once or as a job, leaves no statement in the database.
func TestGivenUpQuestionsLeaveNothing(t *testing.T) {
	w := newAskedCity(t)
	conn, err := pgx.Connect(t.Context(), w.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.WithoutCancel(t.Context()))
	if _, err := tx.Exec(t.Context(), "LOCK TABLE layer.shelter IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	waiting := func() (n int) {
		t.Helper()
		err := tx.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
			WHERE NOT granted AND locktype = 'relation' AND relation = 'layer.shelter'::regclass AND state = 'active'`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	until := func(what string, holds func() bool) {
		t.Helper()
		for end := time.Now().Add(time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("never: %s", what)
			}
		}
	}
	const body = `{"inputs": {` + aroundHere + `, "layers": ["shelter"]}}`

	var jobs []string
	for range 4 { // two are answered at a time, two wait
		a := w.send("POST", "/api/processes/around/execution", body, "Prefer", "respond-async")
		if a.StatusCode != 201 {
			t.Fatalf("%s %s", a.Status, a.body)
		}
		jobs = append(jobs, a.Header.Get("Location"))
	}
	until("the jobs wait for the table", func() bool { return waiting() > 0 })
	var status jobStatus
	w.read(jobs[0], &status)
	if status.Status != "running" && status.Status != "accepted" {
		t.Errorf("%+v", status)
	}
	if a := w.get(jobs[0] + "/results"); a.StatusCode != 404 || !bytes.Contains(a.body, []byte("result-not-ready")) {
		t.Errorf("%s %s", a.Status, a.body)
	}
	var group sync.WaitGroup
	for _, at := range jobs {
		group.Go(func() {
			var status jobStatus
			w.send("DELETE", at, "").into(t, 200, &status)
			if status.Status != "dismissed" {
				t.Errorf("%+v", status)
			}
		})
	}
	group.Wait()
	until("no statement of the jobs runs", func() bool { return waiting() == 0 })

	ctx, leave := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, "POST", w.url+"/api/processes/around/execution", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	gone := make(chan error)
	go func() {
		response, err := w.http.Client().Do(request)
		if err == nil {
			response.Body.Close()
			err = fmt.Errorf("it was answered: %s", response.Status)
		}
		gone <- err
	}()
	until("the question waits for the table", func() bool { return waiting() > 0 })
	leave()
	if err := <-gone; !strings.Contains(err.Error(), "canceled") {
		t.Error(err)
	}
	until("no statement of the question runs", func() bool { return waiting() == 0 })

	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	var now questionAnswer
	w.send("POST", "/api/processes/around/execution", body).into(t, 200, &now)
	if now.members() < 0 {
		t.Errorf("%+v", now)
	}
}
