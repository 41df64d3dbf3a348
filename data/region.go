package data

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// Union is the ground that some areas in longitude and latitude cover together.
func (s *Store) Union(ctx context.Context, areas []orb.MultiPolygon) (orb.MultiPolygon, error) {
	texts := make([][]byte, len(areas))
	for i, a := range areas {
		var err error
		if texts[i], err = wkb.Marshal(a); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "The geometry can't be used")
		}
	}
	var answer []byte
	err := s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT ST_AsBinary(ST_Multi(ST_CollectionExtract(ST_UnaryUnion(ST_Collect(ST_MakeValid(ST_GeomFromWKB(a)))), 3))) FROM unnest($1::bytea[]) AS a", texts).Scan(&answer)
	})
	if err != nil {
		return nil, err
	}
	made, err := wkb.Unmarshal(answer)
	if err != nil {
		return nil, err
	}
	area, _ := made.(orb.MultiPolygon)
	return area, nil
}

// Buffer is the area within some metres, geodesic, of a geometry in longitude and latitude,
// with 32 corners a quarter of a circle.
func (s *Store) Buffer(ctx context.Context, g orb.Geometry, d geo.Metres) (area orb.MultiPolygon, err error) {
	text, err := wkb.Marshal(g)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "The geometry can't be used")
	}
	var answer []byte
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT ST_AsBinary(ST_Multi(ST_Buffer(ST_SetSRID(ST_GeomFromWKB($1), $2)::geography, $3, 'quad_segs=32')::geometry))",
			text, layers.SRID, float64(d)).Scan(&answer)
	})
	if err != nil {
		return nil, err
	}
	made, err := wkb.Unmarshal(answer)
	if err != nil {
		return nil, err
	}
	area, _ = made.(orb.MultiPolygon)
	return area, nil
}

// RecordedAt gives the times at which records of a layer were made as they are, by id.
func (s *Store) RecordedAt(ctx context.Context, l *layers.Layer, ids []int64) (map[int64]time.Time, error) {
	times := make(map[int64]time.Time, len(ids))
	if len(ids) == 0 {
		return times, nil
	}
	return times, s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT id, recorded_at FROM "+l.Table()+" WHERE id = ANY($1)", ids)
		if err != nil {
			return err
		}
		var id int64
		var at time.Time
		_, err = pgx.ForEachRow(rows, []any{&id, &at}, func() error {
			times[id] = at
			return nil
		})
		return err
	})
}
