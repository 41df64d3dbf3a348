package bench_test

import (
	"context"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/data/pgtest"
	"onemap/data/read"
	"onemap/data/sample"
	"onemap/geo/roads"
)

// extracts are real road networks; they lie beside the repository where they are at hand.
const extracts = "../../../shared/realdata/osm"

// The parts, their lengths and the seconds from and to a node, for every part of the
// sample city and of real networks, are those that PostGIS and pgRouting find.
func TestRoadsAgainstPgRouting(t *testing.T) {
	t.Run("sample city", func(t *testing.T) { compareRoads(t, sampleRoads(t), true) })
	for name, layer := range map[string]string{
		"puerto_mont-osm-20170922.gpkg":    "roads_lines",
		"shanghai.osm":                     "lines",
		"liechtenstein-2013-08-03.osm.pbf": "lines",
	} {
		t.Run(name, func(t *testing.T) { compareRoads(t, extract(t, name, layer), false) })
	}
}

func sampleRoads(t *testing.T) []roads.Edge {
	t.Helper()
	plan, err := sample.City(sample.Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	var edges []roads.Edge
	for r, err := range plan.Records("road") {
		if err != nil {
			t.Fatal(err)
		}
		e := roads.Edge{
			ID: int64(len(edges) + 1), Line: r.Geometry.(orb.LineString), Class: r.Values["class"].(string), SpeedKmh: r.Values["speed_kmh"].(float64),
			Oneway: roads.Oneway(r.Values["oneway"].(string)), Bridge: r.Values["bridge"].(bool), FromNode: r.Values["from_node"].(int64), ToNode: r.Values["to_node"].(int64),
		}
		e.WeightLimitT, _ = r.Values["weight_limit_t"].(float64)
		e.HeightLimitM, _ = r.Values["height_limit_m"].(float64)
		edges = append(edges, e)
	}
	return edges
}

// extract reads the lines that are highways.
func extract(t *testing.T, name, layer string) []roads.Edge {
	t.Helper()
	path := filepath.Join(extracts, name)
	if _, err := os.Stat(path); err != nil {
		t.Skip("this network is not at hand")
	}
	if !strings.HasSuffix(name, ".gpkg") {
		out := filepath.Join(t.TempDir(), "lines.gpkg")
		if said, err := exec.Command("ogr2ogr", "-f", "GPKG", out, path, layer).CombinedOutput(); err != nil {
			t.Fatalf("ogr2ogr: %v\n%s", err, said)
		}
		path = out
	}
	src, err := read.Open(path, read.Options{Layer: layer})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	classes := map[string]string{"motorway": "motorway", "trunk": "trunk", "primary": "primary", "secondary": "secondary", "tertiary": "tertiary", "residential": "village"}
	var edges []roads.Edge
	for {
		row, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		tags := map[string]string{}
		for i, v := range row.Values {
			tags[src.Columns()[i]] = v.Raw
		}
		highway, more := tags["highway"], tags["other_tags"]
		if highway == "" || highway == "proposed" {
			continue
		}
		e := roads.Edge{Class: classes[highway]}
		switch {
		case tags["oneway"] == "yes" || strings.Contains(more, `"oneway"=>"yes"`):
			e.Oneway = roads.Forward
		case tags["oneway"] == "-1" || strings.Contains(more, `"oneway"=>"-1"`):
			e.Oneway = roads.Backward
		}
		e.Bridge = tags["bridge"] == "yes" || strings.Contains(more, `"bridge"=>"yes"`)
		lines, ok := row.Geometry.(orb.MultiLineString)
		if l, one := row.Geometry.(orb.LineString); one {
			lines, ok = orb.MultiLineString{l}, true
		}
		for _, l := range lines {
			e.ID, e.Line = int64(len(edges)+1), l
			edges = append(edges, e)
		}
		if !ok {
			t.Errorf("%s is a %T", highway, row.Geometry)
		}
	}
	return edges
}

// compareRoads compares the graph with one that the database makes of the same edges: by
// their declared nodes, or by their vertices.
func compareRoads(t *testing.T, edges []roads.Edge, declared bool) {
	ctx := t.Context()
	g := roads.Build(edges)
	if p := g.Problems(); len(p) > 0 {
		t.Fatalf("%d problems, the first %+v", len(p), p[0])
	}
	conn, err := pgx.Connect(ctx, pgtest.Database(t, nil, "roads"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(ctx, "CREATE EXTENSION pgrouting CASCADE"); err != nil {
		t.Fatalf("pgRouting is needed (scripts/setup.sh test installs it): %v", err)
	}
	var closed []int64
	for i := 0; i < len(edges); i += 17 {
		closed = append(closed, edges[i].ID)
	}
	for name, c := range map[string]roads.Conditions{
		"plain":      {},
		"lorry":      {Vehicle: roads.Vehicle{WeightT: 25, HeightM: 4.5}, Closed: closed},
		"pedestrian": {WalkKmh: 4},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := g.Under(c)
			if err != nil {
				t.Fatal(err)
			}
			load(t, conn, edges, c, declared)
			compareTimes(t, conn, n)
		})
	}
}

// load writes the edges down with what each costs a metre, and cuts them into parts.
func load(t *testing.T, conn *pgx.Conn, edges []roads.Edge, c roads.Conditions, declared bool) {
	t.Helper()
	ctx := t.Context()
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	exec("DROP TABLE IF EXISTS vertex, cut, part, road")
	exec("CREATE TABLE road (id bigint, forward float8, backward float8, bridge boolean, a bigint, b bigint, geom geometry)")
	speeds := roads.DefaultSpeeds()
	rows := make([][]any, len(edges))
	for i, e := range edges {
		class, ok := speeds[e.Class]
		if !ok {
			class = speeds["unknown"]
		}
		kmh := class.Kmh
		if e.SpeedKmh > 0 {
			kmh = e.SpeedKmh
		}
		forward, backward := e.Oneway != roads.Backward, e.Oneway != roads.Forward
		if c.WalkKmh > 0 {
			kmh, forward, backward = c.WalkKmh, class.OnFoot, class.OnFoot
		} else if c.Vehicle.WeightT > e.WeightLimitT && e.WeightLimitT > 0 || c.Vehicle.HeightM > e.HeightLimitM && e.HeightLimitM > 0 {
			forward, backward = false, false
		}
		if slices.Contains(c.Closed, e.ID) {
			forward, backward = false, false
		}
		pace := map[bool]float64{true: 3.6 / kmh, false: -1} // pgRouting takes below 0 as no way
		line, err := wkb.Marshal(e.Line)
		if err != nil {
			t.Fatal(err)
		}
		rows[i] = []any{e.ID, pace[forward], pace[backward], e.Bridge, e.FromNode, e.ToNode, line}
	}
	exec("CREATE TEMP TABLE incoming (id bigint, forward float8, backward float8, bridge boolean, a bigint, b bigint, line bytea)")
	if _, err := conn.CopyFrom(ctx, pgx.Identifier{"incoming"}, []string{"id", "forward", "backward", "bridge", "a", "b", "line"}, pgx.CopyFromRows(rows)); err != nil {
		t.Fatal(err)
	}
	exec(`INSERT INTO road SELECT id, forward, backward, bridge, a, b, ST_RemoveRepeatedPoints(ST_GeomFromWKB(line, 4490)) FROM incoming; DROP TABLE incoming`)
	if declared {
		exec(`CREATE TABLE part AS SELECT id AS edge, 0 AS number, a AS source, b AS target, ST_Length(geom::geography) AS metres, forward, backward FROM road`)
	} else {
		exec(`CREATE TABLE vertex AS SELECT r.id, d.path[1] AS k, r.bridge, d.path[1] IN (1, ST_NPoints(r.geom)) AS last, ST_AsText(d.geom, 15) AS place,
			sum(coalesce(ST_Distance(d.geom::geography, lag.geom::geography), 0)) OVER (PARTITION BY r.id ORDER BY d.path[1]) AS along
			FROM road r, ST_DumpPoints(r.geom) d, LATERAL (SELECT ST_PointN(r.geom, d.path[1] - 1) AS geom) lag`)
		exec(`CREATE TABLE cut AS SELECT v.*, CASE WHEN u.ends > 0 OR NOT v.bridge THEN v.place ELSE v.place || ' above' END AS node
			FROM vertex v JOIN (SELECT place, count(*) FILTER (WHERE last) AS ends, count(*) FILTER (WHERE NOT last AND bridge) AS bridges,
				count(*) FILTER (WHERE NOT last AND NOT bridge) AS roads FROM vertex GROUP BY place) u USING (place)
			WHERE u.ends > 0 OR NOT v.bridge AND u.roads > 1 OR v.bridge AND u.bridges > 1`)
		exec(`CREATE TABLE part AS WITH named AS (SELECT id, k, along, dense_rank() OVER (ORDER BY node) AS node FROM cut),
			run AS (SELECT id, row_number() OVER w - 1 AS number, node AS source, lead(node) OVER w AS target, lead(along) OVER w - along AS metres
				FROM named WINDOW w AS (PARTITION BY id ORDER BY k))
			SELECT run.id AS edge, number::int, source, target, metres, forward, backward FROM run JOIN road USING (id) WHERE target IS NOT NULL`)
	}
	exec(`ALTER TABLE part ADD COLUMN id bigserial; ANALYZE part`)
}

// compareTimes compares the parts, and the seconds at their ends from and to some nodes.
func compareTimes(t *testing.T, conn *pgx.Conn, n *roads.Network) {
	t.Helper()
	g := n.Graph()
	number := map[[2]int64]int{}
	for i := range g.Parts() {
		p := g.Part(i)
		number[[2]int64{p.Edge, int64(p.Number)}] = i
	}
	type ends struct {
		edge, number int64
		metres       float64
		from, to     *float64
	}
	for _, start := range []int{0, g.Parts() / 3, g.Parts() / 2, g.Parts() * 4 / 5} {
		for !n.Usable(g.At(start, 0)) {
			start++
		}
		for _, toward := range []bool{false, true} {
			tree, err := n.Tree(t.Context(), roads.Search{From: roads.Stops(g.At(start, 0)), Toward: toward})
			if err != nil {
				t.Fatal(err)
			}
			graph := "SELECT id, source, target, forward * metres AS cost, backward * metres AS reverse_cost FROM part WHERE source <> target"
			if toward {
				graph = strings.Replace(graph, "source, target", "target AS source, source AS target", 1)
			}
			p := g.Part(start)
			rows, err := conn.Query(t.Context(), `WITH time AS MATERIALIZED (SELECT node, agg_cost FROM pgr_drivingDistance($1, (SELECT source FROM part WHERE edge = $2 AND number = $3), 1e9, true))
				SELECT p.edge, p.number, p.metres, a.agg_cost, b.agg_cost FROM part p LEFT JOIN time a ON a.node = p.source LEFT JOIN time b ON b.node = p.target`,
				graph, p.Edge, p.Number)
			if err != nil {
				t.Fatal(err)
			}
			all, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (e ends, err error) {
				return e, r.Scan(&e.edge, &e.number, &e.metres, &e.from, &e.to)
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(all) != g.Parts() {
				t.Errorf("%d parts, the database has %d", g.Parts(), len(all))
			}
			wrong, reached, most := 0, 0, 0.0
			for _, e := range all {
				i, ok := number[[2]int64{e.edge, e.number}]
				if !ok {
					t.Fatalf("the graph has no part %d of edge %d", e.number, e.edge)
				}
				p := g.Part(i)
				from, _ := tree.Node(p.From)
				to, _ := tree.Node(p.To)
				if !equal(p.Metres, &e.metres) || !equal(from, e.from) || !equal(to, e.to) {
					if wrong++; wrong < 5 {
						t.Errorf("edge %d, part %d: %v m, %v s and %v s; the database has %v m, %v and %v", e.edge, e.number, p.Metres, from, to, e.metres, text(e.from), text(e.to))
					}
				}
				if e.from != nil {
					reached++
					most = max(most, math.Abs(from-*e.from)/max(*e.from, 1))
				}
			}
			if wrong > 0 {
				t.Errorf("%d of %d parts differ", wrong, len(all))
			}
			if !toward {
				t.Logf("%d parts, %d reached from part %d; largest difference %.1e", len(all), reached, start, most)
			}
			tree.Release()
		}
	}
}

// equal holds a figure against the database's, which is null where a node is not reached.
func equal(got float64, want *float64) bool {
	if want == nil {
		return math.IsInf(got, 1)
	}
	return math.Abs(got-*want) <= 1e-6*math.Abs(*want)+1e-9
}

func text(v *float64) any {
	if v == nil {
		return "nothing"
	}
	return *v
}
