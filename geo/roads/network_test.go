package roads_test

import (
	"fmt"
	"math/rand/v2"

	"github.com/paulmach/orb"

	"onemap/geo/roads"
)

// middle is where the networks of the tests lie.
var middle = orb.Point{120.9, 32}

// place is a point some metres east and north of the middle.
func place(x, y float64) orb.Point {
	return orb.Point{middle[0] + x/94400, middle[1] + y/110880}
}

var classes = []string{"motorway", "trunk", "primary", "secondary", "village", "service", "nonsense"}

// grid is a network of streets, cols by rows crossings of some metres, about a fifth of
// the edges left out, some bent, some one-way, with odd speeds and limits.
func grid(r *rand.Rand, cols, rows int, side float64) []roads.Edge {
	at := make([]orb.Point, cols*rows)
	for i := range at {
		at[i] = place((float64(i%cols)+0.4*r.Float64())*side, (float64(i/cols)+0.4*r.Float64())*side)
	}
	var edges []roads.Edge
	add := func(a, b int) {
		if r.IntN(5) == 0 {
			return
		}
		line := orb.LineString{at[a], at[b]}
		for range r.IntN(3) {
			t := r.Float64()
			bend := orb.Point{at[a][0] + t*(at[b][0]-at[a][0]) + (r.Float64()-0.5)*side/500000, at[a][1] + t*(at[b][1]-at[a][1])}
			line = append(line[:len(line)-1:len(line)-1], bend, at[b])
		}
		e := roads.Edge{ID: int64(1000 + 7*len(edges)), Line: line, Class: classes[r.IntN(len(classes))]}
		if r.IntN(3) == 0 {
			e.SpeedKmh = 10 + 90*r.Float64()
		}
		if r.IntN(4) == 0 {
			e.Oneway = []roads.Oneway{roads.Forward, roads.Backward}[r.IntN(2)]
		}
		if r.IntN(10) == 0 {
			e.Bridge, e.WeightLimitT = true, 10
		}
		if r.IntN(20) == 0 {
			e.HeightLimitM = 3.5
		}
		edges = append(edges, e)
	}
	for i := range at {
		if i%cols < cols-1 {
			add(i, i+1)
		}
		if i/cols < rows-1 {
			add(i, i+cols)
		}
	}
	return edges
}

// key names a point to the tenth of a metre.
func key(p orb.Point) string { return fmt.Sprintf("%.7f %.7f", p[0], p[1]) }

// somewhere is a point in a grid's surroundings.
func somewhere(r *rand.Rand, cols, rows int, side float64) orb.Point {
	return place((r.Float64()*1.1-0.05)*float64(cols)*side, (r.Float64()*1.1-0.05)*float64(rows)*side)
}
