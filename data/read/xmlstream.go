package read

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"onemap/layers/fault"
)

// xmlStream gives the tokens of an XML text of any length in bounded memory. Entities of a
// document's own and files outside of it are never looked up: encoding/xml does not know them.
type xmlStream struct {
	d        *xml.Decoder
	allowed  *allowance
	closer   io.Closer
	limit    int64 // bytes of one feature, or of one token between features
	depth    int   // now
	maxDepth int
	done     int64 // bytes read of the file
	size     int64
	encoding string
	problems []Problem
	inside   bool // of a feature: the allowance runs on
}

// openXML reads a part from its start.
func openXML(p part, opts Options) (*xmlStream, error) {
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	s := &xmlStream{closer: f, limit: opts.Limits.FeatureBytes, maxDepth: opts.Limits.Depth, size: p.size}
	r, err := s.decoded(bufio.NewReaderSize(counted{f, &s.done}, dbfSampleBytes), opts.Encoding)
	if err != nil {
		f.Close()
		return nil, err
	}
	s.allowed = &allowance{r: r, left: s.limit}
	s.d = xml.NewDecoder(bufio.NewReaderSize(cleaned{s.allowed}, 64<<10))
	s.d.Entity = xml.HTMLEntity
	s.d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	return s, nil
}

// decoded gives the text as UTF-8, by the user's word, a byte order mark, the declaration or, where that
// does not fit, the bytes.
func (s *xmlStream) decoded(r *bufio.Reader, word string) (io.Reader, error) {
	head, _ := r.Peek(dbfSampleBytes)
	if word == "" && (bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))) {
		s.encoding = "UTF-16"
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), nil
	}
	c := newCharset("UTF-8")
	declared := declaredEncoding(head)
	switch {
	case word != "":
		if c = charsetByName(word); c == nil {
			return nil, fault.In("encoding", "%q is not a character set known here; usual ones are UTF-8, GBK and GB18030", word)
		}
	case declared != "":
		if stated := charsetByName(declared); stated != nil {
			c = stated
		} else {
			s.problems = append(s.problems, about(EncodingDoubted, Warning, "文件注明的字符集 %.40q 无法识别，改为自动判断", "the file says %.40q, which names no character set; it is found out from the text", declared))
		}
	}
	if word == "" && c.wrong(head) > 0 {
		other := newCharset("GB18030")
		if c.name == "GB18030" {
			other = newCharset("UTF-8")
		}
		if other.wrong(head) == 0 {
			s.problems = append(s.problems, about(EncodingDoubted, Warning, "文件应为 %[1]s 编码，按内容判断为 %[2]s", "the file should be %[1]s; by its bytes it is %[2]s", c.name, other.name))
			c = other
		}
	}
	s.encoding = c.name
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		r.Discard(3)
	}
	if c.decoder != nil {
		return transform.NewReader(r, c.decoder), nil
	}
	return transform.NewReader(r, unicode.UTF8.NewDecoder()), nil // U+FFFD for what is no text
}

// declaredEncoding is what the XML declaration says, if there is one.
func declaredEncoding(head []byte) string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	end := bytes.Index(head, []byte("?>"))
	if !bytes.HasPrefix(head, []byte("<?xml")) || end < 0 {
		return ""
	}
	_, rest, ok := bytes.Cut(head[:end], []byte("encoding"))
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if !ok || len(rest) < 2 {
		return ""
	}
	return string(upTo(rest[1:], rest[0]))
}

// allowance lets so many bytes through.
type allowance struct {
	r    io.Reader
	left int64
}

var errAllowance = errors.New("the allowance is used up")

func (a *allowance) Read(b []byte) (int, error) {
	if a.left <= 0 {
		return 0, errAllowance
	}
	n, err := a.r.Read(b[:min(int64(len(b)), a.left)])
	a.left -= int64(n)
	return n, err
}

// cleaned turns control characters, which XML does not allow and programs write, into blanks.
type cleaned struct{ r io.Reader }

func (c cleaned) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	for i, x := range b[:n] {
		if x < ' ' && x != '\n' && x != '\t' && x != '\r' {
			b[i] = ' '
		}
	}
	return n, err
}

// token is the next token, io.EOF at the end. Its bytes are good until the next call.
func (s *xmlStream) token() (xml.Token, error) {
	if !s.inside {
		s.allowed.left = s.limit + 1
	}
	t, err := s.d.Token()
	if err != nil {
		return nil, s.fail(err)
	}
	switch t.(type) {
	case xml.StartElement:
		if s.depth++; s.depth > s.maxDepth {
			return nil, fault.New(fault.TooLarge, "the XML is nested deeper than %d", s.maxDepth)
		}
	case xml.EndElement:
		s.depth--
	}
	return t, nil
}

func (s *xmlStream) fail(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errAllowance):
		return fault.New(fault.TooLarge, "one feature of the file is over %d bytes long", s.limit)
	case errors.As(err, &syntax):
		return fault.New(fault.Invalid, "the XML is broken in line %d: %s", syntax.Line, syntax.Msg)
	}
	return fileError(err, "the file")
}

// begin and end stand around a feature, which as a whole has to keep within the limit.
func (s *xmlStream) begin() { s.inside, s.allowed.left = true, s.limit+1 }

func (s *xmlStream) end() { s.inside = false }

// children calls each at every element inside the one just begun; each has to consume it whole. Text between is passed over.
func (s *xmlStream) children(each func(xml.StartElement) error) error {
	for {
		t, err := s.inner()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := each(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// inner is token where an element is open: the end of the file is an error.
func (s *xmlStream) inner() (xml.Token, error) {
	t, err := s.token()
	if errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Invalid, "the file ends in the middle; it may be cut off")
	}
	return t, err
}

// text is the text of the element just begun, with that of elements in it, without blanks around it.
func (s *xmlStream) text() (string, error) {
	var b strings.Builder
	for open := 1; open > 0; {
		t, err := s.inner()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		case xml.CharData:
			b.Write(t)
		}
	}
	return strings.TrimSpace(b.String()), nil
}

func (s *xmlStream) skip() error {
	for open := 1; open > 0; {
		t, err := s.inner()
		if err != nil {
			return err
		}
		switch t.(type) {
		case xml.StartElement:
			open++
		case xml.EndElement:
			open--
		}
	}
	return nil
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// xmlRoot is the name of the first element in the first bytes of an XML text; empty if it is none.
func xmlRoot(head []byte) string {
	head = bytes.TrimLeft(bytes.ReplaceAll(bytes.TrimLeft(head, "\xef\xbb\xbf\xff\xfe"), []byte{0}, nil), " \t\r\n")
	for bytes.HasPrefix(head, []byte("<?")) || bytes.HasPrefix(head, []byte("<!")) {
		end := []byte(">")
		if bytes.HasPrefix(head, []byte("<!--")) {
			end = []byte("-->")
		} else if open := bytes.IndexAny(head, "[>"); open >= 0 && head[open] == '[' {
			end = []byte("]>") // a DOCTYPE with declarations of its own
		}
		i := bytes.Index(head, end)
		if i < 0 {
			return ""
		}
		head = bytes.TrimLeft(head[i+len(end):], " \t\r\n")
	}
	if len(head) < 2 || head[0] != '<' {
		return ""
	}
	name := head[1:]
	if i := bytes.IndexAny(name, " \t\r\n/>"); i >= 0 {
		name = name[:i]
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	return string(name)
}
