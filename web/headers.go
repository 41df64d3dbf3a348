package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// The content security policies. None allows inline script or style, eval, frames or
// plug-ins. An answer that is no page may load nothing.
const (
	policyData = "default-src 'none'; frame-ancestors 'none'"
	policyDocs = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

// pagePolicy is the policy of the map page. MapLibre's worker is a file of ours, so no
// blob: worker is needed; blob: and data: images are those it makes itself. Only the
// declared base maps may be fetched from outside.
func pagePolicy(maps []BaseMap) string {
	var outside []string
	for _, b := range maps {
		if origin := b.origin(); origin != "" && !slices.Contains(outside, origin) {
			outside = append(outside, origin)
		}
	}
	also := ""
	if len(outside) > 0 {
		also = " " + strings.Join(outside, " ")
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; " +
		"connect-src 'self'" + also + "; img-src 'self' data: blob:" + also + "; font-src 'self'; " +
		"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// secured are the headers that every answer has but a tile. Their values are shared by all
// answers, which replace them and do not change them.
var secured = http.Header{
	"Content-Security-Policy":      {policyData},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"},
	"Referrer-Policy":              {"same-origin"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Permissions-Policy":           {"camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"},
}

// securedTile are those of a tile, which no browser shows as a document and of which no
// line of the log speaks: every header costs both sides as much as finding a kept tile.
var securedTile = http.Header{
	"X-Content-Type-Options":       secured["X-Content-Type-Options"],
	"Cross-Origin-Resource-Policy": secured["Cross-Origin-Resource-Policy"],
}

// secure sets the headers of secured and the request's id. Pages replace the policy by their own.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), secured)
		w.Header().Set("X-Request-Id", RequestID(r.Context()))
		next.ServeHTTP(w, r)
	})
}

// exposed are the answer's headers that a page of another origin may read.
const exposed = "Content-Crs, ETag, Link, Retry-After, X-Request-Id"

// share lets pages of the configured origins read (Fetch standard, CORS protocol), and
// answers their preflight requests. Credentials are never shared.
func (s *Server) share(next http.Handler) http.Handler {
	if len(s.config.Origins) == 0 {
		return next
	}
	any := slices.Contains(s.config.Origins, "*")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if !any {
			h.Add("Vary", "Origin")
		}
		origin := r.Header.Get("Origin")
		if origin == "" || !any && !slices.Contains(s.config.Origins, origin) {
			next.ServeHTTP(w, r)
			return
		}
		if any {
			origin = "*"
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", exposed)
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			h.Set("Access-Control-Allow-Headers", "Accept, Accept-Language, If-None-Match, X-Request-Id")
			h.Set("Access-Control-Max-Age", "86400")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}
