package data

import (
	"context"
	"fmt"

	"onemap/layers"
)

// unitLayer is the layer of administrative units that others are checked by.
const unitLayer = "admin_unit"

// loadUnits copies what is published of administrative units into check_unit: code,
// level, name, the days from and to which it is in force, its predecessors, and whether
// its outline can be trusted.
func (c *checking) loadUnits(ctx context.Context) error {
	l := c.cat.Layer(unitLayer)
	if l == nil {
		return nil
	}
	err := c.exec(ctx, `CREATE TEMP TABLE check_unit ON COMMIT DROP AS
		SELECT code, level, kind, name, established AS from_day, coalesce(abolished, (valid_to AT TIME ZONE 'Asia/Shanghai')::date) AS to_day,
			string_to_array(replace(coalesce(predecessors, ''), ' ', ''), ',') AS predecessors, geom IS NOT NULL AND outline <> 'synthetic' AS trusted,
			left(code, 4) AS in_city, left(code, 6) AS in_county, left(code, 9) AS in_township
		FROM `+l.Table())
	if err != nil {
		return err
	}
	for _, sql := range []string{
		"CREATE INDEX ON check_unit (code)", "CREATE INDEX ON check_unit (level, in_county)", "CREATE INDEX ON check_unit (level, in_township)",
		"CREATE INDEX ON check_unit (level, in_city)", "ANALYZE check_unit",
	} {
		if err := c.exec(ctx, sql); err != nil {
			return err
		}
	}
	return c.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM check_unit WHERE level = 'county')").Scan(&c.units)
}

// adminCodes (V7, A5) looks up the codes of every field that has one, as of the record's
// date: those of check: admin_code as of the beginning of its valid time or else today,
// those of a rule code_at as of the date or year that it names.
func (c *checking) adminCodes(ctx context.Context) error {
	if c.layer.ID == unitLayer {
		return nil
	}
	for _, f := range c.layer.Fields {
		if f.Check != layers.CheckAdminCode {
			continue
		}
		day := "(coalesce(s.valid_from, now()) AT TIME ZONE 'Asia/Shanghai')::date"
		if err := c.codesOf(ctx, f, "valid_from", day, day, nil, ""); err != nil {
			return err
		}
	}
	for _, r := range c.layer.RulesOf(layers.CheckCodeAt) {
		at := c.layer.Field(r.At)
		lo, hi := "s."+ident(at.Name)+"::date", "s."+ident(at.Name)+"::date"
		if at.Type == layers.TypeInteger {
			lo, hi = "make_date(greatest(1, least(9999, s."+ident(at.Name)+"))::int, 1, 1)", "make_date(greatest(1, least(9999, s."+ident(at.Name)+"))::int, 12, 31)"
		}
		var args []any
		where := r.If.SQL(c.layer, "s", &args)
		if err := c.codesOf(ctx, c.layer.Field(r.Field), at.Name, lo, hi, args, " AND "+where+" AND s."+ident(at.Name)+" IS NOT NULL"); err != nil {
			return err
		}
	}
	return nil
}

// codesOf judges the distinct codes of a field in the days from lo to hi, which follow
// from the column at, and names the rows with a wrong one. A unit that began later is held
// against a record only where the unit it came from is known to have been in force; a
// township or village only where its county's, or township's, are listed.
func (c *checking) codesOf(ctx context.Context, f *layers.Field, at, lo, hi string, args []any, where string) error {
	if !c.units {
		return c.exec(ctx, "INSERT INTO check_hit (rule, severity, row, field, zh, en) VALUES ('V7', 'notice', 0, $1, $2, $3)", f.Name,
			"行政区划图层还没有数据，区划代码只检查了形式", "The layer of administrative units has no records yet; codes are checked for their form only")
	}
	code := "s." + ident(f.Name)
	from := fmt.Sprintf("FROM %s AS s WHERE %s IS NOT NULL%s", c.table, code, where)
	if err := c.exec(ctx, "DROP TABLE IF EXISTS check_code"); err != nil {
		return err
	}
	in := func(alias string) string { // in force in the days from lo to hi
		return fmt.Sprintf("(%[1]s.from_day IS NULL OR %[1]s.from_day <= k.hi) AND (%[1]s.to_day IS NULL OR %[1]s.to_day > k.lo)", alias)
	}
	sql := fmt.Sprintf(`CREATE TEMP TABLE check_code ON COMMIT DROP AS
		WITH k AS MATERIALIZED (SELECT DISTINCT %s AS code, left(%[1]s, 6) AS county, %s AS lo, %s AS hi FROM (SELECT DISTINCT %[1]s, s.%[8]s %[4]s) AS s),
		counties AS MATERIALIZED (SELECT k.*,
			EXISTS (SELECT FROM check_unit AS u WHERE u.code = k.county) AS known_county,
			EXISTS (SELECT FROM check_unit AS u WHERE u.code = k.county AND %s) AS county_in_force,
			EXISTS (SELECT FROM check_unit AS u WHERE u.code = k.county AND u.to_day <= k.lo) AS county_ended,
			EXISTS (SELECT FROM check_unit AS u JOIN check_unit AS p ON p.code = ANY(u.predecessors) WHERE u.code = k.county AND %s) AS county_to_come,
			EXISTS (SELECT FROM check_unit AS u WHERE u.level = 'county' AND u.in_city = left(k.county, 4)) AS home,
			EXISTS (SELECT FROM check_unit AS u WHERE u.level = 'township' AND u.in_county = k.county) AS townships_listed,
			(SELECT string_agg(u.code || ' ' || u.name, '、' ORDER BY u.code) FROM check_unit AS u WHERE k.county = ANY(u.predecessors)) AS heirs,
			(SELECT string_agg(p.code || ' ' || p.name, '、' ORDER BY p.code) FROM check_unit AS u JOIN check_unit AS p ON p.code = ANY(u.predecessors) WHERE u.code = k.county AND %s) AS before,
			(SELECT CASE WHEN count(*) = 1 THEN min(u.code) END FROM check_unit AS u WHERE k.county = ANY(u.predecessors)) AS heir,
			(SELECT min(u.name || '，' || u.to_day || ' 撤销') FROM check_unit AS u WHERE u.code = k.county AND u.to_day IS NOT NULL) AS was,
			(SELECT min(u.name) FROM check_unit AS u WHERE u.code = k.county) AS county_name
			FROM (SELECT DISTINCT county, lo, hi FROM k) AS k),
		seen AS (SELECT k.code, c.*,
			EXISTS (SELECT FROM check_unit AS u WHERE u.code = k.code) AS known,
			EXISTS (SELECT FROM check_unit AS u WHERE u.code = k.code AND (u.to_day IS NULL OR u.to_day > k.lo)) AS in_force,
			EXISTS (SELECT FROM check_unit AS u WHERE u.code = left(k.code, 9)) AS township_known,
			length(k.code) > 9 AND EXISTS (SELECT FROM check_unit AS u WHERE u.level = 'village' AND u.in_township = left(k.code, 9)) AS villages_listed
			FROM k JOIN counties AS c USING (county, lo, hi))
		SELECT k.*, CASE
				WHEN NOT known_county THEN CASE WHEN home THEN 'unknown' ELSE 'foreign' END
				WHEN NOT county_in_force AND county_ended THEN 'ended'
				WHEN NOT county_in_force AND county_to_come THEN 'to_come'
				WHEN length(code) = 6 THEN 'good'
				WHEN known THEN CASE WHEN in_force THEN 'good' ELSE 'ended' END
				WHEN NOT township_known THEN CASE WHEN townships_listed THEN 'apart' ELSE 'good' END
				WHEN length(code) = 9 THEN 'good'
				WHEN villages_listed THEN 'apart' ELSE 'good' END AS verdict
		FROM seen AS k`, code, lo, hi, from, in("u"), in("p"), in("p"), ident(at))
	if err := c.exec(ctx, sql, args...); err != nil {
		return err
	}
	var bad bool
	if err := c.tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM check_code WHERE verdict <> 'good')").Scan(&bad); err != nil || !bad {
		return err
	}
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, severity, row, field, value, zh, en, hint_zh, hint_en, repair)
		SELECT CASE verdict WHEN 'apart' THEN 'A5' ELSE 'V7' END, CASE verdict WHEN 'foreign' THEN 'warning' END, s.%s, %s, k.code,
			CASE verdict WHEN 'unknown' THEN '区划代码 ' || k.code || ' 不存在' WHEN 'foreign' THEN '区划代码 ' || k.code || ' 不在本市区划表中'
				WHEN 'ended' THEN '区划代码 ' || k.code || ' 已停用' || coalesce('（' || was || '）', '') WHEN 'to_come' THEN '区划代码 ' || k.code || ' 在 ' || k.hi || ' 尚未启用'
				ELSE '代码 ' || k.code || ' 不在 ' || k.county || coalesce(' ' || county_name, '') || ' 之下' END,
			CASE verdict WHEN 'unknown' THEN 'There is no administrative unit ' || k.code WHEN 'foreign' THEN 'The unit ' || k.code || ' is not in the city''s list'
				WHEN 'ended' THEN 'The code ' || k.code || ' is no longer in force' WHEN 'to_come' THEN 'The code ' || k.code || ' was not in force yet on ' || k.hi
				ELSE 'The code ' || k.code || ' is not one of ' || k.county END,
			CASE WHEN verdict = 'ended' AND heirs IS NOT NULL THEN '改用 ' || heirs || '。' WHEN verdict = 'to_come' THEN '当时的代码为 ' || before || '。' END,
			CASE WHEN verdict = 'ended' AND heirs IS NOT NULL THEN 'Use ' || heirs || '.' WHEN verdict = 'to_come' THEN 'At that time it was ' || before || '.' END,
			CASE WHEN verdict = 'ended' AND heir IS NOT NULL AND (length(k.code) = 6 OR EXISTS (SELECT FROM check_unit AS u WHERE u.code = heir || substr(k.code, 7))) THEN heir || substr(k.code, 7) END
		FROM check_code AS k JOIN (SELECT s.%[1]s, %[3]s AS code, %[4]s AS lo, %[5]s AS hi %[6]s) AS s ON s.code = k.code AND s.lo = k.lo AND s.hi = k.hi
		WHERE k.verdict <> 'good'`, layers.StagedRow, quoted(f.Name), code, lo, hi, from), args...)
}
