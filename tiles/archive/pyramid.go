package archive

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"onemap/layers/fault"
)

// Pyramid is which tiles are walked: those of the zooms from Min to Max that meet Bound
// (longitude and latitude; nil: everywhere).
//
// A tile has something where its parent has, so the walk goes downwards from zoom 0 and
// leaves out what lies under an empty tile.
type Pyramid struct {
	Min, Max int
	Bound    *orb.Bound
	Workers  int // tiles made at the same time

	// Row, where set, is told before each zoom how many tiles are to be made there, and
	// Made after each of them.
	Row  func(zoom, tiles int)
	Made func()
}

// Make returns a tile's bytes; none where it has nothing.
type Make func(ctx context.Context, t maptile.Tile) ([]byte, error)

// Walk has the tiles made and hands those of the zooms from Min on to each, in the order
// of their ids, the empty ones too. done, where set, gives the ids of a zoom that are
// known to have something; what lies between them and is not over their last is known to
// have nothing, and neither is made again.
func (p Pyramid) Walk(ctx context.Context, of Make, done func(zoom int) []uint64, each func(id uint64, body []byte) error) error {
	row := []uint64{0}
	for zoom := 0; zoom <= p.Max && len(row) > 0; zoom++ {
		var filled []uint64
		if done != nil && zoom >= p.Min {
			filled = done(zoom)
		}
		if n := len(filled); n > 0 {
			for len(row) > 0 && row[0] <= filled[n-1] {
				row = row[1:]
			}
		}
		if p.Row != nil {
			p.Row(zoom, len(row))
		}
		err := p.row(ctx, row, of, func(id uint64, body []byte) error {
			if len(body) > 0 {
				filled = append(filled, id)
			}
			if p.Made != nil {
				p.Made()
			}
			if zoom < p.Min {
				return nil
			}
			return each(id, body)
		})
		if err != nil {
			return err
		}
		if zoom < p.Max {
			row = p.below(filled, zoom)
		}
	}
	return nil
}

// below are the ids of the tiles under those of a zoom, as far as they meet the bound.
func (p Pyramid) below(filled []uint64, zoom int) []uint64 {
	var row []uint64
	for _, id := range filled {
		first := children(id, zoom)
		for child := first; child < first+4; child++ {
			if p.Bound != nil {
				if t, _ := Tile(child); !t.Bound().Intersects(*p.Bound) {
					continue
				}
			}
			row = append(row, child)
		}
	}
	return row
}

// row has the tiles of one zoom made side by side and handed over in their order. Not
// more than a few tiles a worker are waiting for their turn.
func (p Pyramid) row(ctx context.Context, row []uint64, of Make, each func(uint64, []byte) error) error {
	type turn struct {
		id   uint64
		body chan []byte
	}
	workers := max(1, p.Workers)
	turns := make(chan turn, 4*workers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(turns)
		makers, ctx := errgroup.WithContext(ctx)
		makers.SetLimit(workers)
		for _, id := range row {
			next := turn{id, make(chan []byte, 1)}
			select {
			case turns <- next:
			case <-ctx.Done():
				return cmp.Or(makers.Wait(), ctx.Err())
			}
			makers.Go(func() (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), fault.Internal, "A tile could not be made.")
					}
				}()
				t, _ := Tile(next.id)
				body, err := of(ctx, t)
				if err == nil {
					next.body <- body
				}
				return err
			})
		}
		return makers.Wait()
	})
	group.Go(func() error {
		for next := range turns {
			select {
			case body := <-next.body:
				if err := each(next.id, body); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}

// Bake adds the tiles of a pyramid to an archive in the making, from where it stands on.
// Make is to give them without compression.
func (w *Writer) Bake(ctx context.Context, p Pyramid, of Make) error {
	packed := func(ctx context.Context, t maptile.Tile) ([]byte, error) {
		plain, err := of(ctx, t)
		if err != nil || len(plain) == 0 {
			return nil, err
		}
		return Pack(plain), nil
	}
	return p.Walk(ctx, packed, w.filled, func(id uint64, body []byte) error {
		if len(body) == 0 {
			return nil
		}
		return w.Add(id, body)
	})
}
