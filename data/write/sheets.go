package write

import (
	"database/sql"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"onemap/geo"
	"onemap/layers/fault"
)

// Sheet is a table of a GeoPackage that is no layer: rows of plain values, each with a place
// or none.
type Sheet struct {
	Name    string // within the file
	Title   string
	Columns []SheetColumn
	Rows    func(yield func(orb.Geometry, []any) error) error // values: nil, bool, int, int64, float64, string or time.Time
}

// SheetColumn is a column of a Sheet.
type SheetColumn struct{ Name, Title string }

// Sheets writes tables as one GeoPackage in EPSG:4490, longitude first, with about as its
// metadata (JSON). temp is the folder for the file in the making; empty: the system's. The
// error is Unavailable when it can't be written.
func Sheets(w io.Writer, sheets []Sheet, about, temp string) error {
	folder, err := os.MkdirTemp(temp, "onemap-*")
	if err != nil {
		return unwritable(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "sheets.gpkg")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return broken(err)
	}
	db.SetMaxOpenConns(1)
	err = fillSheets(db, sheets, about)
	if e := db.Close(); err == nil {
		err = e
	}
	if err != nil {
		return broken(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return unreadable(err)
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return unwritable(err)
}

func fillSheets(db *sql.DB, sheets []Sheet, about string) error {
	for _, s := range []string{"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA application_id = 1196444487", "PRAGMA user_version = 10300"} {
		if _, err := db.Exec(s); err != nil {
			return err
		}
	}
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after the commit
	for _, s := range baseTables {
		if _, err := tx.Exec(s); err != nil {
			return err
		}
	}
	for code, c := range map[int]geo.CRS{4326: geo.EPSG4326, 4490: geo.EPSG4490} {
		if _, err := tx.Exec("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)", c.Name, code, code, wktOGC(c)); err != nil {
			return err
		}
	}
	now := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	for _, s := range []step{
		{"INSERT INTO gpkg_metadata (id, md_scope, md_standard_uri, mime_type, metadata) VALUES (1, 'dataset', 'https://www.json.org/', 'application/json', ?)", []any{about}},
		{"INSERT INTO gpkg_metadata_reference (reference_scope, timestamp, md_file_id) VALUES ('geopackage', ?, 1)", []any{now}},
	} {
		if _, err := tx.Exec(s.text, s.args...); err != nil {
			return err
		}
	}
	for _, extension := range []string{"gpkg_metadata", "gpkg_metadata_reference"} {
		if _, err := tx.Exec("INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', 'http://www.geopackage.org/spec130/#extension_metadata', 'read-write')", extension); err != nil {
			return err
		}
	}
	for _, s := range sheets {
		if err := fillSheet(tx, s, now); err != nil {
			return err
		}
	}
	return tx.Commit()
}

func fillSheet(tx *sql.Tx, s Sheet, now string) error {
	// SQLite takes a column's type as a wish only, and rows of answers mix numbers and texts.
	names, marks := []string{`"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL`, ident(geomColumn) + " GEOMETRY"}, ""
	seen := map[string]bool{"fid": true, geomColumn: true}
	kinds, err := sheetTypes(s)
	if err != nil {
		return err
	}
	for i, c := range s.Columns {
		name := c.Name
		for seen[strings.ToLower(name)] {
			name += "_"
		}
		seen[strings.ToLower(name)] = true
		names, marks = append(names, ident(name)+" "+kinds[i]), marks+", ?"
	}
	if _, err := tx.Exec("CREATE TABLE " + ident(s.Name) + " (" + strings.Join(names, ", ") + ")"); err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES (?, 'features', ?, ?, ?, 4490)", s.Name, s.Name, s.Title, now); err != nil {
		return err
	}
	if _, err := tx.Exec("INSERT INTO gpkg_geometry_columns VALUES (?, ?, 'GEOMETRY', 4490, 0, 0)", s.Name, geomColumn); err != nil {
		return err
	}
	insert, err := tx.Prepare("INSERT INTO " + ident(s.Name) + " VALUES (NULL, ?" + marks + ")")
	if err != nil {
		return err
	}
	defer insert.Close()
	var whole orb.Bound
	placed := false
	err = s.Rows(func(g orb.Geometry, values []any) error {
		args := make([]any, 1, len(values)+1)
		if g != nil {
			blob, err := wkb.Marshal(g, binary.LittleEndian)
			if err != nil {
				return fault.Wrap(err, fault.Internal, "a geometry")
			}
			args[0] = append([]byte{'G', 'P', 0, 1, 0x8a, 0x11, 0, 0}, blob...) // little-endian, no box, 4490
			if b := g.Bound(); !placed {
				whole, placed = b, true
			} else {
				whole = whole.Union(b)
			}
		}
		for _, v := range values {
			switch x := v.(type) {
			case time.Time:
				v = x.UTC().Format("2006-01-02T15:04:05.000Z")
			case float64:
				if math.IsNaN(x) {
					v = nil
				}
			}
			args = append(args, v)
		}
		_, err := insert.Exec(args...)
		return err
	})
	if err != nil || !placed {
		return err
	}
	_, err = tx.Exec("UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ? WHERE table_name = ?", whole.Min[0], whole.Min[1], whole.Max[0], whole.Max[1], s.Name)
	return err
}

// sheetTypes finds the type of each column from its values; a mixed one is of texts.
func sheetTypes(s Sheet) ([]string, error) {
	kinds := make([]string, len(s.Columns))
	err := s.Rows(func(_ orb.Geometry, values []any) error {
		for i, v := range values {
			kind := "TEXT"
			switch v.(type) {
			case nil:
				continue
			case bool:
				kind = "BOOLEAN"
			case int, int64:
				kind = "INTEGER"
			case float64:
				kind = "REAL"
			case time.Time:
				kind = "DATETIME"
			}
			switch known := kinds[i]; {
			case known == "" || known == kind:
				kinds[i] = kind
			case known == "INTEGER" && kind == "REAL" || known == "REAL" && kind == "INTEGER":
				kinds[i] = "REAL"
			default:
				kinds[i] = "TEXT"
			}
		}
		return nil
	})
	for i := range kinds {
		if kinds[i] == "" {
			kinds[i] = "TEXT"
		}
	}
	return kinds, err
}
