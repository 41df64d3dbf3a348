package geo

import (
	"fmt"
	"math"
)

// Axes is the order in which an authority writes the two ordinates of a coordinate
// system. Everything inside this program is x, y: longitude, latitude or easting, northing.
type Axes string

// The axis orders met.
const (
	AxesLonLat    Axes = "lon,lat"
	AxesLatLon    Axes = "lat,lon"
	AxesEastNorth Axes = "easting,northing"
	AxesNorthEast Axes = "northing,easting"
)

// Projection is how a coordinate system gets from degrees to its own numbers.
type Projection string

// The projections met. Geographic systems have none.
const (
	NoProjection                 Projection = ""
	TransverseMercatorProjection Projection = "transverse mercator"
	WebMercatorProjection        Projection = "web mercator"
)

// CRS is a coordinate reference system: a datum, and a projection where it is not in
// degrees. Two equal values are the same system. The zero value is no system.
type CRS struct {
	Authority       string // EPSG or OGC; empty for a system read from parameters that no registry code has
	Code            string // 4490, CRS84
	Name            string
	Datum           Datum
	Ellipsoid       Ellipsoid
	Axes            Axes // as the authority writes positions
	Projection      Projection
	CentralMeridian Degrees
	Scale           float64
	FalseEasting    Metres
	FalseNorthing   Metres
	ZoneWidth       int // 3 or 6 degrees for the Gauss–Krüger zones, 6 for UTM; 0 otherwise
	Zone            int // the zone number that leads the easting, where it does
}

// Projected reports whether the system's numbers are metres; they are degrees otherwise.
func (c CRS) Projected() bool { return c.Projection != NoProjection }

// Swapped reports whether the authority writes y before x (latitude or northing
// first), as OGC API answers in that system must.
func (c CRS) Swapped() bool { return c.Axes == AxesLatLon || c.Axes == AxesNorthEast }

// String is the short name, EPSG:4490, or the system's name where it has no code.
func (c CRS) String() string {
	if c.Code == "" {
		return c.Name
	}
	return c.Authority + ":" + c.Code
}

// URI is the identifier used by the OGC API: http://www.opengis.net/def/crs/EPSG/0/4490.
// It is empty for a system without a code.
func (c CRS) URI() string {
	switch c.Authority {
	case "EPSG":
		return uriPrefix + "EPSG/0/" + c.Code
	case "OGC":
		return uriPrefix + "OGC/1.3/" + c.Code
	}
	return ""
}

// Usable returns an error, for a person to read, if positions in this system cannot be
// turned into CGCS2000: Xian 1980 and Beijing 1954 need the local parameters of the place.
func (c CRS) Usable() error {
	if c == (CRS{}) {
		return fmt.Errorf("no coordinate system is given")
	}
	if err := c.Datum.usable(); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}

// ToLonLat turns x, y (easting, northing; or longitude, latitude) into degrees in the
// system's own datum. It is an error if the system is not Usable, and if the numbers
// cannot be positions in it: degrees out of range, a zone-prefixed easting in a system without prefix.
func (c CRS) ToLonLat(x, y float64) (lon, lat float64, err error) {
	if err := c.Usable(); err != nil {
		return 0, 0, err
	}
	lon, lat = x, y
	switch c.Projection {
	case TransverseMercatorProjection:
		lon, lat = c.transverseMercator().Inverse(x, y)
	case WebMercatorProjection:
		lon, lat = webMercatorInverse(x, y)
	}
	if !isLonLat(lon, lat) {
		return 0, 0, fmt.Errorf("%v, %v cannot be a position in %s", x, y, c)
	}
	return lon, lat, nil
}

// FromLonLat turns degrees in the system's own datum into its x, y. It is an error if
// the system is not Usable, and for a place that the projection does not reach: over
// 30° from the central meridian, beyond 85.06° of latitude in Web Mercator.
func (c CRS) FromLonLat(lon, lat float64) (x, y float64, err error) {
	if err := c.Usable(); err != nil {
		return 0, 0, err
	}
	if !isLonLat(lon, lat) {
		return 0, 0, fmt.Errorf("%v, %v is not a longitude and latitude in degrees", lon, lat)
	}
	x, y = lon, lat
	switch c.Projection {
	case TransverseMercatorProjection:
		x, y = c.transverseMercator().Forward(lon, lat)
	case WebMercatorProjection:
		x, y = webMercatorForward(lon, lat)
	}
	if math.IsNaN(x) || math.IsNaN(y) {
		return 0, 0, fmt.Errorf("%v, %v is outside the area of %s", lon, lat, c)
	}
	return x, y, nil
}

func (c CRS) transverseMercator() TransverseMercator {
	return TransverseMercator{c.Ellipsoid, c.CentralMeridian, c.Scale, c.FalseEasting, c.FalseNorthing}
}

// webMercatorEdge is half the side of the square of EPSG:3857, in its own metres.
const webMercatorEdge = math.Pi * 6378137

func webMercatorForward(lon, lat float64) (x, y float64) {
	y = math.Asinh(math.Tan(lat*math.Pi/180)) * 6378137
	if math.Abs(y) > webMercatorEdge*1.0001 {
		return math.NaN(), math.NaN()
	}
	return lon / 180 * webMercatorEdge, y
}

func webMercatorInverse(x, y float64) (lon, lat float64) {
	if math.Abs(y) > webMercatorEdge*1.0001 {
		return math.NaN(), math.NaN()
	}
	return x / webMercatorEdge * 180, math.Atan(math.Sinh(y/6378137)) * 180 / math.Pi
}
