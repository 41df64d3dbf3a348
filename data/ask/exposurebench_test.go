package ask

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"onemap/geo"
	"onemap/geo/region"
	"onemap/layers"
)

// synthetic are small features spread over the city, by squares of the ground.
type synthetic struct {
	layers.Features
	boxes []geo.WorldBox
	first map[[2]uint32][2]int // squares of 2^17 units
}

func newSynthetic(n int, side uint32) *synthetic {
	rnd := rand.New(rand.NewPCG(uint64(n), 1))
	s := &synthetic{boxes: make([]geo.WorldBox, n), first: map[[2]uint32][2]int{}}
	for i := range s.boxes {
		x, y := geo.World(120.2+1.7*rnd.Float64(), 31.6+1.1*rnd.Float64())
		s.boxes[i] = geo.WorldBox{MinX: x, MinY: y, MaxX: x + side, MaxY: y + side}
	}
	square := func(b geo.WorldBox) [2]uint32 { return [2]uint32{b.MinY >> 17, b.MinX >> 17} }
	slices.SortFunc(s.boxes, func(a, b geo.WorldBox) int {
		p, q := square(a), square(b)
		return slices.Compare(p[:], q[:])
	})
	for i, b := range s.boxes {
		k := square(b)
		span, known := s.first[k]
		if !known {
			span[0] = i
		}
		s.first[k] = [2]int{span[0], i + 1}
	}
	return s
}

func (s *synthetic) Len() int               { return len(s.boxes) }
func (s *synthetic) Box(i int) geo.WorldBox { return s.boxes[i] }
func (s *synthetic) Geometry(i int) orb.Geometry {
	b := s.boxes[i]
	p, q := geo.LonLat(b.MinX, b.MaxY), geo.LonLat(b.MaxX, b.MinY)
	if b.MinX == b.MaxX {
		return p
	}
	return orb.Bound{Min: p, Max: q}.ToPolygon()
}

func (s *synthetic) Search(box geo.WorldBox, yield func(i int) bool) {
	for _, span := range s.first {
		for i := span[0]; i < span[1]; i++ {
			if s.boxes[i].Intersects(box) && !yield(i) {
				return
			}
		}
	}
}

// BenchmarkExposureOfACircle measures a circle of 60 km over a million buildings and
// 337,820 enterprises, once their units and numbers are known.
func BenchmarkExposureOfACircle(b *testing.B) {
	r, err := region.New(orb.Point{120.9, 32.1}, 60_000, nil)
	if err != nil {
		b.Fatal(err)
	}
	ready := []*tally{}
	for _, n := range []int{1_000_000, 337_820} {
		set := &Set{Features: newSynthetic(n, uint32(1_200*(n/1_000_000)))}
		t := &tally{set: set, of: &belonging{kinds: make([]uint16, n), places: make([][3]int32, 120)}}
		codes := make([]uint32, n)
		for i := range codes {
			t.of.kinds[i], codes[i] = uint16(i*120/n), uint32(i%6)
		}
		t.measures = []measure{{id: "count"}}
		t.classes = []classing{{codes: codes, titles: make([]layers.Text, 6)}, {codes: codes, titles: make([]layers.Text, 6)}}
		ready = append(ready, t)
	}
	s := &Session{ctx: context.Background()}
	for b.Loop() {
		all, err := s.measureAll(ready, r.Cover(), true)
		if err != nil || all[0].total[0][0] < 1000 {
			b.Fatal(err)
		}
	}
}
