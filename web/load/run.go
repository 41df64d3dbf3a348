package load

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Plan says how to ask.
type Plan struct {
	Connections int           // questions under way at the same time; at least 1
	Count       int           // how many questions there are
	Limit       time.Duration // after it no further question is begun; 0: no limit
}

// Result is what a run has measured.
type Result struct {
	Count         int           // questions answered: all of the list, or its beginning when the limit came first
	Bytes         int64         // of all answers, as they came over the connection
	Took          time.Duration // from the first question to the last answer
	P50, P99, Max time.Duration // of single answers
	Largest       int           // bytes of the largest answer
}

// PerSecond is how many questions were answered a second.
func (r Result) PerSecond() float64 {
	if r.Took <= 0 {
		return 0
	}
	return float64(r.Count) / r.Took.Seconds()
}

// MeanBytes is the mean size of an answer.
func (r Result) MeanBytes() int {
	if r.Count == 0 {
		return 0
	}
	return int(r.Bytes / int64(r.Count))
}

// Run asks question 0, 1, … once each, so many at a time, and measures. ask returns the
// size of the answer in bytes. The first error ends the run and is returned: figures
// of a server that fails are worth nothing.
func Run(ctx context.Context, p Plan, ask func(ctx context.Context, i int) (int, error)) (Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	took := make([]time.Duration, p.Count)
	var next, bytes, largest atomic.Int64
	var workers sync.WaitGroup
	begun := time.Now()
	for range max(p.Connections, 1) {
		workers.Go(func() {
			for ctx.Err() == nil && (p.Limit == 0 || time.Since(begun) < p.Limit) {
				i := int(next.Add(1)) - 1
				if i >= p.Count {
					return
				}
				at := time.Now()
				n, err := ask(ctx, i)
				if err != nil {
					stop(err)
					return
				}
				took[i] = time.Since(at)
				bytes.Add(int64(n))
				for old := largest.Load(); int64(n) > old && !largest.CompareAndSwap(old, int64(n)); old = largest.Load() {
				}
			}
		})
	}
	workers.Wait()
	r := Result{Count: min(int(next.Load()), p.Count), Bytes: bytes.Load(), Took: time.Since(begun), Largest: int(largest.Load())}
	if err := context.Cause(ctx); err != nil {
		return Result{}, err
	}
	took = took[:r.Count]
	r.P50, r.P99, r.Max = Percentile(took, 50), Percentile(took, 99), Percentile(took, 100)
	return r, nil
}

// Percentile returns the smallest of the values that at least p percent of them do not
// exceed (nearest rank); 0 for no values. The values may be in any order and are not changed.
func Percentile(values []time.Duration, p float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(math.Ceil(p / 100 * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}
