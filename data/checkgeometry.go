package data

import (
	"context"
	"fmt"

	"onemap/layers"
)

// validity (G3) has PostGIS look at the geometries that the checker of rows has doubts
// about. The repair is offered with the areas before and after.
func (c *checking) validity(ctx context.Context) error {
	dimension := c.layer.Geometry.Dimension()
	err := c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, row, value, place, zh, en, hint_zh, hint_en, repair)
		SELECT 'G3', row, reason, location, '几何无效：' || coalesce(zh, reason), 'The geometry is not valid: ' || reason,
			CASE WHEN mended THEN '修复后' || CASE WHEN $1::int = 2 THEN format('面积 %%s → %%s 平方米，', before, after) ELSE '' END || CASE WHEN kept THEN '类型不变。' ELSE '类型变为 ' || kind || '。' END ELSE '不能自动修复，请在所示位置重画。' END,
			CASE WHEN mended THEN 'A repair ' || CASE WHEN $1::int = 2 THEN format('has %%s m² where there were %%s, and ', after, before) ELSE '' END || CASE WHEN kept THEN 'keeps the kind.' ELSE 'becomes a ' || kind || '.' END ELSE 'It can''t be repaired; draw it anew at the place shown.' END,
			CASE WHEN mended AND ST_NPoints(repair) <= 500 THEN ST_AsText(repair, 8) END
		FROM (SELECT *, NOT ST_IsEmpty(repair) AS mended, round(ST_Area(geom::geography)::numeric, 1) AS before, round(ST_Area(repair::geography)::numeric, 1) AS after,
				GeometryType(repair) AS kind, GeometryType(repair) = GeometryType(geom) OR ST_NumGeometries(repair) = 1 AS kept
			FROM (SELECT s.%s AS row, s.geom, (v).reason, (v).location, ST_CollectionExtract(ST_MakeValid(s.geom), $1::int + 1) AS repair,
					CASE split_part((v).reason, '[', 1) WHEN 'Self-intersection' THEN '自相交' WHEN 'Ring Self-intersection' THEN '环自相交' WHEN 'Hole lies outside shell' THEN '内环在外环之外'
						WHEN 'Holes are nested' THEN '内环嵌套' WHEN 'Nested shells' THEN '面嵌套' WHEN 'Interior is disconnected' THEN '内部不连通' WHEN 'Duplicate Rings' THEN '环重复' WHEN 'Too few points in geometry component' THEN '点数不足' END AS zh
				FROM (SELECT *, ST_IsValidDetail(geom) AS v FROM %s WHERE %s & %d <> 0 AND geom IS NOT NULL OFFSET 0) AS s WHERE NOT (v).valid) AS bad) AS told`,
		layers.StagedRow, c.table, layers.StagedFlags, layers.FlagDoubtful), dimension)
	if err != nil {
		return err
	}
	return c.exec(ctx, "INSERT INTO check_invalid SELECT row FROM check_hit ON CONFLICT DO NOTHING")
}

// decimals (C4) finds points that have so few decimals of a degree that they can't be
// meant: three or fewer are some hundred metres. Where most of a file has four, it is
// said once, and the few with three are chance.
func (c *checking) decimals(ctx context.Context) error {
	if c.layer.Geometry != layers.Point {
		return nil
	}
	few := func(digits string) string {
		at := func(x string) string {
			return fmt.Sprintf("abs(%s * %s - round(%s * %s)) < 1e-6", x, digits, x, digits)
		}
		return "(" + at("ST_X(geom)") + " AND " + at("ST_Y(geom)") + ")"
	}
	var placed, four, three int64
	if err := c.tx.QueryRow(ctx, fmt.Sprintf("SELECT count(*), count(*) FILTER (WHERE %s), count(*) FILTER (WHERE %s) FROM %s WHERE geom IS NOT NULL", few("10000"), few("1000"), c.table)).Scan(&placed, &four, &three); err != nil {
		return err
	}
	if placed >= 10 && 2*four >= placed && 2*three < placed {
		return c.exec(ctx, `INSERT INTO check_hit (rule, row, value, zh, en) VALUES ('C4', 0, $1, $2, $3)`, fmt.Sprint(four),
			fmt.Sprintf("%d 个点的坐标只有四位小数，误差可达 6 米", four), fmt.Sprintf("%d positions have four decimals only; they may be 6 m off", four))
	}
	return c.exec(ctx, fmt.Sprintf(`INSERT INTO check_hit (rule, row, value, zh, en)
		SELECT 'C4', %s, ST_X(geom) || ', ' || ST_Y(geom), '坐标只有三位或更少小数，误差可达 60 米以上', 'The position has three decimals or fewer; it may be 60 m off or more'
		FROM %s WHERE geom IS NOT NULL AND %s`, layers.StagedRow, c.table, few("1000")))
}
