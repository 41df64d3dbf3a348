package detect

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// hypothesis is a reading with a state of shift, and where it puts the rows.
type hypothesis struct {
	candidate
	datum  geo.Datum
	times  int
	belief float64 // log of the belief in system and shift before looking at records and borders
	places []xy    // by row, in metres
	placed []bool  // false too for rows that a shift can't move over any edge, see telling
	barred bool    // the person said otherwise

	confidence float64
}

// rare reports whether a state of shift is one that files are seldom in.
func (h *hypothesis) rare() bool { return h.times < 0 || h.times > 1 || h.datum == geo.Unknown }

// maxHypotheses is how many a set of bits can hold, see borderRow.
const maxHypotheses = 64

// unknownBelief is the belief that positions have some systematic offset that is no known shift.
const unknownBelief = 0.005

// hypotheses pairs the readings that fit with the shifts. Unknown offsets of the first
// reading are among them, so that borders which fit no known shift are noticed.
func (q *inquiry) hypotheses() ([]hypothesis, plane) {
	pl := q.plane()
	var hs []hypothesis
	for _, c := range q.fits {
		lonLat := make([]orb.Point, len(q.rows))
		placed := make([]bool, len(q.rows))
		shiftable := false
		for i, r := range q.rows {
			lon, lat, err := c.degrees(r.First, r.Second)
			placed[i] = err == nil
			lonLat[i] = orb.Point{lon, lat}
			shiftable = shiftable || placed[i] && inChina(lonLat[i])
		}
		telling := q.telling(lonLat, placed, pl)
		statement := q.f.Statement
		if q.f.User.CRS != (geo.CRS{}) {
			statement = Written
		}
		for _, s := range shifts {
			if s.times != 0 && (!shiftable || legacy(c.crs.Datum)) {
				continue
			}
			h := hypothesis{candidate: c, datum: s.datum, times: s.times, places: make([]xy, len(q.rows)), placed: make([]bool, len(q.rows))}
			told := q.f.User
			h.barred = told.Shift != "" && (told.times() != s.times || s.times != 0 && told.Shift != s.datum)
			h.belief = c.prior + c.score + q.g.Policy.prior(s, c.crs, statement, c.believed, q.named)
			if legacy(c.crs.Datum) {
				h.datum = geo.CGCS2000
			}
			for i, p := range lonLat {
				if !placed[i] || s.times != 0 && !telling[i] {
					continue
				}
				at, err := undo(p[0], p[1], h.datum, h.times)
				h.placed[i], h.places[i] = err == nil, pl.metres(at)
			}
			hs = append(hs, h)
		}
	}
	if len(hs) > 0 && q.f.User.Shift == "" && q.coded > 0 && !q.g.blank() {
		hs = q.unknownOffsets(hs)
	}
	return hs, pl
}

// telling marks the rows that shifts can move over an edge or that have a published position.
// The others lie so deep inside or so far outside that every shift leaves them there; they
// are placed by unshifted hypotheses only. The first row is always among the marked.
func (q *inquiry) telling(at []orb.Point, placed []bool, pl plane) []bool {
	out := make([]bool, len(q.rows))
	first := true
	for i, r := range q.rows {
		if !placed[i] {
			continue
		}
		out[i] = first || r.Published != nil
		first = false
		if !q.g.blank() && !out[i] {
			edge := q.g.city
			if r.unit >= 0 {
				edge = q.g.areas[r.unit].outline
			}
			out[i] = math.Abs(edge.depth(pl.metres(at[i]))) < reach
		}
	}
	return out
}

// plane is the ground's, or one at the first place that is known where there is no ground.
func (q *inquiry) plane() plane {
	if !q.g.blank() {
		return q.g.plane
	}
	for _, r := range q.rows {
		if r.Published != nil {
			return planeAt(*r.Published)
		}
	}
	for _, r := range q.rows {
		if lon, lat, err := q.fits[0].degrees(r.First, r.Second); err == nil {
			return planeAt(orb.Point{lon, lat})
		}
	}
	return planeAt(orb.Point{120, 32})
}

// unknownOffsets adds offsets that are no known shift: at 300 m around the unshifted, GCJ-02 and
// BD-09 hypotheses of the first reading, at 600 and 1,000 m around the unshifted one, in eight
// directions, leaving out those that another one stands near. A known shift is borne out only if it fits better than these.
func (q *inquiry) unknownOffsets(hs []hypothesis) []hypothesis {
	at := firstPlaced(&hs[0])
	known := len(hs)
	for _, ring := range []struct {
		times int
		far   float64
	}{{0, 300}, {1, 300}, {0, 600}, {0, 1000}} {
		for k := range known {
			if hs[k].place != hs[0].place || hs[k].times != ring.times {
				continue
			}
			for wind := range 8 {
				sin, cos := math.Sincos(float64(wind) * math.Pi / 4)
				off := xy{ring.far * sin, ring.far * cos}
				near := func(h hypothesis) bool { return h.placed[at] && h.places[at].from(hs[k].places[at].plus(off)) < 220 }
				if len(hs) == maxHypotheses || slices.ContainsFunc(hs, near) {
					continue
				}
				h := hypothesis{candidate: hs[0].candidate, datum: geo.Unknown, placed: hs[k].placed, places: make([]xy, len(q.rows))}
				h.belief = hs[0].candidate.prior + hs[0].score + math.Log(unknownBelief/40)
				for i, p := range hs[k].places {
					h.places[i] = p.plus(off)
				}
				hs = append(hs, h)
			}
		}
	}
	return hs
}

// reading is the hypothesis as others see it.
func (h *hypothesis) reading() Reading {
	return Reading{
		CRS: h.crs, Same: h.same, Form: h.form, Swapped: h.swapped, Shift: h.datum, Times: h.times,
		Confidence: h.confidence,
	}
}
