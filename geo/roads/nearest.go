package roads

import (
	"context"
	"math"
	"slices"
)

// Hit is a target of a search that was reached.
type Hit struct {
	Target  int // index
	Seconds float64
}

// Nearest gives the k targets that are soonest, soonest first, equal ones by index: from
// the stops of the search, or on the way to them. A target's own seconds count. It stops
// as soon as no other can be sooner.
func (n *Network) Nearest(ctx context.Context, s Search, targets []Stop, k int) ([]Hit, error) {
	if k <= 0 || len(targets) == 0 {
		return nil, ctx.Err()
	}
	t, err := n.begin(s)
	if err != nil {
		return nil, err
	}
	defer t.Release()
	rows := n.byPart(targets)
	least := math.Inf(1) // no target's own seconds are fewer
	for _, i := range rows.stops {
		least = min(least, targets[i].Seconds+targets[i].At.Walk()*t.perWalk)
	}
	known := soonest{k: k, seconds: make(map[int32]float64, 2*k), worst: math.Inf(1)}
	look := func(part int32) {
		for _, i := range rows.on(part) {
			b := t.place(part, float64(targets[i].At.at))
			if at := b.seconds + targets[i].Seconds + targets[i].At.Walk()*t.perWalk; b.from >= 0 && at <= t.limit {
				known.add(i, at)
			}
		}
	}
	for part := range t.seeds {
		look(part)
	}
	err = t.run(ctx, func(node int32, at float64) bool {
		if at+least > known.worst {
			return false
		}
		for _, a := range n.g.arcs[n.g.first[node]:n.g.first[node+1]] {
			look(a.half >> 1)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, 0, len(known.seconds))
	for i, at := range known.seconds {
		hits = append(hits, Hit{int(i), at})
	}
	sortHits(hits)
	return hits[:min(k, len(hits))], nil
}

// soonest knows targets by index with the seconds found so far, and the k-th least of these.
type soonest struct {
	k       int
	seconds map[int32]float64
	worst   float64 // +Inf while fewer than k are known
	list    []float64
}

func (s *soonest) add(target int32, seconds float64) {
	if old, ok := s.seconds[target]; ok && old <= seconds {
		return
	}
	s.seconds[target] = seconds
	if len(s.seconds) < s.k || seconds >= s.worst {
		return
	}
	s.list = s.list[:0]
	for _, v := range s.seconds {
		s.list = append(s.list, v)
	}
	slices.Sort(s.list)
	s.worst = s.list[s.k-1]
}

func sortHits(hits []Hit) {
	slices.SortFunc(hits, func(a, b Hit) int {
		if a.Seconds != b.Seconds {
			return compare(a.Seconds, b.Seconds)
		}
		return a.Target - b.Target
	})
}

// Each searches from every stop of s by itself and yields, for each, the targets within
// the bound, soonest first. Stops are searched on all processors, so yield is called by
// several goroutines, once for each stop; hits belong to yield.
func (n *Network) Each(ctx context.Context, s Search, targets []Stop, yield func(stop int, hits []Hit)) error {
	byPart := n.byPart(targets)
	return parallelUntil(ctx, len(s.From), 1, func(i, _ int) error {
		one := s
		one.From = s.From[i : i+1]
		t, err := n.begin(one)
		if err != nil {
			return err
		}
		defer t.Release()
		var hits []Hit
		look := func(part int32) {
			for _, target := range byPart.on(part) {
				stop := &targets[target]
				b := t.place(part, float64(stop.At.at))
				if at := b.seconds + stop.Seconds + stop.At.Walk()*t.perWalk; b.from >= 0 && at <= t.limit {
					hits = append(hits, Hit{int(target), at})
				}
			}
		}
		var reached []int32
		if err := t.run(ctx, func(node int32, _ float64) bool {
			reached = append(reached, node)
			return true
		}); err != nil {
			return err
		}
		for _, node := range reached {
			for _, a := range n.g.arcs[n.g.first[node]:n.g.first[node+1]] {
				// A part with both ends reached is looked at from one of them only.
				if other := &t.labels[a.head]; a.half&1 == 0 || other.round != t.round {
					if t.seeds[a.half>>1] == nil {
						look(a.half >> 1)
					}
				}
			}
		}
		for part := range t.seeds {
			look(part)
		}
		sortHits(hits)
		yield(i, hits)
		return nil
	})
}

// partRows are the indexes of stops by part, in compressed rows.
type partRows struct {
	first, stops []int32
}

func (r partRows) on(part int32) []int32 { return r.stops[r.first[part]:r.first[part+1]] }

func (n *Network) byPart(stops []Stop) partRows {
	r := partRows{first: make([]int32, n.g.Parts()+1)}
	for _, s := range stops {
		if n.Usable(s.At) {
			r.first[s.At.part]++
		}
	}
	for i := range n.g.Parts() {
		r.first[i+1] += r.first[i]
	}
	r.stops = make([]int32, r.first[n.g.Parts()])
	free := slices.Clone(r.first)
	for i, s := range stops {
		if n.Usable(s.At) {
			p := s.At.part - 1
			r.stops[free[p]] = int32(i)
			free[p]++
		}
	}
	return r
}

// Matrix gives the seconds from every stop of s (to it, with Toward) to every target: rows
// by stop; +Inf where there is no way within the bound.
func (n *Network) Matrix(ctx context.Context, s Search, targets []Stop) ([][]float64, error) {
	rows := make([][]float64, len(s.From))
	err := n.Each(ctx, s, targets, func(stop int, hits []Hit) {
		row := make([]float64, len(targets))
		for i := range row {
			row[i] = math.Inf(1)
		}
		for _, h := range hits {
			row[h.Target] = h.Seconds
		}
		rows[stop] = row
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}
