package read

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"onemap/layers/fault"
)

// jsonStream cuts a JSON text of any length into values small enough to hold: it
// follows only quotes and brackets; what is in a value is parsed by jsonParser.
type jsonStream struct {
	r      *bufio.Reader
	offset int64 // of the next byte
	limit  int64 // of one value
	depth  int   // of brackets in one value
	buf    []byte
}

// fail makes an error with the place in the file.
func (s *jsonStream) fail(format string, args ...any) error {
	return fault.New(fault.Invalid, "the JSON is broken at byte %d: %s", s.offset, fmt.Sprintf(format, args...))
}

func (s *jsonStream) failRead(err error) error {
	if errors.Is(err, io.EOF) {
		return s.fail("the file ends here, in the middle; it may be cut off")
	}
	return fileError(err, "the file")
}

// peek passes over white space, and record separators of text sequences, and shows the next byte; io.EOF at the end.
func (s *jsonStream) peek() (byte, error) {
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\r', '\n', recordSeparator:
			s.offset++
		default:
			return b, s.r.UnreadByte()
		}
	}
}

// recordSeparator begins each text of a JSON text sequence (RFC 7464).
const recordSeparator = 0x1e

// expect consumes one structural byte.
func (s *jsonStream) expect(want byte) error {
	b, err := s.peek()
	if err != nil {
		return s.failRead(err)
	}
	if b != want {
		return s.fail("found %q where %q belongs", b, want)
	}
	s.offset++
	_, err = s.r.ReadByte()
	return err
}

// more consumes a comma, or the closing byte and says so.
func (s *jsonStream) more(closing byte) (bool, error) {
	b, err := s.peek()
	if err != nil {
		return false, s.failRead(err)
	}
	if b == ',' {
		return true, s.expect(',')
	}
	return false, s.expect(closing)
}

// value reads the next value whole. The bytes are good until the next call.
func (s *jsonStream) value() ([]byte, error) {
	s.buf = s.buf[:0]
	err := s.scan(func(chunk []byte) error {
		if int64(len(s.buf)+len(chunk)) > s.limit {
			return fault.New(fault.TooLarge, "one feature of the file is over %d bytes long (byte %d)", s.limit, s.offset)
		}
		s.buf = append(s.buf, chunk...)
		return nil
	})
	return s.buf, err
}

// skip passes over the next value, however long.
func (s *jsonStream) skip() error {
	return s.scan(func([]byte) error { return nil })
}

// jsonPlain marks the bytes that neither scan state has to stop at.
var jsonPlain = func() (plain [256]bool) {
	for i := range plain {
		plain[i] = true
	}
	for _, c := range []byte("\"{}[],: \t\r\n") {
		plain[c] = false
	}
	return plain
}()

// scan hands on the bytes of one value in chunks and stops behind it.
func (s *jsonStream) scan(take func([]byte) error) error {
	first, err := s.peek()
	if err != nil {
		return s.failRead(err)
	}
	bare := first != '{' && first != '[' && first != '"'
	depth, quoted, escaped := 0, false, false
	for {
		chunk, err := s.r.Peek(max(1, s.r.Buffered()))
		if len(chunk) == 0 {
			if bare && errors.Is(err, io.EOF) {
				return nil
			}
			return s.failRead(err)
		}
		i, done := 0, false
	chunk:
		for i < len(chunk) {
			c := chunk[i]
			if quoted {
				switch {
				case escaped:
					escaped = false
				case c == '\\':
					escaped = true
				case c == '"':
					quoted = false
					if done = depth == 0; done {
						i++
						break chunk
					}
				}
				i++
				continue
			}
			if jsonPlain[c] {
				i++
				continue
			}
			switch c {
			case '"':
				if bare {
					done = true
					break chunk
				}
				quoted = true
			case '{', '[':
				if depth++; depth > s.depth {
					return fault.New(fault.TooLarge, "the JSON is nested deeper than %d at byte %d", s.depth, s.offset+int64(i))
				}
			case '}', ']':
				if depth--; depth < 0 {
					done = true
					break chunk
				}
				if depth == 0 {
					done = true
					i++
					break chunk
				}
			default: // white space, comma and colon end a bare value
				if depth == 0 {
					done = true
					break chunk
				}
			}
			i++
		}
		if err := take(chunk[:i]); err != nil {
			return err
		}
		if _, err := s.r.Discard(i); err != nil {
			return err
		}
		s.offset += int64(i)
		if done {
			return nil
		}
	}
}
