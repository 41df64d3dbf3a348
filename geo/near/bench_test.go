package near_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/near"
)

// cityWorld are n places of a city of 100 km by 90 km, in no order.
func cityWorld(n int, seed uint64) (xs, ys []uint32) {
	r := rand.New(rand.NewPCG(seed, 0))
	xs, ys = make([]uint32, n), make([]uint32, n)
	for i := range xs {
		xs[i], ys[i] = geo.World(120.3+r.Float64(), 31.6+0.8*r.Float64())
	}
	return xs, ys
}

func BenchmarkFromWorld1M(b *testing.B) {
	xs, ys := cityWorld(1_000_000, 1)
	for b.Loop() {
		near.FromWorld(xs, ys)
	}
}

func BenchmarkBuild1M(b *testing.B) {
	ps := near.FromWorld(cityWorld(1_000_000, 1))
	for b.Loop() {
		near.Build(ps)
	}
}

func BenchmarkNearest10Of1M(b *testing.B) {
	x := near.Build(near.FromWorld(cityWorld(1_000_000, 1)))
	r := rand.New(rand.NewPCG(3, 0))
	for b.Loop() {
		x.Nearest(orb.Point{120.3 + r.Float64(), 31.6 + 0.8*r.Float64()}, 10, geo.Metres(math.Inf(1)), nil)
	}
}

func BenchmarkWithin3kmOf1M(b *testing.B) {
	x := near.Build(near.FromWorld(cityWorld(1_000_000, 1)))
	r := rand.New(rand.NewPCG(3, 0))
	n := 0
	for b.Loop() {
		for range x.Within(orb.Point{120.3 + r.Float64(), 31.6 + 0.8*r.Float64()}, 3000) {
			n++
		}
	}
	b.ReportMetric(float64(n)/float64(b.N), "found/op")
}

func BenchmarkCover(b *testing.B) {
	places, facilities := near.FromWorld(cityWorld(1_000_000, 1)), near.FromWorld(cityWorld(1_929, 2))
	for name, limit := range map[string]float64{"1km": 1000, "no limit": math.Inf(1)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := near.Cover(context.Background(), places, facilities, geo.Metres(limit)); err != nil {
					b.Fatal(err)
				}
			}
		})
		c, _ := near.Cover(context.Background(), places, facilities, geo.Metres(limit))
		b.Run(name+" with one more", func(b *testing.B) {
			for b.Loop() {
				c.With(near.FromLonLat([]orb.Point{{120.8, 32}}))
			}
		})
		b.Run(name+" without one", func(b *testing.B) {
			for b.Loop() {
				c.Without(77)
			}
		})
	}
}
