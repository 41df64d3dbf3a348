package sample

import (
	"math"

	"github.com/paulmach/orb"
)

// grid finds the villages whose boxes touch a place: squares of a hundredth of a degree.
type grid struct{ squares map[[2]int32][]int32 }

func newGrid() *grid { return &grid{map[[2]int32][]int32{}} }

func square(p orb.Point) [2]int32 {
	return [2]int32{int32(math.Floor(p[0] * 100)), int32(math.Floor(p[1] * 100))}
}

func (g *grid) add(i int32, b orb.Bound) {
	lo, hi := square(b.Min), square(b.Max)
	for x := lo[0]; x <= hi[0]; x++ {
		for y := lo[1]; y <= hi[1]; y++ {
			g.squares[[2]int32{x, y}] = append(g.squares[[2]int32{x, y}], i)
		}
	}
}

// locate returns the village a point lies in, or -1 outside the land.
func (l *land) locate(p orb.Point) int {
	for _, i := range l.grid.squares[square(p)] {
		if v := &l.villages[i]; v.bound.Contains(p) && contains(v.shape, p) {
			return int(i)
		}
	}
	return -1
}

// onLand says whether all points lie on the city's land.
func (l *land) onLand(points ...orb.Point) bool {
	for _, p := range points {
		if l.locate(p) < 0 {
			return false
		}
	}
	return true
}

// near draws a point within about radius metres of a village's centre and inside it.
func (l *land) near(s stream, i int, radius float64) orb.Point {
	v := &l.villages[i]
	f := newFrame(v.center, 0)
	for range 30 {
		p := f.lonLat(s.NormFloat64()*radius/2, s.NormFloat64()*radius/2)
		if contains(v.shape, p) {
			return p
		}
	}
	return v.center
}

// shores sorts the outline that borders on no neighbour into sea coast and river bank.
func (l *land) shores(areas []area) {
	type segment [2]orb.Point
	taken := map[segment]bool{}
	each := func(areas []area, f func(segment)) {
		for _, a := range areas {
			for _, polygon := range a.shape {
				for _, ring := range polygon {
					for k := 1; k < len(ring); k++ {
						f(segment{ring[k-1], ring[k]})
					}
				}
			}
		}
	}
	each(areas, func(s segment) { taken[s] = true })
	each(l.around, func(s segment) { taken[s] = true })
	each(areas, func(s segment) {
		if taken[segment{s[1], s[0]}] {
			return
		}
		lon, lat := (s[0][0]+s[1][0])/2, (s[0][1]+s[1][1])/2
		line := [2]xy{plane(s[0]), plane(s[1])}
		if lat > 32.10 && lon > 120.85 || lon > 121.75 || lat > 31.98 && lon > 121.4 {
			l.coast = append(l.coast, line)
		} else if lon > 120.4 && lat < 32.15 {
			l.bank = append(l.bank, line)
		}
	})
}

// toLine is the distance from a point to the nearest of the segments, metres.
func toLine(p xy, lines [][2]xy) float64 {
	best := math.Inf(1)
	for _, s := range lines {
		best = math.Min(best, p.distance(onSegment(p, s[0], s[1])))
	}
	return best
}

// onSegment is the point of the segment a–b nearest to p.
func onSegment(p, a, b xy) xy {
	d := b.minus(a)
	n := d.dot(d)
	if n == 0 {
		return a
	}
	return a.plus(d.times(math.Max(0, math.Min(1, p.minus(a).dot(d)/n))))
}
