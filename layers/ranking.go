package layers

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// Ranking collects search hits and keeps the best.
type Ranking struct {
	text  string // lower case
	words []string
	limit int
	hits  Hits
}

// NewRanking ranks for a text as typed; limit is how many hits the answer holds.
func NewRanking(text string, limit int) *Ranking {
	low := strings.ToLower(strings.TrimSpace(text))
	return &Ranking{text: low, words: strings.Fields(low), limit: limit, hits: Hits{Query: text, Hits: []Hit{}}}
}

// Add takes one match with its searched fields and their texts.
func (r *Ranking) Add(v *View, hit Hit, fields []*Field, texts []string) {
	hit.Layer = v.ID
	hit.Zoom = v.soloZoom()
	label := strings.ToLower(hit.Label)
	hit.rank = 4
	for i, f := range fields {
		if t := strings.ToLower(texts[i]); r.text != "" && strings.Contains(t, r.words[0]) {
			hit.Field, hit.Text = f.Name, texts[i]
			if t == r.text {
				hit.rank = 1
			}
			break
		}
	}
	switch {
	case label == r.text:
		hit.rank = 0
	case strings.HasPrefix(label, r.text):
		hit.rank = min(hit.rank, 2)
	case strings.Contains(label, r.text):
		hit.rank = min(hit.rank, 3)
	}
	r.hits.Hits = append(r.hits.Hits, hit)
	if len(r.hits.Hits) >= 4*r.limit+64 {
		r.settle()
	}
}

// Cut notes that a layer had more matches than were looked at.
func (r *Ranking) Cut() { r.hits.More = true }

// Hits returns the best hits, best first.
func (r *Ranking) Hits() Hits {
	r.settle()
	return r.hits
}

func (r *Ranking) settle() {
	h := r.hits.Hits
	sort.SliceStable(h, func(i, j int) bool {
		if h[i].rank != h[j].rank {
			return h[i].rank < h[j].rank
		}
		if a, b := utf8.RuneCountInString(h[i].Label), utf8.RuneCountInString(h[j].Label); a != b {
			return a < b
		}
		if h[i].Label != h[j].Label {
			return h[i].Label < h[j].Label
		}
		return h[i].Layer == h[j].Layer && h[i].ID < h[j].ID
	})
	if len(h) > r.limit {
		r.hits.Hits = h[:r.limit]
		r.hits.More = true
	}
}

// soloZoom is the first zoom at which every record is drawn for itself, within reach of a map.
func (l *Layer) soloZoom() int {
	if l.Thin == nil {
		return max(l.Zoom.Min, 13)
	}
	return min(max(l.Thin.Until+1, 13), 17)
}
