package read

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// ordinate reads a cell as one ordinate.
func ordinate(v Value) (angle, bool) {
	switch v.Kind {
	case Integer, Number:
		return angle{v: v.Float()}, true
	case Text:
		return angleOf(v.Raw)
	}
	return angle{}, false
}

// pairOf reads a cell with both ordinates, with a comma, semicolon or blank between and brackets around. Where
// they carry E and N, these decide which is which.
func pairOf(text string) (a, b angle, ok bool) {
	s := strings.Trim(trimBlank(text), "()（）[]【】")
	for _, mark := range []string{",", "，", ";", "；", "、", "|", " "} {
		first, second, found := strings.Cut(s, mark)
		if !found || strings.Contains(second, mark) && mark != " " {
			continue
		}
		var okA, okB bool
		if a, okA = angleOf(first); okA {
			if b, okB = angleOf(second); okB {
				if isNorth(first) && !isNorth(second) {
					a, b = b, a
				}
				return a, b, true
			}
		}
	}
	return a, b, false
}

func isNorth(s string) bool { return strings.ContainsAny(s, "纬NnSs") }

// place gives a row its geometry.
func (f *positionFinder) place(row *Row) {
	if f.WKT {
		f.placeText(row)
		return
	}
	p, found, problem := f.point(row.Values)
	if problem != nil {
		row.Problems = append(row.Problems, *problem)
	} else if found {
		row.Geometry = p
	}
}

// point reads the ordinates of a row. found is false where both are blank.
func (f *positionFinder) point(values []Value) (p orb.Point, found bool, problem *Problem) {
	bad := func(column int, v Value) *Problem {
		p := about(BadPosition, Error, "坐标 %q 无法识别", "the coordinate %q cannot be read", clip(v.Raw, 60)).of(f.names[column], clip(v.Raw, 60))
		return &p
	}
	if len(f.Columns) == 1 {
		v := values[f.Columns[0]]
		if isBlankCell(v) {
			return p, false, nil
		}
		a, b, ok := pairOf(v.Raw)
		if !ok {
			return p, false, bad(0, v)
		}
		if f.latFirst && !isNorth(v.Raw) {
			a, b = b, a
		}
		return orb.Point{a.v, b.v}, true, nil
	}
	blank := 0
	for i, c := range f.Columns {
		v := values[c]
		if isBlankCell(v) {
			blank++
			continue
		}
		a, ok := ordinate(v)
		if !ok {
			return p, false, bad(i, v)
		}
		p[i] = a.v
	}
	if blank == 1 {
		missing := f.names[0]
		if !isBlankCell(values[f.Columns[0]]) {
			missing = f.names[1]
		}
		p := about(BadPosition, Error, "坐标缺少一半：“%s”为空", "half of the position is missing: %s is empty", missing).of(missing, "")
		return orb.Point{}, false, &p
	}
	return p, blank == 0, nil
}

func (f *positionFinder) placeText(row *Row) {
	text := f.wholeText(row.Values)
	if text == "" {
		return
	}
	g, srid, high, problems := f.text(text)
	if high {
		f.heights++
	}
	if f.srid != "" && srid != "" && srid != f.srid {
		problems = append(problems, about(CRSUnknown, Error, "该行的 SRID 是 %[1]s，与文件其他行的 %[2]s 不同", "the SRID of this row is %[1]s, that of others %[2]s", srid, f.srid))
		g = nil
	}
	row.Geometry = g
	for _, p := range problems {
		p.Column = f.names[0]
		row.Problems = append(row.Problems, p)
	}
}

// wholeText is the well-known text of a row, put together from the cells that it stands in.
func (f *positionFinder) wholeText(values []Value) string {
	text := trimBlank(values[f.Columns[0]].Raw)
	for _, c := range f.Columns[1:] {
		text += values[c].Raw
	}
	return text
}

func (f *positionFinder) text(s string) (g orb.Geometry, srid string, high bool, problems []Problem) {
	if looksLikeHexWKB(s) {
		if b, err := hex.DecodeString(s); err == nil {
			f.wkb.srid = 0
			g = f.wkb.read(b)
			if f.wkb.srid != 0 {
				srid = strconv.Itoa(f.wkb.srid)
			}
			return g, srid, f.wkb.heights, f.wkb.problems
		}
	}
	g, srid = f.wkt.read(s)
	return g, srid, f.wkt.heights, f.wkt.problems
}

func (f *positionFinder) finish() []Problem {
	if f.heights == 0 {
		return nil
	}
	return []Problem{about(HeightDropped, Notice, "%d 个图形的高程或量测值（Z/M）未读取", "Z or M of %d shapes were left out", f.heights)}
}
