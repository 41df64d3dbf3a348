// Package survey takes a survey from a file to an edition: it keeps the file, finds out
// how it is to be understood, checks every row and keeps every fault it finds, stages what
// is good, and publishes it when it has been accepted.
package survey

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/paulmach/orb"

	"onemap/data/read"
	"onemap/geo"
	"onemap/geo/detect"
	"onemap/layers"
	"onemap/layers/fault"
)

// Options are what a person says of a file. The zero value leaves all to the file.
type Options struct {
	Source    string            `json:"source,omitempty"`    // source of the records
	Encoding  string            `json:"encoding,omitempty"`  // character set, before what the file says
	Part      string            `json:"part,omitempty"`      // one of several sets, sheets or layers
	Geometry  string            `json:"geometry,omitempty"`  // another one with the geometries, which are joined by the layer's key
	Positions []string          `json:"positions,omitempty"` // columns of a table that hold the positions
	Columns   map[string]string `json:"columns,omitzero"`    // field → column, empty for none; not nil: all that is to be said of them
	Values    map[string]string `json:"values,omitempty"`    // field → value for every row without one
	Number    bool              `json:"number,omitempty"`    // make the key from source and row number
	SkipBad   bool              `json:"skip_bad,omitempty"`  // publish without the rows that have errors
	Placing   Placing           `json:"placing,omitzero"`    // of the positions
}

func (o Options) read() read.Options {
	return read.Options{Encoding: o.Encoding, Layer: o.Part, Positions: o.Positions}
}

// Tally counts what came out of checking.
type Tally struct {
	Rows     int64 `json:"rows"`     // records in the file
	Good     int64 `json:"good"`     // without an error
	Bad      int64 `json:"bad"`      // with at least one error
	Unplaced int64 `json:"unplaced"` // good ones without a position
	Errors   int64 `json:"errors"`   // findings by severity, kept or not
	Warnings int64 `json:"warnings"`
	Notices  int64 `json:"notices"`
	Kept     int64 `json:"kept"` // findings kept with all details

	Rates []layers.ErrorRate `json:"rates,omitempty"` // wrong of checked indicators by county, census table and rule
}

// keptFindings is how many findings of a batch are kept with all details; beyond it they
// are counted.
const keptFindings = 200_000

// rows reads the records of a file for a layer, as its reading says.
type rows struct {
	layer    *layers.Layer
	options  Options
	taken    detect.Reading
	plain    bool // taken leaves the numbers as they are
	in       read.Source
	mapping  layers.Mapping
	texts    []bool // columns of text
	file     string
	findings []layers.Finding
	tally    Tally
	rates    *layers.Rates // from the first row on
	placed   bool          // some row has had a geometry
}

func openRows(path, file string, cat *layers.Catalogue, l *layers.Layer, o Options, taken detect.Reading) (*rows, error) {
	in, err := open(path, l, o)
	if err != nil {
		return nil, err
	}
	hints := o.hints(l, in)
	mapping, findings, err := l.Match(in.Columns(), hints)
	if err != nil {
		in.Close()
		return nil, err
	}
	r := &rows{layer: l, options: o, taken: taken, plain: taken.Plain(), in: in, mapping: mapping, texts: mapping.Texts(l), file: file}
	for _, f := range append(cat.Template(l, in.Columns(), hints.Positions, stamp(in)), findings...) {
		r.found(f)
	}
	return r, nil
}

// kept is what the file leaves as it is in records that are known: fields that it has no
// column for, and the position where it says nothing of any.
func (r *rows) kept() []string {
	var kept []string
	for _, f := range r.layer.Fields {
		_, mapped := r.mapping.Of[f.Name]
		_, fixed := r.mapping.Set[f.Name]
		if !mapped && !fixed && !slices.Contains(r.layer.Identity(), f.Name) {
			kept = append(kept, f.Name)
		}
	}
	if _, stated := r.in.CRS(); !stated && !r.placed && r.in.Positions() == nil {
		kept = append(kept, layers.KeptPosition)
	}
	return kept
}

func (r *rows) close() { r.in.Close() }

// records reads and checks the rows and gives all records, those with an error marked.
func (r *rows) records(progress func(done, total int64)) iter.Seq2[layers.Record, error] {
	checker := r.layer.NewChecker(r.mapping, r.options.Source)
	if r.options.Number {
		checker.NumberKeys()
	}
	r.rates = checker.Rates()
	return func(yield func(layers.Record, error) bool) {
		bundles, stop := ahead(r.in)
		defer stop()
		for b := range bundles {
			for _, row := range b.rows {
				if !yield(r.record(checker, row), nil) {
					return
				}
			}
			if progress != nil {
				progress(b.done, b.total)
			}
			if errors.Is(b.err, io.EOF) {
				break
			}
			if b.err != nil {
				yield(layers.Record{}, b.err)
				return
			}
		}
		for _, p := range r.in.Problems() {
			r.problem(0, p)
		}
		if j, ok := r.in.(*joined); ok {
			for _, f := range j.rest(r.place) {
				r.found(f)
			}
		}
	}
}

func (r *rows) record(checker *layers.Checker, row *read.Row) layers.Record {
	r.tally.Rows++
	before := r.tally.Errors
	for _, p := range row.Problems {
		r.problem(row.Number, p)
	}
	values := make([]any, len(row.Values))
	for i, v := range row.Values {
		values[i] = v.Plain(i < len(r.texts) && r.texts[i])
	}
	r.placed = r.placed || row.Geometry != nil
	g, err := r.place(row.Geometry)
	if err != nil {
		r.found(layers.Finding{
			Rule: "G8", Severity: layers.SeverityError, Layer: r.layer.ID, Row: row.Number, Field: "geom",
			Message: layers.Text{Zh: "坐标不属于所采用的坐标系", En: "The position is not one of the coordinate system that is taken: " + err.Error()},
		})
	}
	record, findings := checker.Row(row.Number, "", values, g, r.taken.Datum())
	if r.taken.Error > 0 && record.Geometry != nil {
		record.PositionQuality = layers.PositionTownship // a datum without local parameters: approximate
	}
	for _, f := range findings {
		r.found(f)
	}
	record.Row, record.Faulty = row.Number, record.Faulty || r.tally.Errors > before
	return record
}

// place brings a geometry to CGCS2000 by the reading in force.
func (r *rows) place(g orb.Geometry) (orb.Geometry, error) {
	if g == nil || r.plain && onEarth(g) {
		return g, nil
	}
	return geo.MapPoints(g, func(p orb.Point) (orb.Point, error) { return r.taken.Place(p[0], p[1]) })
}

// problem takes over what the reader noticed.
func (r *rows) problem(row int64, p read.Problem) {
	rule := layers.ReadingRule(string(p.Rule))
	r.found(layers.Finding{
		Rule: rule, Hint: layers.RuleOf(rule).Hint, Severity: layers.Severity(p.Severity), Layer: r.layer.ID, Row: row, Field: p.Column, Value: p.Raw,
		Message: layers.Text{Zh: p.ZH, En: p.EN},
	})
}

func (r *rows) found(f layers.Finding) {
	f.File = r.file
	n := max(f.Count, 1)
	switch f.Severity {
	case layers.SeverityError:
		r.tally.Errors += n
	case layers.SeverityWarning:
		r.tally.Warnings += n
	default:
		r.tally.Notices += n
	}
	if len(r.findings) < keptFindings {
		r.findings = append(r.findings, f)
		r.tally.Kept++
	}
}

// refused reports a survey that can't be published as it is.
func refused(file string, t Tally) error {
	if t.Bad == 0 {
		return fault.New(fault.Invalid, "%s has %s of the file as a whole; nothing has been imported. Mend it, or import all the same with --skip-bad.", file, faults(t.Errors))
	}
	return fault.New(fault.Invalid,
		"%s has %s in %d of %d records; nothing has been imported. Mend them, or leave those records out with --skip-bad.", file, faults(t.Errors), t.Bad, t.Rows)
}

// nothing reports a survey of which nothing is left to publish.
func nothing(file string, t Tally) error {
	if t.Rows == 0 {
		return fault.New(fault.Invalid, "%s has no records; nothing has been imported.", file)
	}
	return fault.New(fault.Invalid, "Each of the %d records of %s has a fault; there is nothing to import.", t.Rows, file)
}

func faults(n int64) string {
	if n == 1 {
		return "one fault"
	}
	return fmt.Sprintf("%d faults", n)
}
