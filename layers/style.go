package layers

import (
	"strings"
)

// Fonts are the CSS font names that labels are drawn with; the style has no glyph
// server, so a client draws all text itself.
var Fonts = []string{"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"}

// Colours of the ground that the layers are drawn on.
const (
	water   = "#d6e4ec"
	halo    = "#ffffff"
	ink     = "#37404a"
	outline = "#3a2f00" // dark edge around light symbols
)

// MapStyle is the MapLibre style (version 8) of some views: one vector source and a few
// style layers for each, in map order, switched on as declared. base is the server's
// address without a slash at the end; nothing refers to any other.
func MapStyle(views []*View, base string, center [2]float64, zoom float64) Object {
	sources := Object{}
	styleLayers := []Object{{"id": "background", "type": "background", "paint": Object{"background-color": water}}}
	var areas, lines, points, labels []Object
	for _, v := range views {
		sources[v.ID] = Object{
			"type": "vector", "tiles": []string{base + "/tiles/" + v.ID + "/{z}/{x}/{y}.mvt"},
			"minzoom": v.Zoom.Min, "maxzoom": v.Zoom.Max, "attribution": v.Source.Name.Zh,
		}
	}
	for i := len(views) - 1; i >= 0; i-- { // the page lists from the top of the map down
		d := drawing{View: views[i]}
		switch d.Geometry.Dimension() {
		case 2:
			areas = append(areas, d.areas()...)
		case 1:
			lines = append(lines, d.lines()...)
		default:
			points = append(points, d.symbols()...)
		}
		// What is too small to draw of the base (a short street, a village) is no news on
		// the map; of every other layer it is shown as counted cells under the symbols.
		if d.Geometry.Dimension() > 0 && d.Thin != nil && d.Group != Base {
			areas = append(areas, d.small(), d.cells(), d.clusterCounts())
		}
		labels = append(labels, d.labels()...)
	}
	for _, group := range [][]Object{areas, lines, points, labels} {
		styleLayers = append(styleLayers, group...)
	}
	return Object{
		"version": 8, "name": "一张图 One Map", "center": center, "zoom": zoom,
		"sprite": base + "/sprites/onemap", "sources": sources, "layers": styleLayers,
	}
}

// drawing makes the style layers of one view.
type drawing struct{ *View }

func (d drawing) layer(kind, styleType, sourceLayer string, o Object) Object {
	visibility := "none"
	if d.Visible {
		visibility = "visible"
	}
	layout, _ := o["layout"].(Object)
	if layout == nil {
		layout = Object{}
	}
	layout["visibility"] = visibility
	o["layout"] = layout
	o["id"], o["type"], o["source"], o["source-layer"] = d.ID+"/"+kind, styleType, d.ID, sourceLayer
	o["metadata"] = Object{"onemap:layer": d.ID}
	if _, set := o["minzoom"]; !set {
		o["minzoom"] = d.Zoom.Min
	}
	return o
}

var (
	isArea   = []any{"==", []any{"geometry-type"}, "Polygon"}
	isLine   = []any{"==", []any{"geometry-type"}, "LineString"}
	isPoint  = []any{"==", []any{"geometry-type"}, "Point"}
	gathered = []any{"has", "point_count"}
	single   = []any{"!", gathered}
)

// colour is the colour of a feature, by its code where the layer is styled by one.
func (d drawing) colour() any {
	by := d.By()
	if by == nil {
		return d.Style.Colour
	}
	match := []any{"match", []any{"get", by.Name}}
	for _, c := range by.List.Items {
		if c.Colour != "" {
			match = append(match, c.Code, c.Colour)
		}
	}
	if len(match) == 2 {
		return d.Style.Colour
	}
	return append(match, d.Style.Colour)
}

func (d drawing) areas() []Object {
	opacity := orDefault(d.Style.Opacity, 0.35)
	edge := Object{"line-join": "round"}
	if rank := d.rank(1); rank != nil {
		edge["line-sort-key"] = rank
	}
	// Far out many areas lie one on another; there they are faint, and so are their edges.
	far := byZoom(8, opacity*0.45, 12, opacity)
	fill := Object{"fill-color": d.colour(), "fill-opacity": far}
	if d.Style.Pattern != "" {
		fill = Object{"fill-pattern": d.icon("hatch"), "fill-opacity": far}
	}
	return []Object{
		d.layer("fill", "fill", d.ID, Object{"filter": isArea, "paint": fill}),
		d.layer("line", "line", d.ID, Object{"filter": isArea, "layout": edge, "paint": Object{
			"line-color": d.colour(), "line-width": byZoom(8, orDefault(d.Style.Width, 1)*0.6, 16, orDefault(d.Style.Width, 1)*1.6), "line-opacity": byZoom(8, 0.5, 12, 0.9),
		}}),
	}
}

func (d drawing) lines() []Object {
	w := orDefault(d.Style.Width, 1.5)
	return []Object{d.layer("line", "line", d.ID, Object{
		"filter": isLine, "layout": Object{"line-join": "round", "line-cap": "round"},
		"paint": Object{"line-color": d.colour(), "line-width": byZoom(8, w*0.4, 16, w*2.2), "line-opacity": orDefault(d.Style.Opacity, 0.9)},
	})}
}

// icon is the sprite name of a feature: its symbol and colour, or a hatch of its colour.
func (d drawing) icon(form string) any {
	name := func(s Symbol, colour string) string {
		if form != "" {
			s = Symbol(form)
		}
		return IconName(s, colour)
	}
	fallback := name(orSymbol(d.Style.Symbol), d.Style.Colour)
	by := d.By()
	if by == nil {
		return fallback
	}
	match := []any{"match", []any{"get", by.Name}}
	for _, c := range by.List.Items {
		match = append(match, c.Code, name(d.symbolOf(c), d.colourOf(c)))
	}
	return append(match, fallback)
}

func (d drawing) symbolOf(c *Code) Symbol {
	if c.Symbol != "" {
		return c.Symbol
	}
	return orSymbol(d.Style.Symbol)
}

func (d drawing) colourOf(c *Code) string {
	if c.Colour != "" {
		return c.Colour
	}
	return d.Style.Colour
}

// IconName is the sprite's name of a symbol in a colour, such as diamond-d7263d.
func IconName(s Symbol, colour string) string {
	return string(s) + "-" + strings.TrimPrefix(colour, "#")
}

func (d drawing) symbols() []Object {
	// Icons are drawn 24 px wide in the sprite; size is px at zoom 14.
	size := orDefault(d.Style.Size, 14) / 24
	layout := Object{
		"icon-image": d.icon(""), "icon-size": byZoom(8, size*0.6, 16, size*1.25),
		"icon-allow-overlap": true, "icon-ignore-placement": true,
	}
	if rank := d.rank(1); rank != nil {
		layout["symbol-sort-key"] = rank // the gravest on top
	}
	return []Object{
		d.layer("symbol", "symbol", d.ID, Object{"filter": single, "layout": layout}),
		d.clusters(), d.clusterCounts(),
	}
}

// rank orders features by an ordered code list, the first item highest (sign 1) or
// lowest (sign -1); nil where the layer has no order.
func (d drawing) rank(sign int) any {
	by := d.By()
	if by == nil || !by.List.Ordered {
		return nil
	}
	rank := []any{"match", []any{"get", by.Name}}
	for i, c := range by.List.Items {
		rank = append(rank, c.Code, sign*(len(by.List.Items)-i))
	}
	return append(rank, 0)
}

// small draws a line or polygon that stands alone in its cell at a zoom where it is too
// small to draw.
func (d drawing) small() Object {
	return d.layer("small", "circle", d.ID, Object{"filter": []any{"all", isPoint, single}, "paint": Object{
		"circle-radius": 2, "circle-color": d.colour(), "circle-opacity": 0.8,
	}})
}

func (d drawing) clusters() Object {
	return d.layer("cluster", "circle", d.ID, Object{"filter": gathered, "paint": Object{
		"circle-radius": clusterRadius, "circle-color": "#ffffff", "circle-opacity": 0.92,
		"circle-stroke-color": d.Style.Colour, "circle-stroke-width": 2.5,
	}})
}

// cells draws gathered lines and polygons as a faint disc in the layer's colour.
func (d drawing) cells() Object {
	return d.layer("cluster", "circle", d.ID, Object{"filter": gathered, "paint": Object{
		"circle-radius": clusterRadius, "circle-color": d.Style.Colour, "circle-opacity": 0.22, "circle-blur": 0.3,
	}})
}

// clusterRadius grows with the root of the count, so that area speaks.
var clusterRadius = []any{
	"interpolate",
	[]any{"linear"},
	[]any{"^", []any{"get", "point_count"}, 0.5},
	1, 9, 10, 12, 32, 16, 100, 22,
}

func (d drawing) clusterCounts() Object {
	return d.layer("cluster-count", "symbol", d.ID, Object{"filter": gathered, "layout": Object{
		"text-field": []any{"get", "point_count_abbreviated"}, "text-font": Fonts, "text-size": 11,
		"text-allow-overlap": true, "text-ignore-placement": true,
	}, "paint": Object{"text-color": ink}})
}

func (d drawing) labels() []Object {
	if d.Style.Labels == 0 || d.Named() == nil {
		return nil
	}
	layout := Object{
		"text-field": []any{"coalesce", []any{"get", d.Label}, ""}, "text-font": Fonts,
		"text-size": byZoom(8, 11, 16, 13), "text-padding": 4, "text-max-width": 8,
	}
	if rank := d.rank(-1); rank != nil {
		layout["symbol-sort-key"] = rank // labels are placed lowest first: the gravest name wins
	}
	paint := Object{"text-color": ink, "text-halo-color": halo, "text-halo-width": 1.4}
	o := Object{"layout": layout, "paint": paint, "minzoom": max(d.Style.Labels, d.Zoom.Min)}
	source := d.ID
	switch d.Geometry.Dimension() {
	case 2:
		source = d.LabelLayer()
	case 1:
		layout["symbol-placement"] = "line"
		o["filter"] = isLine
	default:
		layout["text-offset"], layout["text-anchor"], layout["text-optional"] = []float64{0, 1.1}, "top", true
		o["filter"] = single
	}
	return []Object{d.layer("label", "symbol", source, o)}
}

// Legend is the code list of the styled field as drawn: every item with colour and
// symbol; a layer that is not styled by a field has one entry without a code.
func (v *View) Legend() []Code {
	d := drawing{v}
	by := v.By()
	if by == nil {
		return []Code{{Title: v.Title, Colour: v.Style.Colour, Symbol: orSymbol(v.Style.Symbol)}}
	}
	legend := make([]Code, len(by.List.Items))
	for i, c := range by.List.Items {
		legend[i] = Code{Code: c.Code, Title: c.Title, Colour: d.colourOf(c), Symbol: d.symbolOf(c)}
	}
	return legend
}

func byZoom(z1 int, v1 float64, z2 int, v2 float64) []any {
	return []any{"interpolate", []any{"linear"}, []any{"zoom"}, z1, v1, z2, v2}
}

func orDefault(x, otherwise float64) float64 {
	if x == 0 {
		return otherwise
	}
	return x
}

func orSymbol(s Symbol) Symbol {
	if s == "" {
		return Circle
	}
	return s
}
