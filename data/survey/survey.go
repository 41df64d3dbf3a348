// Package survey takes a survey file from its bytes to records of a layer: it opens the
// file, brings its positions to CGCS2000, matches its columns with the declaration and
// checks every row, keeping every fault that it finds.
package survey

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"

	"github.com/paulmach/orb"

	"onemap/data/read"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// Options say how a file is to be understood. The zero value leaves all to the file.
type Options struct {
	Source    string            // source of the records; empty: the file's name
	Encoding  string            // character set, before what the file says
	Part      string            // one of several sets in a folder or archive
	CRS       geo.CRS           // coordinate system, before what the file says
	Shift     geo.Datum         // GCJ02 or BD09 where the positions are known to be shifted
	Columns   map[string]string // field → column
	Values    map[string]string // field → value for every row without one
	Number    bool              // make the key from source and row number
	SkipBad   bool              // leave rows with errors out, where otherwise nothing is published
	KeepFirst int               // findings kept with all details; 0 stands for 10,000
}

// Survey is an opened file, matched with a layer. Its records can be read once.
type Survey struct {
	Mapping  layers.Mapping
	Format   string
	Encoding string
	CRS      geo.CRS
	Hash     string // SHA-256 of the content, in hex

	layer    *layers.Layer
	options  Options
	in       read.Source
	file     string
	findings []layers.Finding
	tally    Tally
}

// Tally counts what came out of checking.
type Tally struct {
	Rows     int64 // records in the file
	Good     int64 // without an error
	Bad      int64 // with at least one error
	Unplaced int64 // good ones without a position
	Errors   int64 // findings by severity, kept or not
	Warnings int64
	Notices  int64
}

// Open opens a file for a layer. The error is Invalid when the file's coordinate system
// is not known and Options.CRS gives none, when a named column is not there, or when the
// file can't be read; whole-file findings are no error here.
func Open(path string, l *layers.Layer, o Options) (*Survey, error) {
	if o.KeepFirst == 0 {
		o.KeepFirst = 10_000
	}
	if o.Source == "" {
		o.Source = filepath.Base(path)
	}
	sum, err := hash(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s can't be read", filepath.Base(path))
	}
	in, err := read.Open(path, read.Options{Encoding: o.Encoding, Layer: o.Part})
	if err != nil {
		return nil, err
	}
	s := &Survey{layer: l, options: o, in: in, file: filepath.Base(path), Format: in.Format(), Encoding: in.Encoding(), Hash: sum}
	if err := s.place(); err != nil {
		in.Close()
		return nil, err
	}
	columns, values := o.Columns, o.Values
	if o.Number {
		values = map[string]string{l.Identity()[0]: o.Source}
		for k, v := range o.Values {
			values[k] = v
		}
	}
	mapping, findings, err := l.Match(in.Columns(), columns, values)
	if err != nil {
		in.Close()
		return nil, err
	}
	s.Mapping = mapping
	for _, f := range findings {
		s.found(f)
	}
	return s, nil
}

// Close releases the file.
func (s *Survey) Close() error { return s.in.Close() }

// Findings are the faults found so far, the first of Options.KeepFirst.
func (s *Survey) Findings() []layers.Finding { return s.findings }

// Tally counts what has been read so far.
func (s *Survey) Tally() Tally { return s.tally }

// Progress gives the bytes read and the bytes in all.
func (s *Survey) Progress() (done, total int64) { return s.in.Progress() }

// place settles the coordinate system: the user's word, then the file's.
func (s *Survey) place() error {
	system, ok := s.in.CRS()
	switch {
	case s.options.CRS.Code != "":
		system = s.options.CRS
	case !ok:
		return fault.In("crs", "The file does not say its coordinate system, or one that is not known. Say it with --crs, such as --crs EPSG:4490 or EPSG:4549.")
	}
	if err := system.Usable(); err != nil {
		return &fault.Error{Code: fault.Invalid, Field: "crs", Message: err.Error()}
	}
	switch s.options.Shift {
	case "", geo.GCJ02, geo.BD09:
	default:
		return fault.In("shift", "A shift is GCJ02 or BD09, not %q.", s.options.Shift)
	}
	s.CRS = system
	return nil
}

// datum is what the positions of the file are declared to be in.
func (s *Survey) datum() geo.Datum {
	if s.options.Shift != "" {
		return s.options.Shift
	}
	return s.CRS.Datum
}

// Records reads and checks the rows and gives the records without an error. When errors
// were found and Options.SkipBad is not set, the sequence ends with an Invalid error, so
// that nothing is published; every fault has been found by then.
func (s *Survey) Records() iter.Seq2[layers.Record, error] {
	checker := s.layer.NewChecker(s.Mapping, s.options.Source)
	if s.options.Number {
		checker.NumberKeys()
	}
	return func(yield func(layers.Record, error) bool) {
		for {
			row, err := s.in.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				yield(layers.Record{}, err)
				return
			}
			if r, ok := s.record(checker, row); ok && !yield(r, nil) {
				return
			}
		}
		for _, p := range s.in.Problems() {
			s.problem(0, p)
		}
		if s.tally.Errors > 0 && !s.options.SkipBad {
			yield(layers.Record{}, fault.New(fault.Invalid,
				"%s has %d faults in %d of %d records; nothing has been imported. Mend them, or leave those records out with --skip-bad.", s.file, s.tally.Errors, s.tally.Bad, s.tally.Rows))
		}
	}
}

func (s *Survey) record(checker *layers.Checker, row *read.Row) (layers.Record, bool) {
	s.tally.Rows++
	before := s.tally.Errors
	for _, p := range row.Problems {
		s.problem(row.Number, p)
	}
	values := make([]any, len(row.Values))
	for i, v := range row.Values {
		values[i] = v.Any()
	}
	g, err := s.toStored(row.Geometry)
	if err != nil {
		s.found(layers.Finding{
			Rule: "G8", Severity: layers.SeverityError, Layer: s.layer.ID, Row: row.Number, Field: "geom",
			Message: layers.Text{Zh: "坐标不属于所给坐标系", En: "The position is not one of the coordinate system: " + err.Error()},
		})
	}
	r, findings := checker.Record(row.Number, "", values, g, s.datum())
	for _, f := range findings {
		s.found(f)
	}
	if s.tally.Errors > before {
		s.tally.Bad++
		return r, false
	}
	s.tally.Good++
	if r.Geometry == nil {
		s.tally.Unplaced++
	}
	return r, true
}

func (s *Survey) toStored(g orb.Geometry) (orb.Geometry, error) {
	if g == nil {
		return nil, nil
	}
	return geo.ToCGCS2000(g, s.CRS, s.datum())
}

// problem takes over what the reader noticed.
func (s *Survey) problem(row int64, p read.Problem) {
	s.found(layers.Finding{
		Rule: string(p.Rule), Severity: layers.Severity(p.Severity), Layer: s.layer.ID, Row: row, Field: p.Column, Value: p.Raw,
		Message: layers.Text{Zh: p.ZH, En: p.EN},
	})
}

func (s *Survey) found(f layers.Finding) {
	f.File = s.file
	switch f.Severity {
	case layers.SeverityError:
		s.tally.Errors++
	case layers.SeverityWarning:
		s.tally.Warnings++
	default:
		s.tally.Notices++
	}
	if len(s.findings) < s.options.KeepFirst {
		s.findings = append(s.findings, f)
	}
}

// hash is the SHA-256 of a file, or of all files of a folder in the order of their names.
func hash(path string) (string, error) {
	h := sha256.New()
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(h, f)
		return err
	})
	return hex.EncodeToString(h.Sum(nil)), err
}

// Source is the source that the records carry.
func (s *Survey) Source() string { return s.options.Source }
