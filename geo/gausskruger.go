package geo

import "math"

// TransverseMercator is a conformal projection on one meridian: Gauss–Krüger when
// Scale is 1, UTM when it is 0.9996. It is computed by the Krüger series to sixth
// order (Karney, Transverse Mercator with an accuracy of a few nanometers, 2011,
// equations 7–36), good to 5 nm within 3,900 km of the meridian.
type TransverseMercator struct {
	Ellipsoid       Ellipsoid
	CentralMeridian Degrees
	Scale           float64 // on the central meridian
	FalseEasting    Metres
	FalseNorthing   Metres
}

// GaussKruger is the Gauss–Krüger projection of CGCS2000 on a central meridian.
// The false easting is 500,000 m, plus a million for each zone number where eastings carry the zone.
func GaussKruger(centralMeridian Degrees, falseEasting Metres) TransverseMercator {
	return TransverseMercator{CGCS2000Ellipsoid, centralMeridian, 1, falseEasting, 0}
}

// maxFromMeridian bounds how far from its meridian a projection is used, in degrees.
const maxFromMeridian = 30

// krugerSeries holds what depends on the ellipsoid alone.
type krugerSeries struct {
	radius      float64 // of the rectifying sphere
	e           float64 // eccentricity
	alpha, beta [6]float64
}

// Points are projected on these two ellipsoids only; their series are computed once.
var (
	krugerCGCS2000 = newKrugerSeries(CGCS2000Ellipsoid)
	krugerWGS84    = newKrugerSeries(WGS84Ellipsoid)
)

func (m TransverseMercator) series() *krugerSeries {
	switch m.Ellipsoid {
	case CGCS2000Ellipsoid:
		return krugerCGCS2000
	case WGS84Ellipsoid:
		return krugerWGS84
	}
	return newKrugerSeries(m.Ellipsoid)
}

func newKrugerSeries(el Ellipsoid) *krugerSeries {
	f := 1 / el.InverseFlattening
	n := f / (2 - f)
	n2 := n * n
	n3, n4 := n2*n, n2*n2
	n5, n6 := n4*n, n4*n2
	return &krugerSeries{
		radius: el.SemiMajor / (1 + n) * (1 + n2/4 + n4/64 + n6/256),
		e:      math.Sqrt(f * (2 - f)),
		alpha: [6]float64{
			n/2 - n2*2/3 + n3*5/16 + n4*41/180 - n5*127/288 + n6*7891/37800,
			n2*13/48 - n3*3/5 + n4*557/1440 + n5*281/630 - n6*1983433/1935360,
			n3*61/240 - n4*103/140 + n5*15061/26880 + n6*167603/181440,
			n4*49561/161280 - n5*179/168 + n6*6601661/7257600,
			n5*34729/80640 - n6*3418889/1995840,
			n6 * 212378941 / 319334400,
		},
		beta: [6]float64{
			n/2 - n2*2/3 + n3*37/96 - n4/360 - n5*81/512 + n6*96199/604800,
			n2/48 + n3/15 - n4*437/1440 + n5*46/105 - n6*1118711/3870720,
			n3*17/480 - n4*37/840 - n5*209/4480 + n6*5569/90720,
			n4*4397/161280 - n5*11/504 - n6*830251/7257600,
			n5*4583/161280 - n6*108847/3991680,
			n6 * 20648693 / 638668800,
		},
	}
}

// Forward projects degrees to easting and northing in metres. Both are NaN for a
// place more than 30° from the central meridian.
func (m TransverseMercator) Forward(lon, lat float64) (easting, northing float64) {
	lambda := math.Remainder(lon-float64(m.CentralMeridian), 360)
	if !(math.Abs(lambda) <= maxFromMeridian && math.Abs(lat) <= 90) {
		return math.NaN(), math.NaN()
	}
	k := m.series()
	sinL, cosL := math.Sincos(lambda * math.Pi / 180)
	tau := conformal(math.Tan(lat*math.Pi/180), k.e)
	xi := math.Atan2(tau, cosL)
	eta := math.Asinh(sinL / math.Hypot(tau, cosL))
	x, y := xi, eta
	for j, a := range k.alpha {
		p := 2 * float64(j+1)
		x += a * math.Sin(p*xi) * math.Cosh(p*eta)
		y += a * math.Cos(p*xi) * math.Sinh(p*eta)
	}
	r := m.Scale * k.radius
	return float64(m.FalseEasting) + r*y, float64(m.FalseNorthing) + r*x
}

// Inverse turns easting and northing in metres to degrees. Both are NaN for a
// place more than 30° from the central meridian or beyond a pole.
func (m TransverseMercator) Inverse(easting, northing float64) (lon, lat float64) {
	k := m.series()
	r := m.Scale * k.radius
	xi, eta := (northing-float64(m.FalseNorthing))/r, (easting-float64(m.FalseEasting))/r
	if !(math.Abs(xi) <= math.Pi/2 && math.Abs(eta) <= maxFromMeridian*math.Pi/180*1.1) {
		return math.NaN(), math.NaN()
	}
	x, y := xi, eta
	for j, b := range k.beta {
		p := 2 * float64(j+1)
		x -= b * math.Sin(p*xi) * math.Cosh(p*eta)
		y -= b * math.Cos(p*xi) * math.Sinh(p*eta)
	}
	sinX, cosX := math.Sincos(x)
	sinhY := math.Sinh(y)
	lambda := math.Atan2(sinhY, cosX) * 180 / math.Pi
	if math.Abs(lambda) > maxFromMeridian+1e-9 {
		return math.NaN(), math.NaN()
	}
	tau := geographic(sinX/math.Hypot(sinhY, cosX), k.e)
	return float64(m.CentralMeridian) + lambda, math.Atan(tau) * 180 / math.Pi
}

// conformal gives the tangent of the conformal latitude from that of the geographic one.
func conformal(tau, e float64) float64 {
	h := math.Hypot(1, tau)
	sigma := math.Sinh(e * math.Atanh(e*tau/h))
	return math.Hypot(1, sigma)*tau - sigma*h
}

// geographic undoes conformal by Newton's method (Karney, equations 19–21).
func geographic(want, e float64) float64 {
	e2m := 1 - e*e
	tau := want / e2m
	for range 5 {
		got := conformal(tau, e)
		step := (want - got) * (1 + e2m*tau*tau) / (e2m * math.Hypot(1, tau) * math.Hypot(1, got))
		if tau += step; math.Abs(step) < 1e-14*math.Max(1, math.Abs(tau)) {
			break
		}
	}
	return tau
}
