package read

import (
	"bytes"
	"io/fs"
	"os"

	"onemap/layers/fault"
)

// strangers are kinds of file that people send and that are not read, with what to do about them.
var strangers = []struct{ magic, advice string }{
	{"Rar!", "is a RAR archive; unpack it, or pack it as ZIP"},
	{"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it, or pack it as ZIP"},
	{"\x1f\x8b", "is a gzip archive; unpack it, or pack it as ZIP"},
	{"%PDF-", "is a PDF; ask for the table or the layer it was made from"},
	{"AC10", "is a DWG drawing; save it as DXF"},
	{"II*\x00", "is a TIFF image; grids are not read"},
	{"MM\x00*", "is a TIFF image; grids are not read"},
	{"\x89PNG", "is an image"},
	{"\xff\xd8\xff", "is an image"},
	{"SQLite format 3\x00", "is an SQLite database, but not a GeoPackage"},
	{"\x00\x01\x00\x00Standard ", "is an Access database (a personal geodatabase); export it as file geodatabase or shapefile"},
	{"PAR1", "is a Parquet file, which is not read"},
	{"fgb\x03", "is a FlatGeobuf, which is not read"},
	{"PMTiles", "is an archive of map tiles, which hold no records; ask for the layer they were made from"},
	{"66666 ", "is a best track file of tropical cyclones (CMA), which is no table of records"},
}

const osmAdvice = "is an OpenStreetMap file; take what is needed of it out as GeoPackage, such as: ogr2ogr -f GPKG out.gpkg in.osm.pbf"

const readFormats = "GeoJSON (also line by line), shapefile, GeoPackage, file geodatabase, KML or KMZ, GPX, XLSX, XLS, ODS, CSV, MapInfo or DXF, or a folder or zip archive of these"

// notRead is the error for what holds nothing that is read.
func notRead(path string, info fs.FileInfo) error {
	what := "the file is"
	if info.IsDir() {
		what = "what is in the folder is"
	}
	if f, err := os.Open(path); err == nil && !info.IsDir() {
		head := make([]byte, 512)
		n, _ := f.Read(head)
		f.Close()
		if isZip(head[:n]) {
			what = "what is in the archive is"
		}
		if h := head[:n]; n > 15 && bytes.HasPrefix(h[6:], []byte("OSMHeader")) || bytes.HasPrefix(h, []byte("<")) && bytes.Contains(h, []byte("<osm ")) {
			return fault.New(fault.Unsupported, "%s %s", info.Name(), osmAdvice)
		}
		for _, s := range strangers {
			if bytes.HasPrefix(head[:n], []byte(s.magic)) {
				return fault.New(fault.Unsupported, "%s %s", info.Name(), s.advice)
			}
		}
	}
	return fault.New(fault.Unsupported, "%s none of the formats that are read: %s", what, readFormats)
}
