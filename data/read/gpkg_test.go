package read_test

import (
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	_ "modernc.org/sqlite"

	"onemap/data/read"
)

// gpkgSchema is what every GeoPackage has.
const gpkgSchema = `
PRAGMA application_id = 1196444487;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT, description TEXT);
INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition) VALUES ('u',-1,'NONE',-1,'undefined'),('4490',4490,'EPSG',4490,'?'),('own',100001,'NONE','1','?'),
 ('city',100002,'city',1,'PROJCS["x",GEOGCS["g",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'),
 ('nad',100003,'EPSG',26910,'GEOGCS["NAD83",DATUM["North_American_Datum_1983",SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]');
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER, description TEXT, last_change DATETIME, min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT);
`

// geopackage writes a file with a table of features, roads, and what more a test wants.
func geopackage(t testing.TB, statements ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.gpkg")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range append([]string{gpkgSchema}, statements...) {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return file
}

const roadsTable = `CREATE TABLE roads (fid INTEGER PRIMARY KEY, geom LINESTRING, "名 称" TEXT, lanes MEDIUMINT, width DOUBLE, open BOOLEAN, built DATE, seen DATETIME, photo BLOB);
INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('roads','features','r',4490);
INSERT INTO gpkg_geometry_columns VALUES ('roads','geom','LINESTRING',4490,0,0);`

// gp is a geometry with GeoPackage's header, little-endian, as an SQL literal.
func gp(srs int32, wkb []byte) string {
	b := append([]byte{'G', 'P', 0, 1}, binary.LittleEndian.AppendUint32(nil, uint32(srs))...)
	return "x'" + hex.EncodeToString(append(b, wkb...)) + "'"
}

// wkbOf writes a kind, then counts and ordinates as they come.
func wkbOf(kind uint32, parts ...any) []byte {
	b := binary.LittleEndian.AppendUint32([]byte{1}, kind)
	for _, p := range parts {
		switch p := p.(type) {
		case int:
			b = binary.LittleEndian.AppendUint32(b, uint32(p))
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p))
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

func TestGeoPackage(t *testing.T) {
	line := gp(4490, wkbOf(2, 2, 121.0, 32.0, 121.5, 32.25))
	file := geopackage(t, roadsTable,
		`INSERT INTO roads VALUES (7,`+line+`,'通沪大道',4,12.5,1,'2024-02-29','2024-02-29T08:30:00.5Z',NULL),
		(9,NULL,NULL,NULL,NULL,NULL,NULL,NULL,x'00'), (11,`+gp(4326, wkbOf(1002, 2, 1.0, 2.0, 9.0, 3.0, 4.0, 9.0))+`,'x','four',1e999,2,'2024-02-30','soon',NULL)`)
	c := readAll(t, file, read.Options{})
	if diff := cmp.Diff([]string{"fid", "名 称", "lanes", "width", "open", "built", "seen", "photo"}, c.columns); diff != "" {
		t.Error(diff)
	}
	if c.format != "GeoPackage" || c.crs != "EPSG:4490" || c.encoding != "UTF-8" || len(c.rows) != 3 {
		t.Fatalf("%s %s %s, %d rows", c.format, c.crs, c.encoding, len(c.rows))
	}
	want := [][]any{
		{int64(7), "通沪大道", int64(4), 12.5, true, date(2024, 2, 29), date(2024, 2, 29).Add(8*3600e9 + 1800e9 + 5e8), nil},
		{int64(9), nil, nil, nil, nil, nil, nil, nil},
		{int64(11), "x", "four", nil, int64(2), "2024-02-30", "soon", nil},
	}
	for i, row := range c.rows {
		if diff := cmp.Diff(want[i], anys(row.Values)); diff != "" {
			t.Errorf("row %d: %s", i+1, diff)
		}
	}
	if diff := cmp.Diff(orb.Geometry(orb.LineString{{121, 32}, {121.5, 32.25}}), c.rows[0].Geometry); diff != "" || c.rows[1].Geometry != nil {
		t.Error(diff, c.rows[1].Geometry)
	}
	if diff := cmp.Diff([]read.Rule{read.BadNumber, read.BadDate, read.BadDate}, rules(c.rows[2].Problems)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]read.Rule{read.ColumnUnread, read.HeightDropped, read.CRSUnknown}, rules(c.problems)); diff != "" {
		t.Error(diff)
	}
}

func TestGeoPackageGeometries(t *testing.T) {
	ring := []any{4, 0.0, 0.0, 4.0, 0.0, 4.0, 4.0, 0.0, 0.0}
	point := wkbOf(1, 1.0, 2.0)
	nested := point
	for range 20 {
		nested = wkbOf(7, 1, nested)
	}
	tests := map[string]struct {
		wkb   []byte
		kind  string
		rules []read.Rule
	}{
		"point":              {point, "Point", nil},
		"empty point":        {wkbOf(1, math.NaN(), math.NaN()), "", []read.Rule{read.EmptyGeometry}},
		"infinite point":     {wkbOf(1, math.Inf(1), 1.0), "", []read.Rule{read.BadGeometry}},
		"point with ZM":      {wkbOf(3001, 1.0, 2.0, 3.0, 4.0), "Point", nil},
		"point as EWKB":      {wkbOf(0xa0000001, 4490, 1.0, 2.0, 3.0), "Point", nil},
		"points":             {wkbOf(4, 2, point, point), "MultiPoint", nil},
		"points with line":   {wkbOf(4, 1, wkbOf(2, 2, 0.0, 0.0, 1.0, 1.0)), "", []read.Rule{read.BadGeometry}},
		"polygon":            {wkbOf(3, append([]any{1}, ring...)...), "Polygon", nil},
		"open ring":          {wkbOf(3, 1, 3, 0.0, 0.0, 4.0, 0.0, 4.0, 4.0), "Polygon", []read.Rule{read.RingClosed}},
		"polygons":           {wkbOf(6, 1, wkbOf(3, append([]any{1}, ring...)...)), "MultiPolygon", nil},
		"collection":         {wkbOf(7, 2, point, wkbOf(2, 2, 0.0, 0.0, 1.0, 1.0)), "GeometryCollection", nil},
		"nested too deep":    {nested, "", []read.Rule{read.BadGeometry}},
		"line of one point":  {wkbOf(2, 1, 0.0, 0.0), "", []read.Rule{read.PartDropped, read.EmptyGeometry}},
		"cut off":            {point[:15], "", []read.Rule{read.BadGeometry}},
		"bytes after":        {append(point[:21:21], 0), "", []read.Rule{read.BadGeometry}},
		"counts of billions": {wkbOf(2, -1), "", []read.Rule{read.BadGeometry}},
		"unknown kind":       {wkbOf(99, 0), "", []read.Rule{read.BadGeometry}},
		"triangle":           {wkbOf(17, append([]any{1}, ring...)...), "Polygon", nil},
		"arc":                {wkbOf(8, 3, 0.0, 0.0, 1.0, 1.0, 2.0, 0.0), "LineString", nil},
		"curve polygon":      {wkbOf(10, 1, wkbOf(9, 2, wkbOf(8, 3, 0.0, 0.0, 1.0, 1.0, 2.0, 0.0), wkbOf(2, 2, 2.0, 0.0, 0.0, 0.0))), "Polygon", nil},
		"surfaces":           {wkbOf(12, 1, wkbOf(10, 1, wkbOf(8, 3, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0))), "MultiPolygon", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := readAll(t, geopackage(t, roadsTable, `INSERT INTO roads (geom) VALUES (`+gp(4490, tt.wkb)+`)`), read.Options{})
			kind := ""
			if g := c.rows[0].Geometry; g != nil {
				kind = g.GeoJSONType()
				checkGeometry(t, g)
			}
			if diff := cmp.Diff(tt.rules, rules(c.rows[0].Problems)); kind != tt.kind || diff != "" {
				t.Errorf("%q %s", kind, diff)
			}
			if curved := strings.Contains(name, "arc") || strings.Contains(name, "curve") || name == "surfaces"; curved != (len(c.problems) == 1 && c.problems[0].Rule == read.CurveLinearised) && kind != "" && !strings.Contains(name, "Z") && !strings.Contains(name, "EWKB") {
				t.Errorf("problems are %v", c.problems)
			}
		})
	}
}

func TestGeoPackageArcsLieOnTheirCircle(t *testing.T) {
	for name, control := range map[string][]any{
		"upper half": {3, 0.0, 0.0, 1.0, 1.0, 2.0, 0.0}, "lower half": {3, 0.0, 0.0, 1.0, -1.0, 2.0, 0.0},
		"most of it": {3, 1.0, 1.0, 1.0, -1.0, 0.0, 0.0}, "whole": {3, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0},
	} {
		c := readAll(t, geopackage(t, roadsTable, `INSERT INTO roads (geom) VALUES (`+gp(4490, wkbOf(8, control...))+`)`), read.Options{})
		line := c.rows[0].Geometry.(orb.LineString)
		if len(line) < 45 {
			t.Errorf("%s: %d points", name, len(line))
		}
		for _, p := range line {
			if math.Abs(math.Hypot(p[0]-1, p[1])-1) > 1e-12 {
				t.Fatalf("%s: %v is off the circle", name, p)
			}
		}
	}
}

func TestGeoPackageLayers(t *testing.T) {
	file := geopackage(t, roadsTable, strings.ReplaceAll(roadsTable, "roads", "bridges"), `INSERT INTO roads (fid) VALUES (1),(2);
		CREATE TABLE "人""员" (a); INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('人"员','attributes','p',0), ('pictures','tiles','t',0);`)
	layers, err := read.Layers(file, read.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, l := range layers {
		names = append(names, l.String())
	}
	if diff := cmp.Diff([]string{"roads (2 rows)", "bridges (0 rows)", `人"员 (0 rows, no geometry)`}, names); diff != "" {
		t.Error(diff)
	}
	fails(t, file, read.Options{}, `3 layers; name the one to read: roads (2 rows), bridges (0 rows)`)
	fails(t, file, read.Options{Layer: "rails"}, `no layer "rails"`)
	if c := readAll(t, file, read.Options{Layer: `人"员`}); len(c.rows) != 0 || c.crs != "" {
		t.Error(c)
	}
}

func TestGeoPackageSystems(t *testing.T) {
	for srs, want := range map[string]string{"4490": "EPSG:4490", "100002": "EPSG:4549", "-1": "", "100001": "", "100003": "", "77": ""} {
		c := readAll(t, geopackage(t, strings.ReplaceAll(roadsTable, "4490", srs)), read.Options{})
		if c.crs != want || (want == "") != (len(c.problems) == 1 && (c.problems[0].Rule == read.CRSUnknown || c.problems[0].Rule == read.CRSMissing)) {
			t.Errorf("%s: %q %v", srs, c.crs, c.problems)
		}
	}
}

func TestGeoPackageHostile(t *testing.T) {
	good, err := os.ReadFile(geopackage(t, roadsTable))
	if err != nil {
		t.Fatal(err)
	}
	endless := `CREATE VIEW roads AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i AS fid, NULL AS geom FROM n;
		INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('roads','features','r',4490); INSERT INTO gpkg_geometry_columns VALUES ('roads','geom','POINT',4490,0,0);`
	tests := map[string]struct {
		path string
		opts read.Options
		want string
	}{
		"an endless view":      {geopackage(t, endless), read.Options{Layer: "roads"}, "is a view or is missing"},
		"contents as a view":   {geopackage(t, `DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS SELECT 'roads' AS table_name, 'features' AS data_type`, `CREATE TABLE roads (a)`), read.Options{}, "is damaged or no GeoPackage"},
		"a table not there":    {geopackage(t, `INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('x','features','x',0)`), read.Options{Layer: "x"}, "is a view or is missing"},
		"no tables":            {geopackage(t), read.Options{}, "no tables of features"},
		"no geometry column":   {geopackage(t, roadsTable, `UPDATE gpkg_geometry_columns SET column_name = 'shape'`), read.Options{}, `no column "shape"`},
		"a huge value":         {geopackage(t, roadsTable, `INSERT INTO roads (photo) VALUES (zeroblob(2000000))`), read.Options{Limits: read.Limits{FeatureBytes: 1 << 20}}, "larger than the limit"},
		"too many columns":     {geopackage(t, roadsTable), read.Options{Limits: read.Limits{Columns: 3}}, "8 columns; at most 3"},
		"too many rows":        {geopackage(t, roadsTable, `INSERT INTO roads (fid) VALUES (1),(2),(3)`), read.Options{Limits: read.Limits{Rows: 2}}, "row 3 is one too many"},
		"another database":     {geopackage(t, `DROP TABLE gpkg_contents`), read.Options{}, "not a GeoPackage"},
		"cut off":              {written(t, "b.gpkg", good[:len(good)/2]), read.Options{}, "b.gpkg is damaged"},
		"a header and no more": {written(t, "b.gpkg", good[:150]), read.Options{}, "b.gpkg is damaged"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { fails(t, tt.path, tt.opts, tt.want) })
	}
	c := readAll(t, geopackage(t, `CREATE TABLE roads (fid INTEGER PRIMARY KEY, n TEXT, big TEXT GENERATED ALWAYS AS (hex(zeroblob(10))) VIRTUAL);
		INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('roads','attributes','r',0); INSERT INTO roads (n) VALUES ('x')`), read.Options{})
	if diff := cmp.Diff([]read.Rule{read.ColumnUnread}, rules(c.problems)); diff != "" || len(c.rows) != 1 || len(c.columns) != 2 {
		t.Error(diff, c.columns)
	}
}

// A database that is open in another program has its newest rows in a journal beside it.
func TestGeoPackageWithJournal(t *testing.T) {
	file := geopackage(t, `PRAGMA journal_mode = WAL`, roadsTable, `INSERT INTO roads (fid) VALUES (1)`)
	if c := readAll(t, file, read.Options{}); len(c.rows) != 1 || len(c.problems) != 0 {
		t.Errorf("%d rows, %v", len(c.rows), c.problems)
	}
	if err := os.WriteFile(file+"-wal", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := readAll(t, file, read.Options{}); len(c.problems) != 1 || c.problems[0].Rule != read.PartUnread {
		t.Error(c.problems)
	}
}

func FuzzGeoPackage(f *testing.F) {
	b, err := os.ReadFile(geopackage(f, `PRAGMA page_size = 512`, `VACUUM`, roadsTable, `INSERT INTO roads (geom) VALUES (`+gp(4490, wkbOf(1, 1.0, 2.0))+`)`))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b, 300, byte(7))
	f.Fuzz(func(t *testing.T, b []byte, at int, c byte) {
		b = append([]byte(nil), b...)
		if at >= 0 && at < len(b) {
			b[at] ^= c
		}
		drain(t, put(t, t.TempDir(), "a.gpkg", b))
	})
}
