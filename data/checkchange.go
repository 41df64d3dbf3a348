package data

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers"
)

// present is the table of what is published in the batch's scope, as alias t, with the
// arguments of its condition from $n on.
func (c *checking) present(n int) (from string, args []any) {
	condition, args := c.layer.InScope(string(c.batch.Scope), "t", n)
	return c.layer.Table() + " AS t WHERE " + condition, args
}

// pair is a record's published and its staged position.
type pair struct{ old, new orb.Point }

// shift (C3) compares positions with the published ones of the same keys: do they lie
// where a map vendor's shift would put them?
func (c *checking) shift(ctx context.Context) error {
	rows, err := c.tx.Query(ctx, fmt.Sprintf(`SELECT ST_X(o), ST_Y(o), ST_X(n), ST_Y(n) FROM (SELECT ST_Centroid(t.geom) AS o, ST_Centroid(s.geom) AS n
		FROM %s AS s JOIN %s AS t ON %s WHERE s.geom IS NOT NULL AND t.geom IS NOT NULL LIMIT 4000) AS p`, c.table, c.layer.Table(), c.sameKey("s", "t")))
	if err != nil {
		return err
	}
	pairs, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (p pair, err error) {
		err = r.Scan(&p.old[0], &p.old[1], &p.new[0], &p.new[1])
		return p, err
	})
	if err != nil {
		return err
	}
	zh, en, distance, ok := shiftOf(pairs)
	if !ok {
		return nil
	}
	c.shifted = true
	return c.exec(ctx, `INSERT INTO check_hit (rule, row, value, zh, en) VALUES ('C3', 0, $1, $2, $3)`, fmt.Sprintf("%.0f m", distance),
		fmt.Sprintf("与已发布位置相比，整体偏移约 %.0f 米：%s", distance, zh), fmt.Sprintf("Against the published positions all are off by about %.0f m: %s", distance, en))
}

// shiftOf finds a systematic shift among five pairs or more: that of GCJ-02 or BD-09, once
// or twice, undone or not, or another of some hundred metres that all have in common.
func shiftOf(pairs []pair) (zh, en string, distance float64, ok bool) {
	if len(pairs) < 5 {
		return "", "", 0, false
	}
	off := func(at func(orb.Point) (orb.Point, error)) float64 {
		var list []float64
		for _, p := range pairs {
			q, err := at(p.old)
			if err != nil {
				return math.Inf(1)
			}
			list = append(list, float64(geo.Distance(q, p.new)))
		}
		return median(list)
	}
	distance = off(func(p orb.Point) (orb.Point, error) { return p, nil })
	if distance < 200 {
		return "", "", 0, false
	}
	convert := func(from, to geo.Datum, times int) func(orb.Point) (orb.Point, error) {
		return func(p orb.Point) (orb.Point, error) {
			for range times {
				q, err := geo.Position{Lon: p[0], Lat: p[1], Datum: from}.To(to)
				if err != nil {
					return p, err
				}
				p = q.Point()
			}
			return p, nil
		}
	}
	for _, known := range []struct {
		from, to geo.Datum
		times    int
		zh, en   string
	}{
		{geo.CGCS2000, geo.GCJ02, 1, "像火星坐标（GCJ-02）", "this is the shift of GCJ-02"},
		{geo.CGCS2000, geo.BD09, 1, "像百度坐标（BD-09）", "this is the shift of BD-09"},
		{geo.CGCS2000, geo.GCJ02, 2, "像火星坐标被加偏了两次", "this is the shift of GCJ-02 applied twice"},
		{geo.GCJ02, geo.CGCS2000, 1, "像把没有偏移的坐标当作火星坐标纠偏了", "a shift of GCJ-02 has been undone that was not there"},
		{geo.BD09, geo.CGCS2000, 1, "像把没有偏移的坐标当作百度坐标纠偏了", "a shift of BD-09 has been undone that was not there"},
	} {
		if off(convert(known.from, known.to, known.times)) < 40 {
			return known.zh, known.en, distance, true
		}
	}
	var dx, dy []float64
	for _, p := range pairs {
		dx, dy = append(dx, p.new[0]-p.old[0]), append(dy, p.new[1]-p.old[1])
	}
	x, y := median(dx), median(dy)
	if distance < 5000 && off(func(p orb.Point) (orb.Point, error) { return orb.Point{p[0] + x, p[1] + y}, nil }) < 0.1*distance {
		return "所有位置向同一方向偏移", "all in one direction", distance, true
	}
	return "", "", 0, false
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// numbers (D1, D3) compares how many records there are, and which keys have vanished,
// with what is published in the scope.
func (c *checking) numbers(ctx context.Context) error {
	rule := c.layer.Rule(layers.CheckChange)
	if rule == nil {
		return nil
	}
	from, args := c.present(1)
	var present, gone int64
	same := c.sameKey("s", "t")
	if err := c.tx.QueryRow(ctx, fmt.Sprintf("SELECT (SELECT count(*) FROM %[3]s), (SELECT count(*) FROM %[3]s AND NOT EXISTS (SELECT FROM %[1]s AS s WHERE %[2]s))", c.table, same, from), args...).Scan(&present, &gone); err != nil || present == 0 {
		return err
	}
	if change := 100 * math.Abs(float64(c.rows-present)) / float64(present); change > *rule.Count {
		if err := c.exec(ctx, "INSERT INTO check_hit (rule, severity, row, field, value, allowed, zh, en) VALUES ('D1', $1, 0, '', $2, $3, $4, $5)", severityOf(rule),
			fmt.Sprintf("%d → %d", present, c.rows), fmt.Sprintf("±%g %%", *rule.Count),
			fmt.Sprintf("记录数由 %d 变为 %d，变化 %.0f%%", present, c.rows, change), fmt.Sprintf("There were %d records and are now %d, a change of %.0f %%", present, c.rows, change)); err != nil {
			return err
		}
	}
	if gone == 0 {
		return nil
	}
	severity := severityOf(rule)
	if 100*float64(gone)/float64(present) <= *rule.Gone {
		severity = string(layers.SeverityNotice)
	}
	area := "NULL"
	if c.layer.Area != "" {
		area = "left(t." + ident(c.layer.Area) + ", 6)"
	}
	from, args = c.present(3)
	key := c.object("t")
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, allowed, place, object, area, zh, en)
		SELECT 'D3', $1::text, 0, $2::text, %s, NULL, ST_Centroid(t.geom), %s, %s, '已发布的 ' || %s || ' 不在本次数据中', 'The published record ' || %s || ' is not in this survey'
		FROM %s AND NOT EXISTS (SELECT FROM %s AS s WHERE %s)`, key, key, area, key, key, from, c.table, same),
		append([]any{severity, strings.Join(c.layer.Identity(), ",")}, args...)...)
}

// moves (D2) names records that are far from where they are published. World units tell
// quickly which may be.
func (c *checking) moves(ctx context.Context) error {
	rule := c.layer.Rule(layers.CheckChange)
	if rule == nil || c.shifted {
		return nil // C3 has said it of all
	}
	const unit = 40_075_016.7 / (1 << 32) // metres at the equator; fewer here
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, value, allowed, zh, en)
		SELECT 'D2', $2::text, row, round(moved) || ' m', $1::float8 || ' m', '比已发布的位置移动了 ' || round(moved) || ' 米', 'It is ' || round(moved) || ' m from where it is published'
		FROM (SELECT s.%s AS row, ST_Distance(ST_Centroid(s.geom)::geography, ST_Centroid(t.geom)::geography) AS moved FROM %s AS s JOIN %s AS t ON %s
			WHERE s.geom IS NOT NULL AND t.geom IS NOT NULL AND abs(s.wx - t.wx) + abs(s.wy - t.wy) > $1::float8 / %g OFFSET 0) AS m WHERE moved > $1::float8`,
		layers.StagedRow, c.table, c.layer.Table(), c.sameKey("s", "t"), unit), *rule.Moved, severityOf(rule))
}

// jumps (D4) names records whose grade has changed by several steps. What is filled in
// for an empty cell, such as ungraded, is no step.
func (c *checking) jumps(ctx context.Context) error {
	rule := c.layer.Rule(layers.CheckChange)
	if rule == nil {
		return nil
	}
	for _, name := range rule.Fields {
		f := c.layer.Field(name)
		var codes, titles []string
		for _, item := range f.List.Items {
			if item.Code != f.Default {
				codes, titles = append(codes, item.Code), append(titles, item.Title.Zh)
			}
		}
		err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, zh, en)
			SELECT 'D4', $3::text, row, $4::text, old || ' → ' || new, '“' || $5::text || '”由 ' || ($2::text[])[a] || ' 变为 ' || ($2::text[])[b] || '，跨 ' || abs(a - b) || ' 级', $4::text || ' was ' || old || ' and is now ' || new || ', ' || abs(a - b) || ' steps'
			FROM (SELECT s.%s AS row, t.%s AS old, s.%[2]s AS new, array_position($1::text[], t.%[2]s) AS a, array_position($1::text[], s.%[2]s) AS b
				FROM %s AS s JOIN %s AS t ON %s WHERE s.%[2]s <> t.%[2]s) AS j WHERE abs(a - b) >= $6::float8`,
			layers.StagedRow, ident(name), c.table, c.layer.Table(), c.sameKey("s", "t")), codes, titles, severityOf(rule), name, f.Title.Zh, *rule.Jump)
		if err != nil {
			return err
		}
	}
	return nil
}
