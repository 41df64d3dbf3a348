package near

import (
	"context"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// Coverage tells for each of many places the nearest facility within a limit. It does not
// change; With and Without give what it would be, computing only what can differ.
type Coverage struct {
	// Facility is the number of each place's nearest facility, -1 where none is within the
	// limit; of equally near ones the lower number.
	Facility []int32
	// Metres is the geodesic from each place to its facility, +Inf where there is none.
	Metres []geo.Metres

	places     Points
	facilities []vector // nowhere once closed
	reach      reach
}

var none = geo.Metres(math.Inf(1))

// Cover finds for each place the nearest facility within limit metres (math.Inf(1) for no
// limit), on all cores. The only error is the context's. The first coverage of places also
// brings them into an order, which they keep.
func Cover(ctx context.Context, places, facilities Points, limit geo.Metres) (*Coverage, error) {
	c := &Coverage{
		Facility:   make([]int32, places.Len()),
		Metres:     make([]geo.Metres, places.Len()),
		places:     places,
		facilities: facilities.at,
		reach:      within(limit),
	}
	t := plant(facilities.at)
	order := places.order()
	parallel(len(order), func(lo, hi int) {
		s := search{tree: &t, reach: c.reach}
		for ; lo < hi && (lo%batch != 0 || ctx.Err() == nil); lo += blockSize {
			s.block(c, order[lo:min(lo+blockSize, hi)])
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// Position is where facility f is, in degrees; NaN for one that is closed or was nowhere.
func (c *Coverage) Position(f int) orb.Point { return c.facilities[f].lonLat() }

// With is the coverage after more facilities are opened. Their numbers follow those of the
// facilities that there are. Changed are the places, ascending, whose facility is another.
func (c *Coverage) With(more Points) (next *Coverage, changed []int32) {
	next = c.copy(slices.Concat(c.facilities, more.at))
	first := int32(len(c.facilities))
	t := plant(more.at)
	return next, next.renew(func(i int) bool {
		// A chord is no longer than its geodesic, so whoever is nearer is within these metres.
		r := c.reach
		old := float64(c.Metres[i])
		r.out = min(r.out, old*old+rounding*(2*old+rounding))
		s := search{tree: &t, reach: r}
		f, m := s.nearest(&c.places.at[i])
		if f < 0 || m >= c.Metres[i] {
			return false
		}
		next.Facility[i], next.Metres[i] = first+f, m
		return true
	})
}

// Without is the coverage after facilities are closed; the others keep their numbers.
// Changed are the places, ascending, that were theirs.
func (c *Coverage) Without(closed ...int) (next *Coverage, changed []int32) {
	next = c.copy(slices.Clone(c.facilities))
	for _, f := range closed {
		next.facilities[f] = nowhere
	}
	t := plant(next.facilities)
	s := search{tree: &t, reach: c.reach}
	return next, next.renew(func(i int) bool {
		f := c.Facility[i]
		if f < 0 || next.facilities[f].somewhere() {
			return false
		}
		next.Facility[i], next.Metres[i] = s.nearest(&c.places.at[i])
		return true
	})
}

func (c *Coverage) copy(facilities []vector) *Coverage {
	return &Coverage{slices.Clone(c.Facility), slices.Clone(c.Metres), c.places, facilities, c.reach}
}

// renew calls do for each place and gives those, ascending, for which it says true.
func (c *Coverage) renew(do func(i int) bool) []int32 {
	var mu sync.Mutex
	var changed []int32
	parallel(c.places.Len(), func(lo, hi int) {
		var mine []int32
		for i := lo; i < hi; i++ {
			if do(i) {
				mine = append(mine, int32(i))
			}
		}
		mu.Lock()
		defer mu.Unlock()
		changed = append(changed, mine...)
	})
	slices.Sort(changed)
	return changed
}
