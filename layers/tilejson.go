package layers

import (
	"fmt"
	"maps"
	"sort"
	"strings"

	"github.com/paulmach/orb"
)

// TileJSON is a TileJSON 3.0.0 document.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Description  string        `json:"description,omitempty"`
	Attribution  string        `json:"attribution,omitempty"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      int           `json:"minzoom"`
	MaxZoom      int           `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"`
	Center       [3]float64    `json:"center"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// VectorLayer describes one MVT layer of a tile set.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     int               `json:"minzoom"`
	MaxZoom     int               `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// NewTileJSON describes the tiles of some views; base is the server's address without a
// slash at the end, bounds the box of their records.
func NewTileJSON(views []*View, base string, bounds orb.Bound) TileJSON {
	ids := make([]string, len(views))
	titles := make([]string, len(views))
	seen := map[string]bool{}
	var sources []string
	t := TileJSON{TileJSON: "3.0.0", Scheme: "xyz", MinZoom: 22}
	for i, v := range views {
		ids[i], titles[i] = v.ID, v.Title.Zh+" "+v.Title.En
		if name := v.Source.Name.Zh; !seen[name] {
			seen[name] = true
			sources = append(sources, name)
		}
		t.MinZoom, t.MaxZoom = min(t.MinZoom, v.Zoom.Min), max(t.MaxZoom, v.Zoom.Max)
		t.VectorLayers = append(t.VectorLayers, v.vectorLayers()...)
	}
	sort.Strings(sources)
	t.Name = strings.Join(titles, ", ")
	t.Attribution = strings.Join(sources, ", ")
	t.Tiles = []string{fmt.Sprintf("%s/tiles/%s/{z}/{x}/{y}.mvt", base, strings.Join(ids, ","))}
	t.Bounds = [4]float64{bounds.Min[0], bounds.Min[1], bounds.Max[0], bounds.Max[1]}
	c := bounds.Center()
	t.Center = [3]float64{c[0], c[1], float64(max(t.MinZoom, min(9, t.MaxZoom)))}
	return t
}

func (v *View) vectorLayers() []VectorLayer {
	fields := map[string]string{}
	for _, f := range v.TileFields(v.Zoom.Max) {
		kind := "String"
		switch f.Type {
		case TypeInteger, TypeNumber:
			kind = "Number"
		case TypeBoolean:
			kind = "Boolean"
		}
		fields[f.Name] = kind
	}
	label := maps.Clone(fields)
	label[v.Label] = "String"
	main := VectorLayer{ID: v.ID, Description: v.Title.Zh + " " + v.Title.En, MinZoom: v.Zoom.Min, MaxZoom: v.Zoom.Max, Fields: fields}
	if v.Thin != nil {
		fields["cluster"], fields["point_count"], fields["point_count_abbreviated"] = "Boolean", "Number", "String"
		if by := v.By(); by != nil {
			for _, c := range by.List.Codes() {
				fields["n_"+c] = "Number"
			}
		}
	}
	if v.Geometry.Dimension() < 2 || v.Style.Labels == 0 || v.Named() == nil {
		return []VectorLayer{main}
	}
	return []VectorLayer{main, {
		ID: v.LabelLayer(), Description: main.Description + " (label points)",
		MinZoom: max(v.Style.Labels, v.Zoom.Min), MaxZoom: v.Zoom.Max, Fields: label,
	}}
}
