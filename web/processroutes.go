package web

import (
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"onemap/data/ask"
	"onemap/web/openapi"
)

// processRoutes are the routes of questions; none without an Asker.
func (s *Server) processRoutes() []surveyRoute {
	if s.questions == nil {
		return nil
	}
	const get, post, del = http.MethodGet, http.MethodPost, http.MethodDelete
	list := []surveyRoute{
		{get, "processes", "/api/processes", s.getProcesses, false},
		{get, "process", "/api/processes/{id}", s.getProcess, false},
		{post, "execution", "/api/processes/{id}/execution", s.postExecution, false},
		{get, "jobs", "/api/jobs", s.getJobs, false},
		{get, "job", "/api/jobs/{id}", s.getJob, false},
		{del, "job", "/api/jobs/{id}", s.deleteJob, false},
		{get, "job results", "/api/jobs/{id}/results", s.getJobResults, false},
		{get, "job events", "/api/jobs/{id}/events", s.getJobEvents, true},

		{get, "scenarios", "/api/scenarios", s.getScenarios, false},
		{get, "scenario", "/api/scenarios/{id}", s.getScenario, false},
	}
	if s.editable() {
		list = append(list,
			surveyRoute{post, "scenario create", "/api/scenarios", s.guarded(s.postScenario), false},
			surveyRoute{http.MethodPut, "scenario replace", "/api/scenarios/{id}", s.guarded(s.putScenario), false},
			surveyRoute{del, "scenario delete", "/api/scenarios/{id}", s.guarded(s.deleteScenario), false})
	}
	return list
}

// addProcessRoutes puts the table into force.
func (s *Server) addProcessRoutes(router *mux.Router) {
	for _, rt := range s.processRoutes() {
		h := http.Handler(s.named(rt.name, rt.handler))
		if !rt.long {
			h = s.limit(h)
		}
		methods := []string{rt.method}
		if rt.method == http.MethodGet {
			methods = append(methods, http.MethodHead)
		}
		router.Path(rt.pattern).Methods(methods...).Name(rt.name).Handler(h)
	}
}

const tagProcesses = "processes"

// describeProcesses adds the operations of questions to the definition: the execution of
// each kind of question with its own inputs.
func (s *Server) describeProcesses(doc *openapi.Document, r *http.Request) {
	doc.Tags = append(doc.Tags, openapi.Tag{Name: tagProcesses, Description: "Planners' questions: OGC API Processes"})
	doc.Components.Schemas["answer"] = answerSchema(openapi.Ref("text"))
	doc.Components.Schemas["job"] = jobSchema()
	p := processDoc{doc}
	s.describeScenarios(p)
	lang, any := openapi.ParameterRef("lang"), openapi.Of("object")
	get := func(path, id, summary string, answer openapi.Response, parameters ...*openapi.Parameter) {
		p.add(http.MethodGet, path, id, summary, "200", answer, nil, parameters...)
	}
	limit := queryParameter("limit", "The most that are listed.", openapi.Schema{"type": "integer", "minimum": 1, "maximum": 1000})
	words := openapi.Array(openapi.Of("string"))
	job := body("How the job stands.", jsonType, openapi.Ref("job"))
	id := pathParameter("id", openapi.Of("string"))

	get("/api/processes", "getProcesses", "The kinds of questions", body("The list.", jsonType, any), lang, limit)
	ids := make([]string, len(ask.Questions()))
	for k, q := range ask.Questions() {
		ids[k] = q.ID
		p.question(s.questionFor(r, q))
	}
	get("/api/processes/{id}", "getProcess", "A kind of question with its inputs", body("The description.", jsonType, any),
		pathParameter("id", openapi.Schema{"type": "string", "enum": ids}), lang)
	get("/api/jobs", "getJobs", "The asker's own jobs, the newest first",
		body("The list.", jsonType, openapi.Schema{"type": "object", "required": []string{"jobs", "links"}, "properties": openapi.Schema{"jobs": openapi.Array(openapi.Ref("job")), "links": openapi.Array(openapi.Ref("link"))}}),
		lang, limit, queryParameter("type", "Only of these types.", words), queryParameter("processID", "Only of these processes.", words),
		queryParameter("status", "Only in these states.", words), openapi.ParameterRef("datetime"),
		queryParameter("minDuration", "Only those that have run for so many seconds.", whole(0, 86400)), queryParameter("maxDuration", "Only those that have run for no more seconds.", whole(0, 86400)))
	get("/api/jobs/{id}", "getJob", "How a job stands", job, id, lang)
	p.add(http.MethodDelete, "/api/jobs/{id}", "dismissJob", "Cancel a job, or forget its answer", "200", job, nil, id, lang)
	get("/api/jobs/{id}/results", "getJobResults", "A job's answer", allForms(), id, lang, answerParameter())
	get("/api/jobs/{id}/events", "getJobEvents", "How a job goes, as server-sent events: progress, and at last end, each with a job as data. 204 to one who knows the end.",
		body("Events.", eventsType, openapi.Of("string")), id, lang, headerParameter("Last-Event-ID", "The last event that is known.", false))
}

// processDoc adds operations of questions.
type processDoc struct{ doc *openapi.Document }

// add adds one operation and returns it.
func (p processDoc) add(method, path, id, summary, status string, answer openapi.Response, in *openapi.Body, parameters ...*openapi.Parameter) *openapi.Operation {
	importDoc(p).add(method, path, id, summary, status, answer, in, parameters...)
	item := p.doc.Paths[path]
	o := map[string]*openapi.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodDelete: item.Delete}[method]
	delete(o.Responses, "403")
	delete(o.Responses, "409")
	o.Tags = []string{tagProcesses}
	return o
}

// question adds the execution of one kind of question.
func (p processDoc) question(q *ask.Question) {
	inputs, required := openapi.Schema{}, []string{}
	for _, input := range q.Inputs {
		schema := inputSchema(input)
		schema["title"] = input.Title.Zh + " " + input.Title.En
		inputs[input.Name] = schema
		if input.Required {
			required = append(required, input.Name)
		}
	}
	p.doc.Components.Schemas["execute_"+q.ID] = openapi.Schema{
		"type": "object", "required": []string{"inputs"}, "additionalProperties": false,
		"properties": openapi.Schema{
			"inputs":   openapi.Schema{"type": "object", "required": required, "properties": inputs, "additionalProperties": false},
			"outputs":  openapi.Of("object"),
			"response": openapi.Schema{"type": "string", "enum": []string{"raw", "document"}, "default": "raw"},
			"scenario": openapi.Schema{"oneOf": []openapi.Schema{openapi.Of("string"), openapi.Of("integer"), openapi.Ref("scenario")}, "description": "in which the question is asked: a saved one's name or number, or one in full"},
			"compare":  openapi.Schema{"type": "boolean", "description": "answers as things are and in the scenario, side by side"},
		},
	}
	path := "/api/processes/" + q.ID + "/execution"
	o := p.add(http.MethodPost, path, "ask_"+q.ID, q.Title.Zh+" "+q.Title.En, "200", allForms(),
		jsonBody(openapi.Ref("execute_"+q.ID)), openapi.ParameterRef("lang"), answerParameter(), headerParameter("Prefer", "respond-async takes the question as a job.", false))
	o.Description = q.Description.Zh + " " + q.Description.En
	accepted := body("The question is a job.", jsonType, openapi.Ref("job"))
	accepted.Headers = empty("", "Location", "Preference-Applied").Headers
	o.Responses["201"] = accepted
}

// allForms is an answer in all its forms.
func allForms() openapi.Response {
	answer := body("The answer.", jsonType, openapi.Ref("answer"))
	for _, f := range ask.Forms()[1:] {
		name, _, _ := strings.Cut(f.MediaType, ";")
		answer.Content[name] = openapi.MediaType{Schema: openapi.Schema{"type": "string", "format": "binary"}}
	}
	return answer
}

func answerParameter() *openapi.Parameter {
	var ids []string
	for _, f := range ask.Forms() {
		ids = append(ids, f.ID)
	}
	return queryParameter("f", "The answer's form; the Accept header decides where it is missing.", openapi.Schema{"type": "string", "enum": ids})
}

func jobSchema() openapi.Schema {
	word, time := openapi.Of("string"), openapi.Schema{"type": "string", "format": "date-time"}
	return openapi.Schema{
		"type": "object", "required": []string{"jobID", "type", "processID", "status", "created", "updated", "progress", "links"},
		"properties": openapi.Schema{
			"jobID": word, "type": openapi.Schema{"const": "process"}, "processID": word, "message": word,
			"status":  openapi.Schema{"enum": []string{jobAccepted, jobRunning, jobSuccessful, jobFailed, jobDismissed}},
			"created": time, "started": time, "finished": time, "updated": time, "progress": whole(0, 100),
			"error": openapi.Of("object"), "links": openapi.Array(openapi.Ref("link")),
		},
	}
}
