package tiles

import (
	"context"
	"fmt"
	"sync"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
)

// Tally is what all tiles of a zoom show of a query: features drawn for themselves,
// each once however many tiles it reaches into, and the sum of the gathered ones.
type Tally struct {
	Tiles    int // tiles that are not empty
	Drawn    int64
	Gathered int64
	Largest  int // bytes of the largest tile, not compressed
}

// Shown is drawn plus gathered; it equals the query's count of placed records (wall 7).
func (t Tally) Shown() int64 { return t.Drawn + t.Gathered }

// Tallies reads every tile of a query that is not empty, from zoom 0 down to last, and
// tallies each zoom. A tile has something where its parent has, so the pyramid is walked
// downwards; at most atOnce tiles are made at the same time.
func Tallies(ctx context.Context, source Source, q layers.Query, last, atOnce int) ([]Tally, error) {
	tallies := []Tally{}
	row := []maptile.Tile{{}}
	for z := 0; z <= last; z++ {
		w := NewTallier(q.View.ID)
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(atOnce)
		for _, t := range row {
			group.Go(func() error {
				body, err := source(ctx, q, t)
				if err != nil {
					return err
				}
				return w.Add(t, body)
			})
		}
		if err := group.Wait(); err != nil {
			return tallies, err
		}
		tallies = append(tallies, w.Tally())
		row = row[:0]
		for _, t := range w.filled {
			children := t.Children()
			row = append(row, children[:]...)
		}
	}
	return tallies, nil
}

// Tallier tallies the tiles of one layer and zoom. It may be used by several at once.
type Tallier struct {
	layer  string
	mu     sync.Mutex
	tally  Tally
	ids    map[uint64]bool
	filled []maptile.Tile
}

// NewTallier makes a Tallier of a layer.
func NewTallier(layer string) *Tallier { return &Tallier{layer: layer, ids: map[uint64]bool{}} }

// Tally is what the tiles so far show.
func (w *Tallier) Tally() Tally {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.Drawn = int64(len(w.ids))
	return w.tally
}

// Add tallies a tile, not compressed; other layers in it are passed over.
func (w *Tallier) Add(t maptile.Tile, body []byte) error {
	if len(body) == 0 {
		return nil
	}
	parsed, err := mvt.Unmarshal(body)
	if err != nil {
		return fmt.Errorf("tile %d/%d/%d of %s: %w", t.Z, t.X, t.Y, w.layer, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tally.Tiles++
	w.tally.Largest = max(w.tally.Largest, len(body))
	w.filled = append(w.filled, t)
	for _, l := range parsed {
		if l.Name != w.layer {
			continue
		}
		for _, f := range l.Features {
			if n, gathered := f.Properties["point_count"].(float64); gathered {
				w.tally.Gathered += int64(n)
			} else if id, ok := f.ID.(float64); ok {
				w.ids[uint64(id)] = true
			}
		}
	}
	return nil
}
