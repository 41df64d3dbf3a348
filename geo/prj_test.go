package geo_test

import (
	"fmt"
	"strings"
	"testing"

	"onemap/geo"
)

// The pieces of coordinate system texts, as programs write them.
const (
	esriCGCS    = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	esriWGS     = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.017453292519943295]]`
	esriXian    = `GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	esriBeijing = `GEOGCS["GCS_Beijing_1954",DATUM["D_Beijing_1954",SPHEROID["Krasovsky_1940",6378245.0,298.3]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	sphere      = `GEOGCS["x",DATUM["y",SPHEROID["z",6378137,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]`
	wkt2CGCS    = `BASEGEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0,ANGLEUNIT["degree",0.0174532925199433]],ID["EPSG",4490]]`
)

func esriGK(base string, cm, fe, scale float64) string {
	return fmt.Sprintf(`PROJCS["whatever",%s,PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",%f],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",%f],PARAMETER["Scale_Factor",%v],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`, base, fe, cm, scale)
}

func wkt2GK(cm, fe float64, id string) string {
	return fmt.Sprintf(`PROJCRS["some zone",%s,CONVERSION["c",METHOD["Transverse Mercator",ID["EPSG",9807]],
		PARAMETER["Latitude of natural origin",0,ANGLEUNIT["degree",0.0174532925199433]],
		PARAMETER["Longitude of natural origin",%v,ANGLEUNIT["degree",0.0174532925199433]],
		PARAMETER["Scale factor at natural origin",1,SCALEUNIT["unity",1]],
		PARAMETER["False easting",%v,LENGTHUNIT["metre",1]],PARAMETER["False northing",0,LENGTHUNIT["metre",1]]],
		CS[Cartesian,2],AXIS["northing (X)",north,ORDER[1]],AXIS["easting (Y)",east,ORDER[2]],LENGTHUNIT["metre",1],
		USAGE[SCOPE["say ""survey"""],AREA["China"],BBOX[28.22,118.5,53.33,121.5]]%s]`, wkt2CGCS, cm, fe, id)
}

func TestParsePRJ(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"ESRI 4490":                  {esriCGCS, "EPSG:4490"},
		"ESRI 4549":                  {esriGK(esriCGCS, 120, 500000, 1), "EPSG:4549"},
		"ESRI 4550, not 6°":          {esriGK(esriCGCS, 123, 500000, 1), "EPSG:4550"},
		"ESRI 4528":                  {esriGK(esriCGCS, 120, 40500000, 1), "EPSG:4528"},
		"ESRI 4529":                  {esriGK(esriCGCS, 123, 41500000, 1), "EPSG:4529"},
		"ESRI 4498, 6°":              {esriGK(esriCGCS, 117, 20500000, 1), "EPSG:4498"},
		"ESRI 4326":                  {esriWGS, "EPSG:4326"},
		"byte order mark, line ends": {"\ufeff" + strings.ReplaceAll(esriCGCS, ",", ",\r\n  ") + "\r\n\x00", "EPSG:4490"},
		"round brackets":             {strings.NewReplacer("[", "(", "]", ")").Replace(esriWGS), "EPSG:4326"},
		"WKT 2 4549":                 {wkt2GK(120, 500000, ""), "EPSG:4549"},
		"WKT 2 with the 6° code":     {wkt2GK(123, 500000, `,ID["EPSG",4510]`), "EPSG:4510"},
		"WKT 1 with the 6° code":     {strings.TrimSuffix(esriGK(esriCGCS, 123, 500000, 1), "]") + `,AUTHORITY["EPSG","4510"]]`, "EPSG:4510"},
		"WKT 2 geographic": {
			`GEOGCRS["China Geodetic Coordinate System 2000",DATUM["China 2000",ELLIPSOID["CGCS2000",6378137,298.257222101,LENGTHUNIT["metre",1]]],PRIMEM["Greenwich",0],CS[ellipsoidal,2],AXIS["geodetic latitude (Lat)",north,ORDER[1]],AXIS["geodetic longitude (Lon)",east,ORDER[2]],ANGLEUNIT["degree",0.0174532925199433],ID["EPSG",4490]]`,
			"EPSG:4490",
		},
		"WKT 2 ensemble":      {`GEOGCRS["WGS 84",ENSEMBLE["World Geodetic System 1984 ensemble",MEMBER["World Geodetic System 1984 (Transit)"],ELLIPSOID["WGS 84",6378137,298.257223563],ENSEMBLEACCURACY[2.0]],PRIMEM["Greenwich",0]]`, "EPSG:4326"},
		"with heights":        {`COMPD_CS["both",` + esriGK(esriCGCS, 120, 500000, 1) + `,VERT_CS["1985 National Height Datum",VERT_DATUM["h",2005],UNIT["m",1]]]`, "EPSG:4549"},
		"bound to WGS 84":     {`BOUNDCRS[SOURCECRS[` + esriCGCS + `],TARGETCRS[` + esriWGS + `]]`, "EPSG:4490"},
		"vertical after it":   {esriCGCS + `,VERTCS["h",VDATUM["v"],UNIT["Meter",1.0]]`, "EPSG:4490"},
		"UTM":                 {esriGK(esriWGS, 123, 500000, 0.9996), "EPSG:32651"},
		"Xian 1980":           {esriXian, "EPSG:4610"},
		"Xian 1980 zone":      {esriGK(esriXian, 120, 40500000, 1), "EPSG:2364"},
		"Beijing 1954":        {esriBeijing, "EPSG:4214"},
		"Beijing 1954 CM 120": {esriGK(esriBeijing, 120, 500000, 1), "EPSG:2437"},
		"ESRI Web Mercator":   {`PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",` + esriWGS + `,PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`, "EPSG:3857"},
		"GDAL Web Mercator":   {`PROJCS["WGS 84 / Pseudo-Mercator",` + esriWGS + `,PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],PARAMETER["false_easting",0],PARAMETER["false_northing",0],UNIT["metre",1],EXTENSION["PROJ4","+proj=merc +a=6378137 +nadgrids=@null +wktext"],AUTHORITY["EPSG","3857"]]`, "EPSG:3857"},
		"spherical Mercator":  {`PROJCS["Google",` + sphere + `,PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],UNIT["metre",1]]`, "EPSG:3857"},
		"a city's own meridian": {
			esriGK(esriCGCS, 120.5, 200000, 1), "CGCS2000 / transverse Mercator 120.5°, false easting 200000 m",
		},
		"vendor's WGS 84 in a zone": {
			esriGK(esriWGS, 120, 500000, 1), "WGS84 / transverse Mercator 120°, false easting 500000 m",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := geo.ParsePRJ(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if c.String() != tt.want {
				t.Errorf("got %s, want %s", c, tt.want)
			}
		})
	}
}

func TestParsePRJOwnMeridianIsUsable(t *testing.T) {
	c, err := geo.ParsePRJ(esriGK(esriCGCS, 120.5, 200000, 1))
	if err != nil {
		t.Fatal(err)
	}
	lon, lat, err := c.ToLonLat(200000, 3539983)
	if err != nil || lon != 120.5 || lat < 31.9 || lat > 32 {
		t.Errorf("got %v, %v, %v", lon, lat, err)
	}
	if c.URI() != "" {
		t.Errorf("has the URI %s", c.URI())
	}
}

func TestParsePRJRefuses(t *testing.T) {
	nad83 := strings.Replace(strings.Replace(esriCGCS, "D_China_2000", "D_North_American_1983", 1), "CGCS2000", "GRS_1980", 1)
	tests := map[string]struct{ text, want string }{
		"empty":                    {"", "empty"},
		"blank":                    {" \r\n", "empty"},
		"not WKT":                  {"+proj=longlat +datum=WGS84", "broken"},
		"cut off":                  {esriCGCS[:100], "broken"},
		"unclosed name":            {`GEOGCS["x`, "not closed"},
		"missing value":            {`GEOGCS["x",,]`, "missing"},
		"something after it":       {esriCGCS + "]", "after its end"},
		"too long":                 {`GEOGCS["` + strings.Repeat("x", 70000) + `"]`, "at most"},
		"too deep":                 {strings.Repeat("A[", 1000) + strings.Repeat("]", 1000), "nested"},
		"no ellipsoid":             {`GEOGCS["x",DATUM["y"],PRIMEM["Greenwich",0]]`, "no ellipsoid"},
		"British grid":             {strings.Replace(esriWGS, "6378137.0,298.257223563", "6377563.396,299.3249646", 1), "no datum known here"},
		"North American datum":     {nad83, "D_North_American_1983"},
		"other code, same figure":  {strings.TrimSuffix(strings.Replace(esriCGCS, "D_China_2000", "D", 1), "]") + `,AUTHORITY["EPSG","4258"]]`, "not a datum known"},
		"Paris meridian":           {strings.Replace(esriWGS, `"Greenwich",0.0`, `"Paris",2.33`, 1), "Greenwich"},
		"gradians":                 {strings.Replace(esriWGS, "0.017453292519943295", "0.01570796326794897", 1), "unit of angle"},
		"feet":                     {strings.Replace(esriGK(esriCGCS, 120, 500000, 1), `"Meter",1.0`, `"Foot",0.3048`, 1), "unit of length"},
		"Lambert":                  {strings.Replace(esriGK(esriCGCS, 120, 500000, 1), "Gauss_Kruger", "Lambert_Conformal_Conic", 1), "projection"},
		"true Mercator":            {`PROJCS["World_Mercator",` + esriWGS + `,PROJECTION["Mercator"],UNIT["Meter",1.0]]`, "projection"},
		"Mercator off the origin":  {`PROJCS["x",` + esriWGS + `,PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["Central_Meridian",150],UNIT["Meter",1.0]]`, "origin"},
		"unknown parameter":        {strings.Replace(esriGK(esriCGCS, 120, 500000, 1), "Scale_Factor", "Azimuth", 1), "parameter"},
		"parameter without number": {strings.Replace(esriGK(esriCGCS, 120, 500000, 1), `"Scale_Factor",1`, `"Scale_Factor",x`, 1), "no number"},
		"parameter out of range":   {esriGK(esriCGCS, 1200, 500000, 1), "out of range"},
		"latitude of origin":       {strings.Replace(esriGK(esriCGCS, 120, 500000, 1), `Origin",0.0`, `Origin",32`, 1), "latitude of origin"},
		"degrees on a sphere":      {sphere, "sphere"},
		"sphere in a zone":         {esriGK(sphere, 120, 500000, 1), "sphere"},
		"code against parameters":  {wkt2GK(120, 500000, `,ID["EPSG",4550]`), "but its parameters"},
		"heights only":             {`VERT_CS["h",VERT_DATUM["v",2005]]`, "VERT_CS"},
		"a local grid":             {`LOCAL_CS["plant grid",UNIT["metre",1]]`, "LOCAL_CS"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := geo.ParsePRJ(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, %v, want an error with %q", c, err, tt.want)
			}
		})
	}
}

func FuzzParsePRJ(f *testing.F) {
	for _, s := range []string{
		esriCGCS, esriWGS, esriGK(esriXian, 120, 40500000, 1), wkt2GK(123, 500000, `,ID["EPSG",4510]`),
		`COMPD_CS["a",` + esriBeijing + `]`, `BOUNDCRS[SOURCECRS[` + esriCGCS + `]]`, `A["b""c",D[1,[2]]]`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := geo.ParsePRJ(text)
		if err != nil {
			if c != (geo.CRS{}) {
				t.Fatalf("%v comes with %v", c, err)
			}
			return
		}
		if c.Name == "" {
			t.Fatalf("a system without a name: %+v", c)
		}
		// Whatever the parameters, positions are numbers or an error.
		if c.Usable() == nil {
			if lon, lat, err := c.ToLonLat(500000, 3500000); err == nil && !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
				t.Fatalf("%+v gives %v, %v", c, lon, lat)
			}
		}
	})
}
