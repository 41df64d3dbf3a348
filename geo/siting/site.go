package siting

import (
	"context"
	"fmt"
	"math/bits"
)

// Choice is where facilities could be built, and for whom.
type Choice struct {
	People []int64 // of each cell
	// Now is what each cell's cost is today, a person: that of its nearest facility, or
	// what the caller counts for one who has none. It is never less with a new facility.
	Now        []int64
	Candidates Pairs // a row a candidate site, a column a cell: who is within reach, at what cost
}

// Sites are the chosen candidates and how good they are.
type Sites struct {
	// Chosen are candidates in the order in which to build: each adds most after those
	// before it. They are fewer than asked for when no further one would add anything.
	Chosen []int
	Gains  []int64 // what each adds: people covered, or cost times people saved
	Total  int64   // the sum of Gains
	// Bound is a proven limit: no choice of as many sites gains more. Where it is equal to
	// Total, the choice is optimal.
	Bound     int64
	Greedy    int64 // what the first, greedy choice gained
	Exchanges int   // that improved it
}

// Gap is told of a choice under way: what it gains and the bound on what any could gain.
type Gap func(total, bound int64)

// Cover finds n sites that cover the most people (maximal covering, Church and ReVelle
// 1974). People are those of each cell who are not covered yet; a candidate covers the
// cells of its row, whatever the costs. See Median for method, bound and errors.
func Cover(ctx context.Context, people []int64, candidates *Pairs, n int, report Gap) (*Sites, error) {
	c := Choice{people, make([]int64, len(people)), *candidates}
	c.Candidates.Cost = make([]int64, len(candidates.To))
	for i := range c.Now {
		c.Now[i] = 1
	}
	return Median(ctx, &c, n, report)
}

// Median finds n sites that, beside the facilities that there are, lower the total of cost
// times people the most (the p-median problem, Hakimi 1964): greedily, which gains at least
// 1-1/e of the most that can be gained (Nemhauser, Wolsey and Fisher 1978), then by
// exchanging one site for the best other one until none is better (Teitz and Bart 1968).
// The bound is that of Lagrangian relaxation (Cornuejols, Fisher and Nemhauser 1977), in
// whole numbers, so that it holds without any doubt of rounding. It fails on numbers below
// 0, on pairs out of range, on costs whose sums go beyond 2^61, and when the context ends.
// The report may be nil.
func Median(ctx context.Context, c *Choice, n int, report Gap) (*Sites, error) {
	p, err := newPlan(c)
	if err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, fmt.Errorf("%d sites can't be chosen", n)
	}
	if report == nil {
		report = func(int64, int64) {}
	}
	tell := func() { report(p.people(p.saved), p.people(p.bound)) }
	var s Sites
	chosen, err := p.greedy(ctx, n)
	if err != nil {
		return nil, err
	}
	s.Greedy = p.people(p.saved)
	tell()
	for better := true; better; {
		if better, err = p.exchange(ctx, chosen, &s.Exchanges); err != nil {
			return nil, err
		}
		tell()
	}
	if len(chosen) < n {
		p.bound = p.saved // no candidate gains anything beside them
	} else if err := p.relax(ctx, n, tell); err != nil {
		return nil, err
	}
	s.Total, s.Bound = p.people(p.saved), p.people(p.bound)
	s.Chosen, s.Gains = p.ordered(chosen)
	return &s, nil
}

// plan is a choice in weighted costs: cost times people, times 2^shift to leave room for
// fractions in the bound.
type plan struct {
	shift int
	whole int64 // the sum of now
	now   []int64
	sites Pairs // by candidate, the cells whose cost it would lower
	cells Pairs // by cell, the same with the cheapest first

	best  []int64 // the cost of each cell with the open sites
	gain  []int64 // what each candidate would save
	open  []bool
	saved int64
	bound int64 // on what can be saved
}

func newPlan(c *Choice) (*plan, error) {
	if len(c.Now) != len(c.People) {
		return nil, fmt.Errorf("%d cells have %d costs of today", len(c.People), len(c.Now))
	}
	candidates := c.Candidates.Rows()
	if _, err := c.Candidates.check(candidates, len(c.People)); err != nil {
		return nil, err
	}
	p := &plan{now: make([]int64, len(c.People)), gain: make([]int64, candidates), open: make([]bool, candidates)}
	for i, n := range c.People {
		if n < 0 || c.Now[i] < 0 {
			return nil, fmt.Errorf("cell %d has %d people at a cost of %d; neither can be below 0", i, n, c.Now[i])
		}
		high, low := bits.Mul64(uint64(n), uint64(c.Now[i]))
		if high > 0 || low > uint64(maxTotal/2-p.whole) {
			return nil, fmt.Errorf("the costs of all people come to more than can be reckoned with; take a larger unit of cost")
		}
		p.now[i] = int64(low)
		p.whole += int64(low)
	}
	p.shift = min(10, bits.LeadingZeros64(uint64(p.whole))-2)
	p.whole <<= p.shift
	for i := range p.now {
		p.now[i] <<= p.shift
	}
	p.bound = p.whole
	at := make([]int, len(p.now)) // where the pair with a cell is, for those of the row
	for row := range candidates {
		to, cost := c.Candidates.row(row)
		start := len(p.sites.To)
		for k, i := range to {
			if cost[k] >= c.Now[i] || c.People[i] == 0 {
				continue
			}
			weighted := cost[k] * c.People[i] << p.shift
			if m := at[i]; m >= start && m < len(p.sites.To) && p.sites.To[m] == i {
				p.sites.Cost[m] = min(p.sites.Cost[m], weighted)
				continue
			}
			at[i] = len(p.sites.To)
			p.sites.Add(int(i), weighted)
		}
		p.sites.EndRow()
	}
	p.cells = p.sites.transpose(len(p.now))
	p.cells.sortRows()
	p.reset()
	return p, nil
}

// people takes the shift from a weighted cost, rounding down.
func (p *plan) people(weighted int64) int64 { return weighted >> p.shift }
