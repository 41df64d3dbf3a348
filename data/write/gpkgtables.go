package write

import (
	"strings"

	"onemap/geo"
	"onemap/layers"
)

// baseTables are the tables that every GeoPackage with features has, and those of the
// extensions used here: spatial index, schema (clause F.9) and metadata (F.8).
var baseTables = []string{
	`CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)`,
	`CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER, CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))`,
	`CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL, CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name), CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name), CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))`,
	`CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name))`,
	`CREATE TABLE gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name), CONSTRAINT gdc_tn UNIQUE (table_name, name))`,
	`CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT, CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value))`,
	`CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset', md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '')`,
	`CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER, timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL, md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id), CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id))`,
	`INSERT INTO gpkg_spatial_ref_sys VALUES ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'), ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system')`,
}

const geomColumn = "geom"

// step is a statement with its arguments.
type step struct {
	text string
	args []any
}

// describe makes all tables and says what is in them.
func (g *geoPackage) describe() error {
	for _, s := range baseTables {
		if _, err := g.tx.Exec(s); err != nil {
			return err
		}
	}
	for _, steps := range [][]step{g.systems(), g.table(), g.schema(), g.metadata()} {
		for _, s := range steps {
			if _, err := g.tx.Exec(s.text, s.args...); err != nil {
				return err
			}
		}
	}
	return nil
}

// systems lists WGS 84, which every GeoPackage has, and the file's own system.
func (g *geoPackage) systems() []step {
	list := []step{{"INSERT INTO gpkg_spatial_ref_sys VALUES (?, 4326, 'EPSG', 4326, ?, 'longitude/latitude coordinates in decimal degrees on the WGS 84 spheroid')", []any{"WGS 84 geodetic", wktOGC(geo.EPSG4326)}}}
	if g.srs != 4326 && g.srs != 0 {
		list = append(list, step{"INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, 'EPSG', ?, ?, NULL)", []any{g.CRS.Name, g.srs, g.srs, wktOGC(g.CRS)}})
	}
	return list
}

// table makes the features table, its entries and its empty index.
func (g *geoPackage) table() []step {
	v := g.view
	definitions := []string{ident(g.fid) + " INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", ident(geomColumn) + " " + strings.ToUpper(string(v.Geometry))}
	for _, c := range g.columns[1:] {
		definitions = append(definitions, ident(c.Name)+" "+sqlType(c.Type))
	}
	about := v.Description.Zh + " " + v.Description.En
	if g.Shift != "" {
		about = "坐标已偏移为 Positions are shifted to " + string(g.Shift) + ". " + about
	}
	return []step{
		{"CREATE TABLE " + ident(v.ID) + " (" + strings.Join(definitions, ", ") + ")", nil},
		{
			"INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES (?, 'features', ?, ?, ?, ?)",
			[]any{v.ID, v.Title.Zh, about, g.At.UTC().Format("2006-01-02T15:04:05.000Z"), g.srs},
		},
		{"INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, 0, 0)", []any{v.ID, geomColumn, strings.ToUpper(string(v.Geometry)), g.srs}},
		{"CREATE VIRTUAL TABLE " + ident(g.indexName()) + " USING rtree(id, minx, maxx, miny, maxy)", nil},
		{"INSERT INTO gpkg_extensions VALUES (?, ?, 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')", []any{v.ID, geomColumn}},
	}
}

func sqlType(t layers.Type) string {
	switch t {
	case layers.TypeInteger:
		return "INTEGER"
	case layers.TypeNumber:
		return "DOUBLE"
	case layers.TypeBoolean:
		return "BOOLEAN"
	case layers.TypeDate:
		return "DATE"
	case layers.TypeDateTime:
		return "DATETIME"
	}
	return "TEXT"
}

// schema gives columns their titles and code fields their enumeration.
func (g *geoPackage) schema() []step {
	const about = "http://www.geopackage.org/spec121/#extension_schema"
	list := []step{
		{"INSERT INTO gpkg_extensions VALUES ('gpkg_data_columns', NULL, 'gpkg_schema', ?, 'read-write')", []any{about}},
		{"INSERT INTO gpkg_extensions VALUES ('gpkg_data_column_constraints', NULL, 'gpkg_schema', ?, 'read-write')", []any{about}},
	}
	named, enumerated := map[string]bool{}, map[string]bool{}
	for _, c := range g.columns[1:] {
		var name, constraint any
		if !named[c.Title.Zh] { // names are unique within a table
			name, named[c.Title.Zh] = c.Title.Zh, true
		}
		description := c.Description.Zh
		if c.Unit != "" && c.Unit != "1" {
			description = strings.TrimSpace(description + " [" + c.Unit + "]")
		}
		if c.Type == layers.TypeCode {
			constraint = c.List.ID
			if !enumerated[c.List.ID] {
				enumerated[c.List.ID] = true
				for _, item := range c.List.Items {
					list = append(list, step{"INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)", []any{c.List.ID, item.Code, item.Title.Zh}})
				}
			}
		}
		list = append(list, step{"INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)", []any{g.view.ID, c.Name, name, c.Title.Zh + " " + c.Title.En, description, constraint}})
	}
	return list
}

// metadata says where the records come from, how they were chosen and how they are placed.
func (g *geoPackage) metadata() []step {
	const about = "http://www.geopackage.org/spec121/#extension_metadata"
	return []step{
		{"INSERT INTO gpkg_extensions VALUES ('gpkg_metadata', NULL, 'gpkg_metadata', ?, 'read-write')", []any{about}},
		{"INSERT INTO gpkg_extensions VALUES ('gpkg_metadata_reference', NULL, 'gpkg_metadata', ?, 'read-write')", []any{about}},
		{"INSERT INTO gpkg_metadata VALUES (1, 'dataset', 'https://www.rfc-editor.org/rfc/rfc8259', 'application/json', ?)", []any{compact(g.about())}},
		{"INSERT INTO gpkg_metadata_reference (reference_scope, table_name, timestamp, md_file_id) VALUES ('table', ?, ?, 1)", []any{g.view.ID, g.At.UTC().Format("2006-01-02T15:04:05.000Z")}},
	}
}

func (g *geoPackage) indexName() string { return "rtree_" + g.view.ID + "_" + geomColumn }

// triggers keep the index in step with later edits (clause F.3); they are made after the
// rows, whose boxes are in the index already.
func (g *geoPackage) triggers() []string {
	replace := strings.NewReplacer("<t>", strings.ReplaceAll(g.view.ID, `"`, `""`), "<c>", geomColumn, "<i>", g.fid, "<r>", g.indexName())
	list := []string{
		`CREATE TRIGGER "<r>_insert" AFTER INSERT ON "<t>" WHEN (new."<c>" NOT NULL AND NOT ST_IsEmpty(NEW."<c>")) BEGIN INSERT OR REPLACE INTO "<r>" VALUES (NEW."<i>", ST_MinX(NEW."<c>"), ST_MaxX(NEW."<c>"), ST_MinY(NEW."<c>"), ST_MaxY(NEW."<c>")); END`,
		`CREATE TRIGGER "<r>_update1" AFTER UPDATE OF "<c>" ON "<t>" WHEN OLD."<i>" = NEW."<i>" AND (NEW."<c>" NOTNULL AND NOT ST_IsEmpty(NEW."<c>")) BEGIN INSERT OR REPLACE INTO "<r>" VALUES (NEW."<i>", ST_MinX(NEW."<c>"), ST_MaxX(NEW."<c>"), ST_MinY(NEW."<c>"), ST_MaxY(NEW."<c>")); END`,
		`CREATE TRIGGER "<r>_update2" AFTER UPDATE OF "<c>" ON "<t>" WHEN OLD."<i>" = NEW."<i>" AND (NEW."<c>" ISNULL OR ST_IsEmpty(NEW."<c>")) BEGIN DELETE FROM "<r>" WHERE id = OLD."<i>"; END`,
		`CREATE TRIGGER "<r>_update3" AFTER UPDATE ON "<t>" WHEN OLD."<i>" != NEW."<i>" AND (NEW."<c>" NOTNULL AND NOT ST_IsEmpty(NEW."<c>")) BEGIN DELETE FROM "<r>" WHERE id = OLD."<i>"; INSERT OR REPLACE INTO "<r>" VALUES (NEW."<i>", ST_MinX(NEW."<c>"), ST_MaxX(NEW."<c>"), ST_MinY(NEW."<c>"), ST_MaxY(NEW."<c>")); END`,
		`CREATE TRIGGER "<r>_update4" AFTER UPDATE ON "<t>" WHEN OLD."<i>" != NEW."<i>" AND (NEW."<c>" ISNULL OR ST_IsEmpty(NEW."<c>")) BEGIN DELETE FROM "<r>" WHERE id IN (OLD."<i>", NEW."<i>"); END`,
		`CREATE TRIGGER "<r>_delete" AFTER DELETE ON "<t>" WHEN old."<c>" NOT NULL BEGIN DELETE FROM "<r>" WHERE id = OLD."<i>"; END`,
	}
	for i := range list {
		list[i] = replace.Replace(list[i])
	}
	return list
}
