package write

import (
	"bufio"
	"encoding/csv"
	"io"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"onemap/layers"
)

// table writes CSV (RFC 4180): a line of names, then a line a record, with the position in
// the last columns: two numbers for points, well-known text for the rest. Null is nothing
// between two commas; an empty text can't be told from it.
type table struct {
	*job
	out   *bufio.Writer
	coded io.WriteCloser // turns UTF-8 into the file's characters
	csv   *csv.Writer
	point bool
	row   []string
	buf   []byte
}

// newCSV begins a table in UTF-8 with a byte order mark, which Excel needs to know it by,
// or in GB 18030, which is GBK wherever GBK has the character.
func newCSV(j *job) (Writer, error) {
	t := &table{job: j, out: bufio.NewWriterSize(j.w, 64<<10), point: j.view.Geometry == layers.Point}
	if j.CRS.Projected() {
		j.columns = append(j.columns, column{crsField, constant, j.CRS.String()})
	}
	into := io.Writer(t.out)
	if j.Encoding == "GBK" {
		t.coded = transform.NewWriter(t.out, simplifiedchinese.GB18030.NewEncoder())
		into = t.coded
	} else if _, err := t.out.WriteString("\ufeff"); err != nil {
		return nil, unwritable(err)
	}
	t.csv = csv.NewWriter(into)
	t.csv.UseCRLF = true
	for _, c := range j.columns {
		name := c.Name
		if j.Titles && (j.view.Field(c.Name) != nil && c.at < len(j.view.Fields) || !j.titled(c.Title.Zh)) {
			name = c.Title.Zh
		}
		t.row = append(t.row, name)
	}
	t.row = append(t.row, t.position()...)
	return t, unwritable(t.csv.Write(t.row))
}

// position names the columns of the position.
func (t *table) position() []string {
	switch {
	case !t.point && t.Titles:
		return []string{"几何WKT"}
	case !t.point:
		return []string{"wkt"}
	case t.CRS.Projected() && t.Titles:
		return []string{"东坐标", "北坐标"}
	case t.CRS.Projected():
		return []string{"easting", "northing"}
	case t.Titles:
		return []string{"经度", "纬度"}
	}
	return []string{"lon", "lat"}
}

// Add writes a line.
func (t *table) Add(it layers.Item) error {
	g, err := t.geometry(it)
	if err != nil {
		return err
	}
	row := t.row[:0]
	for _, c := range t.columns {
		s, _ := text(c.Field, c.cell(it), t.Titles)
		if t.coded != nil && beyondGBK(s) {
			t.notes.add(c.Name, t.known(it), rare)
		}
		row = append(row, s)
	}
	metres := t.CRS.Projected()
	if t.point {
		x, y := "", ""
		if p, ok := g.(orb.Point); ok {
			x, y = string(appendOrdinate(nil, p[0], metres)), string(appendOrdinate(nil, p[1], metres))
		}
		row = append(row, x, y)
	} else {
		t.buf = appendWKT(t.buf[:0], g, metres)
		row = append(row, string(t.buf))
	}
	t.row = row
	return unwritable(t.csv.Write(row))
}

// Close writes what is left.
func (t *table) Close() error {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return unwritable(err)
	}
	if t.coded != nil {
		if err := t.coded.Close(); err != nil {
			return unwritable(err)
		}
	}
	return unwritable(t.out.Flush())
}

// rare is noted where a text has characters that GBK lacks.
var rare = layers.Text{
	Zh: "含有 GBK 没有的字，已按 GB 18030 四字节写入；只认 GBK 的程序读不出这些字",
	En: "Has characters that GBK lacks; they are written as GB 18030, which programs that know GBK only can't read",
}

// beyondGBK reports whether a text has a character that takes four bytes in GB 18030.
func beyondGBK(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return fourBytes(gb18030(s))
		}
	}
	return false
}

// fourBytes reports whether GB 18030 text has a character of four bytes, whose second is a digit.
func fourBytes(b []byte) bool {
	for i := 0; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			if i++; i < len(b) && b[i] < 0x40 {
				return true
			}
		}
	}
	return false
}

// gb18030 encodes a text; every character has a place there, broken UTF-8 becomes ?.
func gb18030(s string) []byte {
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		return []byte("?")
	}
	return b
}
