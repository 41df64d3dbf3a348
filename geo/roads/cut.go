package roads

// use is how edges meet a place: with an end, or with a vertex on their way, as road or as bridge.
type use struct {
	ends, roads, bridges int32
	node                 int32 // number of its node for roads and ends; -1: none yet
	bridgeNode           int32 // for bridges, where they do not meet the roads
}

// cut splits the edges at the junctions and numbers these. A place is a junction where an
// edge ends, or where two edges share a vertex on their way, unless one of them is a
// bridge and the other is not: they pass over each other.
func (g *Graph) cut(place []int32) {
	places := int32(0)
	for _, p := range place {
		places = max(places, p+1)
	}
	uses := make([]use, places)
	for i := range uses {
		uses[i].node, uses[i].bridgeNode = -1, -1
	}
	g.vertices(place, func(edge, v int32, end bool) {
		switch u := &uses[place[v]]; {
		case end:
			u.ends++
		case g.edges[edge].Bridge:
			u.bridges++
		default:
			u.roads++
		}
	})
	nodes := int32(0)
	number := func(n *int32) int32 {
		if *n < 0 {
			*n = nodes
			nodes++
		}
		return *n
	}
	from, lo, count := int32(-1), int32(0), int32(0)
	g.vertices(place, func(edge, v int32, end bool) {
		u, bridge := &uses[place[v]], g.edges[edge].Bridge
		var node int32
		switch {
		case u.ends > 0 || !bridge && u.roads > 1:
			node = number(&u.node)
		case bridge && u.bridges > 1:
			node = number(&u.bridgeNode)
		default:
			return
		}
		if v == g.start[edge] {
			from, lo, count = node, v, 0
			return
		}
		for k := lo; k < v; k++ {
			g.on[k] = int32(len(g.parts))
		}
		g.parts = append(g.parts, part{edge, count, lo, v, from, node, g.along[v] - g.along[lo]})
		from, lo, count = node, v, count+1
	})
}

// vertices goes through the vertices of the edges in order, without those on the way that
// repeat the place before them or lie in the place of the end they run into.
func (g *Graph) vertices(place []int32, f func(edge, v int32, end bool)) {
	for i := range g.edges {
		first, last := g.start[i], g.start[i+1]-1
		f(int32(i), first, true)
		on := last // where the line has arrived at its end
		for on > first+1 && place[on-1] == place[last] {
			on--
		}
		for v := first + 1; v < on; v++ {
			if place[v] != place[v-1] {
				f(int32(i), v, false)
			}
		}
		f(int32(i), last, true)
	}
}
