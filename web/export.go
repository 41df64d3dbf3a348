package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"onemap/data/write"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/web/openapi"
)

// exportReserved are the parameters of a request for a file that are no property filters.
var exportReserved = []string{"bbox", "bbox-crs", "crs", "datetime", "encoding", "f", "lang", "properties", "shift", "sortby", "titles"}

const (
	exportsAtOnce = 2                // each holds a connection to the database
	exportWait    = 20 * time.Second // for another to end
	exportStall   = time.Minute      // longest that a client may take nothing
)

// exportFormat is the file format that f asks for; nil for the forms of a page.
func exportFormat(params url.Values) *write.Format {
	if f := params.Get("f"); f != "" && f != formJSON && f != formHTML {
		return write.ByName(f)
	}
	return nil
}

// exportAsked reports whether a request is for a file, which may take longer than others.
func exportAsked(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/items") && exportFormat(r.URL.Query()) != nil
}

// exportQuery reads a request for a file: which records, and how the file is to be.
func exportQuery(v *layers.View, f *write.Format, params url.Values) (q layers.Query, o write.Options, err error) {
	for _, name := range []string{"limit", "cursor"} {
		if params.Has(name) {
			return q, o, fault.In(name, "A file holds all records; there are no pages. Choose by bbox or by fields.")
		}
	}
	if q, err = filteredQuery(v, params, exportReserved...); err != nil {
		return q, o, err
	}
	if q.BBox, err = boxIn(params); err != nil {
		return q, o, err
	}
	if err = arrange(&q, params); err != nil {
		return q, o, err
	}
	texts := map[string]string{}
	for _, name := range []string{"crs", "shift", "encoding", "titles"} {
		if texts[name], err = single(params, name); err != nil {
			return q, o, err
		}
	}
	if texts["crs"] != "" {
		if o.CRS, err = geo.ParseCRS(texts["crs"]); err != nil {
			return q, o, &fault.Error{Code: fault.Invalid, Field: "crs", Message: err.Error()}
		}
	}
	o.Shift, o.Encoding = geo.Datum(texts["shift"]), texts["encoding"]
	if texts["titles"] != "" {
		if o.Titles, err = strconv.ParseBool(texts["titles"]); err != nil {
			return q, o, fault.In("titles", "It is true or false.")
		}
	}
	if o, err = f.Settle(o); err != nil {
		return q, o, err
	}
	q.CRS = o.CRS
	chosen := url.Values{}
	for name, values := range params {
		if !slices.Contains([]string{"f", "lang", "crs", "encoding", "properties", "shift", "sortby", "titles"}, name) {
			chosen[name] = values
		}
	}
	o.About, _ = url.QueryUnescape(chosen.Encode())
	return q, o, nil
}

// export answers with all records that fit as one file, which is one state of the layer.
// An error before a megabyte has been made becomes a problem; after that the connection is
// broken off, so that half a file does not pass for a whole one.
func (s *Server) export(w http.ResponseWriter, r *http.Request, v *layers.View, f *write.Format, params url.Values) error {
	q, o, err := exportQuery(v, f, params)
	if err != nil {
		return err
	}
	kind := f.MediaType
	if kind == "text/csv" {
		kind += "; charset=" + map[string]string{"UTF-8": "utf-8", "GBK": "gb18030"}[o.Encoding]
	}
	h := w.Header()
	h.Set("Content-Disposition", `attachment; filename="`+f.FileName(v, o)+`"`)
	if o.Shift == "" {
		h.Set("Content-Crs", "<"+o.CRS.URI()+">")
	}
	if r.Method == http.MethodHead {
		h.Set("Content-Type", kind)
		h.Set("Cache-Control", cacheAsk)
		w.WriteHeader(http.StatusOK)
		return nil
	}
	out := newStream(w, r, kind)
	out.zip = out.zip && !f.Packed
	if err := s.writeExport(&patient{stream: out, control: http.NewResponseController(w)}, r, f, q, o); err != nil {
		err = out.fail(r, err)
		h.Del("Content-Disposition")
		return err
	}
	return out.finish(r)
}

// writeExport makes the file.
func (s *Server) writeExport(to *patient, r *http.Request, f *write.Format, q layers.Query, o write.Options) error {
	done, err := s.exportTurn(r.Context())
	if err != nil {
		return err
	}
	defer done()
	_ = to.control.SetReadDeadline(time.Time{}) // nothing more is read; the client's leaving still shows
	to.extend()
	file, err := write.New(f.ID, to, q.View, o)
	if err != nil {
		return err
	}
	defer file.Discard()
	if err := s.store.Export(r.Context(), q, func(item layers.Item) error {
		to.extend()
		return file.Add(item)
	}); err != nil {
		return err
	}
	return file.Close()
}

// exportTurn waits until few enough exports are running.
func (s *Server) exportTurn(ctx context.Context) (done func(), err error) {
	select {
	case s.exports <- struct{}{}:
		return func() { <-s.exports }, nil
	case <-ctx.Done():
		return nil, fault.Wrap(ctx.Err(), fault.Cancelled, "The request was given up")
	case <-time.After(exportWait):
		return nil, fault.New(fault.Unavailable, "%d files are being made already. Try again shortly.", exportsAtOnce)
	}
}

// patient is a stream whose client may take its time as long as it takes something.
type patient struct {
	*stream
	control *http.ResponseController
	last    time.Time
}

// Write passes bytes on.
func (p *patient) Write(b []byte) (int, error) {
	p.extend()
	return p.stream.Write(b)
}

// extend moves the deadline of writing on, at most once a second.
func (p *patient) extend() {
	if now := time.Now(); now.Sub(p.last) > time.Second {
		p.last = now
		_ = p.control.SetWriteDeadline(now.Add(exportStall)) // a writer without deadlines needs none moved
	}
}

// exportAnswer adds the file formats to what items can answer with.
func exportAnswer(answer openapi.Response) openapi.Response {
	for _, f := range write.Formats() {
		if _, ok := answer.Content[f.MediaType]; !ok {
			answer.Content[f.MediaType] = openapi.MediaType{Schema: openapi.Schema{"type": "string", "format": "binary"}}
		}
	}
	return answer
}

// exportParameters are the parameters of items that ask for a file.
func exportParameters() []*openapi.Parameter {
	forms := []string{formJSON, formHTML}
	for _, f := range write.Formats() {
		forms = append(forms, f.ID)
	}
	query := func(name, description string, schema openapi.Schema) *openapi.Parameter {
		return &openapi.Parameter{Name: name, In: "query", Description: description, Schema: schema}
	}
	return []*openapi.Parameter{
		query("f", "The answer's form: a page as json or html (the Accept header decides where f is missing), or all records that fit as a file in any other format. A file has no limit and cursor, takes any system known to the program as crs, and has x before y in each.",
			openapi.Schema{"type": "string", "enum": forms}),
		query("encoding", "Of a file: the characters of csv and shp.", openapi.Schema{"type": "string", "enum": []string{"UTF-8", "GBK"}}),
		query("shift", "Of a file: shifts positions to GCJ-02 and says so in the file.", openapi.Schema{"type": "string", "enum": []string{string(geo.GCJ02)}}),
		query("titles", "Of a file: columns and codes of csv and shp by their Chinese titles.", openapi.Of("boolean")),
	}
}

// exportLinks are the links of a collection to its files (OGC 17-069r4, 7.13.3: enclosure
// is the relation of what is there for download).
func exportLinks(at, lang string) []link {
	var links []link
	for _, f := range write.Formats() {
		links = append(links, link{at + "/items?f=" + f.ID, "enclosure", f.MediaType, in(lang, layers.Text{Zh: "下载 " + f.Title.Zh, En: "Download as " + f.Title.En})})
	}
	return links
}
