package read

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"unicode/utf8"

	"onemap/layers/fault"
)

// dbfColumn is a field of a dBASE table.
type dbfColumn struct {
	name     string
	raw      []byte // the name as stored
	kind     byte   // C, N, F, D, L, I, B, …
	offset   int    // in the record
	width    int
	decimals int
	known    knownCells
}

// dbf reads a dBASE III–VII or FoxPro table as shapefiles have it (ESRI Shapefile Technical Description, 1998,
// page 25, and the dBASE file structure). Cells stay raw until they are decoded one by one.
type dbf struct {
	name     string
	r        *bufio.Reader
	closer   io.Closer
	foxPro   bool
	language byte
	records  int64 // as the header has it
	read     int64 // records read, deleted ones too
	deleted  int64
	done     int64 // bytes
	columns  []dbfColumn
	record   []byte
	spare    []Value // of which the next records get theirs
	charset  *charset
	// undecided is set while nothing says the character set and all text was ASCII.
	undecided bool
}

// dbfSampleBytes is how much of a table is looked at to judge its character set.
const dbfSampleBytes = 1 << 20

// openDBF reads the header. The character set is chosen by the caller, see sampleText and decodeNames.
func openDBF(p part) (*dbf, error) {
	rc, err := p.open()
	if err != nil {
		return nil, err
	}
	t := &dbf{name: p.name, r: bufio.NewReaderSize(rc, dbfSampleBytes), closer: rc}
	if err := t.header(p.size); err != nil {
		rc.Close()
		return nil, err
	}
	return t, nil
}

func (t *dbf) damaged(format string, args ...any) error {
	return fault.New(fault.Invalid, "%s is damaged: %s", t.name, fmt.Sprintf(format, args...))
}

func (t *dbf) header(size int64) error {
	head := make([]byte, 32)
	if _, err := io.ReadFull(t.r, head); err != nil {
		return t.broken(err, "its header")
	}
	t.foxPro = head[0]&0xf8 == 0x30
	t.language = head[29]
	t.records = int64(binary.LittleEndian.Uint32(head[4:]))
	headerSize, recordSize := int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	if headerSize < 33 || recordSize < 1 {
		return t.damaged("its header says %d bytes of header and %d of record", headerSize, recordSize)
	}
	if want := int64(headerSize) + t.records*int64(recordSize); size >= 0 && want > size {
		return fault.New(fault.Invalid, "%s is cut off: its header promises %d records, %d bytes; it has %d", t.name, t.records, want, size)
	}
	fields := make([]byte, headerSize-32)
	if _, err := io.ReadFull(t.r, fields); err != nil {
		return t.broken(err, "its column list")
	}
	offset := 1
	for ; len(fields) >= 32 && fields[0] != 0x0d; fields = fields[32:] {
		c := dbfColumn{kind: fields[11], offset: offset, width: int(fields[16]), decimals: int(fields[17])}
		c.raw = bytes.TrimRight(upTo(fields[:11], 0), " ")
		if c.kind == 'C' { // long text has the high byte of its width where numbers have decimals
			c.width, c.decimals = c.width|c.decimals<<8, 0
		}
		if offset += c.width; offset > recordSize {
			return t.damaged("its columns are wider than its records of %d bytes", recordSize)
		}
		t.columns = append(t.columns, c)
	}
	t.record = make([]byte, recordSize)
	t.done = int64(headerSize)
	return nil
}

// broken turns a failed read into an error about a part of the table.
func (t *dbf) broken(err error, what string) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fault.New(fault.Invalid, "%s is cut off in %s", t.name, what)
	}
	return fileError(err, t.name)
}

// sampleText collects the text fields of the next megabyte and the column names, without consuming them.
func (t *dbf) sampleText() sample {
	var s sample
	for _, c := range t.columns {
		s = append(s, c.raw)
	}
	ahead, _ := t.r.Peek(dbfSampleBytes) // what there is, if less
	for n := t.records - t.read; n > 0 && len(ahead) >= len(t.record); n-- {
		for _, c := range t.columns {
			if c.kind == 'C' {
				if cell := trimCell(ahead[c.offset : c.offset+c.width]); !isASCII(cell) {
					s = append(s, cell)
				}
			}
		}
		ahead = ahead[len(t.record):]
	}
	return s
}

// choose settles the character set; see chooseCharset. Where nothing states it and the text so far is
// plain ASCII, the choice is made again at the first record with other bytes.
func (t *dbf) choose(word, cpg string) ([]Problem, error) {
	s := t.sampleText()
	c, problems, err := chooseCharset(word, cpg, t.language, s)
	if err != nil {
		return nil, err
	}
	t.charset = c
	t.undecided = word == "" && charsetByName(cpg) == nil && languageBytes[t.language] == "" && s.isASCII()
	return problems, nil
}

// decide makes the late choice if the record just read calls for it.
func (t *dbf) decide() []Problem {
	if !t.undecided || isASCII(t.record) {
		return nil
	}
	t.undecided = false
	s := t.sampleText()
	for _, c := range t.columns {
		if c.kind == 'C' {
			s = append(s, trimCell(t.record[c.offset:c.offset+c.width]))
		}
	}
	c, problems, _ := chooseCharset("", "", 0, s)
	t.charset = c
	return problems
}

// decodeNames decodes the column names and makes them unique.
func (t *dbf) decodeNames() []Problem {
	var problems []Problem
	seen := map[string]bool{}
	for i := range t.columns {
		c := &t.columns[i]
		name, cut, bad := t.charset.decode(c.raw)
		c.name = name
		if cut || bad {
			problems = append(problems, about(ColumnRenamed, Warning, "第 %d 列的列名 %q 含有不完整或无法识别的字符", "the name of column %d, read as %q, has a cut or unreadable character", i+1, name).of(name, string(c.raw)))
		}
		if c.name == "" {
			c.name = fmt.Sprintf("column_%d", i+1)
		}
		for n := 2; seen[c.name]; n++ {
			c.name = fmt.Sprintf("%s_%d", name, n)
		}
		if c.name != name {
			problems = append(problems, about(ColumnRenamed, Warning, "第 %d 列的列名 %q 为空或重复，改称 %q", "the name of column %d, %q, is empty or repeated; it is called %q", i+1, name, c.name).of(c.name, name))
		}
		seen[c.name] = true
		if !bytes.ContainsRune([]byte("CNFDLI"), rune(c.kind)) && !(c.kind == 'B' && t.foxPro && c.width == 8) {
			problems = append(problems, about(ColumnUnread, Warning, "列 %q 的类型 %q 不支持，未读取", "column %q has the type %q, which is not read", c.name, printable(c.kind)).of(c.name, ""))
		}
	}
	return problems
}

func printable(b byte) string {
	if b > ' ' && b < utf8.RuneSelf {
		return string(rune(b))
	}
	return fmt.Sprintf("0x%02x", b)
}

// next reads the next record into t.record; io.EOF after the last. deleted says that it is marked so.
func (t *dbf) next() (deleted bool, err error) {
	if t.read >= t.records {
		return false, io.EOF
	}
	if _, err := io.ReadFull(t.r, t.record); err != nil {
		return false, t.broken(err, fmt.Sprintf("record %d of %d", t.read+1, t.records))
	}
	t.read++
	t.done += int64(len(t.record))
	switch t.record[0] {
	case '*':
		t.deleted++
		return true, nil
	case 0x1a:
		return false, fault.New(fault.Invalid, "%s ends after record %d; its header promises %d", t.name, t.read-1, t.records)
	}
	return false, nil
}

// upTo cuts b before its first byte c.
func upTo(b []byte, c byte) []byte {
	if i := bytes.IndexByte(b, c); i >= 0 {
		return b[:i]
	}
	return b
}

// trimCell takes the filling off a cell: all from the first NUL, and blanks at the end. Only these two
// bytes, because others may be part of a character in the file's set.
func trimCell(b []byte) []byte {
	b = upTo(b, 0)
	for len(b) >= 8 && binary.LittleEndian.Uint64(b[len(b)-8:]) == 0x2020202020202020 {
		b = b[:len(b)-8]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}
