package bench

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"onemap/layers/fault"
)

// Statements that answer planners' questions in plain PostGIS, the quickest found for the
// layers' tables with their indexes on geom: boxes in degrees first, geography after.
const (
	// NearestByLine is $1, $2: longitude and latitude; the ten nearest teams.
	NearestByLine = `SELECT id FROM (SELECT id, geom FROM layer.rescue_team WHERE geom IS NOT NULL
			ORDER BY geom <-> ST_SetSRID(ST_MakePoint($1, $2), 4490) LIMIT 40) AS t
		ORDER BY geom::geography <-> ST_SetSRID(ST_MakePoint($1, $2), 4490)::geography LIMIT 10`

	// Around is $1, $2: longitude and latitude, $3: metres; counts of one layer, whose
	// name takes the place of the verb.
	Around = `SELECT count(*) FROM layer.%[1]s, (SELECT ST_SetSRID(ST_MakePoint($1, $2), 4490) AS p) AS s
		WHERE geom && ST_Expand(p, $3 / 90000.0, $3 / 110000.0) AND ST_DWithin(geom::geography, p::geography, $3)`

	// Coverage is $1: metres, $2: a pattern of shelters' codes; the buildings, by their
	// centroids, that have no such shelter that near.
	Coverage = `SELECT count(*) FROM layer.building AS b WHERE geom IS NOT NULL AND NOT EXISTS (SELECT FROM layer.shelter AS s
		WHERE s.geom && ST_Expand(ST_Centroid(b.geom), $1 / 90000.0, $1 / 110000.0) AND s.shelter_code LIKE $2
		AND ST_DWithin(s.geom::geography, ST_Centroid(b.geom)::geography, $1))`

	// Exposure is $1: a polygon in GeoJSON; counts of one layer by a field, whose names
	// take the places of the verbs.
	Exposure = `SELECT %[2]s, count(*) FROM layer.%[1]s, (SELECT ST_SetSRID(ST_GeomFromGeoJSON($1), 4490) AS g) AS s
		WHERE geom && g AND ST_Intersects(geom, g) GROUP BY 1`
)

// Statements of pgRouting over the table that Network makes. $1, $2: longitude, latitude.
const (
	// RoadReach is $3: minutes; what pgr_drivingDistance reaches from the nearest vertex.
	RoadReach = `SELECT count(*) FROM pgr_drivingDistance('SELECT id, source, target, cost, reverse_cost FROM bench_road',
		(SELECT id FROM bench_road_vertices_pgr ORDER BY the_geom <-> ST_SetSRID(ST_MakePoint($1, $2), 4490) LIMIT 1), $3::float8 * 60, true)`

	// NearestByRoad is the ten teams that are soonest at the place, all ways searched back.
	NearestByRoad = `SELECT t.id FROM pgr_dijkstraCost('SELECT id, target AS source, source AS target, cost, reverse_cost FROM bench_road',
			(SELECT id FROM bench_road_vertices_pgr ORDER BY the_geom <-> ST_SetSRID(ST_MakePoint($1, $2), 4490) LIMIT 1),
			(SELECT array_agg(DISTINCT v) FROM bench_team), true) AS c
		JOIN bench_team AS t ON t.v = c.end_vid ORDER BY c.agg_cost LIMIT 10`
)

// Network makes the tables that pgRouting needs of the road layer: an edge table with
// seconds by the speeds, and the vertices nearest to the teams. It returns Unsupported where
// the server has no pgRouting.
func (f *Floor) Network(ctx context.Context) error {
	if _, err := f.pool.Exec(ctx, "CREATE EXTENSION IF NOT EXISTS pgrouting"); err != nil {
		return fault.Wrap(err, fault.Unsupported, "The database has no pgRouting")
	}
	for _, text := range []string{
		`CREATE TABLE bench_road AS SELECT id, NULL::bigint AS source, NULL::bigint AS target, geom AS the_geom,
			CASE WHEN oneway = 'backward' THEN -1 ELSE s END AS cost, CASE WHEN oneway = 'forward' THEN -1 ELSE s END AS reverse_cost
			FROM (SELECT *, ST_Length(geom::geography) / (coalesce(speed_kmh, 40) / 3.6) AS s FROM layer.road) AS r`,
		"CREATE INDEX ON bench_road USING gist (the_geom)",
		"ALTER TABLE bench_road ADD PRIMARY KEY (id)",
		"SELECT pgr_createTopology('bench_road', 0.000001)",
		`CREATE TABLE bench_team AS SELECT id, (SELECT v.id FROM bench_road_vertices_pgr AS v ORDER BY v.the_geom <-> t.geom LIMIT 1) AS v
			FROM layer.rescue_team AS t WHERE geom IS NOT NULL`,
		"ANALYZE bench_road", "ANALYZE bench_team",
	} {
		if _, err := f.pool.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol); err != nil {
			return explain(err)
		}
	}
	return nil
}

// Ask runs a statement, reads all its rows and returns how many there were, and the time
// from its sending on.
func (f *Floor) Ask(ctx context.Context, text string, args ...any) (rows int, took time.Duration, err error) {
	begun := time.Now()
	r, err := f.pool.Query(ctx, text, args...)
	if err != nil {
		return 0, 0, explain(err)
	}
	defer r.Close()
	for r.Next() {
		rows++
	}
	return rows, time.Since(begun), explain(r.Err())
}
