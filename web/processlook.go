package web

import (
	"cmp"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"onemap/data/ask"
	"onemap/layers"
	"onemap/layers/fault"
)

// jobInfo is how a job stands (18-062r2, 7.12).
type jobInfo struct {
	ID       string     `json:"jobID"`
	Type     string     `json:"type"` // process
	Process  string     `json:"processID"`
	Status   string     `json:"status"`
	Message  string     `json:"message,omitempty"`
	Created  time.Time  `json:"created"`
	Started  *time.Time `json:"started,omitempty"`
	Finished *time.Time `json:"finished,omitempty"`
	Updated  time.Time  `json:"updated"`
	Progress int        `json:"progress"` // percent
	Error    *trouble   `json:"error,omitempty"`
	Links    []link     `json:"links"`
}

func (s *Server) jobInfo(r *http.Request, j *processJob, lang string) jobInfo {
	j.mu.Lock()
	defer j.mu.Unlock()
	at := s.base(r) + "/api/jobs/" + j.id
	moment := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	info := jobInfo{
		ID: j.id, Type: "process", Process: j.order.question, Status: j.state, Message: in(lang, j.message),
		Created: j.created, Started: moment(j.started), Finished: moment(j.finished), Updated: j.updated, Progress: int(100 * j.progress),
		Links: []link{{Href: at, Rel: "self", Type: jsonType}, {Href: at + "/events", Rel: "monitor", Type: eventsType}},
	}
	if j.err != nil {
		info.Error = troubleOf(j.err)
		info.Message = info.Error.Detail
	}
	if j.state == jobSuccessful {
		info.Links = append(info.Links, link{Href: at + "/results", Rel: relResults, Type: jsonType})
		for _, f := range ask.Forms()[1:] {
			info.Links = append(info.Links, link{Href: at + "/results?f=" + f.ID, Rel: relResults, Type: f.MediaType, Title: in(lang, f.Title)})
		}
	}
	return info
}

// askerCookie knows a browser again, so that it finds its own jobs. Until accounts exist a
// job belongs to whoever knows its id; only the list of jobs needs to know who asks.
const askerCookie = "onemap-asker"

// askerOf names who asks, and gives a name to one who has none.
func askerOf(w http.ResponseWriter, r *http.Request) string {
	if c, err := r.Cookie(askerCookie); err == nil && len(c.Value) == 26 {
		return c.Value
	}
	name := rand.Text()
	http.SetCookie(w, &http.Cookie{Name: askerCookie, Value: name, Path: "/api", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteStrictMode})
	return name
}

// jobIn finds the job that a request speaks of; nil where the answer has been given.
func (s *Server) jobIn(w http.ResponseWriter, r *http.Request) *processJob {
	w.Header().Set("Cache-Control", cacheNever)
	j := s.questions.of(pathValue(r, "id"))
	if j == nil {
		s.writeProblem(w, r, problem{
			Type: noSuchJob, Status: http.StatusNotFound, Code: fault.NotFound,
			Detail: "There is no such job. A job is kept for an hour after its end, and less where room is needed for others.",
		})
	}
	return j
}

// getJobs lists the asker's own jobs, the newest first (12).
func (s *Server) getJobs(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", cacheNever)
	params, err := s.only(r, "limit", "type", "processID", "status", "datetime", "minDuration", "maxDuration")
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	fits, limit, err := jobFilter(params)
	if err != nil {
		return err
	}
	answer := struct {
		Jobs  []jobInfo `json:"jobs"`
		Links []link    `json:"links"`
	}{Jobs: []jobInfo{}, Links: []link{{Href: s.address(r, r.URL.Path, params), Rel: "self", Type: jsonType}}}
	asker := ""
	if c, err := r.Cookie(askerCookie); err == nil {
		asker = c.Value
	}
	for _, j := range s.questions.ofAsker(asker) {
		if info := s.jobInfo(r, j, lang); fits(info) && len(answer.Jobs) < limit {
			answer.Jobs = append(answer.Jobs, info)
		}
	}
	return reply(w, http.StatusOK, jsonType, answer)
}

// jobFilter reads which jobs are wanted.
func jobFilter(params url.Values) (fits func(jobInfo) bool, most int, err error) {
	limit, err := number(params, "limit")
	if err != nil || params.Has("limit") && limit == 0 {
		return nil, 0, cmp.Or(err, error(fault.In("limit", "It is 1 or more.")))
	}
	shortest, err := number(params, "minDuration")
	if err != nil {
		return nil, 0, err
	}
	longest, err := number(params, "maxDuration")
	if err != nil {
		return nil, 0, err
	}
	var span *layers.Interval
	if text := params.Get("datetime"); text != "" {
		if span, err = layers.ParseInterval(text); err != nil {
			return nil, 0, err
		}
	}
	list := func(name string) []string {
		var words []string
		for _, text := range params[name] {
			words = append(words, strings.Split(text, ",")...)
		}
		return words
	}
	kinds, processes, states := list("type"), list("processID"), list("status")
	for _, state := range states {
		if !slices.Contains([]string{jobAccepted, jobRunning, jobSuccessful, jobFailed, jobDismissed}, state) {
			return nil, 0, fault.In("status", "%.30q is no status of a job.", state)
		}
	}
	among := func(words []string, word string) bool { return words == nil || slices.Contains(words, word) }
	return func(info jobInfo) bool {
		if !among(kinds, info.Type) || !among(processes, info.Process) || !among(states, info.Status) {
			return false
		}
		if span != nil && (span.From != nil && info.Created.Before(*span.From) || span.To != nil && info.Created.After(*span.To)) {
			return false
		}
		if !params.Has("minDuration") && !params.Has("maxDuration") {
			return true
		}
		if info.Started == nil {
			return false
		}
		end := time.Now()
		if info.Finished != nil {
			end = *info.Finished
		}
		seconds := int64(end.Sub(*info.Started).Seconds())
		return seconds >= shortest && (!params.Has("maxDuration") || seconds <= longest)
	}, int(cmp.Or(min(limit, 1000), 100)), nil
}

// getJob tells how a job stands.
func (s *Server) getJob(w http.ResponseWriter, r *http.Request) error {
	return s.tellJob(w, r, func(*processJob) error { return nil })
}

// deleteJob dismisses a job: what runs is cancelled, what was answered is forgotten (13).
func (s *Server) deleteJob(w http.ResponseWriter, r *http.Request) error {
	return s.tellJob(w, r, func(j *processJob) error { return s.questions.dismiss(r.Context(), j) })
}

func (s *Server) tellJob(w http.ResponseWriter, r *http.Request, first func(*processJob) error) error {
	params, err := s.only(r)
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	j := s.jobIn(w, r)
	if j == nil {
		return nil
	}
	if err := first(j); err != nil {
		return err
	}
	return reply(w, http.StatusOK, jsonType, s.jobInfo(r, j, lang))
}

// getJobResults answers with a job's answer, or with why there is none.
func (s *Server) getJobResults(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r)
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	j := s.jobIn(w, r)
	if j == nil {
		return nil
	}
	j.mu.Lock()
	order := j.order
	j.mu.Unlock()
	order.document = order.document && params.Get("f") == "" // a file that is asked for is that file
	form, err := answerForm(w, r, params, order)
	if err != nil {
		return err
	}
	j.mu.Lock()
	state, answer, err := j.state, j.answer, j.err
	j.mu.Unlock()
	switch {
	case err != nil:
		return err
	case answer != nil:
		return sendAnswer(w, form, answer, lang, order.document)
	case state == jobDismissed:
		s.writeProblem(w, r, problem{Type: noSuchJob, Status: http.StatusGone, Code: fault.NotFound, Detail: "The job was dismissed and has no answer."})
	default:
		s.writeProblem(w, r, problem{Type: resultNotReady, Status: http.StatusNotFound, Code: fault.NotFound, Detail: "The job is not done yet; its status is " + state + "."})
	}
	return nil
}

// getJobEvents tells how a job goes, as server-sent events: progress, and at last end, each
// with the job's status as data.
func (s *Server) getJobEvents(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r)
	if err != nil {
		return err
	}
	lang, err := langOf(w, r, params)
	if err != nil {
		return err
	}
	j := s.jobIn(w, r)
	if j == nil {
		return nil
	}
	out := &events{w: w, conn: http.NewResponseController(w), last: r.Header.Get("Last-Event-ID")}
	for {
		id, over, changed := j.look()
		if over {
			return out.end(s.jobInfo(r, j, lang), id)
		}
		if id != out.last {
			if err := out.send("progress", id, s.jobInfo(r, j, lang)); err != nil {
				return err
			}
			select { // several changes at once become one event
			case <-time.After(eventsPause):
			case <-j.ended:
			case <-r.Context().Done():
				return nil
			}
		}
		select {
		case <-changed:
		case <-time.After(heartbeat):
			if err := out.write(": still here\n\n"); err != nil {
				return err
			}
		case <-s.ended:
			return nil
		case <-r.Context().Done():
			return nil
		}
	}
}
