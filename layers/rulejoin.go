package layers

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// Join brings together forms and geometries of a survey that come apart, by a code that
// both have. All geometries are added before the first form is asked for.
type Join struct {
	layer  *Layer
	field  string // the code's field
	shapes map[string]*joined
}

type joined struct {
	row  int64
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
		f = j.layer.find("X2", row, j.field, "", "图形没有编号，无法与表格对应", "The geometry has no code to join its form by")
	case before != nil:
		f = j.layer.find("U1", row, j.field, code, fmt.Sprintf("编号“%s”已有图形（第 %d 个）", code, before.row), fmt.Sprintf("The code %s has a geometry already (number %d)", code, before.row))
	default:
		j.shapes[plain(code)] = &joined{row: row, geom: g}
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

// Rest returns a finding X2 for every geometry that no form has asked for, by row.
func (j *Join) Rest() []Finding {
	var findings []Finding
	for code, s := range j.shapes {
		if s.used {
			continue
		}
		f := j.layer.find("X2", s.row, j.field, code, fmt.Sprintf("编号“%s”的图形没有对应的表格行", code), fmt.Sprintf("There is no form of the code %s", code))
		f.Object, f.Place = code, center(s.geom)
		findings = append(findings, f)
	}
	slices.SortFunc(findings, func(a, b Finding) int { return cmp.Compare(a.Row, b.Row) })
	return findings
}
