package read

import (
	"fmt"
	"strings"

	"onemap/layers/fault"
)

// Layer is one set of rows that Options.Layer can name.
type Layer struct {
	Name   string
	Format string
	Rows   int64  // -1 where counting would mean reading it
	Note   string // what sets it apart, for a person: hidden, no geometry
	quiet  bool   // read only when named
}

// Aside reports whether the set is read only when it is named: hidden, empty or explaining.
func (l Layer) Aside() bool { return l.quiet }

// String is the name with what is known.
func (l Layer) String() string {
	var known []string
	if l.Rows >= 0 {
		known = append(known, fmt.Sprintf("%d rows", l.Rows))
	}
	if l.Note != "" {
		known = append(known, l.Note)
	}
	if len(known) == 0 {
		return l.Name
	}
	return l.Name + " (" + strings.Join(known, ", ") + ")"
}

// pickLayer returns the place of the only layer, or of the one that is wanted. The error lists all if
// there are several and none is wanted, or the wanted one is not there.
func pickLayer(layers []Layer, wanted, where, what string) (int, error) {
	names := make([]string, len(layers))
	loud, only := 0, -1
	for i, l := range layers {
		names[i] = l.String()
		if wanted != "" && l.Name == wanted {
			return i, nil
		}
		if !l.quiet {
			loud++
			only = i
		}
	}
	switch {
	case wanted != "":
		return 0, fault.In("layer", "%s has no %s %q; it has %s", where, what, wanted, strings.Join(names, ", "))
	case loud == 1:
		return only, nil
	case len(layers) == 1:
		return 0, nil
	}
	return 0, fault.In("layer", "%s holds %d %ss; name the one to read: %s", where, len(layers), what, strings.Join(names, ", "))
}
