package web

import (
	"net/http"
	"strconv"

	"onemap/layers"
)

// itemsPage is a page of features for the HTML form.
type itemsPage struct {
	Layer    layers.Text
	ID       string
	Columns  []*layers.Field
	Rows     []itemRow
	Matched  int64
	Returned int
	Next     string
	Crs      string
}

type itemRow struct {
	ID     int64
	Placed bool
	Values []any
}

// sendItemsPage answers with a page of features as a table.
func (s *Server) sendItemsPage(w http.ResponseWriter, r *http.Request, a asked, q layers.Query, matched int64) error {
	page := itemsPage{Layer: q.View.Title, ID: q.View.ID, Columns: q.View.Columns(), Matched: matched, Crs: q.CRS.String()}
	most, last := q.Limit, ""
	q.Limit++
	err := s.store.Items(r.Context(), q, func(item layers.Item) error {
		if len(page.Rows) == most {
			page.Next = s.nextLink(r, with(a.params, "f", formHTML), last, "text/html").Href
			return nil
		}
		page.Rows = append(page.Rows, itemRow{ID: item.ID, Placed: item.WKB != nil, Values: values(item)})
		if len(page.Rows) == most {
			last = q.Cursor(item)
		}
		return nil
	})
	if err != nil {
		return err
	}
	page.Returned = len(page.Rows)
	title := in(a.lang, q.View.Title) + " · " + in(a.lang, layers.Text{Zh: "要素", En: "features"})
	w.Header().Set("Content-Crs", "<"+q.CRS.URI()+">")
	return s.answer(w, r, a, geoJSONType, "items.html", title, page)
}

// itemPage is one feature for the HTML form.
type itemPage struct {
	Layer   layers.Text
	ID      string
	Columns []*layers.Field
	Row     itemRow
}

// sendItemPage answers with one feature as a list of its fields.
func (s *Server) sendItemPage(w http.ResponseWriter, r *http.Request, a asked, item layers.Item) error {
	row := itemRow{ID: item.ID, Placed: item.WKB != nil, Values: values(item)}
	page := itemPage{Layer: item.View.Title, ID: item.View.ID, Columns: item.View.Columns(), Row: row}
	title := in(a.lang, item.View.Title) + " " + strconv.FormatInt(item.ID, 10)
	if v, ok := item.Value(item.View.Label); ok && v != nil {
		title = show(a.lang, item.View.Field(item.View.Label), v)
	}
	return s.answer(w, r, a, geoJSONType, "item.html", title, page)
}

func values(item layers.Item) []any {
	columns := item.View.Columns()
	out := make([]any, len(columns))
	for i, f := range columns {
		out[i], _ = item.Value(f.Name)
	}
	return out
}
