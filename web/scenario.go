package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"onemap/data"
	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// scenarioInfo is a saved scenario as a client sees and sends it. What the server says of
// it is not read from requests.
type scenarioInfo struct {
	ask.Scenario
	Note      string    `json:"note"`
	ID        int64     `json:"id"`
	Version   int64     `json:"version"`
	MadeBy    string    `json:"made_by"`
	MadeAt    time.Time `json:"made_at"`
	ChangedAt time.Time `json:"changed_at"`
	Links     []link    `json:"links"`
}

const (
	longestName = 100  // characters of a scenario's name
	longestNote = 2000 // and of its note
)

// getScenarios lists the scenarios that the reader may use.
func (s *Server) getScenarios(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", cacheNever)
	if _, err := s.only(r); err != nil {
		return err
	}
	saved, err := s.questions.Store.Scenarios(r.Context())
	if err != nil {
		return err
	}
	answer := struct {
		Scenarios []scenarioInfo `json:"scenarios"`
		Editable  bool           `json:"editable"` // whether anyone may make some here
		Links     []link         `json:"links"`
	}{[]scenarioInfo{}, s.editable(), []link{{Href: s.base(r) + "/api/scenarios", Rel: "self", Type: jsonType}}}
	for _, one := range saved {
		if info, err := s.scenarioInfo(r, one); err == nil { // else it speaks of layers that the reader may not see
			answer.Scenarios = append(answer.Scenarios, info)
		}
	}
	return reply(w, http.StatusOK, jsonType, answer)
}

// scenarioInfo is a saved scenario for the reader; NotFound where it is not for him.
func (s *Server) scenarioInfo(r *http.Request, saved data.SavedScenario) (scenarioInfo, error) {
	info := scenarioInfo{
		Note: saved.Note, ID: saved.ID, Version: saved.Version, MadeBy: saved.MadeBy, MadeAt: saved.MadeAt, ChangedAt: saved.ChangedAt,
		Links: []link{{Href: s.base(r) + "/api/scenarios/" + strconv.FormatInt(saved.ID, 10), Rel: "self", Type: jsonType}},
	}
	scenario, err := scenarioOf(saved, s.catalogue, readerOf(r))
	if err != nil {
		return info, err
	}
	info.Scenario = *scenario
	return info, nil
}

// scenarioOf reads a saved scenario for a reader; NotFound where it speaks of what he may
// not see, or of what is not there any more.
func scenarioOf(saved data.SavedScenario, cat *layers.Catalogue, reader layers.Reader) (*ask.Scenario, error) {
	var scenario ask.Scenario
	if err := json.Unmarshal(saved.Content, &scenario); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "scenario %d", saved.ID)
	}
	scenario.Name = saved.Name
	if err := scenario.Check(cat, reader); err != nil {
		return nil, &fault.Error{Code: fault.NotFound, Field: "scenario", Message: "There is no scenario " + saved.Name + " that you could use.", Err: err}
	}
	return &scenario, nil
}

// getScenario answers with one scenario.
func (s *Server) getScenario(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", cacheNever)
	if _, err := s.only(r); err != nil {
		return err
	}
	id, err := idIn(r, "scenario")
	if err != nil {
		return err
	}
	saved, err := s.questions.Store.Scenario(r.Context(), id)
	if err != nil {
		return err
	}
	return s.sendScenario(w, r, http.StatusOK, saved)
}

func (s *Server) sendScenario(w http.ResponseWriter, r *http.Request, status int, saved data.SavedScenario) error {
	info, err := s.scenarioInfo(r, saved)
	if err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+strconv.FormatInt(saved.Version, 10)+`"`)
	if status == http.StatusCreated {
		w.Header().Set("Location", info.Links[0].Href)
	}
	return reply(w, status, jsonType, info)
}

// postScenario keeps a scenario.
func (s *Server) postScenario(w http.ResponseWriter, r *http.Request) error {
	saved, err := s.savedIn(w, r)
	if err != nil {
		return err
	}
	saved.MadeBy = importer
	if saved, err = s.questions.Store.MakeScenario(r.Context(), saved); err != nil {
		return err
	}
	return s.sendScenario(w, r, http.StatusCreated, saved)
}

// putScenario replaces a scenario of the version that If-Match names.
func (s *Server) putScenario(w http.ResponseWriter, r *http.Request) error {
	id, version, status, err := scenarioVersion(r)
	if err != nil {
		return s.refuse(w, r, status, err)
	}
	saved, err := s.savedIn(w, r)
	if err != nil {
		return err
	}
	saved.ID, saved.Version = id, version
	if saved, err = s.questions.Store.ReplaceScenario(r.Context(), saved); err != nil {
		return s.refuse(w, r, statusOfEdit(err), err)
	}
	return s.sendScenario(w, r, http.StatusOK, saved)
}

// deleteScenario forgets a scenario of the version that If-Match names.
func (s *Server) deleteScenario(w http.ResponseWriter, r *http.Request) error {
	id, version, status, err := scenarioVersion(r)
	if err != nil {
		return s.refuse(w, r, status, err)
	}
	if err := s.questions.Store.DeleteScenario(r.Context(), id, version); err != nil {
		return s.refuse(w, r, statusOfEdit(err), err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// scenarioVersion reads which version of which scenario is to be changed.
func scenarioVersion(r *http.Request) (id, version int64, status int, err error) {
	if id, err = idIn(r, "scenario"); err != nil {
		return 0, 0, 0, err
	}
	versions := versionsIn(r.Header.Values("If-Match"))
	if len(versions) != 1 {
		return 0, 0, http.StatusPreconditionRequired, fault.In("If-Match", "Say by If-Match which version of the scenario you have seen: the ETag that came with it.")
	}
	version, _ = strconv.ParseInt(versions[0], 10, 64) // what is no number is no version
	return id, version, 0, nil
}

// savedIn reads and checks a scenario that is to be kept.
func (s *Server) savedIn(w http.ResponseWriter, r *http.Request) (saved data.SavedScenario, err error) {
	if _, err := s.only(r); err != nil {
		return saved, err
	}
	var info scenarioInfo
	if err := s.readBody(w, r, &info); err != nil {
		return saved, err
	}
	saved.Name, saved.Note = strings.TrimSpace(info.Name), strings.TrimSpace(info.Note)
	switch {
	case saved.Name == "" || utf8.RuneCountInString(saved.Name) > longestName || strings.ContainsFunc(saved.Name, unicode.IsControl):
		return saved, fault.In("name", "A scenario has a name of 1 to %d characters.", longestName)
	case utf8.RuneCountInString(saved.Note) > longestNote || strings.ContainsRune(saved.Note, 0):
		return saved, fault.In("note", "A note has %d characters at most.", longestNote)
	}
	if err := info.Check(s.catalogue, readerOf(r)); err != nil {
		return saved, err
	}
	info.Scenario.Name = ""
	if saved.Content, err = json.Marshal(info.Scenario); err != nil {
		return saved, fault.Wrap(err, fault.Internal, "a scenario")
	}
	if bytes.Contains(saved.Content, []byte(`\u0000`)) {
		return saved, fault.In("scenario", "The database can't keep a text with the character U+0000.")
	}
	return saved, nil
}

// scenarioIn reads the scenario of a question: none, a saved one by its name or number, or
// one in full.
func (s *Server) scenarioIn(ctx context.Context, raw json.RawMessage, reader layers.Reader) (*ask.Scenario, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var saved data.SavedScenario
	var name string
	var id int64
	var err error
	switch {
	case json.Unmarshal(raw, &name) == nil:
		saved, err = s.questions.Store.ScenarioNamed(ctx, name)
	case json.Unmarshal(raw, &id) == nil:
		saved, err = s.questions.Store.Scenario(ctx, id)
	default:
		scenario, err := ask.ParseScenario(raw)
		if err != nil {
			return nil, err
		}
		return scenario, scenario.Check(s.catalogue, reader)
	}
	if err != nil {
		if fault.CodeOf(err) == fault.NotFound {
			message, _ := fault.MessageOf(err)
			err = fault.In("scenario", "%s", message)
		}
		return nil, err
	}
	scenario, err := scenarioOf(saved, s.catalogue, reader)
	if fault.CodeOf(err) == fault.NotFound && err != nil {
		message, _ := fault.MessageOf(err)
		err = fault.In("scenario", "%s", message)
	}
	return scenario, err
}
