package detect

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"onemap/geo"
)

// Text is a sentence in Chinese and in English.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// say makes a sentence of two formats that take the same arguments. An argument that is a
// Text is given to each format in its language.
func say(zh, en string, args ...any) Text {
	zhArgs, enArgs := make([]any, len(args)), make([]any, len(args))
	for i, a := range args {
		zhArgs[i], enArgs[i] = a, a
		if t, ok := a.(Text); ok {
			zhArgs[i], enArgs[i] = t.Zh, t.En
		}
	}
	return Text{fmt.Sprintf(zh, zhArgs...), fmt.Sprintf(en, enArgs...)}
}

// count writes a whole number with its thousands apart: 1,998.
func count(n int) string {
	digits := strconv.Itoa(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && d != '-' && (len(digits)-i)%3 == 0 && digits[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}

// length writes metres to the precision that a reader can use: 3 m, 471 m, 12 km.
func length(m float64) string {
	switch {
	case m < 10:
		return strconv.FormatFloat(m, 'g', 2, 64) + " m"
	case m < 5000:
		return count(int(math.Round(m))) + " m"
	}
	return count(int(math.Round(m/1000))) + " km"
}

var winds = [16]string{
	"north", "north-north-east", "north-east", "east-north-east", "east", "east-south-east", "south-east", "south-south-east",
	"south", "south-south-west", "south-west", "west-south-west", "west", "west-north-west", "north-west", "north-north-west",
}

// direction names where a vector points: "东偏南 31°" and "east-south-east".
func direction(east, north float64) Text {
	azimuth := math.Mod(math.Atan2(east, north)*180/math.Pi+360, 360)
	quarter := int(math.Round(azimuth/90)) % 4
	names := [4]string{"北", "东", "南", "西"}
	off := math.Remainder(azimuth-float64(quarter)*90, 360)
	zh := "正" + names[quarter]
	if degrees := math.Round(math.Abs(off)); degrees >= 1 {
		side := names[(quarter+1)%4]
		if off < 0 {
			side = names[(quarter+3)%4]
		}
		zh = fmt.Sprintf("%s偏%s %.0f°", names[quarter], side, degrees)
	}
	return Text{zh, winds[int(math.Round(azimuth/22.5))%16]}
}

// shiftName names a shift and how often it lies on the positions.
func shiftName(d geo.Datum, times int) Text {
	switch {
	case d == geo.GCJ02 && times == 2:
		return Text{"两次 GCJ-02 偏移", "GCJ-02 applied twice"}
	case d == geo.GCJ02 && times == -1:
		return Text{"多做了一次 GCJ-02 纠偏", "GCJ-02 taken off once too often"}
	case d == geo.GCJ02:
		return Text{"GCJ-02", "GCJ-02"}
	case d == geo.BD09:
		return Text{"BD-09", "BD-09"}
	case d == geo.Unknown:
		return Text{"不明偏移", "an unknown offset"}
	}
	return Text{"无偏移", "no shift"}
}

// systemName names a coordinate system with its code, where it has one.
func systemName(c geo.CRS) string {
	if c.Code == "" {
		return c.Name
	}
	return c.String() + " " + c.Name
}
