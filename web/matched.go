package web

import (
	"context"
	"fmt"

	"github.com/maypok86/otter/v2"
	"github.com/paulmach/orb/maptile"

	"onemap/layers"
)

// matchedKept is how many numbers of records are kept.
const matchedKept = 4096

// matches are numbers of records that fit, kept until something in their layer changes.
type matches = otter.Cache[string, match]

type match struct {
	records int64
	seq     uint64 // of the newest change that is sure to be in it
}

// matched is how many records a query has, whatever its page. To count those in the box of a
// whole city takes many times as long as to read a page of them, so the number is kept, as
// tiles are: for as long as the layers in memory, which follow all changes, know of none.
// That holds for placed records only, hence for queries with a box.
func (s *Server) matched(ctx context.Context, q layers.Query) (int64, error) {
	if s.matches == nil || q.BBox == nil || q.Datetime != nil && q.Datetime.IsNow() {
		return s.store.Count(ctx, q)
	}
	key := fmt.Sprint(q.Key(), *q.BBox)
	changed := func() uint64 { return s.config.Mirror.Changed(q.View.ID, maptile.Tile{}) }
	if m, ok := s.matches.GetIfPresent(key); ok && changed() <= m.seq {
		return m.records, nil
	}
	seq := s.config.Mirror.Seq()
	n, err := s.store.Count(ctx, q)
	if err == nil && changed() <= seq {
		s.matches.Set(key, match{n, seq})
	}
	return n, err
}
