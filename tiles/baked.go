package tiles

import (
	"context"
	"sync"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
)

// Metadata is what an archive says of itself: the usual keys of PMTiles and MBTiles, and
// under onemap what they have no word for.
type Metadata struct {
	Name         string               `json:"name"`
	Description  string               `json:"description"`
	Attribution  string               `json:"attribution"`
	Type         string               `json:"type"`
	Version      string               `json:"version"`
	Format       string               `json:"format"`
	Generator    string               `json:"generator"`
	VectorLayers []layers.VectorLayer `json:"vector_layers"`
	Baked        Baked                `json:"onemap"`
}

// Baked says what an archive was baked from.
type Baked struct {
	Layers    []string         `json:"layers"`
	Role      layers.Role      `json:"role"`  // whose fields are in the tiles
	Datum     geo.Datum        `json:"datum"` // of all positions
	Synthetic bool             `json:"synthetic"`
	Notice    layers.Text      `json:"notice"`
	Began     time.Time        `json:"began"`
	Finished  time.Time        `json:"finished"`
	BBox      *[4]float64      `json:"bbox,omitempty"` // west, south, east, north; missing: everywhere
	Editions  map[string]int64 `json:"editions"`       // newest of each layer when the baking began
	Changed   []string         `json:"changed,omitempty"`
}

// NewMetadata describes an archive of some views' tiles of the zooms from least to most;
// bound is the box of their records.
func NewMetadata(views []*layers.View, b Baked, least, most int, bound orb.Bound, program string) Metadata {
	t := layers.NewTileJSON(views, "", bound)
	m := Metadata{
		Name: t.Name, Attribution: t.Attribution, Type: "overlay", Format: "pbf", Generator: program,
		Version: b.Finished.UTC().Format("2006.1.2"), Baked: b,
	}
	for _, l := range t.VectorLayers {
		l.MinZoom, l.MaxZoom = min(max(l.MinZoom, least), most), min(l.MaxZoom, most)
		m.VectorLayers = append(m.VectorLayers, l)
	}
	day := b.Finished.In(layers.Beijing).Format("2006-01-02")
	m.Baked.Notice = layers.Text{Zh: "离线切片包，" + day + " 制作，坐标基准 " + string(b.Datum) + "。", En: "Archive of tiles made on " + day + ", datum " + string(b.Datum) + "."}
	if b.Synthetic {
		m.Baked.Notice.Zh += "含合成样例数据，并非真实单位与人员。"
		m.Baked.Notice.En += " It holds synthetic sample data, no real firms or people."
	}
	m.Description = m.Baked.Notice.Zh + m.Baked.Notice.En
	return m
}

// Descent makes whole tiles zoom by zoom on the way down a pyramid. A layer is asked for only
// where it had something in the parent or in one of the eight tiles around that: a sliver
// that reaches over an edge may be too thin for the parent's grid and show first in the
// child. Its methods may be used by several at once, all for tiles of one zoom.
type Descent struct {
	source  Source
	queries []layers.Query

	mu    sync.Mutex
	zoom  maptile.Zoom
	above map[maptile.Tile]uint64 // which queries had something, a bit each, in the zoom above
	here  map[maptile.Tile]uint64
}

// NewDescent makes a Descent of queries, MaxLayers at most.
func NewDescent(source Source, queries []layers.Query) *Descent {
	return &Descent{source: source, queries: queries, above: map[maptile.Tile]uint64{}, here: map[maptile.Tile]uint64{}}
}

// Tile makes a tile of all queries, layer by layer, in their order. Messages joined end to
// end are the message with the layers of all (MVT 2.1, section 4). Below a tile that was
// not made here every layer is asked for.
func (d *Descent) Tile(ctx context.Context, t maptile.Tile) ([]byte, error) {
	asked := d.asked(t)
	var whole []byte
	var had uint64
	for i, q := range d.queries {
		if asked>>i&1 == 0 {
			continue
		}
		part, err := d.source(ctx, q, t)
		if err != nil {
			return nil, err
		}
		if len(part) > 0 {
			had |= 1 << i
		}
		whole = append(whole, part...)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.Z == d.zoom {
		d.here[t] = had
	}
	return whole, nil
}

// asked are the queries that may have something in a tile.
func (d *Descent) asked(t maptile.Tile) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if t.Z != d.zoom {
		d.above, d.here = d.here, map[maptile.Tile]uint64{}
		if t.Z != d.zoom+1 {
			clear(d.above)
		}
		d.zoom = t.Z
	}
	parent := t.Parent()
	asked, known := d.above[parent]
	if t.Z == 0 || !known {
		return ^uint64(0)
	}
	for _, dx := range [3]int64{-1, 0, 1} {
		for _, dy := range [3]int64{-1, 0, 1} {
			asked |= d.above[maptile.New(uint32(int64(parent.X)+dx), uint32(int64(parent.Y)+dy), parent.Z)]
		}
	}
	return asked
}
