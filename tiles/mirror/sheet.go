package mirror

import (
	"onemap/layers"
	"onemap/tiles/mvt"
)

// sheet is one layer of a tile being written: a writer that knows the fields.
type sheet struct {
	mvt.Writer
	fields []*layers.Field
	slots  []slot
	stamp  uint32

	extra   map[string]uint32 // keys of clusters
	numbers map[uint64]uint32 // values of clusters
	words   map[uint64]uint32
	truth   uint32
	message []byte
	scratch []byte
}

// slot is a field in the tile: the key's number and those of the values met so far.
type slot struct {
	column *column
	key    uint32
	keyed  bool
	values []uint64 // by the dictionary: stamp<<32 | number of the value in the tile
}

func (s *sheet) reset(name string, fields []*layers.Field) {
	s.Reset(name, layers.TileExtent)
	s.fields = fields
	if len(s.slots) < len(fields) {
		s.slots = append(s.slots, make([]slot, len(fields)-len(s.slots))...)
	}
	for k := range fields {
		s.slots[k].keyed = false
	}
	if s.extra == nil {
		s.extra, s.numbers, s.words = map[string]uint32{}, map[uint64]uint32{}, map[uint64]uint32{}
	}
	clear(s.extra)
	clear(s.numbers)
	clear(s.words)
}

// use takes values from a part from now on.
func (s *sheet) use(p *part) {
	s.stamp++
	for k, f := range s.fields {
		sl := &s.slots[k]
		sl.column = p.column(f)
		if sl.column == nil {
			continue
		}
		if n := sl.column.distinct(); len(sl.values) < n {
			sl.values = make([]uint64, n)
		}
	}
}

// tags gives the feature begun the values of a feature of the part.
func (s *sheet) tags(i uint32) {
	for k := range s.fields {
		sl := &s.slots[k]
		c := sl.column
		if c == nil {
			continue
		}
		if c.raw != nil {
			if v := c.at(i); v != nil {
				s.message = appendWire(s.message[:0], c.field.Type, v)
				s.Tag(s.key(sl, k), s.Value(s.message))
			}
			continue
		}
		code := c.code(i)
		if code == 0 {
			continue
		}
		v := sl.values[code]
		if uint32(v>>32) != s.stamp {
			v = uint64(s.stamp)<<32 | uint64(s.Value(c.message(code)))
			sl.values[code] = v
		}
		s.Tag(s.key(sl, k), uint32(v))
	}
}

func (s *sheet) key(sl *slot, k int) uint32 {
	if !sl.keyed {
		sl.key, sl.keyed = s.Key(s.fields[k].Name), true
	}
	return sl.key
}

// named reports whether a feature has a value of the first field.
func (s *sheet) named(i uint32) bool {
	c := s.slots[0].column
	return c != nil && (c.raw != nil && !has(c.none, i) || c.code(i) != 0)
}

func (s *sheet) other(name string) uint32 {
	key, known := s.extra[name]
	if !known {
		key = s.Key(name)
		s.extra[name] = key
	}
	return key
}

// flag gives the feature begun a true.
func (s *sheet) flag(name string) {
	if _, known := s.extra[name]; !known {
		s.truth = s.Value(mvt.AppendBool(s.message[:0], true))
	}
	s.Tag(s.other(name), s.truth)
}

// count gives the feature begun a number.
func (s *sheet) count(name string, n uint64) {
	v, known := s.numbers[n]
	if !known {
		s.message = mvt.AppendInteger(s.message[:0], int64(n))
		v = s.Value(s.message)
		s.numbers[n] = v
	}
	s.Tag(s.other(name), v)
}

// word gives the feature begun a number as it is written.
func (s *sheet) word(name string, n uint64) {
	v, known := s.words[n]
	if !known {
		s.scratch = abbreviated(s.scratch[:0], n)
		s.message = mvt.AppendText(s.message[:0], string(s.scratch))
		v = s.Value(s.message)
		s.words[n] = v
	}
	s.Tag(s.other(name), v)
}

// sum gives the feature begun the count of one code of the styled field.
func (s *sheet) sum(names []string, code int, n uint64) {
	s.count("n_"+names[code], n)
}
