package web

import (
	"net/http"
	"strconv"
	"strings"

	"onemap/layers/fault"
)

const (
	searchDefault = 20
	searchMost    = 100
	searchLongest = 100 // characters
)

// getSearch answers with the records of all layers whose searched fields have the text.
func (s *Server) getSearch(w http.ResponseWriter, r *http.Request) error {
	params, err := s.only(r, "q", "limit")
	if err != nil {
		return err
	}
	text, err := single(params, "q")
	if err != nil {
		return err
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return fault.In("q", "Give some words, or part of a name, code or address.")
	}
	if len([]rune(text)) > searchLongest {
		return fault.In("q", "The text is longer than %d characters.", searchLongest)
	}
	limit, err := limitParam(params, searchDefault, searchMost)
	if err != nil {
		return err
	}
	hits, err := s.store.Search(r.Context(), s.catalogue.For(readerOf(r)), text, limit)
	if err != nil {
		return err
	}
	return sendJSON(w, r, "application/json", hits)
}

// limitParam reads limit. A larger one than most means most and is no error (OGC
// 17-069r4, requirement /req/core/fc-limit-response-1); zero and less are.
func limitParam(params map[string][]string, otherwise, most int) (int, error) {
	text, err := single(params, "limit")
	if err != nil || text == "" {
		return otherwise, err
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, fault.In("limit", "%.30q is not a whole number from 1 to %d.", text, most)
	}
	return int(min(n, uint64(most))), nil
}
