package write

import (
	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

func formats() []*Format {
	return []*Format{
		{
			ID: "xlsx", Extension: ".xlsx", Packed: true, system: geo.EPSG4490, allows: stored, create: newWorkbook,
			MediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			Title:     layers.Text{Zh: "Excel 填报表", En: "Excel workbook"},
		},
		{
			ID: "csv", Extension: ".csv", MediaType: "text/csv", Direct: true, char: true, system: geo.EPSG4490, create: newCSV,
			Title: layers.Text{Zh: "CSV 表格", En: "CSV table"},
		},
		{
			ID: "gpkg", Aliases: []string{"geopackage"}, Extension: ".gpkg", MediaType: "application/geopackage+sqlite3", system: geo.EPSG4490, create: newGeoPackage,
			Title: layers.Text{Zh: "GeoPackage", En: "GeoPackage"},
		},
		{
			ID: "shp", Aliases: []string{"shapefile"}, Extension: ".zip", MediaType: "application/zip", Packed: true, char: true, system: geo.EPSG4490, create: newShapefile,
			Title: layers.Text{Zh: "Shapefile（zip）", En: "Shapefile (zip)"},
		},
		{
			ID: "geojson", Extension: ".geojson", MediaType: "application/geo+json", Direct: true, system: geo.CRS84, create: newGeoJSON,
			Title: layers.Text{Zh: "GeoJSON", En: "GeoJSON"},
		},
		{
			ID: "geojsonseq", Aliases: []string{"geojsons", "json-seq"}, Extension: ".geojsons", MediaType: "application/geo+json-seq", Direct: true, system: geo.CRS84, allows: degrees, create: newSequence,
			Title: layers.Text{Zh: "GeoJSON 序列", En: "GeoJSON text sequence"},
		},
		{
			ID: "geojsonl", Aliases: []string{"ndjson"}, Extension: ".geojsonl", MediaType: "application/x-ndjson", Direct: true, system: geo.CRS84, allows: degrees, create: newLines,
			Title: layers.Text{Zh: "GeoJSON 逐行", En: "GeoJSON by lines"},
		},
		{
			ID: "kml", Extension: ".kml", MediaType: "application/vnd.google-earth.kml+xml", Direct: true, system: geo.CRS84, allows: degrees, create: newKML,
			Title: layers.Text{Zh: "KML", En: "KML"},
		},
		{
			ID: "kmz", Extension: ".kmz", MediaType: "application/vnd.google-earth.kmz", Direct: true, Packed: true, system: geo.CRS84, allows: degrees, create: newKMZ,
			Title: layers.Text{Zh: "KMZ", En: "KMZ"},
		},
		{
			ID: "parquet", Aliases: []string{"geoparquet"}, Extension: ".parquet", MediaType: "application/vnd.apache.parquet", Direct: true, Packed: true, system: geo.EPSG4490, create: newParquet,
			Title: layers.Text{Zh: "GeoParquet", En: "GeoParquet"},
		},
	}
}

// degrees refuses systems in metres for formats that can't name one.
func degrees(c geo.CRS) *fault.Error {
	if c.Projected() {
		return fault.In("crs", "This format has longitude and latitude only, not %s.", c)
	}
	return nil
}

// stored refuses systems in metres for the workbook, whose guide promises degrees and
// whose positions are to come back as they were.
func stored(c geo.CRS) *fault.Error {
	if c.Projected() {
		return fault.In("crs", "The workbook has longitude and latitude, so that it can be imported again; take CSV for %s.", c)
	}
	return nil
}
