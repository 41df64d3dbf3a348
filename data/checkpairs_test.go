package data

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSweepFindsEveryPairOnce compares the sweep with comparing all with all.
func TestSweepFindsEveryPairOnce(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	for round := range 60 {
		boxes := make([]rowBox, 1+rnd.IntN(400))
		for i := range boxes {
			x, y, w, h := rnd.Float64(), rnd.Float64(), 0.05*rnd.Float64(), 0.05*rnd.Float64()
			switch rnd.IntN(20) {
			case 0:
				h *= 200 // a tall one
			case 1:
				w *= 200
			case 2:
				x, y, w, h = 0.5, 0.5, 0.01, 0.01 // at one place
			case 3:
				w, h = 0, 0
			}
			boxes[i] = rowBox{row: int64(i), x0: x, x1: x + w, y0: y, y1: y + h}
		}
		slices.SortFunc(boxes, func(a, b rowBox) int { return cmp.Compare(a.x0, b.x0) })
		want := map[[2]int64]int{}
		for i, b := range boxes {
			for _, a := range boxes[:i] {
				if a.meets(b) {
					want[[2]int64{a.row, b.row}]++
				}
			}
		}
		s := sweep{rows: map[int64][]rowBox{}, height: rowHeight(boxes), clean: -cleanFrom + rnd.IntN(50)}
		got := map[[2]int64]int{}
		for _, b := range boxes {
			if err := s.add(b, func(a rowBox) error {
				got[[2]int64{a.row, b.row}]++
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("round %d: %d pairs, want %d", round, len(got), len(want))
		}
		for p, n := range got {
			if n != 1 || want[p] == 0 {
				t.Fatalf("round %d: pair %v %d times, want %d", round, p, n, want[p])
			}
		}
	}
}
