package read

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"onemap/layers/fault"
)

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
