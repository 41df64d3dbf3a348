package geo

import "math"

// Ellipsoid is the figure of the earth that a datum uses. SemiMajor is in metres.
type Ellipsoid struct {
	SemiMajor, InverseFlattening float64
}

// The ellipsoids of the datums. CGCS2000 shares its numbers with GRS 1980.
var (
	CGCS2000Ellipsoid  = Ellipsoid{6378137, 298.257222101}
	WGS84Ellipsoid     = Ellipsoid{6378137, 298.257223563}
	IAG1975Ellipsoid   = Ellipsoid{6378140, 298.257}
	KrasovskyEllipsoid = Ellipsoid{6378245, 298.3}
)

// near reports whether two ellipsoids are the same but for the digits that programs
// write: 1 mm in the axis, 1e-7 in the inverse flattening (CGCS2000 and WGS 84 differ by 1.5e-6).
func (e Ellipsoid) near(o Ellipsoid) bool {
	return math.Abs(e.SemiMajor-o.SemiMajor) < 1e-3 && math.Abs(e.InverseFlattening-o.InverseFlattening) < 1e-7
}
