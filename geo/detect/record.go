package detect

import (
	"math"
	"slices"
)

// The measures of agreement with published positions, in metres. Two shifts are at least
// 440 m apart, so a record within nearRecord of where it was speaks for one of them only.
const (
	nearRecord   = 200.0
	recordSide   = 100.0 // records closer together are one witness
	steadyOffset = 25.0  // an offset of all records up to this is the noise of surveys
)

// vote is what one witness adds for a hypothesis that brings it near its published
// position: of a true reading four records in five are, of a false one a record in twenty.
var vote = math.Log(0.8/0.05) + math.Log(0.95/0.2)

// records is how a hypothesis agrees with the published positions.
type records struct {
	count   int       // rows with a published position that could be placed
	witness float64   // different places among them
	near    []float64 // by hypothesis: witnesses near where they were
	median  []xy      // by hypothesis: the middle offset of those that are near; of all where fewer than half are
	spread  []float64 // by hypothesis: the middle distance from that
}

func (q *inquiry) compareRecords(hs []hypothesis, pl plane) *records {
	type witness struct {
		row  int
		at   xy
		spot [2]int32
	}
	var ws []witness
	spots := map[[2]int32]int{}
	for i, r := range q.rows {
		if r.Published == nil || !hs[0].placed[i] {
			continue
		}
		at := pl.metres(*r.Published)
		ws = append(ws, witness{i, at, at.cell(recordSide)})
		spots[at.cell(recordSide)]++
	}
	out := &records{count: len(ws), witness: float64(len(spots))}
	tolerance := nearRecord + q.resolution
	for h := range hs {
		near := 0.0
		var all, close []xy
		for _, w := range ws {
			if !hs[h].placed[w.row] {
				continue
			}
			d := hs[h].places[w.row].minus(w.at)
			all = append(all, d)
			if d.length() < tolerance {
				near += 1 / float64(spots[w.spot])
				close = append(close, d)
			}
		}
		if len(close)*2 < len(all) {
			close = all
		}
		m, s := middle(close)
		out.near, out.median, out.spread = append(out.near, near), append(out.median, m), append(out.spread, s)
	}
	return out
}

// share is the part of the witnesses that a hypothesis brings near where they were.
func (r *records) share(h int) float64 { return r.near[h] / max(r.witness, 1) }

// compare is the log-likelihood of one hypothesis over another by the records, bounded: forty
// witnesses are as good as a thousand.
func (r *records) compare(g, h int) float64 {
	return min(max((r.near[g]-r.near[h])*vote, -40*vote), 40*vote)
}

// middle is the median of vectors by component, and the median distance from it.
func middle(vs []xy) (m xy, spread float64) {
	if len(vs) == 0 {
		return xy{}, 0
	}
	column := make([]float64, len(vs))
	for axis := range 2 {
		for i, v := range vs {
			column[i] = v[axis]
		}
		slices.Sort(column)
		m[axis] = (column[(len(column)-1)/2] + column[len(column)/2]) / 2
	}
	for i, v := range vs {
		column[i] = v.from(m)
	}
	slices.Sort(column)
	return m, column[len(column)/2]
}

// steady reports whether all records are off by the same distance, more than surveys are,
// though the hypothesis brings them near.
func (r *records) steady(h int, resolution float64) bool {
	if r.witness < 3 || r.share(h) < 0.5 {
		return false
	}
	noise := 3 * 1.2533 * r.spread[h] / math.Sqrt(r.witness)
	return r.median[h].length() > max(steadyOffset, noise, resolution)
}
