// Package mirror keeps the layers' present features in memory, in the order in which tiles
// need them, and makes tiles of them. PostGIS is the truth: the mirror is loaded from it,
// follows its change feed, and can be thrown away at any moment. Of what it does not hold —
// a layer that is not up yet or is beyond the budget, another time than now — PostGIS clips
// and gathers the features of a tile, and the same encoder writes them. What a filter asks
// that the mirror can't decide, PostGIS says once for all tiles: which records fit.
package mirror

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"onemap/geo"
	"onemap/layers"
)

// Truth is the database as the mirror sees it. Rows are as layers.Layer.MirrorSQL selects
// them, each column in PostgreSQL's binary format and nil for NULL; they are good until
// the function that got them returns.
type Truth interface {
	// Load hands over all rows of a layer as of one moment and returns its place in the
	// change feed.
	Load(ctx context.Context, l *layers.Layer, row func([][]byte) error) (position string, err error)
	// Changes hands over what has changed in each layer since its place in the feed, all
	// as of one moment, whose place it returns. The ids are of all features that were
	// added, changed or removed; rows are what there is of them now. With too many, whole
	// is true instead, and the layer is to be loaded again.
	Changes(ctx context.Context, since map[string]string, change func(layer string, ids []int64, whole bool) error, row func(layer string, row [][]byte) error) (position string, err error)
	// Touches hands over the boxes of what has changed in each layer since its place in the
	// feed, as it was and as it is, with the ends of its valid time; no box: everywhere.
	Touches(ctx context.Context, since map[string]string, touch func(layer string, box *orb.Bound, from, to *time.Time)) (position string, err error)
	// Turn is the next moment at which a record of the layer begins or ends to be valid; nil:
	// none does.
	Turn(ctx context.Context, l *layers.Layer) (*time.Time, error)
	// TileRows hands over the rows of layers.Query.TileRowsSQL. begin is called before the
	// first, and again where the answer broke off and is asked for anew.
	TileRows(ctx context.Context, q layers.Query, t maptile.Tile, begin func(), row func([][]byte) error) error
	// Reaches reports whether a query may have something in a tile or below it.
	Reaches(ctx context.Context, q layers.Query, t maptile.Tile) (bool, error)
	// Fitting hands over the ids of the records that fit the query's filters, of the given
	// ones alone where ids is not nil. It reports false where the layer has changed since a
	// place in the feed; what was handed over then means nothing.
	Fitting(ctx context.Context, q layers.Query, since string, ids []int64, begin func(), id func(int64)) (bool, error)
	// Identity names the database, another one after it was made anew, and reports whether
	// a place in its change feed is one that it has been at.
	Identity(ctx context.Context) (name string, been func(position string) bool, err error)
	// Follow calls read at once and whenever something may have changed, at least once a
	// second, until ctx ends; an error of read is reported and read called again later.
	Follow(ctx context.Context, read func(context.Context) error) error
}

// Options say how a Mirror is kept.
type Options struct {
	Memory int64  // budget in bytes; 0: all layers are beyond it
	Dir    string // of the snapshot files; empty: none are kept
	Log    *slog.Logger
	Clock  func() time.Time // nil: time.Now
}

// State is how far a layer is.
type State string

// The states of a layer.
const (
	Waiting State = "waiting" // to be loaded
	Loading State = "loading"
	Up      State = "up"
	Over    State = "over budget" // left to PostGIS
)

// Status is how a layer stands.
type Status struct {
	Layer    string `json:"layer"`
	State    State  `json:"state"`
	Features int    `json:"features"`
	Bytes    int64  `json:"bytes"`
	Parts    int    `json:"parts"`
}

// Mirror keeps layers in memory. Its methods may be used by several at once.
type Mirror struct {
	truth   Truth
	options Options
	layers  map[string]*layerMirror
	order   []string
	seq     atomic.Uint64 // of the newest change

	mu       sync.Mutex
	state    map[string]State
	position map[string]string   // of loaded layers in the feed
	joining  map[string]*segment // loaded, but not as far as the others yet
	outside  map[string]string   // places of the layers beyond the budget; of the follower alone
	reload   chan string
	saved    map[string]*version // as the snapshot files have them
	database string
	watchers map[chan Touch]bool
	healthy  atomic.Bool // the feed is being followed

	asked chan struct{} // of asking PostGIS which records fit a filter
	turn  chan struct{} // of reading a layer for one question
}

// Touch tells that a layer has changed in some boxes.
type Touch struct {
	Layer string
	Boxes []geo.WorldBox
	Whole bool // everywhere
}

// New makes a Mirror of all layers of the catalogue. It is empty until Run.
func New(c *layers.Catalogue, truth Truth, o Options) *Mirror {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	m := &Mirror{
		truth: truth, options: o, layers: map[string]*layerMirror{}, state: map[string]State{},
		position: map[string]string{}, joining: map[string]*segment{}, outside: map[string]string{}, saved: map[string]*version{}, watchers: map[chan Touch]bool{},
		turn: make(chan struct{}, 1),
	}
	for _, l := range c.Layers() {
		m.layers[l.ID] = &layerMirror{layer: l, clock: o.Clock}
		m.order = append(m.order, l.ID)
		m.state[l.ID] = Waiting
	}
	m.seq.Store(1)
	m.reload = make(chan string, len(m.order))
	m.asked = make(chan struct{}, askedAtOnce)
	return m
}

// Status returns how each layer stands, in the order of the catalogue.
func (m *Mirror) Status() []Status {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]Status, 0, len(m.order))
	for _, id := range m.order {
		s := Status{Layer: id, State: m.state[id]}
		if v := m.layers[id].now.Load(); v != nil {
			s.Features, s.Bytes, s.Parts = v.len(), v.bytes(), len(v.parts)
		}
		list = append(list, s)
	}
	return list
}

// Settled reports whether every layer is in memory or known to be left to PostGIS.
func (m *Mirror) Settled() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.state {
		if s != Up && s != Over {
			return false
		}
	}
	return true
}

// Seq is the number of the newest change that is in the mirror.
func (m *Mirror) Seq() uint64 { return m.seq.Load() }

// Changed is the number of the newest change that a tile of a layer shows. Of a layer that
// is neither in memory nor known to be beyond the budget, and of all while the feed can't be
// followed, every tile counts as changed.
func (m *Mirror) Changed(layer string, t maptile.Tile) uint64 {
	l := m.layers[layer]
	if l == nil || !m.healthy.Load() {
		return math.MaxUint64
	}
	v, boxes := l.current()
	if v == nil && (!l.followed.Load() || micros(l.clock()) >= l.turn.Load()) {
		return math.MaxUint64
	}
	if boxes != nil {
		m.touch(l, boxes, false)
	}
	l.marks.RLock()
	defer l.marks.RUnlock()
	return l.touched.last(t)
}

// Source makes the layer's part of a tile: from memory where it can, else from PostGIS.
func (m *Mirror) Source(ctx context.Context, q layers.Query, t maptile.Tile) ([]byte, error) {
	if v := m.present(q); v != nil {
		body, ok, err := m.fitted(ctx, v, q, t)
		if ok || err != nil {
			return body, err
		}
	}
	return m.fromRows(ctx, q, t)
}

// Reaches reports whether a query may have something in a tile or below it: whether a
// feature's box meets the tile with its buffer.
func (m *Mirror) Reaches(ctx context.Context, q layers.Query, t maptile.Tile) (bool, error) {
	v := m.present(q)
	if v == nil {
		return m.truth.Reaches(ctx, q, t)
	}
	box := buffered(t)
	for _, p := range v.parts {
		if n := len(p.tree.levels); n > 0 && p.meets(box, n-1, 0) {
			return true, nil
		}
	}
	return false, nil
}

// Tile makes the layer's part of a tile from memory alone, or returns false where that
// can't be.
func (m *Mirror) Tile(q layers.Query, t maptile.Tile) ([]byte, bool) {
	v := m.present(q)
	if v == nil {
		return nil, false
	}
	fit, ok := compile(q.Filters, v.parts)
	if !ok {
		return nil, false
	}
	return draw(nil, v.parts, q, fit, t), true
}

// present is the version of a layer in memory that a query is about; nil: none is.
func (m *Mirror) present(q layers.Query) *version {
	l := m.layers[q.View.ID]
	if l == nil || q.BBox != nil || q.Edition != 0 || q.Datetime == nil || !q.Datetime.IsNow() {
		return nil
	}
	v, boxes := l.current()
	if boxes != nil {
		m.touch(l, boxes, false)
	}
	return v
}

// manyBoxes is from how many boxes on a change counts as one of the whole layer.
const manyBoxes = 1 << 12

// touch notes a change of a layer and tells those who watch. Readers that look at seq
// before they make a tile see the change in their tile or know that it is old.
func (m *Mirror) touch(l *layerMirror, boxes []geo.WorldBox, whole bool) {
	if len(boxes) > manyBoxes {
		boxes, whole = nil, true
	}
	l.marks.Lock()
	seq := m.seq.Add(1)
	if whole {
		l.touched = touches{floor: seq}
	}
	for _, b := range boxes {
		l.touched.mark(b, seq)
	}
	l.marks.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	for w := range m.watchers {
		select {
		case w <- Touch{Layer: l.layer.ID, Boxes: boxes, Whole: whole}:
		default: // too slow to be told one by one: everything may have changed
			select {
			case <-w:
			default:
			}
			select {
			case w <- Touch{Whole: true}:
			default:
			}
		}
	}
}

// Watch tells of changes until stop is called. One that does not listen for long is told
// that everything (an empty layer name) has changed.
func (m *Mirror) Watch() (touches <-chan Touch, stop func()) {
	w := make(chan Touch, 256)
	m.mu.Lock()
	m.watchers[w] = true
	m.mu.Unlock()
	return w, func() {
		m.mu.Lock()
		delete(m.watchers, w)
		m.mu.Unlock()
	}
}

// Run loads the layers and follows the feed until ctx ends.
func (m *Mirror) Run(ctx context.Context) error {
	var group sync.WaitGroup
	group.Go(func() { m.load(ctx) })
	err := m.truth.Follow(ctx, func(ctx context.Context) error {
		err := m.follow(ctx)
		m.healthy.Store(err == nil)
		return err
	})
	group.Wait()
	m.saveAll()
	return err
}

// saveAll brings the snapshot files up to date.
func (m *Mirror) saveAll() {
	for _, id := range m.order {
		if err := m.save(id); err != nil {
			m.options.Log.Warn("a snapshot of a layer can't be written", "layer", id, "error", err)
			return // the next one is no better: the disk is full or not ours
		}
	}
}

// savePause is how often snapshot files are brought up to date.
const savePause = 5 * time.Minute

// begin finds out which database this is and takes the layers from their snapshots. It is
// done once, when the database answers.
func (m *Mirror) begin(ctx context.Context) error {
	name, been, err := m.truth.Identity(ctx)
	if err != nil {
		return err
	}
	m.database = name
	for _, id := range m.order {
		if m.options.Memory <= 0 {
			m.set(id, Over)
		} else if !m.restore(id, been) {
			m.reload <- id
		}
	}
	return nil
}

// load loads layers as they come up for it, one at a time.
func (m *Mirror) load(ctx context.Context) {
	save := time.NewTicker(savePause)
	defer save.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-save.C:
			m.saveAll()
		case id := <-m.reload:
			m.set(id, Loading)
			for wait := 100 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
				err := m.loadOne(ctx, id)
				if err == nil || ctx.Err() != nil {
					break
				}
				m.options.Log.Warn("a layer can't be loaded into memory", "layer", id, "error", err)
				select {
				case <-ctx.Done():
				case <-time.After(wait):
				}
			}
		}
	}
}

func (m *Mirror) set(id string, s State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state[id] = s
}

// room is what is left of the budget for a layer.
func (m *Mirror) room(but string) int64 {
	room := m.options.Memory
	for id, l := range m.layers {
		if v := l.now.Load(); v != nil && id != but {
			room -= v.bytes()
		}
	}
	return room
}

// loadOne loads a layer. It is up when the feed has caught up with it.
func (m *Mirror) loadOne(ctx context.Context, id string) error {
	l := m.layers[id]
	begun := time.Now()
	room := m.room(id)
	b := newBuilder(l.layer)
	errOver := fmt.Errorf("the layer is larger than the budget")
	n := 0
	position, err := m.truth.Load(ctx, l.layer, func(row [][]byte) error {
		if n++; n%4096 == 0 && b.bytes() > room {
			return errOver
		}
		return b.add(row)
	})
	if err == errOver {
		m.giveUp(id)
		return nil
	}
	if err != nil {
		return err
	}
	segment := b.finish()
	if segment.bytes() > room {
		m.giveUp(id)
		return nil
	}
	m.join(id, segment, position)
	m.options.Log.Info("layer in memory", "layer", id, "features", segment.len(), "bytes", segment.bytes(),
		"took", time.Since(begun).Round(time.Millisecond).String())
	return nil
}

// giveUp leaves a layer to PostGIS that is beyond the budget.
func (m *Mirror) giveUp(id string) {
	m.options.Log.Warn("a layer is beyond the memory for tiles and stays with PostGIS", "layer", id)
	m.layers[id].drop()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.state[id] = Over
	delete(m.position, id)
}

// join puts a loaded layer in place, to be brought as far as the others by the follower.
func (m *Mirror) join(id string, s *segment, position string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.position[id] = position
	m.joining[id] = s
}

// follow brings all loaded layers to the present.
func (m *Mirror) follow(ctx context.Context) error {
	if m.database == "" {
		if err := m.begin(ctx); err != nil {
			return err
		}
	}
	m.mu.Lock()
	since := maps.Clone(m.position)
	m.mu.Unlock()
	if len(since) > 0 {
		if err := m.followInside(ctx, since); err != nil {
			return err
		}
	}
	return m.followOutside(ctx)
}

// followInside brings the layers in memory to the present.
func (m *Mirror) followInside(ctx context.Context, since map[string]string) error {
	ids := map[string][]int64{}
	whole := map[string]bool{}
	builders := map[string]*builder{}
	position, err := m.truth.Changes(ctx, since, func(layer string, changed []int64, all bool) error {
		ids[layer] = append(ids[layer], changed...)
		whole[layer] = whole[layer] || all
		return nil
	}, func(layer string, row [][]byte) error {
		b := builders[layer]
		if b == nil {
			b = newBuilder(m.layers[layer].layer)
			builders[layer] = b
		}
		return b.add(row)
	})
	if err != nil {
		return err
	}
	for id := range since {
		l := m.layers[id]
		if whole[id] {
			m.mu.Lock()
			delete(m.position, id)
			delete(m.joining, id)
			m.state[id] = Loading
			m.mu.Unlock()
			m.reload <- id
			continue
		}
		var with *segment
		if b := builders[id]; b != nil {
			with = b.finish()
		}
		m.mu.Lock()
		fresh := m.joining[id]
		again := m.position[id] != since[id] // loaded again meanwhile
		m.mu.Unlock()
		if again {
			continue
		}
		if fresh != nil || len(ids[id]) > 0 {
			slices.Sort(ids[id])
			m.touch(l, l.change(fresh, slices.Compact(ids[id]), with), fresh != nil)
		}
		// The place moves on last: a snapshot that is taken in between is at an earlier place
		// than its features, and changes that come twice do no harm.
		m.mu.Lock()
		m.position[id] = position
		delete(m.joining, id)
		m.state[id] = Up
		m.mu.Unlock()
		if len(ids[id]) > 0 && m.room("") < 0 {
			m.giveUp(id)
		}
	}
	return nil
}
