package data

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
)

// Area is the outline of an administrative unit that is valid now.
type Area struct {
	Code  string
	Level string
	Shape orb.MultiPolygon // CGCS2000
}

// Areas returns the statutory units of the city from its own outline down to townships,
// as references for what surveys say of places. It is empty where the catalogue has no
// layer admin_unit or nothing is in it.
func (s *Store) Areas(ctx context.Context) (areas []Area, err error) {
	if s.cat.Layer("admin_unit") == nil {
		return nil, nil
	}
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `SELECT code, level, ST_AsBinary(geom) FROM layer.admin_unit
			WHERE geom IS NOT NULL AND kind = 'statutory' AND level IN ('prefecture', 'county', 'township')
				AND (valid_to IS NULL OR valid_to > now()) ORDER BY code`)
		if err != nil {
			return err
		}
		areas, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (a Area, err error) {
			var raw []byte
			if err := r.Scan(&a.Code, &a.Level, &raw); err != nil {
				return a, err
			}
			g, err := wkb.Unmarshal(raw)
			if m, ok := g.(orb.MultiPolygon); ok {
				a.Shape = m
			}
			return a, err
		})
		return err
	})
	return areas, err
}

// PublishedPositions returns the anchors of a layer's records by key (the values of the
// key's fields joined by a blank), for those of the keys given that are there and placed.
func (s *Store) PublishedPositions(ctx context.Context, layer string, keys []string) (places map[string]orb.Point, err error) {
	l := s.cat.Layer(layer)
	if l == nil || len(keys) == 0 {
		return nil, nil
	}
	var parts []string
	for _, k := range l.Identity() {
		parts = append(parts, `"`+k+`"::text`)
	}
	key := "concat_ws(' ', " + strings.Join(parts, ", ") + ")"
	where := key + " = ANY($1)"
	if len(parts) == 1 {
		where = `"` + l.Identity()[0] + `" = ANY($1)` // by the index
	}
	err = s.read(ctx, func(c *pgx.Conn) error {
		places = map[string]orb.Point{}
		rows, err := c.Query(ctx, "SELECT "+key+", ST_X(ST_Centroid(geom)), ST_Y(ST_Centroid(geom)) FROM "+l.Table()+" WHERE geom IS NOT NULL AND "+where, keys)
		if err != nil {
			return err
		}
		var k string
		var x, y float64
		_, err = pgx.ForEachRow(rows, []any{&k, &x, &y}, func() error {
			places[k] = orb.Point{x, y}
			return nil
		})
		return err
	})
	return places, err
}
