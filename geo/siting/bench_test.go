package siting_test

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"onemap/geo/siting"
)

// city draws cells of tens to hundreds of people over 100 km by 90 km, thick around some
// towns, and for each the facilities within reach, at most 30, with metres in millimetres.
// The places add up to share of the people.
func city(cells, facilities int, share float64) *siting.Demand {
	r := rand.New(rand.NewPCG(11, 0))
	type point struct{ x, y float64 }
	towns := make([]point, 40)
	for i := range towns {
		towns[i] = point{r.Float64() * 100_000, r.Float64() * 90_000}
	}
	draw := func(n int) []point {
		ps := make([]point, n)
		for i := range ps {
			ps[i] = point{r.Float64() * 100_000, r.Float64() * 90_000}
			if r.IntN(3) > 0 {
				c := towns[r.IntN(len(towns))]
				ps[i] = point{c.x + r.NormFloat64()*3000, c.y + r.NormFloat64()*3000}
			}
		}
		return ps
	}
	from, to := draw(cells), draw(facilities)
	d := &siting.Demand{People: make([]int64, cells), Capacity: make([]int64, facilities)}
	people := 0.
	for i := range d.People {
		d.People[i] = 10 + r.Int64N(290)
		people += float64(d.People[i])
	}
	for j := range d.Capacity {
		d.Capacity[j] = int64(people * share / float64(facilities) * (0.2 + 1.6*r.Float64()))
	}
	const side = 5000
	grid := map[[2]int][]int{}
	for j, p := range to {
		k := [2]int{int(math.Floor(p.x / side)), int(math.Floor(p.y / side))}
		grid[k] = append(grid[k], j)
	}
	type option struct {
		j    int
		cost int64
	}
	for _, p := range from {
		var list []option
		for x := -1; x <= 1; x++ {
			for y := -1; y <= 1; y++ {
				for _, j := range grid[[2]int{int(math.Floor(p.x/side)) + x, int(math.Floor(p.y/side)) + y}] {
					if m := math.Hypot(p.x-to[j].x, p.y-to[j].y); m <= side {
						list = append(list, option{j, int64(m * 1000)})
					}
				}
			}
		}
		slices.SortFunc(list, func(a, b option) int { return cmp.Or(cmp.Compare(a.cost, b.cost), a.j-b.j) })
		for _, o := range list[:min(30, len(list))] {
			d.Options.Add(o.j, o.cost)
		}
		d.Options.EndRow()
	}
	return d
}

func BenchmarkAllocate100kTo1929(b *testing.B) {
	for name, share := range map[string]float64{"places for half": 0.5, "places for all": 1, "places for twice": 2} {
		b.Run(name, func(b *testing.B) {
			d := city(100_000, 1929, share)
			var a *siting.Allocation
			for b.Loop() {
				var err error
				if a, err = siting.Allocate(context.Background(), d, nil); err != nil {
					b.Fatal(err)
				}
			}
			if err := siting.Verify(d, a); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(len(d.Options.To)), "pairs")
			b.ReportMetric(float64(a.Pivots), "pivots")
		})
	}
}

// cityChoice turns the demand of city around: who each facility could serve; all are
// unserved today, which counts as 5 km.
func cityChoice(cells, candidates int) *siting.Choice {
	d := city(cells, candidates, 1)
	type pair struct {
		cell int
		cost int64
	}
	rows := make([][]pair, candidates)
	for i := range d.People {
		for k := d.Options.Start[i]; k < d.Options.Start[i+1]; k++ {
			rows[d.Options.To[k]] = append(rows[d.Options.To[k]], pair{i, d.Options.Cost[k]})
		}
	}
	c := &siting.Choice{People: d.People, Now: make([]int64, cells)}
	for i := range c.Now {
		c.Now[i] = 5_000_000
	}
	for _, row := range rows {
		for _, p := range row {
			c.Candidates.Add(p.cell, p.cost)
		}
		c.Candidates.EndRow()
	}
	return c
}

func BenchmarkSite50Of10000For100k(b *testing.B) {
	c := cityChoice(100_000, 10_000)
	for name, find := range map[string]func() (*siting.Sites, error){
		"cover": func() (*siting.Sites, error) {
			return siting.Cover(context.Background(), c.People, &c.Candidates, 50, nil)
		},
		"median": func() (*siting.Sites, error) { return siting.Median(context.Background(), c, 50, nil) },
	} {
		b.Run(name, func(b *testing.B) {
			var s *siting.Sites
			for b.Loop() {
				var err error
				if s, err = find(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(c.Candidates.To)), "pairs")
			b.ReportMetric(100*float64(s.Bound-s.Total)/float64(s.Bound), "%gap")
			b.ReportMetric(100*float64(s.Total-s.Greedy)/float64(s.Total), "%byexchange")
		})
	}
}
