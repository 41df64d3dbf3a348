package ask

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"
)

//go:embed answer.html
var pageText string

var page = sync.OnceValues(func() (*template.Template, error) {
	return template.New("answer").Funcs(template.FuncMap{"in": In, "words": Column{}.Words, "stamp": stampOf, "at": stamp}).Parse(pageText)
})

// PagePolicy is the content security policy under which the page of an answer is shown: it
// has no script, and its one style by hash.
var PagePolicy = sync.OnceValue(func() string {
	_, rest, _ := strings.Cut(pageText, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

// mostPageRows is how many rows of a table the page has.
const mostPageRows = 2000

// writePage writes a page to print, without scripts.
func writePage(w io.Writer, a *Answer, lang string) error {
	t, err := page()
	if err != nil {
		return err
	}
	type input struct{ Name, Value string }
	type table struct {
		*Table
		Shown  []Row
		Hidden int
	}
	value := struct {
		*Answer
		Lang   string
		Given  []input
		Lists  []table
		Sketch *sketch
	}{Answer: a, Lang: lang, Sketch: draw(a)}
	for _, name := range slices.Sorted(maps.Keys(a.Inputs)) {
		value.Given = append(value.Given, input{name, cut(string(a.Inputs[name]), 400)})
	}
	for _, t := range a.Tables {
		shown := min(len(t.Rows), mostPageRows)
		value.Lists = append(value.Lists, table{t, t.Rows[:shown], len(t.Rows) - shown + t.More})
	}
	return t.Execute(w, value)
}

// Cells are the values of a row for people.
func (t *Table) Cells(values []any, lang string) []string {
	cells := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		if cells[i] = c.Words(valueAt(values, i), lang); i < len(values) && values[i] == "" {
			cells[i] = ""
		}
	}
	return cells
}

// sketch is a drawing of an answer's shapes and places, in a box of 1000 a side at most.
type sketch struct {
	Width, Height int
	Shapes        []stroke
	Dots          []dot
	Metres        int // of the drawing's width
}

type stroke struct {
	Path, Colour string
	Area         bool
}

type dot struct{ X, Y float64 }

const (
	sketchSide = 1000
	mostDots   = 3000
)

// draw sketches an answer; nil where there is nothing to draw.
func draw(a *Answer) *sketch {
	var box orb.Bound
	any := false
	grow := func(g orb.Geometry) {
		if g == nil {
			return
		}
		if b := g.Bound(); !b.IsEmpty() && !any {
			box, any = b, true
		} else if !b.IsEmpty() {
			box = box.Union(b)
		}
	}
	for _, d := range a.Shapes {
		grow(d.Geometry)
	}
	for _, t := range a.Tables {
		for _, r := range t.Rows {
			if p, ok := r.Geometry.(orb.Point); ok {
				grow(p)
			}
		}
	}
	if !any {
		return nil
	}
	squeeze := math.Cos(box.Center()[1] * math.Pi / 180)
	wide, high := math.Max((box.Max[0]-box.Min[0])*squeeze, 1e-4), math.Max(box.Max[1]-box.Min[1], 1e-4)
	scale := (sketchSide - 40) / math.Max(wide, high)
	s := &sketch{Width: int(wide*scale) + 40, Height: int(high*scale) + 40}
	s.Metres = int((float64(s.Width) / scale) * 111_320)
	at := func(p orb.Point) (x, y float64) {
		return 20 + (p[0]-box.Min[0])*squeeze*scale, 20 + (box.Max[1]-p[1])*scale
	}
	for _, d := range a.Shapes {
		if path, area := trace(d.Geometry, at); path != "" {
			colour := d.Colour
			if colour == "" {
				colour = "#1f5f99"
			}
			s.Shapes = append(s.Shapes, stroke{path, colour, area})
		}
	}
	for _, t := range a.Tables {
		for _, r := range t.Rows {
			if p, ok := r.Geometry.(orb.Point); ok && len(s.Dots) < mostDots {
				x, y := at(p)
				s.Dots = append(s.Dots, dot{math.Round(x), math.Round(y)})
			}
		}
	}
	return s
}

// trace is a geometry as the path of an SVG, to whole units; points are small crosses.
func trace(g orb.Geometry, at func(orb.Point) (float64, float64)) (path string, area bool) {
	var b strings.Builder
	line := func(points []orb.Point, closed bool) {
		lastX, lastY := math.Inf(1), 0.0
		for i, p := range points {
			x, y := at(p)
			x, y = math.Round(x), math.Round(y)
			if x == lastX && y == lastY {
				continue
			}
			lastX, lastY = x, y
			if i == 0 {
				fmt.Fprintf(&b, "M%.0f %.0f", x, y)
			} else {
				fmt.Fprintf(&b, "L%.0f %.0f", x, y)
			}
		}
		if closed {
			b.WriteString("Z")
		}
	}
	cross := func(p orb.Point) {
		x, y := at(p)
		fmt.Fprintf(&b, "M%.0f %.0fh12M%.0f %.0fv12", x-6, y, x, y-6)
	}
	switch g := g.(type) {
	case orb.Point:
		cross(g)
	case orb.MultiPoint:
		for _, p := range g {
			cross(p)
		}
	case orb.LineString:
		line(g, false)
	case orb.MultiLineString:
		for _, l := range g {
			line(l, false)
		}
	case orb.Polygon:
		for _, r := range g {
			line(r, true)
		}
		area = true
	case orb.MultiPolygon:
		for _, p := range g {
			for _, r := range p {
				line(r, true)
			}
		}
		area = true
	}
	return b.String(), area
}
