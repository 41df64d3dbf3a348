package ask

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// Answer is what a question gives.
type Answer struct {
	Question    string                     `json:"question"`
	Title       layers.Text                `json:"title"`
	Inputs      map[string]json.RawMessage `json:"inputs"`
	AskedAt     time.Time                  `json:"asked_at"`
	Took        float64                    `json:"took_ms"` // milliseconds
	Scenario    string                     `json:"scenario,omitempty"`
	Summary     []Figure                   `json:"summary"` // the figures to see first
	Tables      []*Table                   `json:"tables"`
	Shapes      []Drawing                  `json:"shapes"`
	Sources     []*Source                  `json:"sources"`
	Assumptions []layers.Text              `json:"assumptions"`
	Problems    []Trouble                  `json:"problems"` // what could not be answered, and why
}

// Figure is one number of a summary.
type Figure struct {
	ID    string      `json:"id"`
	Title layers.Text `json:"title"`
	Value any         `json:"value"`
	Unit  string      `json:"unit,omitempty"`
}

// Table is rows of figures or records. Total, where there is one, is the sum of all rows,
// those beyond the limit included; More counts these.
type Table struct {
	ID      string      `json:"id"`
	Title   layers.Text `json:"title"`
	Columns []Column    `json:"columns"`
	Rows    []Row       `json:"rows"`
	Total   []any       `json:"total,omitempty"`
	More    int         `json:"more,omitempty"`
	Chart   string      `json:"chart,omitempty"` // bars: the first number column by the first text column
}

// Column is one of a table's columns.
type Column struct {
	ID    string            `json:"id"`
	Title layers.Text       `json:"title"`
	Unit  string            `json:"unit,omitempty"`
	Codes map[string]Legend `json:"codes,omitempty"` // what the values stand for
}

// Legend is how a code reads and looks.
type Legend struct {
	Title  layers.Text `json:"title"`
	Colour string      `json:"colour,omitempty"`
}

// Row is one row of a table, of a record where ID is not 0.
type Row struct {
	Layer    string       `json:"layer,omitempty"`
	ID       int64        `json:"id,omitempty"`
	Geometry orb.Geometry `json:"-"` // where it is, or its way; nil: nowhere
	Values   []any        `json:"values"`
}

// Drawing is a shape on the map.
type Drawing struct {
	ID       string       `json:"id"`   // drawings of one kind share it
	Role     string       `json:"role"` // area, band, way, gap, place: how it is drawn
	Title    layers.Text  `json:"title"`
	Value    *float64     `json:"value,omitempty"` // of a band: its upper limit
	Unit     string       `json:"unit,omitempty"`
	Colour   string       `json:"colour,omitempty"`
	Geometry orb.Geometry `json:"-"`
}

// Source is a layer as it was when it was used.
type Source struct {
	Layer     string      `json:"layer"`
	Title     layers.Text `json:"title"`
	Edition   int64       `json:"edition"` // 0: none published yet
	Published *time.Time  `json:"published"`
	Newest    *time.Time  `json:"newest"` // newest recorded_at
	Age       *float64    `json:"age_s"`  // seconds since then
	Used      int         `json:"used"`   // records with a place that fit the filter
	Unplaced  int64       `json:"unplaced"`
	Synthetic bool        `json:"synthetic,omitempty"`
	Filter    string      `json:"filter,omitempty"`
}

// Trouble is something that could not be answered, while the rest could.
type Trouble struct {
	Text     layers.Text  `json:"text"`
	Layer    string       `json:"layer,omitempty"`
	ID       int64        `json:"id,omitempty"`
	Input    string       `json:"input,omitempty"`
	Geometry orb.Geometry `json:"-"`
}

// geometryJSON is a geometry in GeoJSON with a decimal centimetre; null for none.
func geometryJSON(g orb.Geometry) json.RawMessage {
	if g == nil {
		return json.RawMessage("null")
	}
	return appendGeoJSON(nil, g)
}

// MarshalJSON writes the row with its geometry.
func (r Row) MarshalJSON() ([]byte, error) {
	type plain Row
	return json.Marshal(struct {
		plain
		Geometry json.RawMessage `json:"geometry,omitempty"`
	}{plain(r), orNothing(r.Geometry)})
}

// MarshalJSON writes the drawing with its geometry.
func (d Drawing) MarshalJSON() ([]byte, error) {
	type plain Drawing
	return json.Marshal(struct {
		plain
		Geometry json.RawMessage `json:"geometry"`
	}{plain(d), geometryJSON(d.Geometry)})
}

// MarshalJSON writes the trouble with its geometry.
func (t Trouble) MarshalJSON() ([]byte, error) {
	type plain Trouble
	return json.Marshal(struct {
		plain
		Geometry json.RawMessage `json:"geometry,omitempty"`
	}{plain(t), orNothing(t.Geometry)})
}

func orNothing(g orb.Geometry) json.RawMessage {
	if g == nil {
		return nil
	}
	return geometryJSON(g)
}
