package web

import (
	"net/http"
	"net/url"
)

// link is a web link as the OGC API writes it (RFC 8288 as JSON).
type link struct {
	Href  string `json:"href"`
	Rel   string `json:"rel"`
	Type  string `json:"type,omitempty"`
	Title string `json:"title,omitempty"`
}

// The media types of the feature API.
const (
	jsonType    = "application/json"
	geoJSONType = "application/geo+json"
	schemaType  = "application/schema+json"
	openAPIType = "application/vnd.oai.openapi+json;version=3.1"
	htmlType    = "text/html; charset=utf-8"
)

// Link relations that are not in the IANA registry.
const (
	relConformance = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
	relData        = "http://www.opengis.net/def/rel/ogc/1.0/data"
	relQueryables  = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
	relSortables   = "http://www.opengis.net/def/rel/ogc/1.0/sortables"
	relSchema      = "http://www.opengis.net/def/rel/ogc/1.0/schema"
	relTiles       = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
)

// address is a path of this server with a query string, as a link writes it.
func (s *Server) address(r *http.Request, path string, params url.Values) string {
	href := s.base(r) + path
	if len(params) > 0 {
		href += "?" + params.Encode()
	}
	return href
}

// with returns a copy of the parameters with one replaced, or taken out where value is empty.
func with(params url.Values, name, value string) url.Values {
	out := make(url.Values, len(params)+1)
	for k, v := range params {
		out[k] = v
	}
	if value == "" {
		out.Del(name)
	} else {
		out.Set(name, value)
	}
	return out
}

// selfLinks are the links to an answer itself and to its other form.
func (s *Server) selfLinks(r *http.Request, params url.Values, form, mediaType string) []link {
	same := link{Href: s.address(r, r.URL.Path, with(params, "f", form)), Rel: "self", Type: mediaType}
	if form == formHTML {
		same.Type = "text/html"
		return []link{same, {Href: s.address(r, r.URL.Path, with(params, "f", formJSON)), Rel: "alternate", Type: mediaType}}
	}
	return []link{same, {Href: s.address(r, r.URL.Path, with(params, "f", formHTML)), Rel: "alternate", Type: "text/html"}}
}
