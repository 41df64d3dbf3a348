package read

import (
	"errors"
	"io"

	"onemap/geo"
)

// xmlRows are the rows of an XML text in WGS 84. The first are read ahead, so that the
// columns which they name are known from the start.
type xmlRows struct {
	*xmlStream
	columns columnSet
	ahead   []*Row
	rows    int64
	heights int64                // lines whose heights were left out
	next    func() (*Row, error) // reads the next row, io.EOF after the last
	finish  func()               // notes at the end what was left out
	err     error
}

func newXMLRows(x *xmlStream, opts Options) xmlRows {
	return xmlRows{xmlStream: x, columns: columnSet{place: map[string]int{}, limit: opts.Limits.Columns}}
}

// readAhead reads the first rows; with an error it closes the file.
func (s *xmlRows) readAhead() error {
	for len(s.ahead) < aheadRows && s.d.InputOffset() < aheadBytes {
		row, err := s.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			s.Close()
			return err
		}
		s.ahead = append(s.ahead, row)
	}
	return nil
}

func (s *xmlRows) Columns() []string { return s.columns.names }

func (s *xmlRows) CRS() (geo.CRS, bool) { return geo.CRS84, true }

func (s *xmlRows) Encoding() string { return s.encoding }

func (s *xmlRows) Problems() []Problem { return s.problems }

func (s *xmlRows) Positions() *Positions { return nil }

func (s *xmlRows) Progress() (done, total int64) { return min(s.done, s.size), s.size }

func (s *xmlRows) Close() error { return s.closer.Close() }

func (s *xmlRows) Next() (*Row, error) {
	if len(s.ahead) > 0 {
		row := s.ahead[0]
		s.ahead = s.ahead[1:]
		return row, nil
	}
	return s.read()
}

func (s *xmlRows) read() (*Row, error) {
	if s.err != nil {
		return nil, s.err
	}
	row, err := s.next()
	if err != nil {
		if s.err = err; errors.Is(err, io.EOF) {
			s.finish()
		}
	}
	return row, err
}
