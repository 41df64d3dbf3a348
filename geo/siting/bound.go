package siting

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
)

const (
	// rounds is how often the multipliers are improved at most.
	rounds = 300
	// patience is for how many rounds without a better bound the step stays.
	patience = 8
)

// relax bounds what n sites can save. For any multipliers v, 0 ≤ v ≤ now, of the condition
// that each cell is served once,
//
//	saved ≤ Σ (now - v) + the n largest of Σ max(0, v - cost) over a candidate's cells,
//
// which for the costs of an open set of sites is what it saves and the n largest gains
// beside it. From there the multipliers go by subgradient steps (Held, Wolfe and Crowder
// 1974) towards what the best sites known save. The best bound goes to p.bound.
func (p *plan) relax(ctx context.Context, n int, tell func()) error {
	v := slices.Clone(p.best)
	worth := make([]int64, len(p.gain))
	served := make([]int32, len(v))
	step, since := 1., 0
	for round := range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.worth(v, worth)
		top := largest(worth, n)
		limit := p.whole
		for _, m := range v {
			limit -= m
		}
		clear(served)
		for _, c := range top {
			limit = min(limit+worth[c], p.whole) // beyond, it says nothing
			to, cost := p.sites.row(c)
			for k, i := range to {
				if v[i] > cost[k] {
					served[i]++
				}
			}
		}
		since++
		if limit < p.bound {
			p.bound, since = limit, 0
		}
		if round%10 == 0 {
			tell()
		}
		if p.people(p.bound) <= p.people(p.saved) {
			break
		}
		if since > patience {
			step, since = step/2, 0
		}
		norm := 0.
		for i, s := range served {
			if s == 0 && v[i] < p.now[i] || s > 1 && v[i] > 0 {
				norm += float64(1-s) * float64(1-s)
			}
		}
		if norm == 0 || step < 1e-4 {
			break
		}
		far := step * float64(limit-p.saved) / norm
		for i, s := range served {
			v[i] = min(p.now[i], max(0, v[i]+int64(far*float64(1-s))))
		}
	}
	return nil
}

// worth computes for each candidate the sum of max(0, v - cost) over its cells.
func (p *plan) worth(v, worth []int64) {
	workers := runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for w := range workers {
		lo, hi := w*len(worth)/workers, (w+1)*len(worth)/workers
		all.Go(func() {
			for c := lo; c < hi; c++ {
				to, cost := p.sites.row(c)
				sum := int64(0)
				for k, i := range to {
					sum += max(0, v[i]-cost[k])
				}
				worth[c] = sum
			}
		})
	}
	all.Wait()
}

// largest gives the places of the n largest numbers above 0, the first of equal ones.
func largest(numbers []int64, n int) []int {
	byNumber := func(a, b int) int { return cmp.Or(cmp.Compare(numbers[b], numbers[a]), cmp.Compare(a, b)) }
	var top []int
	floor := int64(0)
	for i, v := range numbers {
		if v <= floor {
			continue
		}
		if top = append(top, i); len(top) >= 2*n+64 {
			slices.SortFunc(top, byNumber)
			top = top[:n]
			if n > 0 {
				floor = numbers[top[n-1]]
			}
		}
	}
	slices.SortFunc(top, byNumber)
	return top[:min(n, len(top))]
}
