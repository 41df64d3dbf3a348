package geo

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
)

// Position is a place on the ground: degrees, and the datum they are given in.
// The datum travels with the numbers, so a shift cannot be applied twice: only To
// changes the numbers, and it changes the datum with them.
type Position struct {
	Lon, Lat float64
	Datum    Datum
}

// Point returns the longitude and latitude without their datum.
func (p Position) Point() orb.Point { return orb.Point{p.Lon, p.Lat} }

// To gives the same place in another datum. CGCS2000 and WGS 84 are taken as the
// same numbers (they differ by centimetres). GCJ-02 and BD-09 are computed to
// better than 1e-8 m of their published formulae, which are themselves defined only
// in and around China: outside the box 72.004–137.8347 E, 0.8293–55.8271 N the
// shift is refused. It is an error to convert from or to an unknown datum, or Xian 1980 or
// Beijing 1954, which need local parameters; and when the numbers are not degrees.
func (p Position) To(d Datum) (Position, error) {
	if err := p.Datum.usable(); err != nil {
		return Position{}, err
	}
	if err := d.usable(); err != nil {
		return Position{}, err
	}
	if !isLonLat(p.Lon, p.Lat) {
		return Position{}, fmt.Errorf("%v, %v is not a longitude and latitude in degrees", p.Lon, p.Lat)
	}
	if p.Datum == d || p.Datum.unshifted() && d.unshifted() {
		return Position{p.Lon, p.Lat, d}, nil
	}
	if !inShiftBox(p.Lon, p.Lat) {
		return Position{}, fmt.Errorf("%.6f, %.6f is outside the area in which %s and %s are defined", p.Lon, p.Lat, p.Datum, d)
	}
	lon, lat := p.Lon, p.Lat
	switch p.Datum {
	case GCJ02:
		lon, lat = gcj02Inverse(lon, lat)
	case BD09:
		lon, lat = bd09Inverse(lon, lat)
		if d != GCJ02 {
			lon, lat = gcj02Inverse(lon, lat)
		}
	}
	switch {
	case d == GCJ02 && p.Datum != BD09:
		lon, lat = gcj02Forward(lon, lat)
	case d == BD09 && p.Datum == GCJ02:
		// From GCJ-02 to BD-09 the detour over the unshifted position is left out.
		lon, lat = bd09Forward(p.Lon, p.Lat)
	case d == BD09:
		lon, lat = bd09Forward(gcj02Forward(lon, lat))
	}
	return Position{lon, lat, d}, nil
}

// Known reports whether d is one of the declared datums other than Unknown.
func (d Datum) Known() bool {
	switch d {
	case CGCS2000, WGS84, GCJ02, BD09, Xian1980, Beijing1954:
		return true
	}
	return false
}

func (d Datum) unshifted() bool { return d == CGCS2000 || d == WGS84 }

func (d Datum) usable() error {
	switch d {
	case CGCS2000, WGS84, GCJ02, BD09:
		return nil
	case Xian1980, Beijing1954:
		return fmt.Errorf("positions in %s need the local transformation parameters of the place, which are not known here", d)
	case Unknown, "":
		return fmt.Errorf("the datum of the position is unknown; it must be stated")
	}
	return fmt.Errorf("%q is not a known datum", string(d))
}

// isLonLat reports whether two finite numbers can be degrees of longitude and latitude.
func isLonLat(lon, lat float64) bool {
	return math.Abs(lon) <= 180 && math.Abs(lat) <= 90
}

// inShiftBox is the rectangle in which the shifts are computed. It is wide: it says where
// the formulae make sense, not where the law asks for them.
func inShiftBox(lon, lat float64) bool {
	return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271
}
