package tiles

import (
	"context"
	"strconv"
	"time"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
)

// atOnce is the number of layers of one tile that are made at the same time.
const atOnce = 4

// Source makes one layer's part of a tile: a Mapbox Vector Tile 2.1 that holds the one
// layer, not compressed, or no bytes where it has nothing to show.
type Source func(ctx context.Context, q layers.Query, t maptile.Tile) ([]byte, error)

// Fresh tells whether a tile made earlier still holds.
type Fresh interface {
	// Seq is the number of the newest change that a tile made from now on shows.
	Seq() uint64
	// Changed is the number of the newest change of a layer in a tile; the largest number
	// where that is not known.
	Changed(layer string, t maptile.Tile) uint64
}

// Way is how a tile came about.
type Way string

// The ways of a tile.
const (
	Made   Way = "made"
	Shared Way = "shared" // with a request that had begun the making
	Kept   Way = "kept"   // made earlier, nothing in it has changed since
)

// Options say how a Server works.
type Options struct {
	Limit time.Duration // longest time for one tile; 0: none
	Fresh Fresh         // nil: no tile is kept
	Keep  int64         // bytes of tiles that are kept; 0: none
}

// Server turns a Source into finished tiles: it merges layers, lets equal requests share
// one making, stops the making when nobody waits for it any more, and keeps tiles for as
// long as nothing in them changes: a committed change is in the next tile.
type Server struct {
	source Source
	fresh  Fresh
	shared Flights[*Body]
	kept   *otter.Cache[string, keptBody]
}

// keptBody is a tile with the number of the newest change that it is sure to show.
type keptBody struct {
	body *Body
	seq  uint64
}

// NewServer makes a Server.
func NewServer(source Source, o Options) *Server {
	s := &Server{source: source, fresh: o.Fresh, shared: Flights[*Body]{Limit: o.Limit}}
	if o.Fresh != nil && o.Keep > 0 {
		s.kept = otter.Must(&otter.Options[string, keptBody]{
			MaximumWeight: uint64(o.Keep),
			// Beside the tile its compressed form, its key and what the cache needs.
			Weigher: func(key string, k keptBody) uint32 { return uint32(2*k.body.Len() + len(key) + 400) },
		})
	}
	return s
}

// Tile returns the tile that holds the answers of all queries, in their order, each as
// one layer. A query's box, paging and coordinate system are not looked at: the address
// is the box. The errors are the Source's, Cancelled when ctx ends first, and Unavailable
// after the time limit.
func (s *Server) Tile(ctx context.Context, t maptile.Tile, queries ...layers.Query) (*Body, Way, error) {
	key := key(t, queries)
	if s.kept != nil {
		if k, ok := s.kept.GetIfPresent(key); ok && s.holds(k.seq, t, queries) {
			return k.body, Kept, nil
		}
	}
	// Who asks after a change does not share a making that was begun before it.
	flight := key
	if s.fresh != nil {
		flight += "\n" + strconv.FormatUint(s.newest(t, queries), 10)
	}
	body, shared, err := s.shared.Do(ctx, flight, func(ctx context.Context) (*Body, error) {
		if s.kept == nil {
			return s.make(ctx, t, queries)
		}
		seq := s.fresh.Seq()
		body, err := s.make(ctx, t, queries)
		if err == nil && s.holds(seq, t, queries) {
			s.kept.Set(key, keptBody{body, seq})
		}
		return body, err
	})
	if shared {
		return body, Shared, err
	}
	return body, Made, err
}

// holds reports whether nothing in the tile has changed since a number.
func (s *Server) holds(seq uint64, t maptile.Tile, queries []layers.Query) bool {
	return s.newest(t, queries) <= seq
}

// newest is the number of the newest change in the tile.
func (s *Server) newest(t maptile.Tile, queries []layers.Query) (seq uint64) {
	for _, q := range queries {
		seq = max(seq, s.fresh.Changed(q.View.ID, t))
	}
	return seq
}

// make has the layers made side by side and puts them after one another. A tile is a
// protobuf message whose only field is the repeated layer (MVT 2.1, section 4), and
// messages joined end to end are the message with both their repeated fields.
func (s *Server) make(ctx context.Context, t maptile.Tile, queries []layers.Query) (*Body, error) {
	if len(queries) == 1 {
		part, err := s.source(ctx, queries[0], t)
		if err != nil {
			return nil, err
		}
		return NewBody(part), nil
	}
	parts := make([][]byte, len(queries))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i, q := range queries {
		group.Go(func() (err error) {
			parts[i], err = guarded(ctx, func(ctx context.Context) ([]byte, error) { return s.source(ctx, q, t) })
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	whole := make([]byte, 0, size)
	for _, part := range parts {
		whole = append(whole, part...)
	}
	return NewBody(whole), nil
}

// key names everything that decides a tile's bytes. The queries' keys carry the class of
// readers, so readers with other rights never share.
func key(t maptile.Tile, queries []layers.Query) string {
	b := make([]byte, 0, 128)
	for _, n := range [3]uint64{uint64(t.Z), uint64(t.X), uint64(t.Y)} {
		b = strconv.AppendUint(b, n, 10)
		b = append(b, '/')
	}
	for _, q := range queries {
		b = append(b, '\n')
		b = q.AppendKey(b)
	}
	return string(b)
}
