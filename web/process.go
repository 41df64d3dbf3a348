package web

import (
	"net/http"
	"slices"
	"strings"

	"onemap/data"
	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/web/openapi"
)

// Questions is what planners' questions are asked of: OGC API Processes (18-062r2).
// Without it there are no such routes.
type Questions struct {
	Asker *ask.Asker
	Store *data.Store // keeps the scenarios
}

// processConformance are the requirement classes of OGC API Processes that hold.
var processConformance = []string{
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/dismiss",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
	"http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/ogc-process-description",
}

// Link relations of OGC API Processes.
const (
	relProcesses = "http://www.opengis.net/def/rel/ogc/1.0/processes"
	relExecute   = "http://www.opengis.net/def/rel/ogc/1.0/execute"
	relJobs      = "http://www.opengis.net/def/rel/ogc/1.0/job-list"
	relResults   = "http://www.opengis.net/def/rel/ogc/1.0/results"
)

// Exceptions of OGC API Processes, as types of problems.
const (
	noSuchProcess  = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-process"
	noSuchJob      = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/no-such-job"
	resultNotReady = "http://www.opengis.net/def/exceptions/ogcapi-processes-1/1.0/result-not-ready"
)

// processSummary is a kind of question as the list of processes has it (7.9.3).
type processSummary struct {
	ID                 string        `json:"id"`
	Title              string        `json:"title"`
	Description        string        `json:"description"`
	Version            string        `json:"version"`
	JobControlOptions  []string      `json:"jobControlOptions"`
	OutputTransmission []string      `json:"outputTransmission"`
	Question           *ask.Question `json:"question"` // in both languages, for forms
	Links              []link        `json:"links"`
}

// processInfo describes a process in full (7.10).
type processInfo struct {
	processSummary
	Inputs  map[string]processInput  `json:"inputs"`
	Outputs map[string]processOutput `json:"outputs"`
}

type processInput struct {
	Title       string         `json:"title"`
	Description string         `json:"description,omitempty"`
	MinOccurs   int            `json:"minOccurs"`
	MaxOccurs   int            `json:"maxOccurs"` // always 1: a list is one value, an array
	Schema      openapi.Schema `json:"schema"`
}

type processOutput struct {
	Title  string         `json:"title"`
	Schema openapi.Schema `json:"schema"`
}

// answerOutput is the one output of every process.
const answerOutput = "answer"

// processVersion is of the form of inputs and answers.
const processVersion = "1.0.0"

// getProcesses lists the kinds of questions.
func (s *Server) getProcesses(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r, "limit")
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	limit, err := number(params, "limit")
	if err != nil {
		return err
	}
	if params.Has("limit") && limit == 0 {
		return fault.In("limit", "It is 1 or more.")
	}
	list := ask.Questions()
	if limit > 0 {
		list = list[:min(int(min(limit, 1000)), len(list))]
	}
	answer := struct {
		Processes []processSummary `json:"processes"`
		Links     []link           `json:"links"`
	}{Processes: make([]processSummary, len(list)), Links: []link{
		{Href: s.address(r, r.URL.Path, params), Rel: "self", Type: jsonType},
		{Href: s.base(r) + "/api/jobs", Rel: relJobs, Type: jsonType},
	}}
	for i, q := range list {
		answer.Processes[i] = s.summaryOf(r, s.questionFor(r, q), lang)
	}
	return sendJSON(w, r, jsonType, answer)
}

// getProcess describes one kind of question.
func (s *Server) getProcess(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r)
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	q := ask.ByID(pathValue(r, "id"))
	if q == nil {
		return s.noProcess(w, r)
	}
	q = s.questionFor(r, q)
	info := processInfo{s.summaryOf(r, q, lang), map[string]processInput{}, map[string]processOutput{
		answerOutput: {in(lang, layers.Text{Zh: "答复", En: "The answer"}), outputSchema()},
	}}
	for _, input := range q.Inputs {
		p := processInput{Title: in(lang, input.Title), Description: in(lang, input.Description), MaxOccurs: 1, Schema: inputSchema(input)}
		if input.Required {
			p.MinOccurs = 1
		}
		info.Inputs[input.Name] = p
	}
	return sendJSON(w, r, jsonType, info)
}

func (s *Server) summaryOf(r *http.Request, q *ask.Question, lang string) processSummary {
	at := s.base(r) + "/api/processes/" + q.ID
	return processSummary{
		ID: q.ID, Title: in(lang, q.Title), Description: in(lang, q.Description), Version: processVersion, Question: q,
		JobControlOptions:  []string{"sync-execute", "async-execute", "dismiss"},
		OutputTransmission: []string{"value"},
		Links: []link{
			{Href: at, Rel: "self", Type: jsonType},
			{Href: at + "/execution", Rel: relExecute, Type: jsonType},
		},
	}
}

// questionFor is a question as the reader may see it: the layers that he may choose from
// are those that he may see, and choices of code lists are filled in.
func (s *Server) questionFor(r *http.Request, q *ask.Question) *ask.Question {
	views := s.catalogue.For(readerOf(r))
	known := func(id string) bool {
		return slices.ContainsFunc(views, func(v *layers.View) bool { return v.ID == id })
	}
	copied := *q
	copied.Inputs = slices.Clone(q.Inputs)
	for i, input := range copied.Inputs {
		for _, id := range input.Codes {
			list := s.catalogue.CodeList(id)
			for _, code := range list.Codes() {
				if !slices.ContainsFunc(copied.Inputs[i].Choices, func(o ask.Option) bool { return o.Code == code }) {
					copied.Inputs[i].Choices = append(copied.Inputs[i].Choices, ask.Option{Code: code, Title: list.Code(code).Title})
				}
			}
		}
		if input.Kind != ask.Layer {
			continue
		}
		var choices []ask.Option
		for _, v := range views {
			if input.Choices == nil {
				choices = append(choices, ask.Option{Code: v.ID, Title: v.Title})
			}
		}
		for _, c := range input.Choices {
			if known(c.Code) {
				choices = append(choices, c)
			}
		}
		copied.Inputs[i].Choices = choices
	}
	return &copied
}

// noProcess answers for a process that there is not (7.10.2).
func (s *Server) noProcess(w http.ResponseWriter, r *http.Request) error {
	ids := make([]string, len(ask.Questions()))
	for i, q := range ask.Questions() {
		ids[i] = q.ID
	}
	s.writeProblem(w, r, problem{
		Type: noSuchProcess, Status: http.StatusNotFound, Code: fault.NotFound,
		Detail: "There is no such process; there are " + strings.Join(ids, ", ") + ".",
	})
	return nil
}
