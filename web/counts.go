package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
	"onemap/layers/fault"
)

// countsAtOnce is the number of layers that one request has counted at the same time.
const countsAtOnce = 3

// getCounts answers with the figures of some layers or all, in all and in a box.
func (s *Server) getCounts(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r, "bbox", "layers")
	if err != nil {
		return err
	}
	box, err := boxParam(params)
	if err != nil {
		return err
	}
	views := s.catalogue.For(readerOf(r))
	if list, err := single(params, "layers"); err != nil {
		return err
	} else if list != "" {
		if views, err = s.views(r, list); err != nil {
			return err
		}
	}
	counts := make([]layers.Counts, len(views))
	group, ctx := errgroup.WithContext(r.Context())
	group.SetLimit(countsAtOnce)
	for i, v := range views {
		group.Go(func() (err error) {
			counts[i], err = s.store.Counts(ctx, layers.Query{View: v, Datetime: layers.Now()}, box)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	answer := struct {
		Layers map[string]layers.Counts `json:"layers"`
	}{make(map[string]layers.Counts, len(views))}
	for i, v := range views {
		answer.Layers[v.ID] = counts[i]
	}
	return sendJSON(w, r, "application/json", answer)
}

// getLayerCounts answers with the figures of one layer under property filters.
func (s *Server) getLayerCounts(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	params, err := parseQuery(r)
	if err != nil {
		return err
	}
	box, err := boxParam(params)
	if err != nil {
		return err
	}
	q, err := presentQuery(v, params, "bbox", "datetime")
	if err != nil {
		return err
	}
	counts, err := s.store.Counts(r.Context(), q, box)
	if err != nil {
		return err
	}
	return sendJSON(w, r, "application/json", counts)
}

// boxParam reads bbox as west, south, east, north in degrees; nil where it is missing.
func boxParam(params map[string][]string) (*orb.Bound, error) {
	text, err := single(params, "bbox")
	if err != nil || text == "" {
		return nil, err
	}
	b, err := parseNumbers(text)
	if err != nil {
		return nil, err
	}
	return lonLatBox(b[0], b[1], b[2], b[3])
}

// parseNumbers reads the four or six numbers of a bbox and leaves the heights out.
func parseNumbers(text string) (b [4]float64, err error) {
	parts := strings.Split(text, ",")
	if len(parts) == 6 {
		parts = []string{parts[0], parts[1], parts[3], parts[4]}
	}
	if len(parts) != 4 {
		return b, fault.In("bbox", "A box has four numbers, as in 120.2,31.6,122,32.8, or six with heights.")
	}
	for i, part := range parts {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || v-v != 0 { // no number, NaN or infinite
			return b, fault.In("bbox", "%.30q is not a number.", part)
		}
		b[i] = v
	}
	return b, nil
}

// lonLatBox makes a box of degrees. West may be over east: the box then crosses the
// antimeridian (OGC 17-069r4, section 7.15.3).
func lonLatBox(west, south, east, north float64) (*orb.Bound, error) {
	if south > north {
		return nil, fault.In("bbox", "The box's south (%v) is over its north (%v).", south, north)
	}
	if west < -180 || west > 180 || east < -180 || east > 180 || south < -90 || north > 90 {
		return nil, fault.In("bbox", "The box is not in degrees of longitude (-180 to 180) and latitude (-90 to 90).")
	}
	return &orb.Bound{Min: orb.Point{west, south}, Max: orb.Point{east, north}}, nil
}
