package mirror

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
)

// dense is a part of n buildings of seven vertices within one tile of zoom 15.
func dense(tb testing.TB, n int) (*part, *layers.View, maptile.Tile) {
	tb.Helper()
	cat, err := layers.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	view, err := cat.View(layers.Reader{Role: layers.RoleViewer}, "building")
	if err != nil {
		tb.Fatal(err)
	}
	x, y := geo.World(120.9, 32)
	tile := geo.TileAt(x, y, 15)
	bound := geo.TileBound(tile)
	rnd := rand.New(rand.NewPCG(1, 1))
	b := newBuilder(view.Layer)
	word := func(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }
	for i := range n {
		lon := bound.Min[0] + (0.02+0.95*rnd.Float64())*(bound.Max[0]-bound.Min[0])
		lat := bound.Min[1] + (0.02+0.95*rnd.Float64())*(bound.Max[1]-bound.Min[1])
		w, h := 0.0001+0.0001*rnd.Float64(), 0.0001+0.0001*rnd.Float64()
		ring := orb.Ring{{lon, lat}, {lon + w, lat}, {lon + w, lat + h/2}, {lon + w/2, lat + h/2}, {lon + w/2, lat + h}, {lon + w/4, lat + h}, {lon, lat + 3*h/4}, {lon, lat}}
		wkb := ewkb.MustMarshal(orb.Polygon{ring}, 4490)
		a := layers.AnchorOf(orb.Polygon{ring})
		row := [][]byte{word(uint64(i + 1)), word(uint64(a.X)), word(uint64(a.Y)), nil, nil, wkb}
		for _, f := range view.Layer.Mirrored() {
			switch f.Name {
			case "danger_grade":
				row = append(row, []byte([]string{"a", "b", "c", "d", "unknown"}[rnd.IntN(5)]))
			case "storeys":
				row = append(row, word(uint64(1+rnd.IntN(30))))
			case "name":
				row = append(row, fmt.Appendf(nil, "第%d号楼", rnd.IntN(500)))
			case "area_m2":
				row = append(row, word(math.Float64bits(rnd.Float64()*1000)))
			default:
				row = append(row, nil)
			}
		}
		if err := b.add(row); err != nil {
			tb.Fatal(err)
		}
	}
	return &part{segment: b.finish()}, view, tile
}

// TestDrawingAllocatesNothing counts allocations of a whole tile: none is for a feature.
func TestDrawingAllocatesNothing(t *testing.T) {
	p, view, tile := dense(t, 5000)
	dst := make([]byte, 0, 4<<20)
	d := &drawer{} // of its own: the race detector takes drawers out of their pool
	d.draw(dst, []*part{p}, layers.Query{View: view}, nil, tile)
	if n := testing.AllocsPerRun(20, func() { d.draw(dst, []*part{p}, layers.Query{View: view}, nil, tile) }); n > 24 {
		t.Errorf("a tile of 5,000 polygons takes %.0f allocations", n)
	}
}

// BenchmarkTile draws a tile of 5,000 buildings with three attributes; one operation is
// one building.
func BenchmarkTile(b *testing.B) {
	const n = 5000
	p, view, tile := dense(b, n)
	dst := make([]byte, 0, 4<<20)
	b.ReportAllocs()
	for b.Loop() {
		draw(dst, []*part{p}, layers.Query{View: view}, nil, tile)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/polygon")
}
