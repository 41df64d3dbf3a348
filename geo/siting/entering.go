package siting

import (
	"cmp"
	"slices"
)

// start makes the first tree: cell after cell goes to its cheapest facilities with free
// places. A facility with free places hangs on the root; one that is full on the cell
// that filled it; a cell on the facility that took its last people or, when that is full
// or there is none, on the next with free places, else on the root.
func (s *simplex) start() {
	d := s.demand
	total := int64(0)
	for _, n := range d.People {
		total += n
	}
	for j := range s.root {
		s.parent[j], s.flow[j], s.depth[j] = s.root, min(d.Capacity[j], total+1), 1
		s.link(j)
		if d.Capacity[j] == 0 {
			s.price[j] = -4 * s.penalty // so high a price that no arc to it ever enters
		}
	}
	var order []int
	var filled []int32
	for _, v := range s.active {
		i := int(s.cell(v))
		left := d.People[i]
		to, cost := d.Options.row(i)
		order = order[:0]
		for k := range to {
			order = append(order, k)
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(cost[a], cost[b]), cmp.Compare(to[a], to[b])) })
		s.parent[v], s.cost[v] = s.root, s.penalty
		filled = filled[:0]
		for _, k := range order {
			j := to[k]
			if s.parent[j] != s.root || d.Capacity[j] == 0 {
				continue
			}
			if left < s.flow[j] {
				s.parent[v], s.cost[v] = j, cost[k]
				s.flow[j] -= left
				s.flow[v], left = left, 0
				break
			}
			left -= s.flow[j]
			s.unlink(j)
			s.parent[j], s.cost[j] = v, cost[k] // with the flow that it has, now people
			filled = append(filled, j)
		}
		if s.parent[v] == s.root {
			s.flow[v] = left
		}
		for _, j := range filled {
			s.link(j)
			s.reprice(j, s.priceOf(v)+s.cost[j]-s.price[j])
		}
	}
}

// scanSize is how many arcs are looked at for the one that promises most.
const scanSize = 500

// entering searches cyclically, a block of arcs at a time, for the arc with the lowest
// reduced cost; when none is below 0, the tree is optimal.
func (s *simplex) entering() (tail, head int32, cost, reduced int64) {
	options := &s.demand.Options
	cells := len(s.active)
	seen := 0
	for range cells + int(s.root) {
		if s.scanned >= cells+int(s.root) {
			s.scanned = 0
		}
		if at := s.scanned; at < cells {
			v := s.active[at]
			price := s.priceOf(v)
			if r := s.penalty + price; r < reduced {
				tail, head, cost, reduced = v, s.root, s.penalty, r
			}
			to, costs := options.row(int(s.cell(v)))
			for k, j := range to {
				if r := costs[k] + price - s.price[j]; r < reduced {
					tail, head, cost, reduced = v, j, costs[k], r
				}
			}
			seen += len(to) + 1
		} else {
			j := int32(at - cells)
			if r := -s.price[j]; r < reduced {
				tail, head, cost, reduced = s.root, j, 0, r
			}
			seen++
		}
		s.scanned++
		if seen >= scanSize {
			if reduced < 0 {
				return tail, head, cost, reduced
			}
			seen = 0
		}
	}
	return tail, head, cost, reduced
}
