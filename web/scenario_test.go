package web_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"onemap/data/survey"
	"onemap/data/upload"
	"onemap/web"
)

// editableCity is an asked city where this machine may write.
func editableCity(t *testing.T) *world {
	t.Helper()
	return newAskedCity(t, func(c *web.Config) {
		home, store := t.TempDir(), c.Questions.Store
		in, err := survey.NewIntake(store, home)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := upload.Open(filepath.Join(home, "parts"), upload.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		c.Survey = &web.Survey{Intake: in, Store: store, Uploads: parts, Access: web.AccessLocal}
	})
}

type savedScenario struct {
	ID      int64
	Version int64
	Name    string
	Note    string
	Lost    []struct {
		Layer string
		IDs   []int64
	}
	Links []struct{ Href string }
}

// A scenario is made, read, changed by one who has seen it, used by name and forgotten.
func TestScenarioLife(t *testing.T) {
	w := editableCity(t)
	var base questionAnswer
	const here = `"shape": {"type": "Point", "coordinates": [120.86, 32.01]}, "radius": 30000, "limit": 1000, "layers": ["shelter"]`
	const execution = "/api/processes/around/execution"
	w.send("POST", execution, `{"inputs": {`+here+`}}`).into(t, 200, &base)
	if base.members() < 3 {
		t.Fatalf("%v shelters are too few for this test", base.members())
	}
	lost := base.Tables[1].Rows[0].ID

	var made savedScenario
	body := fmt.Sprintf(`{"name": " 台风 ", "note": "甲", "lost": [{"layer": "shelter", "ids": [%d]}]}`, lost)
	a := w.send("POST", "/api/scenarios", body)
	a.into(t, http.StatusCreated, &made)
	at, tag := strings.TrimPrefix(a.Header.Get("Location"), w.url), a.Header.Get("ETag")
	if made.Name != "台风" || made.Version != 1 || tag != `"1"` || made.Lost[0].IDs[0] != lost {
		t.Fatalf("%+v %s", made, tag)
	}
	var p problem
	w.send("POST", "/api/scenarios", body).into(t, http.StatusConflict, &p)
	if p.Field != "name" {
		t.Errorf("%+v", p)
	}
	var list struct {
		Scenarios []savedScenario
		Editable  bool
	}
	if w.read("/api/scenarios", &list); len(list.Scenarios) != 1 || !list.Editable {
		t.Errorf("%+v", list)
	}

	for _, scenario := range []string{`"台风"`, fmt.Sprint(made.ID), fmt.Sprintf(`{"name": "x", "lost": [{"layer": "shelter", "ids": [%d]}]}`, lost)} {
		var within questionAnswer
		w.send("POST", execution, `{"inputs": {`+here+`}, "scenario": `+scenario+`}`).into(t, 200, &within)
		if within.members() != base.members()-1 || within.Scenario == "" {
			t.Errorf("%s: %v of %v, in %q", scenario, within.members(), base.members(), within.Scenario)
		}
	}
	var both questionAnswer
	w.send("POST", execution, `{"inputs": {`+here+`}, "scenario": "台风", "compare": true}`).into(t, 200, &both)
	if both.members() != -1 {
		t.Errorf("one shelter is lost, the comparison says %v", both.members())
	}

	changed := fmt.Sprintf(`{"name": "台风", "note": "乙", "lost": [{"layer": "shelter", "ids": [%d, %d]}]}`, lost, base.Tables[1].Rows[1].ID)
	w.send("PUT", at, changed).into(t, http.StatusPreconditionRequired, &p)
	w.send("PUT", at, changed, "If-Match", `"7"`).into(t, http.StatusPreconditionFailed, &p)
	var after savedScenario
	a = w.send("PUT", at, changed, "If-Match", tag)
	a.into(t, 200, &after)
	if after.Version != 2 || after.Note != "乙" || len(after.Lost[0].IDs) != 2 || a.Header.Get("ETag") != `"2"` {
		t.Errorf("%+v", after)
	}
	w.send("PUT", at, changed, "If-Match", tag).into(t, http.StatusPreconditionFailed, &p)
	w.send("DELETE", at, "", "If-Match", tag).into(t, http.StatusPreconditionFailed, &p)
	again := string(w.get(at).body) // what was read can be written again
	w.send("PUT", at, again, "If-Match", `"2"`).into(t, 200, &after)
	if a := w.send("DELETE", at, "", "If-Match", `"3"`); a.StatusCode != http.StatusNoContent {
		t.Errorf("%s %s", a.Status, a.body)
	}
	w.refused(at, 404, "not_found", "")
	w.send("POST", execution, `{"inputs": {`+here+`}, "scenario": "台风"}`).into(t, 400, &p)
	if p.Field != "scenario" {
		t.Errorf("%+v", p)
	}
}

func TestScenariosRefuse(t *testing.T) {
	w := editableCity(t)
	for body, field := range map[string]string{
		`{}`: "name",
		`{"name": "` + strings.Repeat("长", 101) + `"}`:                                                         "name",
		`{"name": "a", "note": "` + strings.Repeat("x", 2001) + `"}`:                                           "note",
		`{"name": "a", "colour": 1}`:                                                                           "colour",
		`{"name": "a", "added": [{"layer": "building", "place": [120, 32]}]}`:                                  "scenario",
		`{"name": "a", "added": [{"layer": "shelter", "place": [220, 32]}]}`:                                   "scenario",
		`{"name": "a", "added": [{"layer": "shelter", "place": [120, 32], "properties": {"name": "\u0000"}}]}`: "scenario",
		`{"name": "a", "closed": [{"area": [[120, 32], [121, 32]]}]}`:                                          "scenario",
	} {
		var p problem
		w.send("POST", "/api/scenarios", body).into(t, 400, &p)
		if p.Field != field {
			t.Errorf("%s: %+v", body, p)
		}
	}
	var p problem
	w.send("POST", "/api/scenarios", `{"name": "a", "lost": [{"layer": "nothing", "ids": [1]}]}`).into(t, 404, &p)
	w.send("POST", "/api/processes/around/execution", `{"inputs": {`+aroundHere+`}, "compare": true}`).into(t, 400, &p)
	if p.Field != "scenario" {
		t.Errorf("%+v", p)
	}
	if a := w.send("POST", "/api/scenarios", `{"name": "a"}`, "X-Forwarded-For", "10.0.0.1"); a.StatusCode != http.StatusForbidden {
		t.Errorf("through a proxy: %s", a.Status)
	}
	if a := w.send("POST", "/api/scenarios", `{"name": "a"}`, "Origin", "https://elsewhere.example"); a.StatusCode != http.StatusForbidden {
		t.Errorf("from another page: %s", a.Status)
	}
	if a := newAskedCity(t).send("POST", "/api/scenarios", `{"name": "a"}`); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("where nobody may write: %s", a.Status)
	}
}
