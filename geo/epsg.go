package geo

import (
	"fmt"
	"strconv"
	"strings"
)

// uriPrefix starts every coordinate system identifier of the OGC.
const uriPrefix = "http://www.opengis.net/def/crs/"

// The systems that the service itself speaks.
var (
	// CRS84 is longitude, latitude on WGS 84, the system of GeoJSON.
	CRS84 = geographic2D("OGC", "CRS84", "WGS 84 (CRS84)", WGS84, WGS84Ellipsoid, AxesLonLat)
	// EPSG4326 is WGS 84 with latitude first.
	EPSG4326 = geographic2D("EPSG", "4326", "WGS 84", WGS84, WGS84Ellipsoid, AxesLatLon)
	// EPSG4490 is CGCS2000 with latitude first, the system in which positions are stored.
	EPSG4490 = geographic2D("EPSG", "4490", "China Geodetic Coordinate System 2000", CGCS2000, CGCS2000Ellipsoid, AxesLatLon)
	// EPSG3857 is Web Mercator. Its metres are not metres on the ground.
	EPSG3857 = CRS{
		Authority: "EPSG", Code: "3857", Name: "WGS 84 / Pseudo-Mercator", Datum: WGS84, Ellipsoid: WGS84Ellipsoid,
		Axes: AxesEastNorth, Projection: WebMercatorProjection, Scale: 1,
	}
)

func geographic2D(authority, code, name string, d Datum, e Ellipsoid, a Axes) CRS {
	return CRS{Authority: authority, Code: code, Name: name, Datum: d, Ellipsoid: e, Axes: a}
}

// epsgBlock is a run of consecutive EPSG codes: Gauss–Krüger zones that differ by their
// central meridian only, which is 75° for the first and zone width apart.
type epsgBlock struct {
	first, width, count int
	datum               Datum
	ellipsoid           Ellipsoid
	name                string
	firstZone           int // 0 where eastings do not carry the zone
}

var epsgBlocks = []epsgBlock{
	{4491, 6, 11, CGCS2000, CGCS2000Ellipsoid, "CGCS2000 / Gauss-Kruger", 13},
	{4502, 6, 11, CGCS2000, CGCS2000Ellipsoid, "CGCS2000 / Gauss-Kruger", 0},
	{4513, 3, 21, CGCS2000, CGCS2000Ellipsoid, "CGCS2000 / 3-degree Gauss-Kruger", 25},
	{4534, 3, 21, CGCS2000, CGCS2000Ellipsoid, "CGCS2000 / 3-degree Gauss-Kruger", 0},
	{2327, 6, 11, Xian1980, IAG1975Ellipsoid, "Xian 1980 / Gauss-Kruger", 13},
	{2338, 6, 11, Xian1980, IAG1975Ellipsoid, "Xian 1980 / Gauss-Kruger", 0},
	{2349, 3, 21, Xian1980, IAG1975Ellipsoid, "Xian 1980 / 3-degree Gauss-Kruger", 25},
	{2370, 3, 21, Xian1980, IAG1975Ellipsoid, "Xian 1980 / 3-degree Gauss-Kruger", 0},
	{21413, 6, 11, Beijing1954, KrasovskyEllipsoid, "Beijing 1954 / Gauss-Kruger", 13},
	{21453, 6, 11, Beijing1954, KrasovskyEllipsoid, "Beijing 1954 / Gauss-Kruger", 0},
	{2401, 3, 21, Beijing1954, KrasovskyEllipsoid, "Beijing 1954 / 3-degree Gauss-Kruger", 25},
	{2422, 3, 21, Beijing1954, KrasovskyEllipsoid, "Beijing 1954 / 3-degree Gauss-Kruger", 0},
}

func (b epsgBlock) crs(code int) CRS {
	i := code - b.first
	c := CRS{
		Authority: "EPSG", Code: strconv.Itoa(code), Datum: b.datum, Ellipsoid: b.ellipsoid,
		Axes: AxesNorthEast, Projection: TransverseMercatorProjection, Scale: 1,
		CentralMeridian: Degrees(75 + i*b.width), FalseEasting: 500_000, ZoneWidth: b.width,
	}
	if b.firstZone == 0 {
		c.Name = fmt.Sprintf("%s CM %dE", b.name, 75+i*b.width)
		return c
	}
	c.Zone = b.firstZone + i
	c.FalseEasting += Metres(c.Zone) * 1e6
	c.Name = fmt.Sprintf("%s zone %d", b.name, c.Zone)
	return c
}

// EPSG returns the system of an EPSG code: 4326, 4490, 3857, the Gauss–Krüger zones
// of CGCS2000 (4491–4554), WGS 84 / UTM (32601–32660, 32701–32760), and Xian 1980 and
// Beijing 1954, which are known by name but not Usable. Any other code is an error.
func EPSG(code int) (CRS, error) {
	switch code {
	case 4326:
		return EPSG4326, nil
	case 4490:
		return EPSG4490, nil
	case 3857, 900913, 102100, 102113:
		return EPSG3857, nil
	case 4610:
		return geographic2D("EPSG", "4610", "Xian 1980", Xian1980, IAG1975Ellipsoid, AxesLatLon), nil
	case 4214:
		return geographic2D("EPSG", "4214", "Beijing 1954", Beijing1954, KrasovskyEllipsoid, AxesLatLon), nil
	}
	for _, b := range epsgBlocks {
		if code >= b.first && code < b.first+b.count {
			return b.crs(code), nil
		}
	}
	if zone := code % 100; zone >= 1 && zone <= 60 && (code/100 == 326 || code/100 == 327) {
		return utm(zone, code/100 == 327), nil
	}
	return CRS{}, fmt.Errorf("EPSG:%d is not a coordinate system known here; known are 4326, 4490, 3857, 4491–4554, UTM on WGS 84, and by name only Xian 1980 and Beijing 1954", code)
}

func utm(zone int, south bool) CRS {
	c := CRS{
		Authority: "EPSG", Code: strconv.Itoa(32600 + zone), Name: fmt.Sprintf("WGS 84 / UTM zone %dN", zone),
		Datum: WGS84, Ellipsoid: WGS84Ellipsoid, Axes: AxesEastNorth, Projection: TransverseMercatorProjection,
		CentralMeridian: Degrees(6*zone - 183), Scale: 0.9996, FalseEasting: 500_000, ZoneWidth: 6,
	}
	if south {
		c.Code, c.Name, c.FalseNorthing = strconv.Itoa(32700+zone), fmt.Sprintf("WGS 84 / UTM zone %dS", zone), 1e7
	}
	return c
}

// ParseCRS reads a system's identifier as an OGC URI (http or https,
// …/def/crs/EPSG/0/4490, …/def/crs/OGC/1.3/CRS84), a URN (urn:ogc:def:crs:EPSG::4490),
// a short name (EPSG:4490, OGC:CRS84, CRS84) or a bare EPSG code.
// It is an error if the text is none of these or its code is not known here.
func ParseCRS(text string) (CRS, error) {
	authority, code := splitCRS(strings.TrimSpace(text))
	switch strings.ToUpper(authority) {
	case "OGC":
		if strings.EqualFold(code, "CRS84") {
			return CRS84, nil
		}
	case "EPSG":
		if n, err := strconv.Atoi(code); err == nil && n > 0 {
			return EPSG(n)
		}
	}
	return CRS{}, fmt.Errorf("%.80q is not a coordinate system identifier known here; write it like %sEPSG/0/4490 or EPSG:4490", text, uriPrefix)
}

// splitCRS takes authority and code out of the spellings that ParseCRS knows.
func splitCRS(text string) (authority, code string) {
	lower := strings.ToLower(text)
	switch {
	case strings.Contains(lower, "/def/crs/"):
		if rest, ok := strings.CutPrefix(strings.Replace(lower, "https:", "http:", 1), uriPrefix); ok {
			if parts := strings.Split(rest, "/"); len(parts) == 3 {
				return parts[0], parts[2]
			}
		}
	case strings.HasPrefix(lower, "urn:"):
		parts := strings.Split(lower, ":")
		// urn:ogc:def:crs:AUTHORITY:VERSION:CODE, with x-ogc in old files
		if len(parts) == 7 && (parts[1] == "ogc" || parts[1] == "x-ogc") && parts[2] == "def" && parts[3] == "crs" {
			return parts[4], parts[6]
		}
	case lower == "crs84":
		return "ogc", "crs84"
	default:
		if a, c, ok := strings.Cut(lower, ":"); ok {
			return a, c
		}
		return "epsg", lower
	}
	return "", ""
}
