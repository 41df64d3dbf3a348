package detect

import (
	"math"
	"slices"
)

// The model of borders. A row's place lies in the unit that it names but for one in fifty
// or so. The drawn outline is off the true one by an amount that is the same for a square
// kilometre: normal with the outline's own error, one time in twenty four times as wide.
const (
	inNamed     = 0.98
	notInNamed  = 0.02
	witnessSide = 1000.0  // metres: one outline error, one witness
	blockSide   = 10000.0 // metres: no block of this size may decide alone
	borderRows  = 1200
)

// offsets are outline errors in standard deviations, with the chance of each.
var (
	offsets       = []float64{-12, -8, -6, -4, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 8, 12}
	offsetChances = chances()
	logIn, logOut = math.Log(inNamed), math.Log(notInNamed)
)

func chances() []float64 {
	cdf := func(x float64) float64 {
		return 0.95*math.Erfc(-x/math.Sqrt2)/2 + 0.05*math.Erfc(-x/4/math.Sqrt2)/2
	}
	out, last := make([]float64, len(offsets)), 0.0
	for i := range offsets {
		upper := 1.0
		if i+1 < len(offsets) {
			upper = cdf((offsets[i] + offsets[i+1]) / 2)
		}
		out[i], last = upper-last, upper
	}
	return out
}

// borders is what rows near the edges of the units that they name say about shifts.
type borders struct {
	rows   []borderRow // those of one square and unit together
	blocks int
}

type borderRow struct {
	square, block int
	lost          []uint8 // by hypothesis: how many of the offsets leave the place outside
	telling       uint64  // bit by hypothesis: the place lies in some unit
}

// witness looks at the rows that lie near the edge of the unit that they name. A place
// that lies in no unit at all, as on reclaimed land, says nothing: the coast moves.
func (q *inquiry) witness(hs []hypothesis, pl plane) *borders {
	b := &borders{}
	var near []int
	for i, r := range q.rows {
		if r.unit >= 0 && hs[0].placed[i] && math.Abs(q.g.areas[r.unit].depth(hs[0].places[i])) < reach {
			near = append(near, i)
		}
	}
	near = some(near, borderRows)
	type key struct {
		unit int
		cell [2]int32
	}
	squares, blocks := map[key]int{}, map[[2]int32]int{}
	for _, i := range near {
		unit, at := q.rows[i].unit, hs[0].places[i]
		r := borderRow{square: number(squares, key{unit, at.cell(witnessSide)}), block: number(blocks, at.cell(blockSide)), lost: make([]uint8, len(hs))}
		sigma := math.Hypot(q.g.areas[unit].sigma, q.resolution/2)
		for h := range hs {
			if !hs[h].placed[i] {
				continue
			}
			depth := q.g.areas[unit].depth(hs[h].places[i])
			if depth > 0 || q.g.elsewhere(hs[h].places[i], unit) {
				r.telling |= 1 << h
			}
			for r.lost[h] < uint8(len(offsets)) && depth+offsets[r.lost[h]]*sigma <= 0 {
				r.lost[h]++
			}
		}
		b.rows = append(b.rows, r)
	}
	b.blocks = len(blocks)
	slices.SortFunc(b.rows, func(x, y borderRow) int { return x.square - y.square })
	return b
}

func number[K comparable](seen map[K]int, k K) int {
	n, ok := seen[k]
	if !ok {
		n = len(seen)
		seen[k] = n
	}
	return n
}

// compare is the log-likelihood of one hypothesis over another by the borders, and the same
// without the block that speaks most for the first.
func (b *borders) compare(g, h int) (whole, without float64) {
	sums := make([]float64, b.blocks)
	for i := 0; i < len(b.rows); {
		end := i
		for end < len(b.rows) && b.rows[end].square == b.rows[i].square {
			end++
		}
		sums[b.rows[i].block] += square(b.rows[i:end], g, h)
		i = end
	}
	loudest := 0.0
	for _, s := range sums {
		whole += s
		loudest = max(loudest, s)
	}
	return whole, whole - loudest
}

// square compares two hypotheses by the rows of one square, over the outline errors that may be.
func square(rows []borderRow, g, h int) float64 {
	var lostG, lostH [32]int
	n, same := 0, true
	for i := range rows {
		r := &rows[i]
		if r.telling>>g&1 == 0 || r.telling>>h&1 == 0 {
			continue
		}
		n++
		lostG[r.lost[g]]++
		lostH[r.lost[h]]++
		same = same && r.lost[g] == r.lost[h]
	}
	if same {
		return 0
	}
	return likely(&lostG, n) - likely(&lostH, n)
}

// likely is the log of the chance of n rows, of which lost[k] are outside with the first k offsets.
func likely(lost *[32]int, n int) float64 {
	var logs [32]float64
	in, best := 0, math.Inf(-1)
	for k := range offsets {
		in += lost[k]
		logs[k] = float64(in)*logIn + float64(n-in)*logOut
		best = max(best, logs[k])
	}
	total := 0.0
	for k, chance := range offsetChances {
		if d := logs[k] - best; d > -50 {
			total += chance * math.Exp(d)
		}
	}
	return best + math.Log(total+1e-30)
}
