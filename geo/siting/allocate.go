package siting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Demand is what is to be allocated: the people of each cell, the places of each facility,
// and for each cell the facilities that its people may go to, at what cost a person.
type Demand struct {
	People   []int64
	Capacity []int64
	Options  Pairs // a row a cell, a column a facility
}

// Flow is how many people of a cell go to a facility, and what each costs.
type Flow struct {
	Cell, Facility int32
	People, Cost   int64
}

// Allocation says who goes where. As many people as possible are served, and among all
// ways to serve as many the total cost is least. The people of one cell may go to several
// facilities.
type Allocation struct {
	Flows  []Flow  // by cell, then facility; none is empty
	Unmet  []int64 // people of each cell who find no place
	Load   []int64 // people in each facility
	Served int64   // people with a place; with the sum of Unmet, all people
	Cost   int64   // of all who are served, in units of cost times people

	// Shadow is the shadow price of each facility: what one more place in it would save,
	// where a person left unserved counts as Penalty. A facility with free places has 0.
	// Verify proves by it that the allocation is optimal.
	Shadow  []int64
	Penalty int64
	Pivots  int // of the network simplex method
}

// Progress is told of an allocation under way: pivots made and people not yet served.
type Progress func(pivots int, unmet int64)

// maxPenalty keeps all prices, which are a few penalties at most, within 64 bits.
const (
	maxPenalty = 1 << 58
	maxTotal   = 1 << 62
)

// penalty is what a person left unserved counts: more than any chain of people who make
// room for each other can cost, which visits every facility at most once.
func (d *Demand) penalty() (int64, error) {
	highest, err := d.Options.check(len(d.People), len(d.Capacity))
	if err != nil {
		return 0, err
	}
	people, err := sum("people of cell", d.People, maxTotal)
	if err != nil {
		return 0, err
	}
	for j, c := range d.Capacity {
		if c < 0 {
			return 0, fmt.Errorf("facility %d has %d places, which is less than none", j, c)
		}
	}
	chain := int64(min(len(d.People), len(d.Capacity)) + 1)
	if highest > (maxPenalty-1)/chain || people > 0 && highest > maxTotal/people {
		return 0, fmt.Errorf("a cost of %d is too high to be summed over %d people and %d facilities; take a larger unit of cost", highest, people, len(d.Capacity))
	}
	return highest*chain + 1, nil
}

// Allocate solves the transportation problem with the primal network simplex method, over
// strongly feasible trees so that it can't cycle (Cunningham 1976; Ahuja, Magnanti and
// Orlin, Network Flows, 1993, chapter 11). It fails on numbers below 0, on pairs out of
// range, on costs whose sums go beyond 2^62, and when the context ends. The report may be nil.
func Allocate(ctx context.Context, d *Demand, report Progress) (*Allocation, error) {
	penalty, err := d.penalty()
	if err != nil {
		return nil, err
	}
	s := newSimplex(d, penalty)
	s.start()
	if err := s.solve(ctx, report); err != nil {
		return nil, err
	}
	return s.allocation(), nil
}

// allocation reads the answer off the optimal tree: only its arcs carry people.
func (s *simplex) allocation() *Allocation {
	d := s.demand
	a := &Allocation{
		Unmet: make([]int64, len(d.People)), Load: make([]int64, len(d.Capacity)),
		Shadow: make([]int64, len(d.Capacity)), Penalty: s.penalty, Pivots: s.pivots,
	}
	add := func(cell, facility int32, people, cost int64) {
		if people > 0 {
			a.Flows = append(a.Flows, Flow{s.cell(cell), facility, people, cost})
			a.Load[facility] += people
			a.Served += people
			a.Cost += people * cost
		}
	}
	for j := range s.root {
		if p := s.parent[j]; p > s.root {
			add(p, j, s.flow[j], s.cost[j])
		}
		if d.Capacity[j] > 0 {
			a.Shadow[j] = -s.price[j]
		}
	}
	for _, v := range s.active {
		if p := s.parent[v]; p == s.root {
			a.Unmet[s.cell(v)] = s.flow[v]
		} else {
			add(v, p, s.flow[v], s.cost[v])
		}
	}
	slices.SortFunc(a.Flows, func(x, y Flow) int {
		return cmp.Or(cmp.Compare(x.Cell, y.Cell), cmp.Compare(x.Facility, y.Facility))
	})
	// Facilities without places were left out; a place in one is worth what the cell
	// that would gain most from it would gain.
	for _, v := range s.active {
		worth := s.cost[v] - s.price[s.parent[v]]
		to, cost := d.Options.row(int(s.cell(v)))
		for k, j := range to {
			if d.Capacity[j] == 0 {
				a.Shadow[j] = max(a.Shadow[j], worth-cost[k])
			}
		}
	}
	return a
}
