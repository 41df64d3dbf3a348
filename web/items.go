package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
)

const (
	itemsDefault = 10
	itemsMost    = 10000
)

// itemsReserved are the parameters of an items request that are no property filters.
var itemsReserved = []string{"bbox", "bbox-crs", "crs", "cursor", "datetime", "f", "lang", "limit", "properties", "sortby"}

// checkFields refuses declarations with a field that a parameter of the API hides.
func checkFields(c *layers.Catalogue) error {
	taken := map[string]bool{"layers": true}
	for _, name := range slices.Concat(itemsReserved, exportReserved, filterReserved) {
		taken[name] = true
	}
	for _, l := range c.Layers() {
		for _, f := range l.Fields {
			if taken[f.Name] {
				return fault.In(f.Name, "The layer %s has a field of this name, which is a parameter of the feature API; rename it.", l.ID)
			}
		}
	}
	return nil
}

// itemsQuery reads an items request (OGC 17-069r4, section 7.15; 18-058r1, section 6).
// Paging is by key: cursor is the id of the last feature seen, and its values where the
// features are sorted, so a next link holds while features come and go: none that stays as
// it is is missed or seen twice.
func itemsQuery(v *layers.View, params url.Values) (layers.Query, error) {
	q, err := filteredQuery(v, params, itemsReserved...)
	if err != nil {
		return q, err
	}
	if q.BBox, err = boxIn(params); err != nil {
		return q, err
	}
	if q.CRS, err = crsParam(params, "crs"); err != nil {
		return q, err
	}
	if q.Limit, err = limitParam(params, itemsDefault, itemsMost); err != nil {
		return q, err
	}
	if err = arrange(&q, params); err != nil {
		return q, err
	}
	cursor, err := single(params, "cursor")
	if err != nil || cursor == "" {
		return q, err
	}
	return q, q.Resume(cursor)
}

// arrange reads sortby and properties: in which order records come, and which of their
// fields.
func arrange(q *layers.Query, params url.Values) error {
	text, err := single(params, "sortby")
	if err != nil {
		return err
	}
	if q.Sort, err = layers.ParseSort(q.View, text); err != nil {
		return err
	}
	text, err = single(params, "properties")
	if err != nil || !params.Has("properties") {
		return err
	}
	q.View, err = q.View.Pick(text)
	return err
}

// getItems answers with a page of features.
func (s *Server) getItems(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	params, err := parseQuery(r)
	if err != nil {
		return err
	}
	if f := exportFormat(params); f != nil {
		return s.export(w, r, v, f, params)
	}
	q, err := itemsQuery(v, params)
	if err != nil {
		return err
	}
	ask, err := s.wanted(w, r, params)
	if err != nil {
		return err
	}
	matched, err := s.matched(r.Context(), q)
	if err != nil {
		return err
	}
	if ask.form == formHTML {
		return s.sendItemsPage(w, r, ask, q, matched)
	}
	w.Header().Set("Content-Crs", "<"+q.CRS.URI()+">")
	out := newStream(w, r, geoJSONType)
	if err := s.writeItems(out, r, params, q, matched); err != nil {
		return out.fail(r, err)
	}
	return out.finish(r)
}

// writeItems writes a FeatureCollection as the rows come in. One row more than the page
// is asked for, which tells whether a next page exists.
func (s *Server) writeItems(out *stream, r *http.Request, params url.Values, q layers.Query, matched int64) error {
	page, last, more := 0, "", false
	most := q.Limit
	q.Limit++
	buf := append(out.pending(), `{"type":"FeatureCollection","features":[`...)
	err := s.store.Items(r.Context(), q, func(item layers.Item) (err error) {
		if page == most {
			more = true
			return nil
		}
		if page > 0 {
			buf = append(buf, ',')
		}
		if page++; page == most {
			last = q.Cursor(item)
		}
		if buf, err = appendFeature(buf, item, q.CRS); err != nil {
			return err
		}
		buf = append(buf, '}')
		buf, err = out.push(buf)
		return err
	})
	if err != nil {
		return err
	}
	links := s.selfLinks(r, params, formJSON, geoJSONType)
	if more {
		links = append(links, s.nextLink(r, params, last, geoJSONType))
	}
	links = append(links, link{Href: s.base(r) + "/api/collections/" + q.View.ID, Rel: "collection", Type: jsonType})
	buf = append(buf, `],"numberMatched":`...)
	buf = strconv.AppendInt(buf, matched, 10)
	buf = append(buf, `,"numberReturned":`...)
	buf = strconv.AppendInt(buf, int64(page), 10)
	buf = append(buf, `,"timeStamp":"`...)
	buf = time.Now().UTC().AppendFormat(buf, time.RFC3339)
	buf = append(buf, `","links":`...)
	if buf, err = appendJSON(buf, links); err != nil {
		return err
	}
	_, err = out.push(append(buf, '}', '\n'))
	return err
}

func (s *Server) nextLink(r *http.Request, params url.Values, last, mediaType string) link {
	next := with(params, "cursor", last)
	return link{Href: s.address(r, r.URL.Path, next), Rel: "next", Type: mediaType}
}

// appendFeature appends a GeoJSON feature (RFC 7946, section 3.2) without its closing
// brace, in the axis order of the coordinate system. Without a position its geometry is null.
func appendFeature(dst []byte, item layers.Item, crs geo.CRS) ([]byte, error) {
	dst = append(dst, `{"type":"Feature","id":`...)
	dst = strconv.AppendInt(dst, item.ID, 10)
	dst = append(dst, `,"geometry":`...)
	if item.WKB == nil {
		dst = append(dst, "null"...)
	} else {
		var err error
		dst, err = geo.AppendGeoJSON(dst, item.WKB, geo.GeoJSONOptions{SwapAxes: crs.Swapped(), Digits: digits(crs)})
		if err != nil {
			return dst, fault.Wrap(err, fault.Internal, "The geometry of %s %d can't be written.", item.View.ID, item.ID)
		}
	}
	dst = append(dst, `,"properties":`...)
	return item.AppendProperties(dst), nil
}

// getItem answers with one feature.
func (s *Server) getItem(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	ask, err := s.ask(w, r, "crs")
	if err != nil {
		return err
	}
	crs, err := crsParam(ask.params, "crs")
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(pathValue(r, "id"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "The layer %s has no record %.30q; ids are whole numbers.", v.ID, pathValue(r, "id"))
	}
	item, err := s.store.Item(r.Context(), v, id, crs)
	if err != nil {
		return err
	}
	if ask.form == formHTML {
		return s.sendItemPage(w, r, ask, item)
	}
	buf, err := appendFeature(nil, item, crs)
	if err != nil {
		return err
	}
	links := append(s.selfLinks(r, ask.params, formJSON, geoJSONType),
		link{Href: s.base(r) + "/api/collections/" + v.ID, Rel: "collection", Type: jsonType})
	buf = append(buf, `,"links":`...)
	if buf, err = appendJSON(buf, links); err != nil {
		return err
	}
	w.Header().Set("Content-Crs", "<"+crs.URI()+">")
	sendVersion(w, r, geoJSONType, cacheAsk, versionOf(item), tiles.NewBody(append(buf, '}', '\n')))
	return nil
}
