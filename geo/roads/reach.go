package roads

import (
	"iter"
	"math"

	"github.com/paulmach/orb"
)

// Stretch is a piece of a part that is reached within the bound of a search, one way and
// from one side: seconds grow evenly from one end to the other.
type Stretch struct {
	Edge        int64   // id
	Part        int     // number
	From, To    float64 // shares of the part's length, From < To
	SecondsFrom float64 // at From, without the walk of a point that is snapped there
	SecondsTo   float64 // at To
	Stop        int     // index of the stop that is soonest
}

// Metres is the stretch's length.
func (g *Graph) Metres(s Stretch) float64 { return (s.To - s.From) * g.parts[s.Part].metres }

// Line is the stretch's line, in the direction of the edge.
func (g *Graph) Line(s Stretch) orb.LineString {
	return g.appendLine(nil, Step{Part: s.Part, From: s.From, To: s.To})
}

// Within cuts off what lies beyond some seconds; false if nothing is left.
func (s Stretch) Within(seconds float64) (Stretch, bool) {
	if max(s.SecondsFrom, s.SecondsTo) <= seconds {
		return s, true
	}
	if !(min(s.SecondsFrom, s.SecondsTo) < seconds) {
		return s, false
	}
	at := s.From + (s.To-s.From)*(seconds-s.SecondsFrom)/(s.SecondsTo-s.SecondsFrom)
	if s.SecondsTo > seconds {
		s.To, s.SecondsTo = at, seconds
	} else {
		s.From, s.SecondsFrom = at, seconds
	}
	return s, s.From < s.To
}

// ray goes along a part from a share of it, in one direction, at the part's pace.
type ray struct {
	at, seconds float64
	stop        int32
}

// Stretches yields all of the network that is reached within the bound, part by part and
// along each: the service area. Stretches do not overlap.
func (t *Tree) Stretches() iter.Seq[Stretch] {
	return func(yield func(Stretch) bool) {
		g := t.n.g
		var ends []float64 // of the pieces between the places where rays begin
		for number := range int32(len(g.parts)) {
			p := &g.parts[number]
			from, to, seeds := &t.labels[p.from], &t.labels[p.to], t.seeds[number]
			if from.round != t.round && to.round != t.round && seeds == nil || !t.n.open(number) {
				continue
			}
			right, left := ray{stop: -1}, ray{stop: -1}
			if from.round == t.round {
				right = ray{0, from.seconds, from.from}
			}
			ends = append(ends[:0], 0)
			for _, s := range seeds {
				if s.at > ends[len(ends)-1] && s.at < 1 {
					ends = append(ends, s.at)
				}
			}
			ends = append(ends, 1)
			for i := 1; i < len(ends); i++ {
				lo, hi := ends[i-1], ends[i]
				for _, s := range seeds {
					if s.at == lo && (right.stop < 0 || s.seconds < right.seconds+share(t.rightward(number), lo-right.at)) {
						right = ray{lo, s.seconds, s.from}
					}
				}
				left.stop = -1
				if to.round == t.round {
					left = ray{1, to.seconds, to.from}
				}
				for _, s := range seeds { // the nearest ahead, after what comes behind it
					if s.at >= hi && (left.stop < 0 || s.seconds+share(t.leftward(number), s.at-hi) < left.seconds+share(t.leftward(number), left.at-hi)) {
						left = ray{s.at, s.seconds, s.from}
					}
				}
				if !t.meet(number, lo, hi, right, left, yield) {
					return
				}
			}
		}
	}
}

// meet yields what a ray from before lo and one from after hi reach soonest between them.
func (t *Tree) meet(number int32, lo, hi float64, right, left ray, yield func(Stretch) bool) bool {
	inf := math.Inf(1)
	paceR, paceL := t.rightward(number), t.leftward(number)
	startR, startL := inf, inf // seconds at lo and at hi
	if right.stop >= 0 {
		startR = right.seconds + share(paceR, lo-right.at)
	}
	if left.stop >= 0 {
		startL = left.seconds + share(paceL, left.at-hi)
	}
	endR, endL := lo, hi // how far they come
	if startR < t.limit && !math.IsInf(paceR, 1) {
		endR = hi
		if paceR > 0 {
			endR = min(hi, lo+(t.limit-startR)/paceR)
		}
	}
	if startL < t.limit && !math.IsInf(paceL, 1) {
		endL = lo
		if paceL > 0 {
			endL = max(lo, hi-(t.limit-startL)/paceL)
		}
	}
	if endR > endL { // where they are equally soon
		middle := lo
		if paceR+paceL > 0 {
			middle = min(max((startL-startR+paceL*hi+paceR*lo)/(paceR+paceL), lo), hi)
		}
		endR, endL = min(endR, middle), max(endL, middle)
	}
	g := t.n.g
	id := g.edges[g.parts[number].edge].ID
	if endR > lo && !yield(Stretch{id, int(number), lo, endR, startR, startR + share(paceR, endR-lo), int(right.stop)}) {
		return false
	}
	return endL >= hi || yield(Stretch{id, int(number), endL, hi, startL + share(paceL, hi-endL), startL, int(left.stop)})
}
