package siting_test

import (
	"context"
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"onemap/geo/siting"
)

// draw draws a demand up to a size. Some cells have no people or no option, some facilities no place,
// some pairs are there twice, and costs are often equal.
func draw(t *rapid.T, maxCells, maxFacilities int) *siting.Demand {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	cells, facilities := rapid.IntRange(0, maxCells).Draw(t, "cells"), rapid.IntRange(0, maxFacilities).Draw(t, "facilities")
	highest := []int64{0, 2, 100}[r.IntN(3)]
	d := &siting.Demand{People: make([]int64, cells), Capacity: make([]int64, facilities)}
	for j := range d.Capacity {
		d.Capacity[j] = r.Int64N(1 + int64(25*cells/facilities))
		if r.IntN(6) == 0 {
			d.Capacity[j] = 0
		}
	}
	for i := range d.People {
		d.People[i] = r.Int64N(20)
		for j := range facilities {
			for r.IntN(2) == 0 {
				d.Options.Add(j, r.Int64N(highest+1))
			}
		}
		d.Options.EndRow()
	}
	return d
}

// optimum solves the demand as a linear program by the dense simplex method in rational
// numbers with Bland's rule: maximise −Σ cost·x − penalty·Σ unserved.
func optimum(d *siting.Demand) (served, cost int64) {
	const penalty = 1e9
	n, m := len(d.People), len(d.Capacity)
	var prices []int64 // of the columns
	rows := make([][]*big.Rat, n+m)
	column := func(price int64, ones ...int) {
		prices = append(prices, price)
		for i := range rows {
			rows[i] = append(rows[i], new(big.Rat))
		}
		for _, i := range ones {
			rows[i][len(prices)-1].SetInt64(1)
		}
	}
	basis := make([]int, n+m)
	for i := range basis {
		basis[i] = i // unserved people, then free places
		column(penalty, i)
	}
	clear(prices[n:])
	for i := range n {
		for k := d.Options.Start[i]; k < d.Options.Start[i+1]; k++ {
			column(d.Options.Cost[k], i, n+int(d.Options.To[k]))
		}
	}
	for i, b := range slices.Concat(d.People, d.Capacity) {
		rows[i] = append(rows[i], new(big.Rat).SetInt64(b))
	}
	for {
		enter := -1
		for c := range prices {
			reduced := new(big.Rat).SetInt64(prices[c])
			for i, b := range basis {
				reduced.Sub(reduced, new(big.Rat).Mul(new(big.Rat).SetInt64(prices[b]), rows[i][c]))
			}
			if reduced.Sign() < 0 {
				enter = c
				break
			}
		}
		if enter < 0 {
			break
		}
		leave, least := -1, new(big.Rat)
		for i, row := range rows {
			if row[enter].Sign() <= 0 {
				continue
			}
			ratio := new(big.Rat).Quo(row[len(prices)], row[enter])
			if c := ratio.Cmp(least); leave < 0 || c < 0 || c == 0 && basis[i] < basis[leave] {
				leave, least = i, ratio
			}
		}
		basis[leave] = enter
		by := new(big.Rat).Set(rows[leave][enter])
		for _, v := range rows[leave] {
			v.Quo(v, by)
		}
		for i, row := range rows {
			if f := new(big.Rat).Set(row[enter]); i != leave && f.Sign() != 0 {
				for c, v := range row {
					v.Sub(v, new(big.Rat).Mul(f, rows[leave][c]))
				}
			}
		}
	}
	for i, b := range basis {
		v := rows[i][len(prices)].Num().Int64()
		if b >= n+m {
			served, cost = served+v, cost+v*prices[b]
		}
	}
	return served, cost
}

func allocate(t rapid.TB, d *siting.Demand) *siting.Allocation {
	t.Helper()
	a, err := siting.Allocate(context.Background(), d, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := siting.Verify(d, a); err != nil {
		t.Fatal(err)
	}
	return a
}

// An allocation is as good as the linear program's, and none of the people get lost.
func TestAllocateAgainstLinearProgram(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 8, 6)
		a := allocate(t, d)
		if served, cost := optimum(d); a.Served != served || a.Cost != cost {
			t.Errorf("%d served at %d; the linear program's are %d at %d", a.Served, a.Cost, served, cost)
		}
		people, unmet := int64(0), int64(0)
		for i, n := range d.People {
			people, unmet = people+n, unmet+a.Unmet[i]
		}
		if a.Served+unmet != people {
			t.Errorf("%d served and %d not, of %d", a.Served, unmet, people)
		}
	})
}

// Larger allocations, with long chains of people who make room, are proved optimal.
func TestAllocateIsProved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { allocate(t, draw(t, 200, 40)) })
}

func TestAllocateCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	told := int64(-1)
	_, err := siting.Allocate(ctx, city(3000, 60, 1), func(_ int, unmet int64) {
		told = unmet
		cancel()
	})
	if !errors.Is(err, context.Canceled) || told < 0 {
		t.Errorf("%v, after it was told that %d are unserved", err, told)
	}
}

// A shadow price is what one more place saves, the penalty of who is served now included.
func TestShadow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draw(t, 8, 6)
		if len(d.Capacity) == 0 {
			return
		}
		a := allocate(t, d)
		j := rapid.IntRange(0, len(d.Capacity)-1).Draw(t, "facility")
		d.Capacity[j]++
		b := allocate(t, d)
		if saved := a.Cost - b.Cost + (b.Served-a.Served)*a.Penalty; saved < 0 || saved > a.Shadow[j] {
			t.Errorf("a place more in facility %d saves %d; its shadow price is %d", j, saved, a.Shadow[j])
		}
	})
}

// What is not optimal has no proof.
func TestVerifyRefuses(t *testing.T) {
	d := &siting.Demand{People: []int64{5, 5}, Capacity: []int64{5, 5}}
	for range 2 {
		d.Options.Add(0, 1)
		d.Options.Add(1, 3)
		d.Options.EndRow()
	}
	d.Options.Cost[3] = 9
	good := allocate(t, d)
	if good.Cost != 5*3+5*1 {
		t.Fatalf("cost %d", good.Cost)
	}
	for name, spoil := range map[string]func(a *siting.Allocation){
		"swapped": func(a *siting.Allocation) {
			a.Flows = []siting.Flow{{0, 0, 5, 1}, {1, 1, 5, 9}}
			a.Cost = 50
		},
		"unserved":         func(a *siting.Allocation) { a.Flows, a.Unmet[1] = a.Flows[:1], 5 },
		"lost people":      func(a *siting.Allocation) { a.Flows[0].People-- },
		"no such pair":     func(a *siting.Allocation) { a.Flows[0].Cost-- },
		"over capacity":    func(a *siting.Allocation) { a.Flows[0].Facility, a.Flows[0].Cost = 0, 1 },
		"another total":    func(a *siting.Allocation) { a.Cost++ },
		"a small penalty":  func(a *siting.Allocation) { a.Penalty = 9 },
		"a negative price": func(a *siting.Allocation) { a.Shadow[0] = -1 },
		"another price":    func(a *siting.Allocation) { a.Shadow[0] += 50 },
		"another demand":   func(a *siting.Allocation) { a.Load = a.Load[:1] },
	} {
		a := *good
		a.Flows, a.Unmet, a.Shadow = slices.Clone(a.Flows), slices.Clone(a.Unmet), slices.Clone(a.Shadow)
		if spoil(&a); siting.Verify(d, &a) == nil {
			t.Errorf("%s: proved", name)
		}
	}
}

func TestAllocateHugeNumbers(t *testing.T) {
	d := &siting.Demand{People: []int64{1 << 20, 1 << 20}, Capacity: []int64{math.MaxInt64, 1}}
	for _, far := range []int64{1 << 40, 1 << 39} {
		d.Options.Add(0, far)
		d.Options.Add(1, 0)
		d.Options.EndRow()
	}
	if a := allocate(t, d); a.Served != 1<<21 || a.Cost != (1<<20-1)<<40+1<<59 {
		t.Errorf("%d served at %d", a.Served, a.Cost)
	}
}

func TestAllocateBadInput(t *testing.T) {
	pairs := func(to int, cost int64) siting.Pairs {
		var p siting.Pairs
		p.Add(to, cost)
		p.EndRow()
		return p
	}
	for want, d := range map[string]siting.Demand{
		"which is less than none":    {[]int64{-1}, []int64{1}, pairs(0, 1)},
		"-2 places":                  {[]int64{1}, []int64{-2}, pairs(0, 1)},
		"less than nothing":          {[]int64{1}, []int64{1}, pairs(0, -1)},
		"columns are 0 to 0":         {[]int64{1}, []int64{1}, pairs(1, 1)},
		"pairs for 1 rows":           {[]int64{1, 2}, []int64{1}, pairs(0, 1)},
		"too high to be summed":      {[]int64{1}, []int64{1}, pairs(0, math.MaxInt64)},
		"too high to be summed over": {[]int64{1 << 40}, []int64{1}, pairs(0, 1<<30)},
		"more than can be reckoned":  {[]int64{math.MaxInt64}, []int64{1}, pairs(0, 1)},
		"1 pairs have 0 costs":       {[]int64{1}, []int64{1}, siting.Pairs{Start: []int{0, 1}, To: []int32{0}}},
		"ends before it starts":      {[]int64{1, 1, 1}, []int64{1}, siting.Pairs{Start: []int{0, 2, 1, 1}, To: []int32{0}, Cost: []int64{1}}},
		"the rows run from 1 to":     {[]int64{1}, []int64{1}, siting.Pairs{Start: []int{1, 1}, To: []int32{0}, Cost: []int64{1}}},
	} {
		if _, err := siting.Allocate(t.Context(), &d, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one that says %q", err, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := siting.Allocate(ctx, &siting.Demand{}, nil); err == nil {
		t.Error("what was cancelled is answered")
	}
}
