package ask

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/layers/fault"
)

// Track is where a typhoon was or will be, and how far its winds reach.
type Track struct {
	Points []TrackPoint `json:"points"`
	// RadiiKm are assumed, by wind class, where a point states none and its wind is as strong.
	RadiiKm map[string]Radii `json:"radii_km,omitempty"`
	// BestTrack is a file of the CMA's best tracks, in place of points, and Typhoon the
	// number or name of one in it.
	BestTrack string     `json:"best_track,omitempty"`
	Typhoon   string     `json:"typhoon,omitempty"`
	From      *time.Time `json:"from,omitempty"` // the part that is asked about
	To        *time.Time `json:"to,omitempty"`
}

// TrackPoint is the centre at a time.
type TrackPoint struct {
	Time    time.Time        `json:"time"`
	Place   orb.Point        `json:"place"`              // longitude, latitude
	WindMs  float64          `json:"wind_ms,omitempty"`  // highest wind, m/s; 0: not stated
	RadiiKm map[string]Radii `json:"radii_km,omitempty"` // by wind class
}

// Radii are how far winds of a class reach to the northeast, southeast, southwest and
// northwest, in km. In JSON also one number for all.
type Radii [4]float64

// UnmarshalJSON reads one number or four.
func (r *Radii) UnmarshalJSON(text []byte) error {
	var one float64
	if json.Unmarshal(text, &one) == nil {
		*r = Radii{one, one, one, one}
		return nil
	}
	var four []float64
	if json.Unmarshal(text, &four) != nil || len(four) != 4 {
		return fmt.Errorf("radii are one number of km, or four: northeast, southeast, southwest, northwest")
	}
	copy(r[:], four)
	return nil
}

// windClasses are the classes of wind circles, with the least wind of each in m/s (GB/T
// 28591-2012), the mildest first.
var windClasses = []struct {
	name  string
	class float64
	least float64
}{{"7", 7, 13.9}, {"10", 10, 24.5}, {"12", 12, 32.7}}

const (
	mostTrackPoints = 1000
	mostTrackHours  = 40 * 24
	mostRadius      = 1500 // km
)

// ReadBestTrack reads one typhoon from the text of a yearly file of the CMA's best tracks:
// by its number of four digits, or by its name. The error names those that the text has.
func ReadBestTrack(text, typhoon string) ([]TrackPoint, error) {
	var points []TrackPoint
	var known []string
	reading, left := false, 0
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "66666" {
			if len(words) < 8 {
				return nil, fault.In("track", "Line %d of the best track has no name or number of lines.", n+1)
			}
			count, err := strconv.Atoi(words[2])
			if err != nil || left > 0 {
				return nil, fault.In("track", "Line %d of the best track comes where a position should, or does not say how many follow.", n+1)
			}
			number, name := words[4], words[7]
			left, reading = count, number != "0000" && number == typhoon || strings.EqualFold(name, typhoon)
			known = append(known, number+" "+name)
			if reading {
				points = nil
			}
			continue
		}
		if left--; left < 0 || len(words) < 6 {
			return nil, fault.In("track", "Line %d of the best track is no position: time, grade, latitude, longitude, pressure and wind.", n+1)
		}
		if !reading {
			continue
		}
		at, err := time.Parse("2006010215", words[0])
		lat, err1 := strconv.Atoi(words[2])
		lon, err2 := strconv.Atoi(words[3])
		wind, err3 := strconv.ParseFloat(words[5], 64)
		if err != nil || err1 != nil || err2 != nil || err3 != nil {
			return nil, fault.In("track", "Line %d of the best track can't be read: time as YYYYMMDDHH, then whole numbers.", n+1)
		}
		points = append(points, TrackPoint{Time: at, Place: orb.Point{float64(lon) / 10, float64(lat) / 10}, WindMs: wind})
	}
	if points == nil {
		return nil, fault.In("track", "The best track has no typhoon %.20q; it has %.400s.", typhoon, strings.Join(known, ", "))
	}
	return points, nil
}

// read fills in and checks a track.
func (t *Track) read() error {
	if t.BestTrack != "" {
		if len(t.Points) > 0 {
			return fault.In("track", "The track is given in two ways, points and best_track; one is right.")
		}
		points, err := ReadBestTrack(t.BestTrack, t.Typhoon)
		if err != nil {
			return err
		}
		t.Points = points
	}
	if len(t.Points) == 0 || len(t.Points) > mostTrackPoints {
		return fault.In("track", "The track has %d points; it takes 1 to %d, each with time and place.", len(t.Points), mostTrackPoints)
	}
	for k, p := range t.Points {
		if p.Time.IsZero() || !(math.Abs(p.Place[0]) <= 180 && math.Abs(p.Place[1]) <= 80) {
			return fault.In("track", "Point %d of the track has no time or no place: [longitude, latitude].", k+1)
		}
		if k > 0 && !p.Time.After(t.Points[k-1].Time) {
			return fault.In("track", "Point %d of the track is not later than the one before it.", k+1)
		}
		if err := checkRadii(p.RadiiKm); err != nil {
			return err
		}
	}
	if err := checkRadii(t.RadiiKm); err != nil {
		return err
	}
	if t.Points[len(t.Points)-1].Time.Sub(t.Points[0].Time).Hours() > mostTrackHours {
		return fault.In("track", "The track is longer than %d days.", mostTrackHours/24)
	}
	return nil
}

func checkRadii(all map[string]Radii) error {
	for class, radii := range all {
		known := false
		for _, c := range windClasses {
			known = known || c.name == class
		}
		if !known {
			return fault.In("track", "There is no wind circle of class %.20q; there are 7, 10 and 12.", class)
		}
		for _, r := range radii {
			if !(r >= 0 && r <= mostRadius) {
				return fault.In("track", "%v km is no radius of winds; 0 to %d are.", r, mostRadius)
			}
		}
	}
	return nil
}

// radii are how far winds of a class reach at a point, and whether that is assumed.
func (t *Track) radii(p TrackPoint, class int) (r Radii, assumed bool) {
	c := windClasses[class]
	if r, stated := p.RadiiKm[c.name]; stated || p.RadiiKm != nil {
		return r, false
	}
	if r, stated := t.RadiiKm[c.name]; stated && (p.WindMs == 0 || p.WindMs >= c.least) {
		return r, true
	}
	return Radii{}, false
}

// at is the centre and the radii of a class at a moment: between two points of the track
// the centre moves evenly along the geodesic, and radii change evenly.
func (t *Track) at(moment time.Time, class int) (orb.Point, Radii) {
	last := len(t.Points) - 1
	for k := range last {
		p, q := t.Points[k], t.Points[k+1]
		if moment.Before(p.Time) || !moment.Before(q.Time) {
			continue
		}
		share := moment.Sub(p.Time).Seconds() / q.Time.Sub(p.Time).Seconds()
		a, _ := t.radii(p, class)
		b, _ := t.radii(q, class)
		for i := range a {
			a[i] += share * (b[i] - a[i])
		}
		return geo.Destination(p.Place, geo.Direction(p.Place, q.Place), geo.Metres(share)*geo.Distance(p.Place, q.Place)), a
	}
	r, _ := t.radii(t.Points[last], class)
	return t.Points[last].Place, r
}

// arc is how many corners a quarter of a wind circle has.
const arc = 24

// windArea is the ground within quadrant radii of a centre; nil where there is none.
func windArea(centre orb.Point, r Radii) orb.MultiPolygon {
	if r == (Radii{}) {
		return nil
	}
	const step = math.Pi / 2 / arc
	even := math.Sqrt(step / math.Sin(step)) // the polygon has the circle's area
	same := r[0] == r[1] && r[0] == r[2] && r[0] == r[3]
	var ring orb.Ring
	for q, radius := range r { // clockwise from north
		if radius == 0 {
			ring = append(ring, centre)
			continue
		}
		last := arc
		if same {
			last--
		}
		for k := 0; k <= last; k++ {
			azimuth := 90*float64(q) + 90*float64(k)/arc
			ring = append(ring, geo.Destination(centre, geo.Degrees(azimuth), geo.Metres(1000*radius*even)))
		}
	}
	ring = append(ring, ring[0])
	ring.Reverse()
	return orb.MultiPolygon{{ring}}
}
