package tiles

import (
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"onemap/layers/fault"
)

// Difference compares two tiles by what they show: in each layer the records by id and
// the gathered ones by their count. It returns nothing where they show the same, else a
// sentence on each layer that differs. The error is Invalid where one can't be read.
func Difference(kept, now []byte) (string, error) {
	a, err := shown(kept)
	if err != nil {
		return "", err
	}
	b, err := shown(now)
	if err != nil {
		return "", err
	}
	var names []string
	for _, side := range []map[string][]string{a, b} {
		for name := range side {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	var said []string
	for _, name := range names {
		if gone, new := without(a[name], b[name]), without(b[name], a[name]); len(gone)+len(new) > 0 {
			said = append(said, fmt.Sprintf("%s: %s only in the archive, %s only in the database", name, few(gone), few(new)))
		}
	}
	return strings.Join(said, "; "), nil
}

// shown lists the features of each layer, sorted.
func shown(body []byte) (map[string][]string, error) {
	parsed, err := mvt.Unmarshal(body)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "A tile can't be read")
	}
	all := map[string][]string{}
	for _, l := range parsed {
		for _, f := range l.Features {
			all[l.Name] = append(all[l.Name], mark(f))
		}
		slices.Sort(all[l.Name])
	}
	return all, nil
}

// mark is what a feature counts as.
func mark(f *geojson.Feature) string {
	if n, gathered := f.Properties["point_count"]; gathered {
		return fmt.Sprintf("×%v", n)
	}
	return fmt.Sprintf("id %.0f", f.ID)
}

// without returns what is in a, as often, but not in b; both are sorted.
func without(a, b []string) []string {
	var rest []string
	for _, s := range a {
		for len(b) > 0 && b[0] < s {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == s {
			b = b[1:]
			continue
		}
		rest = append(rest, s)
	}
	return rest
}

// few names the first of many.
func few(marks []string) string {
	switch n := len(marks); {
	case n == 0:
		return "none"
	case n > 5:
		return strings.Join(marks[:5], ", ") + fmt.Sprintf(" … (%d)", n)
	}
	return strings.Join(marks, ", ")
}
