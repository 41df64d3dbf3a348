package main

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"runtime"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
	"onemap/tiles/archive"
)

// toldAtMost is the number of differing tiles that are printed one by one.
const toldAtMost = 20

// comparison holds an archive against the database, tile after tile.
type comparison struct {
	p       *program
	archive *archive.Reader
	queries []layers.Query
	next    func() (archive.Content, error, bool)
	content archive.Content // the archive's next tile
	more    bool

	placed  map[string]int64 // records of each layer with a position; nil: the archive has a part of them
	tallies map[string]*tiles.Tallier
	zoom    int
	tiles   int
	differ  int
	off     int
}

// verifyArchive walks the pyramid of the database's tiles and the archive's tiles side by
// side, both in the order of ids.
func verifyArchive(ctx context.Context, p *program, d *database, name string) error {
	r, err := archive.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	var m tiles.Metadata
	if err := r.Metadata(&m); err != nil {
		return err
	}
	if len(m.Baked.Layers) == 0 {
		return fault.New(fault.Invalid, "%s does not say which layers it was baked from; only archives of onemap bake can be verified.", name)
	}
	views, err := viewsOf(d.Catalogue(), layers.Reader{Role: m.Baked.Role}, m.Baked.Layers)
	if err != nil {
		return err
	}
	c := comparison{p: p, archive: r, tallies: map[string]*tiles.Tallier{}, zoom: r.MinZoom}
	for _, v := range views {
		c.queries = append(c.queries, layers.Query{View: v, Datetime: layers.Now()})
	}
	if err := c.sayEditions(ctx, d, views, m.Baked); err != nil {
		return err
	}
	pyramid := archive.Pyramid{Min: r.MinZoom, Max: r.MaxZoom, Workers: runtime.NumCPU()}
	if b := m.Baked.BBox; b != nil {
		pyramid.Bound = &orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
	} else if c.placed, err = placed(ctx, d, c.queries); err != nil {
		return err
	}
	var stop func()
	c.next, stop = iter.Pull2(r.All())
	defer stop()
	if err := c.advance(); err != nil {
		return err
	}
	memory, end, err := p.mirrored(ctx, d)
	if err != nil {
		return err
	}
	defer end()
	whole := tiles.Whole{Source: memory.Source, Reach: memory.Reaches, Queries: c.queries}
	pyramid.Reaches = whole.Reaches
	err = pyramid.Walk(ctx, whole.Tile, nil, c.look)
	if err != nil {
		return err
	}
	for c.more { // under tiles that the database has nothing for
		if err := c.look(c.content.ID, nil); err != nil {
			return err
		}
	}
	c.sum()
	if c.differ > 0 || c.off > 0 {
		return fault.New(fault.Conflict, "%s is not what the database has: %d of %d tiles differ, %d sums are off.", name, c.differ, c.tiles, c.off)
	}
	fmt.Fprintf(p.out, "%s: %d tiles, zoom %d to %d, role %s: all as in the database\n", name, c.tiles, r.MinZoom, r.MaxZoom, m.Baked.Role)
	return nil
}

// sayEditions tells where the database has gone on since the baking.
func (c *comparison) sayEditions(ctx context.Context, d *database, views []*layers.View, b tiles.Baked) error {
	newest, err := newestEditions(ctx, d, views)
	if err != nil {
		return err
	}
	for _, v := range views {
		if now := newest[v.ID]; now != b.Editions[v.ID] {
			fmt.Fprintf(c.p.out, "%s: the archive is of edition %d, the database has edition %d\n", v.ID, b.Editions[v.ID], now)
		}
	}
	return nil
}

func placed(ctx context.Context, d *database, queries []layers.Query) (map[string]int64, error) {
	n := map[string]int64{}
	for _, q := range queries {
		counts, err := d.Counts(ctx, q, nil)
		if err != nil {
			return nil, err
		}
		n[q.View.ID] = counts.Placed
	}
	return n, nil
}

func (c *comparison) advance() (err error) {
	c.content, err, c.more = c.next()
	return err
}

// look compares the database's tile of an id with the archive's.
func (c *comparison) look(id uint64, now []byte) error {
	for c.more && c.content.ID < id {
		if err := c.look(c.content.ID, nil); err != nil {
			return err
		}
	}
	var kept []byte
	if c.more && c.content.ID == id {
		var err error
		if kept, err = c.archive.Unpack(c.content.Packed); err != nil {
			return err
		}
		if err := c.advance(); err != nil {
			return err
		}
		c.tiles++
	}
	t, _ := archive.Tile(id)
	if int(t.Z) != c.zoom {
		c.sum()
		c.zoom = int(t.Z)
	}
	for _, q := range c.queries {
		tally := c.tallies[q.View.ID]
		if tally == nil {
			tally = tiles.NewTallier(q.View.ID)
			c.tallies[q.View.ID] = tally
		}
		if err := tally.Add(t, kept); err != nil {
			return err
		}
	}
	if bytes.Equal(kept, now) {
		return nil
	}
	difference, err := tiles.Difference(kept, now)
	if err != nil || difference == "" {
		return err
	}
	if c.differ++; c.differ <= toldAtMost {
		fmt.Fprintf(c.p.out, "%d/%d/%d: %s\n", t.Z, t.X, t.Y, difference)
	}
	return nil
}

// sum holds what the archive shows at a zoom against the number of records.
func (c *comparison) sum() {
	for _, q := range c.queries {
		tally := c.tallies[q.View.ID]
		if want, whole := c.placed[q.View.ID]; tally != nil && whole && tally.Tally().Shown() != want {
			c.off++
			fmt.Fprintf(c.p.out, "%s, zoom %d: the archive shows %d records, the database has %d\n", q.View.ID, c.zoom, tally.Tally().Shown(), want)
		}
	}
	clear(c.tallies)
}
