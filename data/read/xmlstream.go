package read

import (
	"bufio"
	"encoding/xml"
	"errors"
	"io"
	"strings"

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
