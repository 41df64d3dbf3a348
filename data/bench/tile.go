package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
)

// Shape of a tile (MVT 2.1, section 4.1; the buffer is what peers use).
const (
	tileExtent = 4096
	tileBuffer = 64
)

// Tile makes one tile of the views' layers by one prepared statement: every record whose
// box meets the tile with its buffer, at every zoom, with its id and the styled field.
func (f *Floor) Tile(ctx context.Context, t maptile.Tile, views ...*layers.View) ([]byte, error) {
	b := geo.TileBound(t)
	dx := (b.Max[0] - b.Min[0]) * tileBuffer / tileExtent
	dy := (b.Max[1] - b.Min[1]) * tileBuffer / tileExtent
	var tile []byte
	err := f.pool.QueryRow(ctx, tileSQL(views), binary, int32(t.Z), int32(t.X), int32(t.Y),
		max(b.Min[0]-dx, -180), max(b.Min[1]-dy, -90), min(b.Max[0]+dx, 180), min(b.Max[1]+dy, 90)).Scan(&tile)
	return tile, explain(err)
}

// tileSQL is the statement for some layers: $1 zoom, $2 column, $3 row, then west,
// south, east and north of the tile with its buffer.
func tileSQL(views []*layers.View) string {
	parts := make([]string, len(views))
	for i, v := range views {
		field := ""
		if by := v.By(); by != nil {
			field = ", " + ident(by.Name)
		}
		// CGCS2000 and WGS 84 are the same numbers; between EPSG:4326 and 3857 PostGIS is quickest.
		parts[i] = fmt.Sprintf(`(SELECT coalesce(ST_AsMVT(m, '%s', %d, 'geom', 'id'), '') FROM (SELECT id, `+
			`ST_AsMVTGeom(ST_Transform(ST_SetSRID(geom, 4326), 3857), ST_TileEnvelope($1::int, $2::int, $3::int), %d, %d, true) AS geom%s `+
			`FROM %s WHERE geom && ST_MakeEnvelope($4::float8, $5::float8, $6::float8, $7::float8, %d)) AS m WHERE geom IS NOT NULL)`,
			v.ID, tileExtent, tileExtent, tileBuffer, field, v.Table(), layers.SRID)
	}
	return "SELECT " + strings.Join(parts, " || ")
}

// Dense returns the tiles of a zoom whose records take most room in the layer's table,
// the fullest first, at most so many. A record counts for the tile of its anchor.
func (f *Floor) Dense(ctx context.Context, l *layers.Layer, z maptile.Zoom, most int) ([]maptile.Tile, error) {
	rows, err := f.pool.Query(ctx, fmt.Sprintf(`SELECT wx>>%[1]d, wy>>%[1]d FROM %[2]s WHERE geom IS NOT NULL
		GROUP BY 1, 2 ORDER BY sum(pg_column_size(geom)) DESC, 1, 2 LIMIT $1`, 32-z, l.Table()), most)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var tiles []maptile.Tile
	for rows.Next() {
		var x, y int64
		if err := rows.Scan(&x, &y); err != nil {
			return nil, explain(err)
		}
		tiles = append(tiles, maptile.New(uint32(x), uint32(y), z))
	}
	return tiles, explain(rows.Err())
}
