package read

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"modernc.org/sqlite"

	"onemap/geo"
	"onemap/layers/fault"
)

// A GeoPackage (OGC 12-128r19) is an SQLite database with tables that say what is in it.
// The file is opened read-only and immutable, nothing of its own schema is run: no view, trigger or
// generated column. Whatever else a statement would do, an authoriser refuses.
type gpkg struct {
	db   *sql.DB
	conn *sql.Conn
	size int64
	name string
}

func sniffGPKG(p *probe) bool {
	if !strings.HasPrefix(string(p.head), "SQLite format 3\x00") || len(p.head) < 100 {
		return false
	}
	switch string(p.head[68:72]) {
	case "GPKG", "GP10", "GP11":
		return true
	}
	return strings.Contains(string(p.head), "gpkg_contents") || p.ending() == ".gpkg"
}

// sqliteLimits are those of sqlite3_limit that bound what one row or statement may take.
var sqliteLimits = map[int]int{1: 64 << 10 /* SQL text */, 3: 50 /* expression depth */, 7: 0 /* attached */, 10: 0 /* triggers */, 11: 0 /* threads */}

func openGPKGFile(p *probe, opts Options) (g *gpkg, err error) {
	file, err := p.file(".gpkg")
	if err != nil {
		return nil, err
	}
	query := "mode=ro&immutable=1&_pragma=trusted_schema(0)&_pragma=query_only(1)&_pragma=cell_size_check(1)&_pragma=mmap_size(0)&_pragma=temp_store(2)&_dqs=0"
	dsn := (&url.URL{Scheme: "file", Path: file, RawQuery: query}).String()
	connector, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "%s cannot be opened", path.Base(p.main.name))
	}
	g = &gpkg{db: sql.OpenDB(connector), size: p.main.size, name: path.Base(p.main.name)}
	g.db.SetMaxOpenConns(1)
	if g.conn, err = g.db.Conn(context.Background()); err == nil {
		err = g.confine(opts)
	}
	if err != nil {
		g.close()
		return nil, g.broken(err)
	}
	return g, nil
}

// confine sets the limits and the authoriser of the connection.
func (g *gpkg) confine(opts Options) error {
	set := map[int]int{0: int(min(opts.Limits.FeatureBytes, 1<<30)), 2: opts.Limits.Columns + 10}
	for id, v := range sqliteLimits {
		set[id] = v
	}
	for id, v := range set {
		if _, err := sqlite.Limit(g.conn, id, v); err != nil {
			return err
		}
	}
	return g.conn.Raw(func(c any) error {
		return c.(interface {
			RegisterAuthorizer(sqlite.AuthorizerFn) error
		}).RegisterAuthorizer(authorize)
	})
}

func authorize(action sqlite.AuthorizerActionCode, arg1, arg2, _, trigger string) sqlite.AuthorizerReturnCode {
	switch {
	case trigger != "": // from inside a view or trigger
	case action == sqlite.AuthSelect, action == sqlite.AuthRead,
		action == sqlite.AuthFunction && strings.EqualFold(arg2, "count"),
		action == sqlite.AuthPragma && strings.EqualFold(arg1, "table_xinfo"):
		return sqlite.AuthorizerOK
	}
	return sqlite.AuthorizerDeny
}

func (g *gpkg) close() error {
	var err error
	if g.conn != nil {
		err = g.conn.Close()
	}
	return errors.Join(err, g.db.Close())
}

// broken turns an error of the database into one about the file.
func (g *gpkg) broken(err error) error {
	if err == nil || fault.CodeOf(err) != fault.Internal || errors.Is(err, io.EOF) {
		return err
	}
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code()&0xff == 18 { // SQLITE_TOOBIG
		return fault.Wrap(err, fault.TooLarge, "%s has a row that is larger than the limit allows", g.name)
	}
	return fault.Wrap(err, fault.Invalid, "%s is damaged or no GeoPackage", g.name)
}

// query runs a statement and calls each at every row until it returns an error.
func (g *gpkg) query(statement string, args []any, each func(*sql.Rows) error) error {
	rows, err := g.conn.QueryContext(context.Background(), statement, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

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
		return geo.CRS{}, []Problem{about(CRSUnknown, Warning, "文件把坐标系写作“未定义”", "the file says that its coordinate system is undefined")}
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

// clip cuts a text to at most n bytes, at a character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// journal tells of changes that wait in a file beside the database and are not read.
func (p *probe) journal() []Problem {
	for _, ending := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(p.main.path + ending); p.main.path != "" && err == nil && info.Size() > 0 {
			return []Problem{about(PartUnread, Warning, "旁边的 %[1]s 文件中有尚未写入的修改，未读取；请先在原程序中关闭该文件", "changes that wait in the file %[1]s beside it are not read; close it in the program that writes it first", path.Base(p.main.name)+ending)}
		}
	}
	return nil
}
