package detect

import (
	"math"

	"onemap/geo"
)

// Form is how degrees are written in a number.
type Form string

// The forms of degrees.
const (
	FormUnsaid  Form = ""
	FormDecimal Form = "decimal" // 120.8940, and every number that is metres
	FormDMS     Form = "dms"     // 1205338.4 for 120°53′38.4″
	FormDM      Form = "dm"      // 12053.64 for 120°53.64′
	FormPointed Form = "d.mmss"  // 120.53384 for 120°53′38.4″
)

// degrees gives the decimal degrees of a number. It is false for a number that cannot be
// written in the form: 75 minutes.
func (f Form) degrees(v float64) (float64, bool) {
	sign, v := math.Copysign(1, v), math.Abs(v)
	var whole, minutes, seconds float64
	switch f {
	case FormDMS:
		whole = math.Floor(v / 1e4)
		minutes = math.Floor((v - whole*1e4) / 100)
		seconds = v - whole*1e4 - minutes*100
	case FormDM:
		whole = math.Floor(v / 100)
		minutes = v - whole*100
	case FormPointed:
		const noise = 1e-9 // 120.54 is 120.5399999…
		whole = math.Floor(v + noise)
		m := (v-whole)*100 + noise*10
		minutes = math.Floor(m)
		seconds = (m - minutes) * 100
	default:
		return sign * v, true
	}
	return sign * (whole + minutes/60 + seconds/3600), minutes < 60 && seconds < 60+1e-6
}

// unit is the length of a step of one in the numbers, in metres on the ground.
func (f Form) unit(c geo.CRS) float64 {
	const degree = 111_000
	switch {
	case c.Projected():
		return 1
	case f == FormDMS:
		return degree / 3600.0
	case f == FormDM:
		return degree / 60
	case f == FormPointed:
		return degree / 3600.0 * 1e4
	}
	return degree
}

// pointedByChance is the log of the probability that decimal degrees look like minutes and
// seconds in both numbers of a pair: of the first and third digit after the point, six in ten are below 6.
var pointedByChance = math.Log(0.6 * 0.6 * 0.6 * 0.6)
