package mirror

import (
	"context"
	"math"
	"time"

	"github.com/paulmach/orb"

	"onemap/geo"
)

// followOutside learns where layers have changed that are beyond the budget, so that a tile
// of theirs is kept until something in it changes, as those from memory are.
func (m *Mirror) followOutside(ctx context.Context) error {
	var over []string
	m.mu.Lock()
	for _, id := range m.order {
		if m.state[id] == Over {
			over = append(over, id)
		}
	}
	m.mu.Unlock()
	if len(over) == 0 {
		return nil
	}
	boxes, whole := map[string][]geo.WorldBox{}, map[string]bool{}
	position, err := m.truth.Touches(ctx, m.outside, func(id string, box *orb.Bound, from, to *time.Time) {
		if whole[id] = whole[id] || box == nil; box != nil {
			boxes[id] = append(boxes[id], worldBox(*box))
		}
		for _, end := range [2]*time.Time{from, to} {
			if l := m.layers[id]; end != nil && end.After(l.clock()) {
				l.turn.Store(min(l.turn.Load(), micros(*end)))
			}
		}
	})
	if err != nil {
		return err
	}
	for _, id := range over {
		l := m.layers[id]
		// A layer that has just been left to PostGIS, one with more changes than can be told
		// apart, and one with a record that begins or ends to be valid: everywhere.
		_, known := m.outside[id]
		all := !known || whole[id] || micros(l.clock()) >= l.turn.Load()
		if all {
			turn, err := m.truth.Turn(ctx, l.layer)
			if err != nil {
				return err
			}
			until := int64(math.MaxInt64)
			if turn != nil {
				until = micros(*turn)
			}
			l.turn.Store(until)
		}
		if all || len(boxes[id]) > 0 {
			m.touch(l, boxes[id], all)
		}
		m.outside[id] = position
		l.followed.Store(true)
	}
	return nil
}

// worldBox is the box of a box in longitude and latitude.
func worldBox(b orb.Bound) geo.WorldBox {
	x0, y0 := geo.World(b.Min[0], b.Max[1])
	x1, y1 := geo.World(b.Max[0], b.Min[1])
	return geo.WorldBox{MinX: x0, MinY: y0, MaxX: x1, MaxY: y1}
}
