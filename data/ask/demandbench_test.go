package ask_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"syscall"
	"testing"

	"github.com/paulmach/orb"

	"onemap/data/ask"
	"onemap/geo"
	"onemap/layers"
)

// invented are features of a city of 100 km by 90 km that is in memory only.
type invented struct {
	revision uint64
	xs, ys   []uint32
	numbers  map[string][]float64
	lines    []orb.LineString // of roads
}

// invent places n features, most of them around towns.
func invent(n int, revision uint64) *invented {
	r := rand.New(rand.NewPCG(revision, 0))
	towns := rand.New(rand.NewPCG(1, 0)) // the same for all layers
	var centers [60]orb.Point
	for i := range centers {
		centers[i] = orb.Point{120.4 + 0.8*towns.Float64(), 31.7 + 0.6*towns.Float64()}
	}
	f := &invented{revision: revision, xs: make([]uint32, n), ys: make([]uint32, n), numbers: map[string][]float64{}}
	for i := range n {
		p := orb.Point{120.3 + r.Float64(), 31.6 + 0.8*r.Float64()}
		if r.IntN(3) > 0 {
			c := centers[r.IntN(len(centers))]
			p = orb.Point{c[0] + 0.03*r.NormFloat64(), c[1] + 0.03*r.NormFloat64()}
		}
		f.xs[i], f.ys[i] = geo.World(p[0], p[1])
	}
	return f
}

func (f *invented) with(field string, least, most int) *invented {
	r := rand.New(rand.NewPCG(f.revision, 1))
	list := make([]float64, len(f.xs))
	for i := range list {
		list[i] = float64(least + r.IntN(most-least))
	}
	f.numbers[field] = list
	return f
}

// inventRoads makes 100,000 edges in a grid of 400 m.
func inventRoads() *invented {
	const columns, rows = 250, 200
	r := rand.New(rand.NewPCG(4, 0))
	var nodes [rows][columns]orb.Point
	for y := range rows {
		for x := range columns {
			nodes[y][x] = orb.Point{120.3 + (float64(x)+0.6*r.Float64())/columns, 31.6 + 0.8*(float64(y)+0.6*r.Float64())/rows}
		}
	}
	f := &invented{revision: 4, numbers: map[string][]float64{}}
	add := func(a, b orb.Point) {
		x, y := geo.World((a[0]+b[0])/2, (a[1]+b[1])/2)
		f.xs, f.ys, f.lines = append(f.xs, x), append(f.ys, y), append(f.lines, orb.LineString{a, b})
	}
	for y := range rows {
		for x := range columns {
			if x+1 < columns {
				add(nodes[y][x], nodes[y][x+1])
			}
			if y+1 < rows {
				add(nodes[y][x], nodes[y+1][x])
			}
		}
	}
	return f
}

func (f *invented) Revision() uint64                  { return f.revision }
func (f *invented) Len() int                          { return len(f.xs) }
func (f *invented) ID(i int) int64                    { return int64(i) + 1 }
func (f *invented) Find(id int64) (int, bool)         { return int(id) - 1, id >= 1 && int(id) <= len(f.xs) }
func (f *invented) Anchor(i int) (x, y uint32)        { return f.xs[i], f.ys[i] }
func (f *invented) Value(int, *layers.Field) any      { return nil }
func (f *invented) Numbers(l *layers.Field) []float64 { return f.numbers[l.Name] }
func (f *invented) Box(i int) geo.WorldBox {
	return geo.WorldBox{MinX: f.xs[i], MinY: f.ys[i], MaxX: f.xs[i], MaxY: f.ys[i]}
}

func (f *invented) Geometry(i int) orb.Geometry {
	if f.lines != nil {
		return f.lines[i]
	}
	return geo.LonLat(f.xs[i], f.ys[i])
}

func (f *invented) Codes(*layers.Field) ([]uint32, []string) {
	codes := make([]uint32, len(f.xs))
	for i := range codes {
		codes[i] = uint32(1 + i%2)
	}
	return codes, []string{"", "a", "b"}
}

func (f *invented) Search(box geo.WorldBox, yield func(i int) bool) {
	for i := range f.xs {
		if box.Contains(f.xs[i], f.ys[i]) && !yield(i) {
			return
		}
	}
}

// memory has invented layers, whatever the filter, and beside these the small city's, which
// it keeps as a server does.
type memory struct {
	ask.Memory
	layers map[string]*invented
	kept   *sync.Map
}

func (m memory) Features(ctx context.Context, q layers.Query) (layers.Features, error) {
	if f := m.layers[q.View.ID]; f != nil {
		return f, nil
	}
	if m.layers == nil {
		return m.Memory.Features(ctx, q)
	}
	if f, known := m.kept.Load(q.Key()); known {
		return f.(layers.Features), nil
	}
	f, err := m.Memory.Features(ctx, q)
	if err == nil {
		m.kept.Store(q.Key(), f)
	}
	return f, err
}

// ask asks a benchmark's question, once before the clock runs: what is derived is kept then.
// cpu-ms/op is the time on all processors, for a busy machine.
func (w *world) ask(b *testing.B, question, text string, sc *ask.Scenario) *ask.Answer {
	b.Helper()
	first := w.within(b, question, text, sc).Took
	begun := cpu()
	var a *ask.Answer
	for b.Loop() {
		a = w.within(b, question, text, sc)
	}
	b.ReportMetric(first, "first-ms")
	b.ReportMetric((cpu()-begun)/float64(b.N), "cpu-ms/op")
	return a
}

// cpu is the time that the process has used, in milliseconds.
func cpu() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

func BenchmarkCoverageOfAMillion(b *testing.B) {
	w := cityWith(b, map[string]*invented{
		"building": invent(1_000_000, 2).with("residents", 0, 12), "shelter": invent(1929, 3).with("capacity", 100, 2000), "road": inventRoads(),
	})
	sc := &ask.Scenario{
		Name: "one more, one less", Lost: []ask.Lost{{Layer: "shelter", IDs: []int64{77}}},
		Added: []ask.Added{{Layer: "shelter", Place: orb.Point{120.81, 32.02}, Properties: map[string]any{"status": "open"}}},
	}
	const line, road = `{"demand": "building", "metres": 1000}`, `{"demand": "building", "by": "road", "mode": "foot", "minutes": 15}`
	b.Run("by distance", func(b *testing.B) { w.ask(b, "coverage", line, nil) })
	b.Run("by distance, what if", func(b *testing.B) { w.ask(b, "coverage", line, sc) })
	b.Run("by road", func(b *testing.B) { w.ask(b, "coverage", road, nil) })
	b.Run("by road, what if", func(b *testing.B) { w.ask(b, "coverage", road, sc) })
}

func BenchmarkAllocate100000(b *testing.B) {
	w := cityWith(b, map[string]*invented{
		"population": invent(100_000, 5).with("residents", 10, 300), "shelter": invent(1929, 3).with("capacity", 1000, 16000), "road": inventRoads(),
		"building": invent(1_000_000, 2).with("residents", 0, 12),
	})
	for name, text := range map[string]string{
		"by distance": `{"metres": 2500}`, "by road": `{"by": "road", "minutes": 30}`, "a million by distance": `{"demand": "building", "metres": 1000}`,
	} {
		b.Run(name, func(b *testing.B) {
			a := w.ask(b, "allocate", text, nil)
			for _, f := range a.Summary {
				if f.ID == "served_share" {
					b.ReportMetric(f.Value.(float64), "%served")
				}
			}
		})
	}
}

func BenchmarkSite(b *testing.B) {
	w := cityWith(b, map[string]*invented{
		"population": invent(100_000, 5).with("residents", 10, 300), "shelter": invent(1929, 3).with("capacity", 1000, 16000),
		"public_facility": invent(4000, 6), "road": inventRoads(),
	})
	for name, text := range map[string]string{
		"cover 10":           `{"sites": 10}`,
		"cover 50 of a grid": `{"sites": 50, "candidates": "grid"}`,
		"median 10":          `{"sites": 10, "goal": "median", "metres": 3000}`,
		"cover 10 by road":   `{"sites": 10, "by": "road", "mode": "foot"}`,
	} {
		b.Run(name, func(b *testing.B) {
			a := w.ask(b, "site", text, nil)
			for _, f := range a.Summary {
				if f.ID == "gap" {
					b.ReportMetric(f.Value.(float64), "%gap")
				}
			}
		})
	}
}
