package data

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"onemap/layers"
)

// others (U2) names keys under which a record outside of the batch's scope is published:
// it would be overwritten. The same goes for a source and its id under another key.
func (c *checking) others(ctx context.Context) error {
	if c.batch.Scope == ScopeLayer {
		return nil
	}
	inScope, args := c.layer.InScope(string(c.batch.Scope), "t", 2)
	insert := `INSERT INTO check_hit (rule, row, field, value, place, zh, en, hint_zh, hint_en) SELECT 'U2', s.%s, $1::text, %s, s.geom,
		'编号已被来源“' || t.source || '”的记录使用', 'The key is that of a record of the source ' || t.source,
		'若本文件是该来源的新版，用 --source "' || t.source || '" 导入；否则改用别的编号，或用 --whole 替换整个图层。',
		'If this file is that source brought anew, import it with --source "' || t.source || '"; otherwise use another key, or replace the whole layer with --whole.' FROM %s AS s JOIN %s AS t ON `
	key := strings.Join(c.layer.Identity(), ",")
	// A row that says itself that it is of another source than the survey comes from a file
	// that was exported from here: it is that source's record.
	foreign := fmt.Sprintf("NOT (%s) AND NOT (s.source = t.source AND s.source <> $%d::text)", inScope, len(args)+2)
	err := c.exec(ctx, fmt.Sprintf(insert+"%s WHERE %s", layers.StagedRow, c.object("s"), c.table, c.layer.Table(), c.sameKey("s", "t"), foreign),
		append(append([]any{key}, args...), c.batch.Source)...)
	if err != nil || len(c.layer.Key) == 0 {
		return err
	}
	return c.exec(ctx, fmt.Sprintf(insert+"t.source = s.source AND t.source_id = s.source_id WHERE NOT (%s) AND NOT (%s)", layers.StagedRow, c.object("s"), c.table, c.layer.Table(), c.sameKey("s", "t"), inScope),
		append([]any{"source_id"}, args...)...)
}

// repeated is how often a name may stand in a survey, or in the layer, to tell records by.
const repeated = 100

// samePlace (U3) names records that have name and place of an earlier row, or of a
// published record whose key is not in the survey, under another key.
func (c *checking) samePlace(ctx context.Context) error {
	rule := c.layer.Rule(layers.CheckSamePlace)
	if rule == nil {
		return nil
	}
	label, row := ident(c.layer.Label), layers.StagedRow
	const insert = "INSERT INTO check_hit (rule, severity, row, field, value, zh, en) SELECT DISTINCT ON (s.%[2]s) 'U3', $2::text, s.%[2]s, $3::text, s.%[1]s, "
	// Names that stand a few times only; far in degrees tells quickly who is not near.
	near := fmt.Sprintf(`a.%[1]s = s.%[1]s AND a.geom && ST_Expand(s.geom, $1::float8 / 70000) AND ST_Distance(ST_Centroid(a.geom)::geography, ST_Centroid(s.geom)::geography) <= $1::float8
		AND s.%[1]s IN (SELECT n.%[1]s FROM %[2]s AS n GROUP BY n.%[1]s HAVING count(*) <= %[3]d)`, label, c.table, repeated)
	args := []any{*rule.Within, severityOf(rule), strings.Join(c.layer.Identity(), ",")}
	err := c.exec(ctx, fmt.Sprintf(insert+`'与第 ' || a.%[2]s || ' 行（' || %[3]s || '）同名同地，编号不同', 'Row ' || a.%[2]s || ' (' || %[3]s || ') has the same name and place under another key'
		FROM %[4]s AS s JOIN %[4]s AS a ON a.%[2]s < s.%[2]s AND %[5]s WHERE NOT (%[6]s) ORDER BY s.%[2]s, a.%[2]s`, label, row, c.object("a"), c.table, near, c.sameKey("a", "s")), args...)
	if err != nil {
		return err
	}
	return c.exec(ctx, fmt.Sprintf(insert+`'与已发布的 ' || %[3]s || ' 同名同地，编号不同', 'The published ' || %[3]s || ' has the same name and place under another key'
		FROM %[4]s AS s JOIN %[5]s AS a ON %[6]s AND %[7]s
		WHERE NOT EXISTS (SELECT FROM %[4]s AS b WHERE %[8]s) AND NOT EXISTS (SELECT FROM %[5]s AS b WHERE %[9]s) AND NOT EXISTS (SELECT FROM check_hit AS h WHERE h.row = s.%[2]s) ORDER BY s.%[2]s`,
		label, row, c.object("a"), c.table, c.layer.Table(), near, now("a"), c.sameKey("b", "a"), c.sameKey("b", "s")), args...)
}

// pile (U4) names places with many records, on the first of their rows.
func (c *checking) pile(ctx context.Context) error {
	rule := c.layer.Rule(layers.CheckPile)
	if rule == nil || c.layer.Geometry != layers.Point {
		return nil
	}
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, value, allowed, zh, en)
		SELECT 'U4', $2::text, min(%s), count(*)::text, $1::float8::text, '有 ' || count(*) || ' 条记录落在同一点', count(*) || ' records are on this one place'
		FROM %s WHERE geom IS NOT NULL GROUP BY wx, wy HAVING count(*) > $1::float8`, layers.StagedRow, c.table), *rule.Over, severityOf(rule))
}

// lost (X1) names rows without a position whose published record has one.
func (c *checking) lost(ctx context.Context) error {
	if slices.Contains(c.batch.Kept, layers.KeptPosition) {
		return nil // the file says nothing of positions, which stay
	}
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, row, place, zh, en)
		SELECT 'X1', s.%s, ST_Centroid(t.geom), '没有图形，而已发布的记录有；发布后将变为未定位', 'There is no geometry, and the published record has one; it would become unplaced'
		FROM %s AS s JOIN %s AS t ON %s WHERE s.geom IS NULL AND t.geom IS NOT NULL AND %s`, layers.StagedRow, c.table, c.layer.Table(), c.sameKey("s", "t"), layers.Publishable("s")))
}

// clear (X3) names records inside of a record of another layer that they should keep clear of.
func (c *checking) clear(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckClear) {
		other, ok, err := c.known(ctx, "X3", r.Layer)
		if err != nil || !ok {
			return err
		}
		args := []any{severityOf(r), other.Title.Zh, other.ID, r.Says.Zh, r.Says.En}
		where, target := r.If.SQL(c.layer, "s", &args), r.Where.SQL(other, "t", &args)
		match, field := "true", "geom"
		if r.Field != "" {
			field = r.Field
			match = fmt.Sprintf("t.%s = s.%s", ident(r.Key), ident(r.Field))
			if c.layer.Field(r.Field).Type == layers.TypeCodes {
				match = fmt.Sprintf("t.%s = ANY(s.%s)", ident(r.Key), ident(r.Field))
			}
		}
		err = c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, zh, en)
			SELECT DISTINCT ON (s.%[1]s) 'X3', $1::text, s.%[1]s, %[2]s, t.%[3]s::text, CASE WHEN $4::text = '' THEN '' ELSE $4 || '：' END || '位于“' || $2::text || '”' || coalesce(t.%[3]s::text, '') || '内', CASE WHEN $5::text = '' THEN '' ELSE $5 || ': ' END || 'it is in ' || $3::text || ' ' || coalesce(t.%[3]s::text, '')
			FROM %[4]s AS s JOIN %[5]s AS t ON t.geom && s.geom AND ST_Intersects(t.geom, s.geom) AND %[6]s WHERE %[7]s AND %[8]s AND %[9]s AND %[10]s ORDER BY s.%[1]s, t.%[3]s::text`,
			layers.StagedRow, quoted(field), ident(labelOf(other)), c.table, other.Table(), match, sound("s"), where, target, now("t")), args...)
		if err != nil {
			return err
		}
	}
	return nil
}

// register (X4) holds records against those of another layer, or of the published one,
// with the same key: they are to be there, and some of their fields to be the same.
func (c *checking) register(ctx context.Context) error {
	for _, r := range c.layer.RulesOf(layers.CheckRegister) {
		other, ok, err := c.known(ctx, "X4", r.Layer)
		if err != nil {
			return err
		}
		if !ok {
			if other.ID == c.layer.ID { // the first edition has no register yet
				if err := c.exec(ctx, "DELETE FROM check_hit"); err != nil {
					return err
				}
			}
			continue
		}
		if r.Missing != "ignore" {
			args := []any{severityOf(r), r.Field, other.Title.Zh, other.ID}
			where := r.If.SQL(c.layer, "s", &args)
			err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, zh, en)
				SELECT 'X4', $1::text, s.%[1]s, $2::text, s.%[2]s::text, '“' || $3::text || '”中没有 ' || s.%[2]s, 'There is no ' || s.%[2]s || ' in ' || $4::text
				FROM %[3]s AS s WHERE s.%[2]s IS NOT NULL AND %[4]s AND NOT EXISTS (SELECT FROM %[5]s AS t WHERE t.%[6]s = s.%[2]s)`,
				layers.StagedRow, ident(r.Field), c.table, where, other.Table(), ident(r.Key)), args...)
			if err != nil {
				return err
			}
		}
		for _, own := range slices.Sorted(maps.Keys(r.Same)) {
			theirs := r.Same[own]
			args := []any{severityOf(r), own, c.layer.Field(own).Title.Zh, other.Title.Zh, other.ID}
			where := r.If.SQL(c.layer, "s", &args)
			err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, allowed, zh, en)
				SELECT DISTINCT ON (s.%[1]s) 'X4', $1::text, s.%[1]s, $2::text, s.%[2]s::text, t.%[3]s::text, '“' || $3::text || '”为“' || s.%[2]s || '”，“' || $4::text || '”中为“' || t.%[3]s || '”', $2 || ' is ' || s.%[2]s || '; in ' || $5::text || ' it is ' || t.%[3]s
				FROM %[4]s AS s JOIN %[5]s AS t ON t.%[6]s = s.%[7]s WHERE %[8]s AND s.%[2]s <> t.%[3]s ORDER BY s.%[1]s`,
				layers.StagedRow, ident(own), ident(theirs), c.table, other.Table(), ident(r.Key), ident(r.Field), where), args...)
			if err != nil {
				return err
			}
		}
	}
	return nil
}
