package web

import (
	"net/http"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// getStyle answers with the map's style for MapLibre.
func (s *Server) getStyle(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	style := layers.MapStyle(s.catalogue.For(readerOf(r)), s.base(r), s.config.City.Center, s.config.City.Zoom)
	return sendJSON(w, r, "application/json", style)
}

// extent is the box of some views' records, the city's where none has a position.
func (s *Server) extent(r *http.Request, views []*layers.View) (orb.Bound, error) {
	var whole orb.Bound
	any := false
	for _, v := range views {
		box, _, ok, err := s.store.Extent(r.Context(), v)
		if err != nil {
			return whole, err
		}
		switch {
		case !ok:
		case any:
			whole = whole.Union(box)
		default:
			whole, any = box, true
		}
	}
	if !any {
		b := s.config.City.Bounds
		whole = orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
	}
	return whole, nil
}

// getTileJSON describes the tiles of one or several layers (TileJSON 3.0).
func (s *Server) getTileJSON(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	views, err := s.views(r, pathValue(r, "layers"))
	if err != nil {
		return err
	}
	bounds, err := s.extent(r, views)
	if err != nil {
		return err
	}
	return sendJSON(w, r, "application/json", layers.NewTileJSON(views, s.base(r), bounds))
}
