package layers

// nearest returns the name that is most like a spelling: at most a third of its
// characters other; empty when none is.
func nearest(spelling string, names []string) string {
	const longest = 60
	a := []rune(plain(spelling))
	if len(a) < 2 || len(a) > longest {
		return ""
	}
	best, found := len(a), ""
	for _, name := range names {
		b := []rune(plain(name))
		if len(b) > longest {
			continue
		}
		d := edits(a, b)
		if d < best && 3*d <= max(len(a), len(b)) {
			best, found = d, name
		}
	}
	return found
}

// edits is how many characters must be put in, taken out or changed to make b of a (Levenshtein).
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
