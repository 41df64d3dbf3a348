package roads

import "math"

// tolerance is how near vertices are taken as one place, in metres.
const tolerance = 0.1

// clusters gathers vertices into places: a vertex belongs to the nearest place within the
// tolerance, else it founds one. Places are found in a hash of squares of one metre.
type clusters struct {
	at    [][2]float64 // of the founding vertex
	next  []int32      // the place after it in the same slot; -1: none
	slots []int32      // first place; -1: none
	mask  uint64
}

func newClusters(vertices int) *clusters {
	size := 1024
	for size < vertices {
		size *= 2
	}
	c := &clusters{slots: make([]int32, size), mask: uint64(size - 1)}
	for i := range c.slots {
		c.slots[i] = -1
	}
	return c
}

func (c *clusters) slot(x, y float64) uint64 {
	h := uint64(int64(x))*0x9e3779b97f4a7c15 ^ uint64(int64(y))*0xc2b2ae3d27d4eb4f
	return (h ^ h>>29) & c.mask
}

// place returns the number of the place of a vertex.
func (c *clusters) place(p [2]float64) int32 {
	best, found := tolerance, int32(-1)
	x0, x1 := math.Floor(p[0]-tolerance), math.Floor(p[0]+tolerance)
	y0, y1 := math.Floor(p[1]-tolerance), math.Floor(p[1]+tolerance)
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			for i := c.slots[c.slot(x, y)]; i >= 0; i = c.next[i] {
				q := c.at[i]
				dx, dy := q[0]-p[0], q[1]-p[1]
				if d := dx*dx + dy*dy; d <= best*best {
					if d = math.Sqrt(d); found < 0 || d < best {
						best, found = d, i
					}
				}
			}
		}
	}
	if found >= 0 {
		return found
	}
	s := c.slot(math.Floor(p[0]), math.Floor(p[1]))
	c.at = append(c.at, p)
	c.next = append(c.next, c.slots[s])
	c.slots[s] = int32(len(c.at) - 1)
	return c.slots[s]
}

// sets are disjoint sets of numbers (union-find); the root is the lowest member.
type sets []int32

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

func (s sets) find(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) join(a, b int32) {
	a, b = s.find(a), s.find(b)
	s[max(a, b)] = min(a, b)
}
