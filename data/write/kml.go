package write

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
)

// kml writes KML 2.2 (OGC 07-147r2): a schema of typed columns, a style for each code of
// the styled field, a placemark a record, its codes by their Chinese titles since people read it.
type kml struct {
	*job
	out    *bufio.Writer
	closer func() error // of the archive around it
	b      bytes.Buffer
	by     *layers.Field
	at     map[string]int // columns of by, name, description, from and to, where there are such
	data   []int          // the other columns
}

func newKML(j *job) (Writer, error) { return startKML(j, j.w, func() error { return nil }) }

// newKMZ begins a zip archive with the document as doc.kml (OGC 07-147r2, annex C).
func newKMZ(j *job) (Writer, error) {
	archive := zip.NewWriter(j.w)
	w, err := archive.CreateHeader(&zip.FileHeader{Name: "doc.kml", Method: zip.Deflate, Modified: j.At})
	if err != nil {
		return nil, unwritable(err)
	}
	return startKML(j, w, archive.Close)
}

func startKML(j *job, w io.Writer, closer func() error) (*kml, error) {
	k := &kml{job: j, out: bufio.NewWriterSize(w, 64<<10), closer: closer, by: j.view.By(), at: map[string]int{}}
	k.arrange()
	k.head()
	_, err := k.out.Write(k.b.Bytes())
	return k, unwritable(err)
}

// arrange finds the columns that KML has elements for.
func (k *kml) arrange() {
	roles := map[string]string{"valid_from": "from", "valid_to": "to"}
	if v := k.view.Valid; v != nil {
		for role, name := range map[string]string{"from": v.From, "to": v.To} {
			if name != "" {
				roles[name] = role
				delete(roles, "valid_"+role)
			}
		}
	}
	roles["name"], roles["description"] = "name", "description"
	if k.view.Field("name") == nil {
		roles[k.view.Label] = "label" // in data too
	}
	for i, c := range k.columns {
		role := roles[c.Name]
		if role != "" {
			k.at[role] = i
		}
		if k.by != nil && c.Field == k.by {
			k.at["by"] = i
		}
		if role != "name" && role != "description" {
			k.data = append(k.data, i)
		}
	}
}

// value is the text of the column in a role; empty without one.
func (k *kml) value(role string, it layers.Item, titles bool) string {
	i, ok := k.at[role]
	if !ok {
		return ""
	}
	s, _ := text(k.columns[i].Field, k.columns[i].cell(it), titles)
	return s
}

// head writes everything before the first placemark.
func (k *kml) head() {
	v := k.view
	k.b.WriteString(xml.Header + `<kml xmlns="http://www.opengis.net/kml/2.2"><Document id="doc">`)
	name, about := v.Title.Zh+" "+v.Title.En, v.Description.Zh+" "+v.Description.En
	if k.Shift != "" {
		name += " (" + string(k.Shift) + ")"
		about += " 坐标已偏移为 " + string(k.Shift) + "，与标准 KML 底图不重合。 Positions are shifted to " + string(k.Shift) + " and do not fit the base maps of KML viewers."
	}
	if k.About != "" {
		about += " [" + k.About + "]"
	}
	k.element("name", name)
	k.element("description", about+" "+k.At.UTC().Format(time.RFC3339))
	k.styles()
	fmt.Fprintf(&k.b, `<Schema name="%s" id="schema">`, v.ID)
	for _, i := range k.data {
		c := k.columns[i]
		kind := "string"
		switch c.Type {
		case layers.TypeInteger:
			if r := c.Range; r != nil && r.Max != nil && *r.Max < 1<<31 && r.Min != nil && *r.Min >= -1<<31 {
				kind = "int"
			}
		case layers.TypeNumber:
			kind = "double"
		case layers.TypeBoolean:
			kind = "bool"
		}
		fmt.Fprintf(&k.b, `<SimpleField type="%s" name="%s">`, kind, c.Name)
		k.element("displayName", c.Title.Zh)
		k.b.WriteString("</SimpleField>")
	}
	k.b.WriteString("</Schema>\n")
}

// styles gives every code its colour; records without a code have the layer's.
func (k *kml) styles() {
	k.style("none", k.view.Style.Colour)
	if k.by == nil {
		return
	}
	for _, c := range k.by.List.Items {
		colour := c.Colour
		if colour == "" {
			colour = k.view.Style.Colour
		}
		k.style(c.Code, colour)
	}
}

// style writes a shared style; KML has its colours as alpha, blue, green, red.
func (k *kml) style(code, colour string) {
	bgr := "7f7f7f"
	if len(colour) == 7 {
		bgr = colour[5:7] + colour[3:5] + colour[1:3]
	}
	width := max(k.view.Style.Width, 1)
	fmt.Fprintf(&k.b, `<Style id="code-%s"><IconStyle><color>ff%s</color></IconStyle>`+
		`<LineStyle><color>ff%s</color><width>%v</width></LineStyle><PolyStyle><color>99%s</color></PolyStyle></Style>`+"\n", code, bgr, bgr, width, bgr)
}

func (k *kml) element(name, value string) {
	k.b.WriteString("<" + name + ">")
	k.escape(value)
	k.b.WriteString("</" + name + ">")
}

// escape writes text; what XML 1.0 can't hold becomes U+FFFD.
func (k *kml) escape(s string) { _ = xml.EscapeText(&k.b, []byte(s)) }

// Add writes a placemark.
func (k *kml) Add(it layers.Item) error {
	g, err := k.geometry(it)
	if err != nil {
		return err
	}
	k.b.Reset()
	fmt.Fprintf(&k.b, `<Placemark id="%s-%d">`, k.view.ID, it.ID)
	if name := k.value("name", it, false) + k.value("label", it, true); name != "" {
		k.element("name", name)
	}
	if about := k.value("description", it, false); about != "" {
		k.element("description", about)
	}
	k.span(it)
	code := k.value("by", it, false)
	if code == "" {
		code = "none"
	}
	k.element("styleUrl", "#code-"+code)
	k.b.WriteString(`<ExtendedData><SchemaData schemaUrl="#schema">`)
	for _, i := range k.data {
		c := k.columns[i]
		v := c.cell(it)
		s, ok := text(c.Field, v, c.List != nil)
		switch {
		case !ok:
			continue
		case v == true: // as xsd:boolean and as LIBKML reads it
			s = "1"
		case v == false:
			s = "0"
		}
		fmt.Fprintf(&k.b, `<SimpleData name="%s">`, c.Name)
		k.escape(s)
		k.b.WriteString(`</SimpleData>`)
	}
	k.b.WriteString(`</SchemaData></ExtendedData>`)
	if g != nil {
		k.shape(g)
	}
	k.b.WriteString("</Placemark>\n")
	_, err = k.out.Write(k.b.Bytes())
	return unwritable(err)
}

// span writes the valid time, which viewers filter by.
func (k *kml) span(it layers.Item) {
	from, to := k.value("from", it, false), k.value("to", it, false)
	if from == "" && to == "" {
		return
	}
	k.b.WriteString("<TimeSpan>")
	if from != "" {
		k.element("begin", from)
	}
	if to != "" {
		k.element("end", to)
	}
	k.b.WriteString("</TimeSpan>")
}

// shape writes a geometry.
func (k *kml) shape(g orb.Geometry) {
	switch g := g.(type) {
	case orb.Point:
		k.b.WriteString("<Point>")
		k.points([]orb.Point{g})
		k.b.WriteString("</Point>")
	case orb.LineString:
		k.b.WriteString("<LineString><tessellate>1</tessellate>")
		k.points(g)
		k.b.WriteString("</LineString>")
	case orb.Polygon:
		k.b.WriteString("<Polygon>")
		for i, ring := range g {
			side := "outerBoundaryIs"
			if i > 0 {
				side = "innerBoundaryIs"
			}
			k.b.WriteString("<" + side + "><LinearRing>")
			k.points(ring)
			k.b.WriteString("</LinearRing></" + side + ">")
		}
		k.b.WriteString("</Polygon>")
	case orb.MultiLineString:
		k.b.WriteString("<MultiGeometry>")
		for _, line := range g {
			k.shape(line)
		}
		k.b.WriteString("</MultiGeometry>")
	case orb.MultiPolygon:
		k.b.WriteString("<MultiGeometry>")
		for _, p := range g {
			k.shape(p)
		}
		k.b.WriteString("</MultiGeometry>")
	}
}

func (k *kml) points(points []orb.Point) {
	k.b.WriteString("<coordinates>")
	buf := k.b.AvailableBuffer()
	for i, p := range points {
		if i > 0 {
			buf = append(buf, ' ')
		}
		buf = strconv.AppendFloat(buf, p[0], 'f', -1, 64)
		buf = append(buf, ',')
		buf = strconv.AppendFloat(buf, p[1], 'f', -1, 64)
	}
	k.b.Write(buf)
	k.b.WriteString("</coordinates>")
}

// Close ends the document.
func (k *kml) Close() error {
	if _, err := k.out.WriteString("</Document></kml>\n"); err != nil {
		return unwritable(err)
	}
	if err := k.out.Flush(); err != nil {
		return unwritable(err)
	}
	return unwritable(k.closer())
}
