// Package siting decides who goes where and where to build: it allocates people to
// facilities of limited capacity at least total cost, and finds the sites that cover the
// most people or lower the total cost the most. Every answer comes with a proof or a bound:
// an allocation with shadow prices that show it to be optimal, sites with a bound on what
// any other choice could reach. Costs are whole numbers of the caller's unit (millimetres,
// seconds), so that all sums are exact, and all answers are the same in every run.
package siting

import (
	"fmt"
	"sort"
)

// Pairs is a sparse matrix of the pairs that may be: row by row, the column and the cost
// of each. Row i is To[Start[i]:Start[i+1]] with the costs beside it; the order within a
// row does not matter. A row may be empty.
type Pairs struct {
	Start []int   // rows + 1 offsets, from 0 to len(To)
	To    []int32 // columns
	Cost  []int64 // per person, 0 or more
}

// Add appends a pair to the row that is being written.
func (p *Pairs) Add(to int, cost int64) {
	p.To, p.Cost = append(p.To, int32(to)), append(p.Cost, cost)
}

// EndRow ends the row that is being written; the next pair is in the next row.
func (p *Pairs) EndRow() {
	if len(p.Start) == 0 {
		p.Start = append(p.Start, 0)
	}
	p.Start = append(p.Start, len(p.To))
}

// Rows is the number of rows.
func (p *Pairs) Rows() int { return max(len(p.Start)-1, 0) }

// row gives the columns and costs of row i.
func (p *Pairs) row(i int) ([]int32, []int64) {
	lo, hi := p.Start[i], p.Start[i+1]
	return p.To[lo:hi], p.Cost[lo:hi]
}

// check reports the first fault of pairs between so many rows and columns, and the highest cost.
func (p *Pairs) check(rows, columns int) (highest int64, err error) {
	switch {
	case p.Rows() != rows:
		return 0, fmt.Errorf("there are pairs for %d rows, but there are %d", p.Rows(), rows)
	case len(p.To) != len(p.Cost):
		return 0, fmt.Errorf("%d pairs have %d costs", len(p.To), len(p.Cost))
	case rows == 0:
		return 0, nil
	case p.Start[0] != 0 || p.Start[rows] != len(p.To):
		return 0, fmt.Errorf("the rows run from %d to %d, but there are %d pairs", p.Start[0], p.Start[rows], len(p.To))
	}
	for i := range rows {
		if p.Start[i] > p.Start[i+1] {
			return 0, fmt.Errorf("row %d ends before it starts", i)
		}
	}
	for i := range rows {
		to, cost := p.row(i)
		for j := range to {
			if to[j] < 0 || int(to[j]) >= columns {
				return 0, fmt.Errorf("row %d has a pair with %d, but the columns are 0 to %d", i, to[j], columns-1)
			}
			if cost[j] < 0 {
				return 0, fmt.Errorf("the pair %d, %d costs %d, which is less than nothing", i, to[j], cost[j])
			}
			highest = max(highest, cost[j])
		}
	}
	return highest, nil
}

// transpose gives the same pairs by column.
func (p *Pairs) transpose(columns int) Pairs {
	t := Pairs{make([]int, columns+1), make([]int32, len(p.To)), make([]int64, len(p.To))}
	for _, to := range p.To {
		t.Start[to+1]++
	}
	for c := range columns {
		t.Start[c+1] += t.Start[c]
	}
	next := append([]int(nil), t.Start...)
	for i := range p.Rows() {
		to, cost := p.row(i)
		for j, c := range to {
			t.To[next[c]], t.Cost[next[c]] = int32(i), cost[j]
			next[c]++
		}
	}
	return t
}

// sortRows puts the pairs of each row in the order of their costs, equal ones of their columns.
func (p *Pairs) sortRows() {
	for i := range p.Rows() {
		to, cost := p.row(i)
		sort.Sort(byCost{to, cost})
	}
}

type byCost struct {
	to   []int32
	cost []int64
}

func (b byCost) Len() int { return len(b.to) }
func (b byCost) Less(i, j int) bool {
	return b.cost[i] < b.cost[j] || b.cost[i] == b.cost[j] && b.to[i] < b.to[j]
}

func (b byCost) Swap(i, j int) {
	b.to[i], b.to[j], b.cost[i], b.cost[j] = b.to[j], b.to[i], b.cost[j], b.cost[i]
}

// sum adds whole numbers that are 0 or more; it fails on others and beyond limit.
func sum(what string, numbers []int64, limit int64) (int64, error) {
	total := int64(0)
	for i, n := range numbers {
		if n < 0 {
			return 0, fmt.Errorf("%s %d is %d, which is less than none", what, i, n)
		}
		if n > limit-total {
			return 0, fmt.Errorf("the sum of %s is beyond %d, which is more than can be reckoned with", what, limit)
		}
		total += n
	}
	return total, nil
}
