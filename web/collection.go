package web

import (
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	"onemap/geo"
	"onemap/layers"
)

// collection describes one layer (OGC 17-069r4, section 7.13; 18-058r1, section 6.2).
type collection struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Attribution string   `json:"attribution,omitempty"`
	ItemType    string   `json:"itemType"`
	Extent      *extent  `json:"extent,omitempty"`
	CRS         []string `json:"crs"`
	StorageCRS  string   `json:"storageCrs"`
	Links       []link   `json:"links"`
}

// extent is where and when a layer's records are; no spatial part where none has a position.
type extent struct {
	Spatial  *spatial `json:"spatial,omitempty"`
	Temporal temporal `json:"temporal"`
}

type spatial struct {
	BBox [][4]float64 `json:"bbox"`
	CRS  string       `json:"crs"`
}

type temporal struct {
	Interval [][2]*time.Time `json:"interval"`
	TRS      string          `json:"trs"`
}

const gregorian = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"

// newCollection describes a layer; the links are those of one in a list.
func (s *Server) newCollection(r *http.Request, v *layers.View, lang string) (collection, error) {
	box, span, placed, err := s.store.Extent(r.Context(), v)
	if err != nil {
		return collection{}, err
	}
	at := s.base(r) + "/api/collections/" + v.ID
	text := func(zh, en string) string { return in(lang, layers.Text{Zh: zh, En: en}) }
	c := collection{
		ID: v.ID, Title: in(lang, v.Title), Description: in(lang, v.Description), Attribution: in(lang, v.Source.Name),
		ItemType: "feature", StorageCRS: geo.EPSG4490.URI(),
		Extent: &extent{Temporal: temporal{Interval: [][2]*time.Time{span}, TRS: gregorian}},
		Links: []link{
			{at, "self", jsonType, in(lang, v.Title)},
			{at + "/items", "items", geoJSONType, text("要素（GeoJSON）", "The features as GeoJSON")},
			{at + "/items?f=html", "items", "text/html", text("要素（网页）", "The features as HTML")},
			{at + "/queryables", relQueryables, schemaType, text("可筛选的字段", "What can be filtered by")},
			{at + "/sortables", relSortables, schemaType, text("可排序的字段", "What can be sorted by")},
			{at + "/schema", relSchema, schemaType, text("字段定义", "The fields' schema")},
			{at + "/schema", "describedby", schemaType, text("字段定义", "The fields' schema")},
			{s.base(r) + "/tiles/" + v.ID + ".json", relTiles, jsonType, text("矢量瓦片（TileJSON）", "Vector tiles (TileJSON)")},
		},
	}
	c.Links = append(c.Links, exportLinks(at, lang)...)
	for _, crs := range servedCRS() {
		c.CRS = append(c.CRS, crs.URI())
	}
	if v.Source.Licence != "" {
		c.Attribution += " (" + v.Source.Licence + ")"
	}
	if placed {
		c.Extent.Spatial = &spatial{
			BBox: [][4]float64{{box.Min[0], box.Min[1], box.Max[0], box.Max[1]}},
			CRS:  geo.CRS84.URI(),
		}
	}
	return c, nil
}

// collections lists all layers (OGC 17-069r4, section 7.14).
type collections struct {
	Links       []link       `json:"links"`
	CRS         []string     `json:"crs"`
	Collections []collection `json:"collections"`
}

// getCollections lists the layers that the reader may see.
func (s *Server) getCollections(w http.ResponseWriter, r *http.Request) error {
	ask, err := s.ask(w, r)
	if err != nil {
		return err
	}
	views := s.catalogue.For(readerOf(r))
	answer := collections{
		Links:       s.selfLinks(r, ask.params, ask.form, jsonType),
		Collections: make([]collection, len(views)),
	}
	for _, crs := range servedCRS() {
		answer.CRS = append(answer.CRS, crs.URI())
	}
	group, ctx := errgroup.WithContext(r.Context())
	group.SetLimit(countsAtOnce)
	for i, v := range views {
		group.Go(func() (err error) {
			answer.Collections[i], err = s.newCollection(r.WithContext(ctx), v, ask.lang)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	title := in(ask.lang, layers.Text{Zh: "图层", En: "Layers"})
	return s.answer(w, r, ask, jsonType, "collections.html", title, answer)
}

// getCollection describes one layer.
func (s *Server) getCollection(w http.ResponseWriter, r *http.Request) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	ask, err := s.ask(w, r)
	if err != nil {
		return err
	}
	c, err := s.newCollection(r, v, ask.lang)
	if err != nil {
		return err
	}
	c.Links = append(s.selfLinks(r, ask.params, ask.form, jsonType), c.Links[1:]...)
	return s.answer(w, r, ask, jsonType, "collection.html", c.Title, c)
}

// getQueryables answers with the JSON Schema of what can be filtered by.
func (s *Server) getQueryables(w http.ResponseWriter, r *http.Request) error {
	return s.sendSchema(w, r, all, layers.Queryables, layers.Text{Zh: "可筛选的字段", En: "Queryables"})
}

// getSchema answers with the JSON Schema of a feature's properties.
func (s *Server) getSchema(w http.ResponseWriter, r *http.Request) error {
	return s.sendSchema(w, r, all, layers.Schema, layers.Text{Zh: "字段定义", En: "Schema"})
}

// getSortables answers with the JSON Schema of what can be sorted by.
func (s *Server) getSortables(w http.ResponseWriter, r *http.Request) error {
	return s.sendSchema(w, r, (*layers.View).Sortables, layers.Sortables, layers.Text{Zh: "可排序的字段", En: "Sortables"})
}

func all(v *layers.View) *layers.View { return v }

// sendSchema answers with a schema, or with a table of the fields of a part of the view.
func (s *Server) sendSchema(w http.ResponseWriter, r *http.Request, part func(*layers.View) *layers.View, schema func(*layers.View, string) layers.Object, what layers.Text) error {
	v, err := s.view(r)
	if err != nil {
		return err
	}
	ask, err := s.ask(w, r)
	if err != nil {
		return err
	}
	title := in(ask.lang, v.Title) + " · " + in(ask.lang, what)
	if ask.form == formHTML {
		return s.answer(w, r, ask, schemaType, "schema.html", title, newLayerInfo(part(v)))
	}
	return sendJSON(w, r, schemaType, schema(v, s.base(r)+r.URL.Path))
}
