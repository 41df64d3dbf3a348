package write

import (
	"context"
	"database/sql"
	"encoding/binary"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/paulmach/orb"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"onemap/layers"
	"onemap/layers/fault"
)

// geoPackage writes a GeoPackage 1.3 (OGC 12-128r17): one features table with its spatial
// index, titles of the columns and the code lists as enumerations, and metadata. SQLite
// wants a file of its own, which Close copies to where it belongs.
type geoPackage struct {
	*job
	path   string
	db     *sql.DB
	tx     *sql.Tx
	insert *sql.Stmt
	index  *sql.Stmt
	fid    string
	srs    int32
	box    orb.Bound
	placed bool
	args   []any
	blob   []byte
}

func newGeoPackage(j *job) (Writer, error) {
	f, err := j.temp("gpkg")
	if err != nil {
		return nil, err
	}
	g := &geoPackage{job: j, path: f.Name(), fid: "fid", srs: int32(code(j.CRS))}
	if j.Shift != "" {
		g.srs = 0 // undefined geographic: nothing may take GCJ-02 for WGS 84
	}
	for j.view.Field(g.fid) != nil {
		g.fid = "ogc_" + g.fid
	}
	if g.db, err = sql.Open("sqlite", g.path); err != nil {
		return nil, broken(err)
	}
	g.db.SetMaxOpenConns(1)
	if err := g.begin(); err != nil {
		g.Discard()
		return nil, broken(err)
	}
	return g, nil
}

func broken(err error) error {
	return fault.Wrap(err, fault.Unavailable, "The GeoPackage can't be written")
}

// begin makes the tables and prepares the statements.
func (g *geoPackage) begin() error {
	for _, s := range []string{
		"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA locking_mode = EXCLUSIVE",
		"PRAGMA application_id = 1196444487", // GPKG
		"PRAGMA user_version = 10300",
	} {
		if _, err := g.db.Exec(s); err != nil {
			return err
		}
	}
	var err error
	if g.tx, err = g.db.BeginTx(context.Background(), nil); err != nil {
		return err
	}
	if err := g.describe(); err != nil {
		return err
	}
	marks := strings.Repeat(", ?", len(g.columns))
	if g.insert, err = g.tx.Prepare("INSERT INTO " + ident(g.view.ID) + " VALUES (?" + marks + ")"); err != nil {
		return err
	}
	g.index, err = g.tx.Prepare("INSERT INTO " + ident(g.indexName()) + " VALUES (?, ?, ?, ?, ?)")
	return err
}

// Add inserts a row and its place in the index.
func (g *geoPackage) Add(it layers.Item) error {
	wkb, err := g.wkb(it)
	if err != nil {
		return err
	}
	g.args = append(g.args[:0], it.ID)
	var box orb.Bound
	inside := false
	if wkb == nil {
		g.args = append(g.args, nil)
	} else {
		if box, inside, err = bounds(wkb); err != nil {
			return err
		}
		g.blob = g.header(g.blob[:0], box, inside)
		g.blob = append(g.blob, wkb...)
		g.args = append(g.args, g.blob)
	}
	for _, c := range g.columns[1:] {
		g.args = append(g.args, value(c, it))
	}
	if _, err := g.insert.Exec(g.args...); err != nil {
		return broken(err)
	}
	if !inside {
		return nil
	}
	if g.box = g.box.Union(box); !g.placed {
		g.box, g.placed = box, true
	}
	// The index holds single precision, rounded outwards by SQLite itself.
	_, err = g.index.Exec(it.ID, box.Min[0], box.Max[0], box.Min[1], box.Max[1])
	return broken(err)
}

// value is a cell as GeoPackage has it: days and times as ISO 8601 text, times to the
// millisecond, lists as text.
func value(c column, it layers.Item) any {
	switch v := c.cell(it).(type) {
	case time.Time:
		if c.Type == layers.TypeDate {
			return v.Format(time.DateOnly)
		}
		return v.UTC().Format("2006-01-02T15:04:05.000Z")
	case []string, map[string]float64:
		s, _ := text(c.Field, v, false)
		return s
	default:
		return v
	}
}

// header appends the header of a geometry (clause 2.1.3): little-endian, with the box for
// anything but points.
func (g *geoPackage) header(dst []byte, box orb.Bound, inside bool) []byte {
	flags := byte(1)
	extended := inside && box.Min != box.Max
	switch {
	case !inside:
		flags |= 1 << 4 // empty
	case extended:
		flags |= 1 << 1
	}
	dst = append(dst, 'G', 'P', 0, flags)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(g.srs))
	if extended {
		for _, x := range [4]float64{box.Min[0], box.Max[0], box.Min[1], box.Max[1]} {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(x))
		}
	}
	return dst
}

// Close finishes the file and copies it out.
func (g *geoPackage) Close() error {
	defer g.Discard()
	if err := g.finish(); err != nil {
		return broken(err)
	}
	f, err := os.Open(g.path)
	if err != nil {
		return unreadable(err)
	}
	defer f.Close()
	_, err = io.Copy(g.w, f)
	return unwritable(err)
}

func (g *geoPackage) finish() error {
	if g.placed {
		_, err := g.tx.Exec("UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?", g.box.Min[0], g.box.Min[1], g.box.Max[0], g.box.Max[1])
		if err != nil {
			return err
		}
	}
	for _, s := range g.triggers() {
		if _, err := g.tx.Exec(s); err != nil {
			return err
		}
	}
	if err := g.tx.Commit(); err != nil {
		return err
	}
	err := g.db.Close()
	g.db = nil
	return err
}

// Discard closes the database and removes it.
func (g *geoPackage) Discard() {
	if g.db != nil {
		if g.tx != nil {
			_ = g.tx.Rollback()
		}
		g.db.Close()
		g.db = nil
	}
	g.job.Discard()
}

func ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
