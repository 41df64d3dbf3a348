package sample

import "strings"

// short is a village's or township's name without what it is.
func short(name string) string {
	for _, kind := range []string{"居民委员会", "居民委委会", "居委委会", "社区居委会", "居委会", "村委会（新）", "村村委会", "村委会", "社区", "街道", "镇", "村"} {
		if cut, ok := strings.CutSuffix(name, kind); ok && len([]rune(cut)) >= 2 {
			return short(cut)
		}
	}
	return name
}
