package layers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
)

// Extent and buffer of a tile in its own units (MVT 2.1, 4.1; the buffer is custom).
const (
	TileExtent = 4096
	TileBuffer = 64
	tileBits   = 12 // log2 of TileExtent
	tilePixels = 512
)

// LabelLayer is the name of the MVT layer that carries one label point for each
// polygon, so that a name stands once and not once a tile.
func (l *Layer) LabelLayer() string { return l.ID + ".label" }

// Gathers reports whether small features gather at zoom z.
func (l *Layer) Gathers(z int) bool { return l.Thin != nil && z <= l.Thin.Until }

// Labelled is the field whose value stands as a label on polygons at zoom z, or nil.
func (v *View) Labelled(z int) *Field {
	if v.Geometry.Dimension() != 2 || v.Style.Labels == 0 || z < v.Style.Labels {
		return nil
	}
	return v.Named()
}

// TileSQL has PostGIS write one layer's part of a tile, as one bytea. The program writes
// its tiles itself, out of memory or of TileRowsSQL; this is what they are held against.
func (q Query) TileSQL(t maptile.Tile) Statement {
	w := q.tileRows(t)
	return w.message()
}

// TileRowsSQL selects the features of one layer's part of a tile, clipped and in the tile's
// grid: sheet (0: the layer, 1: its labels), id, geometry as WKB, then where features gather
// (see Gathers) point_count, null for a feature that stands for itself, and a count for each
// code of the styled field; then TileRowFields. They are ordered by sheet and id.
//
// At zooms up to Thin.Until, features smaller than Thin.Under pixels (all points) gather
// by cells that never cross a tile edge: the world coordinates of a feature's anchor
// (its centroid) decide its cell by integer shift, so every feature is counted in exactly
// one cell of one tile at each zoom. A cell with one feature gives that feature as a
// point. Larger features are clipped and drawn; one that vanishes in the grid of the
// tile is given as a point in the tile of its anchor. So over all tiles of a zoom the
// distinct drawn ids plus the sum of point_count is the query's count of placed records.
func (q Query) TileRowsSQL(t maptile.Tile) Statement {
	w := q.tileRows(t)
	return w.flat()
}

// ReachesSQL asks whether a record's box meets the tile with its buffer: where none does,
// neither the tile nor those below it show anything.
func (q Query) ReachesSQL(t maptile.Tile) Statement {
	w := tileWriter{q: q, tile: t}
	w.b.text("SELECT EXISTS (SELECT 1 FROM ", q.table(), " WHERE true")
	w.candidates()
	w.b.text(")")
	return w.b.statement()
}

// TileRowFields are the fields of TileRowsSQL at zoom z: the TileFields and the one that
// labels, if it is not among them.
func (q Query) TileRowFields(z int) []*Field {
	fields := q.TileFields(z)
	if label := q.View.Labelled(z); label != nil && !slices.Contains(fields, label) {
		fields = append(fields, label)
	}
	return fields
}

// tileRows selects fid, geom, the columns of gathered points where there may be any, and
// the TileFields.
func (q Query) tileRows(t maptile.Tile) tileWriter {
	w := tileWriter{q: q, tile: t, z: int(t.Z), shift: 32 - int(t.Z)}
	w.fields = q.TileFields(w.z)
	w.thin = q.View.Gathers(w.z)
	switch {
	case q.View.Geometry == Point && w.thin:
		w.open("f")
		w.gathered("true")
	case q.View.Geometry == Point:
		w.points()
	case w.thin:
		w.open("f")
		w.gathered(fmt.Sprintf("extent < %d", w.threshold()))
		w.b.text(" UNION ALL ")
		w.shapes(fmt.Sprintf(" JOIN f USING (id) WHERE f.extent >= %d", w.threshold()))
	default:
		w.b.text("SELECT * FROM (")
		w.shapes(" WHERE true")
		w.candidates()
		w.b.text(") AS s")
	}
	return w
}

type tileWriter struct {
	b      builder
	q      Query
	tile   maptile.Tile
	z      int
	shift  int // world units a tile, as a power of two
	thin   bool
	fields []*Field
}

// threshold is the size in world units below which a feature gathers.
func (w *tileWriter) threshold() int64 { return w.q.View.Thin.Threshold(w.z) }

// Threshold is the size in world units below which a line or polygon gathers at zoom z.
func (t *Thin) Threshold(z int) int64 {
	return int64(t.Under * float64(int64(1)<<(32-z)) / tilePixels)
}

// open starts a common table with all candidates of the tile, without geometry.
func (w *tileWriter) open(name string) {
	w.b.text("WITH ", name, " AS MATERIALIZED (SELECT id, wx, wy")
	if w.q.View.Geometry != Point {
		w.b.text(", extent")
	}
	for _, f := range w.fields {
		w.b.text(", ", ident(f.Name))
	}
	w.b.text(" FROM ", w.q.table(), " WHERE true")
	w.candidates()
	w.b.text(") ")
}

// aliased is the query's table, called t.
func (w *tileWriter) aliased() string {
	if w.q.Edition > 0 {
		return w.q.table()
	}
	return w.q.table() + " AS t"
}

// candidates keeps rows whose box meets the tile with its buffer and that fit the query.
func (w *tileWriter) candidates() {
	w.b.text(" AND ")
	inBox(&w.b, w.bound())
	w.q.conditions(&w.b)
}

// bound is the tile with its buffer in degrees, a little wide: the clipping and the
// integer coordinates decide exactly.
func (w *tileWriter) bound() orb.Bound {
	b := geo.TileBound(w.tile)
	pad := 2.0 * TileBuffer / TileExtent
	dx, dy := (b.Max[0]-b.Min[0])*pad, (b.Max[1]-b.Min[1])*pad
	return orb.Bound{
		Min: orb.Point{max(b.Min[0]-dx, -180), max(b.Min[1]-dy, -90)},
		Max: orb.Point{min(b.Max[0]+dx, 180), min(b.Max[1]+dy, 90)},
	}
}

// home keeps rows whose anchor is in this tile.
func (w *tileWriter) home(x, y string) {
	w.b.text(x, ">>", fmt.Sprint(w.shift), " = ").arg(int64(w.tile.X)).text("::bigint AND ", y, ">>", fmt.Sprint(w.shift), " = ").
		arg(int64(w.tile.Y)).text("::bigint")
}

// at is a point in tile units from world coordinates; it stays below TileExtent, so that
// a client that drops points on the far edge drops none.
func (w *tileWriter) at(x, y string) {
	unit := func(v string, tile uint32) {
		w.b.text("((", v, " - (").arg(int64(tile)).text(fmt.Sprintf("::bigint<<%d))<<%d>>%d)", w.shift, tileBits, w.shift))
	}
	w.b.text("ST_Point(")
	unit(x, w.tile.X)
	w.b.text(", ")
	unit(y, w.tile.Y)
	w.b.text(")")
}

// gathered selects one row a cell from f.
func (w *tileWriter) gathered(which string) {
	cells := w.q.View.Thin.Cells
	cell := w.shift // log2 of world units a cell
	for c := cells; c > 1; c >>= 1 {
		cell--
	}
	inner := func(mean, c string) string { // keeps neighbouring rings apart
		return fmt.Sprintf("CASE WHEN n = 1 THEN %s ELSE least(greatest(%s, (%s<<%d) + %d), (%s<<%d) + %d) END",
			mean, mean, c, cell, int64(1)<<cell/4, c, cell, 3*(int64(1)<<cell)/4)
	}
	w.b.text("SELECT CASE WHEN n = 1 THEN fid ELSE ", w.cellID(), " END AS fid, ")
	w.at("("+inner("ax", "cx")+")", "("+inner("ay", "cy")+")")
	w.b.text(" AS geom, CASE WHEN n > 1 THEN true END AS cluster, CASE WHEN n > 1 THEN n END AS point_count, CASE WHEN n > 1 THEN ", abbreviated, " END AS point_count_abbreviated")
	by := w.q.View.By()
	if by != nil {
		for _, c := range by.List.Codes() {
			w.b.text(", CASE WHEN n > 1 THEN nullif(", ident("n_"+c), ", 0) END AS ", ident("n_"+c))
		}
	}
	for _, f := range w.fields {
		w.b.text(", CASE WHEN n = 1 THEN ", ident(f.Name), " END AS ", ident(f.Name))
	}
	w.b.text(fmt.Sprintf(" FROM (SELECT wx>>%d AS cx, wy>>%d AS cy, count(*) AS n, min(id) AS fid, avg(wx)::bigint AS ax, avg(wy)::bigint AS ay", cell, cell))
	if by != nil {
		for _, c := range by.List.Codes() {
			w.b.text(", count(*) FILTER (WHERE ", ident(by.Name), " = ").arg(c).text(") AS ", ident("n_"+c))
		}
	}
	for _, f := range w.fields {
		fold := "min"
		if f.Type == TypeBoolean {
			fold = "bool_or"
		}
		w.b.text(", ", fold, "(", ident(f.Name), ") AS ", ident(f.Name))
	}
	w.b.text(" FROM f WHERE ", which, " AND ")
	w.home("wx", "wy")
	w.b.text(" GROUP BY 1, 2) AS c")
}

// cellID numbers a cell by zoom, column and row; above all record ids, below 2^53 for
// clients that keep ids as floats, and the same in every answer.
func (w *tileWriter) cellID() string {
	return fmt.Sprintf("((1::bigint<<52) | (%d::bigint<<46) | ((cx & 8388607)<<23) | (cy & 8388607))", w.z)
}

// abbreviated writes a count as map clients know it: 950, 1.2k, 12k, 3.4M.
const abbreviated = `CASE WHEN n < 1000 THEN n::text WHEN n < 10000 THEN trim_scale(round(n / 1000.0, 1))::text || 'k'` +
	` WHEN n < 1000000 THEN round(n / 1000.0)::text || 'k' ELSE trim_scale(round(n / 1000000.0, 1))::text || 'M' END`

// points selects every point for itself.
func (w *tileWriter) points() {
	w.b.text("SELECT id AS fid, ")
	w.at("wx", "wy")
	w.b.text(" AS geom")
	w.plain()
	w.b.text(" FROM ", w.aliased(), " WHERE ")
	w.home("wx", "wy")
	w.candidates()
}

// plain gives the columns of a feature drawn for itself, in the order of gathered.
func (w *tileWriter) plain() {
	if w.thin {
		w.b.text(", NULL::boolean, NULL::bigint, NULL::text")
		if by := w.q.View.By(); by != nil {
			for range by.List.Items {
				w.b.text(", NULL::bigint")
			}
		}
	}
	for _, f := range w.fields {
		w.b.text(", t.", ident(f.Name))
	}
}

// shapes selects lines and polygons clipped to the tile; rest is the FROM clause's end.
func (w *tileWriter) shapes(rest string) {
	v := w.q.View
	bounds := func() {
		w.b.text("ST_TileEnvelope(").arg(int(w.z)).text("::int, ").arg(int(w.tile.X)).text("::int, ").arg(int(w.tile.Y)).text("::int)")
	}
	mercator := "ST_Transform(ST_SetSRID(t.geom, 4326), 3857)"
	if v.Geometry.Dimension() == 1 {
		// Half a pixel, ends kept, so that a network stays joined.
		mercator = fmt.Sprintf("ST_Simplify(%s, %g, true)", mercator, 40075016.7/float64(int64(1)<<w.z)/tilePixels/2)
	}
	w.b.text("SELECT id AS fid, coalesce(ST_AsMVTGeom(", mercator, ", ")
	bounds()
	w.b.text(fmt.Sprintf(", %d, %d, true), CASE WHEN ", TileExtent, TileBuffer))
	w.home("t.wx", "t.wy")
	w.b.text(" THEN ")
	w.at("t.wx", "t.wy")
	w.b.text(" END) AS geom")
	w.plain()
	w.b.text(" FROM ", w.aliased(), rest)
}

// message wraps the rows into ST_AsMVT and adds the label points of polygons.
func (w *tileWriter) message() Statement {
	rows := w.b.String()
	out := builder{args: w.b.args}
	out.text("SELECT (SELECT coalesce(ST_AsMVT(m, ").arg(w.q.View.ID).text(fmt.Sprintf(", %d, 'geom', 'fid' ORDER BY fid), '') FROM (%s) AS m WHERE geom IS NOT NULL)", TileExtent, rows))
	if label := w.q.View.Labelled(w.z); label != nil {
		w.b = out
		w.b.text(" || (SELECT coalesce(ST_AsMVT(m, ").arg(w.q.View.LabelLayer()).text(fmt.Sprintf(", %d, 'geom', 'fid' ORDER BY fid), '') FROM (", TileExtent))
		w.labels(label)
		w.b.text(") AS m)")
		out = w.b
	}
	return out.statement()
}

// flat gives the rows and those of the label points in the columns of TileRowsSQL.
func (w *tileWriter) flat() Statement {
	rows := w.b.String()
	counts := []string{}
	if w.thin {
		counts = append(counts, "point_count")
		if by := w.q.View.By(); by != nil {
			for _, c := range by.List.Codes() {
				counts = append(counts, ident("n_"+c))
			}
		}
	}
	w.b = builder{args: w.b.args}
	w.b.text("SELECT 0 AS sheet, fid, ST_AsBinary(geom)")
	for _, c := range counts {
		w.b.text(", ", c)
	}
	label := w.q.View.Labelled(w.z)
	all := w.q.TileRowFields(w.z)
	for _, f := range all {
		if slices.Contains(w.fields, f) {
			w.b.text(", ", ident(f.Name))
		} else {
			w.b.text(", NULL")
		}
	}
	w.b.text(" FROM (", rows, ") AS m WHERE geom IS NOT NULL")
	if label != nil {
		w.b.text(" UNION ALL SELECT 1, fid, ST_AsBinary(geom)", strings.Repeat(", NULL", len(counts)))
		for _, f := range all {
			w.b.text(", ", ident(f.Name))
		}
		w.b.text(" FROM (")
		w.labels(label)
		w.b.text(") AS l")
	}
	w.b.text(" ORDER BY 1, 2")
	return w.b.statement()
}

// labels selects fid, geom, the label and the other fields of the label points in the tile.
func (w *tileWriter) labels(label *Field) {
	w.b.text("SELECT id AS fid, ")
	w.at("lx", "ly")
	w.b.text(" AS geom, ", ident(label.Name))
	for _, f := range w.fields {
		if f != label {
			w.b.text(", ", ident(f.Name))
		}
	}
	w.b.text(" FROM (SELECT *, onemap.world_x(ST_X(p)) AS lx, onemap.world_y(ST_Y(p)) AS ly FROM (SELECT *, ST_PointOnSurface(geom) AS p FROM ", w.q.table(), " WHERE true")
	w.candidates()
	w.b.text(" AND ", ident(label.Name), " IS NOT NULL")
	if w.thin {
		w.b.text(fmt.Sprintf(" AND extent >= %d", w.threshold()))
	}
	w.b.text(") AS a) AS l WHERE ")
	w.home("lx", "ly")
}
