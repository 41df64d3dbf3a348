package mirror

import (
	"math"
	"sync"
	"sync/atomic"
	"time"

	"onemap/geo"
	"onemap/layers"
)

const (
	mergeAtOnce = 1 << 13 // features that are merged within a change
	mergeApart  = 1 << 15 // from so many on beside the base, all is merged in the background
)

// version is a layer as of one moment; it never changes.
type version struct {
	rev   uint64  // of the layer's features; more after each change
	parts []*part // the base first, then what has come since, largest first
	until int64   // when something begins or ends to be valid, in microseconds of PostgreSQL's epoch

	numbered atomic.Uint64
}

var versions atomic.Uint64 // how many have a number

// number tells the version from all others; it gets one when it is first asked for it.
func (v *version) number() uint64 {
	if n := v.numbered.Load(); n > 0 {
		return n
	}
	v.numbered.CompareAndSwap(0, versions.Add(1))
	return v.numbered.Load()
}

// len is the number of features that are kept, hidden ones included.
func (v *version) len() int {
	n := 0
	for _, p := range v.parts {
		n += p.len() - p.dead
	}
	return n
}

// bytes is the memory that a version takes.
func (v *version) bytes() int64 {
	n := int64(0)
	for _, p := range v.parts {
		n += p.segment.bytes() + int64(8*(len(p.gone)+len(p.off)+len(p.dirty)))
	}
	return n
}

// layerMirror is one layer in memory.
type layerMirror struct {
	layer *layers.Layer
	now   atomic.Pointer[version] // nil: not in memory

	mu      sync.Mutex // held by those who change it
	touched touches
	marks   sync.RWMutex // over touched
	merging int          // the first parts, which are being merged in the background
	clock   func() time.Time
	changes history

	fitting  fittings
	followed atomic.Bool  // not in memory, but it is known where it has changed
	turn     atomic.Int64 // until when the latter's valid times stay as they are, as until
}

// change replaces features, of the layer as it is or, where that is not nil, as it was
// loaded: those with the ids are gone, those of with, which may be nil, are there. It
// returns the boxes of both. A loaded layer is not seen without what has changed since.
func (l *layerMirror) change(loaded *segment, ids []int64, with *segment) []geo.WorldBox {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := l.now.Load()
	if loaded != nil {
		old = &version{parts: []*part{{segment: loaded}}}
	}
	now := l.clock()
	next := &version{rev: l.changes.add(ids, loaded != nil)}
	var boxes []geo.WorldBox
	for k, p := range old.parts {
		var lost []uint32
		for _, id := range ids {
			if i, found := p.find(id); found && !has(p.gone, i) {
				lost = append(lost, i)
				boxes = append(boxes, p.box(i))
			}
		}
		if lost != nil {
			p = p.without(lost, now)
		}
		if p.dead < p.len() || k < l.merging || loaded != nil {
			next.parts = append(next.parts, p)
		}
	}
	if with != nil && with.len() > 0 {
		for i := range uint32(with.len()) {
			boxes = append(boxes, with.box(i))
		}
		fresh := &part{segment: with}
		next.parts = append(next.parts, fresh)
	}
	// Small parts are merged as they come, so that there are few.
	for n := len(next.parts); n-2 >= l.merging && n > 1; n = len(next.parts) {
		a, b := next.parts[n-2], next.parts[n-1]
		if a.len()+b.len() > mergeAtOnce || a.len() > 8*b.len() {
			break
		}
		next.parts = append(next.parts[:n-2], &part{segment: mergeParts(l.layer, []*part{a, b})})
	}
	l.see(next, now)
	l.now.Store(next)
	l.tend(next)
	return boxes
}

// see brings a version to a moment.
func (l *layerMirror) see(v *version, now time.Time) {
	v.until = math.MaxInt64
	for _, p := range v.parts {
		v.until = min(v.until, p.see(now))
	}
}

// mergeParts makes one segment of what is not gone.
func mergeParts(l *layers.Layer, parts []*part) *segment {
	sources := make([]*segment, len(parts))
	for k, p := range parts {
		sources[k] = p.segment
	}
	return merge(l, sources, func(k int, i uint32) bool { return !has(parts[k].gone, i) })
}

// tend merges everything into one base, in the background, when much stands beside it.
func (l *layerMirror) tend(v *version) {
	if l.merging > 0 || len(v.parts) == 0 {
		return
	}
	base, beside := v.parts[0], v.parts[0].dead
	for _, p := range v.parts[1:] {
		beside += p.len()
	}
	if beside < mergeApart && beside < base.len()/4+64 && len(v.parts) < 6 {
		return
	}
	old := v.parts
	l.merging = len(old)
	go func() {
		merged := &part{segment: mergeParts(l.layer, old)}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.merging = 0
		l.replace(old, merged)
	}()
}

// replace puts a merged part in the place of the first parts, which it was made of. What
// has gone from them meanwhile goes from it too.
func (l *layerMirror) replace(old []*part, merged *part) {
	now := l.now.Load()
	if now == nil || len(now.parts) < len(old) {
		return
	}
	var lost []uint32
	for k, before := range old {
		p := now.parts[k]
		if p.segment != before.segment {
			return // the layer was loaded again meanwhile
		}
		for b, word := range p.gone {
			if before.gone != nil {
				word &^= before.gone[b]
			}
			for i := uint32(b << blockBits); word != 0; i, word = i+1, word>>1 {
				if word&1 != 0 {
					if at, found := merged.find(p.ids[i]); found {
						lost = append(lost, at)
					}
				}
			}
		}
	}
	if lost != nil {
		merged = merged.without(lost, l.clock())
	}
	next := &version{rev: now.rev, parts: append([]*part{merged}, now.parts[len(old):]...)}
	l.see(next, l.clock())
	l.now.Store(next)
}

// drop takes the layer out of memory.
func (l *layerMirror) drop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now.Store(nil)
}

// current is the layer as of now, or nil. What begins or ends to be valid since the last
// look is seen to first; the boxes of that are returned.
func (l *layerMirror) current() (*version, []geo.WorldBox) {
	v := l.now.Load()
	if v == nil || micros(l.clock()) < v.until {
		return v, nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	v = l.now.Load()
	now := l.clock()
	if v == nil || micros(now) < v.until {
		return v, nil
	}
	next := &version{rev: v.rev}
	var boxes []geo.WorldBox
	for _, p := range v.parts {
		q := &part{segment: p.segment, gone: p.gone, dead: p.dead}
		next.parts = append(next.parts, q)
	}
	l.see(next, now)
	for k, p := range v.parts {
		q := next.parts[k]
		for b := range max(len(p.off), len(q.off)) {
			word := uint64(0)
			if p.off != nil {
				word ^= p.off[b]
			}
			if q.off != nil {
				word ^= q.off[b]
			}
			for i := uint32(b << blockBits); word != 0; i, word = i+1, word>>1 {
				if word&1 != 0 {
					boxes = append(boxes, p.box(i))
				}
			}
		}
	}
	l.now.Store(next)
	return next, boxes
}
