package data

import (
	"context"
	"fmt"
	"strings"

	"onemap/layers"
)

// sound leaves out rows whose geometry is missing or invalid.
func sound(alias string) string {
	return fmt.Sprintf("%s.geom IS NOT NULL AND NOT EXISTS (SELECT FROM check_invalid AS v WHERE v.row = %s.%s)", alias, alias, layers.StagedRow)
}

// index makes the staging table's spatial index, once. Where it is being made ahead, it is
// waited for.
func (c *checking) index(ctx context.Context) error {
	_ = c.ready.keep() // what failed there fails again, or is told when the survey is published
	return c.exec(ctx, c.layer.StagedIndex(c.table))
}

// alike is the condition that two rows have the same values in some fields.
func alike(a, b string, fields []string) string {
	parts := []string{"true"}
	for _, f := range fields {
		parts = append(parts, fmt.Sprintf("%s.%s IS NOT DISTINCT FROM %s.%s", a, ident(f), b, ident(f)))
	}
	return strings.Join(parts, " AND ")
}

// coverage (T1) names pairs of areas that overlap, on the later row of the two, and areas
// that overlap a published one which stays.
func (c *checking) coverage(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckCoverage) {
		over := 1.0
		if r.Over != nil {
			over = *r.Over
		}
		if err := c.boxPairs(ctx, r); err != nil {
			return err
		}
		overlap := "LATERAL (SELECT ST_CollectionExtract(ST_Intersection(a.geom, b.geom), 3) AS geom) AS o, LATERAL (SELECT ST_Area(o.geom::geography) AS m2) AS m"
		insert := `INSERT INTO check_hit (rule, severity, row, value, allowed, place, object, zh, en)
			SELECT 'T1', $2::text, row, other, '≤ ' || $1::float8 || ' m²', ST_PointOnSurface(geom), object, '与' || what || '重叠 ' || round(m2::numeric, 1) || ' 平方米', 'It overlaps ' || whatever || ' by ' || round(m2::numeric, 1) || ' m²' FROM `
		err := c.exec(ctx, insert+fmt.Sprintf(`(SELECT b.%[1]s AS row, %[2]s AS other, %[3]s AS object, '第 ' || a.%[1]s || ' 行（' || %[2]s || '）' AS what, 'row ' || a.%[1]s || ' (' || %[2]s || ')' AS whatever, o.geom, m.m2
				FROM check_pair AS p JOIN %[4]s AS a ON a.ctid = p.a JOIN %[4]s AS b ON b.ctid = p.b, %[6]s
				WHERE %[5]s AND ST_Intersects(a.geom, b.geom) AND NOT ST_Touches(a.geom, b.geom) AND m.m2 > $1::float8) AS found`,
			layers.StagedRow, c.object("a"), c.object("b"), c.table, alike("a", "b", r.By), overlap), over, severityOf(r))
		if err != nil {
			return err
		}
		if err := c.overlapsOthers(ctx, r, insert, overlap, over); err != nil {
			return err
		}
	}
	return nil
}

// overlapsOthers holds a coverage against the published areas outside of the batch's scope.
func (c *checking) overlapsOthers(ctx context.Context, r *layers.Rule, insert, overlap string, over float64) error {
	if c.batch.Scope == ScopeLayer {
		return nil
	}
	args := []any{over, severityOf(r)}
	inScope, scopeArgs := c.layer.InScope(string(c.batch.Scope), "b", 3)
	args = append(args, scopeArgs...)
	ifA, ifB := r.If.SQL(c.layer, "a", &args), r.If.SQL(c.layer, "b", &args)
	return c.exec(ctx, insert+fmt.Sprintf(`(SELECT a.%[1]s AS row, %[3]s AS other, %[2]s AS object, '已发布的 ' || %[3]s || ' ' AS what, 'the published ' || %[3]s AS whatever, o.geom, m.m2
			FROM %[4]s AS a JOIN %[5]s AS b ON a.geom && b.geom AND NOT (%[6]s) AND NOT (%[7]s) AND %[8]s AND ST_Intersects(a.geom, b.geom) AND NOT ST_Touches(a.geom, b.geom), %[9]s
			WHERE %[10]s AND %[11]s AND %[12]s AND ST_IsValid(b.geom) AND m.m2 > $1::float8) AS found`,
		layers.StagedRow, c.object("a"), c.object("b"), c.table, c.layer.Table(), inScope, c.sameKey("a", "b"), alike("a", "b", r.By), overlap, sound("a"), ifA, ifB), args...)
}

// gaps (T2) names holes between areas that are too small to be meant, but over the square
// metre that rounding makes, on the first of the rows around it.
func (c *checking) gaps(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckGaps) {
		if err := c.index(ctx); err != nil {
			return err
		}
		under := 10_000.0
		if r.Under != nil {
			under = *r.Under
		}
		args := []any{under, severityOf(r)}
		where := r.If.SQL(c.layer, "s", &args)
		columns, group := "0 AS one", "1"
		if len(r.By) > 0 {
			var list []string
			for _, f := range r.By {
				list = append(list, "s."+ident(f))
			}
			columns, group = strings.Join(list, ", "), strings.Join(list, ", ")
		}
		err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, value, place, zh, en)
			SELECT 'T2', $2::text, n.row, round(m2::numeric, 1) || ' m²', ST_PointOnSurface(h.geom), '与相邻面（行 ' || n.rows || '）之间有缝隙 ' || round(m2::numeric, 1) || ' 平方米',
				'There is a gap of ' || round(m2::numeric, 1) || ' m² between the areas of rows ' || replace(n.rows, '、', ', ')
			FROM (SELECT u.*, (d).geom AS geom, ST_Area((d).geom::geography) AS m2 FROM (SELECT u.*, ST_DumpRings((ST_Dump(u.area)).geom) AS d
					FROM (SELECT %s, ST_Union(s.geom) AS area FROM %s AS s WHERE %s AND %s GROUP BY %s) AS u) AS u WHERE (d).path[1] > 0) AS h,
				LATERAL (SELECT min(s.%[6]s) AS row, string_agg(s.%[6]s::text, '、' ORDER BY s.%[6]s) AS rows, count(*) AS n FROM %[2]s AS s
					WHERE s.geom && h.geom AND %[3]s AND %[4]s AND %[7]s AND ST_Intersects(s.geom, ST_Boundary(h.geom))) AS n
			WHERE m2 < $1::float8 AND m2 > 1 AND n.n > 1`, columns, c.table, sound("s"), where, group, layers.StagedRow, alike("s", "h", r.By)), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// touching is the distance in metres within which ends are taken to be on a line.
const touching = 0.05

// connects (T3) names ends of lines that miss another line by a little, or, where lines
// name the nodes they end at, ends that are away from the others of their node.
func (c *checking) connects(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckConnects) {
		args := []any{*r.Within, severityOf(r)}
		where := r.If.SQL(c.layer, "s", &args)
		by := ""
		for _, f := range r.By {
			by += ", s." + ident(f)
		}
		line := "ST_GeometryN(s.geom, 1)"
		if len(r.Nodes) == 2 {
			ends := func(node, at string) string {
				return fmt.Sprintf("SELECT s.%s AS row, s.%s AS node, %s(%s) AS p%s FROM %s AS s WHERE %s AND %s AND s.%[2]s IS NOT NULL", layers.StagedRow, ident(node), at, line, by, c.table, sound("s"), where)
			}
			err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, value, allowed, place, zh, en)
				WITH e AS (%s UNION ALL %s),
				m AS (SELECT node%s, ST_SetSRID(ST_Point(percentile_disc(0.5) WITHIN GROUP (ORDER BY ST_X(p)), percentile_disc(0.5) WITHIN GROUP (ORDER BY ST_Y(p))), %d) AS q FROM e AS s GROUP BY node%[3]s HAVING count(*) > 1)
				SELECT DISTINCT ON (s.row) 'T3', $2::text, s.row, s.node::text, $1::float8 || ' m', s.p, '节点 ' || s.node || ' 处的端点与其他线相距 ' || round(d::numeric, 1) || ' 米', 'The end at node ' || s.node || ' is ' || round(d::numeric, 1) || ' m from the others'
				FROM e AS s JOIN m AS h ON s.node = h.node AND %[5]s, LATERAL (SELECT ST_Distance(s.p::geography, h.q::geography) AS d) AS far WHERE d > $1::float8 ORDER BY s.row, d DESC`,
				ends(r.Nodes[0], "ST_StartPoint"), ends(r.Nodes[1], "ST_EndPoint"), by, layers.SRID, alike("s", "h", r.By)), args...)
			if err != nil {
				return err
			}
			continue
		}
		if err := c.index(ctx); err != nil {
			return err
		}
		err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, value, allowed, place, zh, en)
			WITH e AS (SELECT s.%[1]s, ST_StartPoint(%[2]s) AS p%[3]s FROM %[4]s AS s WHERE %[5]s AND %[6]s UNION ALL SELECT s.%[1]s, ST_EndPoint(%[2]s)%[3]s FROM %[4]s AS s WHERE %[5]s AND %[6]s),
			loose AS (SELECT * FROM (SELECT *, count(*) OVER (PARTITION BY round(ST_X(p)::numeric, 7), round(ST_Y(p)::numeric, 7)) AS n FROM e) AS s WHERE n = 1)
			SELECT DISTINCT ON (h.%[1]s) 'T3', $2::text, h.%[1]s, round(o.d::numeric, 2) || ' m', $1::float8 || ' m', h.p, '端点离第 ' || o.row || ' 行的线 ' || round(o.d::numeric, 2) || ' 米，没有接上', 'The end misses the line of row ' || o.row || ' by ' || round(o.d::numeric, 2) || ' m'
			FROM loose AS h, LATERAL (SELECT s.%[1]s AS row, ST_Distance(s.geom::geography, h.p::geography) AS d FROM %[4]s AS s
				WHERE s.%[1]s <> h.%[1]s AND s.geom && ST_Expand(h.p, $1::float8 / 70000) AND %[7]s ORDER BY 2 LIMIT 1) AS o
			WHERE o.d <= $1::float8 AND o.d > %[8]g ORDER BY h.%[1]s, o.d`, layers.StagedRow, line, by, c.table, sound("s"), where, alike("s", "h", r.By), touching), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// on (T4) names records that are not within reach of any record of another layer.
func (c *checking) on(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckOn) {
		other, ok, err := c.known(ctx, "T4", r.Layer)
		if err != nil || !ok {
			return err
		}
		args := []any{*r.Within, severityOf(r), other.Title.Zh, other.ID}
		where, target := r.If.SQL(c.layer, "s", &args), r.Where.SQL(other, "t", &args)
		err = c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, allowed, zh, en)
			SELECT 'T4', $2::text, s.%s, $1::float8 || ' m', $1::float8 || ' 米内没有“' || $3::text || '”', 'There is no ' || $4::text || ' within ' || $1::float8 || ' m'
			FROM %s AS s WHERE %s AND %s AND NOT EXISTS (SELECT FROM %s AS t WHERE %s AND %s AND t.geom && ST_Expand(s.geom, $1::float8 / 70000) AND ST_DWithin(t.geom::geography, s.geom::geography, $1::float8))`,
			layers.StagedRow, c.table, sound("s"), where, other.Table(), target, now("t")), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// now is the condition that a published record is in force.
func now(alias string) string {
	return fmt.Sprintf("(%s.valid_to IS NULL OR %s.valid_to > now())", alias, alias)
}

// inside (T5) names records that are not in the area whose key they carry.
func (c *checking) inside(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckInside) {
		other, ok, err := c.known(ctx, "T5", r.Layer)
		if err != nil || !ok {
			return err
		}
		within := 0.0
		if r.Within != nil {
			within = *r.Within
		}
		args := []any{within, severityOf(r), r.Field}
		where := r.If.SQL(c.layer, "s", &args)
		err = c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, allowed, zh, en)
			SELECT 'T5', $2::text, row, $3::text, key, $1::float8 || ' m', '位置不在“' || name || '”（' || key || '）内，相距 ' || round(d) || ' 米', 'The position is not in ' || name || ' (' || key || ') but ' || round(d) || ' m away'
			FROM (SELECT s.%s AS row, s.%s::text AS key, coalesce(t.%s::text, '') AS name, ST_Distance(t.geom::geography, s.geom::geography) AS d
				FROM %s AS s JOIN %s AS t ON t.%s = s.%[2]s WHERE %[7]s AND %[8]s AND t.geom IS NOT NULL AND NOT ST_Intersects(t.geom, s.geom)) AS f WHERE d > $1::float8`,
			layers.StagedRow, ident(r.Field), ident(labelOf(other)), c.table, other.Table(), ident(r.Key), sound("s"), where), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// labelOf is the field that names a layer's records.
func labelOf(l *layers.Layer) string {
	if l.Label != "" {
		return l.Label
	}
	return "source_id"
}
