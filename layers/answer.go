package layers

import "time"

// Counts is how many records of a layer there are, in all and in a box; By and InViewBy
// divide them by the styled field. Total = Placed + Unplaced, and By adds up to Total.
type Counts struct {
	Total     int64            `json:"total"`
	Placed    int64            `json:"placed"`
	Unplaced  int64            `json:"unplaced"`
	InView    int64            `json:"inView"`
	By        map[string]int64 `json:"by,omitempty"`
	InViewBy  map[string]int64 `json:"inViewBy,omitempty"`
	Newest    *time.Time       `json:"newest"` // newest recorded_at
	Synthetic int64            `json:"synthetic"`
}

// Hit is one record found by a search.
type Hit struct {
	Layer string      `json:"layer"`
	ID    int64       `json:"id"`
	Label string      `json:"label"`
	Field string      `json:"field"` // the field that matched
	Text  string      `json:"text"`  // its value
	Point *[2]float64 `json:"point"` // longitude, latitude of the anchor; null when unplaced
	BBox  *[4]float64 `json:"bbox"`  // west, south, east, north; null when unplaced
	Zoom  int         `json:"zoom"`  // a zoom at which the record shows for itself

	rank int
}

// Hits is a search's answer, best first. More says that there were others.
type Hits struct {
	Query string `json:"query"`
	Hits  []Hit  `json:"hits"`
	More  bool   `json:"more"`
}
