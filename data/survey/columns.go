package survey

import (
	"maps"
	"time"

	"onemap/data/read"
	"onemap/layers"
)

// Joined says which parts of a delivery are joined.
type Joined struct {
	Forms    string `json:"forms"`
	Geometry string `json:"geometry"`
	By       string `json:"by"` // field
}

// Saved says whose matching of columns is used again.
type Saved struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// hints are what the options say of the columns of a source.
func (o Options) hints(l *layers.Layer, src read.Source) layers.Hints {
	h := layers.Hints{By: o.Columns, Set: o.Values}
	if o.Number {
		h.Set = map[string]string{l.Identity()[0]: o.Source}
		for k, v := range o.Values {
			h.Set[k] = v
		}
	}
	if at := src.Positions(); at != nil {
		h.Positions = at.Columns
	}
	return h
}

// stamp is what a workbook says of its template.
func stamp(src read.Source) layers.Stamp {
	if j, ok := src.(*joined); ok {
		src = j.Source
	}
	t, own := read.TemplateOf(src)
	return layers.Stamp{Own: own, Layer: t.Layer, Version: t.Version}
}

// again adds to the options what was said of the columns before, of fields of which nothing
// is said now. It reports whether that was anything.
func (o *Options) again(l *layers.Layer, saved map[string]string) bool {
	columns, taken := maps.Clone(o.Columns), map[string]bool{}
	for _, column := range o.Columns {
		taken[column] = true
	}
	used := false
	for field, column := range saved {
		_, said := o.Columns[field]
		_, fixed := o.Values[field]
		if said || fixed || l.Field(field) == nil || column != "" && taken[column] {
			continue
		}
		if columns == nil {
			columns = map[string]string{}
		}
		columns[field], used = column, true
	}
	if used {
		o.Columns = columns
	}
	return used
}

// columns describes the columns and lists the required fields without one.
func (r *Reading) columns(l *layers.Layer, m layers.Mapping, o Options, said map[string]string) {
	fields := make([]string, len(m.Columns))
	for field, at := range m.Of {
		fields[at] = field
	}
	for i, name := range m.Columns {
		c := Column{Name: name, Field: fields[i], Samples: []string{}}
		if column := said[c.Field]; c.Field != "" && column != "" {
			c.Match = "hand"
		} else if c.Field != "" && o.Columns[c.Field] != "" {
			c.Match = "saved"
		} else if c.Field != "" {
			c.Match = string(m.Guessed[c.Field])
		}
		r.Columns = append(r.Columns, c)
	}
	for _, f := range l.Fields {
		_, mapped := m.Of[f.Name]
		if _, fixed := o.Values[f.Name]; f.Required && f.Default == "" && !mapped && !fixed && !(o.Number && f.Name == l.Identity()[0]) {
			r.Missing = append(r.Missing, f.Name)
		}
	}
}

func headings(columns []Column) []string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = c.Name
	}
	return names
}
