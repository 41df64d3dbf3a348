package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"onemap/data"
	"onemap/data/survey"
	"onemap/data/upload"
	"onemap/layers/fault"
)

// batchInfo is all that is known of a batch.
type batchInfo struct {
	data.Batch
	Way       []data.BatchStep    `json:"way"`
	Groups    []data.FindingGroup `json:"groups"`    // findings by rule and field
	Since     *data.FindingChange `json:"since"`     // against the batch before; null: there is none
	Check     *checkState         `json:"check"`     // the latest one; null: none that is known
	Open      *trouble            `json:"open"`      // what has to be said before it can be checked
	Approvals []data.BatchState   `json:"approvals"` // where a person may take it from here
	Links     []link              `json:"links"`

	Published *data.Edition `json:"published,omitempty"` // by this very request
}

// batchIn returns the batch that a request names.
func (s *Server) batchIn(r *http.Request) (data.Batch, error) {
	id, err := idIn(r, "batch")
	if err != nil {
		return data.Batch{}, err
	}
	return s.desk.Store.Batch(r.Context(), id)
}

// info gathers what is known of a batch.
func (s *Server) info(ctx context.Context, r *http.Request, id int64) (info batchInfo, err error) {
	store := s.desk.Store
	if info.Batch, err = store.Batch(ctx, id); err != nil {
		return info, err
	}
	if info.Way, err = store.BatchSteps(ctx, id); err != nil {
		return info, err
	}
	if info.Groups, err = store.FindingGroups(ctx, id); err != nil {
		return info, err
	}
	if info.Groups == nil {
		info.Groups = []data.FindingGroup{}
	}
	if info.Since, err = store.FindingsSince(ctx, id); err != nil {
		return info, err
	}
	if info.Check, err = s.checkOf(ctx, info.Batch, info.Way); err != nil {
		return info, err
	}
	if info.Open, err = openIn(info.Batch, info.Way); err != nil {
		return info, err
	}
	info.Approvals = info.Batch.Approvals()
	at := s.base(r) + "/batches/" + strconv.FormatInt(id, 10)
	for _, rel := range []string{"self", "findings", "comparison", "differences", "events", "report"} {
		l := link{Href: at + "/" + rel, Rel: rel, Type: jsonType}
		switch rel {
		case "self":
			l.Href = at
		case "events":
			l.Type = eventsType
		}
		info.Links = append(info.Links, l)
	}
	info.Links = append(info.Links, link{Href: s.base(r) + "/layers/" + info.Layer, Rel: "layer", Type: jsonType})
	return info, nil
}

// checkOf returns the latest check of a batch: of this process, or one that was broken off
// with an earlier process; nil where there is none. way is asked for where it is nil.
func (s *Server) checkOf(ctx context.Context, b data.Batch, way []data.BatchStep) (*checkState, error) {
	if j := s.desk.jobs.of(b.ID); j != nil {
		now, _, _ := j.look()
		return &now, nil
	}
	if way == nil {
		var err error
		if way, err = s.desk.Store.BatchSteps(ctx, b.ID); err != nil {
			return nil, err
		}
	}
	if n := len(way); n > 0 && way[n-1].Note == noteBegun {
		return &checkState{Batch: b.ID, State: checkBroken}, nil
	}
	return nil, nil
}

// openIn says what keeps a batch from being checked: a question to the person, or why its
// file was not understood.
func openIn(b data.Batch, way []data.BatchStep) (*trouble, error) {
	if n := len(way); n > 0 {
		if why, ok := strings.CutPrefix(way[n-1].Note, noteNotUnderstood); ok {
			var t trouble
			if json.Unmarshal([]byte(why), &t) == nil {
				return &t, nil
			}
		}
	}
	if len(b.Reading) == 0 {
		return nil, nil
	}
	var r survey.Reading
	if err := json.Unmarshal(b.Reading, &r); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "reading of batch %d", b.ID)
	}
	if err := r.Open(); err != nil {
		return troubleOf(err), nil
	}
	return nil, nil
}

func (s *Server) replyBatch(ctx context.Context, w http.ResponseWriter, r *http.Request, status int, id int64, e *data.Edition) error {
	info, err := s.info(ctx, r, id)
	if err != nil {
		return err
	}
	info.Published = e
	if status == http.StatusCreated {
		w.Header().Set("Location", info.Links[0].Href)
	}
	return reply(w, status, jsonType, info)
}

// getBatches lists batches, the newest first.
func (s *Server) getBatches(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r, "layer", "state", "limit", "before")
	if err != nil {
		return err
	}
	var f data.BatchFilter
	if f.Layer, err = s.layerParam(params); err != nil {
		return err
	}
	if f.State, err = oneOf(params, "state", data.BatchStates()...); err != nil {
		return err
	}
	if f.Before, err = number(params, "before"); err != nil {
		return err
	}
	if f.Limit, err = limitParam(params, 50, 1000); err != nil {
		return err
	}
	most := f.Limit
	f.Limit++ // one more tells whether there is a next page
	list, err := s.desk.Store.BatchList(r.Context(), f)
	if err != nil {
		return err
	}
	links := []link{{Href: s.address(r, r.URL.Path, params), Rel: "self", Type: jsonType}}
	if len(list) > most {
		list = list[:most]
		next := with(params, "before", strconv.FormatInt(list[most-1].ID, 10))
		links = append(links, link{Href: s.address(r, r.URL.Path, next), Rel: "next", Type: jsonType})
	}
	if list == nil {
		list = []data.Batch{}
	}
	return reply(w, http.StatusOK, jsonType, struct {
		Batches []data.Batch `json:"batches"`
		Links   []link       `json:"links"`
	}{list, links})
}

// layerParam reads a parameter that names a layer; empty where it is missing.
func (s *Server) layerParam(params url.Values) (string, error) {
	id, err := single(params, "layer")
	if err == nil && id != "" && s.desk.Store.Catalogue().Layer(id) == nil {
		err = &fault.Error{Code: fault.NotFound, Field: "layer", Message: fmt.Sprintf("There is no layer %.40q.", id)}
	}
	return id, err
}

// bringing is what a client says of a file that it brings for a layer.
type bringing struct {
	Upload  string         `json:"upload"`
	Layer   string         `json:"layer"`
	Source  string         `json:"source"` // default: the file's name
	Scope   string         `json:"scope"`  // layer, source:NAME or area:CODE; default: its source
	Options survey.Options `json:"options"`
}

var areaCode = regexp.MustCompile(`^[0-9]{2,12}$`)

// scope checks what the file is to stand for.
func (b bringing) scope(s *data.Store, source string) (data.Scope, error) {
	l := s.Catalogue().Layer(b.Layer)
	if l == nil {
		return "", &fault.Error{Code: fault.NotFound, Field: "layer", Message: fmt.Sprintf("There is no layer %.40q.", b.Layer)}
	}
	kind, what, _ := strings.Cut(b.Scope, ":")
	switch {
	case b.Scope == "", b.Scope == string(data.ScopeLayer):
		return data.Scope(b.Scope), nil
	case kind == "source" && what != "":
		if what != source {
			return "", fault.In("scope", "A file stands for records of its own source, %q, or for all of the layer.", source)
		}
		return data.ScopeSource(what), nil
	case kind == "area" && areaCode.MatchString(what):
		if l.Area == "" {
			return "", fault.In("scope", "The records of the layer %s have no administrative code, so a file can't stand for one county's part.", l.ID)
		}
		return data.ScopeArea(what), nil
	}
	return "", fault.In("scope", "The scope is layer, source:NAME or area:CODE, not %.60q.", b.Scope)
}

// postBatch notes an uploaded file as a batch of a layer and finds out how it is to be
// understood. A file that is not understood yet is a batch all the same; open says why.
func (s *Server) postBatch(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	var b bringing
	if err := s.readBody(w, r, &b); err != nil {
		return err
	}
	if b.Layer == "" {
		return fault.In("layer", "The layer that the file is for has to be said.")
	}
	u, err := s.desk.Uploads.Upload(b.Upload)
	if err != nil {
		return err
	}
	if u.Name == "" {
		u.Name = "upload"
	}
	if b.Source == "" {
		b.Source = u.Name
	}
	scope, err := b.scope(s.desk.Store, b.Source)
	if err != nil {
		return err
	}
	u, err = s.desk.Uploads.Keep(r.Context(), b.Upload, func(path string, u upload.Upload) (string, error) {
		k, err := s.desk.Intake.Adopt(path, u.Name)
		return k.Hash, err
	})
	if err != nil {
		return err
	}
	if u.Name == "" {
		u.Name = "upload"
	}
	kept := survey.Kept{Name: survey.PlainName(u.Name), Hash: u.Hash, Size: u.Length}
	batch, err := s.desk.Intake.Bring(r.Context(), kept, b.Layer, b.Source, scope, b.Options, importer)
	if err != nil {
		return err
	}
	_, err = s.desk.Intake.Parse(r.Context(), batch.ID, importer)
	if err := s.understood(r.Context(), batch.ID, err); err != nil {
		return err
	}
	return s.replyBatch(r.Context(), w, r, http.StatusCreated, batch.ID, nil)
}

// understood takes the outcome of parsing: what a person can answer is noted with the
// batch, anything else is an error of the request.
func (s *Server) understood(ctx context.Context, id int64, err error) error {
	switch fault.CodeOf(err) {
	case fault.Invalid, fault.TooLarge, fault.Unsupported, fault.Conflict:
	default:
		return err
	}
	b, e := s.desk.Store.Batch(ctx, id)
	if e != nil {
		return e
	}
	if t, e := openIn(b, nil); e != nil || t != nil && b.State == data.BatchParsed {
		return e // the reading says it
	}
	why, e := json.Marshal(troubleOf(err))
	if e != nil {
		return fault.Wrap(e, fault.Internal, "why batch %d was not understood", id)
	}
	return s.desk.Store.NoteBatch(ctx, id, importer, noteNotUnderstood+string(why))
}

// getBatch answers with all that is known of a batch.
func (s *Server) getBatch(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	id, err := idIn(r, "batch")
	if err != nil {
		return err
	}
	return s.replyBatch(r.Context(), w, r, http.StatusOK, id, nil)
}
