package siting_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onemap/geo/siting"
)

func smallChoice(t *rapid.T) (c *siting.Choice, n int) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	cells, candidates := rapid.IntRange(0, 12).Draw(t, "cells"), rapid.IntRange(0, 9).Draw(t, "candidates")
	c = &siting.Choice{People: make([]int64, cells), Now: make([]int64, cells)}
	for i := range c.People {
		c.People[i], c.Now[i] = r.Int64N(20), r.Int64N(12)
	}
	for range candidates {
		for i := range cells {
			for r.IntN(3) == 0 {
				c.Candidates.Add(i, r.Int64N(10))
			}
		}
		c.Candidates.EndRow()
	}
	return c, rapid.IntRange(0, 5).Draw(t, "n")
}

// gain is what a set of candidates, as bits, gains.
func gain(c *siting.Choice, set int) int64 {
	best := slices.Clone(c.Now)
	for k := range c.Candidates.Rows() {
		if set>>k&1 == 1 {
			for m := c.Candidates.Start[k]; m < c.Candidates.Start[k+1]; m++ {
				i := c.Candidates.To[m]
				best[i] = min(best[i], c.Candidates.Cost[m])
			}
		}
	}
	total := int64(0)
	for i, n := range c.People {
		total += n * (c.Now[i] - best[i])
	}
	return total
}

// check holds sites against all sets of n candidates.
func check(t *rapid.T, c *siting.Choice, n int, s *siting.Sites) {
	t.Helper()
	most, set := int64(0), 0
	for other := range 1 << c.Candidates.Rows() {
		if bitsOf(other) <= n {
			most = max(most, gain(c, other))
		}
	}
	sum := int64(0)
	for k, chosen := range s.Chosen {
		if set>>chosen&1 == 1 {
			t.Fatalf("%v: one is there twice", s.Chosen)
		}
		before := gain(c, set)
		set |= 1 << chosen
		if got := gain(c, set) - before; got != s.Gains[k] {
			t.Fatalf("site %d gains %d, said to be %d", chosen, got, s.Gains[k])
		}
		sum += s.Gains[k]
	}
	guarantee := (1 - 1/math.E) * float64(most)
	switch {
	case len(s.Chosen) > n || len(s.Chosen) != len(s.Gains):
		t.Fatalf("%d sites and %d gains, of %d", len(s.Chosen), len(s.Gains), n)
	case gain(c, set) != s.Total || sum != s.Total:
		t.Fatalf("the sites gain %d, one after another %d, said to be %d", gain(c, set), sum, s.Total)
	case s.Bound < most:
		t.Fatalf("the bound is %d, but %d can be gained", s.Bound, most)
	case s.Total > s.Bound || s.Greedy > s.Total:
		t.Fatalf("greedy %d, total %d, bound %d", s.Greedy, s.Total, s.Bound)
	case float64(s.Greedy) < guarantee-1e-9:
		t.Fatalf("the greedy choice gains %d of %d", s.Greedy, most)
	}
	for out := range set + 1 {
		if set>>out&1 == 0 {
			continue
		}
		for in := range c.Candidates.Rows() {
			if other := set&^(1<<out) | 1<<in; gain(c, other) > s.Total {
				t.Fatalf("%d in the place of %d would be better", in, out)
			}
		}
	}
}

func bitsOf(set int) (n int) {
	for ; set > 0; set &= set - 1 {
		n++
	}
	return n
}

func TestMedian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, n := smallChoice(t)
		s, err := siting.Median(context.Background(), c, n, func(total, bound int64) {
			if total > bound {
				t.Fatalf("%d is gained, the bound is %d", total, bound)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		check(t, c, n, s)
	})
}

func TestCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, n := smallChoice(t)
		s, err := siting.Cover(context.Background(), c.People, &c.Candidates, n, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range c.Now {
			c.Now[i] = 1
		}
		clear(c.Candidates.Cost)
		check(t, c, n, s)
	})
}

// Exchange mends what greed does: the widest site first is not part of the best two.
func TestExchange(t *testing.T) {
	people := []int64{4, 4, 4, 4}
	var p siting.Pairs
	for _, cells := range [][]int{{1, 2}, {0, 1}, {2, 3}} {
		for _, i := range cells {
			p.Add(i, 0)
		}
		p.EndRow()
	}
	s, err := siting.Cover(t.Context(), people, &p, 2, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Greedy != 12 || s.Total != 16 || s.Bound != 16 || s.Exchanges != 1 || !slices.Equal(s.Chosen, []int{1, 2}) {
		t.Errorf("%+v", s)
	}
}

func TestSiteBadInput(t *testing.T) {
	one := siting.Pairs{Start: []int{0, 1}, To: []int32{0}, Cost: []int64{1}}
	for want, c := range map[string]siting.Choice{
		"1 cells have 0 costs": {[]int64{1}, nil, one},
		"cell 0 has -1 people": {[]int64{-1}, []int64{1}, one},
		"at a cost of -1":      {[]int64{1}, []int64{-1}, one},
		"a larger unit":        {[]int64{1 << 40, 1 << 40}, []int64{1 << 30, 0}, one},
		"columns are 0 to -1":  {nil, nil, one},
	} {
		if _, err := siting.Median(t.Context(), &c, 1, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one that says %q", err, want)
		}
	}
	if _, err := siting.Cover(t.Context(), []int64{1}, &one, -1, nil); err == nil {
		t.Error("fewer than no sites are chosen")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := siting.Cover(ctx, []int64{1}, &one, 1, nil); err == nil {
		t.Error("what was cancelled is answered")
	}
	huge := siting.Choice{[]int64{1 << 30, 1 << 29}, []int64{1 << 30, 1 << 30}, siting.Pairs{Start: []int{0, 1, 2}, To: []int32{0, 1}, Cost: []int64{1, 1}}}
	if s, err := siting.Median(t.Context(), &huge, 1, nil); err != nil || s.Total != 1<<30*(1<<30-1) || s.Bound != s.Total {
		t.Errorf("%+v, %v", s, err)
	}
}
