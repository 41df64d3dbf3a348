package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/web/sprite"
)

//go:embed html/*.html html/docs.css html/icon.svg
var htmlFiles embed.FS

// forms are the plain HTML pages of the feature API and the documentation. They hold no
// script; html/template escapes every value for its place.
type forms struct {
	byName map[string]*template.Template
	files  map[string]file // what the pages load, by name below /docs
}

// sheet is what every form is filled with.
type sheet struct {
	Lang  string // zh or en
	Title string
	JSON  string // address of the same answer as JSON; empty: none
	Other string // address of the same page in the other language; empty: none
	Value any
}

// frame is the form around all others, fieldsForm the table of fields that some share.
const (
	frame      = "frame.html"
	fieldsForm = "fields.html"
)

func loadForms() (*forms, error) {
	f := &forms{byName: map[string]*template.Template{}, files: map[string]file{}}
	names, err := htmlFiles.ReadDir("html")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "The pages' forms can't be read.")
	}
	for _, entry := range names {
		name := entry.Name()
		if path.Ext(name) != ".html" || name == frame || name == fieldsForm {
			continue
		}
		t, err := template.New(frame).Funcs(formFuncs).ParseFS(htmlFiles, "html/"+frame, "html/"+fieldsForm, "html/"+name)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "The form %s is wrong.", name)
		}
		f.byName[name] = t
	}
	for _, name := range []string{"docs.css", "icon.svg"} {
		text, err := htmlFiles.ReadFile("html/" + name)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "The pages' file %s can't be read.", name)
		}
		f.files[name] = file{mediaTypes[path.Ext(name)], tiles.NewBody(text)}
	}
	return f, nil
}

// send fills a form and answers with it.
func (f *forms) send(w http.ResponseWriter, r *http.Request, status int, name string, value any) error {
	s, ok := value.(sheet)
	if !ok {
		s = sheet{Lang: acceptedLang(r.Header.Get("Accept-Language")), Value: value}
	}
	var out bytes.Buffer
	if err := f.byName[name].Execute(&out, s); err != nil {
		return fault.Wrap(err, fault.Internal, "The page could not be written.")
	}
	w.Header().Set("Content-Security-Policy", policyDocs)
	if status != http.StatusOK {
		w.Header().Set("Content-Type", htmlType)
		w.Header().Set("Cache-Control", cacheNever)
		w.WriteHeader(status)
		_, _ = w.Write(out.Bytes())
		return nil
	}
	send(w, r, htmlType, cacheAsk, tiles.NewBody(out.Bytes()))
	return nil
}

// getDocsFile answers with a file that the plain pages load.
func (s *Server) getDocsFile(w http.ResponseWriter, r *http.Request) error {
	f, ok := s.forms.files[pathValue(r, "file")]
	if !ok {
		return fault.New(fault.NotFound, "There is no such page; /docs/layers explains the layers.")
	}
	send(w, r, f.mediaType, cacheAsk, f.body)
	return nil
}

var formFuncs = template.FuncMap{
	// t gives one of two texts by language.
	"t": func(lang, zh, en string) string { return in(lang, layers.Text{Zh: zh, En: en}) },
	// text gives a declared text in the language.
	"text": in,
	// show writes a record's value for people.
	"show": show,
	// days writes an ISO 8601 duration for people, such as P1Y.
	"days": spellDuration,
	"typeName": func(lang string, t layers.Type) string {
		return in(lang, typeNames[t])
	},
	"sensitivityName": func(lang string, s layers.Sensitivity) string { return in(lang, sensitivityNames[s]) },
	"statusName":      func(lang, status string) string { return in(lang, statusNames[status]) },
	"geometryName":    func(lang string, g layers.Geometry) string { return in(lang, geometryNames[g]) },
	"symbolName":      func(lang string, s layers.Symbol) string { return in(lang, symbolNames[s]) },
	"count":           spellCount,
	"path":            sprite.Path,
	"dict":            dict,
	"lists":           docsLists,
	"standard":        docsStandard,
	"bound":           func(v *float64) string { return strconv.FormatFloat(*v, 'f', -1, 64) },
}

// dict makes a template's argument out of names and values.
func dict(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// show writes a value of a field: codes by their titles, times in Beijing's, missing
// values as a dash.
func show(lang string, f *layers.Field, value any) string {
	code := func(v any) string {
		if at, err := time.Parse(time.RFC3339, fmt.Sprint(v)); err == nil && f.Type == layers.TypeDateTime {
			return at.In(layers.Beijing).Format("2006-01-02 15:04") + " UTC+8"
		}
		if f.List != nil {
			if c := f.List.Code(fmt.Sprint(v)); c != nil {
				return in(lang, c.Title)
			}
		}
		return fmt.Sprint(v)
	}
	switch v := value.(type) {
	case nil:
		return "—"
	case bool:
		if v {
			return in(lang, layers.Text{Zh: "是", En: "yes"})
		}
		return in(lang, layers.Text{Zh: "否", En: "no"})
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i, item := range v {
			parts[i] = code(item)
		}
		return strings.Join(parts, in(lang, layers.Text{Zh: "、", En: ", "}))
	case map[string]any:
		var parts []string
		for _, name := range f.List.Codes() {
			if amount, ok := v[name]; ok {
				parts = append(parts, code(name)+" "+fmt.Sprint(amount))
			}
		}
		return strings.Join(parts, in(lang, layers.Text{Zh: "；", En: "; "}))
	}
	return code(value)
}
