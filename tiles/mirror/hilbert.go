package mirror

// hilbert is the place of a world coordinate on the Hilbert curve through the square of
// 2^32 × 2^32 units. Every aligned square of a power of two is one run of the curve, so
// features in its order that share a cell or tile stand together.
func hilbert(x, y uint32) uint64 {
	d := uint64(0)
	for bit := 31; bit >= 0; bit-- {
		rx, ry := x>>bit&1, y>>bit&1
		d = d<<2 | uint64(3*rx^ry)
		if ry == 0 {
			if rx == 1 {
				x, y = ^x, ^y
			}
			x, y = y, x
		}
	}
	return d
}
