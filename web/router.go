package web

import (
	"maps"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
)

// This file is the only one that knows the router. Handlers take a plain request and
// read path values through pathValue.

// handler answers a request or returns the error to answer with. It returns an error
// only as long as it has sent nothing.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is one line of the table of routes that are for GET and HEAD; those of the import
// are in surveyroutes.go.
type route struct {
	name    string // for logs and metrics
	pattern string
	handler handler
}

func (s *Server) routes() []route {
	return []route{
		{"page", "/", s.getPage},
		{"asset", "/assets/{file}", s.getAsset},
		{"page info", "/page.json", s.getPageInfo},

		{"layers", "/layers", s.getLayers},
		{"layer", "/layers/{layer}", s.getLayer},
		{"layer counts", "/layers/{layer}/counts", s.getLayerCounts},
		{"counts", "/counts", s.getCounts},

		{"tile", "/tiles/{layers}/{z}/{x}/{y}.mvt", s.getTile}, // in tilesFirst, but for other methods
		{"tilejson", "/tiles/{layers}.json", s.getTileJSON},
		{"style", "/styles/onemap.json", s.getStyle},
		{"sprite", "/sprites/{file}", s.getSprite},

		{"api", "/api", s.getLanding},
		{"api", "/api/", s.getLanding},
		{"conformance", "/api/conformance", s.getConformance},
		{"openapi", "/api/openapi.json", s.getOpenAPI},
		{"search", "/api/search", s.getSearch},
		{"collections", "/api/collections", s.getCollections},
		{"collection", "/api/collections/{layer}", s.getCollection},
		{"queryables", "/api/collections/{layer}/queryables", s.getQueryables},
		{"sortables", "/api/collections/{layer}/sortables", s.getSortables},
		{"schema", "/api/collections/{layer}/schema", s.getSchema},
		{"items", "/api/collections/{layer}/items", s.getItems},
		{"item", "/api/collections/{layer}/items/{id}", s.getItem},

		{"docs", "/docs/layers", s.getDocs},
		{"docs file", "/docs/{file}", s.getDocsFile},

		{"healthz", "/healthz", s.getHealth},
		{"readyz", "/readyz", s.getReady},
		{"metrics", "/metrics", s.getMetrics},
		{"version", "/version", s.getVersion},
	}
}

// router puts the table into force.
func (s *Server) router() http.Handler {
	router := mux.NewRouter()
	for _, rt := range s.routes() {
		h := http.Handler(s.named(rt.name, rt.handler))
		if rt.name != "tile" { // which has its limit of time from the tile server, and reads no body
			h = s.limit(h)
		}
		router.Methods(http.MethodGet, http.MethodHead).Path(rt.pattern).Name(rt.name).Handler(h)
	}
	// Those who watch stay for as long as they like.
	router.Path("/events").Methods(http.MethodGet, http.MethodHead).Name("events").Handler(s.named("events", s.getTileEvents))
	s.addSurveyRoutes(router)
	s.addEditRoutes(router)
	s.addProcessRoutes(router)
	router.NotFoundHandler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.writeProblem(w, r, problem{
			Status: http.StatusNotFound, Code: "not_found",
			Detail: "There is nothing at this address. /api lists what there is.",
		})
	})
	router.MethodNotAllowedHandler = s.otherMethod(router)
	return router
}

// tilesFirst answers for tiles past the router, which costs more than a tile that is kept.
func (s *Server) tilesFirst(next http.Handler) http.Handler {
	tile := s.share(s.named("tile", s.getTile))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := tilePath(r.URL.Path); !ok || r.Method != http.MethodGet && r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		maps.Copy(w.Header(), securedTile)
		tile.ServeHTTP(w, r)
	})
}

// named tells the request's note which route it took and answers with the handler's error.
func (s *Server) named(name string, h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n := noteOf(r.Context()); n != nil {
			n.route = name
		}
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// otherMethod answers for an address that exists but not for this method.
func (s *Server) otherMethod(router *mux.Router) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		methods := allowed(router, r)
		w.Header().Set("Allow", methods)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		s.writeProblem(w, r, problem{
			Status: http.StatusMethodNotAllowed, Code: "invalid",
			Detail: "This address answers to " + strings.ReplaceAll(methods, ", OPTIONS", " and OPTIONS") + ".",
		})
	}
}

// pathValue returns the part of the request's path that the route's pattern names.
func pathValue(r *http.Request, name string) string { return mux.Vars(r)[name] }
