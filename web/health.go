package web

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"onemap/tiles"
	"onemap/tiles/mirror"
)

// getHealth says that the process runs; it asks nobody.
func (s *Server) getHealth(w http.ResponseWriter, r *http.Request) error {
	send(w, r, "application/json", cacheNever, tiles.NewBody([]byte(`{"status":"ok"}`)))
	return nil
}

// readyLimit is the longest that the database may take to say that it is there.
const readyLimit = 2 * time.Second

// getReady says whether questions can be answered, else 503, and which layers are in
// memory; tiles of the others come from PostGIS.
func (s *Server) getReady(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
	defer cancel()
	if err := s.store.Ready(ctx); err != nil {
		return err
	}
	answer := struct {
		Status string          `json:"status"`
		Layers []mirror.Status `json:"layers,omitempty"`
	}{Status: "ready"}
	if s.config.Mirror != nil {
		answer.Layers = s.config.Mirror.Status()
	}
	return sendJSON(w, r, "application/json", answer)
}

// getMetrics writes the figures in the Prometheus text format.
func (s *Server) getMetrics(w http.ResponseWriter, r *http.Request) error {
	s.metrics.handler().ServeHTTP(w, r)
	return nil
}

// getVersion says which program this is.
func (s *Server) getVersion(w http.ResponseWriter, r *http.Request) error {
	return sendJSON(w, r, "application/json", struct {
		Version  string `json:"version"`
		Revision string `json:"revision,omitempty"`
		Go       string `json:"go"`
	}{s.config.Version, s.config.Revision, runtime.Version()})
}
