package web

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// executeBody is a request to execute a process (18-062r2, 7.11.2), with the scenario in
// which the question is asked.
type executeBody struct {
	Inputs   map[string]json.RawMessage `json:"inputs"`
	Outputs  map[string]outputWanted    `json:"outputs"`
	Response string                     `json:"response"` // raw or document
	Scenario json.RawMessage            `json:"scenario"` // a saved one's name, or one in full
	Compare  bool                       `json:"compare"`  // with the answer as things are
}

type outputWanted struct {
	Format struct {
		MediaType string          `json:"mediaType"`
		Encoding  string          `json:"encoding"`
		Schema    json.RawMessage `json:"schema"`
	} `json:"format"`
	TransmissionMode string `json:"transmissionMode"`
}

// execution is a question that is to be answered, checked.
type execution struct {
	question string
	inputs   map[string]json.RawMessage
	reader   layers.Reader
	scenario *ask.Scenario
	compare  bool
	document bool   // the answer within an object of outputs
	media    string // media type that is wanted of the answer; empty: nothing is said
	progress func(float64, layers.Text)
}

func (e execution) ask(ctx context.Context, a *ask.Asker) (*ask.Answer, error) {
	request := ask.Request{Question: e.question, Inputs: e.inputs, Reader: e.reader, Scenario: e.scenario, Progress: e.progress}
	if e.compare {
		return a.Compare(ctx, request)
	}
	return a.Ask(ctx, request)
}

// postExecution answers a question, or takes it as a job where the client prefers that.
func (s *Server) postExecution(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", cacheNever)
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
	order, err := s.executionIn(w, r, q)
	if err != nil {
		return err
	}
	form, err := answerForm(w, r, params, order)
	if err != nil {
		return err
	}
	if !prefers(r, "respond-async") {
		answer, err := s.questions.answer(r.Context(), order)
		if err != nil {
			return err
		}
		return sendAnswer(w, form, answer, lang, order.document)
	}
	j, err := s.questions.begin(askerOf(w, r), order)
	if err != nil {
		return err
	}
	info := s.jobInfo(r, j, lang)
	w.Header().Set("Location", s.base(r)+"/api/jobs/"+j.id)
	w.Header().Set("Preference-Applied", "respond-async")
	return reply(w, http.StatusCreated, jsonType, info)
}

// executionIn reads and checks what is asked.
func (s *Server) executionIn(w http.ResponseWriter, r *http.Request, q *ask.Question) (order execution, err error) {
	var body executeBody
	if err := s.readBody(w, r, &body); err != nil {
		return order, err
	}
	order = execution{question: q.ID, reader: readerOf(r), compare: body.Compare, document: body.Response == "document"}
	if body.Response != "" && body.Response != "raw" && body.Response != "document" {
		return order, fault.In("response", "It is raw or document.")
	}
	for name, wanted := range body.Outputs {
		switch {
		case name != answerOutput:
			return order, fault.In("outputs", "A question has one output, %s.", answerOutput)
		case wanted.Format.MediaType != "" && formOfType(wanted.Format.MediaType) == nil:
			return order, fault.In("outputs", "An answer can't be had as %.60s.", wanted.Format.MediaType)
		case wanted.TransmissionMode != "" && wanted.TransmissionMode != "value":
			return order, fault.In("outputs", "Answers are sent as values.")
		}
		order.media = wanted.Format.MediaType
	}
	order.inputs = make(map[string]json.RawMessage, len(body.Inputs))
	for _, name := range slices.Sorted(maps.Keys(body.Inputs)) {
		if order.inputs[name], err = plainInput(name, body.Inputs[name]); err != nil {
			return order, err
		}
	}
	if err := q.Check(order.inputs); err != nil {
		return order, err
	}
	if order.scenario, err = s.scenarioIn(r.Context(), body.Scenario, order.reader); err != nil {
		return order, err
	}
	if order.compare && order.scenario == nil {
		return order, fault.In("scenario", "A comparison needs a scenario.")
	}
	return order, nil
}

// plainInput takes an input, or each of a list, out of the wrapping that 7.11.2.3 allows: a
// value with its media type, or a reference, of which those that hold the value itself
// (RFC 2397) are understood.
func plainInput(name string, raw json.RawMessage) (json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil && list != nil {
		for i := range list {
			var err error
			if list[i], err = plainValue(name, list[i]); err != nil {
				return nil, err
			}
		}
		return json.Marshal(list)
	}
	return plainValue(name, raw)
}

func plainValue(name string, raw json.RawMessage) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil || members == nil {
		return raw, nil
	}
	value, wrapped := members["value"]
	href, linked := members["href"]
	for member := range members {
		switch member {
		case "value", "href", "mediaType", "type", "rel", "title", "hreflang", "encoding", "schema":
		default:
			return raw, nil
		}
	}
	switch {
	case linked:
		var address string
		_ = json.Unmarshal(href, &address)
		head, text, found := strings.Cut(address, ",")
		text, err := url.PathUnescape(text)
		if !found || err != nil || !strings.HasPrefix(head, "data:") || strings.HasSuffix(head, ";base64") || !json.Valid([]byte(text)) {
			return nil, fault.In(name, "A reference to another place is not followed; send the value itself.")
		}
		return json.RawMessage(text), nil
	case wrapped:
		return value, nil
	}
	return raw, nil
}

// prefers reports whether a request's Prefer headers (RFC 7240) name a preference.
func prefers(r *http.Request, preference string) bool {
	for _, header := range r.Header.Values("Prefer") {
		for item := range strings.SplitSeq(header, ",") {
			token, _, _ := strings.Cut(item, ";")
			if strings.EqualFold(strings.TrimSpace(token), preference) {
				return true
			}
		}
	}
	return false
}
