package data_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data"
	"onemap/layers"
)

// fault is one seeded fault: what it does to the rows of a layer, and in which survey.
// Faults of one layer and survey are all seeded at once.
type seed struct {
	name   string
	layer  string
	survey string     // "" for the common one
	scope  data.Scope // of the survey; "" for the whole layer
	plant  func(*seeding)
}

// seeding is a layer's survey while faults are seeded into it.
type seeding struct {
	t     *testing.T
	layer *layers.Layer
	units []layers.Record
	rows  []row
	used  map[string]bool // "row" or "row field"
	want  map[string]string
	fault string
	drop  map[int]bool // rows to leave out at the end
	skip  map[string]bool
	cut   func([]string) []string // what becomes of the columns' names
}

// pick returns the number (from 0) of a row that no fault has touched yet, or at least not
// in this field, and for which ok holds.
func (s *seeding) pick(field string, ok func(row) bool) int {
	s.t.Helper()
	for i, r := range s.rows {
		id := fmt.Sprint(i)
		if s.used[id+" geom"] && field == "geom" || s.used[id+" "+field] || s.used[id+" whole"] || field == "whole" && s.touched(i) {
			continue
		}
		if field != "geom" && field != "whole" && r.cells[field] == nil {
			continue
		}
		if ok != nil && !ok(r) {
			continue
		}
		s.used[id+" "+field] = true
		return i
	}
	s.t.Fatalf("%s: no row is left for %s", s.fault, field)
	return 0
}

func (s *seeding) touched(i int) bool {
	for k := range s.used {
		if n, _, _ := strings.Cut(k, " "); n == fmt.Sprint(i) {
			return true
		}
	}
	return false
}

// expect notes what is to be found: a rule at a row (from 0; -1: the file) and a field.
func (s *seeding) expect(rule string, i int, field string) {
	s.want[fmt.Sprintf("%s row %d %s", rule, i+1, field)] = s.fault
}

// set changes a cell of an untouched row and returns its number.
func (s *seeding) set(field string, value any) int {
	s.t.Helper()
	i := s.pick(field, nil)
	s.rows[i].cells[field] = value
	return i
}

// add appends a copy of row i and returns its number.
func (s *seeding) add(i int) int {
	s.rows = append(s.rows, row{cells: maps.Clone(s.rows[i].cells), geom: orb.Clone(s.rows[i].geom)})
	return len(s.rows) - 1
}

// key is the layer's key, as findings name it.
func (s *seeding) key() string { return strings.Join(s.layer.Identity(), ",") }

// where names findings by rule, row and field; those of rows that are only for information are left out.
func where(findings []layers.Finding) map[string]layers.Finding {
	found := map[string]layers.Finding{}
	for _, f := range findings {
		found[fmt.Sprintf("%s row %d %s", f.Rule, f.Row, f.Field)] = f
	}
	return found
}

// TestSeededFaults seeds the corpus of faults into the clean city, survey by survey, and
// wants every one of them found, where it is, and nothing else.
func TestSeededFaults(t *testing.T) {
	s, records := city(t)
	faults := slices.Concat(commonFaults(s.Catalogue()), valueFaults(), shapeFaults(), placeFaults(), crossFaults(), changeFaults(), columnFaults())
	type survey struct {
		layer, name string
		scope       data.Scope
	}
	surveys := map[survey][]seed{}
	var order []survey
	groups := map[string]int{}
	for _, f := range faults {
		k := survey{f.layer, f.survey, f.scope}
		if surveys[k] == nil {
			order = append(order, k)
		}
		surveys[k] = append(surveys[k], f)
	}
	clean := map[string]map[string]layers.Finding{}
	missed, alarms := 0, 0
	for _, k := range order {
		t.Run(k.layer+" "+k.name, func(t *testing.T) {
			l := s.Catalogue().Layer(k.layer)
			if clean[k.layer] == nil {
				findings, _ := surveyed(t, s, k.layer, data.ScopeLayer, rowsOf(l, records[k.layer]), nil)
				clean[k.layer] = where(findings)
			}
			b := &seeding{t: t, layer: l, units: records["admin_unit"], rows: rowsOf(l, records[k.layer]), used: map[string]bool{}, want: map[string]string{}, drop: map[int]bool{}, skip: map[string]bool{}}
			for key := range clean[k.layer] { // rows with a finding already are no good ground
				var rule, field string
				var n int
				if fmt.Sscanf(key, "%s row %d %s", &rule, &n, &field); n > 0 {
					b.used[fmt.Sprintf("%d whole", n-1)] = true
				}
			}
			for _, f := range surveys[k] {
				b.fault = f.name
				f.plant(b)
			}
			rows := b.rows
			if len(b.drop) > 0 {
				rows = nil
				for i, r := range b.rows {
					if !b.drop[i] {
						rows = append(rows, r)
					}
				}
			}
			scope := k.scope
			if scope == "" {
				scope = data.ScopeLayer
			}
			findings, rates := surveyed(t, s, k.layer, scope, rows, b.cut)
			found := where(findings)
			for key, name := range b.want {
				if _, ok := found[key]; !ok {
					missed++
					t.Errorf("missed: %s (%s)", key, name)
				}
				groups[key[:1]]++
			}
			for key, f := range found {
				if _, wanted := b.want[key]; wanted || b.skip[f.Rule] {
					complete(t, f)
					continue
				}
				if _, before := clean[k.layer][key]; !before || len(b.drop) > 0 && f.Severity == layers.SeverityError {
					alarms++
					t.Errorf("false alarm: %s %s %q %s", key, f.Severity, f.Value, f.Message.Zh)
				}
			}
			for _, r := range rates.List(0) {
				if r.Wrong > r.Checked || r.Checked == 0 {
					t.Errorf("rate %+v", r)
				}
			}
		})
	}
	if len(faults) < 150 {
		t.Errorf("the corpus has %d faults", len(faults))
	}
	t.Logf("%d faults in %d surveys; expected findings by group %v; %d missed, %d false alarms", len(faults), len(order), groups, missed, alarms)
}

// complete holds a finding against what every finding must have.
func complete(t *testing.T, f layers.Finding) {
	t.Helper()
	if f.Message.Zh == "" || f.Message.En == "" || f.Hint.Zh == "" || f.Hint.En == "" || f.Layer == "" || f.Severity == "" {
		t.Errorf("incomplete: %+v", f)
	}
	if f.Row > 0 && f.Table == "" {
		t.Errorf("without a table: %+v", f)
	}
}
