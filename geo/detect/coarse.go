package detect

import (
	"math"
	"slices"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// row is a usable pair with the unit that it names.
type row struct {
	*Pair
	unit int // index of an area; -1 for none
}

// inquiry is one file's way to its verdict.
type inquiry struct {
	g          *Ground
	f          *File
	rows       []row
	unusable   int
	coded      int // rows that name a unit known here
	published  int // rows with a published position
	resolution float64
	named      geo.Datum // that the column names state
	fits       []candidate
	all        []candidate
	mixed      float64 // share of rows that only another reading can place
}

// coarseRows bounds how many rows are read in every possible way.
const coarseRows = 400

// usable takes the rows that have two numbers; 0 is how programs write none.
func (q *inquiry) usable() {
	for i := range q.f.Pairs {
		p := &q.f.Pairs[i]
		if !(math.Abs(p.First) > 1e-9 && math.Abs(p.Second) > 1e-9) || math.IsInf(p.First, 0) || math.IsInf(p.Second, 0) {
			q.unusable++
			continue
		}
		r := row{p, q.g.unit(p.Code)}
		if r.unit >= 0 {
			q.coded++
		}
		if p.Published != nil {
			q.published++
		}
		q.rows = append(q.rows, r)
	}
}

// some gives at most n rows, evenly taken.
func some[T any](rows []T, n int) []T {
	if len(rows) <= n {
		return rows
	}
	out := make([]T, n)
	for i := range out {
		out[i] = rows[i*len(rows)/n]
	}
	return out
}

// coarse finds the readings that put the rows where they may be, with a tolerance wider
// than any shift. The best comes first.
func (q *inquiry) coarse() {
	sample := some(q.rows, coarseRows)
	first, second := axisWord(q.f.Columns[0]), axisWord(q.f.Columns[1])
	q.all = q.f.candidates()
	for i := range q.all {
		c := &q.all[i]
		q.try(c, sample)
		switch {
		case c.swapped && q.f.Statement != Silent:
			c.prior += math.Log(0.03) // geometry columns have their order from the format
		case first*second < 0 && c.swapped == (first > 0):
			c.prior += math.Log(0.1)
		}
		if q.g.blank() && !c.believed && !c.exact && (q.f.Statement != Silent || q.f.User.CRS != (geo.CRS{})) {
			c.prior += math.Log(0.05) // nothing known here could show another system than the one that is stated
		}
		if c.form == FormPointed || c.form == FormDecimal && !c.crs.Projected() {
			c.score += q.digits(c, sample)
		}
		if c.fit >= q.g.Policy.Fit {
			q.fits = append(q.fits, *c)
		}
	}
	slices.SortStableFunc(q.fits, byBelief)
	slices.SortStableFunc(q.all, func(a, b candidate) int {
		if d := math.Round(b.fit*10) - math.Round(a.fit*10); d != 0 {
			return int(d)
		}
		return byBelief(a, b)
	})
	if len(q.fits) > 0 {
		q.mixed = q.unexplained()
		q.fits = q.fits[:min(len(q.fits), 3)]
	}
}

func byBelief(a, b candidate) int {
	switch d := a.prior + a.score - b.prior - b.score; {
	case d > 0:
		return -1
	case d < 0:
		return 1
	}
	return 0
}

// The logs of how likely a row of a true reading stands so, for rows that name a place and for others.
var (
	standsNamed   = [...]float64{right: math.Log(0.90), atSea: math.Log(0.05), astray: math.Log(0.03), outside: math.Log(0.02)}
	standsUnnamed = [...]float64{right: math.Log(0.90), atSea: math.Log(0.08), astray: math.Log(0.02), outside: math.Log(0.02)}
)

// try places the sample by a candidate. Rows of one square kilometre share one voice, so
// that a pile on one spot is one witness.
func (q *inquiry) try(c *candidate, sample []row) {
	type voice struct {
		sum float64
		n   int
	}
	voices := map[[2]int32]voice{}
	c.standings = make([]standing, len(sample))
	fit, rightly := 0, 0
	hopeless := !slices.ContainsFunc(some(sample, 50), func(r row) bool {
		s, _ := q.stand(c, r)
		return s != outside
	})
	for i, r := range sample {
		s, at := outside, nowhere
		if !hopeless {
			s, at = q.stand(c, r)
		}
		c.standings[i] = s
		if s <= atSea {
			fit++
		}
		if s == right {
			rightly++
		}
		likely := standsUnnamed[s]
		if r.unit >= 0 || r.Published != nil {
			likely = standsNamed[s]
		}
		v := voices[at]
		voices[at] = voice{v.sum + likely, v.n + 1}
	}
	c.fit, c.rightly = float64(fit)/float64(len(sample)), float64(rightly)/float64(len(sample))
	// What can't be placed has no square of its own: it weighs as the average row does.
	total, rows := 0.0, 0
	for at, v := range voices {
		if at == nowhere {
			rows = v.n
			continue
		}
		total += v.sum / float64(v.n)
	}
	if rows > 0 {
		total += standsNamed[outside] * max(1, float64(len(voices))*float64(rows)/float64(len(sample)))
	}
	c.score = total
}

// nowhere is the square of rows that can't be placed.
var nowhere = [2]int32{math.MinInt32, 0}

// stand places a row by a candidate, and gives its square of a hundredth of a degree.
func (q *inquiry) stand(c *candidate, r row) (standing, [2]int32) {
	lon, lat, err := c.degrees(r.First, r.Second)
	if err != nil {
		return outside, nowhere
	}
	s := q.g.stand(orb.Point{lon, lat}, r.unit, r.Published)
	if q.g.blank() && c.exact && r.Published == nil {
		s = right // there is nothing to hold against the file's word
	}
	if s == outside {
		return s, nowhere
	}
	return s, [2]int32{int32(lon * 100), int32(lat * 100)}
}

// digits is what the figures after the point say for or against minutes and seconds. Where
// every row could be minutes and seconds, decimal degrees become the less likely the more
// different digits there are.
func (q *inquiry) digits(c *candidate, sample []row) float64 {
	possible, distinct := 0, map[[2]float64]bool{}
	for _, r := range sample {
		_, okX := FormPointed.degrees(r.First)
		_, okY := FormPointed.degrees(r.Second)
		if okX && okY {
			possible++
			distinct[[2]float64{math.Floor(r.First * 1000), math.Floor(r.Second * 1000)}] = true
		}
	}
	if float64(possible) < 0.95*float64(len(sample)) {
		if c.form == FormPointed {
			return -20
		}
		return 0
	}
	if c.form == FormDecimal {
		return pointedByChance * float64(min(len(distinct), 20))
	}
	return 0
}

// unexplained is the share of the rows that the best reading can't place and one other reading can.
func (q *inquiry) unexplained() float64 {
	best, most := q.fits[0].standings, 0
	for _, c := range q.all {
		n := 0
		for i, s := range c.standings {
			if s == right && best[i] > atSea {
				n++
			}
		}
		most = max(most, n)
	}
	return float64(most) / float64(max(len(best), 1))
}
