package read_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// The writer makes small shapefiles byte by byte, right or wrong as a test wants them.

// column of a test table. Names and cells are written as given, so they may be in any encoding.
type column struct {
	name            string
	kind            byte
	width, decimals int
}

// table is a DBF. Rows hold cells as text; a row whose first cell is deletedMark is marked as deleted.
type table struct {
	columns  []column
	rows     [][]string
	language byte
	version  byte
	promised int // records in the header, if not those that follow
}

const deletedMark = "\x00deleted"

func (d table) bytes() []byte {
	size := 1
	for _, c := range d.columns {
		size += c.width
	}
	n := len(d.rows)
	if d.promised > 0 {
		n = d.promised
	}
	version := d.version
	if version == 0 {
		version = 3
	}
	b := []byte{version, 126, 11, 3}
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	b = binary.LittleEndian.AppendUint16(b, uint16(32+32*len(d.columns)+1))
	b = binary.LittleEndian.AppendUint16(b, uint16(size))
	b = append(b, make([]byte, 17)...)
	b = append(b, d.language, 0, 0)
	for _, c := range d.columns {
		field := make([]byte, 32)
		copy(field[:11], c.name)
		field[11], field[16], field[17] = c.kind, byte(c.width), byte(c.decimals)
		if c.kind == 'C' {
			field[17] = byte(c.width >> 8)
		}
		b = append(b, field...)
	}
	b = append(b, 0x0d)
	for _, row := range d.rows {
		mark := byte(' ')
		if len(row) > 0 && row[0] == deletedMark {
			mark, row = '*', row[1:]
		}
		b = append(b, mark)
		for i, c := range d.columns {
			cell := ""
			if i < len(row) {
				cell = row[i]
			}
			cell = cell[:min(len(cell), c.width)]
			pad := strings.Repeat(" ", c.width-len(cell))
			if c.kind == 'N' || c.kind == 'F' {
				b = append(append(b, pad...), cell...)
			} else {
				b = append(append(b, cell...), pad...)
			}
		}
	}
	return append(b, 0x1a)
}

// record is the content of a .shp record.
type record []byte

func nullShape() record { return make([]byte, 4) }

func pointShape(kind uint32, p orb.Point, more ...float64) record {
	b := binary.LittleEndian.AppendUint32(nil, kind)
	for _, v := range append([]float64{p[0], p[1]}, more...) {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

// partShape makes a PolyLine (3), Polygon (5) or their Z and M kinds; more are the bytes behind the points.
func partShape(kind uint32, more []byte, parts ...[]orb.Point) record {
	var all []orb.Point
	b := binary.LittleEndian.AppendUint32(nil, kind)
	b = append(b, make([]byte, 32)...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(parts)))
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(n))
	for _, p := range parts {
		b = binary.LittleEndian.AppendUint32(b, uint32(len(all)))
		all = append(all, p...)
	}
	if len(all) > 0 {
		putBox(b[4:], orb.MultiPoint(all).Bound())
	}
	return append(appendPoints(b, all), more...)
}

func multiPointShape(kind uint32, points ...orb.Point) record {
	b := binary.LittleEndian.AppendUint32(nil, kind)
	b = append(b, make([]byte, 32)...)
	if len(points) > 0 {
		putBox(b[4:], orb.MultiPoint(points).Bound())
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(points)))
	return appendPoints(b, points)
}

func putBox(b []byte, box orb.Bound) {
	for i, v := range []float64{box.Min[0], box.Min[1], box.Max[0], box.Max[1]} {
		binary.LittleEndian.PutUint64(b[8*i:], math.Float64bits(v))
	}
}

func appendPoints(b []byte, points []orb.Point) []byte {
	for _, p := range points {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[0]))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(p[1]))
	}
	return b
}

// shapes makes a .shp and its .shx; gap bytes of nothing stand between the records.
func shapes(kind uint32, gap int, records ...record) (shp, shx []byte) {
	var body, index []byte
	for i, r := range records {
		if i > 0 {
			body = append(body, bytes.Repeat([]byte{0xee}, gap)...)
		}
		index = binary.BigEndian.AppendUint32(index, uint32(100+len(body))/2)
		index = binary.BigEndian.AppendUint32(index, uint32(len(r)/2))
		body = binary.BigEndian.AppendUint32(body, uint32(i+1))
		body = binary.BigEndian.AppendUint32(body, uint32(len(r)/2))
		body = append(body, r...)
	}
	head := func(n int) []byte {
		b := binary.BigEndian.AppendUint32(nil, 9994)
		b = append(b, make([]byte, 20)...)
		b = binary.BigEndian.AppendUint32(b, uint32(100+n)/2)
		b = binary.LittleEndian.AppendUint32(b, 1000)
		b = binary.LittleEndian.AppendUint32(b, kind)
		return append(b, make([]byte, 64)...)
	}
	return append(head(len(body)), body...), append(head(len(index)), index...)
}

// files are the parts of a test set by name.
type files map[string][]byte

// set makes name.shp, .shx and .dbf, and further parts by their endings.
func set(name string, kind uint32, records []record, d table, more map[string]string) files {
	f := files{}
	f[name+".shp"], f[name+".shx"] = shapes(kind, 0, records...)
	f[name+".dbf"] = d.bytes()
	for ending, text := range more {
		f[name+ending] = []byte(text)
	}
	return f
}

// folder writes the files to a folder of the test's own.
func (f files) folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range f {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// zipped writes the files to an archive.
func (f files) zipped(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range f {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return written(t, "set.zip", b.Bytes())
}

func written(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gbk(s string) string {
	b, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		panic(fmt.Sprintf("%q has no GB18030 form: %v", s, err))
	}
	return b
}

// square is a closed ring around a centre, clockwise as shapefiles have shells.
func square(x, y, half float64) []orb.Point {
	return []orb.Point{{x - half, y - half}, {x - half, y + half}, {x + half, y + half}, {x + half, y - half}, {x - half, y - half}}
}
