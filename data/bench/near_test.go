package bench_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"onemap/data/pgtest"
	"onemap/geo"
	"onemap/geo/near"
)

// PostGIS is asked for the facility nearest to each place, and for the number within 3 km.
const nearestSQL = `
with facility as materialized (
	select n - 1 as f, st_setsrid(st_makepoint(lon, lat), 4490)::geography as at
	from unnest($3::float8[], $4::float8[]) with ordinality u(lon, lat, n))
select n - 1, best.f, best.metres, many.count
from unnest($1::float8[], $2::float8[]) with ordinality u(lon, lat, n)
cross join lateral (
	select f, st_distance(at, st_setsrid(st_makepoint(lon, lat), 4490)::geography) as metres
	from facility order by metres, f limit 1) best
cross join lateral (
	select count(*) from facility
	where st_dwithin(at, st_setsrid(st_makepoint(lon, lat), 4490)::geography, 3000)) many`

// Distances from memory are those of PostGIS, to a micrometre, also across the antimeridian,
// at the poles and from one side of the earth to the other.
func TestNearAgainstPostGIS(t *testing.T) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, pgtest.Database(t, func(ctx context.Context, url string) error {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		defer c.Close(ctx)
		_, err = c.Exec(ctx, "create extension if not exists postgis")
		return err
	}, "postgis"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for name, scene := range map[string]struct {
		center         orb.Point
		width, height  float64
		places, facils int
	}{
		"the city":         {center, 0.4, 0.3, 400, 300},
		"the antimeridian": {orb.Point{180, -16}, 0.5, 0.5, 200, 100},
		"a pole":           {orb.Point{0, 90}, 360, 3, 200, 100},
		"the earth":        {orb.Point{0, 0}, 360, 180, 200, 60},
	} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(7, 7))
			draw := func(n int) (ps []orb.Point, lons, lats []float64) {
				for range n {
					lon := scene.center[0] + (r.Float64()-0.5)*scene.width
					lat := scene.center[1] + (r.Float64()-0.5)*scene.height
					if lat > 90 {
						lat = 180 - lat
					}
					lon = math.Remainder(lon, 360)
					ps, lons, lats = append(ps, orb.Point{lon, lat}), append(lons, lon), append(lats, lat)
				}
				return ps, lons, lats
			}
			places, lons, lats := draw(scene.places)
			facilities, flons, flats := draw(scene.facils)
			c, err := near.Cover(ctx, near.FromLonLat(places), near.FromLonLat(facilities), geo.Metres(math.Inf(1)))
			if err != nil {
				t.Fatal(err)
			}
			index := near.Build(near.FromLonLat(facilities))
			rows, err := conn.Query(ctx, nearestSQL, lons, lats, flons, flats)
			if err != nil {
				t.Fatal(err)
			}
			count := 0
			var n, f, many int
			var metres float64
			_, err = pgx.ForEachRow(rows, []any{&n, &f, &metres, &many}, func() error {
				count++
				if int(c.Facility[n]) != f || math.Abs(float64(c.Metres[n])-metres) > 1e-6 {
					t.Errorf("place %d: facility %d at %.7f m, PostGIS says %d at %.7f", n, c.Facility[n], c.Metres[n], f, metres)
				}
				got := 0
				for range index.Within(places[n], 3000) {
					got++
				}
				if got != many {
					t.Errorf("place %d: %d within 3 km, PostGIS says %d", n, got, many)
				}
				return nil
			})
			if err != nil || count != len(places) {
				t.Fatalf("%d rows of %d: %v", count, len(places), err)
			}
		})
	}
}
