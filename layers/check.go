package layers

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers/fault"
)

func (l *Layer) unmapped(field, column string, columns []string) error {
	if l.byName[field] == nil {
		return fault.In("map", "The layer %s has no field %q.", l.ID, field)
	}
	return fault.In("map", "The file has no column %q; it has %s.", column, strings.Join(columns, ", "))
}

// Checker turns rows of a survey file into records and names every fault on the way. It
// counts the indicators that it has seen; see Rates. It is not safe for use by several
// goroutines at once.
type Checker struct {
	layer   *Layer
	source  string
	number  bool
	now     time.Time
	columns []columnOf // by field
	origin  map[string]int
	form    []int // columns of fields that are neither key nor area
	seen    map[uint64]int64
	seed    maphash.Seed
	unique  []map[string]int64 // of unique fields that are not the key, by field
	rates   *Rates
	rules   []*rowRule // those that a row decides by itself
	size    *Range
	shape   shape
}

// columnOf says where a field's cells come from.
type columnOf struct {
	at    int // -1: from nowhere
	fixed string
}

// NumberKeys makes the first key field of every record from source and row number, for
// files whose records have no code of their own.
func (c *Checker) NumberKeys() { c.number = true }

// At sets the day of checking, for rules about today.
func (c *Checker) At(now time.Time) { c.now = now.In(Beijing) }

// Rates are the indicators and faults counted so far. Findings of others than this
// checker are added by Rates.Found.
func (c *Checker) Rates() *Rates { return c.rates }

// NewChecker checks rows that come in the columns of a mapping, for a named source.
func (l *Layer) NewChecker(m Mapping, source string) *Checker {
	c := &Checker{
		layer: l, source: source, now: time.Now().In(Beijing), origin: m.Origin, seen: map[uint64]int64{}, seed: maphash.MakeSeed(),
		rates: NewRates(), size: l.Size, unique: make([]map[string]int64, len(l.Fields)),
	}
	for i, f := range l.Fields {
		from := columnOf{at: -1, fixed: m.Set[f.Name]}
		if at, ok := m.Of[f.Name]; ok {
			from.at = at
			if f.Name != l.Area && !contains(l.Key, f.Name) {
				c.form = append(c.form, at)
			}
		}
		c.columns = append(c.columns, from)
		if f.Unique && (len(l.Key) != 1 || l.Key[0] != f.Name) {
			c.unique[i] = map[string]int64{}
		}
	}
	for _, r := range l.Rules {
		if check := rowChecks[r.Check]; check != nil && !r.Off {
			c.rules = append(c.rules, &rowRule{Rule: r, check: check, iff: l.cellTests(r.If), then: l.cellTests(r.Then)})
		}
	}
	return c
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Record checks one row as Row does and gives the record its values by name.
func (c *Checker) Record(row int64, sourceID string, values []any, g orb.Geometry, datum geo.Datum) (Record, []Finding) {
	r, findings := c.Row(row, sourceID, values, g, datum)
	r.Values = make(map[string]any, len(r.Cells))
	for i, f := range c.layer.Fields {
		if r.Cells[i] != nil {
			r.Values[f.Name] = r.Cells[i]
		}
	}
	r.Cells = nil
	return r, findings
}

// Row checks one row: its values in the order of the mapping's columns and its geometry
// in StoredDatum (nil: unplaced). sourceID may be empty; then the key, or else the row
// number, stands for it. The record has its values in Cells. One with an error among its
// findings is Faulty: it fits the staging table, with what is wrong left out, so that the
// database can check the rest of it, and must not be published.
func (c *Checker) Row(row int64, sourceID string, values []any, g orb.Geometry, datum geo.Datum) (Record, []Finding) {
	l := c.layer
	r := Record{Row: row, Source: c.source, SourceID: sourceID, PositionQuality: PositionImage, Datum: datum, Geometry: g, Cells: make([]any, len(l.Fields))}
	var findings []Finding
	var checked, missing int64
	for i, f := range l.Fields {
		var cell any
		from := c.columns[i]
		if from.at >= 0 && from.at < len(values) {
			cell = values[from.at]
		}
		empty := blank(f, cell)
		if empty && from.fixed != "" {
			cell, empty = from.fixed, false
		}
		if empty {
			if text, ok := cell.(string); ok && text != "" && f.Type == TypeText && isNone(text) && !f.Required {
				found := l.find("V10", row, f.Name, text, fmt.Sprintf("“%s”填写为“%s”，按空值处理", f.Title.Zh, text), fmt.Sprintf("%s says %q, which is taken as empty", f.Name, text))
				findings = append(findings, found.With(SeverityNotice))
			}
			if f.Default != "" {
				r.Cells[i] = f.Default
			} else if f.Required && !(c.number && f.Name == l.Identity()[0]) {
				checked++
				if from.at < 0 {
					r.Faulty = true
					missing++ // S1 has said it of the column
					continue
				}
				findings = append(findings, l.find("V1", row, f.Name, "",
					fmt.Sprintf("必填项“%s”为空", f.Title.Zh), fmt.Sprintf("The required field %s (%s) is empty", f.Name, f.Title.En)))
			}
			continue
		}
		checked++
		v, found := f.read(l, row, cell)
		if found != nil {
			findings = append(findings, *found)
		}
		r.Cells[i] = v
	}
	if c.number {
		if f := l.byName[l.Identity()[0]]; f != nil {
			r.Cells[f.pos] = fmt.Sprintf("%s-%d", c.source, row)
		}
	}
	if len(c.origin) > 0 {
		findings = append(findings, c.provenance(row, values, &r)...)
	}
	if found := c.geometry(row, &r); len(found) > 0 {
		findings = append(findings, found...)
	}
	if r.Geometry != nil {
		checked++
		if found := c.formless(row, values); found != nil {
			findings = append(findings, *found)
		}
	}
	object, found := c.keyOf(row, &r)
	findings = append(findings, found...)
	for _, rule := range c.rules {
		if found := rule.check(c, rule, row, &r); len(found) > 0 {
			for i := range found {
				found[i] = found[i].With(rule.Severity)
			}
			findings = append(findings, found...)
		}
	}
	area, table := c.belongs(&r, values)
	c.rates.checked(area, table, checked, missing)
	if len(findings) == 0 {
		return r, nil
	}
	place := center(g)
	for i := range findings {
		f := &findings[i]
		if f.Place == nil {
			f.Place = place
		}
		f.Object, f.Area, f.Table = object, area, table
		if f.Severity == SeverityError {
			r.Faulty = true
		}
		c.rates.Found(*f)
	}
	return r, findings
}

// center is where a finding about a record is shown; nil when it has no place on earth.
func center(g orb.Geometry) *[2]float64 {
	if g == nil {
		return nil
	}
	b := g.Bound()
	p := b.Center()
	if !(b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90) || b.IsEmpty() {
		return nil
	}
	return &[2]float64{p[0], p[1]}
}

// belongs is the county and the census table that a record is counted under. A code that
// is wrong in its end still tells the county.
func (c *Checker) belongs(r *Record, values []any) (area, table string) {
	l := c.layer
	table = l.ID
	if l.Area != "" {
		f := l.byName[l.Area]
		area, _ = r.Cells[f.pos].(string)
		if from := c.columns[f.pos]; area == "" && from.at >= 0 && from.at < len(values) {
			area = strings.TrimSpace(halfWidth(textOf(values[from.at])))
		}
		if len(area) < 6 || strings.Trim(area[:6], "0123456789") != "" {
			return "", tableOf(l, r, table)
		}
		area = area[:6]
	}
	return area, tableOf(l, r, table)
}

// surveyTables is the code list whose field says on which census table a record was filed.
const surveyTables = "survey_table"

func tableOf(l *Layer, r *Record, otherwise string) string {
	if l.table != nil {
		if t, ok := r.Cells[l.table.pos].(string); ok {
			return t
		}
	}
	return otherwise
}

// TableField returns the field that says on which census table a record was filed, or nil.
func (l *Layer) TableField() *Field { return l.table }

// keyOf gives the record its source id and names a key, or another unique value, that has
// stood in the file before.
func (c *Checker) keyOf(row int64, r *Record) (object string, findings []Finding) {
	l := c.layer
	for i, seen := range c.unique {
		if seen == nil || r.Cells[i] == nil {
			continue
		}
		f, v := l.Fields[i], fmt.Sprint(r.Cells[i])
		if before, twice := seen[v]; twice {
			findings = append(findings, l.find("U1", row, f.Name, v, fmt.Sprintf("“%s”的值“%s”与第 %d 行重复", f.Title.Zh, v, before), fmt.Sprintf("%s %s stands in row %d already", f.Name, v, before)))
			continue
		}
		seen[v] = row
	}
	key := ""
	for i, k := range l.Key {
		v := r.Cells[l.byName[k].pos]
		if v == nil {
			return r.SourceID, findings // V1 has named it
		}
		text, ok := v.(string)
		if !ok {
			text = fmt.Sprint(v)
		}
		if i == 0 {
			key = text
		} else {
			key += " " + text
		}
	}
	if r.SourceID == "" {
		if r.SourceID = key; key == "" {
			r.SourceID = strconv.FormatInt(row, 10)
		}
	}
	if key == "" {
		key = r.SourceID
	}
	hash := maphash.String(c.seed, key)
	if before, twice := c.seen[hash]; twice {
		return key, append(findings, l.find("U1", row, strings.Join(l.Key, ","), key,
			fmt.Sprintf("编号“%s”与第 %d 行重复", key, before), fmt.Sprintf("The key %s stands in row %d already", key, before)))
	}
	c.seen[hash] = row
	return key, findings
}

// formColumns is from how many columns on an empty form says something.
const formColumns = 3

// formless names a geometry whose form is empty: every mapped column but key and area.
func (c *Checker) formless(row int64, values []any) *Finding {
	if len(c.form) < formColumns {
		return nil
	}
	for _, at := range c.form {
		if at >= len(values) || values[at] == nil {
			continue
		}
		if s, ok := values[at].(string); !ok || strings.TrimSpace(s) != "" {
			return nil
		}
	}
	f := c.layer.find("X2", row, "geom", "", "有图形，但表中各项全为空", "There is a geometry, but its form is empty")
	return &f
}
