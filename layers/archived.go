package layers

import (
	"onemap/layers/fault"
)

// Archived returns the declarations of the named layers as far as an archive of tiles of
// the zooms from least to most bears them out: with those zooms at most. The error is NotFound where a layer is not declared.
func (c *Catalogue) Archived(ids []string, least, most int) (*Catalogue, error) {
	part := &Catalogue{byID: map[string]*Layer{}, codes: c.codes}
	for _, id := range ids {
		if c.byID[id] == nil {
			return nil, fault.New(fault.NotFound, "The archive has the layer %s, which is not declared here; give its declaration with --layers.", quote(id))
		}
		l := *c.byID[id]
		l.Zoom.Max = min(l.Zoom.Max, most)
		l.Zoom.Min = min(max(l.Zoom.Min, least), l.Zoom.Max)
		part.byID[id] = &l
	}
	for _, l := range c.layers {
		if own := part.byID[l.ID]; own != nil {
			part.layers = append(part.layers, own)
		}
	}
	return part, nil
}
