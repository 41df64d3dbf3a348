package web

import (
	"net/url"
	"slices"

	"onemap/layers"
	"onemap/layers/cql2"
	"onemap/layers/fault"
)

// filterReserved are the parameters of a filter (OGC 19-079r2, section 8.3).
var filterReserved = []string{"filter", "filter-crs", "filter-lang"}

// The filter languages.
const (
	langText = "cql2-text"
	langJSON = "cql2-json"
)

// filterParam reads the filter of a request and binds it to the view; nil where there is
// none. Without filter-lang a filter that begins with a brace is JSON. Positions are in
// the system of filter-crs, in its axis order, in longitude and latitude without it.
func filterParam(v *layers.View, params url.Values) (layers.Predicate, error) {
	text, err := single(params, "filter")
	if err != nil {
		return nil, err
	}
	lang, err := single(params, "filter-lang")
	if err != nil {
		return nil, err
	}
	if lang != "" && !slices.Contains([]string{langText, langJSON}, lang) {
		return nil, fault.In("filter-lang", "%.30q is not a filter language; it is %s or %s.", lang, langText, langJSON)
	}
	crs, err := crsParam(params, "filter-crs")
	if err != nil {
		return nil, err
	}
	if !params.Has("filter") {
		return nil, nil
	}
	var n cql2.Node
	if lang == langJSON || lang == "" && text != "" && text[0] == '{' {
		n, err = cql2.ParseJSON([]byte(text))
	} else {
		n, err = cql2.ParseText(text)
	}
	if err != nil {
		return nil, err
	}
	return layers.BindCQL2(v, n, crs)
}
