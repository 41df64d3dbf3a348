package write

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"onemap/geo"
)

// The texts by which files name a coordinate system. All of them put x first in practice,
// whatever the axes they state: GeoPackage, shapefiles and GeoParquet each say so.

// base is the geographic system beneath a system, as the dialects write it.
type base struct {
	name, datum, ellipsoid string // as EPSG has it
	esriName, esriDatum    string
	esriEllipsoid          string
	crs, frame, figure     int // EPSG codes of system, datum, ellipsoid
}

func baseOf(c geo.CRS) base {
	if c.Datum == geo.WGS84 {
		return base{"WGS 84", "WGS_1984", "WGS 84", "GCS_WGS_1984", "D_WGS_1984", "WGS_1984", 4326, 6326, 7030}
	}
	return base{"China Geodetic Coordinate System 2000", "China_2000", "CGCS2000", "GCS_China_Geodetic_Coordinate_System_2000", "D_China_2000", "CGCS2000", 4490, 1043, 1024}
}

// code is the system's EPSG code; CRS84 is 4326 with x first, as these formats have it anyway.
func code(c geo.CRS) int {
	if c == geo.CRS84 {
		return 4326
	}
	n, _ := strconv.Atoi(c.Code)
	return n
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// pointed is a number as ESRI writes it, with a point always.
func pointed(x float64) string {
	s := decimal(x)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// wktOGC is WKT 1 (OGC 01-009) with the codes of EPSG, for gpkg_spatial_ref_sys.
func wktOGC(c geo.CRS) string {
	b := baseOf(c)
	axes := ""
	if !c.Projected() {
		axes = `,AXIS["Latitude",NORTH],AXIS["Longitude",EAST]`
	}
	g := fmt.Sprintf(`GEOGCS["%s",DATUM["%s",SPHEROID["%s",%s,%s,AUTHORITY["EPSG","%d"]],AUTHORITY["EPSG","%d"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]]%s,AUTHORITY["EPSG","%d"]]`,
		b.name, b.datum, b.ellipsoid, decimal(c.Ellipsoid.SemiMajor), decimal(c.Ellipsoid.InverseFlattening), b.figure, b.frame, axes, b.crs)
	if !c.Projected() {
		return g
	}
	p, end := fmt.Sprintf(`PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",%s],PARAMETER["scale_factor",%s]`,
		decimal(float64(c.CentralMeridian)), decimal(c.Scale)), `AXIS["Northing",NORTH],AXIS["Easting",EAST]`
	if c.Axes == geo.AxesEastNorth {
		end = `AXIS["Easting",EAST],AXIS["Northing",NORTH]`
	}
	if c.Projection == geo.WebMercatorProjection {
		p = `PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1]`
		end += `,EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"]`
	}
	return fmt.Sprintf(`PROJCS["%s",%s,%s,PARAMETER["false_easting",%s],PARAMETER["false_northing",%s],UNIT["metre",1,AUTHORITY["EPSG","9001"]],%s,AUTHORITY["EPSG","%s"]]`,
		c.Name, g, p, decimal(float64(c.FalseEasting)), decimal(float64(c.FalseNorthing)), end, c.Code)
}

// wktESRI is ESRI's dialect of WKT 1, for .prj files.
func wktESRI(c geo.CRS) string {
	b := baseOf(c)
	g := fmt.Sprintf(`GEOGCS["%s",DATUM["%s",SPHEROID["%s",%s,%s]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`,
		b.esriName, b.esriDatum, b.esriEllipsoid, pointed(c.Ellipsoid.SemiMajor), pointed(c.Ellipsoid.InverseFlattening))
	if !c.Projected() {
		return g
	}
	name, projection, last := nameESRI(c), "Gauss_Kruger", fmt.Sprintf(`PARAMETER["Scale_Factor",%s],PARAMETER["Latitude_Of_Origin",0.0]`, pointed(c.Scale))
	switch {
	case c.Projection == geo.WebMercatorProjection:
		projection, last = "Mercator_Auxiliary_Sphere", `PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0]`
	case c.Datum == geo.WGS84:
		projection = "Transverse_Mercator"
	}
	return fmt.Sprintf(`PROJCS["%s",%s,PROJECTION["%s"],PARAMETER["False_Easting",%s],PARAMETER["False_Northing",%s],PARAMETER["Central_Meridian",%s],%s,UNIT["Meter",1.0]]`,
		name, g, projection, pointed(float64(c.FalseEasting)), pointed(float64(c.FalseNorthing)), pointed(float64(c.CentralMeridian)), last)
}

// nameESRI is what ESRI calls a projected system.
func nameESRI(c geo.CRS) string {
	switch {
	case c.Projection == geo.WebMercatorProjection:
		return "WGS_1984_Web_Mercator_Auxiliary_Sphere"
	case c.Datum == geo.WGS84:
		return "WGS_1984_UTM_Zone_" + c.Name[strings.LastIndexByte(c.Name, ' ')+1:]
	}
	name := "CGCS2000_"
	if c.ZoneWidth == 3 {
		name += "3_Degree_"
	}
	if c.Zone != 0 {
		return fmt.Sprintf("%sGK_Zone_%d", name, c.Zone)
	}
	return fmt.Sprintf("%sGK_CM_%.0fE", name, float64(c.CentralMeridian))
}

type object map[string]any

// projJSON is the system as PROJJSON 0.5, for GeoParquet.
func projJSON(c geo.CRS) object {
	if c == geo.CRS84 {
		o := geographicJSON(c, baseOf(c).name+" (CRS84)", axis("Geodetic longitude", "Lon", "east", "degree"), axis("Geodetic latitude", "Lat", "north", "degree"))
		o["id"] = object{"authority": "OGC", "code": "CRS84"}
		return o
	}
	b := baseOf(c)
	g := geographicJSON(c, b.name, axis("Geodetic latitude", "Lat", "north", "degree"), axis("Geodetic longitude", "Lon", "east", "degree"))
	g["id"] = object{"authority": "EPSG", "code": b.crs}
	if !c.Projected() {
		return g
	}
	delete(g, "$schema")
	delete(g, "type")
	axes := []object{axis("Northing", "X", "north", "metre"), axis("Easting", "Y", "east", "metre")}
	if c.Axes == geo.AxesEastNorth {
		axes = []object{axis("Easting", "E", "east", "metre"), axis("Northing", "N", "north", "metre")}
	}
	method, methodCode := "Transverse Mercator", 9807
	parameters := []object{
		parameter("Latitude of natural origin", 0, "degree", 8801),
		parameter("Longitude of natural origin", float64(c.CentralMeridian), "degree", 8802),
	}
	if c.Projection == geo.WebMercatorProjection {
		method, methodCode = "Popular Visualisation Pseudo Mercator", 1024
	} else {
		parameters = append(parameters, parameter("Scale factor at natural origin", c.Scale, "unity", 8805))
	}
	parameters = append(parameters, parameter("False easting", float64(c.FalseEasting), "metre", 8806), parameter("False northing", float64(c.FalseNorthing), "metre", 8807))
	return object{
		"$schema": schemaJSON, "type": "ProjectedCRS", "name": c.Name, "base_crs": g,
		"conversion": object{
			"name":       c.Name[strings.LastIndex(c.Name, " / ")+3:],
			"method":     object{"name": method, "id": object{"authority": "EPSG", "code": methodCode}},
			"parameters": parameters,
		},
		"coordinate_system": object{"subtype": "Cartesian", "axis": axes},
		"id":                object{"authority": "EPSG", "code": code(c)},
	}
}

const schemaJSON = "https://proj.org/schemas/v0.5/projjson.schema.json"

func geographicJSON(c geo.CRS, name string, axes ...object) object {
	b := baseOf(c)
	return object{
		"$schema": schemaJSON, "type": "GeographicCRS", "name": name,
		"datum": object{
			"type": "GeodeticReferenceFrame", "name": strings.ReplaceAll(b.datum, "_", " "),
			"ellipsoid": object{"name": b.ellipsoid, "semi_major_axis": c.Ellipsoid.SemiMajor, "inverse_flattening": c.Ellipsoid.InverseFlattening},
		},
		"coordinate_system": object{"subtype": "ellipsoidal", "axis": axes},
	}
}

func axis(name, short, direction, unit string) object {
	return object{"name": name, "abbreviation": short, "direction": direction, "unit": unit}
}

func parameter(name string, value float64, unit string, code int) object {
	return object{"name": name, "value": value, "unit": unit, "id": object{"authority": "EPSG", "code": code}}
}

// compact writes an object without white space.
func compact(o any) string {
	b, _ := json.Marshal(o) // maps of numbers and texts always can be
	return string(b)
}
