package ask

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/region"
)

// plume is the ground of a leak's first minutes: a circle around the place and, downwind of
// it, a square as wide as it is long, turned to both sides by what is not known of the wind.
type plume struct {
	place     orb.Point
	toward    float64 // azimuth that the wind blows to
	speed     float64 // m/s
	isolation float64 // metres
	downwind  float64 // metres; 0: no square
	spread    float64 // degrees to each side
	circle    *region.Region
	sector    *region.Region // nil: none
	zone      *region.Region // both
}

// farCorner is the azimuth of a far corner of the square, from the wind, in degrees.
var farCorner = math.Atan(0.5) * 180 / math.Pi

// squareReach is how far the square of side 1 reaches in a direction, in degrees from the wind.
func squareReach(turn float64) float64 {
	sin, cos := math.Sincos(math.Abs(turn) * math.Pi / 180)
	switch turn = math.Abs(turn); {
	case turn <= farCorner:
		return 1 / cos
	case turn <= 90:
		return 0.5 / sin
	}
	return 0
}

// sweptReach is how far the turned squares together reach in a direction: the most of any turn.
func sweptReach(turn, spread float64) float64 {
	turn = math.Abs(turn)
	if turn-spread <= farCorner && farCorner <= turn+spread {
		return squareReach(farCorner)
	}
	return max(squareReach(turn-spread), squareReach(turn+spread))
}

// ring is the edge of the turned squares: all places that they reach, seen from the place.
func (p *plume) ring() orb.Ring {
	end := 90 + p.spread
	turns := []float64{-end, end}
	for turn := -math.Floor(end); turn <= end; turn++ {
		turns = append(turns, turn)
	}
	for _, c := range []float64{farCorner - p.spread, farCorner + p.spread} {
		turns = append(turns, c, -c)
	}
	slices.Sort(turns)
	turns = slices.Compact(turns)
	ring := orb.Ring{p.place}
	for _, turn := range turns {
		// Clockwise from the left; at the ends what is just within counts.
		r := sweptReach(min(max(turn, -end+1e-9), end-1e-9), p.spread)
		ring = append(ring, geo.Destination(p.place, geo.Degrees(p.toward+turn), geo.Metres(p.downwind*r)))
	}
	ring = append(ring, p.place)
	ring.Reverse()
	return ring
}

// make fills in the areas.
func (p *plume) make(s *Session) error {
	var err error
	if p.circle, err = region.New(p.place, geo.Metres(p.isolation), nil); err != nil {
		return err
	}
	p.zone = p.circle
	if p.downwind == 0 {
		return nil
	}
	sector := orb.MultiPolygon{{p.ring()}}
	p.sector = region.FromAreas(sector)
	all, err := s.asker.store.Union(s.ctx, []orb.MultiPolygon{sector, p.circle.Outline()})
	if err != nil {
		return err
	}
	p.zone = region.FromAreas(all)
	return nil
}

// outside is how far a place is from the zone, in metres.
func (p *plume) outside(q orb.Point) float64 {
	return max(0, float64(p.zone.Metres(q)-p.zone.Within()))
}

// along is how far downwind of the place another is, in metres, 0 where it is upwind.
func (p *plume) along(q orb.Point) float64 {
	turned := (float64(geo.Direction(p.place, q)) - p.toward) * math.Pi / 180
	return max(0, float64(geo.Distance(p.place, q))*math.Cos(turned))
}

// arrival is when the gas is there, in minutes: at once within the circle.
func (p *plume) arrival(q orb.Point) float64 {
	if p.circle.Holds(q) {
		return 0
	}
	return p.along(q) / p.speed / 60
}
