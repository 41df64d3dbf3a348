package sample

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
)

// link joins two places of a list; a < b.
type link struct{ a, b int }

// gabriel returns the pairs of places with no third place in the circle over them. The
// links cross nowhere and hold together whatever lies together. Only the nearest
// neighbours are looked at.
func gabriel(places []xy, neighbours int) []link {
	buckets, side := map[[2]int][]int{}, 3000.0
	key := func(p xy) [2]int { return [2]int{int(math.Floor(p.x / side)), int(math.Floor(p.y / side))} }
	for i, p := range places {
		buckets[key(p)] = append(buckets[key(p)], i)
	}
	var links []link
	for i, p := range places {
		var near []int
		for reach := 1; len(near) < neighbours && reach < 64; reach *= 2 {
			near = near[:0]
			k := key(p)
			for x := k[0] - reach; x <= k[0]+reach; x++ {
				for y := k[1] - reach; y <= k[1]+reach; y++ {
					near = append(near, buckets[[2]int{x, y}]...)
				}
			}
		}
		slices.SortFunc(near, func(a, b int) int { return cmp.Compare(p.distance(places[a]), p.distance(places[b])) })
		near = near[:min(len(near), neighbours)]
		for _, j := range near {
			if j <= i {
				continue
			}
			middle, radius := p.towards(places[j], 0.5), p.distance(places[j])/2
			free := !slices.ContainsFunc(near, func(k int) bool {
				return k != i && k != j && middle.distance(places[k]) < radius
			})
			if free {
				links = append(links, link{i, j})
			}
		}
	}
	return links
}

// sets are disjoint sets (union-find).
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// join puts two sets together and says whether they were apart.
func (s sets) join(a, b int) bool {
	a, b = s.find(a), s.find(b)
	s[max(a, b)] = min(a, b)
	return a != b
}

// graph is a network for shortest paths: for each node its links by number.
type graph struct {
	links []link
	cost  []float64
	out   [][]int
}

func newGraph(nodes int, links []link, cost []float64) *graph {
	g := &graph{links, cost, make([][]int, nodes)}
	for k, l := range links {
		g.out[l.a] = append(g.out[l.a], k)
		g.out[l.b] = append(g.out[l.b], k)
	}
	return g
}

// path returns the links of the cheapest way from one node to another (Dijkstra), none
// if there is no way.
func (g *graph) path(from, to int) []int {
	cost := make([]float64, len(g.out))
	via := make([]int, len(g.out))
	for i := range cost {
		cost[i], via[i] = math.Inf(1), -1
	}
	cost[from] = 0
	queue := &frontier{{from, 0}}
	for queue.Len() > 0 {
		step := heap.Pop(queue).(reached)
		if step.cost > cost[step.node] {
			continue
		}
		if step.node == to {
			break
		}
		for _, k := range g.out[step.node] {
			next := g.links[k].a + g.links[k].b - step.node
			if c := step.cost + g.cost[k]; c < cost[next] {
				cost[next], via[next] = c, k
				heap.Push(queue, reached{next, c})
			}
		}
	}
	var way []int
	for n := to; via[n] >= 0; {
		way = append(way, via[n])
		n = g.links[via[n]].a + g.links[via[n]].b - n
	}
	return way
}

type reached struct {
	node int
	cost float64
}

// frontier is a heap of reached nodes, cheapest first.
type frontier []reached

func (f frontier) Len() int           { return len(f) }
func (f frontier) Less(i, j int) bool { return f[i].cost < f[j].cost }
func (f frontier) Swap(i, j int)      { f[i], f[j] = f[j], f[i] }
func (f *frontier) Push(v any)        { *f = append(*f, v.(reached)) }
func (f *frontier) Pop() any {
	old := *f
	last := old[len(old)-1]
	*f = old[:len(old)-1]
	return last
}
