// Package ask answers planners' questions: who is near, who can get there in time, who is
// left out, who is exposed. A question is declared once, with its inputs; its answer is
// tables of figures and records, shapes to draw, the editions and ages of the layers that
// were used, and what was assumed. All else — checking of inputs, access, scenarios,
// OGC API Processes, the command line, the page's forms, exports — follows from these.
//
// Positions are longitude and latitude of CGCS2000, metres are geodesic, minutes are travel
// times. A record is where its anchor is (layers.AnchorOf) unless a question says otherwise.
package ask

import (
	"onemap/layers"
)

// Question is a kind of question.
type Question struct {
	ID          string      `json:"id"`
	Title       layers.Text `json:"title"`
	Description layers.Text `json:"description"`
	Inputs      []Input     `json:"inputs"`

	answer func(*Session, Values) (*Answer, error)
}

// Questions are all kinds of questions, in the page's order.
func Questions() []*Question { return questions }

// ByID returns a kind of question, or nil.
func ByID(id string) *Question {
	for _, q := range questions {
		if q.ID == id {
			return q
		}
	}
	return nil
}

var questions = []*Question{around, nearest, serviceArea, coverage, allocate, site, exposure, gasLeak, whoAnswers, hazardAudit}

// Kind is what an input is. In JSON:
type Kind string

// The kinds of inputs.
const (
	Place   Kind = "place"   // [longitude, latitude] or a GeoJSON Point
	Shape   Kind = "shape"   // a GeoJSON geometry, or {"type": "Circle", "coordinates": [lon, lat], "radius": metres}
	Number  Kind = "number"  // a number
	Integer Kind = "integer" // a whole number
	Boolean Kind = "boolean"
	Word    Kind = "text"
	Choice  Kind = "choice" // one of Choices
	Moment  Kind = "time"   // RFC 3339
	Layer   Kind = "layer"  // id of a layer that the reader may see, of Choices where there are any
	Filter  Kind = "filter" // CQL2, text or JSON, on the layer that the input Of names
	Object  Kind = "object" // a JSON object that the question reads itself
)

// Input is one thing that a question takes.
type Input struct {
	Name        string      `json:"name"`
	Title       layers.Text `json:"title"`
	Description layers.Text `json:"description,omitzero"`
	Kind        Kind        `json:"kind"`
	Many        bool        `json:"many,omitempty"` // a list
	Required    bool        `json:"required,omitempty"`
	Default     any         `json:"default,omitempty"`
	Unit        string      `json:"unit,omitempty"` // UCUM
	Min         *float64    `json:"min,omitempty"`
	Max         *float64    `json:"max,omitempty"`
	Choices     []Option    `json:"choices,omitempty"`
	Codes       []string    `json:"codes,omitempty"` // of a choice: the code lists that its choices are of
	Of          string      `json:"of,omitempty"`    // of a filter: the input with its layer, or the layer's id
}

// Option is one of an input's choices.
type Option struct {
	Code  string      `json:"code"`
	Title layers.Text `json:"title"`
}

func least(x float64) *float64 { return &x }
func most(x float64) *float64  { return &x }

// MostMany is how many values a list may have.
const MostMany = 1000
