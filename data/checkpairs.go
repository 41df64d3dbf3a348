package data

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"onemap/layers"
)

// rowBox is the box of a staged row, in degrees.
type rowBox struct {
	id             uint64 // the row's place in its table, 6 bytes
	row            int64
	x0, x1, y0, y1 float64
}

// meets reports whether two boxes have an area in common.
func (b rowBox) meets(o rowBox) bool { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }

// How many boxes are fetched, and pairs handed on, at a time.
const (
	boxesAtOnce = 20_000
	pairsAtOnce = 100_000
)

// boxPairs puts the pairs of a coverage's rows whose boxes overlap into check_pair, the
// earlier row first. It sweeps over the boxes from west to east, which is several times
// faster than looking every box up in an index.
func (c *checking) boxPairs(ctx context.Context, r *layers.Rule) error {
	for _, sql := range []string{"DROP TABLE IF EXISTS check_pair", "CREATE TEMP TABLE check_pair (a tid, b tid) ON COMMIT DROP"} {
		if err := c.exec(ctx, sql); err != nil {
			return err
		}
	}
	var args []any
	where := r.If.SQL(c.layer, "s", &args)
	if err := c.exec(ctx, fmt.Sprintf(`DECLARE check_boxes NO SCROLL CURSOR FOR SELECT id, row, b
		FROM (SELECT s.ctid AS id, s.%s AS row, s.geom::box AS b FROM %s AS s WHERE %s AND %s OFFSET 0) AS s WHERE b IS NOT NULL ORDER BY (b[1])[0]`, layers.StagedRow, c.table, sound("s"), where), args...); err != nil {
		return err
	}
	until := time.Now().Add(c.limits.Time)
	var pairs [][]any
	flush := func() error {
		if time.Now().After(until) {
			return errTimeOver
		}
		_, err := c.tx.CopyFrom(ctx, pgx.Identifier{"check_pair"}, []string{"a", "b"}, pgx.CopyFromRows(pairs))
		pairs = pairs[:0]
		return err
	}
	s := sweep{rows: map[int64][]rowBox{}}
	boxes := make([]rowBox, 0, boxesAtOnce)
	for {
		var err error
		if boxes, err = c.fetchBoxes(ctx, boxes[:0]); err != nil {
			return err
		}
		if s.height == 0 {
			s.height = rowHeight(boxes)
		}
		for _, b := range boxes {
			err := s.add(b, func(a rowBox) error {
				if a.row > b.row {
					pairs = append(pairs, []any{tidOf(b.id), tidOf(a.id)})
				} else {
					pairs = append(pairs, []any{tidOf(a.id), tidOf(b.id)})
				}
				if len(pairs) >= pairsAtOnce {
					return flush()
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		if err := flush(); err != nil {
			return err
		}
		if len(boxes) < boxesAtOnce {
			return c.exec(ctx, "CLOSE check_boxes")
		}
	}
}

// fetchBoxes appends the next boxes of the cursor.
func (c *checking) fetchBoxes(ctx context.Context, boxes []rowBox) ([]rowBox, error) {
	rows, err := c.tx.Query(ctx, fmt.Sprintf("FETCH %d FROM check_boxes", boxesAtOnce), pgx.QueryExecModeCacheDescribe, pgx.QueryResultFormats{pgx.BinaryFormatCode})
	if err != nil {
		return boxes, err
	}
	defer rows.Close()
	for rows.Next() {
		raw := rows.RawValues()
		number := func(i int) float64 { return math.Float64frombits(binary.BigEndian.Uint64(raw[2][8*i:])) }
		id := uint64(binary.BigEndian.Uint32(raw[0]))<<16 | uint64(binary.BigEndian.Uint16(raw[0][4:]))
		boxes = append(boxes, rowBox{id, int64(binary.BigEndian.Uint64(raw[1])), number(2), number(0), number(3), number(1)})
	}
	return boxes, rows.Err()
}

// sweep finds the boxes that overlap among boxes that come in the order of their western
// ends. Those that may still be met lie in rows of some height.
type sweep struct {
	height float64
	rows   map[int64][]rowBox
	tall   []rowBox // those that would lie in many rows
	held   int      // boxes in rows, as often as they are in one
	clean  int      // held, beyond cleanFrom, from which on all rows are looked through for boxes left behind
}

const (
	manyRows  = 64      // from which on a box is compared with all others
	cleanFrom = 1 << 16 // boxes
)

// rowHeight is three times the usual height of some boxes.
func rowHeight(boxes []rowBox) float64 {
	heights := make([]float64, len(boxes))
	for i, b := range boxes {
		heights[i] = b.y1 - b.y0
	}
	if len(heights) == 0 {
		return 1
	}
	return max(1e-7, 3*median(heights))
}

// tidOf is a row's place as a value.
func tidOf(id uint64) pgtype.TID {
	return pgtype.TID{BlockNumber: uint32(id >> 16), OffsetNumber: uint16(id), Valid: true}
}

func (s *sweep) row(y float64) int64 { return int64(math.Floor(y / s.height)) }

// add calls meets for every earlier box that overlaps b, once each.
func (s *sweep) add(b rowBox, meets func(rowBox) error) error {
	var err error
	test := func(a rowBox) {
		if err == nil && a.meets(b) {
			err = meets(a)
		}
	}
	s.tall = behind(s.tall, b.x0, test)
	from, to := s.row(b.y0), s.row(b.y1)
	if (b.y1-b.y0)/s.height > manyRows {
		for at, list := range s.rows {
			for _, a := range list {
				if s.row(a.y0) == at {
					test(a)
				}
			}
		}
		s.tall = append(s.tall, b)
		return err
	}
	for at := from; at <= to; at++ {
		list := s.rows[at]
		before := len(list)
		list = behind(list, b.x0, func(a rowBox) {
			if s.row(max(a.y0, b.y0)) == at { // a pair is taken in one row only
				test(a)
			}
		})
		s.rows[at] = append(list, b)
		s.held += len(list) + 1 - before
	}
	if s.held > s.clean+cleanFrom {
		s.held = 0
		for at, list := range s.rows {
			if list = behind(list, b.x0, func(rowBox) {}); len(list) == 0 {
				delete(s.rows, at)
				continue
			}
			s.rows[at] = list
			s.held += len(list)
		}
		s.clean = 2 * s.held
	}
	return err
}

// behind takes the boxes that end west of x out of a list, and calls f for the others.
func behind(list []rowBox, x float64, f func(rowBox)) []rowBox {
	kept := list[:0]
	for _, a := range list {
		if a.x1 > x {
			kept = append(kept, a)
			f(a)
		}
	}
	return kept
}
