package detect

import (
	"fmt"
	"math"

	"onemap/geo"
)

// candidate is a way to read the numbers as degrees, before any thought of shifts.
type candidate struct {
	place
	same     []geo.CRS
	prior    float64 // log of the belief before looking
	believed bool    // the system, or its like with another false easting, is what the file states
	exact    bool    // it is just what the file states
	guessed  bool    // a meridian of nobody's register: shown, never decided

	fit       float64 // share of rows that lie where they may
	rightly   float64 // share of rows that lie where they should
	score     float64 // log-likelihood of where the rows lie
	standings []standing
}

// systems lists the systems met here with the belief in each, for a file that does not
// state one. Where two have the same numbers the first stands for both.
func systems() []candidate {
	list := []candidate{}
	add := func(belief float64, form Form, guessed bool, codes ...int) {
		c := candidate{place: place{form: form}, prior: math.Log(belief), guessed: guessed}
		for i, code := range codes {
			s, err := geo.EPSG(code)
			if err != nil {
				continue
			}
			if i == 0 {
				c.crs = s
			} else {
				c.same = append(c.same, s)
			}
		}
		list = append(list, c)
	}
	add(0.9, FormDecimal, false, 4490, 4326)
	add(0.05, FormDMS, false, 4490, 4326)
	add(0.02, FormDM, false, 4490, 4326)
	add(0.01, FormPointed, false, 4490, 4326)
	add(0.3, FormDecimal, false, 4549)
	add(0.3, FormDecimal, false, 4528)
	add(0.15, FormDecimal, false, 4550, 4510)
	add(0.15, FormDecimal, false, 4529)
	add(0.02, FormDecimal, false, 4499)
	add(0.01, FormDecimal, false, 4548, 4509)
	add(0.01, FormDecimal, false, 4527)
	add(0.01, FormDecimal, false, 4498)
	add(0.01, FormDecimal, false, 4551)
	add(0.01, FormDecimal, false, 4530)
	add(0.02, FormDecimal, false, 3857)
	add(0.02, FormDecimal, false, 32651)
	add(0.005, FormDecimal, false, 32650)
	for _, meridian := range []float64{121, 121.5} {
		list = append(list, candidate{
			place: place{crs: ownMeridian(meridian), form: FormDecimal}, prior: math.Log(0.003), guessed: true,
		})
	}
	return list
}

// ownMeridian is a Gauss–Krüger system of CGCS2000 on a meridian that no register has, as cities keep them.
func ownMeridian(degrees float64) geo.CRS {
	return geo.CRS{
		Name:  fmt.Sprintf("CGCS2000 / Gauss-Kruger CM %vE (local)", degrees),
		Datum: geo.CGCS2000, Ellipsoid: geo.CGCS2000Ellipsoid, Axes: geo.AxesNorthEast, Projection: geo.TransverseMercatorProjection,
		CentralMeridian: geo.Degrees(degrees), Scale: 1, FalseEasting: 500_000,
	}
}

// kin reports whether two systems differ at most in their false easting and between
// CGCS2000 and WGS 84.
func kin(a, b geo.CRS) bool {
	return a.Projection == b.Projection && (a.Datum == b.Datum || unshifted(a.Datum) && unshifted(b.Datum)) &&
		math.Abs(float64(a.CentralMeridian-b.CentralMeridian)) < 1e-9 && math.Abs(a.Scale-b.Scale) < 1e-9
}

// alike reports whether two systems give places the same numbers.
func alike(a, b geo.CRS) bool {
	return kin(a, b) && math.Abs(float64(a.FalseEasting-b.FalseEasting)) < 1e-3 && math.Abs(float64(a.FalseNorthing-b.FalseNorthing)) < 1e-3
}

// candidates lists the readings to try for a file, with the file's and the person's word
// in their beliefs. Only readings that agree with the person are in it.
func (f *File) candidates() []candidate {
	stated := f.CRS
	list := systems()
	for _, word := range []geo.CRS{f.CRS, f.User.CRS} {
		if word == (geo.CRS{}) {
			continue
		}
		known := false
		for i := range list {
			if alike(list[i].crs, word) {
				list[i].rename(word)
				known = true
			}
		}
		if !known {
			list = append(list, candidate{place: place{crs: word, form: FormDecimal}, prior: math.Log(0.01)})
		}
	}
	var out []candidate
	for _, c := range list {
		word := f.User.CRS
		if word != (geo.CRS{}) && !alike(c.crs, word) || f.User.Form != FormUnsaid && c.form != f.User.Form {
			continue
		}
		if word == (geo.CRS{}) {
			word = stated
		}
		if word != (geo.CRS{}) {
			decimal := c.form == FormDecimal || c.form == f.User.Form // degrees in another form are not what a system's name says
			c.exact, c.believed = decimal && alike(c.crs, word), decimal && kin(c.crs, word)
			switch {
			case c.exact:
				c.prior, c.guessed = 0, false
			case c.believed:
				c.prior, c.guessed = math.Log(0.02), false
			}
		}
		for _, swapped := range []bool{false, true} {
			if f.User.Axis == AxisXY && swapped || f.User.Axis == AxisYX && !swapped {
				continue
			}
			c.swapped = swapped
			out = append(out, c)
		}
	}
	return out
}

// rename puts the system that somebody named first, before others with the same numbers.
func (c *candidate) rename(word geo.CRS) {
	if c.crs == word {
		return
	}
	same := []geo.CRS{}
	for _, s := range append([]geo.CRS{c.crs}, c.same...) {
		if s != word {
			same = append(same, s)
		}
	}
	c.crs, c.same = word, same
}
