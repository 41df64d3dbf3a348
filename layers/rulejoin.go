package layers

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Join brings together forms and geometries of a survey that come apart, by a code that
// both have. All geometries are added before the first form is asked for. Rows of findings
// about geometries are those of the geometries' file.
type Join struct {
	layer  *Layer
	field  string // the code's field
	shapes map[string]*joined
}

type joined struct {
	row  int64
	code string // as written
	geom orb.Geometry
	used bool
}

// NewJoin joins by a field of the layer, the key as a rule.
func (l *Layer) NewJoin(field string) *Join {
	return &Join{layer: l, field: field, shapes: map[string]*joined{}}
}

// Shape adds the geometry of a code. It returns a finding, X2 or U1, for one without a
// code or under a code that has one already; that geometry is left out.
func (j *Join) Shape(row int64, code string, g orb.Geometry) *Finding {
	var f Finding
	switch before := j.shapes[plain(code)]; {
	case plain(code) == "":
		f = j.layer.find("X2", row, j.field, "", fmt.Sprintf("第 %d 个图形没有编号，无法与表格对应", row), fmt.Sprintf("Geometry %d has no code to join its form by", row))
	case before != nil:
		f = j.layer.find("U1", row, j.field, code, fmt.Sprintf("第 %d 个图形的编号“%s”已有图形（第 %d 个）", row, code, before.row), fmt.Sprintf("Geometry %d has the code %s, which has a geometry already (number %d)", row, code, before.row))
	default:
		j.shapes[plain(code)] = &joined{row: row, code: code, geom: g}
		return nil
	}
	f.Object = code
	return &f
}

// Form returns the geometry of a form's code, or a finding X1 when there is none.
func (j *Join) Form(row int64, code string) (orb.Geometry, *Finding) {
	s := j.shapes[plain(code)]
	if s == nil {
		f := j.layer.find("X1", row, j.field, code, fmt.Sprintf("编号“%s”没有对应的图形", code), fmt.Sprintf("There is no geometry of the code %s", code))
		f.Object = code
		return nil, &f
	}
	s.used = true
	return s.geom, nil
}

// Rest returns a finding X2 for every geometry that no form has asked for, by row. place
// brings a geometry to StoredDatum; where it can't, the finding has no place.
func (j *Join) Rest(place func(orb.Geometry) (orb.Geometry, error)) []Finding {
	var findings []Finding
	for _, s := range j.shapes {
		if s.used {
			continue
		}
		f := j.layer.find("X2", s.row, j.field, s.code, fmt.Sprintf("第 %d 个图形的编号“%s”没有对应的表格行", s.row, s.code), fmt.Sprintf("There is no form of the code %s, which geometry %d has", s.code, s.row))
		f.Object = s.code
		if g, err := place(s.geom); err == nil {
			f.Place = center(g)
		}
		findings = append(findings, f)
	}
	slices.SortFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Row, b.Row) })
	return findings
}
