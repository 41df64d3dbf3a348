package survey

import (
	"errors"
	"io"
	"strings"

	"onemap/data/read"
	"onemap/layers"
)

// delivery recognises forms and geometries that come apart: of two parts of a file one has
// geometries and the other none, and both have a column for the layer's key. It returns the
// options that join them.
func delivery(path string, l *layers.Layer, o Options) (Options, bool) {
	if o.Part != "" || o.Geometry != "" || len(l.Key) != 1 {
		return o, false
	}
	parts, err := read.Layers(path, o.read())
	if err != nil {
		return o, false
	}
	var names []string
	for _, p := range parts {
		if !p.Aside() {
			names = append(names, p.Name)
		}
	}
	if len(names) != 2 {
		return o, false
	}
	for _, name := range names {
		shaped, keyed := o.look(path, l, name)
		switch {
		case !keyed:
			return o, false
		case shaped && o.Geometry == "":
			o.Geometry = name
		case !shaped && o.Part == "":
			o.Part = name
		}
	}
	return o, o.Part != "" && o.Geometry != ""
}

// look reports whether a part has geometries among its first rows, and a column for the key.
func (o Options) look(path string, l *layers.Layer, part string) (shaped, keyed bool) {
	src, err := read.Open(path, read.Options{Encoding: o.Encoding, Layer: part})
	if err != nil {
		return false, false
	}
	defer src.Close()
	keyed = keyColumn(l, src, o.Columns) >= 0
	for range 100 {
		row, err := src.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return false, false
		}
		if shaped = shaped || row.Geometry != nil; shaped {
			break
		}
	}
	return shaped || src.Positions() != nil, keyed
}

// list names columns for a person, not too many of them.
func list(columns []string) string {
	const most = 30
	if len(columns) > most {
		return strings.Join(columns[:most], ", ") + " …"
	}
	return strings.Join(columns, ", ")
}
