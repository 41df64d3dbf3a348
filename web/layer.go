package web

import (
	"net/http"

	"onemap/layers"
)

// layerInfo is a declaration as one reader may see it, for the page: what the layer is,
// its fields, how it is drawn, its legend and the code lists that spell out its values.
type layerInfo struct {
	ID          string                  `json:"id"`
	Title       layers.Text             `json:"title"`
	Description layers.Text             `json:"description"`
	Group       layers.Group            `json:"group"`
	Order       int                     `json:"order"`
	Geometry    layers.Geometry         `json:"geometry"`
	Label       string                  `json:"label,omitempty"`
	Area        string                  `json:"area,omitempty"`
	Zoom        layers.ZoomRange        `json:"zoom"`
	Visible     bool                    `json:"visible"`
	Fields      []*layers.Field         `json:"fields"`
	Standard    []*layers.Field         `json:"standard"` // fields that every layer has
	Style       layers.Style            `json:"style"`
	Thin        *layers.Thin            `json:"thin,omitempty"`
	Source      layers.Source           `json:"source"`
	Access      layers.Access           `json:"access"`
	Legend      []layers.Code           `json:"legend"`
	CodeLists   map[string]codeListInfo `json:"codelists"`
}

// codeListInfo is a code list without the spellings met in survey files.
type codeListInfo struct {
	Title   layers.Text   `json:"title"`
	Ordered bool          `json:"ordered"`
	Status  string        `json:"status"`
	Source  string        `json:"source"`
	Items   []layers.Code `json:"items"`
}

func newLayerInfo(v *layers.View) layerInfo {
	info := layerInfo{
		ID: v.ID, Title: v.Title, Description: v.Description, Group: v.Group, Order: v.Order,
		Geometry: v.Geometry, Zoom: v.Zoom, Visible: v.Visible,
		Fields: v.Fields, Standard: v.Standard, Style: v.Style, Thin: v.Thin,
		Source: v.Source, Access: v.Access, Legend: v.Legend(), CodeLists: map[string]codeListInfo{},
	}
	// A field that the reader may not see cannot be named, not even as label or style.
	if v.Named() != nil {
		info.Label = v.Label
	}
	if v.Field(v.Area) != nil {
		info.Area = v.Area
	}
	if v.By() == nil {
		info.Style.By = ""
	}
	for _, f := range v.Columns() {
		if f.List != nil {
			info.CodeLists[f.List.ID] = newCodeListInfo(f.List)
		}
	}
	return info
}

func newCodeListInfo(l *layers.CodeList) codeListInfo {
	info := codeListInfo{Title: l.Title, Ordered: l.Ordered, Status: l.Status, Source: l.Source, Items: make([]layers.Code, len(l.Items))}
	for i, item := range l.Items {
		info.Items[i] = layers.Code{Code: item.Code, Title: item.Title, Colour: item.Colour, Symbol: item.Symbol}
	}
	return info
}

// groupInfo is one of the page's drawers.
type groupInfo struct {
	ID    layers.Group `json:"id"`
	Title layers.Text  `json:"title"`
}

// groups are the drawers in the page's order.
var groups = []groupInfo{
	{layers.Safety, layers.Text{Zh: "安全生产", En: "Work safety"}},
	{layers.Hazard, layers.Text{Zh: "自然灾害", En: "Natural hazards"}},
	{layers.Exposed, layers.Text{Zh: "承灾体", En: "Exposed elements"}},
	{layers.Response, layers.Text{Zh: "应急力量", En: "Response"}},
	{layers.Base, layers.Text{Zh: "基础", En: "Base"}},
}

// getLayers lists the layers that the reader may see, in the page's order.
func (s *Server) getLayers(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	answer := struct {
		Groups []groupInfo `json:"groups"`
		Layers []layerInfo `json:"layers"`
	}{groups, []layerInfo{}}
	for _, v := range s.catalogue.For(readerOf(r)) {
		answer.Layers = append(answer.Layers, newLayerInfo(v))
	}
	return sendJSON(w, r, "application/json", answer)
}

// getLayer answers with one layer's declaration.
func (s *Server) getLayer(w http.ResponseWriter, r *http.Request) error {
	if _, err := s.only(r); err != nil {
		return err
	}
	v, err := s.view(r)
	if err != nil {
		return err
	}
	return sendJSON(w, r, "application/json", newLayerInfo(v))
}

// view returns the layer that the path names, as the reader may see it.
func (s *Server) view(r *http.Request) (*layers.View, error) {
	return s.catalogue.View(readerOf(r), pathValue(r, "layer"))
}
