package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
)

// getTile answers with one tile of one or several layers. The query string filters by
// property and in CQL2; with several layers a filter has to be known to each.
//
// A tile with nothing in it is 200 with no bytes: MapLibre, QGIS and OpenLayers read no
// bytes as a vector tile without layers, and unlike 204 it can carry type, ETag and
// length like any other, so that caches and HEAD need no second rule. 404 would make
// MapLibre stretch the parent tile over the place.
func (s *Server) getTile(w http.ResponseWriter, r *http.Request) error {
	path, _ := tilePath(r.URL.Path)
	address, err := tiles.ParseAddress(path[1], path[2], path[3])
	if err != nil {
		return err
	}
	views, err := s.views(r, path[0])
	if err != nil {
		return err
	}
	params, err := parseQuery(r)
	if err != nil {
		return err
	}
	queries := make([]layers.Query, len(views))
	for i, v := range views {
		q, err := presentQuery(v, params, "datetime", "fields", "edition")
		if err != nil {
			return err
		}
		if q.Only, err = tileFields(v, views, params); err != nil {
			return err
		}
		if q.Edition, err = editionParam(params); err != nil {
			return err
		}
		queries[i] = q
	}
	body, way, err := s.tiles.Tile(r.Context(), address, queries...)
	if err != nil {
		return err
	}
	s.metrics.tile(body.Len(), way)
	send(w, r, tiles.Type, cacheAsk, body)
	return nil
}

// tilePath takes the address of a tile apart: layers, zoom, column and row, none empty. It
// is false for another address.
func tilePath(path string) (parts [4]string, ok bool) {
	path, ok = strings.CutPrefix(path, "/tiles/")
	if !ok {
		return parts, false
	}
	if path, ok = strings.CutSuffix(path, ".mvt"); !ok {
		return parts, false
	}
	for i := range 3 {
		if parts[i], path, ok = strings.Cut(path, "/"); !ok || parts[i] == "" {
			return parts, false
		}
	}
	parts[3] = path
	return parts, path != "" && !strings.Contains(path, "/")
}

// tileFields reads fields, a comma list of fields that a layer's part of a tile is to carry
// out of those that it may; nil where the parameter is missing. Of several layers each has
// its own; a name that none has is an error.
func tileFields(v *layers.View, all []*layers.View, params url.Values) ([]*layers.Field, error) {
	text, err := single(params, "fields")
	if err != nil || !params.Has("fields") {
		return nil, err
	}
	only := []*layers.Field{}
	if text == "" {
		return only, nil
	}
	for name := range strings.SplitSeq(text, ",") {
		if !slices.ContainsFunc(all, func(o *layers.View) bool { return o.Field(name) != nil }) {
			return nil, fault.In("fields", "There is no field %.60q in these layers.", name)
		}
		if f := v.Field(name); f != nil {
			only = append(only, f)
		}
	}
	return only, nil
}

// editionParam reads edition: the layers as they were after it; 0 where it is missing.
func editionParam(params url.Values) (int64, error) {
	text, err := single(params, "edition")
	if err != nil || text == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.In("edition", "%.30q is not the number of an edition.", text)
	}
	return n, nil
}

// views returns the layers of a comma list as the reader may see them.
func (s *Server) views(r *http.Request, list string) ([]*layers.View, error) {
	ids, err := tiles.ParseLayers(list)
	if err != nil {
		return nil, err
	}
	reader := readerOf(r)
	views := make([]*layers.View, len(ids))
	for i, id := range ids {
		if views[i], err = s.catalogue.View(reader, id); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// parseQuery reads the query string strictly: net/url alone drops what it can't read.
func parseQuery(r *http.Request) (url.Values, error) {
	if r.URL.RawQuery == "" {
		return nil, nil
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The query string can't be read: write it as name=value with & between, and %% before escaped bytes.")
	}
	return values, nil
}

// filteredQuery makes a query of the filter, the property filters and the time in a query
// string; the reserved parameters besides those of the filter are the caller's.
func filteredQuery(v *layers.View, params url.Values, reserved ...string) (layers.Query, error) {
	q := layers.Query{View: v}
	if len(params) == 0 {
		return q, nil
	}
	filters, err := layers.ParseFilters(v, params, append(slices.Clip(reserved), filterReserved...)...)
	if err != nil {
		return q, err
	}
	q.Filters = filters
	filter, err := filterParam(v, params)
	if err != nil {
		return q, err
	}
	if filter != nil {
		q.Filters = append(q.Filters, filter)
	}
	text, err := single(params, "datetime")
	if err != nil || text == "" {
		return q, err
	}
	q.Datetime, err = layers.ParseInterval(text)
	return q, err
}

// presentQuery is filteredQuery for the map: where no time is asked for, what is valid now.
func presentQuery(v *layers.View, params url.Values, reserved ...string) (layers.Query, error) {
	q, err := filteredQuery(v, params, reserved...)
	if q.Datetime == nil {
		q.Datetime = layers.Now()
	}
	return q, err
}

// single returns the one value of a parameter, empty where it is missing.
func single(params url.Values, name string) (string, error) {
	switch values := params[name]; len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	}
	return "", fault.In(name, "This parameter may be given once only.")
}
