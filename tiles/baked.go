package tiles

import (
	"context"
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

// Reach tells whether a query may have something in a tile or below it.
type Reach func(ctx context.Context, q layers.Query, t maptile.Tile) (bool, error)

// Whole makes tiles of all its queries, of each only where it reaches. Its methods may be
// used by several at once.
type Whole struct {
	Source  Source
	Reach   Reach
	Queries []layers.Query
}

// Tile makes a tile, query by query, in their order. Messages joined end to end are the
// message with the layers of all (MVT 2.1, section 4).
func (w Whole) Tile(ctx context.Context, t maptile.Tile) ([]byte, error) {
	var whole []byte
	for _, q := range w.Queries {
		if reaches, err := w.Reach(ctx, q, t); err != nil {
			return nil, err
		} else if !reaches {
			continue
		}
		part, err := w.Source(ctx, q, t)
		if err != nil {
			return nil, err
		}
		whole = append(whole, part...)
	}
	return whole, nil
}

// Reaches reports whether one of the queries may have something in a tile or below it.
func (w Whole) Reaches(ctx context.Context, t maptile.Tile) (bool, error) {
	for _, q := range w.Queries {
		if reaches, err := w.Reach(ctx, q, t); reaches || err != nil {
			return reaches, err
		}
	}
	return false, nil
}
