package ask

import (
	"context"
	"sync"

	"onemap/layers/fault"
)

// made keeps what was made of layers and takes long to make: indexes, road graphs, sums. A
// thing is kept until its layer changes or room is needed for others.
type made struct {
	mu    sync.Mutex
	turn  uint64
	items map[string]*madeItem
}

// How much is kept: things, and records that they have something of, of tens of bytes each.
const (
	mostMade    = 500
	mostRecords = 16 << 20
)

type madeItem struct {
	revision uint64
	records  int // that it has something of
	used     uint64
	done     chan struct{}
	value    any
	err      error
}

func newMade() *made { return &made{items: map[string]*madeItem{}} }

// get returns what is kept under the key as of the revision, or has it made. Those who want
// the same at once share one making; it does not end when one of them leaves.
func (m *made) get(ctx context.Context, key string, revision uint64, records int, make func() (any, error)) (any, error) {
	for {
		m.mu.Lock()
		m.turn++
		item := m.items[key]
		if item == nil || item.revision != revision {
			item = &madeItem{revision: revision, records: records, used: m.turn, done: makeChan()}
			m.items[key] = item
			m.forget()
			m.mu.Unlock()
			return m.make(key, item, make)
		}
		item.used = m.turn
		m.mu.Unlock()
		select {
		case <-item.done:
			if item.err == nil {
				return item.value, nil
			}
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			// The one that made it may have left in the middle: try again.
			m.drop(key, item)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func makeChan() chan struct{} { return make(chan struct{}) }

// make fills an item. Those who wait for it go on even where the making panics.
func (m *made) make(key string, item *madeItem, make func() (any, error)) (any, error) {
	item.err = fault.New(fault.Internal, "It was not made to its end.")
	defer func() {
		close(item.done)
		if item.err != nil {
			m.drop(key, item)
		}
	}()
	item.value, item.err = make()
	return item.value, item.err
}

func (m *made) drop(key string, item *madeItem) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.items[key] == item {
		delete(m.items, key)
	}
}

// forget lets go of what was not used for longest, but not of what was used last.
func (m *made) forget() {
	records := 0
	for _, item := range m.items {
		records += item.records
	}
	for len(m.items) > 1 && (len(m.items) > mostMade || records > mostRecords) {
		oldest := ""
		for key, item := range m.items {
			if oldest == "" || item.used < m.items[oldest].used {
				oldest = key
			}
		}
		records -= m.items[oldest].records
		delete(m.items, oldest)
	}
}

// made1 keeps what follows from a layer at a revision, with something of each of so many records.
func made1[T any](s *Session, key string, revision uint64, records int, make func() (T, error)) (T, error) {
	v, err := s.asker.made.get(s.ctx, key, revision, records, func() (any, error) { return make() })
	if err != nil {
		var none T
		return none, err
	}
	return v.(T), nil
}

// derive keeps what follows from a set alone, unless the set is the session's own.
func derive[T any](s *Session, set *Set, name string, make func() (T, error)) (T, error) {
	if set.key == "" {
		return make()
	}
	return made1(s, name+" "+set.key, set.Revision(), set.Len(), make)
}
