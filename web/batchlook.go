package web

import (
	"mime"
	"net/http"
	"os"
	"strconv"
	"time"

	"onemap/data"
	"onemap/data/report"
	"onemap/layers"
	"onemap/layers/fault"
)

// formGeoJSON is the form of answers for the map.
const formGeoJSON = "geojson"

// pageParams reads form and limit of a list that goes to the map too.
func pageParams(params map[string][]string) (geojson bool, limit int, err error) {
	form, err := oneOf(params, "f", formJSON, formGeoJSON)
	if err != nil {
		return false, 0, err
	}
	limit, err = limitParam(params, 1000, 10_000)
	return form == formGeoJSON, limit, err
}

// mapFeature is a GeoJSON feature of a list.
type mapFeature struct {
	Type       string    `json:"type"`
	ID         any       `json:"id"`
	Geometry   *mapShape `json:"geometry"`
	Properties any       `json:"properties"`
}

type mapShape struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

func pointShape(p *[2]float64) *mapShape {
	if p == nil {
		return nil
	}
	return &mapShape{"Point", *p}
}

type mapFeatures struct {
	Type     string       `json:"type"`
	Features []mapFeature `json:"features"`
	Links    []link       `json:"links"`
}

// getFindings lists what checking found, in the order of the file.
func (s *Server) getFindings(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r, "rule", "field", "severity", "row", "after", "limit")
	if err != nil {
		return err
	}
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	geojson, limit, err := pageParams(params)
	if err != nil {
		return err
	}
	f := data.FindingFilter{Limit: limit + 1}
	if f.Rule, err = single(params, "rule"); err != nil {
		return err
	}
	if f.Field, err = single(params, "field"); err != nil {
		return err
	}
	if f.Severity, err = oneOf(params, "severity", layers.SeverityError, layers.SeverityWarning, layers.SeverityNotice); err != nil {
		return err
	}
	if f.Row, err = number(params, "row"); err != nil {
		return err
	}
	if f.After, err = number(params, "after"); err != nil {
		return err
	}
	found, err := s.desk.Store.Findings(r.Context(), b.ID, f)
	if err != nil {
		return err
	}
	p := lookedAt[data.NumberedFinding]{
		name: "findings", params: params, geojson: geojson, limit: limit,
		key:   func(n data.NumberedFinding) string { return strconv.FormatInt(n.Number, 10) },
		shape: func(n data.NumberedFinding) (any, *mapShape) { return n.Number, pointShape(n.Place) },
	}
	return p.reply(s, w, r, found)
}

// lookedAt is a page of a list that goes to the map too.
type lookedAt[T any] struct {
	name    string // of the list in JSON
	params  map[string][]string
	geojson bool
	limit   int
	key     func(T) string           // after which the next page begins
	shape   func(T) (any, *mapShape) // the feature's id and where it is; nil for nowhere
}

// reply answers with a list that was asked for with one more than the page holds.
func (p lookedAt[T]) reply(s *Server, w http.ResponseWriter, r *http.Request, list []T) error {
	kind := jsonType
	if p.geojson {
		kind = geoJSONType
	}
	links := []link{{Href: s.address(r, r.URL.Path, p.params), Rel: "self", Type: kind}}
	if len(list) > p.limit {
		list = list[:p.limit]
		next := with(p.params, "after", p.key(list[p.limit-1]))
		links = append(links, link{Href: s.address(r, r.URL.Path, next), Rel: "next", Type: kind})
	}
	if !p.geojson {
		if list == nil {
			list = []T{}
		}
		return reply(w, http.StatusOK, kind, map[string]any{p.name: list, "links": links})
	}
	out := mapFeatures{Type: "FeatureCollection", Features: []mapFeature{}, Links: links}
	for _, v := range list {
		if id, shape := p.shape(v); shape != nil { // the map has no place for the others
			out.Features = append(out.Features, mapFeature{"Feature", id, shape, v})
		}
	}
	return reply(w, http.StatusOK, kind, out)
}

// getComparison sums up how a checked batch differs from the layer.
func (s *Server) getComparison(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	if _, err := s.only(r); err != nil {
		return err
	}
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	release, err := s.desk.turns.take(r.Context(), b.ID)
	if err != nil {
		return err
	}
	defer release()
	sum, err := s.desk.Store.Compare(r.Context(), b.ID)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, jsonType, sum)
}

// getDifferences lists the records in which a checked batch differs from the layer.
func (s *Server) getDifferences(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	release, err := s.desk.turns.take(r.Context(), b.ID)
	if err != nil {
		return err
	}
	defer release()
	return s.replyDifferences(w, r, func(kind, after string, limit int) ([]data.Difference, error) {
		return s.desk.Store.Differences(r.Context(), b.ID, kind, after, limit)
	})
}

// getEditionDifferences lists what an edition did to its layer.
func (s *Server) getEditionDifferences(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	id, err := idIn(r, "edition")
	if err != nil {
		return err
	}
	return s.replyDifferences(w, r, func(kind, after string, limit int) ([]data.Difference, error) {
		_, list, err := s.desk.Store.EditionDifferences(r.Context(), id, kind, after, limit)
		return list, err
	})
}

// replyDifferences answers with a page of differences, as the request chooses them.
func (s *Server) replyDifferences(w http.ResponseWriter, r *http.Request, differences func(kind, after string, limit int) ([]data.Difference, error)) error {
	params, err := s.only(r, "kind", "after", "limit")
	if err != nil {
		return err
	}
	geojson, limit, err := pageParams(params)
	if err != nil {
		return err
	}
	kind, err := oneOf(params, "kind", "new", "changed", "gone")
	if err != nil {
		return err
	}
	after, err := single(params, "after")
	if err != nil {
		return err
	}
	list, err := differences(kind, after, limit+1)
	if err != nil {
		return err
	}
	p := lookedAt[data.Difference]{
		name: "differences", params: params, geojson: geojson, limit: limit,
		key:   func(d data.Difference) string { return d.Key },
		shape: func(d data.Difference) (any, *mapShape) { return d.Key, differenceShape(d) },
	}
	return p.reply(s, w, r, list)
}

// differenceShape is how a difference is drawn: a line where a record moved, else the
// point where it is or was; nil where it is nowhere.
func differenceShape(d data.Difference) *mapShape {
	switch {
	case d.Old != nil && d.New != nil && *d.Old != *d.New:
		return &mapShape{"LineString", [2][2]float64{*d.Old, *d.New}}
	case d.New != nil:
		return pointShape(d.New)
	}
	return pointShape(d.Old)
}

// reportFile is a file of the report as its list names it.
type reportFile struct {
	report.File
	Href string `json:"href"`
}

// getReport lists the files of a batch's report.
func (s *Server) getReport(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	list := []reportFile{}
	for _, f := range s.desk.report.Files(b) {
		list = append(list, reportFile{f, s.base(r) + r.URL.Path + "/" + f.Name})
	}
	return reply(w, http.StatusOK, jsonType, struct {
		Files []reportFile `json:"files"`
	}{list})
}

// getReportFile answers with one file of the report. It is made whole before the first
// byte goes out, so that half of it is never taken for all.
func (s *Server) getReportFile(w http.ResponseWriter, r *http.Request) error {
	r, cancel := longer(w, r, workLimit)
	defer cancel()
	if _, err := s.only(r); err != nil {
		return err
	}
	b, err := s.batchIn(r)
	if err != nil {
		return err
	}
	file, ok := s.desk.report.File(b, pathValue(r, "file"))
	if !ok {
		return fault.New(fault.NotFound, "The report of batch %d has no file %.60q.", b.ID, pathValue(r, "file"))
	}
	select {
	case s.desk.making <- struct{}{}:
	case <-r.Context().Done():
		return r.Context().Err()
	}
	defer func() { <-s.desk.making }()
	temp, err := os.CreateTemp(s.desk.Temp, "report-*")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "The report can't be written; the disk may be full")
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if err := s.desk.report.Write(r.Context(), b, file.Name, temp); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", file.MediaType)
	how := "attachment"
	if file.Page {
		how = "inline"
		h.Set("Content-Security-Policy", policyReport)
	}
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": file.Download}))
	http.ServeContent(w, r, "", time.Time{}, temp)
	return nil
}

// policyReport is for the sign-off page, which carries its own style.
const policyReport = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
