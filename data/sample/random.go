package sample

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
)

// stream is a source of random numbers of its own: the same seed, name and number
// always give the same sequence, whatever else is drawn elsewhere.
type stream struct{ *rand.Rand }

func newStream(seed uint64, name string, n uint64) stream {
	h := fnv.New64a()
	h.Write([]byte(name)) //nolint:errcheck // a hash never fails
	return stream{rand.New(rand.NewPCG(seed, h.Sum64()^n*0x9e3779b97f4a7c15))}
}

// between returns a number in [lo, hi).
func (s stream) between(lo, hi float64) float64 { return lo + s.Float64()*(hi-lo) }

// whole returns an integer in [lo, hi], both included.
func (s stream) whole(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

// chance is true with probability p.
func (s stream) chance(p float64) bool { return s.Float64() < p }

// skewed returns an integer in [lo, hi], most of them near lo: the logarithm is uniform.
func (s stream) skewed(lo, hi int) int {
	v := math.Exp(s.between(math.Log(float64(lo)), math.Log(float64(hi)+1)))
	return min(hi, max(lo, int(v)))
}

// round returns v with n decimals.
func round(v float64, n int) float64 {
	f := math.Pow(10, float64(n))
	return math.Round(v*f) / f
}

// one returns an item of the list, each as likely.
func one[T any](s stream, list []T) T { return list[s.IntN(len(list))] }

// weighted draws from a list with weights.
type weighted[T any] struct {
	items []T
	upTo  []float64
}

func (w *weighted[T]) add(item T, weight float64) {
	last := 0.0
	if n := len(w.upTo); n > 0 {
		last = w.upTo[n-1]
	}
	w.items = append(w.items, item)
	w.upTo = append(w.upTo, last+weight)
}

func (w *weighted[T]) draw(s stream) T {
	at := s.Float64() * w.upTo[len(w.upTo)-1]
	lo, hi := 0, len(w.upTo)-1
	for lo < hi {
		if mid := (lo + hi) / 2; w.upTo[mid] <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return w.items[lo]
}

// pick is a short table of codes and their weights.
type pick []struct {
	code   string
	weight float64
}

func (p pick) draw(s stream) string {
	total := 0.0
	for _, e := range p {
		total += e.weight
	}
	at := s.Float64() * total
	for _, e := range p {
		if at -= e.weight; at < 0 {
			return e.code
		}
	}
	return p[len(p)-1].code
}

// apportion splits total into whole shares by weight (largest remainder), so that
// the shares add up to total exactly. Equal remainders go to the earlier share.
func apportion(total int, weights []float64) []int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	shares := make([]int, len(weights))
	rest := make([]float64, len(weights))
	left := total
	for i, w := range weights {
		exact := float64(total) * w / sum
		shares[i] = int(exact)
		rest[i] = exact - float64(shares[i])
		left -= shares[i]
	}
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for i := range left {
		shares[order[i%len(order)]]++
	}
	return shares
}

// scatter marks exactly k of n places, at random.
func scatter(s stream, n, k int) []bool {
	marks := make([]bool, n)
	for i := range n {
		if s.Float64()*float64(n-i) < float64(k) {
			marks[i] = true
			k--
		}
	}
	return marks
}

// largest returns the numbers of the k largest values, in order of number.
func largest(values []float64, k int) []int {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(values[b], values[a]) })
	order = order[:min(k, len(order))]
	slices.Sort(order)
	return order
}
