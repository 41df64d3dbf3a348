package layers

import (
	"fmt"
	"strings"
)

// Table definitions. A layer's table, its history and everything on them follow from
// the declaration; the database's catalogue is compared with it by Plan.

// Column is a column as declared or as found in the database.
type Column struct {
	Name    string
	Type    string // as format_type prints it, such as "double precision" or "geometry(Point,4490)"
	NotNull bool
}

// Named is a constraint or index with its definition.
type Named struct {
	Name       string
	Definition string
}

// sqlType is the PostgreSQL type of a field.
func (t Type) sqlType() string {
	switch t {
	case TypeInteger:
		return "bigint"
	case TypeNumber:
		return "double precision"
	case TypeBoolean:
		return "boolean"
	case TypeDate:
		return "date"
	case TypeDateTime:
		return "timestamp with time zone"
	case TypeCodes:
		return "text[]"
	case TypeQuantities:
		return "jsonb"
	}
	return "text"
}

// RecordColumns are the columns that a record fills, in COPY order: source, source_id,
// valid_from, valid_to, position_quality, datum, geom, the anchor (wx, wy and, for lines
// and polygons, extent; see AnchorOf), then the declared fields.
func (l *Layer) RecordColumns() []Column {
	cols := []Column{
		{Name: "source", Type: "text", NotNull: true},
		{Name: "source_id", Type: "text", NotNull: true},
		{Name: "valid_from", Type: "timestamp with time zone"},
		{Name: "valid_to", Type: "timestamp with time zone"},
		{Name: "position_quality", Type: "text", NotNull: true},
		{Name: "datum", Type: "text", NotNull: true},
		{Name: "geom", Type: fmt.Sprintf("geometry(%s,%d)", l.Geometry, SRID)},
		{Name: "wx", Type: "bigint"},
		{Name: "wy", Type: "bigint"},
	}
	if l.Geometry != Point {
		cols = append(cols, Column{Name: "extent", Type: "bigint"})
	}
	for _, f := range l.Fields {
		cols = append(cols, Column{Name: f.Name, Type: f.Type.sqlType(), NotNull: f.Required})
	}
	return cols
}

// TableColumns are all columns of the layer's table.
func (l *Layer) TableColumns() []Column {
	cols := []Column{
		{Name: "id", Type: "bigint", NotNull: true},
		{Name: "recorded_at", Type: "timestamp with time zone", NotNull: true},
		{Name: "updated_by", Type: "text"},
		{Name: "edition", Type: "bigint", NotNull: true},
	}
	return append(cols, l.RecordColumns()...)
}

// Constraints are the checks and keys of the table, each with a name of its own.
func (l *Layer) Constraints() []Named {
	name := func(kind, what string) string { return l.ID + "_" + what + "_" + kind }
	cs := []Named{
		{name("key", "id"), "PRIMARY KEY (id)"},
		{name("key", "source"), "UNIQUE (source, source_id)"},
		{name("check", "position_quality"), "CHECK (position_quality IN " + literals(positionQuality.Codes()) + ")"},
		{name("check", "datum"), "CHECK (datum IN " + literals(datums.Codes()) + ")"},
		{name("check", "unplaced"), "CHECK ((geom IS NULL) = (position_quality = 'none'))"},
		{name("check", "placed_datum"), "CHECK (geom IS NULL OR datum <> 'unknown')"},
		{name("check", "anchor"), "CHECK ((geom IS NULL) = (wx IS NULL) AND (geom IS NULL) = (wy IS NULL))"},
		{name("check", "geom"), "CHECK (geom IS NULL OR NOT ST_IsEmpty(geom) AND ST_XMin(geom) >= -180 AND ST_XMax(geom) <= 180 AND ST_YMin(geom) >= -90 AND ST_YMax(geom) <= 90)"},
	}
	if len(l.Key) > 0 {
		quoted := make([]string, len(l.Key))
		for i, k := range l.Key {
			quoted[i] = ident(k)
		}
		cs = append(cs, Named{name("key", "record"), "UNIQUE (" + strings.Join(quoted, ", ") + ")"})
	}
	for _, f := range l.Fields {
		if f.Unique && (len(l.Key) != 1 || l.Key[0] != f.Name) {
			cs = append(cs, Named{name("key", f.Name), "UNIQUE (" + ident(f.Name) + ")"})
		}
		if rule := f.rule(); rule != "" {
			cs = append(cs, Named{name("check", f.Name), "CHECK (" + rule + ")"})
		}
	}
	return cs
}

// rule is the part of a field's declaration that the database holds too.
func (f *Field) rule() string {
	id := ident(f.Name)
	var rules []string
	switch f.Type {
	case TypeCode:
		rules = append(rules, id+" IN "+literals(f.List.Codes()))
	case TypeCodes:
		rules = append(rules, id+" <@ ARRAY["+strings.Trim(literals(f.List.Codes()), "()")+"]")
	case TypeQuantities:
		rules = append(rules, "jsonb_typeof("+id+") = 'object'")
	case TypeText:
		if f.Length > 0 {
			rules = append(rules, fmt.Sprintf("char_length(%s) <= %d", id, f.Length))
		}
	}
	if r := f.Range; r != nil {
		if r.Min != nil {
			rules = append(rules, fmt.Sprintf("%s >= %v", id, *r.Min))
		}
		if r.Max != nil {
			rules = append(rules, fmt.Sprintf("%s <= %v", id, *r.Max))
		}
	}
	return strings.Join(rules, " AND ")
}

// Indexes are the indexes of the table beyond those of its keys.
func (l *Layer) Indexes() []Named {
	on := func(what, using string) Named {
		return Named{l.ID + "_" + what + "_idx", "ON " + l.Table() + " USING " + using}
	}
	idx := []Named{on("geom", "gist (geom)")}
	if l.Area != "" {
		idx = append(idx, on(l.Area, "btree ("+ident(l.Area)+" text_pattern_ops)"))
	}
	for _, f := range l.Fields {
		switch {
		case f.Search == SearchSubstring:
			idx = append(idx, on(f.Name+"_search", "gin (string_to_array("+searchText(f)+", NULL))"))
		case f.Search == SearchPrefix:
			idx = append(idx, on(f.Name+"_search", "btree ("+searchText(f)+" text_pattern_ops)"))
		}
		if f.Index {
			idx = append(idx, on(f.Name, "btree ("+ident(f.Name)+")"))
		}
	}
	return idx
}

func literals(codes []string) string {
	quoted := make([]string, len(codes))
	for i, c := range codes {
		quoted[i] = "'" + strings.ReplaceAll(c, "'", "''") + "'"
	}
	return "(" + strings.Join(quoted, ", ") + ")"
}

func (c Column) definition() string {
	s := ident(c.Name) + " " + c.Type
	switch {
	case c.Name == "id":
		s += " GENERATED BY DEFAULT AS IDENTITY"
	case c.Name == "recorded_at":
		s += " DEFAULT now()"
	}
	if c.NotNull {
		s += " NOT NULL"
	}
	return s
}
