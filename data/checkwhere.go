package data

import (
	"context"
	"fmt"

	"onemap/layers"
)

// whereabouts (G8, C2, A1, A2, A3) holds positions against the outlines of the units that
// the records name, or of the city's counties. An outline that is only invented is not
// held against a record: the next higher unit's is. Rows are first looked at by squares of
// the ground that are wholly inside, so that only those near a border are looked at one by one.
func (c *checking) whereabouts(ctx context.Context) error {
	if !c.units || c.layer.ID == unitLayer {
		return nil
	}
	area := "NULL::text"
	if c.layer.Area != "" && c.layer.Rule(layers.CheckArea) != nil {
		area = "s." + ident(c.layer.Area)
	}
	for _, sql := range []string{
		// Where the rows of a code are; x and y are null for those without a position.
		fmt.Sprintf(`CREATE TEMP TABLE check_cell ON COMMIT DROP AS
			SELECT DISTINCT coalesce(%s, '') AS code, s.wx >> %d AS x, s.wy >> %[2]d AS y FROM %[3]s AS s`, area, squareBits, c.table),
		// The units that the records are held against; '' is the city as a whole.
		`CREATE TEMP TABLE check_home ON COMMIT DROP AS
			SELECT k.code, coalesce((SELECT u.code FROM check_unit AS u WHERE u.trusted AND u.code = ANY(ARRAY[k.code, left(k.code, 9), left(k.code, 6)])
				ORDER BY length(u.code) DESC LIMIT 1), '') AS unit FROM (SELECT DISTINCT code FROM check_cell) AS k`,
		`CREATE TEMP TABLE check_outline ON COMMIT DROP AS
			SELECT u.code AS unit, false AS city, t.geom FROM check_unit AS u JOIN ` + c.cat.Layer(unitLayer).Table() + ` AS t USING (code)
				WHERE t.geom IS NOT NULL AND u.code IN (SELECT unit FROM check_home)
			UNION ALL SELECT u.code, true, t.geom FROM check_unit AS u JOIN ` + c.cat.Layer(unitLayer).Table() + ` AS t USING (code)
				WHERE t.geom IS NOT NULL AND u.level = 'county' AND u.kind = 'statutory' AND (u.to_day IS NULL OR u.to_day > now())`,
		"CREATE TEMP TABLE check_piece ON COMMIT DROP AS SELECT unit, city, ST_Subdivide(geom, 24) AS geom FROM check_outline",
		"CREATE INDEX ON check_piece USING gist (geom)",
		"ANALYZE check_piece, check_home",
		c.squares(),
		"ANALYZE check_square",
		c.strays(area),
		"ANALYZE check_stray",
	} {
		if err := c.exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := c.outside(ctx); err != nil {
		return err
	}
	if err := c.elsewhere(ctx); err != nil {
		return err
	}
	return c.ashore(ctx)
}

// Squares of the ground are 2^squareBits world units a side, some 260 m here; a shape of
// up to 2^marginBits, 130 m, about its anchor is inside when the square and that margin are.
const squareBits, marginBits = 15, 14

// squares lists the squares with records and whether the unit covers them.
func (c *checking) squares() string {
	lon := func(world string) string { return "((" + world + ") / 4294967296.0 * 360 - 180)" }
	lat := func(world string) string {
		return "degrees(atan(sinh(pi() * (1 - 2 * ((" + world + ") / 4294967296.0)))))"
	}
	edge := func(at string, n int, margin string) string {
		return fmt.Sprintf("((%s + %d)::float8 * %d %s %d)", at, n, 1<<squareBits, margin, 1<<marginBits)
	}
	box := fmt.Sprintf("ST_MakeEnvelope(%s, %s, %s, %s, %d)", lon(edge("x", 0, "-")), lat(edge("y", 1, "+")), lon(edge("x", 1, "+")), lat(edge("y", 0, "-")), layers.SRID)
	return fmt.Sprintf(`CREATE TEMP TABLE check_square ON COMMIT DROP AS
		SELECT unit, x, y, EXISTS (SELECT FROM check_outline AS o WHERE CASE WHEN q.unit = '' THEN o.city ELSE o.unit = q.unit END AND o.geom && q.box AND ST_Covers(o.geom, q.box)) AS inside
		FROM (SELECT unit, x, y, %s AS box FROM (SELECT DISTINCT unit, x, y FROM check_cell JOIN check_home USING (code) WHERE x IS NOT NULL) AS d
			ORDER BY unit, y, x) AS q`, box)
}

// strays are the rows that do not touch the unit they are held against. Most rows are in
// squares that are inside and are passed over by the numbers of their square alone.
func (c *checking) strays(area string) string {
	border := fmt.Sprintf("EXISTS (SELECT FROM check_square AS q WHERE NOT q.inside AND q.x = s.wx >> %d AND q.y = s.wy >> %d)", squareBits, squareBits)
	if c.layer.Geometry != layers.Point {
		border = fmt.Sprintf("(%s OR s.extent >= %d)", border, 1<<marginBits)
	}
	return fmt.Sprintf(`CREATE TEMP TABLE check_stray ON COMMIT DROP AS
		SELECT t.*, EXISTS (SELECT FROM check_piece AS p WHERE p.city AND p.geom && t.geom AND ST_Intersects(p.geom, t.geom)) AS in_city
		FROM (SELECT s.*, h.unit FROM (SELECT s.%s AS row, coalesce(%s, '') AS code, s.geom FROM %s AS s WHERE s.geom IS NOT NULL AND %s OFFSET 0) AS s JOIN check_home AS h USING (code)
			WHERE NOT EXISTS (SELECT FROM check_invalid AS v WHERE v.row = s.row)
				AND NOT EXISTS (SELECT FROM check_piece AS p WHERE CASE WHEN h.unit = '' THEN p.city ELSE p.unit = h.unit END AND p.geom && s.geom AND ST_Intersects(p.geom, s.geom))) AS t`,
		layers.StagedRow, area, c.table, border)
}

// near is the distance in metres from a stray to the nearest of some pieces.
func near(which string) string {
	return "(SELECT min(d) FROM (SELECT ST_Distance(p.geom::geography, t.geom::geography) AS d FROM check_piece AS p WHERE " + which + " ORDER BY p.geom <-> t.geom LIMIT 4) AS n)"
}

// outside (G8, C2) names strays that are farther from the city than the layer's margin,
// and tells those that another central meridian would bring to the unit they name.
func (c *checking) outside(ctx context.Context) error {
	moved := "ST_Translate(t.geom, d.by, 0)"
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, row, value, allowed, zh, en, hint_zh, hint_en)
		SELECT CASE WHEN turn IS NULL THEN 'G8' ELSE 'C2' END, row, round(away / 1000) || ' km', round($1::float8 / 1000) || ' km',
			CASE WHEN turn IS NULL THEN '位置在本市之外 ' || round(away / 1000) || ' 公里' ELSE '位置在本市之外 ' || round(away / 1000) || ' 公里；中央经线改 ' || turn || ' 度则落在' || coalesce(name, '本市') END,
			CASE WHEN turn IS NULL THEN 'The position is ' || round(away / 1000) || ' km outside the city' ELSE 'The position is ' || round(away / 1000) || ' km outside the city; with a central meridian of ' || turn || '° it is in ' || coalesce(unit, 'the city') END,
			CASE WHEN turn IS NOT NULL THEN '用错了投影带：用 --crs 指定正确的中央经线（120° 为 EPSG:4549，123° 为 EPSG:4550）。' END,
			CASE WHEN turn IS NOT NULL THEN 'The zone is wrong: say the right central meridian with --crs (EPSG:4549 for 120°, EPSG:4550 for 123°).' END
		FROM (SELECT t.row, nullif(t.unit, '') AS unit, a.away,
				(SELECT u.name FROM check_unit AS u WHERE u.code = t.unit LIMIT 1) AS name,
				(SELECT to_char(d.by, 'SG9') FROM (VALUES (3), (-3), (6), (-6)) AS d (by) WHERE EXISTS (SELECT FROM check_piece AS p
					WHERE CASE WHEN t.unit = '' THEN p.city ELSE p.unit = t.unit END AND p.geom && %s AND ST_Intersects(p.geom, %s)) ORDER BY abs(d.by) LIMIT 1) AS turn
			FROM check_stray AS t, LATERAL (SELECT %s AS away) AS a WHERE NOT t.in_city AND a.away > $1::float8) AS o`, moved, moved, near("p.city")), c.layer.Margin)
}

// elsewhere (A1, A2) names strays that are near or in the city, but not in the unit they name.
func (c *checking) elsewhere(ctx context.Context) error {
	rule := c.layer.Rule(layers.CheckArea)
	if rule == nil || c.layer.Area == "" {
		return nil
	}
	sea := "false"
	if rule.Sea {
		sea = "NOT in_city AND away <= " + fmt.Sprint(c.layer.Margin)
	}
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, allowed, zh, en)
		SELECT CASE WHEN away <= $1::float8 THEN 'A2' ELSE 'A1' END, CASE WHEN away > $1::float8 THEN $2::text END, row, $3::text, code, there,
			CASE WHEN away <= $1::float8 THEN '位置在 ' || unit || coalesce(' ' || name, '') || ' 界外 ' || round(away) || ' 米' ELSE '代码为 ' || code || coalesce('（' || name || '）', '') || '，位置却' || coalesce('在 ' || there, '不在任何县内') || '，相距 ' || round(away) || ' 米' END,
			CASE WHEN away <= $1::float8 THEN 'The position is ' || round(away) || ' m outside of ' || unit ELSE 'The code is ' || code || ', but the position is ' || coalesce('in ' || there, 'in no county') || ', ' || round(away) || ' m away' END
		FROM (SELECT t.row, t.code, t.unit, t.in_city, (SELECT u.name FROM check_unit AS u WHERE u.code = t.unit LIMIT 1) AS name, %s AS away,
				(SELECT p.unit || ' ' || u.name FROM check_piece AS p JOIN check_unit AS u ON u.code = p.unit WHERE p.city AND p.geom && t.geom AND ST_Intersects(p.geom, t.geom) LIMIT 1) AS there
			FROM check_stray AS t WHERE t.unit <> '' AND NOT EXISTS (SELECT FROM check_hit AS h WHERE h.row = t.row)) AS e WHERE NOT (%s)`,
		near("p.unit = t.unit"), sea), *rule.Within, severityOf(rule), c.layer.Area)
}

// ashore (A3) names objects at sea that are on land, farther from the shore than the rule allows.
func (c *checking) ashore(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckSea) {
		within := 0.0
		if r.Within != nil {
			within = *r.Within
		}
		err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, value, zh, en)
			SELECT 'A3', $1::text, s.%s, l.there, '海上目标落在陆地上：' || l.there, 'What is at sea is on land: ' || l.there
			FROM %s AS s, LATERAL (SELECT p.unit || ' ' || u.name AS there FROM check_piece AS p JOIN check_unit AS u ON u.code = p.unit
				WHERE p.city AND p.geom && s.geom AND ST_Intersects(p.geom, s.geom) LIMIT 1) AS l
			WHERE s.geom IS NOT NULL AND ($2::float8 = 0 OR ST_Distance((SELECT ST_Boundary(ST_Union(geom)) FROM check_outline WHERE city)::geography, s.geom::geography) > $2::float8)`,
			layers.StagedRow, c.table), severityOf(r), within)
		if err != nil {
			return err
		}
	}
	return nil
}
