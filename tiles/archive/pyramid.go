package archive

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"onemap/layers/fault"
)

// Pyramid is which tiles are walked: those of the zooms from Min to Max that meet Bound
// (longitude and latitude; nil: everywhere) and for which Reaches is true.
type Pyramid struct {
	Min, Max int
	Bound    *orb.Bound
	Workers  int // tiles made at the same time

	// Reaches reports whether there may be something in a tile or below it. It is not asked
	// for tiles below one where there can't be. What a tile shows does not say so: a sliver
	// that is too thin for its grid shows further down.
	Reaches func(ctx context.Context, t maptile.Tile) (bool, error)

	// Row, where set, is told before each zoom how many tiles are to be made there, and
	// Made after each of them.
	Row  func(zoom, tiles int)
	Made func()
}

// Make returns a tile's bytes; none where it has nothing.
type Make func(ctx context.Context, t maptile.Tile) ([]byte, error)

// Walk has the tiles made and hands them to each, in the order of their ids, the empty ones
// too. done, where set, gives the ids of a zoom that are known to have something; what lies
// between them and is not over their last is known to have nothing, and neither is made again.
func (p Pyramid) Walk(ctx context.Context, of Make, done func(zoom int) []uint64, each func(id uint64, body []byte) error) error {
	row, err := p.reached(ctx, []uint64{0})
	for zoom := 0; zoom <= p.Max && len(row) > 0 && err == nil; zoom++ {
		if zoom >= p.Min {
			err = p.make(ctx, row, of, zoom, done, each)
		}
		if err == nil && zoom < p.Max {
			row, err = p.below(ctx, row, zoom)
		}
	}
	return err
}

// make has the tiles of one zoom made, but those that are done.
func (p Pyramid) make(ctx context.Context, row []uint64, of Make, zoom int, done func(zoom int) []uint64, each func(id uint64, body []byte) error) error {
	if done != nil {
		if filled := done(zoom); len(filled) > 0 {
			from, _ := slices.BinarySearch(row, filled[len(filled)-1]+1)
			row = row[from:]
		}
	}
	if p.Row != nil {
		p.Row(zoom, len(row))
	}
	return p.row(ctx, row, of, func(id uint64, body []byte) error {
		if p.Made != nil {
			p.Made()
		}
		return each(id, body)
	})
}

// below are the ids of the tiles under those of a zoom, as far as they are walked.
func (p Pyramid) below(ctx context.Context, row []uint64, zoom int) ([]uint64, error) {
	all := make([]uint64, 0, 4*len(row))
	for _, id := range row {
		first := children(id, zoom)
		for child := first; child < first+4; child++ {
			if p.Bound != nil {
				if t, _ := Tile(child); !t.Bound().Intersects(*p.Bound) {
					continue
				}
			}
			all = append(all, child)
		}
	}
	return p.reached(ctx, all)
}

// reached are those of the ids for which Reaches is true.
func (p Pyramid) reached(ctx context.Context, ids []uint64) ([]uint64, error) {
	const run = 64
	reaches := make([]bool, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, p.Workers))
	for from := 0; from < len(ids); from += run {
		group.Go(func() (err error) {
			for i := from; i < min(from+run, len(ids)) && err == nil; i++ {
				t, _ := Tile(ids[i])
				reaches[i], err = p.Reaches(ctx, t)
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	kept := ids[:0]
	for i, id := range ids {
		if reaches[i] {
			kept = append(kept, id)
		}
	}
	return kept, nil
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
