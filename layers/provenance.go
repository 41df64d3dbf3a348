package layers

import (
	"time"

	"onemap/geo"
)

// provenanceColumns are the standard fields that a file which was exported from here
// brings back with its records.
var provenanceColumns = []string{"source", "source_id", "valid_from", "valid_to", "position_quality", "datum"}

// recordNumbers are what exported files call the number of a record here, which the import
// has no use for: the key says which record is meant.
var recordNumbers = []string{"id", "fid", "记录号"}

// provenance finds the columns of the standard fields, in a file that has both source and
// source_id and so was exported from here: a column that happens to be called 来源 alone is
// left to the findings. Columns that only the program fills are passed over.
func (m *Mapping) provenance(index map[string]int, used []bool) {
	at := map[string]int{}
	for _, f := range standard {
		for _, name := range append(f.names(false), f.names(true)...) {
			if i, ok := index[name]; ok && !used[i] {
				at[f.Name] = i
				break
			}
		}
	}
	_, source := at["source"]
	_, sourceID := at["source_id"]
	if !source || !sourceID {
		return
	}
	m.Origin = map[string]int{}
	for _, i := range at {
		used[i] = true
	}
	for _, name := range provenanceColumns {
		if i, ok := at[name]; ok {
			m.Origin[name] = i
		}
	}
	for _, name := range recordNumbers {
		if i, ok := index[name]; ok {
			used[i] = true
		}
	}
}

// provenance puts into a record what its row says of its origin. Empty cells say nothing.
func (c *Checker) provenance(row int64, values []any, r *Record) []Finding {
	var findings []Finding
	for _, f := range standard {
		i, ok := c.origin[f.Name]
		if !ok || i >= len(values) || blank(f, values[i]) {
			continue
		}
		v, found := f.read(c.layer, row, values[i])
		if found != nil {
			findings = append(findings, *found)
		}
		switch v := v.(type) {
		case string:
			switch {
			case f.Name == "source":
				r.Source = v
			case f.Name == "source_id":
				r.SourceID = v
			case f.Name == "position_quality" && v != string(PositionNone):
				r.PositionQuality = PositionQuality(v)
			case f.Name == "datum" && v != string(geo.Unknown):
				r.Datum = geo.Datum(v)
			}
		case time.Time:
			if f.Name == "valid_from" {
				r.ValidFrom = &v
			} else {
				r.ValidTo = &v
			}
		}
	}
	return findings
}
