package write

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"onemap/layers"
	"onemap/layers/fault"
)

// The bounds of a dBASE table.
const (
	mostText    = 254    // bytes of a text
	mostRecord  = 65_535 // bytes of a record, and of the head
	comfortable = 1 << 30
)

// dbf gathers the attribute table: cells as they will stand, with their length, until the
// widths of the columns are known.
type dbf struct {
	*job
	cells *part
	wide  []int // longest cell of each column, in bytes
	four  bool  // a text has characters that GBK lacks
	buf   []byte
}

// dbfColumn is a column of the finished table.
type dbfColumn struct {
	column   column
	name     string
	raw      []byte // name in the file's characters
	kind     byte   // C, N, L or D
	width    int
	decimals int
}

func newDBF(j *job) (*dbf, error) {
	cells, err := j.part("cells", 0)
	return &dbf{job: j, cells: cells, wide: make([]int, len(j.columns))}, err
}

// kind is the dBASE type of a field: times and lists are text.
func kind(t layers.Type) byte {
	switch t {
	case layers.TypeInteger, layers.TypeNumber:
		return 'N'
	case layers.TypeBoolean:
		return 'L'
	case layers.TypeDate:
		return 'D'
	}
	return 'C'
}

// add keeps the cells of a record.
func (d *dbf) add(it layers.Item) error {
	b := d.buf[:0]
	for i, c := range d.columns {
		cell := d.cell(c, it)
		b = appendPart(b, cell)
		d.wide[i] = max(d.wide[i], len(cell))
	}
	d.buf = b
	return d.cells.write(b)
}

// cell is a value as it stands in the table, not yet filled up; nil is null.
func (d *dbf) cell(c column, it layers.Item) []byte {
	v := c.cell(it)
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		if v {
			return []byte("T")
		}
		return []byte("F")
	case float64:
		return number(v)
	case time.Time:
		if c.Type == layers.TypeDate {
			if v.Year() < 1 || v.Year() > 9999 {
				return nil
			}
			return []byte(v.Format("20060102"))
		}
	}
	s, _ := text(c.Field, v, d.Titles && (c.List != nil))
	return d.encode(c, it, s)
}

// encode turns a text into the file's characters and cuts it to what a column holds, at
// the edge of a character.
func (d *dbf) encode(c column, it layers.Item, s string) []byte {
	b := d.bytes(s)
	if d.Encoding == "GBK" && fourBytes(b) {
		d.four = true
		d.notes.add(c.Name, d.known(it), rare)
	}
	if len(b) <= mostText {
		return b
	}
	if c.Type == layers.TypeCodes || c.Type == layers.TypeQuantities {
		d.notes.add(c.Name, d.known(it), layers.Text{Zh: "超过 254 字节，只保留前几项", En: "Is longer than 254 bytes; only its first parts are kept"})
		return b[:max(0, bytes.LastIndexByte(b[:mostText+1], ';'))]
	}
	d.notes.add(c.Name, d.known(it), layers.Text{Zh: "超过 254 字节，已在字边界处截断", En: "Is longer than 254 bytes; it is cut at the edge of a character"})
	return cut(b, mostText, d.Encoding)
}

func (d *dbf) bytes(s string) []byte {
	if d.Encoding == "GBK" {
		return gb18030(s)
	}
	return []byte(s)
}

// cut shortens encoded text to at most n bytes without breaking a character.
func cut(b []byte, n int, encoding string) []byte {
	if len(b) <= n {
		return b
	}
	end := 0
	for i := 0; i < len(b); {
		size := 1
		switch {
		case b[i] < utf8.RuneSelf:
		case encoding != "GBK":
			_, size = utf8.DecodeRune(b[i:])
		case i+1 < len(b) && b[i+1] < 0x40:
			size = 4
		default:
			size = 2
		}
		if i += size; i > n {
			break
		}
		end = i
	}
	return b[:end]
}

// charset is what the .cpg file says.
func (d *dbf) charset() string {
	switch {
	case d.Encoding != "GBK":
		return "UTF-8"
	case d.four:
		return "GB18030"
	}
	return "GBK"
}

// layout settles names and widths: wide enough to be edited as long as the table stays
// small, else as wide as its cells. The error is TooLarge.
func (d *dbf) layout(records int64) ([]dbfColumn, error) {
	list := make([]dbfColumn, len(d.columns))
	names := d.names()
	width := func(easy bool) (sum int64) {
		sum = 1
		for i, c := range d.columns {
			l := dbfColumn{column: c, name: names[i], raw: d.bytes(names[i]), kind: kind(c.Type)}
			l.width = max(d.wide[i], 1)
			switch l.kind {
			case 'D':
				l.width = 8
			case 'L':
				l.width = 1
			case 'N':
				if easy {
					l.width = max(l.width, 9)
				}
				if c.Type == layers.TypeNumber {
					l.width, l.decimals = max(l.width, 24), 15
				}
			case 'C':
				if easy {
					l.width = max(l.width, d.usual(c))
				}
			}
			list[i] = l
			sum += int64(l.width)
		}
		return sum
	}
	record := width(true)
	if record > mostRecord || record*records > comfortable {
		record = width(false)
	}
	switch {
	case record > mostRecord || 32*len(list)+33 > mostRecord:
		return nil, fault.New(fault.TooLarge, "The layer has more columns than a shapefile can hold. Take another format, such as gpkg.")
	case record*records+int64(32*len(list)+34) > mostBytes:
		return nil, fault.New(fault.TooLarge, "The attribute table of a shapefile can't be larger than 2 GB; this one would be. Take another format, such as gpkg, or a part of the layer.")
	}
	return list, nil
}

// usual is a width that leaves room for editing.
func (d *dbf) usual(c column) int {
	each := 3
	if d.Encoding == "GBK" {
		each = 2
	}
	switch {
	case c.List != nil && c.Type == layers.TypeCode:
		longest := 0
		for _, item := range c.List.Items {
			s := item.Code
			if d.Titles {
				s = title(c.Field, item.Code)
			}
			longest = max(longest, len(d.bytes(s)))
		}
		return longest
	case c.Type == layers.TypeText && c.Length > 0:
		return min(c.Length*each, mostText)
	case c.Type == layers.TypeDateTime:
		return 20
	}
	return 80
}

// names gives every column a name of at most ten bytes that no other has, and notes those
// that are not the field's own. Where the import would take a shortened name for another
// field's, the field's other names are tried in its place.
func (d *dbf) names() []string {
	spellings := make([][]string, len(d.columns))
	for i, c := range d.columns {
		spellings[i] = []string{c.Name, c.Title.Zh}
		if d.Titles {
			spellings[i] = []string{c.Title.Zh, c.Name}
		}
		spellings[i] = append(spellings[i], c.Aliases...)
	}
	names := d.unique(spellings)
	for range 4 * len(d.columns) {
		i := d.mistaken(names)
		if i < 0 || len(spellings[i]) == 1 {
			break
		}
		spellings[i] = spellings[i][1:]
		names = d.unique(spellings)
	}
	for i, c := range d.columns {
		if own := c.Name; names[i] != own && !(d.Titles && names[i] == c.Title.Zh) {
			d.notes.column(own, layers.Text{Zh: "列名在 Shapefile 中为“" + names[i] + "”", En: "The column is called " + strconv.Quote(names[i]) + " in the shapefile"})
		}
	}
	return names
}

// unique shortens the first spelling of each column; where another has it already the
// next is taken, and a number at the end is the last resort.
func (d *dbf) unique(spellings [][]string) []string {
	names := make([]string, len(spellings))
	taken := map[string]bool{}
	for i, wanted := range spellings {
		for _, w := range wanted {
			if s := d.short(w, 10); !taken[strings.ToUpper(s)] {
				names[i] = s
				break
			}
		}
		for n := 1; names[i] == ""; n++ {
			end := "_" + strconv.Itoa(n)
			if s := d.short(wanted[0], 10-len(end)) + end; !taken[strings.ToUpper(s)] {
				names[i] = s
			}
		}
		taken[strings.ToUpper(names[i])] = true
	}
	return names
}

// mistaken finds a column that the import would take for another's or not know; -1 if
// there is none.
func (d *dbf) mistaken(names []string) int {
	m, _, err := d.view.Match(names, layers.Hints{})
	if err != nil {
		return -1
	}
	field := map[int]string{}
	for name, i := range m.Of {
		field[i] = name
	}
	for i, c := range d.columns {
		if name, ok := field[i]; ok && name != c.Name {
			return i
		}
	}
	for i, c := range d.columns {
		if _, ok := field[i]; !ok && c.at >= 0 && c.at < len(d.view.Fields) {
			return i
		}
	}
	return -1
}

// short cuts a name to n bytes in the file's characters.
func (d *dbf) short(s string, n int) string {
	length := len(cut(d.bytes(s), n, d.Encoding))
	used := 0
	for i, r := range s {
		if used += len(d.bytes(string(r))); used > length {
			return s[:i]
		}
	}
	return s
}

// write writes the table: head, records, end mark.
func (d *dbf) write(w io.Writer, list []dbfColumn, records int32) error {
	out := bufio.NewWriterSize(w, 128<<10)
	size := 1
	for _, c := range list {
		size += c.width
	}
	at := d.At.In(layers.Beijing)
	b := []byte{3, byte(at.Year() - 1900), byte(at.Month()), byte(at.Day())}
	b = binary.LittleEndian.AppendUint32(b, uint32(records))
	b = binary.LittleEndian.AppendUint16(b, uint16(32*len(list)+33))
	b = binary.LittleEndian.AppendUint16(b, uint16(size))
	b = append(b, make([]byte, 20)...)
	if d.Encoding == "GBK" {
		b[29] = 0x4d // language: code page 936
	}
	for _, c := range list {
		f := make([]byte, 32)
		copy(f[:10], c.raw)
		f[11], f[16], f[17] = c.kind, byte(c.width), byte(c.decimals)
		b = append(b, f...)
	}
	if _, err := out.Write(append(b, '\r')); err != nil {
		return unwritable(err)
	}
	if err := d.rows(out, list, records); err != nil {
		return err
	}
	if err := out.WriteByte(0x1a); err != nil {
		return unwritable(err)
	}
	return unwritable(out.Flush())
}

// rows writes the records out of the gathered cells: numbers to the right, the rest to
// the left; null as GDAL writes it: * for numbers, 0 for days, ? for booleans.
func (d *dbf) rows(out *bufio.Writer, list []dbfColumn, records int32) error {
	if err := d.cells.out.Flush(); err != nil {
		return unwritable(err)
	}
	if _, err := d.cells.file.Seek(0, io.SeekStart); err != nil {
		return unreadable(err)
	}
	in := bufio.NewReaderSize(d.cells.file, 128<<10)
	empty := map[byte]string{}
	for kind, fill := range map[byte]string{'N': "*", 'D': "0", 'L': "?", 'C': " "} {
		empty[kind] = strings.Repeat(fill, math.MaxUint8)
	}
	var row []byte
	cell := make([]byte, math.MaxUint8)
	for range records {
		row = append(row[:0], ' ')
		for _, c := range list {
			size, err := binary.ReadUvarint(in)
			if err != nil {
				return unreadable(err)
			}
			if size == 0 {
				row = append(row, empty[c.kind][:c.width]...)
				continue
			}
			value := cell[:size-1]
			if _, err := io.ReadFull(in, value); err != nil {
				return unreadable(err)
			}
			blanks := empty['C'][:c.width-len(value)]
			if c.kind == 'N' {
				row = append(append(row, blanks...), value...)
			} else {
				row = append(append(row, value...), blanks...)
			}
		}
		if _, err := out.Write(row); err != nil {
			return unwritable(err)
		}
	}
	return nil
}
