package ask

import (
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"time"

	"onemap/layers"
	"onemap/layers/fault"
)

// Form is a kind of file that an answer can be had as.
type Form struct {
	ID        string      // as in f=xlsx
	MediaType string      // for Content-Type
	Extension string      // with its dot
	Title     layers.Text // for people

	write func(io.Writer, *Answer, string) error
}

// Forms are all kinds, JSON first.
func Forms() []*Form {
	return []*Form{
		{"json", "application/json", ".json", layers.Text{Zh: "JSON", En: "JSON"}, writeJSON},
		{"html", "text/html; charset=utf-8", ".html", layers.Text{Zh: "可打印网页", En: "Page to print"}, writePage},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", layers.Text{Zh: "Excel 工作簿", En: "Excel workbook"}, writeWorkbook},
		{"geojson", "application/geo+json", ".geojson", layers.Text{Zh: "GeoJSON", En: "GeoJSON"}, writeGeoJSON},
		{"gpkg", "application/geopackage+sqlite3", ".gpkg", layers.Text{Zh: "GeoPackage", En: "GeoPackage"}, writeGeoPackage},
	}
}

// FormByName returns a kind of file by its id, or nil.
func FormByName(id string) *Form {
	for _, f := range Forms() {
		if f.ID == id {
			return f
		}
	}
	return nil
}

// FormNames lists the ids, for messages.
func FormNames() string {
	var ids []string
	for _, f := range Forms() {
		ids = append(ids, f.ID)
	}
	return strings.Join(ids, ", ")
}

// Write writes an answer. lang is zh or en, for what has one language. The error is
// Unavailable when it can't be written.
func (f *Form) Write(w io.Writer, a *Answer, lang string) error {
	return fault.Wrap(f.write(w, a, lang), fault.Unavailable, "The answer can't be written as %s", f.ID)
}

func writeJSON(w io.Writer, a *Answer, _ string) error { return json.NewEncoder(w).Encode(a) }

// In is a text in a language.
func In(lang string, t layers.Text) string {
	if lang == "en" && t.En != "" {
		return t.En
	}
	return t.Zh
}

// Plain is a value of a row as files hold it: a number, a bool, a text, a time, or nil.
// Codes read as their titles.
func (c Column) Plain(v any, lang string) any {
	switch x := v.(type) {
	case nil, bool, int, int64, float64, time.Time:
		return v
	case layers.Text:
		return In(lang, x)
	case string:
		if legend, ok := c.Codes[x]; ok {
			return In(lang, legend.Title)
		}
		return x
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return c.Plain(r.Elem().Interface(), lang)
	case reflect.Slice:
		parts := make([]string, r.Len())
		for i := range parts {
			parts[i] = c.Words(r.Index(i).Interface(), lang)
		}
		return strings.Join(parts, In(lang, layers.Text{Zh: "、", En: ", "}))
	}
	if text, err := json.Marshal(v); err == nil {
		return strings.Trim(string(text), `"`)
	}
	return fmt.Sprint(v)
}

// Words is a value for people.
func (c Column) Words(v any, lang string) string {
	switch x := c.Plain(v, lang).(type) {
	case nil:
		return "—"
	case bool:
		if x {
			return In(lang, layers.Text{Zh: "是", En: "yes"})
		}
		return In(lang, layers.Text{Zh: "否", En: "no"})
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case time.Time:
		return x.In(layers.Beijing).Format("2006-01-02 15:04") + " UTC+8"
	case string:
		return x
	default:
		return fmt.Sprint(x)
	}
}

// Heading is a column's title with its unit.
func (c Column) Heading(lang string) string {
	if c.Unit == "" || c.Unit == "1" {
		return In(lang, c.Title)
	}
	return In(lang, c.Title) + " (" + c.Unit + ")"
}

// AgeIn is how old a source's newest record is.
func (s *Source) AgeIn(lang string) string {
	if s.Age == nil {
		return "—"
	}
	days := *s.Age / 86400
	if days < 2 {
		return fmt.Sprintf("%.1f h", *s.Age/3600)
	}
	return In(lang, layers.Text{Zh: fmt.Sprintf("%.0f 天", days), En: fmt.Sprintf("%.0f days", days)})
}
