package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onemap/data/write"
	"onemap/layers"
	"onemap/layers/fault"
)

// only parses the query string and refuses any parameter that is not allowed (OGC
// 17-069r4, requirement /req/core/query-param-unknown). f and lang are always allowed.
func (s *Server) only(r *http.Request, allowed ...string) (url.Values, error) {
	params, err := parseQuery(r)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(params))
	for name := range params {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name != "f" && name != "lang" && !slices.Contains(allowed, name) {
			return nil, fault.In(name, "This address has no parameter of this name.")
		}
	}
	return params, nil
}

// The forms an answer can have.
const (
	formJSON = "json"
	formHTML = "html"
)

// formOf chooses the answer's form: by the parameter f, else by the Accept header (RFC
// 9110 section 12.5.1); JSON where both are as welcome or nothing is said. The error is
// Invalid for another f.
func formOf(w http.ResponseWriter, r *http.Request, params url.Values) (string, error) {
	w.Header().Add("Vary", "Accept")
	f, err := single(params, "f")
	if err != nil {
		return "", err
	}
	switch f {
	case "":
	case formJSON, formHTML:
		return f, nil
	default:
		return "", fault.In("f", "The answer can be had as json or html, the records of a layer also as a file: %s.", write.Names())
	}
	accept := r.Header.Get("Accept")
	if weight(accept, "text/html") > max(weight(accept, "application/json"), weight(accept, "application/geo+json")) {
		return formHTML, nil
	}
	return formJSON, nil
}

// weight is how welcome a media type is by an Accept header, 0 to 1; the most exact range decides.
func weight(header, mediaType string) float64 {
	if header == "" {
		return 1
	}
	group, _, _ := strings.Cut(mediaType, "/")
	best, exact := 0.0, -1
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		rank := -1
		switch strings.ToLower(strings.TrimSpace(name)) {
		case mediaType:
			rank = 2
		case group + "/*":
			rank = 1
		case "*/*":
			rank = 0
		}
		if rank > exact {
			best, exact = quality(params), rank
		}
	}
	return best
}

// quality reads the q of a list item's parameters; 1 where it is missing, 0 where it is no number.
func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		key, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), "q") {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// langOf chooses the language of what people read: by the parameter lang, else by the
// Accept-Language header, else Chinese. It says so in the answer's headers.
func langOf(w http.ResponseWriter, r *http.Request, params url.Values) (string, error) {
	lang, err := single(params, "lang")
	if err != nil {
		return "", err
	}
	switch lang {
	case "zh", "en":
	case "":
		w.Header().Add("Vary", "Accept-Language")
		lang = acceptedLang(r.Header.Get("Accept-Language"))
	default:
		return "", fault.In("lang", "The languages are zh and en.")
	}
	w.Header().Set("Content-Language", lang)
	return lang, nil
}

func acceptedLang(header string) string {
	lang, best := "zh", 0.0
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		name, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(name)), "-")
		if q := quality(params); (name == "zh" || name == "en") && q > best {
			lang, best = name, q
		}
	}
	return lang
}

// in returns a text in the language.
func in(lang string, t layers.Text) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Zh
}
