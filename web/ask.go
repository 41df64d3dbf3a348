package web

import (
	"net/http"
	"net/url"
)

// asked is how a client wants a document of the feature API.
type asked struct {
	params url.Values
	form   string // formJSON or formHTML
	lang   string // zh or en
}

// ask reads a request of the feature API that takes the given parameters only.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, allowed ...string) (asked, error) {
	params, err := s.only(r, allowed...)
	if err != nil {
		return asked{}, err
	}
	return s.wanted(w, r, params)
}

// wanted reads form and language for handlers that check the other parameters themselves.
func (s *Server) wanted(w http.ResponseWriter, r *http.Request, params url.Values) (a asked, err error) {
	a.params = params
	if a.form, err = formOf(w, r, params); err != nil {
		return a, err
	}
	a.lang, err = langOf(w, r, params)
	return a, err
}

// answer sends a value as JSON, or by the named form as HTML.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, a asked, mediaType, form, title string, value any) error {
	if a.form == formJSON {
		return sendJSON(w, r, mediaType, value)
	}
	return s.forms.send(w, r, http.StatusOK, form, sheet{
		Lang: a.lang, Title: title, Value: value,
		JSON:  s.address(r, r.URL.Path, with(a.params, "f", formJSON)),
		Other: s.address(r, r.URL.Path, with(with(a.params, "f", formHTML), "lang", otherLang(a.lang))),
	})
}

func otherLang(lang string) string {
	if lang == "en" {
		return "zh"
	}
	return "en"
}
