package web

import (
	"context"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
)

// Store is what the HTTP face asks of the database. *data.Store is one. All methods stop
// their statement when ctx ends, and return Unavailable while the database is away.
type Store interface {
	// Tile returns one layer's part of a tile, not compressed; no bytes where it has nothing to show.
	Tile(ctx context.Context, q layers.Query, t maptile.Tile) ([]byte, error)
	// Items calls each with the records of the query's page in its order. An item is
	// valid until each returns; an error of each ends the reading and is returned.
	Items(ctx context.Context, q layers.Query, each func(layers.Item) error) error
	// Export calls each with all records of the query, whatever its page, as one state of the layer.
	Export(ctx context.Context, q layers.Query, each func(layers.Item) error) error
	// Count returns how many records the query has, whatever its page.
	Count(ctx context.Context, q layers.Query) (int64, error)
	// Item returns one record with its position in crs; NotFound where there is none.
	Item(ctx context.Context, v *layers.View, id int64, crs geo.CRS) (layers.Item, error)
	// Counts returns the figures of a layer under the query's filters, in all and in the box.
	Counts(ctx context.Context, q layers.Query, bbox *orb.Bound) (layers.Counts, error)
	// Search returns the records of the views whose searched fields have the text, best first.
	Search(ctx context.Context, views []*layers.View, text string, limit int) (layers.Hits, error)
	// Extent returns a layer's box (longitude and latitude) and span of valid time, nil for
	// an open end; false where no record has a position.
	Extent(ctx context.Context, v *layers.View) (orb.Bound, [2]*time.Time, bool, error)
	// Ready returns nil when questions can be answered, else an Unavailable error.
	Ready(ctx context.Context) error
}
