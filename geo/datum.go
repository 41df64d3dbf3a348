// Package geo is the earth: datums, map projections, geodesic measures and
// coordinate system texts. It knows no database and no HTTP.
package geo

// Datum is the reference frame a longitude and latitude are given in. A position
// never travels without one.
type Datum string

// The datums met in survey files of this country. CGCS2000 and WGS 84 are the same
// numbers to a few centimetres; GCJ-02 and BD-09 are shifted by about 470 m and 1.1 km here.
const (
	Unknown     Datum = "unknown"
	CGCS2000    Datum = "CGCS2000"
	WGS84       Datum = "WGS84"
	GCJ02       Datum = "GCJ02"
	BD09        Datum = "BD09"
	Xian1980    Datum = "Xian1980"
	Beijing1954 Datum = "Beijing1954"
)

// Metres is a length on the ground.
type Metres float64

// Degrees is an angle.
type Degrees float64
