package survey

import (
	"errors"
	"fmt"
	"io"

	"github.com/paulmach/orb"

	"onemap/data/read"
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// mostJoined bounds the points of all geometries that are kept while forms are joined to
// them: 16 bytes each.
const mostJoined = 8_000_000

// open opens what the options name: one part of a file, or the forms of one part with the
// geometries of another.
func open(path string, l *layers.Layer, o Options) (read.Source, error) {
	forms, err := read.Open(path, o.read())
	if err != nil || o.Geometry == "" {
		return forms, err
	}
	j, err := join(path, forms, l, o)
	if err != nil {
		forms.Close()
		return nil, err
	}
	return j, nil
}

// joined are the forms of one part of a delivery with the geometries of another, by the
// layer's key. It is a source like any other; what has no counterpart is in missing.
type joined struct {
	read.Source // the forms
	join        *layers.Join
	key         int // column of the key in the forms

	format   string
	crs      geo.CRS
	stated   bool
	problems []read.Problem
	missing  []layers.Finding // of geometries
}

// join reads the geometries, which are kept in memory: their part may have 8 million points.
func join(path string, forms read.Source, l *layers.Layer, o Options) (*joined, error) {
	if len(l.Key) != 1 {
		return nil, fault.In("geometry", "The layer %s has no key of one field by which forms and geometries could be joined.", l.ID)
	}
	shapes, err := read.Open(path, read.Options{Encoding: o.Encoding, Layer: o.Geometry})
	if err != nil {
		return nil, err
	}
	defer shapes.Close()
	j := &joined{Source: forms, join: l.NewJoin(l.Key[0])}
	j.format = forms.Format() + " + " + shapes.Format()
	j.crs, j.stated = shapes.CRS()
	if j.key = keyColumn(l, forms, o.Columns); j.key < 0 {
		return nil, unkeyed(l, o.Part, forms)
	}
	at := keyColumn(l, shapes, o.Columns)
	if at < 0 {
		return nil, unkeyed(l, o.Geometry, shapes)
	}
	total := 0
	for {
		row, err := shapes.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		j.about(row, shapes.Columns())
		if row.Geometry == nil {
			continue // its form is found to have none
		}
		if total += points(row.Geometry); total > mostJoined {
			return nil, fault.New(fault.TooLarge, "The part %s has more than %d points, too many to be joined here; join forms and geometries at the source.", o.Geometry, mostJoined)
		}
		code := ""
		if at < len(row.Values) {
			code = row.Values[at].Raw
		}
		if f := j.join.Shape(row.Number, code, row.Geometry); f != nil {
			f.Row = 0 // rows of the findings are those of the forms
			j.missing = append(j.missing, *f)
		}
	}
	j.problems = append(j.problems, shapes.Problems()...)
	return j, nil
}

// about keeps what the reader says of a geometry, as of the file: rows are those of the forms.
func (j *joined) about(row *read.Row, columns []string) {
	for _, p := range row.Problems {
		if len(j.problems) < keptFindings/100 && p.Column == "" {
			p.ZH, p.EN = fmt.Sprintf("第 %d 个图形：%s", row.Number, p.ZH), fmt.Sprintf("geometry %d: %s", row.Number, p.EN)
			j.problems = append(j.problems, p)
		}
	}
}

// Next gives a form with its geometry.
func (j *joined) Next() (*read.Row, error) {
	row, err := j.Source.Next()
	if err != nil {
		return nil, err
	}
	row.Geometry = nil
	if j.key >= len(row.Values) || row.Values[j.key].Raw == "" {
		return row, nil // V1 names the missing key
	}
	g, f := j.join.Form(row.Number, row.Values[j.key].Raw)
	if f != nil {
		row.Problems = append(row.Problems, read.Problem{Rule: read.Rule(f.Rule), Severity: read.Severity(f.Severity), Column: f.Field, Raw: f.Value, ZH: f.Message.Zh, EN: f.Message.En})
	}
	row.Geometry = g
	return row, nil
}

// rest are the findings about geometries, once all forms are read.
func (j *joined) rest(place func(orb.Geometry) (orb.Geometry, error)) []layers.Finding {
	list := append(j.missing, j.join.Rest(place)...)
	for i := range list {
		list[i].Row = 0
	}
	return list
}

func (j *joined) Format() string             { return j.format }
func (j *joined) CRS() (geo.CRS, bool)       { return j.crs, j.stated }
func (j *joined) Positions() *read.Positions { return nil }
func (j *joined) Problems() []read.Problem {
	return append(append([]read.Problem{}, j.Source.Problems()...), j.problems...)
}

// keyColumn is the column of a layer's key in a part of a file; -1 for none. What a person
// says of columns counts where the part has them.
func keyColumn(l *layers.Layer, src read.Source, said map[string]string) int {
	if said[l.Key[0]] != "" {
		if m, _, err := l.Match(src.Columns(), layers.Hints{By: map[string]string{l.Key[0]: said[l.Key[0]]}}); err == nil {
			return m.Of[l.Key[0]]
		}
	}
	if m, _, err := l.Match(src.Columns(), layers.Hints{}); err == nil {
		if i, ok := m.Of[l.Key[0]]; ok {
			return i
		}
	}
	return -1
}

func unkeyed(l *layers.Layer, part string, src read.Source) error {
	f := l.Field(l.Key[0])
	return fault.In("map", "The part %s has no column for %s (%s), by which forms and geometries are joined; name one with --map %s=COLUMN. It has %s.", part, f.Name, f.Title.Zh, f.Name, list(src.Columns()))
}
