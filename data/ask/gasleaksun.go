package ask

import (
	"math"
	"time"

	"github.com/paulmach/orb"
)

// Sunlit reports whether the sun's upper edge is above a level horizon, by Spencer's series
// for declination and the equation of time (Search 2, 1971, page 172): right to about two
// minutes of sunrise.
func Sunlit(at time.Time, p orb.Point) bool {
	at = at.UTC()
	hours := float64(at.Hour()) + float64(at.Minute())/60 + float64(at.Second())/3600
	g := 2 * math.Pi / 365 * (float64(at.YearDay()-1) + (hours-12)/24)
	declination := 0.006918 - 0.399912*math.Cos(g) + 0.070257*math.Sin(g) - 0.006758*math.Cos(2*g) + 0.000907*math.Sin(2*g) - 0.002697*math.Cos(3*g) + 0.00148*math.Sin(3*g)
	equation := 229.18 * (0.000075 + 0.001868*math.Cos(g) - 0.032077*math.Sin(g) - 0.014615*math.Cos(2*g) - 0.040849*math.Sin(2*g)) // minutes
	angle := (hours*15 + equation/4 + p[0] - 180) * math.Pi / 180
	lat := p[1] * math.Pi / 180
	height := math.Asin(math.Sin(lat)*math.Sin(declination) + math.Cos(lat)*math.Cos(declination)*math.Cos(angle))
	return height > -0.833*math.Pi/180
}
