package mirror

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/paulmach/orb/maptile"

	"onemap/layers"
	"onemap/layers/fault"
	"onemap/tiles"
)

const (
	keptFittings  = 16     // answers of PostGIS to filters that a layer keeps
	askedAtOnce   = 2      // filters that PostGIS is asked about at the same time
	keptChanges   = 50_000 // changed ids that a layer remembers, to have answers brought up to date
	largestFitted = 1 << 32
)

// errAhead says that PostGIS is ahead of the mirror: an answer would be of another state.
var errAhead = errors.New("the layer is changing")

// fitted makes a tile from memory. What the filters ask that memory can't decide, PostGIS
// is asked, once for all tiles: which records fit. It reports false where the tile is to be
// made in PostGIS after all.
func (m *Mirror) fitted(ctx context.Context, v *version, q layers.Query, t maptile.Tile) (body []byte, ok bool, err error) {
	if len(v.parts) == 0 {
		return nil, true, nil
	}
	var own, foreign []layers.Predicate
	for _, f := range conjuncts(nil, q.Filters) {
		if _, held := v.parts[0].program(f); held {
			own = append(own, f)
		} else {
			foreign = append(foreign, f)
		}
	}
	if len(foreign) == 0 {
		fit, ok := compile(q.Filters, v.parts)
		if !ok {
			return nil, false, nil
		}
		return draw(nil, v.parts, q, fit, t), true, nil
	}
	v, set, err := m.fitting(ctx, v, layers.Query{View: q.View, Filters: foreign})
	if errors.Is(err, errAhead) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	fit, ok := compile(own, v.parts)
	if !ok {
		return nil, false, nil
	}
	if fit == nil {
		fit = make([]matcher, len(v.parts))
	}
	for k, p := range v.parts {
		c := conjunction{member{set, p.ids}}
		if fit[k] != nil {
			c = append(c, fit[k].(conjunction)...)
		}
		fit[k] = c
	}
	return draw(nil, v.parts, q, fit, t), true, nil
}

// conjuncts takes conditions apart that all have to hold.
func conjuncts(list []layers.Predicate, filters []layers.Predicate) []layers.Predicate {
	for _, f := range filters {
		if l, ok := f.(*layers.Logic); ok && l.Op == layers.And {
			list = conjuncts(list, l.Args)
		} else {
			list = append(list, f)
		}
	}
	return list
}

// ids is a set of record ids, in pages of 2^16.
type ids struct {
	pages []*[1 << 10]uint64
	own   []bool // pages that this set may write to
}

// with is a copy that shares pages until it writes to them.
func (s *ids) with() *ids {
	return &ids{slices.Clone(s.pages), make([]bool, len(s.pages))}
}

func (s *ids) has(id int64) bool {
	k := uint64(id) >> 16
	return k < uint64(len(s.pages)) && s.pages[k] != nil && s.pages[k][id>>6&1023]>>(id&63)&1 != 0
}

// set puts an id below largestFitted into the set, or takes it out.
func (s *ids) set(id int64, in bool) {
	k := int(id >> 16)
	for k >= len(s.pages) {
		s.pages, s.own = append(s.pages, nil), append(s.own, false)
	}
	if !s.own[k] {
		page := new([1 << 10]uint64)
		if s.pages[k] != nil {
			*page = *s.pages[k]
		}
		s.pages[k], s.own[k] = page, true
	}
	bit := uint64(1) << (id & 63)
	if s.pages[k][id>>6&1023] &^= bit; in {
		s.pages[k][id>>6&1023] |= bit
	}
}

// member is the condition that a record is in a set.
type member struct {
	set *ids
	ids []int64 // of the segment's features
}

func (m member) eval(k int) (t truths) {
	from := k << blockBits
	for i, id := range m.ids[from:min(from+64, len(m.ids))] {
		if m.set.has(id) {
			t.yes |= 1 << i
		}
	}
	return t
}

// fittings are what a layer knows of PostGIS's answers to filters.
type fittings struct {
	flights tiles.Flights[fitted]
	mu      sync.Mutex
	kept    map[string]*fitted
	clock   uint64
}

// fitted are the records that fit a filter, at a revision of the layer.
type fitted struct {
	rev     uint64
	set     *ids
	used    uint64
	version *version // of that revision; of one just made
}

func (f *fittings) get(key string) *fitted {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.kept[key]
	if k != nil {
		f.clock++
		k.used = f.clock
	}
	return k
}

// keep keeps an answer in the place of the one used longest ago.
func (f *fittings) keep(key string, rev uint64, set *ids) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kept == nil {
		f.kept = map[string]*fitted{}
	}
	if f.kept[key] == nil && len(f.kept) >= keptFittings {
		oldest := ""
		for k, v := range f.kept {
			if oldest == "" || v.used < f.kept[oldest].used {
				oldest = k
			}
		}
		delete(f.kept, oldest)
	}
	f.clock++
	f.kept[key] = &fitted{rev: rev, set: set, used: f.clock}
}

// fitting returns the records that fit a query's filters and the version of the layer, v or
// a later one, that they are of. Equal questions at the same time are one, which ends when
// the last that waits for it has left.
func (m *Mirror) fitting(ctx context.Context, v *version, q layers.Query) (*version, *ids, error) {
	l := m.layers[q.View.ID]
	keys := make([]string, len(q.Filters))
	for i, f := range q.Filters {
		keys[i] = f.Key()
	}
	slices.Sort(keys)
	key := strings.Join(keys, "|")
	if k := l.fitting.get(key); k != nil && k.rev == v.rev {
		return v, k.set, nil
	}
	made, _, err := l.fitting.flights.Do(ctx, strconv.FormatUint(v.rev, 10)+"|"+key, func(ctx context.Context) (fitted, error) {
		return m.ask(ctx, l, q, key)
	})
	return made.version, made.set, err
}

// ask asks PostGIS which records fit: all, or of an earlier answer those that have changed
// since. The answer is of the mirror's state: nothing has changed in the layer since.
func (m *Mirror) ask(ctx context.Context, l *layerMirror, q layers.Query, key string) (fitted, error) {
	select {
	case m.asked <- struct{}{}:
		defer func() { <-m.asked }()
	case <-ctx.Done():
		return fitted{}, fault.Wrap(ctx.Err(), fault.Cancelled, "The request was given up")
	}
	for wait := 10 * time.Millisecond; wait <= 160*time.Millisecond; wait *= 2 {
		m.mu.Lock()
		// The place before the version, which is of this place or a later one; not that of
		// a layer that has been loaded and is not seen yet.
		place, joining := m.position[l.layer.ID], m.joining[l.layer.ID] != nil
		m.mu.Unlock()
		v := l.now.Load()
		if v == nil || place == "" || joining {
			break
		}
		var changed []int64 // nil: all are asked about
		base := &ids{}
		if k := l.fitting.get(key); k != nil {
			if since, known := l.changed(k.rev); known {
				base, changed = k.set, since
			}
		}
		var set *ids
		tooLarge := false
		as, err := m.truth.Fitting(ctx, q, place, changed, func() {
			set = base.with()
			for _, id := range changed {
				set.set(id, false)
			}
		}, func(id int64) {
			if id < 0 || id >= largestFitted {
				tooLarge = true
				return
			}
			set.set(id, true)
		})
		if err != nil {
			return fitted{}, err
		}
		if tooLarge {
			break
		}
		if as {
			l.fitting.keep(key, v.rev, set)
			return fitted{rev: v.rev, set: set, version: v}, nil
		}
		select {
		case <-time.After(wait): // the follower is on its way
		case <-ctx.Done():
			return fitted{}, fault.Wrap(ctx.Err(), fault.Cancelled, "The request was given up")
		}
	}
	return fitted{}, errAhead
}

// history remembers which records changed at the latest revisions.
type history struct {
	rev   uint64
	first uint64 // the oldest revision from which on all changes are known
	lists [][]int64
	total int
}

// add notes a change and returns the revision after it; a layer that was loaded has no
// history.
func (h *history) add(ids []int64, loaded bool) uint64 {
	h.rev++
	h.lists, h.total = append(h.lists, ids), h.total+len(ids)
	for loaded && len(h.lists) > 0 || h.total > keptChanges {
		h.total -= len(h.lists[0])
		h.lists = h.lists[1:]
		h.first = h.rev - uint64(len(h.lists))
	}
	return h.rev
}

// changed are the ids that have changed since a revision, not nil, if they are known.
func (l *layerMirror) changed(rev uint64) (ids []int64, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := &l.changes
	if rev < h.first || rev > h.rev {
		return nil, false
	}
	return append([]int64{}, slices.Concat(h.lists[rev-h.first:]...)...), true
}
