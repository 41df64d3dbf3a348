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
