package data

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
	"onemap/layers/fault"
)

// inBinary asks for all columns in binary, whatever their type prefers.
var inBinary = pgx.QueryResultFormats{pgx.BinaryFormatCode}

// arguments runs a statement prepared: after a few uses its plan is made once for all
// values, which suits tiles, whose boxes are alike.
func arguments(st layers.Statement) []any {
	return append([]any{inBinary}, st.Args...)
}

// planned has a statement planned for its values each time: a page of the whole city and
// one of a street, a common text and a rare one want different plans.
func planned(st layers.Statement) []any {
	return append([]any{pgx.QueryExecModeCacheDescribe, inBinary}, st.Args...)
}

// Tile makes one layer's part of a tile: MVT bytes, empty when there is nothing in it.
func (s *Store) Tile(ctx context.Context, q layers.Query, t maptile.Tile) (tile []byte, err error) {
	st := q.TileSQL(t)
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, st.Text, arguments(st)...).Scan(&tile)
	})
	return tile, err
}

// Items hands over the records of a page in the query's order. An item is valid within each only.
func (s *Store) Items(ctx context.Context, q layers.Query, each func(layers.Item) error) error {
	return s.items(ctx, q.View, q.ItemsSQL(), each)
}

// Item returns one record. The error is NotFound when there is none of that id.
func (s *Store) Item(ctx context.Context, v *layers.View, id int64, crs geo.CRS) (item layers.Item, err error) {
	found := false
	err = s.items(ctx, v, layers.Query{View: v, CRS: crs}.ItemSQL(id), func(it layers.Item) error {
		item, found = keep(it), true
		return nil
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "The layer %s has no record %d.", v.ID, id)
	}
	return item, err
}

func (s *Store) items(ctx context.Context, v *layers.View, st layers.Statement, each func(layers.Item) error) error {
	delivered, end := false, 2+len(v.Columns())
	return s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, st.Text, planned(st)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			raw := rows.RawValues()
			delivered = true
			if err := each(layers.Item{View: v, ID: int64From(raw[0]), WKB: raw[1], Raw: raw[2:end:end], Keys: raw[end:]}); err != nil {
				return errDelivered{err}
			}
		}
		if err := rows.Err(); err != nil {
			if delivered {
				return errDelivered{err}
			}
			return err
		}
		return nil
	})
}

// keep copies an item out of the connection's buffer.
func keep(it layers.Item) layers.Item {
	it.WKB = append([]byte(nil), it.WKB...)
	raw := make([][]byte, len(it.Raw))
	for i, r := range it.Raw {
		if r != nil {
			raw[i] = append([]byte{}, r...)
		}
	}
	it.Raw = raw
	return it
}

func int64From(b []byte) (n int64) {
	for _, x := range b {
		n = n<<8 | int64(x)
	}
	return n
}

// IDs returns the ids of the records that fit a query, in no order.
func (s *Store) IDs(ctx context.Context, q layers.Query) (ids []int64, err error) {
	st := q.IDsSQL()
	err = s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, st.Text, planned(st)...)
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	return ids, err
}

// Count counts the records that fit a query.
func (s *Store) Count(ctx context.Context, q layers.Query) (n int64, err error) {
	st := q.CountSQL()
	err = s.read(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, st.Text, planned(st)...).Scan(&n)
	})
	return n, err
}

// Counts counts a query's records in all and in a box (nil: everywhere), by the styled field.
func (s *Store) Counts(ctx context.Context, q layers.Query, box *orb.Bound) (layers.Counts, error) {
	st := q.CountsSQL(box)
	var counts layers.Counts
	err := s.read(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, st.Text, planned(st)...)
		if err != nil {
			return err
		}
		counts = layers.Counts{}
		styled := q.View.By() != nil
		if styled {
			counts.By, counts.InViewBy = map[string]int64{}, map[string]int64{}
		}
		var by string
		var all, placed, inView, synthetic int64
		var newest *time.Time
		_, err = pgx.ForEachRow(rows, []any{&by, &all, &placed, &inView, &newest, &synthetic}, func() error {
			counts.Total += all
			counts.Placed += placed
			counts.Unplaced += all - placed
			counts.InView += inView
			counts.Synthetic += synthetic
			if newest != nil && (counts.Newest == nil || newest.After(*counts.Newest)) {
				at := newest.UTC()
				counts.Newest = &at
			}
			if styled {
				counts.By[by] += all
				if inView > 0 {
					counts.InViewBy[by] += inView
				}
			}
			return nil
		})
		return err
	})
	return counts, err
}

// Extent returns the box of all placed records and their first and last valid time
// (either end nil when open); ok is false when no record is placed.
func (s *Store) Extent(ctx context.Context, v *layers.View) (box orb.Bound, span [2]*time.Time, ok bool, err error) {
	st := layers.Query{View: v}.ExtentSQL()
	err = s.read(ctx, func(c *pgx.Conn) error {
		var w, south, e, n *float64
		if err := c.QueryRow(ctx, st.Text, st.Args...).Scan(&w, &south, &e, &n, &span[0], &span[1]); err != nil {
			return err
		}
		if ok = w != nil; ok {
			box = orb.Bound{Min: orb.Point{*w, *south}, Max: orb.Point{*e, *n}}
		}
		return nil
	})
	return box, span, ok, err
}
