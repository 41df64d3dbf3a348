package read

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"onemap/geo"
	"onemap/layers/fault"
)

// gpkgLayer is a table that gpkg_contents lists.
type gpkgLayer struct {
	table    string
	geometry string // column; empty for attributes alone
	srs      int64
}

const maxGPKGLayers = 10_000

// list reads gpkg_contents: tables with features, and tables without geometry. Tiles are left out.
func (g *gpkg) list() ([]gpkgLayer, error) {
	var all []gpkgLayer
	err := g.query(`SELECT table_name, data_type FROM gpkg_contents`, nil, func(rows *sql.Rows) error {
		var name, kind sql.NullString
		if err := rows.Scan(&name, &kind); err != nil {
			return err
		}
		switch strings.ToLower(kind.String) {
		case "features", "attributes", "aspatial":
			all = append(all, gpkgLayer{table: name.String})
		}
		if len(all) > maxGPKGLayers {
			return fault.New(fault.TooLarge, "%s lists more than %d tables", g.name, maxGPKGLayers)
		}
		return nil
	})
	if err != nil {
		if strings.Contains(err.Error(), "no such table") {
			return nil, fault.New(fault.Unsupported, "%s is an SQLite database, but not a GeoPackage: it has no table gpkg_contents", g.name)
		}
		return nil, err
	}
	place := map[string]int{}
	for i, l := range all {
		place[strings.ToLower(l.table)] = i
	}
	err = g.query(`SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns`, nil, func(rows *sql.Rows) error {
		var name, column sql.NullString
		var srs sql.NullInt64
		if err := rows.Scan(&name, &column, &srs); err != nil {
			return err
		}
		if i, ok := place[strings.ToLower(name.String)]; ok {
			all[i].geometry, all[i].srs = column.String, srs.Int64
		}
		return nil
	})
	if err != nil && !strings.Contains(err.Error(), "no such table") { // files with attributes alone lack it
		return nil, err
	}
	return all, nil
}

// isTable reports whether a name is that of an ordinary table.
func (g *gpkg) isTable(name string) (bool, error) {
	plain := false
	err := g.query(`SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE`, []any{name}, func(rows *sql.Rows) error {
		var kind, text sql.NullString
		err := rows.Scan(&kind, &text)
		if kind.String == "table" {
			plain = !strings.HasPrefix(strings.ToUpper(strings.TrimSpace(text.String)), "CREATE VIRTUAL")
		}
		return err
	})
	return plain, err
}

// rows counts a table's rows for at most two seconds; -1 if that is not enough.
func (g *gpkg) rows(table string) int64 {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	n := int64(-1)
	if err := g.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+quoteSQL(table)).Scan(&n); err != nil {
		return -1
	}
	return n
}

func quoteSQL(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func layersGPKG(p *probe, opts Options) ([]Layer, error) {
	g, err := openGPKGFile(p, opts)
	if err != nil {
		return nil, err
	}
	defer g.close()
	all, err := g.list()
	if err != nil {
		return nil, g.broken(err)
	}
	return g.describe(all), nil
}

func (g *gpkg) describe(all []gpkgLayer) []Layer {
	var layers []Layer
	for _, l := range all {
		d := Layer{Name: l.table, Rows: -1}
		if ok, err := g.isTable(l.table); err != nil || !ok {
			d.Note, d.quiet = "a view or missing, not read", true
		} else {
			d.Rows = g.rows(l.table)
			if l.geometry == "" {
				d.Note = "no geometry"
			}
		}
		layers = append(layers, d)
	}
	return layers
}

// crs finds the coordinate system of an id in gpkg_spatial_ref_sys (clause 1.1.2): by its code, or by its text.
func (g *gpkg) crs(id int64) (geo.CRS, []Problem) {
	var organization, definition sql.NullString
	var code sql.NullInt64
	err := g.query(`SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?`, []any{id}, func(rows *sql.Rows) error {
		return rows.Scan(&organization, &code, &definition)
	})
	switch {
	case err != nil:
		return geo.CRS{}, []Problem{about(CRSUnknown, Error, "坐标系表 gpkg_spatial_ref_sys 无法读取", "the table of coordinate systems, gpkg_spatial_ref_sys, cannot be read")}
	case id == 0 || id == -1 || strings.EqualFold(organization.String, "NONE"):
		return geo.CRS{}, []Problem{about(CRSMissing, Warning, "文件把坐标系写作“未定义”", "the file says that its coordinate system is undefined")}
	}
	if strings.EqualFold(organization.String, "EPSG") {
		if c, err := geo.EPSG(int(code.Int64)); err == nil {
			return c, nil
		}
	}
	c, err := geo.ParsePRJ(definition.String)
	if err != nil {
		name := fmt.Sprintf("%s:%d", organization.String, code.Int64)
		return geo.CRS{}, []Problem{about(CRSUnknown, Error, "坐标系 %[1]s 无法识别：%[2]v", "the coordinate system %[1]s: %[2]v", name, err).of("", clip(definition.String, 200))}
	}
	return c, nil
}
