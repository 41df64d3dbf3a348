package layers

import "fmt"

// Template names a file that was made for another layer (F5): most of its columns are
// unknown to the layer it is brought for, and another layer knows most of them.
func (c *Catalogue) Template(l *Layer, columns []string) []Finding {
	const few = 4
	own := l.knows(columns)
	if len(columns) < few || 2*own >= len(columns) {
		return nil
	}
	best, most := l, own
	for _, other := range c.layers {
		if n := other.knows(columns); n > most {
			best, most = other, n
		}
	}
	if best == l || 2*most < len(columns) {
		return nil
	}
	f := l.find("F5", 0, "", best.ID, fmt.Sprintf("文件像是“%s”的模板：%d 列中 %d 列属于它，只有 %d 列属于“%s”", best.Title.Zh, len(columns), most, own, l.Title.Zh),
		fmt.Sprintf("The file looks like one of layer %s: it knows %d of %d columns, %s only %d", best.ID, most, len(columns), l.ID, own))
	f.Allowed, f.Repair = l.ID, best.ID
	return []Finding{f}
}

// knows counts the columns that the layer has a field for.
func (l *Layer) knows(columns []string) int {
	m, _, err := l.Match(columns, nil, nil)
	if err != nil {
		return 0
	}
	return len(m.Of)
}
