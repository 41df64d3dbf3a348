package read

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"onemap/geo"
	"onemap/layers/fault"
)

// The features read ahead when a GeoJSON file is opened, to know its columns.
const (
	aheadRows  = 1000
	aheadBytes = 8 << 20
)

// geoJSON reads RFC 7946 and its text sequences as a stream.
type geoJSON struct {
	file     io.ReadCloser
	stream   *jsonStream
	size     int64
	done     int64 // bytes taken from the file, a little more than were parsed
	encoding string
	sequence bool
	inside   bool // the features array of a collection is open
	ended    bool
	crs      geo.CRS
	parser   featureParser
	ahead    []*Row
	rows     int64
	problems []Problem
	err      error
}

func sniffGeoJSON(p *probe) bool {
	head := p.head
	for _, bom := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		head = bytes.TrimPrefix(head, []byte(bom))
	}
	head = bytes.TrimLeft(head, " \t\r\n\x1e\x00") // NUL: the other half of ASCII in UTF-16
	return len(head) > 0 && head[0] == '{'
}

func openGeoJSON(p *probe, opts Options) (Source, error) {
	f, err := p.main.open()
	if err != nil {
		return nil, err
	}
	return newGeoJSON(f, p.main.size, opts)
}

// newGeoJSON reads a stream, which it closes with itself, or at once if it cannot be read.
func newGeoJSON(f io.ReadCloser, size int64, opts Options) (*geoJSON, error) {
	s := &geoJSON{file: f, size: size, crs: geo.CRS84}
	s.parser.columns = columnSet{place: map[string]int{}, limit: opts.Limits.Columns}
	r, err := s.decoded(bufio.NewReaderSize(counted{f, &s.done}, dbfSampleBytes), opts.Encoding)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.stream = &jsonStream{r: bufio.NewReaderSize(r, 256<<10), limit: opts.Limits.FeatureBytes, depth: opts.Limits.Depth}
	for len(s.ahead) < aheadRows && s.stream.offset < aheadBytes {
		row, err := s.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		s.ahead = append(s.ahead, row)
	}
	return s, nil
}

// counted counts what is read.
type counted struct {
	r io.Reader
	n *int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	*c.n += int64(n)
	return n, err
}

// decoded gives the text as UTF-8. JSON has to be that; files that are not, by a byte order
// mark or by their first megabyte, are converted, with a Problem.
func (s *geoJSON) decoded(r *bufio.Reader, word string) (io.Reader, error) {
	head, _ := r.Peek(dbfSampleBytes)
	s.encoding = "UTF-8"
	switch {
	case word != "":
		c := charsetByName(word)
		if c == nil {
			return nil, fault.In("encoding", "%q is not a character set known here; GeoJSON is UTF-8, or sometimes GBK", word)
		}
		s.encoding = c.name
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		s.encoding = "UTF-16"
		s.problems = append(s.problems, about(EncodingDoubted, Notice, "GeoJSON 应为 UTF-8 编码，此文件为 UTF-16，已转换", "GeoJSON has to be UTF-8; this file is UTF-16 and was converted"))
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), nil
	default:
		if newCharset("UTF-8").wrong(head) == 0 {
			break
		}
		if newCharset("GB18030").wrong(head) == 0 {
			s.encoding = "GB18030"
			s.problems = append(s.problems, about(EncodingDoubted, Warning, "GeoJSON 应为 UTF-8 编码，此文件按内容判断为 GB18030，已转换", "GeoJSON has to be UTF-8; this file is GB18030 by its bytes and was converted"))
		}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		r.Discard(3)
	}
	if c := newCharset(s.encoding); c.decoder != nil {
		return transform.NewReader(r, c.decoder), nil
	}
	return r, nil
}

func (s *geoJSON) Format() string {
	if s.sequence {
		return "GeoJSON text sequence"
	}
	return "GeoJSON"
}

func (s *geoJSON) Columns() []string { return s.parser.columns.names }

func (s *geoJSON) CRS() (geo.CRS, bool) { return s.crs, s.crs != geo.CRS{} }

func (s *geoJSON) Encoding() string { return s.encoding }

func (s *geoJSON) Positions() *Positions { return nil }

func (s *geoJSON) Problems() []Problem { return s.problems }

func (s *geoJSON) Progress() (done, total int64) { return min(s.done, s.size), s.size }

func (s *geoJSON) Close() error { return s.file.Close() }

func (s *geoJSON) Next() (*Row, error) {
	if len(s.ahead) > 0 {
		row := s.ahead[0]
		s.ahead = s.ahead[1:]
		return row, nil
	}
	return s.read()
}

func (s *geoJSON) read() (*Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	row, err := s.feature()
	if err != nil {
		s.err = err
		if errors.Is(err, io.EOF) && s.parser.heights > 0 {
			s.problems = append(s.problems, about(HeightDropped, Notice, "%d 个图形的高程（Z）未读取", "Z of %d shapes was left out", s.parser.heights))
		}
	}
	return row, err
}

// feature goes on to the next feature, inside a collection or on the next line.
func (s *geoJSON) feature() (*Row, error) {
	for {
		if s.inside {
			more, err := s.stream.more(']')
			if err != nil {
				return nil, err
			}
			if more {
				return s.parse()
			}
			s.inside = false
			if err := s.members(); err != nil {
				return nil, err
			}
			continue
		}
		b, err := s.stream.peek()
		if errors.Is(err, io.EOF) {
			if s.rows == 0 && !s.ended {
				return nil, fault.New(fault.Invalid, "the file is empty")
			}
			return nil, io.EOF
		}
		switch {
		case err != nil:
			return nil, s.stream.failRead(err)
		case s.ended:
			return nil, s.stream.fail("%q follows the end of the collection", b)
		case b != '{':
			return nil, s.stream.fail("found %q where a GeoJSON object begins", b)
		}
		if s.rows > 0 {
			s.sequence = true
			return s.parse()
		}
		row, err := s.first()
		if row != nil || err != nil {
			return row, err
		}
	}
}

func (s *geoJSON) parse() (*Row, error) {
	text, err := s.stream.value()
	if err != nil {
		return nil, err
	}
	row, err := s.parser.row(text, s.rows+1)
	if err == nil {
		s.rows++
	}
	return row, err
}

// first reads the first object of the file. In a FeatureCollection it goes as far as
// the first feature; any other object is collected and read as a whole.
func (s *geoJSON) first() (*Row, error) {
	if err := s.stream.expect('{'); err != nil {
		return nil, err
	}
	whole := []byte{'{'}
	for {
		if b, err := s.stream.peek(); err != nil || b == '}' {
			if err == nil {
				err = s.stream.expect('}')
			}
			if err != nil {
				return nil, s.stream.failRead(err)
			}
			break
		}
		name, value, err := s.member("features")
		if err != nil {
			return nil, err
		}
		if name == "features" {
			return s.openFeatures()
		}
		if len(whole) > 1 {
			whole = append(whole, ',')
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, s.stream.fail("%v", err)
		}
		whole = append(append(append(whole, quoted...), ':'), value...)
		if int64(len(whole)) > s.stream.limit {
			return nil, fault.New(fault.TooLarge, "the file's one object is over %d bytes long", s.stream.limit)
		}
		more, err := s.stream.more('}')
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	whole = append(whole, '}')
	row, err := s.parser.row(whole, 1)
	if err == nil {
		s.rows++
	}
	return row, err
}

// openFeatures steps into the features array. It returns the first feature, or nil if there is none.
func (s *geoJSON) openFeatures() (*Row, error) {
	if err := s.stream.expect('['); err != nil {
		return nil, err
	}
	if b, err := s.stream.peek(); err != nil || b == ']' {
		if err == nil {
			err = s.stream.expect(']')
		}
		if err != nil {
			return nil, s.stream.failRead(err)
		}
		return nil, s.members()
	}
	s.inside = true
	return s.parse()
}

// members reads what follows the features, to the end of the collection.
func (s *geoJSON) members() error {
	for {
		more, err := s.stream.more('}')
		if err != nil {
			return err
		}
		if !more {
			s.ended = true
			return nil
		}
		name, _, err := s.member("")
		if err != nil {
			return err
		}
		if name == "features" {
			return s.stream.fail("the collection has features twice")
		}
	}
}

// member reads a name and, unless it is stop, its value. The value is good until
// the next call. A crs member is taken note of.
func (s *geoJSON) member(stop string) (string, []byte, error) {
	name, err := s.name()
	if err != nil || name == stop {
		return name, nil, err
	}
	if s.rows > 0 && name != "crs" {
		return name, nil, s.stream.skip()
	}
	value, err := s.stream.value()
	if err == nil && name == "crs" {
		err = s.stated(value)
	}
	return name, value, err
}

func (s *geoJSON) name() (string, error) {
	if b, err := s.stream.peek(); err != nil || b != '"' {
		if err != nil {
			return "", s.stream.failRead(err)
		}
		return "", s.stream.fail("found %q where a name belongs", b)
	}
	text, err := s.stream.value()
	if err != nil {
		return "", err
	}
	p := &jsonParser{b: text}
	name := string(p.text())
	if p.err != nil {
		return "", s.stream.fail("%v", p.err)
	}
	return name, s.stream.expect(':')
}

// stated reads the crs member of GeoJSON before RFC 7946 (the 2008 format, section 3): a
// name. A system that is stated after features have been read must be the one assumed for them.
func (s *geoJSON) stated(value []byte) error {
	p := &jsonParser{b: value}
	var name string
	if p.peek() == '{' {
		p.object(func(key []byte) {
			if string(key) != "properties" || p.peek() != '{' {
				p.skip()
				return
			}
			p.object(func(key []byte) {
				if string(key) == "name" && p.peek() == '"' {
					name = string(p.text())
					return
				}
				p.skip()
			})
		})
	} else if p.peek() == 'n' {
		return nil
	}
	crs, err := geo.ParseCRS(name)
	if s.rows > 0 {
		if err != nil || crs != s.crs && !sameDegrees(crs, s.crs) {
			return fault.New(fault.Invalid, "the crs member %.80q comes after the features; it must come before them, or the coordinate system be given by hand", name)
		}
		return nil
	}
	s.crs = crs
	if err != nil {
		s.problems = append(s.problems, about(CRSUnknown, Error, "crs 成员中的坐标系 %.80q 无法识别", "the crs member names %.80q, which is not a coordinate system known here", name))
	}
	return nil
}

// sameDegrees reports whether two systems are both degrees on WGS 84, which GeoJSON writes longitude first.
func sameDegrees(a, b geo.CRS) bool { return a.Datum == b.Datum && !a.Projected() && !b.Projected() }
