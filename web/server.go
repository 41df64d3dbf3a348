// Package web is the HTTP face: routes, the map page and its documents, tiles, OGC API
// Features, search, health and metrics. It asks the database through Store and knows no
// SQL. Errors leave it as problem details at one place.
package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/prometheus/client_golang/prometheus"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/web/ui"
)

// Server answers all requests. It is made by New.
type Server struct {
	config    Config
	catalogue *layers.Catalogue
	store     Store
	log       *slog.Logger
	metrics   *metrics
	tiles     *tiles.Server
	page      *page
	sprites   *sprites
	forms     *forms
	exports   chan struct{} // one for each that is running
	ended     chan struct{} // closed when the server stops
	stopping  sync.Once
	matches   *matches     // nil: none is kept, as no changes are known
	desk      *desk        // nil: nothing is imported over HTTP
	questions *processJobs // nil: none are answered
	archive   *Archive     // in place of a database; nil: there is one
	handler   http.Handler
}

// New makes a Server that answers with the catalogue's layers out of the store. Other
// parts of the program may give collectors of their own for /metrics. The error is
// Invalid and says why where the configuration is refused, as for a base map in GCJ-02.
func New(config Config, catalogue *layers.Catalogue, store Store, log *slog.Logger, collectors ...prometheus.Collector) (*Server, error) {
	config.fill()
	if err := config.check(); err != nil {
		return nil, err
	}
	if err := checkFields(catalogue); err != nil {
		return nil, err
	}
	if config.Mirror != nil {
		collectors = append(collectors, newMirrorFigures(config.Mirror))
	}
	s := &Server{
		config:    config,
		catalogue: catalogue,
		store:     store,
		log:       log,
		metrics:   newMetrics(config.Version, config.Revision, collectors),
		tiles:     newTiles(config, store),
		ended:     make(chan struct{}),
		exports:   make(chan struct{}, exportsAtOnce),
	}
	if config.Mirror != nil {
		s.matches = otter.Must(&otter.Options[string, match]{MaximumSize: matchedKept})
	}
	var err error
	files, built := ui.Files()
	if s.page, err = loadPage(files, built, config.BaseMaps); err != nil {
		return nil, err
	}
	if s.sprites, err = drawSprites(catalogue); err != nil {
		return nil, err
	}
	if s.forms, err = loadForms(); err != nil {
		return nil, err
	}
	if config.Survey != nil {
		if s.desk, err = newDesk(config, *config.Survey, log); err != nil {
			return nil, err
		}
	}
	if config.Questions != nil {
		s.questions = newProcessJobs(*config.Questions, log)
	}
	s.handler = s.observe(s.tilesFirst(secure(s.share(s.router()))))
	if s.archive, _ = store.(*Archive); s.archive != nil {
		s.handler = s.archive.asRole(s.handler)
	}
	return s, nil
}

// newTiles puts the layers in memory, if there are any, before those of the database.
func newTiles(c Config, store Store) *tiles.Server {
	if c.Mirror == nil {
		return tiles.NewServer(store.Tile, tiles.Options{Limit: c.RequestLimit})
	}
	return tiles.NewServer(c.Mirror.Source, tiles.Options{Limit: c.RequestLimit, Fresh: c.Mirror, Keep: c.Keep})
}

// Handler returns the whole of the HTTP face, for a server of the caller's or a test.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve answers on the listener until ctx ends, then takes no new requests, lets the
// running ones finish within StopLimit and returns. What still runs after that is
// broken off and an Unavailable error returned.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       s.config.RequestLimit,
		WriteTimeout:      s.config.RequestLimit + 30*time.Second, // for a slow client to take the answer
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	defer s.Stop()
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return fault.Wrap(err, fault.Unavailable, "The server can't answer on %s any more.", listener.Addr())
	case <-ctx.Done():
	}
	// Else those who watch changes, a check or an upload would hold up the stop.
	s.release()
	if s.desk != nil {
		s.desk.end()
	}
	if s.questions != nil {
		s.questions.stop()
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.config.StopLimit)
	defer cancel()
	if err := server.Shutdown(stop); err != nil {
		_ = server.Close()
		return fault.Wrap(err, fault.Unavailable, "Requests were still running %s after the stop and have been broken off.", s.config.StopLimit)
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap(err, fault.Unavailable, "The server stopped with an error.")
	}
	return nil
}

// release lets those go who watch for changes.
func (s *Server) release() {
	s.stopping.Do(func() {
		if s.ended != nil {
			close(s.ended)
		}
	})
}

// readerOf says who asks. Until accounts exist everyone is a viewer, or has the role that
// an archive was baked for.
func readerOf(r *http.Request) layers.Reader {
	if reader, ok := r.Context().Value(readerKey{}).(layers.Reader); ok {
		return reader
	}
	return layers.Reader{Role: layers.RoleViewer}
}
