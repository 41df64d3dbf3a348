package read

import (
	"strings"
	"unicode"
)

// heading is what a column's name says of positions.
type heading struct {
	axis Axis
	rest string // the name with the axis taken out, by which partners know each other
}

// axisMarks are the ideographs that name an axis, the longer before the shorter.
var axisMarks = []struct {
	mark string
	axis Axis
}{
	{"经度", Longitude},
	{"経度", Longitude},
	{"經度", Longitude},
	{"東経", Longitude},
	{"东经", Longitude},
	{"纬度", Latitude},
	{"緯度", Latitude},
	{"北緯", Latitude},
	{"北纬", Latitude},
	{"横坐标", Easting},
	{"东坐标", Easting},
	{"东向坐标", Easting},
	{"纵坐标", Northing},
	{"北坐标", Northing},
	{"北向坐标", Northing},
}

// axisWords are the Latin words that name an axis; jd and wd are 经度 and 纬度 by their first sounds.
var axisWords = map[string]Axis{
	"lon": Longitude, "lng": Longitude, "long": Longitude, "longitude": Longitude, "jd": Longitude, "jingdu": Longitude,
	"lat": Latitude, "latitude": Latitude, "wd": Latitude, "weidu": Latitude,
	"easting": Easting, "northing": Northing,
	"x": XAxis, "xcoord": XAxis, "coordx": XAxis, "pointx": XAxis, "xzb": XAxis, "zbx": XAxis,
	"y": YAxis, "ycoord": YAxis, "coordy": YAxis, "pointy": YAxis, "yzb": YAxis, "zby": YAxis,
}

// headingOf reads a column's name; its axis is empty if it names none, or both.
func headingOf(name string) heading {
	s := narrow(strings.ToLower(strings.ReplaceAll(name, "*", "")))
	s = strings.Join(strings.Fields(s), "")
	if isPairName(s) {
		return heading{}
	}
	for _, m := range axisMarks {
		if strings.Contains(s, m.mark) {
			rest := strings.Replace(s, m.mark, "*", 1)
			if m.axis == Easting || m.axis == Northing { // 纵坐标X, 横坐标Y
				rest = strings.Trim(rest, "xy()")
			}
			return heading{m.axis, rest}
		}
	}
	for _, w := range latinWords(s) {
		axis, ok := axisWords[w.text]
		if !ok {
			continue
		}
		rest := s[:w.at] + "*" + s[w.at+len(w.text):]
		switch {
		case axis == XAxis && strings.ContainsAny(rest, "北纵"):
			return heading{Northing, strings.Map(withoutSides, rest)}
		case axis == YAxis && strings.ContainsAny(rest, "东横"):
			return heading{Easting, strings.Map(withoutSides, rest)}
		case (axis == XAxis || axis == YAxis) && strings.ContainsAny(rest, "东南西北纵横") && len(rest) < 12:
			return heading{map[Axis]Axis{XAxis: Easting, YAxis: Northing}[axis], strings.Map(withoutSides, rest)}
		}
		return heading{axis, rest}
	}
	return heading{}
}

func withoutSides(r rune) rune {
	if strings.ContainsRune("东北纵横向", r) {
		return -1
	}
	return r
}

type latinWord struct {
	text string
	at   int
}

// latinWords cuts runs of letters out of a name.
func latinWords(s string) []latinWord {
	var words []latinWord
	start := -1
	for i, r := range s + " " {
		letter := r < unicode.MaxASCII && unicode.IsLetter(r)
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			words = append(words, latinWord{s[start:i], start})
			start = -1
		}
	}
	return words
}

// isPairName reports whether a name, in small letters, is that of a column with both ordinates in a cell.
func isPairName(s string) bool {
	if strings.Contains(s, "经纬") || strings.Contains(s, "纬经") || strings.Contains(s, "经度") && strings.Contains(s, "纬度") {
		return true
	}
	switch s {
	case "坐标", "位置坐标", "坐标位置", "中心坐标", "中心点坐标", "地理坐标", "空间坐标", "坐标点", "点坐标", "gps", "gps坐标", "gps位置",
		"coordinates", "coordinate", "coords", "coord", "lnglat", "lonlat", "latlng", "latlon", "latlong", "location", "xy", "x,y", "lon,lat", "lat,lon", "lng,lat", "lat,lng":
		return true
	}
	return false
}

// latitudeFirst reports whether the name of such a column says that the latitude comes first.
func latitudeFirst(name string) bool {
	s := strings.ToLower(name)
	lat, lon := strings.Index(s, "lat"), strings.Index(s, "l")
	if lat >= 0 {
		return lat == lon
	}
	north, east := strings.IndexRune(s, '纬'), strings.IndexRune(s, '经')
	return north >= 0 && (east < 0 || north < east)
}
