package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"onemap/data/sample"
)

// cityBox is the bbox parameter of the whole city.
var cityBox = fmt.Sprintf("%g,%g,%g,%g", nantong.Bounds[0], nantong.Bounds[1], nantong.Bounds[2], nantong.Bounds[3])

// searched are the texts that people type parts of: field of a layer, how many of each.
// They are 50 together.
var searched = []struct {
	layer, field string
	count        int
	code         bool // typed from its beginning
}{
	{"enterprise", "name", 14, false},
	{"enterprise", "address", 6, false},
	{"shelter", "name", 8, false},
	{"public_facility", "name", 6, false},
	{"rescue_team", "name", 4, false},
	{"enterprise", "credit_code", 12, true},
}

// searches makes the questions out of the city's own texts: parts of 2 to 4 characters
// from the first characters of a text on, and beginnings of codes of 6 to 10.
func searches(plan *sample.Plan) ([]string, error) {
	var questions []string
	for _, s := range searched {
		texts, err := pick(plan, s.layer, s.field, s.count)
		if err != nil {
			return nil, err
		}
		for i, text := range texts {
			if s.code {
				questions = append(questions, part(text, 0, 6+i%5))
				continue
			}
			questions = append(questions, part(text, i%5, 2+i%3))
		}
	}
	return questions, nil
}

// pick takes the field of n records spread over a layer of the plan.
func pick(plan *sample.Plan, layer, field string, n int) ([]string, error) {
	step := max(plan.Count(layer)/n, 1)
	var texts []string
	i := 0
	for r, err := range plan.Records(layer) {
		if err != nil {
			return nil, err
		}
		if len(texts) == n {
			break
		}
		if text, _ := r.Values[field].(string); i%step == 0 && text != "" {
			texts = append(texts, text)
		}
		i++
	}
	return texts, nil
}

// part cuts size characters out of a text, from a place that follows from at.
func part(text string, at, size int) string {
	r := []rune(text)
	if len(r) <= size {
		return text
	}
	at %= len(r) - size + 1
	return string(r[at : at+size])
}

// searchTarget is the longest that an answer to a search may take, in ms.
const searchTarget = 50

// measureSearch types each text four times, one at a time.
func (m *benchmark) measureSearch(ctx context.Context) error {
	questions, err := searches(m.plan)
	if err != nil {
		return err
	}
	m.say("%d searches: %s", len(questions), strings.Join(questions, " "))
	var paths []string
	for range 4 {
		for _, q := range questions {
			paths = append(paths, "/api/search?q="+url.QueryEscape(q))
		}
	}
	r, err := m.ask(ctx, 1, false, paths)
	if err != nil {
		return err
	}
	m.add(
		newFigure("search p50, c=1", milliseconds(r.P50), "ms").under(searchTarget),
		newFigure("search p99, c=1", milliseconds(r.P99), "ms").under(searchTarget),
	)
	return nil
}

// measureCounts has all layers counted in the city's box, as the page does when it opens.
func (m *benchmark) measureCounts(ctx context.Context) error {
	m.say("counts")
	r, err := m.ask(ctx, 1, false, repeated("/counts?bbox="+cityBox, 10))
	if err == nil {
		m.add(newFigure("counts of all layers, c=1", milliseconds(r.P50), "ms"))
	}
	return err
}

func repeated(path string, n int) []string {
	paths := make([]string, n)
	for i := range paths {
		paths[i] = path
	}
	return paths
}
