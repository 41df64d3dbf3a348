package read

import (
	"math"
	"strings"
)

// angle is an ordinate of a table's cell.
type angle struct {
	v       float64
	degrees bool // it is written as an angle: with signs of degrees, or east and north
}

// angleSigns are the many spellings of the signs of degrees, minutes and seconds.
var angleSigns = strings.NewReplacer(
	"度", "°", "º", "°", "˚", "°", "∘", "°", "分", "′", "'", "′", "’", "′", "‘", "′", "´", "′", "`", "′",
	"秒", "″", "\"", "″", "”", "″", "“", "″", "′′", "″", "''", "″", "：", ":", "。", ".",
)

// sides are what may stand before or behind an angle, with the sign it gives.
var sides = []struct {
	mark string
	sign float64
}{{"东经", 1}, {"北纬", 1}, {"西经", -1}, {"南纬", -1}, {"经度", 1}, {"纬度", 1}, {"E", 1}, {"N", 1}, {"W", -1}, {"S", -1}, {"e", 1}, {"n", 1}, {"w", -1}, {"s", -1}}

// angleOf reads an ordinate: a plain number, or degrees, minutes and seconds in any usual form, such as
// 121°10′33″, 121度10分33.5秒, E121-10-33, 121 10 33, 北纬31.98°. False if it is none of these,
// or minutes or seconds are over 60.
func angleOf(text string) (a angle, ok bool) {
	s := narrow(trimBlank(text))
	if v, ok := parseDecimal(s); ok {
		return angle{v: v}, finiteNumber(v)
	}
	sign := 1.0
	for _, side := range sides {
		if rest, ok := strings.CutPrefix(s, side.mark); ok {
			s, sign, a.degrees = rest, side.sign, true
		} else if rest, ok := strings.CutSuffix(s, side.mark); ok {
			s, sign, a.degrees = rest, side.sign, true
		} else {
			continue
		}
		break
	}
	s = angleSigns.Replace(strings.Trim(s, blankRunes+":"))
	s = strings.ReplaceAll(s, "′′", "″")
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		s, sign = rest, -sign
	}
	if strings.HasPrefix(s, "-") {
		return a, false
	}
	parts, signed := angleParts(s)
	if len(parts) == 0 || len(parts) > 3 {
		return a, false
	}
	scale := 1.0
	for i, p := range parts {
		v, ok := parseDecimal(p)
		if !ok || v < 0 || i > 0 && v >= 60 || i+1 < len(parts) && v != math.Trunc(v) {
			return a, false
		}
		a.v += v / scale
		scale *= 60
	}
	a.v *= sign
	a.degrees = a.degrees || signed || len(parts) > 1
	return a, finiteNumber(a.v)
}

func finiteNumber(v float64) bool { return v-v == 0 }

// angleParts cuts degrees, minutes and seconds apart: by their signs, which then must stand in their order, or by
// one kind of mark. signed says that there were signs.
func angleParts(s string) (parts []string, signed bool) {
	if strings.ContainsAny(s, "°′″") {
		for _, mark := range []string{"°", "′", "″"} {
			before, after, ok := strings.Cut(s, mark)
			if !ok {
				if mark != "°" && trimBlank(s) != "" && len(parts) > 0 && !strings.ContainsAny(s, "°′″") { // the last sign left out
					return append(parts, trimBlank(s)), true
				}
				if mark == "°" {
					return nil, true
				}
				continue
			}
			parts = append(parts, trimBlank(before))
			s = after
		}
		if trimBlank(s) != "" {
			return nil, true
		}
		return parts, true
	}
	for _, mark := range []string{":", "-", " "} {
		if strings.Contains(s, mark) {
			return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(mark, r) }), false
		}
	}
	return []string{s}, false
}
