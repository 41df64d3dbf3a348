package detect

import "math"

// step is the power of ten to which all but a twentieth of the numbers are rounded.
func (q *inquiry) step() float64 {
	rows := some(q.rows, 1000)
	for digits := -3; digits <= 9; digits++ {
		scale := math.Pow(10, float64(digits))
		finer := 0
		for _, r := range rows {
			if !rounded(r.First, scale) || !rounded(r.Second, scale) {
				finer++
			}
		}
		if finer*20 <= len(rows) {
			return 1 / scale
		}
	}
	return 1e-10
}

func rounded(v, scale float64) bool {
	w := v * scale
	return math.Abs(w-math.Round(w)) <= 1e-9+math.Abs(w)*4e-16
}
