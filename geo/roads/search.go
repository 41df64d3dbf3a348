package roads

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// DefaultAccessKmh is the speed between a point and the road where a Search names none: on foot.
const DefaultAccessKmh = 5

// Stop is a place on the network, and seconds that pass there on top: call-out before a
// way begins, or what is done at its end.
type Stop struct {
	At      Snapped
	Seconds float64
}

// Stops makes stops of snapped points.
func Stops(at ...Snapped) []Stop {
	stops := make([]Stop, len(at))
	for i, s := range at {
		stops[i].At = s
	}
	return stops
}

// Search says from where times are counted, which way and how far.
type Search struct {
	From []Stop
	// Toward turns the ways round: they end at From, as from bases to an incident.
	Toward bool
	// Seconds bound the time of a way with all that belongs to it; 0: no bound.
	Seconds float64
	// AccessKmh is the speed of the straight walk between a point and the road, at both
	// ends: 0 is DefaultAccessKmh, +Inf leaves the walks out.
	AccessKmh float64
}

// label is the best way known to a node.
type label struct {
	seconds float64
	via     int32 // the half it was reached by; -1, -2: from its stop, to the part's end or start
	from    int32 // index of the stop
	round   uint32
}

// Tree holds the best ways from, or to, the nearest of the stops of a search.
type Tree struct {
	n       *Network
	search  Search
	limit   float64
	perWalk float64 // seconds a metre
	flip    int32   // 1: halves are gone through against the search
	round   uint32  // labels of other rounds are void
	labels  []label
	queue   queue
	seeds   map[int32][]seed // by part
	off     []int
}

// seed is a stop on a part.
type seed struct {
	at      float64 // share of the part's length
	seconds float64 // of the stop, with the walk
	from    int32
}

// Tree searches the ways between the stops and every node, each for its nearest stop. A
// stop that is off the network, or on a closed part, is left out and listed by Off. An
// error is the context's, or about a bound, a speed or seconds that are negative or no
// number. Release the tree after use.
func (n *Network) Tree(ctx context.Context, s Search) (*Tree, error) {
	t, err := n.begin(s)
	if err != nil {
		return nil, err
	}
	if err := t.run(ctx, nil); err != nil {
		t.Release()
		return nil, err
	}
	return t, nil
}

// Release gives the tree's memory to the next search. The tree must not be used after it.
func (t *Tree) Release() {
	n := t.n
	t.n, t.search, t.seeds = nil, Search{}, nil
	n.g.trees.Put(t)
}

// Off lists the indexes of the stops that are not on the open network.
func (t *Tree) Off() []int { return t.off }

// begin takes a tree from the pool and puts the stops into its queue.
func (n *Network) begin(s Search) (*Tree, error) {
	switch {
	case !(s.Seconds >= 0):
		return nil, fmt.Errorf("the bound is %v seconds: it must be a number from 0", s.Seconds)
	case !(s.AccessKmh >= 0):
		return nil, fmt.Errorf("the access speed is %v km/h: it must be a number from 0", s.AccessKmh)
	}
	for i, stop := range s.From {
		if !(stop.Seconds >= 0) {
			return nil, fmt.Errorf("stop %d takes %v seconds: it must be a number from 0", i, stop.Seconds)
		}
	}
	t := n.g.trees.Get().(*Tree)
	t.n, t.search, t.queue, t.off = n, s, t.queue[:0], nil
	t.limit, t.perWalk, t.flip = math.MaxFloat64, 3.6/DefaultAccessKmh, 0
	if s.Seconds > 0 {
		t.limit = s.Seconds
	}
	if s.AccessKmh > 0 {
		t.perWalk = 3.6 / s.AccessKmh
	}
	if s.Toward {
		t.flip = 1
	}
	if t.round++; t.round == 0 {
		clear(t.labels)
		t.round = 1
	}
	t.seeds = make(map[int32][]seed, len(s.From))
	for i, stop := range s.From {
		if !n.Usable(stop.At) {
			t.off = append(t.off, i)
			continue
		}
		number := int32(stop.At.part) - 1
		p, at := &n.g.parts[number], float64(stop.At.at)
		seconds := stop.Seconds + stop.At.Walk()*t.perWalk
		if seconds > t.limit {
			continue
		}
		t.seeds[number] = append(t.seeds[number], seed{at, seconds, int32(i)})
		t.reach(p.to, label{seconds + share(t.rightward(number), 1-at), -1, int32(i), t.round})
		t.reach(p.from, label{seconds + share(t.leftward(number), at), -2, int32(i), t.round})
	}
	for _, seeds := range t.seeds {
		slices.SortStableFunc(seeds, func(a, b seed) int { return compare(a.at, b.at) })
	}
	return t, nil
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// rightward and leftward are the seconds that the search counts along a whole part, away
// from the part's start or toward it.
func (t *Tree) rightward(part int32) float64 { return t.n.seconds[2*part|t.flip] }
func (t *Tree) leftward(part int32) float64  { return t.n.seconds[(2*part|1)^t.flip] }

// share is a part of some seconds; none of what takes for ever is none.
func share(seconds, part float64) float64 {
	if part <= 0 {
		return 0
	}
	return seconds * part
}

func (t *Tree) reach(node int32, l label) {
	if l.seconds > t.limit {
		return
	}
	if old := &t.labels[node]; old.round != t.round || l.seconds < old.seconds {
		*old = l
		t.queue.push(queued{l.seconds, node})
	}
}

// run settles nodes, soonest first (Dijkstra), until none is left within the bound or
// visit says no. Labels that it leaves unsettled may be too late.
func (t *Tree) run(ctx context.Context, visit func(node int32, seconds float64) bool) error {
	g, seconds := t.n.g, t.n.seconds
	for settled := 0; len(t.queue) > 0; {
		top := t.queue.pop()
		l := t.labels[top.node]
		if top.seconds > l.seconds {
			continue // a sooner way was found since
		}
		if settled&4095 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		settled++
		if visit != nil && !visit(top.node, top.seconds) {
			return nil
		}
		for _, a := range g.arcs[g.first[top.node]:g.first[top.node+1]] {
			next := top.seconds + seconds[a.half^t.flip]
			if next > t.limit {
				continue
			}
			if m := &t.labels[a.head]; m.round != t.round || next < m.seconds {
				*m = label{next, a.half, l.from, t.round}
				t.queue.push(queued{next, a.head})
			}
		}
	}
	return nil
}

// Node gives the seconds of a node and the stop they count from; +Inf and -1 if it was not reached.
func (t *Tree) Node(node int) (seconds float64, stop int) {
	if l := &t.labels[node]; l.round == t.round {
		return l.seconds, int(l.from)
	}
	return math.Inf(1), -1
}

// best is the soonest way to a place on a part: by which node, or straight from a stop.
type best struct {
	seconds float64
	from    int32 // stop; -1: not reached
	by      int32 // 0: through the part's start, 1: through its end, 2: straight from the stop
	at      float64
}

// place finds the soonest way to a share of a part.
func (t *Tree) place(number int32, at float64) best {
	b := best{math.Inf(1), -1, 0, 0}
	if !t.n.open(number) {
		return b
	}
	p := &t.n.g.parts[number]
	right, left := t.rightward(number), t.leftward(number)
	if l := &t.labels[p.from]; l.round == t.round {
		if s := l.seconds + share(right, at); s < b.seconds {
			b = best{s, l.from, 0, 0}
		}
	}
	if l := &t.labels[p.to]; l.round == t.round {
		if s := l.seconds + share(left, 1-at); s < b.seconds {
			b = best{s, l.from, 1, 1}
		}
	}
	for _, d := range t.seeds[number] {
		s := d.seconds + share(right, at-d.at)
		if d.at > at {
			s = d.seconds + share(left, d.at-at)
		}
		if s < b.seconds {
			b = best{s, d.from, 2, d.at}
		}
	}
	return b
}

// To gives the seconds between a snapped point, with its walk, and the stop that is
// nearest to it, and the index of that stop; +Inf and -1 if there is no way within the bound.
func (t *Tree) To(s Snapped) (seconds float64, stop int) {
	if !t.n.g.owns(s) {
		return math.Inf(1), -1
	}
	b := t.place(int32(s.part)-1, float64(s.at))
	if b.seconds += s.Walk() * t.perWalk; b.from < 0 || b.seconds > t.limit {
		return math.Inf(1), -1
	}
	return b.seconds, int(b.from)
}

// Served is the stop that serves a point soonest.
type Served struct {
	Stop    int32   // index; -1: none within the bound
	Seconds float32 // +Inf: none
}

// Serve gives for each point the stop that serves it soonest, on all processors.
func (t *Tree) Serve(ctx context.Context, points []Snapped) ([]Served, error) {
	out := make([]Served, len(points))
	return out, parallelUntil(ctx, len(points), 8192, func(lo, hi int) error {
		for i := lo; i < hi; i++ {
			seconds, stop := t.To(points[i])
			out[i] = Served{int32(stop), float32(seconds)}
		}
		return nil
	})
}
