package roads_test

import (
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo/roads"
)

// city is a grid of about 100,000 edges on 80 km by 80 km.
var city = func() func() []roads.Edge {
	var edges []roads.Edge
	return func() []roads.Edge {
		if edges == nil {
			r := rand.New(rand.NewPCG(1, 2))
			edges = grid(r, 250, 250, 320)
			r.Shuffle(len(edges), func(i, k int) { edges[i].ID, edges[k].ID = edges[k].ID, edges[i].ID })
		}
		return edges
	}
}()

func points(n int) []orb.Point {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]orb.Point, n)
	for i := range out {
		out[i] = place(r.Float64()*80000, r.Float64()*80000)
	}
	return out
}

func stops(b *testing.B, n *roads.Network, count int) []roads.Stop {
	b.Helper()
	s, err := n.SnapAll(b.Context(), points(count), 500)
	if err != nil {
		b.Fatal(err)
	}
	return roads.Stops(s...)
}

func BenchmarkBuild(b *testing.B) {
	edges := city()
	b.Logf("%d edges", len(edges))
	for b.Loop() {
		roads.Build(edges)
	}
}

func BenchmarkUpdate(b *testing.B) {
	g := roads.Build(city())
	for b.Loop() {
		g = g.Update(city()[:1], []int64{city()[5].ID})
	}
}

func BenchmarkUnder(b *testing.B) {
	g := roads.Build(city())
	closed := []int64{city()[7].ID, city()[77].ID}
	for b.Loop() {
		if _, err := g.Under(roads.Conditions{Closed: closed, Vehicle: roads.Vehicle{WeightT: 20}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapMillion(b *testing.B) {
	n := roads.Build(city()).Plain()
	at := points(1_000_000)
	for b.Loop() {
		if _, err := n.SnapAll(b.Context(), at, 500); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNearest10(b *testing.B) {
	n := roads.Build(city()).Plain()
	teams := stops(b, n, 300)
	from := stops(b, n, 1000)
	i := 0
	for b.Loop() {
		i++
		if _, err := n.Nearest(b.Context(), roads.Search{From: from[i%1000 : i%1000+1], Toward: true}, teams, 10); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWholeTree(b *testing.B) {
	n := roads.Build(city()).Plain()
	from := stops(b, n, 1000)
	i := 0
	for b.Loop() {
		i++
		t, err := n.Tree(b.Context(), roads.Search{From: from[i%1000 : i%1000+1]})
		if err != nil {
			b.Fatal(err)
		}
		t.Release()
	}
}

func BenchmarkCoverage(b *testing.B) {
	n := roads.Build(city()).Plain()
	shelters := stops(b, n, 1929)
	at, err := n.SnapAll(b.Context(), points(1_000_000), 500)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		t, err := n.Tree(b.Context(), roads.Search{From: shelters, Toward: true, Seconds: 1800})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := t.Serve(b.Context(), at); err != nil {
			b.Fatal(err)
		}
		t.Release()
	}
}

func BenchmarkEachWithin15Minutes(b *testing.B) {
	n := roads.Build(city()).Plain()
	shelters, cells := stops(b, n, 100), stops(b, n, 100_000)
	for b.Loop() {
		err := n.Each(b.Context(), roads.Search{From: shelters, Seconds: 900}, cells, func(int, []roads.Hit) {})
		if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkServiceArea15Minutes(b *testing.B) {
	n := roads.Build(city()).Plain()
	from := roads.Stops(n.Snap(place(40000, 40000), 1000))
	for b.Loop() {
		t, err := n.Tree(b.Context(), roads.Search{From: from, Seconds: 900})
		if err != nil {
			b.Fatal(err)
		}
		count := 0
		for range t.Stretches() {
			count++
		}
		b.ReportMetric(float64(count), "stretches")
		t.Release()
	}
}

func BenchmarkThreeOutlines15Minutes(b *testing.B) {
	n := roads.Build(city()).Plain()
	from := roads.Stops(n.Snap(place(40000, 40000), 1000))
	t, err := n.Tree(b.Context(), roads.Search{From: from, Seconds: 900})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := t.Outlines(b.Context(), roads.Outline{Bands: []float64{300, 600, 900}}); err != nil {
			b.Fatal(err)
		}
	}
}
