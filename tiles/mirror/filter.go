package mirror

import (
	"sync"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// matcher chooses features of one part, a block of 64 at a time.
type matcher interface {
	// block is the bit set of the features of a block that fit; bits after the last
	// feature mean nothing.
	block(k int) uint64
}

// truths are the answers for a block: bits where they are true, and where unknown.
type truths struct{ yes, unknown uint64 }

// program is a predicate compiled against the columns of one segment. It keeps the three
// values of SQL's logic, so that NOT of what is asked of a missing value stays unknown.
type program interface {
	eval(k int) truths
}

// compile makes matchers of the filters for each part. It reports false where the mirror
// can't decide: of fields that it does not hold, and of geometry, which it holds to the
// centimetre only.
func compile(filters []layers.Predicate, parts []*part) ([]matcher, bool) {
	if len(filters) == 0 {
		return nil, true
	}
	fit := make([]matcher, len(parts))
	for k, p := range parts {
		all := make(conjunction, len(filters))
		for j, f := range filters {
			var ok bool
			if all[j], ok = p.program(f); !ok {
				return nil, false
			}
		}
		fit[k] = all
	}
	return fit, true
}

// conjunction is true where all its programs are.
type conjunction []program

func (c conjunction) block(k int) uint64 { return c.eval(k).yes }

func (c conjunction) eval(k int) truths {
	t := truths{yes: ^uint64(0)}
	for _, p := range c {
		o := p.eval(k)
		// Unknown where neither is false and one is unknown.
		unknown := (t.unknown | t.yes) & (o.unknown | o.yes) &^ (t.yes & o.yes)
		t = truths{t.yes & o.yes, unknown}
		if t.yes|t.unknown == 0 {
			break
		}
	}
	return t
}

type disjunction []program

func (d disjunction) eval(k int) truths {
	var t truths
	for _, p := range d {
		o := p.eval(k)
		t.yes |= o.yes
		t.unknown |= o.unknown
	}
	t.unknown &^= t.yes
	return t
}

type negation struct{ program }

func (n negation) eval(k int) truths {
	t := n.program.eval(k)
	return truths{^(t.yes | t.unknown), t.unknown}
}

type undecided struct{ program }

func (u undecided) eval(k int) truths { return truths{yes: u.program.eval(k).unknown} }

type constant truths

func (c constant) eval(int) truths { return truths(c) }

// table is a predicate on one field, answered once for each value of the dictionary.
type table struct {
	column *column
	answer []uint8 // 1: true, 2: unknown
}

func (t *table) eval(k int) truths {
	var yes, unknown uint64
	from := k << blockBits
	switch c := t.column; {
	case c.c8 != nil:
		for i, code := range c.c8[from:min(from+64, len(c.c8))] {
			a := uint64(t.answer[code])
			yes |= a & 1 << i
			unknown |= a >> 1 << i
		}
	case c.c16 != nil:
		for i, code := range c.c16[from:min(from+64, len(c.c16))] {
			a := uint64(t.answer[code])
			yes |= a & 1 << i
			unknown |= a >> 1 << i
		}
	default:
		for i, code := range c.c32[from:min(from+64, len(c.c32))] {
			a := uint64(t.answer[code])
			yes |= a & 1 << i
			unknown |= a >> 1 << i
		}
	}
	return truths{yes, unknown}
}

// scan asks a predicate of each feature.
type scan struct {
	predicate layers.Predicate
	row       row
}

func (s scan) eval(k int) truths {
	var t truths
	from := uint32(k << blockBits)
	r := s.row
	for r.at = from; r.at < min(from+64, uint32(r.segment.len())); r.at++ {
		switch s.predicate.Eval(&r) {
		case layers.True:
			t.yes |= 1 << (r.at - from)
		case layers.Unknown:
			t.unknown |= 1 << (r.at - from)
		}
	}
	return t
}

// row is a feature as a predicate sees it.
type row struct {
	segment *segment
	at      uint32
}

// Value of a held field.
func (r *row) Value(f *layers.Field) any { return r.segment.column(f).at(r.at) }

// Geometry is not asked for: predicates on places are not compiled.
func (*row) Geometry() orb.Geometry { return nil }

// entryRow is a record of which one field is known.
type entryRow struct{ value any }

// Value of the one field.
func (e *entryRow) Value(*layers.Field) any { return e.value }

// Geometry is not asked for.
func (*entryRow) Geometry() orb.Geometry { return nil }

// programs are the compiled predicates that a segment keeps for the next tile.
type programs struct {
	mu  sync.Mutex
	own map[string]program
}

// keptPrograms is how many compiled predicates a segment keeps.
const keptPrograms = 64

func (s *segment) program(f layers.Predicate) (program, bool) {
	key := f.Key()
	s.programs.mu.Lock()
	defer s.programs.mu.Unlock()
	if p, ok := s.programs.own[key]; ok {
		return p, p != nil
	}
	p, ok := s.compile(f)
	if len(s.programs.own) >= keptPrograms || s.programs.own == nil {
		s.programs.own = map[string]program{}
	}
	s.programs.own[key] = p
	return p, ok
}

func (s *segment) compile(f layers.Predicate) (program, bool) {
	fields, place := layers.Asked(f)
	if !f.InMemory() {
		return nil, false
	}
	for _, field := range fields {
		if s.column(field) == nil {
			return nil, false
		}
	}
	if !place && len(fields) == 1 {
		if c := s.column(fields[0]); c.raw == nil {
			t := &table{column: c, answer: make([]uint8, c.distinct())}
			for code := range t.answer {
				switch f.Eval(&entryRow{c.entry(uint32(code))}) {
				case layers.True:
					t.answer[code] = 1
				case layers.Unknown:
					t.answer[code] = 2
				}
			}
			return t, true
		}
	}
	switch f := f.(type) {
	case *layers.Logic:
		args := make([]program, len(f.Args))
		for i, a := range f.Args {
			var ok bool
			if args[i], ok = s.compile(a); !ok {
				return nil, false
			}
		}
		switch f.Op {
		case layers.And:
			return conjunction(args), true
		case layers.Or:
			return disjunction(args), true
		case layers.Not:
			return negation{args[0]}, true
		}
		return undecided{args[0]}, true
	case *layers.Constant:
		switch f.Truth {
		case layers.True:
			return constant{yes: ^uint64(0)}, true
		case layers.Unknown:
			return constant{unknown: ^uint64(0)}, true
		}
		return constant{}, true
	case *layers.Null:
		if _, ok := f.Of.(layers.Place); ok { // all that the mirror holds is placed
			return constant{}, true
		}
	}
	if place {
		return nil, false
	}
	return scan{f, row{segment: s}}, true
}
