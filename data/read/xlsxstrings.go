package read

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"

	"onemap/layers/fault"
)

// stringPool holds a workbook's shared strings: in memory as far as they are few, beyond that in a file.
type stringPool struct {
	temp   *tempFolder
	ends   []uint32 // where each ends
	arena  []byte   // all, or what is not yet in the file, or a piece of the file
	start  int64    // of arena
	file   *os.File
	length int64
}

// The bytes of shared strings that are kept in memory, and of a file that are read at once.
const (
	poolMemory = 16 << 20
	poolPiece  = 256 << 10
)

// fill reads the part with the strings (ECMA-376 part 1, 18.4). Runs of one text are joined; phonetic hints are left out.
func (p *stringPool) fill(f part, opts Options) error {
	x, err := openXML(f, Options{Limits: opts.Limits})
	if err != nil {
		return err
	}
	defer x.closer.Close()
	depth, phonetic, text := 0, 0, false
	for {
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			return p.settle()
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				depth++
				x.begin()
			case "rPh":
				phonetic++
			case "t":
				text = depth > 0 && phonetic == 0
			}
		case xml.CharData:
			if text {
				if err := p.write(t); err != nil {
					return err
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "si":
				depth--
				x.end()
				if p.length > math.MaxUint32 {
					return fault.New(fault.TooLarge, "the workbook has more than 4 GiB of text")
				}
				p.ends = append(p.ends, uint32(p.length))
			case "rPh":
				phonetic--
			case "t":
				text = false
			}
		}
	}
}

func (p *stringPool) write(b []byte) error {
	p.arena = append(p.arena, b...)
	p.length += int64(len(b))
	if len(p.arena) < poolMemory {
		return nil
	}
	return p.flush()
}

// flush moves the arena to the file.
func (p *stringPool) flush() error {
	if p.file == nil {
		dir, err := p.temp.path()
		if err != nil {
			return err
		}
		if p.file, err = os.CreateTemp(dir, "strings-"); err != nil {
			return fault.Wrap(err, fault.Unavailable, "the workbook's text cannot be put aside")
		}
	}
	if _, err := p.file.Write(p.arena); err != nil {
		return fault.Wrap(err, fault.Unavailable, "the workbook's text cannot be put aside; the disk may be full")
	}
	p.arena = p.arena[:0]
	return nil
}

// get is the string of an index.
func (p *stringPool) get(i int) (string, bool) {
	if i < 0 || i >= len(p.ends) {
		return "", false
	}
	from, to := int64(0), int64(p.ends[i])
	if i > 0 {
		from = int64(p.ends[i-1])
	}
	if p.file == nil {
		return string(p.arena[from:to]), true
	}
	if p.start < 0 || from < p.start || to > p.start+int64(len(p.arena)) {
		if err := p.load(from, to); err != nil {
			return "", false
		}
	}
	return string(p.arena[from-p.start : to-p.start]), true
}

// load reads the piece of the file that a string begins in.
func (p *stringPool) load(from, to int64) error {
	size := max(poolPiece, to-from)
	if int64(cap(p.arena)) < size || cap(p.arena) > 2*poolPiece && size <= poolPiece {
		p.arena = make([]byte, size)
	}
	n, err := p.file.ReadAt(p.arena[:size], from)
	p.arena, p.start = p.arena[:n], from
	if err != nil && !errors.Is(err, io.EOF) || int64(n) < to-from {
		p.start = -1
		return errors.New("the strings' file is too short")
	}
	return nil
}

// settle writes what is left in memory when some of the strings are in the file already.
func (p *stringPool) settle() error {
	if p.file == nil {
		return nil
	}
	err := p.flush()
	p.start = -1
	return err
}

func (p *stringPool) close() {
	if p.file != nil {
		p.file.Close()
	}
}
