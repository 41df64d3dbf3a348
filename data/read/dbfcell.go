package read

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"time"
)

// values decodes the cells of the record that was read last, with the problems found.
func (t *dbf) values() ([]Value, []Problem) {
	n := len(t.columns)
	if len(t.spare) < n {
		t.spare = make([]Value, 32*n)
	}
	values := t.spare[:n:n]
	t.spare = t.spare[n:]
	var problems []Problem
	for i := range t.columns {
		c := &t.columns[i]
		cell := t.record[c.offset : c.offset+c.width]
		if c.kind == 'C' {
			cell = trimCell(cell)
		}
		if v, ok := c.known.value(cell); ok {
			values[i] = v
			continue
		}
		v, p := t.value(c, cell)
		if p.Rule != "" {
			problems = append(problems, p)
		} else {
			c.known.keep(cell, v)
		}
		values[i] = v
	}
	return values, problems
}

// knownCells remembers the values of a column's cells: codes, years and dates come again
// and again. A column whose cells rarely do is given up.
type knownCells struct {
	values       map[string]Value
	hits, misses int
	off          bool
}

// mostKnown is how many cells of a column are remembered.
const mostKnown = 1024

func (k *knownCells) value(cell []byte) (Value, bool) {
	if k.off {
		return Value{}, false
	}
	v, ok := k.values[string(cell)]
	if ok {
		k.hits++
	} else if k.misses++; k.misses > 2*mostKnown && k.hits < k.misses {
		k.values, k.off = nil, true
	}
	return v, ok
}

func (k *knownCells) keep(cell []byte, v Value) {
	if k.off || len(k.values) >= mostKnown {
		return
	}
	if k.values == nil {
		k.values = map[string]Value{}
	}
	k.values[string(cell)] = v
}

func (t *dbf) value(c *dbfColumn, cell []byte) (Value, Problem) {
	switch c.kind {
	case 'C':
		return t.text(c, cell)
	case 'N', 'F':
		return t.number(c, cell)
	case 'D':
		return t.date(c, cell)
	case 'L':
		return t.logical(c, cell)
	case 'I':
		if c.width == 4 {
			n := int64(int32(binary.LittleEndian.Uint32(cell)))
			return integerValue(strconv.FormatInt(n, 10), n), Problem{}
		}
	case 'B':
		if t.foxPro && c.width == 8 {
			v := math.Float64frombits(binary.LittleEndian.Uint64(cell))
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return Value{}, about(BadNumber, Error, "不是有限的数", "the number is not finite").of(c.name, "")
			}
			return numberValue(strconv.FormatFloat(v, 'g', -1, 64), v), Problem{}
		}
	}
	return Value{}, Problem{}
}

// text decodes a C cell that has been trimmed. A cell of blanks is null, as other programs read it.
func (t *dbf) text(c *dbfColumn, cell []byte) (Value, Problem) {
	if len(cell) == 0 {
		return Value{}, Problem{}
	}
	text, cut, bad := t.charset.decode(cell)
	v := TextValue(text)
	switch {
	case bad:
		return v, about(BadEncoding, Error, "有字节不符合字符集 %s", "some bytes are no text in %s", t.charset.name).of(c.name, text)
	case cut:
		return v, about(CutCharacter, Warning, "末尾的汉字被字段宽度截断，已去掉半个字", "the last character was cut by the width of the field; its half is left out").of(c.name, text)
	}
	return v, Problem{}
}

// number reads an N or F cell. Blanks and stars are null: stars are how programs write a missing number.
func (t *dbf) number(c *dbfColumn, cell []byte) (Value, Problem) {
	cell = bytes.Trim(upTo(cell, 0), " ")
	if len(cell) == 0 || len(bytes.Trim(cell, "*")) == 0 {
		return Value{}, Problem{}
	}
	raw := string(cell)
	if c.decimals == 0 {
		if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
			return integerValue(raw, n), Problem{}
		}
	}
	if v, ok := parseDecimal(raw); ok {
		return numberValue(raw, v), Problem{}
	}
	raw, _, _ = t.charset.decode(cell)
	return TextValue(raw), about(BadNumber, Error, "%q 不是数字", "%q is not a number", raw).of(c.name, raw)
}

// parseDecimal reads a plain decimal number, with exponent; not the infinities and
// hexadecimal forms that strconv knows.
func parseDecimal(s string) (float64, bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9', c == '.', c == '-', c == '+', c == 'e', c == 'E':
		default:
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// date reads a D cell, YYYYMMDD. Blanks and zeros are null.
func (t *dbf) date(c *dbfColumn, cell []byte) (Value, Problem) {
	cell = bytes.Trim(upTo(cell, 0), " ")
	if len(cell) == 0 || len(bytes.Trim(cell, "0")) == 0 {
		return Value{}, Problem{}
	}
	if len(cell) == 8 {
		if d, err := time.Parse("20060102", string(cell)); err == nil {
			return timeValue(Date, string(cell), d), Problem{}
		}
	}
	raw, _, _ := t.charset.decode(cell)
	return TextValue(raw), about(BadDate, Error, "%q 不是日期（应为 YYYYMMDD）", "%q is not a date (YYYYMMDD)", raw).of(c.name, raw)
}

// logical reads an L cell. Blank and question mark are null.
func (t *dbf) logical(c *dbfColumn, cell []byte) (Value, Problem) {
	cell = bytes.Trim(upTo(cell, 0), " ")
	if len(cell) == 0 {
		return Value{}, Problem{}
	}
	raw, _, _ := t.charset.decode(cell)
	switch raw {
	case "?":
		return Value{}, Problem{}
	case "T", "t", "Y", "y":
		return booleanValue(raw, true), Problem{}
	case "F", "f", "N", "n":
		return booleanValue(raw, false), Problem{}
	}
	return TextValue(raw), about(BadBoolean, Error, "%q 不是逻辑值（应为 T 或 F）", "%q is neither T nor F", raw).of(c.name, raw)
}
