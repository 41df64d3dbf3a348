package layers

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Revision is a record as a reader wants it to be.
type Revision struct {
	Properties map[string]any // as JSON has them, numbers as json.Number; what is missing is null
	Before     map[string]any // the same of the record as it is; nil: a new one
	Geometry   orb.Geometry   // in StoredDatum, nil: unplaced
	Moved      bool           // the geometry is another than before
	Datum      geo.Datum      // that the geometry was given in
	Now        time.Time
}

// written are the standard fields that an editor may set; the program fills the others.
var written = map[string]bool{"position_quality": true, "valid_from": true, "valid_to": true}

// Written reports whether an editor may set a field.
func (v *View) Written(f *Field) bool { return v.byName[f.Name] == f || written[f.Name] }

// Revise turns a revision into a record, and names every fault by the rules that rows of a
// survey are checked by. What stays as it is, by column: what the reader does not see, and
// what has the value it had. A record with an error among its findings is Faulty. Values
// are taken in the form only that Item.AppendProperties writes.
func (v *View) Revise(r Revision) (record Record, stays []string, findings []Finding) {
	for _, name := range slices.Sorted(maps.Keys(r.Properties)) {
		if found := v.strange(name, r); found != nil {
			findings = append(findings, *found)
		}
	}
	m := Mapping{Of: map[string]int{}}
	cells := make([]any, len(v.Layer.Fields))
	for i, f := range v.Layer.Fields {
		m.Columns, m.Of[f.Name] = append(m.Columns, f.Name), i
		if v.visible[f.Name] != f {
			stays = append(stays, f.Name)
			continue
		}
		if r.Before != nil && reflect.DeepEqual(r.Properties[f.Name], r.Before[f.Name]) {
			stays = append(stays, f.Name)
		}
		cell, found := v.cell(f, r.Properties[f.Name])
		if cells[i] = cell; found != nil {
			findings = append(findings, *found)
		}
	}
	c := v.NewChecker(m, SourceEdit)
	c.At(r.Now)
	c.within(v)
	datum := r.Datum
	if old, ok := r.Before["datum"].(string); ok && !r.Moved {
		datum = geo.Datum(old)
	}
	record, found := c.Record(0, "", cells, r.Geometry, datum)
	misread := map[string]bool{}
	for _, f := range findings {
		misread[f.Field] = true
	}
	found = slices.DeleteFunc(found, func(f Finding) bool { return f.Rule == "V1" && misread[f.Field] })
	findings = append(findings, v.Seen(found)...)
	findings = append(findings, v.position(r, &record)...)
	from, wrongFrom := v.moment("valid_from", r)
	to, wrongTo := v.moment("valid_to", r)
	record.ValidFrom, record.ValidTo = from, to
	findings = append(findings, append(wrongFrom, wrongTo...)...)
	if from != nil && to != nil && to.Before(*from) {
		findings = append(findings, v.find("V4", 0, "valid_to", to.Format(time.RFC3339), "“失效时间”早于“生效时间”", "valid_to is before valid_from").With(SeverityError))
	}
	record.Faulty = slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == SeverityError })
	return record, stays, findings
}

// standard returns the standard field of that name.
func (l *Layer) standard(name string) *Field {
	for _, f := range standard {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// within has a checker leave alone what a view does not show: rules that ask for another
// field can't be judged without telling of it.
func (c *Checker) within(v *View) {
	c.rules = slices.DeleteFunc(c.rules, func(r *rowRule) bool {
		hidden := func(name string) bool { return c.layer.byName[name] != nil && v.visible[name] == nil }
		asked := slices.Concat([]string{r.Field, r.At}, r.Fields, r.Parts, r.If.fields(), r.Then.fields())
		return slices.ContainsFunc(asked, hidden)
	})
}

// Seen are the findings that speak of fields of the view, or of the geometry.
func (v *View) Seen(findings []Finding) []Finding {
	return slices.DeleteFunc(findings, func(f Finding) bool {
		for name := range strings.SplitSeq(f.Field, ",") {
			if v.Layer.byName[name] != nil && v.visible[name] == nil {
				return true
			}
		}
		return false
	})
}

// strange names a property that no field has or that an editor can't set. One that the
// program fills may be there as it is, or as null.
func (v *View) strange(name string, r Revision) *Finding {
	f := v.visible[name]
	if f != nil && (v.Written(f) || r.Properties[name] == nil || reflect.DeepEqual(r.Properties[name], r.Before[name])) {
		return nil
	}
	var found Finding
	if f == nil {
		found = v.find("S2", 0, name, "", "图层没有字段“"+cut(name)+"”", "The layer has no field "+quote(name))
		found.Hint = Text{Zh: "去掉它；字段见本图层的 schema。", En: "Leave it out; the layer's schema lists the fields."}
	} else {
		found = v.find("S2", 0, name, "", "“"+f.Title.Zh+"”由系统填写，不能修改", "The program fills "+name+"; it can't be set")
		found.Hint = Text{Zh: "去掉它，或保持原值。", En: "Leave it out, or as it is."}
	}
	found = found.With(SeverityError)
	return &found
}

// position gives a record the quality of its position: as the editor says, or as before
// where it has not moved, or picked on an image.
func (v *View) position(r Revision, record *Record) []Finding {
	const name = "position_quality"
	f := v.Layer.standard(name)
	cell, found := v.cell(f, r.Properties[name])
	if found != nil {
		return []Finding{*found}
	}
	said, _ := cell.(string)
	if old, ok := r.Before[name].(string); ok && said == "" && !r.Moved {
		said = old
	}
	switch {
	case said == "":
	case (said == string(PositionNone)) == (r.Geometry == nil):
		if record.Geometry != nil {
			record.PositionQuality = PositionQuality(said)
		}
	case r.Geometry == nil:
		return []Finding{v.find("S3", 0, name, said, "没有位置的记录，定位精度应为 none", "A record without a position has the quality none")}
	default:
		return []Finding{v.find("S3", 0, name, said, "有位置的记录，定位精度不能为 none", "A record with a position can't have the quality none")}
	}
	return nil
}

// Elsewhere reports whether a revision touches what checks against other layers look at:
// the place, administrative codes, the day that they are judged by. stays is of Revise.
func (v *View) Elsewhere(r Revision, stays []string) bool {
	if r.Before == nil || r.Moved || !reflect.DeepEqual(r.Properties["valid_from"], r.Before["valid_from"]) {
		return true
	}
	var asked []string
	for _, f := range v.Layer.Fields {
		if f.Name == v.Area || f.Check == CheckAdminCode {
			asked = append(asked, f.Name)
		}
	}
	for _, rule := range v.RulesOf(CheckCodeAt) {
		asked = append(append(asked, rule.Field, rule.At), rule.If.fields()...)
	}
	return slices.ContainsFunc(asked, func(name string) bool { return !contains(stays, name) })
}

// Requires reports whether a new record must have a field that the view does not show.
func (v *View) Requires() bool {
	return slices.ContainsFunc(v.Layer.Fields, func(f *Field) bool { return f.Required && f.Default == "" && v.visible[f.Name] == nil })
}
