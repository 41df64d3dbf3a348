package detect

import (
	"fmt"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Reading is one way to understand a file's numbers.
type Reading struct {
	CRS        geo.CRS
	Same       []geo.CRS  // other systems in which the numbers mean the same places
	Form       Form       // how degrees are written
	Swapped    bool       // the first number is the latitude or northing
	Shift      geo.Datum  // CGCS2000 for none, GCJ02, BD09; Unknown for an offset that is no known shift
	Times      int        // how often Shift lies on the positions: 0 without, 1, 2; -1 where it was taken off positions that never had it
	Error      geo.Metres // stated error of a datum without local parameters; 0 otherwise
	Confidence float64    // 0 to 1, of all readings considered
	Evidence   []Text     // what speaks for it and against it
	Examples   []Example  // a few rows, the same ones for every candidate of a verdict
}

// Example is a row at the place that a reading gives it.
type Example struct {
	Row           int64
	First, Second float64
	Place         orb.Point // CGCS2000
}

// Place is the position of a pair of the file in CGCS2000. It is an error for numbers that
// cannot be a position in the reading, and for a reading of unknown offset.
func (r Reading) Place(first, second float64) (orb.Point, error) {
	lon, lat, err := place{r.CRS, r.Form, r.Swapped}.degrees(first, second)
	if err != nil {
		return orb.Point{}, err
	}
	return undo(lon, lat, r.Shift, r.Times)
}

// Plain reports whether Place gives every pair of degrees as it is: longitude first, without a shift.
func (r Reading) Plain() bool {
	decimal := r.Form == FormDecimal || r.Form == FormUnsaid
	return r.CRS.Usable() == nil && !r.CRS.Projected() && !legacy(r.CRS.Datum) && decimal && !r.Swapped && r.Times == 0 && r.Shift != "" && r.Shift != geo.Unknown
}

// Datum is what is to be recorded as the datum of the file's positions: the shift where
// there is one, otherwise the system's own.
func (r Reading) Datum() geo.Datum {
	if r.Times == 0 && r.Shift != geo.Unknown {
		return r.CRS.Datum
	}
	return r.Shift
}

// User is what a person says to choose this reading.
func (r Reading) User() User {
	u := User{CRS: r.CRS, Axis: AxisXY, Shift: r.Shift, Times: r.Times, Form: r.Form, Approximate: r.Error > 0}
	if r.Swapped {
		u.Axis = AxisYX
	}
	return u
}

// Title names the reading in a line.
func (r Reading) Title() Text {
	var axes Text
	switch {
	case r.CRS.Projected() && r.Swapped:
		axes = Text{"北坐标在前", "northing first"}
	case r.CRS.Projected():
		axes = Text{"东坐标在前", "easting first"}
	case r.Swapped:
		axes = Text{"纬度在前", "latitude first"}
	default:
		axes = Text{"经度在前", "longitude first"}
	}
	switch r.Form {
	case FormDMS:
		axes = say("%s，度分秒连写", "%s, degrees minutes seconds in one number", axes)
	case FormDM:
		axes = say("%s，度分连写", "%s, degrees and minutes in one number", axes)
	case FormPointed:
		axes = say("%s，小数点后为分秒", "%s, minutes and seconds after the point", axes)
	}
	return say("%s，%s，%s", "%s, %s, %s", systemName(r.CRS), axes, shiftName(r.Shift, r.Times))
}

// place is a reading of numbers as degrees in their own datum.
type place struct {
	crs     geo.CRS
	form    Form
	swapped bool
}

// degrees reads a pair. Xian 1980 and Beijing 1954 are computed on their own ellipsoids.
func (p place) degrees(first, second float64) (lon, lat float64, err error) {
	if p.swapped {
		first, second = second, first
	}
	if !p.crs.Projected() && p.form != FormDecimal && p.form != FormUnsaid {
		x, okX := p.form.degrees(first)
		y, okY := p.form.degrees(second)
		if !okX || !okY {
			return 0, 0, fmt.Errorf("%v, %v are not degrees, minutes and seconds", first, second)
		}
		first, second = x, y
	}
	crs := p.crs
	if legacy(crs.Datum) {
		crs.Datum = geo.CGCS2000
	}
	return crs.ToLonLat(first, second)
}

func legacy(d geo.Datum) bool { return d == geo.Xian1980 || d == geo.Beijing1954 }

// undo takes a shift off a position. A second time needs the label put back by hand, which
// is why it is done here and nowhere else.
func undo(lon, lat float64, d geo.Datum, times int) (orb.Point, error) {
	switch {
	case d == geo.Unknown || d == "":
		return orb.Point{}, fmt.Errorf("the offset of the positions is not known")
	case times == 0:
		return orb.Point{lon, lat}, nil
	case times < 0:
		p, err := geo.Position{Lon: lon, Lat: lat, Datum: geo.CGCS2000}.To(d)
		return p.Point(), err
	}
	for range times {
		p, err := geo.Position{Lon: lon, Lat: lat, Datum: d}.To(geo.CGCS2000)
		if err != nil {
			return orb.Point{}, err
		}
		lon, lat = p.Lon, p.Lat
	}
	return orb.Point{lon, lat}, nil
}
