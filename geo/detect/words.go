package detect

import "strings"

// axisWord is +1 for the name of a column of longitudes or eastings, -1 for latitudes or
// northings, 0 for X, Y and all that says neither: "X" is the northing by the custom of
// surveyors and the easting by that of programs.
func axisWord(name string) int {
	flat := strings.ToLower(name)
	for _, w := range []string{"经度", "东坐标", "东经", "横坐标", "lon", "lng", "east"} {
		if strings.Contains(flat, w) {
			return 1
		}
	}
	for _, w := range []string{"纬度", "北坐标", "北纬", "纵坐标", "lat", "north"} {
		if strings.Contains(flat, w) {
			return -1
		}
	}
	return 0
}
