package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"onemap/layers/fault"
	"onemap/tiles"
)

// How long a client may keep an answer without asking again.
const (
	cacheAsk   = "private, no-cache"                   // keep it, but ask each time whether it still holds
	cacheNever = "no-store"                            // do not keep it
	cacheLong  = "public, max-age=31536000, immutable" // its address changes with its content
)

var varies = []string{"Accept-Encoding"}

// send answers with a finished body: with gzip where the client takes it, the strong
// ETag of that encoding, and 304 where the client has those bytes already (RFC 9110
// section 13.1.2). To a HEAD request net/http sends the head alone.
func send(w http.ResponseWriter, r *http.Request, mediaType, cache string, body *tiles.Body) {
	sendVersion(w, r, mediaType, cache, "", body)
}

// sendVersion is send with a version of what is sent before the ETag's own text.
func sendVersion(w http.ResponseWriter, r *http.Request, mediaType, cache, version string, body *tiles.Body) {
	h := w.Header()
	if h["Vary"] == nil {
		h["Vary"] = varies // shared: one more is appended to a copy
	} else {
		h.Add("Vary", "Accept-Encoding")
	}
	rep := body.As(codings(r.Header.Get("Accept-Encoding")))
	if version != "" {
		rep.ETag = `"` + version + "-" + rep.ETag[1:]
	}
	values := [...]string{cache, rep.ETag, mediaType, strconv.Itoa(len(rep.Bytes))}
	h["Cache-Control"], h["Etag"] = values[0:1:1], values[1:2:2] // together in one piece of memory
	if hasTag(r.Header["If-None-Match"], rep.ETag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"], h["Content-Length"] = values[2:3:3], values[3:4:4]
	if rep.Encoding != "" {
		h.Set("Content-Encoding", rep.Encoding)
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(rep.Bytes)
}

// sendJSON answers with a value as JSON.
func sendJSON(w http.ResponseWriter, r *http.Request, mediaType string, value any) error {
	bytes, err := json.Marshal(value)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "An answer could not be written.")
	}
	send(w, r, mediaType, cacheAsk, tiles.NewBody(bytes))
	return nil
}

// codings reads an Accept-Encoding header (RFC 9110 section 12.5.3): a coding counts
// when it or * is named with a weight over zero; its own name decides.
func codings(header string) tiles.Encodings {
	var named, taken tiles.Encodings
	star := false
	for item := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(item, ";")
		var bit tiles.Encodings
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "gzip", "x-gzip":
			bit = tiles.Gzip
		case "zstd":
			bit = tiles.Zstd
		case "br":
			bit = tiles.Brotli
		case "*":
			star = quality(params) > 0
		}
		named |= bit
		if quality(params) > 0 {
			taken |= bit
		}
	}
	if star {
		taken |= ^named & (tiles.Gzip | tiles.Zstd | tiles.Brotli)
	}
	return taken
}

// hasTag reads If-None-Match headers (RFC 9110 section 13.1.2): whether one of their tags
// is the given one, compared weakly, or * stands for any.
func hasTag(headers []string, tag string) bool {
	for _, header := range headers {
		for item := range strings.SplitSeq(header, ",") {
			item = strings.TrimSpace(item)
			if item == "*" || strings.TrimPrefix(item, "W/") == tag {
				return true
			}
		}
	}
	return false
}
