package survey

import (
	"context"
	"encoding/json"

	"onemap/data"
	"onemap/data/read"
	"onemap/geo"
	"onemap/geo/detect"
	"onemap/layers"
	"onemap/layers/fault"
)

// Reading is how a file has been understood so far, and what is still to be said by a
// person. It is kept with the batch as JSON.
type Reading struct {
	Format   string            `json:"format"`
	Encoding string            `json:"encoding"`
	Parts    []Part            `json:"parts,omitempty"` // where there are several; Options.Part picks one
	Columns  []Column          `json:"columns"`
	Missing  []string          `json:"missing,omitempty"` // required fields without a column
	Rows     int64             `json:"rows"`              // looked at
	Position Position          `json:"position"`
	Problems []layers.Text     `json:"problems,omitempty"` // of the file as a whole
	Fixed    map[string]string `json:"fixed,omitempty"`    // values given to fields
	Saved    *Saved            `json:"saved,omitempty"`    // who matched columns of these names before, where that is used
	Joined   *Joined           `json:"joined,omitempty"`   // forms and geometries come apart
}

// Part is one of several sets of rows in a file.
type Part struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"` // -1 where counting would mean reading
	Note string `json:"note,omitempty"`
}

// Column is a column of the file with the field it holds and what stands in it.
type Column struct {
	Name    string   `json:"name"`
	Field   string   `json:"field,omitempty"`
	Match   string   `json:"match,omitempty"` // how the field was found: hand, saved, alias, cut, tail; empty: by its name
	Samples []string `json:"samples"`         // the first three values, decoded
}

// Position is how the positions have been understood.
type Position struct {
	Outcome    detect.Outcome `json:"outcome"` // decided, trusted, ask, refused; "" when the file has no positions
	Title      layers.Text    `json:"title,omitzero"`
	Confidence float64        `json:"confidence"`
	Evidence   []layers.Text  `json:"evidence"`
	Warnings   []layers.Text  `json:"warnings,omitempty"`
	Question   layers.Text    `json:"question,omitzero"`
	Candidates []Candidate    `json:"candidates,omitempty"`

	// Taken is the reading in force, for the program.
	Taken detect.Reading `json:"taken"`
}

// Candidate is one way to understand the positions, with a few of them at the places it
// gives, and the words with which a person chooses it.
type Candidate struct {
	Title      layers.Text      `json:"title"`
	Confidence float64          `json:"confidence"`
	Evidence   []layers.Text    `json:"evidence"`
	Examples   []detect.Example `json:"examples"`
	Choose     Placing          `json:"choose"`
}

// Placing is what a person says of the positions; empty members leave it to the evidence.
type Placing struct {
	CRS         string `json:"crs,omitempty"`   // such as EPSG:4549
	Axis        string `json:"axis,omitempty"`  // xy or yx
	Shift       string `json:"shift,omitempty"` // none, GCJ02 or BD09
	Times       int    `json:"times,omitempty"` // 2: shifted twice
	Form        string `json:"form,omitempty"`  // how degrees are written
	Approximate bool   `json:"approximate,omitempty"`
}

// settled reports whether the positions can be used.
func (p Position) settled() bool {
	return p.Outcome == "" || p.Outcome == detect.Decided || p.Outcome == detect.Trusted
}

// err says what is open; nil when the survey can be checked.
func (r Reading) err() error {
	switch r.Position.Outcome {
	case detect.Ask:
		return &fault.Error{Code: fault.Conflict, Field: "crs", Message: r.Position.Question.En + " Say it with --crs, --axis and --shift."}
	case detect.Refused:
		message := "The positions can't be understood."
		if len(r.Position.Evidence) > 0 {
			message = r.Position.Evidence[0].En
		}
		return &fault.Error{Code: fault.Invalid, Field: "crs", Message: message}
	}
	return nil
}

// user is what was said, for the detective.
func (p Placing) user() (detect.User, error) {
	u := detect.User{Axis: detect.Axis(p.Axis), Times: p.Times, Form: detect.Form(p.Form), Approximate: p.Approximate}
	if p.CRS != "" {
		system, err := geo.ParseCRS(p.CRS)
		if err != nil {
			return u, &fault.Error{Code: fault.Invalid, Field: "crs", Message: err.Error()}
		}
		u.CRS = system
	}
	switch p.Axis {
	case "", "xy", "yx":
	default:
		return u, fault.In("axis", "The axis is xy or yx, not %q.", p.Axis)
	}
	switch p.Shift {
	case "":
	case "none":
		u.Shift = geo.CGCS2000
	case string(geo.GCJ02), string(geo.BD09):
		u.Shift = geo.Datum(p.Shift)
	default:
		return u, fault.In("shift", "The shift is none, GCJ02 or BD09, not %q.", p.Shift)
	}
	return u, nil
}

func placingOf(u detect.User) Placing {
	p := Placing{CRS: u.CRS.String(), Axis: string(u.Axis), Shift: string(u.Shift), Times: u.Times, Form: string(u.Form), Approximate: u.Approximate}
	if u.Shift == geo.CGCS2000 || u.Shift == geo.WGS84 {
		p.Shift, p.Times = "none", 0
	}
	return p
}

// look reads the beginning of a file and finds out how it is to be understood. The options come
// back with what has been found out for them: parts that belong together, and, at first sight or
// where nothing is said of columns, what was said of columns with the same names before.
func (in *Intake) look(ctx context.Context, path string, l *layers.Layer, o Options, first bool) (Reading, Options, error) {
	ground, err := in.ground(ctx)
	if err != nil {
		return Reading{}, o, err
	}
	user, err := o.Placing.user()
	if err != nil {
		return Reading{}, o, err
	}
	src, err := open(path, l, o)
	if err != nil {
		if with, ok := delivery(path, l, o); ok {
			o = with
			src, err = open(path, l, o)
		}
	}
	if err != nil {
		r, err := in.several(path, o, err)
		return r, o, err
	}
	defer src.Close()
	r := Reading{Format: src.Format(), Fixed: o.Values}
	if o.Geometry != "" {
		r.Joined = &Joined{Forms: o.Part, Geometry: o.Geometry, By: l.Key[0]}
	}
	said := o.Columns
	if first || said == nil {
		saved, err := in.store.SavedMapping(ctx, l.ID, layers.Headings(src.Columns()))
		if err != nil {
			return r, o, err
		}
		if saved != nil && o.again(l, saved.Columns) {
			r.Saved = &Saved{By: saved.By, At: saved.At}
		}
	}
	hints := o.hints(l, src)
	mapping, _, err := l.Match(src.Columns(), hints)
	if err != nil {
		return Reading{}, o, err
	}
	r.columns(l, mapping, o, said)
	for _, f := range in.store.Catalogue().Template(l, src.Columns(), hints.Positions, stamp(src)) {
		r.Problems = append(r.Problems, f.Message)
	}
	err = in.place(ctx, &r, src, l, mapping, ground, user)
	return r, o, err
}

// several answers for a file with several parts when none is picked: their names.
func (in *Intake) several(path string, o Options, cause error) (Reading, error) {
	parts, err := read.Layers(path, o.read())
	if err != nil || len(parts) < 2 || o.Part != "" {
		return Reading{}, cause
	}
	var r Reading
	for _, p := range parts {
		note := p.Note
		if note == "" {
			note = p.Format
		}
		r.Parts = append(r.Parts, Part{Name: p.Name, Rows: p.Rows, Note: note})
	}
	return r, cause
}

func positionOf(v detect.Verdict) Position {
	p := Position{
		Outcome: v.Outcome, Confidence: v.Reading.Confidence, Evidence: texts(v.Evidence), Warnings: texts(v.Warnings),
		Question: text(v.Question), Taken: v.Reading,
	}
	if p.settled() {
		p.Title = text(v.Reading.Title())
	}
	for _, c := range v.Candidates {
		p.Candidates = append(p.Candidates, Candidate{
			Title: text(c.Title()), Confidence: c.Confidence, Evidence: texts(c.Evidence), Examples: c.Examples, Choose: placingOf(c.User()),
		})
	}
	return p
}

func text(t detect.Text) layers.Text { return layers.Text{Zh: t.Zh, En: t.En} }

func texts(list []detect.Text) []layers.Text {
	out := []layers.Text{}
	for _, t := range list {
		out = append(out, text(t))
	}
	return out
}

// encode writes what the database keeps of a batch.
func encode(o Options, r Reading) (options, reading json.RawMessage, err error) {
	if options, err = json.Marshal(o); err == nil {
		reading, err = json.Marshal(r)
	}
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Internal, "what is known of a batch")
	}
	return options, reading, nil
}

// decode reads what the database keeps of a batch.
func decode(b data.Batch) (o Options, r *Reading, err error) {
	if err := json.Unmarshal(b.Options, &o); err != nil {
		return o, nil, fault.Wrap(err, fault.Internal, "options of batch %d", b.ID)
	}
	if len(b.Reading) > 0 {
		r = &Reading{}
		if err := json.Unmarshal(b.Reading, r); err != nil {
			return o, nil, fault.Wrap(err, fault.Internal, "reading of batch %d", b.ID)
		}
	}
	return o, r, nil
}
