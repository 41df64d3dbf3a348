package bench

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"onemap/layers"
)

// Document has one statement build a whole GeoJSON FeatureCollection: the first records
// of the box by id, with all columns that the view shows. It is planned for its box each
// time: a plan for any box reads all records of a large one and sorts them.
func (f *Floor) Document(ctx context.Context, v *layers.View, box orb.Bound, limit int) ([]byte, error) {
	var document []byte
	err := f.pool.QueryRow(ctx, documentSQL(v), pgx.QueryExecModeCacheDescribe, binary, box.Min[0], box.Min[1], box.Max[0], box.Max[1], limit).Scan(&document)
	return document, explain(err)
}

func documentSQL(v *layers.View) string {
	columns := v.Columns()
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "t." + ident(c.Name)
	}
	return fmt.Sprintf(`SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
		'type', 'Feature', 'id', t.id, 'geometry', ST_AsGeoJSON(t.geom)::json,
		'properties', (SELECT row_to_json(p) FROM (SELECT %s) AS p)) ORDER BY t.id), '[]'))::text
		FROM (SELECT * FROM %s WHERE geom && ST_MakeEnvelope($1::float8, $2::float8, $3::float8, $4::float8, %d) ORDER BY id LIMIT $5) AS t`,
		strings.Join(names, ", "), v.Table(), layers.SRID)
}
