package layers

// Mirrored are the fields that the tiles' memory keeps, in the order of the declaration:
// all but texts that neither ride in tiles nor are filtered by, stocks, and personal data.
func (l *Layer) Mirrored() []*Field {
	var fields []*Field
	for _, f := range l.Fields {
		text := f.Type != TypeText || f.Tile != nil || f.Filter || f.Name == l.Area || f.Name == l.Label && l.Geometry.Dimension() == 2
		if text && f.Sensitivity != Personal && f.Type != TypeQuantities {
			fields = append(fields, f)
		}
	}
	return fields
}

// MirrorSQL selects the records of a layer that a map of the present shows or will show:
// the placed ones whose valid time has not ended, or of these the ones with the given ids
// ($1, bigint[]) alone. The columns are id, wx, wy, first and last moment of valid time,
// geometry as EWKB (null for points, which are their anchors), then the Mirrored fields.
func (l *Layer) MirrorSQL(ids bool) string {
	from, to := l.validity()
	var b builder
	b.text("SELECT id, wx, wy, ", from, "::timestamptz, ", to, "::timestamptz, ")
	if l.Geometry == Point {
		b.text("NULL::geometry")
	} else {
		b.text("geom")
	}
	for _, f := range l.Mirrored() {
		b.text(", ", ident(f.Name))
	}
	b.text(" FROM ", l.Table(), " WHERE geom IS NOT NULL AND (", to, " IS NULL OR ", to, " > now())")
	if ids {
		b.text(" AND id = ANY($1)")
	}
	return b.String()
}

// TouchedSQL gives the boxes of placed records, those with the ids in $1 (bigint[]) or, where
// edition is true, those that the editions in $1 have put there and taken away: west, south,
// east, north in degrees, first and last moment of valid time.
func (l *Layer) TouchedSQL(edition bool) string {
	from, to := l.validity()
	columns := "SELECT ST_XMin(geom), ST_YMin(geom), ST_XMax(geom), ST_YMax(geom), " + from + "::timestamptz, " + to + "::timestamptz FROM "
	if !edition {
		return columns + l.Table() + " WHERE geom IS NOT NULL AND id = ANY($1)"
	}
	return columns + l.Table() + " WHERE geom IS NOT NULL AND edition = ANY($1) UNION ALL " +
		columns + l.History() + " WHERE geom IS NOT NULL AND superseded_edition = ANY($1)"
}

// TurnSQL gives the next moment at which a placed record begins or ends to be valid, or null.
func (l *Layer) TurnSQL() string {
	from, to := l.validity()
	next := func(moment string) string {
		return "(SELECT min(" + moment + "::timestamptz) FROM " + l.Table() + " WHERE geom IS NOT NULL AND " + moment + " > now())"
	}
	return "SELECT least(" + next(from) + ", " + next(to) + ")"
}

// FittingSQL selects the ids of the placed records that fit the filters, of those with the
// given ids alone where these are not nil; or nothing but a null where the layer has
// changed since a place in the change feed.
func (q Query) FittingSQL(since string, ids []int64) Statement {
	var b builder
	b.text("WITH changed AS MATERIALIZED (SELECT EXISTS (SELECT 1 FROM onemap.change WHERE layer = ").arg(q.View.ID)
	b.text("::text AND xid >= pg_snapshot_xmin(").arg(since).text("::text::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, ").arg(since)
	b.text("::text::pg_snapshot)) AS yes) SELECT NULL::bigint FROM changed WHERE yes UNION ALL SELECT id FROM ", q.View.Table(),
		" WHERE NOT (SELECT yes FROM changed) AND geom IS NOT NULL")
	if ids != nil {
		b.text(" AND id = ANY(").arg(ids).text("::bigint[])")
	}
	for _, p := range q.Filters {
		b.text(" AND ")
		p.sql(&b)
	}
	return b.statement()
}
