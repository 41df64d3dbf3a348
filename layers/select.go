package layers

import (
	"fmt"
	"strings"

	"github.com/paulmach/orb"
)

// Statement is SQL text with its $n arguments.
type Statement struct {
	Text string
	Args []any
}

func (b *builder) statement() Statement { return Statement{Text: b.String(), Args: b.args} }

// ItemsSQL selects a page of records in the query's order: id, geometry as WKB in the
// query's coordinate system, View.Columns(), then, of a page with a limit, the fields that
// it is sorted by.
func (q Query) ItemsSQL() Statement {
	var b builder
	b.text("SELECT id, ")
	q.geometry(&b)
	for _, f := range q.View.Columns() {
		b.text(", ", ident(f.Name))
	}
	if q.Limit > 0 {
		for _, o := range q.Sort {
			b.text(", ", ident(o.Field.Name))
		}
	}
	b.text(" FROM ", q.table(), " WHERE true")
	q.conditions(&b)
	switch {
	case q.After > 0 && len(q.Sort) > 0:
		q.beyond(&b)
	case q.After > 0:
		b.text(" AND id > ").arg(q.After)
	}
	q.order(&b)
	if q.Limit > 0 {
		b.text(" LIMIT ").arg(q.Limit)
	}
	return b.statement()
}

// ItemSQL selects one record by id, as ItemsSQL does.
func (q Query) ItemSQL(id int64) Statement {
	var b builder
	b.text("SELECT id, ")
	q.geometry(&b)
	for _, f := range q.View.Columns() {
		b.text(", ", ident(f.Name))
	}
	b.text(" FROM ", q.table(), " WHERE id = ").arg(id)
	q.conditions(&b)
	return b.statement()
}

// IDsSQL selects the ids of the records that fit, whatever After and Limit say.
func (q Query) IDsSQL() Statement {
	var b builder
	b.text("SELECT id FROM ", q.table(), " WHERE true")
	q.conditions(&b)
	return b.statement()
}

// CountSQL counts the records that fit, whatever After and Limit say.
func (q Query) CountSQL() Statement {
	var b builder
	b.text("SELECT count(*) FROM ", q.table(), " WHERE true")
	q.conditions(&b)
	return b.statement()
}

// CountsSQL divides the records by the styled field (an empty string where there is
// none): value, all, placed, in the box, newest recorded_at, synthetic. A record is in
// the box when the box of its geometry meets it; without a box every placed record is.
func (q Query) CountsSQL(box *orb.Bound) Statement {
	var b builder
	by := "''::text"
	if f := q.View.By(); f != nil {
		by = "coalesce(" + ident(f.Name) + ", '')"
	}
	b.text("SELECT ", by, ", count(*), count(geom), count(*) FILTER (WHERE ")
	if box == nil {
		b.text("geom IS NOT NULL")
	} else {
		inBox(&b, *box)
	}
	b.text("), max(recorded_at), count(*) FILTER (WHERE source = ").arg(SourceSynthetic)
	b.text(") FROM ", q.table(), " WHERE true")
	q.conditions(&b)
	b.text(" GROUP BY 1")
	return b.statement()
}

// ExtentSQL gives the box of all placed records and the earliest and latest valid time.
func (q Query) ExtentSQL() Statement {
	var b builder
	from, to := q.View.validity()
	b.text("SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e), t0, t1 FROM (SELECT ST_Extent(geom) AS e, min(",
		from, ") AS t0, max(", to, ") AS t1 FROM ", q.table(), " WHERE true")
	q.conditions(&b)
	b.text(") AS s")
	return b.statement()
}

// table is where the records are: the layer's table or, as of an edition, a subquery over
// it and its history.
func (q Query) table() string {
	l := q.View.Layer
	if q.Edition == 0 {
		return l.Table()
	}
	var cols []string
	for _, c := range l.TableColumns() {
		cols = append(cols, ident(c.Name))
	}
	list := strings.Join(cols, ", ")
	return fmt.Sprintf("(SELECT %[1]s FROM %[2]s WHERE edition <= %[3]d UNION ALL SELECT %[1]s FROM %[4]s WHERE edition <= %[3]d AND superseded_edition > %[3]d) AS t",
		list, l.Table(), q.Edition, l.History())
}

func (q Query) geometry(b *builder) {
	switch q.CRS.Code {
	case "", "CRS84", "4490", "4326": // CGCS2000 and WGS 84 are the same numbers
		b.text("ST_AsBinary(geom)")
	default:
		b.text("ST_AsBinary(ST_Transform(geom, ").arg(q.CRS.Code).text("::text::int))")
	}
}

// conditions appends everything that chooses records: policy, box, time, filters.
func (q Query) conditions(b *builder) {
	if q.BBox != nil {
		b.text(" AND ")
		inBox(b, *q.BBox)
		if q.View.Geometry != Point {
			b.text(" AND ST_Intersects(geom, ")
			envelope(b, *q.BBox)
			b.text(")")
		}
	}
	if q.Datetime != nil {
		q.during(b)
	}
	for _, p := range q.Filters {
		b.text(" AND ")
		p.sql(b)
	}
}

// during keeps records whose valid time meets the interval; a missing start or end of
// valid time is open.
func (q Query) during(b *builder) {
	from, to := q.View.validity()
	if q.Datetime.now {
		b.text(" AND (", from, " IS NULL OR ", from, " <= now()) AND (", to, " IS NULL OR ", to, " > now())")
		return
	}
	if t := q.Datetime.To; t != nil {
		sign := " < "
		if q.Datetime.From != nil && q.Datetime.From.Equal(*t) {
			sign = " <= "
		}
		b.text(" AND (", from, " IS NULL OR ", from, sign).arg(*t).text(")")
	}
	if t := q.Datetime.From; t != nil {
		b.text(" AND (", to, " IS NULL OR ", to, " > ").arg(*t).text(")")
	}
}

// validity returns the SQL of a record's first and last moment.
func (l *Layer) validity() (from, to string) {
	from, to = `"valid_from"`, `"valid_to"`
	if l.Valid != nil {
		from, to = l.moment(l.Valid.From, from), l.moment(l.Valid.To, to)
	}
	return from, to
}

func (l *Layer) moment(name, otherwise string) string {
	f := l.byName[name]
	switch {
	case f == nil:
		return otherwise
	case f.Type == TypeDate:
		return "(" + ident(name) + "::timestamp AT TIME ZONE 'Asia/Shanghai')"
	}
	return ident(name)
}

// inBox asks whether a geometry's box meets b; one that crosses the antimeridian
// (west over east) is two boxes.
func inBox(b *builder, box orb.Bound) {
	b.text("geom && ")
	envelope(b, box)
}

func envelope(b *builder, box orb.Bound) {
	part := func(w, e float64) {
		b.text("ST_MakeEnvelope(").arg(w).text(", ").arg(box.Min[1]).text(", ").arg(e).text(", ").arg(box.Max[1]).
			text(fmt.Sprintf(", %d)", SRID))
	}
	if box.Min[0] <= box.Max[0] {
		part(box.Min[0], box.Max[0])
		return
	}
	b.text("ST_Collect(")
	part(box.Min[0], 180)
	b.text(", ")
	part(-180, box.Max[0])
	b.text(")")
}

// Search columns of a table: the text of all fields searched by substring, lower case,
// and the fields searched from their beginning. Fields the reader can't see are left out.
func (v *View) searched() (substring, prefix []*Field) {
	for _, f := range v.Fields {
		switch f.Search {
		case SearchSubstring:
			substring = append(substring, f)
		case SearchPrefix:
			prefix = append(prefix, f)
		}
	}
	return substring, prefix
}

// searchText is the SQL of one field as it is searched.
func searchText(f *Field) string { return "lower(" + ident(f.Name) + ")" }

// SearchSQL finds records in which every word stands: id, anchor longitude and latitude,
// box, label, then the searched fields. It returns false when the reader can search
// nothing in this layer. At most most rows come back, in no order.
func (v *View) SearchSQL(words []string, most int) (Statement, []*Field, bool) {
	substring, prefix := v.searched()
	fields := append(append([]*Field{}, substring...), prefix...)
	if len(fields) == 0 || len(words) == 0 {
		return Statement{}, nil, false
	}
	var b builder
	b.text("SELECT id, ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)), ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom), ")
	if f := v.Named(); f != nil {
		b.text("coalesce(", ident(f.Name), "::text, '')")
	} else {
		b.text("source_id")
	}
	for _, f := range fields {
		b.text(", coalesce(", ident(f.Name), ", '')")
	}
	b.text(" FROM ", v.Table(), " WHERE ")
	for i, w := range words {
		if i > 0 {
			b.text(" AND ")
		}
		w = strings.ToLower(w)
		b.text("(")
		for j, f := range fields {
			if j > 0 {
				b.text(" OR ")
			}
			if f.Search == SearchPrefix {
				b.text(searchText(f), " LIKE ").arg(likeEscape(w) + "%")
				continue
			}
			b.text("string_to_array(", searchText(f), ", NULL) @> string_to_array(").arg(w).
				text(", NULL) AND ", searchText(f), " LIKE ").arg("%" + likeEscape(w) + "%")
		}
		b.text(")")
	}
	b.text(" LIMIT ").arg(most)
	return b.statement(), fields, true
}

func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
