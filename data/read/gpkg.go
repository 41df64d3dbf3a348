package read

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"strings"

	"modernc.org/sqlite"

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
