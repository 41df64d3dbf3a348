package data

import (
	"context"

	"onemap/layers"
)

// Export hands over every record that fits a query, in its order, whatever its page: all
// of one statement, so that they are one state of the layer however long each takes and
// whatever is published meanwhile. Records come as they are read; none is held. An item is
// valid within each only; an error of each ends the reading and is returned. Once a record
// has been handed over the question is not asked again: an outage then is an error.
func (s *Store) Export(ctx context.Context, q layers.Query, each func(layers.Item) error) error {
	q.After, q.Keys, q.Limit = 0, nil, 0
	return s.items(ctx, q.View, q.ItemsSQL(), each)
}
