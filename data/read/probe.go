package read

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"onemap/layers/fault"
)

// probe is one set of data: a file, or files that belong together.
type probe struct {
	name   string // for a person, without folder and ending
	format *format
	main   part   // what is read; without open where the set has no one file
	head   []byte // the first 4 KiB of main, or all
	set    *fileSet
	gdb    []part   // the files of a geodatabase's folder
	inside []part   // of a zip archive that is one document
	zip    *os.File // the archive of inside, if it was opened for it
	temp   *tempFolder
	weak   bool // found in a folder or archive, where not every text file is meant as data
}

const headBytes = 4096

// readHead fills p.head.
func (p *probe) readHead() error {
	r, err := p.main.open()
	if err != nil {
		return err
	}
	defer r.Close()
	head := make([]byte, headBytes)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fileError(err, p.main.name)
	}
	p.head = head[:n]
	return nil
}

func (p *probe) layers(opts Options) ([]Layer, error) {
	all, err := p.format.layers(p, opts)
	for i := range all {
		all[i].Format = p.format.name
	}
	return all, err
}

// ending is the main file's ending in small letters. It is a hint only.
func (p *probe) ending() string { return strings.ToLower(path.Ext(p.main.name)) }

// file is the path of the main file on disk, where it is put if it lies in an archive. ending
// is given to it there.
func (p *probe) file(ending string) (string, error) {
	if p.main.path != "" {
		return filepath.Abs(p.main.path)
	}
	return p.temp.unpack(p.main, "data"+ending)
}

// document lists the files inside of a main file that is itself a zip archive: a workbook, a KMZ.
func (p *probe) document(limits Limits) ([]part, error) {
	if p.inside != nil {
		return p.inside, nil
	}
	name, err := p.file(".zip")
	if err != nil {
		return nil, err
	}
	f, parts, err := openArchive(name, path.Base(p.main.name), limits)
	if err != nil {
		return nil, err
	}
	p.zip, p.inside = f, parts
	return parts, nil
}

func openArchive(file, name string, limits Limits) (*os.File, []part, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, fileError(err, file)
	}
	info, err := f.Stat()
	if err == nil {
		var z *zip.Reader
		if z, err = zip.NewReader(f, info.Size()); err == nil {
			var parts []part
			if parts, err = archiveParts(z, limits); err == nil {
				return f, parts, nil
			}
		}
	}
	f.Close()
	if fault.CodeOf(err) == fault.Internal {
		err = fault.Wrap(err, fault.Invalid, "%s begins like a zip archive but cannot be read as one; it may be cut off", name)
	}
	return nil, nil, err
}

func (p *probe) close() {
	if p.zip != nil {
		p.zip.Close()
	}
}

func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// has reports whether a zip document holds a file; of one that is not opened yet, only what
// stands in its first 4 KiB is looked at.
func (p *probe) has(match func(name string) bool) bool {
	if p.inside != nil {
		for _, f := range p.inside {
			if match(f.name) {
				return true
			}
		}
		return false
	}
	if !isZip(p.head) {
		return false
	}
	for _, name := range localNames(p.head) {
		if match(name) {
			return true
		}
	}
	return false
}

// localNames are the names in the local file headers (PKWARE APPNOTE 4.3.7) that a run of a zip's bytes holds whole.
func localNames(b []byte) []string {
	var names []string
	for {
		i := bytes.Index(b, []byte("PK\x03\x04"))
		if i < 0 || len(b) < i+30 {
			return names
		}
		b = b[i:]
		n := int(binary.LittleEndian.Uint16(b[26:]))
		if len(b) < 30+n {
			return names
		}
		names = append(names, string(b[30:30+n]))
		b = b[30+n:]
	}
}
