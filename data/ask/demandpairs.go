package ask

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/near"
	"onemap/geo/roads"
	"onemap/geo/siting"
	"onemap/layers/fault"
)

// mostPairs is how many pairs of a record and a facility in its reach a question looks at.
const mostPairs = 20_000_000

func tooManyPairs() error {
	return fault.New(fault.TooLarge, "More than %d pairs are within reach; ask with a shorter reach, or for a smaller area.", mostPairs)
}

// pairsByLine finds for each of n places all of an index within some metres, with their
// distance in millimetres. A place that is not wanted has none.
func (s *Session) pairsByLine(n int, at func(i int) (p orb.Point, wanted bool), index *near.Index, within float64) (pairs siting.Pairs, err error) {
	parts := make([]siting.Pairs, runtime.GOMAXPROCS(0))
	var total atomic.Int64
	var all sync.WaitGroup
	for k := range parts {
		all.Go(func() {
			p := &parts[k]
			for i := k * n / len(parts); i < (k+1)*n/len(parts); i++ {
				if from, wanted := at(i); wanted {
					found := index.Nearest(from, math.MaxInt32, geo.Metres(within), nil)
					if total.Add(int64(len(found))) > mostPairs || s.ctx.Err() != nil {
						return
					}
					for _, f := range found {
						p.Add(f.I, int64(math.Round(float64(f.Metres)*1000)))
					}
				}
				p.EndRow()
			}
		})
	}
	all.Wait()
	if total.Load() > mostPairs {
		return pairs, tooManyPairs()
	}
	pairs.Start = []int{0}
	for _, p := range parts {
		n := len(pairs.To)
		pairs.To, pairs.Cost = append(pairs.To, p.To...), append(pairs.Cost, p.Cost...)
		for _, at := range p.Start[min(1, len(p.Start)):] {
			pairs.Start = append(pairs.Start, n+at)
		}
	}
	return pairs, s.left()
}

// pairsByRoad finds for each stop all targets within the search, with the time in
// milliseconds; the rows are stops.
func (s *Session) pairsByRoad(t *travel, search roads.Search, targets []roads.Stop) (pairs siting.Pairs, err error) {
	rows := make([][]roads.Hit, len(search.From))
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	var total atomic.Int64
	err = t.Each(ctx, search, targets, func(k int, hits []roads.Hit) {
		if total.Add(int64(len(hits))) > mostPairs {
			stop()
			return
		}
		rows[k] = hits
	})
	if total.Load() > mostPairs {
		return pairs, tooManyPairs()
	}
	if err != nil {
		return pairs, s.given(err)
	}
	pairs.Start = []int{0}
	for _, hits := range rows {
		for _, h := range hits {
			pairs.Add(h.Target, int64(math.Round(h.Seconds*1000)))
		}
		pairs.EndRow()
	}
	return pairs, nil
}

// turned are the same pairs by column.
func turned(pairs *siting.Pairs, columns int) siting.Pairs {
	t := siting.Pairs{Start: make([]int, columns+1), To: make([]int32, len(pairs.To)), Cost: make([]int64, len(pairs.To))}
	for _, to := range pairs.To {
		t.Start[to+1]++
	}
	for c := range columns {
		t.Start[c+1] += t.Start[c]
	}
	next := slices.Clone(t.Start)
	for row := range pairs.Rows() {
		for k := pairs.Start[row]; k < pairs.Start[row+1]; k++ {
			at := &next[pairs.To[k]]
			t.To[*at], t.Cost[*at] = int32(row), pairs.Cost[k]
			*at++
		}
	}
	return t
}
