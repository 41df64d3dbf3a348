package read

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"onemap/layers/fault"
)

// csvSheet reads separated text (RFC 4180 and what programs make of it) as rows of text cells. Cells are decoded one
// by one, so that one wrong byte is a fault of its cell.
type csvSheet struct {
	name      string
	closer    io.Closer
	r         *csv.Reader
	allowed   *allowance
	limit     int64
	columns   int
	dialect   dialect
	charset   *charset
	undecided bool // all has been ASCII so far and nothing states the set
	done      int64
	size      int64
	row       int64 // number of the row read last, as a spreadsheet shows it
	line      int   // where the next row begins if no blank line comes before it
	found     []Problem
}

func sniffCSV(p *probe) bool {
	if isZip(p.head) || len(p.head) == 0 || p.gdb != nil || p.set != nil {
		return false
	}
	named := slices.Contains([]string{".csv", ".tsv", ".txt", ".tab"}, p.ending())
	if p.weak && !named {
		return false
	}
	text, ok := plainText(p.head)
	if !ok {
		return false
	}
	d, even := detectDialect(text)
	return d.separator != 0 && (even || named && p.ending() != ".txt") || named && p.ending() == ".csv" && trimBlank(text) != ""
}

func openCSV(p *probe, opts Options) (Source, error) {
	f, err := p.main.open()
	if err != nil {
		return nil, err
	}
	s := &csvSheet{name: p.main.name, closer: f, size: p.main.size, limit: opts.Limits.FeatureBytes, columns: opts.Limits.Columns}
	if err := s.open(f, opts); err != nil {
		f.Close()
		return nil, err
	}
	return newTable(s, opts)
}

func (s *csvSheet) open(f io.Reader, opts Options) error {
	r := bufio.NewReaderSize(counted{f, &s.done}, dbfSampleBytes)
	text, err := s.decoded(r, opts.Encoding)
	if err != nil {
		return err
	}
	s.allowed = &allowance{r: text, left: 1 << 62}
	lines := bufio.NewReaderSize(s.allowed, 256<<10)
	head, _ := lines.Peek(64 << 10)
	sample := string(head)
	s.dialect, _ = detectDialect(sample)
	if s.dialect.separator == 0 {
		s.dialect.separator = ','
	}
	if s.dialect.separator == '|' && s.charset.decoder != nil { // the byte may be half of a character
		lines = bufio.NewReaderSize(s.charset.reader(lines), 256<<10)
		s.charset, s.undecided = newCharset("UTF-8"), false
	}
	if s.dialect.directive > 0 {
		if _, err := lines.Discard(s.dialect.directive); err != nil {
			return fileError(err, s.name)
		}
		s.row = 1
	}
	var in io.Reader = lines
	if strings.Contains(sample, "\r") && !strings.Contains(sample, "\n") {
		in = oldLines{lines}
	}
	s.r = csv.NewReader(in)
	s.r.Comma, s.r.LazyQuotes, s.r.FieldsPerRecord, s.r.ReuseRecord = rune(s.dialect.separator), true, -1, true
	s.line = 1
	return nil
}

// oldLines turns the line ends of old Macintosh programs into usual ones.
type oldLines struct{ r io.Reader }

func (o oldLines) Read(b []byte) (int, error) {
	n, err := o.r.Read(b)
	for i, c := range b[:n] {
		if c == '\r' {
			b[i] = '\n'
		}
	}
	return n, err
}

func (s *csvSheet) format() string {
	if s.dialect.separator == '\t' {
		return "TSV"
	}
	return "CSV"
}

func (s *csvSheet) encoding() string {
	if s.undecided {
		return "ASCII"
	}
	return s.charset.name
}

func (s *csvSheet) merged() []area { return nil }

func (s *csvSheet) problems() []Problem { return s.found }

func (s *csvSheet) progress() (done, total int64) {
	if s.size < 0 {
		return s.done, s.done
	}
	return min(s.done, s.size), s.size
}

func (s *csvSheet) close() error { return s.closer.Close() }

// quotedLines is the number of line breaks in one cell from which on its closing quote may be missing.
const quotedLines = 50

func (s *csvSheet) next() (*sheetRow, error) {
	s.allowed.left = s.limit + 1<<20 // what is read ahead is counted too
	cells, err := s.r.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, io.EOF
	case errors.Is(err, errAllowance):
		return nil, fault.New(fault.TooLarge, "row %d of %s is over %d bytes long; a closing quotation mark may be missing", s.row+1, s.name, s.limit)
	case err != nil:
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return nil, fault.Wrap(err, fault.Invalid, "%s is broken in line %d", s.name, broken.Line)
		}
		return nil, fileError(err, s.name)
	case len(cells) > 4*s.columns+100:
		return nil, fault.New(fault.TooLarge, "row %d of %s has %d cells; at most %d columns are read", s.row+1, s.name, len(cells), s.columns)
	}
	line, _ := s.r.FieldPos(0)
	s.row += int64(max(line-s.line, 0)) + 1
	row := &sheetRow{number: s.row, cells: make([]Value, len(cells))}
	breaks := 0
	for i, c := range cells {
		n := strings.Count(c, "\n")
		if breaks += n; n >= quotedLines {
			row.faults = append(row.faults, cellFault{i, about(QuoteDoubted, Warning, "一个单元格含有 %d 个换行，可能缺少右引号，其后的行被并入此格", "a cell holds %d line breaks; its closing quotation mark may be missing and the rows after it be part of it", n)})
		}
		if c != "" {
			row.cells[i] = s.cell(row, i, c)
		}
	}
	s.line = line + breaks + 1
	return row, nil
}

// cell decodes one cell. The character set is decided at the first that is not ASCII, if nothing did before.
func (s *csvSheet) cell(row *sheetRow, i int, raw string) Value {
	if isASCIIText(raw) {
		return TextValue(strings.ReplaceAll(raw, "\x00", ""))
	}
	if s.undecided {
		s.undecided = false
		c, problems, _ := chooseCharset("", "", 0, sample{[]byte(raw)})
		s.charset = c
		s.found = append(s.found, problems...)
	}
	text, cut, bad := s.charset.decode([]byte(raw))
	switch {
	case bad:
		row.faults = append(row.faults, cellFault{i, about(BadEncoding, Error, "有字节不符合字符集 %s", "some bytes are no text in %s", s.charset.name).of("", clip(text, 100))})
	case cut:
		row.faults = append(row.faults, cellFault{i, about(CutCharacter, Warning, "末尾的汉字只剩一半，已去掉", "half of the last character is missing; the other half is left out").of("", clip(text, 100))})
	}
	return TextValue(strings.ReplaceAll(text, "\x00", ""))
}

func isASCIIText(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
