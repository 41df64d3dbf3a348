package write

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"onemap/layers"
	"onemap/layers/fault"
)

// mostBytes is how large a part of a shapefile may be: programs hold offsets in 31 bits.
const mostBytes = 1<<31 - 1

// shapefile writes a zip archive with .shp, .shx, .dbf, .prj, .cpg and a README.txt that
// tells every column's full name (ESRI Shapefile Technical Description, 1998). Records
// without a position are null shapes. Widths of columns and the heads of the parts follow
// from all records, so the parts are gathered in temporary files first.
type shapefile struct {
	*job
	shp, shx *part
	dbf      *dbf
	box      orb.Bound
	placed   bool
	n        int32
	buf      []byte
}

// part is a file of the archive in the making.
type part struct {
	file *os.File
	out  *bufio.Writer
	size int64
}

func (j *job) part(kind string, head int) (*part, error) {
	f, err := j.temp(kind)
	if err != nil {
		return nil, err
	}
	p := &part{file: f, out: bufio.NewWriterSize(f, 128<<10)}
	return p, p.write(make([]byte, head))
}

func (p *part) write(b []byte) error {
	p.size += int64(len(b))
	_, err := p.out.Write(b)
	return unwritable(err)
}

const shapeHead = 100

func newShapefile(j *job) (Writer, error) {
	s := &shapefile{job: j}
	var err error
	if s.shp, err = j.part("shp", shapeHead); err == nil {
		s.shx, err = j.part("shx", shapeHead)
	}
	if err == nil {
		s.dbf, err = newDBF(j)
	}
	if err != nil {
		j.Discard()
		return nil, err
	}
	return s, nil
}

// shapeType is the shape type of the layer: 1 point, 3 lines, 5 polygons; each of the
// latter may have several parts.
func (s *shapefile) shapeType() uint32 { return uint32(2*s.view.Geometry.Dimension() + 1) }

// Add writes a shape and keeps its attributes.
func (s *shapefile) Add(it layers.Item) error {
	g, err := s.geometry(it)
	if err != nil {
		return err
	}
	b := s.shape(s.buf[:0], g)
	s.buf = b
	if s.shp.size+int64(len(b))+8 > mostBytes {
		return fault.New(fault.TooLarge, "A shapefile can't be larger than 2 GB; this layer is. Take another format, such as gpkg, or a part of the layer.")
	}
	s.n++
	head := binary.BigEndian.AppendUint32(nil, uint32(s.n))
	head = binary.BigEndian.AppendUint32(head, uint32(len(b)/2))
	place := binary.BigEndian.AppendUint32(nil, uint32(s.shp.size/2))
	place = append(place, head[4:]...)
	for _, w := range []struct {
		p *part
		b []byte
	}{{s.shp, head}, {s.shp, b}, {s.shx, place}} {
		if err := w.p.write(w.b); err != nil {
			return err
		}
	}
	return s.dbf.add(it)
}

// shape appends the content of a record.
func (s *shapefile) shape(dst []byte, g orb.Geometry) []byte {
	var parts [][]orb.Point
	switch g := g.(type) {
	case orb.Point:
		s.extend(g.Bound())
		dst = binary.LittleEndian.AppendUint32(dst, 1)
		return appendXY(dst, g)
	case orb.LineString:
		parts = append(parts, g)
	case orb.MultiLineString:
		for _, line := range g {
			parts = append(parts, line)
		}
	case orb.Polygon:
		parts = rings(parts, g)
	case orb.MultiPolygon:
		for _, p := range g {
			parts = rings(parts, p)
		}
	}
	points := 0
	for _, p := range parts {
		points += len(p)
	}
	if points == 0 {
		return binary.LittleEndian.AppendUint32(dst, 0)
	}
	box := g.Bound()
	s.extend(box)
	dst = binary.LittleEndian.AppendUint32(dst, s.shapeType())
	dst = appendXY(appendXY(dst, box.Min), box.Max)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(parts)))
	dst = binary.LittleEndian.AppendUint32(dst, uint32(points))
	first := 0
	for _, p := range parts {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(first))
		first += len(p)
	}
	for _, p := range parts {
		for _, xy := range p {
			dst = appendXY(dst, xy)
		}
	}
	return dst
}

// rings appends the rings of a polygon, the outer clockwise and the inner against it.
func rings(parts [][]orb.Point, p orb.Polygon) [][]orb.Point {
	for i, ring := range p {
		if wanted := map[bool]orb.Orientation{true: orb.CW, false: orb.CCW}[i == 0]; ring.Orientation() != wanted {
			ring = ring.Clone()
			ring.Reverse()
		}
		parts = append(parts, ring)
	}
	return parts
}

func appendXY(dst []byte, p orb.Point) []byte {
	dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[0]))
	return binary.LittleEndian.AppendUint64(dst, math.Float64bits(p[1]))
}

func (s *shapefile) extend(b orb.Bound) {
	if s.box = s.box.Union(b); !s.placed {
		s.box, s.placed = b, true
	}
}

// head is the first 100 bytes of .shp and .shx.
func (s *shapefile) head(size int64) []byte {
	b := binary.BigEndian.AppendUint32(nil, 9994)
	b = append(b, make([]byte, 20)...)
	b = binary.BigEndian.AppendUint32(b, uint32(size/2))
	b = binary.LittleEndian.AppendUint32(b, 1000)
	b = binary.LittleEndian.AppendUint32(b, s.shapeType())
	b = appendXY(appendXY(b, s.box.Min), s.box.Max)
	return append(b, make([]byte, 32)...)
}

// Close writes the archive.
func (s *shapefile) Close() error {
	defer s.Discard()
	layout, err := s.dbf.layout(int64(s.n))
	if err != nil {
		return err
	}
	archive := zip.NewWriter(s.w)
	create := func(ending string) (io.Writer, error) {
		return archive.CreateHeader(&zip.FileHeader{Name: s.view.ID + ending, Method: zip.Deflate, Modified: s.At})
	}
	for _, p := range []struct {
		ending string
		part   *part
	}{{".shp", s.shp}, {".shx", s.shx}} {
		w, err := create(p.ending)
		if err != nil {
			return unwritable(err)
		}
		if err := s.copyPart(w, p.part); err != nil {
			return err
		}
	}
	w, err := create(".dbf")
	if err != nil {
		return unwritable(err)
	}
	if err := s.dbf.write(w, layout, s.n); err != nil {
		return err
	}
	texts := [][2]string{{".cpg", s.dbf.charset()}, {".README.txt", s.readme(layout)}}
	if s.Shift == "" { // a shifted position is in no system that a .prj can name
		texts = append(texts, [2]string{".prj", wktESRI(s.CRS)})
	}
	for _, t := range texts {
		w, err := create(t[0])
		if err != nil {
			return unwritable(err)
		}
		if _, err := io.WriteString(w, t[1]); err != nil {
			return unwritable(err)
		}
	}
	return unwritable(archive.Close())
}

func (s *shapefile) copyPart(w io.Writer, p *part) error {
	if err := p.out.Flush(); err != nil {
		return unwritable(err)
	}
	if _, err := p.file.WriteAt(s.head(p.size), 0); err != nil {
		return unwritable(err)
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return unreadable(err)
	}
	_, err := io.Copy(w, p.file)
	return unwritable(err)
}

// readme explains what a shapefile can't hold: full names, titles, codes, what was cut.
func (s *shapefile) readme(layout []dbfColumn) string {
	var b bytes.Buffer
	v := s.view
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("\ufeff%s %s", v.Title.Zh, v.Title.En)
	line("导出时间 Exported: %s", s.At.In(layers.Beijing).Format(time.DateTime))
	line("记录数 Records: %d", s.n)
	if s.Shift != "" {
		line("坐标已偏移为 Positions are shifted to: %s（无 .prj；without a .prj）", s.Shift)
	} else {
		line("坐标系 Coordinate system: %s %s", s.CRS, s.CRS.Name)
	}
	line("文字编码 Encoding: %s", s.dbf.charset())
	if s.About != "" {
		line("筛选条件 Chosen by: %s", s.About)
	}
	line("")
	line("列 Column\t字段 Field\t名称 Title\t类型 Type\t单位 Unit")
	lists := map[string]*layers.CodeList{}
	var order []string
	for _, c := range layout {
		f := c.column.Field
		line("%s\t%s\t%s %s\t%s\t%s", c.name, f.Name, f.Title.Zh, f.Title.En, f.Type, f.Unit)
		if f.List != nil && lists[f.List.ID] == nil {
			lists[f.List.ID] = f.List
			order = append(order, f.List.ID)
		}
	}
	for _, id := range order {
		line("")
		line("%s %s", lists[id].Title.Zh, lists[id].Title.En)
		for _, c := range lists[id].Items {
			line("%s\t%s %s", c.Code, c.Title.Zh, c.Title.En)
		}
	}
	if len(s.notes.list) > 0 {
		line("")
		line("注意 Notices")
		for _, n := range s.notes.list {
			count := ""
			if n.Count > 0 {
				count = fmt.Sprintf(" ×%d (%s…)", n.Count, n.First)
			}
			line("%s: %s。%s.%s", n.Field, n.Message.Zh, strings.TrimSuffix(n.Message.En, "."), count)
		}
	}
	return b.String()
}
