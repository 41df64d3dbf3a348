package geo

import "math"

// The constants of GCJ-02: the semi-major axis and squared eccentricity of the
// Krasovsky ellipsoid as the public formula has them.
const (
	gcjAxis = 6378245.0
	gcjE2   = 0.00669342162296594323
)

// gcj02Forward shifts an unshifted longitude and latitude into GCJ-02.
func gcj02Forward(lon, lat float64) (float64, float64) {
	dLon, dLat := gcj02Offset(lon, lat)
	return lon + dLon, lat + dLat
}

// gcj02Inverse undoes gcj02Forward. The offset changes by less than a thousandth
// of the way it is applied over, so each round gains more than two digits and seven
// end below the resolution of a float64; the one-step inverse is off by up to 2 m here.
func gcj02Inverse(lon, lat float64) (float64, float64) {
	x, y := lon, lat
	for range 7 {
		dx, dy := gcj02Offset(x, y)
		x, y = lon-dx, lat-dy
	}
	return x, y
}

// gcj02Offset is the shift in degrees at an unshifted place: a polynomial and
// sines around 105° E, 35° N, in metres, turned to degrees on the ellipsoid.
func gcj02Offset(lon, lat float64) (dLon, dLat float64) {
	x, y := lon-105, lat-35
	wave := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	root := math.Sqrt(math.Abs(x))

	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + wave
	north += (20*math.Sin(y*math.Pi) + 40*math.Sin(y/3*math.Pi)) * 2 / 3
	north += (160*math.Sin(y/12*math.Pi) + 320*math.Sin(y*math.Pi/30)) * 2 / 3

	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + wave
	east += (20*math.Sin(x*math.Pi) + 40*math.Sin(x/3*math.Pi)) * 2 / 3
	east += (150*math.Sin(x/12*math.Pi) + 300*math.Sin(x/30*math.Pi)) * 2 / 3

	sin, cos := math.Sincos(lat * math.Pi / 180)
	magic := 1 - gcjE2*sin*sin
	root = math.Sqrt(magic)
	dLat = north * 180 / (gcjAxis * (1 - gcjE2) / (magic * root) * math.Pi)
	dLon = east * 180 / (gcjAxis / root * cos * math.Pi)
	return dLon, dLat
}
