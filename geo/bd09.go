package geo

import "math"

// bdWave is the angular frequency of BD-09's wobble, per degree.
const bdWave = math.Pi * 3000 / 180

// bd09Forward turns GCJ-02 degrees into BD-09: a small polar wobble, and an offset
// of 0.0065°, 0.006°.
func bd09Forward(lon, lat float64) (float64, float64) {
	radius := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*bdWave)
	angle := math.Atan2(lat, lon) + 0.000003*math.Cos(lon*bdWave)
	sin, cos := math.Sincos(angle)
	return radius*cos + 0.0065, radius*sin + 0.006
}

// bd09Inverse undoes bd09Forward. The wobble's slope is below 0.02, so ten
// rounds end below the resolution of a float64.
func bd09Inverse(lon, lat float64) (float64, float64) {
	x, y := lon-0.0065, lat-0.006
	for range 10 {
		u, v := bd09Forward(x, y)
		x, y = x+lon-u, y+lat-v
	}
	return x, y
}
