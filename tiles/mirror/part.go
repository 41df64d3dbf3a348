package mirror

import (
	"math"
	"slices"
	"time"

	"onemap/geo"
)

// part is a segment with the features that are no longer, or not now, to be seen. It
// never changes either.
type part struct {
	*segment
	gone  []uint64 // bit set of features that were deleted or replaced; nil: none
	off   []uint64 // gone, and those not valid now
	dirty []uint64 // bit set of the blocks with a feature in off; nil: none
	dead  int      // bits in gone
}

// hidden is the word of a block in off.
func (p *part) hidden(block int) uint64 {
	if p.off == nil {
		return 0
	}
	return p.off[block]
}

// clean reports whether no feature below a node is hidden.
func (p *part) clean(level, k int) bool {
	if p.dirty == nil {
		return true
	}
	shift := level * fanBits
	from, to := k<<shift, min((k+1)<<shift, len(p.off))
	for w := from >> 6; w <= (to-1)>>6; w++ {
		word := p.dirty[w]
		if w == from>>6 {
			word &= ^uint64(0) << (from & 63)
		}
		if w == (to-1)>>6 {
			word &= ^uint64(0) >> (63 - (to-1)&63)
		}
		if word != 0 {
			return false
		}
	}
	return true
}

// meets reports whether the box of a feature below a node meets a box.
func (p *part) meets(box geo.WorldBox, level, k int) bool {
	nd := &p.tree.levels[level][k]
	if !nd.box.Intersects(box) {
		return false
	}
	if level > 0 {
		for child := k << fanBits; child < min((k+1)<<fanBits, len(p.tree.levels[level-1])); child++ {
			if p.meets(box, level-1, child) {
				return true
			}
		}
		return false
	}
	for i, end := span(0, k, p.len()); i < end; i++ {
		if !has(p.off, i) && p.box(i).Intersects(box) {
			return true
		}
	}
	return false
}

// without returns the part with more features gone.
func (p *part) without(features []uint32, now time.Time) *part {
	q := &part{segment: p.segment, gone: slices.Clone(p.gone), dead: p.dead}
	if q.gone == nil {
		q.gone = make([]uint64, (p.len()+63)/64)
	}
	for _, i := range features {
		if !has(q.gone, i) {
			q.gone[i>>6] |= 1 << (i & 63)
			q.dead++
		}
	}
	q.see(now)
	return q
}

// see finds what is hidden at a moment. It returns the next moment at which that changes,
// in microseconds of PostgreSQL's epoch.
func (p *part) see(now time.Time) (next int64) {
	next = math.MaxInt64
	p.off, p.dirty = p.gone, nil
	if p.from != nil {
		at := micros(now)
		p.off = slices.Clone(p.gone)
		if p.off == nil {
			p.off = make([]uint64, (p.len()+63)/64)
		}
		for i := range p.len() {
			switch {
			case p.from[i] > at:
				next = min(next, p.from[i])
			case p.to[i] > at:
				next = min(next, p.to[i])
				continue
			}
			p.off[i>>6] |= 1 << (i & 63)
		}
	}
	for b, w := range p.off {
		if w != 0 {
			if p.dirty == nil {
				p.dirty = make([]uint64, (len(p.off)+63)/64)
			}
			p.dirty[b>>6] |= 1 << (b & 63)
		}
	}
	if p.dirty == nil {
		p.off = nil
	}
	return next
}

func micros(t time.Time) int64 { return t.UnixMicro() - postgresEpoch.UnixMicro() }
