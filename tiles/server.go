package tiles

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb/maptile"
	"golang.org/x/sync/errgroup"

	"onemap/layers"
)

// atOnce is the number of layers of one tile that are made at the same time.
const atOnce = 4

// Source makes one layer's part of a tile: a Mapbox Vector Tile 2.1 that holds the one
// layer, not compressed, or no bytes where it has nothing to show.
type Source func(ctx context.Context, q layers.Query, t maptile.Tile) ([]byte, error)

// Server turns a Source into finished tiles: it merges layers, lets equal requests share
// one making, and stops the making when nobody waits for it any more. It keeps no tile
// after it has been handed out: a committed change is in the next tile.
type Server struct {
	source Source
	shared flights[*Body]
}

// NewServer makes a Server. No tile may take longer than limit; 0 means no limit.
func NewServer(source Source, limit time.Duration) *Server {
	return &Server{source: source, shared: flights[*Body]{limit: limit}}
}

// Tile returns the tile that holds the answers of all queries, in their order, each as
// one layer. A query's box, paging and coordinate system are not looked at: the address
// is the box. shared says that another request had begun the making. The errors are the
// Source's, Cancelled when ctx ends first, and Unavailable after the time limit.
func (s *Server) Tile(ctx context.Context, t maptile.Tile, queries ...layers.Query) (body *Body, shared bool, err error) {
	return s.shared.do(ctx, key(t, queries), func(ctx context.Context) (*Body, error) {
		return s.make(ctx, t, queries)
	})
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
	var b strings.Builder
	for _, n := range [3]uint64{uint64(t.Z), uint64(t.X), uint64(t.Y)} {
		b.WriteString(strconv.FormatUint(n, 10))
		b.WriteByte('/')
	}
	for _, q := range queries {
		b.WriteByte('\n')
		b.WriteString(q.Key())
	}
	return b.String()
}
