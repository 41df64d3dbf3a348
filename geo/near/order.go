package near

import "math"

const (
	axisBits  = 8 // of a coordinate in the key of the order
	digitBits = 12
	digits    = 1 << digitBits
)

// arrange gives the numbers of points along a Morton curve (Morton 1966) through their
// cube, coarsely: 256 steps a side. Those that are nowhere come last.
func arrange(at []vector) []int32 {
	box := node{lo: vector{math.Inf(1), math.Inf(1), math.Inf(1)}, hi: vector{math.Inf(-1), math.Inf(-1), math.Inf(-1)}}
	for i := range at {
		if at[i].somewhere() {
			box.around(&at[i])
		}
	}
	side := max(box.hi[0]-box.lo[0], box.hi[1]-box.lo[1], box.hi[2]-box.lo[2], 1)
	scale := (1<<axisBits - 0.5) / side
	type place struct{ key, i uint32 }
	list, other := make([]place, len(at)), make([]place, len(at))
	parallel(len(at), func(lo, hi int) {
		for i := lo; i < hi; i++ {
			key := uint32(math.MaxUint32)
			if v := &at[i]; v.somewhere() {
				key = 0
				for axis := range v {
					key |= spread(uint32((v[axis]-box.lo[axis])*scale)) << axis
				}
			}
			list[i] = place{key, uint32(i)}
		}
	})
	// Two digits of a radix sort; MaxUint32 has the highest ones.
	for shift := 0; shift < 3*axisBits; shift += digitBits {
		var starts [digits + 1]int32
		for _, p := range list {
			starts[p.key>>shift&(digits-1)+1]++
		}
		for d := range digits {
			starts[d+1] += starts[d]
		}
		for _, p := range list {
			s := &starts[p.key>>shift&(digits-1)]
			other[*s] = p
			*s++
		}
		list, other = other, list
	}
	order := make([]int32, len(list))
	for n, p := range list {
		order[n] = int32(p.i)
	}
	return order
}

// spread puts two zero bits between the 8 bits of v.
func spread(v uint32) uint32 {
	v = (v | v<<8) & 0x00f00f
	v = (v | v<<4) & 0x0c30c3
	return (v | v<<2) & 0x249249
}
