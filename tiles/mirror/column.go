package mirror

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"onemap/layers"
	"onemap/tiles/mvt"
)

// postgresEpoch is the zero of date (days) and timestamptz (microseconds) in PostgreSQL's
// binary format.
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// column is one field of all features of a segment: a number into a dictionary of the
// distinct values for each, 0 for none, in as few bytes as the dictionary allows; or the
// numbers themselves where hardly any value comes twice.
type column struct {
	field *layers.Field
	rides bool // in tiles

	c8  []uint8
	c16 []uint16
	c32 []uint32

	nums  []uint64 // dictionary of numbers, times and booleans; [0] stands for none
	texts []byte   // dictionary of texts, one after the other
	ends  []uint32 // where each ends; [0] stands for none and is empty

	raw  []uint64 // instead: each feature's number
	none []uint64 // bit set of features without one; nil: all have one

	wire     []byte   // the dictionary as Value messages of a vector tile
	wireEnds []uint32 // where each ends
}

// textual reports whether the column's values are texts (lists with newlines between).
func textual(t layers.Type) bool {
	return t == layers.TypeText || t == layers.TypeCode || t == layers.TypeCodes
}

// code is the place of a feature's value in the dictionary; 0 for none.
func (c *column) code(i uint32) uint32 {
	switch {
	case c.c8 != nil:
		return uint32(c.c8[i])
	case c.c16 != nil:
		return uint32(c.c16[i])
	case c.c32 != nil:
		return c.c32[i]
	}
	return 0
}

// distinct is the length of the dictionary with the entry for none; 0 for a raw column.
func (c *column) distinct() int {
	switch {
	case c.raw != nil:
		return 0
	case textual(c.field.Type):
		return len(c.ends)
	}
	return len(c.nums)
}

// text is a text of the dictionary.
func (c *column) text(code uint32) string {
	if code == 0 {
		return ""
	}
	return string(c.texts[c.ends[code-1]:c.ends[code]])
}

// entry is a value of the dictionary as a record holds it; nil for none.
func (c *column) entry(code uint32) any {
	if code == 0 {
		return nil
	}
	switch c.field.Type {
	case layers.TypeText, layers.TypeCode:
		return c.text(code)
	case layers.TypeCodes:
		if c.ends[code-1] == c.ends[code] {
			return []string{}
		}
		return strings.Split(c.text(code), "\n")
	}
	return value(c.field.Type, c.nums[code])
}

// at is a feature's value as a record holds it: string, int64, float64, bool, time.Time,
// []string, or nil.
func (c *column) at(i uint32) any {
	if c.raw == nil {
		return c.entry(c.code(i))
	}
	if has(c.none, i) {
		return nil
	}
	return value(c.field.Type, c.raw[i])
}

// value turns a kept number into the value it stands for.
func value(t layers.Type, bits uint64) any {
	switch t {
	case layers.TypeInteger:
		return int64(bits)
	case layers.TypeNumber:
		return math.Float64frombits(bits)
	case layers.TypeBoolean:
		return bits != 0
	case layers.TypeDate:
		return postgresEpoch.AddDate(0, 0, int(int64(bits)))
	}
	return postgresEpoch.Add(time.Duration(int64(bits)) * time.Microsecond)
}

// appendWire appends a value as a Value message of a vector tile. Dates and times are
// texts as RFC 3339 writes them, lists are texts with commas.
func appendWire(dst []byte, t layers.Type, v any) []byte {
	switch v := v.(type) {
	case string:
		return mvt.AppendText(dst, v)
	case int64:
		return mvt.AppendInteger(dst, v)
	case float64:
		return mvt.AppendNumber(dst, v)
	case bool:
		return mvt.AppendBool(dst, v)
	case []string:
		return mvt.AppendText(dst, strings.Join(v, ","))
	case time.Time:
		if t == layers.TypeDate {
			return mvt.AppendText(dst, v.Format(time.DateOnly))
		}
		return mvt.AppendText(dst, v.UTC().Format(time.RFC3339Nano))
	}
	return dst
}

// seal makes what follows from the dictionary.
func (c *column) seal() {
	c.wire, c.wireEnds = nil, nil
	if c.raw != nil || !c.rides {
		return
	}
	for code := range uint32(c.distinct()) {
		c.wire = appendWire(c.wire, c.field.Type, c.entry(code))
		c.wireEnds = append(c.wireEnds, uint32(len(c.wire)))
	}
}

// message is the Value message of an entry of the dictionary.
func (c *column) message(code uint32) []byte {
	return c.wire[c.wireEnds[code-1]:c.wireEnds[code]]
}

// pack keeps the codes in as few bytes as the dictionary needs.
func (c *column) pack(codes []uint32) {
	c.c8, c.c16, c.c32 = nil, nil, nil
	switch n := c.distinct(); {
	case n <= 1<<8:
		c.c8 = make([]uint8, len(codes))
		for i, v := range codes {
			c.c8[i] = uint8(v)
		}
	case n <= 1<<16:
		c.c16 = make([]uint16, len(codes))
		for i, v := range codes {
			c.c16[i] = uint16(v)
		}
	default:
		c.c32 = slices.Clip(slices.Clone(codes))
	}
}

// has reports whether a bit is set; a nil set is empty.
func has(set []uint64, i uint32) bool {
	return set != nil && set[i>>6]&(1<<(i&63)) != 0
}

// columnBuilder collects the values of one field, row by row.
type columnBuilder struct {
	column
	codes  []uint32
	byText map[string]uint32
	byNum  map[uint64]uint32
	list   []byte
}

func newColumnBuilder(l *layers.Layer, f *layers.Field) *columnBuilder {
	b := &columnBuilder{column: column{field: f, rides: f.Tile != nil || f == l.By() || f.Name == l.Label}}
	if textual(f.Type) {
		b.byText, b.ends = map[string]uint32{}, []uint32{0}
	} else {
		b.byNum, b.nums = map[uint64]uint32{}, []uint64{0}
	}
	return b
}

// add takes a value in PostgreSQL's binary format; nil for none.
func (b *columnBuilder) add(raw []byte) error {
	if raw == nil {
		b.codes = append(b.codes, 0)
		return nil
	}
	if b.byText != nil {
		if b.field.Type == layers.TypeCodes {
			var err error
			if b.list, err = joined(b.list[:0], b.field, raw); err != nil {
				return err
			}
			raw = b.list
		}
		b.codes = append(b.codes, b.textCode(raw))
		return nil
	}
	n, err := number(b.field, raw)
	if err != nil {
		return err
	}
	b.codes = append(b.codes, b.numCode(n))
	return nil
}

func (b *columnBuilder) textCode(raw []byte) uint32 {
	code, known := b.byText[string(raw)]
	if !known {
		code = uint32(len(b.ends))
		b.texts = append(b.texts, raw...)
		b.ends = append(b.ends, uint32(len(b.texts)))
		b.byText[string(raw)] = code
	}
	return code
}

func (b *columnBuilder) numCode(n uint64) uint32 {
	code, known := b.byNum[n]
	if !known {
		code = uint32(len(b.nums))
		b.nums = append(b.nums, n)
		b.byNum[n] = code
	}
	return code
}

// number reads a number, date, time or boolean.
func number(f *layers.Field, raw []byte) (uint64, error) {
	switch {
	case f.Type == layers.TypeBoolean && len(raw) == 1:
		return uint64(raw[0]), nil
	case f.Type == layers.TypeDate && len(raw) == 4:
		return uint64(int64(int32(binary.BigEndian.Uint32(raw)))), nil
	case f.Type != layers.TypeBoolean && f.Type != layers.TypeDate && len(raw) == 8:
		return binary.BigEndian.Uint64(raw), nil
	}
	return 0, fmt.Errorf("field %s: %d bytes are no value of type %s", f.Name, len(raw), f.Type)
}

// joined appends the texts of a text array (one dimension, no nulls) with newlines between.
func joined(dst []byte, f *layers.Field, raw []byte) ([]byte, error) {
	short := fmt.Errorf("field %s: a list ends too early", f.Name)
	if len(raw) < 12 {
		return nil, short
	}
	if binary.BigEndian.Uint32(raw) == 0 {
		return dst, nil
	}
	if len(raw) < 20 {
		return nil, short
	}
	count := binary.BigEndian.Uint32(raw[12:])
	raw = raw[20:]
	for i := range count {
		if len(raw) < 4 {
			return nil, short
		}
		n := binary.BigEndian.Uint32(raw)
		if raw = raw[4:]; uint64(n) > uint64(len(raw)) {
			return nil, short
		}
		if i > 0 {
			dst = append(dst, '\n')
		}
		dst = append(dst, raw[:n]...)
		raw = raw[n:]
	}
	return dst, nil
}

// finish returns the column of all that was added.
func (b *columnBuilder) finish() *column {
	c := b.column
	if few := len(b.codes) / 2; b.byNum != nil && len(c.nums) > 1<<12 && len(c.nums) > few {
		c.raw = make([]uint64, len(b.codes))
		for i, code := range b.codes {
			c.raw[i] = c.nums[code]
			if code == 0 {
				if c.none == nil {
					c.none = make([]uint64, (len(b.codes)+63)/64)
				}
				c.none[i>>6] |= 1 << (i & 63)
			}
		}
		c.nums = nil
	} else {
		c.pack(b.codes)
	}
	c.seal()
	return &c
}

// gathered returns the column of the chosen features of other segments, in their order.
func gathered(l *layers.Layer, f *layers.Field, sources []*column, chosen []ref) *column {
	b := newColumnBuilder(l, f)
	b.codes = make([]uint32, 0, len(chosen))
	// Each source's dictionary is looked up once a value, not once a feature.
	known := make([][]uint32, len(sources))
	for i, c := range sources {
		known[i] = make([]uint32, c.distinct())
	}
	for _, r := range chosen {
		c := sources[r.source]
		if c.raw != nil {
			if has(c.none, r.at) {
				b.codes = append(b.codes, 0)
			} else {
				b.codes = append(b.codes, b.numCode(c.raw[r.at]))
			}
			continue
		}
		code := c.code(r.at)
		if code != 0 {
			own := known[r.source]
			if own[code] == 0 {
				if b.byText != nil {
					own[code] = b.textCode(c.texts[c.ends[code-1]:c.ends[code]])
				} else {
					own[code] = b.numCode(c.nums[code])
				}
			}
			code = own[code]
		}
		b.codes = append(b.codes, code)
	}
	return b.finish()
}
