package siting

import (
	"context"
	"slices"
)

// reset closes all sites.
func (p *plan) reset() {
	p.best, p.saved = slices.Clone(p.now), 0
	clear(p.open)
	for c := range p.gain {
		p.gain[c] = 0
		to, cost := p.sites.row(c)
		for k, i := range to {
			p.gain[c] += p.now[i] - cost[k]
		}
	}
}

// build opens a site.
func (p *plan) build(c int) {
	p.open[c] = true
	to, cost := p.sites.row(c)
	for k, i := range to {
		if cost[k] < p.best[i] {
			p.change(i, cost[k])
		}
	}
}

// abandon closes a site; its cells fall to the next open one.
func (p *plan) abandon(c int) {
	p.open[c] = false
	to, cost := p.sites.row(c)
	for k, i := range to {
		if cost[k] != p.best[i] {
			continue
		}
		next := p.now[i]
		others, costs := p.cells.row(int(i))
		for m, o := range others {
			if p.open[o] {
				next = costs[m]
				break
			}
		}
		if next != p.best[i] {
			p.change(i, next)
		}
	}
}

// change gives a cell another cost and brings the gains of all candidates that reach it
// up to date.
func (p *plan) change(i int32, cost int64) {
	old := p.best[i]
	p.best[i] = cost
	p.saved += old - cost
	to, costs := p.cells.row(int(i))
	for k, c := range to {
		if costs[k] >= max(old, cost) {
			return
		}
		p.gain[c] += max(0, cost-costs[k]) - max(0, old-costs[k])
	}
}

// most is the candidate with the highest gain, the first of equal ones; -1 when none gains.
func (p *plan) most() int {
	top, gain := -1, int64(0)
	for c, g := range p.gain {
		if g > gain {
			top, gain = c, g
		}
	}
	return top
}

// greedy opens, n times, the site that gains most.
func (p *plan) greedy(ctx context.Context, n int) (chosen []int, err error) {
	for len(chosen) < n && ctx.Err() == nil {
		c := p.most()
		if c < 0 {
			break
		}
		p.build(c)
		chosen = append(chosen, c)
	}
	return chosen, ctx.Err()
}

// exchange replaces each chosen site in turn by the one that gains most in its stead, if
// that is better. It reports whether any was, and counts them.
func (p *plan) exchange(ctx context.Context, chosen []int, count *int) (better bool, err error) {
	for k, c := range chosen {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		p.abandon(c)
		if top := p.most(); top >= 0 && p.gain[top] > p.gain[c] {
			chosen[k], better = top, true
			*count++
		}
		p.build(chosen[k])
	}
	return better, nil
}

// ordered gives the chosen sites in the order of their gains, each after those before it,
// and the gains. All sites are open before and after.
func (p *plan) ordered(chosen []int) (order []int, gains []int64) {
	p.reset()
	left := slices.Sorted(slices.Values(chosen))
	for len(left) > 0 {
		top := 0
		for k, c := range left {
			if p.gain[c] > p.gain[left[top]] {
				top = k
			}
		}
		c := left[top]
		left = slices.Delete(left, top, top+1)
		order, gains = append(order, c), append(gains, p.people(p.gain[c]))
		p.build(c)
	}
	return order, gains
}
