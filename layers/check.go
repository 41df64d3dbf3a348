package layers

import (
	"fmt"
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

// Checker turns rows of a survey file into records and names every fault on the way.
type Checker struct {
	layer   *Layer
	mapping Mapping
	source  string
	number  bool
	seen    map[string]int64 // key → row
}

// NumberKeys makes the first key field of every record from source and row number, for
// files whose records have no code of their own.
func (c *Checker) NumberKeys() { c.number = true }

// NewChecker checks rows that come in the columns of a mapping, for a named source.
func (l *Layer) NewChecker(m Mapping, source string) *Checker {
	return &Checker{layer: l, mapping: m, source: source, seen: map[string]int64{}}
}

// Record checks one row: its values in the order of the mapping's columns and its
// geometry in StoredDatum (nil: unplaced). sourceID may be empty; then the key, or else
// the row number, stands for it. A record with an error among its findings must not be
// published.
func (c *Checker) Record(row int64, sourceID string, values []any, g orb.Geometry, datum geo.Datum) (Record, []Finding) {
	l := c.layer
	r := Record{Source: c.source, SourceID: sourceID, PositionQuality: PositionImage, Datum: datum, Geometry: g, Values: map[string]any{}}
	var findings []Finding
	for _, f := range l.Fields {
		var cell any
		if i, ok := c.mapping.Of[f.Name]; ok && i < len(values) {
			cell = values[i]
		}
		if fixed, ok := c.mapping.Set[f.Name]; ok && blank(f, cell) {
			cell = fixed
		}
		v, found := f.read(l, row, cell)
		findings = append(findings, found...)
		if v != nil {
			r.Values[f.Name] = v
		}
	}
	if c.number {
		r.Values[l.Identity()[0]] = fmt.Sprintf("%s-%d", c.source, row)
	}
	findings = append(findings, c.provenance(row, values, &r)...)
	findings = append(findings, l.checkGeometry(row, &r)...)
	findings = append(findings, c.unique(row, &r)...)
	for i := range findings {
		if findings[i].Place == nil && r.Geometry != nil {
			p := r.Geometry.Bound().Center()
			findings[i].Place = &[2]float64{p[0], p[1]}
		}
	}
	return r, findings
}

// unique names a key that has stood in the file before, and gives the record its source id.
func (c *Checker) unique(row int64, r *Record) []Finding {
	l := c.layer
	parts := make([]string, len(l.Key))
	for i, k := range l.Key {
		if r.Values[k] == nil {
			return nil // V1 has named it
		}
		parts[i] = fmt.Sprint(r.Values[k])
	}
	key := strings.Join(parts, " ")
	if r.SourceID == "" {
		if r.SourceID = key; key == "" {
			r.SourceID = fmt.Sprint(row)
		}
	}
	if key == "" {
		key = r.SourceID
	}
	if before, twice := c.seen[key]; twice {
		return []Finding{l.find("U1", SeverityError, row, strings.Join(l.Key, ","), key,
			fmt.Sprintf("编号“%s”与第 %d 行重复", key, before), fmt.Sprintf("The key %s stands in row %d already", key, before))}
	}
	c.seen[key] = row
	return nil
}

// checkGeometry brings the geometry to the layer's type where that changes nothing and
// names what does not fit.
func (l *Layer) checkGeometry(row int64, r *Record) []Finding {
	if r.Geometry == nil {
		r.PositionQuality, r.Datum = PositionNone, geo.Unknown
		return []Finding{l.find("G1", SeverityNotice, row, "geom", "", "没有空间位置，按“未定位”入库", "There is no position; the record is kept as unplaced")}
	}
	bad := func(rule, zh, en string) []Finding {
		return []Finding{l.find(rule, SeverityError, row, "geom", r.Geometry.GeoJSONType(), zh, en)}
	}
	if g, ok := r.Geometry.(orb.MultiPoint); ok && len(g) == 1 {
		r.Geometry = g[0]
	}
	fits := false
	switch g := r.Geometry.(type) {
	case orb.Point:
		fits = l.Geometry == Point
	case orb.LineString:
		fits = l.Geometry.Dimension() == 1
	case orb.MultiLineString:
		fits = l.Geometry == MultiLineString || l.Geometry == LineString && len(g) == 1
	case orb.Polygon:
		fits = l.Geometry.Dimension() == 2
	case orb.MultiPolygon:
		fits = l.Geometry == MultiPolygon || l.Geometry == Polygon && len(g) == 1
	}
	if !fits {
		return bad("G2", fmt.Sprintf("几何类型为 %s，本图层应为 %s", r.Geometry.GeoJSONType(), l.Geometry),
			fmt.Sprintf("The geometry is a %s; this layer holds %s", r.Geometry.GeoJSONType(), l.Geometry))
	}
	b := r.Geometry.Bound()
	if !(b.Min[0] >= -180 && b.Max[0] <= 180 && b.Min[1] >= -90 && b.Max[1] <= 90) {
		return bad("G8", "坐标超出经纬度范围，请检查坐标系", "The coordinates are no longitudes and latitudes; check the coordinate system")
	}
	if p, ok := r.Geometry.(orb.Point); ok && p[0] == 0 && p[1] == 0 {
		return bad("C5", "坐标为 (0,0)", "The position is (0, 0)")
	}
	return nil
}

// blank reports whether a cell says nothing.
func blank(f *Field, cell any) bool {
	s, ok := cell.(string)
	if !ok {
		return cell == nil
	}
	switch s = strings.TrimSpace(halfWidth(s)); s {
	case "", "/", "—", "——", "-", "--":
		return true
	case "无", "null", "NULL", "N/A", "n/a":
		return f.Type != TypeText && (f.List == nil || f.List.Match(s) == nil)
	}
	return false
}

// read turns a cell into the field's value, or says why it can't.
func (f *Field) read(l *Layer, row int64, cell any) (any, []Finding) {
	if blank(f, cell) {
		if f.Default != "" {
			return f.Default, nil
		}
		if f.Required {
			return nil, []Finding{l.find("V1", SeverityError, row, f.Name, "",
				fmt.Sprintf("必填项“%s”为空", f.Title.Zh), fmt.Sprintf("The required field %s (%s) is empty", f.Name, f.Title.En))}
		}
		return nil, nil
	}
	v, rule, allowed := f.parse(cell)
	if rule == "" {
		rule, allowed = f.test(v)
	}
	if rule == "" {
		return v, nil
	}
	found := l.find(rule, SeverityError, row, f.Name, textOf(cell),
		fmt.Sprintf("“%s”的值“%s”不符合要求：%s", f.Title.Zh, textOf(cell), allowed.Zh),
		fmt.Sprintf("The value %q of %s (%s) does not fit: %s", textOf(cell), f.Name, f.Title.En, allowed.En))
	found.Allowed = allowed.En
	return nil, []Finding{found}
}

// test holds a parsed value against range, length, pattern and named check.
func (f *Field) test(v any) (rule string, allowed Text) {
	number := func(x float64) (string, Text) {
		if r := f.Range; r != nil && (r.Min != nil && x < *r.Min || r.Max != nil && x > *r.Max) {
			return "V3", Text{Zh: "应在 " + r.String() + " 之间", En: "it must be within " + r.String()}
		}
		return "", Text{}
	}
	switch v := v.(type) {
	case int64:
		return number(float64(v))
	case float64:
		return number(v)
	case string:
		if f.Length > 0 && len([]rune(v)) > f.Length {
			return "S4", Text{Zh: fmt.Sprintf("最多 %d 个字符", f.Length), En: fmt.Sprintf("at most %d characters", f.Length)}
		}
		if f.pattern != nil && !f.pattern.MatchString(v) {
			return "V4", Text{Zh: "格式应为 " + f.Pattern, En: "it must match " + f.Pattern}
		}
		switch f.Check {
		case CheckCreditCode:
			if err := CreditCode(v); err != nil {
				return "V6", Text{Zh: "不是有效的统一社会信用代码（GB 32100）", En: err.Error()}
			}
		case CheckAdminCode:
			if !adminCode(v) {
				return "V7", Text{Zh: "应为 6、9 或 12 位行政区划代码", En: "an administrative code has 6, 9 or 12 digits"}
			}
		}
	}
	return "", Text{}
}

// String is the range as a person writes it.
func (r Range) String() string {
	end := func(x *float64) string {
		if x == nil {
			return "…"
		}
		return fmt.Sprintf("%v", *x)
	}
	return end(r.Min) + " – " + end(r.Max)
}

func adminCode(s string) bool {
	if len(s) != 6 && len(s) != 9 && len(s) != 12 {
		return false
	}
	return strings.Trim(s, "0123456789") == "" && s[0] != '0'
}

func textOf(cell any) string {
	switch v := cell.(type) {
	case string:
		return v
	case time.Time:
		return v.Format(time.RFC3339)
	}
	return fmt.Sprint(cell)
}
