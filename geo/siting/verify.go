package siting

import "fmt"

// Verify proves that an allocation is right and optimal, from nothing but the demand and
// the allocation itself, in one pass over the pairs. It checks that every flow is of a pair
// that may be, that people are conserved and no facility is over its capacity, and
// complementary slackness (Ahuja, Magnanti and Orlin, Network Flows, 1993, section 9.4):
//
//   - only a full facility has a shadow price,
//   - people go only where cost + shadow price is least for their cell, and not more than
//     the penalty,
//   - people are left unserved only where that least is not less than the penalty,
//   - the penalty is more than any chain of people who make room for each other costs, so
//     that no allocation serves more.
//
// The error says which of these does not hold, and where.
func Verify(d *Demand, a *Allocation) error {
	least, err := d.penalty()
	if err != nil {
		return err
	}
	switch {
	case len(a.Unmet) != len(d.People) || len(a.Load) != len(d.Capacity) || len(a.Shadow) != len(d.Capacity):
		return fmt.Errorf("the allocation is of another demand: %d cells and %d facilities, not %d and %d", len(a.Unmet), len(a.Load), len(d.People), len(d.Capacity))
	case a.Penalty < least || a.Penalty > maxPenalty:
		return fmt.Errorf("the penalty %d is not between %d, which outweighs all costs, and %d", a.Penalty, int64(least), int64(maxPenalty))
	}
	load := make([]int64, len(d.Capacity))
	flows := a.Flows
	var served, total int64
	for i, people := range d.People {
		worth := a.Penalty // what a place is worth to the cell
		to, cost := d.Options.row(i)
		for k, j := range to {
			if a.Shadow[j] < 0 || a.Shadow[j] > 8*maxPenalty {
				return fmt.Errorf("the shadow price of facility %d is %d", j, a.Shadow[j])
			}
			worth = min(worth, cost[k]+a.Shadow[j])
		}
		if a.Unmet[i] < 0 || a.Unmet[i] > people || a.Unmet[i] > 0 && worth < a.Penalty {
			return fmt.Errorf("cell %d leaves %d of %d people unserved; a place is worth %d and the penalty is %d", i, a.Unmet[i], people, worth, a.Penalty)
		}
		left := people - a.Unmet[i]
		for ; len(flows) > 0 && int(flows[0].Cell) == i; flows = flows[1:] {
			f := flows[0]
			if !has(to, cost, f) {
				return fmt.Errorf("people of cell %d go to facility %d at a cost of %d, which is no pair that may be", f.Cell, f.Facility, f.Cost)
			}
			if f.Cost+a.Shadow[f.Facility] != worth {
				return fmt.Errorf("people of cell %d go to facility %d at %d, shadow price included; the least is %d", f.Cell, f.Facility, f.Cost+a.Shadow[f.Facility], worth)
			}
			if f.People <= 0 || f.People > left {
				return fmt.Errorf("%d people of cell %d go to facility %d, but %d are left", f.People, f.Cell, f.Facility, left)
			}
			left -= f.People
			load[f.Facility] += f.People
			served += f.People
			total += f.People * f.Cost
		}
		if left != 0 {
			return fmt.Errorf("%d people of cell %d are neither served nor unserved", left, i)
		}
	}
	if len(flows) > 0 {
		return fmt.Errorf("a flow of cell %d is out of order", flows[0].Cell)
	}
	for j, n := range load {
		switch {
		case n != a.Load[j] || n > d.Capacity[j]:
			return fmt.Errorf("%d people go to facility %d; its load is said to be %d of %d places", n, j, a.Load[j], d.Capacity[j])
		case n < d.Capacity[j] && a.Shadow[j] != 0:
			return fmt.Errorf("facility %d has free places, but a shadow price of %d", j, a.Shadow[j])
		}
	}
	if served != a.Served || total != a.Cost {
		return fmt.Errorf("%d people are served at %d; said to be %d at %d", served, total, a.Served, a.Cost)
	}
	return nil
}

// has reports whether a row has the pair of a flow.
func has(to []int32, cost []int64, f Flow) bool {
	for k, j := range to {
		if j == f.Facility && cost[k] == f.Cost {
			return true
		}
	}
	return false
}
