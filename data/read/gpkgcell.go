package read

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// value turns a cell, whose kind in SQLite is its own and not its column's, into one by the column's declared type.
func (t *gpkgTable) value(row *Row, column int, cell any) Value {
	kind := t.kinds[column]
	switch v := cell.(type) {
	case int64:
		raw := strconv.FormatInt(v, 10)
		if kind == "BOOLEAN" && (v == 0 || v == 1) {
			return booleanValue(raw, v == 1)
		}
		return integerValue(raw, v)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			row.Problems = append(row.Problems, about(BadNumber, Error, "不是有限的数", "the number is not finite").of(t.columns[column], ""))
			return Value{}
		}
		return numberValue(strconv.FormatFloat(v, 'g', -1, 64), v)
	case string:
		text := validText(v)
		if text != v {
			row.Problems = append(row.Problems, about(BadEncoding, Error, "有字节不符合 UTF-8", "some bytes are no text in UTF-8").of(t.columns[column], text))
		}
		return t.text(row, column, kind, text)
	case []byte:
		if !t.unread[column] {
			t.unread[column] = true
			t.problems = append(t.problems, about(ColumnUnread, Warning, "列 %q 中有二进制内容，未读取", "column %q has binary content, which is not read", t.columns[column]).of(t.columns[column], ""))
		}
	}
	return Value{}
}

// text reads a text cell; in a DATE or DATETIME column it is ISO 8601 (clause 1.1.1.1.3).
func (t *gpkgTable) text(row *Row, column int, kind, text string) Value {
	switch {
	case kind == "DATE" && text != "":
		if d, err := time.Parse("2006-01-02", text); err == nil {
			return timeValue(Date, text, d)
		}
	case kind == "DATETIME" && text != "":
		for _, form := range []string{"2006-01-02T15:04:05.999Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05.999Z07:00", "2006-01-02"} {
			if d, err := time.Parse(form, text); err == nil {
				return timeValue(DateTime, text, d)
			}
		}
	default:
		return TextValue(text)
	}
	row.Problems = append(row.Problems, about(BadDate, Error, "%q 不是日期", "%q is not a date", text).of(t.columns[column], text))
	return TextValue(text)
}

func validText(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// shape reads a geometry: the header of GeoPackage binary (clause 2.1.3), then well-known binary.
func (t *gpkgTable) shape(row *Row) {
	if t.blob == nil {
		return
	}
	body, srs, err := gpBody(t.blob)
	if err != nil {
		row.Problems = append(row.Problems, about(BadGeometry, Error, "图形无法读取：%v", "the shape cannot be read: %v", err))
		return
	}
	if srs != t.srs {
		t.foreign++
	}
	row.Geometry = t.wkb.read(body)
	row.Problems = append(row.Problems, t.wkb.problems...)
	if t.wkb.heights {
		t.heights++
	}
	if t.wkb.curves {
		t.curves++
	}
}

// gpBody cuts the header off a geometry.
func gpBody(b []byte) (wkb []byte, srs int64, err error) {
	if len(b) < 8 || b[0] != 'G' || b[1] != 'P' {
		return nil, 0, errors.New("it does not begin as a GeoPackage geometry does")
	}
	envelopes := [...]int{0, 32, 48, 48, 64}
	flags, kind := b[3], int(b[3]>>1&7)
	if flags&0x20 != 0 {
		return nil, 0, errors.New("it is of an extended kind, which is not read")
	}
	if kind >= len(envelopes) || len(b) < 8+envelopes[kind] {
		return nil, 0, fmt.Errorf("its header names an envelope of kind %d", kind)
	}
	id := uint32(b[4]) | uint32(b[5])<<8 | uint32(b[6])<<16 | uint32(b[7])<<24
	if flags&1 == 0 {
		id = uint32(b[7]) | uint32(b[6])<<8 | uint32(b[5])<<16 | uint32(b[4])<<24
	}
	return b[8+envelopes[kind]:], int64(int32(id)), nil
}
