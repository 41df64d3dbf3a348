package roads

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel shares the numbers from 0 to n among the processors, in runs.
func parallel(n int, f func(lo, hi int)) {
	_ = parallelUntil(context.Background(), n, 1024, func(lo, hi int) error {
		f(lo, hi)
		return nil
	})
}

// parallelUntil does the same in runs of a given length, and stops when the context ends or f fails.
func parallelUntil(ctx context.Context, n, run int, f func(lo, hi int) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	var once sync.Once
	var failed error
	var stop atomic.Bool
	for range min(runtime.GOMAXPROCS(0), (n+run-1)/run) {
		wait.Go(func() {
			for !stop.Load() {
				lo := int(next.Add(int64(run))) - run
				if lo >= n {
					return
				}
				err := ctx.Err()
				if err == nil {
					err = f(lo, min(lo+run, n))
				}
				if err != nil {
					once.Do(func() { failed = err })
					stop.Store(true)
				}
			}
		})
	}
	wait.Wait()
	return failed
}
